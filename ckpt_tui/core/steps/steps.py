"""One step of a run, between a checkpoint and its parent, from the files alone.

Facts in the files are certain. The rest (edges are not stored, and an executor that sends nothing leaves no trace) is
inferred from the graph as far as it is known, and marked so, with a reason.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.langgraph_layout import ANSWERED
from ckpt_tui.core.model import CheckpointRef, PendingRequest
from ckpt_tui.core.reading.chat import fields
from ckpt_tui.core.reading.pending import attribute
from ckpt_tui.core.steps.learned_graph import Graph
from ckpt_tui.core.steps.snapshots import FanIn, Kind, Snapshot, Sort, kind_of_step, ran_for_certain
from ckpt_tui.core.value import Value

NO_GRAPH = Graph()

Light = Literal["ran", "running", "failed", "maybe", "waiting", "next", "stopped", "idle"]
"""The state of an executor: it ran in the step, is running or failed in a live run, possibly ran, waits, has a message
coming, has a message coming that nothing came of, or none of it."""


class Ran(NamedTuple):
    """An executor that ran in a step.

    Attributes:
        executor: Its id.
        reason: The evidence, as text for people.
        inferred: The file does not show it; the graph makes it likely.
        certain: False where it is one of several that may have run.
    """

    executor: str
    reason: str
    inferred: bool = False
    certain: bool = True


class Waiting(NamedTuple):
    """An executor that waits.

    Attributes:
        executor: Its id.
        reason: What it waits for, as text for people.
    """

    executor: str
    reason: str


class Flight(NamedTuple):
    """Messages in flight from one executor to the same others.

    Attributes:
        source: The executor that sent them; the receiver's own name where they come from outside.
        targets: The executors they go to; none where that is not known.
        sort: Their kind.
        data: The content of each.
        inferred: Why the targets are taken to be these; "" where the file names them.
    """

    source: str
    targets: tuple[str, ...]
    sort: Sort
    data: tuple[Value, ...]
    inferred: str = ""


class Answered(NamedTuple):
    """A request that no longer waits.

    Attributes:
        request: The request.
        given: Whether the answer is in the checkpoint.
        answer: The answer.
        part: The part of the checkpoint that holds it.
        earlier: Answers to earlier questions of the same call, which are in no checkpoint.
    """

    request: PendingRequest
    given: bool = False
    answer: Value = None
    part: str = "messages"
    earlier: tuple[Value, ...] = ()


class Step(NamedTuple):
    """The step between a checkpoint and its parent.

    Attributes:
        ref: The checkpoint that the step led to.
        parent: The checkpoint it began at, or None at the beginning of what is known.
        kind: Executors ran (`superstep`), an input or an answer came in, or it is the first checkpoint known.
        seconds: How long it took, or None where a time is missing.
        ran: Executors that ran, the certain ones first.
        waits: Executors that wait, and for what.
        flights: Messages in flight after it, for the next step.
        raised: Requests that were asked in it.
        answered: Requests that were answered in it.
        executors: All that the checkpoint names.
        due: Nodes that are to be run again, where the store lists them.
        stopped: Nothing was written after this checkpoint although messages were in flight, and the run is not live.
    """

    ref: CheckpointRef
    parent: CheckpointRef | None
    kind: Kind
    seconds: float | None
    ran: tuple[Ran, ...]
    waits: tuple[Waiting, ...]
    flights: tuple[Flight, ...]
    raised: tuple[PendingRequest, ...]
    answered: tuple[Answered, ...]
    executors: tuple[str, ...]
    due: tuple[str, ...] = ()
    stopped: bool = False

    @property
    def inferred(self) -> bool:
        """Whether any executor that ran is inferred."""
        return any(ran.inferred for ran in self.ran)

    @property
    def names(self) -> tuple[str, ...]:
        """The executors that ran, without those that only may have."""
        return tuple(ran.executor for ran in self.ran if ran.certain)

    def lights(self) -> dict[str, Light]:
        """The state of each executor that is not idle. Waiting counts most, then ran, then next."""
        found: dict[str, Light] = {}
        coming: Light = "stopped" if self.stopped else "next"
        for flight in self.flights:
            found.update(dict.fromkeys(flight.targets, coming))
        found.update(dict.fromkeys(self.due, coming))
        for ran in self.ran:
            found[ran.executor] = "ran" if ran.certain else "maybe"
        found.update(dict.fromkeys((wait.executor for wait in self.waits), "waiting"))
        return found


def step_between(
    before: Snapshot | None, after: Snapshot, graph: Graph = NO_GRAPH, then: Snapshot | None = None,
    stopped: bool = False, certain: Mapping[str, str] | None = None,
) -> Step:  # fmt: skip
    """The step from a checkpoint to its child.

    Args:
        before: The parent, or None where there is none.
        after: The checkpoint that the step led to.
        graph: The graph as far as it is known; facts from it are marked as inferred.
        then: The checkpoint after it on the branch; it shows who received what is in flight.
        stopped: Nothing was written after this checkpoint, and the run is not live.
        certain: The result of `ran_for_certain` for the two, where it is known already.
    """
    kind, ran = runners(before, after, graph, certain)
    parent = before.checkpoint.ref if before is not None else None
    ref = after.checkpoint.ref
    seconds = ref.when - parent.when if parent is not None and parent.when and ref.when else None
    later = ran_for_certain(after, then) if then is not None else {}
    return Step(
        ref, parent, kind, seconds, ran, tuple(_waits(after)), tuple(_flights(after, graph, later)),
        tuple(request for key, request in after.requests.items() if before is None or key not in before.requests),
        tuple(answered(before, after)), after.names, after.due, stopped and bool(after.sent) and not after.requests,
    )  # fmt: skip


def runners(
    before: Snapshot | None, after: Snapshot, graph: Graph = NO_GRAPH, certain: Mapping[str, str] | None = None
) -> tuple[Kind, tuple[Ran, ...]]:
    """The kind of a step, and the executors that ran in it, the certain ones first; arguments as of `step_between`."""
    kind = kind_of_step(before, after)
    certain = ran_for_certain(before, after) if certain is None else certain
    ran = [Ran(name, reason) for name, reason in certain.items()]
    if before is not None and kind == "superstep":
        ran += _inferred(before, certain, graph, _gathered(before, after))
    return kind, tuple(ran)


def _gathered(before: Snapshot, after: Snapshot) -> frozenset[str]:
    """Senders whose messages were gathered by a fan-in; no other executor needs to have received them."""
    fan_ins = (*before.fan_ins, *after.fan_ins)
    return frozenset(source for fan_in in fan_ins for source in fan_in.sources)


def _inferred(before: Snapshot, certain: Mapping[str, str], graph: Graph, gathered: frozenset[str]) -> list[Ran]:
    """The other executors that must have received messages without a named receiver."""
    sure: dict[str, list[str]] = {}
    maybe: dict[str, list[str]] = {}
    for source in dict.fromkeys(sent.source for sent in before.sent if sent.sort == "message" and sent.target is None):
        targets = graph.targets(source)
        if source in gathered or any(name in certain for name in targets):
            continue
        known = [name for name in targets if graph.edges[source, name].trust != "possible"]
        names = known or list(targets)
        for name in names:
            (sure if len(names) == 1 else maybe).setdefault(name, []).append(source)
    again = [Ran(name, "was to run again", True) for name in before.due if name not in certain]
    found = [Ran(name, f"gets what {' and '.join(by)} sent", True) for name, by in sure.items()]
    others = {name: by for name, by in maybe.items() if name not in sure}
    return (
        again
        + found
        + [
            Ran(name, f"one of {len(others)} that may have received what {' and '.join(by)} sent", True, False)
            for name, by in others.items()
        ]
    )


def _waits(after: Snapshot) -> Iterable[Waiting]:
    asked: dict[str, int] = {}
    for request in after.requests.values():
        asked[request.executor] = asked.get(request.executor, 0) + 1
    for name, number in asked.items():
        yield Waiting(name, "an answer" if number == 1 else f"{number} answers")
    for fan_in in after.fan_ins:
        missing = _missing(fan_in)
        if fan_in.arrived and missing:
            yield Waiting(fan_in.target, f"a message of {', '.join(missing)}; has {', '.join(fan_in.arrived)}")


def _missing(fan_in: FanIn) -> list[str]:
    return [source for source in fan_in.sources if source not in fan_in.arrived]


def _flights(after: Snapshot, graph: Graph, later: Mapping[str, str]) -> Iterable[Flight]:
    found: dict[tuple[str, tuple[str, ...], Sort, str], list[Value]] = {}
    for sent in after.sent:
        if sent.target is not None:
            found.setdefault((sent.source, (sent.target,), sent.sort, ""), []).append(sent.data)
        else:
            targets, reason = _guess(sent.source, graph, later)
            found.setdefault((sent.source, targets, sent.sort, reason), []).append(sent.data)
    for (source, targets, sort, reason), data in found.items():
        yield Flight(source, targets, sort, tuple(data), reason)


def _guess(source: str, graph: Graph, later: Mapping[str, str]) -> tuple[tuple[str, ...], str]:
    """The likely receivers of a message without a named one, and the reason."""
    targets = graph.targets(source)
    if graph.complete:
        ran = tuple(name for name in targets if name in later)
        if len(targets) == 1:
            return targets, ""
        return (ran, "ran next") if ran else (targets, "all that the workflow's edges allow")
    ran = tuple(name for name in targets if name in later)
    if ran:
        return ran, "ran next"
    sure = tuple(name for name in targets if graph.edges[source, name].trust != "possible")
    if sure:
        return sure, "its messages go there"
    return (targets, "may be one of these") if targets else ((), "the file does not say")


def answered(before: Snapshot | None, after: Snapshot) -> Iterable[Answered]:
    """The requests that no longer wait after a step."""
    interrupts = {each.request.id: each for each in _interrupts(after)}
    yield from interrupts.values()
    if before is None:
        return
    answers = [sent for sent in after.sent if sent.sort != "message"]
    by_id = {sent.request: sent for sent in answers if sent.request}
    others = [sent for sent in answers if not sent.request]
    for key, request in before.requests.items():
        if key in after.requests or key in interrupts:  # before a fork the original may show it as waiting still
            continue
        sent = by_id.get(key)
        if sent is None:  # early versions do not write which request an answer is for
            sent = next((sent for sent in others if sent.target == request.executor), None)
            others = [other for other in others if other is not sent]
        yield Answered(request, sent is not None, sent.data if sent is not None else None)


def _interrupts(after: Snapshot) -> Iterable[Answered]:
    """The interrupts of LangGraph that were answered in a step: the checkpoint after it names them."""
    listed = resolve(attribute(after.checkpoint.metadata, ANSWERED))
    for one in listed if type(listed) is list else ():
        found = fields(one)
        answers = resolve(found.get("answers"))
        given = answers if type(answers) is list else []
        request = PendingRequest(
            str(found.get("id", "")), str(found.get("node", "")), "interrupt", "", found.get("question")
        )
        yield Answered(request, bool(given), given[-1] if given else None, "metadata", tuple(given[:-1]))
