"""Nodes of a graph in layers, the order within each, and their columns.

The steps are those of Sugiyama: edges that close a loop are turned round, every node gets a layer, edges that pass
layers get a bend in each, layers are ordered so that few edges cross, and nodes are moved over their neighbours. All
numbers are cells of a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

SWEEPS = 12
"""Times the layers are ordered and the nodes are moved; more make no visible difference."""

NODE_GAP = 3
"""Cells between two nodes of a layer."""

BEND_GAP = 2
"""Cells between an edge that passes a layer and what is beside it."""

SNAP = 4
"""Cells that a node is moved so that a line is straight."""

STRAIGHT = 4.0
"""How much more an edge that passes layers pulls than one between neighbours: it should be straight."""


Pair = tuple[str, str]
"""The source and the target of an edge."""


class NodePosition(NamedTuple):
    """Where a node is.

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


def turned(names: Sequence[str], pairs: Sequence[Pair], start: str) -> dict[Pair, tuple[set[Pair], set[Pair]]]:
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
            child = next(rest, None)
            if child is None:
                state[name] = 2
                stack.pop()
                continue
            back = state.get(child) == 1
            key = (child, name) if back else (name, child)
            found.setdefault(key, (set(), set()))[1 if back else 0].add((name, child))
            if child not in state:
                state[child] = 1
                stack.append((child, iter(below[child])))
    return found


def layers_of(names: Sequence[str], turned: Iterable[Pair], start: str) -> dict[str, int]:
    """The layer of each node: below all that lead to it; a beginning is right above what it leads to."""
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


class Grid:
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
        """Order every layer by where the neighbours are, back and forth; the fewest crossings stay."""
        best, fewest = [list(row) for row in self.rows], self._crossings()
        for sweep in range(SWEEPS):
            if not fewest:
                break
            rows = range(1, len(self.rows)) if sweep % 2 == 0 else range(len(self.rows) - 2, -1, -1)
            place = self._places()
            for row in rows:
                self._sort(row, self.above if sweep % 2 == 0 else self.below, place)
            crossings = self._crossings()
            if crossings < fewest:
                best, fewest = [list(row) for row in self.rows], crossings
        self.rows = best

    def _sort(self, row: int, neighbours: Sequence[Sequence[int]], place: dict[int, int]) -> None:
        """Order a layer by where its neighbours are; `place` is where each point is in its layer, before and after."""
        points = self.rows[row]
        wanted = {}
        for at, point in enumerate(points):
            near = neighbours[point]
            wanted[point] = sum(place[other] for other in near) / len(near) if near else float(at)
        points.sort(key=lambda point: (wanted[point], place[point]))
        place.update((point, at) for at, point in enumerate(points))

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

    def places(self) -> Iterable[tuple[str, NodePosition]]:
        """The place of every node."""
        for index, name in enumerate(self.names):
            port, width = int(self.port[index]), self.width[index]
            yield name, NodePosition(self.layer[index], port - width // 2, port, width)
