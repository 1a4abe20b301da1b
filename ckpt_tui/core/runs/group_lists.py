"""A snapshot of the groups of a store: recent changes, then all packed groups; several stores as one list."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain

from ckpt_tui.core.runs.groups import Group, PackedGroups
from ckpt_tui.core.sequences import LazySequence


class GroupList(LazySequence[Group]):
    """A snapshot of groups: those that changed recently, the newest first, then all others.

    Args:
        packed: The groups that were packed last.
        recent: Those that are new or have changed since, the newest first.
        hidden: Indexes in `packed` of those that are among the recent ones or have no checkpoints left, in order.
        checkpoints: How many checkpoints they have altogether.
    """

    def __init__(
        self, packed: PackedGroups, recent: Sequence[Group] = (), hidden: Sequence[int] = (), checkpoints: int = 0
    ) -> None:
        self.packed = packed
        """All that there were, the same object as long as they are not listed again."""
        self._recent = tuple(recent)
        self._places = {group.id: at for at, group in enumerate(recent)}
        self._hidden = tuple(hidden)
        self._before = [place - number for number, place in enumerate(hidden)]
        self._count = len(recent) + len(packed) - len(hidden)
        self.checkpoints = checkpoints

    @property
    def newest(self) -> Group | None:
        """The group of the newest checkpoint."""
        return self[0] if self._count else None

    @property
    def stores(self) -> Mapping[str, tuple[int, int, int]]:
        """Where several stores are one list, the index of the first group of each, how many it has, and checkpoints."""
        return {}

    def __len__(self) -> int:
        return self._count

    def item(self, index: int) -> Group:
        """The group at an index."""
        if index < len(self._recent):
            return self._recent[index]
        at = index - len(self._recent)
        return self.packed[at + bisect_right(self._before, at)]

    def packed_of(self, index: int) -> PackedGroups:
        """Where the group at an index was packed last: the same object as long as its store is not listed again."""
        return self.packed

    def __iter__(self) -> Iterator[Group]:
        yield from self._recent
        hidden = set(self._hidden)
        yield from (group for at, group in enumerate(self.packed) if at not in hidden)

    def place(self, name: str) -> int:
        """The index of the group with this id; -1 where there is none."""
        at = self._places.get(name, -2)
        if at == -2:
            at = self.packed.place(name)
            before = bisect_left(self._hidden, at)
            is_hidden = self._hidden[before : before + 1] == (at,)
            at = -1 if at < 0 or is_hidden else len(self._recent) + at - before
            self._places[name] = at
        return at


class JoinedGroups(GroupList):
    """The groups of several stores, store by store.

    Args:
        lists: Name of a store → its groups.
    """

    def __init__(self, lists: Mapping[str, GroupList]) -> None:
        super().__init__(PackedGroups())
        self._lists = {name: groups for name, groups in lists.items() if len(groups)}
        self._starts = [0, *accumulate(map(len, self._lists.values()))]
        self._in_order = list(self._lists.values())
        self.checkpoints = sum(groups.checkpoints for groups in self._in_order)

    @property
    def newest(self) -> Group | None:
        """The group of the newest checkpoint of all stores."""
        return max((groups[0] for groups in self._in_order), key=lambda group: group.rank, default=None)

    @property
    def stores(self) -> Mapping[str, tuple[int, int, int]]:
        """Where several stores are one list, the index of the first group of each, how many it has, and checkpoints."""
        pairs = zip(self._starts, self._lists.items(), strict=False)
        return {name: (start, len(groups), groups.checkpoints) for start, (name, groups) in pairs}

    def packed_of(self, index: int) -> PackedGroups:
        """Where the group at an index was packed last: the same object as long as its store is not listed again."""
        return self._in_order[bisect_right(self._starts, index) - 1].packed

    def __len__(self) -> int:
        return self._starts[-1]

    def item(self, index: int) -> Group:
        """The group at an index."""
        at = bisect_right(self._starts, index) - 1
        return self._in_order[at][index - self._starts[at]]

    def __iter__(self) -> Iterator[Group]:
        return chain.from_iterable(self._in_order)

    def place(self, name: str) -> int:
        """The index of the group with this id; -1 where there is none."""
        for start, (store, groups) in zip(self._starts, self._lists.items(), strict=False):
            at = groups.place(name) if name.startswith(store) else -1
            if at >= 0:
                return start + at
        return -1


class KnownGroups:
    """The groups of a store, kept up to date."""

    def __init__(self) -> None:
        self._packed = PackedGroups()
        self._making: PackedGroups | None = None
        self._recent: dict[str, Group] = {}
        self._hidden: list[int] = []
        self._checkpoints = 0

    def begin(self) -> None:
        """Begin a new listing of all groups: `list` adds them in the place of the known ones, `end` ends it."""
        self._making = PackedGroups()

    def list(self, groups: Iterable[Group]) -> None:
        """Add the next groups of a listing; packed ones are all of it."""
        if isinstance(groups, PackedGroups):
            self._making = groups
        elif self._making is not None:
            self._making.add(groups)

    def end(self) -> None:
        """End a listing."""
        if self._making is not None:
            self._packed, self._making = self._making, None
            self._recent, self._hidden, self._checkpoints = {}, [], self._packed.checkpoints

    def put(self, group: Group) -> None:
        """Put a group that is new or has changed; one without checkpoints is removed."""
        known = self._recent.get(group.id)
        if known is None:
            at = self._packed.place(group.id)
            if at >= 0:
                insort(self._hidden, at)
                known = self._packed[at]
        self._checkpoints += group.checkpoints - (0 if known is None else known.checkpoints)
        self._recent[group.id] = group

    def get(self, name: str) -> Group | None:
        """The group with this id."""
        if name in self._recent:
            return self._recent[name] if self._recent[name].checkpoints else None
        at = self._packed.place(name)
        return None if at < 0 else self._packed[at]

    def now(self) -> GroupList:
        """The present groups, as a snapshot."""
        recent = [group for group in self._recent.values() if group.checkpoints]
        recent.sort(key=lambda group: group.rank, reverse=True)
        return GroupList(self._packed, recent, self._hidden, self._checkpoints)
