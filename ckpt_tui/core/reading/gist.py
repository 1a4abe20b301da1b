"""The gist of a value in a few words, for a row of the list: `“Publish it?”`, `yes “ship it”`, `score 0.9`.

A gist is shorter than a summary and leaves out types, ids, empty members and anything large.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from ckpt_tui.core.budgets import GIST_CHARACTERS, GIST_SPAN
from ckpt_tui.core.documents.document import REPEATED
from ckpt_tui.core.documents.envelope import parsed, resolve, unread
from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.model import INTERNAL
from ckpt_tui.core.reading.bookkeeping import CALLS, name_of_call
from ckpt_tui.core.reading.langchain_messages import calls_of, is_langchain_message, text_of
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.reading.message_parts import message_text
from ckpt_tui.core.reading.pending import attribute
from ckpt_tui.core.reading.pickled_objects import object_parts, type_name
from ckpt_tui.core.reading.summary import float_text, integer_text
from ckpt_tui.core.reading.typenames import short_type
from ckpt_tui.core.redact import RUN_KWARGS, is_given_key, is_secret_key
from ckpt_tui.core.secret_items import NOTHING, TELLING, is_secret_type, secrets_beside
from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.text import clean
from ckpt_tui.core.value import Map, Obj, Value

_MEMBERS = 12
"""Members of one value that are read."""

_DEPTH = 3
"""Levels that are entered where a value has no words of its own."""

_BOOKKEEPING = frozenset(("type", "additional_properties", "raw_representation", "message_id", "response_id", "id"))
"""Members that a person need not see."""

_CONTENT_KINDS = frozenset((
    "text", "function_call", "function_result", "function_approval_request", "function_approval_response",
))  # fmt: skip
"""Types of the framework's message contents that hold text, in JSON."""

_CONVERSATIONS = ("full_conversation", "conversation", "messages", "chat_history", "cache")
_INSIDE = (*_CONVERSATIONS, "agent_response", "agent_run_response", "plan", "response", "message")
"""Members of the framework's objects that hold text, the most informative first."""


def gist(value: Value) -> str:
    """A value in a few words, safe for a terminal, at most `GIST_CHARACTERS` characters; "" if it has no short gist."""
    text = _words(value, _DEPTH)
    return text if len(text) <= GIST_CHARACTERS else text[: GIST_CHARACTERS - 1] + "…"


def gist_of_messages(messages: Sequence[tuple[Value, Value]]) -> str:
    """The gist of the first message in flight that has one.

    Args:
        messages: Sources, and their messages.
    """
    parts: list[str] = []
    for source, items in messages:
        items = parsed(items)
        for item in items[:_MEMBERS] if type(items) is list else ():
            said = gist(attribute(item, "data")) if unread(item) <= GIST_SPAN else ""
            if said and said not in parts:
                parts.append(said)
            if parts and not str(source).startswith(INTERNAL):
                return parts[0]
    return _joined(parts)


def gist_of_request(event: Value) -> str:
    """The gist of the question of a pending request."""
    return gist(attribute(event, "data")) if unread(event) <= GIST_SPAN else ""


_EXECUTORS = 1_000
"""Executors whose conversations are searched for the longest: no workflow has as many."""


def gist_of_state(state: Sequence[tuple[Value, Value]]) -> str:
    """The gist of a finished run.

    The values that the workflow keeps, else the result of its last step, else the last words of its longest
    conversation.
    """
    # What was written last comes last.
    parts = [part for name, value in islice(_own(state), _MEMBERS) if (part := _named(name, value, _DEPTH - 1))]
    if parts:
        return gist_text(_joined(parts))
    named = [(name, value) for name, value in state if type(name) is str and name.startswith("_")]
    calls = next((_pairs(value) for name, value in named if name == CALLS and unread(value) <= GIST_SPAN), [])
    if calls:
        key, result = calls[-1]
        return gist_text(f"{clean(name_of_call(str(key)), 40)} {gist(result)}".strip())
    longest: list[Sequence[Value]] = []
    for name, executors in named:
        for _, executor in (
            _pairs(executors)[-_EXECUTORS:] if name == "_executor_state" and unread(executors) <= GIST_SPAN else ()
        ):
            if unread(executor) > GIST_SPAN:
                continue
            for key in _CONVERSATIONS:
                found = resolve(attribute(executor, key))
                if type(found) not in (list, tuple) or not found:
                    continue
                if longest and len(found) > len(longest[0]):
                    longest.clear()
                if not longest or len(found) == len(longest[0]):
                    longest.append(found)
    # Parallel executors have one message each.
    return gist_text(_joined(list(dict.fromkeys(filter(None, map(_answer, longest[:_MEMBERS]))))))


