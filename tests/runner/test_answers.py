"""Answers to the framework's own requests: completed from the request, or refused where they would be ignored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import Done, here
from tests.runner.stores import lines
from tests.support.frameworks import NEWEST, OLDEST, RELEASES
from tests.support.resumes import SCENARIOS, essence, made

TOOL, PLAN, HANDOFF = "agent_tool_approval", "orch_magentic_plan_review", "orch_handoff"
CALL = {"type": "function_call", "call_id": "call-1", "name": "refund"}


TYPES = ("Colour", "Item", "Approval", "Decision")
ALLOWED = [
    word for name in ("types:GenericAlias", *(f"scenarios:{each}" for each in TYPES)) for word in ("--allow", name)
]
"""For the oldest release, whose storage names no types."""


def answered(release: str, name: str, answer: Any, into: Path, *words: str) -> Done:
    """Resume a scenario that waits, its one request answered."""
    sample = made(release)[name]
    shown = here("show", sample.store, sample.checkpoint, "--json").document
    (request,) = shown["requests"]
    return here(
        "resume", sample.store, sample.checkpoint, "--workflow", f"{SCENARIOS}:{name}", "--storage",
        f"{SCENARIOS}:storage", "--python", sample.python, "--into", into, "--json", "--response",
        f"{request['request_id']}={json.dumps(answer)}", *ALLOWED, *words,
    )  # fmt: skip


def refusals(done: Done) -> list[str]:
    """Why answers were refused."""
    (check,) = (line for line in lines(done) if line["kind"] == "check")
    return [each["what"] for each in check["problems"] if each["about"] == "response"]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("name", "answer"),
    [
        (TOOL, True),
        (TOOL, {"approved": True}),
        (TOOL, {"type": "function_approval_response", "approved": True}),
        (TOOL, {"type": "function_approval_response", "approved": True, "id": None, "function_call": CALL}),
        (TOOL, {"approved": True, "function_call": {**CALL, "arguments": {"order": "123"}}}),
        (TOOL, {"approved": True, "function_call": {**CALL, "arguments": '{"order":"123"}'}}),
        (PLAN, True),
        (PLAN, {"review": []}),
        (HANDOFF, "order 123"),
        (HANDOFF, ["order 123"]),
        (HANDOFF, [{"role": "user", "contents": ["order 123"]}]),
    ],
)
def test_a_short_answer_does_what_the_helper_of_the_request_does(
    release: str, name: str, answer: Any, tmp_path: Path
) -> None:
    sample = made(release)[name]
    done = answered(release, name, answer, tmp_path / "new", "--yes")
    assert done.code == (6 if name == HANDOFF else 0), done.err  # it asks again after each answer
    assert essence(tmp_path / "new", sample.checkpoint) == essence(sample.by_hand, sample.checkpoint)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("name", "answer", "why"),
    [
        (TOOL, "yes", 'true approves, false rejects; got "yes"'),
        (TOOL, {}, "true approves, false rejects"),
        (TOOL, {"type": "text", "text": "yes"}, 'true approves, false rejects; got "text"'),
        (TOOL, {"type": "function_approval_response"}, "approved: expected true or false, got null"),
        (TOOL, {"approved": "yes"}, 'approved: expected true or false, got "yes"'),
        (TOOL, {"approved": False, "comment": "too dear"}, "an approval has no comment"),
        (TOOL, {"approved": True, "id": "another"}, "id: another is not the id of this request"),
        (TOOL, {"approved": True, "function_call": {**CALL, "name": "pay"}}, "function_call.name: another call"),
        (TOOL, {"$call": "to_function_approval_response", "$args": ["no"]}, 'expected true or false, got "no"'),
        (TOOL, {"$call": "to_dict"}, "true approves, false rejects"),
        (PLAN, False, "a rejection says what should change"),
        (PLAN, " ", "the text is empty"),
        (PLAN, {"review": [7]}, "expected an object for agent_framework._types:Message, got 7"),
        (PLAN, {"review": [{"role": "user"}]}, "a message without contents is left out"),
        (HANDOFF, [{"role": "user", "contents": []}], "a message without contents is left out"),
        (HANDOFF, True, "expected a list"),
    ],
)
def test_what_the_framework_would_ignore_or_reject_is_refused_with_the_reason(
    release: str, name: str, answer: Any, why: str, tmp_path: Path
) -> None:
    done = answered(release, name, answer, tmp_path / "new", "--check")
    assert done.code == 5, done.err
    (said,) = refusals(done)
    assert why in said


def test_altered_arguments_are_refused_where_the_framework_ignores_them_and_used_where_it_does_not(
    tmp_path: Path,
) -> None:
    answer = {"approved": True, "function_call": {**CALL, "arguments": {"order": "124"}}}
    done = answered(NEWEST, TOOL, answer, tmp_path / "new", "--check")
    assert done.code == 5
    assert "would ignore others; reject the call with false instead" in refusals(done)[0]
    done = answered(OLDEST, TOOL, answer, tmp_path / "old", "--yes")
    assert done.code == 0, done.err
    assert "refunded 124" in done.out


@pytest.mark.parametrize("release", RELEASES)
def test_a_rejection_and_a_revision_reach_the_agents(release: str, tmp_path: Path) -> None:
    done = answered(release, TOOL, False, tmp_path / "tool", "--yes")
    assert done.code == 0, done.err
    assert "refunded" not in done.out and "rejected" in done.out
    done = answered(release, PLAN, "look twice", tmp_path / "plan", "--yes")
    assert done.code == 6, done.err
    assert "look twice" in done.out


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", [TOOL, PLAN, HANDOFF, "hitl"])
def test_the_example_of_an_answer_is_accepted(release: str, name: str, tmp_path: Path) -> None:
    sample = made(release)[name]
    words: tuple[str | Path, ...] = (
        "resume", sample.store, sample.checkpoint, "--workflow", f"{SCENARIOS}:{name}", "--storage",
        f"{SCENARIOS}:storage", "--python", sample.python, "--into", tmp_path / "new", "--json", *ALLOWED,
    )  # fmt: skip
    (check,) = (line for line in lines(here(*words, "--check")) if line["kind"] == "check")
    answers = [f"{each['request_id']}={json.dumps(each['example'])}" for each in check["requests"]]
    done = here(*words, "--yes", *(word for each in answers for word in ("--response", each)))
    assert done.code == (6 if name == HANDOFF else 0), done.err
