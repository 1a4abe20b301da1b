"""The batches of several watches as one stream."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
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
    news: deque[tuple[int, T] | Exception] = deque()
    has_news = threading.Event()

    def follow(number: int) -> None:
        try:
            for item in watch(number):
                news.append((number, item))
                has_news.set()
        except Exception as failure:  # raised in the thread that asked
            news.append(failure)
            has_news.set()

    for number in range(count):
        threading.Thread(target=follow, args=(number,), daemon=True).start()
    while not stop.is_set():
        has_news.wait(POLL_SECONDS)
        has_news.clear()  # before they are taken: what comes meanwhile sets it again
        while news and not stop.is_set():
            found = news.popleft()
            if isinstance(found, Exception):
                stop.set()
                raise found
            yield found
