"""The outcomes of forks: the last checkpoint of each branch that goes out from one checkpoint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.listing import UNREAD, Happening, NodeRow, happening
from ckpt_tui.core.runs.short_ids import short_id


def outcomes(runs: Iterable[Run], identifier: str) -> tuple[CheckpointRef, CheckpointRef] | None:
    """The ends of the two branches that were started last at a checkpoint, or at the nearest before it that has two.

    The older of the two comes first. None when there is no fork there, nor before.

    Args:
        runs: The runs of a store.
        identifier: Id of a checkpoint.
    """
    run = next((run for run in runs if any(node.ref.id == identifier for node in run.nodes)), None)
    if run is None:
        return None
    nodes = {node.ref.id: node for node in run.nodes}
    children: dict[str, list[Node]] = {}
    for node in run.nodes:
        if node.parent is not None:
            children.setdefault(node.parent, []).append(node)
    here: str | None = identifier
    seen: set[str] = set()
    while here is not None and here not in seen:
        seen.add(here)
        branches = sorted(children.get(here, ()), key=lambda node: node.ref.rank)
        if len(branches) > 1:
            older, newer = branches[-2:]
            return _end(older, children), _end(newer, children)
        parent = nodes[here].parent
        here = parent if parent in nodes else None
    return None


class Beginnings(NamedTuple):
    """The beginnings of two branches, as text.

    Attributes:
        are_answers: The texts are the answers on either branch; else their first steps.
        first: The text of one branch.
        second: That of the other.
    """

    are_answers: bool
    first: str
    second: str


def beginnings(first: Sequence[Node], second: Sequence[Node]) -> Beginnings | None:
    """The beginnings of two branches; None if both are equal, or are not read yet.

    Args:
        first: The checkpoints of one branch, after the last that both have.
        second: Those of the other.
    """
    if not first or not second:
        return None
    happenings = [happening(NodeRow(branch[0], 0.0, len(branch) == 1)) for branch in (first, second)]
    are_answers = all(branch[0].ref.role == "response" for branch in (first, second))
    texts = [each.gist if are_answers and each.gist else _without_fork(each).text for each in happenings]
    return Beginnings(are_answers, *texts) if texts[0] != texts[1] and UNREAD.who not in texts else None


def _without_fork(one: Happening) -> Happening:
    """The same without the words for a fork or an end, which do not describe the beginning."""
    return one._replace(status="") if one.status in ("fork", "open") else one


def continuations(runs: Iterable[Run], identifier: str) -> list[Node]:
    """The checkpoints that follow a checkpoint at once: one for each branch."""
    return [node for run in runs for node in run.nodes if node.parent == identifier]


def why_none(runs: Iterable[Run], identifier: str, just_there: bool = False) -> str:
    """Why a checkpoint has no two outcomes to compare, and what to do about it.

    Args:
        runs: The runs of a store.
        identifier: Id of a checkpoint, as given to `outcomes`.
        just_there: Only this checkpoint was examined, and none before it.
    """
    short = short_id(identifier)
    count = len(continuations(runs, identifier))
    if just_there:
        found = "has only one branch" if count else "has no branch yet"
        return f"{short} {found}: r there makes another branch to compare."
    if count:
        return f"{short} has only one continuation, and so has every checkpoint before it: r resumes from it again."
    return f"Nothing follows {short}, and no checkpoint before it forks: r on an earlier checkpoint makes a fork."


def _end(node: Node, children: dict[str, list[Node]]) -> CheckpointRef:
    """The end of the branch that resumes from a node, the latest where it forks again."""
    seen = {node.ref.id}
    while children.get(node.ref.id):
        node = max(children[node.ref.id], key=lambda each: each.ref.rank)
        if node.ref.id in seen:
            break
        seen.add(node.ref.id)
    return node.ref
