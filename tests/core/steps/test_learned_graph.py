"""The graph that is learned from messages, step by step."""

from typing import Any

import pytest

from ckpt_tui.core.drawing.drawing import Drawing
from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.core.replay.frames import make_frame
from ckpt_tui.core.steps.learned_graph import Graph, GraphLearner, of_topology
from ckpt_tui.core.steps.snapshots import Snapshot, take_snapshot
from ckpt_tui.core.topology import Topology, TopologyEdge, TopologyNode


def sent(*names: str) -> dict[str, Any]:
    """Messages in flight to nobody named: `a`; to an executor: `a>b`."""
    out: dict[str, Any] = {}
    for name in names:
        source, arrow, target = name.partition(">")
        out.setdefault(source, []).append({"source_id": source, "data": 1} | ({"target_id": target} if arrow else {}))
    return out


def at(number: int, messages: Any = (), state: Any = ()) -> Snapshot:
    ref = CheckpointRef(str(number), f"{number}.json", "flow", "g", None, "", float(number), number, 1)
    return take_snapshot(Checkpoint(ref, dict(messages), dict(state), {}, {}, (), (), b""))


def states(*names: str) -> dict[str, Any]:
    return {"_executor_state": {name: {} for name in names}}


def learned(*steps: Snapshot) -> Graph:
    lessons = GraphLearner()
    for before, after in zip((None, *steps), steps, strict=False):
        lessons.learn(before, after)
    return lessons.graph


def edges(graph: Graph) -> dict[str, str]:
    return {f"{edge.source}>{edge.target}": edge.trust for edge in graph.edges.values()}


def test_a_message_to_nobody_named_went_to_the_one_that_ran() -> None:
    assert edges(learned(at(1, sent("a")), at(2, sent("b")))) == {"a>b": "inferred"}


def test_a_message_to_somebody_named_is_an_edge_whoever_ran() -> None:
    assert edges(learned(at(1, sent("a>b")), at(2, sent("c")))) == {"a>b": "exact"}


def test_several_senders_and_the_only_one_that_ran_are_joined_where_everybody_was_seen_to_run() -> None:
    steps = at(1, sent("a", "b")), at(2, sent("c"))
    assert edges(learned(*steps)) == {"a>c": "inferred", "b>c": "inferred"}
    unseen = at(1, sent("a", "b"), states("z")), at(2, sent("c"), states("z"))
    assert edges(learned(*unseen)) == {"a>c": "possible", "b>c": "possible"}


def test_several_senders_and_several_that_ran_leave_open_which() -> None:
    graph = learned(at(1, sent("a", "b")), at(2, sent("c", "d")))
    assert set(edges(graph).values()) == {"possible"}
    assert len(graph.edges) == 4


def test_what_is_learned_from_one_step_explains_another() -> None:
    graph = learned(at(1, sent("a", "b")), at(2, sent("c", "d")), at(3), at(4, sent("a")), at(5, sent("c")))
    assert edges(graph) == {"a>c": "inferred", "b>d": "inferred"}


def test_an_executor_that_never_runs_is_where_messages_went_that_nobody_received() -> None:
    assert edges(learned(at(1, sent("a"), states("a", "z")), at(2, (), states("a", "z")))) == {"a>z": "inferred"}
    two = learned(at(1, sent("a"), states("a", "y", "z")), at(2, (), states("a", "y", "z")))
    assert edges(two) == {"a>y": "possible", "a>z": "possible"}


def test_a_graph_that_did_not_change_is_the_same_object() -> None:
    lessons = GraphLearner()
    lessons.learn(at(1, sent("a")), at(2, sent("b")))
    first = lessons.graph
    lessons.learn(at(3, sent("a")), at(4, sent("b")))
    assert lessons.graph is first
    lessons.learn(at(5, sent("b")), at(6, sent("c")))
    assert edges(lessons.graph) == {"a>b": "inferred", "b>c": "inferred"}


def test_a_graph_that_a_store_knows_is_exact_and_complete() -> None:
    topology = Topology((TopologyNode("a"), TopologyNode("b"), TopologyNode("c")), (TopologyEdge("a", "b"),), "a")
    graph = of_topology(topology)
    assert (graph.nodes, edges(graph), graph.start, graph.complete) == (("a", "b", "c"), {"a>b": "exact"}, "a", True)


FAN_IN = 'FanInEdgeGroup:[["a",""],["","b"]]'


@pytest.mark.parametrize(
    "messages",
    [
        {"": [{"data": 1}]}, {"": [{"source_id": "", "target_id": "b"}]}, sent("a>"), {"a": [["x"]]}, {"a": "x"},
        {"a": None}, {"internal:": [{"source_id": "internal:", "data": 1}]},
    ],
)  # fmt: skip
@pytest.mark.parametrize("state", [{}, {"_edge_state": {FAN_IN: {"buffer": {"a": [1], "": [1]}}}}, states("")])
def test_executors_without_a_name_and_odd_messages_are_learned_and_drawn(messages: Any, state: Any) -> None:
    one, two = at(1, messages, state), at(2, sent("b"))
    graph = learned(one, two, at(3, messages))
    for boxed in (True, False):
        assert Drawing(graph, boxed).text()
    for before, after in ((None, one), (one, two)):
        assert not make_frame(before, after, None, graph).faults
