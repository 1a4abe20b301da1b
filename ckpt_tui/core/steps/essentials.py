"""The parts of a checkpoint that tell who ran, cut out of its file: executor states, messages, requests, fan-ins.

A step of a long branch is told from these alone. What reads the same as in the checkpoint before is not looked at
again: it is the same value, known to be whole, and whoever compares the two sees one object.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import NamedTuple

from ckpt_tui.core.documents import slices
from ckpt_tui.core.documents.document import DocumentFault, parse
from ckpt_tui.core.documents.lazy import read_members
from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.core.value import Deferred, Envelope, Value

_OTHERS = ("_edge_state", "_step_cache")

_MESSAGES, _STATE, _PENDING = b'\n  "messages": ', b'\n  "state": ', b'\n  "pending_request_info_events": '
_STATES = b'\n    "_executor_state": '
_COMMA, _BRACE = ord(","), ord("{")

_STATE_KEY = re.compile(rb'\n      ("(?:[^"\\\n]|\\.)*"): ')
_SOURCE_KEY = re.compile(rb'\n    ("(?:[^"\\\n]|\\.)*"): \[')
_MESSAGE_TYPE = "agent_framework._workflows._runner_context:WorkflowMessage"
_MESSAGE = b'\n      {\n        "__pickled__": "'
_MESSAGE_END = b'",\n        "__type__": "%s"\n      }' % _MESSAGE_TYPE.encode()


class Part(NamedTuple):
    """A member of a container: the text before its value, the text of the value, and the value."""

    before: bytes
    text: bytes
    value: Value


class Essentials(NamedTuple):
    """What `ckpt_tui.core.steps.moments` looks at in a checkpoint.

    Attributes:
        checkpoint: A checkpoint with that and nothing else.
        messages, pending: Those members.
        others: Members of the state that tell of fan-ins and of the steps of functional workflows.
        states: Executor → its state, a `Deferred` of level 3, in the order of the file.
    """

    checkpoint: Checkpoint
    messages: Part
    pending: Part
    others: dict[str, Part]
    states: dict[str, Part]


def essentials(data: bytes, ref: CheckpointRef, before: Essentials | None = None) -> Essentials | None:
    """The essentials of a checkpoint; None where the layout of its file is another.

    Args:
        data: The bytes of its file, in the framework's own layout if `messages`, `state` and the requests follow each
            other in it as the framework writes them.
        ref: Its header.
        before: Those of the checkpoint before it, or of any other: what is the same there is taken from it.
    """
    try:
        start = data.find(_MESSAGES)
        if start < 0 or not slices.is_own_layout(data):
            return None
        messages, end = _part(data, start, _MESSAGES, 1, before and before.messages)
        state, states, others, end = _state(data, _next(data, end, _STATE), before)
        pending, _ = _part(data, _next(data, end, _PENDING) - len(_PENDING), _PENDING, 1, before and before.pending)
    except (_AnotherLayout, DocumentFault, ValueError, IndexError):
        return None
    checkpoint = Checkpoint(ref, messages.value, state, pending.value, {}, (), (), b"")
    return Essentials(checkpoint, messages, pending, others, states)


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


@lru_cache(maxsize=256)
def _name(key: bytes) -> str:
    """An executor's name as the file writes it, quoted: a branch has the same few in each of its checkpoints."""
    return str(json.loads(key))


def _part(data: bytes, at: int, line: bytes, level: int, known: Part | None) -> tuple[Part, int]:
    """The member that begins with `line` at a place, and where it ends; the known one where it has the same text."""
    start = at + len(line)
    # A value that is whole is whole in any file: what begins with the same text and goes on with the next member, or
    # with the end of the container, has just this value.
    if known is not None and data.startswith(known.text, start) and data[start + len(known.text)] in b",\n":
        return known, start + len(known.text)
    if data.startswith(b"{}", start):
        return Part(line, b"{}", {}), start + 2
    if line is _MESSAGES and data[start] == _BRACE and (found := _messages(data, start)) is not None:
        messages, end = found
        return Part(line, data[start:end], messages), end
    end = _end(data, start, level)
    text = data[start:end]
    return Part(line, text, parse(text).value), end


