"""A checkpoint of Agent Framework for .NET: the JSON object becomes facts, and the parts of a `Checkpoint`.

The files of FileSystemJsonCheckpointStore and serialized workflow sessions hold the same object. Source:
microsoft/agent-framework, dotnet/src/Microsoft.Agents.AI.Workflows/Checkpointing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Container
from typing import Any, NamedTuple

from ckpt_tui.core.documents.document import REPEATED
from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.model import INTERNAL, MAX_NAMES, Facts
from ckpt_tui.core.reading.gist import gist, gist_of_state
from ckpt_tui.core.topology import EdgeKind, Topology, TopologyEdge, TopologyNode
from ckpt_tui.core.value import Map, Obj, Ref, Value
from ckpt_tui.stores.document_values import items, members, text

FAN_IN = "_edge_state"
"""The member of the state that holds partially filled fan-ins, as in Agent Framework's Python files."""

_KINDS: dict[int, EdgeKind] = {0: "direct", 1: "fan-out", 2: "fan-in"}
_KNOWN = frozenset(("stepNumber", "workflow", "runnerData", "stateData", "edgeStateData", "parent"))
_OURS = frozenset((REPEATED,))


class DotnetDigest(NamedTuple):
    """The facts of one checkpoint for the list.

    Attributes:
        step: `stepNumber`, which restarts at 0 after a resume in another process.
        parent: Id of its parent as the file gives it, or None.
        graph: Hash of the workflow's shape, hex.
        start: Id of the first executor.
        targets: The receivers of the queued messages, which run next.
        facts: Counts for the list.
        note: What is irregular about it, or "".
    """

    step: int
    parent: str | None
    graph: str
    start: str
    targets: tuple[str, ...]
    facts: Facts
    note: str = ""


def is_document(value: Value) -> bool:
    """Whether a parsed file is such a checkpoint."""
    found = members(value)
    return "stepNumber" in found and ("runnerData" in found or "workflow" in found)


def digest(document: Value) -> DotnetDigest:
    """The digest of a checkpoint that `is_document`."""
    top = members(document)
    runner = members(top.get("runnerData"))
    queued = members(runner.get("queuedMessages"))
    counts = {target: len(items(found)) for target, found in queued.items()}
    sources: dict[str, None] = {}
    for found in queued.values():
        for envelope in items(found):
            sources[_source(envelope)] = None
    asked = items(runner.get("outstandingRequests"))
    askers = dict.fromkeys(text(members(members(one).get("portInfo")).get("portId")) for one in asked)
    edges = members(top.get("edgeStateData")).values()
    partial = any(items(members(_value(state)).get("pendingMessages")) for state in edges)
    notes = []
    step = _number(top.get("stepNumber"))
    if step is None:
        notes.append("stepNumber is not an integer")
    rest = [key for key in top if key not in _KNOWN | _OURS]
    if rest:
        notes.append(f"members no known version writes: {', '.join(rest[:5])}")
    parent = members(top.get("parent")).get("checkpointId")
    workflow = members(top.get("workflow"))
    return DotnetDigest(
        step or 0,
        parent if type(parent) is str else None,
        shape_hash(workflow),
        text(workflow.get("startExecutorId")),
        tuple(target for target, count in counts.items() if count),
        Facts(
            sum(counts.values()), len(asked), tuple(sources)[:MAX_NAMES],
            tuple(name for name in askers if name)[:MAX_NAMES], partial, _gist(top, asked, queued),
        ),
        "; ".join(notes),
    )  # fmt: skip


def _gist(top: dict[str, Any], asked: list[Any], queued: dict[str, Any]) -> str:
    """The content of a checkpoint's row in few words: the question, the message in flight, or the result of the run."""
    if asked:
        return gist(portable(members(asked[0]).get("data")))
    for found in queued.values():
        for envelope in items(found):
            said = gist(portable(members(envelope).get("message")))
            if said:
                return said
    if any(items(found) for found in queued.values()):
        return ""
    executors = members(members(top.get("workflow")).get("executors"))
    return gist_of_state([*_state(members(top.get("stateData")), executors).items()])


def shape_hash(workflow: dict[str, Any]) -> str:
    """A hash of a workflow's shape, of which the format keeps none."""
    try:
        return hashlib.sha256(json.dumps(workflow, sort_keys=True).encode()).hexdigest()[:32]
    except (TypeError, ValueError, RecursionError):  # an envelope, or a value too large to be shown
        return ""


