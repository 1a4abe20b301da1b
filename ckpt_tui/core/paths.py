"""Paths to values: a tuple of steps, and its JMESPath over the JSON of `show`."""

from __future__ import annotations

import json
import re
from typing import Protocol

PathStep = int | str
Path = tuple[PathStep, ...]


def expression(path: Path) -> str:
    """The JMESPath of a place, `@` for the document itself.

    >>> expression(("state", "draft", "$items", 3, "no. 1"))
    'state.draft."$items"[3]."no. 1"'
    """
    text = ""
    for step in path:
        if type(step) is int:
            text += f"[{step}]"
        else:
            name = str(step)
            quoted = name if name.isascii() and name.isidentifier() else _quoted(name)
            text += f".{quoted}" if text else quoted
    return text or "@"


def _quoted(name: str) -> str:
    """A name in quotes: visible characters as they are, invisible ones and lone surrogates as escapes."""
    text = json.dumps(name, ensure_ascii=False)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)


_STEP = r'(?P<dot>\.)?(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<quoted>"(?:[^"\\]|\\.)*"))|\[(?P<index>-?\d{1,9})\]'


def parse(text: str) -> Path | None:
    """The steps of a path as `expression` writes it, or with indexes from the end; None when it is anything else."""
    steps: list[PathStep] = []
    at = 0
    while at < len(text):
        found = re.compile(_STEP).match(text, at)
        if found is None or (found["index"] is None and bool(found["dot"]) != bool(steps)):
            return None
        if found["index"] is not None:
            steps.append(int(found["index"]))
        else:
            steps.append(found["name"] if found["name"] is not None else json.loads(found["quoted"]))
        at = found.end()
    return tuple(steps)


class Placed(Protocol):
    """A value on a walk, linked to the one above it. A walk makes many, and few of their paths are needed."""

    @property
    def above(self) -> Placed | None:
        """The value that this one is a member of."""

    @property
    def steps(self) -> Path:
        """The steps from there to it."""


def path_to(place: Placed | None) -> Path:
    """The steps that lead to a value."""
    parts: list[Path] = []
    while place is not None:
        parts.append(place.steps)
        place = place.above
    path: list[PathStep] = []
    for steps in reversed(parts):
        path += steps
    return tuple(path)
