"""`ckpt_tui.stores.near_paths`: a path that is mistyped gets the one that was meant, and no other one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpt_tui.errors import NotFoundError
from ckpt_tui.stores.near_paths import near_path
from ckpt_tui.stores.registry import open_store


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory, with two stores, a file and a hidden directory."""
    (tmp_path / "my_checkpoints" / "run-0001").mkdir(parents=True)
    (tmp_path / "archive").mkdir()
    (tmp_path / ".archive").mkdir()
    (tmp_path / "runs.sqlite").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("my_chekpoints", "my_checkpoints"), ("./my_chekpoints", "./my_checkpoints"),
        ("./my_chekpoints/", "./my_checkpoints"), ("My_Checkpoints", "my_checkpoints"),
        ("my_chekpoints/run-0001", "my_checkpoints/run-0001"), ("my_chekpoints/run-001", "my_checkpoints/run-0001"),
        ("my_checkpoints/run-001", "my_checkpoints/run-0001"), ("run.sqlite", "runs.sqlite"), (".archiv", ".archive"),
        ("archiv", "archive"),
    ],
)  # fmt: skip
def test_a_letter_or_two_may_be_wrong_in_each_name_of_a_path(here: Path, wrong: str, meant: str) -> None:
    assert near_path(wrong) == meant
    assert near_path(str(here / wrong)) == str(here / meant)


@pytest.mark.parametrize("path", ["elsewhere", "my_checkpoints/other", "x/y/z/archive/run", "nul\0byte", "", "/"])
def test_nothing_is_offered_that_is_not_nearly_the_same(here: Path, path: str) -> None:
    assert near_path(path) == ""


def test_a_store_that_is_not_there_is_reported_with_the_one_that_was_meant(here: Path) -> None:
    with pytest.raises(NotFoundError) as raised:
        open_store("./my_chekpoints")
    assert raised.value.hint == "Did you mean ./my_checkpoints?"
    with pytest.raises(NotFoundError, match="Name the directory"):
        open_store("elsewhere")