def _messages(text: bytes, start: int) -> tuple[dict[str, Value], int] | None:
    """Messages in flight as they are nearly always written, their pickles unread, and their end.

    None for anything else.
    """
    messages: dict[str, Value] = {}
    at = start + 1
    while (key := _SOURCE_KEY.match(text, at)) is not None:
        at = key.end()
        items: list[Value] = []
        while text.startswith(_MESSAGE, at):
            at += len(_MESSAGE)
            end = text.find(b'"', at)
            pickled = str(text[at:end], "ascii")
            if end < 0 or "\\" in pickled or "\n" in pickled or not text.startswith(_MESSAGE_END, end):
                return None
            items.append(Envelope(pickled, _MESSAGE_TYPE))
            at = end + len(_MESSAGE_END)
            if text[at] != _COMMA:
                break
            at += 1
        name = _name(key[1])
        if not items or name in messages or not text.startswith(b"\n    ]", at):
            return None
        messages[name] = items
        at += len(b"\n    ]")
        if text[at] != _COMMA:
            break
        at += 1
    return (messages, at + len(b"\n  }")) if messages and text.startswith(b"\n  }", at) else None


def _state(
    data: bytes, start: int, before: Essentials | None
) -> tuple[dict[str, Value], dict[str, Part], dict[str, Part], int]:
    """The parts of the state that tell who ran, and where the state ends."""
    at = data.find(_STATES, start)
    end = data.find(b"\n  }", start, at) if at >= 0 else -1
    states: dict[str, Part] = {}
    if at < 0 or end >= 0 or data[start : start + 2] != b"{\n":  # no executor has a state
        end = _end(data, start, 1)
        ways = [(start, end)]
        state: dict[str, Value] = {}
    else:
        states, stop = _states(data, at + len(_STATES), before.states if before is not None else {})
        end = data.find(b"\n  }", stop) + len(b"\n  }")
        if end < stop:
            raise _AnotherLayout
        ways = [(start, at + 1), (stop, end)]
        state = {"_executor_state": {name: part.value for name, part in states.items()}}
    others: dict[str, Part] = {}
    for key in _OTHERS:
        line = b'\n    "%s": ' % key.encode()
        for low, high in ways:
            at = data.find(line, low, high)
            if at >= 0:
                known = before.others.get(key) if before is not None else None
                others[key], _ = _part(data, at, line, 2, known)
                state[key] = others[key].value
    return state, states, others, end


def _states(data: bytes, start: int, before: dict[str, Part]) -> tuple[dict[str, Part], int]:
    """The states of the executors, each parsed when it is looked at, and where they end."""
    if data.startswith(b"{}", start):
        return {}, start + 2
    if data[start] != _BRACE:
        raise _AnotherLayout
    found: dict[str, Part] = {}
    at = start + 1
    likely = iter(before.items())
    while True:
        name, known = next(likely, ("", None))
        if known is None or not data.startswith(known.before, at):
            key = _STATE_KEY.match(data, at)
            if key is None:
                raise _AnotherLayout
            name = _name(key[1])
            line, known = key[0], before.get(name)
        else:
            line = known.before
        if name in found:
            raise _AnotherLayout
        at += len(line)
        if known is not None and data.startswith(known.text, at) and data[at + len(known.text)] in b",\n":
            found[name] = known
            at += len(known.text)
        else:
            end = _end(data, at, 3)
            found[name] = Part(line, data[at:end], Deferred(data, at, end, 3, read_members))
            at = end
        if data[at] == _COMMA:
            at += 1
        elif data.startswith(b"\n    }", at):
            return found, at + len(b"\n    }")
        else:
            raise _AnotherLayout
