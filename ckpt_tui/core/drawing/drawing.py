"""A graph as characters of a terminal: boxes, lines and arrows, lit by what happened in a step.

Lines are full where the edge is known, broken where it is inferred, and heavy where messages are in flight, so that
nothing is reported by colour alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from operator import itemgetter
from typing import NamedTuple
from unicodedata import combining, east_asian_width

from ckpt_tui.core.drawing.graph_layout import Layout, layout
from ckpt_tui.core.drawing.layers import Pair
from ckpt_tui.core.drawing.routes import Link
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.steps.learned_graph import Graph
from ckpt_tui.core.steps.steps import Light

SIGNS: Mapping[Light, str] = {
    "ran": "●", "running": "◉", "failed": "✗", "maybe": "◐", "waiting": "‖", "next": "◌", "stopped": "✗", "idle": "·",
}  # fmt: skip
"""One sign a light."""

WORDS: Mapping[Light, str] = {
    "ran": "ran", "running": "is running", "failed": "failed", "maybe": "may have run", "waiting": "waits",
    "next": "gets a message next", "stopped": "no trace after its message", "idle": "idle",
}  # fmt: skip

NAME_CELLS = 26
"""Cells of a name in a box; longer ones are cut."""

_UP, _DOWN, _LEFT, _RIGHT = range(4)


class Span(NamedTuple):
    """Characters of one line that look the same.

    Attributes:
        text: The characters.
        style: `line`, `hot` (messages in flight), `name` or a light.
        node: The node that they belong to, or "".
    """

    text: str
    style: str
    node: str = ""


class _Cell:
    """A cell of lines: the pairs whose lines leave it upwards, downwards, to the left and to the right."""

    __slots__ = ("arms", "arrow")

    def __init__(self) -> None:
        self.arms: list[set[Pair]] = [set(), set(), set(), set()]
        self.arrow: tuple[str, set[Pair]] | None = None


class Drawing:
    """A graph, placed; `line` gives it line by line.

    Args:
        graph: The graph.
        boxed: Boxes of three lines for nodes instead of one line.
    """

    def __init__(self, graph: Graph, boxed: bool = True) -> None:
        self.graph = graph
        self.boxed = boxed
        self.labels = {name: shown_name(name, NAME_CELLS) for name in graph.nodes}
        extra = 6 if boxed else 2
        loops = {source for source, target in graph.edges if source == target}
        widths = {name: _cells(label) + extra + 2 * (name in loops) for name, label in self.labels.items()}
        self.layout: Layout = layout(widths, graph.edges, graph.start)
        self._rows: dict[int, dict[int, _Cell]] = {}
        self._tops: list[int] = []
        self._nodes: dict[int, list[str]] = {}
        self.height = self._stack()
        self.width = self.layout.width
        ports: list[set[int]] = [set() for _ in range(self.layout.layers + 1)]
        for place in self.layout.places.values():
            ports[place.layer].add(place.port)
        ups = {link.layer for link in self.layout.links if link.up}
        for link in self.layout.links:
            self._draw(link, ports[link.layer], ports[link.layer + 1], link.layer in ups)

    # -- building ----------------------------------------------------------------------------------------------------

    def _stack(self) -> int:
        """The first line of each layer, and how many lines there are."""
        tall = 3 if self.boxed else 1
        ups = {link.layer for link in self.layout.links if link.up}
        joined = {link.layer for link in self.layout.links}
        at = 0
        for layer in range(self.layout.layers):
            self._tops.append(at)
            at += tall
            if layer in joined:
                at += (1 if layer in ups else 0) + self.layout.tracks[layer] + 1
            elif layer + 1 < self.layout.layers and not self.boxed:
                at += 1
        for name, place in self.layout.places.items():
            for line in range(tall):
                self._nodes.setdefault(self._tops[place.layer] + line, []).append(name)
        for names in self._nodes.values():
            names.sort(key=lambda name: self.layout.places[name].left)
        return at

    def place(self, name: str) -> tuple[int, int, int, int]:
        """First column, first line, columns and lines of a node."""
        place = self.layout.places[name]
        return place.left, self._tops[place.layer], place.width, 3 if self.boxed else 1

    def _draw(self, link: Link, starts: Collection[int], ends: Collection[int], has_ups: bool) -> None:
        """Draw one piece of edges.

        Args:
            link: The piece.
            starts: The columns in which nodes of the layer above it have their lines.
            ends: The same of the layer below it.
            has_ups: Whether any edge between the two goes up.
        """
        tall = 3 if self.boxed else 1
        first = self._tops[link.layer] + tall
        last = self._tops[link.layer + 1] - 1
        first = first if link.top in starts else self._tops[link.layer]
        turn = self._tops[link.layer] + tall + (1 if has_ups else 0) + max(link.track, 0)
        if link.track < 0:
            self._vertical(link.top, first, last, link.pairs)
        else:
            self._vertical(link.top, first, turn, link.pairs, open_end=True)
            self._sideways(turn, link.top, link.bottom, link.pairs)
            self._vertical(link.bottom, turn, last, link.pairs, open_start=True)
        if link.bottom in ends and link.down:
            self._arrow(last, link.bottom, "▼", link.down)
        if link.up and link.top in starts:
            self._arrow(self._tops[link.layer] + tall, link.top, "▲", link.up)

    def _cell(self, y: int, x: int) -> _Cell:
        return self._rows.setdefault(y, {}).setdefault(x, _Cell())

    def _vertical(
        self, x: int, top: int, bottom: int, pairs: Collection[Pair], open_start: bool = False, open_end: bool = False
    ) -> None:
        for y in range(top, bottom + 1):
            arms = self._cell(y, x).arms
            if y > top or not open_start:
                arms[_UP].update(pairs)
            if y < bottom or not open_end:
                arms[_DOWN].update(pairs)

    def _sideways(self, y: int, one: int, other: int, pairs: Collection[Pair]) -> None:
        left, right = min(one, other), max(one, other)
        for x in range(left, right + 1):
            arms = self._cell(y, x).arms
            if x > left:
                arms[_LEFT].update(pairs)
            if x < right:
                arms[_RIGHT].update(pairs)

    def _arrow(self, y: int, x: int, sign: str, pairs: Collection[Pair]) -> None:
        cell = self._cell(y, x)
        cell.arrow = (sign, (cell.arrow[1] if cell.arrow else set()) | set(pairs))

    # -- painting ----------------------------------------------------------------------------------------------------

    def line(self, y: int, lights: Mapping[str, Light], hot: Collection[Pair]) -> list[Span]:
        """One line of the picture.

        Args:
            y: Its number, from 0 at the top.
            lights: Node → its state; idle where it is left out.
            hot: The edges with messages in flight.
        """
        out: list[Span] = []
        at = 0
        cells = self._rows.get(y, {})
        marks: list[tuple[int, int, str | None]] = [(x, 1, None) for x in cells]  # a node may have an empty name
        for name in self._nodes.get(y, ()):
            place = self.layout.places[name]
            marks.append((place.left, place.width, name))
        for x, width, node in sorted(marks, key=itemgetter(0)):
            if x > at:
                out.append(Span(" " * (x - at), "line"))
            if node is not None:
                out += self._node_runs(node, y, lights.get(node, "idle"))
            else:
                out.append(self._cell_run(cells[x], hot))
            at = x + width
        return out

    def _node_runs(self, name: str, y: int, light: Light) -> list[Span]:
        label = self.labels[name] + (" ↺" if name in self.layout.loops else "")
        sign = SIGNS[light]
        if not self.boxed:
            return [Span(f"{sign} ", light, name), Span(label, light if light != "idle" else "name", name)]
        place = self.layout.places[name]
        line = y - self._tops[place.layer]
        lit = light in ("ran", "waiting", "stopped")
        corners, across, side = (("┏┓", "┗┛"), "━", "┃") if lit else (("╭╮", "╰╯"), "─", "│")
        if line != 1:
            ends = corners[0] if line == 0 else corners[1]
            return [Span(f"{ends[0]}{across * (place.width - 2)}{ends[1]}", light, name)]
        return [
            Span(f"{side} {sign} ", light, name), Span(label, light if light != "idle" else "name", name),
            Span(f" {side}", light, name),
        ]  # fmt: skip

    def _cell_run(self, cell: _Cell, hot: Collection[Pair]) -> Span:
        if cell.arrow is not None:
            sign, pairs = cell.arrow
            lit = any(pair in hot for pair in pairs)
            return Span(sign if lit else {"▼": "▽", "▲": "△"}[sign], "hot" if lit else "line")
        weights = [0 if not arm else 2 if any(pair in hot for pair in arm) else 1 for arm in cell.arms]
        style = "hot" if 2 in weights else "line"
        up, down, left, right = cell.arms
        if up and down and left and right and not (up | down) & (left | right):
            # Lines that only cross: the one from above passes over the other.
            return Span(_GLYPHS[weights[0], weights[1], 0, 0], "hot" if 2 in weights[:2] else "line")
        straight = (not left and not right) or (not up and not down)
        if straight and all(self._trust(pair) != "exact" for arm in cell.arms for pair in arm):
            return Span(_BROKEN[bool(left or right), 2 in weights], style)
        return Span(_GLYPHS.get((weights[0], weights[1], weights[2], weights[3]), "┼"), style)

    def _trust(self, pair: Pair) -> str:
        edge = self.graph.edges.get(pair)
        return edge.trust if edge is not None else "exact"

    def text(self, lights: Mapping[str, Light] | None = None, hot: Collection[Pair] = ()) -> str:
        """The whole picture."""
        lines = ("".join(run.text for run in self.line(y, lights or {}, hot)).rstrip() for y in range(self.height))
        return "\n".join(lines)


def _cells(text: str) -> int:
    """Cells of a text: East Asian wide characters take two."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


