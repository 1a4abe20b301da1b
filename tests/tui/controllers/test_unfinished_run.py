"""A debugged run that was cut off is offered to go on with."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from ckpt_tui.actions.debugging.session_record import note_begin
from ckpt_tui.user_directories import state_directory
from tests.tui.support import copy_of, open_app


def noted(store: Path, process: int) -> None:
    """Note that a run of another process writes to a store."""
    note_begin(str(store), "/flow.py", (), step=True)
    file = Path(state_directory()) / "sessions.json"
    table = json.loads(file.read_text())
    table[str(store)]["pid"] = process
    file.write_text(json.dumps(table))


async def test_a_run_of_another_terminal_is_offered_as_soon_as_its_process_is_gone(tmp_path: Path) -> None:
    store = copy_of("linear", tmp_path)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        noted(store, other.pid)
        async with open_app(store) as app:
            await app.press("R")
            await app.shows("Nothing was run yet: r resumes from the checkpoint.")
            assert other.stdin is not None
            other.stdin.close()
            other.wait()
            await app.shows("The last run was cut off after step", "R goes on from there.")
            await app.press("R")
            await app.shows("Whose code runs")