class Parts(NamedTuple):
    """A checkpoint under the names of `Checkpoint`."""

    messages: Value
    state: Value
    pending: Value
    metadata: Value
    topology: Topology


def parts(document: Value) -> Parts:
    """The parts of a checkpoint that `is_document`, objects as typed values."""
    top = members(document)
    runner = members(top.get("runnerData"))
    workflow = members(top.get("workflow"))
    messages: dict[str, list[Value]] = {}
    for target, found in members(runner.get("queuedMessages")).items():
        for envelope in items(found):
            messages.setdefault(_source(envelope), []).append(_message(envelope, target))
    state = _state(members(top.get("stateData")), members(workflow.get("executors")))
    fan_in = _fan_in(members(top.get("edgeStateData")), workflow)
    if fan_in:
        state[FAN_IN] = fan_in
    pending: dict[str, Value] = {}
    for number, one in enumerate(items(runner.get("outstandingRequests"))):
        request = members(one)
        port = members(request.get("portInfo"))
        pending[text(request.get("requestId")) or f"request {number}"] = {
            "source_executor_id": text(port.get("portId")),
            "request_type": type_name(port.get("requestType")),
            "response_type": type_name(port.get("responseType")),
            "data": portable(request.get("data")),
        }
    metadata: dict[str, Value] = {
        "stepNumber": top.get("stepNumber"),
        "instantiatedExecutors": runner.get("instantiatedExecutors", []),
        "workflow": top.get("workflow"),
    }
    known = ("instantiatedExecutors", "queuedMessages", "outstandingRequests")
    more = {key: value for key, value in runner.items() if key not in known}
    if more:
        metadata["runnerData"] = more
    metadata |= {key: value for key, value in top.items() if key not in _KNOWN}
    return Parts(messages, state, pending, metadata, topology(workflow))


def topology(workflow: dict[str, Any]) -> Topology:
    """The graph of a workflow: executors, request ports and edges."""
    ports = {text(members(port).get("portId")) for port in items(workflow.get("requestPorts"))}
    nodes = [
        TopologyNode(
            name, "request port" if name in ports else "executor", type_name(members(info).get("executorType"))
        )
        for name, info in members(workflow.get("executors")).items()
    ]
    edges: dict[TopologyEdge, None] = {}
    for found in members(workflow.get("edges")).values():
        for one in items(found):
            edge = members(one)
            ends = members(edge.get("connection"))
            kind = _KINDS.get(_number(edge.get("kind", edge.get("$type"))) or 0, "direct")
            condition = "conditional" if edge.get("hasCondition") is True else ""
            if edge.get("hasAssigner") is True:
                condition = "chosen per message"
            for source in items(ends.get("sourceIds")):
                for sink in items(ends.get("sinkIds")):
                    # A fan-in edge is repeated under each of its sources.
                    edges[TopologyEdge(text(source), text(sink), kind, condition)] = None
    return Topology(tuple(nodes), tuple(edges), text(workflow.get("startExecutorId")))


# -- values ------------------------------------------------------------------------------------------------------------


def portable(value: Value) -> Value:
    """A PortableValue, `{typeId, value}`, as an object of its type; types of .NET itself as plain JSON."""
    if type(value) is not dict or value.keys() - {"typeId", "value"} or "typeId" not in value:
        return value
    inner = value.get("value")
    module, name = _type(value["typeId"])
    if name.startswith("System.") or not name:
        return inner
    made = Obj(Ref(module or "?", name), (inner,))
    if type(inner) is dict:
        inner = Map([part for pair in inner.items() for part in pair])
    if type(inner) is Map and inner.has_text_keys():
        made.args = ()
        made.state = inner
        made.has_state = True
    return made


_GENERIC = LatePattern(r", [^,\[\]]+, Version=[^\]]*")


def _type(value: Value) -> tuple[str, str]:
    """Assembly and full name of a TypeId, without versions: .NET compares them so."""
    found = members(value)
    return text(found.get("assemblyName")).partition(",")[0], _GENERIC.compiled.sub("", text(found.get("typeName")))


def type_name(value: Value) -> str:
    """A TypeId as `assembly:Full.Name`, types of .NET itself by their bare name; "" when it is not one."""
    module, name = _type(value)
    return name if name.startswith("System.") or not module else f"{module}:{name}"


