"""Text of unknown origin never reaches a terminal as a command."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.text import CANDIDATES, ago_text, clean, clean_lines, counted, quoted, size_text, unsafe

C0_AND_C1 = [*range(0x20), *range(0x7F, 0xA0)]
BIDIRECTIONAL = [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
INVISIBLE = [
    0xAD,
    0x180E,
    *range(0x200B, 0x2010),
    0x2028,
    0x2029,
    *range(0x2060, 0x2066),
    0xFEFF,
    0xFE00,
    0xFE0F,
    0xFFF9,
]
TAGS = [0xE0001, 0xE0020, 0xE007F, 0xE0100, 0xE01EF]
SURROGATES = [0xD800, 0xDBFF, 0xDC00, 0xDFFF]


@pytest.mark.parametrize("code", [*C0_AND_C1, *BIDIRECTIONAL, *INVISIBLE, *TAGS, *SURROGATES], ids=hex)
def test_an_unsafe_character_is_shown_as_an_escape(code: int) -> None:
    shown = clean(f"a{chr(code)}b")
    assert shown.startswith("a\\")
    assert shown.endswith("b")
    assert shown.isascii()
    assert shown.isprintable()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\\e[31mred\\e[0m"), ("\x9b31m", "\\x9b31m"), ("a\nb\r\tc\0", "a\\nb\\r\\tc\\0"),
        ("\u202eabc", "\\u202eabc"), ("\U000e0041", "\\U000e0041"), ("\ud800", "\\ud800"),
        ("[bold]x[/]", "[bold]x[/]"), ("é€😀漢e\u0301", "é€😀漢e\u0301"), ("", ""), ("\x1b]8;;http://x\x07", "\\e]8;;http://x\\x07"),
    ],
)  # fmt: skip
def test_other_characters_stay(text: str, shown: str) -> None:
    assert clean(text) == shown


HONEST = [
    "می‌خواهم",  # Persian: I want
    "क्‍ष", "ශ්‍රී",  # Hindi, Sinhala
    "\u091b\u0928\u094d\u200c", "\u0915\u094d\u200d",  # Nepali: they are; half a letter
    "👩‍👩‍👧‍👦", "✈️", "❤️‍🔥",
    "🧑🏽‍💻", "🏳️‍🌈", "1️⃣", "#️⃣", "♀︎",
    "辻󠄀",  # a variant of a kanji
]  # fmt: skip


@pytest.mark.parametrize("text", HONEST, ids=ascii)
def test_a_joiner_that_belongs_to_a_word_or_an_emoji_stays(text: str) -> None:
    assert clean(text) == text
    assert quoted(text) == f'"{text}"'
    assert dumps([text], None) == f'["{text}"]'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a‌b", "a\\u200cb"), ("a‍b", "a\\u200db"), ("م‌", "م\\u200c"),
        ("‌م", "\\u200cم"), ("م‌‌م", "م\\u200c\\u200cم"),
        ("👩‍", "👩\\u200d"), ("👩‍a", "👩\\u200da"),
        ("a️‍👩", "a\\ufe0f\\u200d👩"), ("✈️️", "✈️\\ufe0f"),
        ("1️", "1\\ufe0f"), ("👩󠄀", "👩\\U000e0100"),
        ("辻󠄀󠄁", "辻󠄀\\U000e0101"), ("م​م", "م\\u200bم"),
        ("م‮م", "م\\u202eم"), ("م‏م", "م\\u200fم"),
        ("\u0928\u094d\u200c\u200c", "\u0928\u094d\\u200c\\u200c"),
        ("🏴󠁧󠁿", "🏴\\U000e0067\\U000e007f"),
    ],
    ids=ascii,
)  # fmt: skip
def test_a_joiner_that_is_alone_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(st.text(st.characters(exclude_categories=[])))
def test_nothing_unsafe_is_left(text: str) -> None:
    for shown in (clean(text), quoted(text), *clean_lines(text)):
        assert not unsafe().search(shown)
        assert all(unicodedata.category(char) not in ("Cc", "Cs") for char in shown)


@pytest.mark.parametrize(("limit", "shown"), [(0, "…"), (2, "ab…"), (3, "abc"), (9, "abc"), (None, "abc")])
def test_a_long_text_is_cut_with_a_sign(limit: int | None, shown: str) -> None:
    assert clean("abc", limit) == shown


def test_a_cut_never_splits_an_escape() -> None:
    assert clean("\x1b\x1b\x1b", 2) == "\\e\\e…"


def test_a_cut_leaves_no_joiner_without_what_it_joins() -> None:
    family = "👩\u200d👩\u200d👧"
    assert clean(family, 2) == "👩…"
    assert quoted(family, 4) == '"👩\u200d👩…"'


def test_lines_are_kept_apart_and_each_is_safe() -> None:
    assert clean_lines("a\r\nb\tc\n\x1bd\re") == ["a", "b    c", "\\ed\\re"]


@pytest.mark.parametrize(("text", "shown"), [('a"b\\', '"a\\"b\\\\"'), ("\n", '"\\n"'), ("", '""')])
def test_quotes_are_escaped(text: str, shown: str) -> None:
    assert quoted(text) == shown


def test_a_quoted_text_is_cut_inside_its_quotes() -> None:
    assert quoted("abcdef", 3) == '"abc…"'


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.0 k"),
        (9_940, "9.9 k"),
        (21_000, "21 k"),
        (1_400_000, "1.4 M"),
        (3 * 10**9, "3.0 G"),
    ],
)
def test_sizes_are_short(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.05, "+50 ms"),
        (0.4, "+0.4 s"),
        (41, "+41 s"),
        (540, "+9 min"),
        (12_600, "+3.5 h"),
        (172_800, "+2 d"),
        (-5, "-5.0 s"),
    ],
)
def test_durations_are_short(seconds: float, text: str) -> None:
    assert ago_text(seconds) == text


def test_a_number_of_things_has_their_plural() -> None:
    assert [counted(number, "node") for number in (0, 1, 1200)] == ["0 nodes", "1 node", "1,200 nodes"]


def test_a_character_that_may_be_unsafe_is_looked_at_however_short_its_text_is() -> None:
    # Python finds most of them not printable, and the selectors of variants printable.
    candidates = re.findall(CANDIDATES, "".join(map(chr, range(0x110000))))
    assert len(candidates) > 6_000
    for char in candidates:
        text = f"–{char}a"
        assert clean(text) == clean(text + "x" * 1_000)[:-1_000]
        assert (clean(text) != text) == (unsafe().search(text) is not None)
