"""Where one is after a run was left: on what it wrote; and what is said of a run that goes on meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path

from ckpt_tui.tui.screens.compare import CompareScreen
from ckpt_tui.tui.screens.resume import ResumeScreen
from ckpt_tui.tui.screens.yes_no import YesNoScreen
from tests.runner.test_faults import is_alive
from tests.support import workflows
from tests.support.patience import wait_for
from tests.tui.resumes import copied, in_the_repository, opened, screen_of
from tests.tui.support import NARROW, NORMAL, Driver, open_app

__all__ = ["in_the_repository"]


async def running(app: Driver, target: str = "patient", **fields: str) -> ResumeScreen:
    """A run of the selected checkpoint that has written two checkpoints at least."""
    screen = await opened(app, target, **fields)
    await app.shows("RUN IT")
    await app.press("enter")
    await app.until(lambda: screen.run is not None and len(screen.run.written) > 1, "checkpoints")
    return screen


async def answered(app: Driver, *keys: str) -> ResumeScreen:
    """A run that is begun with an answer to what the selected checkpoint asks: the keys choose it."""
    screen = await opened(app, "build_human")
    await app.shows("ask asks for Answer")
    await app.press(*keys, "enter", "enter")
    await app.shows("RUN IT")
    await app.press("enter")
    return screen


def last_written(screen: ResumeScreen) -> str:
    assert screen.run is not None
    return screen.run.written[-1]


def selected_id(app: Driver) -> str:
    ref = app.screen.selection.ref
    return ref.id if ref is not None else ""


class TestTheCursor:
    async def test_it_is_on_the_newest_checkpoint_of_the_run_while_another_workflow_writes(
        self, tmp_path: Path
    ) -> None:
        directory, ids = copied("human", tmp_path)
        async with open_app(directory, NORMAL) as app:
            await app.shows("following")
            app.screen.list.select(f"{ids[-1]}.json")
            await app.settled()
            screen = await answered(app, "right")
            await app.shows("done after")
            other = await workflows.loop(directory, rounds=3)
            await app.until(lambda: f"{other[-1]}.json" in app.screen.list.view.places, "the other workflow's rows")
            await app.press("escape")
            await app.until(lambda: selected_id(app) == last_written(screen), "the run's newest")
            await app.shows("F follows")
            # What the other workflow writes takes the cursor nowhere.
            more = await workflows.loop(directory, rounds=2)
            await app.until(lambda: f"{more[-1]}.json" in app.screen.list.view.places, "more rows")
            assert selected_id(app) == last_written(screen)

    async def test_rows_of_the_run_are_marked_new_until_the_cursor_leaves_them(self, tmp_path: Path) -> None:
        directory, ids = copied("human", tmp_path)
        async with open_app(directory, at=ids[-1]) as app:
            screen = await answered(app, "right")
            await app.shows("done after")
            await app.press("escape")
            await app.until(lambda: selected_id(app) == last_written(screen), "the run's newest")
            assert screen.run is not None
            rows = [line for line in app.lines if line.startswith("│") and line[2] == "+"]
            assert len(rows) == len(screen.run.written) == 2
            await app.press("k")
            assert app.screen.list.is_new
            await app.press("k")
            assert not app.screen.list.new

    async def test_a_run_that_wrote_nothing_leaves_it_where_it_began(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        async with open_app(directory, at=ids[3]) as app:
            screen = await opened(app, "without_room")
            await app.shows("RUN IT")
            await app.press("enter")
            await app.shows("NOT SAVED")
            await app.until(lambda: screen.run is not None and not screen.run.is_live, "its end")
            await app.press("escape")
            assert screen.run is not None and not screen.run.written
            assert selected_id(app) == ids[3]

    async def test_its_last_checkpoint_says_why_the_run_failed(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        async with open_app(directory, at=ids[2]) as app:
            screen = await opened(app, "short", args="limit=4")
            await app.shows("RUN IT")
            await app.press("enter")
            await app.shows("■ failed")
            await app.press("escape")
            await app.until(lambda: selected_id(app) == last_written(screen), "the run's newest")
            await app.shows("has failed", "the run failed after this", "WorkflowConvergenceException")
            assert "is still going" not in app.text


class TestComparingOutcomes:
    async def test_one_answer_is_not_compared_with_an_unrelated_fork(self, tmp_path: Path) -> None:
        directory, ids = copied("human", tmp_path)
        async with open_app(directory, at=ids[-1]) as app:
            screen = await answered(app, "right")
            await app.shows("done after")
            await app.press("escape")
            await app.until(lambda: selected_id(app) == last_written(screen), "the run's newest")
            await app.press("A")
            await app.shows(f"{ids[-1][:8]} has only one branch: r there makes another branch to compare.")

    async def test_two_answers_are_compared_and_what_was_answered_comes_first(self, tmp_path: Path) -> None:
        directory, ids = copied("human", tmp_path)
        async with open_app(directory, NARROW, at=ids[-1]) as app:
            await answered(app, "right")
            await app.shows("done after")
            await app.press("escape")
            app.screen.list.select(f"{ids[-1]}.json")
            await app.settled()
            screen = await answered(app, "right", "right")
            await app.shows("waits for an answer")
            screen.log_lines.focus()
            await app.press("x")
            await app.shows("stopped after")
            await app.press("escape")
            await app.until(lambda: selected_id(app) == last_written(screen), "the second run's newest")
            await app.settled()
            await app.press("A")
            await app.until(lambda: isinstance(app.app.screen, CompareScreen), "both outcomes")
            compare = app.app.screen
            assert isinstance(compare, CompareScreen)
            assert [ref.id for ref in compare.pair][1] == last_written(screen)
            for size, first, second in ((NARROW, "yes", "no"), (NORMAL, "no", "yes")):
                await app.pilot.resize_terminal(*size)
                await app.until(lambda size=size: app.app.size == size, "the size")  # type: ignore[misc]
                await app.pilot.pause()
                line = app.lines[1]
                assert line.startswith(" answered "), app.text
                left, right = line.removeprefix(" answered ").split("│")
                assert first in left and second in right
                await app.press("x")


class TestARunThatGoesOn:
    async def test_the_header_shows_it_and_r_brings_it_back(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        async with open_app(directory, NORMAL, at=ids[2]) as app:
            screen = await running(app)
            assert screen.run is not None
            await app.press("escape")
            await app.shows("● run ", " s · R")
            await app.pilot.resize_terminal(*NARROW)
            await app.until(lambda: app.app.size == NARROW, "the size")
            await app.shows("● run ", " s · R")
            was = app.lines[0]
            await app.until(lambda: app.lines[0] != was, "the seconds go on")
            await app.press("R")
            assert screen_of(app) is screen
            screen.log_lines.focus()
            await app.press("s")
            await app.until(lambda: screen.run is not None and screen.run.paused is not None, "paused")
            await app.press("escape")
            await app.shows("‖ paused · R")
            await app.press("P")
            await app.shows("nothing would go", "a run that goes on uses its run")
            await app.press("escape")
            screen.run.stop()
            await app.shows("■ run stopped · R shows it")
            assert "paused" not in app.lines[0]
            await app.press("P")
            await app.shows("What would go")
            assert "a run that goes on" not in app.text

    async def test_one_that_waits_for_an_answer_says_so(self, tmp_path: Path) -> None:
        directory, ids = copied("human", tmp_path)
        async with open_app(directory, at=ids[-1]) as app:
            screen = await answered(app, "right", "right")
            await app.shows("waits for an answer")
            screen.log_lines.focus()
            await app.press("escape")
            await app.shows("‖ waits · R")

    async def test_quitting_asks_and_no_stays(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        async with open_app(directory, at=ids[2]) as app:
            screen = await running(app)
            run = screen.run
            assert run is not None
            pid = int(run.latest["hello"]["pid"])
            await app.press("escape")
            for key in ("ctrl+c", "ctrl+q", "q"):
                await app.press(key)
                await app.shows("A run is going on: end it and quit?", f"from {ids[2][:8]}")
                await app.press(key)  # once more is no answer that ends something
                for _ in [each for each in app.app.screen_stack if isinstance(each, YesNoScreen)]:
                    await app.press("n")
                await app.until(lambda: app.app.screen is app.screen, "back")
                assert run.is_live
            await app.press("q")
            await app.shows("end it and quit?")
            await app.press("y")
            await app.until(lambda: not app.app.is_running or app.app._exit, "the end")
        await asyncio.to_thread(wait_for, lambda: not is_alive(pid), "no orphan")

    async def test_quitting_from_the_run_asks_too(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        async with open_app(directory, at=ids[2]) as app:
            screen = await running(app)
            await app.press("ctrl+c")
            await app.shows("A run is going on: end it and quit?")
            await app.press("escape")
            assert screen_of(app) is screen

    async def test_quitting_without_a_run_does_not_ask(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        async with open_app(directory, at=ids[2]) as app:
            await app.press("ctrl+c")
            assert app.app._exit
