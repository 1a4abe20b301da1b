"""Text of unknown origin made safe and readable for a terminal.

Every control, bidirectional and invisible character is shown as an escape, so that data is never a control sequence
and columns stay straight. Joiners stay where they belong to a word or an emoji: between letters of Persian or Hindi,
between two emoji, after the sign that they make an emoji.
"""

from __future__ import annotations

import re
from functools import cache

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1b": "\\e", "\0": "\\0"}

_JOINING = (
    "\u0600-\u06ff\u0700-\u07bf\u0840-\u085f\u0860-\u08ff\u0900-\u0dff\u0f00-\u0fff\u1780-\u17ff"
    "\ufb50-\ufdff\ufe70-\ufefc"
)
"""Letters and marks of scripts that are written with joiners: Arabic and its kin, those of India, Tibetan, Khmer."""

_VIRAMA = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca"
"""Signs that take the vowel from a letter of India; a joiner behind one, also at the end, changes how it is drawn."""

_EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
"""Emoji, signs that can be shown as such, and the colours of skin."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"

_UNSAFE = (
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL, C1
    "\xad\u061c\u180e"  # soft hyphen, Arabic letter mark, Mongolian vowel separator
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"  # zero width, line separators, bidirectional controls
    "\ufe00-\ufe0d\ufeff\ufff0-\ufffb"  # variation selectors, byte order mark, annotation marks
    "\ud800-\udfff"  # lone surrogates
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"  # tags
    # Joiners and selectors of variants, save where they are a part of how a word or an emoji is written.
    rf"|\u200c(?!(?<=[{_VIRAMA}]\u200c)(?![\u200b-\u200f])|(?<=[{_JOINING}]\u200c)[{_JOINING}])"
    rf"|\u200d(?!(?<=[{_VIRAMA}]\u200d)(?![\u200b-\u200f])|(?<=[{_JOINING}]\u200d)[{_JOINING}]|(?:(?<=[{_EMOJI}]\u200d)|(?<=[{_EMOJI}]\ufe0f\u200d))[{_EMOJI}])"
    rf"|[\ufe0e\ufe0f](?!(?<=[{_EMOJI}][\ufe0e\ufe0f])|(?<=[0-9#*]\ufe0f)\u20e3)"
    rf"|[\U000e0100-\U000e01ef](?<![{_HAN}][\U000e0100-\U000e01ef])"
)
"""Characters that a terminal obeys, hides or draws in another place than it counts."""


_JOINER = "\u200d"
"""Joins two emoji into one: at the end of a text that was cut it has nothing to join."""


@cache
def unsafe() -> re.Pattern[str]:
    """The expression that finds `_UNSAFE`: compiled when it is first needed, since that takes 3 ms."""
    return re.compile(_UNSAFE)


CANDIDATES = (
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Characters that are unsafe everywhere or in most places: far quicker to search for."""


JOINERS = "\u200c\u200d\ufe0e\ufe0f\U000e0100-\U000e01ef"
"""Those that are safe in some places."""

_VARIANTS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Selectors of variants: of all candidates, only these are printable for Python."""

_SHORT = 1_000
"""Characters of a text that is searched without an expression, which takes 1 ms to compile."""


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if not unsafe().match(match.string, match.start()):
        return char
    named = _NAMED.get(char)
    if named:
        return named
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def clean(text: str, limit: int | None = None) -> str:
    """The text with every unsafe character escaped, on one line.

    Args:
        text: Any text.
        limit: Characters of `text` to keep; when there are more, the result ends in `…`.
    """
    cut = limit is not None and len(text) > limit
    if cut:
        text = text[:limit].rstrip(_JOINER)
    is_plain = text.isprintable() and (text.isascii() or (len(text) < _SHORT and _VARIANTS.isdisjoint(text)))
    if not is_plain:
        text = re.sub(CANDIDATES, _escape, text)
    return text + "…" if cut else text


def clean_lines(text: str) -> list[str]:
    """The lines of a text, each made safe; tabs become spaces."""
    return [clean(line) for line in text.replace("\r\n", "\n").replace("\t", "    ").split("\n")]


def quoted(text: str, limit: int | None = None) -> str:
    """The text in double quotes, made safe; quotes and backslashes inside are escaped."""
    cut = limit is not None and len(text) > limit
    if cut:
        text = text[:limit].rstrip(_JOINER)
    body = clean(text.replace("\\", "\\\\").replace('"', '\\"'))
    return f'"{body}…"' if cut else f'"{body}"'


def counted(number: int, word: str) -> str:
    """A number of things: `1 node`, `1,200 nodes`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def size_text(size: int) -> str:
    """Bytes for people: `812`, `4.1 k`, `21 k`, `1.4 M`."""
    if size < 1000:
        return str(size)
    for unit in ("k", "M", "G"):
        size_f = size / 1000
        if size_f < 9.95:
            return f"{size_f:.1f} {unit}"
        if size_f < 999.5:
            return f"{size_f:.0f} {unit}"
        size //= 1000
    return f"{size} T"


def ago_text(seconds: float) -> str:
    """A duration for people, with its sign: `+0.4 s`, `+41 s`, `+9 min`, `+3.5 h`, `+2 d`."""
    sign = "-" if seconds < 0 else "+"
    seconds = abs(seconds)
    if seconds < 0.0995:
        return f"{sign}{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{sign}{seconds:.1f} s"
    if seconds < 99.5:
        return f"{sign}{seconds:.0f} s"
    if seconds < 99.5 * 60:
        return f"{sign}{seconds / 60:.0f} min"
    if seconds < 36 * 3600:
        return f"{sign}{seconds / 3600:.1f} h"
    return f"{sign}{seconds / 86400:.0f} d"
