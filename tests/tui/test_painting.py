"""What is written to the terminal: all that looks different, and little more."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App

from ckpt_tui.tui.app import CkptApp
from ckpt_tui.tui.paint import Painter
from tests.tui.support import RECORDED, open_app


class Paper:
    """A terminal: what was written into its cells, and how many characters that took."""

    def __init__(self) -> None:
        self.painter = Painter()
        self.cells: dict[tuple[int, int], str] = {}
        self.written = self.moves = 0
        self.screen: object = None

    def take(self, screen: object, update: object) -> None:
        if screen is not self.screen:
            self.painter.forget()
        self.screen = screen
        if isinstance(update, LayoutUpdate):
            self.painter.take_rows(update)
            for y, line in enumerate(update.strips, update.region.y):
                self._write(y, update.region.x, "".join(segment.text for strip in line for segment in strip))
        elif isinstance(update, ChopsUpdate):
            update = self.painter.changed(update)
            last_row = update.spans[-1][0]
            for y, first, last in update.spans:
                before = self.moves
                for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                    if strip is None or x > last or end <= first:
                        continue
                    whole = last > x >= first and end <= last
                    self._write(y, x, (strip if whole else strip.crop(0, min(end, last) - x)).text)
                # A line break follows: where nothing set the cursor before it, the terminal would scroll.
                assert self.moves > before or y == last_row

    def _write(self, y: int, x: int, text: str) -> None:
        self.written += len(text)
        self.moves += 1
        for char in text:
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
        if self._batch_count or update is None:
            found.screen = None
        else:
            found.take(screen, update)
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


def drawn(app: App[Any]) -> list[str]:
    """The rows of the screen as they stand."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


async def test_a_step_writes_what_changed_and_not_the_panes(paper: Paper) -> None:
    async with open_app(RECORDED) as app:
        await app.settled()
        await app.press("tab", "j")
        await app.settled()
        before = paper.written
        await app.press("j")
        await app.settled()
        assert paper.written - before < 400  # two rows and the place at the bottom, of 120 columns and 36 rows
