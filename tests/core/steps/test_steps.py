"""What happened in each step of a run, and the graph that is learned from it, on runs of the framework."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ckpt_tui.actions.run_graph import RunGraph
from ckpt_tui.core.drawing.drawing import Drawing
from ckpt_tui.core.model import Checkpoint, CheckpointRef, PendingRequest
from ckpt_tui.core.replay.frames import make_frame
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.core.steps.learned_graph import Edge, Graph, GraphLearner, Trust, given
from ckpt_tui.core.steps.snapshots import Snapshot, take_snapshot
from ckpt_tui.core.steps.steps import Step, step_between
from ckpt_tui.stores.registry import open_store
from ckpt_tui.tui.widgets.step_text import frame_lines

DATA = Path(__file__).parents[2] / "data"
NEW = DATA / "agent-framework" / "1.23.0"


class StepsOfRun(NamedTuple):
    steps: list[Step]
    graph: Graph


def steps_of(path: Path, graph: Graph | None = None, run: int = 0, stopped: bool = False) -> StepsOfRun:
    """Every step of one run of a store, with the graph learned from the whole of it."""
    store = open_store(str(path))
    refs = [entry for batch in store.scan() for entry in batch.entries if isinstance(entry, CheckpointRef)]
    nodes = arrange(refs)[run].nodes
    snapshots = {node.ref.id: take_snapshot(store.load(node.ref.file)) for node in nodes}
    children = {node.parent: node.ref.id for node in reversed(nodes)}
    lessons = GraphLearner()
    for node in nodes:
        lessons.learn(snapshots.get(node.parent or ""), snapshots[node.ref.id])
    graph = graph or lessons.graph
    return StepsOfRun(
        [
            step_between(
                snapshots.get(node.parent or ""), snapshots[node.ref.id], graph,
                snapshots.get(children.get(node.ref.id, "")), stopped and node.ref.id not in children,
            )
            for node in nodes
        ],
        graph,
    )  # fmt: skip


def edges(graph: Graph) -> dict[str, str]:
    return {f"{edge.source}>{edge.target}": edge.trust for edge in graph.edges.values()}


def ran(step: Step) -> list[str]:
    """`~` behind a name: inferred, `?`: one of several."""
    return [f"{ran.executor}{'~' if ran.inferred else ''}{'' if ran.certain else '?'}" for ran in step.ran]


def test_the_edges_of_a_loop_are_learned_and_its_last_step_is_reported() -> None:
    learned = steps_of(NEW / "loop")
    assert edges(learned.graph) == {"counter>inc": "inferred", "inc>counter": "inferred"}
    assert learned.graph.start == "counter"
    assert [ran(step) for step in learned.steps[:4]] == [[], ["counter"], ["inc"], ["counter"]]
    assert learned.steps[0].kind == "input"
    assert learned.steps[0].lights() == {"counter": "next"}
    assert learned.steps[1].lights() == {"counter": "ran", "inc": "next"}
    assert ran(learned.steps[-1]) == ["counter"]
    assert not learned.steps[-1].flights


def test_who_ran_last_without_a_trace_is_inferred_and_says_so() -> None:
    learned = steps_of(NEW / "linear")
    assert edges(learned.graph) == {"upper>exclaim": "inferred", "exclaim>reverse": "inferred"}
    last = learned.steps[-1]
    assert ran(last) == ["reverse~"]
    assert last.inferred
    assert last.ran[0].reason == "gets what exclaim sent"


def test_a_fan_in_names_its_edges_waits_and_fires() -> None:
    learned = steps_of(NEW / "fan_out_fan_in")
    assert edges(learned.graph) == {
        "dispatch>fast": "inferred", "dispatch>slow1": "inferred", "fast>join": "exact", "slow1>slow2": "inferred",
        "slow2>join": "exact",
    }  # fmt: skip
    third, fourth = learned.steps[3], learned.steps[4]
    assert ran(third) == ["slow2"]
    assert [tuple(wait) for wait in third.waits] == [("join", "a message of slow2; has fast")]
    assert third.lights()["join"] == "waiting"
    assert ran(fourth) == ["join"]


def test_versions_that_keep_no_fan_ins_leave_edges_open() -> None:
    learned = steps_of(DATA / "agent-framework" / "1.0.0" / "fan_out_fan_in")
    assert edges(learned.graph)["fast>slow2"] == "possible"
    assert edges(learned.graph)["slow1>slow2"] == "possible"
    assert ran(learned.steps[-1]) == ["join~"]


def test_agents_that_run_side_by_side_meet_in_the_one_executor_that_leaves_no_trace() -> None:
    learned = steps_of(NEW / "orch_concurrent")
    assert edges(learned.graph) == {
        **{f"dispatcher>{name}": "inferred" for name in ("legal", "marketing", "finance")},
        **{f"{name}>aggregator": "inferred" for name in ("legal", "marketing", "finance")},
    }
    assert learned.steps[1].flights[0].targets == ("legal", "marketing", "finance")
    assert learned.steps[1].flights[0].inferred == "ran next"
    assert ran(learned.steps[2]) == ["legal", "marketing", "finance"]
    assert ran(learned.steps[3]) == ["aggregator~"]


def test_a_group_chat_names_the_agent_it_speaks_to() -> None:
    learned = steps_of(NEW / "orch_groupchat")
    assert edges(learned.graph)["group_chat_orchestrator>alice"] == "exact"
    assert edges(learned.graph)["alice>group_chat_orchestrator"] == "inferred"
    assert {flight.inferred for flight in learned.steps[1].flights} == {""}
    assert ran(learned.steps[-1]) == ["group_chat_orchestrator"]
    assert learned.steps[-1].ran[0].reason == "changed its state"
    assert ran(learned.steps[4]) == ["bob"], "alice did not run: her state is the same, though its pickles may not be"


def test_a_switch_leaves_open_who_received_the_message() -> None:
    learned = steps_of(NEW / "switch_case")
    assert set(edges(learned.graph).values()) == {"possible"}
    assert ran(learned.steps[-1]) == ["even~?", "big_odd~?", "default~?"]
    assert learned.steps[-1].names == ()
    assert set(learned.steps[-1].lights().values()) == {"maybe"}


def test_the_graph_of_the_workflow_itself_is_never_doubted() -> None:
    graph = given(["classify", "even", "big_odd", "default"], [("classify", "even")], "classify")
    learned = steps_of(NEW / "switch_case", graph)
    assert not graph.is_inferred
    assert learned.steps[1].flights[0] == ("classify", ("even",), "message", learned.steps[1].flights[0].data, "")
    assert ran(learned.steps[-1]) == ["even~"]


def test_requests_are_raised_wait_and_are_answered() -> None:
    learned = steps_of(NEW / "hitl_answered")
    asked, answered, after = learned.steps[2:5]
    assert ran(asked) == ["review"]
    assert len(asked.raised) == 2
    assert [tuple(wait) for wait in asked.waits] == [("review", "2 answers")]
    assert answered.kind == "answer"
    assert ran(answered) == []
    assert [answer.request.id for answer in answered.answered] == [request.id for request in asked.raised]
    assert [answer.given for answer in answered.answered] == [True, True]
    assert answered.answered[1].answer == "blue"
    assert answered.flights[0].sort == "answer"
    assert ran(after) == ["review"]
    assert after.ran[0].reason == "got an answer"


def test_early_versions_do_not_say_which_request_an_answer_is_for() -> None:
    learned = steps_of(DATA / "agent-framework-legacy" / "1.0.0b251120" / "hitl")
    assert learned.steps[2].answered[0].answer == "yes"


def test_a_workflow_inside_an_executor_that_did_not_run_does_not_count_as_changed() -> None:
    learned = steps_of(NEW / "sub_workflow")
    assert [ran(step) for step in learned.steps] == [[], ["upper"], ["sub"], [], ["sub"], ["reverse~"]]


def test_the_steps_of_a_functional_workflow_are_reported_by_its_cache() -> None:
    learned = steps_of(NEW / "functional_hitl")
    assert [ran(step) for step in learned.steps] == [
        ["fetch"],
        ["review_pipeline"],
        ["transform", "review_pipeline"],
        [],
    ]
    assert edges(learned.graph) == {"fetch>transform": "inferred"}


def test_a_run_that_stopped_shows_whom_its_last_messages_were_for() -> None:
    learned = steps_of(NEW / "raises", stopped=True)
    assert learned.steps[-1].stopped
    assert learned.steps[-1].lights() == {"counter": "ran", "boom": "stopped"}
    assert not steps_of(NEW / "hitl_pending", stopped=True).steps[-1].stopped, "it waits; that is no failure"


def test_times_are_reported_from_step_to_step() -> None:
    learned = steps_of(NEW / "loop")
    assert learned.steps[0].seconds is None
    assert all(step.seconds is not None and 0 < step.seconds < 10 for step in learned.steps[1:])
    whole = sum(step.seconds or 0 for step in learned.steps)
    assert whole == pytest.approx(learned.steps[-1].ref.when - learned.steps[0].ref.when, abs=1e-3)


class TestWhereAMessageGoes:
    """`a` sent a message to nobody named; the graph knows more than one way on."""

    def checkpoint(self, number: int, *senders: str) -> Snapshot:
        ref = CheckpointRef(str(number), f"{number}.json", "flow", "g", None, "", float(number), number, 1)
        messages: dict[str, Any] = {name: [{"source_id": name, "data": 1}] for name in senders}
        return take_snapshot(Checkpoint(ref, messages, {}, {}, {}, (), (), b""))

    def graph(self, complete: bool = False, **trust: Trust) -> Graph:
        edges = {("a", target): Edge("a", target, how) for target, how in trust.items()}
        return Graph(("a", *trust), edges, "a", complete)

    def flight(self, graph: Graph, *ran: str) -> tuple[tuple[str, ...], str]:
        then = self.checkpoint(2, *ran) if ran else None
        (flight,) = step_between(self.checkpoint(0), self.checkpoint(1, "a"), graph, then).flights
        return flight.targets, flight.inferred

    def test_an_edge_that_is_known_counts_before_those_that_are_possible(self) -> None:
        graph = self.graph(x="inferred", y="possible", z="possible")
        assert self.flight(graph) == (("x",), "its messages go there")
        after = step_between(self.checkpoint(1, "a"), self.checkpoint(2), graph)
        assert ran(after) == ["x~"]

    def test_all_are_possible_where_none_is_known(self) -> None:
        graph = self.graph(x="possible", y="possible")
        assert self.flight(graph) == (("x", "y"), "may be one of these")
        assert ran(step_between(self.checkpoint(1, "a"), self.checkpoint(2), graph)) == ["x~?", "y~?"]
        assert self.flight(self.graph()) == ((), "the file does not say")

    def test_who_ran_next_received_it(self) -> None:
        for graph in (self.graph(x="inferred", y="possible"), self.graph(True, x="exact", y="exact")):
            assert self.flight(graph, "y") == (("y",), "ran next")
        assert self.flight(self.graph(True, x="exact", y="exact")) == (
            ("x", "y"), "all that the workflow's edges allow",
        )  # fmt: skip

    def test_what_is_to_run_again_is_lit_as_next_and_was_inferred_to_run_in_the_step_after(self) -> None:
        due = self.checkpoint(1)._replace(due=("x",))
        assert step_between(self.checkpoint(0), due).lights() == {"x": "next"}
        assert ran(step_between(due, self.checkpoint(2))) == ["x~"]

    def test_an_answer_that_comes_in_beside_messages_is_reported_by_the_iteration(self) -> None:
        both = {"a": [{"source_id": "a", "data": 1}], "internal:b": [{"source_id": "internal:b", "data": 2}]}
        before, ref = self.checkpoint(1, "a"), self.checkpoint(2).checkpoint.ref
        for iteration, kind in ((1, "input"), (2, "superstep")):
            after = take_snapshot(before.checkpoint._replace(ref=ref._replace(iteration=iteration), messages=both))
            assert step_between(before, after).kind == kind

    def test_nobody_is_inferred_to_have_run_where_only_an_answer_came_in_or_nothing_was_before(self) -> None:
        graph = self.graph(x="inferred")
        assert ran(step_between(None, self.checkpoint(1, "a"), graph)) == ["a"]
        inputs = {"internal:a": [{"source_id": "internal:a", "data": 1}]}
        came = self.checkpoint(1)
        came = take_snapshot(came.checkpoint._replace(messages=inputs))
        step = step_between(self.checkpoint(0, "a"), came, graph)
        assert (step.kind, ran(step)) == ("input", [])

    def test_a_request_that_the_original_of_a_fork_still_shows_as_waiting_is_answered_once(self) -> None:
        waiting = PendingRequest("i1", "ask", "interrupt", "", "publish?")
        before = self.checkpoint(1)._replace(requests={"i1": waiting})
        answered = [{"id": "i1", "node": "ask", "question": "publish?", "answers": ["yes"]}]
        after = take_snapshot(self.checkpoint(2).checkpoint._replace(metadata={"interrupts_answered": answered}))
        [found] = step_between(before, after).answered
        assert (found.request.executor, found.given, found.answer) == ("ask", True, "yes")


def test_an_answer_that_was_given_in_another_process_shows_that_its_executor_ran() -> None:
    learned = steps_of(DATA / "agent-framework" / "1.0.0" / "fork_hitl")
    answered = [step for step in learned.steps if step.answered and step.kind == "superstep"]
    assert answered
    assert all("review" in ran(step) for step in answered)


def test_nodes_of_hpd_are_reported_by_what_is_completed_and_what_is_due() -> None:
    learned = steps_of(DATA / "dotnet" / "hpd_hosted")
    first, second, third = learned.steps[:3]
    assert set(ran(first)) >= {"facts", "plan", "research"}
    assert first.due == ("review", "write")
    assert sorted(ran(second)) == ["review", "write"]
    assert "write" in ran(third) and [wait.executor for wait in third.waits] == ["review"]


def test_agent_framework_for_net_names_every_target() -> None:
    learned = steps_of(DATA / "dotnet" / "af_dotnet")
    assert set(edges(learned.graph).values()) == {"exact"}
    assert ran(learned.steps[1]) == ["Researcher", "FactChecker"]


STORES = sorted(
    path for family in ("agent-framework/*/*", "agent-framework-legacy/*/*", "dotnet/*") for path in DATA.glob(family)
    if path.is_dir()
)  # fmt: skip


@pytest.mark.parametrize("path", STORES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_step_of_every_store_is_reported_and_drawn_without_an_error_or_an_undecoded_value(path: Path) -> None:
    store = open_store(str(path))
    refs = [entry for batch in store.scan() for entry in batch.entries if isinstance(entry, CheckpointRef)]
    for run in arrange(refs):
        snapshots = {node.ref.id: take_snapshot(store.load(node.ref.file, everything=True)) for node in run.nodes}
        learned = RunGraph()
        for node in run.nodes:
            learned.learn(node, snapshots.get(node.parent or ""), snapshots[node.ref.id])
        children = {node.parent: node.ref.id for node in reversed(run.nodes)}
        for node in run.nodes:
            then = snapshots.get(children.get(node.ref.id, ""))
            frame = make_frame(snapshots.get(node.parent or ""), snapshots[node.ref.id], then, learned.graph)
            assert not frame.faults and not frame.incomplete
            assert set(frame.step.lights()) <= set(frame.graph.nodes)
            lines = ["".join(text for text, _ in line.parts) for line in frame_lines(frame)]
            assert lines and not any("‹" in line for line in lines), "an undecoded value"
            for boxed in (True, False):
                picture = Drawing(frame.graph, boxed).text(frame.step.lights())
                assert all(name[:20] in picture for name in frame.graph.nodes)
