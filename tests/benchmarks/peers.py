"""What ours is measured against: small programs, each run by the same interpreter as a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

BARE_OS = """
import os, sys
directory = sys.argv[1]
with os.scandir(directory) as entries:
    names = [entry.name for entry in entries if entry.name.endswith(".json")]
for name in names:
    descriptor = os.open(directory + "/" + name, os.O_RDONLY)
    head = os.read(descriptor, 512)
    os.lseek(descriptor, -512, os.SEEK_END)
    tail = os.read(descriptor, 512)
    os.close(descriptor)
"""
"""A bare loop over files with the system's own calls: the least that any program must do."""

BARE_OPEN = """
import os, sys
directory = sys.argv[1]
with os.scandir(directory) as entries:
    names = [entry.name for entry in entries if entry.name.endswith(".json")]
for name in names:
    with open(os.path.join(directory, name), "rb") as file:
        head = file.read(512)
        file.seek(-512, os.SEEK_END)
        tail = file.read(512)
"""
"""The same as people write it."""

FRAMEWORK = """
import asyncio, sys
from agent_framework import FileCheckpointStorage
found = asyncio.run(FileCheckpointStorage(sys.argv[1]).list_checkpoints(workflow_name=sys.argv[2]))
for checkpoint in found:
    print(checkpoint.checkpoint_id, checkpoint.iteration_count)
"""
"""The framework's own list."""

CLICK = "import click"

EMPTY_APP = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("ready to go")

Empty().run()
"""
EMPTY_TEXT = "ready to go"

COMMAND = """
import sys
from ckpt_tui.__main__ import main
sys.exit(main())
"""
"""What the installed `ckpt-tui` is."""

ROOT = str(Path(__file__).parents[2])


class Programs:
    """The programs as files in a directory.

    Args:
        directory: Where they are put.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def __call__(self, source: str, *args: str) -> tuple[str, ...]:
        """Arguments of the interpreter for a program."""
        path = self._directory / f"program_{abs(hash(source))}.py"
        path.write_text(f"import sys; sys.path.insert(0, {ROOT!r})\n{source}", encoding="utf-8")
        return (str(path), *args)

    def command(self, source: str, *args: str) -> tuple[str, ...]:
        """A whole command for a program."""
        return (sys.executable, *self(source, *args))
