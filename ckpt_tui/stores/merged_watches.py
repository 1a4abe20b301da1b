"""The batches of several watches as one stream."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeVar

POLL_SECONDS = 0.1
"""Longest time until a merged watch sees that it is to end."""

T = TypeVar("T")


def merged(watch: Callable[[int], Iterator[T]], count: int, stop: threading.Event) -> Iterator[tuple[int, T]]:
    """The batches of several watches, each with the number of its watch; each watch runs in a thread.

    Args:
        watch: Begins the watch of a number.
        count: How many there are.
        stop: Ends all of them; set where one of them fails.

    Raises:
        Exception: as any of the watches does.
    """
    news: queue.Queue[tuple[int, T] | Exception] = queue.Queue()

    def follow(number: int) -> None:
        try:
            for item in watch(number):
                news.put((number, item))
        except Exception as failure:  # raised in the calling thread
            news.put(failure)

    for number in range(count):
        threading.Thread(target=follow, args=(number,), daemon=True).start()
    while not stop.is_set():
        with suppress(queue.Empty):
            found = news.get(timeout=POLL_SECONDS)
            if isinstance(found, Exception):
                stop.set()
                raise found
            yield found
