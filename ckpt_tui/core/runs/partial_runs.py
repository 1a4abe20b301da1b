"""The runs that decide an answer, out of very many: arranging all takes several times as long as finding these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nlargest
from operator import attrgetter
from typing import TYPE_CHECKING

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.ids import name_and_parents
from ckpt_tui.core.runs.lineage import Run, arrange
from ckpt_tui.core.runs.workflow_names import workflow_key

if TYPE_CHECKING:
    from ckpt_tui.core.runs.selected_runs import Selection

MANY = 4096
"""Checkpoints from which on a part is searched; fewer are arranged in less than a tenth of a second."""

_when = attrgetter("when")
_rank = attrgetter("rank")

_FEW = 1_000
"""Checkpoints that the beginning of an id may mean; with more, everything is arranged."""


def runs_for_names(refs: Sequence[CheckpointRef], names: Iterable[str]) -> tuple[Run, ...]:
    """Runs in which names mean what they mean among all; at least one run where there is any.

    Args:
        refs: All checkpoints.
        names: Ids, their beginnings, `latest`, or either followed by `~N`.
    """
    graph = HeaderGraph(refs) if len(refs) >= MANY else None
    wanted = graph.named(names) if graph is not None and graph.is_certain else None
    return arrange(refs) if graph is None or wanted is None else graph.runs_of(wanted or graph.newest(1))


def runs_for_selection(refs: Sequence[CheckpointRef], selection: Selection) -> tuple[Run, ...]:
    """Runs in which a selection finds what it finds among all.

    Args:
        refs: All checkpoints.
        selection: The selection.
    """
    is_recent = selection.limit is not None or selection.since is not None
    if len(refs) < MANY or not is_recent or selection.run or selection.status:
        return arrange(refs)
    graph = HeaderGraph(refs)
    if not graph.is_certain:
        return arrange(refs)
    since = selection.since
    wanted = graph.newest(selection.limit) if selection.limit is not None else graph.since(since or 0.0)
    return graph.runs_of(wanted)


class HeaderGraph:
    """The links between checkpoints of one store, in no order.

    Args:
        refs: All of them.

    Attributes:
        is_certain: Whether parts can be arranged: parents are as the files give them and lead to a first checkpoint.
            Else a parent has to be guessed from everything, a file is a copy under another name, parents form a circle,
            or the store gives runs of its own, and only everything shows what is in a run.
    """

    def __init__(self, refs: Sequence[CheckpointRef]) -> None:
        self._refs = refs
        self._by_id = {ref.id: ref for ref in refs}
        self._children: dict[str, list[CheckpointRef]] = {}
        self._families: dict[tuple[str, str], list[CheckpointRef]] = {}
        self.is_certain = len(self._by_id) == len(refs) and not any(map(_is_special, refs)) and self._link()

    def _link(self) -> bool:
        """Link children to parents; returns whether every checkpoint descends from one without a parent."""
        known = self._by_id
        roots = []
        for ref in self._refs:
            parent = ref.parent
            if parent is None or parent == ref.id or parent not in known:
                roots.append(ref)
            else:
                self._children.setdefault(parent, []).append(ref)
        roots.sort(key=_rank)
        for root in roots:
            self._families.setdefault(self._family(root), []).append(root)
        return len(self._below(roots)) == len(self._refs)

    def _family(self, root: CheckpointRef) -> tuple[str, str]:
        """A key that the first checkpoints of a run share: branches below a checkpoint that is gone are one run."""
        is_alone = not root.parent or root.parent == root.id
        return root.id if is_alone or root.parent is None else root.parent, workflow_key(root)

    def _below(self, refs: Iterable[CheckpointRef]) -> list[CheckpointRef]:
        """Some checkpoints and all that come from them; they do not come from each other."""
        found = list(refs)
        for ref in found:  # grows meanwhile
            found += self._children.get(ref.id, ())
        return found

    def named(self, names: Iterable[str]) -> list[CheckpointRef] | None:
        """The checkpoints that may decide what names mean; None where there are too many of them."""
        found: dict[str, CheckpointRef] = {}
        for name in names:
            base = name_and_parents(name)[0].removesuffix(".json")
            exact = [self._by_id[each] for each in (name, base) if each in self._by_id]
            meant = self.newest(1) if base == "latest" and not exact else exact
            if not meant and base:
                meant = [ref for ref in self._refs if ref.id.startswith(base)]
            if len(meant) > _FEW:
                return None
            found.update((ref.id, ref) for ref in meant)
        return list(found.values())

    def newest(self, count: int) -> list[CheckpointRef]:
        """The newest so many checkpoints, and those that are as late as the last of them."""
        latest = nlargest(count, map(_when, self._refs))
        return self.since(latest[-1]) if latest else []

    def since(self, when: float) -> list[CheckpointRef]:
        """The checkpoints written since then, in seconds since 1970."""
        return [ref for ref in self._refs if ref.when >= when]

    def runs_of(self, wanted: Iterable[CheckpointRef]) -> tuple[Run, ...]:
        """The runs that have these checkpoints, as arranging everything gives them."""
        families = {self._family(self._first(ref)) for ref in wanted}
        roots = [root for family in families for root in self._families[family]]
        numbers: dict[str, int] = {}
        own: dict[tuple[str, str], int] = {}
        for family in self._families:
            numbers[family[1]] = own[family] = numbers.get(family[1], 0) + 1
        runs = arrange(self._below(roots))
        return tuple(run._replace(number=own[run.id, workflow_key(run.nodes[0].ref)]) for run in runs)

    def _first(self, ref: CheckpointRef) -> CheckpointRef:
        """The first checkpoint of a chain."""
        while ref.parent is not None and ref.parent != ref.id and ref.parent in self._by_id:
            ref = self._by_id[ref.parent]
        return ref


def _is_special(ref: CheckpointRef) -> bool:
    """Whether more than its parent decides its place."""
    return bool(
        ref.inner or ref.chain or ref.position or ref.store_metadata or (ref.parent is None and ref.iteration > 0)
    )
