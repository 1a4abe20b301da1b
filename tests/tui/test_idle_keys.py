"""Keys at the ends of a list, and counts of rows, say and count what one can go to."""

from __future__ import annotations

from ckpt_tui.tui.widgets.checkpoints import Checkpoints
from tests.tui.support import RECORDED, SAMPLES, open_app


async def test_keys_that_lead_nowhere_in_the_list_say_why() -> None:
    async with open_app(SAMPLES / "linear") as app:
        await app.press("g", "p")
        await app.shows("This checkpoint has no parent")
        await app.press("left_square_bracket")
        await app.shows("This is the first row.")
        await app.press("J")
        await app.shows("There is one run.")
        await app.press("K")
        await app.shows("There is one run.")
        await app.press("G", "right_square_bracket")
        await app.shows("This is the last row.")
        await app.press("f9")
        await app.shows("No request waits for an answer here.")


async def test_a_replay_says_what_the_browser_cannot_do() -> None:
    async with open_app(SAMPLES / "linear") as app:
        await app.press("g", "space")
        await app.shows("replay")
        await app.press("home", "d")
        await app.shows("has no parent here", "replay")
        await app.press("left_square_bracket")
        await app.shows("This is the first step.")


async def test_a_number_goes_to_the_row_with_it_among_those_one_can_go_to() -> None:
    async with open_app(RECORDED) as app:
        rows = app.screen.list
        choices = [index for index in range(rows.line_count) if rows.selectable(index)]
        assert len(choices) < rows.line_count
        for number in (1, 3, len(choices) - 2):
            await app.press(*str(number), "G")
            assert rows.cursor == choices[number - 1]
        await app.press(*"9999", "g")
        assert rows.cursor == choices[-1]
        assert [rows.numbered(number) for number in range(1, len(choices) + 1)] == choices
        assert super(Checkpoints, rows).numbered(len(choices)) == choices[-1]
