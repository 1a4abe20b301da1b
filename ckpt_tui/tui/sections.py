"""The sections of the list: each is a run, the heading of a store, or the problems; and their rows as one list."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from itertools import accumulate
from operator import attrgetter

from ckpt_tui.core.runs import listing
from ckpt_tui.core.runs.ids import newest
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.sequences import LazySequence
from ckpt_tui.core.times import is_possible


class Section:
    """Consecutive rows of the list: a run, the heading of a store, or the problems.

    Args:
        run: The run it shows, or None.
        rows: Its rows where they are known; those of the run are made on access.

    Attributes:
        run: The run it shows, or None.
        store: Name of its store where several are shown as one list, or "".
        count: How many rows there are.
        newest: The newest checkpoint of the run, or None.
        moment: The latest time in the run, and the position of the checkpoint that has it.
        lanes: Widest gutter, in lanes.
        step: The largest number of a step.
        has_days: A time that cannot be true is shown by its day.
    """

    def __init__(self, run: Run | None, rows: Sequence[listing.Row] | None = None) -> None:
        self.run = run
        self.store = "" if run is None else run.store
        if rows is not None:
            self.rows = tuple(rows)
            nodes = [row.node for row in rows if isinstance(row, listing.NodeRow)]
            self.count = len(rows)
        else:
            nodes = list(run.nodes) if run is not None else []
            self.count = 1 + len(nodes) + sum(1 for node in nodes if node.opened)
        self.moment = (float("-inf"), 0)
        self.newest: Node | None = None
        if nodes:
            self.moment, self.newest = newest(nodes)
        self.lanes = max(map(_lanes, nodes), default=1).bit_length()
        self.step = max((node.ref.step for node in nodes), default=0)
        self.has_days = not all(is_possible(node.ref.when) for node in nodes)

    @cached_property
    def rows(self) -> tuple[listing.Row, ...]:
        """Its rows."""
        return tuple(listing.run_rows(self.run)) if self.run is not None else ()

    @cached_property
    def files(self) -> dict[str, int]:
        """File name → index of its row in this section."""
        return {file: index for index, row in enumerate(self.rows) if (file := file_of(row))}

    @cached_property
    def choices(self) -> tuple[int, ...]:
        """The indices of the rows that can be selected: no headings, no lines of forks."""
        return tuple(index for index, row in enumerate(self.rows) if is_choice(row))

    @property
    def choice_count(self) -> int:
        """How many rows can be selected; it makes no rows."""
        return len(self.choices) if self.run is None or "rows" in self.__dict__ else len(self.run.nodes)

    def extended(self, run: Run) -> Section | None:
        """The section of the run with new checkpoints; None where it did more than go on from its last checkpoint."""
        known = self.run.nodes if self.run is not None else ()
        further = run.nodes[len(known) :]
        if self.newest is None or not further or len(further) > _FURTHER or run.nodes[: len(known)] != known:
            return None
        made = copy(self)
        made.__dict__.pop("files", None)
        made.__dict__.pop("choices", None)
        rows = [listing.RunRow(run), *self.rows[1:]]
        for node in further:
            last = rows[-1]
            if not isinstance(last, listing.NodeRow) or last.node.ref.id != node.parent or node.opened:
                return None
            rows[-1] = last._replace(tip=False)
            rows.append(listing.NodeRow(node, last.node.ref.when, True))
            moment = (node.ref.when, node.ref.position)
            if moment == made.moment and made.newest is not last.node:
                return None  # two branches tie
            if moment > made.moment or made.newest is last.node:
                made.moment, made.newest = max(moment, made.moment), node
            made.lanes = max(made.lanes, node.lanes.bit_length())
            made.step = max(made.step, node.ref.step)
            made.has_days = made.has_days or not is_possible(node.ref.when)
        made.run, made.rows, made.count = run, tuple(rows), len(rows)
        if "files" in self.__dict__:
            files = made.files = self.files.copy()
            files.update((node.ref.file, index) for index, node in enumerate(further, self.count))
        return made


_lanes = attrgetter("lanes")

_FURTHER = 256
"""Checkpoints that may be added to the section of a run; with more, making it again costs as little."""


def is_choice(row: listing.Row) -> bool:
    """Whether a row can be selected."""
    return isinstance(row, listing.NodeRow | listing.ProblemRow | listing.FoldedRow)


def file_of(row: listing.Row) -> str:
    """The file that a row shows, or ""."""
    if isinstance(row, listing.NodeRow):
        return row.node.ref.file
    return row.problem.file if isinstance(row, listing.ProblemRow) else ""


class Rows(LazySequence[listing.Row]):
    """The rows of sections one after the other.

    Args:
        sections: The sections, each with at least one row.
    """

    def __init__(self, sections: Sequence[Section]) -> None:
        self.sections = sections
        self.starts = [0, *accumulate(section.count for section in sections)]

    def __len__(self) -> int:
        return self.starts[-1]

    def item(self, index: int) -> listing.Row:
        """The row at an index, from its section."""
        section = self.section_at(index)
        return self.sections[section].rows[index - self.starts[section]]

    def __iter__(self) -> Iterator[listing.Row]:
        for section in self.sections:
            yield from section.rows

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of any list

    def numbered(self, number: int) -> int:
        """The index of the row with a number, from 1, among those that can be selected; the last for larger ones."""
        for start, section in zip(self.starts, self.sections, strict=False):
            if number <= section.choice_count:
                return start + section.choices[number - 1]
            number -= section.choice_count
        return len(self) - 1

    def section_at(self, index: int) -> int:
        """The index of the section that has a row."""
        return bisect_right(self.starts, index) - 1


class Places(Mapping[str, int]):
    """File name → index of its row.

    Args:
        rows: The rows.
        homes: File name → the key of its section; it may hold more files than there are rows.
        order: The key of a section → its index.
    """

    def __init__(self, rows: Rows, homes: Mapping[str, object], order: Mapping[object, int]) -> None:
        self._rows = rows
        self._homes = homes
        self._order = order
        self._count: int | None = None

    def __getitem__(self, file: str) -> int:
        section = self._order[self._homes[file]]
        return self._rows.starts[section] + self._rows.sections[section].files[file]

    def section_of(self, file: str) -> Section | None:
        """The section that has a file; None where none has it."""
        index = self._order.get(self._homes.get(file, ""), -1)
        section = self._rows.sections[index] if index >= 0 else None
        return section if section is not None and file in section.files else None

    def __iter__(self) -> Iterator[str]:
        return (file for row in self._rows if (file := file_of(row)))

    def __len__(self) -> int:
        if self._count is None:
            self._count = sum(1 for _ in self)
        return self._count

    def __bool__(self) -> bool:
        return len(self._rows) > 0


Named = list[tuple[object, Section]]
"""Sections in order, each with a key that is the same in all views."""
