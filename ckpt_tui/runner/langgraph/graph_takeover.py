"""The call of the program that would run a graph: there the runner takes over."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, NamedTuple

from ..places import calling_place
from ..standin import StandIn
from .release import Release


class Call(NamedTuple):
    """One call of the program that would run a graph.

    Attributes:
        graph: The graph.
        value: Its input, None, or a command.
        config: Its config, or an empty one.
        given: Its other arguments by name.
        is_async: Whether it is awaited.
        file: The file of the calling code, or "".
        line: The line there.
    """

    graph: Any
    value: Any
    config: dict[str, Any]
    given: dict[str, Any]
    is_async: bool
    file: str
    line: int

    @property
    def name(self) -> str:
        """The name of the graph."""
        return str(getattr(self.graph, "name", None) or type(self.graph).__name__)


class Takeover:
    """Waits for the call that runs the checkpoint's graph.

    Args:
        nodes: The nodes that the checkpoint knows.
        begin: Carries out the resume of the call that was taken; it never returns.
        between: Called with True once a graph is passed over, with False when one is taken.

    Attributes:
        taken: The call that was taken over.
        passed: Calls of other graphs, which were not run.
    """

    def __init__(self, nodes: frozenset[str], begin: Callable[[Call], Any], between: Callable[[bool], None]) -> None:
        self._nodes, self._begin, self._between = nodes, begin, between
        self.taken: Call | None = None
        self.passed: list[Call] = []

    def install(self, release: Release) -> None:
        """Replace the methods that run a graph."""
        cls = release.graph_class
        for name in ("invoke", "stream", "ainvoke", "astream"):
            self._replace(cls, name, name.startswith("a"), name.endswith("stream"))

    def _replace(self, cls: Any, name: str, is_async: bool, is_streamed: bool) -> None:
        original = getattr(cls, name)

        @functools.wraps(original)
        def run(graph: Any, value: Any = None, config: Any = None, **given: Any) -> Any:
            if self.taken is not None:  # run by a node or a tool
                return original(graph, value, config, **given)
            found = calling_place()
            file, line = found if found is not None else ("", 0)
            call = Call(graph, value, dict(config or {}), given, is_async, file, line)
            if not self.fits(graph):
                self.passed.append(call)
                self._between(True)
                return _passed(is_async, is_streamed)
            self.taken = call
            self._between(False)
            if is_async:
                return _iterated(self._begin(call)) if is_streamed else self._begin(call)
            _finish(self._begin(call))
            raise AssertionError("the process ends with the resume")

        setattr(cls, name, run)

    def fits(self, graph: Any) -> bool:
        """Whether a graph has most of the nodes that the checkpoint knows."""
        return not self._nodes or len(self._nodes & set(graph.nodes)) * 2 > len(self._nodes)


def _finish(coroutine: Any) -> None:
    """Carry out a resume in a loop of its own, also where the program calls from within its own loop."""
    asyncio._set_running_loop(None)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(coroutine)


async def _iterated(coroutine: Any) -> AsyncIterator[Any]:
    await coroutine
    yield None


def _passed(is_async: bool, is_streamed: bool) -> Any:
    if is_async:
        return _later_pieces() if is_streamed else _later()
    return _pieces() if is_streamed else StandIn()


async def _later() -> Any:
    return StandIn()


async def _later_pieces() -> AsyncIterator[Any]:
    yield StandIn()


def _pieces() -> Iterator[Any]:
    yield StandIn()
