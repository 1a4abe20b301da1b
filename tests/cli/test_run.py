"""`ckpt-tui run`: where checkpoints go, and what cannot be run is said before anything is started."""

from pathlib import Path

import pytest

from ckpt_tui.cli.run import run_place
from tests.cli.commands import Output, called

GRAPH = Path(__file__).parent.parent / "support" / "programs" / "graphs" / "approval.py"


def test_a_name_in_a_program_is_not_run(capsysbinary: Output) -> None:
    done = called(capsysbinary, "run", f"{GRAPH}:graph", "--yes")
    assert done.code == 2
    assert f"Run the program itself: ckpt-tui run {GRAPH}" in done.err


def test_a_run_has_a_place_of_its_own_a_database_for_a_graph(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_place("some/app.py", "", "") == ".ckpt-tui/app-1"
    (tmp_path / ".ckpt-tui" / "app-1").mkdir(parents=True)
    assert run_place("some/app.py", "", "") == ".ckpt-tui/app-2"
    assert run_place("some/app.py", "", ".sqlite") == ".ckpt-tui/app-2.sqlite"
    (tmp_path / ".ckpt-tui" / "app-2.sqlite").touch()
    assert run_place("pkg.app", "", ".sqlite") == ".ckpt-tui/app-3.sqlite"


def test_a_place_that_is_named_is_taken_and_a_directory_gets_a_database(tmp_path: Path) -> None:
    assert run_place("app.py", str(tmp_path), "") == str(tmp_path)
    assert run_place("app.py", str(tmp_path / "new"), ".sqlite") == str(tmp_path / "new")
    assert run_place("app.py", str(tmp_path), ".sqlite") == str(tmp_path / "app-1.sqlite")
