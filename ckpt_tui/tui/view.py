"""What the list shows at one moment: frozen, made in a worker, swapped in whole.

A view is made of sections, one a run, and a run in which nothing changed has the same section in the next view: so a
new checkpoint costs what its run costs, and not what the store does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from itertools import accumulate
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple, overload

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs import listing
from ckpt_tui.core.runs.growing_runs import Arrangement
from ckpt_tui.core.runs.ids import newest
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.times import is_possible


class Section:
    """Consecutive rows of the list: a run, the heading of a store, or the problems.

    Args:
        run: The run it shows, or None.
        rows: Its rows where they are known; those of the run are made when somebody looks.

    Attributes:
        run: The run it shows, or None.
        count: How many rows there are.
        newest: The newest checkpoint of the run, or None.
        moment: The latest time in the run, and the position of the checkpoint that has it.
        lanes: Widest gutter, in lanes.
        step: The largest number of a step.
        has_days: A time that cannot be true is shown by its day.
    """

    def __init__(self, run: Run | None, rows: Sequence[listing.Row] | None = None) -> None:
        self.run = run
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
        return {file: index for index, row in enumerate(self.rows) if (file := _file_of(row))}

    def extended(self, run: Run) -> Section | None:
        """The section of the run as it is now; None where more happened than that its last checkpoint went on."""
        known = self.run.nodes if self.run is not None else ()
        further = run.nodes[len(known) :]
        if self.newest is None or not further or len(further) > _FURTHER or run.nodes[: len(known)] != known:
            return None
        made = copy(self)
        made.__dict__.pop("files", None)
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
"""Checkpoints by which the section of a run grows at once; beyond, making it anew costs as little."""


def _file_of(row: listing.Row) -> str:
    """The file that a row shows, or ""."""
    if isinstance(row, listing.NodeRow):
        return row.node.ref.file
    return row.problem.file if isinstance(row, listing.ProblemRow) else ""


class Rows(Sequence[listing.Row]):
    """The rows of sections one after the other.

    Args:
        sections: The sections, each with at least one row.
    """

    def __init__(self, sections: Sequence[Section]) -> None:
        self.sections = sections
        self.starts = [0, *accumulate(section.count for section in sections)]

    def __len__(self) -> int:
        return self.starts[-1]

    @overload
    def __getitem__(self, index: int) -> listing.Row: ...

    @overload
    def __getitem__(self, index: slice) -> list[listing.Row]: ...

    def __getitem__(self, index: int | slice) -> listing.Row | list[listing.Row]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        section = self.section_at(index)
        return self.sections[section].rows[index - self.starts[section]]

    def __iter__(self) -> Iterator[listing.Row]:
        for section in self.sections:
            yield from section.rows

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of any list

    def section_at(self, index: int) -> int:
        """The index of the section that has a row."""
        return bisect_right(self.starts, index) - 1


class Places(Mapping[str, int]):
    """File name → index of its row.

    Args:
        rows: The rows.
        homes: File name → what identifies its section; it may know more files than there are rows.
        order: What identifies a section → its index.
    """

    def __init__(self, rows: Rows, homes: Mapping[str, object], order: Mapping[object, int]) -> None:
        self._rows = rows
        self._homes = homes
        self._order = order
        self._count: int | None = None

    def __getitem__(self, file: str) -> int:
        section = self._order[self._homes[file]]
        return self._rows.starts[section] + self._rows.sections[section].files[file]

    def __iter__(self) -> Iterator[str]:
        return (file for row in self._rows if (file := _file_of(row)))

    def __len__(self) -> int:
        if self._count is None:
            self._count = sum(1 for _ in self)
        return self._count

    def __bool__(self) -> bool:
        return len(self._rows) > 0


class View(NamedTuple):
    """Everything the list shows, at one moment.

    Attributes:
        rows: The rows of the list, in order.
        places: File name → index of its row.
        runs: The runs the rows were made of.
        checkpoints: How many checkpoints there are.
        problems: How many files cannot be shown.
        newest: File name of the newest checkpoint, or "".
        lanes: Widest gutter, in lanes.
        step: The largest number of a step.
        has_days: A time that cannot be true is shown by its day.
        missing: The directory does not exist.
        filter: The text that rows must contain, or "".
    """

    rows: Sequence[listing.Row] = ()
    places: Mapping[str, int] = MappingProxyType({})
    runs: tuple[Run, ...] = ()
    checkpoints: int = 0
    problems: int = 0
    newest: str = ""
    lanes: int = 1
    missing: bool = False
    filter: str = ""
    step: int = 0
    has_days: bool = False

    def node_of(self, file: str) -> tuple[Run, Node] | None:
        """The run and the place in it of a file; None when it is not a checkpoint of the view."""
        at = self.places.get(file, -1)
        row = self.rows[at] if at >= 0 else None
        run = self.run_at(at) if isinstance(row, listing.NodeRow) else None
        return (run, row.node) if run is not None and isinstance(row, listing.NodeRow) else None

    def run_at(self, index: int) -> Run | None:
        """The run that a row belongs to; None where it is none's."""
        if not isinstance(self.rows, Rows):
            return None
        return self.rows.sections[self.rows.section_at(index)].run


