"""Which members of a value are shown, and in which order: informative ones first, bookkeeping folded.

No member is lost: a view can always show all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ckpt_tui.core.documents.envelope import is_unopened, resolve
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.bookkeeping import EXECUTORS, FRAMEWORK_KEYS, holds_nothing, is_bookkeeping
from ckpt_tui.core.reading.members import Member, Members, locate, members
from ckpt_tui.core.redact import RUN_KWARGS
from ckpt_tui.core.value import Map, Obj, Value

LOOKED_AT = 2_000
"""Members of one value that are searched for empty ones; a larger value is shown as it is."""

FOLDED = "(framework)"
"""The label of the row that stands for the framework's bookkeeping."""

STATE = "state"

PART_LABELS = {STATE: "", "messages": "(in flight)", "pending": "(pending)", "metadata": "(metadata)"}
"""The labels of the rows that stand for the parts of a checkpoint, in their order."""


class Shown(NamedTuple):
    """The members of one value that are shown, by their positions, and how many are folded away."""

    order: list[int]
    hidden: int


def arrange_members(value: Value, below: Members) -> Shown | None:
    """The members of a value that are shown; None where all are, in their order.

    Members that hold nothing and the framework's bookkeeping are folded away, unless nothing else would be left. The
    data of a request comes first.
    """
    value = resolve(value)
    if below.kind == "list" or len(below) > LOOKED_AT or type(value) not in (Obj, dict, Map):
        return None
    found = [below[index] for index in range(len(below))]
    names = {member.label for member in found} if len(found) <= 80 else set()
    kept = [
        index
        for index, member in enumerate(found)
        if not holds_nothing(member.value) and not is_bookkeeping(member.label, member.value, names)
    ]
    if not kept or len(kept) == len(found):
        return None
    return Shown(kept, len(found) - len(kept))


class PartsMembers(Members):
    """The parts of a checkpoint as one list: the members of its state, then its other parts, each a row of its own.

    Of the state the workflow's own members come first, then what executors keep, then one row for all bookkeeping.

    Args:
        parts: The parts, by name.
        show_all: Keep every member of the state in its place, and parts that hold nothing.
    """

    def __init__(self, parts: dict[str, Value], show_all: bool) -> None:
        super().__init__("names")
        self._parts = parts
        self._names = list(parts)
        self.natural = members(parts[STATE])
        self._kept, self._folded = arrange_state(parts[STATE], self.natural, show_all)
        self._group = {self.natural[index].label: self.natural.value(index) for index in self._folded}
        self._others = [
            index
            for index in sorted(range(len(parts)), key=lambda index: list(PART_LABELS).index(self._names[index]))
            if self._names[index] != STATE and (show_all or not holds_nothing(parts[self._names[index]]))
        ]
        self._first = len(self._kept) + bool(self._folded)
        self._size = self._first + len(self._others)

    def __getitem__(self, index: int) -> Member:
        if index < len(self._kept):
            member = self.natural[self._kept[index]]
            return member._replace(steps=(STATE, *member.steps))
        if index < self._first:
            return Member(FOLDED, (STATE,), self._group, is_group=True)
        name = self._names[self._others[index - self._first]]
        return Member(PART_LABELS[name], (name,), self._parts[name], is_group=True)

    def value(self, index: int) -> Value:
        """The value at a position, without its label."""
        return self.natural.value(self._kept[index]) if index < len(self._kept) else self[index].value

    def find(self, path: Path) -> int:
        """The position of the row that a path leads through; -1 where there is none."""
        found = self.here(locate(self._parts, path)[:2])
        return found[0] if found else -1

    def here(self, positions: tuple[int, ...]) -> tuple[int, ...]:
        """Positions among the members of all parts as positions among the rows; () where there is no row."""
        part, *rest = positions or (-1,)
        if part == self._names.index(STATE):
            if rest and rest[0] in self._folded:
                return (len(self._kept), self._folded.index(rest[0]), *rest[1:])
            return (self._kept.index(rest[0]), *rest[1:]) if rest and rest[0] in self._kept else ()
        return (self._first + self._others.index(part), *rest) if part in self._others else ()

    def there(self, positions: tuple[int, ...]) -> tuple[int, ...]:
        """Positions among the rows as positions among the members of all parts."""
        first, *rest = positions
        state = self._names.index(STATE)
        if first < len(self._kept):
            return (state, self._kept[first], *rest)
        if first < self._first:
            return (state, self._folded[rest[0] if rest else 0], *rest[1:])
        return (self._others[first - self._first], *rest)

    def labels(self) -> Iterator[str]:
        """The names of the folded members."""
        yield from self._group


def arrange_state(value: Value, below: Members, show_all: bool) -> tuple[Sequence[int], Sequence[int]]:
    """The members of a state that are shown, in order, and those that are folded, by their positions."""
    every = range(len(below))
    value = resolve(value)
    if show_all or type(value) is not dict or len(value) > LOOKED_AT or FRAMEWORK_KEYS.isdisjoint(value):
        return every, ()
    labels = [below[index].label for index in every]
    rest = [index for index, label in enumerate(labels) if label in FRAMEWORK_KEYS]
    telling = [index for index in rest if _says_something(labels[index], below.value(index))]
    own = [index for index in every if index not in rest]
    kept = [*own, *sorted(telling, key=lambda index: labels[index] != EXECUTORS)]
    return kept, [index for index in rest if index not in telling]


def _says_something(label: str, value: Value) -> bool:
    """Whether a member of the framework holds data of the run."""
    if label in RUN_KWARGS or label == "_step_cache_auto_request_info_counts":
        return False
    if is_unopened(value):
        return True
    value = resolve(value)
    if label == EXECUTORS and type(value) is dict:
        return not all(map(holds_nothing, value.values()))
    return not holds_nothing(value)
