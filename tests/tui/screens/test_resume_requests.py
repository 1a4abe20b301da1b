"""Requests that the framework itself raises are answered by keys alone: stored ones, and those of a run."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ckpt_tui.tui.screens.resume import ResumeScreen
from tests.support.frameworks import NEWEST
from tests.support.resumes import SCENARIOS, checkpoints, essence, made
from tests.tui.resumes import in_the_repository, screen_of
from tests.tui.support import NARROW, NORMAL, Driver, open_app

__all__ = ["in_the_repository"]


@asynccontextmanager
async def preview(
    name: str, directory: Path, first: bool = False, size: tuple[int, int] = NORMAL
) -> AsyncIterator[tuple[Driver, ResumeScreen]]:
    """The preview of the checkpoint that waits, or of the first one."""
    import asyncio

    sample = (await asyncio.to_thread(made, NEWEST))[name]
    store = directory / name
    shutil.copytree(sample.store, store)
    at = checkpoints(store)[0]["checkpoint_id"] if first else sample.checkpoint
    async with open_app(store, size, at=at) as app:
        await app.press("r")
        await app.shows("Whose code runs")
        screen = screen_of(app)
        screen.form.set("workflow", f"{SCENARIOS}:{name}")
        screen.form.set("storage", f"{SCENARIOS}:storage")
        screen.form.set("into", str(directory / "new"))
        await app.press("enter")
        yield app, screen


async def waits(app: Driver, screen: ResumeScreen) -> None:
    """Run, until requests are forms."""
    await app.shows("RUN IT")
    await app.press("enter")
    await app.until(lambda: screen.execution.waits and screen.forms, "a form")
    await app.pilot.pause()


@pytest.mark.parametrize(
    ("name", "asks", "about", "letters", "keys"),
    [
        ("agent_tool_approval", "operator asks to call refund", "order  123", "a r", ("right", "enter")),
        ("orch_handoff", "triage asks for a reply", "how can I help?", "r e",
         ("right", "enter", *"order", "space", *"123", "enter")),
        ("orch_magentic_plan_review", "asks for a review of its plan", "look it up", "", ("right", "enter")),
    ],
)  # fmt: skip
async def test_a_stored_request_is_answered_as_a_script_answers_it(
    name: str, asks: str, about: str, letters: str, keys: tuple[str, ...], tmp_path: Path
) -> None:
    async with preview(name, tmp_path) as (app, screen):
        await app.shows(asks, about, f"→ {letters} choose" if letters else "→ choose")
        await app.press(*keys)
        await app.shows("RUN IT")
        await app.press("enter")
        run = screen.run
        assert run is not None
        await app.until(lambda: run.session.ended.is_set() or screen.execution.waits, "its end")
    sample = made(NEWEST)[name]
    assert essence(tmp_path / "new", sample.checkpoint) == essence(sample.by_hand, sample.checkpoint)


async def test_a_call_of_a_tool_that_a_run_asks_for_is_rejected(tmp_path: Path) -> None:
    async with preview("agent_tool_approval", tmp_path, first=True) as (app, screen):
        await waits(app, screen)
        await app.shows("operator asks to call refund")
        await app.press("r", "enter")
        await app.shows("done after")
        await app.shows('refund(order="123"): rejected')


@pytest.mark.parametrize("size", [NARROW, NORMAL])
async def test_a_plan_is_sent_back_with_what_should_change_and_then_approved(
    size: tuple[int, int], tmp_path: Path
) -> None:
    async with preview("orch_magentic_plan_review", tmp_path, first=True, size=size) as (app, screen):
        await waits(app, screen)
        await app.shows("( ) approve the plan", "( ) ask for a revision", "plan  look it up")
        await app.press("ctrl+o")
        await app.shows("What is asked", "plan: look it up", '"role": "assistant"')
        await app.press("escape")
        assert "what should change" not in app.text
        await app.press("right", "right")
        await app.shows("what should change")
        await app.press("enter", "enter")  # nothing was said yet
        await app.shows("say what should change")
        await app.type("more")
        await app.press("enter")
        await app.shows("plan  look it up again")
        await app.press("right", "enter")
        await app.shows("done after")


async def test_a_conversation_is_ended_or_goes_on_from_each_reply(tmp_path: Path) -> None:
    async with preview("orch_handoff", tmp_path, first=True) as (app, screen):
        await waits(app, screen)
        first = screen.forms[0].request_id
        await app.press("right", "enter")
        await app.type("order 123")
        await app.press("enter")
        await app.until(
            lambda: screen.forms and screen.forms[0].request_id != first and screen.execution.waits, "asked again"
        )
        await app.pilot.pause()
        await app.press("e", "enter")
        await app.shows("done after")
