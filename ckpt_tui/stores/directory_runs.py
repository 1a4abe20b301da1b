"""The runs of a large directory: as they were arranged last, with the changes since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.groups import Group, PackedGroups
from ckpt_tui.core.runs.growing_table import GrowingRuns
from ckpt_tui.core.runs.ids import name_and_parents
from ckpt_tui.core.runs.table_runs import TableRuns
from ckpt_tui.stores.base import Entry
from ckpt_tui.stores.directory_table import Change, DirectoryTable
from ckpt_tui.stores.first_screen import FirstScreen
from ckpt_tui.stores.header_reading import read_files

FIRST = 64
"""Runs of the first screen."""

FOUND = 200
"""Runs that a search for an id gives."""

_FEW = 1_000
"""Checkpoints that the beginning of an id may mean."""


class DirectoryRuns:
    """The runs of one directory. Only one thread may change them, with the lock of the table held.

    Args:
        table: Its files.

    Attributes:
        is_stale: Whether all runs have to be arranged again: some may be other ones, or have another number.
        is_short: Whether there are checkpoints that no run has before that.
    """

    def __init__(self, table: DirectoryTable) -> None:
        self._table = table
        self._runs: GrowingRuns | None = None
        self._groups = PackedGroups()
        """The runs for the list, as they were arranged last."""
        self.is_stale = self.is_short = False
        self._first_runs: dict[str, int] = {}
        self._first_homes: dict[str, str] = {}
        """The runs of some ids and the ids of some files, before names are looked up."""
        self._first_names: dict[str, Sequence[str]] = {}
        """The files of a run of the first screen, before the others are known."""

    @property
    def arranged(self) -> TableRuns | None:
        """The runs as they were arranged last; None before that."""
        return None if self._runs is None else self._runs.arranged

    def take_first(self, first: FirstScreen) -> PackedGroups:
        """Set the groups of the first screen, before all runs are known; returns them for the list."""
        groups = PackedGroups()
        groups.add(first.groups)
        with self._table.lock:
            self._first_homes = {group.newest: group.id for group in first.groups}
            if first.groups:
                newest = first.groups[0].id
                self._first_names = {newest: first.files}
                self._first_homes.update(dict.fromkeys(first.files, newest))
        return groups

    def take(self, runs: TableRuns, groups: PackedGroups) -> None:
        """Set runs that were arranged before; returns them for the list."""
        self._groups = groups
        self._runs = GrowingRuns(self._table.headers, runs)
        # Those of the first screen are known without all names being looked up.
        for group, run in zip(groups[:FIRST], runs.order, strict=False):
            self._first_runs[group.id] = run
            self._first_homes[group.newest] = group.id

    def arrange(self) -> PackedGroups:
        """Arrange all known runs, the newest first."""
        headers = self._table.headers
        arranged = TableRuns(headers)
        groups = PackedGroups()
        groups.add(arranged.groups(headers))
        runs = GrowingRuns(headers, arranged)
        with self._table.lock:
            self._runs, self._groups = runs, groups
            self._first_runs, self._first_homes, self._first_names = {}, {}, {}
        self.is_stale = self.is_short = False
        return groups

    def settled(self) -> tuple[TableRuns, PackedGroups] | None:
        """All runs as they are now, and the same for the list; None where they have to be arranged anew."""
        runs = self._runs
        if runs is None or self.is_stale:
            return None
        if not runs.recent:
            return runs.arranged, self._groups
        arranged = runs.settled()
        known = zip(self._groups, runs.arranged.order, strict=True)
        others = (group for group, run in known if run not in runs.recent)
        groups = PackedGroups()
        groups.add(runs.recent[run] if run in runs.recent else next(others) for run in arranged.order)
        return arranged, groups

    def change(self, changes: Iterable[Change]) -> tuple[Group, ...]:
        """Apply the changes of the table; returns the runs that have changed."""
        changed: dict[int, None] = {}
        lost = []
        with self._table.lock:
            runs = self._runs
            for number, before, now in changes:
                if before == now:
                    continue
                if now is None:
                    lost.append(number)
                    continue
                run = runs.grow(number) if before is None and runs is not None else -1
                self.is_stale |= run < 0
                self.is_short |= run < 0 and before is None
                changed[run] = None
                if run >= 0 and runs is not None and not self._table.headers.is_hashed:
                    self._first_homes[self._table.headers.names[number]] = runs.group(run).id
            if runs is None:
                return ()
            shrunk, self.is_stale = runs.shrink(lost, self.is_stale)
            changed.update(dict.fromkeys(shrunk))
            return tuple(runs.group(run) for run in changed if run >= 0)

    # -- one run -----------------------------------------------------------------------------------------------------

    def entries(self, group: str) -> Sequence[Entry]:
        """The checkpoints of a run, read from their files now; files that are gone are left out."""
        with self._table.lock:
            names = self._files(group)
        found = read_files(self._table.prefix, [(name, False) for name in names])
        return [entry for entry in found.entries if isinstance(entry, CheckpointRef)]

    def _files(self, group: str) -> Sequence[str]:
        runs = self._runs
        if runs is None:
            return self._first_names.get(group, ())
        run = self._first_runs.get(group, -2)
        run = runs.named(group) if run == -2 else run
        names = list(self._table.headers.names.some(runs.members(run))) if run >= 0 else []
        if group in self._first_runs:
            self._first_homes.update(dict.fromkeys(names, group))
        return names

    def home(self, file: str) -> str:
        """The run that has a file, as far as names can be looked up already."""
        with self._table.lock:
            if file in self._first_homes or not self._table.headers.is_hashed:
                return self._first_homes.get(file, "")  # drawing the list does not wait for the other names
            return "".join(self._ids([self._table.headers.checkpoint(file)]))

    def group(self, name: str) -> Group | None:
        """The group of a run; None where there is none with this id."""
        self._table.headers.hash_names()
        with self._table.lock:
            run = -1 if self._runs is None else self._runs.named(name)
            return None if self._runs is None or run < 0 else self._runs.group(run)

    def holders(self, name: str, is_complete: bool) -> Sequence[str] | None:
        """The runs in which a name means what it means in all of them; None where a checkpoint may be in none."""
        if not is_complete or self.is_short:
            return None
        base = name_and_parents(name)[0].removesuffix(".json")
        self._table.headers.hash_names()
        with self._table.lock:
            numbers = self._table.numbers([f"{name}.json", f"{base}.json"])
            if base == "latest" and not numbers:
                return self.latest()
            if not numbers and base:
                found = self._table.headers.names.holding(base, True)
                numbers = self._table.numbers([each for each in found if each.startswith(base)])
            return self._ids(numbers) if len(numbers) <= _FEW else None

    def latest(self) -> Sequence[str] | None:
        """The runs of the newest checkpoint; None where a newer one may be in none."""
        with self._table.lock:
            runs = None if self.is_short else self._runs
            return None if runs is None else [runs.group(run).id for run in runs.latest()]

    def matching(self, text: str) -> Sequence[str]:
        """The runs with an id that contains a text."""
        strict = text != text.lower()
        with self._table.lock:
            found = self._table.headers.names.holding(text, strict)
            found = (each for each in found if text in (each if strict else each.lower())[:-5])
            return self._ids(self._table.numbers(list(islice(found, FOUND))))

    def _ids(self, numbers: Iterable[int]) -> list[str]:
        """The ids of the runs that some checkpoints are in, each once."""
        if (runs := self._runs) is None:
            return []
        return [runs.group(run).id for run in dict.fromkeys(map(runs.run_of, numbers)) if run >= 0]
