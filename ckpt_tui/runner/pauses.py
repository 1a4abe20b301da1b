"""Pauses of a run, until it is told to continue: between two supersteps, and before an executor is called.

Between two supersteps the framework waits for its storage to have saved; nothing of the workflow runs meanwhile. Before
an executor only that executor waits; the others of its superstep go on to their ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from .lines import Lines
from .shown import show, type_name

_QUIET_SECONDS = 0.05
"""Seconds without a line after which the events of executors that were called before have arrived."""

_MOST_LOOKS = 10
"""How often that is tested: an executor that writes lines all the time does not delay a pause."""


class CallsSeen(Protocol):
    """The calls of a superstep."""

    @property
    def ran(self) -> list[str]:
        """Executors whose calls have ended, in order."""
        ...

    @property
    def running(self) -> list[str]:
        """Executors that are called and have not come to an end."""
        ...


class Pauses:
    """The pauses of one run.

    Args:
        given: `hold` (wait after each save) and `executors` (names of those to wait before).
        lines: Takes a line `held` for each pause.
        calls: The calls of the superstep that runs.
        step: Gives the number of the superstep that runs.
    """

    def __init__(self, given: dict[str, Any], lines: Lines, calls: CallsSeen, step: Callable[[], int | None]) -> None:
        self._lines = lines
        self._calls, self._step = calls, step
        self._due: list[str] = []
        self.names: frozenset[str] = frozenset()
        """The executors of the workflow: the source of a message may be another object."""
        self._turn = asyncio.Lock()
        self._go = asyncio.Event()
        self._hold = False
        self._executors: frozenset[str] = frozenset()
        self._take(given)

    def _take(self, given: dict[str, Any]) -> None:
        self._hold = bool(given.get("hold"))
        self._executors = frozenset(str(each) for each in given.get("executors") or ())

    def obey(self, command: dict[str, Any]) -> None:
        """Take one command: `hold` waits after the next save; `go` ends a pause and names the next ones."""
        if command.get("do") == "hold":
            self._hold = True
        elif command.get("do") == "go":
            self._take(command)
            self._go.set()

    async def after_save(self, checkpoint: Any, upcoming: Callable[[Any], list[str]]) -> None:
        """Wait between two supersteps, where that is wanted.

        Args:
            checkpoint: The framework's checkpoint that was just saved.
            upcoming: Gives the names of the executors that get its messages.
        """
        if self._hold:
            await self._wait(
                "superstep", checkpoint=checkpoint.checkpoint_id, iteration=checkpoint.iteration_count,
                pending=len(checkpoint.pending_request_info_events), next=upcoming(checkpoint),
                waits=[str(each.source_executor_id) for each in checkpoint.pending_request_info_events.values()],
            )  # fmt: skip

    async def after_failed_save(self, checkpoint: Any, reason: str, upcoming: Callable[[Any], list[str]]) -> None:
        """Wait between two supersteps whose checkpoint could not be saved, where a pause is wanted there.

        Args:
            checkpoint: The framework's checkpoint.
            reason: Why it was not saved.
            upcoming: Gives the names of the executors that get its messages.
        """
        if self._hold:
            await self._wait(
                "superstep", iteration=checkpoint.iteration_count, next=upcoming(checkpoint), unsaved=reason,
                waits=[str(each.source_executor_id) for each in checkpoint.pending_request_info_events.values()],
            )  # fmt: skip

    async def at_request(self, checkpoint: Any, waits: list[str]) -> None:
        """Wait where a run is about to wait for answers of which its last checkpoint did not know yet.

        Args:
            checkpoint: The checkpoint that was saved last.
            waits: The executors that ask.
        """
        if self._hold:
            await self._wait(
                "request", checkpoint=checkpoint.checkpoint_id, iteration=checkpoint.iteration_count,
                pending=len(waits), next=[], waits=waits,
            )  # fmt: skip

    async def before_call(self, executor: str, message: Any) -> None:
        """Wait before an executor is called with a message, where that is wanted."""
        if executor in self._executors:
            data = message.data if type(message).__name__ == "WorkflowMessage" else message
            source = str(getattr(message, "source_id", "")).removeprefix("internal:")
            self._due.append(executor)
            try:
                await self._wait(
                    "executor", executor=executor, source=source if source in self.names and source != executor else "",
                    type=type_name(type(data)), data=show(data),
                )  # fmt: skip
            finally:
                self._due.remove(executor)

    async def _wait(self, where: str, **fields: Any) -> None:
        async with self._turn:
            # Another pause may have come to an end meanwhile, with other wishes.
            if where == "executor" and fields["executor"] not in self._executors:
                return
            self._go.clear()
            if where == "executor":
                await self._settle()
                fields = {"iteration": self._step(), "next": list(dict.fromkeys(self._due)), **fields}
            ran, running = list(dict.fromkeys(self._calls.ran)), list(dict.fromkeys(self._calls.running))
            self._lines.say("held", where=where, ran=ran, running=running, **fields)
            await self._go.wait()

    async def _settle(self) -> None:
        """Let the lines of other executors of the superstep come first: lines after a pause came after it."""
        for _ in range(_MOST_LOOKS):
            said = self._lines.said
            await asyncio.sleep(_QUIET_SECONDS)
            if self._lines.said == said:
                return


def upcoming(workflow: Any, edges: list[dict[str, Any]], checkpoint: Any) -> list[str]:
    """The executors that may be called in the superstep after a checkpoint, in the order of its messages.

    Conditions of edges are the person's code and are not evaluated, so each target of a conditional edge is named. A
    fan-in is named once all its sources have sent.

    Args:
        workflow: The workflow.
        edges: Its edges, as in the line `graph`.
        checkpoint: The framework's checkpoint.
    """
    sent = {source for source, messages in checkpoint.messages.items() if messages}
    kept = _kept_in_fan_ins(workflow)
    sources: dict[str, set[str]] = {}
    for edge in edges:
        if edge["group"] == "FanInEdgeGroup":
            sources.setdefault(str(edge["target"]), set()).add(str(edge["source"]))
    found: dict[str, None] = {}
    for source, messages in checkpoint.messages.items():
        if source.startswith("internal:"):
            found[source.removeprefix("internal:")] = None
            continue
        for message in messages:
            for edge in edges:
                target = str(edge["target"])
                if edge["source"] != source or (message.target_id and target != message.target_id):
                    continue
                if edge["group"] != "FanInEdgeGroup" or sources[target] <= sent | kept:
                    found[target] = None
    return list(found)


def _kept_in_fan_ins(workflow: Any) -> set[str]:
    """The executors whose messages wait in a fan-in already."""
    runners = getattr(getattr(workflow, "_runner", None), "_edge_runners", None) or ()
    buffers = [getattr(each, "_buffer", None) for each in runners]
    return {str(source) for each in buffers if isinstance(each, dict) for source, kept in each.items() if kept}
