"""The conversation of a checkpoint: all messages that its executors keep, hold and send, as one sequence.

Each executor keeps its own part of what was said, and repeats what others said: histories, caches, sessions, messages
in flight, requests. Every turn stands in the conversation once, in an order that none of these parts contradicts as far
as that is possible; where two parts know a turn, it is the same turn. A call of a tool, its approval and its result are
one line.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ckpt_tui.core.documents.envelope import is_long_text, is_unopened, resolve
from ckpt_tui.core.model import INTERNAL, Checkpoint
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.chat import ChatMessage, Part, fields, is_chat, name_of, read_content, read_message
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.reading.path_links import PathLink, path_of
from ckpt_tui.core.reading.pending import requests
from ckpt_tui.core.reading.pickled_objects import type_name
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.reading.typenames import short_type
from ckpt_tui.core.redact import RUN_KWARGS
from ckpt_tui.core.text import clean
from ckpt_tui.core.value import Map, Obj, SetOf, Value

MAX_TURNS = 2_000
"""Turns of one value that `turns` reads."""

WALKED = 150_000
"""Values that are looked at for messages: a second at most, in a worker."""

IN_FLIGHT = "in flight"
"""The note of a turn that nobody keeps yet."""

YOU = "you"
"""Who speaks where an input or an answer comes from outside of the workflow."""


class Turn(NamedTuple):
    """One turn of a conversation.

    Attributes:
        speaker: Who speaks.
        role: user, assistant, system, tool, ...; "" for a turn that is not a chat message.
        text: What was said; may have line breaks and anything else.
        extras: Calls of tools with what came of them and other contents, a line each, safe for a terminal.
        note: What is to be known of it, in a few words, or "".
        is_new: It was not there in the parent.
        path: Where it stands; empty where that was not asked for.
    """

    speaker: str
    role: str
    text: str
    extras: tuple[str, ...]
    note: str = ""
    is_new: bool = False
    path: Path = ()


class Conversation(NamedTuple):
    """What was said.

    Attributes:
        turns: Each turn once, oldest first.
        unread: Places of large values that were not read for it.
        repeated: Places of histories in which messages stand twice by their ids, each with how many.
        is_cut: There was more to look at than is looked at.
    """

    turns: tuple[Turn, ...] = ()
    unread: tuple[Path, ...] = ()
    repeated: tuple[tuple[Path, int], ...] = ()
    is_cut: bool = False


def conversation(checkpoint: Checkpoint, parent: Checkpoint | None = None) -> Conversation:
    """The conversation of a checkpoint.

    Args:
        checkpoint: The checkpoint.
        parent: Its parent: turns that it has not are new. None where there is none, then nothing is new.
    """
    found = _gather(checkpoint)
    if parent is not None:
        had = Counter(entry.key for entry in _gather(parent).entries)
        for entry in found.entries:
            had[entry.key] -= 1
            entry.is_new = had[entry.key] < 0
    return Conversation(tuple(_turns(found.entries)), tuple(found.unread), tuple(found.repeated), found.is_cut)


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
    """What a part is in one line; "" for text."""
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


# -- what every part of a checkpoint holds ---------------------------------------------------------------------------


_Said = Sequence[tuple[Path, ChatMessage]]


class _Source(NamedTuple):
    """Messages that follow each other in one place, each with its path; `keeper` is the executor that keeps them."""

    rank: tuple[int, int]
    path: Path
    messages: _Said
    note: str = ""
    keeper: str = ""


class _Entry:
    """A message of the merged conversation."""

    __slots__ = ("anchor", "author", "is_new", "keeper", "key", "message", "note", "path", "place", "role")

    def __init__(self, message: ChatMessage, path: Path, source: _Source, anchor: _Entry | None) -> None:
        self.message = message
        self.key = _key(message)
        self.role, self.author = message.role, message.author
        self.keeper = source.keeper
        self.path = path
        self.note = source.note
        self.anchor = anchor
        self.place = 0
        self.is_new = False


_Key = tuple[tuple[str, str, str], ...]


def _key(message: ChatMessage) -> _Key:
    """What two records of the same turn share: not the role, which is the reader's, nor always the author."""
    return tuple((part.kind, part.call, part.text or part.called) for part in message.parts)


