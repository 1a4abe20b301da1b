"""Which checkpoint came from which: parent chains, forks and runs, and the order in which they are shown.

The order follows parents, then time. `iteration_count` is neither unique nor monotone; it is used only to guess the
parent of a checkpoint whose chain Agent Framework 1.9 and older broke on resume.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import NamedTuple

from ckpt_tui.core.model import INTERNAL, CheckpointRef

_UNNAMED = "WorkflowBuilder-"
"""What the framework calls a workflow without a name, before a random UUID."""

MISSING = "parent missing"
"""What is irregular about a checkpoint whose parent is not in the store."""

LANES = 64
"""Columns of the gutter; branches beyond share the last one. A checkpoint resumed a thousand times needs no more."""


class Node(NamedTuple):
    """A checkpoint at its place in a run.

    Attributes:
        ref: The checkpoint.
        parent: Id of the parent it is shown under, or None for a root.
        guessed: The parent is inferred, not written in the file.
        fork: It is a second or later child of its parent.
        lane: Column of the gutter, from 0.
        lanes: Bit set of the gutter's columns in use on this row, its own included.
        opened: Bit set of columns that begin under this row, one for each further child.
        irregular: What is wrong with its chain ("parent missing", "cycle"), or "".
    """

    ref: CheckpointRef
    parent: str | None
    guessed: bool
    fork: bool
    lane: int
    lanes: int
    opened: int
    irregular: str


class Run(NamedTuple):
    """A chain and all its branches.

    Attributes:
        id: Id of the root checkpoint; of the missing one where branches share a parent that is not in the store.
        workflow: The workflow's name for people (see `workflow_label`).
        number: 1 for the first run of this workflow in the store.
        nodes: Parents before children, branches whole.
        store: Name of its store where several are shown as one list, or "".
        above: Id of the run that this one is a part of, or "".
        level: How many runs it is a part of.
        whole: How many checkpoints it has where `nodes` are a selection of them; 0 where they are all.
    """

    id: str
    workflow: str
    number: int
    nodes: tuple[Node, ...]
    store: str = ""
    above: str = ""
    level: int = 0
    whole: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """What no other run of a list has, and what stays as it goes on.

        Its id alone may be in two stores, and for two workflows below one missing parent.
        """
        return self.store, self.id, workflow_key(self.nodes[0].ref)


def workflow_key(ref: CheckpointRef) -> str:
    """What runs of one workflow share: its name, or its graph when the framework made up the name."""
    if ref.chain:
        return f"chain {ref.chain}"
    if ref.store_metadata is not None and ref.store_metadata.run:
        return f"run {ref.store_metadata.run}"
    return f"graph {ref.graph}" if is_unnamed(ref.workflow) else ref.workflow


def workflow_label(ref: CheckpointRef) -> str:
    """The workflow's name for people."""
    if ref.store_metadata is not None and ref.store_metadata.title:
        return ref.store_metadata.title
    return label_of(ref.workflow, ref.graph)


def label_of(workflow: str, graph: str) -> str:
    """A workflow's name for people, by the name in the file and the hash of its graph."""
    return f"unnamed {graph[:8]}" if is_unnamed(workflow) else workflow


def is_unnamed(name: str) -> bool:
    """Whether the framework made up the name: a builder without a name writes a new random one for each instance."""
    if not name.startswith(_UNNAMED):
        return not name
    number = name.removeprefix(_UNNAMED)
    return len(number) == 36 and set(number) <= set("0123456789abcdef-")


def arrange(refs: Iterable[CheckpointRef]) -> tuple[Run, ...]:
    """Order checkpoints into runs: runs by first timestamp, parents before children, branches whole.

    Tolerates missing and self-referring parents, cycles and any number of roots; each checkpoint appears exactly once.
    Stores that are shown as one list follow each other; an id means a checkpoint of the same store.
    """
    stores: dict[str, list[CheckpointRef]] = {}
    for ref in refs:
        stores.setdefault("" if ref.store_metadata is None else ref.store_metadata.store, []).append(ref)
    return tuple(run for name, own in stores.items() for run in _arrange(own, name))


