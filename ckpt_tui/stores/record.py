"""Copies the checkpoints of an in-memory run to a directory as the run goes on."""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from typing import Any

from ckpt_tui.stores.encode import encode_checkpoint

_log = logging.getLogger("ckpt_tui.record")


class Recorder:
    """A `CheckpointStorage` that passes everything on to another one and writes each saved checkpoint to a directory.

    The files are those that `FileCheckpointStorage` writes, so the directory can be browsed, compared and run from. A
    copy that cannot be written is reported in the log and never fails the run.

    Args:
        storage: The storage that the run uses.
        directory: Where the copies go; made when the first one is written.
    """

    def __init__(self, storage: Any, directory: str | os.PathLike[str]) -> None:
        self.storage = storage
        self.directory = os.fspath(directory)

    async def save(self, checkpoint: Any) -> Any:
        """Save a checkpoint, and a copy of it."""
        saved = await self.storage.save(checkpoint)
        try:
            # Encoded at once: the run goes on and may change objects that the checkpoint shares with it.
            data, faults = encode_checkpoint(checkpoint)
            for fault in faults:
                _log.warning("checkpoint %s: %s", checkpoint.checkpoint_id, fault)
            await asyncio.to_thread(self._write, str(checkpoint.checkpoint_id), data)
        except Exception:  # a failed copy must not fail the run
            _log.exception("checkpoint %s was not copied to %s", checkpoint.checkpoint_id, self.directory)
        return saved

    def __getattr__(self, name: str) -> Any:
        return getattr(self.storage, name)

    def _write(self, name: str, data: bytes) -> None:
        """Write a file under another name first, so that nobody reads half of it."""
        if os.sep in name or (os.altsep and os.altsep in name) or name in ("", ".", ".."):
            raise ValueError(f"{name!r} is not a file name")
        os.makedirs(self.directory, exist_ok=True)
        descriptor, path = tempfile.mkstemp(suffix=".tmp", prefix=".maf-ckpt-", dir=self.directory)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            os.replace(path, os.path.join(self.directory, f"{name}.json"))
        except BaseException:
            os.unlink(path)
            raise


def record(storage: Any, directory: str | os.PathLike[str]) -> Recorder:
    """A storage that behaves like `storage` and copies each checkpoint to `directory` as it is saved.

    ```python
    workflow.run(message, checkpoint_storage=ckpt_tui.record(InMemoryCheckpointStorage(), "./recorded"))
    ```

    Args:
        storage: Any `CheckpointStorage`.
        directory: Where the copies go; a directory of its own.
    """
    return Recorder(storage, directory)
