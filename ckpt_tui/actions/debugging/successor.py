"""The process that is to take over a session: started and checked while the one before is still paused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ckpt_tui.actions.debugging.pending_changes import PendingChanges
from ckpt_tui.actions.resume.fork_overlays import fork_directory
from ckpt_tui.actions.resume.plan import Plan, short_name_of
from ckpt_tui.actions.resume.session import Session
from ckpt_tui.actions.resume.sources import source_in
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.stores.registry import open_store

UNKNOWN = {"what": "The run cannot be resumed from there.", "fix": ""}
"""The problem of a process that ended without a reason."""


def plan_from(plan: Plan, checkpoint: Checkpoint, directory: str, changes: PendingChanges) -> Plan:
    """How a run goes on from a checkpoint with what the person changed; takes the answers from the changes.

    Args:
        plan: The plan of the run.
        checkpoint: Where it goes on from.
        directory: What holds the checkpoint.
        changes: What was changed.
    """
    source = source_in(open_store(directory), checkpoint, plan.source.later, plan.target.allow)
    after = replace(plan, source=source, edits=tuple(changes.edits), responses=changes.take_answers())
    if source.thread is None:
        return after
    # A database is never added to.
    return replace(after, goes_on=True, into=fork_directory(source.store, short_name_of(source), source.suffix))


class Successor:
    """Reads the lines of a new process until it is certain whether it can take over.

    Args:
        session: The process, which waits for a command after its check.
        ready: Called with its check once that is good.
        failed: Called with the problems where it cannot take over, once.
    """

    def __init__(
        self, session: Session, ready: Callable[[dict[str, Any]], None],
        failed: Callable[[list[dict[str, Any]]], None],
    ) -> None:  # fmt: skip
        self.session = session
        self._ready, self._failed = ready, failed
        self._error: dict[str, Any] | None = None
        self._is_over = False

    def take(self, raw: bytes) -> None:
        """Take one line of the process."""
        line = json.loads(raw)
        kind = line.get("kind")
        if kind == "check" and line.get("ok"):
            self._is_over = True
            self._ready(line)
        elif kind == "check":
            self._fail([each for each in line.get("problems") or () if each.get("level") == "error"])
        elif kind == "end":
            self._fail([self._error] if self._error else [])
        elif kind == "error":
            self._error = line

    def _fail(self, problems: list[dict[str, Any]]) -> None:
        if self._is_over:
            return
        self._is_over = True
        self.session.stop(0.5)
        self._failed(problems or [UNKNOWN])
