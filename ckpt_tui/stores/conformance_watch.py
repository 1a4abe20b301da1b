"""Watches a store in a thread, so that conformance tests can wait for changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

PATIENCE = 60.0
"""Seconds that a watch may take to report a change: many, for busy machines."""

Reported = TypeVar("Reported")
Known = TypeVar("Known")


class WatchedInThread(Generic[Reported, Known]):
    """A watch in a thread, as the browser keeps one.

    Args:
        watch: Yields batches until the event is set.

    Attributes:
        known: The reported entries, by file or id.
    """

    def __init__(self, watch: Callable[[threading.Event], Iterator[Reported]]) -> None:
        self.known: dict[str, Known] = {}
        self._stop = threading.Event()
        self._news = threading.Condition()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._follow, args=(watch,), daemon=True)
        self._thread.start()

    def take(self, batch: Reported) -> None:
        """Add a batch to the reported entries."""
        raise NotImplementedError

    def _follow(self, watch: Callable[[threading.Event], Iterator[Reported]]) -> None:
        try:
            for batch in watch(self._stop):
                with self._news:
                    self.take(batch)
                    self._news.notify_all()
        except BaseException as failure:
            with self._news:
                self._failure = failure
                self._news.notify_all()

    def until(self, condition: Callable[[dict[str, Known]], bool]) -> None:
        """Wait until a condition is true."""
        with self._news:
            came = self._news.wait_for(lambda: self._failure is not None or condition(self.known), PATIENCE)
        if self._failure is not None:
            raise self._failure
        assert came, f"not reported within {PATIENCE:.0f} s"

    def end(self) -> bool:
        """Stop; returns whether it ended in time."""
        self._stop.set()
        self._thread.join(PATIENCE)
        return not self._thread.is_alive()
