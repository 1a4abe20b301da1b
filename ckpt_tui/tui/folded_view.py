"""The list of a large store: runs folded to a row each, the newest first, and unfolded runs.

A folded run has no section and no rows of its own: its row is made when it is drawn. So a list of a hundred thousand
runs is a handful of sections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from ckpt_tui.core.runs import listing
from ckpt_tui.core.runs.group_lists import GroupList
from ckpt_tui.core.runs.groups import Group, group_id
from ckpt_tui.core.sequences import LazySequence
from ckpt_tui.tui.sections import Named, Places, Rows, Section, file_of


class FoldedGroup(NamedTuple):
    """A group of sections: a run and those that are a part of it, which may be unfolded."""

    id: str
    keys: tuple[object, ...]
    sections: tuple[Section, ...]

    @property
    def rank(self) -> tuple[float, int]:
        """The sort key: the newest first."""
        return max(section.moment for section in self.sections)

    @property
    def newest_file(self) -> str:
        """File name of the newest checkpoint."""
        newest = max(self.sections, key=lambda section: section.moment).newest
        return "" if newest is None else newest.ref.file

    @property
    def row(self) -> listing.FoldedRow:
        """Its row while it is folded."""
        newest = max(self.sections, key=lambda section: section.moment)
        run, node = self.sections[0].run, newest.newest
        assert run is not None
        assert node is not None
        count = sum(len(section.run.nodes) for section in self.sections if section.run is not None)
        first = run.nodes[0].ref
        given = first.store_metadata
        number = 0 if given is not None and given.run else run.number  # one that has an id of its own needs none
        group = Group(self.id, run.workflow, count, first.when, newest.moment[0], node.ref.file, 0, node.ref.status)
        return listing.FoldedRow(group, number, listing.NodeRow(node, 0.0, True))


class Span(Section):
    """Consecutive groups, each folded to one row.

    Args:
        groups: All groups, or those of sections.
        start: The index of the first.
        stop: The index behind the last.
    """

    def __init__(self, groups: Sequence[Group] | Sequence[FoldedGroup], start: int, stop: int) -> None:
        super().__init__(None, ())
        self._groups = groups
        self.start = start
        self.store = _store_of(groups[start])
        self.count = stop - start
        self.rows = _FoldedRows(groups, start, stop)  # type: ignore[assignment]  # they are made when one is drawn

    @property
    def heads(self) -> Iterator[str]:
        """The file of the newest checkpoint of each."""
        for at in range(self.start, self.start + self.count):
            group = self._groups[at]
            yield group.newest if isinstance(group, Group) else group.newest_file


class _FoldedRows(LazySequence[listing.Row]):
    """The rows of groups, each made on access."""

    def __init__(self, groups: Sequence[Group] | Sequence[FoldedGroup], start: int, stop: int) -> None:
        self._groups = groups
        self._start = start
        self._stop = stop

    def __len__(self) -> int:
        return self._stop - self._start

    def item(self, index: int) -> listing.Row:
        """The row of the group at an index."""
        group = self._groups[self._start + index]
        return listing.FoldedRow(group, group.number, None) if isinstance(group, Group) else group.row


class Folding:
    """The set of folded runs, changed by the person; a view is made of its present state.

    Args:
        follows: Whether the newest checkpoint is followed: its run is unfolded then.

    Attributes:
        groups: All groups where the store lists them first; None where checkpoints are listed.
        matched: Those of them that a filter leaves; None for all.
        home: Gives the id of the group that has a file, where the store lists groups first.
    """

    def __init__(self, follows: Callable[[], bool]) -> None:
        self._follows = follows
        self._by_hand: set[str] = set()
        self._followed = ""
        self.groups: GroupList | None = None
        self.matched: GroupList | None = None
        self.home: Callable[[str], str] = str

    def unfolded(self, newest: str) -> set[str]:
        """The ids of groups that are unfolded, `newest` being that of the newest checkpoint."""
        if self._follows():
            self._followed = newest
        return {*self._by_hand, self._followed}

    def unfold(self, group: str) -> None:
        """Unfold a group."""
        self._by_hand.add(group)

    def fold(self, group: str) -> None:
        """Fold a group."""
        self._by_hand.discard(group)
        if self._followed == group:
            self._followed = ""

    def holds(self, group: str) -> bool:
        """Whether a group is to be unfolded, as far as is known."""
        return group in self._by_hand or group == self._followed


class FoldedPlaces(Places):
    """File name → index of its row; of a folded group, only the newest checkpoint has one.

    Args:
        rows: The rows.
        homes: File name → the key of its section.
        order: The key of a section → its index, where it is shown.
        sections: The key of a section → the section, shown or not.
        folding: Which runs are folded.
    """

    def __init__(
        self, rows: Rows, homes: Mapping[str, object], order: Mapping[object, int], sections: Mapping[object, Section],
        folding: Folding,
    ) -> None:  # fmt: skip
        super().__init__(rows, homes, order)
        self._all = sections
        self._groups = folding.groups if folding.matched is None else folding.matched
        self._home = folding.home
        self._heads: dict[str, int] = {}
        """File of the newest checkpoint of a folded group → its row, where checkpoints are listed."""
        self._spans: list[tuple[int, int, int]] = []
        """Of each span, the index of its first group, of the one behind its last, and of its first row."""
        for section, row in zip(rows.sections, rows.starts, strict=False):
            if isinstance(section, Span):
                self._spans.append((section.start, section.start + section.count, row))
                if self._groups is None:
                    self._heads.update((file, row + at) for at, file in enumerate(section.heads))

    def __getitem__(self, file: str) -> int:
        index = self._order.get(self._homes.get(file, ""), -1)
        if index >= 0 and file in self._rows.sections[index].files:
            return self._rows.starts[index] + self._rows.sections[index].files[file]
        if self._groups is None:
            return self._heads[file]
        at = self._groups.place(self._home(file))
        if at >= 0 and self._groups[at].newest == file:
            for start, stop, row in self._spans:
                if start <= at < stop:
                    return row + at - start
        raise KeyError(file)

    def section_of(self, file: str) -> Section | None:
        """The section that a file is in, shown or not; None where it is not known."""
        section = self._all.get(self._homes.get(file, ""))
        return section if section is not None and file in section.files else None

    def __iter__(self) -> Iterator[str]:
        for row in self._rows:
            file = row.group.newest if isinstance(row, listing.FoldedRow) else file_of(row)
            if file:
                yield file


def in_groups(sections: Named) -> list[FoldedGroup]:
    """The groups that sections of runs form, the newest first; those of one store stay together."""
    found: list[list[tuple[object, Section]]] = []
    for key, section in sections:
        run = section.run
        if run is not None:
            if run.level and found:
                found[-1].append((key, section))
            else:
                found.append([(key, section)])
    stores: dict[str, list[FoldedGroup]] = {}
    for own in found:
        head = own[0][1].run
        assert head is not None
        group = FoldedGroup(group_id(head), tuple(key for key, _ in own), tuple(section for _, section in own))
        stores.setdefault(head.store, []).append(group)
    return [one for groups in stores.values() for one in sorted(groups, key=lambda one: one.rank, reverse=True)]


def fold(groups: Sequence[FoldedGroup], unfolded: set[str]) -> Named:
    """Sections of the unfolded groups, and spans of all others; a span never holds two stores."""
    out: Named = []
    start = 0

    def close(stop: int) -> None:
        if stop > start:
            out.append((f"span {start}", Span(groups, start, stop)))

    store = _store_of(groups[0]) if groups else ""
    for at, group in enumerate(groups):
        own = _store_of(group)
        if own != store:
            close(at)
            start, store = at, own
        if group.id in unfolded:
            close(at)
            start = at + 1
            out += zip(group.keys, group.sections, strict=True)
    close(len(groups))
    return out


def _store_of(group: Group | FoldedGroup) -> str:
    if isinstance(group, Group):
        return group.store
    run = group.sections[0].run
    return "" if run is None else run.store


def fold_listed(groups: GroupList, opened: Mapping[str, Named]) -> Named:
    """The same for groups that are known without their checkpoints.

    Args:
        groups: The groups in order.
        opened: Id of an unfolded group → its sections.
    """
    out: Named = []
    cuts = sorted(start for start, *_ in groups.stores.values())

    def close(start: int, stop: int) -> None:
        """Spans of the groups between two, which never hold two stores."""
        ends = [*(cut for cut in cuts if start < cut < stop), stop]
        for begin, end in pairwise([start, *ends]):
            if end > begin:
                out.append((f"span {begin}", Span(groups, begin, end)))

    start = 0
    for at, name in sorted((groups.place(name), name) for name in opened):
        if at < 0:
            continue
        close(start, at)
        out.extend(opened[name])
        start = at + 1
    close(start, len(groups))
    return out
