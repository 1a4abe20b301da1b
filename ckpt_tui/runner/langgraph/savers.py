"""Where a resumed graph saves: the new database, which holds the thread as it was at the checkpoint."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from typing import Any

from ..protection import saving
from .graph_gate import Gate, GatedSerializer
from .release import Release


def open_saver(release: Release, path: str, gate: Gate, serializer: Any, saved: Callable[[Any, Any, Any], None]) -> Any:
    """A saver on a database, for graphs that run with or without a loop.

    Args:
        release: The LangGraph that is installed.
        path: The database.
        gate: Judges what is loaded.
        serializer: The serializer of the program's own saver; None for LangGraph's.
        saved: Called with config, checkpoint and metadata of each checkpoint once it is saved.
    """

    class ForkSaver(release.saver_class):  # type: ignore[misc,name-defined]
        """LangGraph's saver; what it does is quick enough to be done in the loop."""

        def put(self, config: Any, checkpoint: Any, metadata: Any, *args: Any) -> Any:
            made = super().put(config, checkpoint, metadata, *args)
            saved(config, checkpoint, metadata)
            return made

        async def aget_tuple(self, config: Any) -> Any:
            return self.get_tuple(config)

        async def alist(self, config: Any, **kwargs: Any) -> AsyncIterator[Any]:
            for each in self.list(config, **kwargs):
                yield each

        async def aput(self, *args: Any) -> Any:
            return self.put(*args)

        async def aput_writes(self, *args: Any) -> Any:
            return self.put_writes(*args)

        async def adelete_thread(self, thread_id: str) -> None:
            self.delete_thread(thread_id)

    with saving():
        connection = sqlite3.connect(path, check_same_thread=False)
    saver = ForkSaver(connection) if serializer is None else ForkSaver(connection, serde=serializer)
    saver.serde = GatedSerializer(saver.serde, gate)
    if hasattr(saver, "jsonplus_serde"):
        saver.jsonplus_serde = GatedSerializer(saver.jsonplus_serde, gate)
    return saver
