"""Finds the new and the missing files of a large directory by their names alone, without a status of any file."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from ckpt_tui.core.runs.header_table import GONE
from ckpt_tui.core.runs.packed_names import PAGE
from ckpt_tui.stores.files import is_json_name

if TYPE_CHECKING:
    from ckpt_tui.core.runs.header_table import HeaderTable

COMPARED_AT_ONCE = 16 * PAGE
"""Names that are compared between two reports."""

MOST_ELSEWHERE = 65_536
"""Names that may be in another place than before; with more, a set of them takes as much memory as the table."""


class ListedNames:
    """Compares the names that a directory lists with those of a table.

    A directory lists what it has in an order that mostly stays, so names are compared some at a time with those that
    were there before, and only names that are new, gone or in another place are collected.

    Args:
        headers: The table.

    Attributes:
        new: Names that the table does not have, once all were compared.
        gone: Names of the table that the directory does not have.
        is_certain: Whether both are known: not before all were compared, and not where the order is another one.
        hashes: The hashes of the names of the table, in order, all of which were computed for the comparison.
    """

    def __init__(self, headers: HeaderTable) -> None:
        self._headers = headers
        self._at = 0  # the number of the first name of the table that was not compared
        self._ahead: list[str] = []  # names that were listed behind the last one which both have
        self.new: set[str] = set()
        self.gone: set[str] = set()
        self.is_certain = False
        self.hashes = array("q")

    def compare(self, listed: Iterator[str]) -> Iterator[int]:
        """Compare all names; yields how many were compared so far.

        Args:
            listed: All names as the directory lists them, also of other files.
        """
        done = 0
        while True:
            # Up to the end of a page of the table: whole pages are compared as they are.
            count = COMPARED_AT_ONCE - (self._at + len(self._ahead)) % PAGE
            further = list(islice(listed, count))
            if not further:
                break
            done += len(further)
            self._compare(self._ahead + further)
            if self._are_many(MOST_ELSEWHERE):
                self._cancel()
                if self._are_many(MOST_ELSEWHERE // 2):
                    return
            yield done
        self.new.update(self._ahead)
        self.gone.update(name for _, name in self._expected(len(self._headers)))
        self._cancel()
        self.is_certain = True

    def _are_many(self, most: int) -> bool:
        return len(self.new) + len(self.gone) + len(self._ahead) > most

    def _cancel(self) -> None:
        """Leave out names that are only in another place."""
        self.new, self.gone = self.new - self.gone, self.gone - self.new

    def _compare(self, names: list[str]) -> None:
        """Compare the next names with those of the table that are expected there."""
        headers, start = self._headers, self._at
        end = min(start + len(names), len(headers))
        self._ahead = []
        if headers.flags.count(GONE, start, end) == 0 and headers.names.begin_with(start, names):
            self._note(start, names)
            self._at = end
            return
        names = list(filter(is_json_name, names))
        expected = list(self._expected(end))
        here, there = set(names), {name for _, name in expected}
        both = here & there
        self._at = end
        if both:
            # Names behind the last common one are compared with the next ones.
            while names[-1] not in both:
                self._ahead.append(names.pop())
            self._ahead.reverse()
            while expected[-1][1] not in both:
                expected.pop()
            self._at = expected[-1][0] + 1
        self.new.update(name for name in names if name not in both)
        self.gone.update(name for _, name in expected if name not in both)

    def _expected(self, end: int) -> Iterator[tuple[int, str]]:
        """The numbers and names of the table that come next and are there as far as it knows."""
        numbers, flags = range(self._at, end), self._headers.flags
        names = list(self._headers.names.some(numbers))
        self._note(self._at, names)
        return (pair for pair in zip(numbers, names, strict=True) if flags[pair[0]] != GONE)

    def _note(self, start: int, names: Sequence[str]) -> None:
        """Note the hashes of names of the table from a number on; some may be known already."""
        self.hashes.extend(map(hash, names[len(self.hashes) - start :]))
