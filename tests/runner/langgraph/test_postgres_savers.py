"""Savers of a program whose database is the original: they read it, and write to memory."""

from __future__ import annotations

import asyncio
from typing import Any

from langgraph.checkpoint.base import empty_checkpoint
from langgraph.checkpoint.memory import InMemorySaver

from ckpt_tui.runner.langgraph.postgres_savers import keep_class_in_memory
from ckpt_tui.runner.langgraph.release import Release

CONFIG: Any = {"configurable": {"thread_id": "t", "checkpoint_ns": ""}}


class Database(InMemorySaver):
    """A saver with a database of its own."""

    made = 0

    def setup(self) -> None:
        """What makes tables."""
        self.made += 1


class AsyncDatabase(InMemorySaver):
    """One that is awaited."""

    made = 0

    async def setup(self) -> None:
        """What makes tables."""
        self.made += 1


keep_class_in_memory(AsyncDatabase, Release())
keep_class_in_memory(Database, Release())


def saved(saver: Any) -> str:
    """Save a checkpoint beyond what is replaced; its id."""
    made = InMemorySaver.put(saver, CONFIG, empty_checkpoint(), {"source": "input"}, {})
    return str(made["configurable"]["checkpoint_id"])


def ids(found: Any) -> list[str]:
    return [each.config["configurable"]["checkpoint_id"] for each in found]


def test_what_is_in_the_database_is_read_and_what_is_written_stays_in_memory() -> None:
    saver = Database()
    first = saved(saver)
    saver.setup()
    new = saver.put(CONFIG, empty_checkpoint(), {"source": "loop"}, {})
    saver.put_writes(new, [("a", 1)], "task")
    second = new["configurable"]["checkpoint_id"]
    found = saver.get_tuple(CONFIG)
    assert found is not None
    assert found.config["configurable"]["checkpoint_id"] == second
    assert found.pending_writes == [("task", "a", 1)]
    assert ids(saver.list(CONFIG)) == [second, first]
    assert ids(InMemorySaver.list(saver, CONFIG)) == [first]
    assert saver.made == 0
    older = saver.get_tuple({"configurable": {**CONFIG["configurable"], "checkpoint_id": first}})
    assert older is not None


def test_a_saver_that_is_awaited_does_the_same() -> None:
    async def scene() -> None:
        saver = AsyncDatabase()
        first = saved(saver)
        await saver.setup()
        new = await saver.aput(CONFIG, empty_checkpoint(), {"source": "loop"}, {})
        second = new["configurable"]["checkpoint_id"]
        found = await saver.aget_tuple(CONFIG)
        assert found is not None
        assert found.config["configurable"]["checkpoint_id"] == second
        assert [each.config["configurable"]["checkpoint_id"] async for each in saver.alist(CONFIG)] == [second, first]
        assert ids(InMemorySaver.list(saver, CONFIG)) == [first]
        assert saver.made == 0

    asyncio.run(scene())
