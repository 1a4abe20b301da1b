"""The first look at a store, begun before Textual is imported, so that the first screen already has rows."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Batch, Store
from ckpt_tui.tui.library import Library
from ckpt_tui.tui.view import View


class EarlyLook:
    """Reads the first batch of a store in a thread of its own.

    Args:
        store: The store.

    Attributes:
        library: What was read; the screen goes on with it.
        batch: The first batch, or None while it is read or where there is none.
        rest: The batches that come after it; begun by whoever follows the store.
    """

    def __init__(self, store: Store) -> None:
        self.library = Library()
        self.batch: Batch | None = None
        self.rest: Iterator[Batch] | None = None
        self._view: View | None = None
        self._store = store
        self._done = threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        batches = self._store.scan()
        try:
            self.batch = next(batches, None)
            if self.batch is not None:
                self.library.apply(self.batch)
                self._view = self.library.view()
                self.rest = batches
        except CkptError:
            pass  # a directory that is missing is waited for
        finally:
            self._done.set()

    def wait(self, seconds: float | None = None) -> View | None:
        """Return the view of the first batch; None when there is none, or not within so many seconds."""
        self._done.wait(seconds)
        return self._view
