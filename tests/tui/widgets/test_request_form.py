"""The form of a request: all its choices are seen, in every width and with every number of colours."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Input

from ckpt_tui.tui import app
from ckpt_tui.tui.themes import DARK, SIXTEEN, variables_for
from ckpt_tui.tui.widgets.choice import Choice
from ckpt_tui.tui.widgets.request_form import RequestForm

REQUEST = {
    "request_id": "r1", "executor": "gate", "data": "Publish?",
    "form": {"kind": "text", "label": "answer", "type": "str"},
}  # fmt: skip


class FormApp(App[None]):
    """A form, and nothing else."""

    CSS_PATH = Path(app.__file__).with_name("app.tcss")

    def __init__(self, theme: str) -> None:
        super().__init__()
        self.register_theme(DARK)
        self.theme = theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our colours in a theme of others."""
        return variables_for(self.current_theme)

    def compose(self) -> ComposeResult:
        """The form."""
        yield RequestForm(REQUEST)


@pytest.mark.parametrize(("width", "lines"), [(80, 1), (44, 2)])
async def test_a_narrow_form_shows_both_ways_to_go_on(width: int, lines: int) -> None:
    async with FormApp(DARK.name).run_test(size=(width, 20)) as pilot:
        choice = pilot.app.query_one("#send", Choice)
        assert choice.region.height == lines
        assert "leave it waiting" in choice.render_line(lines - 1).text


async def test_in_16_colours_what_a_field_is_for_is_white_on_the_colour_of_the_cursor() -> None:
    async with FormApp(SIXTEEN).run_test(size=(80, 20)) as pilot:
        field = pilot.app.query_one(Input)
        field.placeholder = "a hint"
        field.focus()
        await pilot.pause()
        style = field.get_component_rich_style("input--placeholder")
        assert style.color is not None and style.color.number == 15, "bright white"
        selection = field.get_component_rich_style("input--selection", partial=True)
        assert selection.reverse