class _Gathered:
    """Everything that was said, as it is found."""

    def __init__(self) -> None:
        self.sources: list[_Source] = []
        self.entries: list[_Entry] = []
        self.unread: list[Path] = []
        self.repeated: list[tuple[Path, int]] = []
        self.is_cut = False
        self._by_key: dict[_Key, list[_Entry]] = {}

    # -- merging -----------------------------------------------------------------------------------------------------

    def merge(self) -> None:
        """Merge the sources, executor by executor, what it keeps before what it only holds."""
        for source in sorted(self.sources, key=lambda source: source.rank):
            self._take(source)

    def _take(self, source: _Source) -> None:
        used: set[int] = set()
        free: dict[_Key, int] = {}
        after: dict[int, list[_Entry]] = {}
        ahead: list[_Entry] = []
        anchor: _Entry | None = None
        last: _Entry | None = None
        first: _Entry | None = None
        once, again = _without_replays(source.messages)
        for path, message in once:
            known = self._known(message, used, free, anchor.place if anchor is not None else -1)
            if known is not None:
                used.add(id(known))
                _complete(known, message, source.note)
                first, last = first or known, known
                if anchor is None or known.place > anchor.place:
                    anchor = known
                continue
            last = made = _Entry(message, path, source, last)
            if anchor is None:
                ahead.append(made)
            else:
                after.setdefault(id(anchor), []).append(made)
        if again:
            self.repeated.append((source.path, again))
        if ahead or after:
            self._insert(ahead, first or self._longer(ahead), after)

    def _known(self, message: ChatMessage, used: set[int], free: dict[_Key, int], place: int) -> _Entry | None:
        """The turn that a message is a record of: the next one, else an earlier one that this source has not.

        `free` remembers how many of the turns with the same content are used from the first on.
        """
        earlier = None
        key = _key(message)
        listed = self._by_key.get(key, [])
        begin = free.get(key, 0)
        while begin < len(listed) and id(listed[begin]) in used:
            begin += 1
        free[key] = begin
        for entry in islice(listed, begin, None):
            if id(entry) in used or not _agree(entry, message):
                continue
            if entry.place > place:
                return entry
            earlier = earlier or entry
        return earlier

    def _longer(self, made: list[_Entry]) -> _Entry | None:
        """The turn that repeats what a message by itself says, as a ledger repeats its facts: it comes after it."""
        text = made[0].message.text if len(made) == 1 else ""
        if len(text) < _TELLING:
            return None
        return next((entry for entry in self.entries if text in entry.message.text), None)

    def _insert(self, ahead: list[_Entry], before: _Entry | None, after: dict[int, list[_Entry]]) -> None:
        merged: list[_Entry] = [] if before is not None or self.entries else ahead
        at = 0
        while at < len(self.entries):
            entry = self.entries[at]
            if entry is before:
                merged += ahead
            merged.append(entry)
            at += 1
            new = after.get(id(entry))
            if new is not None:
                while self._is_other_answer(at, entry) and id(self.entries[at]) not in after:
                    merged.append(self.entries[at])
                    at += 1
                merged += new
        if before is None and self.entries:
            merged += ahead
        for entry in (*ahead, *(made for listed in after.values() for made in listed)):
            self._by_key.setdefault(entry.key, []).append(entry)
        self.entries = merged
        for place, entry in enumerate(merged):
            entry.place = place

    def _is_other_answer(self, at: int, entry: _Entry) -> bool:
        """Whether somebody else said something to the same turn, to which nobody said more: it came first."""
        if at >= len(self.entries) or self.entries[at].anchor is not entry:
            return False
        return at + 1 == len(self.entries) or self.entries[at + 1].anchor is not self.entries[at]


def _without_replays(messages: _Said) -> tuple[_Said, int]:
    """Messages without those that only repeat what stands before them, and how many stand twice by their ids.

    Some versions keep, with every call of a model, all that the model was given: the history from its first message on.
    """
    if len(messages) < 2:
        return messages, 0
    kept: list[tuple[Path, ChatMessage]] = []
    ids: set[str] = set()
    places: dict[_Key, list[int]] = {}
    again, replayed = 0, -1
    first = messages[0][1]
    for place, (path, message) in enumerate(messages):
        if message.id and message.id in ids:
            again += 1
            continue
        ids.add(message.id)
        key = _key(message)
        if key in places and len(message.text) > _GIVEN:
            continue
        before = places.setdefault(key, [])
        begins = place > 0 and not message.id and message.role == first.role and before[:1] == [0]
        at = bisect_right(before, replayed)
        repeats = 0 if begins else before[at] if replayed >= 0 and at < len(before) else -1
        before.append(place)
        replayed = repeats
        if repeats < 0:
            kept.append((path, message))
    return kept, again


