"""Stores whose checkpoints hold pickles: they decode one with its usual limits, or within a budget for all of it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

from ckpt_tui.core.model import Checkpoint
from ckpt_tui.stores.base import Store

if TYPE_CHECKING:
    from ckpt_tui.core.document_budget import DocumentBudget


class BudgetedStore(Store):
    """A store with one way to load a checkpoint, with or without a budget."""

    @abstractmethod
    def _load(
        self, file: str, budget: DocumentBudget | None, check: Callable[[], None] | None, everything: bool
    ) -> Checkpoint:
        """Read and decode one checkpoint, as far as a budget goes where there is one.

        Raises:
            UndecodableError: it cannot be shown; the reason is for people.
        """

    def load(self, file: str, check: Callable[[], None] | None = None, everything: bool = False) -> Checkpoint:
        """Read and decode one checkpoint.

        Args:
            file: The file name.
            check: Called now and then; whatever it raises ends the loading.
            everything: Decode all of it now, so that its faults are complete.

        Raises:
            UndecodableError: it cannot be shown; the reason is for people.
        """
        return self._load(file, None, check, everything)

    def load_within(self, file: str, budget: DocumentBudget, check: Callable[[], None] | None = None) -> Checkpoint:
        """Read and decode all of one checkpoint, as far as a budget goes.

        Raises:
            UndecodableError: it cannot be shown; the reason is for people.
        """
        return self._load(file, budget, check, True)
