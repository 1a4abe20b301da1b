"""Lines of JSON to the parent, which nothing that the workflow prints can corrupt."""

from __future__ import annotations

import collections
import contextlib
import json
import os
import signal
import threading
import time
import typing
from collections.abc import Callable
from typing import Any

from .limits import BURSTS, GATHER_SECONDS, GATHERED


class Lines:
    """Lines of JSON on a private descriptor.

    Each write wakes the reader, so lines that come in bursts wait for others: the first is written at once, the next
    ones with the first that comes GATHER_SECONDS later, by the thread that writes it. A thread of our own writes those
    that nothing follows, also while the workflow blocks its loop. Lines that are held are written before printed text.
    A kill loses the lines that are held, and no checkpoint.

    Args:
        descriptor: The descriptor.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        # Reentrant: a finalizer, run by the collector at any time, may log or print.
        self._lock = threading.RLock()
        self._seq = 0
        self._encode = encoder()
        self._held: collections.deque[tuple[str, int, str]] = collections.deque()
        self._size = 0
        self._due = 0
        self._writing = False
        self._alone = False
        self._awake = False
        self._wake = threading.Event()
        threading.Thread(target=self._flush_late, daemon=True).start()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)

    def _forked(self) -> None:
        """In a forked copy of this process: held lines belong to the original, and no thread writes late ones."""
        self._lock = threading.RLock()
        self._held, self._size, self._writing, self._alone = collections.deque(), 0, False, True

    def say(self, kind: str, **fields: Any) -> None:
        """Write one line, of at least one field."""
        self.put(kind, self._encode(fields)[1:])

    def put(self, kind: str, rest: str) -> None:
        """Write one line.

        Args:
            kind: Its kind.
            rest: The JSON of its other fields, without the brace that opens it.
        """
        nanoseconds = time.time_ns()
        # Without the lock, which costs as much as all the rest: a deque takes and gives from any thread, and a size
        # that misses a line of another thread is as good a bound.
        self._held.append((kind, nanoseconds, rest))
        self._size += len(rest)
        if kind not in BURSTS or self._size > GATHERED or self._alone:
            self.hurry()
        elif nanoseconds >= self._due:
            self._due = nanoseconds + int(GATHER_SECONDS * 1e9)
            self.hurry()
        if not self._awake and self._held:
            self._awake = True
            self._wake.set()

    @property
    def said(self) -> int:
        """How many lines were written so far."""
        return self._seq + len(self._held)

    def hurry(self) -> None:
        """Write what is held."""
        if self._held:
            with self._lock:
                self._flush()

    def _flush(self) -> None:
        if self._writing or not self._held:
            return
        self._writing = True
        try:
            while self._held:
                self._write()
        except OSError:
            vanish()  # nobody reads any more
        finally:
            self._writing = False

    def _write(self) -> None:
        # Encoded together, which is faster.
        self._size, held, number = 0, self._held, self._seq
        texts = []
        while held:
            kind, nanoseconds, rest = held.popleft()
            number += 1
            texts.append(f'{{"kind":"{kind}","seq":{number},"t":"{stamp(nanoseconds)}",{rest}\n')
        self._seq = number
        data = memoryview("".join(texts).encode("ascii"))
        while data:
            data = data[os.write(self._descriptor, data) :]

    def _flush_late(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            time.sleep(GATHER_SECONDS)
            if not 0 < self._due - time.time_ns() < 1_000_000_000:  # far off only when the clock was set back
                self.hurry()
            self._awake = False
            if self._held:  # lines that came since; further ones wake this thread themselves
                self._awake = True
                self._wake.set()


def encoder() -> Callable[[Any], str]:
    """The encoder of compact ASCII JSON; made once, because `json.dumps` makes one for each text."""
    plain = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return plain.encode
    write = make(None, plain.default, json.encoder.encode_basestring_ascii, None, ":", ",", False, False, False)
    return lambda document: "".join(write(document, 0))


encode = encoder()
quoted = json.encoder.encode_basestring_ascii


def now() -> str:
    """The time in UTC, ISO 8601 with `Z`."""
    return stamp(time.time_ns())


_second = (-1_000_000_000, "")


def stamp(nanoseconds: int) -> str:
    """A time in UTC, ISO 8601 with `Z`, of nanoseconds since 1970."""
    global _second
    begin, text = _second
    rest = nanoseconds - begin
    if not 0 <= rest < 1_000_000_000:
        seconds, rest = divmod(nanoseconds, 1_000_000_000)
        text = time.strftime("%Y-%m-%dT%H:%M:%S.%%06dZ", time.gmtime(seconds))
        _second = (seconds * 1_000_000_000, text)
    return text % (rest // 1000)


def vanish() -> typing.NoReturn:
    """End at once, with every process the workflow started in this group: the parent is gone."""
    with contextlib.suppress(Exception):
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
    os._exit(1)
