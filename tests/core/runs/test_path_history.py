"""What came new with a value in the history of a path."""

from __future__ import annotations

from typing import Any

import pytest

from ckpt_tui.core.runs.path_history import newest_part

LONG = "It follows the sun through the day, so you never reach for a switch. "


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        (None, 3, ("", 3)),
        (1, 2, ("", 2)),
        ("tea", "milk", ("", "milk")),
        (LONG, LONG + "The arm stays cool.", ("…", "The arm stays cool.")),
        ([1, 2], [1, 2, 3], ("+ ", 3)),
        ([1], [1, 2, 3], ("+ ", [2, 3])),
        ([1, 2, 3], [1], ("", [1])),
        ([], [1], ("", [1])),
        ([1, {"a": 1, "b": 1}], [1, {"a": 2, "b": 1}], ("[1].a ", 2)),
        ({"a": {"b": ["x"]}, "c": 1}, {"a": {"b": ["x", "y"]}, "c": 1}, (".a.b + ", "y")),
        ({"a": 1}, {"a": 1, "b": {"c": 2}}, (".b ", {"c": 2})),
        ({"a": 1, "b": 1, "c": 1}, {"a": 2, "b": 2, "c": 1}, ("", {"a": 2, "b": 2})),
        ({"a": LONG, "b": 1}, {"a": LONG + "Stay cool.", "b": 2}, ("", {"a": "…Stay cool.", "b": 2})),
        ({"a": 1, "b": 1}, {"a": 1}, ("", {"a": 1})),
        ({"$masked": "str", "$size": 3}, {"$masked": "str", "$size": 4}, ("", {"$masked": "str", "$size": 4})),
    ],
)
def test_it_is_the_member_or_the_end_that_is_new(before: Any, after: Any, new: tuple[str, Any]) -> None:
    assert newest_part(before, after) == new


def test_values_that_are_deeper_than_python_compares_are_shown_whole() -> None:
    def nested() -> list[Any]:
        value: list[Any] = []
        for _ in range(100_000):
            value = [value]
        return value

    lead, value = newest_part(nested(), nested())
    assert isinstance(value, list)
    assert lead.startswith("[0]")