def _own(state: Sequence[tuple[Value, Value]]) -> Iterator[tuple[str, Value]]:
    """The values that the workflow keeps itself, with their names, the last one first."""
    for name, value in reversed(state):
        if type(name) is str and not name.startswith(("_", REPEATED)) and name not in RUN_KWARGS:
            yield name, value


def _answer(conversation: Sequence[Value]) -> str:
    """The last words of a conversation that are not the person's own, else its last words."""
    said = next((item for item in reversed(conversation[-_MEMBERS:]) if not _is_from_user(item)), None)
    return (gist([said]) if said is not None else "") or gist(conversation)


def _is_from_user(message: Value) -> bool:
    if unread(message) > GIST_SPAN:
        return False
    role = resolve(attribute(message, "role"))
    return (role if type(role) is str else attribute(role, "value")) == "user"


def gist_text(text: str) -> str:
    """A text cut to the length of a gist."""
    return text if len(text) <= GIST_CHARACTERS else text[: GIST_CHARACTERS - 1] + "…"


def _words(value: Value, depth: int) -> str:
    if unread(value) > GIST_SPAN:
        return ""
    value = resolve(value)
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if kind is bool:
        return "yes" if value else "no"
    if kind is int:
        return integer_text(value)
    if kind is float:
        return float_text(value)
    if depth <= 0:
        return ""
    if kind is Obj:
        return _object(value, depth)
    if kind is dict or kind is Map:
        return _said(value, depth) or _members(_pairs(value), depth)
    if kind is list or kind is tuple:
        return _list(value, depth)
    return ""


def _object(value: Obj, depth: int) -> str:
    parts = object_parts(value)
    if is_secret_type(parts.type):
        return ""
    if parts.is_text:
        return _masked(str(parts.text)) if type(parts.text) is not int else integer_text(parts.text)
    said = _said(value, depth)
    if said:
        return said
    below = members(value)
    pairs = [(member.label, member.value) for member in (below[index] for index in range(min(len(below), _MEMBERS)))]
    return _members(pairs, depth) or clean(short_type(parts.type), 40)


def _said(value: Value, depth: int) -> str:
    """The text of a chat message, a call of a tool, or an object of the framework around them; "" for any other."""
    name = short_type(type_name(value)) if type(value) is Obj else ""
    if is_langchain_message(value):
        calls = [f"{shown_name(tool, 40)}({_members(_pairs(given), depth - 1)})" for tool, given in calls_of(value)]
        return _quoted(text_of(value)) or _joined(calls)
    if not name and attribute(value, "type") in _CONTENT_KINDS:
        return _content(value, depth)
    if not name and attribute(value, "role") is None and attribute(value, "contents") is None:
        return ""
    if name and not type_name(value).startswith(("agent_framework", "Microsoft.")):
        return ""
    if name == "Content" or name.endswith("Content"):
        return _content(value, depth)
    contents = resolve(attribute(value, "contents"))
    text = message_text(value)
    if text.strip():
        return _quoted(text)
    if type(contents) in (list, tuple):
        parts = [part for content in contents[:_MEMBERS] if (part := _content(content, depth))]
        if parts:
            return _joined(parts)
    if name == "MagenticPlanReviewResponse" and not attribute(value, "review"):
        return "yes"  # an empty comment on the plan approves it
    for key in _INSIDE:
        found = attribute(value, key)
        if found is not None and (inner := _words(found, depth - 1) if key != "cache" else ""):
            return inner
    return ""


def _content(value: Value, depth: int) -> str:
    kind = attribute(value, "type") or attribute(value, "$type")
    text = attribute(value, "text")
    if type(text) is str:
        return _quoted(text)
    call = attribute(value, "function_call")
    if kind in ("function_approval_request", "function_approval_response") and call is not None:
        said = _call(call, depth)
        if kind == "function_approval_request":
            return f"call {said}?"
        return f"{'yes' if attribute(value, 'approved') is True else 'no'} {said}"
    if kind in ("function_call", "functionCall"):
        return _call(value, depth)
    if kind in ("function_result", "functionResult"):
        return _words(attribute(value, "result"), depth - 1)
    return ""


