"""The overview of a checkpoint in its store: reads the path of its run, and caches what was read."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, compress, count, repeat
from operator import is_, is_not
from typing import NamedTuple

from ckpt_tui.actions.branch_checkpoints import BranchCheckpoint
from ckpt_tui.actions.run_graph import RunGraph, Version, version_of
from ckpt_tui.core.budgets import INLINE_PICKLE
from ckpt_tui.core.cache import Cache
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.overview.line import Overview
from ckpt_tui.core.overview.overview import overview
from ckpt_tui.core.overview.said_in_step import said_before
from ckpt_tui.core.overview.trail import Passed, passed
from ckpt_tui.core.reading.conversation import Conversation, FoundMessages, find_messages, merged_conversation
from ckpt_tui.core.reading.message_sources import WALKED
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.workflow_names import workflow_label
from ckpt_tui.core.steps.snapshots import Snapshot, ran_for_certain, take_snapshot
from ckpt_tui.core.steps.steps import step_between
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Store

Check = Callable[[], None] | None

PATH_LENGTH = 1_000
"""Checkpoints of a path that are read, the first and the last ones: a thousand of 20 KB take a second, once a run."""

SAID_CHARACTERS = 10_000_000
"""Characters of what was said in the steps of one run that are kept; of later steps, a conversation lacks what nobody
keeps, and says so."""

_SOON = 16
"""Factor of unread to read checkpoints from which the first overview waits: it would be replaced at once."""

_SNAPSHOTS = 8
_BYTES = 8_000_000

_SMALL = INLINE_PICKLE
"""Bytes of a file of which only the values of its overview are decoded: every pickle in it is small enough for that."""


class OverviewReport(NamedTuple):
    """The overview and conversation of a checkpoint, as they are reported.

    Attributes:
        file: Its file.
        overview: Its overview.
        conversation: What was said, the turns that are new in it marked.
        read: Checkpoints on its path that were read.
        total: Checkpoints on its path.
    """

    file: str
    overview: Overview
    conversation: Conversation
    read: int
    total: int


class RunPath:
    """The path of one run, each checkpoint read once; several threads may use it.

    Args:
        most: Checkpoints of which something is kept at most, those taken in first are forgotten first.
        characters: Characters of what was said in their steps that are kept at most.
        with_said: Whether to look for what was said in their steps; without it, the conversation of a report is only
            what its checkpoint and the parent of that keep.
    """

    def __init__(self, most: int = 2 * PATH_LENGTH, characters: int = SAID_CHARACTERS, with_said: bool = True) -> None:
        self.learned = RunGraph()
        self._most = most
        self._characters = characters
        """How many more may be kept."""
        self._with_said = with_said
        self._lock = threading.Lock()
        self._passed: dict[Version, Passed] = {}
        self._branch: tuple[tuple[Node, ...], list[Node]] = ((), [])
        """The checkpoints of the run as they were last, and the path to one of them."""

    def branch(self, run: Run, node: Node) -> tuple[list[Node], bool]:
        """The checkpoints from the root to one, and whether it has children; a path that became longer is extended."""
        nodes = run.nodes
        at = _place(nodes, node)
        before, known = self._branch
        last = known[-1].ref.id if known and len(before) <= len(nodes) and not any(map(is_not, before, nodes)) else None
        found = _path(nodes, at, node, known, last)
        self._branch = nodes, found
        return found, at >= 0 and _goes_on(nodes, at)

    def known(self, node: Node) -> Passed | None:
        """What was read of a checkpoint; None if a graph that became known since would show more."""
        found = self._passed.get(version_of(node))
        return None if found is None or (found.is_open and found.graph is not self.learned.graph) else found

    def all_known(self, nodes: Iterable[Node]) -> list[Passed]:
        """What was read of those among several checkpoints that are known."""
        passed, graph = self._passed, self.learned.graph
        found = (passed.get(version_of(node)) for node in nodes)
        return [one for one in found if one is not None and (one.graph is graph or not one.is_open)]

    def take(self, node: Node, before: Snapshot | None, after: Snapshot) -> Passed:
        """Take in the step to a checkpoint."""
        certain = ran_for_certain(before, after)
        self.learned.learn(node, before, after, certain)
        found = passed(before, after, self.learned.graph, certain, self._with_said)
        with self._lock:
            self._forget(version_of(node))
            while len(self._passed) >= self._most:
                self._forget(next(iter(self._passed)))
            if _characters(found) > self._characters:
                found = found._replace(said=(), is_cut=True)
            self._characters -= _characters(found)
            self._passed[version_of(node)] = found
        return found

    def _forget(self, version: Version) -> None:
        gone = self._passed.pop(version, None)
        self._characters += 0 if gone is None else _characters(gone)


def _characters(one: Passed) -> int:
    """Characters of what was said in a step."""
    return sum(len(part.text) for message in one.said for part in message.parts)


def overviews(
    store: Store, run: Run, node: Node, run_path: RunPath | None = None, loaded: Checkpoint | None = None,
    whole: bool = True, check: Check = None, pause: Check = None, most: int = PATH_LENGTH,
    at_once: bool = True, is_read: bool = True, budget: DocumentBudget | None = None, goes_on: bool = False,
) -> Iterator[OverviewReport]:  # fmt: skip
    """The overview of a checkpoint at once, from itself and its parent, then again with the whole path of its run.

    Args:
        store: Where it is.
        run: Its run.
        node: Its place in the run.
        run_path: What is known of the run's path.
        loaded: The checkpoint, where it is loaded already.
        whole: Whether to read the path, too; without it the first overview is the only one.
        check: Called now and then; whatever it raises ends the work.
        pause: Called after each checkpoint of the path that was read.
        most: How many checkpoints of the path are read at most.
        at_once: Whether to yield the first overview where another one follows.
        is_read: Whether the whole store was read.
        budget: The work that is left for the checkpoint. It records whether the search for messages was cut off.
        goes_on: Others follow the checkpoint that are not in the run as it is given.

    Raises:
        CkptError: the checkpoint cannot be read.
    """
    run_path = RunPath() if run_path is None else run_path
    kept = Cache[str, Snapshot](_BYTES, count=_SNAPSHOTS, least=3)
    reader = store.reader()

    def snapshot(one: Node) -> Snapshot | None:
        found = kept.get(one.ref.file)
        if found is None:
            try:
                found = BranchCheckpoint(store, reader if one.ref.size <= _SMALL else None, run.id, one, check).snapshot
            except CkptError:
                return None
            kept.put(one.ref.file, found, one.ref.size)
        return found

    after = take_snapshot(loaded if loaded is not None else store.load(node.ref.file, check))
    kept.put(node.ref.file, after, node.ref.size)
    branch, has_children = run_path.branch(run, node)
    goes_on = goes_on or has_children
    above = branch[-2] if len(branch) > 1 else None
    before = snapshot(above) if above is not None else None
    messages = _messages(after, before, budget)
    said = merged_conversation(messages)
    left_out = max(len(branch) - most, 0)
    parents: list[Node | None] = [None, *branch[:-1]]
    if left_out:
        branch, parents = [branch[0], *branch[left_out + 1 :]], [None, *parents[left_out + 1 :]]
    title = run.workflow or workflow_label(node.ref)

    def report(found: list[Passed], complete: bool) -> OverviewReport:
        step = step_between(before, after, run_path.learned.graph)
        made = overview(after, before, step, found, said, title, complete, goes_on, left_out, is_read=is_read)
        *passed, new = list(said_before(one.said for one in found)) or [()]
        talk = merged_conversation(messages, list(chain(*passed)), new) if new or any(passed) else said
        talk = talk._replace(lacks_steps=True) if any(one.is_cut for one in found) else talk
        return OverviewReport(node.ref.file, made, talk, len(found), len(branch))

    if run_path.known(node) is None:
        run_path.take(node, before, after)
    at_hand = run_path.all_known(branch)
    missing = len(branch) - len(at_hand)
    is_complete = not missing
    is_nearly = missing <= _SOON and len(at_hand) > _SOON * missing  # of a run that goes on, what came since
    if (at_once and not is_nearly) or is_complete or not whole:
        yield report(at_hand, is_complete)
    if is_complete or not whole:
        return
    # Twice where the graph is better known after the last step than before the first.
    for _ in range(2):
        for parent, each in zip(parents, branch, strict=True):
            if run_path.known(each) is None and (one := snapshot(each)) is not None:
                run_path.take(each, snapshot(parent) if parent is not None else None, one)
                if pause is not None:
                    pause()
            if check is not None:
                check()
    yield report(run_path.all_known(branch), True)


def _messages(after: Snapshot, before: Snapshot | None, budget: DocumentBudget | None) -> FoundMessages:
    """What was said, as far as a budget allows looking for it; as usual without one."""
    most = None if budget is None else min(budget.messages(), int(WALKED * max(budget.factor, 1)))
    found = find_messages(after.checkpoint, before.checkpoint if before is not None else None, most)
    if budget is not None and found.own.is_cut:
        budget.is_cut = True
    return found


def has_same_path(before: Run, run: Run, node: Node) -> bool:
    """Whether the path to a checkpoint is as in an earlier state of its run, and whether it goes on, too.

    Else its overview changes. It costs little where the run only became longer.
    """
    known, nodes = before.nodes, run.nodes
    at = _place(nodes, node)
    if at >= 0 and at < len(known) and known[at].ref.id == node.ref.id:
        others = compress(count(), map(is_not, known[: at + 1], nodes))
        if all(known[one].ref.id == nodes[one].ref.id and known[one].parent == nodes[one].parent for one in others):
            return _goes_on(known, at) == _goes_on(nodes, at)
    return _surroundings(before, node) == _surroundings(run, node)


def _surroundings(run: Run, node: Node) -> object:
    """The ids on the path to a checkpoint, and whether another follows it; None where it is not in the run."""
    at = _place(run.nodes, node)
    if at < 0:
        return None
    return [each.ref.id for each in _path(run.nodes, at, run.nodes[at])], _goes_on(run.nodes, at)


def _place(nodes: Sequence[Node], node: Node) -> int:
    """The index of a checkpoint in its run; -1 where it is not there."""
    found = next(compress(count(), map(is_, nodes, repeat(node))), -1)
    if found >= 0:
        return found
    return next((at for at in range(len(nodes) - 1, -1, -1) if nodes[at].ref.id == node.ref.id), -1)


def _goes_on(nodes: Sequence[Node], at: int) -> bool:
    """Whether a checkpoint has children: the first child comes right behind its parent."""
    return at + 1 < len(nodes) and nodes[at + 1].parent == nodes[at].ref.id


def _path(
    nodes: Sequence[Node], at: int, node: Node, known: Sequence[Node] = (), last: str | None = None
) -> list[Node]:
    """The checkpoints from the root to one at an index, or -1; `known` is the path to the one with the id `last`."""
    found = [node]
    wanted = node.parent
    if last is not None and node.ref.id == last:
        return list(known)
    for index in range((at if at >= 0 else len(nodes)) - 1, -1, -1):  # parents come before their children
        if wanted is None:
            break
        above = nodes[index]
        if above.ref.id == wanted:
            if wanted == last:
                return [*known, *reversed(found)]
            found.append(above)
            wanted = above.parent
    found.reverse()
    return found
