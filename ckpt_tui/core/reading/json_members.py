"""The members of the containers of a JSON document: as many as there is room for, each container in a frame."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from ckpt_tui.core.paths import Path, expression
from ckpt_tui.core.reading.json_frames import OpenContainer, Postponed
from ckpt_tui.core.reading.json_limits import LONG_INTEGER, LONG_TEXT, NEVER_LONG, JsonLimits, weight_of
from ckpt_tui.core.reading.object_parts import Pairs
from ckpt_tui.core.value import Value

_WEIGHTS = 12
"""What one member of a container counts at most, by itself."""

SAMPLE = 8
"""Members of a long list that say what each of them is likely to count."""

_FEW = 16
"""Members of a mapping that has room for all of them, whatever they are."""

_NAMES, _NEW_NAME = 10_000, 16
"""Different names in small mappings that cost no more than others, and the cost of each beyond: each is judged."""

_RUN = 500
"""Items of a long list that are looked at together, and written as they are where they are short numbers."""


class JsonMembers(JsonLimits):
    """Takes the members of containers.

    Args:
        nodes: Values it may write.
        depth: Levels of the document.
        repeats: What shared values may cost when they come again.
        stated: How many values a document holds, for those who read that one is cut; the same as `nodes` unless given.
        level: The level of the value.
        prefix: Steps that lead to it.
        is_whole: Nothing in it is put off.
    """

    def __init__(
        self, nodes: int, depth: int, repeats: int, stated: int | None = None, level: int = 1, prefix: Path = (),
        is_whole: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(nodes, repeats, stated)
        self.depth = depth
        self.level = level  # of the document; some containers take two
        self.prefix = prefix
        self.is_whole = is_whole
        self.postponed: list[Postponed] = []
        self.open: dict[int, int] = {}  # id of a container being written → the frame of its parent
        self.frames: list[OpenContainer] = []
        self.references: dict[int, dict[str, Any]] = {}
        self.names_cut = 0
        self.small_names: set[str] = set()

    def close(self, ident: int) -> None:
        """Take note that a container is written: what refers to it from now on is not a cycle."""
        self.open.pop(ident, None)
        if self.references:
            self.references.pop(ident, None)

    def list(self, items: Sequence[Value], ident: int, repeated: bool, prefix: Path = ()) -> list[Any]:
        """A list of members, as many as there is room for."""
        size = len(items)
        if (
            size <= SAMPLE
            and not repeated
            and size * _WEIGHTS <= self.left
            and set(map(type, items)) <= _TEXT
            and max(map(len, items), default=0) <= LONG_TEXT
        ):
            self.left -= size
            self.close(ident)
            return [*items]
        take = self.take(size, repeated, weight_of(items[:SAMPLE]) if size > self.left // _WEIGHTS else 1)
        take = self.looked_at_closely(items, take)
        pairs: Iterable[tuple[int, Value]]
        if take > _RUN and type(items) in _LISTS and type(items[0]) in _NUMBERS:
            out, pairs = [*items[:take]], _to_be_written(items, take)
        else:
            out, pairs = [None] * take, enumerate(islice(items, take))
        if take < size:
            out.append(self.cut(f"{size - take:,} more"))
        if take:
            self.level += 1 + len(prefix)
            self.frames.append(OpenContainer(out, pairs, ident, prefix, size))
        else:
            self.close(ident)
        return out

    def pairs(
        self, out: dict[str, Any], kv: Value, ident: int, repeated: bool, rest: Sequence[tuple[str, Value]] = ()
    ) -> Any:
        """Named members, name, value, name, value, ..., and then `rest`."""
        size = len(kv) // 2
        if not repeated and 0 < size <= _FEW and not rest and self.left >= _FEW * _WEIGHTS:
            names = kv[::2]
            if max(map(len, names)) <= LONG_TEXT:
                self.left -= size + size // 2
                known = len(self.small_names)
                self.small_names.update(names)
                if known > _NAMES:
                    self.left -= _NEW_NAME * (len(self.small_names) - known)
                self.level += 1
                self.frames.append(OpenContainer(out, zip(names, kv[1::2], strict=True), ident))
                return out
        return self.names(out, Pairs(kv), islice(kv, 0, None, 2), kv[1 : 2 * SAMPLE : 2], size, ident, repeated, rest)

    def names(
        self, out: dict[str, Any], pairs: Iterable[tuple[str, Value]], kv: Iterable[Any], sample: Iterable[Value],
        size: int, ident: int, repeated: bool, rest: Sequence[tuple[str, Value]] = (),
    ) -> Any:  # fmt: skip
        """Named members, as many as there is room for, and then `rest`."""
        if not size and not rest:
            self.close(ident)
            return out
        names: Any
        if size * _WEIGHTS <= self.left and not repeated:
            take = size
            self.left -= size + size // 2  # a name is written and judged, too
            names = kv if type(kv) is dict else [*kv]
        else:
            take = self.take(size, repeated, weight_of(sample) if size > self.left // _WEIGHTS else 1)
            self.left -= take // 2
            names = list(islice(kv, take))
        take = self.looked_at_closely(names, take, are_names=True)
        names = names if take == len(names) else list(islice(names, take))
        if sum(map(len, names)) > LONG_TEXT * take:
            for name in names:
                self.again(name, len(name), None)
            if self.repeats < 0:
                self.close(ident)
                return self.sign("long names come too often")
        last = (("$error", self.cut(f"{size - take:,} more")["$error"]),) if take < size else ()
        if last or rest:
            pairs = chain(islice(pairs, take), rest, last)
        self.level += 1
        self.frames.append(OpenContainer(out, pairs, ident))
        return out

    def path(self, parent: int) -> str:
        """The path of a container that is being written, by the frame of its parent."""
        steps = tuple(step for frame in self.frames[1 : parent + 1] for step in (*frame.prefix, frame.key))
        return expression((*self.prefix, *steps))


def _to_be_written(items: Sequence[Value], count: int) -> Iterator[tuple[int, Value]]:
    """Index and value of the first so many items of a list, but for runs of those that are written as they are."""
    runs = ((start, items[start : min(start + _RUN, count)]) for start in range(0, count, _RUN))
    return chain.from_iterable(enumerate(run, start) for start, run in runs if not _are_short_numbers(run))


def _are_short_numbers(items: Sequence[Value]) -> bool:
    """Whether all items are numbers of one kind, or None, that are written as they are."""
    kinds = set(map(type, items))
    if kinds == _FLOAT:
        return all(map(math.isfinite, items))
    if kinds <= NEVER_LONG:
        return True
    return kinds <= _INTEGERS and min(items) > -LONG_INTEGER and max(items) < LONG_INTEGER


_LISTS = (list, tuple)
_NUMBERS = (float, int, bool, type(None))
_TEXT, _FLOAT, _INTEGERS = {str}, {float}, {int, bool}
