"""Answers to the framework's own requests: completed from the request, or refused where they would be ignored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.actions.resume.plan import Target, make_plan
from ckpt_tui.actions.resume.sources import source_of
from ckpt_tui.stores.registry import open_store
from tests.cli.commands import Done, here
from tests.runner.stores import Watched, lines
from tests.support.frameworks import NEWEST, OLDEST, RELEASES
from tests.support.resumes import SCENARIOS, essence, made

TOOL, PLAN, HANDOFF = "agent_tool_approval", "orch_magentic_plan_review", "orch_handoff"
CALL = {"type": "function_call", "call_id": "call-1", "name": "refund"}


TYPES = ("types:GenericAlias", *(f"scenarios:{each}" for each in ("Colour", "Item", "Approval", "Decision")))
"""For the oldest release, whose storage names no types."""
ALLOWED = [word for name in TYPES for word in ("--allow", name)]


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


def refusals(check: dict[str, Any]) -> list[str]:
    """Why answers were refused."""
    return [each["what"] for each in check["problems"] if each["about"] == "response"]


def asking(release: str, name: str, into: Path) -> Watched:
    """A session that has checked a scenario which waits, and asks whether to run it."""
    sample = made(release)[name]
    loaded = open_store(sample.store).load(f"{sample.checkpoint}.json", everything=True)
    target = Target(f"{SCENARIOS}:{name}", sample.python, storage=f"{SCENARIOS}:storage", allow=TYPES)
    found = Watched(make_plan(source_of(str(sample.store), loaded), target, str(into)), "ask")
    found.until("check")
    return found


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], Watched]]:
    """Sessions that ask, one for each release and scenario: they check one answer after the other and run none."""
    made_once: dict[tuple[str, str], Watched] = {}

    def session(release: str, name: str) -> Watched:
        if (release, name) not in made_once:
            made_once[release, name] = asking(release, name, tmp_path_factory.mktemp("asking") / "new")
        return made_once[release, name]

    yield session
    for each in made_once.values():
        each.session.kill()


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
    release: str, name: str, answer: Any, why: str, sessions: Callable[[str, str], Watched]
) -> None:
    watched = sessions(release, name)
    (waits,) = (each["request_id"] for each in watched.taken[-1]["requests"])
    watched.session.send({"do": "check", **watched.session.plan.changes(), "responses": {waits: answer}})
    check = watched.until("check")
    assert not check["ok"]
    (said,) = refusals(check)
    assert why in said


def test_altered_arguments_are_refused_where_the_framework_ignores_them_and_used_where_it_does_not(
    tmp_path: Path,
) -> None:
    answer = {"approved": True, "function_call": {**CALL, "arguments": {"order": "124"}}}
    done = answered(NEWEST, TOOL, answer, tmp_path / "new", "--check")
    assert done.code == 5
    (check,) = (line for line in lines(done) if line["kind"] == "check")
    assert "would ignore others; reject the call with false instead" in refusals(check)[0]
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
    watched = asking(release, name, tmp_path / "new")
    answers = {each["request_id"]: each["example"] for each in watched.taken[-1]["requests"]}
    watched.session.send({"do": "run", **watched.session.plan.changes(), "responses": answers})
    if name == HANDOFF:  # it asks again after each answer
        assert watched.until("waiting")["requests"]
        watched.session.kill()
    else:
        assert watched.end()["outcome"] == "done"
