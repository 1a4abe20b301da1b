"""The file that holds what came in by a pipe is shown as standard input: its path means nothing to anybody."""

from __future__ import annotations

NAME = "standard input"

_paths: list[str] = []


def remember(path: str) -> None:
    """Show a path as standard input from now on."""
    _paths.append(path)


def shown_input(text: str) -> str:
    """A text with standard input named where it names the file that holds it."""
    for path in _paths:
        text = text.replace(path, NAME)
    return text
