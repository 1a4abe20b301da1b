"""Walks through the JSON of a checkpoint that remember how each value was reached; a path is built only on request."""

from __future__ import annotations

from collections.abc import Container
from typing import TypeAlias

from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.value import Map, Value

PathLink: TypeAlias = "tuple[PathLink | None, Path]"
"""A path as a chain, last steps first: few paths are ever needed in full."""


def next_on(way: PathLink | None, value: Value, kinds: Container[type]) -> list[tuple[PathLink, Value]]:
    """The members of a container of JSON that are of certain kinds, each with its link; none for anything else."""
    kind = type(value)
    if kind is dict:
        return [((way, (key,)), item) for key, item in value.items() if type(item) in kinds]
    if kind is list:
        return [((way, (index,)), item) for index, item in enumerate(value) if type(item) in kinds]
    if kind is not Map:
        return []
    below = members(value)
    return [
        ((way, below[index].steps), item) for index in range(len(below)) if type(item := below.value(index)) in kinds
    ]


def path_of(way: PathLink | None) -> Path:
    """The path of a linked value."""
    parts: list[Path] = []
    while way is not None:
        way, steps = way
        parts.append(steps)
    return tuple(step for steps in reversed(parts) for step in steps)
