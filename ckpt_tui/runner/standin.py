"""Stand-ins for the outputs of a workflow that is not run.

A program may run several workflows, one with the output of another. Only the checkpoint's is resumed; stand-ins for the
results of the others let the program get there. Until it is there, it can write, start and send nothing
(`Protection.strict`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

from .framework import names


class StandIn(str):
    """An empty text that has every attribute and can be called, indexed, iterated, awaited and compared."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return StandIn()

    def __getitem__(self, key: Any) -> Any:
        return StandIn()

    def __iter__(self) -> Iterator[Any]:
        yield StandIn()

    async def __aiter__(self) -> AsyncIterator[Any]:
        yield StandIn()

    async def _awaited(self) -> Any:
        return StandIn()

    def __await__(self) -> Generator[Any, None, Any]:
        return self._awaited().__await__()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *args: object) -> None:
        return None

    def __len__(self) -> int:
        return 1

    def __bool__(self) -> bool:
        return True

    def __int__(self) -> int:
        return 0

    def __float__(self) -> float:
        return 0.0

    def __index__(self) -> int:
        return 0

    def _itself(self, *args: Any) -> Any:
        return StandIn()

    def _never(self, other: Any) -> bool:
        return False

    __hash__ = str.__hash__
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _itself
    __floordiv__ = __mod__ = __neg__ = __abs__ = __round__ = _itself
    __lt__ = __le__ = __gt__ = __ge__ = _never


class OutputEvent:
    """The one event of a streamed run that is passed over: an output."""

    type = "output"
    iteration = None
    state = None
    details = None

    def __init__(self) -> None:
        self.data = StandIn()
        self.executor_id = StandIn()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn()


def passed_result() -> Any:
    """The result of a run that is passed over: of the framework's own class, with one output."""

    class PassedResult(names().WorkflowRunResult):  # type: ignore[misc]
        def get_outputs(self) -> list[Any]:
            return [StandIn()]

        def get_final_state(self) -> Any:
            return names().WorkflowRunState.IDLE

    return PassedResult([], [])
