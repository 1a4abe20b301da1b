"""The unfolded values of a tree: which of their members are shown, and how many rows those below each take."""

from __future__ import annotations

from typing import NamedTuple

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.reading.arrangement import arrange_members
from ckpt_tui.core.reading.members import Member, Members, all_members
from ckpt_tui.core.reading.pickled_objects import object_parts, type_name
from ckpt_tui.core.reading.summary import label_text
from ckpt_tui.core.secret_items import is_secret_type, secrets_beside
from ckpt_tui.core.value import Map, Obj, Value

NAMED_LIMIT = 200_000
"""Members of one value that are compared with labels."""


class Row(NamedTuple):
    """One visible row.

    Attributes:
        depth: 0 for the members of the value of which the rows are shown.
        member: Label, steps and value.
        branch: The branch the row belongs to.
        slot: Its position among the branch's visible members.
        is_open: Its members follow.
        hidden: Empty members and bookkeeping that are folded away below it.
    """

    depth: int
    member: Member
    branch: Branch
    slot: int
    is_open: bool
    hidden: int


class Branch:
    """An unfolded value."""

    __slots__ = ("_sums", "below", "depth", "hidden", "kids", "order", "parent", "slot", "total")

    def __init__(
        self, value: Value, parent: Branch | None, slot: int, show_all: bool, below: Members | None = None
    ) -> None:
        self.parent = parent
        self.slot = slot
        self.depth: int = parent.depth + 1 if parent else 0
        value = resolve(value)
        self.below: Members = all_members(value) if below is None else below
        self.order: list[int] | None = None
        self.hidden = 0
        if not show_all and (parent is not None or type(value) is Obj):
            shown = arrange_members(value, self.below)
            if shown is not None:
                self.order, self.hidden = shown
        self.kids: dict[int, Branch] = {}
        self.total = self.count
        self._sums: tuple[list[int], list[int]] | None = None

    @property
    def count(self) -> int:
        """Visible members."""
        return len(self.below) if self.order is None else len(self.order)

    def member(self, slot: int) -> Member:
        """The member shown at a slot."""
        return self.below[slot if self.order is None else self.order[slot]]

    def value(self, slot: int) -> Value:
        """The value shown at a slot, without its label."""
        return self.below.value(slot if self.order is None else self.order[slot])

    def is_named_beside(self, slot: int) -> bool:
        """Whether a text beside a member makes it a secret: an option before it, or the name of a value."""
        if self.parent is None:
            return False
        container = resolve(self.parent.value(self.slot))
        if type(container) is Obj:
            if is_secret_type(type_name(container)):
                return True
            attributes = object_parts(container).attributes.kv
            return bool(attributes) and self.member(slot).label in secrets_beside(Map(attributes))
        if type(container) in (dict, Map):
            return self.member(slot).label in secrets_beside(container)
        index = slot if self.order is None else self.order[slot]
        return type(container) in (list, tuple) and index in secrets_beside(container)

    def row(self, slot: int, depth: int) -> Row:
        """The row of a member, `depth` levels below the value of which the rows are shown."""
        kid = self.kids.get(slot)
        return Row(depth, self.member(slot), self, slot, kid is not None, kid.hidden if kid else 0)

    def sums(self) -> tuple[list[int], list[int]]:
        """The unfolded slots in order, and how many rows the unfolded members before each take."""
        if self._sums is None:
            slots = sorted(self.kids)
            before = [0]
            for slot in slots:
                before.append(before[-1] + self.kids[slot].total)
            self._sums = slots, before
        return self._sums

    def slot_of(self, position: int) -> int | None:
        """The slot of a member by its position among all; None where it is folded away."""
        if self.order is None:
            return position if position < len(self.below) else None
        return self.order.index(position) if position in self.order else None

    def show_all(self) -> None:
        """Show the members that are folded away, too, in the order of the value."""
        if self.order is not None:
            kids = {self.order[slot]: kid for slot, kid in self.kids.items()}
            for slot, kid in kids.items():
                kid.slot = slot
            self.kids, self.order = kids, None
            self.grow(self.hidden)
            self.hidden = 0

    def grow(self, rows: int) -> None:
        """Add a number of rows to this branch and to all above it."""
        branch: Branch | None = self
        while branch is not None:
            branch.count_rows(rows)
            branch = branch.parent

    def count_rows(self, rows: int) -> None:
        """Add a number of rows to this branch alone."""
        self.total += rows
        self._sums = None


def fold_name(member: Member) -> str:
    """A name that no sibling of a member has: its label, or a summary of a key that is not a text."""
    is_text = member.key is None or type(member.key[0]) is str
    return member.label if is_text else f"\0{label_text(member, reveal=True)}"


def slot_with(branch: Branch, label: str) -> int | None:
    """Where a branch shows the member with this label; None where it does not."""
    if branch.below.kind == "list" and label.isdigit():
        slot = int(label)
        return slot if slot < branch.count else None
    for slot in range(min(branch.count, NAMED_LIMIT)):
        if label_text(branch.member(slot), reveal=True) == label:
            return slot
    return None
