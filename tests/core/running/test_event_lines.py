"""Lines of a run as people read them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ckpt_tui.core.running.event_lines import line_of, parse_line
from ckpt_tui.core.running.session_lines import pause_text
from ckpt_tui.core.running.short_values import brief, short_name
from ckpt_tui.core.runs.outcomes import outcomes
from ckpt_tui.stores.registry import open_store
from tests.support.views import make_view
from tests.tui.support import RECORDED

T = "2026-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("document", "sign", "who", "text", "tone"),
    [
        ({"kind": "event", "type": "executor_invoked", "executor_id": "a", "data": "hi"}, "→", "a", "invoked hi",
         "plain"),
        ({"kind": "event", "type": "status", "state": "IN_PROGRESS"}, "·", "", "in progress", "dim"),
        ({"kind": "event", "type": "executor_failed", "executor_id": "a",
          "details": {"error_type": "E", "message": "m"}},
         "✗", "a", "failed E: m", "error"),
        ({"kind": "checkpoint", "id": "12345678-9", "parent": None}, "●", "", "checkpoint 12345678 after none", "key"),
        ({"kind": "checkpoint_failed", "reason": "full", "fix": "free"}, "✗", "",
         "CHECKPOINT NOT SAVED: full → free", "error"),
        ({"kind": "log", "level": None, "logger": None, "text": "\x1b[31mred"}, " ", "print", "\\e[31mred", "plain"),
        ({"kind": "log", "level": "ERROR", "logger": "app", "text": "bad"}, " ", "app", "error: bad", "error"),
        ({"kind": "end", "outcome": "done", "checkpoints": 2}, "■", "", "done, 2 checkpoints written", "good"),
        ({"kind": "something new", "a": 1}, "·", "", '{kind: "something new", a: 1', "dim"),
    ],
)  # fmt: skip
def test_each_kind_is_one_line(document: dict[str, Any], sign: str, who: str, text: str, tone: str) -> None:
    line = line_of({**document, "t": T})
    assert (line.sign, line.who, line.tone) == (sign, who, tone)
    assert line.text.startswith(text)


def test_what_is_no_json_is_a_line_all_the_same() -> None:
    assert parse_line(b"not {json")["text"] == "not {json"
    assert parse_line(b"[1]")["kind"] == "log"
    assert parse_line(b"[" * 100_000)["kind"] == "log"


def test_a_value_is_reported_in_short() -> None:
    draft = {
        "$type": "app.models:Draft",
        "title": "Hi",
        "none": None,
        "tags": ["a"],
        "when": {"$type": "d:date", "$value": "x"},
    }
    assert brief(draft) == 'Draft(title="Hi", tags=["a"], when=date(x))'
    assert brief({"$type": "builtins:tuple", "$items": [1, True]}) == "(1, true)"
    assert len(brief(["x" * 50] * 1_000, 80)) <= 80
    deep: Any = "end"
    for _ in range(500):
        deep = [deep]
    assert brief(json.loads(json.dumps(deep)))


def test_a_type_is_named_without_its_modules() -> None:
    assert short_name("list[agent_framework._types:Message]") == "list[Message]"
    assert short_name("builtins:str") == "str"


def test_the_outcomes_of_a_fork_are_the_ends_of_its_two_latest_branches() -> None:
    refs = [entry for batch in open_store(RECORDED).scan() for entry in batch.entries]
    runs = make_view(refs).runs
    run = next(run for run in runs if any(node.fork for node in run.nodes))
    parents = [node.parent for node in run.nodes]
    beginnings = next(node.ref.id for node in run.nodes if parents.count(node.ref.id) > 1)
    found = outcomes(runs, beginnings)
    assert found is not None and found[0].id != found[1].id
    assert all(end.id not in parents for end in found)
    assert outcomes(runs, "nowhere") is None


def test_a_breakpoint_that_says_no_more_than_the_pause_is_not_repeated() -> None:
    paused = {"executor": "writer", "breakpoint": "executor:writer", "reason": "breakpoint"}
    assert pause_text(paused) == "paused before writer"
    assert pause_text({**paused, "breakpoint": "state.x"}) == "paused before writer · state.x"


def test_a_pause_after_the_last_superstep_says_that_the_run_is_at_its_end() -> None:
    paused = {"reason": "step", "iteration": 4, "next": [], "lights": {"reply": "ran"}}
    assert pause_text(paused) == "paused after step 4 · nothing runs next: it ends"
    assert pause_text({**paused, "next": ["reply"]}) == "paused after step 4 · next reply"
    assert pause_text({**paused, "lights": {"reply": "waiting"}}) == "paused after step 4"


def test_what_a_call_took_ends_its_line_where_it_sent_nothing() -> None:
    ended = {"kind": "event", "type": "executor_completed", "executor_id": "writer", "seconds": 0.0001}
    assert line_of(ended).text == "completed 0.1 ms"
    assert line_of({**ended, "data": "Hello"}).text == "completed 0.1 ms · Hello"


@pytest.mark.parametrize(
    ("stamp", "shown"),
    [
        ("10000-01-01", "10000-01-01"), ("yesterday", "yesterday"), (1763632800000, "176363280000…"), (None, ""),
        ("2026-11-20T10:00:00+99:00", "2026-11-20T1…"), ("0001-01-01T00:00:00Z", "0001-01-01"), ("\x1b[2J", "\\e[2J"),
    ],
)  # fmt: skip
def test_a_time_that_is_not_a_date_is_shown_as_it_is(stamp: object, shown: str) -> None:
    assert line_of({"kind": "event", "type": "started", "t": stamp}).clock == shown
