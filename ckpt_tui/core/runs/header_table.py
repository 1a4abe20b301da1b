"""The headers of a directory's files in columns, some 80 bytes each, where an object for each would take 1,700.

A file has a number for as long as the table lives. The table holds what decides in which run a checkpoint is, and
whether its file has changed; the rest is read from the file on demand.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.packed_names import PackedNames
from ckpt_tui.core.runs.parents import carries_answers
from ckpt_tui.core.runs.workflow_names import is_unnamed, workflow_key

GONE, PROBLEM, ANSWERS, ORPHAN, RACY = 1, 2, 4, 8, 16
"""What is special about a file: it is not there any more, is not a checkpoint, carries answers alone, its parent has to
be guessed, or it was so young when it was read that a later change might not show."""

NO_CHECKPOINT = GONE | PROBLEM

NONE, UNKNOWN = -1, -2
"""In the place of a parent's number: it has none, or one that has no file as far as is known."""

MARK = 0xFFFFFFFF
"""The bits of a mark."""

_MOST = (1 << 31) - 1
_LOOKED_AT_ONCE = 8192


class HeaderTable:
    """The headers of the files of one directory.

    A name is found by its hash of 64 bits, whose key Python draws anew for each process. Two of a million names have
    the same in one of forty million processes; the second would then be taken for the first.

    Attributes:
        names: Names by number.
        parents: The number of the parent, `NONE` or `UNKNOWN`.
        kinds: The index of workflow and graph in `workflows`; `NONE` where it is not a checkpoint.
        whens: When it was saved, in seconds since 1970.
        iterations: `iteration_count`.
        changed: When the file was changed, in nanoseconds since 1970; 0 where that is not known.
        marks: A mark that differs where the file is another one (`mark_of`).
        flags: Flags of the special cases above.
        workflows: Workflow, graph and chain; a name that the framework made up is left out.
        keys: The key of each of these (`workflow_key`).
        renamed: Name that a copy had before it was renamed → its number.
    """

    def __init__(self) -> None:
        self.names = PackedNames()
        self.parents, self.kinds, self.iterations = array("i"), array("i"), array("i")
        self.whens, self.changed, self.marks = array("d"), array("q"), array("I")
        self.flags = bytearray()
        self.workflows: list[tuple[str, str, str]] = []
        self.keys: list[str] = []
        self.renamed: dict[str, int] = {}
        self._kinds: dict[tuple[str, str, str], int] = {}
        self._hashes = array("q")
        """The hash of each name, in order; fewer where they are not known yet."""
        self._placed = 0  # for how many names there are slots
        self._looked_up: dict[str, int] = {}
        """The numbers of names that were looked up before there were slots for all."""
        self._slots = array("i", [-1]) * 4096
        self.waiting = array("i")
        """The numbers of those whose parent was not there when they came."""
        self.awaited = PackedNames()
        """The files of these parents."""

    def __len__(self) -> int:
        return len(self.flags)

    # -- names -------------------------------------------------------------------------------------------------------

    def number(self, name: str) -> int:
        """The number of a file; -1 where it never had one."""
        if not self.is_hashed:
            if (found := self._looked_up.get(name)) is not None:
                return found
            self.hash_names()
        wanted, slots, hashes = hash(name), self._slots, self._hashes
        mask = len(slots) - 1
        at = wanted & mask
        while (number := slots[at]) >= 0:
            if hashes[number] == wanted:
                return number
            at = (at + 1) & mask
        return -1

    def checkpoint(self, name: str) -> int:
        """The number of a file that is there and is a checkpoint; else -1."""
        number = self.number(name)
        return number if number >= 0 and not self.flags[number] & NO_CHECKPOINT else -1

    @property
    def is_hashed(self) -> bool:
        """Whether names can be looked up at once: not yet those of a table that was stored."""
        return self._placed == len(self.flags)

    def hash_names(self) -> None:
        """Make all names searchable, which takes a second for a million."""
        if self.is_hashed:
            return
        is_known = len(self._hashes) == len(self.flags)
        hashes = self._hashes if is_known else array("q", map(hash, self.names))
        count = len(hashes)
        self._slots = _slots_of(hashes, count, count + 1, 4096)
        self._hashes = hashes
        self._placed = count  # last: other threads see until now that names cannot be looked up

    def take_hashes(self, hashes: array[int]) -> None:
        """Set the hashes of all names, in order."""
        if not self.is_hashed:
            self._hashes = hashes

    def look_up(self, names: Iterable[str]) -> None:
        """Make some names searchable before all are: by the known hashes, in a thirtieth of the time."""
        if self.is_hashed or len(self._hashes) != len(self.flags):
            return
        wanted = {hash(name): name for name in names}
        self._looked_up.update(dict.fromkeys(wanted.values(), -1))
        for start in range(0, len(self._hashes), _LOOKED_AT_ONCE):
            some = self._hashes[start : start + _LOOKED_AT_ONCE]
            if not wanted.keys().isdisjoint(some):
                found = (pair for pair in enumerate(some, start) if pair[1] in wanted)
                self._looked_up.update((wanted[value], number) for number, value in found)

    def reserve(self, count: int) -> None:
        """Make room for the names of so many files."""
        if count * 3 > len(self._slots) * 2:
            self._slots = _slots_of(self._hashes, len(self._hashes), count, len(self._slots))

    def has(self, flags: int) -> bool:
        """Whether a file has any of some flags."""
        return any(self.flags.count(value) for value in range(2 * RACY) if value & flags)

    def _number_for(self, name: str) -> int:
        """The number of a file, new where it had none."""
        number = self.number(name)
        if number >= 0:
            return number
        number = len(self.flags)
        if self.is_hashed:
            self.reserve(number + 1)
            _place(number, hash(name), self._slots)
            self._placed += 1
        else:
            self._looked_up[name] = number
        self._hashes.append(hash(name))
        self.names.append(name)
        self.flags.append(GONE)
        for column in (self.parents, self.kinds, self.iterations):
            column.append(NONE)
        self.whens.append(0.0)
        self.changed.append(0)
        self.marks.append(0)
        return number

    # -- news --------------------------------------------------------------------------------------------------------

    def put(self, ref: CheckpointRef, flags: int = 0) -> int:
        """Add the header of a checkpoint; returns its number."""
        number = self._number_for(ref.file)
        if self.parents[number] == UNKNOWN:  # it may name another one now
            self._forget_awaited(number)
        parent = NONE
        if ref.parent is not None:
            above = ref.parent + ".json"
            parent = self.checkpoint(above)
            if parent < 0:
                parent = UNKNOWN
                self.waiting.append(number)
                self.awaited.append(above)
        elif ref.iteration > 0 or ref.chain:
            flags |= ORPHAN
        if carries_answers(ref):
            flags |= ANSWERS
        if number in self.renamed.values():
            self.renamed = {name: other for name, other in self.renamed.items() if other != number}
        if ref.inner:
            self.renamed[ref.inner + ".json"] = number
        self.iterations[number] = min(ref.iteration, _MOST) if ref.iteration >= 0 else -1
        self.whens[number], self.parents[number], self.flags[number] = ref.when, parent, flags
        self.kinds[number] = self._kind(ref)
        return number

    def put_problem(self, name: str) -> int:
        """Add a file that is not a checkpoint; returns its number."""
        number = self._number_for(name)
        self.flags[number] = PROBLEM
        return number

    def drop(self, name: str) -> int:
        """Mark a file as gone; returns its number, -1 where it had none."""
        number = self.number(name)
        if number >= 0:
            self.flags[number] = GONE
            self.changed[number] = self.marks[number] = 0
        return number

    def stamp(self, number: int, changed: int, mark: int) -> None:
        """Set the time of a file's last change, and its mark."""
        self.changed[number], self.marks[number] = changed, mark

    def facts(self, number: int) -> tuple[Any, ...]:
        """The facts that decide in which run a checkpoint is, and the title of that run."""
        columns = (self.parents, self.kinds, self.iterations, self.whens)
        return (*(column[number] for column in columns), self.flags[number] & ~RACY)

    def _kind(self, ref: CheckpointRef) -> int:
        named = "" if is_unnamed(ref.workflow) else ref.workflow
        kind = self._kinds.get((named, ref.graph, ref.chain))
        if kind is None:
            kind = len(self.workflows)
            self.take_workflows([(named, ref.graph, ref.chain)])
        return kind

    def take_workflows(self, workflows: Iterable[tuple[str, str, str]]) -> None:
        """Set `workflows`."""
        for workflow, graph, chain in workflows:
            self._kinds[workflow, graph, chain] = len(self.workflows)
            self.workflows.append((workflow, graph, chain))
            self.keys.append(workflow_key(CheckpointRef("", "", workflow, graph, None, "", 0.0, 0, 0, chain=chain)))

    def find_parents(self) -> None:
        """Find the parents that have come since their children did."""
        waiting, awaited = array("i"), PackedNames()
        for number, above in zip(self.waiting, self.awaited, strict=True):
            if self.parents[number] != UNKNOWN or self.flags[number] & NO_CHECKPOINT:
                continue
            parent = self.checkpoint(above)
            if parent >= 0:
                self.parents[number] = parent
            else:
                waiting.append(number)
                awaited.append(above)
        self.waiting, self.awaited = waiting, awaited

    def _forget_awaited(self, number: int) -> None:
        kept = [pair for pair in zip(self.waiting, self.awaited, strict=True) if pair[0] != number]
        self.waiting, self.awaited = array("i", [each for each, _ in kept]), PackedNames()
        for _, above in kept:
            self.awaited.append(above)

    def light_ref(self, number: int, parent: str | None = None) -> CheckpointRef:
        """A header with only the members that decide the place of a checkpoint in its run."""
        name = self.names[number]
        workflow, graph, chain = self.workflows[self.kinds[number]]
        return CheckpointRef(
            name[:-5], name, workflow, graph, parent, "", self.whens[number], self.iterations[number], 0,
            chain=chain, carries_answers=bool(self.flags[number] & ANSWERS),
        )  # fmt: skip


def _slots_of(hashes: Sequence[int], known: int, count: int, size: int) -> array[int]:
    """Where the number of each name is found by its hash; at least so many slots.

    Args:
        hashes: Of all names.
        known: How many of them are placed.
        count: For how many names there is room.
        size: Slots at least.
    """
    while size * 2 < count * 3:
        size *= 2
    slots = array("i", [-1]) * size
    mask = size - 1
    for number, value in enumerate(islice(hashes, known)):
        at = value & mask
        while slots[at] >= 0:
            at = (at + 1) & mask
        slots[at] = number
    return slots


def _place(number: int, value: int, slots: array[int]) -> None:
    mask = len(slots) - 1
    at = value & mask
    while slots[at] >= 0:
        at = (at + 1) & mask
    slots[at] = number


def mark_of(inode: int, size: int, ctime_ns: int) -> int:
    """A mark that differs where a file of the same time is another one, but for one in four thousand million."""
    # Of a tuple of numbers, Python makes the same hash in each process.
    return hash((inode, size, ctime_ns)) & MARK
