"""What changed inside a text, word by word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.matching.alignment import align

Kind = Literal["same", "gone", "new"]

_WORD = LatePattern(r"\w+|\s+|[^\w\s]")

_LIMIT = 20_000
"""Characters between the ends that two texts share which are compared by word; more counts as replaced."""

_ALIKE = 0.2
"""The share that two texts must have in common for merged words to be easier to read than the two texts."""


class Piece(NamedTuple):
    """A part of two texts: in both, in the first alone, or in the second alone."""

    kind: Kind
    text: str


def pieces(before: str, after: str) -> list[Piece]:
    """Two texts merged into one sequence of pieces: in both, only in the first, only in the second.

    The pieces that are not new make the first text, those that are not gone the second.

    >>> pieces("a red kettle", "a blue kettle")
    [Piece(kind='same', text='a '), Piece(kind='gone', text='red'), Piece(kind='new', text='blue'), \
Piece(kind='same', text=' kettle')]
    """
    head = _common(before, after)
    head -= _within_word(before, after, head)
    tail = _common(before[head:][::-1], after[head:][::-1])
    middle_a, middle_b = before[head : len(before) - tail], after[head : len(after) - tail]
    # Whole words: a letter that both ends share belongs to its word.
    while tail and (_joins(middle_a, before, len(before) - tail) or _joins(middle_b, after, len(after) - tail)):
        tail -= 1
        middle_a, middle_b = before[head : len(before) - tail], after[head : len(after) - tail]
    found = [Piece("same", before[:head])] if head else []
    if len(middle_a) + len(middle_b) > _LIMIT:
        found += [Piece("gone", middle_a), Piece("new", middle_b)]
    else:
        found += _by_word(middle_a, middle_b)
    if tail:
        found.append(Piece("same", before[len(before) - tail :]))
    return _joined(found)


def are_alike(parts: list[Piece]) -> bool:
    """Whether two texts share enough that the pieces are easier to read than the two texts."""
    same = sum(len(part.text) for part in parts if part.kind == "same")
    return same >= _ALIKE * max(sum(len(part.text) for part in parts), 1)


def shortened(parts: list[Piece], around: int = 24) -> list[Piece]:
    """The pieces, with long unchanged stretches cut to what is around a change."""
    found = []
    for index, part in enumerate(parts):
        text = part.text
        if part.kind == "same" and len(text) > 2 * around + 8:
            left = _whole(text[:around], -1) if index else ""
            right = _whole(text[-around:], 1) if index < len(parts) - 1 else ""
            text = f"{left} … {right}" if left and right else f"{left} …" if left else f"… {right}"
        found.append(Piece(part.kind, text))
    return found


def _whole(text: str, way: int) -> str:
    """A stretch without the part of a word that it begins (1) or ends (-1) with."""
    if way > 0:
        return text.partition(" ")[2] or text
    return text.rpartition(" ")[0] or text


def _common(a: str, b: str) -> int:
    """Characters that two texts begin with together."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _within_word(a: str, b: str, at: int) -> int:
    """Characters back from a place that belong to a word which goes on there in one of the texts."""
    back = 0
    while at - back > 0 and a[at - back - 1].isalnum() and (a[at : at + 1].isalnum() or b[at : at + 1].isalnum()):
        back += 1
    return back


def _joins(middle: str, whole: str, at: int) -> bool:
    """Whether a word goes on from the end of the middle into the common end."""
    return bool(middle) and middle[-1].isalnum() and whole[at : at + 1].isalnum()


def _by_word(a: str, b: str) -> Iterator[Piece]:
    words_a, words_b = _WORD.compiled.findall(a), _WORD.compiled.findall(b)
    at_a = at_b = 0
    for end_a, end_b in (*align(words_a, words_b), (len(words_a), len(words_b))):
        if end_a > at_a:
            yield Piece("gone", "".join(words_a[at_a:end_a]))
        if end_b > at_b:
            yield Piece("new", "".join(words_b[at_b:end_b]))
        if end_a < len(words_a):
            yield Piece("same", words_a[end_a])
        at_a, at_b = end_a + 1, end_b + 1


def _joined(parts: list[Piece]) -> list[Piece]:
    """Pieces that follow each other put together; a space between two changes belongs to them."""
    found: list[Piece] = []
    gone = new = ""

    def close() -> None:
        nonlocal gone, new
        if gone:
            found.append(Piece("gone", gone))
        if new:
            found.append(Piece("new", new))
        gone = new = ""

    for index, part in enumerate(parts):
        if part.kind == "gone":
            gone += part.text
        elif part.kind == "new":
            new += part.text
        elif part.text.isspace() and (gone and new) and index + 1 < len(parts) and parts[index + 1].kind != "same":
            gone += part.text
            new += part.text
        else:
            close()
            if found and found[-1].kind == "same":
                found[-1] = Piece("same", found[-1].text + part.text)
            else:
                found.append(part)
    close()
    return found
