"""The person's own editor, opened at a line of a file."""

from __future__ import annotations

import os
import shlex

_COLON = ("code", "codium", "code-insiders", "cursor", "subl", "zed", "hx", "helix", "windsurf")
"""Editors that take `file:line`."""

_GOTO = ("code", "codium", "code-insiders", "cursor", "windsurf")
"""Those that do with `--goto` before it."""


def editor_command(file: str, line: int) -> list[str]:
    """The words that open a file at a line in $VISUAL, $EDITOR or vi.

    Args:
        file: Its path.
        line: The line, from 1.

    Raises:
        ValueError: the variable is not a command line.
    """
    words = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    name = os.path.basename(words[0] if words else "").removesuffix(".exe")
    if name in _COLON:
        return [*words, *(["--goto"] if name in _GOTO else []), f"{file}:{line}"]
    return [*words, f"+{line}", file]
