"""JSON text in pieces: the same as the standard encoder's where that one goes, and bounded where it does not."""

import json
import tracemalloc
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckpt_tui.core.json_text import INDENTED_LEVELS, dumps, dumps_lines, pieces, safe
from ckpt_tui.core.text import unsafe

NASTY = "\x1b[2J \x7f \x9b31m \u202e \u200b \ufeff \u2028 \ud800 \U000e0001 \0 \n \r \t"
WRITERS = [dumps, lambda document: dumps(document, indent=None), dumps_lines]

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
DOCUMENTS = st.recursive(SCALARS, lambda below: st.lists(below) | st.dictionaries(st.text(), below), max_leaves=40)


def nested(levels: int, inner: Any = None) -> Any:
    document = inner
    for _ in range(levels):
        document = [document]
    return document


@settings(max_examples=200, deadline=None)
@given(document=DOCUMENTS, indent=st.sampled_from([None, 0, 2, 4]))
def test_it_reads_back_as_what_it_was(document: Any, indent: int | None) -> None:
    text = dumps(document, indent)
    assert json.loads(text) == document
    assert unsafe().sub("", text.replace("\n", "")) == text.replace("\n", "")


@settings(max_examples=100, deadline=None)
@given(document=DOCUMENTS)
def test_it_is_laid_out_as_the_standard_encoder_does(document: Any) -> None:
    expected = json.dumps(document, ensure_ascii=True, indent=2)
    plain = json.dumps(json.loads(dumps(document)), ensure_ascii=True, indent=2)
    assert plain == expected
    if expected.isascii() and "\\u" not in expected:
        assert dumps(document).replace("\\u007f", "\x7f") == expected.replace("\\u007f", "\x7f")


def test_levels_beyond_those_indented_stay_on_their_line() -> None:
    lines = dumps(nested(INDENTED_LEVELS + 5, "x")).splitlines()
    assert len(lines) == 2 * INDENTED_LEVELS + 1
    assert lines[INDENTED_LEVELS] == "  " * INDENTED_LEVELS + '[[[[["x"]]]]]'


def test_a_document_of_twenty_thousand_levels_is_one_line() -> None:
    document = nested(10_000, {"a": nested(10_000, ["\x1b"])})
    text = dumps(document)
    assert text == "[" * 10_000 + '{"a": ' + "[" * 10_001 + '"\\u001b"' + "]" * 10_001 + "}" + "]" * 10_000


def test_pieces_are_small_and_make_the_whole() -> None:
    document = {"rows": [{"n": number, "name": "é" * 20} for number in range(20_000)], "long": "x" * 500_000}
    parts = list(pieces(document))
    assert len(parts) > 10
    assert "".join(parts) == dumps(document)
    assert sorted(map(len, parts))[-2] < 300_000


def test_a_text_in_many_places_is_never_held_many_times() -> None:
    text = "x" * 1_000_000
    tracemalloc.start()
    length = sum(map(len, pieces([text] * 100)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert length > 100_000_000
    assert peak < 10_000_000


def test_empty_containers_and_tuples_are_written_as_json_has_them() -> None:
    assert dumps({"a": [], "b": {}, "c": (1, ())}, indent=None) == '{"a": [], "b": {}, "c": [1, []]}'
    assert dumps(({}, [[]])) == "[\n  {},\n  [\n    []\n  ]\n]"


class Level(IntEnum):
    ONE = 1


def test_what_the_standard_encoder_takes_is_taken() -> None:
    assert json.loads(dumps({1: Level.ONE, None: True})) == {"1": 1, "null": True}


@pytest.mark.parametrize("document", [{1, 2}, [object()], {"a": b"x"}])
def test_what_is_no_json_is_refused(document: Any) -> None:
    with pytest.raises(TypeError):
        dumps(document)


@given(
    st.text(
        st.sampled_from(
            "a\u0915\u094d\u0646\u200c\u200d\ufe0f\u2764\U0001f468\u202e\u200b\x85\x7f\ud800\U000e0101\U000e0020#\u20e3"
        )
    )
)
@settings(max_examples=200)
def test_of_characters_that_a_terminal_obeys_only_those_in_their_place_stay(text: str) -> None:
    places = {match.start() for match in unsafe().finditer(text)}
    assert json.loads(f'"{safe(text)}"') == json.loads(json.dumps(text))
    kept = [char for place, char in enumerate(text) if place not in places]
    assert [char for char in safe(text) if not char.isascii()] == [char for char in kept if not char.isascii()]


class TestText:
    @pytest.mark.parametrize("write", WRITERS)
    def test_characters_that_a_terminal_obeys_are_escaped_in_keys_and_values(self, write: Any) -> None:
        document = {"items": [{"id": NASTY}, {"id": "ü 漢字 🎉"}], NASTY: NASTY}
        text = write(document)
        assert unsafe().sub("", text.replace("\n", "")) == text.replace("\n", "")
        assert json.loads(text) == document

    def test_readable_characters_stay(self) -> None:
        assert dumps({"name": "Grüße 漢字 🎉"}, indent=None) == '{"name": "Grüße 漢字 🎉"}'

    def test_del_is_escaped_where_all_else_is_plain(self) -> None:
        assert dumps("a\x7fb") == '"a\\u007fb"'

    @pytest.mark.parametrize("kind", [list, dict])
    def test_a_document_deeper_than_the_encoder_goes_is_written(self, kind: type) -> None:
        document: Any = "end"
        for _ in range(50_000):
            document = [document] if kind is list else {"a": document}
        text = dumps(document)
        begin, end = ("[", "]") if kind is list else ('{"a": ', "}")
        assert text == begin * 50_000 + '"end"' + end * 50_000

    def test_a_deep_document_is_escaped_too(self) -> None:
        document: Any = {"\x1b": "\u202e"}
        for _ in range(5_000):
            document = [document, 1, None]
        assert '{"\\u001b": "\\u202e"}' in dumps(document)

    @pytest.mark.parametrize(
        ("value", "name"), [(float("nan"), "NaN"), (float("inf"), "Infinity"), (float("-inf"), "-Infinity")]
    )
    def test_no_number_is_written_that_json_does_not_know(self, value: float, name: str) -> None:
        text = dumps({"a": [1.5, value], "b": True})
        assert json.loads(text, parse_constant=pytest.fail) == {
            "a": [1.5, {"$type": "builtins:float", "$value": name}],
            "b": True,
        }

    def test_integers_of_any_size_are_numbers(self) -> None:
        assert dumps(10**300) == "1" + "0" * 300


class TestLines:
    def test_each_entry_of_a_list_is_on_a_line_of_its_own(self) -> None:
        document = {"schema": "s", "entries": [{"id": "a", "n": [1, 2]}, {"id": '"}, {"id": ', "n": []}], "none": []}
        text = dumps_lines(document)
        assert json.loads(text) == document
        assert text.splitlines() == [
            "{",
            '  "schema": "s",',
            '  "entries": [',
            '    {"id": "a", "n": [1, 2]},',
            '    {"id": "\\"}, {\\"id\\": ", "n": []}',
            "  ],",
            '  "none": []',
            "}",
        ]
