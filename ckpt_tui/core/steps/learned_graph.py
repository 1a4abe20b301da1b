"""The graph of executors, learned from checkpoints: the files do not store edges, but messages show them.

An edge is `exact` where a file names it (the target of a message, the key of a fan-in) or where a definition of the
workflow was given; `inferred` where a message of one executor was followed by a step in which another ran; `possible`
where more than one reading fits.
"""

from collections.abc import Container, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

from ckpt_tui.core.steps.snapshots import Snapshot, kind_of_step, ran_for_certain

if TYPE_CHECKING:
    from ckpt_tui.core.topology import Topology

Trust = Literal["exact", "inferred", "possible"]

Pair = tuple[str, str]
"""The source and the target of an edge."""

OBSERVATIONS = 4_096
"""Different pairs of senders and receivers that are kept; a run of any length repeats a few."""


class Edge(NamedTuple):
    """One executor can send to another.

    Attributes:
        source: Who sends.
        target: Who receives.
        trust: How certain the edge is.
    """

    source: str
    target: str
    trust: Trust


class Graph(NamedTuple):
    """Executors and the edges between them.

    Attributes:
        nodes: Every executor, in a stable order.
        edges: (source, target) → edge, in a stable order.
        start: The executor that receives the input, or "".
        complete: The workflow itself was inspected: there are no other edges.
    """

    nodes: tuple[str, ...] = ()
    edges: Mapping[Pair, Edge] = MappingProxyType({})
    start: str = ""
    complete: bool = False

    def targets(self, source: str, *trust: Trust) -> tuple[str, ...]:
        """The executors that one sends to; only edges of these sorts where some are named."""
        return tuple(
            [
                edge.target
                for edge in self.edges.values()
                if edge.source == source and (not trust or edge.trust in trust)
            ]
        )

    @property
    def is_inferred(self) -> bool:
        """Whether an edge is not exact."""
        return any(edge.trust != "exact" for edge in self.edges.values())


def given(nodes: Iterable[str], edges: Iterable[Pair], start: str = "") -> Graph:
    """The exact graph of a workflow that was inspected, or of a definition beside the checkpoints."""
    pairs = list(edges)
    names = dict.fromkeys([*nodes, *(name for pair in pairs for name in pair)])
    return Graph(tuple(names), {pair: Edge(*pair, "exact") for pair in pairs}, start, complete=True)


def of_topology(topology: "Topology") -> Graph:
    """The exact graph that a store knows."""
    edges = [(edge.source, edge.target) for edge in topology.edges]
    return given([node.id for node in topology.nodes], edges, topology.start)


class Observation(NamedTuple):
    """The evidence of one step about edges: senders without a named receiver, executors without a named sender."""

    senders: tuple[str, ...]
    ran: tuple[str, ...]


