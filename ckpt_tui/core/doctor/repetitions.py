"""What a run repeated: messages that occur twice in a conversation, a request asked again after its answer.

Both happen after a restore, if the program keeps messages or answers in two places, or loses an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ckpt_tui.core.doctor.findings import Finding
from ckpt_tui.core.documents.envelope import is_unopened, resolve
from ckpt_tui.core.matching.digests import Digests, OutOfBudget
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.paths import Path, expression
from ckpt_tui.core.pickles.kept import facts_of
from ckpt_tui.core.reading.chat import fields, is_chat
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.reading.path_links import PathLink, path_of
from ckpt_tui.core.reading.pending import requests
from ckpt_tui.core.value import Value

_LOOKED_AT = 20_000
"""Values of one checkpoint that are searched for conversations: a tenth of a second at worst."""

_MEMBERS = 4
"""Members of a value that take as long to skip as one value takes to search."""

_MESSAGES = 5_000
"""Messages of one conversation that are compared."""

_DIGESTED = 50_000
"""Scalars of one checkpoint that are compared."""

_BLOCK = 2
"""Messages without an id that have to be repeated in a row: people do say the same thing twice."""

_BLOCK_WITHIN = 4
"""The same where others follow: a manager of Magentic itself repeats its first three."""

_LEVELS = 500
"""Ancestors of a checkpoint in which its requests are searched."""

_NAMED = 3
"""Messages that are named."""


class Repeated(NamedTuple):
    """Messages that a conversation holds more than once.

    Attributes:
        path: Where the conversation is.
        ids: The ids of such messages, each once; none where they have no ids.
        number: How many messages are repetitions.
    """

    path: Path
    ids: tuple[str, ...]
    number: int


def repeated_messages(checkpoint: Checkpoint) -> Iterator[Repeated]:
    """The conversations of a checkpoint that hold the same message twice, with the paths of their lists."""
    digests = Digests(_DIGESTED)
    todo: list[tuple[PathLink, Value]] = [
        ((None, ("messages",)), checkpoint.messages), ((None, ("state",)), checkpoint.state)
    ]  # fmt: skip
    seen: set[int] = set()
    kept: list[Value] = []  # an id means nothing once its object is gone
    left = _LOOKED_AT
    while todo and left > 0:
        way, value = todo.pop()
        if is_unopened(value):
            continue
        value = resolve(value)
        left -= 1
        if type(value) in (list, tuple) and len(value) > 1 and is_chat(value[0]):
            found = _repeated(value[:_MESSAGES], digests)
            if found is not None:
                yield Repeated(path_of(way), *found)
            continue
        if id(value) in seen:
            continue
        seen.add(id(value))
        kept.append(value)
        below = members(value)
        for index in range(min(len(below), _MEMBERS * left)):
            item = below.value(index)
            if type(item) not in _SCALARS and id(item) not in seen:
                todo.append(((way, below[index].steps), item))
        left -= len(below) // _MEMBERS


_SCALARS = frozenset((str, int, float, bool, type(None), bytes))


def _repeated(messages: Iterable[Value], digests: Digests) -> tuple[tuple[str, ...], int] | None:
    """The ids that occur twice in a list of messages, and how many messages are repetitions; None where none is."""
    counts: dict[tuple[str, int], int] = {}
    signs: list[int] = []
    for message in messages:
        facts = facts_of(message)
        known = facts.get("said")
        if known is None:
            if not is_chat(message):
                return None
            try:
                known = facts["said"] = _said(message, digests)
            except OutOfBudget:
                return None
        sign, name = known
        signs.append(sign)
        if type(name) is str:
            counts[name, sign] = counts.get((name, sign), 0) + 1
    twice = {name: count - 1 for (name, _), count in counts.items() if count > 1}
    if twice:
        return tuple(twice), sum(twice.values())
    number = _doubled(signs)
    return ((), number) if number else None


def _said(message: Value, digests: Digests) -> tuple[int, Value]:
    """A key of the content of a message, and its id.

    Raises:
        OutOfBudget: there is more of it than is compared.
    """
    about = fields(message)
    # Its id is left out: a restore may give a message another one.
    sign = digests.of([about.get(member) for member in _SAID])
    return sign, next((own for key in _IDS if (own := about.get(key))), None)


_SAID = ("role", "contents", "content", "text", "author_name", "authorName", "name", "tool_calls", "tool_call_id")
"""The members that hold the content of a message, as the frameworks name them."""

_IDS = ("message_id", "messageId", "id")


def _doubled(signs: list[int]) -> int:
    """How many messages at the beginning of a conversation come again right after themselves.

    Instructions may precede them. Few messages count only where that is all of the conversation, or nearly: people
    do say the same things again.
    """
    half = len(signs) // 2
    for first in (0, 1):
        for size in range(half, _BLOCK - 1, -1):
            block = signs[first : first + size]
            needed = _BLOCK if len(signs) - 2 * size - first <= 1 else _BLOCK_WITHIN
            if block == signs[first + size : first + 2 * size] and len(set(block)) >= needed:
                return size
    return 0


class _Asked(NamedTuple):
    """The requests of a checkpoint: their ids, and a key of each question."""

    file: str
    parent: str | None
    asks: dict[str, tuple[str, int]]


class Repetitions:
    """Takes checkpoints one by one, remembers their requests, and reports what was repeated."""

    def __init__(self) -> None:
        self._asked: dict[str, _Asked] = {}
        self._talks: dict[tuple[Path, tuple[str, ...]], tuple[str, int, int]] = {}

    def take(self, checkpoint: Checkpoint) -> None:
        """Look through a checkpoint; its values are not kept."""
        ref = checkpoint.ref
        for repeated in repeated_messages(checkpoint):
            key = (repeated.path, repeated.ids)
            file, number, count = self._talks.get(key, (ref.file, repeated.number, 0))
            self._talks[key] = (file, number, count + 1)
        asks: dict[str, tuple[str, int]] = {}
        digests = Digests(_DIGESTED)
        for request in requests(checkpoint.pending):
            try:
                asks[request.id] = (request.executor, digests.of(resolve(request.data)))
            except OutOfBudget:
                continue
        self._asked[ref.id] = _Asked(ref.file, ref.parent, asks)

    def findings(self) -> Iterator[Finding]:
        """The findings on everything taken so far."""
        for (path, ids), (file, number, count) in self._talks.items():
            names = f": {', '.join(ids[:_NAMED])}{', …' if len(ids) > _NAMED else ''}" if ids else ""
            what = "message occurs" if number == 1 else "messages occur"
            more = f", in {count:,} files" if count > 1 else ""
            reason = f"{number:,} {what} twice in one conversation{names}{more}"
            fix = "A restore added what was already there: keep the messages in one place, or skip ids that are known."
            yield Finding("repeated-messages", "warning", file, expression(path), reason, fix)
        for asked in self._asked.values():
            for name, (executor, question) in asked.asks.items():
                before = self._answered(asked, name, (executor, question))
                if before:
                    reason = f"{executor or 'somebody'} asks again what was answered after {before}"
                    fix = "Answer it again, or resume from a checkpoint after the answer; the run lost it."
                    yield Finding("asked-again", "info", asked.file, expression(("pending", name)), reason, fix)

    def _answered(self, asked: _Asked, name: str, question: tuple[str, int]) -> str:
        """The file of the last checkpoint above that asked the same, where one between did not; "" where none did."""
        parent = self._asked.get(asked.parent or "")
        is_between = False
        seen: set[str] = set()
        for _ in range(_LEVELS):
            if parent is None or parent.file in seen:
                return ""
            seen.add(parent.file)
            if name in parent.asks or question in parent.asks.values():
                return parent.file if is_between else ""
            is_between = True
            parent = self._asked.get(parent.parent or "")
        return ""
