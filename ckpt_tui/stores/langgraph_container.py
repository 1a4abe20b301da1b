"""The protocol of places that hold rows of LangGraph's checkpoints, other than a SqliteSaver."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from ckpt_tui.stores.langgraph_records import Body, Header, Key, Write


class News(NamedTuple):
    """The changes since the last report.

    Attributes:
        headers: Checkpoints that are new, or were saved again.
        written: Checkpoints whose tasks have written since.
        gone: Checkpoints that are not there any more.
        total: How many checkpoints there are, as far as that is known.
        remark: The parts of the place that are not shown, as text for people, or "".
    """

    headers: Sequence[Header] = ()
    written: Sequence[Key] = ()
    gone: Sequence[Key] = ()
    total: int = 0
    remark: str = ""


class Container(Protocol):
    """Holds rows. Each method may raise a `DatabaseFault` or an `OSError`."""

    def mark(self) -> object:
        """A value that differs after every change; None where only `news` shows changes."""
        ...

    def news(self) -> Iterator[News]:
        """The changes since the last call, a page at a time; everything at first."""
        ...

    def thread(self, name: str) -> Sequence[Header]:
        """The checkpoints of one thread."""
        ...

    def bodies(self, keys: Iterable[Key], most: int) -> dict[Key, Body]:
        """The bodies of those that are there; values longer than `most` bytes are left out."""
        ...

    def writes(self, keys: Iterable[Key], most: int, only: Sequence[str] = ()) -> dict[Key, list[Write]]:
        """The writes of tasks that ran from these checkpoints, in the order in which they are applied."""
        ...

    def answers_below(self, key: Key, task: str, most: int) -> list[Write]:
        """The answers that graphs took which a task called, in the order in which they were given."""
        ...

    def has_child(self, key: Key) -> bool:
        """Whether a checkpoint is the parent of another one."""
        ...

    def start(self, key: Key, most: int) -> bytes:
        """The first bytes of a checkpoint's body; none where it is not there."""
        ...
