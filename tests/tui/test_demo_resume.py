"""What a newcomer does with the demo: answer the question that waits, answer it once more, look at both outcomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpt_tui.demo.recorded_store import prepare, suggest
from ckpt_tui.tui.screens.compare import CompareScreen
from tests.support.resumes import checkpoints
from tests.tui.resumes import in_the_repository, screen_of
from tests.tui.support import NORMAL, Driver, open_app

__all__ = ["in_the_repository"]


async def answer(app: Driver, ways: int, topic: str) -> None:
    await app.press("r")
    await app.shows("Whose code runs")
    screen_of(app).form.set("args", "pause=0")
    await app.press("enter")
    await app.shows("approval asks for Decision", "Publish")
    await app.press(*["right"] * ways, "enter", "enter")
    await app.type(topic)
    await app.press("enter")
    await app.shows("RUN IT")
    await app.press("enter")


async def test_the_question_of_the_demo_is_answered_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "review_flow"
    prepare(store)
    suggest(store)
    waiting = next(
        each["checkpoint_id"] for each in reversed(checkpoints(store)) if each["pending_request_info_events"]
    )
    async with open_app(store, NORMAL, at=waiting) as app:
        await app.shows("r answer")
        await answer(app, 1, "")
        await app.shows("done after", "r again from here")
        await answer(app, 2, "warranty")
        await app.shows("waits for an answer", "Publish")
        screen = screen_of(app)
        screen.log_lines.focus()
        await app.press("x")
        await app.shows("stopped after")
        await app.until(lambda: len([file for file in app.screen.list.view.places if "/" in file]) > 4, "both forks")
        await app.press("A")
        await app.until(lambda: isinstance(app.app.screen, CompareScreen), "both outcomes side by side")
        await app.shows("published")
    approved, rejected = (checkpoints(path) for path in sorted(tmp_path.glob("review_flow.forks/*")))
    assert "published" in approved[-1]["state"]
    assert rejected[-1]["pending_request_info_events"] and "published" not in rejected[-1]["state"]
    assert approved[0]["previous_checkpoint_id"] == rejected[0]["previous_checkpoint_id"] == waiting
