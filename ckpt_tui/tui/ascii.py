"""The screen in ASCII, for a terminal whose locale has no other characters: a sign there for each sign and line."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SIGNS = {
    # steps and faults
    "●": "*", "○": "o", "‖": "=", "↩": "<", "✓": "v", "✗": "x", "☠": "X", "✎": "e", "◇": "y", "◆": "#", "★": "*",
    "◌": "o", "■": "#", "▪": "#", "•": "*", "◉": "@", "◦": "o", "⚠": "!", "∥": "|", "⇄": "=", "↻": "@",
    # keys and arrows
    "▸": ">", "▾": "v", "◂": "<", "▶": ">", "◀": "<", "▹": ">", "→": ">", "←": "<", "↑": "^", "↓": "v",
    "↳": "`", "⋯": "~", "⋮": ":", "↕": "|", "↺": "@", "↷": "~",
    "▲": "^", "△": "^", "▼": "v", "▽": "v", "▷": ">", "◁": "<", "◐": "o", "⊘": "x", "⊙": "@", "⏸": "=",
    # keys where no word was put in their place (`widgets.shown_keys`): never a letter, which is another key
    "⏎": "\\", "⇥": "|", "⇧": "^", "⌫": "<",
    # text
    "…": "~", "·": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "–": "-", "−": "-", "×": "x", "±": "+",
    "≤": "<", "≥": ">", "≠": "#", "‹": "<", "›": ">", "«": "<", "»": ">", "°": "o", "µ": "u", "\xa0": " ",
    # courses of a value, and bars
    "▁": "_", "▂": ".", "▃": ":", "▄": "-", "▅": "=", "▆": "+", "▇": "*", "█": "#", "▌": "|", "▍": "|", "▎": "|",
    "▏": "|", "▊": "|", "▋": "|", "▉": "|", "▐": "|", "▕": "|", "▀": "=", "▔": "-", "░": ".", "▒": ":", "▓": "#",
}  # fmt: skip
"""Each of one cell, as the sign that replaces it; lines and names of other letters are made by their Unicode names."""


def draws_ascii(environ: Mapping[str, str]) -> bool:
    """Whether the terminal shows only ASCII or an 8-bit set, by the locale.

    A locale that is not set does not count: containers have none, with terminals that show everything.
    """
    name = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    encoding = name.partition(".")[2].partition("@")[0].lower().replace("-", "")
    return name in ("C", "POSIX") or (bool(encoding) and encoding != "utf8")


@lru_cache(4096)
def ascii_text(text: str) -> str:
    """The text in ASCII, with as many cells."""
    return text if text.isascii() else "".join(map(_ascii, text))


def _ascii(char: str) -> str:
    if char.isascii():
        return char
    if char in _SIGNS:
        return _SIGNS[char]
    if "\u2500" <= char <= "\u257f":
        return _line(unicodedata.name(char, ""))
    plain = unicodedata.normalize("NFKD", char)[:1]
    width = cell_len(char)
    return plain if plain.isascii() and width == 1 else "?" * width


def _line(name: str) -> str:
    """The ASCII sign for a part of a frame or of a gutter."""
    across = any(word in name for word in ("HORIZONTAL", "LEFT", "RIGHT"))
    down = any(word in name for word in ("VERTICAL", "UP", "DOWN"))
    return "+" if across and down else "|" if down else "-"


class AsciiFilter(LineFilter):
    """Draws each line in ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment if segment.control else Segment(ascii_text(segment.text), segment.style) for segment in segments
        ]
