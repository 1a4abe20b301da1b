"""A resume in the browser writes what a script written by hand writes, old releases and new.

The command line resumes every kind of workflow (`tests/runner/test_scenarios.py`), with the same plan and process.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.support.frameworks import NEWEST, OLDEST
from tests.support.resumes import ASKING, SCENARIOS, answer, essence, made
from tests.tui.resumes import screen_of
from tests.tui.support import NORMAL, open_app

TYPES = ("Colour", "Item", "Approval", "Decision", "Order", "Zoo", "Node")


CASES = [
    *((OLDEST, name) for name in ("linear", "hitl", "orch_handoff")),
    *((NEWEST, name) for name in ("fan_out_fan_in", "raises", "types_zoo", "functional_hitl", *ASKING)),
]
"""What runs to its end, what fails, and every form that an answer is written in."""


@pytest.mark.parametrize(("release", "name"), CASES)
async def test_the_checkpoints_equal_those_of_a_resume_by_hand(release: str, name: str, tmp_path: Path) -> None:
    sample = (await asyncio.to_thread(made, release))[name]
    store = tmp_path / name
    shutil.copytree(sample.store, store)
    async with open_app(store, NORMAL, at=sample.checkpoint) as app:
        await app.press("r")
        await app.shows("Whose code runs")
        screen = screen_of(app)
        screen.form.set("workflow", f"{SCENARIOS}:{name}")
        screen.form.set("storage", f"{SCENARIOS}:storage")
        screen.form.set("python", sample.python)
        screen.form.set("into", str(tmp_path / "new"))
        if release == OLDEST:
            allowed = ("types:GenericAlias", *(f"scenarios:{each}" for each in TYPES))
            screen.form.set("allow", " ".join(allowed))
        await app.press("enter")
        await app.until(lambda: screen.run is not None and "check" in screen.run.latest, "a check")
        if sample.answered:
            await app.until(lambda: screen.forms, "forms")
            await app.pilot.pause()
            for form in screen.forms:
                form.write(answer(form.request))
            await app.press("ctrl+r")
        await app.shows("RUN IT")
        await app.press("enter")
        run = screen.run
        assert run is not None
        await app.until(lambda: run.session.ended.is_set() or screen.execution.waits, "its end")
    assert essence(tmp_path / "new", sample.checkpoint) == essence(sample.by_hand, sample.checkpoint)
