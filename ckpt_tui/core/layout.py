"""Places for the nodes of a graph in layers from top to bottom, and ways for its edges: a small layered layout.

The steps are those of Sugiyama: edges that close a loop are turned round, every node gets a layer, edges that pass
layers get a bend in each, layers are ordered so that few edges cross, and nodes are moved over their neighbours. All
numbers are cells of a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

SWEEPS = 12
"""Times the layers are ordered and the nodes are moved; more changes nothing that can be seen."""

NODE_GAP = 3
"""Cells between two nodes of a layer."""

BEND_GAP = 2
"""Cells between an edge that passes a layer and what stands beside it."""

ISOLATED_WIDTH = 72
"""Cells that a row of nodes without edges may take."""

SNAP = 4
"""Cells that a node is moved so that a line is straight."""

STRAIGHT = 4.0
"""How much more an edge that passes layers pulls than one between neighbours: it should be straight."""


class Place(NamedTuple):
    """Where a node stands.

    Attributes:
        layer: Its layer, from 0 at the top.
        left: Its first column.
        port: The column where its edges begin and end.
        width: Columns it takes.
    """

    layer: int
    left: int
    port: int
    width: int


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

    places: Mapping[str, Place]
    links: tuple[Link, ...]
    layers: int
    tracks: tuple[int, ...]
    width: int
    loops: frozenset[str]


Pair = tuple[str, str]


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
    turned = _turn(names, pairs, start)
    layer = _layers(names, turned, start)
    grid = _Grid(names, layer, turned, widths)
    grid.order()
    grid.move()
    places = dict(grid.places())
    links, tracks = _route(grid)
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


def _turn(names: Sequence[str], pairs: Sequence[Pair], start: str) -> dict[Pair, tuple[set[Pair], set[Pair]]]:
    """Edges without loops: (upper, lower) → the pairs that run down, the pairs that run up."""
    below: dict[str, list[str]] = {name: [] for name in names}
    for source, target in pairs:
        below[source].append(target)
    entered = {target for _, target in pairs}
    first = [start] if start in below else []
    roots = dict.fromkeys([*first, *(name for name in names if name not in entered), *names])
    state: dict[str, int] = {}  # 1 while the walk is below it, 2 when it has left it
    found: dict[Pair, tuple[set[Pair], set[Pair]]] = {}
    for root in roots:
        if root in state:
            continue
        state[root] = 1
        stack = [(root, iter(below[root]))]
        while stack:
            name, rest = stack[-1]
            target = next(rest, "")
            if not target:
                state[name] = 2
                stack.pop()
                continue
            back = state.get(target) == 1
            key = (target, name) if back else (name, target)
            found.setdefault(key, (set(), set()))[1 if back else 0].add((name, target))
            if target not in state:
                state[target] = 1
                stack.append((target, iter(below[target])))
    return found


def _layers(names: Sequence[str], turned: Iterable[Pair], start: str) -> dict[str, int]:
    """The layer of each node: below all that lead to it; a beginning stands right above what it leads to."""
    below: dict[str, list[str]] = {name: [] for name in names}
    missing = dict.fromkeys(names, 0)
    for upper, lower in turned:
        below[upper].append(lower)
        missing[lower] += 1
    begins = [name for name in names if not missing[name]]
    layer = dict.fromkeys(names, 0)
    ready = list(begins)
    while ready:
        name = ready.pop()
        for lower in below[name]:
            layer[lower] = max(layer[lower], layer[name] + 1)
            missing[lower] -= 1
            if not missing[lower]:
                ready.append(lower)
    for name in begins:
        if name != start and below[name]:
            layer[name] = min(layer[lower] for lower in below[name]) - 1
    return layer


class _Grid:
    """Layers of numbered points: nodes first, then the bends of edges that pass layers."""

    def __init__(
        self,
        names: Sequence[str],
        layer: Mapping[str, int],
        turned: Mapping[Pair, tuple[set[Pair], set[Pair]]],
        widths: Mapping[str, int],
    ) -> None:
        self.names = names
        number = {name: index for index, name in enumerate(names)}
        self.layer = [layer[name] for name in names]
        self.width = [widths[name] for name in names]
        self.pieces: list[tuple[int, int, frozenset[Pair], frozenset[Pair], frozenset[Pair]]] = []
        """Upper point, lower point, the pairs, those with an arrow at the lower end, at the upper end."""
        for (upper, lower), (down, up) in turned.items():
            pairs, here = frozenset(down | up), number[upper]
            for bend in range(layer[upper] + 1, layer[lower]):
                self.layer.append(bend)
                self.width.append(1)
                point = len(self.layer) - 1
                self.pieces.append(
                    (here, point, pairs, frozenset(), frozenset(up) if here < len(names) else frozenset())
                )
                here = point
            first = frozenset(up) if here < len(names) else frozenset()
            self.pieces.append((here, number[lower], pairs, frozenset(down), first))
        self.above: list[list[int]] = [[] for _ in self.layer]
        self.below: list[list[int]] = [[] for _ in self.layer]
        for upper_point, lower_point, *_ in self.pieces:
            self.above[lower_point].append(upper_point)
            self.below[upper_point].append(lower_point)
        self.rows: list[list[int]] = [[] for _ in range(max(self.layer, default=-1) + 1)]
        for point, row in enumerate(self.layer):
            self.rows[row].append(point)
        self.port = [0.0] * len(self.layer)

    # -- the order within layers -------------------------------------------------------------------------------------

    def order(self) -> None:
        """Order every layer by where the neighbours stand, back and forth; the fewest crossings stay."""
        best, fewest = [list(row) for row in self.rows], self._crossings()
        for sweep in range(SWEEPS):
            if not fewest:
                break
            rows = range(1, len(self.rows)) if sweep % 2 == 0 else range(len(self.rows) - 2, -1, -1)
            for row in rows:
                self._sort(row, self.above if sweep % 2 == 0 else self.below)
            crossings = self._crossings()
            if crossings < fewest:
                best, fewest = [list(row) for row in self.rows], crossings
        self.rows = best

    def _sort(self, row: int, neighbours: Sequence[Sequence[int]]) -> None:
        place = self._places()
        points = self.rows[row]
        wanted = {}
        for at, point in enumerate(points):
            near = neighbours[point]
            wanted[point] = sum(place[other] for other in near) / len(near) if near else float(at)
        points.sort(key=lambda point: (wanted[point], place[point]))

    def _places(self) -> dict[int, int]:
        return {point: at for row in self.rows for at, point in enumerate(row)}

    def _crossings(self) -> int:
        place = self._places()
        total = 0
        for row in self.rows[:-1]:
            ends = [place[lower] for point in row for lower in sorted(self.below[point], key=lambda p: place[p])]
            total += sum(1 for index, end in enumerate(ends) for later in ends[index + 1 :] if later < end)
        return total

    # -- columns -----------------------------------------------------------------------------------------------------

    def move(self) -> None:
        """Move every point over its neighbours as far as the others of its layer let it."""
        for row in self.rows:
            at = 0
            for index, point in enumerate(row):
                at += self._space(row[index - 1], point) if index else 0
                self.port[point] = float(at)
        for sweep in range(SWEEPS):
            down = sweep % 2 == 0
            rows = self.rows if down else self.rows[::-1]
            for row in rows:
                self._settle(row, (self.above,) if down else (self.below,))
        for row in self.rows:
            self._settle(row, (self.above, self.below))
        self.port = [float(int(port // 1)) for port in self.port]
        for rows, side in ((self.rows, self.above), (self.rows[::-1], self.below)):
            for row in rows:
                self._snap(row, side)

    def _snap(self, row: Sequence[int], side: Sequence[Sequence[int]]) -> None:
        """Put points under the middle one they hang on where a few cells are missing: no line needs so small a bend."""
        for index, point in enumerate(row):
            near = sorted(self.port[other] for other in side[point])
            if len(near) % 2 == 0:
                continue
            wanted = near[len(near) // 2]
            if not 0 < abs(wanted - self.port[point]) <= SNAP:
                continue
            least = self.port[row[index - 1]] + self._space(row[index - 1], point) if index else wanted
            most = wanted
            if index + 1 < len(row):
                most = self.port[row[index + 1]] - self._space(point, row[index + 1])
            if least <= wanted <= most:
                self.port[point] = wanted

    def _space(self, left: int, right: int) -> int:
        nodes = len(self.names)
        gap = NODE_GAP if left < nodes and right < nodes else BEND_GAP
        return self.width[left] - self.width[left] // 2 + gap + self.width[right] // 2

    def _settle(self, row: Sequence[int], sides: Sequence[Sequence[Sequence[int]]]) -> None:
        """The places nearest to the wanted ones that keep the order and the space (pool adjacent violators)."""
        pools: list[list[float]] = []  # sum of weighted wishes, weight, points
        offset = 0.0
        offsets = []
        for index, point in enumerate(row):
            offset += self._space(row[index - 1], point) if index else 0
            offsets.append(offset)
            wish, weight = self._wish(point, sides)
            pools.append([(wish - offset) * weight, weight, 1])
            while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
                wishes, weights, count = pools.pop()
                pools[-1][0] += wishes
                pools[-1][1] += weights
                pools[-1][2] += count
        at = 0
        for wishes, weight, count in pools:
            for _ in range(int(count)):
                self.port[row[at]] = wishes / weight + offsets[at]
                at += 1

    def _wish(self, point: int, sides: Sequence[Sequence[Sequence[int]]]) -> tuple[float, float]:
        total = weight = 0.0
        nodes = len(self.names)
        for side in sides:
            for other in side[point]:
                pull = STRAIGHT if other >= nodes and point >= nodes else 1.0
                total += self.port[other] * pull
                weight += pull
        # A point without neighbours on this side stays where it is, if nothing pushes it.
        return (total / weight, weight) if weight else (self.port[point], 0.1)

    def places(self) -> Iterable[tuple[str, Place]]:
        """The place of every node."""
        for index, name in enumerate(self.names):
            port, width = int(self.port[index]), self.width[index]
            yield name, Place(self.layer[index], port - width // 2, port, width)


class _Bundle:
    """Pieces that share one sideways row: they begin at the same point, or end at it, or all begin and end alike."""

    __slots__ = ("bottoms", "high", "low", "members", "tops")

    def __init__(self, members: list[Link]) -> None:
        self.members = members
        self.tops = {link.top for link in members}
        self.bottoms = {link.bottom for link in members}
        self.low = min(self.tops | self.bottoms)
        self.high = max(self.tops | self.bottoms)


def _route(grid: _Grid) -> tuple[list[Link], list[int]]:
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


def _place_alone(names: Sequence[str], widths: Mapping[str, int], layer: int) -> dict[str, Place]:
    """Nodes without edges, in rows of their own below the others."""
    found = {}
    at = 0
    for name in names:
        width = widths[name]
        if at and at + width > ISOLATED_WIDTH:
            layer, at = layer + 1, 0
        found[name] = Place(layer, at, at + width // 2, width)
        at += width + NODE_GAP
    return found
