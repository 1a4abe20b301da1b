"""The runs that the headers of a table form, without an object for each; the same as `lineage.arrange` gives.

Special cases (a guessed parent, checkpoints with the same time) are left to `lineage`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, groupby
from typing import Any

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.groups import Group, group_of
from ckpt_tui.core.runs.header_table import NO_CHECKPOINT, ORPHAN, UNKNOWN, HeaderTable
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.core.runs.parents import guessed_parents
from ckpt_tui.core.runs.workflow_names import label_of

NAMED_AT_ONCE = 1 << 16
"""Groups whose names are looked up together."""


class TableRuns:
    """The runs and their members.

    Args:
        table: The headers, all of them.

    Attributes:
        run_of: The index of the run of each number; -1 where it is not a checkpoint.
        roots: The number of the first checkpoint of each run.
        missing: Index of a run whose first checkpoints name a parent that is not there → its id.
        numbers: The number of each run among those of its workflow, from 1.
        order: Indexes of runs, the newest first.
    """

    def __init__(self, table: HeaderTable) -> None:
        table.find_parents()
        parents, missing = _known_parents(table)
        _guess(table, parents)
        roots = _roots(table, parents)
        self.run_of, self.roots, self.missing, self.numbers = _families(table, roots, missing)
        self._count(table, parents)

    def _count(self, table: HeaderTable, parents: array[int]) -> None:
        """Count the members of each run, and find the first and last of them."""
        runs = len(self.roots)
        counts = array("i", bytes(4 * runs))
        first, last = array("d", [float("inf")]) * runs, array("d", [float("-inf")]) * runs
        newest, ties = array("i", [-1]) * runs, bytearray(runs)
        for number, run in enumerate(self.run_of):
            if run < 0:
                continue
            counts[run] += 1
            when = table.whens[number]
            if when > last[run]:
                last[run], newest[run], ties[run] = when, number, 0
            elif when == last[run]:
                ties[run] = 1
            if when and when < first[run]:
                first[run] = when
        self._starts = array("i", accumulate(counts, initial=0))
        at = array("i", self._starts)
        self._members = array("i", bytes(4 * self._starts[-1]))
        for number, run in enumerate(self.run_of):
            if run >= 0:
                self._members[at[run]] = number
                at[run] += 1
        self.first, self.last, self.newest = first, last, newest
        for run, tie in enumerate(ties):
            if tie:
                found = group_of(arrange(_light_refs(table, self.members(run), parents)))
                newest[run] = table.number(found.newest)
        self.order = array("i", sorted(range(runs), key=last.__getitem__, reverse=True))

    def members(self, run: int) -> array[int]:
        """The numbers of the checkpoints of a run, in ascending order."""
        return self._members[self._starts[run] : self._starts[run + 1]]

    def columns(self) -> dict[str, array[Any]]:
        """All of it but `missing`, by name, for `stored`."""
        return {name.strip("_"): column for name, column in vars(self).items() if isinstance(column, array)}

    @classmethod
    def stored(cls, columns: Mapping[str, array[Any]], missing: dict[int, str]) -> TableRuns:
        """The runs that `columns` and `missing` were taken of."""
        made = cls.__new__(cls)
        made.run_of, made.roots, made.numbers = columns["run_of"], columns["roots"], columns["numbers"]
        made.first, made.last, made.newest = columns["first"], columns["last"], columns["newest"]
        made.order, made._starts, made._members = columns["order"], columns["starts"], columns["members"]
        made.missing = missing
        return made

    def begin(self, table: HeaderTable, number: int, among: int) -> int:
        """The index of a run that a new checkpoint begins.

        Args:
            table: The headers.
            number: The number of the checkpoint.
            among: The number of the run among those of its workflow.
        """
        when = table.whens[number]
        self.roots.append(number)
        self.numbers.append(among)
        self.first.append(when or float("inf"))
        self.last.append(when)
        self.newest.append(number)
        self._members.append(number)
        self._starts.append(len(self._members))
        return len(self.roots) - 1

    def changed(self, members: Mapping[int, Sequence[int]], groups: Mapping[int, tuple[Group, int]]) -> TableRuns:
        """The same runs with the changes in some of them; each has checkpoints.

        Args:
            members: Index of a run → the numbers of its checkpoints, in ascending order.
            groups: Index of each of these runs → its group, and the number of its newest checkpoint.
        """
        made = TableRuns.__new__(TableRuns)
        made.run_of, made.roots, made.numbers, made.missing = self.run_of, self.roots, self.numbers, self.missing
        made.first, made.last, made.newest = self.first[:], self.last[:], self.newest[:]
        for run, (group, newest) in groups.items():
            made.first[run], made.last[run], made.newest[run] = group.first or float("inf"), group.last, newest
        made._members, made._starts = array("i"), array("i")
        done = 0
        for run in (*sorted(members), len(self.roots)):
            # All runs up to this one are as they were.
            shift = len(made._members) - self._starts[done]
            made._starts.extend(start + shift for start in self._starts[done : run + 1])
            made._members.extend(self._members[self._starts[done] : self._starts[run]])
            made._members.extend(members.get(run, ()))
            done = run + 1
        made.order = array("i", sorted(range(len(made.roots)), key=made.last.__getitem__, reverse=True))
        return made

    def groups(self, table: HeaderTable) -> Iterator[Group]:
        """The group of each run, the newest first."""
        for start in range(0, len(self.order), NAMED_AT_ONCE):
            some = self.order[start : start + NAMED_AT_ONCE]
            wanted = sorted({*(self.roots[run] for run in some), *(self.newest[run] for run in some)})
            names = dict(zip(wanted, table.names.some(wanted), strict=True))
            for run in some:
                yield self._group(table, run, names[self.roots[run]], names[self.newest[run]])

    def group(self, table: HeaderTable, run: int) -> Group:
        """The group of one run."""
        return self._group(table, run, table.names[self.roots[run]], table.names[self.newest[run]])

    def _group(self, table: HeaderTable, run: int, root: str, newest: str) -> Group:
        kind = table.kinds[self.roots[run]]
        first = self.first[run]
        return Group(
            name_of(self.missing.get(run, root), table.keys[kind]), label_of(*table.workflows[kind][:2]),
            self._starts[run + 1] - self._starts[run], 0.0 if first == float("inf") else first, self.last[run], newest,
            number=self.numbers[run],
        )  # fmt: skip


def name_of(file: str, key: str) -> str:
    """The id of the group whose first checkpoint is in a file, as by `groups.group_id`."""
    return "\n".join(("", file.removesuffix(".json"), key))


def _known_parents(table: HeaderTable) -> tuple[array[int], dict[int, str]]:
    """The parent of each checkpoint, -1 where it has none that is there, and the ids of those that are missing."""
    parents = array("i", table.parents)
    flags = table.flags
    for number, parent in enumerate(table.parents):
        if parent == number or (parent >= 0 and flags[parent] & NO_CHECKPOINT):
            parents[number] = -1
    missing: dict[int, str] = {}
    for number, above in missing_parents(table):
        parent = table.renamed.get(above, -1)
        if parent < 0 or flags[parent] & NO_CHECKPOINT:
            missing[number] = above.removesuffix(".json")
        elif parent != number:
            parents[number] = parent
    return parents, missing


def missing_parents(table: HeaderTable) -> Iterator[tuple[int, str]]:
    """Checkpoints whose parent is not there, and its file."""
    for number, above in zip(table.waiting, table.awaited, strict=True):
        if table.parents[number] == UNKNOWN and not table.flags[number] & NO_CHECKPOINT:
            yield number, above
    if not table.has(NO_CHECKPOINT):
        return
    for number, parent in enumerate(table.parents):
        if parent >= 0 and table.flags[parent] & NO_CHECKPOINT and not table.flags[number] & NO_CHECKPOINT:
            yield number, table.names[parent]


def _guess(table: HeaderTable, parents: array[int]) -> None:
    """Guess the parents of those that name none and continue from another one."""
    if not table.has(ORPHAN):
        return
    orphans = [number for number, flags in enumerate(table.flags) if flags & ORPHAN and not flags & NO_CHECKPOINT]
    wanted: dict[tuple[str, str], set[int]] = {}
    for number in orphans:
        iteration = table.iterations[number]
        wanted.setdefault(_branch(table, table.kinds[number]), set()).update((iteration, iteration - 1))
    of_kind = [wanted.get(_branch(table, kind), set()) for kind in range(len(table.workflows))]
    is_chain = [bool(chain) for _, _, chain in table.workflows]
    near = [
        number
        for number, (kind, iteration) in enumerate(zip(table.kinds, table.iterations, strict=True))
        if not table.flags[number] & NO_CHECKPOINT and (is_chain[kind] or iteration in of_kind[kind])
    ]
    refs = {ref.id: ref for ref in (table.light_ref(number) for number in near)}
    found = guessed_parents(refs, [refs[table.names[number][:-5]] for number in orphans])
    for name, parent in found.items():
        parents[table.number(name + ".json")] = table.number(parent + ".json")


def _branch(table: HeaderTable, kind: int) -> tuple[str, str]:
    return table.keys[kind], table.workflows[kind][1]


def _roots(table: HeaderTable, parents: array[int]) -> array[int]:
    """The first checkpoint of the chain that each is in; parents that form a circle are cut where they began."""
    flags = table.flags
    roots = array("i", [-1]) * len(table)
    walked = array("i", [-1]) * len(table)  # the walk that visited it
    for start in range(len(table)):
        if roots[start] >= 0 or flags[start] & NO_CHECKPOINT:
            continue
        path: list[int] = []
        here = start
        while roots[here] < 0:
            if walked[here] == start:
                here = _cut(table, parents, path[path.index(here) :])
                roots[here] = here
                break
            walked[here] = start
            path.append(here)
            parent = parents[here]
            if parent < 0:
                roots[here] = here
                break
            here = parent
        root = roots[here]
        for number in path:
            roots[number] = root
    return roots


def _cut(table: HeaderTable, parents: array[int], circle: Sequence[int]) -> int:
    """Cut a circle: at a parent that is guessed, else before the oldest."""
    guessed = [number for number in circle if table.flags[number] & ORPHAN]
    first = guessed[0] if guessed else min(circle, key=lambda number: (table.whens[number], table.names[number]))
    parents[first] = -1
    return first


def _families(
    table: HeaderTable, roots: array[int], missing: dict[int, str]
) -> tuple[array[int], array[int], dict[int, str], array[int]]:
    """The run of each checkpoint; of each run its first one, the id of a parent that is missing, and its number."""
    heads = [number for number, root in enumerate(roots) if root == number]
    run_of = array("i", [-1]) * len(table)
    firsts = array("i")
    numbers = array("i")
    above_of: dict[int, str] = {}
    shared: dict[tuple[str, str], int] = {}
    counted: dict[str, int] = {}
    for number in _by_time(table, heads):
        key = table.keys[table.kinds[number]]
        above = missing.get(number, "")
        run = shared.get((above, key), -1) if above else -1
        if run < 0:
            run = len(firsts)
            firsts.append(number)
            counted[key] = counted.get(key, 0) + 1
            numbers.append(counted[key])
            if above:
                shared[above, key] = run
                above_of[run] = above
        run_of[number] = run
    for number, root in enumerate(roots):
        if root >= 0:
            run_of[number] = run_of[root]
    return run_of, firsts, above_of, numbers


def _by_time(table: HeaderTable, numbers: Iterable[int]) -> Iterator[int]:
    """Numbers by the time of their checkpoints, those of one moment by their ids."""
    for _, some in groupby(sorted(numbers, key=table.whens.__getitem__), key=table.whens.__getitem__):
        own = list(some)
        yield from own if len(own) == 1 else sorted(own, key=lambda number: table.names[number][:-5])


def _light_refs(table: HeaderTable, numbers: Iterable[int], parents: array[int]) -> Iterator[CheckpointRef]:
    """Headers that are arranged as the checkpoints are, each below the parent that it has."""
    for number in numbers:
        parent = parents[number]
        ref = table.light_ref(number, None if parent < 0 else table.names[parent][:-5])
        yield ref if parent >= 0 else ref._replace(iteration=0)
