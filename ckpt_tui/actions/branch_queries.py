"""Questions about a branch: which values a path had, who ran then, and where an expression first became true."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from ckpt_tui.actions.branch_checkpoints import BranchCheckpoint, Check, Progress, Span, StoreQueries, stamps
from ckpt_tui.actions.expressions import Expression, UnanswerableError, is_true
from ckpt_tui.core.matching.digests import SCALARS, Digests, OutOfBudget, scalar_text
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.reading.lookup import shown
from ckpt_tui.core.reading.value_size import size_of
from ckpt_tui.core.runs.lineage import Node
from ckpt_tui.core.runs.path_history import Bisection, History, HistoryValue
from ckpt_tui.core.runs.unread_files import Unread
from ckpt_tui.core.shown_names import masked_name
from ckpt_tui.core.steps.learned_graph import Graph, GraphLearner, given
from ckpt_tui.core.steps.steps import NO_GRAPH, runners
from ckpt_tui.core.value import Value
from ckpt_tui.errors import CkptError, UsageError

_PROGRESS_EVERY = 64
"""Checkpoints evaluated between two reports of progress: about 10 ms."""

GRAPH_STEPS = 64
"""Steps at each end of a branch that the graph of executors is learned from; most runs repeat the same steps."""


class BranchQuery(NamedTuple):
    """A query of a branch.

    Attributes:
        run: The id of its run.
        nodes: The branch, root first.
        expression: A path, or any expression.
        reveal: Show, and evaluate on, unmasked values.
    """

    run: str
    nodes: Sequence[Node]
    expression: Expression
    reveal: bool = False


class _Evaluated(NamedTuple):
    """The answers for a branch so far, and the content they hold for; a branch that grew continues from them."""

    stamps: tuple[object, ...]
    values: tuple[HistoryValue, ...]
    last: str


class BranchQueries(StoreQueries):
    """Answers questions about branches of one store; a repeated question continues from its last answer."""

    def history(self, query: BranchQuery, progress: Progress = None, check: Check = None) -> History:
        """The values that a path, or any expression, took along a branch.

        Args:
            query: What is asked of which branch.
            progress: Called with the checkpoints checked and those of the branch, now and then.
            check: Called now and then; whatever it raises is passed on.
        """
        return list(self.follow(query, progress, check))[-1]

    def follow(self, query: BranchQuery, progress: Progress = None, check: Check = None) -> Iterator[History]:
        """Yield the history so far at intervals; the last one is complete."""
        run, nodes, expression, reveal = query
        key = ("history", expression.text, reveal, nodes[0].ref.id, nodes[-1].lane)
        known: _Evaluated = self._answers.get(key) or _Evaluated((), (), "")
        begin = len(known.stamps)
        content = [*stamps(self._reader, nodes[:begin])]  # what is read is stamped as it is read
        if known.stamps != tuple(content):
            known, begin, content = _Evaluated((), (), ""), 0, []
        values = list(known.values)
        unread: list[Unread] = []
        last, graph = known.last, NO_GRAPH
        before: BranchCheckpoint | None = None
        text: Span | None = None
        for index in range(max(begin - 1, 0) if begin < len(nodes) else begin, len(nodes)):
            if index % _PROGRESS_EVERY == 0:
                if progress is not None:
                    progress(index, len(nodes))
                yield History(expression.text, tuple(values), index - len(unread), tuple(unread), False)
                if check is not None:
                    check()
            try:
                checkpoint = BranchCheckpoint(self._store, self._reader, run, nodes[index], check)
                if index < begin:  # known; read for the step that follows
                    before = checkpoint
                    continue
                content.append(checkpoint.stamp)
                was, text = text, checkpoint.span(expression.path) if expression.path is not None else None
                if text is not None and text == was:
                    before = checkpoint
                    continue
                value, absent, sign = self._value(checkpoint, expression, text, reveal, check)
            except CkptError as error:
                unread.append(_gap(error, nodes[index].ref.file, len(nodes) - len(unread)))
                text = None
                continue
            if sign != last:
                if graph is NO_GRAPH:
                    graph = self._graph(run, nodes, check)
                ran = self._ran(before, checkpoint, graph)
                values.append(HistoryValue(checkpoint.node.ref, value(), absent, *ran))
            last, before = sign, checkpoint
        if not unread:
            self._answers.put(key, _Evaluated(tuple(content), tuple(values), last), len(values) + len(content) // 8 + 1)
        if progress is not None:
            progress(len(nodes), len(nodes))
        yield History(expression.text, tuple(values), len(nodes) - len(unread), tuple(unread))

    def _value(
        self, checkpoint: BranchCheckpoint, expression: Expression, text: Span | None, reveal: bool, check: Check
    ) -> tuple[Callable[[], object], bool, str]:
        """A function that gives the JSON of a value; whether there is none; a key that is equal for equal values."""
        if expression.path is not None:
            found = checkpoint.find(expression.path, text)
            sign = "-" if found.absent else _sign(found.value, check)
            return (lambda: shown(found, reveal)), found.absent, sign
        value = checkpoint.ask(expression, reveal)
        return (lambda: value), value is None, _sign(value, check)

    def _graph(self, run: str, nodes: Sequence[Node], check: Check) -> Graph:
        """The graph of executors: as the store knows it, or as far as the ends of a branch show."""
        if self._reader is None:
            with suppress(CkptError):
                topology = BranchCheckpoint(self._store, None, run, nodes[0], check).checkpoint.topology
                if topology is not None:
                    edges = [(edge.source, edge.target) for edge in topology.edges]
                    return given([node.id for node in topology.nodes], edges, topology.start)
        lessons = GraphLearner()
        first = range(min(len(nodes), GRAPH_STEPS))
        for part in (first, range(max(len(nodes) - GRAPH_STEPS, len(first)), len(nodes))):
            before: BranchCheckpoint | None = None
            for index in part:
                try:
                    checkpoint = BranchCheckpoint(self._store, self._reader, run, nodes[index], check)
                    if before is not None or not index:
                        lessons.learn(before.snapshot if before is not None else None, checkpoint.snapshot)
                    before = checkpoint
                except CkptError:
                    before = None
        return lessons.graph

    @staticmethod
    def _ran(
        before: BranchCheckpoint | None, checkpoint: BranchCheckpoint, graph: Graph
    ) -> tuple[tuple[str, ...], bool, str]:
        kind, ran = runners(before.snapshot if before is not None else None, checkpoint.snapshot, graph)
        certain = [one for one in ran if one.certain]
        return tuple(one.executor for one in certain), any(one.inferred for one in certain), kind

    # -- bisect ------------------------------------------------------------------------------------------------------

    def bisect(
        self, query: BranchQuery, halving: bool = False, progress: Progress = None, check: Check = None
    ) -> Bisection:
        """The first checkpoint of a branch where an expression is true, and how often it turns.

        An expression is true as JMESPath takes it: not null, false or empty.

        Args:
            query: What is asked of which branch.
            halving: Evaluate few checkpoints: correct only if it becomes true once; flips are not counted.
            progress: Called with the checkpoints checked and those of the branch.
            check: Called now and then; whatever it raises is passed on.
        """
        run, nodes, expression, reveal = query
        key = ("bisect", expression.text, reveal, halving, nodes[0].ref.id, nodes[-1].ref.id)
        content = stamps(self._reader, nodes)
        known: tuple[tuple[object, ...], Bisection] | None = self._answers.get(key)
        if known is not None and known[0] == content:
            return known[1]
        asked: dict[int, bool | None] = {}
        unread: list[Unread] = []
        was: tuple[tuple[Span | None, ...], bool] | None = None

        def holds(index: int) -> bool | None:
            """Whether it is true there; None where the checkpoint cannot be read."""
            nonlocal was
            if index not in asked:
                if check is not None:
                    check()
                try:
                    checkpoint = BranchCheckpoint(self._store, self._reader, run, nodes[index], check)
                    texts = tuple(checkpoint.span(path) for path in expression.needs or ())
                    if was is not None and texts and None not in texts and texts == was[0]:
                        asked[index] = was[1]
                    else:
                        asked[index] = answer = is_true(checkpoint.ask(expression, reveal, texts))
                        was = texts, answer
                except CkptError as error:
                    unread.append(_gap(error, nodes[index].ref.file, len(nodes) - len(unread)))
                    asked[index] = None
                if progress is not None and (halving or index % _PROGRESS_EVERY == 0):
                    progress(len(asked), len(nodes))
            return asked[index]

        first = _halve(holds, len(nodes)) if halving else _scan(holds, len(nodes))
        flips: int | None = None
        if not halving:
            answers = [answer for index in range(len(nodes)) if (answer := asked[index]) is not None]
            flips = sum(1 for index in range(1, len(answers)) if answers[index] is not answers[index - 1])
        if progress is not None:
            progress(len(nodes), len(nodes))
        found = Bisection(
            expression.text,
            None if first is None else self._ref(nodes[first]),
            None if not first else self._ref(nodes[first - 1]),
            flips, len(asked) - len(unread), tuple(unread),
        )  # fmt: skip
        if not unread:
            self._answers.put(key, (content, found), len(content) // 8 + 1)
        return found

    def _ref(self, node: Node) -> CheckpointRef:
        """The header of a checkpoint with its facts, where it can be read."""
        try:
            return node.ref if node.ref.facts is not None else self._store.load(node.ref.file).ref
        except CkptError:
            return node.ref


def _gap(error: CkptError, file: str, left: int) -> Unread:
    """A checkpoint that could not be evaluated; raises the error where the expression itself is wrong.

    Args:
        error: Why it could not be evaluated.
        file: Its file.
        left: Checkpoints of the branch not evaluated yet, plus those that were evaluated: 1 where every other one
            failed.
    """
    if isinstance(error, UsageError) and (left == 1 or not isinstance(error, UnanswerableError)):
        raise error
    return Unread(masked_name(file), masked_name(error.what))


def _sign(value: Value, check: Check) -> str:
    """A key that is equal for equal values; for a value too large to be compared, the size of its JSON."""
    if type(value) in SCALARS:
        return f"={scalar_text(value)}"
    try:
        return str(Digests(check=check).of(value))
    except OutOfBudget:
        return f"about {size_of(value).size}"


def _scan(holds: Callable[[int], bool | None], count: int) -> int | None:
    """Evaluate every checkpoint; returns the first where it holds."""
    first = None
    for index in range(count):
        if holds(index) and first is None:
            first = index
    return first


def _halve(holds: Callable[[int], bool | None], count: int) -> int | None:
    """The first checkpoint where it holds, if it turns true once; what cannot be read counts as false."""
    if not count or not holds(count - 1):
        return None
    low, high = -1, count - 1
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle
    return high
