"""The graph of executors as a picture that is lit by a step; where there is no room for one, as a list.

In a list that is longer than its place, executors that are idle are folded: those that are active are in sight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from rich.cells import cell_len
from textual.binding import Binding

from ckpt_tui.core.drawing.drawing import SIGNS, WORDS, Drawing
from ckpt_tui.core.steps.learned_graph import Graph
from ckpt_tui.core.steps.steps import Light, Step
from ckpt_tui.core.text import clean
from ckpt_tui.tui.widgets.scrolled_view import ScrolledView
from ckpt_tui.tui.widgets.step_text import LIGHT_STYLES, Parts, legend, step_notes

LEAST_WIDTH = 22
"""Columns below which the graph is a list."""

LEAST_HEIGHT = 6
"""Lines below which it is."""

MOST_NODES = 150
"""Executors above which it is: nobody reads a larger picture, and to place it takes a second."""

MOST_EDGES = 250
"""The same of edges."""

SIDEWAYS = 8
"""Columns that one key scrolls by."""

_STYLES: dict[str, str] = {
    "line": "lane",
    "hot": "accent",
    "name": "plain",
    **{str(light): style for light, style in LIGHT_STYLES.items()},
}


def is_drawable(graph: Graph) -> bool:
    """Whether a graph is small enough to be a picture; else it is a list."""
    return len(graph.nodes) <= MOST_NODES and len(graph.edges) <= MOST_EDGES


class GraphView(ScrolledView):
    """A graph, lit; below it the legend and notes.

    Args:
        share: The part of the height that boxes may take; a higher picture is drawn without them.
    """

    WHAT = "graph"

    BINDINGS = [  # noqa: RUF012 Textual's own convention
        Binding("shift+left,H", "sideways(-1)", "scroll the graph to the left", show=False),
        Binding("shift+right,L", "sideways(1)", "scroll the graph to the right", show=False),
        Binding("full_stop", "toggle_idle", "show or fold the executors that are idle in a long list", show=False),
    ]

    def __init__(self, id: str | None = None, share: float = 0.7) -> None:
        super().__init__(id=id)
        self._share = share
        self._graph = Graph()
        self._lights: dict[str, Light] = {}
        self._hot: frozenset[tuple[str, str]] = frozenset()
        self._notes: Sequence[Parts] = ()
        self._drawings: dict[bool, Drawing] = {}
        self._drawing: Drawing | None = None
        self._left = 0
        self._said: list[Parts] = []
        self._is_folded = True
        self._rows: list[str | int] = []
        """The list: an executor, or how many idle ones are folded there."""

    # -- content -----------------------------------------------------------------------------------------------------

    def show(self, graph: Graph, step: Step | None, notes: Sequence[Parts] = ()) -> None:
        """Show a graph as a step left it, and notes below the picture."""
        if graph is not self._graph:
            self._graph = graph
            self._drawings.clear()
        hot = frozenset(
            (flight.source, target)
            for flight in (step.flights if step is not None else ())
            for target in flight.targets
            if flight.sort == "message"
        )
        self._light(step.lights() if step is not None else {}, hot, notes)

    def show_lights(self, graph: Graph, lights: Mapping[str, Light]) -> None:
        """Show a graph with the state of each executor, of a run that goes on."""
        if graph is not self._graph:
            self._graph = graph
            self._drawings.clear()
        hot = frozenset(
            pair for pair in graph.edges if lights.get(pair[1]) == "next" and lights.get(pair[0]) in ("ran", "next")
        )
        self._light(dict(lights), hot, ())

    def _light(self, lights: dict[str, Light], hot: frozenset[tuple[str, str]], notes: Sequence[Parts]) -> None:
        self._lights, self._hot, self._notes = lights, hot, notes
        self._arrange()

    def show_learned(self, graph: Graph, step: Step, known: int, total: int) -> None:
        """Show the graph that `known` of `total` steps of a run make, as one of them left it, and what it did."""
        self.show(graph, step, step_notes(step, known, total))

    def on_resize(self) -> None:
        """Lay out the picture or the list for the size."""
        self._arrange()
        super().on_resize()

    def _arrange(self) -> None:
        width, height = self.scrollable_content_region.size
        if width <= 0:
            return
        self._drawing = self._fitting(width, int(height * self._share))
        self._rows = self._listed(height) if self._drawing is None else []
        used = [self._light_of(name) for name in self._graph.nodes]
        words = legend(used, self._graph, bool(self._hot & self._graph.edges.keys()))
        self._said = [[], *_wrapped(words, width)] if self._drawing is not None and self._graph.nodes else []
        if self._notes:
            self._said += [[], *self._notes]
        self._left = min(self._left, self._overhang(width))
        self._show_lit(width, height)
        self.changed_rows()
        self.call_after_refresh(self._show_lit_once_drawn)  # before, there may be no room to scroll in

    def _listed(self, height: int) -> list[str | int]:
        lit = [light != "idle" for light in map(self._light_of, self._graph.nodes)]
        if not self._is_folded or len(lit) <= height or not any(lit):
            return [*self._graph.nodes]
        rows: list[str | int] = []
        for is_lit, group in groupby(zip(lit, self._graph.nodes, strict=True), key=itemgetter(0)):
            names = [name for _, name in group]
            rows += names if is_lit or len(names) == 1 else [len(names)]
        return rows

    def _light_of(self, name: str) -> Light:
        return self._lights.get(name, "idle")

    def _fitting(self, width: int, height: int) -> Drawing | None:
        if width < LEAST_WIDTH or height < LEAST_HEIGHT or not is_drawable(self._graph):
            return None
        boxed = self._drawn(True)
        if boxed.width <= width and boxed.height + 2 <= height:
            return boxed
        return self._drawn(False)

    def _drawn(self, boxed: bool) -> Drawing:
        found = self._drawings.get(boxed)
        if found is None:
            found = self._drawings[boxed] = Drawing(self._graph, boxed)
        return found

    def _overhang(self, width: int) -> int:
        return max(self._drawing.width - width, 0) if self._drawing is not None else 0

    @property
    def is_list(self) -> bool:
        """Whether there is no room for a picture."""
        return self._drawing is None

    @property
    def is_cut(self) -> bool:
        """Whether the picture is wider than its place."""
        return self._overhang(self.scrollable_content_region.width) > 0

    # -- lines -------------------------------------------------------------------------------------------------------

    @property
    def line_count(self) -> int:
        return self._height + len(self._said)

    @property
    def _height(self) -> int:
        return self._drawing.height if self._drawing is not None else len(self._rows)

    def draw(self, index: int, width: int) -> Parts:
        if index >= self._height:
            return self._said[index - self._height]
        if self._drawing is None:
            row = self._rows[index]
            return self._row(row) if type(row) is str else [(f"  ⋯ {row:,} idle", "dim")]
        runs = self._drawing.line(index, self._lights, self._hot)
        parts = [(run.text, _STYLES[run.style]) for run in runs]
        overhang = self._overhang(width)
        if not overhang:
            # A picture smaller than its place is centred.
            return [(" " * ((width - self._drawing.width) // 2), "plain"), *parts]
        return _cut(parts, self._left, width)

    def _row(self, name: str) -> Parts:
        light = self._light_of(name)
        to = [target for source, target in self._graph.edges if source == name]
        parts: Parts = [(f"{SIGNS[light]} ", LIGHT_STYLES[light]), (clean(name, 40), "plain")]
        hot = [target for target in to if (name, target) in self._hot]
        if hot:
            parts += [(" ▶ ", "accent"), (", ".join(clean(target, 30) for target in hot), "accent")]
        elif light != "idle":
            parts.append((f"  {WORDS[light]}", "dim"))
        return parts

    # -- scrolling ---------------------------------------------------------------------------------------------------

    def action_sideways(self, direction: int) -> None:
        """Scroll to the left or right."""
        width, before = self.scrollable_content_region.width, self._left
        self._left = max(0, min(self._left + direction * SIDEWAYS, self._overhang(width)))
        if self._left == before:
            self.idle(f"There is no more of the graph to the {'right' if direction > 0 else 'left'}.")
        self.changed()

    def action_toggle_idle(self) -> None:
        """Show or fold the executors that are idle, where they are in a list that is longer than its place."""
        self._is_folded = not self._is_folded
        self._arrange()

    def _show_lit_once_drawn(self) -> None:
        width, height = self.scrollable_content_region.size
        if width > 0:
            self._show_lit(width, height)

    def _show_lit(self, width: int, height: int) -> None:
        """Scroll so that active executors are in sight."""
        drawing = self._drawing
        names = [name for name, light in self._lights.items() if light != "idle" and name in self._graph.nodes]
        if not names:
            return
        if drawing is None:
            boxes = [(0, self._rows.index(name), width, 1) for name in names]
        else:
            boxes = [drawing.place(name) for name in names]
        if not _fit(boxes, width, height):
            urgent = min(map(_URGENCY.index, map(self._light_of, names)))
            boxes = [box for box, name in zip(boxes, names, strict=True) if self._light_of(name) == _URGENCY[urgent]]
        left, right = min(box[0] for box in boxes), max(box[0] + box[2] for box in boxes)
        top, bottom = min(box[1] for box in boxes), max(box[1] + box[3] for box in boxes)
        if left < self._left or right > self._left + width:
            middle = (left + right - width) // 2 if right - left <= width else boxes[0][0] - 2
            self._left = max(0, min(middle, self._overhang(width)))
        shown = self.scroll_offset.y
        if top < shown or bottom > shown + height:
            middle = (top + bottom - height) // 2 if bottom - top <= height else boxes[0][1] - 1
            limit = max(self.line_count - height, 0)
            self.scroll_to(y=max(0, min(middle, limit)), animate=False, immediate=True)


_URGENCY: tuple[Light, ...] = ("failed", "next", "stopped", "waiting", "running", "maybe", "ran")
"""Which executors are in sight where not all that are lit can be."""


def _fit(boxes: Sequence[tuple[int, int, int, int]], width: int, height: int) -> bool:
    """Whether boxes, of which left, top, width and height are given, can be seen together."""
    across = max(left + wide for left, _, wide, _ in boxes) - min(left for left, *_ in boxes)
    down = max(top + high for _, top, _, high in boxes) - min(top for _, top, *_ in boxes)
    return across <= width and down <= height


def _cut(parts: Parts, left: int, width: int) -> Parts:
    """The columns of a line from `left` on; names are the only texts with wide characters, and stay whole or go."""
    out: Parts = []
    at = 0
    for text, style in parts:
        cells = cell_len(text)
        begin, end = max(left - at, 0), min(left + width - at, cells)
        if begin < end:
            piece = (
                text[begin:end] if cells == len(text) else text if (begin, end) == (0, cells) else " " * (end - begin)
            )
            out.append((piece, style))
        at += cells
    return out


def _wrapped(parts: Parts, width: int) -> list[Parts]:
    """Pairs of a sign and a word on as many lines as they need."""
    out: list[Parts] = [[]]
    used = 0
    for index in range(0, len(parts), 2):
        pair = parts[index : index + 2]
        cells = sum(cell_len(text) for text, _ in pair)
        if used and used + cells > width:
            out.append([])
            used = 0
        out[-1] += pair
        used += cells
    return out
