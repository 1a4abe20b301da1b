"""JSON text without control sequences, of documents of any depth, in pieces.

A document is what `core.reading.to_json` makes: dict with text keys, list, tuple, str, int, float, bool and None.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain
from json.encoder import encode_basestring
from typing import Any

from ckpt_tui.core.text import CANDIDATES, JOINERS, unsafe

quoted = encode_basestring
"""A text as JSON; `safe` escapes control characters afterwards."""

INDENTED_LEVELS = 20
"""Levels that are indented; what is deeper stays on a line. n levels take n² characters of indentation."""

_DEEP = 900
"""Levels of a document from which on nothing is indented: it is unreadable, and the standard encoder refuses it."""

_PARTS = 2_048
"""Texts that are joined to one piece."""

_LONG = 65_536
"""Characters of a text that ends its piece, so that no piece holds many of them."""

_RUN = 512
"""Items of a longer list that are encoded at once where they are numbers or texts: in half of the time."""


def dumps(document: Any, indent: int | None = 2) -> str:
    """JSON text without control sequences: unsafe characters are escaped, at any depth of nesting.

    Numbers that JSON does not know become `{"$type": "builtins:float", "$value": "NaN"}`.

    Args:
        document: Any document.
        indent: Blanks a level, down to `INDENTED_LEVELS`; None for one line.

    Raises:
        TypeError: it holds something that JSON cannot express.
    """
    if indent is None:
        try:
            return safe(json.dumps(document, ensure_ascii=False, allow_nan=False))
        except (RecursionError, ValueError):
            pass  # nested too deep, or with numbers that JSON lacks
    return "".join(pieces(document, indent))


def dumps_lines(document: dict[str, Any]) -> str:
    """The same for a flat document with long lists: each member on a line, each entry of a list of objects on its own.

    Five times as fast as an indented text. The entries of each list begin with the same key and hold no objects.
    """
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    parts = []
    for name, value in document.items():
        text = encode(value)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            # No text contains an unescaped quote, so this finds the ends of entries and nothing else.
            begin = "{" + encode(next(iter(value[0]))) + ": "
            text = "[\n    " + text[1:-1].replace("}, " + begin, "},\n    " + begin) + "\n  ]"
        parts.append(f"  {encode(name)}: {text}")
    return safe("{\n" + ",\n".join(parts) + "\n}")


def pieces(document: Any, indent: int | None = 2) -> Iterator[str]:  # noqa: C901
    """The text of `dumps` in pieces of some thousand characters; a longer one holds a long text and little else.

    Takes no more memory than a piece and the path to it, and time in proportion to the text.

    Args:
        document: Any document without cycles.
        indent: As for `dumps`.

    Raises:
        TypeError: the document holds something that JSON cannot express; the text before it was yielded.
    """
    # One loop over all kinds of values: a call for each takes twice the time.
    if indent is not None and _is_deep(document):
        indent = None
    lines = ["" if indent is None else "\n" + " " * (indent * level) for level in range(INDENTED_LEVELS + 1)]
    out: list[str] = []
    push = out.append
    frames: list[tuple[Iterator[Any], bool, str, str]] = []
    members: Iterator[Any] = iter((document,))
    named = False
    before = comma = closing = ""
    sign: Any = None
    sign_level, sign_text = 0, ""
    while True:
        for item in members:
            if named:
                key, item = item
                name = (quoted(key) if key.isascii() else _safe_text(key)) if type(key) is str else safe(_key(key))
                push(f"{before}{name}: ")
            elif before:
                push(before)
            before = comma
            kind = type(item)
            if kind is str:
                push(quoted(item) if item.isascii() else _safe_text(item))
                if len(item) > _LONG:
                    yield _taken(out)
            elif item is None:
                push("null")
            elif kind is bool:
                push("true" if item else "false")
            elif kind is int:
                push(int.__repr__(item))
            elif kind is float and item - item == 0:  # finite
                push(float.__repr__(item))
            elif kind is dict or kind is list or kind is tuple:
                begin, end = "{}" if kind is dict else "[]"
                if not item:
                    push(begin + end)
                    continue
                level = len(frames) + 1
                line = lines[level] if level <= INDENTED_LEVELS else ""
                separator, last = f",{line}" if line else ", ", (line and lines[level - 1]) + end
                if item is sign and level == sign_level:
                    sign_text = sign_text or _flat(item, begin + line, separator, last)
                    if sign_text:
                        push(sign_text)
                        continue
                sign, sign_level, sign_text = item, level, ""
                frames.append((members, named, comma, closing))
                named = kind is dict
                members = iter(item.items() if named else item if len(item) < _RUN else _items(item, separator))
                before, comma, closing = begin + line, separator, last
                break
            elif kind is _Encoded:
                push(item)
                yield _taken(out)
            else:
                push(safe(_leaf(item)))
            if len(out) > _PARTS:
                yield _taken(out)
        else:
            push(closing)
            if not frames:
                yield _taken(out)
                return
            members, named, comma, closing = frames.pop()
            before = comma


class _Encoded(str):
    """Items of a list that follow each other, as they are written."""

    __slots__ = ()


def _items(items: Sequence[Any], separator: str) -> Iterator[Any]:
    """The items of a long list; many numbers or texts that follow each other as one `_Encoded`."""
    runs = (_run(items[start : start + _RUN], separator) for start in range(0, len(items), _RUN))
    return chain.from_iterable(runs)


def _run(items: Sequence[Any], separator: str) -> Sequence[Any]:
    """Items as one `_Encoded` where all of them are numbers, or texts in ASCII; else the same items."""
    try:
        if type(items[0]) is str:
            if sum(map(len, items)) <= _LONG and "".join(items).isascii():
                return (_Encoded(separator.join(map(quoted, items))),)
        elif _NUMBERS.issuperset(map(type, items)):
            return (_Encoded(_encoder(separator).encode(items)[1:-1]),)
    except (TypeError, ValueError):  # not all are texts; a number that JSON lacks
        pass
    return items


def _flat(item: Any, begin: str, separator: str, end: str) -> str:
    """The text of a small container without others in it, such as a sign that is in many places; "" of any other."""
    values = item.values() if type(item) is dict else item
    if len(item) > _SMALL or not _PLAIN.issuperset(map(type, values)):
        return ""
    try:
        return safe(f"{begin}{_encoder(separator).encode(item)[1:-1]}{end}")
    except ValueError:
        return ""


@cache
def _encoder(separator: str) -> json.JSONEncoder:
    return json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(separator, ": "))


def _taken(parts: list[str]) -> str:
    text = "".join(parts)
    parts.clear()
    return text.replace("\x7f", "\\u007f")  # all else in ASCII is escaped already, and so is each other text


def _safe_text(text: str) -> str:
    """A text that is not ASCII alone, as JSON that no terminal obeys."""
    return _safe_word(text) if len(text) <= _WORD else safe(quoted(text))


@lru_cache(maxsize=1_024)
def _safe_word(text: str) -> str:
    return safe(quoted(text))


_WORD = 64
"""Characters of a text, not in ASCII, that is kept as it is written: words come again."""


def _is_deep(document: Any) -> bool:
    level = [document] if type(document) in _CONTAINERS else []
    for _ in range(_DEEP):
        level = [
            member
            for item in level
            for member in (item.values() if type(item) is dict else item)
            if type(member) in _CONTAINERS
        ]
        if not level:
            return False
    return True


_CONTAINERS = frozenset((dict, list, tuple))
_PLAIN = frozenset((str, int, float, bool, type(None)))
_NUMBERS = frozenset((int, float, bool, type(None)))

_SMALL = 4
"""Members of the largest sign."""
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def _leaf(value: Any) -> str:
    try:
        return _ENCODER.encode(value)
    except ValueError:
        if not isinstance(value, float):
            raise
        name = "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
        return _ENCODER.encode({"$type": "builtins:float", "$value": name})


def _key(key: Any) -> str:
    return _ENCODER.encode({key: 0})[1:-4]


_CANDIDATES = CANDIDATES.replace("\x00-\x1f", "", 1)


@cache
def _candidates() -> re.Pattern[str]:
    return re.compile(_CANDIDATES)


def safe(text: str) -> str:
    """JSON text with unsafe characters escaped; those below 32 are already, but for line breaks between values."""
    if text.isascii():
        return text.replace("\x7f", "\\u007f")
    if _candidates().search(text) is None:
        return text
    # A joiner is unsafe depending on its neighbours, any other character everywhere.
    return re.sub(f"[{JOINERS}]", _escape, text).translate(_ESCAPES)


def _escape(match: re.Match[str]) -> str:
    return _escaped(ord(match[0])) if unsafe().match(match.string, match.start()) else match[0]


class _Escapes(dict[int, str | int]):
    """Code of a character → its escape where it is always unsafe, else itself; worked out when first asked for."""

    def __missing__(self, code: int) -> str | int:
        char = chr(code)
        is_unsafe = re.match(_CANDIDATES, char) is not None and not re.match(f"[{JOINERS}]", char)
        self[code] = found = _escaped(code) if is_unsafe else code
        return found


_ESCAPES = _Escapes()


@cache
def _escaped(code: int) -> str:
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"
