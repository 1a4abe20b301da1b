"""Which rows of a comparison have a text."""

from __future__ import annotations

import pytest

from ckpt_tui.core.diff.comparison import rows
from ckpt_tui.core.diff.searched_rows import search_rows
from ckpt_tui.core.diff.value_diff import diff

BEFORE = {
    "draft": {"title": "Coffee", "text": "A grinder " * 100 + "for tea"},
    "queue": [{"id": "a", "n": 1}, {"id": "b", "n": 2}, {"id": "c", "n": 3}],
    "api_key": "swordfish",
    "gone": {"deep": ["Walrus"]},
    "kept": "a walrus",
}
AFTER = {
    "draft": {"title": "Tea", "text": "A grinder " * 100 + "for water"},
    "queue": [{"id": "c", "n": 3}, {"id": "a", "n": 1}, {"id": "b", "n": 2}],
    "api_key": "swordfish two",
    "kept": "a walrus",
}


def found(text: str, reveal: bool = False, everything: bool = False) -> list[str]:
    laid_out = rows(diff({"state": BEFORE}, {"state": AFTER}).changes, {"state": AFTER}, everything)
    return [laid_out[index].label for index in search_rows(laid_out, text, reveal)]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("title", ["title"]),
        ("coffee", ["title"]),
        ("tea", ["title", "text"]),
        ("Tea", ["title"]),
        ("grinder for water", ["text"]),
        ("queue", ["queue[0]"]),
        ("walrus", ["gone"]),
        ("deep", ["gone"]),
        ("draft", ["draft"]),
        ("nowhere", []),
    ],
)
def test_paths_and_both_sides_are_searched(text: str, labels: list[str]) -> None:
    assert found(text) == labels


def test_secrets_are_searched_when_they_are_shown() -> None:
    assert found("swordfish") == []
    assert found("swordfish", reveal=True) == ["api_key"]


def test_what_did_not_change_is_searched_where_it_is_listed() -> None:
    assert found("a walrus", everything=True) == ["kept"]
    assert found("a walrus") == []
