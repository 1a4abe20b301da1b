"""Stepping a run from its screen: pausing, breakpoints, a change, going back, going on."""

from __future__ import annotations

import json
import subprocess
from contextlib import nullcontext
from pathlib import Path

import pytest

from ckpt_tui.actions.notebook import read_notes
from tests.support.resumes import checkpoints
from tests.tui.projects import FLOW, RUN, checked, project
from tests.tui.support import NARROW, NORMAL, open_app

__all__ = ["project"]


def saved(project: Path) -> list[int]:
    """The iterations of the checkpoints that the run wrote."""
    (fork,) = (project / "ck.forks").iterdir()
    return [each["iteration_count"] for each in checkpoints(fork)]


async def test_a_run_is_stepped_superstep_by_superstep_and_goes_on(project: Path) -> None:
    async with open_app(project / "ck", NARROW) as app:
        await checked(app)
        await app.press("s")
        await app.shows("‖ paused after step 1", "s step")
        assert saved(project) == [1]
        await app.press("s")
        await app.shows("‖ paused after step 2")
        assert saved(project) == [1, 2]
        await app.press("c")
        await app.shows("■ done")
        assert saved(project) == [1, 2, 3, 4]


async def test_a_breakpoint_stops_before_an_executor_and_is_kept_with_the_store(project: Path) -> None:
    async with open_app(project / "ck") as app:
        await checked(app)
        await app.press("b", *"executor:pong", "enter")
        await app.shows("pauses at executor:pong")
        await app.press("ctrl+r")
        await app.shows("paused before pong")
        assert read_notes(str(project / "ck")).breakpoints == ["executor:pong"]
        await app.press("t", *"end", "enter")
        await app.shows("■ done")


async def test_a_pause_before_an_executor_shows_its_message_and_the_graph_lit(project: Path) -> None:
    for size in (NARROW, NORMAL):
        async with open_app(project / "ck", size) as app:
            screen = await checked(app)
            await app.press("b", "ctrl+u", *"executor:pong", "enter", "ctrl+r")
            await app.shows("paused before pong")
            await app.shows("● ping", "◌ pong", "gets", "int from ping", "Log")
            assert screen.run is not None
            assert screen.run.progress.lights == {"ping": "ran", "pong": "next"}
            await app.press("z")
            assert not screen.panes.state.display
            await app.press("z")
            assert screen.panes.state.display


async def test_a_message_in_flight_is_dropped_at_a_pause_and_the_run_goes_on_without_it(project: Path) -> None:
    async with open_app(project / "ck", NARROW) as app:
        screen = await checked(app)
        await app.press("s")
        await app.shows("‖ paused after step 1", "d drop")
        await app.press("d")
        await app.shows("Drop which message?", "1  ")
        await app.press("enter")
        await app.shows("is dropped when the run goes on")
        await app.press("d")
        await app.shows("No message is in flight here.")
        await app.press("c")
        await app.shows("■ done")
        assert screen.run is not None and screen.run.session.outcome == "done"
    (fork,) = (project / "ck.forks").iterdir()
    (edit,) = json.loads((fork / "ckpt-tui-fork.jsonl").read_text().splitlines()[-1])["edits"]
    assert edit["dropped"] is True


async def test_a_line_of_a_call_opens_the_whole_call(project: Path) -> None:
    async with open_app(project / "ck") as app:
        screen = await checked(app)
        await app.press("ctrl+r")
        await app.shows("■ done", "✓ ping completed")
        log = screen.log_lines
        place = log.find("executor_completed", -1)
        assert place is not None
        log.move_to(place)
        await app.press("enter")
        await app.shows("· call ", "superstep", "took", "input", "output")


async def test_the_same_input_is_run_again_and_compared(project: Path) -> None:
    async with open_app(project / "ck") as app:
        await checked(app)
        await app.press("at", "ctrl+u", *"1", "enter")
        await app.shows("A number from 2 to")
        await app.press("ctrl+u", *"2", "enter")
        await app.shows("2 runs of the same input, 1 outcome", "2× done", "no step differs")
        assert len(list((project / "ck.forks").iterdir())) == 2


