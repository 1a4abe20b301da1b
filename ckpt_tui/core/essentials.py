"""The parts of a checkpoint that tell who ran, cut out of its file: executor states, messages, requests, fan-ins.

A step of a long branch is told from these alone, for a tenth of what parsing both files costs.
"""

from __future__ import annotations

import json

from ckpt_tui.core import slices
from ckpt_tui.core.document import DocumentFault, parse
from ckpt_tui.core.lazy import read_part
from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.core.value import Deferred, Value

_OTHERS = ("_edge_state", "_step_cache")

_MESSAGES, _STATE, _PENDING = b'\n  "messages": ', b'\n  "state": ', b'\n  "pending_request_info_events": '
_STATES = b'\n    "_executor_state": '
_COMMA = ord(",")


def essentials(data: bytes, ref: CheckpointRef) -> Checkpoint | None:
    """A checkpoint with what `ckpt_tui.core.moments` looks at and nothing else; None where the layout is another.

    Args:
        data: The bytes of its file, in the framework's own layout if `messages`, `state` and the requests follow each
            other in it as the framework writes them.
        ref: Its header.
    """
    try:
        start = data.find(_MESSAGES)
        if start < 0 or not slices.is_own_layout(data):
            return None
        messages, end = _value(data, start + len(_MESSAGES), 1)
        start = _next(data, end, _STATE)
        end = _end(data, start, 1)
        state = _state(data, start, end)
        pending, _ = _value(data, _next(data, end, _PENDING), 1)
    except (_AnotherLayout, DocumentFault, ValueError):
        return None
    return Checkpoint(ref, messages, state, pending, {}, (), (), b"")


class _AnotherLayout(Exception):
    pass


def _end(data: bytes, start: int, level: int) -> int:
    end = slices.end_of(data, start, level)
    if end is None:
        raise _AnotherLayout
    return end


def _next(data: bytes, end: int, line: bytes) -> int:
    """Where the value of the next member begins, which must be this one."""
    if data[end] != _COMMA or not data.startswith(line, end + 1):
        raise _AnotherLayout
    return end + 1 + len(line)


def _value(data: bytes, start: int, level: int) -> tuple[Value, int]:
    end = _end(data, start, level)
    return ({} if data[start:end] == b"{}" else parse(data[start:end]).value), end


def _state(data: bytes, start: int, end: int) -> dict[str, Value]:
    state: dict[str, Value] = {}
    at = data.find(_STATES, start, end)
    others = [(start, end)]
    if at >= 0:
        begin = at + len(_STATES)
        stop = _end(data, begin, 2)
        state["_executor_state"] = _states(data, begin, stop)
        others = [(start, at + 1), (stop, end)]
    for key in _OTHERS:
        line = b'\n    "%s": ' % key.encode()
        for low, high in others:
            at = data.find(line, low, high)
            if at >= 0:
                state[key], _ = _value(data, at + len(line), 2)
    return state


def _states(data: bytes, start: int, end: int) -> dict[str, Value]:
    """The states of the executors, each parsed when it is looked at: equal texts need no look."""
    found: dict[str, Value] = {}
    at = end
    for key, begin in reversed(slices.members(data, start, end, 2)):
        # A member ends before the line break and the comma that begin the next one, or the closing bracket.
        stop = at - 6 if at == end else at - 1
        name = json.loads(key)
        if name in found:
            raise _AnotherLayout
        found[name] = Deferred(data, begin, stop, 3, read_part)
        at = begin - len(key) - 2 - 7
    return dict(reversed(found.items()))
