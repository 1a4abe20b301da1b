"""Chat messages of every known format: author, text, calls of tools and their results.

Read as messages: objects of Agent Framework from 1.0 on and of its betas, their JSON, messages of Agent Framework for
.NET (`authorName`, `$type`), messages of LangChain, and chat dictionaries as OpenAI writes them (`content`,
`tool_calls`).
"""

import json
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, Literal, NamedTuple

from ckpt_tui.core.documents.envelope import is_unopened, named_members, resolve
from ckpt_tui.core.reading.langchain_messages import is_langchain_message, role_of
from ckpt_tui.core.reading.pickled_objects import object_parts, own_attributes, type_name
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.redact import MASK, masked
from ckpt_tui.core.text import clean
from ckpt_tui.core.value import Map, Obj, Value

Kind = Literal["text", "reasoning", "call", "result", "request", "answer", "other"]
"""The kind of a part of a message; a request asks whether a tool may be called, an answer allows or refuses it."""

LINE_CELLS = 2_000
"""Characters of a call or a result on its line."""


class Part(NamedTuple):
    """A part of a message.

    Attributes:
        kind: What it is.
        text: Its text: unchanged for text and reasoning, else one line that is safe for a terminal.
        call: The id that joins a call, its approval and its result; "" for other kinds.
        called: The line of the call that a request or an answer is about; "" for other kinds.
    """

    kind: Kind
    text: str
    call: str = ""
    called: str = ""


class ChatMessage(NamedTuple):
    """A chat message.

    Attributes:
        role: user, assistant, system, tool, ...; "" where it has none.
        author: The name of who said it, or "".
        id: The id of the message, or "".
        parts: Its parts.
    """

    role: str
    author: str
    id: str
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """Its text parts, joined."""
        return "".join(part.text for part in self.parts if part.kind == "text")


def fields(value: Value) -> dict[str, Value]:
    """The attributes of an object, or the members of a mapping whose keys are text; none of anything else."""
    value = resolve(value)
    if type(value) is dict:
        return value
    if type(value) is Obj:
        kv = own_attributes(value)
        return dict(zip(kv[::2], kv[1::2], strict=True)) if kv is not None else dict(object_parts(value).attributes)
    return named_members(value) or {} if type(value) is Map else {}


def is_chat(value: Value) -> bool:
    """Whether a value is a chat message."""
    if is_unopened(value):
        return False
    value = resolve(value)
    if type(value) is Obj and type_name(value).endswith("Update"):  # a piece of a message that is streamed
        return False
    return _is_chat(fields(value)) or is_langchain_message(value)


def _is_chat(found: dict[str, Value]) -> bool:
    if "role" not in found:
        return False
    return "contents" in found or "content" in found or type(found.get("text")) is str or "tool_calls" in found


def read_message(value: Value) -> ChatMessage | None:
    """A value as a chat message; None if it is not one."""
    if not is_chat(value):
        return None
    found = fields(value)
    role = role_of(resolve(value)) if is_langchain_message(resolve(value)) else name_of(found.get("role"))
    author = name_of(_first(found, "author_name", "authorName", "name"))
    identity = _text(_first(found, "message_id", "messageId"))
    if called := _text(found.get("tool_call_id")):
        return ChatMessage(role, author, identity, (Part("result", _joined(found.get("content")), called),))
    contents = found.get("contents") if found.get("contents") is not None else found.get("content")
    items = [] if is_unopened(contents) else resolve(contents)
    if type(items) is str:
        items = [items]
    if type(items) not in (list, tuple) or not len(items):
        items = [found["text"]] if type(resolve(found.get("text"))) is str else []
    pieces = _parts(items)
    calls = resolve(found.get("tool_calls"))
    for call in calls if type(calls) in (list, tuple) else ():
        about = fields(call)
        inner = fields(about.get("function")) or {"arguments": about.get("args"), **about}
        pieces.append(Part("call", call_line(inner), _text(about.get("id"))))
    return ChatMessage(role, author, identity, _merged(pieces))


def _parts(items: Sequence[Value]) -> list[Part]:
    """The contents of a message: all texts, and the first others."""
    parts: list[Part] = []
    others = more = 0
    for item in items:
        if others >= _OTHERS and not _is_text(item):
            more += 1
            continue
        part = Part("text", item) if type(item) is str else _part(item)
        if part is not None:
            parts.append(part)
            others += part.kind not in ("text", "reasoning")
    return [*parts, Part("other", f"… {more:,} more")] if more else parts


def _is_text(content: Value) -> bool:
    return type(content) is str or (not is_unopened(content) and type(resolve(fields(content).get("text"))) is str)


_OTHERS = 1_000
"""Contents of one message that are shown on a line each; of a call, a result or an attachment that takes 50 µs."""


def read_content(value: Value) -> Part | None:
    """A call, a result, an approval or a question for one outside of a message; None for anything else."""
    if is_unopened(value) or _kind_of(fields(value)) not in _CALLS:
        return None
    return _part(value)


def pieces_of(message: Value) -> int:
    """How many pieces the content of a chat message has, at least."""
    found = fields(message)
    contents = found.get("contents") if found.get("contents") is not None else found.get("content")
    items: Value = None if is_unopened(contents) else resolve(contents)
    return len(items) if type(items) is list or type(items) is tuple else 0


