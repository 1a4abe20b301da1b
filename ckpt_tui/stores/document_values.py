"""Values of a document with the type that a format expects, else an empty value; nothing here raises."""

from __future__ import annotations

from typing import Any

from ckpt_tui.core.value import Map, Value


def members(value: Value) -> dict[str, Any]:
    """The members of an object, the last of repeated ones; none of anything else."""
    if type(value) is Map and value.kv:
        return {key: item for key, item in zip(value.kv[::2], value.kv[1::2], strict=True) if type(key) is str}
    return value if type(value) is dict else {}


def items(value: Value) -> list[Any]:
    """The items of an array; none of anything else."""
    return value if type(value) is list else []


def text(value: Value) -> str:
    """A text; "" for anything else."""
    return value if type(value) is str else ""


def integer(value: Value) -> int:
    """An integer; 0 for anything else."""
    return value if type(value) is int else 0
