"""The program's own savers in PostgreSQL: they read their database, and their writes stay in memory.

Only where the checkpoint that is resumed comes from such a database: its tables are the original.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from .release import Release

_MODULES = (
    "langgraph.checkpoint.postgres",
    "langgraph.checkpoint.postgres.aio",
    "langgraph.checkpoint.postgres.shallow",
)
_CLASSES = ("PostgresSaver", "AsyncPostgresSaver", "ShallowPostgresSaver", "AsyncShallowPostgresSaver")
_WRITES = ("put", "put_writes", "delete_thread")


def keep_in_memory(release: Release) -> None:
    """Replace the methods that write to a database, and let those that read also find the writes in memory.

    Args:
        release: The LangGraph that is installed.
    """
    for module in _MODULES:
        with contextlib.suppress(ImportError):
            found = importlib.import_module(module)
            for name in _CLASSES:
                if hasattr(found, name):
                    keep_class_in_memory(getattr(found, name), release)


def keep_class_in_memory(cls: Any, release: Release) -> None:
    """The same for one class of savers; one whose name begins with Async is awaited."""
    if "_ckpt_tui_memory" not in vars(cls):
        cls._ckpt_tui_memory = None
        _replace(cls, _memory_of(release))


def _memory_of(release: Release) -> Callable[[Any], Any]:
    """A function that gives the memory of a saver."""

    def memory(saver: Any) -> Any:
        if saver._ckpt_tui_memory is None:
            saver._ckpt_tui_memory = release.memory_class(serde=saver.serde)
        return saver._ckpt_tui_memory

    return memory


def _replace(cls: Any, memory: Callable[[Any], Any]) -> None:
    is_async = cls.__name__.startswith("Async")

    async def set_up(saver: Any) -> None:
        return None

    cls.setup = set_up if is_async else lambda saver: None
    for name in _WRITES:
        own = f"a{name}" if is_async else name
        if hasattr(cls, own):
            setattr(cls, own, _written(own, memory))
    if is_async:
        cls.aget_tuple, cls.alist = _read_later(cls.aget_tuple, memory), _listed_later(cls.alist, memory)
    else:
        cls.get_tuple, cls.list = _read(cls.get_tuple, memory), _listed(cls.list, memory)


def _written(name: str, memory: Callable[[Any], Any]) -> Any:
    def write(saver: Any, *args: Any, **kwargs: Any) -> Any:  # a coroutine where the saver's method is one
        return getattr(memory(saver), name)(*args, **kwargs)

    return write


def _read(original: Any, memory: Callable[[Any], Any]) -> Any:
    @functools.wraps(original)
    def get_tuple(saver: Any, config: Any) -> Any:
        found = memory(saver).get_tuple(config)
        return found if found is not None else original(saver, config)

    return get_tuple


def _read_later(original: Any, memory: Callable[[Any], Any]) -> Any:
    @functools.wraps(original)
    async def aget_tuple(saver: Any, config: Any) -> Any:
        found = memory(saver).get_tuple(config)
        return found if found is not None else await original(saver, config)

    return aget_tuple


def _listed(original: Any, memory: Callable[[Any], Any]) -> Any:
    @functools.wraps(original)
    def listed(saver: Any, *args: Any, **kwargs: Any) -> Iterator[Any]:
        yield from memory(saver).list(*args, **kwargs)
        yield from original(saver, *args, **kwargs)

    return listed


def _listed_later(original: Any, memory: Callable[[Any], Any]) -> Any:
    @functools.wraps(original)
    async def listed(saver: Any, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        for each in memory(saver).list(*args, **kwargs):
            yield each
        async for each in original(saver, *args, **kwargs):
            yield each

    return listed
