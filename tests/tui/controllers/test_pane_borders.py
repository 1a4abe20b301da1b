"""The border between the list and the details: moved by keys or dragged, kept, and never where nothing can be read."""

from __future__ import annotations

import pytest
from textual import events

from ckpt_tui.tui.helpers.pane_widths import LEAST, ROOMY, WIDE, pane_widths
from tests.tui.support import NARROW, NORMAL, RECORDED, Driver, open_app


def shown(app: Driver) -> list[int]:
    """Columns of the panes that are seen, from the left."""
    return [pane.outer_size.width for pane in (app.screen.list, *app.screen.details) if pane.display]


class TestWidths:
    @pytest.mark.parametrize("width", range(100, 320, 7))
    @pytest.mark.parametrize("wanted", [0, 1, 60, 90, 1000])
    def test_every_pane_can_be_read_whatever_is_wanted(self, width: int, wanted: int) -> None:
        found = pane_widths(width, wanted, wanted)
        assert found is not None
        assert sum(found) == width
        assert min(found.list, found.detail) >= (ROOMY if found.second else LEAST)
        assert not found.second or found.second >= ROOMY

    def test_there_is_a_third_pane_only_where_each_keeps_60_columns(self) -> None:
        assert pane_widths(WIDE - 1) == (76, 103, 0)
        assert pane_widths(WIDE) == (60, 60, 60)
        assert pane_widths(WIDE, 61) == (61, 119, 0)

    def test_one_pane_has_the_whole_width_of_a_narrow_screen(self) -> None:
        assert pane_widths(99) is None


class TestKeys:
    async def test_they_move_the_border_and_the_size_is_kept(self) -> None:
        async with open_app(RECORDED, NORMAL) as app:
            assert shown(app) == [60, 60]
            await app.press("ctrl+right", "ctrl+right")
            assert shown(app) == [68, 52]
            await app.shows("columns: list 68 · details 52")
            await app.press("1", "0", "ctrl+left")
            assert shown(app) == [58, 62]
            await app.press("tab", "z")
            await app.until(lambda: shown(app) == [120], "the whole screen")
            await app.press("z")
            await app.until(lambda: shown(app) == [58, 62], "shared as before")
            await app.pilot.resize_terminal(*NARROW)
            await app.until(lambda: shown(app) == [80], "one pane")
            await app.pilot.resize_terminal(*NORMAL)
            await app.until(lambda: shown(app) == [58, 62], "shared as before")

    async def test_no_pane_gets_narrower_than_can_be_read(self) -> None:
        async with open_app(RECORDED, NORMAL) as app:
            await app.press("9", "9", "ctrl+right")
            assert shown(app) == [80, 40]
            await app.press("ctrl+right")
            await app.shows("as narrow as it gets")
            await app.press("9", "9", "ctrl+left")
            assert shown(app) == [40, 80]

    async def test_where_there_is_no_border_they_say_so(self) -> None:
        async with open_app(RECORDED, NARROW) as app:
            await app.press("ctrl+left")
            await app.shows("Below 100 columns one pane is shown: there is no border to move.")
        async with open_app(RECORDED, NORMAL) as app:
            await app.press("z", "ctrl+left")
            await app.shows("z shares it")

    async def test_the_third_pane_goes_when_there_is_no_room_for_it_and_comes_back(self) -> None:
        async with open_app(RECORDED, (200, 44)) as app:
            assert shown(app) == [66, 67, 67]
            await app.press("tab", "tab", "ctrl+left")  # the border of the pane that has the focus
            assert shown(app) == [66, 63, 71]
            await app.press("3", "0", "ctrl+left")
            assert shown(app) == [66, 60, 74]
            await app.press("tab", "2", "0", "ctrl+right")
            assert shown(app) == [86, 114]
            await app.press("2", "0", "ctrl+left")
            assert shown(app) == [66, 60, 74]


class TestTheMouse:
    async def test_it_drags_the_border_and_selects_nothing(self) -> None:
        async with open_app(RECORDED, NORMAL) as app:
            selected = app.screen.list.selected
            await app.pilot.mouse_down("#checkpoints", offset=(59, 6))
            await app.pilot.hover(offset=(70, 7))
            await app.until(lambda: shown(app) == [70, 50], "the border follows")
            await app.pilot.hover(offset=(5, 7))
            await app.until(lambda: shown(app) == [40, 80], "as far as can be read")
            await app.pilot.mouse_up(offset=(5, 7))
            # A terminal's release makes a click of it, which the pilot leaves out.
            release = events.MouseUp(app.screen.list, 5, 7, 0, 0, 1, False, False, False, 5, 7)
            app.screen.list.post_message(events.Click.from_event(app.screen.list, release))
            await app.pilot.hover(offset=(60, 7))
            await app.pilot.pause()
            assert shown(app) == [40, 80]
            assert app.screen.list.selected == selected

    async def test_a_press_elsewhere_drags_nothing(self) -> None:
        async with open_app(RECORDED, NORMAL) as app:
            await app.pilot.mouse_down("#checkpoints", offset=(20, 6))
            await app.pilot.hover(offset=(70, 7))
            await app.pilot.mouse_up(offset=(70, 7))
            assert shown(app) == [60, 60]
