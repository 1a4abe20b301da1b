"""The conversation of a checkpoint with what was said on the path to it, on stores of several frameworks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ckpt_tui.actions.overviews import overviews
from ckpt_tui.actions.store_contents import read_store
from ckpt_tui.core.reading.conversation import Conversation
from ckpt_tui.core.reading.pending import requests
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.fork_directories import with_forks
from ckpt_tui.stores.registry import open_store
from tests.core.reading.test_conversation import DATA, SAMPLES, STORES, texts_in
from tests.stores.langgraph_saving import connect, save


def said_at(store: Store, run: Run, node: Node) -> Conversation:
    """The conversation of a checkpoint once the whole path is read."""
    return list(overviews(store, run, node))[-1].conversation


def tips(path: Path) -> Iterator[tuple[Store, Run, Node]]:
    """The last checkpoint of each branch."""
    store = open_store(path)
    runs = read_store(store)[0]
    assert runs
    for run in runs:
        parents = {node.parent for node in run.nodes}
        yield from ((store, run, node) for node in run.nodes if node.ref.id not in parents)


def path_to(run: Run, node: Node) -> list[Node]:
    """The checkpoints from the root to one, by their parents."""
    by_id = {each.ref.id: each for each in run.nodes}
    found = [node]
    while (parent := found[-1].parent) in by_id:
        found.append(by_id[parent])
    return found


def newest(path: Path) -> list[tuple[str, str]]:
    """Who said what up to the newest checkpoint."""
    return [(turn.speaker, turn.text or turn.extras[0]) for turn in said_at(*list(tips(path))[-1]).turns]


@pytest.mark.parametrize("path", STORES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_text_that_was_said_on_a_branch_is_in_the_conversation_of_its_end_once(path: Path) -> None:
    for store, run, node in tips(path):
        expected: set[str] = set()
        for each in path_to(run, node):
            checkpoint = store.load(each.ref.file)
            document = to_json([checkpoint.state, checkpoint.messages, checkpoint.pending])
            asked = [request.data for request in requests(checkpoint.pending) if isinstance(request.data, str)]
            expected.update(text for text in (*texts_in(document), *asked) if text)
        said = Counter(turn.text for turn in said_at(store, run, node).turns if turn.text)
        assert said == Counter(dict.fromkeys(expected, 1)), node.ref.id


def test_questions_and_answers_that_no_executor_keeps_stay_in_the_conversation() -> None:
    options = ', options: (2) ["approve", "reject"]'
    assert newest(SAMPLES / "1.23.0" / "hitl_answered") == [
        ("you", "kettles"),
        ("drafter", 'WorkItem n: 1, note: "draft about kettles"'),
        ("review", 'ApprovalRequest prompt: "approve?", draft: "draft about kettles", iteration: 1' + options),
        ("review", "plain text question: which colour?"),
        ("you", 'Decision approved: false, comment: "round 0"'),
        ("you", "blue"),
        ("review", 'Decision approved: false, comment: "round 0"'),
        ("drafter", 'WorkItem n: 2, note: "revised (round 0)"'),
        ("review", 'ApprovalRequest prompt: "approve?", draft: "revised (round 0)", iteration: 2' + options),
        ("you", 'Decision approved: true, comment: "round 1"'),
    ]  # fmt: skip


def test_a_plan_that_was_approved_without_a_word_says_so() -> None:
    said = newest(SAMPLES / "1.23.0" / "orch_magentic_plan_review")
    assert ("you", "yes") in said
    assert said.index(("you", "yes")) < said.index(("researcher", "The number is 42."))


def test_an_answer_that_is_in_no_file_is_named() -> None:
    said = newest(SAMPLES / "1.23.0" / "functional_hitl")
    assert said[-1] == ("you", "answered review_pipeline; no file contains the answer")


def test_interrupts_of_langgraph_and_their_answers_are_turns() -> None:
    store = open_store(DATA / "langgraph" / "1.2.24" / "parallel-interrupts.sqlite")
    run, node = next((run, node) for run in read_store(store)[0] for node in run.nodes if node.ref.status == "done")
    said = [(turn.speaker, turn.text or turn.extras[0]) for turn in said_at(store, run, node).turns]
    assert ("finance", '{2} team: "finance", ask: "finance: approve?"') in said
    assert ("you", "no") in said


def test_a_call_that_an_agent_of_langgraph_sends_to_its_tools_is_said_once(tmp_path: Path) -> None:
    connection = connect(tmp_path / "agent.db")
    sent = {"__type": "tool_call_with_context", "tool_call": {"name": "weather"}, "state": {"messages": []}}
    values = {"__pregel_tasks": [{"node": "tools", "arg": sent}, {"node": "tools", "arg": {"note": "else"}}]}
    save(connection, 0, values=values, seen={"agent": {"branch:to:agent": "1"}})
    connection.close()
    assert newest(tmp_path / "agent.db") == [("agent", '{1} note: "else"')]


def test_each_answer_to_an_interrupt_is_in_the_conversation_of_its_own_fork() -> None:
    store = with_forks(open_store(DATA / "langgraph" / "answered-twice" / "orders.sqlite"))
    [run] = read_store(store)[0]
    ends = [node for node in run.nodes if node.ref.status == "done"]
    said = [[turn.text for turn in said_at(store, run, node).turns if turn.speaker == "you"] for node in ends]
    assert [each[-1] for each in said] == ["yes", "no"]


def test_only_what_came_in_the_last_step_is_new() -> None:
    for store, run, node in tips(SAMPLES / "1.23.0" / "hitl_answered"):
        for each in path_to(run, node)[:-1]:
            turns = said_at(store, run, each).turns
            earlier = len(said_at(store, run, next(one for one in run.nodes if one.ref.id == each.parent)).turns)
            assert [turn.is_new for turn in turns[:earlier]] == [False] * earlier
            assert all(turn.is_new for turn in turns[earlier:])


def test_a_turn_that_is_still_in_flight_is_there_once_and_says_where() -> None:
    store, run, node = list(tips(SAMPLES / "1.23.0" / "hitl_pending"))[-1]
    said = said_at(store, run, node).turns
    waiting = [turn for turn in said if turn.note.startswith("waits")]
    assert waiting
    assert all(turn.path[0] == "pending" for turn in waiting)
    assert len({(turn.speaker, turn.text, turn.extras) for turn in said}) == len(said)
