"""The turns of a conversation, as people read them: a call of a tool, its approval and its result are one line."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ckpt_tui.core.documents.envelope import is_unopened, resolve
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.chat import ChatMessage, Part, fields, is_chat, read_message
from ckpt_tui.core.reading.merged_messages import MergedMessage
from ckpt_tui.core.text import clean
from ckpt_tui.core.value import Obj, Value

MAX_TURNS = 2_000
"""Turns of one value that `turns` reads."""


class Turn(NamedTuple):
    """One turn of a conversation.

    Attributes:
        speaker: The author.
        role: user, assistant, system, tool, ...; "" for a turn that is not a chat message.
        text: The text; may have line breaks and control characters.
        extras: Calls of tools with their results, and other contents, a line each, safe for a terminal.
        note: A remark on it, in a few words, or "".
        is_new: It was not there in the parent.
        path: Its path; empty where paths were not requested.
    """

    speaker: str
    role: str
    text: str
    extras: tuple[str, ...]
    note: str = ""
    is_new: bool = False
    path: Path = ()


def turns(value: Value) -> tuple[Turn, ...]:
    """The turns that a value holds: a message, a list of messages, or a framework object around them; else none."""
    return tuple(_turns_of(value, 0))[:MAX_TURNS]


def _turns_of(value: Value, depth: int) -> Iterator[Turn]:
    if is_unopened(value):
        return
    value = resolve(value)
    message = read_message(value)
    if message is not None:
        yield _alone(message)
    elif type(value) in (list, tuple):
        if value and is_chat(value[0]):
            yield from (_alone(read) for item in value[:MAX_TURNS] if (read := read_message(item)) is not None)
    elif type(value) is Obj and depth < 3:
        # AgentExecutorRequest.messages; AgentExecutorResponse.full_conversation, else .agent_response.messages; a plan
        known = fields(value)
        for name in _AROUND:
            found = tuple(_turns_of(known.get(name), depth + 1))
            if found:
                yield from found
                return


_AROUND = ("full_conversation", "conversation", "messages", "agent_response", "agent_run_response", "plan", "review")


def _alone(message: ChatMessage) -> Turn:
    """A message by itself: calls and results are lines of their own."""
    who = message.role or "?"
    if message.author and message.author != who:
        who = f"{who} {message.author}"
    lines = tuple(line for part in message.parts if (line := _line(part)))
    return Turn(who, message.role, message.text, lines)


def _line(part: Part) -> str:
    """A part on one line; "" for text."""
    if part.kind == "text":
        return ""
    if part.kind == "reasoning":
        return f"thinks: {clean(part.text, 2_000)}"
    if part.kind == "call":
        return f"calls {part.text}"
    if part.kind == "result":
        return f"result {part.text}"
    if part.kind == "request":
        return f"asks to call {part.called}"
    if part.kind == "answer":
        verb = {"approved": "approves", "rejected": "rejects"}.get(part.text, "answers")
        return f"{verb} {part.called}"
    return part.text


class _Call:
    """A call of a tool, with its approval and its result."""

    __slots__ = ("answer", "asked", "is_new", "line", "result")

    def __init__(self, line: str) -> None:
        self.line = line
        self.asked = False
        self.answer = ""
        self.result: str | None = None
        self.is_new = False

    @property
    def text(self) -> str:
        """The call and its result."""
        text = self.line
        if self.answer:
            text += f" · {self.answer}"
        elif self.asked:
            text += " · asks whether it may be called"
        return text if self.result is None else f"{text} → {self.result}"


def merged_turns(entries: Iterable[MergedMessage]) -> Iterator[Turn]:
    """The turns of merged messages, in their order."""
    entries = list(entries)
    calls: dict[str, list[_Call]] = {}
    own: dict[tuple[int, int], _Call] = {}
    for number, entry in enumerate(entries):
        for place, part in enumerate(entry.message.parts):
            if part.kind == "call":
                call = _Call(part.text)
                calls.setdefault(part.call, []).append(call)
                own[number, place] = call
                call.is_new = entry.is_new
    for number, entry in enumerate(entries):
        for place, part in enumerate(entry.message.parts):
            if part.kind in ("result", "request", "answer"):
                listed = calls.setdefault(part.call, [])
                joins = next((call for call in listed if _can_join(call, part)), None)
                if joins is None or not part.call:
                    joins = own[number, place] = _Call(part.called)
                    listed.append(joins)
                _join(joins, part, entry.is_new)
    for number, entry in enumerate(entries):
        turn = _turn(entry, [own.get((number, place)) for place in range(len(entry.message.parts))])
        if turn is not None:
            yield turn


def _can_join(call: _Call, part: Part) -> bool:
    """Whether a part belongs to a call: the call lacks such a part, or has the same one."""
    if part.called and call.line and part.called != call.line:
        return False
    if part.kind == "result":
        return call.result is None or call.result == part.text
    return part.kind == "request" or not call.answer or call.answer == part.text


def _join(call: _Call, part: Part, is_new: bool) -> None:
    call.is_new = call.is_new or is_new
    call.line = call.line or part.called
    if part.kind == "result":
        call.result = part.text
    elif part.kind == "answer":
        call.answer = part.text
    else:
        call.asked = True


def _turn(entry: MergedMessage, calls: Sequence[_Call | None]) -> Turn | None:
    texts: list[str] = []
    lines: list[str] = []
    is_new = False
    for part, call in zip(entry.message.parts, calls, strict=True):
        if part.kind == "text":
            texts.append(part.text)
            is_new = is_new or entry.is_new
        elif call is not None:
            lines.append(call.text if call.line else f"result {call.result}")
            is_new = is_new or call.is_new
        elif part.kind in ("reasoning", "other"):
            lines.append(_line(part))
            is_new = is_new or entry.is_new
    if not texts and not lines:
        return None
    # An agent that gives itself no name is the executor that keeps what it said.
    who = entry.author or (entry.keeper if entry.role == "assistant" else "") or entry.role or "?"
    return Turn(who, entry.role, "".join(texts), tuple(lines), entry.note, is_new, entry.path)
