"""Programs that have the terminal while the app waits: the person's editor, a pager."""

from __future__ import annotations

import os
import shlex
import subprocess
from typing import Any

from textual.app import App, SuspendNotSupported

from ckpt_tui.errors import CkptError

_COLON = ("code", "codium", "code-insiders", "cursor", "subl", "zed", "hx", "helix", "windsurf")
"""Editors that take `file:line`."""

_GOTO = ("code", "codium", "code-insiders", "cursor", "windsurf")
"""Those that do with `--goto` before it."""


def run_outside(app: App[Any], command: str, *arguments: str) -> int:
    """Run a program in the terminal, and wait for its end.

    Args:
        app: The app that gives the terminal away meanwhile.
        command: The program and its options, as a person sets them in $EDITOR or $PAGER.
        arguments: Further arguments.

    Returns:
        Its exit code.

    Raises:
        CkptError: the terminal cannot be given away, or the program did not start.
    """
    try:
        words = [*shlex.split(command), *arguments]
        with app.suspend():
            return subprocess.run(words, check=False).returncode
    except SuspendNotSupported:
        raise CkptError("This terminal cannot be handed to another program.") from None
    except (OSError, ValueError) as error:
        raise CkptError(f"{command} did not start: {error}") from None
    finally:
        app.refresh()


def editor() -> str:
    """The command of the person's editor: $VISUAL, $EDITOR or vi."""
    return os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"


def at_line(command: str, file: str, line: int) -> list[str]:
    """The arguments with which an editor opens a file at a line.

    Args:
        command: The editor.
        file: The path of the file.
        line: The line, from 1.
    """
    try:
        name = os.path.basename(shlex.split(command)[0]).removesuffix(".exe")
    except (ValueError, IndexError):  # `run_outside` reports the error
        name = ""
    if name in _COLON:
        return [*(["--goto"] if name in _GOTO else []), f"{file}:{line}"]
    return [f"+{line}", file]
