"""(f) Start-up of a headless verb."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.benchmarks.data import write_store
from tests.benchmarks.figures import Figure, in_turns, ms, process
from tests.benchmarks.peers import CLICK, COMMAND, Programs


def run(directory: Path) -> list[Figure]:
    """Whole processes, to `python -c "import click"`."""
    programs = Programs(directory / "programs")
    empty, thirty = directory / "empty", directory / "thirty"
    empty.mkdir()
    write_store(thirty, 30)
    calls = {
        "`--version`": ["--version"],
        "`ls --fast`, empty directory": ["ls", str(empty), "--fast"],
        "`ls --fast`, 30 files": ["ls", str(thirty), "--fast"],
        "`ls`, 30 files": ["ls", str(thirty)],
        "`show latest`, 30 files": ["show", str(thirty), "latest"],
    }
    works = [process(*programs.command(COMMAND, *args)) for args in calls.values()]
    peer, *ours = in_turns(process(sys.executable, "-c", CLICK), *works, runs=15)
    return [
        Figure(
            f"start of {name}, to `import click`",
            ms(took),
            ms(peer),
            f"{took / peer:.2f}×",
            "< 2.5×",
            took < 2.5 * peer,
        )
        for name, took in zip(calls, ours, strict=True)
    ]
