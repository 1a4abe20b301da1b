"""The chat messages of a checkpoint where they stand: what its executors keep, what is in flight, what is pending."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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

WALKED = 150_000
"""Values that are looked at for messages: a second at most, in a worker."""

IN_FLIGHT = "in flight"
"""The note of a turn that nobody keeps yet."""

YOU = "you"
"""Who speaks where an input or an answer comes from outside of the workflow."""

Said = Sequence[tuple[Path, ChatMessage]]
"""Messages that follow each other, each with its path."""


class MessageSource(NamedTuple):
    """Messages that follow each other in one place, each with its path; `keeper` is the executor that keeps them."""

    rank: tuple[int, int]
    path: Path
    messages: Said
    note: str = ""
    keeper: str = ""


_KEPT = {"messages": 0, "conversation": 0, "chat_history": 0, "full_conversation": 1, "cache": 2}
"""In which order the messages of one executor are taken: what it keeps, what it answered with, what waits for it."""

_ALONE = 3

_FLIGHT, _ASKED = 4, 5

_LEAVES = frozenset((str, int, float, bool, bytes, bytearray, type(None)))

_CONTAINERS = frozenset((dict, list, tuple, Map, Obj, SetOf))

_SKIPPED = RUN_KWARGS | {"raw_representation", "rawRepresentation", "additional_properties"}


class MessageSources:
    """What was found in a checkpoint.

    Attributes:
        sources: Messages, place by place.
        unread: Places of large values that were not read.
        is_cut: There was more to look at than is looked at.
    """

    def __init__(self) -> None:
        self.sources: list[MessageSource] = []
        self.unread: list[Path] = []
        self.is_cut = False


def message_sources(checkpoint: Checkpoint) -> MessageSources:
    """The messages of every part of a checkpoint."""
    found = MessageSources()
    executors = fields(fields(checkpoint.state).get("_executor_state"))
    owners = {name: number for number, name in enumerate(executors)}
    for path, rank, items in _walk(checkpoint.state, ("state",), found):
        keeper = str(path[2]) if path[1:2] == ("_executor_state",) and len(path) > 2 else ""
        owner = owners.get(keeper, len(owners))
        kept = rank if rank is not None else next((_KEPT[str(step)] for step in path[:1:-1] if step in _KEPT), 1)
        place = owner if kept < _ALONE else len(owners) + kept
        found.sources.append(MessageSource((place, kept), path, items, "", clean(keeper, 60)))
    last = len(owners) + _FLIGHT
    for path, rank, items in _walk(checkpoint.messages, ("messages",), found):
        found.sources.append(MessageSource((last, rank or 0), path, items, IN_FLIGHT))
    for request in requests(checkpoint.pending):
        path = ("pending", request.id)
        inside = [item for _, _, items in _walk(request.data, path, found) for item in items]
        expected = clean(short_type(request.response_type), 60) or "any answer"
        who = clean(request.executor, 60)
        # What a framework's own request says are messages and calls; any other is itself what is asked.
        if not inside:
            inside = [(path, ChatMessage("", who, "", _parts_of(request.data)))]
        found.sources.append(MessageSource((last + 1, 0), path, inside, f"waits for {expected}"))
    return found


def _walk(
    value: Value, path: Path, found: MessageSources
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
    """A message between executors that is not itself a chat message; None for anything else, and where one is in it."""
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
    """What is said by a value that is not a message: a text itself, anything else on a line."""
    value = data if is_unopened(data) else resolve(data)
    if type(value) is str:
        return (Part("text", value),)
    kind = short_type(type_name(value)) if type(value) is Obj else ""
    shown = summary(data, 2_000)
    return (Part("other", shown if shown.startswith(kind) else f"{clean(kind, 60)} {shown}"),)
