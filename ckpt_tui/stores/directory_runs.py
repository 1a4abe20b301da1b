"""The runs of the files of a large directory: as they were arranged last, with what came and went since."""

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
        self.is_stale = self.is_short = False
        self._first_runs: dict[str, int] = {}
        self._first_homes: dict[str, str] = {}
        """The runs of some ids and the ids of some files, before names are looked up."""

    @property
    def arranged(self) -> TableRuns | None:
        """The runs as they were arranged last; None before that."""
        return None if self._runs is None else self._runs.arranged

    def take(self, runs: TableRuns, groups: PackedGroups) -> None:
        """Take in runs that were arranged before, and the same for the list."""
        self._runs = GrowingRuns(self._table.headers, runs)
        # Those of the first screen are known without all names being looked up.
        for group, run in zip(groups[:FIRST], runs.order, strict=False):
            self._first_runs[group.id] = run
            self._first_homes[group.newest] = group.id

    def arrange(self) -> PackedGroups:
        """Arrange all runs of what is known, the newest first."""
        headers = self._table.headers
        arranged = TableRuns(headers)
        groups = PackedGroups()
        groups.add(arranged.groups(headers))
        runs = GrowingRuns(headers, arranged)
        with self._table.lock:
            self._runs = runs
            self._first_runs, self._first_homes = {}, {}
        self.is_stale = self.is_short = False
        return groups

    def change(self, changes: Iterable[Change]) -> tuple[Group, ...]:
        """Take in what has changed in the table; the runs that are not what they were."""
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
            if runs is None:
                return ()
            shrunk, self.is_stale = runs.shrink(lost, self.is_stale)
            changed.update(dict.fromkeys(shrunk))
            return tuple(runs.group(run) for run in changed if run >= 0)

    # -- one run -----------------------------------------------------------------------------------------------------

    def entries(self, group: str) -> Sequence[Entry]:
        """The checkpoints of a run as their files are now, but for those that are gone meanwhile."""
        with self._table.lock:
            runs = self._runs
            run = -1 if runs is None else self._first_runs.get(group, -2)
            run = runs.named(group) if runs is not None and run == -2 else run
            if runs is None or run < 0:
                return []
            names = list(self._table.headers.names.some(runs.members(run)))
            if group in self._first_runs:
                self._first_homes.update(dict.fromkeys(names, group))
        found = read_files(self._table.prefix, [(name, False) for name in names])
        return [entry for entry in found.entries if isinstance(entry, CheckpointRef)]

    def home(self, file: str) -> str:
        """The run that has a file, as far as names can be looked up already."""
        with self._table.lock:
            if file in self._first_homes or not self._table.headers.is_hashed:
                return self._first_homes.get(file, "")  # who draws the list does not wait for the others
            return "".join(self._ids([self._table.headers.checkpoint(file)]))

    def group(self, name: str) -> Group | None:
        """What the list shows of a run; None where there is none with this id."""
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
