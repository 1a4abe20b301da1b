"""What the line `paused` holds, by where the run stopped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ckpt_tui.actions.debugging.session_checkpoints import following, waiting
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.running.executor_states import lights

_AS_IT_IS = ("iteration", "next", "ran", "running", "executor", "source", "type", "data", "unsaved")
"""Members of the runner's line about a pause that are passed on unchanged."""


def at_hold(held: Mapping[str, Any], last: str) -> dict[str, Any]:
    """The members for a run that the runner holds.

    Args:
        held: The runner's line `held`.
        last: Id of the last checkpoint, or "".
    """
    parts = [held.get(name) or () for name in ("ran", "running", "next", "waits")]
    fields = {name: held[name] for name in _AS_IT_IS if name in held}
    return {"checkpoint": held.get("checkpoint") or last or None, **fields, "lights": lights(*parts)}


def at_checkpoint(checkpoint: Checkpoint, edges: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The members for a run that was taken back to a checkpoint.

    Args:
        checkpoint: The checkpoint.
        edges: Those of the workflow, as the line `graph` has them.
    """
    then = following(checkpoint, edges)
    return {
        "checkpoint": checkpoint.ref.id, "iteration": checkpoint.ref.iteration, "next": then,
        "lights": lights(following=then, waiting=waiting(checkpoint)),
    }  # fmt: skip


def after_failure(failure: Mapping[str, Any], last: str) -> dict[str, Any]:
    """The members for a run that failed.

    Args:
        failure: The line `error`.
        last: Id of the last checkpoint.
    """
    failed = failure.get("executor_id")
    place = {name: failure[name] for name in ("fix", "file", "line") if failure.get(name)}
    return {
        "checkpoint": last, "next": [], "what": failure.get("what"), "failed": failed, **place,
        "lights": {failed: "failed"} if failed else {},
    }  # fmt: skip