def _arrange(refs: Iterable[CheckpointRef], store: str) -> list[Run]:
    """The runs of one store."""
    by_id = {ref.id: ref for ref in refs}
    parents, guessed, irregular = _parents(by_id)
    children: dict[str, list[CheckpointRef]] = {}
    roots: list[CheckpointRef] = []
    for ref in by_id.values():
        parent = parents.get(ref.id)
        if parent is None:
            roots.append(ref)
        else:
            children.setdefault(parent, []).append(ref)
    for siblings in children.values():
        if len(siblings) > 1:
            siblings.sort(key=_by_time)
    roots.sort(key=_by_time)
    # Branches of a parent that was deleted still belong together.
    families: dict[tuple[str, str], list[CheckpointRef]] = {}
    for root in roots:
        chain = root.parent if irregular.get(root.id) == MISSING and root.parent else root.id
        if root.store_metadata is not None and root.store_metadata.run:
            chain = root.store_metadata.run
        families.setdefault((chain, workflow_key(root)), []).append(root)
    numbers: dict[str, int] = {}
    runs = []
    for (chain, key), family in families.items():
        numbers[key] = numbers.get(key, 0) + 1
        nodes = [node for root in family for node in _branches(root, children, parents, guessed, irregular)]
        given = family[0].store_metadata
        above = given.above if given is not None else ""
        runs.append(Run(chain, workflow_label(family[0]), numbers[key], tuple(nodes), store, above))
    return _nested(runs) if any(run.above for run in runs) else runs


def _nested(runs: list[Run]) -> list[Run]:
    """The runs with those that are a part of another one right behind it."""
    known = {run.id for run in runs}
    parts: dict[str, list[Run]] = {}
    for run in runs:
        if run.above in known and run.above != run.id:
            parts.setdefault(run.above, []).append(run)
    tops = [run for run in runs if run.above not in known or run.above == run.id]
    out: list[Run] = []
    todo = [(run, 0) for run in reversed(tops)]
    while todo:
        run, level = todo.pop()
        out.append(run._replace(level=level))
        todo += [(part, level + 1) for part in reversed(parts.pop(run.id, []))]
    return [*out, *(run for family in parts.values() for run in family)]


def _by_time(ref: CheckpointRef) -> tuple[float, int, str]:
    return ref.when, ref.position, ref.id


def _parents(by_id: dict[str, CheckpointRef]) -> tuple[dict[str, str], set[str], dict[str, str]]:
    parents: dict[str, str] = {}
    guessed: set[str] = set()
    irregular: dict[str, str] = {}
    orphans: list[CheckpointRef] = []
    # Children of a renamed file name the id inside it.
    renamed = {ref.inner: ref.id for ref in by_id.values() if ref.inner and ref.inner not in by_id}
    for name, ref in by_id.items():
        parent = ref.parent
        if parent in by_id and parent != name:
            parents[name] = parent
            continue
        if parent is None:
            given = ref.store_metadata
            if given is not None and given.run:
                if given.before in by_id and given.before != ref.id:
                    parents[ref.id] = given.before
                    guessed.add(ref.id)
            elif ref.iteration > 0 or ref.chain:
                orphans.append(ref)
            continue
        parent = renamed.get(parent, parent)
        if parent == ref.id:
            irregular[ref.id] = "its own parent"
        elif parent in by_id:
            parents[ref.id] = parent
        else:
            irregular[ref.id] = MISSING
    for circle in _circles(parents):
        first = min(circle, key=lambda name: _by_time(by_id[name]))
        del parents[first]
        guessed.discard(first)
        irregular[first] = "parents form a circle"
    if orphans:
        _guess(by_id, orphans, parents, guessed)
        # A child may claim to be older than its parent; then a guess can lead back to where it began.
        for circle in _circles(parents):
            wrong = next(name for name in circle if name in guessed)
            del parents[wrong]
            guessed.remove(wrong)
    return parents, guessed, irregular


def _circles(parents: dict[str, str]) -> list[list[str]]:
    """The members of each circle that parents form."""
    walked: dict[str, str] = {}  # checkpoint → where the walk up that met it first began
    found: list[list[str]] = []
    for start in parents:
        here: str | None = start
        while here is not None and here not in walked:
            walked[here] = start
            here = parents.get(here)
        if here is not None and walked[here] == start:
            circle = [here]
            while (above := parents[circle[-1]]) != here:
                circle.append(above)
            found.append(circle)
    return found


_ANY = -(1 << 64)
"""Stands for any iteration; no file's iteration is meant by it."""

_Ranks = list[tuple[float, int, str]]
"""`CheckpointRef.rank` of candidates, in order."""