def name_of(value: Value) -> str:
    """A role or a name: a text, an Enum, or an object around its value as early versions wrote it; "" for others."""
    value = resolve(value)
    if type(value) is Obj:
        parts = object_parts(value)
        if parts.is_text:
            return str(parts.text)
    if type(value) in (Obj, dict, Map):
        value = resolve(fields(value).get("value"))
    return value if type(value) is str else ""


def call_line(call: dict[str, Value]) -> str:
    """A call of a tool on one line: `search({"q": "coffee"})`."""
    name, arguments = _text(call.get("name")), resolve(call.get("arguments"))
    shown = "" if arguments is None else clean(_canonical(arguments), LINE_CELLS)
    return f"{clean(name, 80) or '?'}({'' if shown == '{}' else shown})"


_KINDS = {
    "functioncall": "function_call", "functionresult": "function_result", "textreasoning": "text_reasoning",
    "reasoning": "text_reasoning", "functionapprovalrequest": "function_approval_request",
    "functionapprovalresponse": "function_approval_response", "toolapprovalrequest": "function_approval_request",
    "toolapprovalresponse": "function_approval_response", "tool_use": "function_call",
    "tool_result": "function_result", "thinking": "text_reasoning",
}  # fmt: skip


_CALLS = frozenset(
    ("function_call", "function_result", "function_approval_request", "function_approval_response")
)  # fmt: skip
"""Kinds of content that also occur outside of a message."""


def _kind_of(found: dict[str, Value]) -> str:
    """The kind of a content, by the name that the framework has for it now."""
    kind = name_of(_first(found, "type", "$type"))
    return _KINDS.get(kind.lower(), kind)


def _part(value: Value) -> Part | None:
    if is_unopened(value):
        return Part("other", summary(value, 200))
    value = resolve(value)
    if type(value) is str:
        return Part("text", value)
    found = fields(value)
    kind = _kind_of(found)
    text = resolve(found.get("text"))
    if kind == "usage":
        return None
    if kind == "function_call":
        return Part("call", call_line(_call_of(found)), _text(_first(found, "call_id", "callId", "id")))
    if kind == "function_result":
        result = resolve(_first(found, "result", "exception", "content", "items"))
        return Part("result", _joined(result), _text(_first(found, "call_id", "callId", "tool_use_id")))
    if kind in ("function_approval_request", "function_approval_response"):
        call = fields(_first(found, "function_call", "functionCall", "toolCall"))
        joins = _text(_first(call, "call_id", "callId", "id")) or _text(_first(found, "id", "requestId"))
        line = call_line(call)
        if kind == "function_approval_request":
            return Part("request", "asks whether it may be called", joins, line)
        given = found.get("approved")
        return Part(
            "answer", "approved" if given is True else "rejected" if given is False else "answered", joins, line
        )
    if type(text) is str:
        return Part("reasoning" if kind == "text_reasoning" else "text", text)
    if kind == "error":
        return Part("other", f"error: {clean(_text(found.get('message')), LINE_CELLS)}")
    shown = summary(value, 300)
    return Part("other", shown) if found or shown else None


def _call_of(found: dict[str, Value]) -> dict[str, Value]:
    return {**found, "arguments": found["input"]} if "input" in found and "arguments" not in found else found


def _merged(pieces: list[Part]) -> tuple[Part, ...]:
    """Texts that follow each other are one: a message is streamed in pieces."""
    parts: list[Part] = []
    said = (piece for piece in pieces if piece.text or piece.kind not in ("text", "reasoning"))
    for kind, group in groupby(said, lambda piece: piece.kind):
        if kind in ("text", "reasoning"):
            parts.append(Part(kind, "".join(piece.text for piece in group)))
        else:
            parts += group
    return tuple(parts)


def _joined(value: Value) -> str:
    """The result of a tool, on one line."""
    value = resolve(value)
    if type(value) is str:
        return clean(value, LINE_CELLS)
    if type(value) in (list, tuple):
        first = value[: LINE_CELLS + 1]  # more of them do not fit the line
        texts = [resolve(fields(item).get("text")) if type(item) is not str else item for item in first]
        if texts and all(type(text) is str for text in texts):
            return clean("".join(texts), LINE_CELLS)
    return "" if value is None else summary(value, LINE_CELLS)


def _canonical(arguments: Value) -> str:
    """The arguments of a call as one text, secrets masked, the same whether they are JSON or a text of it."""
    if type(arguments) is str:
        return arguments if len(arguments) > 10 * LINE_CELLS else _canonical_text(arguments)
    return _written(to_json(arguments, nodes=LINE_CELLS // 4)) or summary(arguments, LINE_CELLS)


@lru_cache(maxsize=256)  # a history repeats its calls
def _canonical_text(arguments: str) -> str:
    try:
        document = json.loads(arguments)
    except (ValueError, RecursionError):
        return arguments
    return _written(document) or summary(arguments, LINE_CELLS)


def _written(document: Any) -> str:
    """A document as JSON, secrets masked; "" where it cannot be written."""
    try:
        return json.dumps(masked(document, sign=MASK), ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return ""


def _first(found: dict[str, Value], *names: str) -> Value:
    return next((found[name] for name in names if found.get(name) is not None), None)


def _text(value: Value) -> str:
    value = resolve(value)
    return value if type(value) is str else ""
