"""Assertions on a run: evaluates each check over the checkpoints of a branch."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ckpt_tui.actions.exports import branch_of
from ckpt_tui.actions.expressions import Expression, UnanswerableError, is_true
from ckpt_tui.actions.recorded_runs import compare_with_recorded
from ckpt_tui.core.checks.check_file import Check
from ckpt_tui.core.checks.expectation import why_not
from ckpt_tui.core.checks.outcome import Failure, Outcome
from ckpt_tui.core.diff.diff_document import change_document
from ckpt_tui.core.diff.ignore_rules import IgnoreRules, Rule
from ckpt_tui.core.diff.value_diff import diff, scale_of
from ckpt_tui.core.doctor.alarms import unsafe_values
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.model import Checkpoint, parts_of
from ckpt_tui.core.paths import parse
from ckpt_tui.core.runs.ids import IdFault, find
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.show_document import show_document
from ckpt_tui.core.steps.learned_graph import GraphLearner, of_topology
from ckpt_tui.core.steps.snapshots import Snapshot, take_snapshot
from ckpt_tui.core.steps.steps import NO_GRAPH, step_between
from ckpt_tui.errors import CkptError, UsageError
from ckpt_tui.stores.base import Store

CHANGES = 10
"""Changes that a failure shows."""

Watch = Callable[[], None] | None


class CheckedStep(NamedTuple):
    """One checkpoint of the branch, with what its step shows."""

    node: Node
    ran: tuple[str, ...]
    asked: tuple[str, ...]


@dataclass
class _Counting:
    """What a check has seen so far."""

    check: Check
    expressions: tuple[Expression, ...] = ()
    failure: Failure | None = None
    looked: int = 0
    count: int = 0
    first: dict[str, int] = field(default_factory=dict)


class Checks:
    """Evaluates checks over one branch, in one pass over its checkpoints.

    Args:
        store: The store.
        run: The run of the branch.
        tip: Its last checkpoint.
        rules: What comparisons leave out.
        base: The directory that the file of checks is in: files it names are relative to it.
    """

    def __init__(self, store: Store, run: Run, tip: Node, rules: Iterable[Rule], base: str = "") -> None:
        self._store = store
        self._run = run
        self._branch = branch_of(run, tip)
        self._rules = tuple(rules)
        self._base = base

    def evaluate(self, checks: Sequence[Check], check_stop: Watch = None) -> list[Outcome]:
        """The outcome of each check, in their order.

        Raises:
            UsageError: an expression, an id or a file is wrong.
        """
        states = [_Counting(check, self._expressions(check)) for check in checks]
        files = {id(state): self._file_of(state.check) for state in states if state.check.at}
        only_at = all(state.check.at for state in states)
        wanted = set(files.values()) if only_at else None
        for number, point in enumerate(self._points(wanted)):
            if check_stop is not None:
                check_stop()
            self._look(states, files, number, point)
        for state in states:
            if state.failure is None:
                self._finish(state)
        return [Outcome(state.check.name, state.failure, state.looked, state.count) for state in states]

    # -- the checkpoints of the branch -------------------------------------------------------------------------------

    def _points(self, wanted: set[str] | None) -> Iterator[tuple[CheckedStep, Checkpoint | None, CkptError | None]]:
        """Each checkpoint of the branch, root first; only the wanted ones are loaded where some are named."""
        before: Snapshot | None = None
        graph = NO_GRAPH if wanted is not None else self._graph()
        for node in self._branch:
            if wanted is not None and node.ref.file not in wanted:
                continue
            try:
                checkpoint = self._store.load_within(node.ref.file, DocumentBudget())
            except CkptError as error:
                yield CheckedStep(node, (), ()), None, error
                before = None
                continue
            after = take_snapshot(checkpoint)
            step = step_between(before, after, graph)
            asked = tuple(request.executor for request in step.raised)
            yield CheckedStep(node, step.names, asked), checkpoint, None
            before = after

    def _graph(self) -> Any:
        learner = GraphLearner()
        before: Snapshot | None = None
        for node in self._branch:
            try:
                after = take_snapshot(self._store.load(node.ref.file))
            except CkptError:
                before = None
                continue
            if after.checkpoint.topology is not None:
                return of_topology(after.checkpoint.topology)
            learner.learn(before, after)
            before = after
        return learner.graph

    def _look(
        self, states: Sequence[_Counting], files: dict[int, str], number: int,
        found: tuple[CheckedStep, Checkpoint | None, CkptError | None],
    ) -> None:  # fmt: skip
        point, checkpoint, error = found
        document: dict[str, Any] | None = None
        for state in states:
            check = state.check
            if state.failure is not None or (check.at and files[id(state)] != point.node.ref.file):
                continue
            if check.ran and check.ran not in point.ran:
                continue
            if check.kind in _STEPS:
                _count_step(state, point, number)
                continue
            if checkpoint is None:
                if check.kind in ("safe", "always", "never") or check.at:
                    reason = error.what if error is not None else ""
                    state.failure = Failure(point.node.ref.id, "", check.expected, reason=reason)
                continue
            state.looked += 1
            if check.kind == "safe":
                self._judge(state, point, checkpoint)
                continue
            if check.kind in _LATER:
                continue
            if document is None:
                document = show_document(checkpoint, self._run.id, point.node, reveal=True)
            self._ask(state, point, number, checkpoint, document)

    # -- single checks -----------------------------------------------------------------------------------------------

    def _ask(
        self, state: _Counting, point: CheckedStep, number: int, checkpoint: Checkpoint, document: dict[str, Any]
    ) -> None:
        check = state.check
        values = []
        for one in state.expressions:
            try:
                values.append(one.of(document))
            except UnanswerableError:
                values.append(None)
        holds = [is_true(value) for value in values]
        if check.kind == "before":
            for subject, is_so in zip(check.subject, holds, strict=True):
                if is_so:
                    state.first.setdefault(subject, number)
            return
        if check.kind in ("eventually", "count"):
            state.count += holds[0]
            return
        failed = holds[0] if check.kind == "never" else not holds[0]
        reason = ""
        if check.kind == "value":
            reason = why_not(values[0], check.words)
            failed = bool(reason)
        if failed:
            shown = self._masked(state.expressions[0], checkpoint)
            reason = reason or ("nothing is there" if shown is None else "")
            state.failure = Failure(
                point.node.ref.id, check.subject[0], check.expected, shown, shown is not None, reason,
                self._changes(point.node, checkpoint, check.subject[0]),
            )  # fmt: skip

    def _masked(self, one: Expression, checkpoint: Checkpoint) -> Any:
        """What a person may see of the value."""
        try:
            return one.of(show_document(checkpoint))
        except UsageError:
            return None

    def _judge(self, state: _Counting, point: CheckedStep, checkpoint: Checkpoint) -> None:
        found = unsafe_values(checkpoint)
        if found:
            state.failure = Failure(point.node.ref.id, "", state.check.expected, reason="; ".join(found[:5]))

    def _changes(self, node: Node, checkpoint: Checkpoint, path: str) -> list[dict[str, Any]]:
        """What the step to a checkpoint changed, at the path first."""
        above = next((each for each in self._branch if each.ref.id == node.parent), None)
        if above is None:
            return []
        try:
            before = self._store.load(above.ref.file)
        except CkptError:
            return []
        rules = IgnoreRules(self._rules)
        found = diff(parts_of(before), parts_of(checkpoint), rules, scale_of(before, checkpoint)).shown
        steps = parse(path) or ()
        near = [one for one in found if one.path[: len(steps)] == steps or steps[: len(one.path)] == one.path]
        return [change_document(one) for one in (near if steps and near else found)[:CHANGES]]

    def _finish(self, state: _Counting) -> None:
        """What can only be said at the end of the branch."""
        check, kind = state.check, state.check.kind
        if check.ran and not state.looked:
            state.failure = Failure("", check.subject[0], check.expected, reason=f"{check.ran} never ran")
        elif kind == "eventually" and not state.count:
            tip = self._branch[-1]
            state.failure = Failure(tip.ref.id, check.subject[0], check.expected, reason="it was never true")
        elif kind in ("count", "runs", "asked"):
            reason = why_not(state.count, check.words)
            if reason:
                state.failure = Failure("", check.subject[0], check.expected, state.count, True, reason)
        elif kind in ("before", "order"):
            self._finish_order(state)
        elif kind == "graph":
            self._finish_graph(state)
        elif kind == "same_as":
            path = os.path.join(self._base, check.subject[0])
            state.failure = compare_with_recorded(check, path, self._store, self._run, self._branch, self._rules)

    def _finish_order(self, state: _Counting) -> None:
        last = -1
        for name in state.check.subject:
            at = state.first.get(name)
            if at is None:
                what = "never ran" if state.check.kind == "order" else "was never true"
                state.failure = Failure("", name, state.check.expected, reason=f"{name} {what}")
                return
            if at <= last:
                node = self._branch[at]
                state.failure = Failure(node.ref.id, name, state.check.expected, reason=f"{name} came too early")
                return
            last = at

    def _finish_graph(self, state: _Counting) -> None:
        wanted = state.check.subject[0]
        first = self._branch[0].ref.graph if wanted == "unchanged" else wanted
        for node in self._branch:
            state.looked += 1
            if node.ref.graph != first:
                expected = f"graph {first[:12]}"
                state.failure = Failure(node.ref.id, "graph", expected, node.ref.graph, True, "the workflow changed")
                return

    # -- ids and expressions -----------------------------------------------------------------------------------------

    def _expressions(self, check: Check) -> tuple[Expression, ...]:
        if check.kind not in ("expect", "value", "always", "eventually", "never", "before", "count"):
            return ()
        try:
            return tuple(Expression(text) for text in check.subject)
        except UsageError as error:
            raise UsageError(f"{check.name}: {error.what}", error.hint) from None

    def _file_of(self, check: Check) -> str:
        """The file of the checkpoint that `at` means: on this branch, `latest` is its tip."""
        base, tilde, up = check.at.partition("~")
        if base in ("latest", "first"):
            back = int(up or 1) if tilde and (up or "1").isdigit() else 0
            at = len(self._branch) - 1 - back if base == "latest" else 0
            if at >= 0:
                return self._branch[at].ref.file
            raise UsageError(f"{check.name}: {check.at} is before the {len(self._branch):,} checkpoints of the branch.")
        step = re.fullmatch(r"step (\d{1,9})", check.at)
        if step is not None:
            node = next((each for each in self._branch if each.ref.step == int(step[1])), None)
            if node is None:
                raise UsageError(f"{check.name}: the branch has no {check.at}.")
            return node.ref.file
        try:
            return find(check.at, (self._run,)).ref.file
        except IdFault as fault:
            raise UsageError(f"{check.name}: {fault.reason}.", "An id, latest, latest~N, first or `step N`.") from None


_STEPS = ("order", "runs", "asked")
_LATER = ("graph", "same_as")


def _count_step(state: _Counting, point: CheckedStep, number: int) -> None:
    state.looked += 1
    check = state.check
    if check.kind == "order":
        for name in check.subject:
            if name in point.ran:
                state.first.setdefault(name, number)
    else:
        names = point.ran if check.kind == "runs" else point.asked
        state.count += names.count(check.subject[0])