_Named = list[tuple[object, Section]]
"""Sections in order, each with what identifies it from view to view."""

_PROBLEMS = "problems"
"""Identifies the section of the problems; those of runs are identified by numbers, those of stores by their names."""


class ViewMaker:
    """Makes one view after the other of a store, with the sections of the one before where nothing changed."""

    def __init__(self) -> None:
        self._generation = 0
        self._sections: dict[tuple[str, str, str], tuple[int, Section]] = {}
        self._homes: dict[str, object] = {}
        """File name → what identifies its section; shared by all views of a generation."""
        self._broken: tuple[tuple[Problem, ...], Section] = ((), Section(None, ()))
        self._filter = ""
        self._filtered: dict[object, tuple[Section, Section]] = {}
        """What identifies a section → the section, and what the filter leaves of it."""

    def make(
        self, arrangement: Arrangement, problems: tuple[Problem, ...] = (), missing: bool = False, text: str = ""
    ) -> View:
        """The view of what is arranged; with `text`, only rows that contain it."""
        runs = arrangement.runs()
        if self._generation != arrangement.generation:  # files may be in other runs, which views before must not see
            self._generation, self._sections, self._homes = arrangement.generation, {}, {}
        sections: _Named = [self._section(run) for run in runs]
        last = ""
        moment = (float("-inf"), 0)
        for _, section in sections:
            if section.newest is not None and section.moment >= moment:
                moment, last = section.moment, section.newest.ref.file
        if self._broken[0] is not problems:
            self._broken = problems, Section(None, listing.problem_rows(problems))
        if problems:
            sections.append((_PROBLEMS, self._broken[1]))
            self._homes.update(dict.fromkeys(self._broken[1].files, _PROBLEMS))
        if text:
            sections = self._matching(sections, text)
        if any(run.store for run in runs):
            sections = _below_stores(sections, runs)
        rows = Rows([section for _, section in sections])
        return View(
            rows, Places(rows, self._homes, {key: index for index, (key, _) in enumerate(sections)}), runs,
            sum(len(run.nodes) for run in runs), len(problems), last,
            min(max((section.lanes for section in rows.sections), default=1), listing.MAX_LANES), missing, text,
            max((section.step for section in rows.sections), default=0),
            any(section.has_days for section in rows.sections),
        )  # fmt: skip

    def _section(self, run: Run) -> tuple[int, Section]:
        """The section of a run, and the number that identifies it."""
        number, known = self._sections.get(run.key, (len(self._sections), None))
        if known is not None and known.run is run:
            return number, known
        made = known.extended(run) if known is not None else None
        news = run.nodes[len(known.run.nodes) :] if made is not None and known is not None and known.run else run.nodes
        self._homes.update((node.ref.file, number) for node in news)
        self._sections[run.key] = found = number, made or Section(run)
        return found

    def _matching(self, sections: _Named, text: str) -> _Named:
        """What a filter leaves of the sections."""
        if self._filter != text:
            self._filter, self._filtered = text, {}
        found: _Named = []
        for key, section in sections:
            known = self._filtered.get(key)
            if known is None or known[0] is not section:
                known = self._filtered[key] = section, Section(section.run, keep_matching(section.rows, text))
            if known[1].count:
                found.append((key, known[1]))
        return found


def _below_stores(sections: _Named, runs: Sequence[Run]) -> _Named:
    """The sections, with a heading before the first of each store."""
    held: dict[str, tuple[int, int]] = {}
    for run in runs:
        number, checkpoints = held.get(run.store, (0, 0))
        held[run.store] = number + 1, checkpoints + len(run.nodes)
    out: _Named = []
    store = ""
    for key, section in sections:
        if section.run is not None and section.run.store != store:
            store = section.run.store
            out.append((f"store {store}", Section(None, [listing.StoreRow(store, *held[store])])))
        out.append((key, section))
    return out


def make_view(entries: Sequence[CheckpointRef | Problem], missing: bool = False, text: str = "") -> View:
    """The view of these entries; with `text`, only rows that contain it."""
    refs = [entry for entry in entries if isinstance(entry, CheckpointRef)]
    problems = tuple(entry for entry in entries if isinstance(entry, Problem))
    return ViewMaker().make(Arrangement(lambda: refs), problems, missing, text)


def keep_matching(rows: Sequence[listing.Row], text: str) -> list[listing.Row]:
    """The rows of a section that contain a text, under its heading; smart case."""
    found = [row for row in rows if matches(row, text)]
    return [rows[0], *found] if found else []


def matches(row: listing.Row, text: str) -> bool:
    """Whether what a row shows contains a text; upper case in the text makes it strict about case."""
    if isinstance(row, listing.NodeRow):
        ref = row.node.ref
        fork = "fork" if row.node.fork else ""
        shown = f"{ref.id} {ref.workflow} {listing.summary(row)} {ref.status or ''} {fork}"
    elif isinstance(row, listing.ProblemRow):
        shown = f"{row.problem.file} {row.problem.reason}"
    else:
        return False
    return text in shown if text != text.lower() else text in shown.lower()
