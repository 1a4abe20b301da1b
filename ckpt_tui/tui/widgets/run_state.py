"""The state of a live run: its graph, lit, and beside it its pause, or the last calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.running.executor_states import Called, Progress
from ckpt_tui.core.running.secret_lines import masked_copy
from ckpt_tui.core.running.session_lines import pause_text
from ckpt_tui.core.running.short_values import brief, short_name
from ckpt_tui.core.runs.short_ids import short_id
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.steps.steps import Light
from ckpt_tui.core.text import clean, counted
from ckpt_tui.tui.widgets.graph_view import GraphView
from ckpt_tui.tui.widgets.shown_keys import keys_of
from ckpt_tui.tui.widgets.text_lines import Paragraph, TextLines

MESSAGE_CHARACTERS = 8_000
"""Characters of a message that are shown; the line of the log holds all of it."""

BRIEF = 600
"""Characters of a message below which it is written as an object, not as JSON."""

_LABEL = 9
"""Columns before a text."""


class RunState(Horizontal):
    """The graph of a run with its present lights, and its place as text."""

    DEFAULT_CSS = """
    RunState { height: 42%; min-height: 8; }
    RunState GraphView, RunState TextLines {
        border: round $ck-edge; border-title-color: $foreground; padding: 0 1; height: 1fr; width: 1fr;
    }
    RunState GraphView:focus, RunState TextLines:focus { border: round $ck-edge-focus; }
    """

    def __init__(self) -> None:
        super().__init__(id="state")
        self.graph = GraphView(id="run-graph")
        self.words = TextLines(id="run-words")
        self._shown: tuple[int, bool] = (-1, False)

    def compose(self) -> ComposeResult:
        yield self.graph
        yield self.words

    def on_mount(self) -> None:
        """Name the parts."""
        self.graph.border_title = Content("Graph")
        self.words.border_title = Content("Where it is")

    def show(self, progress: Progress, paused: dict[str, Any] | None, reveal: bool) -> None:
        """Show a run, if it has changed."""
        now = progress.changes, reveal
        if now == self._shown:
            return
        self._shown = now
        self.graph.show_lights(progress.graph, progress.lights)
        paragraphs = list(_paused(paused, reveal) if paused is not None else _running(progress))
        self.words.show([*paragraphs, *_calls(progress.called)])


def _paused(line: dict[str, Any], reveal: bool) -> Iterator[Paragraph]:
    line = line if reveal else masked_copy(line)
    yield Paragraph(pause_text(line, BRIEF), "warn", 2, "‖ ", "warn")
    if line.get("executor"):
        source = shown_name(str(line.get("source") or ""), 40)
        origin = f" from {source}" if source else ""
        yield Paragraph(f"{short_name(str(line.get('type')))}{origin}", "plain", _LABEL, "gets", "label")
        text = brief(line.get("data"), BRIEF)
        text = text if len(text) < BRIEF else dumps(line.get("data"))
        yield Paragraph(text[:MESSAGE_CHARACTERS], "plain", _LABEL)
    elif line.get("reason") == "error":
        yield from _after_error(line)
    if line.get("checkpoint"):
        yield Paragraph(clean(short_id(str(line["checkpoint"]))), "dim", _LABEL, "saved", "label")


def _after_error(line: dict[str, Any]) -> Iterator[Paragraph]:
    if line.get("fix"):
        yield Paragraph(clean(str(line["fix"])), "plain", _LABEL, "→", "label")
    if line.get("file"):
        yield Paragraph(f"{line['file']}:{line.get('line')}", "plain", _LABEL, "at", "label")
        yield Paragraph("opens it in $EDITOR", "dim", _LABEL, keys_of("run.editor"), "accent")


def _running(progress: Progress) -> Iterator[Paragraph]:
    def names(light: Light) -> str:
        return ", ".join(clean(name, 30) for name, one in progress.lights.items() if one == light)

    for light, word in (("running", "runs"), ("waiting", "waits"), ("failed", "failed"), ("next", "next")):
        if names(light):  # type: ignore[arg-type]
            yield Paragraph(names(light), "plain", _LABEL, word, "label")  # type: ignore[arg-type]


def _calls(called: list[Called]) -> Iterator[Paragraph]:
    """The calls of the superstep, each with its time and tokens."""
    for each in called:
        printed = f"printed {counted(each.printed, 'line')}" if each.printed else ""
        text = " · ".join(filter(None, (shown_name(each.executor, 30), each.spent, printed)))
        yield Paragraph(text, "plain", _LABEL, each.sign, "error" if each.sign == "✗" else "good")
