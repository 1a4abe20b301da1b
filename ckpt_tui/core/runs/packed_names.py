"""Names of files by number, compressed some at a time."""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from ckpt_tui.core.byte_digests import digest_of

PAGE = 128
"""Names that are packed together."""

DIGEST = 16
"""Bytes of the digest of a page."""

_PAGES_KEPT = 64


class PackedNames:
    """Names of files by number, some 25 bytes each.

    Args:
        pages: Pages that `packed` gave.
        digests: Their `digests`; made anew where there are not as many.

    Attributes:
        digests: The digest of each page that is full, `DIGEST` bytes of them each: to compare names with these takes a
            fifth of the time that unpacking them does.
    """

    def __init__(self, pages: Iterable[bytes] = (), digests: bytes = b"") -> None:
        self._pages = list(pages)
        self.digests = bytearray(digests)
        self._last: list[str] = self._unpacked(len(self._pages) - 1) if self._pages else []
        if len(self._last) == PAGE:
            self._last = []
        elif self._pages:
            self._pages.pop()
        if len(self.digests) != DIGEST * len(self._pages):
            self.digests = bytearray(b"".join(_digest(zlib.decompress(page)) for page in self._pages))
        self._page = lru_cache(_PAGES_KEPT)(self._unpacked)

    def __len__(self) -> int:
        return len(self._pages) * PAGE + len(self._last)

    def append(self, name: str) -> None:
        """Put a name behind those that are there."""
        self._last.append(name)
        if len(self._last) == PAGE:
            joined = _joined(self._last)
            self._pages.append(_packed(joined))
            self.digests += _digest(joined)
            self._last = []

    def __getitem__(self, number: int) -> str:
        page, at = divmod(number, PAGE)
        return self._last[at] if page == len(self._pages) else self._page(page)[at]

    def some(self, numbers: Iterable[int]) -> Iterator[str]:
        """The names of numbers in ascending order, each page unpacked once."""
        number, names = -1, self._last
        for each in numbers:
            page, at = divmod(each, PAGE)
            if page != number:
                number, names = page, self._last if page == len(self._pages) else self._page(page)
            yield names[at]

    def __iter__(self) -> Iterator[str]:
        for number in range(len(self._pages)):
            yield from self._unpacked(number)
        yield from tuple(self._last)

    def taken(self) -> Iterator[str]:
        """All names, each page let go as its names are taken; none are here afterwards."""
        pages, last = deque(self._pages), self._last
        self._pages, self._last, self.digests = [], [], bytearray()
        while pages:
            yield from _unpacked(pages.popleft())
        yield from last

    def holding(self, text: str, is_strict: bool) -> Iterator[str]:
        """The names that contain a text; strict about case or not."""
        for packed in self.packed():
            page = zlib.decompress(packed).decode("utf-8", "surrogatepass")
            if text in (page if is_strict else page.lower()):  # few pages of many hold it
                yield from (name for name in page.split("\0") if text in (name if is_strict else name.lower()))

    def begin_with(self, number: int, names: Sequence[str]) -> bool:
        """Whether the names from a number on are these."""
        last = number + len(names)
        if number % PAGE or last > len(self._pages) * PAGE:
            return last <= len(self) and list(self.some(range(number, last))) == names
        for page, start in enumerate(range(0, len(names), PAGE), number // PAGE):
            part = names[start : start + PAGE]
            if len(part) < PAGE:
                return self._page(page)[: len(part)] == part
            if _digest(_joined(part)) != self.digests[page * DIGEST : (page + 1) * DIGEST]:
                return False
        return True

    def packed(self) -> list[bytes]:
        """All of it as bytes; only the last page may have fewer than `PAGE`."""
        return [*self._pages, _packed(_joined(self._last))] if self._last else list(self._pages)

    def _unpacked(self, number: int) -> list[str]:
        return _unpacked(self._pages[number])


def _packed(joined: bytes) -> bytes:
    return zlib.compress(joined, 1)


def _digest(joined: bytes) -> bytes:
    return digest_of(joined)[:DIGEST]


def _unpacked(page: bytes) -> list[str]:
    return zlib.decompress(page).decode("utf-8", "surrogatepass").split("\0")


def _joined(names: Sequence[str]) -> bytes:
    # No name of a file holds a NUL.
    return "\0".join(names).encode("utf-8", "surrogatepass")
