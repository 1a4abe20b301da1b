"""Records of LangGraph's checkpoints, of any container: names, headers, bodies, writes. Nothing is decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

PAGE = 2_000
"""Headers read at once."""

SMALL = 2_048
"""Bytes of a written value that is read for the list: enough for a few words."""


class Key(NamedTuple):
    """The key of a checkpoint: ids alone repeat where a thread was copied."""

    thread: str
    space: str
    id: str


class Header(NamedTuple):
    """A checkpoint without its bodies.

    Attributes:
        row: Its row, which counts up with each that is saved.
        key: Its name; None where the row holds none as LangGraph writes them.
        parent: The id of its parent in the same thread and namespace, or None.
        encoding: How its body is written.
        size: Bytes of its body.
    """

    row: int
    key: Key | None
    parent: str | None
    encoding: str
    size: int


class StoredValue(NamedTuple):
    """The value of a channel.

    Attributes:
        encoding: How it is written; `empty` for none.
        data: Its bytes; None where there are more than were requested.
        size: How many there are.
    """

    encoding: str
    data: bytes | None
    size: int


class Body(NamedTuple):
    """The two bodies of a checkpoint; `data` is None where it has more bytes than were requested.

    Attributes:
        header: Its header.
        data: Its body.
        metadata: Its metadata.
        values: Where values of channels are stored beside it, gives them: versions of channels → channel → value.
        sends: Calls of nodes with an argument of their own that older bodies leave out: encoding and bytes of each.
        metadata_encoding: How the metadata is written.
    """

    header: Header
    data: bytes | None
    metadata: bytes
    values: Callable[[Mapping[str, str]], Mapping[str, StoredValue]] | None = None
    sends: Sequence[tuple[str, bytes]] = ()
    metadata_encoding: str = "json"


class Write(NamedTuple):
    """A write of a task that ran from a checkpoint.

    Attributes:
        row: Its row, which counts up.
        task: The id of the task.
        path: `~__pregel_pull, NODE` and the like; "" in older stores.
        number: Its place among the writes of the task; below zero for writes to special channels.
        channel: The channel.
        encoding: How the value is written.
        data: The value's bytes.
    """

    row: int
    task: str
    path: str
    number: int
    channel: str
    encoding: str
    data: bytes


class Rows(Protocol):
    """The queries that a reader of checkpoints needs. Each may raise a `DatabaseFault`."""

    def bodies(self, keys: Iterable[Key], most: int) -> dict[Key, Body]:
        """The bodies of those that are there; values longer than `most` bytes are left out."""
        ...

    def writes(self, keys: Iterable[Key], most: int, only: Sequence[str] = ()) -> dict[Key, list[Write]]:
        """The writes of tasks that ran from these checkpoints, in the order in which they are applied."""
        ...

    def answers_below(self, key: Key, task: str, most: int) -> list[Write]:
        """The answers that graphs took which a task called, in the order in which they were given.

        Args:
            key: The checkpoint from which the task ran.
            task: Its id.
            most: Bytes of an answer; a longer one is left empty.
        """
        ...
