"""A value on one line, for lists and folded rows; width and depth are bounded for any value."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ckpt_tui.core.budgets import SUMMARY_CELLS
from ckpt_tui.core.documents.envelope import is_long_text, is_unopened, resolve, unread
from ckpt_tui.core.reading.langchain_messages import calls_of, is_langchain_message, text_of
from ckpt_tui.core.reading.members import Member, Members, members
from ckpt_tui.core.reading.message_parts import contents_of, is_message_document, message_text, speaker
from ckpt_tui.core.reading.pending import attribute, source_executor, type_text
from ckpt_tui.core.reading.pickled_objects import object_parts, type_name
from ckpt_tui.core.reading.typenames import short_type
from ckpt_tui.core.redact import MASK, RUN_KWARGS, is_given_key, is_mask, is_maskable, is_secret_key, masked_text
from ckpt_tui.core.secret_items import NOTHING, is_secret_type, secrets_beside
from ckpt_tui.core.shown_names import masked_name, shown_name
from ckpt_tui.core.text import clean, quoted, size_text
from ckpt_tui.core.value import Deferred, Envelope, Map, Obj, Opaque, Ref, SetOf, Value

_DEPTH = 2
"""Levels of members that a summary enters."""

_MEMBERS = 40
"""Members that a summary reads."""

_SENT = 8
"""Members of a JSON object that is a message in flight: sender, receiver, data, and type."""

_BEYOND = 2_000
"""Characters beyond the shown ones that are searched for the end of a secret."""


def summary(value: Value, limit: int = SUMMARY_CELLS, reveal: bool = False, hide: bool = False) -> str:
    """A value on one line of about `limit` characters, safe for a terminal.

    Args:
        value: Any value.
        limit: Characters to aim at; a single short value may pass it.
        reveal: Show the values of secret keys inside instead of masking them.
        hide: The value itself is below a secret key and is masked.
    """
    return Summarizer(reveal).text(value, limit, _DEPTH, hide and not reveal)


def label_text(member: Member, limit: int = 80, depth: int = _DEPTH, reveal: bool = False) -> str:
    """The label of a member, safe for a terminal; the key of an entry is a summary, so many levels deep.

    Secrets in it are masked unless `reveal`.
    """
    if member.key is not None:
        return Summarizer(reveal).text(member.key[0], limit, depth, False) if depth >= 0 else "…"
    label = member.label[: limit + _BEYOND]
    return clean(label if reveal else masked_name(label), limit) if label else '""'


class Summarizer:
    """Makes summaries; `reveal` shows the values of secret keys."""

    __slots__ = ("reveal",)

    def __init__(self, reveal: bool = False) -> None:
        self.reveal = reveal

    def text(self, value: Value, limit: int, depth: int, hide: bool) -> str:
        """One value; `depth` levels of members are entered, `hide` masks every leaf."""
        if is_unopened(value):
            return MASK if hide and is_long_text(value) else _closed(value, limit)
        value = resolve(value)
        kind = type(value)
        if hide and is_maskable(value, True):
            return MASK
        if kind is str:
            return quoted(self.shown(value, limit), limit)
        if value is None or kind is bool:
            return "null" if value is None else "true" if value else "false"
        if kind is int:
            return integer_text(value)
        if kind is float:
            return float_text(value)
        if kind is bytes or kind is bytearray:
            shown = bytes(value[: max(min(limit, 96) // 3, 8)])
            return f"{kind.__name__}({len(value):,}) {shown.hex(' ')}{'…' if len(value) > len(shown) else ''}"
        if kind is Ref:
            return clean(value.name, limit)
        if kind is Opaque:
            return f"‹{clean(value.reason, max(limit, 60))}›"
        if kind is Obj:
            return self.object(value, limit, depth, hide)
        if kind is dict and (said := self.said(value, limit, 0 if hide else depth)):
            return said
        below = members(value)
        beside = secrets_beside(value) if not (hide or self.reveal) and kind is not SetOf else NOTHING
        if kind is dict or kind is Map:
            joined = self.join(below, limit - 6, depth, hide, beside)
            return f"{{{len(below):,}}} {joined}".rstrip() if len(below) else "{}"
        opening, closing = ("(", ")") if kind is tuple else ("{", "}") if kind is SetOf else ("[", "]")
        if not len(below):
            return "set()" if kind is SetOf else opening + closing
        return f"({len(below):,}) {opening}{self.join(below, limit - 6, depth, hide, beside)}{closing}"

    def shown(self, text: str, limit: int) -> str:
        """As much of a text as may be shown, secrets in it masked; a secret that the limit cuts is masked, too."""
        if self.reveal or len(text) < 6:
            return text
        return masked_text(text[: limit + _BEYOND] if len(text) > limit + _BEYOND else text)

    def join(
        self, below: Members, limit: int, depth: int, hide: bool, beside: Mapping[int | str, str] = NOTHING
    ) -> str:
        """Members, comma separated, as many as fit; `beside` has those that others make secrets."""
        if depth <= 0:
            return "…"
        parts: list[str] = []
        left = limit
        for index in range(min(len(below), _MEMBERS)):
            member = below[index]
            if member.value is None and below.kind != "list" and len(below) > 3:
                continue
            if left < 8:
                parts.append("…")
                break
            secret = hide or (not self.reveal and is_secret_key(member.label))
            secret = secret or (member.label if below.kind != "list" else index) in beside
            if member.label in RUN_KWARGS or is_given_key(member.label, member.value):
                secret = not self.reveal
            room = left if len(below) == 1 else min(left, 60)
            text = self.text(member.value, room, depth - 1, secret)
            if below.kind != "list" and not member.is_index:
                text = f"{label_text(member, 30, depth - 1, self.reveal)}: {text}"
            parts.append(text)
            left -= len(text) + 2
        else:
            if len(below) > _MEMBERS:
                parts.append("…")
        return ", ".join(parts)

    def object(self, value: Obj, limit: int, depth: int, hide: bool) -> str:
        """An object: its text, the summary of an object of the framework, or its class and attributes."""
        parts = object_parts(value)
        hide = hide or (is_secret_type(parts.type) and not self.reveal)
        if parts.is_text:
            if hide:
                return MASK
            text = parts.text
            return integer_text(text) if type(text) is int else clean(self.shown(str(text), limit), limit)
        if depth > 0 and not hide and parts.type.startswith("agent_framework"):
            special = _SPECIAL.get(short_type(parts.type))
            text = special(self, value, limit, depth) if special else ""
            if text:
                return text
        if depth > 0 and not hide and is_langchain_message(value):
            return self.langchain_message(value, limit)
        below = members(value)
        name = clean(short_type(parts.type), 60)
        beside = NOTHING if hide or self.reveal else secrets_beside(Map(parts.attributes.kv))
        joined = self.join(below, limit - len(name), depth, hide, beside)
        return f"{name} {joined}".rstrip() if len(below) else f"{name}()"

    def headline(self, value: Value) -> str:
        """The heading of an unfolded framework object, in a few words; "" for any other."""
        value = resolve(value)
        if type(value) is not Obj or not type_name(value).startswith("agent_framework"):
            return ""
        name = short_type(type_name(value))
        if name == "WorkflowEvent" and attribute(value, "type") == "request_info":
            expected = short_type(type_text(attribute(value, "_response_type"))) or "any answer"
            return f"{shown_name(source_executor(value), 40)} expects {clean(expected, 60)}"
        if name == "WorkflowMessage":
            source, target = attribute(value, "source_id"), attribute(value, "target_id")
            route = f"from {shown_name(source, 40)}" if type(source) is str else ""
            return f"{route} to {clean(target, 40)}" if type(target) is str else route
        return shown_name(speaker(value), 40) if name in ("Message", "ChatMessage") else ""

    # -- the framework's own objects: the most important facts first -------------------------------------------------

    def said(self, value: dict[str, Value], limit: int, depth: int) -> str:
        """A JSON object as a chat message, or as what one holds, or a mask of a copy; "" for any other."""
        if is_mask(value):
            return MASK
        if depth <= 0:
            return ""
        if is_message_document(value):
            return self.message(value, limit, depth)
        if "data" in value and type(value.get("source_id")) is str and len(value) <= _SENT:
            return self.workflow_message(value, limit, depth)
        kind = value.get("type")
        return self.content(value, limit, depth) if type(kind) is str and kind in _CONTENTS else ""

    def message(self, value: Value, limit: int, depth: int) -> str:
        """`assistant writer: "Added a paragraph…"`, `assistant writer: calls search({"q": "coffee"})`."""
        text = message_text(value)
        said = [quoted(self.shown(text, limit), limit)] if text else []
        calls = resolve(attribute(value, "tool_calls"))
        for call in calls[:3] if type(calls) is list else ():
            function = attribute(call, "function")
            said.append(f"calls {self.call(call if function is None else function, limit)}")
        return f"{shown_name(speaker(value), 40)}: {' '.join(said) or self.contents(value, limit, depth)}"

    def contents(self, value: Value, limit: int, depth: int) -> str:
        """The contents of a message besides text."""
        contents = contents_of(value)
        listed = [] if is_unopened(contents) else resolve(contents)
        if type(listed) not in (list, tuple) or not listed:
            return self.text(contents, limit, depth - 1, False)
        parts: list[str] = []
        for content in listed[:_MEMBERS]:
            if limit < 8:
                parts.append("…")
                break
            content = content if is_unopened(content) else resolve(content)
            special = self.content(content, limit, depth) if type(content) in (Obj, dict, Map) else ""
            parts.append(special or self.text(content, min(limit, 60), depth - 1, False))
            limit -= len(parts[-1]) + 2
        return ", ".join(parts)

    def langchain_message(self, value: Obj, limit: int) -> str:
        """`assistant: "It is sunny."`, `assistant: calls lookup({1} city: "Paris")`."""
        who, text = shown_name(speaker(value), 40), text_of(value)
        calls = "; ".join(f"calls {self.tool_call(name, given, limit)}" for name, given in calls_of(value)[:3])
        return f"{who}: {' '.join(part for part in (quoted(text, limit) if text or not calls else '', calls) if part)}"

    def tool_call(self, name: str, arguments: Value, limit: int) -> str:
        """A call of a tool with its arguments."""
        return f"{clean(name, 60)}({'' if arguments is None else self.text(arguments, limit, 1, False)})"

    def workflow_message(self, value: Value, limit: int, depth: int) -> str:
        """`writer → reviewer: …`; the route alone where it carries nothing."""
        source, target = attribute(value, "source_id"), attribute(value, "target_id")
        sender = shown_name(source, 40) if type(source) is str else "?"
        route = f"{sender} → {clean(target, 40)}" if type(target) is str else sender
        data = attribute(value, "data")
        if data is None:
            return route
        # An agent's own message names it once more.
        return f"{route}: {self.carried(data, limit - len(route), depth).removeprefix(f'assistant {sender}: ')}"

    def carried(self, data: Value, limit: int, depth: int) -> str:
        """The data that a message or a request carries, with full depth, except where it carries another one."""
        data = data if is_unopened(data) else resolve(data)
        is_wrapper = type(data) is dict or (type(data) is Obj and short_type(type_name(data)) in _WRAPPERS)
        return self.text(data, limit, depth - 1 if is_wrapper else depth, False)

    def exchange(self, value: Obj, limit: int, depth: int) -> str:
        """A request to an agent or its response: the last of its messages, `(3) … user: "Make it shorter."`."""
        found = attribute(value, "messages")
        for name in ("agent_response", "agent_run_response"):
            found = found if found is not None else attribute(attribute(value, name), "messages")
        messages = [] if is_unopened(found) else resolve(found)
        last = resolve(messages[-1]) if type(messages) is list and messages else None
        if type(last) is not Obj or short_type(type_name(last)) not in ("Message", "ChatMessage"):
            return ""
        before = f"({len(messages)}) … " if len(messages) > 1 else ""
        return f"{before}{self.message(last, limit - len(before), depth)}"

    def workflow_event(self, value: Obj, limit: int, depth: int) -> str:
        """`approval asks … → Decision`."""
        if attribute(value, "type") != "request_info":
            return ""
        expected = short_type(type_text(attribute(value, "_response_type"))) or "any answer"
        data = self.carried(attribute(value, "data"), limit // 2, depth).removeprefix("asks ")
        return f"{shown_name(source_executor(value), 40)} asks {data} → expects {clean(expected, 60)}"

    def content(self, value: Value, limit: int, depth: int) -> str:
        """`text "…"`, `function_call search(…)`."""
        kind = attribute(value, "type")
        text = attribute(value, "text")
        if type(text) is str:
            return f"{clean(kind, 30) if type(kind) is str else 'content'} {quoted(self.shown(text, limit), limit)}"
        if kind == "function_call":
            return f"calls {self.call(value, limit)}"
        if kind == "tool_use":
            return f"calls {self.tool_call(str(attribute(value, 'name')), attribute(value, 'input'), limit)}"
        if kind == "tool_result":
            return f"result {self.text(attribute(value, 'content'), limit, 1, False)}"
        if kind == "function_result":
            return f"result {self.text(attribute(value, 'result'), limit, 1, False)}"
        if kind == "function_approval_request":
            return f"asks to call {self.call(attribute(value, 'function_call'), limit)}"
        if kind == "function_approval_response":
            answer = "approves" if attribute(value, "approved") is True else "rejects"
            return f"{answer} {self.call(attribute(value, 'function_call'), limit)}"
        return ""

    def call(self, value: Value, limit: int) -> str:
        """A call of a tool: `search({"q": "coffee"})`."""
        name, arguments = attribute(value, "name"), resolve(attribute(value, "arguments"))
        if type(arguments) is str:
            shown = clean(self.shown(arguments, limit), limit)
        else:
            shown = "" if arguments is None else self.text(arguments, limit, 1, False)
        return f"{clean(name, 60) if type(name) is str else '?'}({shown})"


def _closed(value: Value, limit: int) -> str:
    """The summary of a value that is not decoded."""
    size = unread(value)
    while type(value) is Deferred and value.ready:
        value = value.value
    if value.claimed or type(value) is Envelope:
        return f"{clean(short_type(value.claimed), 60)} · a pickle of {size_text(size * 3 // 4)} · unfold to read"
    if value.is_text:
        begin = value.data[value.start + 1 : value.start + 1 + limit].decode("utf-8", "ignore")
        return f'"{clean(begin)}…" {size_text(size)}'
    return f"{'[…]' if value.data[value.start] == 0x5B else '{…}'} {size_text(size)} · unfold to read"


def integer_text(value: int) -> str:
    """Decimal digits, or how many there are where they fill a line."""
    if value.bit_length() > 400:
        return f"an integer of about {value.bit_length() * 30103 // 100000:,} digits"
    return str(value)


def float_text(value: float) -> str:
    """As JSON of the framework writes it: NaN and infinities by name."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value)


_CONTENTS = ("text", "text_reasoning", "function_call", "function_result", "function_approval_request",
             "function_approval_response")  # fmt: skip
"""Types of the contents of a message of the framework."""


_WRAPPERS = ("WorkflowMessage", "WorkflowEvent")
"""The framework's objects around a value of the person's own."""

_SPECIAL = {
    "Message": Summarizer.message,
    "ChatMessage": Summarizer.message,
    "WorkflowMessage": Summarizer.workflow_message,
    "WorkflowEvent": Summarizer.workflow_event,
    "Content": Summarizer.content,
    "AgentExecutorRequest": Summarizer.exchange,
    "AgentExecutorResponse": Summarizer.exchange,
    "AgentResponse": Summarizer.exchange,
    "AgentRunResponse": Summarizer.exchange,
}
