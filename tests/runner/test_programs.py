"""Programs of every shape, as they are, are resumed as the framework resumes them, and harm nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runner.stores import of_kind
from tests.samples.resumes import ckpt_tui, differences, digest
from tests.support.program_stores import LOADED, MARKERS, SHAPES, recorded, resumed_both_ways

NOT_YET: dict[str, str] = {}
"""Shapes that are not resumed as they should be, and why."""

EACH = [
    pytest.param(name, marks=pytest.mark.xfail(reason=NOT_YET[name])) if name in NOT_YET else name for name in SHAPES
]


def unchanged(name: str) -> dict[str, str]:
    """A digest of each file of a program and its store, but for what Python and the program write when it is loaded."""
    found = digest(recorded(SHAPES[name]).program.directory)
    return {path: content for path, content in found.items() if "__pycache__" not in path and path != LOADED}


class TestPrograms:
    @pytest.mark.parametrize("name", EACH)
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

    @pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
    @pytest.mark.parametrize("name", EACH)
    def test_a_resume_equals_one_by_the_framework(self, name: str, first: bool) -> None:
        identifier, expected, found = resumed_both_ways(SHAPES[name], first)
        assert expected.outcome in ("done", "waiting"), expected.error
        assert differences(expected, found, identifier) == []

    @pytest.mark.parametrize("name", EACH)
    def test_nothing_of_the_program_runs_after_its_run_and_its_store_stays(self, name: str) -> None:
        before = unchanged(name)
        for first in (True, False):
            assert resumed_both_ways(SHAPES[name], first)[2].outcome in ("done", "waiting")
        directory = recorded(SHAPES[name]).program.directory
        assert [marker for marker in MARKERS if (directory / marker).exists()] == []
        assert unchanged(name) == before
