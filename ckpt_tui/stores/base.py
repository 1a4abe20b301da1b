"""The contract between a store and whoever shows it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem

if TYPE_CHECKING:
    from ckpt_tui.core.allowance import Allowance

BATCH = 256
"""Entries of one batch: few enough to show at once (about 5 ms), enough to be worth a message."""

Entry = CheckpointRef | Problem
"""What one file of a store turned out to be. Entries are told apart by their file name."""


class Batch(NamedTuple):
    """News about a store.

    Attributes:
        entries: New or changed entries; each replaces what was known of the same file.
        gone: Names of files that are no longer there.
        done: Files looked at so far.
        total: Files to look at in this pass.
        missing: The store's directory does not exist now.
    """

    entries: tuple[Entry, ...] = ()
    gone: tuple[str, ...] = ()
    done: int = 0
    total: int = 0
    missing: bool = False


class Capabilities(NamedTuple):
    """What can be done with the checkpoints of a store.

    Attributes:
        resume: Why no run can be resumed from one of them, in words for people; "" when one can.
        prune: Why none of them may be deleted; "" when they may.
        topology: Whether the workflow's graph is known exactly (`Checkpoint.topology`); else it is inferred.
    """

    resume: str = ""
    prune: str = ""
    topology: bool = False


class Store(Protocol):
    """A place that holds checkpoints. Methods may block and may be called from any one thread at a time.

    docs/adding-a-store.md shows how to write one; `ckpt_tui.stores.polled` does most of it.
    """

    kind: str
    """agent-framework, agent-framework-legacy, hpd, ... (`store.kind` of `ls`)."""
    path: str
    """The directory, as the user named it."""

    def capabilities(self, file: str = "") -> Capabilities:
        """What can be done with a checkpoint of this store; with any of them where no file is named."""
        ...

    def scan(self) -> Iterator[Batch]:
        """Read the headers of everything; batches are small enough to show each at once."""
        ...

    def fill(self, files: list[str], stop: threading.Event | None = None) -> Iterator[Batch]:
        """Read the bodies of these files, so that their entries tell messages, pending requests and role."""
        ...

    def watch(self, stop: threading.Event) -> Iterator[Batch]:
        """Wait for changes until `stop` is set, and read what changed."""
        ...

    def load(self, file: str, check: Callable[[], None] | None = None, everything: bool = False) -> Checkpoint:
        """Read and decode one checkpoint; `everything` decodes all of it now, so that its faults are complete.

        Raises:
            CkptError: it cannot be read; the reason is for people.
        """
        ...

    def peek(self, file: str) -> bytes:
        """The first bytes of a file that cannot be shown, a screenful.

        Raises:
            CkptError: it cannot be read.
        """
        ...

    def names(self) -> list[str]:
        """The names of all that stands where the checkpoints are, whatever it is."""
        ...

    def fresh(self) -> Store:
        """The same place as if nothing were known of it yet: its `scan` tells everything again."""
        ...


def load_within(store: Store, file: str, allowance: Allowance, check: Callable[[], None] | None = None) -> Checkpoint:
    """Read and decode all of one checkpoint, as far as an allowance for the whole of it goes.

    A store whose values are pickles has a method `load_within(file, allowance, check)`; what is beyond the allowance
    stands there as not decoded, with the reason. Any other loads everything.

    Raises:
        CkptError: it cannot be read; the reason is for people.
    """
    own: Callable[..., Checkpoint] | None = getattr(store, "load_within", None)
    if own is not None:
        return own(file, allowance, check)
    checkpoint = store.load(file, check, everything=True)
    allowance.read(checkpoint.ref.size)
    return checkpoint


@runtime_checkable
class Readable(Protocol):
    """A store of one file a checkpoint, whose bytes can be had without parsing them."""

    def read(self, file: str) -> bytes:
        """The bytes of one checkpoint file.

        Raises:
            CkptError: it cannot be read; the reason is for people.
        """
        ...

    def read_stamped(self, file: str) -> tuple[Hashable, bytes]:
        """The same with its stamp, both of one moment."""
        ...

    def stamp(self, file: str) -> Hashable:
        """What is another when the content of a file is another; None when the file is gone."""
        ...