def _guess(
    by_id: dict[str, CheckpointRef], orphans: Sequence[CheckpointRef], parents: dict[str, str], guessed: set[str]
) -> None:
    """Parents for checkpoints of Agent Framework 1.9 and older, which wrote none after a resume or an answer.

    The candidate is the latest earlier checkpoint of the same workflow and graph, one iteration before; or, for a
    checkpoint that only carries answers, the one of the same iteration that waits for them. Formats without parents
    have chains: where there is no such candidate, the latest earlier checkpoint of the chain is taken.
    """
    tables: dict[tuple[str, str], dict[int, _Ranks]] = {}
    for ref in by_id.values():
        table = tables.setdefault((workflow_key(ref), ref.graph), {})
        table.setdefault(ref.iteration, []).append((ref.when, ref.position, ref.id))
        if ref.chain:
            table.setdefault(_ANY, []).append((ref.when, ref.position, ref.id))
    for table in tables.values():
        for candidates in table.values():
            candidates.sort()
    for orphan in sorted(orphans, key=_by_time):
        table = tables[workflow_key(orphan), orphan.graph]
        iterations = [orphan.iteration] if orphan.iteration > 0 and carries_answers(orphan) else []
        iterations += (orphan.iteration - 1, _ANY) if orphan.chain else (orphan.iteration - 1,)
        for iteration in iterations:
            found = _before(orphan, iteration, table.get(iteration, []), by_id)
            if found:
                parents[orphan.id] = found
                guessed.add(orphan.id)
                break


def guessed_parents(by_id: dict[str, CheckpointRef], orphans: Sequence[CheckpointRef]) -> dict[str, str]:
    """The parent that is guessed for each of some checkpoints that name none; those without one are left out.

    Args:
        by_id: The checkpoints that may be one, and these.
        orphans: Those whose parent is guessed.
    """
    parents: dict[str, str] = {}
    _guess(by_id, orphans, parents, set())
    return parents


def _before(orphan: CheckpointRef, iteration: int, candidates: _Ranks, by_id: dict[str, CheckpointRef]) -> str:
    """The latest of the candidates that is not later, "" where there is none.

    Where a clock is too coarse to say more, one of an earlier iteration came first, and so did a question before its
    answers.
    """
    at = bisect_left(candidates, (orphan.when, orphan.position, ""))
    end = at
    while end < len(candidates) and candidates[end][:2] == (orphan.when, orphan.position) and iteration != _ANY:
        end += 1
    for place in range(end - 1, at - 1, -1):
        name = candidates[place][2]
        if iteration < orphan.iteration or not (name == orphan.id or carries_answers(by_id[name])):
            return name
    return candidates[at - 1][2] if at else ""


def carries_answers(ref: CheckpointRef) -> bool:
    """Whether a checkpoint only carries answers, as far as is known of it."""
    facts = ref.facts
    if facts is None:
        return ref.carries_answers
    return bool(facts.messages) and all(source.startswith(INTERNAL) for source in facts.sources)


def _branches(
    root: CheckpointRef,
    children: dict[str, list[CheckpointRef]],
    parents: dict[str, str],
    guessed: set[str],
    irregular: dict[str, str],
) -> list[Node]:
    nodes: list[tuple[object, ...]] = []
    waiting = 0  # columns kept for branches that come later
    crowd = 0  # branches that come later in the last column, which they share
    pending: list[tuple[CheckpointRef, int]] = [(root, 0)]
    while pending:
        ref, lane = pending.pop()
        fork = bool(nodes)
        if lane < LANES - 1:
            waiting &= ~(1 << lane)
        else:
            crowd -= 1
            waiting &= ~(1 << lane) if crowd == 0 else -1
        # One child after the other stays in this column; the first of several, too.
        while True:
            below = children.get(ref.id, ())
            opened = 0
            if len(below) > 1:
                column = lane
                further = []
                for child in below[1:]:
                    free = ~(waiting | opened) >> (column + 1)
                    column = min(column + (free & -free).bit_length(), LANES - 1)
                    opened |= 1 << column
                    crowd += column == LANES - 1
                    further.append((child, column))
                pending.extend(reversed(further))
            name, lanes = ref.id, waiting | 1 << lane
            parent, irregularity = parents.get(name), irregular.get(name, "")
            nodes.append((ref, parent, name in guessed, fork, lane, lanes, opened, irregularity))
            if not below:
                break
            waiting |= opened
            ref, fork = below[0], False
    # As `_make` does, without a call of Python for each.
    return list(map(tuple.__new__, repeat(Node), nodes))
