"""Words marked inside texts: the pieces make both texts again, and a word is whole."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckpt_tui.core.diff.words import Piece, are_alike, pieces, shortened

texts = st.lists(st.sampled_from(["red", "blue", "kettle", "kettles", " ", ", ", "\n", "é"])).map("".join)


@given(texts, texts)
def test_the_pieces_make_both_texts(before: str, after: str) -> None:
    parts = pieces(before, after)
    assert "".join(part.text for part in parts if part.kind != "new") == before
    assert "".join(part.text for part in parts if part.kind != "gone") == after
    assert all(part.text for part in parts)
    assert all(one.kind != other.kind for one, other in pairwise(parts))


@pytest.mark.parametrize(
    ("before", "after", "gone", "new"),
    [
        ("a red kettle", "a blue kettle", ["red"], ["blue"]),
        ("kettle", "kettles", ["kettle"], ["kettles"]),
        ("unhappy", "happy", ["unhappy"], ["happy"]),
        ("one two three", "one three", ["two "], []),
        ("draft about kettles", "draft about kettles and more", [], [" and more"]),
    ],
)
def test_words_are_marked_whole(before: str, after: str, gone: list[str], new: list[str]) -> None:
    parts = pieces(before, after)
    assert [part.text for part in parts if part.kind == "gone"] == gone
    assert [part.text for part in parts if part.kind == "new"] == new


def test_long_stretches_that_are_the_same_are_cut() -> None:
    text = " ".join(f"word{index}" for index in range(1_000))
    parts = shortened(pieces(text, text.replace("word500", "other")))
    assert [part.kind for part in parts] == ["same", "gone", "new", "same"]
    assert sum(len(part.text) for part in parts) < 120
    assert parts[0].text.startswith("… ")


def test_texts_that_share_nothing_are_better_reported_one_after_the_other() -> None:
    assert not are_alike(pieces("completely different", "not one of these"))
    assert are_alike(pieces("a red kettle", "a blue kettle"))


def test_a_megabyte_is_compared_at_once() -> None:
    before = "x" * 500_000 + " a " + "y" * 500_000
    assert [part.kind for part in pieces(before, before.replace(" a ", " b "))] == ["same", "gone", "new", "same"]
    assert pieces("1 " * 400_000, "2 " * 400_000 + "x") == [
        Piece("gone", "1 " * 400_000), Piece("new", "2 " * 400_000 + "x"),
    ]  # fmt: skip
