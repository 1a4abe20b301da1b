"""Lists that are drawn line by line: what moved looks as if it were drawn anew, and growing costs no layout."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.geometry import Region

from ckpt_tui.tui.themes import DARK, LIGHT
from ckpt_tui.tui.widgets.line_list import LineList


class Numbers(LineList):
    """A list of numbers with a border, a row each."""

    DEFAULT_CSS = "Numbers { height: 10; border: round red; }"

    def __init__(self) -> None:
        super().__init__()
        self.count = 50
        self.first = 0

    @property
    def line_count(self) -> int:
        return self.count

    def draw(self, index: int, width: int) -> list[tuple[str, str]]:
        return [(f"row {self.first + index}", "number")]


class NumbersApp(App[None]):
    """A list alone."""

    def __init__(self) -> None:
        super().__init__()
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = DARK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(DARK.variables)

    def compose(self) -> ComposeResult:
        yield Numbers()

    @property
    def numbers(self) -> Numbers:
        """The list."""
        return self.query_one(Numbers)


def drawn(numbers: Numbers) -> list[str]:
    """The lines of a list with their borders and colours, from what it keeps; the same made anew is asserted."""
    crop = Region(0, 0, *numbers.outer_size)
    kept = numbers.render_lines(crop)
    numbers._framed.clear()
    numbers.refresh()
    assert kept == numbers.render_lines(crop)
    return [strip.text for strip in kept]


async def test_lines_that_moved_have_their_border_and_colours_as_if_they_were_drawn_anew() -> None:
    app = NumbersApp()
    async with app.run_test(size=(40, 20)) as pilot:
        numbers = app.numbers
        numbers.changed()
        await pilot.pause()
        before = drawn(numbers)
        numbers.move_to(30)
        await pilot.pause()
        after = drawn(numbers)
        assert "row 0" in before[1]
        assert any("row 30" in line for line in after)
        numbers.styles.border = ("heavy", "blue")
        await pilot.pause()
        assert drawn(numbers) != after
        app.theme = LIGHT.name
        await pilot.pause()
        drawn(numbers)


async def test_the_cursor_is_in_sight_in_a_list_that_gets_a_scroll_bar_only_now() -> None:
    app = NumbersApp()
    async with app.run_test(size=(40, 20)) as pilot:
        numbers = app.numbers
        numbers.count = 3
        numbers.changed()
        await pilot.pause()
        numbers.count = 50
        numbers.changed()
        numbers.move_to(40)
        await pilot.pause()
        while not numbers.show_vertical_scrollbar:
            await pilot.pause()
        await pilot.pause()
        assert any("row 40" in line for line in drawn(numbers))


async def test_only_what_textual_drew_anew_is_kept_as_the_frame_of_a_line() -> None:
    app = NumbersApp()
    async with app.run_test(size=(40, 20)) as pilot:
        numbers = app.numbers
        numbers.changed()
        await pilot.pause()
        assert "row 0" in drawn(numbers)[1]
        numbers.render_lines(Region(0, 0, *numbers.outer_size))
        numbers.first = 1
        numbers._strips.clear()  # other lines, of which Textual does not know yet
        numbers.render_lines(Region(0, 0, *numbers.outer_size))
        numbers.changed(lambda _: True)
        assert "row 1" in drawn(numbers)[1]


async def test_the_screen_is_laid_out_again_only_when_the_scroll_bar_of_a_list_comes_or_goes() -> None:
    app = NumbersApp()
    async with app.run_test(size=(40, 20)) as pilot:
        numbers = app.numbers
        numbers.changed()
        while not numbers.show_vertical_scrollbar or numbers.scrollable_content_region.width != 37:
            await pilot.pause()
        await pilot.pause()
        laid_out: list[object] = []
        app.screen.screen_layout_refresh_signal.subscribe(numbers, laid_out.append)
        for numbers.count in range(51, 61):
            numbers.changed()
            numbers.move_to(numbers.count - 1)
            await pilot.pause()
        assert laid_out == []
        assert any("row 59" in line for line in drawn(numbers))
        assert numbers.vertical_scrollbar.window_virtual_size == 60
        numbers.count = 3
        numbers.changed()
        await pilot.pause()
        assert laid_out
        assert not numbers.show_vertical_scrollbar


async def test_the_scroll_bar_of_a_long_list_that_is_followed_stays_at_the_end_without_being_moved() -> None:
    app = NumbersApp()
    async with app.run_test(size=(40, 20)) as pilot:
        numbers = app.numbers
        numbers.count = 20_000
        numbers.changed()
        numbers.move_to(19_999)
        while not numbers.show_vertical_scrollbar:
            await pilot.pause()
        await pilot.pause()
        bar = numbers.vertical_scrollbar
        places = []
        for numbers.count in range(20_001, 20_011):
            numbers.changed()
            numbers.move_to(numbers.count - 1)
            await pilot.pause()
            places.append((bar.position, bar.window_virtual_size))
        assert len(set(places)) == 1
        assert any("row 20009" in line for line in drawn(numbers))
        numbers.move_to(15_000)
        await pilot.pause()
        assert bar.position < 15_001
        numbers.move_to(20_009)
        await pilot.pause()
        assert bar.position == bar.window_virtual_size - bar.window_size
