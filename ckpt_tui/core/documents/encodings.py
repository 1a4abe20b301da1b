"""The encoding of a text that is not UTF-8: certain for UTF-16 and UTF-32, else the most likely one by its letters.

Agent Framework before 1.19 wrote files in the encoding of its Windows, which the file does not name.
"""

import codecs
import math
import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from ckpt_tui.core.documents import letters
from ckpt_tui.core.late_patterns import LatePattern

_preferred = ""


class DecodedText(NamedTuple):
    """A text, and how it was read.

    Attributes:
        text: The text.
        encoding: The encoding it was read in; "" for UTF-8.
        is_guess: Another encoding is possible, too.
    """

    text: str
    encoding: str = ""
    is_guess: bool = False


def prefer(name: str) -> None:
    """Read whatever is not UTF-8 in this encoding from now on, in the whole program; "" for the likeliest.

    Raises:
        LookupError: there is no such encoding of texts.
    """
    global _preferred
    if name:
        "".encode(name)
        codecs.lookup(name)
    _preferred = name


def preferred() -> str:
    """The encoding that `prefer` named; "" for none."""
    return _preferred


def decode(data: bytes) -> DecodedText | None:
    """The text of some bytes that are not UTF-8; None where no encoding fits, or not the preferred one."""
    wide = wide_encoding(data)
    for name in filter(None, (_preferred, wide)):
        try:
            return DecodedText(data.decode(name).removeprefix("\ufeff"), name)
        except (UnicodeDecodeError, LookupError):
            if name == _preferred:
                return None
    if wide or b"\0" in data:
        return None
    damaged = data.decode("utf-8", "replace")
    good = sum(char > "\x7f" for char in damaged) - damaged.count("\ufffd")
    if good >= _MOSTLY * len(UNREADABLE.compiled.findall(damaged)):
        return DecodedText(damaged, "utf-8")
    return _likeliest(data)


