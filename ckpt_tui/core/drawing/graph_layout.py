"""Places for the nodes of a graph in layers from top to bottom, and routes for its edges: a small layered layout."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ckpt_tui.core.drawing.layers import NODE_GAP, Grid, NodePosition, Pair, layers_of, turned
from ckpt_tui.core.drawing.routes import Link, route

ISOLATED_WIDTH = 72
"""Cells that a row of nodes without edges may take."""


class Layout(NamedTuple):
    """A graph with a place for everything.

    Attributes:
        places: Node → its place.
        links: Pieces of edges.
        layers: How many layers there are; those of nodes without edges come last.
        tracks: Rows for sideways pieces below each layer.
        width: Columns in all.
        loops: Nodes with an edge to themselves.
    """

    places: Mapping[str, NodePosition]
    links: tuple[Link, ...]
    layers: int
    tracks: tuple[int, ...]
    width: int
    loops: frozenset[str]


def layout(widths: Mapping[str, int], edges: Iterable[Pair], start: str = "") -> Layout:
    """Place a graph.

    Args:
        widths: Node → columns it takes, in the order in which nodes are preferred from left to right.
        edges: (source, target) pairs; pairs with an unknown node are left out.
        start: The node to begin with, or "".
    """
    pairs = [pair for pair in dict.fromkeys(edges) if pair[0] in widths and pair[1] in widths]
    loops = frozenset(source for source, target in pairs if source == target)
    pairs = [pair for pair in pairs if pair[0] != pair[1]]
    joined = {name for pair in pairs for name in pair}
    names = [name for name in widths if name in joined]
    edges_down = turned(names, pairs, start)
    grid = Grid(names, layers_of(names, edges_down, start), edges_down, widths)
    grid.order()
    grid.move()
    places = dict(grid.places())
    links, tracks = route(grid)
    count = len(grid.rows)
    shift = -min((place.left for place in places.values()), default=0)
    shift = max(shift, -min((min(link.top, link.bottom) for link in links), default=0))
    places = {name: place._replace(left=place.left + shift, port=place.port + shift) for name, place in places.items()}
    links = [link._replace(top=link.top + shift, bottom=link.bottom + shift) for link in links]
    alone = [name for name in widths if name not in joined]
    rest = _place_alone(alone, widths, count)
    places.update(rest)
    rows = max((place.layer for place in places.values()), default=-1) + 1
    width = max((place.left + place.width for place in places.values()), default=0)
    width = max(width, max((max(link.top, link.bottom) + 1 for link in links), default=0))
    return Layout(places, tuple(links), rows, tuple(tracks + [0] * (rows - len(tracks))), width, loops)


def _place_alone(names: Sequence[str], widths: Mapping[str, int], layer: int) -> dict[str, NodePosition]:
    """Nodes without edges, in rows of their own below the others."""
    found = {}
    at = 0
    for name in names:
        width = widths[name]
        if at and at + width > ISOLATED_WIDTH:
            layer, at = layer + 1, 0
        found[name] = NodePosition(layer, at, at + width // 2, width)
        at += width + NODE_GAP
    return found
