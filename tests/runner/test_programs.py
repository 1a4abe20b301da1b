"""Programs of every shape, as they are, are resumed as the framework resumes them, and harm nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ckpt_tui.actions.resume.plan import Target, make_plan
from ckpt_tui.actions.resume.sources import source_of
from ckpt_tui.stores.registry import open_store
from tests.runner.stores import Watched, of_kind
from tests.samples.resumes import ckpt_tui, differences, digest
from tests.support.program_stores import LOADED, MARKERS, OTHERS, SERVER, SHAPES, Shape, recorded, resumed_both_ways

SEVERAL = (
    "two workflows gathered", "two workflows in a task group", "one workflow after the other",
    "a workflow that needs the first one's output", "two workflows that look alike", "one workflow twice",
    "a workflow inside another", "a program that goes on by itself", "deleting through its storage",
)  # fmt: skip
"""Programs whose last checkpoint is of another workflow or run than the first; that of others only ends again."""


def starts(name: str) -> tuple[bool, ...]:
    """Whether a program is resumed from its first checkpoint, and from the last one or the one that waits."""
    return (True, False) if SHAPES[name].answers is not None or name in SEVERAL else (True,)


def unchanged(name: str) -> dict[str, str]:
    """A digest of each file of a program and its store, but for what Python and the program write when it is loaded."""
    found = digest(recorded(SHAPES[name]).program.directory)
    return {path: content for path, content in found.items() if "__pycache__" not in path and path != LOADED}


@pytest.mark.parametrize(
    "name", list(SHAPES), scope="class"
)  # all tests of a program one after the other: it is recorded once
class TestPrograms:
    def test_a_check_runs_no_executor_and_changes_nothing(self, name: str, tmp_path: Path) -> None:
        made = recorded(SHAPES[name])
        before = unchanged(name)
        program = made.program
        code, found, err = ckpt_tui(program, made.store, made.waiting or made.ids[-1], tmp_path, "--check")
        assert of_kind(found, "check"), (err, of_kind(found, "error"))
        assert of_kind(found, "check")[0]["ok"], of_kind(found, "check")[0]["problems"]
        assert code == (6 if made.waiting else 0)
        assert not [line for line in of_kind(found, "log") if str(line["text"]).startswith("executor")]
        assert not of_kind(found, "event")
        assert unchanged(name) == before

    def test_a_resume_equals_one_by_the_framework(self, name: str) -> None:
        for first in starts(name):
            identifier, expected, found = resumed_both_ways(SHAPES[name], first)
            assert expected.outcome in ("done", "waiting"), expected.error
            assert differences(expected, found, identifier) == []

    def test_nothing_of_the_program_runs_after_its_run_and_its_store_stays(self, name: str) -> None:
        before = unchanged(name)
        for first in starts(name):
            assert resumed_both_ways(SHAPES[name], first)[2].outcome in ("done", "waiting")
        directory = recorded(SHAPES[name]).program.directory
        assert [marker for marker in MARKERS if (directory / marker).exists()] == []
        assert unchanged(name) == before


def session(shape: Shape, mode: str, into: Path) -> Watched:
    """A session whose target is a program as it is, started where the program is."""
    made = recorded(shape)
    loaded = open_store(made.store).load(f"{made.waiting or made.ids[0]}.json", everything=True)
    home = made.program.directory
    target = Target(str(home / made.program.target), sys.executable, arguments=shape.arguments, directory=str(home))
    return Watched(make_plan(source_of(str(made.store), loaded), target, str(into)), mode)


class TestWhatAProgramDoesMeanwhile:
    @pytest.mark.parametrize("name", OTHERS)
    def test_what_a_program_starts_changes_nothing_either(self, name: str, tmp_path: Path) -> None:
        made = recorded(OTHERS[name])
        before = digest(made.program.directory)
        _, found, _ = ckpt_tui(made.program, made.store, made.ids[0], tmp_path, "--check")
        assert not [line for line in of_kind(found, "log") if str(line["text"]).startswith("executor")]
        assert digest(made.program.directory) == before

    def test_a_program_is_loaded_once(self, tmp_path: Path) -> None:
        made = recorded(SHAPES["what cannot be loaded twice"])
        (made.program.directory / LOADED).unlink(missing_ok=True)
        code, _, err = ckpt_tui(made.program, made.store, made.ids[0], tmp_path, "--check")
        assert code == 0, err
        assert (made.program.directory / LOADED).read_text() == "loaded\n"

    def test_a_program_that_waits_for_others_is_said_to_and_can_be_stopped(self, tmp_path: Path) -> None:
        watched = session(SERVER, "check", tmp_path / "new")
        while "has not started a workflow" not in watched.until("log")["text"]:
            pass
        watched.session.stop()
        assert watched.end()["outcome"] in ("stopped", "died", "refused")
        assert not (tmp_path / "new").exists()

    def test_a_deadline_of_the_program_does_not_end_the_wait_for_a_yes(self, tmp_path: Path) -> None:
        shape = SHAPES["a deadline"]
        watched = session(shape, "ask", tmp_path / "new")
        assert watched.until("check")["ok"]
        # The deadline is over at once; what the program does about it is done before the next command is taken.
        watched.session.send({"do": "check", **watched.session.plan.changes()})
        assert watched.until("check")["ok"]
        watched.session.send({"do": "run", **watched.session.plan.changes()})
        assert watched.end()["outcome"] == "done"
        assert [marker for marker in MARKERS if (recorded(shape).program.directory / marker).exists()] == []