_BROKEN = {(False, False): "┆", (False, True): "┇", (True, False): "┄", (True, True): "┅"}
"""(sideways, heavy) → a broken line."""


def _glyphs() -> dict[tuple[int, int, int, int], str]:
    """Weights of the arms up, down, left and right (0 none, 1 light, 2 heavy) → the box-drawing character."""
    found: dict[tuple[int, int, int, int], str] = {}
    arms = {"UP": (0,), "DOWN": (1,), "LEFT": (2,), "RIGHT": (3,), "VERTICAL": (0, 1), "HORIZONTAL": (2, 3)}
    for code in range(0x2500, 0x2580):
        words = unicodedata.name(chr(code)).removeprefix("BOX DRAWINGS ").split()
        if {"DASH", "DOUBLE", "ARC", "DIAGONAL"} & set(words) or "DASH" in "".join(words):
            continue
        weights = [0, 0, 0, 0]
        named: list[str] = []
        weight = 0
        leading = words[0] in ("LIGHT", "HEAVY")
        for word in words:
            if word in ("LIGHT", "HEAVY"):
                weight = 1 if word == "LIGHT" else 2
                if not leading:
                    for arm in named:
                        for place in arms[arm]:
                            weights[place] = weight
                    named = []
            elif word in arms:
                if leading:
                    for place in arms[word]:
                        weights[place] = weight
                else:
                    named.append(word)
        found[weights[0], weights[1], weights[2], weights[3]] = chr(code)
    return found


_GLYPHS = _glyphs()
