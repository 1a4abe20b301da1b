"""Choosing the program of a resume: without typing, by typing, and what asks before it is started."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from textual import events

from ckpt_tui.actions.resume.discovery import Discovered
from ckpt_tui.tui.screens.resume import ResumeScreen
from ckpt_tui.tui.screens.yes_no import YesNoScreen
from ckpt_tui.tui.widgets.fold_line import FoldLine
from ckpt_tui.tui.widgets.path_input import completed
from ckpt_tui.tui.widgets.program_list import ProgramList
from tests.support.resumes import checkpoints
from tests.tui.projects import RUN, opened, project
from tests.tui.support import NARROW, NORMAL, open_app

__all__ = ["project"]


def starts_a_mark(directory: Path) -> None:
    """A project file whose interpreter leaves a mark in its directory when it is started."""
    python = directory / "python.sh"
    python.write_text(f"#!/bin/sh\ntouch {directory / 'started'}\nexit 3\n")
    python.chmod(0o755)
    (directory / "ckpt-tui.toml").write_text('[resume]\nworkflow = "evil:x"\npython = "./python.sh"\n')


def preview(screen: ResumeScreen) -> str:
    return screen.query_one("#preview").plain_text  # type: ignore[attr-defined, no-any-return]


class TestChoosing:
    @pytest.mark.parametrize("size", [NARROW, NORMAL])
    async def test_two_enters_resume_without_a_letter_typed(self, size: tuple[int, int], project: Path) -> None:
        async with open_app("ck", size) as app:
            screen = await opened(app)
            await app.shows("› 1 flow.py:build_workflow", "found; nothing of it has run", "start and check")
            assert "The code of the module runs; the workflow does not." in preview(screen)
            assert "its executors run" in preview(screen)
            await app.press("enter")
            await app.shows("RUN IT", "program started, workflow not")
            assert not (project / "ck.forks").exists()
            await app.press("enter")
            await app.shows("done after")
        assert checkpoints(next((project / "ck.forks").iterdir()))

    async def test_enter_that_was_typed_before_a_found_program_was_shown_starts_nothing(self, project: Path) -> None:
        (project / "flow.py").write_text(f"open('started', 'w').close()\n{(project / 'flow.py').read_text()}")
        async with open_app("ck") as app:
            await app.press("home")
            typed_before = events.Key("enter", None)
            await app.press("r")
            await app.shows("› 1 flow.py:build_workflow", "found; nothing of it has run", "nothing runs")
            app.app.post_message(typed_before)
            await app.shows("flow.py:build_workflow was found: nothing is started yet")
            assert not (project / "started").exists()
            await app.press("enter")
            await app.shows("RUN IT", "program started, workflow not")
        assert (project / "started").exists()

    async def test_another_one_is_chosen_with_the_arrows_and_digits(self, project: Path) -> None:
        (project / "twin.py").write_text(f"from flow import *\n{RUN}")
        async with open_app("ck") as app:
            screen = await opened(app)
            assert [line.name for line in screen.query_one(ProgramList).programs] == [
                "twin.py", "flow.py:build_workflow",
            ]  # fmt: skip
            assert screen.form.get("workflow") == "twin.py"
            await app.press("2")
            assert screen.form.get("workflow") == "flow.py:build_workflow"
            await app.press("up")
            assert screen.form.get("workflow") == "twin.py"
            await app.press("down", "down")
            assert screen.form.get("workflow") == "flow.py:build_workflow"

    async def test_what_was_used_is_first_the_next_time_from_wherever(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (project / "twin.py").write_text(f"from flow import *\n{RUN}")
        async with open_app("ck") as app:
            await opened(app)
            await app.press("2", "enter")
            await app.shows("RUN IT")
        monkeypatch.chdir(project.parent)
        async with open_app("project/ck") as app:
            screen = await opened(app)
            await app.shows("› 1 flow.py:build_workflow", "as the last time")
            assert screen.form.get("workflow") == f"{project / 'flow.py'}:build_workflow"
            assert screen.form.get("directory") == str(project)
            await app.press("enter")
            await app.until(lambda: f"cd {project} && ckpt-tui resume" in preview(screen), "the command")

    async def test_what_is_typed_is_another_program_and_stays_when_the_search_ends(self, project: Path) -> None:
        async with open_app("ck") as app:
            screen = await opened(app)
            screen.query_one("#workflow").focus()
            await app.press("ctrl+u")
            await app.type("mine.py")
            assert screen.form.chosen is None
            screen.form.post_message(screen.form.Listed(NOTHING))
            await app.pilot.pause()
            assert screen.form.get("workflow") == "mine.py"
            assert "starts mine.py with" in preview(screen)

    async def test_where_none_is_found_one_is_typed(self, project: Path) -> None:
        (project / "flow.py").unlink()
        async with open_app("ck") as app:
            screen = await opened(app)
            await app.shows("no program was found that fits")
            await app.until(lambda: screen.focused is screen.query_one("#workflow"), "the field that names one")
            await app.press("enter")
            await app.shows("Name the program: app.py")
            assert screen.run is None

    async def test_the_search_is_given_up_with_the_screen(self, project: Path) -> None:
        async with open_app("ck") as app:
            for _ in range(3):
                await app.press("r")
                await app.shows("Whose code runs")
                await app.press("escape")
            assert app.app.screen is app.screen


class TestFields:
    async def test_tab_completes_a_path_and_then_goes_on(self, project: Path) -> None:
        (project / "flights").mkdir()
        (project / "flights" / "go.py").touch()
        (project / "flights" / "notes.txt").touch()
        async with open_app("ck") as app:
            screen = await opened(app)
            screen.query_one("#workflow").focus()
            await app.press("ctrl+u")
            await app.type("fl")
            await app.press("tab")
            await app.shows("flights/  flow.py")
            await app.type("i")
            await app.press("tab")
            assert screen.form.get("workflow") == "flights/"
            await app.press("tab")
            assert screen.form.get("workflow") == "flights/go.py"
            await app.press("tab")
            assert screen.focused is screen.query_one("#python")

    def test_a_path_is_completed_below_its_directory(self, tmp_path: Path) -> None:
        (tmp_path / "alpha").mkdir()
        (tmp_path / "alpine.py").touch()
        (tmp_path / ".hidden").touch()
        assert completed("a", str(tmp_path), ".py") == ("alp", ["alpha/", "alpine.py"])
        assert completed("alpi", str(tmp_path), ".py") == ("alpine.py", ["alpine.py"])
        assert completed("nothing", str(tmp_path), "") == ("nothing", [])
        assert completed("no/where", str(tmp_path), "") == ("no/where", [])
        assert completed("", str(tmp_path), "") == ("", [])
        assert completed(f"{tmp_path}/.", "/", "") == (f"{tmp_path}/.hidden", [".hidden"])

    async def test_the_other_fields_unfold_and_reach_the_program(self, project: Path) -> None:
        async with open_app("ck", NARROW) as app:
            screen = await opened(app)
            fold = screen.query_one(FoldLine)
            fold.focus()
            assert not screen.query_one("#inputs").region
            await app.press("enter")
            await app.shows("input lines", "started in")
            screen.form.set("arguments", "--topic 'green tea'")
            screen.form.set("inputs", "yes 'or no'")
            plan = screen.preparation.plan(complete=False)
            assert plan is not None
            assert plan.target.arguments == ("--topic", "green tea")
            assert plan.target.inputs == ("yes", "or no")
            await app.press("enter")
            await app.shows("input lines yes 'or no'")

    async def test_a_field_that_cannot_be_read_is_unfolded_and_named(self, project: Path) -> None:
        async with open_app("ck") as app:
            screen = await opened(app)
            screen.form.set("arguments", "'open")
            await app.press("enter")
            await app.shows("arguments: No closing quotation")
            assert screen.focused is screen.query_one("#arguments")
            assert screen.run is None


class TestWhatAsksFirst:
    @pytest.mark.parametrize("size", [NARROW, NORMAL])
    @pytest.mark.parametrize("keys", [["enter"], ["n"], ["escape"]])
    async def test_a_project_file_in_the_store_is_started_by_y_alone(
        self, size: tuple[int, int], keys: list[str], project: Path
    ) -> None:
        (project / "flow.py").unlink()
        starts_a_mark(project / "ck")
        async with open_app("ck", size) as app:
            screen = await opened(app)
            await app.shows("! suggested by ckpt-tui.toml", "asks before it is started")
            assert (screen.form.get("workflow"), screen.form.get("python")) == ("", "")
            await app.press("enter")
            await app.until(lambda: isinstance(app.app.screen, YesNoScreen), "the question")
            text = " ".join(app.text.replace("│", " ").split())
            assert "lies inside the store." in text
            assert "interpreter" in text and "python.sh" in text and "evil:x" in text
            await app.press(*keys)
            await app.shows("Not started.")
            assert screen.run is None
            await app.press("enter")
            await app.until(lambda: isinstance(app.app.screen, YesNoScreen), "the question again")
            await app.press("y")
            await app.until(lambda: (project / "ck" / "started").exists(), "it was started")

    async def test_a_program_that_is_found_outside_comes_before_it(self, project: Path) -> None:
        starts_a_mark(project / "ck")
        async with open_app("ck") as app:
            screen = await opened(app)
            assert [line.asks for line in screen.query_one(ProgramList).programs] == [False, True]
            await app.press("enter")
            await app.shows("RUN IT")
            assert not (project / "ck" / "started").exists()

    async def test_what_was_typed_instead_of_it_runs_in_another_interpreter(self, project: Path) -> None:
        starts_a_mark(project / "ck")
        async with open_app("ck") as app:
            screen = await opened(app)
            await app.press("2")
            screen.query_one("#workflow").focus()
            await app.type("flow.py:build_workflow")
            await app.press("enter")
            await app.shows("RUN IT")
            assert screen.run is not None and screen.run.plan.target.python == sys.executable
        assert not (project / "ck" / "started").exists()

    async def test_a_file_of_ones_own_names_its_interpreter_before_it_is_started(self, project: Path) -> None:
        starts_a_mark(project)
        async with open_app("ck") as app:
            screen = await opened(app)
            await app.shows("suggested by ckpt-tui.toml; nothing of it has run")
            assert screen.form.get("python") == "python.sh"
            assert "imports evil with python.sh" in preview(screen)
            await asyncio.sleep(0)
            assert not (project / "started").exists()


NOTHING = Discovered((), 0, 0, False, 0.0)
