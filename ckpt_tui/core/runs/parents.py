"""The parent of each checkpoint: the one in the file, or a guess where the format has none.

`iteration_count` is used only here, to guess the parent of a checkpoint whose chain Agent Framework 1.9 and older broke
on resume.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter

from ckpt_tui.core.model import INTERNAL, CheckpointRef
from ckpt_tui.core.runs.workflow_names import workflow_key

MISSING = "parent missing"
"""The irregularity of a checkpoint whose parent is not in the store."""


def parents_of(by_id: dict[str, CheckpointRef]) -> tuple[dict[str, str], set[str], dict[str, str]]:
    """The parent of each checkpoint.

    Returns:
        The parent of each that has one, by id; those whose parent is guessed; the irregularities of some.
    """
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
            if given is not None and (given.run or given.before):
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
        first = min(circle, key=lambda name: by_id[name].rank)
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
    for orphan in sorted(orphans, key=attrgetter("rank")):
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

    Where a clock is too coarse, an earlier iteration counts as earlier, and so does a question before its answers.
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
