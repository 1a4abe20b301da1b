"""A checkpoint file of HPD-Agent's JsonWorkflowStore: the JSON becomes a digest, and the parts of a `Checkpoint`.

Source: HPD-AI/HPD-AI-Framework, JsonCheckpointStore and GraphCheckpoint.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from ckpt_tui.core.documents.document import DocumentFault, parse
from ckpt_tui.core.model import parse_time
from ckpt_tui.core.reading.gist import gist
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.value import Value
from ckpt_tui.stores.document_values import integer, members, text

SCHEMA = "1.0"
DEFAULT_VERSION = "1.0"
"""The version of a node that was given none."""

ENDS = ("START", "END")
"""Nodes that only mark where a graph begins and ends."""

_OUTPUT = "node_output:"
_PORT = ":port:"
_KNOWN = frozenset((
    "checkpointId", "executionId", "graphId", "createdAt", "completedNodes", "nodeOutputs", "contextJson",
    "nodeStateMetadata", "metadata", "schemaVersion", "currentIteration", "pendingDirtyNodes",
))  # fmt: skip


class HpdDigest(NamedTuple):
    """The facts of one checkpoint for the list, as they are in the file.

    Attributes:
        id: `checkpointId`.
        execution: `executionId`.
        graph: `graphId`, a new one for each build of an agent workflow.
        created: `createdAt`.
        completed: Nodes that are complete, sorted: the file's order means nothing.
        outputs: Nodes with an output, sorted.
        trigger: Why it was saved: LayerCompleted, IterationCompleted, Suspension, ...
        layer: `completedLayer`, or None.
        iteration: `currentIteration`.
        dirty: Nodes to run again in the next iteration, sorted.
        suspended: The node that waits, or "".
        token: The token that answers it, or "".
        outcome: `suspensionOutcome`, or "".
        note: What is irregular about the file, or "".
        gists: Nodes with an output, and that output in a few words.
    """

    id: str
    execution: str
    graph: str
    created: str
    completed: tuple[str, ...]
    outputs: tuple[str, ...]
    trigger: str
    layer: int | None
    iteration: int
    dirty: tuple[str, ...]
    suspended: str
    token: str
    outcome: str
    note: str
    gists: tuple[tuple[str, str], ...] = ()

    @property
    def waits(self) -> bool:
        """Whether it was saved because a node waits for an answer; polling has neither node nor token."""
        return self.trigger == "Suspension" and bool(self.suspended) and bool(self.token)


def is_document(value: Value) -> bool:
    """Whether a parsed file is such a checkpoint."""
    return type(value) is dict and "checkpointId" in value and "executionId" in value and "completedNodes" in value


def digest(top: dict[str, Any]) -> HpdDigest:
    """The digest of a checkpoint that `is_document`."""
    about = members(top.get("metadata"))
    notes = []
    schema = top.get("schemaVersion", SCHEMA)
    if schema != SCHEMA:
        notes.append(f"schema {text(schema) or '?'}, which is not known; shown as far as it is as in {SCHEMA}")
    rest = [key for key in top if key not in _KNOWN]
    if rest:
        notes.append(f"members no known version writes: {', '.join(rest[:5])}; HPD refuses to read it")
    created = text(top.get("createdAt"))
    if not parse_time(created):
        notes.append("createdAt is not a date")
    layer = about.get("completedLayer")
    return HpdDigest(
        text(top.get("checkpointId")),
        text(top.get("executionId")),
        text(top.get("graphId")),
        created,
        names(top.get("completedNodes")),
        tuple(sorted({node for node, _ in map(node_of, members(top.get("nodeOutputs")))})),
        text(about.get("trigger")) or "unknown",
        layer if type(layer) is int else None,
        integer(top.get("currentIteration")),
        names(top.get("pendingDirtyNodes")),
        text(about.get("suspendedNodeId")),
        text(about.get("suspendToken")),
        text(about.get("suspensionOutcome")),
        "; ".join(notes),
        tuple((node_of(key)[0], gist(value)) for key, value in members(top.get("nodeOutputs")).items()),
    )


def node_of(key: str) -> tuple[str, int]:
    """Node and port of a key of `nodeOutputs`: `node_output:NODE:port:N`, in older files `node_output:NODE`.

    Node ids may hold colons, so the port is what follows the last `:port:`.
    """
    name = key.removeprefix(_OUTPUT)
    node, found, port = name.rpartition(_PORT)
    return (node, int(port)) if found and port.isdecimal() and len(port) < 10 else (name, 0)


def outputs(top: dict[str, Any]) -> dict[str, Any]:
    """The outputs of the nodes by node; those of further ports are `NODE:port:N`."""
    found: dict[str, Any] = {}
    for key, value in sorted(members(top.get("nodeOutputs")).items()):
        node, port = node_of(key)
        found[f"{node}{_PORT}{port}" if port else node] = value
    return found


def metadata(top: dict[str, Any], said: HpdDigest) -> dict[str, Any]:
    """The members of a checkpoint beside its outputs; `contextJson` and `stateJson` are duplicates and left out."""
    found: dict[str, Any] = dict(members(top.get("metadata")))
    versions = {
        node: members(kept).get("version") for node, kept in sorted(members(top.get("nodeStateMetadata")).items())
    }
    # Ids are in the header; a comparison of two checkpoints would find them each time.
    found |= {
        "schemaVersion": top.get("schemaVersion"), "currentIteration": top.get("currentIteration"),
        "completedNodes": list(said.completed), "pendingDirtyNodes": list(said.dirty),
    }  # fmt: skip
    silent = [node for node in said.completed if node not in said.outputs and node not in ENDS]
    if silent:
        found["completedWithoutOutput"] = silent
    if any(version != DEFAULT_VERSION for version in versions.values()):
        found["nodeVersions"] = versions
    return found | {key: value for key, value in top.items() if key not in _KNOWN}


def differences(top: dict[str, Any], said: HpdDigest) -> list[str]:
    """Differences between values of a file and their duplicates in it, as text for people."""
    found = []
    outs = members(top.get("nodeOutputs"))
    for node, kept in sorted(members(top.get("nodeStateMetadata")).items()):
        state = text(members(kept).get("stateJson"))
        own = [value for key, value in outs.items() if node_of(key)[0] == node]
        if state and own and not any(_same(state, value) for value in own):
            found.append(f"nodeStateMetadata.{node}.stateJson is another value than its output; the output is shown")
    context = text(top.get("contextJson"))
    if context:
        try:
            repeated = members(parse(context.encode("utf-8", "surrogatepass")).value)
        except (DocumentFault, UnicodeEncodeError):
            return [*found, "contextJson is not valid JSON"]
        if "CompletedNodes" in repeated and names(repeated["CompletedNodes"]) != said.completed:
            found.append("contextJson names other completed nodes; completedNodes are shown")
    return found


def _same(state: str, value: Value) -> bool:
    """Whether a JSON text is a value, by its JSON text with sorted keys."""
    try:
        repeated = parse(state.encode("utf-8", "surrogatepass")).value
    except (DocumentFault, UnicodeEncodeError):
        return False
    return _canonical(to_json(repeated)) == _canonical(to_json(value))


def _canonical(document: Any) -> str:
    return json.dumps(document, sort_keys=True)


def names(value: Value) -> tuple[str, ...]:
    """The texts of an array, sorted, each once."""
    return tuple(sorted({item for item in value if type(item) is str})) if type(value) is list else ()


def some(found: Iterable[str], most: int = 4) -> str:
    """Names in a row, as many as fit in a list."""
    listed = list(found)
    return ", ".join(listed[:most]) + (f" +{len(listed) - most}" if len(listed) > most else "")
