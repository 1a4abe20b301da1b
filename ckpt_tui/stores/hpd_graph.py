"""Definitions of HPD graphs (StoredGraph, JSON or YAML) and the workflow's graph in them."""

from __future__ import annotations

import os
from typing import Any, NamedTuple
from urllib.parse import unquote

from ckpt_tui.core.documents.document import DocumentFault, parse
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.topology import Topology, TopologyEdge, TopologyNode
from ckpt_tui.stores.document_values import members, text
from ckpt_tui.stores.files import FileTrouble, read_whole

SUFFIXES = (".graph.json", ".graph.yaml", ".graph.yml")

MAX_BYTES = 8 * 1024 * 1024
"""Bytes of the largest definition read: a graph of ten thousand nodes has 3 MB."""

_KINDS = {
    "Start": "start", "End": "end", "Handler": "executor", "Router": "router", "SubGraph": "sub-workflow", "Map": "map",
}  # fmt: skip

_SIGNS = {
    "FieldEquals": "==", "FieldNotEquals": "!=", "FieldGreaterThan": ">", "FieldGreaterThanOrEqual": ">=",
    "FieldLessThan": "<", "FieldLessThanOrEqual": "<=", "FieldContains": "contains",
    "FieldContainsAny": "contains any of", "FieldContainsAll": "contains all of", "FieldStartsWith": "starts with",
    "FieldEndsWith": "ends with", "FieldMatchesRegex": "matches", "FieldExists": "exists",
    "FieldNotExists": "does not exist", "FieldEmpty": "is empty", "FieldNotEmpty": "is not empty",
}  # fmt: skip

_LEVELS = 8
"""Levels of All, Any and Not that are written out."""


class Definition(NamedTuple):
    """A definition.

    Attributes:
        file: Its path below the root.
        graph_id: The graph it defines.
        name: Its name, or "".
        about: Its other members, without nodes and edges.
        topology: Its graph, or None where it cannot be read.
        trouble: Why it cannot be read, or "".
    """

    file: str
    graph_id: str
    name: str
    about: dict[str, Any]
    topology: Topology | None
    trouble: str = ""


def read_definition(path: str, file: str, graph_id: str) -> Definition:
    """Read a definition; never fails.

    Args:
        path: The file.
        file: Its path below the root.
        graph_id: The graph as the file's name gives it.
    """
    try:
        data = read_whole(path, MAX_BYTES)[1]
        found = to_json(parse(data).value) if path.endswith(".json") else _yaml(data)
    except FileTrouble as trouble:
        return Definition(file, graph_id, "", {}, None, trouble.reason.removeprefix(f"{path} "))
    except DocumentFault as fault:
        return Definition(file, graph_id, "", {}, None, fault.reason)
    top = members(found)
    config = members(top.get("config")) or top
    if not members(config.get("nodes")) and not isinstance(config.get("edges"), list):
        return Definition(file, graph_id, "", {}, None, "no definition: it has neither nodes nor edges")
    about = {key: value for key, value in top.items() if key != "config"}
    about["config"] = {key: value for key, value in config.items() if key not in ("nodes", "edges")}
    name = text(top.get("name")) or text(config.get("name"))
    own = text(top.get("graphId")) or text(config.get("graphId")) or graph_id
    return Definition(file, own, name, about, topology(config))


def _yaml(data: bytes) -> Any:
    """The document of a YAML file, JSON's kinds of values only.

    Raises:
        DocumentFault: there is no YAML library, the file is not valid YAML, or it holds aliases, which can grow
            without bound.
    """
    try:
        import yaml
    except ImportError:
        raise DocumentFault("yaml", "YAML is read where PyYAML is installed: pip install 'ckpt-tui[yaml]'") from None
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(data, Loader=yaml.SafeLoader)):
            raise DocumentFault("yaml", "a definition with aliases, which HPD does not write")
        return yaml.safe_load(data)
    except (yaml.YAMLError, ValueError, RecursionError, UnicodeDecodeError) as error:
        raise DocumentFault("yaml", f"no YAML: {str(error).partition(chr(10))[0]}") from None


def topology(config: dict[str, Any]) -> Topology:
    """The graph of a definition; START and END are in it even where only edges name them."""
    start, end = text(config.get("entryNodeId")) or "START", text(config.get("exitNodeId")) or "END"
    nodes: dict[str, TopologyNode] = {}
    for key, value in members(config.get("nodes")).items():
        node = members(value)
        name = text(node.get("id")) or key
        kind = _KINDS.get(text(node.get("type")), "executor")
        nodes[name] = TopologyNode(name, kind, text(node.get("handlerName")))
    edges: dict[TopologyEdge, None] = {}
    listed = config.get("edges")
    for value in listed if isinstance(listed, list) else []:
        edge = members(value)
        source, target = text(edge.get("from")), text(edge.get("to"))
        if source and target:
            edges[TopologyEdge(source, target, "direct", condition(members(edge.get("condition"))))] = None
    for edge_ in edges:
        for name in (edge_.source, edge_.target):
            if name not in nodes:
                kind = "start" if name == start else "end" if name == end else "executor"
                nodes[name] = TopologyNode(name, kind)
    return Topology(tuple(nodes.values()), tuple(edges), start if start in nodes else "")


def condition(found: dict[str, Any], level: int = 0) -> str:
    """A condition of an edge in a few words; "" for one that always holds."""
    kind = text(found.get("type"))
    if not kind or kind == "Always":
        return ""
    if kind in ("All", "Any") and level < _LEVELS:
        below = found.get(kind.lower())
        parts = [condition(members(one), level + 1) for one in below] if isinstance(below, list) else []
        joined = (" and " if kind == "All" else " or ").join(part for part in parts if part)
        return f"({joined})" if level and joined else joined
    if kind == "Not" and level < _LEVELS:
        return f"not {condition(members(found.get('not')), level + 1)}"
    sign = _SIGNS.get(kind)
    if sign is None:
        return kind
    value = found.get("value", found.get("values", found.get("pattern")))
    shown = "" if value is None else f" {_scalar(value)}"
    return f"{text(found.get('field')) or '?'} {sign}{shown}"


def _scalar(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_scalar(item) for item in value[:8])
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else "…"


def graph_id_of(name: str) -> str:
    """The graph id in a definition's file name; "" for any other file."""
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return unquote(name[: -len(suffix)])
    return ""


def find_definitions(root: str) -> list[tuple[str, str]]:
    """The definitions below a root: path below it and graph id."""
    try:
        names = sorted(os.listdir(os.path.join(root, "definitions")))
    except OSError:
        return []
    return [(f"definitions/{name}", graph_id_of(name)) for name in names if graph_id_of(name)]
