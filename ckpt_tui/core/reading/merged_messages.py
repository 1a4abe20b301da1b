"""The messages that several executors keep, as one sequence: where two know a turn, it is the same turn."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import islice

from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.chat import ChatMessage
from ckpt_tui.core.reading.message_sources import MessageSource, Said


class MergedMessage:
    """A message of the merged conversation."""

    __slots__ = ("anchor", "author", "is_new", "is_passed", "keeper", "key", "message", "note", "path", "place", "role")

    def __init__(self, message: ChatMessage, path: Path, source: MessageSource, anchor: MergedMessage | None) -> None:
        self.message = message
        self.key = key_of(message)
        self.role, self.author = message.role, message.author
        self.keeper = source.keeper
        self.path = path
        self.note = source.note
        self.anchor = anchor
        self.place = 0
        self.is_new = False
        self.is_passed = False
        """Known from an earlier step alone, so far."""


Key = tuple[tuple[str, str, str], ...]


def key_of(message: ChatMessage) -> Key:
    """A key that two records of the same turn share: without the role, which differs by reader, and the author."""
    if len(message.parts) == 1:  # nearly always, and of thousands of messages
        part = message.parts[0]
        return ((part.kind, part.call, part.text or part.called),)
    return tuple([(part.kind, part.call, part.text or part.called) for part in message.parts])


class MergedMessages:
    """The messages of several sources as one sequence.

    Args:
        sources: The sources of one checkpoint.
        passed: Messages of the steps before, and inputs, kept by an executor or not; oldest first.

    Attributes:
        entries: Each turn once.
        repeated: Places of histories in which messages occur twice by their ids, each with how many.
    """

    def __init__(self, sources: Iterable[MessageSource], passed: Sequence[ChatMessage] = ()) -> None:
        self.entries: list[MergedMessage] = []
        self.repeated: list[tuple[Path, int]] = []
        self._by_key: dict[Key, list[MergedMessage]] = {}
        self._said = ""
        """All texts joined: a text that is in none of them is searched once, not in thousands of entries."""
        self._characters = _CHARACTERS
        self._places = _PLACES
        self._tries = _TRIES
        self._take_passed(passed)
        # Executor by executor, its histories before messages that it only holds.
        for source in sorted(sources, key=lambda source: source.rank):
            self._take(source)

    def _take_passed(self, passed: Sequence[ChatMessage]) -> None:
        anchor: MergedMessage | None = None
        made: list[MergedMessage] = []
        for message in passed:
            anchor = MergedMessage(message, (), _PASSED, anchor)
            anchor.is_passed = True
            made.append(anchor)
        if made:
            self._insert(made, None, {})

    def _is_still_in_flight(self, source: MessageSource) -> bool:
        """Whether the one message of a source was sent in a step before, and is still in flight or waits."""
        if not source.note or len(source.messages) != 1:
            return False
        path, message = source.messages[0]
        for entry in islice(reversed(self._by_key.get(key_of(message), ())), _ALIKE if self._tries > 0 else _FEW):
            self._tries -= 1
            if entry.is_passed and not entry.path and _agree(entry, message):
                entry.path, entry.note = path, source.note
                return True
        return False

    def _take(self, source: MessageSource) -> None:
        if self._is_still_in_flight(source):
            return
        used: set[int] = set()
        free: dict[Key, int] = {}
        after: dict[int, list[MergedMessage]] = {}
        ahead: list[MergedMessage] = []
        anchor: MergedMessage | None = None
        last: MergedMessage | None = None
        first: MergedMessage | None = None
        once, again = _without_replays(source.messages)
        for path, message in once:
            known = self._known(message, used, free, anchor.place if anchor is not None else -1)
            if known is not None:
                used.add(id(known))
                if known.is_passed and not source.note:
                    known.is_passed, known.path, known.keeper = False, path, source.keeper
                    known.author, known.role = message.author, message.role or known.role
                _complete(known, message, source.note)
                first, last = first or known, known
                if anchor is None or known.place > anchor.place:
                    anchor = known
                continue
            last = made = MergedMessage(message, path, source, last)
            if anchor is None:
                ahead.append(made)
            else:
                after.setdefault(id(anchor), []).append(made)
        if again:
            self.repeated.append((source.path, again))
        if ahead or after:
            self._insert(ahead, first or self._longer(ahead), after)

    def _known(self, message: ChatMessage, used: set[int], free: dict[Key, int], place: int) -> MergedMessage | None:
        """The turn that a message is a record of: the next one, else an earlier one that this source has not.

        `free` remembers how many of the turns with the same content are used from the first on.
        """
        earlier = None
        key = key_of(message)
        listed = self._by_key.get(key, [])
        begin = free.get(key, 0)
        while begin < len(listed) and id(listed[begin]) in used:
            begin += 1
        free[key] = begin
        most = _ALIKE if self._tries > 0 else _FEW
        for entry in islice(listed, begin, begin + most):
            self._tries -= 1
            if id(entry) in used or not _agree(entry, message):
                continue
            if entry.place > place:
                return entry
            earlier = earlier or entry
        return earlier

    def _longer(self, made: list[MergedMessage]) -> MergedMessage | None:
        """The turn that repeats the text of a single message, as a ledger repeats its facts; it comes after it."""
        text = made[0].message.text if len(made) == 1 else ""
        if len(text) < _LOOKED_FOR or self._characters < 0:
            return None
        self._characters -= len(self._said)
        if text not in self._said:
            return None
        return next((entry for entry in self.entries if text in entry.message.text), None)

    def _insert(
        self, ahead: list[MergedMessage], before: MergedMessage | None, after: dict[int, list[MergedMessage]]
    ) -> None:
        new_entries = [*ahead, *(made for listed in after.values() for made in listed)]
        for entry in new_entries:
            self._by_key.setdefault(entry.key, []).append(entry)
        if self._characters >= 0:
            self._said = "\0".join((self._said, *(entry.message.text for entry in new_entries)))
            self._characters -= len(self._said)
        self._places -= len(self.entries)
        if (before is None and not after) or self._places < 0:  # thousands of messages in flight, each by itself
            ahead = new_entries
            for place, entry in enumerate(ahead, len(self.entries)):
                entry.place = place
            self.entries += ahead
            return
        merged: list[MergedMessage] = []
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
        self.entries = merged
        for place, entry in enumerate(merged):
            entry.place = place

    def _is_other_answer(self, at: int, entry: MergedMessage) -> bool:
        """Whether another executor answered the same turn, and nobody answered that: its answer came first."""
        if at >= len(self.entries) or self.entries[at].anchor is not entry:
            return False
        return at + 1 == len(self.entries) or self.entries[at + 1].anchor is not self.entries[at]


def _without_replays(messages: Said) -> tuple[Said, int]:
    """Messages without those that only repeat what comes before them, and how many occur twice by their ids.

    Some versions keep the whole input of every call of a model: the history from its first message on.
    """
    if len(messages) < 2:
        return messages, 0
    kept: list[tuple[Path, ChatMessage]] = []
    ids: set[str] = set()
    places: dict[Key, list[int]] = {}
    again, replayed = 0, -1
    first = messages[0][1]
    for place, (path, message) in enumerate(messages):
        if message.id and message.id in ids:
            again += 1
            continue
        ids.add(message.id)
        key = key_of(message)
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


_ALIKE = 100
"""Turns with the same text that are compared with one message."""

_TRIES, _FEW = 150_000, 4
"""Turns that are compared with messages that say the same, some 0.1 s; after that only a few for each message."""

_CHARACTERS = 500_000_000
"""Characters that are searched or copied for turns that repeat others: a fifth of a second."""

_PLACES = 2_000_000
"""Turns that are passed to insert new ones, some 0.3 s; new turns after that are appended."""

_PASSED = MessageSource((-1, 0), (), ())

_GIVEN = 200
"""Characters from which on equal texts are one turn: a long prompt that is given again is shown once."""

_LOOKED_FOR = 8
"""Characters of a text that is searched in others."""


def _agree(entry: MergedMessage, message: ChatMessage) -> bool:
    """Whether a turn and a message with the same content may be the same: no two authors, or no two roles."""
    if entry.author and message.author:
        return entry.author == message.author
    if entry.author or message.author:
        return True
    return entry.role == message.role or not entry.role or not message.role


def _complete(entry: MergedMessage, message: ChatMessage, note: str) -> None:
    if message.author and not entry.author:
        entry.author, entry.role = message.author, message.role
    entry.role = entry.role or message.role
    if not note:  # an executor keeps it
        entry.note = ""
