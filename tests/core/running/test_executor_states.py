"""The states of the executors of a live run, line by line."""

import json
from typing import Any

from ckpt_tui.core.running.call_record import call_record
from ckpt_tui.core.running.executor_states import Progress, lights


def line(kind: str, **fields: Any) -> bytes:
    return json.dumps({"kind": kind, "seq": 1, "t": "2026-01-01T00:00:00Z", **fields}, separators=(",", ":")).encode()


def event(kind: str, executor: str | None = None, **fields: Any) -> bytes:
    return line("event", type=kind, executor_id=executor, **fields)


GRAPH = line(
    "graph", executors={"writer": {}, "reviewer": {}}, edges=[{"source": "writer", "target": "reviewer"}],
    start="writer",
)  # fmt: skip


def followed(*lines: bytes) -> Progress:
    progress = Progress()
    for each in lines:
        progress.take(each)
    return progress


def test_what_comes_next_counts_more_than_what_ran() -> None:
    assert lights(["a", "b"], ["c"], ["a"], ["d"]) == {"a": "next", "b": "ran", "c": "running", "d": "waiting"}


def test_an_executor_runs_and_has_run_and_another_superstep_puts_its_light_out() -> None:
    progress = followed(GRAPH, event("superstep_started"), event("executor_invoked", "writer", call=1))
    assert (progress.graph.nodes, progress.lights) == (("writer", "reviewer"), {"writer": "running"})
    progress.take(event("executor_completed", "writer", call=1, seconds=0.5))
    assert (progress.lights, progress.called[0].spent) == ({"writer": "ran"}, "0.50 s")
    progress.take(event("superstep_started"))
    assert (progress.lights, progress.called) == ({}, [])


def test_a_pause_lights_what_is_next() -> None:
    progress = followed(GRAPH, line("paused", reason="step", lights={"writer": "ran", "reviewer": "next"}))
    assert progress.lights == {"writer": "ran", "reviewer": "next"}


def test_a_run_that_is_taken_back_shows_no_call_that_came_after() -> None:
    ran = event("executor_invoked", "writer", call=1), event("executor_completed", "writer", call=1, seconds=0.5)
    assert len(followed(*ran, line("paused", reason="step", ran=["writer"], lights={})).called) == 1
    assert followed(*ran, line("paused", reason="asked", iteration=0, lights={})).called == []


def test_an_executor_whose_request_waits_is_lit_until_it_is_answered() -> None:
    progress = followed(
        event("executor_invoked", "writer", call=1), event("request_info", "writer", request_id="x"),
        event("executor_completed", "writer", call=1, seconds=0.1), event("superstep_started"),
    )  # fmt: skip
    assert progress.lights == {"writer": "waiting"}
    progress.take(line("answered", request_ids=["x"]))
    assert progress.lights == {}


def test_lines_that_a_call_printed_are_counted() -> None:
    progress = followed(
        event("executor_invoked", "writer", call=7), line("log", text="a", executor_id="writer", call=7)
    )
    progress.take(line("log", text="of no call"))
    assert progress.called[0].printed == 1


def test_a_call_is_put_together_of_its_lines() -> None:
    lines = [
        json.loads(each)
        for each in (
            event("executor_invoked", "writer", call=1, iteration=2, data="tea"),
            event("executor_invoked", "reviewer", call=2, iteration=2, data="milk"),
            line("log", text="printed", executor_id="writer", call=1), event("output", "writer", call=1, data="out"),
            event("executor_completed", "writer", call=1, data=["sent"], seconds=0.1),
        )
    ]  # fmt: skip
    found = call_record(lines, 1)
    assert found is not None
    assert found[:5] == ("writer", 2, "tea", ("printed",), ("out",))
    assert found.end["data"] == ["sent"]
    assert call_record(lines, 3) is None