_GIVEN = 200
"""Characters of a text that nobody says twice: a prompt that is given again, word for word, stands once."""

_TELLING = 8
"""Characters of a text that is looked for in others."""


def _agree(entry: _Entry, message: ChatMessage) -> bool:
    """Whether a turn and a message with the same content may be the same: no two authors, or no two roles."""
    if entry.author and message.author:
        return entry.author == message.author
    if entry.author or message.author:
        return True
    return entry.role == message.role or not entry.role or not message.role


def _complete(entry: _Entry, message: ChatMessage, note: str) -> None:
    if message.author and not entry.author:
        entry.author, entry.role = message.author, message.role
    entry.role = entry.role or message.role
    if not note:  # somebody keeps it
        entry.note = ""


_KEPT = {"messages": 0, "conversation": 0, "chat_history": 0, "full_conversation": 1, "cache": 2}
"""In which order the messages of one executor are taken: what it keeps, what it answered with, what waits for it."""

_ALONE = 3
_FLIGHT, _ASKED = 4, 5

_LEAVES = frozenset((str, int, float, bool, bytes, bytearray, type(None)))
_CONTAINERS = frozenset((dict, list, tuple, Map, Obj, SetOf))
_SKIPPED = RUN_KWARGS | {"raw_representation", "rawRepresentation", "additional_properties"}


def _gather(checkpoint: Checkpoint) -> _Gathered:
    found = _Gathered()
    executors = fields(fields(checkpoint.state).get("_executor_state"))
    owners = {name: number for number, name in enumerate(executors)}
    for path, rank, items in _walk(checkpoint.state, ("state",), found):
        keeper = str(path[2]) if path[1:2] == ("_executor_state",) and len(path) > 2 else ""
        owner = owners.get(keeper, len(owners))
        kept = rank if rank is not None else next((_KEPT[str(step)] for step in path[:1:-1] if step in _KEPT), 1)
        place = owner if kept < _ALONE else len(owners) + kept
        found.sources.append(_Source((place, kept), path, items, "", clean(keeper, 60)))
    last = len(owners) + _FLIGHT
    for path, rank, items in _walk(checkpoint.messages, ("messages",), found):
        found.sources.append(_Source((last, rank or 0), path, items, IN_FLIGHT))
    for request in requests(checkpoint.pending):
        path = ("pending", request.id)
        inside = [item for _, _, items in _walk(request.data, path, found) for item in items]
        expected = clean(short_type(request.response_type), 60) or "any answer"
        who = clean(request.executor, 60)
        # What a framework's own request says are messages and calls; any other is itself what is asked.
        if not inside:
            inside = [(path, ChatMessage("", who, "", _parts_of(request.data)))]
        found.sources.append(_Source((last + 1, 0), path, inside, f"waits for {expected}"))
    found.merge()
    return found


def _walk(
    value: Value, path: Path, found: _Gathered
) -> Iterator[tuple[Path, int | None, list[tuple[Path, ChatMessage]]]]:
    """Lists of messages and single messages in a value, in its order: path, rank if it has one, and messages."""
    seen: set[int] = set()
    todo: list[tuple[Value, PathLink]] = [(value, (None, path))]
    looked = 0
    while todo:
        value, way = todo.pop()
        looked += 1
        if looked > WALKED:
            found.is_cut = True
            return
        if is_unopened(value):
            if not is_long_text(value):
                found.unread.append(path_of(way))
            continue
        value = resolve(value)
        if type(value) not in _CONTAINERS or id(value) in seen:
            continue
        seen.add(id(value))
        single = _single(value) or _sent(value)
        if single is not None:
            yield path_of(way), _ALONE, [(path_of(way), single)]
            continue
        listed = _listed(value, way)
        if listed:
            yield path_of(way), None, listed
        below = _below(value, WALKED - looked, seen)
        for steps, label, item in reversed(below):
            if label not in _SKIPPED and not (listed and is_chat(item)):
                todo.append((item, (way, steps)))
        looked += len(below) // 4


