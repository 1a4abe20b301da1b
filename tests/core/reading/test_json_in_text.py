"""`ckpt_tui.core.reading.json_in_text`: JSON within a text."""

from __future__ import annotations

import json

import pytest

from ckpt_tui.core.reading.json_in_text import TEXT_LIMIT, formatted


def test_a_text_that_is_json_is_indented() -> None:
    text = '{"id":"af-1","arguments":{"city":"Paris","days":[1,2]},"empty":{},"none":[]}'
    shown = formatted(text)
    assert shown is not None
    assert json.loads(shown) == json.loads(text)
    assert shown.split("\n")[:3] == ["{", '  "id": "af-1",', '  "arguments": {']
    assert '  "empty": {},' in shown.split("\n")


def test_what_is_around_json_stays() -> None:
    shown = formatted('The plan is {"steps": ["a", "b"]} and no more.')
    assert shown == 'The plan is\n{\n  "steps": [\n    "a",\n    "b"\n  ]\n}\nand no more.'


def test_numbers_repeated_keys_and_escapes_stay_as_they_are() -> None:
    shown = formatted('{"a": 1.50, "a": 1e400, "b": "\\u20ac, [x]: {", "c": 123456789012345678901234567890}')
    assert shown is not None
    assert [line.strip(" ,") for line in shown.split("\n")[1:-1]] == [
        '"a": 1.50', '"a": 1e400', '"b": "\\u20ac, [x]: {"', '"c": 123456789012345678901234567890',
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "no JSON", "a list [1, 2] of numbers", "{not: json}", "[" * 100_000, "{" * 9])
def test_a_text_without_json_has_no_other_view(text: str) -> None:
    assert formatted(text) is None


def test_a_very_long_text_is_not_looked_through() -> None:
    assert formatted('{"a": "' + "x" * TEXT_LIMIT + '"}') is None
