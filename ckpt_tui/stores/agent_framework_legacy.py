"""Checkpoints of Agent Framework before 1.0.0b260212, read only: no later version loads them.

Four layouts, distinguished by their keys, because all say `version: "1.0"`. None names a parent; values are JSON with
`{"__af_dataclass__": "module:Class", "value": {...}}` and `{"__af_model__": ..., "strategy": ..., "value": ...}` for
objects, and the `str()` of whatever else there was. Source: agent_framework/_workflows/_checkpoint.py and
_checkpoint_encoding.py (at first _runner_context.py) of those versions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from ckpt_tui.core.documents.document import DocumentFault, parse
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Facts, parse_time
from ckpt_tui.core.value import Map, Obj, Ref, Value
from ckpt_tui.stores.headers import KIND

LEGACY_KIND = "agent-framework-legacy"

DATACLASS = "__af_dataclass__"
MODEL = "__af_model__"

_MARKED = (frozenset({DATACLASS, "value"}), frozenset({MODEL, "strategy", "value"}))
_PENDING = "pending_request_info_events"
_EXECUTORS = "_executor_state"
_SHOWN = frozenset((
    "checkpoint_id", "timestamp", "messages", "shared_state", "state", "executor_states", _PENDING, "iteration_count",
    "metadata", "version",
))  # fmt: skip

Members = dict[str, Any]
"""The members of a file, by name."""


def is_legacy(top: Members) -> bool:
    """Whether a document has the keys that all four layouts share and no later one has."""
    return "workflow_id" in top and "messages" in top and "workflow_name" not in top


def era(top: Members) -> str:
    """Which versions wrote a document, and the letter of its layout."""
    if "executor_states" in top:
        return "1.0.0b251001–b251016 (era A)"
    if _PENDING not in top:
        return "1.0.0b251028 (era B)"
    return "1.0.0b251104–b260130 (era C)" if "shared_state" in top else "1.0.0b260210 (era D)"


def store_kind(refs: Iterable[CheckpointRef]) -> str:
    """The kind of a store with these checkpoints: legacy when there are some, and all of them are."""
    found = False
    for ref in refs:
        if not ref.chain:
            return KIND
        found = True
    return LEGACY_KIND if found else KIND


def legacy_ref(
    name: str, top: Members, notes: Iterable[str], size: int, facts: Callable[[Members], Facts]
) -> CheckpointRef:
    """The header of a legacy checkpoint.

    `workflow` is made from the workflow's id, a random one for each workflow object, which is all that a file shows;
    `chain` is that id: checkpoints that share it follow each other.

    Args:
        name: The file name.
        top: The document.
        notes: What was irregular about the file so far.
        size: Bytes of the file.
        facts: Counts what a document of the present layout holds.
    """
    irregular = [f"Agent Framework {era(top)}, read only: later versions cannot load it", *notes]
    texts = {}
    for key in ("workflow_id", "checkpoint_id", "timestamp"):
        value = top.get(key, "")
        if type(value) is not str:
            irregular.append(f"{key} is not a string")
            value = ""
        texts[key] = value
    iteration = top.get("iteration_count", 0)
    if type(iteration) is not int:
        irregular.append("iteration_count is not an integer")
        iteration = 0
    when = parse_time(texts["timestamp"])
    if texts["timestamp"] and not when:
        irregular.append("timestamp is not a date")
    present = {key: typed(value) for key, value in _present(top).items()}
    irregular += [
        f"{key} is not an object" for key in ("messages", "state", _PENDING) if type(present[key]) not in (dict, Map)
    ]
    graph = _member(top.get("metadata"), "graph_signature")
    stem, workflow, inner = name[:-5], texts["workflow_id"], texts["checkpoint_id"]
    return CheckpointRef(
        stem, name, f"workflow {workflow[:8]}", graph if type(graph) is str else "", None, texts["timestamp"], when,
        iteration, size, facts(present), "; ".join(irregular), "" if inner in (stem, "") else inner, workflow or "?",
    )  # fmt: skip


def legacy_checkpoint(ref: CheckpointRef, top: Members, notes: Iterable[str], data: bytes) -> Checkpoint:
    """A legacy checkpoint, with its objects as typed values.

    Args:
        ref: Its header.
        top: The document, whose containers become the values.
        notes: What was irregular about the file.
        data: The bytes of the file.
    """
    present = _present(top)
    rest = {key: value for key, value in top.items() if key not in _SHOWN}
    metadata = top.get("metadata", {})
    metadata = {**rest, **metadata} if type(metadata) is dict else {**rest, "metadata": metadata}
    warnings = [ref.note.partition(";")[0], *notes]
    if ref.inner:
        warnings.append(f"the id inside is {ref.inner}")
    return Checkpoint(
        ref, typed(present["messages"]), typed(present["state"]), typed(present[_PENDING]), typed(metadata),
        tuple(warnings), (), data,
    )  # fmt: skip


def typed(value: Value) -> Value:
    """The value with every marked object in it as an `Obj`; its containers are changed in place."""
    holder: list[Value] = [value]
    todo: list[Any] = [holder]
    while todo:
        container = todo.pop()
        for key, item in container.items() if type(container) is dict else enumerate(container):
            kind = type(item)
            if kind is dict:
                if item.keys() in _MARKED:
                    # Changing a value while its dict is walked is sound; changing keys would not be.
                    container[key] = made = _object(item)
                    inside = made.state if made.has_state else made.args[0]
                    if type(inside) in (list, Map):
                        todo.append(inside.kv if type(inside) is Map else inside)
                else:
                    todo.append(item)
            elif kind is list:
                todo.append(item)
            elif kind is Map:
                todo.append(item.kv)
    return holder[0]


def _object(marked: dict[str, Value]) -> Obj:
    """The object behind a marker: attributes where its value is a mapping, else one argument."""
    name = marked.get(DATACLASS, marked.get(MODEL))
    module, _, qualname = name.partition(":") if type(name) is str else ("", "", "")
    value = marked["value"]
    if marked.get("strategy") == "to_json" and type(value) is str:
        with suppress(DocumentFault, UnicodeEncodeError):
            value = parse(value.encode()).value
    if type(value) is dict:
        value = Map([part for pair in value.items() for part in pair])
    cls = Ref(module or "?", qualname or "?")
    if type(value) is Map and value.has_text_keys():
        made = Obj(cls, ())
        made.state = value
        made.has_state = True
        return made
    return Obj(cls, (value,))


def _present(top: Members) -> Members:
    """The members that the present layout has, under its names."""
    state = top.get("state", top.get("shared_state", {}))
    executors = top.get("executor_states")
    if executors is not None and type(state) is dict and _EXECUTORS not in state:
        state = {**state, _EXECUTORS: executors}
    pending = top.get(_PENDING)
    if pending is None:
        pending = _requests(_member(state, _EXECUTORS))
    return {"messages": top["messages"], "state": state, _PENDING: pending}


def _requests(executors: Value) -> dict[str, Value]:
    """Requests that wait in eras A and B: in the state of the executor that kept them, by their id."""
    found: dict[str, Value] = {}
    for state in executors.values() if type(executors) is dict else ():
        events = _member(state, "request_events")
        for key, event in events.items() if type(events) is dict else ():
            if type(event) is dict:
                data = event.get("request_data")
                if type(data) is dict and data.get("kind") == "dataclass":
                    data = {DATACLASS: data.get("type"), "value": data.get("value")}
                found[key] = {**{name: item for name, item in event.items() if name != "request_data"}, "data": data}
    return found


def _member(value: Value, name: str) -> Value:
    return value.get(name) if type(value) is dict else None
