"""The protocol for threads of a LangGraph saver, answered from its tables without reading bodies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

from ckpt_tui.stores.langgraph_records import Header, Key

RECENT_ROWS = 400
"""Rows in which the threads are searched that were written to last."""

RECENT_THREADS = 100
"""Threads that are shown before all are listed: more than a screen has lines, and quickly read."""

MANY = 50
"""Threads that a name may mean before all of them have to be read."""

PROBLEMS = 1_000
"""Rows without a name that are listed."""

Made = TypeVar("Made")


class ThreadRows(NamedTuple):
    """The facts of one thread in the table of checkpoints.

    Attributes:
        thread: Its name.
        checkpoints: How many it has.
        first: The smallest of their ids, which begin with the time.
        last: The largest, a line break, and the namespace of that checkpoint.
        row: The last row; 0 where rows have no order.
    """

    thread: str
    checkpoints: int
    first: str
    last: str
    row: int


class ThreadNews(NamedTuple):
    """The changes since all threads were listed, or since the last news.

    Attributes:
        headers: Checkpoints that are new, or were saved again.
        written: Checkpoints whose tasks have written.
        checkpoints: How many checkpoints there are; -1 where they were not counted.
        is_certain: Whether that is all.
    """

    headers: Sequence[Header]
    written: Sequence[Key]
    checkpoints: int = -1
    is_certain: bool = True


class Threads(Protocol):
    """The threads of one database.

    Every method raises `DatabaseFault` where the database cannot be read, and `OSError` where it is not there.
    """

    def mark(self) -> object:
        """A value that differs after every change; None where only `news` shows changes."""
        ...

    def is_large(self) -> bool:
        """Whether there are more checkpoints than are listed one by one."""
        ...

    def recent(self) -> tuple[list[ThreadRows], int]:
        """The threads of the last rows, and about how many checkpoints there are."""
        ...

    def all(self, make: Callable[[Iterator[ThreadRows]], Made]) -> Made:
        """The result of `make` for all threads, the newest first; `news` gives later changes."""
        ...

    def news(self, counts: bool) -> ThreadNews:
        """The changes; with `counts`, all checkpoints are counted where that is cheap."""
        ...

    def some(self, threads: Sequence[str]) -> list[ThreadRows]:
        """These threads, as far as they are there."""
        ...

    def headers(self, thread: str) -> list[Header]:
        """The checkpoints of a thread, parents before children."""
        ...

    def last(self, rows: ThreadRows) -> Key | None:
        """The checkpoint of the last row of a thread; None where that is not known."""
        ...

    def has(self, key: Key) -> bool:
        """Whether there is a checkpoint of this name."""
        ...

    def has_thread(self, thread: str) -> bool:
        """Whether there is a thread of this name."""
        ...

    def begins(self, text: str) -> bool:
        """Whether the name of a thread begins with a text."""
        ...

    def named(self, text: str, digits: str) -> list[str] | None:
        """The threads with an id that begins so, or whose middle has these digits; None where they are many."""
        ...

    def containing(self, text: str, is_strict: bool, limit: int) -> list[str]:
        """The threads with an id of a checkpoint that contains a text, at most so many; `is_strict` about case."""
        ...

    def newest(self, count: int) -> list[tuple[str, str]]:
        """Thread and id of the checkpoints with the largest ids, of one more than so many."""
        ...

    def problems(self) -> list[Header]:
        """Rows that hold no name as LangGraph writes them, at most `PROBLEMS`."""
        ...
