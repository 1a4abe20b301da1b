"""Reports the checkpoints of one run, saved or not."""

from __future__ import annotations

import threading
from typing import Any

from ..faults import said
from ..lines import Lines

_FIX = "make the state of values that LangGraph's serializer can write"


class SavedCheckpoint:
    """A checkpoint that was saved, as pauses see it."""

    def __init__(self, identifier: str, step: int) -> None:
        self.checkpoint_id, self.iteration_count = identifier, step
        self.pending_request_info_events: dict[str, Any] = {}


class SavedCheckpoints:
    """Takes the checkpoints of a saver; see `savers.Saves`.

    Args:
        lines: Takes the lines of the report.
        prefix: The prefix of the ids of its thread.
        into: The database.
        is_tolerant: Whether the run goes on where a checkpoint cannot be saved: the program itself saves none.

    Attributes:
        count: How many were saved.
        unsaved: How many were not.
        last: Id of the last one that was saved.
    """

    def __init__(self, lines: Lines, prefix: str, into: str, is_tolerant: bool) -> None:
        self._lines, self._prefix, self._into = lines, prefix, into
        self._is_tolerant = is_tolerant
        self.count = self.unsaved = 0
        self.last: str | None = None
        self._lost: dict[str, str] = {}
        self._has_warned = False
        self._lock = threading.Lock()

    def full_id(self, identifier: str) -> str:
        """The id of a checkpoint of the thread as the list shows it."""
        return f"{self._prefix}/{identifier}"

    def reason_of(self, identifier: str) -> str:
        """Why a checkpoint was not saved; "" where it was."""
        return self._lost.get(identifier, "")

    def saved(self, config: Any, checkpoint: Any, metadata: Any) -> None:
        """Report a checkpoint of the graph itself; those of graphs within it come with their own threads."""
        given = config["configurable"]
        if given.get("checkpoint_ns"):
            return
        self.count += 1
        self.last = self.full_id(checkpoint["id"])
        parent = given.get("checkpoint_id")
        self._lines.say(
            "checkpoint", id=self.last, parent=self.full_id(parent) if parent else None,
            iteration=metadata.get("step"), pending=0, directory=self._into,
        )  # fmt: skip

    def not_saved(self, config: Any, checkpoint: Any, metadata: Any, error: Exception) -> bool:
        """Report one that could not be saved; returns whether the run goes on."""
        if not self._is_tolerant:
            return False
        given = config["configurable"]
        if not given.get("checkpoint_ns"):
            self.unsaved += 1
            self._lost[checkpoint["id"]] = said(error)
            parent = given.get("checkpoint_id")
            self._lines.say(
                "checkpoint_failed", id=self.full_id(checkpoint["id"]), parent=self.full_id(parent) if parent else None,
                iteration=metadata.get("step"), reason=said(error), fix=_FIX,
            )  # fmt: skip
        return True

    def not_written(self, error: Exception) -> bool:
        """Report once that the writes of a task are not kept; returns whether the run goes on."""
        with self._lock:
            has_warned, self._has_warned = self._has_warned, True
        if self._is_tolerant and not has_warned:
            text = f"what a node has written could not be saved: {said(error)}"
            self._lines.say("log", level="WARNING", logger="ckpt-tui", text=text, traceback="")
        return self._is_tolerant
