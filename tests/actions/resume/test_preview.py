"""What a person reads before a graph of LangGraph is resumed."""

from typing import Any

from ckpt_tui.actions.resume.plan import GraphThread, Plan, Source, Target
from ckpt_tui.actions.resume.preview import preview_lines

PLAN = Plan(Source("/s/runs.sqlite", "t/1", "", thread=GraphThread("t", "1", "")), Target("app.py"), "/s/runs.forks/1")


def texts(**check: Any) -> list[str]:
    lines = {"check": {"ok": True, "target": "app.py", "file": "/s/app.py", **check}}
    return [line.text for line in preview_lines(PLAN, lines)]


def test_a_call_of_another_graph_is_said_once_however_often_it_was_called() -> None:
    one = {"workflow": "chat", "file": "/s/app.py", "line": 7}
    found = texts(passed=[one, one, {**one, "line": 9}, one])
    assert [text for text in found if text.startswith("chat")] == [
        "chat (app.py:7) is another graph, called 3 times: it was not run; a stand-in is used as its result",
        "chat (app.py:9) is another graph: it was not run; a stand-in is used as its result",
    ]


def test_a_node_that_is_answered_runs_again_with_its_state_and_the_answer() -> None:
    again = [{"from": f"answer {'55af7b68' * 4}", "to": ["approve"], "type": "its state"}]
    assert texts(again=again)[0] == "approve runs with its state and the answer to 55af7b68"
    again = [{"from": "the checkpoint", "to": ["pay"], "type": "its state"}]
    assert texts(again=again)[0] == "pay runs with its state from the checkpoint"
