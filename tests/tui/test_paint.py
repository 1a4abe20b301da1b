"""What is written to the terminal: all that looks different, and little more."""

from __future__ import annotations

from typing import Any

import pyte
import pytest
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.geometry import Region
from textual.strip import Strip

from ckpt_tui.tui.app import CkptApp
from ckpt_tui.tui.paint import Painter
from tests.tui.support import NORMAL, RECORDED, open_app


class Paper:
    """A terminal: what was written into its cells, and how many characters that took."""

    def __init__(self) -> None:
        self.painter = Painter()
        self.cells: dict[tuple[int, int], str] = {}
        self.written = 0

    def take(self, update: ChopsUpdate | LayoutUpdate, system: ColorSystem | None) -> None:
        for y, parts in self.painter.changed(update, system).parts.items():
            for part in parts:
                self.written += len(part.segment.text)
                x = part.start
                for char in part.segment.text:
                    self.cells[y, x] = char
                    x += cell_len(char)

    @property
    def text(self) -> list[str]:
        rows: dict[int, list[str]] = {}
        for (y, _), char in sorted(self.cells.items()):
            rows.setdefault(y, []).append(char)
        return ["".join(chars) for _, chars in sorted(rows.items())]


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> Paper:
    found = Paper()
    display = CkptApp._display

    def take(self: CkptApp, screen: Any, update: Any) -> None:
        if not self._batch_count and isinstance(update, ChopsUpdate | LayoutUpdate):
            found.take(update, self.console._color_system)
        display(self, screen, update)

    monkeypatch.setattr(CkptApp, "_display", take)
    return found


async def test_the_terminal_shows_what_is_drawn_whatever_was_left_out(paper: Paper) -> None:
    async with open_app(RECORDED) as app:
        await app.settled()
        for keys in (
            "k", "k", "j", "G", "g", "m", "tab", "j", "j", "t", "t", "t", "T", "z", "z", "tab", "d", "J", "escape",
            "question_mark", "escape", "f", "escape", "space", "right_square_bracket", "escape", "k",
        ):  # fmt: skip
            await app.press(keys)
            await app.settled()
            await app.until(lambda: paper.text == drawn(app.app), f"the screen after {keys}")


async def test_colours_are_those_that_are_drawn_though_only_what_differs_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = pyte.Screen(*NORMAL)
    terminal, painter = pyte.Stream(seen), Painter()
    display = CkptApp._display

    def take(self: CkptApp, screen: Any, update: Any) -> None:
        if not self._batch_count and isinstance(update, ChopsUpdate | LayoutUpdate):
            terminal.feed(painter.changed(update, self.console._color_system).render_segments(self.console))
        display(self, screen, update)

    monkeypatch.setattr(CkptApp, "_display", take)

    def right(app: CkptApp) -> bool:
        """Whether the terminal shows what it would if Textual wrote all of the screen to it."""
        whole = pyte.Screen(*NORMAL)
        update = LayoutUpdate([[strip] for strip in app.screen._compositor.render_strips()], app.screen.size.region)
        pyte.Stream(whole).feed(update.render_segments(app.console).replace("\n", ""))
        return all(seen.buffer[y][x] == whole.buffer[y][x] for y in range(NORMAL[1]) for x in range(NORMAL[0]))

    async with open_app(RECORDED) as app:
        await app.settled()
        for keys in ("k", "tab", "t", "j", "question_mark", "escape", "d", "escape", "space"):
            await app.press(keys)
            await app.settled()
            await app.until(lambda: right(app.app), f"the colours after {keys}")


@pytest.mark.parametrize("text", ["👩\u200d👩\u200d👧", "✈\ufe0f", "🇫🇷"])
def test_a_row_is_written_whole_where_terminals_differ_in_the_width_of_its_text(text: str) -> None:
    painter = Painter()
    for title, wanted in (("one", {"one", text, "end"}), ("two", {"two", text, "end"})):
        row = Strip([Segment(each) for each in (title, text, "end")])
        patch = painter.changed(LayoutUpdate([[row]], Region(0, 0, row.cell_length, 1)), None)
        assert {part.segment.text for part in patch.parts[0]} == wanted
    plain = [Strip([Segment("one"), Segment("end")]), Strip([Segment("two"), Segment("end")])]
    painter.forget()
    last = [painter.changed(LayoutUpdate([[row]], Region(0, 0, 6, 1)), None).parts[0] for row in plain][-1]
    assert [part.segment.text for part in last] == ["two"]


def drawn(app: App[Any]) -> list[str]:
    """The rows of the screen at this moment."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


async def test_a_key_draws_all_again_over_what_another_program_wrote(paper: Paper) -> None:
    async with open_app(RECORDED) as app:
        await app.settled()
        paper.painter = app.app._painter  # the one that the key makes forget
        for opened in ((), ("question_mark",), ("escape", "f", "slash")):
            await app.press(*opened)
            await app.settled()
            paper.cells = dict.fromkeys(((row, 0) for row in range(NORMAL[1])), "?")
            await app.press("ctrl+l")
            await app.until(lambda: paper.text == drawn(app.app), f"the screen after {opened} and ctrl+l")


async def test_a_step_writes_what_changed_and_not_the_panes(paper: Paper) -> None:
    async with open_app(RECORDED) as app:
        await app.settled()
        await app.press("tab", "j")
        await app.settled()
        steps = []
        for key in "jkjk":  # what comes late of the first one, counts for example, may fall into a step
            before = paper.written
            await app.press(key)
            await app.settled()
            steps.append(paper.written - before)
        assert 0 < min(steps) < 400  # two rows and the place at the bottom, of 120 columns and 36 rows
