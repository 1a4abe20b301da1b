"""The browser beside a run that is paused: where it is, going on from there, going back."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from ckpt_tui.actions.debugging.session_record import directories_in_use
from ckpt_tui.configuration import Config
from ckpt_tui.core.overview.line import UNWRITTEN, Line, Overview, at_pause
from ckpt_tui.tui.controllers.paused_run import PausedRun, PausedRunPort
from ckpt_tui.tui.live_run import LiveRun
from tests.support.resumes import checkpoints
from tests.tui.projects import checked, project
from tests.tui.support import NARROW, NORMAL, Driver, copy_of, open_app

__all__ = ["project"]

BAR = "‖ paused after step"


async def paused_at_two(app: Driver) -> None:
    """The browser beside a run that was stepped twice."""
    await checked(app)
    await app.press("s")
    await app.shows(f"{BAR} 1")
    await app.press("s")
    await app.shows(f"{BAR} 2")
    await app.press("escape")
    await app.until(lambda: selected(app) == 2, "the cursor on the checkpoint that was just saved")


def selected(app: Driver) -> int:
    """The iteration of the selected checkpoint, where it is one of the run."""
    ref = app.screen.selection.ref
    return ref.iteration if ref is not None and app.screen.list.is_new else -1


def dim(app: Driver) -> list[str]:
    """The rows of the list that are dim."""
    rows = app.screen.list
    drawn = [rows.draw(at, 100) for at in range(rows.line_count)]  # two signs at the left edge come first
    return ["".join(text for text, _ in parts) for parts in drawn if {style for _, style in parts[2:]} == {"dim"}]


def parents(project: Path) -> list[tuple[int, int | None]]:
    """The iterations of the checkpoints that the run wrote, and of their parents."""
    (fork,) = (project / "ck.forks").iterdir()
    known = {each["checkpoint_id"]: each["iteration_count"] for each in checkpoints(fork)}
    found = [(each["iteration_count"], known.get(each["previous_checkpoint_id"])) for each in checkpoints(fork)]
    return sorted(found, key=lambda pair: (pair[0], pair[1] or 0))


@pytest.mark.parametrize("size", [NARROW, NORMAL])
async def test_one_bar_says_where_the_run_is_and_its_keys_have_it_go_on(project: Path, size: tuple[int, int]) -> None:
    async with open_app(project / "ck", size) as app:
        await paused_at_two(app)
        foot = app.lines[-1]
        assert foot.startswith(f" {BAR} 2 ·") and "s step  c continue  R run" in foot
        assert "goes there" not in app.text  # no notice besides the bar
        await app.shows("2 paused pong")
        await app.press("s")
        await app.until(lambda: selected(app) == 3, "the next checkpoint selected")
        await app.until(lambda: app.lines[-1].startswith(f" {BAR} 3"), "the bar")
        await app.press("question_mark")
        await app.shows("Here: beside a paused run", "have the paused run do one superstep")
        await app.press("escape", "ctrl+t", *"end", "enter")
        await app.until(lambda: "run done · R shows it" in app.lines[-1], "the end")
        await app.press("k")
        assert "f filter" in app.lines[-1] and selected(app) == 3  # from the last one, which was selected


async def test_the_overview_says_that_the_run_is_paused_until_it_goes_on(project: Path) -> None:
    async with open_app(project / "ck") as app:
        await paused_at_two(app)
        await app.shows("step 2 · paused", "now      ‖ paused after step 2 · next ping")
        assert "was stopped" not in app.text
        app.screen.resume_entry.live[0].command("run_to", end=True)
        await app.until(lambda: BAR not in app.text, "the ordinary keys")
        assert "‖ paused" not in app.text


async def test_in_the_values_of_a_checkpoint_other_keys_have_it_go_on(project: Path) -> None:
    async with open_app(project / "ck") as app:
        await paused_at_two(app)
        await app.press("f3", "tab")
        await app.until(lambda: "ctrl+n step  ctrl+g continue" in app.lines[-1], "the keys")
        await app.press("s")
        assert app.lines[-1].strip().startswith("Sizes")
        await app.press("ctrl+n")
        await app.until(lambda: selected(app) == 3, "the next checkpoint selected")
        assert app.screen.panes.pane is app.screen.details[0]


async def test_going_back_dims_what_comes_after_and_the_run_goes_on_as_a_fork(project: Path) -> None:
    async with open_app(project / "ck") as app:
        await paused_at_two(app)
        await app.press("]")
        await app.shows("The run has come no further.")
        await app.press("[")
        assert selected(app) == 1
        await app.until(lambda: "back at step 1: goes on as a fork" in app.lines[-1], "the bar")
        assert len(dim(app)) == 1 and "2 paused pong" in dim(app)[0]
        await app.press("]")
        assert selected(app) == 2 and not dim(app) and BAR in app.lines[-1]
        await app.press("2", "[")
        assert selected(app) == -1 and len(dim(app)) == 2  # the checkpoint that it was begun at
        await app.press("[")
        await app.shows("The run begins here.")
        await app.press("]", "s")
        await app.until(lambda: selected(app) == 2 and BAR in app.lines[-1], "a second checkpoint after the first")
        assert not dim(app)
        await app.press("c")
        await app.until(lambda: selected(app) == 4, "the end")
    assert parents(project) == [(1, None), (2, 1), (2, 1), (3, 2), (4, 3)]


async def test_a_value_is_changed_from_the_list_where_the_run_goes_on_from(project: Path) -> None:
    async with open_app(project / "ck") as app:
        await paused_at_two(app)
        await app.press("ctrl+e", "ctrl+u", *"nonsense", "enter")
        await app.shows("PATH=JSON")
        await app.press("ctrl+u", *"messages.ping[0].data=5", "enter", "s")
        await app.until(lambda: "messages.ping" in app.lines[-1] and "→" in app.lines[-1], "why that does not fit")
        await app.press("[", "ctrl+e", "ctrl+u", *"messages.ping[0].data=3", "enter")
        await app.shows("messages.ping[0].data is changed when the run goes on")
        await app.press("c")
        await app.until(lambda: "run done" in app.lines[-1], "the end")
        await app.press("s")
        await app.shows("No run is paused here: r begins one, and s there pauses it.")
    (fork,) = (project / "ck.forks").iterdir()
    (edit,) = json.loads((fork / "ckpt-tui-fork.jsonl").read_text().splitlines()[-1])["edits"]
    assert edit["path"] == "messages.ping[0].data"
    assert parents(project) == [(1, None), (2, 1), (2, 1)]  # 3 is the number at which it ends


@pytest.mark.parametrize("is_stopped", [False, True])
async def test_a_run_is_noted_as_cut_off_where_the_app_ends_at_a_pause_and_not_where_it_was_stopped(
    project: Path, is_stopped: bool
) -> None:
    async with open_app(project / "ck") as app:
        await checked(app)
        await app.press("s")
        await app.shows(f"{BAR} 1")
        if is_stopped:
            await app.press("x")
            await app.shows("■ stopped")
    (fork,) = (project / "ck.forks").iterdir()
    noted = directories_in_use()  # of this process, which lives: a run without an end is one that goes on
    assert (str(fork) in noted) is not is_stopped


async def test_the_bar_names_the_keys_that_the_person_chose(project: Path) -> None:
    keys = {"paused.step": "f12", "step.previous": "alt+b", "run.show": "W", "run.step": "f12"}
    async with open_app(project / "ck", NORMAL, Config(keys=keys)) as app:
        await checked(app)
        await app.press("f12")
        await app.shows(f"{BAR} 1", "F12 step")
        await app.press("escape")
        await app.until(lambda: "F12 step  c continue  W run" in app.lines[-1], "the keys")
        assert "alt+b back" in app.lines[-1]
        await app.pilot.click(offset=(app.lines[-1].index("F12 step") + 5, NORMAL[1] - 1))
        await app.until(lambda: selected(app) == 2, "one superstep further")


def test_an_overview_at_a_pause_says_nothing_of_a_run_that_was_stopped() -> None:
    lines = (
        Line("asked", "x", (), ""),
        Line("now", "a → b", ("messages",), ""),
        Line("now", UNWRITTEN, (), "graph", "!"),
    )
    found = at_pause(Overview("flow · step 1 · work is left", lines), "paused after step 1")
    assert found.title == "flow · step 1 · paused"
    assert [each.text for each in found.lines] == ["x", "paused after step 1", "a → b"]


@pytest.mark.parametrize("part", ["#head", "#detail", "#foot"])
async def test_a_run_may_say_something_while_the_app_ends(part: str, tmp_path: Path) -> None:
    async with open_app(copy_of("loop", tmp_path)) as app:
        await app.screen.query_one(part).remove()
        app.screen.port.show_runs()


def test_secrets_of_an_error_are_masked_in_the_bar_the_overview_and_the_failure() -> None:
    error = {"kind": "error", "what": "no access with sk-proj-abcdefghijklmnop1234567890"}
    paused = {**error, "kind": "paused", "reason": "error", "checkpoint": "a"}
    run = SimpleNamespace(paused=paused, written=["a"], source=SimpleNamespace(framework=""))
    selection = SimpleNamespace(runs=())
    beside = PausedRun(cast("PausedRunPort", SimpleNamespace(runs_beside=[run], selection=selection)))
    bar = "".join(text for text, _ in beside.parts(400, is_tree=False))
    ended = LiveRun.__new__(LiveRun)
    ended.latest = {"error": error, "end": {"outcome": "failed"}}
    for text in (beside.said_at("a"), bar, ended.failure):
        assert "no access with" in text and "sk-proj" not in text