class GraphLearner:
    """Learns the graph step by step, in any order, in memory that does not grow with the length of a run."""

    def __init__(self) -> None:
        self._nodes: dict[str, None] = {}
        self._stated: dict[str, None] = {}
        self._seen: set[str] = set()
        self._exact: dict[Pair, None] = {}
        self._observed: dict[Observation, None] = {}
        self._start = ""
        self._graph: Graph | None = None
        self._last = Graph()

    def learn(self, before: Snapshot | None, after: Snapshot, certain: Mapping[str, str] | None = None) -> None:
        """Take in one step: a checkpoint and its parent; `certain` is what `ran_for_certain` says, where known."""
        if before is not None:
            self._look_at(before)
        self._look_at(after)
        if kind_of_step(before, after) in ("answer", "input"):
            return
        ran = ran_for_certain(before, after) if certain is None else certain
        self._note_seen(ran)
        if before is None:
            return
        self._observe(before, after, ran)

    @property
    def graph(self) -> Graph:
        """The graph as far as it is known."""
        if self._graph is None:
            solved = self._solve()
            # The same graph is the same object, so that a drawing of it can be reused.
            self._last = self._graph = self._last if solved == self._last else solved
        return self._graph

    def _look_at(self, snapshot: Snapshot) -> None:
        for name in snapshot.states:
            if name not in self._stated:
                self._stated[name] = None
                self._graph = None
        for name in snapshot.names:
            if name not in self._nodes:
                self._nodes[name] = None
                self._graph = None
        for sent in snapshot.sent:
            if sent.sort == "message" and sent.target is not None:
                self._add_exact(sent.source, sent.target)
            if sent.sort == "input" and not self._start:
                self._start = sent.source
                self._graph = None
        for fan_in in snapshot.fan_ins:
            for source in fan_in.sources:
                self._add_exact(source, fan_in.target)

    def _add_exact(self, source: str, target: str) -> None:
        if (source, target) not in self._exact:
            self._exact[source, target] = None
            self._graph = None

    def _note_seen(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._seen:
                self._seen.add(name)
                self._graph = None

    def _observe(self, before: Snapshot, after: Snapshot, ran: Mapping[str, str]) -> None:
        gathered = {source for fan_in in (*before.fan_ins, *after.fan_ins) for source in fan_in.sources}
        senders = dict.fromkeys(sent.source for sent in before.sent if sent.sort == "message" and sent.target is None)
        open_senders = tuple(name for name in senders if name not in gathered)
        addressed = {sent.target for sent in before.sent if sent.target is not None}
        fed = {fan_in.target for fan_in in (*before.fan_ins, *after.fan_ins)}
        called = tuple(name for key, name in after.calls.items() if key not in before.calls)
        if called and before.calls:  # a functional workflow: its steps follow each other
            open_senders, receivers = (list(before.calls.values())[-1],), called
        else:
            receivers = tuple(name for name in ran if name not in addressed and name not in fed)
        observation = Observation(open_senders, receivers)
        if open_senders and observation not in self._observed and len(self._observed) < OBSERVATIONS:
            self._observed[observation] = None
            self._graph = None

    def _solve(self) -> Graph:
        trust: dict[Pair, Trust] = dict.fromkeys(self._exact, "exact")
        fed = {target for _, target in trust}
        unseen = [name for name in self._stated if name not in self._seen and name not in fed]
        pending = list(self._observed)
        # An edge that one step shows explains others, until nothing changes.
        while found := {pair for seen in pending for pair in _explain(seen, trust, everyone_seen=not unseen)}:
            trust.update(dict.fromkeys(found, "inferred"))
        sure = frozenset(trust)
        for seen in pending:
            for pair in _candidates(seen, sure):
                trust.setdefault(pair, "possible")
        # Messages without a known receiver must have gone to executors that were never seen to run.
        lost = dict.fromkeys(sender for seen in pending if not seen.ran for sender in seen.senders)
        for sender in lost:
            if not any(source == sender for source, _ in sure):
                for name in unseen:
                    trust.setdefault((sender, name), "inferred" if len(unseen) == 1 else "possible")
        # A file may name an executor "", which counts as none where no edge leads to it or away.
        nodes = tuple(dict.fromkeys([*self._stated, *self._nodes, *(name for pair in trust for name in pair)]))
        place = {name: index for index, name in enumerate(nodes)}
        pairs = sorted(trust, key=lambda pair: (place[pair[0]], place[pair[1]]))
        return Graph(nodes, {pair: Edge(*pair, trust[pair]) for pair in pairs}, self._start)


def _explain(seen: Observation, known: Mapping[Pair, Trust], everyone_seen: bool) -> list[Pair]:
    """Edges that must exist for the executors to have run that did, given the known edges."""
    senders, ran = _unexplained(seen, known)
    if len(senders) == 1:
        return [(senders[0], name) for name in ran]
    if len(ran) == 1 and len(seen.ran) == 1 and everyone_seen:
        # Each message was received, no executor runs without a trace, and only one ran.
        return [(name, ran[0]) for name in senders]
    return []


def _candidates(seen: Observation, known: Container[Pair]) -> list[Pair]:
    senders, ran = _unexplained(seen, known)
    return [(source, target) for source in (senders or seen.senders) for target in ran]


def _unexplained(seen: Observation, known: Container[Pair]) -> tuple[list[str], list[str]]:
    """Senders of whom no receiver is known, and receivers of whom no sender is known, in one observation."""
    ran = [name for name in seen.ran if not any((source, name) in known for source in seen.senders)]
    senders = [name for name in seen.senders if not any((name, target) in known for target in seen.ran)]
    return senders or (list(seen.senders) if len(seen.senders) == 1 else []), ran
