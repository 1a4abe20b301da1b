"""Selects the checkpoints of a store to delete: those that a person means, unless kept ones need them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.text import counted


class Wish(NamedTuple):
    """The checkpoints that a person wants to delete.

    Attributes:
        keep: All but so many of the newest checkpoints of each run; None for no such wish.
        before: Checkpoints with a time before this, in seconds since 1970; None for no such wish.
        runs: Keys of runs (`Run.key`) that go whole, those that wait for an answer, too.
        files: Files of checkpoints that go, those that wait for an answer, too.
        force: Let checkpoints go from which kept ones descend.
    """

    keep: int | None = None
    before: float | None = None
    runs: Collection[tuple[str, str, str]] = ()
    files: Collection[str] = ()
    force: bool = False


class PruneChoice(NamedTuple):
    """The checkpoints that go, and those that stay.

    Attributes:
        gone: Checkpoints that go, in lineage order.
        waiting: Checkpoints that were meant and stay, because they wait for an answer.
        needed: Checkpoints that were meant and stay, because a kept one descends from them.
        orphans: Checkpoints that stay and lose their parent.
        barred: Checkpoints that were meant and may not go, each with the reason.
    """

    gone: tuple[Node, ...] = ()
    waiting: tuple[Node, ...] = ()
    needed: tuple[Node, ...] = ()
    orphans: tuple[Node, ...] = ()
    barred: tuple[tuple[Node, str], ...] = ()

    @property
    def freed(self) -> int:
        """Bytes of the files that go."""
        return sum(node.ref.size for node in self.gone)


_UNITS = {"m": (60, "minute"), "h": (3_600, "hour"), "d": (86_400, "day"), "w": (604_800, "week")}
"""Letter of a unit of time → its seconds, its name."""


def age_of(text: str) -> int | None:
    """The seconds of an age such as 90m, 12h, 30d or 8w; None where a text is none."""
    found = re.fullmatch(r"(\d{1,6})([mhdw])", text.strip())
    return int(found[1]) * _UNITS[found[2]][0] if found else None


def age_text(seconds: int) -> str:
    """An age in words, in the largest unit that divides it: `30 days`."""
    size, name = next(unit for unit in reversed(_UNITS.values()) if seconds % unit[0] == 0 or unit[0] == 60)
    count = seconds // size
    if name == "week":
        count, name = count * 7, "day"
    return counted(count, name)


UNREAD = "its body is not read yet: it may wait for an answer"
"""Why a checkpoint stays whose body is not read."""


def choose(runs: Sequence[Run], wish: Wish, bar: Callable[[Node], str] = lambda node: "") -> PruneChoice:
    """The checkpoints that go: those that meet at least one of the wishes.

    Args:
        runs: The runs of the store, with forks that are kept elsewhere.
        wish: The wish.
        bar: Why a checkpoint may never go; "" where it may.
    """
    gone: list[Node] = []
    waiting: list[Node] = []
    needed: list[Node] = []
    orphans: list[Node] = []
    barred: list[tuple[Node, str]] = []
    for run in runs:
        meant = _meant(run, wish)
        if not meant:
            continue
        stays = [(node, reason) for node in run.nodes if node.ref.id in meant and (reason := bar(node))]
        barred += stays
        meant -= {node.ref.id for node, _ in stays}
        if run.key not in wish.runs:
            own = [node for node in run.nodes if node.ref.id in meant and node.ref.file not in wish.files]
            unread = [node for node in own if node.ref.facts is None]
            barred += [(node, UNREAD) for node in unread]
            pending = [node for node in own if node.ref.facts is not None and node.ref.facts.pending]
            waiting += pending
            meant -= {node.ref.id for node in (*unread, *pending)}
        if not wish.force:
            kept_parents = _ancestors(run, [node for node in run.nodes if node.ref.id not in meant])
            needed += [node for node in run.nodes if node.ref.id in meant & kept_parents]
            meant -= kept_parents
        gone += [node for node in run.nodes if node.ref.id in meant]
        orphans += [node for node in run.nodes if node.ref.id not in meant and node.parent in meant]
    return PruneChoice(tuple(gone), tuple(waiting), tuple(needed), tuple(orphans), tuple(barred))


def _meant(run: Run, wish: Wish) -> set[str]:
    if run.key in wish.runs:
        return {node.ref.id for node in run.nodes}
    out = {node.ref.id for node in run.nodes if node.ref.file in wish.files} if wish.files else set()
    if wish.keep is None and wish.before is None:
        return out
    moments = _moments(run)
    if wish.keep is not None:
        order = sorted(range(len(run.nodes)), key=lambda place: (moments[place], place))
        out |= {run.nodes[place].ref.id for place in order[: max(len(order) - wish.keep, 0)]}
    if wish.before is not None:
        out |= {
            node.ref.id
            for node, (when, _) in zip(run.nodes, moments, strict=True)
            if node.ref.when and 0 < when < wish.before
        }
    return out


def _moments(run: Run) -> list[tuple[float, int]]:
    """When each checkpoint came to be: a child not before its parent, whatever the clock or a wrong time says."""
    found: dict[str, tuple[float, int]] = {}
    for node in run.nodes:
        own = node.ref.rank[:2]
        above = None if node.parent is None else found.get(node.parent)
        found[node.ref.id] = own if above is None else max(own, above)
    return [found[node.ref.id] for node in run.nodes]


def _ancestors(run: Run, nodes: Sequence[Node]) -> set[str]:
    parents = {node.ref.id: node.parent for node in run.nodes}
    found: set[str] = set()
    for node in nodes:
        above = node.parent
        while above is not None and above not in found:
            found.add(above)
            above = parents.get(above)
    return found
