"""The saver of a graph that is run here: a new database, which may hold its thread as it was at a checkpoint."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from typing import Any, Protocol

from ..protection import saving
from .graph_gate import Gate, GatedSerializer
from .release import Release


class Saves(Protocol):
    """Callbacks for each checkpoint, called in the thread that saves it."""

    def saved(self, config: Any, checkpoint: Any, metadata: Any) -> None:
        """Take one that was saved."""
        ...

    def not_saved(self, config: Any, checkpoint: Any, metadata: Any, error: Exception) -> bool:
        """Take one that could not be saved; returns whether the run goes on without it."""
        ...

    def not_written(self, error: Exception) -> bool:
        """The same for the writes of a task."""
        ...


def _saver_class(release: Release) -> Any:
    class ForkSaver(release.saver_class):  # type: ignore[misc,name-defined]
        """LangGraph's saver; it is quick enough for the event loop."""

        saves: Saves | None = None

        def put(self, config: Any, checkpoint: Any, metadata: Any, *args: Any) -> Any:
            saves = self.saves
            try:
                made = super().put(config, checkpoint, metadata, *args)
            except Exception as error:
                if saves is None or not saves.not_saved(config, checkpoint, metadata, error):
                    raise
                names = {name: config["configurable"].get(name) for name in ("thread_id", "checkpoint_ns")}
                return {"configurable": {**names, "checkpoint_id": checkpoint["id"]}}
            if saves is not None:
                saves.saved(config, checkpoint, metadata)
            return made

        def put_writes(self, *args: Any, **kwargs: Any) -> None:
            saves = self.saves
            try:
                super().put_writes(*args, **kwargs)
            except Exception as error:
                if saves is None or not saves.not_written(error):
                    raise

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

    return ForkSaver


def open_saver(release: Release, path: str, gate: Gate, serializer: Any) -> Any:
    """A saver on a database, for graphs that run with or without a loop.

    Its attribute `saves` has the callbacks for each checkpoint; it is None at first.

    Args:
        release: The LangGraph that is installed.
        path: The database.
        gate: Judges the values that are loaded.
        serializer: The serializer of the program's own saver; None for LangGraph's.
    """
    with saving():
        connection = sqlite3.connect(path, check_same_thread=False)
    make = _saver_class(release)
    saver = make(connection) if serializer is None else make(connection, serde=serializer)
    saver.serde = GatedSerializer(saver.serde, gate)
    if hasattr(saver, "jsonplus_serde"):
        saver.jsonplus_serde = GatedSerializer(saver.jsonplus_serde, gate)
    return saver
