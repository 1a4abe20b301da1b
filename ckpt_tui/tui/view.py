"""A view: an immutable state of the list, made in a worker and replaced as a whole.

A view is made of sections, one a run, and a run in which nothing changed has the same section in the next view: so the
cost of a new checkpoint grows with its run, not with the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from ckpt_tui.core.model import Problem
from ckpt_tui.core.runs import listing
from ckpt_tui.core.runs.group_lists import GroupList
from ckpt_tui.core.runs.groups import group_id, group_of
from ckpt_tui.core.runs.growing_runs import Arrangement
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.terms import Terms, terms_of
from ckpt_tui.core.text import counted
from ckpt_tui.tui.folded_view import FoldedPlaces, Folding, fold, fold_listed, in_groups
from ckpt_tui.tui.sections import Named, Places, Rows, Section, file_of

_FAR = 20_000
"""Rows to either side among which the nearest one is searched."""


class View(NamedTuple):
    """The content of the list at one time.

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
        run_count: How many runs there are; of a store whose runs are listed first, `runs` has a few of them.
        is_folded: The store is so large that runs are folded to a row each.
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
    run_count: int = 0
    is_folded: bool = False

    @property
    def terms(self) -> Terms:
        """The terms of the framework that wrote the checkpoints."""
        return terms_of(next((run.nodes[0].ref for run in self.runs if run.nodes), None))

    @property
    def counts(self) -> str:
        """How many checkpoints and runs there are, in the words of their framework."""
        terms = self.terms
        found = counted(self.checkpoints, "checkpoint")
        number = self.run_count
        if terms.run != "run" and not self.is_folded:  # the checkpoints of a subgraph are not a thread of their own
            number = sum(1 for run in self.runs if not run.level)
        return f"{found} · {counted(number, terms.run)}" if number else found

    @property
    def widths(self) -> tuple[int, int, bool]:
        """The values that the widths of columns depend on."""
        return self.lanes, len(str(self.step)), self.has_days

    def has_row_of(self, before: View, index: int) -> bool:
        """Whether a row is the same as in another view."""
        rows, others = before.rows, self.rows
        return index < len(rows) and index < len(others) and rows[index] is others[index]

    def node_of(self, file: str) -> tuple[Run, Node] | None:
        """The run and the place in it of a file; None when it is not a checkpoint of the view."""
        section = self.places.section_of(file) if isinstance(self.places, Places) else None
        row = section.rows[section.files[file]] if section is not None else None
        run = section.run if section is not None else None
        return (run, row.node) if run is not None and isinstance(row, listing.NodeRow) else None

    def holds(self, file: str) -> bool:
        """Whether a file is in the list, though its run may be folded."""
        return file in self.places or (isinstance(self.places, Places) and self.places.section_of(file) is not None)

    def group_of(self, file: str) -> str:
        """The id of the group that a file is in, of a list of checkpoints; "" where it is in none."""
        found = self._runs_with(file)
        return group_id(found[0]) if found else ""

    def newest_of(self, file: str) -> str:
        """The newest file of the group that a file is in, whose row it is when it is folded."""
        found = self._runs_with(file)
        return group_of(found).newest if found else file

    def groups_with(self, files: Iterable[str]) -> frozenset[str]:
        """The ids of the groups that some files are in, as far as they are read."""
        places = self.places
        sections = [places.section_of(file) for file in files] if isinstance(places, Places) else []
        wanted = {id(section.run) for section in sections if section is not None}
        found, head = set(), ""
        for run in self.runs if wanted else ():
            head = head if run.level and head else group_id(run)
            if id(run) in wanted:
                found.add(head)
        return frozenset(found)

    def _runs_with(self, file: str) -> Sequence[Run]:
        """The run that has a file with those that are a part of it, from the one they are all a part of on."""
        section = self.places.section_of(file) if isinstance(self.places, Places) else None
        start = next((at for at, run in enumerate(self.runs) if section is not None and run is section.run), -1)
        if start < 0:
            return ()
        stop = start + 1
        while start and self.runs[start].level:
            start -= 1
        while stop < len(self.runs) and self.runs[stop].level:
            stop += 1
        return self.runs[start:stop]

    def file_at(self, index: int) -> str:
        """The file name of a row, or ""."""
        row = self.rows[index]
        return row.group.newest if isinstance(row, listing.FoldedRow) else file_of(row)

    def nearest(self, before: View, index: int) -> str:
        """The file that has a row here and had the one nearest to a row of an earlier view; "" where none is near."""
        last = len(before.rows) - 1
        for distance in range(1, min(max(index, last - index), _FAR) + 1):
            for at in (index + distance, index - distance):
                file = before.file_at(at) if 0 <= at <= last else ""
                if file and file in self.places:
                    return file
        return ""

    def files_around(self, index: int) -> list[str]:
        """The checkpoints of the run that a row is in or stands for; with a filter, those that it leaves."""
        row, run = self.rows[index], self.run_at(index)
        runs = self._runs_with(row.group.newest) if isinstance(row, listing.FoldedRow) else (run,) if run else ()
        files = [node.ref.file for one in runs for node in one.nodes]
        return [file for file in files if file in self.places] if self.filter else files

    def run_at(self, index: int) -> Run | None:
        """The run that a row belongs to; None where it belongs to no run."""
        if not isinstance(self.rows, Rows):
            return None
        return self.rows.sections[self.rows.section_at(index)].run


