"""Snapshots of the executors at a checkpoint: their states, messages in flight, requests, partly filled fan-ins.

Also the executors that ran for certain between two consecutive checkpoints. The rest is learned in
`ckpt_tui.core.steps.learned_graph` and inferred in `ckpt_tui.core.steps.steps`.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Literal, NamedTuple

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.matching.equality import are_equal
from ckpt_tui.core.model import INTERNAL, Checkpoint, PendingRequest
from ckpt_tui.core.reading.bookkeeping import CALLS, name_of_call
from ckpt_tui.core.reading.pending import attribute, attributes, requests
from ckpt_tui.core.value import Map, Obj, Value

Sort = Literal["message", "input", "answer"]
"""Kinds of messages in flight: of an executor, the input of a run, an answer to a request."""

Kind = Literal["start", "input", "answer", "superstep"]
"""Kinds of steps: the first known checkpoint, an input or an answer that came in, or executors that ran."""

MESSAGES = 10_000
"""Messages in flight that are read; the framework's own runs have a few dozen at most."""

_SUB = "sub_workflow_checkpoint"
_SUB_WORKFLOW_BOOKKEEPING = frozenset({"checkpoint_id", "previous_checkpoint_id", "timestamp"})
"""Members that a workflow inside an executor writes with each checkpoint, whether it ran or not."""


class Sent(NamedTuple):
    """A message in flight.

    Attributes:
        source: The executor that sent it, or that it is meant for where it comes from outside.
        target: The executor it is sent to, where the file says so, else None.
        sort: What it is.
        data: Its content.
        request: The id of the request that it answers, or "".
    """

    source: str
    target: str | None
    sort: Sort
    data: Value
    request: str = ""


class FanIn(NamedTuple):
    """Executors whose messages are gathered until all have come.

    Attributes:
        target: The executor that runs then.
        sources: The executors that are gathered from.
        arrived: Those whose message has come, with how many.
    """

    target: str
    sources: tuple[str, ...]
    arrived: Mapping[str, int]


class Snapshot(NamedTuple):
    """The executors at one checkpoint.

    Attributes:
        checkpoint: The checkpoint.
        states: Executor → its state, in file order.
        sent: Messages in flight, in file order.
        requests: Requests that wait for an answer, by id.
        fan_ins: Fan-ins that are partly filled.
        calls: Steps of a functional workflow that were made so far: cache key → name of the step.
        finished: Nodes that a store of HPD lists as completed.
        due: Nodes that it lists as to be run again.
    """

    checkpoint: Checkpoint
    states: Mapping[str, Value]
    sent: tuple[Sent, ...]
    requests: Mapping[str, PendingRequest]
    fan_ins: tuple[FanIn, ...]
    calls: Mapping[str, str]
    finished: tuple[str, ...] = ()
    due: tuple[str, ...] = ()

    @property
    def senders(self) -> tuple[str, ...]:
        """The executors whose messages are in flight, each once."""
        return tuple(dict.fromkeys(sent.source for sent in self.sent if sent.sort == "message"))

    @property
    def names(self) -> tuple[str, ...]:
        """Every executor it names, each once: those with a state first."""
        found = dict.fromkeys(self.states)
        for sent in self.sent:
            found[sent.source] = None
            if sent.target is not None:
                found[sent.target] = None
        found.update(dict.fromkeys(request.executor for request in self.requests.values()))
        for fan_in in self.fan_ins:
            found.update(dict.fromkeys((*fan_in.sources, fan_in.target)))
        found.update(dict.fromkeys((*self.calls.values(), *self.finished, *self.due)))
        found.pop("", None)
        return tuple(found)


def take_snapshot(checkpoint: Checkpoint) -> Snapshot:
    """The snapshot of a checkpoint; decodes its messages in flight and its requests."""
    state = resolve(checkpoint.state)
    finished = attribute(checkpoint.metadata, "completedNodes")
    # Agent Framework keeps the states of executors in one place; HPD has one output for each node.
    states = attribute(state, "_executor_state") if finished is None else state
    return Snapshot(
        checkpoint,
        states if type(states) is dict else dict(_pairs(states)),
        tuple(_sent(checkpoint.messages)),
        {request.id: request for request in requests(checkpoint.pending)},
        tuple(_fan_ins(attribute(state, "_edge_state"))),
        {key: name for key in _latest_keys(attribute(state, CALLS)) if (name := name_of_call(key))},
        _names(finished),
        _names(attribute(checkpoint.metadata, "pendingDirtyNodes")),
    )


def _names(value: Value) -> tuple[str, ...]:
    value = resolve(value)
    return tuple(name for name in value if type(name) is str) if type(value) is list else ()


_CALLS_KEPT = 10_000
"""The latest results of steps that are compared to see which executors ran."""


def _latest_keys(calls: Value) -> list[str]:
    """The keys of the results that were kept last, in their order."""
    calls = resolve(calls)
    if type(calls) is dict:
        return list(islice(reversed(calls), _CALLS_KEPT))[::-1]
    return [key for key, _ in _pairs(Map(calls.kv[-2 * _CALLS_KEPT :]))] if type(calls) is Map else []


def _pairs(value: Value) -> Iterator[tuple[str, Value]]:
    """The entries of a mapping whose keys are text."""
    value = resolve(value)
    if type(value) is dict:
        yield from value.items()
    elif type(value) is Map:
        for key, item in zip(value.kv[::2], value.kv[1::2], strict=True):
            if type(key) is str:
                yield key, item


