"""Resumes on the screen: a store that may be changed, and the preview with its fields filled in."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ckpt_tui.tui.screens.resume import ResumeScreen
from tests.runner.stores import FLOWS, STORAGE, store
from tests.tui.support import Driver

ROOT = Path(__file__).parents[2]


def copied(name: str, directory: Path) -> tuple[Path, tuple[str, ...]]:
    """A store of a workflow that a test may add to, and its ids."""
    source, ids = store(name)
    target = directory / "store"
    target.mkdir()
    for path in source.glob("*.json"):
        (target / path.name).write_bytes(path.read_bytes())
    return target, ids


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)


def screen_of(app: Driver) -> ResumeScreen:
    screen = app.app.screen
    assert isinstance(screen, ResumeScreen)
    return screen


async def opened(app: Driver, target: str, **fields: str) -> ResumeScreen:
    """The preview of the selected checkpoint, its fields filled in, and checked."""
    await app.press("r")
    await app.shows("Whose code runs", "nothing runs")
    screen = screen_of(app)
    screen.form.set("workflow", target if ":" in target or target.endswith(".py") else f"{FLOWS}:{target}")
    screen.form.set("python", sys.executable)
    screen.form.set("storage", fields.pop("storage", STORAGE))
    for name, text in fields.items():
        screen.form.set(name, text)
    await app.press("enter")
    return screen
