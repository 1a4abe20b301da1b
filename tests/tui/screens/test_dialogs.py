"""Texts over the screen: searched, their JSON formatted, the screen below them dimmed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.screens.dialogs import TextScreen, help_paragraphs
from ckpt_tui.tui.widgets.choice import Choice
from ckpt_tui.tui.widgets.text_lines import Paragraph, TextLines
from tests.tui.support import NARROW, Driver, copy_of, open_app


@asynccontextmanager
async def opened(text: str, directory: Path, match: str = "") -> AsyncIterator[tuple[Driver, TextLines]]:
    """A text over the browser."""
    async with open_app(copy_of("linear", directory), size=NARROW) as app:
        screen = TextScreen("A value", [Paragraph(line) for line in text.split("\n")], match=match)
        app.app.push_screen(screen)
        await app.shows("A value", "esc closes")
        yield app, screen.query_one(TextLines)


async def test_a_long_value_is_searched_to_its_end(tmp_path: Path) -> None:
    async with opened("x" * 3_000_000 + "NEEDLE" + "é" * 100, tmp_path) as (app, lines):
        await app.press("slash")
        await app.shows("search", "leaves")
        await app.type("needle")
        await app.press("enter")
        await app.shows("match 1 of 1")
        assert "NEEDLE" in "".join(text for text, _ in lines.draw(lines.cursor, 60))
        await app.press("escape")
        await app.shows("A value")
        await app.press("escape")
        await app.until(lambda: len(app.app.screen_stack) == 1, "closed")


async def test_a_value_opens_at_what_was_searched_for(tmp_path: Path) -> None:
    async with opened("\n".join(f"row {number}" for number in range(20_000)), tmp_path, "row 15000") as (app, _):
        await app.shows("match 1 of 1", "row 15000")
        await app.press("n")
        await app.shows("match 1 of 1")


async def test_matches_are_stepped_through_and_one_may_run_over_the_end_of_a_row(tmp_path: Path) -> None:
    words = "ab cd " * 200
    async with opened(f"{words}END{words}END", tmp_path, "END") as (app, lines):
        await app.shows("match 1 of 2")
        await app.press("n")
        await app.shows("match 2 of 2")
        await app.press("N")
        await app.shows("match 1 of 2")
        assert lines.set_match("d ab") == 400 - 2 + 1 - 1
        rows = [lines.draw(index, 60) for index in range(lines.line_count)]
        marked = "".join(text for row in rows for text, style in row if style == "match")
        assert marked.count("d") == 398


async def test_json_inside_of_a_text_is_formatted(tmp_path: Path) -> None:
    async with opened('The tool said {"city": "Paris", "days": [1, 2]} twice.', tmp_path) as (app, lines):
        await app.shows("f formats its JSON")
        await app.press("f")
        await app.shows('  "city": "Paris",', "f as it is")
        await app.press("f")
        await app.until(lambda: lines.line_count == 1, "the text as it is")


async def test_the_screen_below_a_text_stays_in_sight(tmp_path: Path) -> None:
    async with opened("short", tmp_path) as (app, _):
        assert "ckpt-tui" in app.lines[0]


def test_the_help_begins_with_where_one_is() -> None:
    titles = [each.text.strip() for each in help_paragraphs(("replay",)) if each.style == "heading"]
    assert titles[0] == "Here: replay"
    assert len(titles) == len({*titles})
    assert any(each.text == by_id()["replay.pin"].title for each in help_paragraphs(("replay",))[:20])


async def test_a_letter_answers_yes_or_no_and_an_arrow_to_the_left_answers_nothing(tmp_path: Path) -> None:
    async with open_app(copy_of("linear", tmp_path), size=NARROW) as app:
        choice = Choice(("yes", "no"))
        await app.app.screen.mount(choice)
        choice.focus()
        values = []
        for key in ("left", "n", "y", "left"):
            await app.press(key)
            values.append(choice.value)
        assert values == ["", "no", "yes", "no"]