def wide_encoding(data: bytes) -> str:
    """UTF-16 or UTF-32, by its mark or by the zeros around the first characters of JSON; "" for neither."""
    begin = data[:4]
    if begin.isascii() and b"\0" not in begin:
        return ""
    for mark, name in (
        (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):  # fmt: skip
        if data.startswith(mark):
            return name
    zeros = tuple(not byte for byte in begin)
    return _ZEROS.get(zeros, "")


_ZEROS: dict[tuple[bool, ...], str] = {
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}

_MOSTLY = 4
"""How many characters of UTF-8 there are for each unreadable place where a text is UTF-8 that was damaged."""

UNREADABLE = LatePattern("\ufffd+")

_UNLIKELY = -9.5
"""The logarithm of the frequency of letters at which a text is hardly one in that encoding."""

_SAMPLE = 20_000
"""Bytes with their neighbours that are scored: more do not change the decision."""

_PIECES = rb'(?<![^"\n])[^"\n\x80-\xff]*+[\x80-\xff][^"\n]*+'
"""Texts with letters beyond ASCII, from quote to quote; each byte is looked at once, however long a line is."""


def _likeliest(data: bytes) -> DecodedText | None:
    sample = b"\n".join(re.findall(_PIECES, data))[:_SAMPLE]
    best: tuple[float, str] | None = None
    seen: dict[str, str] = {}
    for name in CANDIDATES:
        try:
            text = data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        seen[name] = text
        score = _score(sample.decode(name, "ignore"), name)
        if best is None or score > best[0]:
            best = score, name
    if best is None or (CANDIDATES[0] not in seen and best[0] < _UNLIKELY * sum(byte > 127 for byte in sample)):
        return None
    text = seen[best[1]]
    return DecodedText(text, best[1], any(other != text for other in seen.values()))


CANDIDATES = (
    "cp1252", "gbk", "cp932", "cp949", "big5", "cp1251", "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "cp874", "gb18030",
)  # fmt: skip
"""The encodings of Windows, the likeliest first; those that are equally likely go by this order."""

_MISSING = -11.0
_PRIOR = {
    "cp1252": 0.0,
    "gbk": -1.0,
    "cp874": -1.0,
    "cp1251": -1.0,
    "cp1250": -0.5,
    "cp1254": -1.0,
    "cp1257": -1.3,
    "gb18030": -1.5,
}


def _score(text: str, name: str) -> float:
    """How likely a text is in an encoding: the logarithm of its letters' frequencies, less what does not fit."""
    common = [char for char in text if char > "\x7f"]
    own = _models(name)
    score = max(sum(model.get(char, _rare(char, name)) for char in common) for model in own)
    for before, after in pairwise(text):
        if before > "\x7f" or after > "\x7f":
            score += _beside(before, after, name)
    return score + _PRIOR.get(name, -2.0)


def _beside(before: str, after: str, name: str) -> float:
    """The penalty for two neighbours: no word mixes letters of two scripts, or continues with a capital."""
    if not (before.isalpha() and after.isalpha()):
        return -3.0 if (before in _SIGNS and after.isalpha()) or (after in _SIGNS and before.isalpha()) else 0.0
    if name in letters.LATIN:
        capital = -5.0 if before.islower() and after.isupper() else 0.0
        return capital + (-2.5 if before > "\x7f" and after > "\x7f" else 0.0)
    if before > "\x7f" and after > "\x7f":
        return -5.0 if before.islower() and after.isupper() else 0.0
    return -1.5 if name in _WIDE else -5.0


_SIGNS = frozenset("²³½¹¼¾©®°§·•×†‡„‚¤¦¨¬¯±´µ¶¸º»«¢£¥")
_WIDE = ("gbk", "gb18030", "big5", "cp932", "cp949")


def _rare(char: str, name: str) -> float:
    """The logarithm of the frequency of a character that is not among the common ones."""
    if name in _WIDE:
        lead = _lead(char, name)
        first, last = _LEVELS[name]
        if "\uff61" <= char <= "\uff9f":
            return -8.0  # one byte each
        return -9.5 if first <= lead <= last else -14.0
    return -9.0 if char.isalpha() else _MISSING


_LEVELS = {
    "gbk": (0xB0, 0xD7),
    "gb18030": (0xB0, 0xD7),
    "big5": (0xA4, 0xC6),
    "cp932": (0x88, 0x97),
    "cp949": (0xB0, 0xC8),
}
"""The first bytes of an encoding's commoner characters."""


def _lead(char: str, name: str) -> int:
    return char.encode(name, "replace")[0]


@cache
def _models(name: str) -> list[dict[str, float]]:
    """The logarithm of the frequency of each common character, for each language of an encoding."""
    wide = dict.fromkeys(letters.WIDE_PUNCTUATION, -4.5)
    if name in ("gbk", "gb18030", "big5"):
        return [wide | _zipf(letters.HANZI, 0.8, 30)]
    if name == "cp949":
        return [wide | _zipf(letters.HANGUL, 0.9, 20)]
    if name == "cp932":
        kana = _zipf(letters.KANA, 0.5, 10) | _zipf(letters.KATAKANA, 0.2, 10)
        return [wide | _zipf(letters.KANJI, 0.25, 30) | kana]
    narrow = dict.fromkeys(letters.PUNCTUATION, -5.5)
    if name in letters.LATIN:
        return [
            narrow | _with_capitals(_zipf(own, 0.3 if own in letters.RARE else 0.9, 3, 1.5))
            for own in letters.LATIN[name]
        ]
    return [narrow | _with_capitals(_zipf(own, 0.95, 8)) for own in letters.LETTERS[name]]


def _zipf(chars: Sequence[str], share: float, flat: int, fall: float = 1.0) -> dict[str, float]:
    """Frequencies that fall with the rank."""
    ranked = list(dict.fromkeys(chars))
    total = sum((rank + flat) ** -fall for rank in range(len(ranked)))
    return {char: math.log(share * (rank + flat) ** -fall / total) for rank, char in enumerate(ranked)}


def _with_capitals(model: dict[str, float]) -> dict[str, float]:
    return {char.upper(): value - 2.5 for char, value in model.items() if len(char.upper()) == 1} | model
