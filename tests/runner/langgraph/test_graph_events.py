"""The calls of nodes as the lines of a run say them."""

from ckpt_tui.runner.langgraph.graph_events import NodeCalls


def test_the_time_of_a_pause_is_not_the_time_of_a_call() -> None:
    calls = NodeCalls()
    calls.begin("task", "review")
    calls.wait(3600.0)
    assert calls.end("task", None)["seconds"] < 0
