"""The runs of a table of headers, kept up to date.

A checkpoint that continues or begins a run is added to it; one that is gone is removed from its run.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from ckpt_tui.core.runs.groups import Group
from ckpt_tui.core.runs.header_table import NO_CHECKPOINT, NONE, ORPHAN, UNKNOWN, HeaderTable
from ckpt_tui.core.runs.table_runs import TableRuns, missing_parents, name_of


class GrowingRuns:
    """The runs of a table.

    Args:
        headers: The table.
        arranged: Its runs as they are now.
    """

    def __init__(self, headers: HeaderTable, arranged: TableRuns) -> None:
        self._headers = headers
        self.arranged = arranged
        self._run_of = arranged.run_of
        self._recent: dict[int, Group] = {}
        """Index of a run → its group, where that has changed since all were arranged."""
        self._added: dict[int, list[int]] = {}
        """Index of a run → the numbers of checkpoints that have come since."""
        self._missing: dict[str, int] = {}
        """Id of a run whose first checkpoints name a parent that is not there → its index."""
        self._counts: dict[str, int] = {}
        """The key of a workflow (`workflow_key`) → how many runs it has."""
        self._last_root = float("-inf")
        for run, root in enumerate(arranged.roots):
            key = headers.keys[headers.kinds[root]]
            self._counts[key] = self._counts.get(key, 0) + 1
            if run in arranged.missing:
                self._missing[name_of(arranged.missing[run], key)] = run
            self._last_root = max(self._last_root, headers.whens[root])
        awaited = {hash(above) for _, above in missing_parents(headers)}
        self._awaited = array("q", sorted(awaited.union(map(hash, headers.renamed))))
        """Hashes of the files that are named as a parent and are not there, in order."""
        self._last_guess = float("-inf")
        if headers.has(ORPHAN):
            orphans = (when for when, flags in zip(headers.whens, headers.flags, strict=True) if flags & ORPHAN)
            self._last_guess = max(orphans)

    def grow(self, number: int) -> int:
        """Put a new checkpoint in its run; returns the index of the run, -1 where more than one may have changed."""
        headers = self._headers
        when, parent, name = headers.whens[number], headers.parents[number], headers.names[number]
        if number < len(self._run_of) or headers.flags[number] & ORPHAN or when <= self._last_guess:
            return -1
        at = bisect_left(self._awaited, hash(name))
        if (at < len(self._awaited) and self._awaited[at] == hash(name)) or number in headers.renamed.values():
            return -1
        if parent in (UNKNOWN, number) or (parent == NONE and when <= self._last_root):  # or its number is another
            return -1
        if parent == NONE:
            return self._begin(number)
        run = self.run_of(parent)
        if run < 0:
            return -1
        known = self.group(run)
        if when == known.last and headers.names[parent] != known.newest:
            return -1
        newest = (when, name) if when >= known.last else (known.last, known.newest)
        first = min(when, known.first) if when and known.first else when or known.first
        self._put(number, run)
        self._added.setdefault(run, []).append(number)
        self._recent[run] = known._replace(
            checkpoints=known.checkpoints + 1, first=first, last=newest[0], newest=newest[1]
        )
        return run

    def _begin(self, number: int) -> int:
        headers = self._headers
        key = headers.keys[headers.kinds[number]]
        self._counts[key] = self._counts.get(key, 0) + 1
        run = self.arranged.begin(headers, number, self._counts[key])
        self._put(number, run)
        self._last_root = headers.whens[number]
        self._recent[run] = self.arranged.group(headers, run)
        return run

    def _put(self, number: int, run: int) -> None:
        """Record the run of a checkpoint; earlier ones without a run are in none."""
        self._run_of.extend([-1] * (number - len(self._run_of)))
        self._run_of.append(run)

    def shrink(self, numbers: Sequence[int], is_stale: bool) -> tuple[list[int], bool]:
        """Take checkpoints that are gone out of their runs.

        Args:
            numbers: Their numbers.
            is_stale: Whether all runs will be arranged again anyway.

        Returns:
            The indexes of the runs that have changed, and whether more may have: runs that are other ones, or have
            another number, once all are arranged again.
        """
        lost: dict[int, list[int]] = {}
        for number in numbers:
            if (run := self.run_of(number)) >= 0:
                lost.setdefault(run, []).append(number)
                self._run_of[number] = -1
        for run, own in lost.items():
            is_stale = self._take_out(run, own, is_stale) or is_stale
        return list(lost), is_stale

    def _take_out(self, run: int, lost: Sequence[int], is_stale: bool) -> bool:
        """Take checkpoints out of a run; returns whether anything else may have changed."""
        headers, known = self._headers, self.group(run)
        names, whens = [headers.names[number] for number in lost], [headers.whens[number] for number in lost]
        is_first = self.arranged.roots[run] in lost
        if is_first:  # those that name it as their parent are the same run all the same
            self._missing[known.id] = run
        count = known.checkpoints - len(lost)
        is_stale = is_stale or is_first or not count or min(whens) <= self._last_guess
        first, last, newest = known.first, known.last, known.newest
        if not is_stale or newest in names or first in whens:
            left = [number for number in self.members(run) if self._run_of[number] == run]
            gone = set(lost)
            is_stale = is_stale or any(headers.parents[number] in gone for number in left)
            is_stale = is_stale or not gone.isdisjoint(headers.renamed.values())
            if newest in names and left:
                at = max(left, key=headers.whens.__getitem__)
                last, newest = headers.whens[at], headers.names[at]
                is_stale = is_stale or sum(headers.whens[number] == last for number in left) > 1
            if first in whens:
                first = min((headers.whens[number] for number in left if headers.whens[number]), default=0.0)
        self._recent[run] = known._replace(checkpoints=count, first=first, last=last, newest=newest)
        return is_stale

    def run_of(self, number: int) -> int:
        """The index of the run of a checkpoint; -1 where it was not put in one."""
        return self._run_of[number] if 0 <= number < len(self._run_of) else -1

    def group(self, run: int) -> Group:
        """The group of a run."""
        known = self._recent.get(run)
        return self.arranged.group(self._headers, run) if known is None else known

    def members(self, run: int) -> list[int]:
        """The numbers of the checkpoints of a run, in ascending order."""
        flags = self._headers.flags
        return [
            number
            for number in (*self.arranged.members(run), *self._added.get(run, ()))
            if not flags[number] & NO_CHECKPOINT
        ]

    @property
    def recent(self) -> Mapping[int, Group]:
        """Index of a run → its group, for runs that have changed since all were arranged."""
        return self._recent

    def settled(self) -> TableRuns:
        """The runs with all that has come and gone, as arranging them anew would give them while they are not stale."""
        members = {run: self.members(run) for run in self._recent}
        names = self._headers.names
        groups = {
            run: (group, next(number for number in reversed(members[run]) if names[number] == group.newest))
            for run, group in self._recent.items()
        }
        return self.arranged.changed(members, groups)

    def named(self, group: str) -> int:
        """The index of the run with an id; -1 where there is none."""
        headers = self._headers
        if group in self._missing:
            return self._missing[group]
        lead, _, rest = group.partition("\n")
        at = rest.find("\n")
        while not lead and at >= 0:  # a name may hold a line break itself
            number = headers.checkpoint(rest[:at] + ".json")
            run = self.run_of(number)
            if (
                run >= 0
                and self.arranged.roots[run] == number
                and headers.keys[headers.kinds[number]] == rest[at + 1 :]
            ):
                return run
            at = rest.find("\n", at + 1)
        return -1

    def latest(self) -> list[int]:
        """The runs that have the newest checkpoints, which are of one moment."""
        last = array("d", self.arranged.last)
        for run, group in self._recent.items():
            last[run] = group.last
        when = max(last, default=0.0)
        return [run for run, own in enumerate(last) if own == when]
