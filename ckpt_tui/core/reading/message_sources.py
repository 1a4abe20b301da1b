"""The chat messages of a checkpoint by their places: kept by executors, in flight, or in pending requests."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ckpt_tui.core.documents.envelope import is_long_text, is_unopened, resolve
from ckpt_tui.core.model import INTERNAL, Checkpoint
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.chat import (
    ChatMessage,
    Part,
    fields,
    is_chat,
    name_of,
    pieces_of,
    read_content,
    read_message,
)
from ckpt_tui.core.reading.gist import gist
from ckpt_tui.core.reading.langchain_messages import spoken_in
from ckpt_tui.core.reading.members import Members, escape_name, members, object_members
from ckpt_tui.core.reading.path_links import PathLink, path_of
from ckpt_tui.core.reading.pending import attribute, requests
from ckpt_tui.core.reading.pickled_objects import object_parts, own_attributes, type_name
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.reading.typenames import short_type
from ckpt_tui.core.redact import RUN_KWARGS
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.text import clean
from ckpt_tui.core.value import Map, Obj, SetOf, Value

WALKED = 100_000
"""Values of a checkpoint that are searched for messages, objects counting three times: half a second at most."""

_KEPT_FREE = 5
"""The share of it, as a divisor, that each part of a checkpoint leaves to the next ones."""

_NAMES, _ITEMS, _PIECES = 4, 16, 4
"""Names, items of a list, and pieces of a message that take as long to search as one value."""

_MESSAGE = 3
"""The cost of reading a message, in values."""

_ASKING = 5
"""The cost of the data of a request, in values, where it is not a message."""

_CELLS = 25
"""Characters of a call or a result that cost as much as one value."""

_FIELDS = 1_000
"""Fields of a sent value that are searched for messages."""

IN_FLIGHT = "in flight"
"""The note of a turn that no executor keeps yet."""

YOU = "you"
"""The author of an input or an answer from outside of the workflow."""

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
"""The order in which messages of one executor are taken: its histories, its answers, messages that wait for it."""

_ALONE = 3

_FLIGHT, _ASKED = 4, 5

_NO_FIELDS: dict[str, Value] = {}

_LEAVES = frozenset((str, int, float, bool, bytes, bytearray, type(None)))

_CONTAINERS = frozenset((dict, list, tuple, Map, Obj, SetOf))

_SKIPPED = RUN_KWARGS | {"raw_representation", "rawRepresentation", "additional_properties"}


class MessageSources:
    """The messages that were found in a checkpoint.

    Attributes:
        sources: Messages, place by place.
        unread: Places of large values that were not read.
        is_cut: The search stopped at its limit.
    """

    def __init__(self) -> None:
        self.sources: list[MessageSource] = []
        self.unread: list[Path] = []
        self.is_cut = False


def message_sources(checkpoint: Checkpoint, most: int | None = None) -> MessageSources:
    """The messages of every part of a checkpoint.

    Args:
        checkpoint: The checkpoint.
        most: Values that are searched, counted as for `WALKED`, and `WALKED` unless given.
    """
    found = MessageSources()
    left = WALKED if most is None else most
    executors = fields(fields(checkpoint.state).get("_executor_state"))
    owners = {name: number for number, name in enumerate(executors)}
    walk = _Walk(found, left - 2 * (left // _KEPT_FREE))
    for path, rank, items in walk.of(checkpoint.state, ("state",)):
        keeper = str(path[2]) if path[1:2] == ("_executor_state",) and len(path) > 2 else ""
        owner = owners.get(keeper, len(owners))
        kept = rank if rank is not None else next((_KEPT[str(step)] for step in path[:1:-1] if step in _KEPT), 1)
        place = owner if kept < _ALONE else len(owners) + kept
        found.sources.append(MessageSource((place, kept), path, items, "", clean(keeper, 60)))
    last = len(owners) + _FLIGHT
    left -= walk.used
    walk = _Walk(found, left - left // _KEPT_FREE)
    for path, rank, items in walk.of(checkpoint.messages, ("messages",)):
        found.sources.append(MessageSource((last, rank or 0), path, items, IN_FLIGHT))
    walk = _Walk(found, left - walk.used)
    for request in requests(checkpoint.pending):
        if walk.is_over:
            break
        path = ("pending", request.id)
        inside = [item for _, _, items in walk.of(request.data, path) for item in items]
        expected = clean(short_type(request.response_type), 60) or "any answer"
        who = shown_name(request.executor, 60)
        # What a framework's own request says are messages and calls; any other is itself what is asked.
        if not inside:
            inside = [(path, ChatMessage("", who, "", parts_of(request.data)))]
            walk.spend(_ASKING + _cost(inside[0][1]))
        found.sources.append(MessageSource((last + 1, 0), path, inside, f"waits for {expected}"))
    return found


class _Walk:
    """Searches the values of one part of a checkpoint for messages, within a limit.

    Args:
        found: Collects the places that were not read.
        most: Values that it searches.
    """

    def __init__(self, found: MessageSources, most: int) -> None:
        self._found = found
        self._most = self._left = most

    @property
    def used(self) -> int:
        """How many values it searched, at most its limit."""
        return self._most - max(self._left, 0)

    @property
    def is_over(self) -> bool:
        """Whether the limit is reached."""
        return self._left < 0

    def of(self, value: Value, path: Path) -> Iterator[tuple[Path, int | None, list[tuple[Path, ChatMessage]]]]:
        """Lists of messages and single messages in a value, in its order: path, rank if it has one, and messages."""
        seen: set[int] = set()
        todo: list[tuple[Value, PathLink]] = [(value, (None, path))]
        while todo:
            value, way = todo.pop()
            if not self.spend(1):
                return
            if is_unopened(value):
                if not is_long_text(value):
                    self._found.unread.append(path_of(way))
                continue
            value = resolve(value)
            kind = type(value)
            if kind not in _CONTAINERS or id(value) in seen:
                continue
            seen.add(id(value))
            about: dict[str, Value] = _NO_FIELDS
            below: Members | None = None
            if kind is Obj:
                own = own_attributes(value)
                if own is None:
                    parts = object_parts(value)
                    about, below = dict(parts.attributes), object_members(parts)
                else:
                    about = dict(zip(own[::2], own[1::2], strict=True))
                self.spend(2 + len(about) // _NAMES)
            elif kind is dict or kind is Map:
                about = fields(value)
                self.spend(len(about) // _NAMES)
            if about:
                single = _single(value, about) or _sent(about)
                if single is not None:
                    self.spend(_cost(single))
                    yield path_of(way), _ALONE, [(path_of(way), single)]
                    continue
            listed = self._listed(value, way)
            if listed:
                yield path_of(way), None, listed
            for steps, label, item in reversed(self._below(value, about, below, seen)):
                if label not in _SKIPPED and not (listed and is_chat(item)):
                    todo.append((item, (way, steps)))

    def spend(self, work: int) -> bool:
        """Count some work; returns False once the limit is reached."""
        self._left -= work
        if self._left < 0:
            self._found.is_cut = True
        return self._left >= 0

    def _listed(self, value: Value, way: PathLink) -> list[tuple[Path, ChatMessage]]:
        """The messages of a list of them; the last ones where there are too many."""
        if not _is_list_of_chat(value):
            return []
        path = (*path_of(way), "$items") if type(value) is tuple else path_of(way)
        listed = []
        for index in range(len(value) - 1, -1, -1):
            message = read_message(value[index])
            if message is not None and message.parts:
                listed.append(((*path, index), message))
            if not self.spend(_cost(message) + pieces_of(value[index]) // _PIECES):
                break
        listed.reverse()
        return listed

    def _below(
        self, value: Value, about: dict[str, Value], below: Members | None, seen: set[int]
    ) -> list[tuple[Path, str, Value]]:
        """The members of a value that may hold messages and were not searched yet: steps, label and value of each."""
        kind = type(value)
        if kind is dict or (about and below is None):
            return [
                ((name if kind is not Obj else escape_name(name),), name, item)
                for name, item in about.items()
                if type(item) not in _LEAVES and id(item) not in seen
            ]
        if kind is list or kind is tuple:
            lead: Path = () if kind is list else ("$items",)
            self.spend(len(value) // _ITEMS)
            # One value may be in it a hundred thousand times: its first place counts.
            once = {
                id(item): (index, item) for index, item in enumerate(islice(value, WALKED)) if type(item) not in _LEAVES
            }
            return [((*lead, index), "", item) for index, item in once.values() if id(item) not in seen]
        found = members(value) if below is None else below
        out: list[tuple[Path, str, Value]] = []
        for index, item in enumerate(islice(found, max(_NAMES * self._left, 0))):
            if type(item) not in _LEAVES and id(item) not in seen:
                member = found[index]
                out.append((member.steps, member.label, item))
        self.spend(len(found) // _NAMES)
        return out


def _cost(message: ChatMessage | None) -> int:
    """The cost of reading a message: calls and results, which are written on a line, count by their length."""
    parts = message.parts if message is not None else ()
    lines = sum(len(part.text) + len(part.called) for part in parts if part.kind not in ("text", "reasoning"))
    return _MESSAGE + lines // _CELLS


def _is_list_of_chat(value: Value) -> bool:
    return type(value) in (list, tuple) and len(value) > 0 and is_chat(value[0])


def _single(value: Value, about: dict[str, Value] | None = None) -> ChatMessage | None:
    if type(value) in (list, tuple, SetOf):
        return None
    about = fields(value) if about is None else about
    message = read_message(value) if "role" in about or "content" in about else None
    if message is not None:
        return message
    # An approval, or the question for one, is on its own in requests and in answers to them.
    part = read_content(value) if "type" in about or "$type" in about else None
    return ChatMessage("", "", "", (part,)) if part is not None else None


_CALL_OF_A_MODEL = "tool_call_with_context"
"""The type of a call as LangGraph's prebuilt agents send it to the node of their tools; the message has it, too."""


