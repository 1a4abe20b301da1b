"""What is kept of debugged runs, so that the next start can offer to go on with one."""

from __future__ import annotations

import shutil
from pathlib import Path

from ckpt_tui.actions.debugging.session_record import note_begin, note_end, note_moved, unfinished

STORE = Path(__file__).parents[2] / "data" / "langgraph" / "answered-twice" / "orders.sqlite"


def test_a_run_that_went_on_in_another_database_is_offered_from_its_newest_checkpoint(tmp_path: Path) -> None:
    first, second = str(tmp_path / "app-1.sqlite"), str(tmp_path / "fork.sqlite")
    for place in (first, second):
        shutil.copyfile(STORE, place)
    note_begin(first, "/app.py", ["error"], True)
    note_moved(first, second)
    note_end(second, "failed")
    found = unfinished(workflow="/app.py")
    assert found is not None
    assert (found.directory, found.ended, found.breaks, found.step) == (second, "failed", ("error",), True)
    thread, _, name = found.checkpoint.partition("/")
    assert name.startswith("1f1ec6d6-f")
    assert thread
    assert unfinished((first,)) is None


def test_a_database_without_checkpoints_is_not_offered(tmp_path: Path) -> None:
    place = str(tmp_path / "app-1.sqlite")
    (tmp_path / "app-1.sqlite").write_bytes(b"")
    note_begin(place, "/app.py", [], False)
    note_end(place, "failed")
    assert unfinished(workflow="/app.py") is None