_PROBLEMS = "problems"
"""Identifies the section of the problems; those of runs are identified by numbers, those of stores by their names."""


class ViewMaker:
    """Makes one view after the other of a store, with the sections of the one before where nothing changed."""

    def __init__(self) -> None:
        self._generation = 0
        self._sections: dict[tuple[str, str, str], tuple[int, Section]] = {}
        self._homes: dict[str, object] = {}
        """File name → the key of its section; shared by all views of a generation."""
        self._broken: tuple[tuple[Problem, ...], Section] = ((), Section(None, ()))
        self._numbers: dict[tuple[str, str, str], tuple[Run, object, Run]] = {}
        """The key of a run → the run, all groups as they were listed then, and the run with its number."""
        self._filter = ""
        self._filtered: dict[object, tuple[Section, Section]] = {}
        """The key of a section → the section, and its rows that the filter leaves."""

    def make(
        self, arrangement: Arrangement, problems: tuple[Problem, ...] = (), missing: bool = False, text: str = "",
        folding: Folding | None = None,
    ) -> View:  # fmt: skip
        """The view of arranged runs; with `text`, only rows that contain it; with `folding`, runs are folded."""
        runs = arrangement.runs()
        if self._generation != arrangement.generation:  # files may be in other runs, which views before must not see
            self._generation, self._sections, self._homes = arrangement.generation, {}, {}
            self._numbers = {}
        if folding is not None and folding.groups is not None:
            runs = tuple(self._numbered(run, folding, folding.groups) for run in runs)
        sections: Named = [self._section(run) for run in runs]
        everything = dict(sections)
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
        groups = None
        if folding is not None:
            groups = folding.groups
            last = last if groups is None else "" if groups.newest is None else groups.newest.newest
            broken = [one for one in sections if one[0] == _PROBLEMS]
            sections = [*_folded(sections, folding, text, last), *broken]
        if groups is not None and groups.stores:
            sections = _below_stores(sections, {name: own[1:] for name, own in groups.stores.items()})
        elif any(run.store for run in runs):
            sections = _below_stores(sections, _held(runs))
        rows = Rows([section for _, section in sections])
        order = {key: index for index, (key, _) in enumerate(sections)}
        return View(
            rows,
            Places(rows, self._homes, order) if folding is None
            else FoldedPlaces(rows, self._homes, order, everything, folding),
            runs, sum(len(run.nodes) for run in runs) if groups is None else groups.checkpoints, len(problems), last,
            min(max((section.lanes for section in rows.sections), default=1), listing.MAX_LANES), missing, text,
            max((section.step for section in rows.sections), default=0),
            any(section.has_days for section in rows.sections),
            len(runs) if groups is None else len(groups), folding is not None,
        )  # fmt: skip

    def _numbered(self, run: Run, folding: Folding, groups: GroupList) -> Run:
        """A run with its number among all of its workflow, of which only some are read."""
        at = groups.place(folding.home(run.nodes[0].ref.file))
        packed = groups.packed_of(at) if at >= 0 else groups.packed
        known = self._numbers.get(run.key)
        if known is not None and known[0] is run and known[1] is packed:
            return known[2]
        number = groups[at].number if at >= 0 else 0
        made = run._replace(number=number) if number and number != run.number else run
        self._numbers[run.key] = run, packed, made
        return made

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

    def _matching(self, sections: Named, text: str) -> Named:
        """The sections with the rows that a filter leaves."""
        if self._filter != text:
            self._filter, self._filtered = text, {}
        found: Named = []
        for key, section in sections:
            known = self._filtered.get(key)
            if known is None or known[0] is not section:
                known = self._filtered[key] = section, Section(section.run, keep_matching(section.rows, text))
            if known[1].count:
                found.append((key, known[1]))
        return found