def _sent(messages: Value) -> Iterator[Sent]:
    left = MESSAGES
    for key, items in _pairs(messages):
        listed = resolve(items)
        for item in listed[:left] if type(listed) is list else [items]:
            left -= 1
            message = resolve(item)
            has_fields = type(message) in (dict, Map, Obj)
            fields = attributes(message, ("source_id", "target_id", "data")) if has_fields else {"data": message}
            # The framework delivers by the key, whatever a message says; other formats have no such key.
            source = key if key and type(message) is Obj else _as_text(fields.get("source_id")) or key
            target, data = _as_text(fields.get("target_id")), fields.get("data")
            if not source.startswith(INTERNAL):
                yield Sent(source, target, "message", data)
                continue
            name = source.removeprefix(INTERNAL)
            event = _first(message, "original_request_info_event", "original_request")
            answers = event is not None
            request = (_text(event, "_request_id") or _text(event, "request_id") or "") if answers else ""
            yield Sent(name, target or name, "answer" if answers else "input", data, request)


def _first(value: Value, *names: str) -> Value:
    return next((found for name in names if (found := attribute(value, name)) is not None), None)


def _text(value: Value, name: str) -> str | None:
    return _as_text(attribute(value, name))


def _as_text(value: Value) -> str | None:
    """The text that a value is; None for an empty one, and for anything else."""
    value = resolve(value)
    return value if type(value) is str and value else None


def _fan_ins(edges: Value) -> Iterator[FanIn]:
    """The fan-ins of `_edge_state`: `FanInEdgeGroup:[["fast","join"],["slow","join"]]` → `{"buffer": {...}}`."""
    for key, value in _pairs(edges):
        try:
            pairs = json.loads(key.partition(":")[2])
            sources = tuple(str(source) for source, _ in pairs)
            target = str(pairs[0][1])
        except (ValueError, TypeError, LookupError, RecursionError):
            continue
        arrived = {}
        for source, buffered in _pairs(attribute(value, "buffer")):
            buffered = resolve(buffered)
            if type(buffered) is list and buffered:
                arrived[source] = len(buffered)
        yield FanIn(target, sources, arrived)


def kind_of_step(before: Snapshot | None, after: Snapshot) -> Kind:
    """The kind of the step between two checkpoints: executors ran, or an input or answers came in."""
    outside = [sent for sent in after.sent if sent.sort != "message"]
    if outside and (
        len(outside) == len(after.sent)
        or (before is not None and before.checkpoint.ref.iteration == after.checkpoint.ref.iteration)
    ):
        return "answer" if before is not None and _is_answer(before, outside) else "input"
    if not after.sent and after.checkpoint.ref.role == "entry":  # the input cannot be read
        return "input"
    return "start" if before is None else "superstep"


def _is_answer(before: Snapshot, outside: list[Sent]) -> bool:
    return any(sent.sort == "answer" for sent in outside) or bool(before.requests)


def ran_for_certain(before: Snapshot | None, after: Snapshot) -> dict[str, str]:
    """The executors that ran between two checkpoints, as the files show: executor → the reason, as text for people."""
    given = after.checkpoint.ref.store_metadata
    if given is not None and given.ran is not None:
        return dict.fromkeys(given.ran, "recorded by the store")
    return _ran_as_files_show(before, after)


def _ran_as_files_show(before: Snapshot | None, after: Snapshot) -> dict[str, str]:
    kind = kind_of_step(before, after)
    if kind in ("answer", "input"):
        return {}
    found: dict[str, str] = {}
    if before is not None:
        for sent in before.sent:
            if sent.target is not None:
                word = {"answer": "an answer", "input": "the input", "message": "a message"}[sent.sort]
                found.setdefault(sent.target, f"got {word}")
        for target in _fired(before, after):
            found.setdefault(target, "got everything that it waited for")
    for name in after.senders:
        found.setdefault(name, "sent a message")
    for name, reason in _completed(before, after):
        found.setdefault(name, reason)
    if before is None:
        return found
    for name, reason in _asked(before, after):
        found.setdefault(name, reason)
    for name, state in after.states.items():
        if name not in found and name in before.states and not _same_state(before.states[name], state):
            found[name] = "changed its state"
    return found


def _asked(before: Snapshot, after: Snapshot) -> Iterator[tuple[str, str]]:
    """Executors that asked for an answer, or got one."""
    for one, other, reason in ((after, before, "asked for an answer"), (before, after, "got an answer")):
        for key, request in one.requests.items():
            if key not in other.requests and request.executor:
                yield request.executor, reason


def _completed(before: Snapshot | None, after: Snapshot) -> Iterator[tuple[str, str]]:
    """Steps of functional workflows whose results were kept, and nodes that are listed as completed."""
    for key, name in after.calls.items():
        if before is None or key not in before.calls:
            yield name, "kept its result"
    for name in after.finished:
        if before is None or name not in before.finished:
            yield name, "completed"


def _fired(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Targets of fan-ins for which everything had come."""
    if not before.fan_ins and not after.fan_ins:
        return
    senders = set(before.senders)
    known = {(fan_in.target, fan_in.sources): fan_in for fan_in in after.fan_ins}
    known.update({(fan_in.target, fan_in.sources): fan_in for fan_in in before.fan_ins})
    waiting = {(fan_in.target, fan_in.sources) for fan_in in before.fan_ins}
    for place, fan_in in known.items():
        arrived = set(fan_in.arrived) if place in waiting else set()
        if arrived | senders >= set(fan_in.sources):
            yield fan_in.target


def _same_state(one: Value, other: Value) -> bool:
    if one is other:
        return True
    nested = attribute(one, _SUB) is not None or attribute(other, _SUB) is not None
    return are_equal(one, other, _SUB_WORKFLOW_BOOKKEEPING if nested else frozenset())
