"""Which members of a value are shown, and in which order: informative ones first, bookkeeping folded.

Nothing is left out of what a value is: a view can always show all members.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ckpt_tui.core.documents.envelope import is_unopened, resolve
from ckpt_tui.core.reading.bookkeeping import EXECUTORS, FRAMEWORK_KEYS, holds_nothing, is_bookkeeping
from ckpt_tui.core.reading.members import Member, Members
from ckpt_tui.core.redact import RUN_KWARGS
from ckpt_tui.core.value import Map, Obj, Value

LOOKED_AT = 2_000
"""Members of one value that are looked at for what says nothing; a larger one is shown as it is."""

FOLDED = "(framework)"
"""The label of the row that stands for the framework's bookkeeping."""


class Shown(NamedTuple):
    """The members of one value that are shown, by their positions, and how many are folded away."""

    order: list[int]
    hidden: int


def arrange_members(value: Value, below: Members) -> Shown | None:
    """What is shown of a value's members; None where that is all of them, in their order.

    Members that hold nothing and the framework's bookkeeping are folded away, unless nothing else would be left. What a
    request asks stands first.
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


class StateMembers(Members):
    """The members of a workflow's state: its own first, then what executors keep, then one for all bookkeeping.

    Args:
        below: The members as they stand in the state.
        value: The state.
    """

    def __init__(self, below: Members, value: dict[str, Value]) -> None:
        super().__init__("names")
        self.natural = below
        labels = [below[index].label for index in range(len(below))]
        own = [index for index, label in enumerate(labels) if label not in FRAMEWORK_KEYS]
        rest = [index for index, label in enumerate(labels) if label in FRAMEWORK_KEYS]
        telling = [index for index in rest if _says_something(labels[index], below.value(index))]
        self.kept = [*own, *sorted(telling, key=lambda index: labels[index] != EXECUTORS)]
        self.folded = [index for index in rest if index not in telling]
        self._group = {labels[index]: value[labels[index]] for index in self.folded}
        self._size = len(self.kept) + bool(self.folded)

    def __getitem__(self, index: int) -> Member:
        if index == len(self.kept) and self.folded:
            return Member(FOLDED, (), self._group)
        return self.natural[self.kept[index]]

    def value(self, index: int) -> Value:
        """The value at a position, without its label."""
        return self[index].value

    def find(self, path: tuple[str | int, ...]) -> int:
        """The position of the member that a path leads through; -1 where there is none."""
        found = self.natural.find(path)
        return self.here((found,))[0] if found >= 0 else -1

    def none_positions(self) -> list[int]:
        """Positions whose value is None."""
        return [index for index in range(len(self)) if self.value(index) is None]

    def here(self, positions: tuple[int, ...]) -> tuple[int, ...]:
        """Positions among the members of the state as positions among the rows."""
        if positions and positions[0] in self.folded:
            return (len(self.kept), self.folded.index(positions[0]), *positions[1:])
        return (self.kept.index(positions[0]), *positions[1:]) if positions and positions[0] in self.kept else ()

    def there(self, positions: tuple[int, ...]) -> tuple[int, ...]:
        """Positions among the rows as positions among the members of the state."""
        if positions and positions[0] == len(self.kept):
            return (self.folded[positions[1] if len(positions) > 1 else 0], *positions[2:])
        return (self.kept[positions[0]], *positions[1:]) if positions else ()

    def labels(self) -> Iterator[str]:
        """The names of what is folded."""
        yield from self._group


def arrange_state(value: Value, below: Members) -> StateMembers | None:
    """The members of a state in order; None where there is nothing to be put in order."""
    value = resolve(value)
    if type(value) is not dict or len(value) > LOOKED_AT or FRAMEWORK_KEYS.isdisjoint(value):
        return None
    return StateMembers(below, value)


def _says_something(label: str, value: Value) -> bool:
    """Whether a member of the framework holds something of the run."""
    if label in RUN_KWARGS or label == "_step_cache_auto_request_info_counts":
        return False
    if is_unopened(value):
        return True
    value = resolve(value)
    if label == EXECUTORS and type(value) is dict:
        return not all(map(holds_nothing, value.values()))
    return not holds_nothing(value)
