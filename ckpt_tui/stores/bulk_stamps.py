"""When many files of one directory were changed: the system is asked for each, and its answers are read as columns.

`os.stat` makes an object of twenty numbers for each file, which takes longer than the answer itself. Where the C
library has `statx`, the answers are written one behind the other instead.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from ctypes import CDLL, addressof, c_char_p, c_int, c_uint, c_void_p, create_string_buffer
from itertools import repeat

from ckpt_tui.core.runs.header_table import mark_of

_ANSWER = 256
"""Bytes of one answer: `struct statx`, the same on every processor."""

_WORDS = _ANSWER // 8

_INODE, _SIZE, _CHANGE, _CHANGE_NS, _WRITE, _WRITE_NS = 4, 5, 12, 13, 14, 15
"""Where the inode, the size, and both parts of the times of the last change and the last write are, in words."""

_WANTED = 0x40 | 0x80 | 0x100 | 0x200
"""These, as statx has them in its mask."""

_SECOND = 1_000_000_000


class BulkStamps:
    """Asks for the stamps of files of a directory.

    Args:
        directory: The directory.
        most: Files that are asked for at once.

    Raises:
        OSError: the directory cannot be opened, or this system has no such call.
    """

    def __init__(self, directory: str, most: int) -> None:
        if sys.platform != "linux" or sys.byteorder != "little":
            raise OSError("no statx here")
        try:
            self._ask = CDLL(None).statx
        except AttributeError:
            raise OSError("no statx here") from None
        self._ask.argtypes = c_int, c_char_p, c_int, c_uint, c_void_p
        self._answers = create_string_buffer(_ANSWER * most)
        first = addressof(self._answers)
        self._places = range(first, first + _ANSWER * most, _ANSWER)
        self._directory = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def close(self) -> None:
        """Let the directory go."""
        os.close(self._directory)

    def of(self, names: Sequence[bytes]) -> tuple[list[int], list[int]]:
        """When each file was written last, in nanoseconds since 1970, and its mark (`mark_of`).

        What is said of a file that cannot be asked for is unlike what is said of any other.
        """
        failed = list(map(self._ask, repeat(self._directory), names, repeat(0), repeat(_WANTED), self._places))
        words = memoryview(self._answers).cast("B").cast("q")[: len(names) * _WORDS]
        natural = memoryview(self._answers).cast("B").cast("Q")[: len(names) * _WORDS]

        def times(seconds: int, rest: int) -> list[int]:
            return [a * _SECOND + b for a, b in zip(words[seconds::_WORDS], words[rest::_WORDS], strict=True)]

        inodes, sizes = natural[_INODE::_WORDS], natural[_SIZE::_WORDS]
        marks = list(map(mark_of, inodes, sizes, times(_CHANGE, _CHANGE_NS)))
        written = times(_WRITE, _WRITE_NS)
        if any(failed):
            for at, is_failed in enumerate(failed):
                if is_failed:
                    written[at] = marks[at] = -1
        return written, marks
