"""The containers of a JSON document that are being written, and those that are written later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ckpt_tui.core.paths import Path
from ckpt_tui.core.value import Value


class Items:
    """Members that are written as a bare list: no value of the file, so it is in no cycle."""

    __slots__ = ("items",)

    def __init__(self, items: Sequence[Value]) -> None:
        self.items = items


class Entries:
    """key, value, key, value, ... written as a list of pairs."""

    __slots__ = ("kv",)

    def __init__(self, kv: list[Value]) -> None:
        self.kv = kv


class OpenContainer:
    """A container that is being written: what is left of it, where it goes, its size and the member at hand."""

    __slots__ = ("ident", "key", "out", "pairs", "prefix", "size")

    def __init__(
        self, out: Any, pairs: Iterable[tuple[Any, Value]], ident: int, prefix: Path = (), size: int = 0
    ) -> None:
        self.out = out
        self.size = size
        self.pairs: Iterator[tuple[Any, Value]] = iter(pairs)
        self.ident = ident
        self.prefix = prefix
        self.key: int | str = 0


class Postponed:
    """A value that is written when all others are: where it goes, and its level and path there."""

    __slots__ = ("key", "level", "out", "prefix", "value")

    def __init__(self, out: Any, key: Any, value: Value, level: int, prefix: Path) -> None:
        self.out = out
        self.key = key
        self.value = value
        self.level = level
        self.prefix = prefix