def _sent(about: dict[str, Value]) -> ChatMessage | None:
    """A message between executors that is not itself a chat message; None for anything else, and where one is in it."""
    if "source_id" not in about or "data" not in about:
        return None
    data = about["data"]
    inside = resolve(data) if not is_unopened(data) else data
    if data is None or _holds_chat(inside) or attribute(inside, "__type") == _CALL_OF_A_MODEL:
        return None
    source = name_of(about.get("source_id"))
    outside = source.startswith(INTERNAL)
    who = YOU if outside else shown_name(source, 60)
    if type(inside) is Obj and type_name(inside).startswith("agent_framework"):
        said = gist(inside) if outside else ""  # between executors it is a request to speak, without a text
        return ChatMessage("user", who, "", (Part("other", said),)) if said else None
    return ChatMessage("user" if outside else "", who, "", parts_of(data))


def _holds_chat(value: Value) -> bool:
    """Whether there are messages or calls in what is sent, at the places where the framework puts them."""
    if _single(value) is not None or _is_list_of_chat(value):
        return True
    if type(value) in (list, tuple):
        return any(_single(item) is not None for item in value[:20] if type(resolve(item)) in _CONTAINERS)
    if type(value) not in (Obj, Map, dict):
        return False
    for item in islice(fields(value).values(), _FIELDS):
        if type(item) in _LEAVES or is_unopened(item):
            continue
        item = resolve(item)
        if _is_list_of_chat(item) or _single(item) is not None or _is_response(item):
            return True
    return False


def _is_response(value: Value) -> bool:
    """Whether it is the response of an agent: an object around messages."""
    return type(value) is Obj and any(
        _is_list_of_chat(resolve(item)) for item in islice(fields(value).values(), _FIELDS)
    )


def parts_of(data: Value) -> tuple[Part, ...]:
    """A value that is not a message as parts of one: a text itself, anything else as a summary."""
    value = data if is_unopened(data) else resolve(data)
    if type(value) is str:
        return (Part("text", value),)
    if pairs := spoken_in(value):
        return tuple(Part("text", text) for _, text in pairs)
    kind = short_type(type_name(value)) if type(value) is Obj else ""
    shown = summary(data, 2_000)
    return (Part("other", shown if shown.startswith(kind) else f"{clean(kind, 60)} {shown}"),)
