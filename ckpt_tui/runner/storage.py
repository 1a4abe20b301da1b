"""A storage that reads the original checkpoints and writes new ones beside them."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from typing import Any

from .faults import said
from .lines import Lines, quoted
from .pauses import Pauses
from .protection import saving


class Overlay:
    """A checkpoint storage that reads the original store and writes beside it.

    Args:
        source: The framework's store of the checkpoint that is resumed; nothing in it is changed.
        target: Where new checkpoints go.
        held: Checkpoints at hand, by id: the resumed one, edited.
        lines: Takes a line for each save.
        directory: Where new checkpoints are found, for the lines.
        staging: The directory of `target`, where that is not `directory` itself: each checkpoint is then added there.
    """

    def __init__(
        self, source: Any, target: Any, held: dict[str, Any], lines: Lines, directory: str, staging: str = ""
    ) -> None:
        self._source, self._target, self._held = source, target, held
        self._lines, self._directory = lines, quoted(directory)
        self._place, self._staging = directory, staging
        self.saved = 0
        self.last: Any = None
        self.pauses: Pauses | None = None
        self.upcoming: Callable[[Any], list[str]] = lambda checkpoint: []
        self.failure = ""
        """Why the latest save failed, or "" when it did not."""
        self.unsaved = 0
        """Checkpoints that could not be saved."""
        self.reported = False
        """Whether the latest failure was reported before the framework logs it."""

    async def save(self, checkpoint: Any) -> str:
        """Save into the target, and report it."""
        try:
            with saving():
                saved: str = await self._target.save(checkpoint)
                if self._staging:
                    self._add(f"{saved}.json")
        except Exception as error:
            fix = save_fix(error)
            self.failure = f"the type {fix['type']} is not allowed" if "type" in fix else said(error)
            self.unsaved, self.reported = self.unsaved + 1, True
            self._lines.say(
                "checkpoint_failed", id=checkpoint.checkpoint_id, parent=checkpoint.previous_checkpoint_id,
                iteration=checkpoint.iteration_count, reason=self.failure, **fix,
            )  # fmt: skip
            if self.pauses is not None:
                await self.pauses.after_failed_save(checkpoint, self.failure, self.upcoming)
            raise
        self.saved += 1
        self.last, self.failure, self.reported = checkpoint, "", False
        parent = checkpoint.previous_checkpoint_id
        self._lines.put(
            "checkpoint",
            f'"id":{quoted(saved)},"parent":{"null" if parent is None else quoted(parent)},"iteration":'
            f'{checkpoint.iteration_count:d},"pending":{len(checkpoint.pending_request_info_events)},'
            f'"directory":{self._directory}}}',
        )
        if self.pauses is not None:
            await self.pauses.after_save(checkpoint, self.upcoming)
        return saved

    def _add(self, name: str) -> None:
        """Move a checkpoint from the staging directory to where it belongs; what is there already is never replaced."""
        staged = os.path.join(self._staging, name)
        with open(staged, "rb") as file:
            data = file.read()
        part = os.path.join(self._place, f".{name}.part")
        with open(part, "wb") as file:
            file.write(data)
        if os.path.lexists(os.path.join(self._place, name)):
            raise FileExistsError(17, "a checkpoint of this name exists already", name)
        os.replace(part, os.path.join(self._place, name))

    async def load(self, checkpoint_id: str) -> Any:
        """The checkpoint at hand, else from the target where it has one of this id, else from the source.

        Raises:
            Exception: The framework's error where it is broken: a broken checkpoint of the target is not searched in
                the source.
        """
        if checkpoint_id in self._held:
            return self._held.pop(checkpoint_id)
        written = os.path.lexists(os.path.join(self._staging or self._place, f"{checkpoint_id}.json"))
        return await (self._target if written else self._source).load(checkpoint_id)

    async def list_checkpoints(self, *, workflow_name: str) -> list[Any]:
        """Those of both stores."""
        found = {
            each.checkpoint_id: each
            for store in (self._source, self._target)
            for each in await store.list_checkpoints(workflow_name=workflow_name)
        }
        return list(found.values())

    async def delete(self, checkpoint_id: str) -> bool:
        """Delete from the target; the original keeps what it has."""
        deleted: bool = await self._target.delete(checkpoint_id)
        return deleted

    async def get_latest(self, *, workflow_name: str) -> Any:
        """The latest of both stores."""
        found = await self.list_checkpoints(workflow_name=workflow_name)
        return max(found, key=lambda each: datetime.datetime.fromisoformat(each.timestamp), default=None)

    async def list_checkpoint_ids(self, *, workflow_name: str) -> list[str]:
        """Ids of both stores."""
        return [each.checkpoint_id for each in await self.list_checkpoints(workflow_name=workflow_name)]


def save_fix(error: BaseException) -> dict[str, Any]:
    """The fix for a save that failed."""
    texts = []
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError):
            return {"fix": f"free some room or choose another directory: {cause.strerror}"}
        texts.append(str(cause))
        cause = cause.__cause__ or cause.__context__
    text = " ".join(texts)
    for mark in ("for type '", "for nested type '"):
        if mark in text:
            name = text.partition(mark)[2].partition("'")[0]
            return {"type": name, "fix": f"allow the type: --allow {name}"}
    return {"fix": "make the state, the messages and the executors' own state values that pickle can write"}