def _source(envelope: Value) -> str:
    """The sender of a message: an executor, or the program that runs the workflow, which sends its input."""
    return text(members(members(envelope).get("source")).get("id")) or f"{INTERNAL}input"


def _message(value: Value, target: str = "") -> Value:
    """A message under the names of Agent Framework's Python files."""
    envelope = members(value)
    if not envelope:
        return value
    message: dict[str, Value] = {"data": portable(envelope.get("message")), "source_id": _source(value)}
    found = text(envelope.get("targetId")) or target
    if found:
        message["target_id"] = found
    known = ("message", "source", "targetId", "messageType")
    return message | {key: item for key, item in envelope.items() if key not in known}


def _state(found: dict[str, Any], executors: Container[str]) -> dict[str, Any]:
    """State by executor; a scope that executors share, `@name`, is an entry of its own."""
    state: dict[str, Any] = {}
    for key, value in found.items():
        names = split_key(key, executors)
        owner, name = (names[1] or names[0], names[2]) if len(names) == 3 else (key, "")
        if not name:
            state[key] = portable(value)
            continue
        below = state.setdefault(owner, {})
        if type(below) is not dict or name in below:
            state[key] = portable(value)
        else:
            below[name] = portable(value)
    return state


def split_key(key: str, executors: Container[str] = ()) -> list[str]:
    """The parts of `executor|@scope|key`: executor, scope and key; the key as a whole if it has another form.

    A `|` inside of a part is doubled, and the scope of an executor's own state is empty: `Judge||State`. So an id that
    holds a `|` can be split in several places: after the id of an executor of the workflow, else, as .NET does
    it, after the longest id.
    """
    found: list[list[str]] = []
    for bar in _BAR.compiled.finditer(key):
        owner, rest = key[: bar.start()], key[bar.end() :]
        if not owner or not _is_part(owner):
            continue
        if rest.startswith("|"):
            if _is_part(rest[1:]):
                found.append([owner, "", rest[1:]])
        elif rest.startswith("@"):
            ends = [(rest[: end.start()], rest[end.end() :]) for end in _BAR.compiled.finditer(rest)]
            found += [[owner, scope, name] for scope, name in ends if _is_part(scope) and _is_part(name)]
    splits = [[part.replace("||", "|") for part in parts] for parts in found]
    known = [parts for parts in splits if parts[0] in executors]
    return (known or splits or [[key]])[-1]


_BAR = LatePattern(r"\|")
_BARS = LatePattern(r"\|+")


def _is_part(text: str) -> bool:
    """Whether every `|` in a part of a key is doubled."""
    return all(len(bars) % 2 == 0 for bars in _BARS.compiled.findall(text))


def _fan_in(found: dict[str, Any], workflow: dict[str, Any]) -> dict[str, Any]:
    """Partially filled fan-ins by their edge, which is named by its sources, as in Agent Framework's Python files."""
    sinks: dict[tuple[str, ...], list[str]] = {}
    for edges in members(workflow.get("edges")).values():
        for one in items(edges):
            ends = members(members(one).get("connection"))
            if _number(members(one).get("kind")) == 2:
                sources = tuple(text(name) for name in items(ends.get("sourceIds")))
                sinks[sources] = [text(name) for name in items(ends.get("sinkIds"))]
    out: dict[str, Any] = {}
    for number, value in found.items():
        state = members(_value(value))
        sources = tuple(text(name) for name in items(state.get("sourceIds")))
        pairs = [[source, sink] for sink in sinks.get(sources, [f"edge {number}"]) for source in sources]
        buffer: dict[str, list[Value]] = {}
        for envelope in items(state.get("pendingMessages")):
            buffer.setdefault(_source(envelope), []).append(_message(envelope))
        name = f"FanInEdgeGroup:{json.dumps(pairs, ensure_ascii=False, separators=(',', ':'))}"
        out[name] = {"buffer": buffer, "unseen": state.get("unseen", [])}
    return out


def _value(value: Value) -> Value:
    return value.get("value") if type(value) is dict and "value" in value else value


def _number(value: Value) -> int | None:
    """An integer, which .NET also reads from a text."""
    if type(value) is int:
        return value
    return int(value) if type(value) is str and re.fullmatch(r"-?\d{1,18}", value) else None