def _below(value: Value, most: int, seen: set[int]) -> list[tuple[Path, str, Value]]:
    """The members of a value that may hold messages and were not looked at: steps, label and value of each."""
    if type(value) in (list, tuple):
        lead: Path = () if type(value) is list else ("$items",)
        return [
            ((*lead, index), "", item)
            for index, item in enumerate(islice(value, most))
            if type(item) not in _LEAVES and id(item) not in seen
        ]
    found = members(value)
    out: list[tuple[Path, str, Value]] = []
    for index in range(min(len(found), most)):
        item = found.value(index)
        if type(item) not in _LEAVES and id(item) not in seen:
            member = found[index]
            out.append((member.steps, member.label, item))
    return out


def _single(value: Value) -> ChatMessage | None:
    if type(value) in (list, tuple, SetOf):
        return None
    message = read_message(value)
    if message is not None:
        return message
    # An approval, or the question for one, stands by itself in requests and in answers to them.
    part = read_content(value) if type(value) is Obj or "type" in fields(value) else None
    return ChatMessage("", "", "", (part,)) if part is not None else None


def _listed(value: Value, way: PathLink | None = None) -> list[tuple[Path, ChatMessage]]:
    if type(value) not in (list, tuple) or not value or not is_chat(value[0]):
        return []
    path = (*path_of(way), "$items") if type(value) is tuple else path_of(way)
    return [
        ((*path, index), message)
        for index, item in enumerate(value)
        if (message := read_message(item)) is not None and message.parts
    ]


def _sent(value: Value) -> ChatMessage | None:
    """A message between executors that is no chat message itself; None for anything else, and where one is inside."""
    about = fields(value)
    if "source_id" not in about or "data" not in about:
        return None
    data = about["data"]
    inside = resolve(data) if not is_unopened(data) else data
    if data is None or _holds_chat(inside):
        return None
    if type(inside) is Obj and type_name(inside).startswith("agent_framework"):
        return None  # a request to speak that says nothing
    source = name_of(about.get("source_id"))
    outside = source.startswith(INTERNAL)
    who = YOU if outside else clean(source, 60)
    return ChatMessage("user" if outside else "", who, "", _parts_of(data))


def _holds_chat(value: Value) -> bool:
    """Whether there are messages or calls in what is sent, at the places where the framework puts them."""
    if _single(value) is not None or _listed(value):
        return True
    if type(value) in (list, tuple):
        return any(_single(item) is not None for item in value[:20] if type(resolve(item)) in _CONTAINERS)
    if type(value) not in (Obj, Map, dict):
        return False
    for item in fields(value).values():
        if type(item) in _LEAVES or is_unopened(item):
            continue
        item = resolve(item)
        if _listed(item) or _single(item) is not None or _is_response(item):
            return True
    return False


def _is_response(value: Value) -> bool:
    """Whether it is what an agent gave back: an object around messages."""
    return type(value) is Obj and any(_listed(resolve(item)) for item in fields(value).values())


def _parts_of(data: Value) -> tuple[Part, ...]:
    """What is said by a value that is no message: a text itself, anything else on a line."""
    value = data if is_unopened(data) else resolve(data)
    if type(value) is str:
        return (Part("text", value),)
    kind = short_type(type_name(value)) if type(value) is Obj else ""
    shown = summary(data, 2_000)
    return (Part("other", shown if shown.startswith(kind) else f"{clean(kind, 60)} {shown}"),)


# -- turns of the merged conversation --------------------------------------------------------------------------------


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
        """The call and what came of it."""
        text = self.line
        if self.answer:
            text += f" · {self.answer}"
        elif self.asked:
            text += " · asks whether it may be called"
        return text if self.result is None else f"{text} → {self.result}"


def _turns(entries: Iterable[_Entry]) -> Iterator[Turn]:
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
    """Whether a call still lacks what a part says of it, or has just that."""
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


def _turn(entry: _Entry, calls: Sequence[_Call | None]) -> Turn | None:
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
