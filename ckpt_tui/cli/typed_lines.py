"""Lines of standard input, but for what is typed while the terminal is lent to another process."""

from __future__ import annotations

import os
import select
import sys
import threading
from collections.abc import Iterator

PIECE = 65_536
"""Bytes that are read at once."""


class TypedLines:
    """Reads lines in one thread, while another lends the terminal and takes it back."""

    def __init__(self) -> None:
        self._is_ours = threading.Event()
        self._is_ours.set()
        self._woken, self._wake = os.pipe()

    def lend(self) -> None:
        """Read nothing from now on."""
        self._is_ours.clear()
        os.write(self._wake, b".")

    def take_back(self) -> None:
        """Read again."""
        self._is_ours.set()

    def __iter__(self) -> Iterator[str]:
        if not sys.stdin.isatty() or not hasattr(os, "ttyname"):  # nobody else reads it
            yield from sys.stdin
            return
        descriptor, rest = sys.stdin.fileno(), b""
        while True:
            self._is_ours.wait()
            ready, _, _ = select.select([descriptor, self._woken], [], [])
            if self._woken in ready:
                os.read(self._woken, PIECE)
                continue
            data = os.read(descriptor, PIECE)
            if not data:
                return
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                yield line.decode("utf-8", "surrogateescape")
