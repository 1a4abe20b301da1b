"""The panes of a replay: the graph, the lines of the shown step, and the watchlist."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content

from ckpt_tui.core.drawing.drawing import Drawing
from ckpt_tui.core.replay.frames import Frame
from ckpt_tui.core.steps.learned_graph import Graph
from ckpt_tui.core.text import clean
from ckpt_tui.tui.widgets.graph_view import GraphView, is_drawable
from ckpt_tui.tui.widgets.shown_keys import named_keys
from ckpt_tui.tui.widgets.step_lines import StepLines, WatchLines
from ckpt_tui.tui.widgets.step_text import Parts, TextAndPath, frame_lines

NARROW = 100
"""Columns below which a wide graph is shown above the step instead of beside it."""


class ReplayPanes(Container):
    """The panes of a replay."""

    DEFAULT_CSS = """
    ReplayPanes { height: 1fr; layout: horizontal; }
    ReplayPanes GraphView, ReplayPanes StepLines, ReplayPanes WatchLines {
        border: round $ck-edge; border-title-color: $foreground; border-subtitle-color: $ck-dim; padding: 0 1;
    }
    ReplayPanes GraphView:focus, ReplayPanes StepLines:focus, ReplayPanes WatchLines:focus {
        border: round $ck-edge-focus;
    }
    ReplayPanes GraphView { width: 45%; height: 1fr; }
    ReplayPanes #reported { width: 1fr; height: 1fr; }
    ReplayPanes StepLines { height: 1fr; }
    ReplayPanes WatchLines { height: auto; max-height: 40%; }
    ReplayPanes.-stacked { layout: vertical; }
    ReplayPanes.-stacked GraphView { width: 1fr; height: 45%; }
    """

    def __init__(self) -> None:
        super().__init__(id="body")
        self._cut = False
        self._compact: tuple[Graph, int] | None = None

    def compose(self) -> ComposeResult:
        yield GraphView("graph", share=1.0)
        with Vertical(id="story"):
            yield StepLines(id="step")
            yield WatchLines(id="watch")

    def on_mount(self) -> None:
        """Name the panes."""
        self.graph.border_title = Content("Graph")
        self.steps.border_title = Content("What happened")
        self.watched.border_title = Content("Watched")
        self.watched.border_subtitle = named_keys("x drops")

    @property
    def graph(self) -> GraphView:
        """The graph."""
        return self.query_one(GraphView)

    @property
    def steps(self) -> StepLines:
        """The lines of the step."""
        return self.query_one(StepLines)

    @property
    def watched(self) -> WatchLines:
        """The watchlist."""
        return self.query_one(WatchLines)

    def show_frame(self, frame: Frame, heading: TextAndPath, branches: Sequence[Parts]) -> None:
        """Show a step, and the branches from it where there is more than one."""
        self._stack(frame)
        self.graph.show(frame.graph, frame.step)
        if self.graph.is_cut != self._cut:  # a title that is set redraws the whole pane
            self._cut = self.graph.is_cut
            self.graph.border_subtitle = named_keys("H L scroll" if self._cut else "")
        self.steps.show([heading, *frame_lines(frame), *map(TextAndPath, branches)])

    def show_failure(self, reason: str, heading: TextAndPath) -> None:
        """Show that a checkpoint cannot be read."""
        what = "This checkpoint cannot be read; the replay passes over it."
        self.steps.show([heading, TextAndPath([(what, "error")]), TextAndPath([(clean(reason), "dim")])])

    def _stack(self, frame: Frame) -> None:
        """In a narrow terminal, a graph that is too wide to be beside the rest is above it."""
        if self._compact is None or self._compact[0] is not frame.graph:
            is_drawn = is_drawable(frame.graph)
            self._compact = frame.graph, Drawing(frame.graph, False).width if is_drawn else self.app.size.width
        width = self.app.size.width
        stacked = width < NARROW and self._compact[1] > width * 45 // 100 - 4
        if stacked != self.has_class("-stacked"):
            self.set_class(stacked, "-stacked")

    def next_pane(self, direction: int) -> None:
        """Give the focus to the next or previous pane."""
        shown = [pane for pane in (self.steps, self.graph, self.watched) if pane.display]
        at = next((index for index, pane in enumerate(shown) if pane.has_focus), 0)
        shown[(at + direction) % len(shown)].focus()
