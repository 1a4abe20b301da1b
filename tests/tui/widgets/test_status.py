"""The lines at the top and bottom."""

from __future__ import annotations

import pytest

from ckpt_tui.tui.widgets.status import Part, titled_path


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_path_that_is_too_long_leaves_its_end_and_all_that_is_on_the_right(width: int) -> None:
    right: list[Part] = [(" 10 events ", "dim")]
    left = titled_path("events", f"/{'directory/' * 20}run.sse", width, right)
    assert "".join(text for text, _ in left).endswith("/run.sse ")
    assert sum(len(text) for text, _ in [*left, *right]) == width


def test_a_path_keeps_a_few_letters_where_there_is_no_room() -> None:
    assert titled_path("doctor", "/home/somebody/checkpoints", 20, [])[-1] == (" …ckpoints ", "plain")
