"""Runs the browser inside of the program whose checkpoints it shows."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from typing import Any

from ckpt_tui.configuration import load
from ckpt_tui.errors import UsageError
from ckpt_tui.stores.protocol import ProtocolStore, is_storage
from ckpt_tui.stores.storage_calls import caller
from ckpt_tui.tui.app import CkptApp


def app_for(storage: Any, workflow_name: str | Sequence[str], at: str | None = None) -> CkptApp:
    """The browser of a storage that lives in the running event loop.

    Args:
        storage: Any object that speaks the framework's `CheckpointStorage` protocol.
        workflow_name: The workflow whose checkpoints are shown, or several.
        at: Id of the checkpoint to open at; the newest is followed without.

    Raises:
        UsageError: it is not such an object.
    """
    if not is_storage(storage):
        raise UsageError(
            f"{type(storage).__qualname__} is not a CheckpointStorage: it has no load and list_checkpoint_ids."
        )
    names = (workflow_name,) if isinstance(workflow_name, str) else tuple(workflow_name)
    store = ProtocolStore(storage, names, caller(asyncio.get_running_loop()), type(storage).__qualname__)
    return CkptApp(store, at, config=load())


async def browse(storage: Any, *, workflow_name: str | Sequence[str], at: str | None = None) -> None:
    """Browse the checkpoints of a storage until the person quits, live while a workflow runs in the same event loop.

    Print nothing meanwhile, and log to a file: the browser has the terminal. Values are pickled in this process, and
    shown without being unpickled.

    ```python
    storage = InMemoryCheckpointStorage()
    run = asyncio.create_task(workflow.run("hello", checkpoint_storage=storage))
    await ckpt_tui.browse(storage, workflow_name=workflow.name)
    ```

    Args:
        storage: Any object that speaks the framework's `CheckpointStorage` protocol.
        workflow_name: The workflow whose checkpoints are shown, or several.
        at: Id of the checkpoint to open at; the newest is followed without.

    Raises:
        UsageError: it is not such an object.
    """
    app = app_for(storage, workflow_name, at)
    thresholds = gc.get_threshold()
    try:
        await app.run_async(mouse=app.config.mouse)
    finally:
        # The browser collects rarely; the program goes on as it was.
        gc.set_threshold(*thresholds)
        gc.unfreeze()
