"""The first look at a store, begun before Textual is imported, so that the first screen already has rows."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from ckpt_tui.core.budgets import LAZY_BYTES
from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Batch, Store
from ckpt_tui.tui.library import Library
from ckpt_tui.tui.view import View


class EarlyLook:
    """Reads the first batch of a store in a thread of its own, then the newest checkpoint where that is a large file.

    Args:
        store: The store.
        open_newest: Whether the newest checkpoint is what will be shown first.

    Attributes:
        library: What was read; the screen goes on with it.
        batch: The first batch, or None while it is read or where there is none.
        rest: The batches that come after it; begun by whoever follows the store.
    """

    def __init__(self, store: Store, open_newest: bool = False) -> None:
        self.library = Library()
        self.batch: Batch | None = None
        self.rest: Iterator[Batch] | None = None
        self._view: View | None = None
        self._store = store
        self._open_newest = open_newest
        self._newest: CheckpointRef | None = None
        self._checkpoint: Checkpoint | None = None
        self._done = threading.Event()
        self._opened = threading.Event()
        self._drawn = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        batches = self._store.scan()
        try:
            self.batch = next(batches, None)
            if self.batch is not None:
                self.library.apply(self.batch)
                self._view = self.library.view()
                self.rest = batches
                self._choose(self._view)
        except CkptError:
            pass  # a directory that is missing is waited for
        finally:
            self._done.set()
        try:
            newest = self._newest
            if newest is not None:
                self._drawn.wait()
                self._checkpoint = self._store.load(newest.file)
        except CkptError:
            pass  # told when it is asked for again
        finally:
            self._opened.set()

    def _choose(self, view: View) -> None:
        """Only a large file: any other is loaded in less time than its pane takes to be made."""
        newest = self.library.entry(view.newest) if self._open_newest and view.newest else None
        if isinstance(newest, CheckpointRef) and newest.size > LAZY_BYTES:
            self._newest = newest

    def go_on(self) -> None:
        """Read the newest checkpoint: the first rows are on the screen, which this would have held up."""
        self._drawn.set()

    def checkpoint(self, file: str, wait: bool = True) -> Checkpoint | None:
        """The newest checkpoint, once and if it is this file as it was seen; waits for it while it is being read."""
        newest = self._newest
        if newest is None or newest.file != file or not (wait or self._opened.is_set()):
            return None
        self.go_on()
        self._opened.wait()
        self._newest = None
        found, self._checkpoint = self._checkpoint, None
        entry = self.library.entry(file)
        is_same = isinstance(entry, CheckpointRef) and entry._replace(facts=None) == newest._replace(facts=None)
        return found if is_same else None

    def wait(self, seconds: float | None = None) -> View | None:
        """The view of the first batch; None when there is none, or not within so many seconds."""
        self._done.wait(seconds)
        return self._view