def _call(value: Value, depth: int) -> str:
    name, given = attribute(value, "name"), resolve(attribute(value, "arguments"))
    inside = _masked(given) if type(given) is str else _members(_pairs(given), depth - 1)
    return f"{shown_name(name, 40) if type(name) is str else '?'}({inside})"


def _list(value: Sequence[Value], depth: int) -> str:
    """The last message of a list, or its first items."""
    if not value:
        return ""
    last = resolve(value[-1]) if unread(value[-1]) <= GIST_SPAN else None
    for item in reversed(value[-_MEMBERS:]) if last is not None and _is_message(last) else ():
        said = _words(item, depth)
        if said:
            return said
    beside = secrets_beside(value)
    parts = [part for at, item in enumerate(value[:4]) if at not in beside and (part := _words(item, depth - 1))]
    return _joined(parts) + (f" +{len(value) - 4}" if len(value) > 4 and parts else "")


def _is_message(value: Value) -> bool:
    if type(value) is Obj:
        return short_type(type_name(value)) in ("Message", "ChatMessage") or is_langchain_message(value)
    return attribute(value, "role") is not None


def _members(pairs: Sequence[tuple[Value, Value]], depth: int) -> str:
    """The members as text: yes or no first, then texts, then numbers by name; what is nested only where that is all.

    A lone answer of yes or no needs no name.
    """
    named = {name: value for name, value in pairs[:_MEMBERS] if type(name) is str}
    beside = NOTHING if TELLING.isdisjoint(named) else secrets_beside(named)
    shown = [
        (name, resolve(value))
        for name, value in pairs[:_MEMBERS]
        # Any other key may be a million values: Python itself must not write it.
        if type(name) is str and name not in _BOOKKEEPING and name not in RUN_KWARGS
        and not name.startswith(("_", REPEATED)) and not (name in beside or is_secret_key(name))
        and unread(value) <= GIST_SPAN
    ]  # fmt: skip
    flags = [(name, value) for name, value in shown if type(value) is bool]
    parts = ["yes" if value else "no" for _, value in flags] if len(flags) == 1 else []
    parts += [f"{shown_name(name, 30)} {'yes' if value else 'no'}" for name, value in flags if len(flags) > 1]
    texts = [
        value for _, value in shown if type(value) is str and value.strip() and not _is_random.compiled.match(value)
    ]
    parts += map(_quoted, texts)
    parts += [
        part for name, value in shown
        if type(value) not in (bool, str) and not _is_nested(value) and (part := _named(name, value, depth))
    ]  # fmt: skip
    if not parts:
        parts = [part for name, value in shown if _is_nested(value) and (part := _named(name, value, depth - 1))]
    return _joined(parts)


_is_random = LatePattern(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\Z", re.IGNORECASE)
"""An id that the framework made up."""


def _is_nested(value: Value) -> bool:
    return type(value) in (dict, Map, list, tuple) or (type(value) is Obj and not object_parts(value).is_text)


def _named(name: str, value: Value, depth: int) -> str:
    if is_secret_key(name) or is_given_key(name, value):
        return ""
    said = _words(value, depth)
    return f"{shown_name(name, 30)} {said}" if said else ""


def _joined(parts: Sequence[str]) -> str:
    """As many parts as a gist holds."""
    out = ""
    for part in parts:
        if len(out) > GIST_CHARACTERS:
            break
        out += f" {part}" if out else part
    return out


def _quoted(text: str) -> str:
    """A text on one line in quotes; line breaks are blanks."""
    words = " ".join(masked_text(text[:_LOOKED_AT]).split())
    if not words:
        return ""
    cut = len(words) > GIST_CHARACTERS or len(text) > _LOOKED_AT
    return f"“{clean(words[:GIST_CHARACTERS])}{'…' if cut else ''}”"


_LOOKED_AT = 10 * GIST_CHARACTERS
"""Characters of a text that are searched for secrets: enough to recognise one that begins within a gist."""


def _masked(text: str) -> str:
    """A text without its secrets, safe for a terminal."""
    return clean(masked_text(text[:_LOOKED_AT]), GIST_CHARACTERS)


def _pairs(value: Any) -> list[tuple[Value, Value]]:
    return list(_each(resolve(value)))


def _each(value: Value) -> Iterator[tuple[Value, Value]]:
    if type(value) is dict:
        yield from value.items()
    elif type(value) is Map:
        yield from zip(value.kv[::2], value.kv[1::2], strict=True)