def _folded(sections: Named, folding: Folding, text: str, newest: str) -> Named:
    """Sections of unfolded runs, and of those that a filter leaves, and spans of all others."""
    if folding.groups is None:
        groups = in_groups(sections)
        names = {group.id for group in groups}
        head = max(groups, key=lambda group: group.rank).id if groups else ""
        return fold(groups, names if text else folding.unfolded(head))
    wanted = folding.unfolded(folding.home(newest))
    opened: dict[str, Named] = {}
    for key, section in sections:
        name = folding.home(section.run.nodes[0].ref.file) if section.run is not None else ""
        if name and (text or name in wanted):
            opened.setdefault(name, []).append((key, section))
    return fold_listed(folding.groups if folding.matched is None else folding.matched, opened)


def _held(runs: Sequence[Run]) -> dict[str, tuple[int, int]]:
    """How many runs and checkpoints each store has."""
    held: dict[str, tuple[int, int]] = {}
    for run in runs:
        number, checkpoints = held.get(run.store, (0, 0))
        held[run.store] = number + 1, checkpoints + len(run.nodes)
    return held


def _below_stores(sections: Named, held: Mapping[str, tuple[int, ...]]) -> Named:
    """The sections, with a heading before the first of each store."""
    out: Named = []
    store = ""
    for key, section in sections:
        if section.store and section.store != store:
            store = section.store
            number, checkpoints = held.get(store, (0, 0))
            out.append((f"store {store}", Section(None, [listing.StoreRow(store, number, checkpoints)])))
        out.append((key, section))
    return out


def keep_matching(rows: Sequence[listing.Row], text: str) -> list[listing.Row]:
    """The rows of a section that contain a text, under its heading, or all where the heading does; smart case."""
    head = rows[0]
    run = head.run if isinstance(head, listing.RunRow) and not text.isdigit() else None  # a number is part of an id
    if run is not None and listing.is_named(run.workflow, listing.own_number(run), text):
        return list(rows)
    found = [row for row in rows if matches(row, text)]
    return [rows[0], *found] if found else []


def matches(row: listing.Row, text: str) -> bool:
    """Whether the text of a row contains a text; upper case in the latter makes it strict about case."""
    if isinstance(row, listing.NodeRow):
        ref = row.node.ref
        fork = "fork" if row.node.fork else ""
        shown = f"{ref.id} {ref.workflow} {listing.summary(row)} {ref.status or ''} {fork}"
    elif isinstance(row, listing.ProblemRow):
        shown = f"{row.problem.file} {row.problem.reason}"
    else:
        return False
    return text in shown if text != text.lower() else text in shown.lower()
