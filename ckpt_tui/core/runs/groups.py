"""Runs without their checkpoints, for lists of a hundred thousand threads: some 60 bytes each.

A group is a run with the runs that are a part of it: a thread with its calls of subgraphs, a conversation, a workflow
that was run. It is one row until it is unfolded.
"""

import json
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from ckpt_tui.core.model import Status
from ckpt_tui.core.runs.lineage import Run
from ckpt_tui.core.sequences import LazySequence

FOLDED = 5_000
"""Checkpoints of the largest store whose list shows all of them; in a larger one, runs are folded."""

PAGE = 64
"""Groups that are packed together: a screen, so that one is unpacked to draw it."""

_PAGES_KEPT = 32


class Group(NamedTuple):
    """A run with the runs that are a part of it.

    Attributes:
        id: Unique in the store, and stable while the run goes on.
        title: Its name for people.
        checkpoints: How many it has.
        first: When its first checkpoint was written, in seconds since 1970; 0.0 where that is not known.
        last: The same of its last.
        newest: File name of its newest checkpoint.
        position: The place of that in the store's own order, where it has one.
        status: Whether work is left; None where only bodies say it.
        store: Name of its store where several are shown as one list, or "".
        number: Its number among the runs of its workflow, from 1; 0 where it has a name of its own.
    """

    id: str
    title: str
    checkpoints: int
    first: float
    last: float
    newest: str
    position: int = 0
    status: Status | None = None
    store: str = ""
    number: int = 0

    @property
    def rank(self) -> tuple[float, int]:
        """The sort key of groups: the newest first."""
        return self.last, self.position


def groups_of(runs: Sequence[Run]) -> Iterator[tuple[Group, list[Run]]]:
    """The groups that runs form, in their order, each with its runs: one, and those behind it that are a part of it.

    Args:
        runs: As `arrange` orders them.
    """
    own: list[Run] = []
    for run in runs:
        if own and not run.level:
            yield group_of(own), own
            own = []
        own.append(run)
    if own:
        yield group_of(own), own


def group_of(runs: Sequence[Run]) -> Group:
    """The group of a run and those that are a part of it."""
    refs = [node.ref for run in runs for node in run.nodes]
    # Of those of one moment the later in lineage order: a child is later than its parent.
    newest = refs[0]
    for ref in refs:
        if (ref.when, ref.position) >= (newest.when, newest.position):
            newest = ref
    first = min((ref.when for ref in refs if ref.when), default=0.0)
    run = runs[0]
    given = run.nodes[0].ref.store_metadata
    number = 0 if given is not None and given.run else run.number
    return Group(
        group_id(run), run.workflow, len(refs), first, newest.when, newest.file, newest.position, newest.status,
        run.store, number,
    )  # fmt: skip


def group_id(run: Run) -> str:
    """The id of the group whose first run this is."""
    store, name, workflow = run.key
    given = run.nodes[0].ref.store_metadata
    if given is not None and given.run == name:  # a name that the store itself gives is unlike any other
        return f"{store}/{name}" if store else name
    return "\n".join((store, name, workflow))


class PackedGroups(LazySequence[Group]):
    """Groups in their order, packed some at a time. They never change, once all are in it."""

    def __init__(self) -> None:
        self._pages: list[bytes] = []
        self._last: list[tuple[object, ...]] = []
        self._hashes = array("q")
        self._count = 0
        self.checkpoints = 0
        """How many checkpoints they have altogether."""
        self._page = lru_cache(_PAGES_KEPT)(self._unpacked)

    @classmethod
    def stored(cls, pages: Iterable[bytes], count: int, checkpoints: int) -> "PackedGroups":
        """The groups that `packed` gave these bytes of, and how many they and their checkpoints are."""
        made = cls()
        made._pages, made._count, made.checkpoints = list(pages), count, checkpoints
        if count % PAGE:
            made._last = [tuple(group) for group in made._unpacked(len(made._pages) - 1)]
            made._pages.pop()
        return made

    def packed(self) -> list[bytes]:
        """All of them as bytes."""
        return [*self._pages, _packed(self._last)] if self._last else list(self._pages)

    def add(self, groups: Iterable[Group]) -> None:
        """Put groups behind those that are there."""
        for group in groups:
            self._last.append(tuple(group))
            self._count += 1
            self.checkpoints += group.checkpoints
            if len(self._last) == PAGE:
                self._pages.append(_packed(self._last))
                self._last = []

    @property
    def size(self) -> int:
        """The bytes that are packed."""
        return sum(map(len, self._pages))

    def _unpacked(self, number: int) -> list[Group]:
        return [Group(*each) for each in json.loads(zlib.decompress(self._pages[number]))]

    def __len__(self) -> int:
        return self._count

    def item(self, index: int) -> Group:
        """The group at an index."""
        page, at = divmod(index, PAGE)
        return Group(*self._last[at]) if page == len(self._pages) else self._page(page)[at]  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[Group]:
        for number in range(len(self._pages)):
            yield from self._unpacked(number)
        yield from (Group(*each) for each in self._last)  # type: ignore[arg-type]

    def place(self, name: str) -> int:
        """The index of the group with this id; -1 where there is none."""
        if len(self._hashes) < self._count:
            self._hashes = array("q", (hash(group.id) for group in self))
        at, wanted = 0, hash(name)
        while True:
            try:
                at = self._hashes.index(wanted, at)
            except ValueError:
                return -1
            if self[at].id == name:
                return at
            at += 1


def _packed(groups: Sequence[tuple[object, ...]]) -> bytes:
    return zlib.compress(json.dumps(groups, separators=(",", ":")).encode(), 1)
