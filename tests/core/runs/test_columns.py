"""The table of columns, as `ls` and the browser read it."""

from __future__ import annotations

import pytest

from ckpt_tui.core.runs.columns import COLUMNS, columns_of_lines, lay_out, titles


@pytest.mark.parametrize("width", range(1, 220))
def test_the_columns_fill_the_width_and_no_more(width: int) -> None:
    laid = lay_out(width, {"gutter": 5, "step": 2})
    used = sum(cell.gap + cell.cells for cell in laid)
    assert used == width or width < 20  # narrower ones are cut at the end


def test_what_matters_least_goes_first_when_it_gets_narrow() -> None:
    shown = [{cell.column.id for cell in lay_out(width, {})} for width in (100, 50, 40, 20)]
    assert [sorted(shown[0] - names) for names in shown] == [
        [], ["changes"], ["changes", "size"], ["changes", "size", "time"],
    ]  # fmt: skip
    assert {"gutter", "step", "what"} <= shown[-1]


def test_each_title_is_above_its_column() -> None:
    laid = lay_out(80, {"gutter": 3, "step": 2})
    text = titles(laid, before=2)
    at = 2
    for cell in laid:
        begin, end = at + cell.gap, at + cell.gap + cell.cells
        title = cell.column.title
        if title and cell.column.right:
            assert text[end - len(title) : end] == title
        elif title:
            assert text[begin : begin + len(title)] == title
        at = end
    assert len(text) == 82


def test_what_happened_comes_last_where_lines_are_not_cut() -> None:
    assert [column.id for column in columns_of_lines()] == ["gutter", "id", "step", "time", "size", "what"]
    assert len({column.id for column in COLUMNS}) == len(COLUMNS)
