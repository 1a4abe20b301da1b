"""Routes for the edges between layers: the rows in which they run sideways."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ckpt_tui.core.drawing.layers import Grid


class Link(NamedTuple):
    """A piece of one edge, or of two edges that run in opposite ways, between one layer and the next.

    Attributes:
        layer: The upper layer.
        top: The column it begins at.
        bottom: The column it ends at.
        pairs: The (source, target) pairs whose edges it is a piece of.
        down: The pairs whose arrow is at its lower end.
        up: The pairs whose arrow is at its upper end.
        track: The row among those between the layers where it runs sideways, or -1 where it is straight.
    """

    layer: int
    top: int
    bottom: int
    pairs: frozenset[tuple[str, str]]
    down: frozenset[tuple[str, str]]
    up: frozenset[tuple[str, str]]
    track: int = -1


class _Bundle:
    """Pieces that share one sideways row: they begin at the same point, or end at it, or all begin and end alike."""

    __slots__ = ("bottoms", "high", "low", "members", "tops")

    def __init__(self, members: list[Link]) -> None:
        self.members = members
        self.tops = {link.top for link in members}
        self.bottoms = {link.bottom for link in members}
        self.low = min(self.tops | self.bottoms)
        self.high = max(self.tops | self.bottoms)


def route(grid: Grid) -> tuple[list[Link], list[int]]:
    """The pieces of edges with rows for those that run sideways, and how many rows there are below each layer."""
    out: list[Link] = []
    tracks: list[int] = []
    for row in range(max(len(grid.rows) - 1, 0)):
        links = [
            Link(row, int(grid.port[upper]), int(grid.port[lower]), pairs, down, up)
            for upper, lower, pairs, down, up in grid.pieces
            if grid.layer[upper] == row
        ]
        bundles = [_Bundle(members) for members in _bundles(links)]
        bent = [bundle for bundle in bundles if bundle.low != bundle.high]
        rows = _rows(bent)
        tracks.append(max(rows, default=-1) + 1)
        out += [link for bundle in bundles if bundle.low == bundle.high for link in bundle.members]
        out += [link._replace(track=at) for bundle, at in zip(bent, rows, strict=True) for link in bundle.members]
    return out, tracks


def _bundles(links: Sequence[Link]) -> Iterable[list[Link]]:
    tops: dict[int, set[int]] = {}
    bottoms: dict[int, set[int]] = {}
    for link in links:
        tops.setdefault(link.top, set()).add(link.bottom)
        bottoms.setdefault(link.bottom, set()).add(link.top)
    found: dict[tuple[str, object], list[Link]] = {}
    for link in links:
        ends = tops[link.top]
        key: tuple[str, object]
        if all(tops[top] == ends for bottom in ends for top in bottoms[bottom]):
            key = ("all", frozenset(ends))
        elif len(ends) > 1:
            key = ("top", link.top)
        else:
            key = ("bottom", link.bottom)
        found.setdefault(key, []).append(link)
    return found.values()


def _rows(bundles: Sequence[_Bundle]) -> list[int]:
    """A row for each bundle: none shares a row with one it would touch, and what comes from above stays above."""
    over: list[set[int]] = [
        {other for other, upper in enumerate(bundles) if other != index and upper.tops & bundle.bottoms}
        for index, bundle in enumerate(bundles)
    ]
    rows = [-1] * len(bundles)
    left = sorted(range(len(bundles)), key=lambda index: (bundles[index].low, bundles[index].high))
    while left:
        free = [index for index in left if not over[index] & set(left)] or left[:1]
        for index in free:
            least = max((rows[other] + 1 for other in over[index] if rows[other] >= 0), default=0)
            taken = {
                rows[other]
                for other, bundle in enumerate(bundles)
                if rows[other] >= 0 and _touch(bundle, bundles[index])
            }
            while least in taken:
                least += 1
            rows[index] = least
        left = [index for index in left if index not in free]
    return rows


def _touch(one: _Bundle, other: _Bundle) -> bool:
    return one.low <= other.high + 1 and other.low <= one.high + 1