async def test_the_line_of_the_code_that_failed_is_opened_in_the_editor(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "flow.py").write_text(FLOW.replace('await ctx.yield_output("done")', 'raise ValueError("full")') + RUN)
    opened: list[list[str]] = []
    async with open_app(project / "ck") as app:
        screen = await checked(app)
        await app.press("O")
        await app.shows("Nothing failed in a line of your code")
        await app.press("b", "ctrl+u", *"error", "enter", "ctrl+r")
        await app.shows("paused after an error", "✗ failed", "flow.py:", "opens it in $EDITOR")
        monkeypatch.setattr(app.app, "suspend", nullcontext)

        def run(words: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
            opened.append(words)
            return subprocess.CompletedProcess(words, 0)

        monkeypatch.setattr(subprocess, "run", run)
        monkeypatch.setenv("EDITOR", "some-editor --wait")
        monkeypatch.delenv("VISUAL", raising=False)
        await app.press("O")
        assert screen.run is not None
    ((*words, place, file),) = opened
    assert words == ["some-editor", "--wait"] and Path(file).name == "flow.py"
    assert "ValueError" in Path(file).read_text().split("\n")[int(place.removeprefix("+")) - 1]


async def test_a_breakpoint_that_means_nothing_stays_to_be_mended(project: Path) -> None:
    async with open_app(project / "ck") as app:
        await checked(app)
        await app.press("b", *"changes:nowhere", "enter")
        await app.shows("is not a path to a value")


async def test_a_message_is_changed_at_a_pause_and_the_run_goes_on_with_it(project: Path) -> None:
    async with open_app(project / "ck") as app:
        screen = await checked(app)
        await app.press("s")
        await app.shows("paused after step 1")
        await app.press("e", *(["backspace"] * 6), *"messages.ping[0].data=3", "enter")
        await app.shows("is changed when the run goes on")
        await app.press("c")
        await app.shows("■ done", "with 1 change")
        assert screen.run is not None and screen.run.session.outcome == "done"
        assert saved(project) == [1, 2], "with 3 the rally ends at once"


async def test_a_value_changed_in_the_browser_is_changed_in_the_run_that_is_paused_there(project: Path) -> None:
    async with open_app(project / "ck") as app:
        screen = await checked(app)
        await app.press("s")
        await app.shows("paused after step 1")
        await app.press("escape")
        await app.until(lambda: not screen.is_current)
        await app.press("tab", "f8", "slash", *"data", "enter")
        await app.press("ctrl+e")
        await app.shows("Change messages")
        await app.press("ctrl+u", *"3", "enter")
        await app.shows("the paused run goes on with it")
        await app.press("R")
        await app.shows("paused after step 1")
        await app.press("c")
        await app.shows("■ done", "with 1 change")
        assert saved(project) == [1, 2], "with 3 the rally ends at once"


@pytest.mark.parametrize("key", ["e", "ctrl+e"])
async def test_the_key_of_the_browser_changes_a_value_in_the_screen_of_a_run_too(project: Path, key: str) -> None:
    async with open_app(project / "ck") as app:
        await checked(app)
        await app.press("s")
        await app.shows("paused after step 1")
        await app.press(key)
        await app.shows("PATH=JSON")


async def test_keys_of_a_paused_run_say_why_they_do_nothing_while_none_is_paused(project: Path) -> None:
    async with open_app(project / "ck") as app:
        await checked(app)
        for key in ("c", "t", "e", "left_square_bracket"):
            await app.press(key)
            await app.shows("The run is not paused: s begins it")
        await app.press("enter")
        await app.shows("■ done")
        for key in ("t", "left_square_bracket"):
            await app.press(key)
            await app.shows("The run is over: r runs it again")
