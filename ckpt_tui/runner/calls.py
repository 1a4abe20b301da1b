"""The calls of executors: numbered and timed, with their printed lines, tokens and failures."""

from __future__ import annotations

import contextvars
import functools
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from .lines import Lines, encode
from .pauses import Pauses
from .places import failed_at

PIECE = 1 << 16
"""Characters of one printed line; the rest of a longer one is a line of its own."""


class Call:
    """One call of an executor.

    Attributes:
        number: Its number in the run, from 1.
        executor: The executor's id.
        began: When its handler was called, on the performance counter; 0.0 before.
        text: The printed part of a line that has not ended.
        responses: Responses of the agents that it ran.
    """

    __slots__ = ("began", "calls", "executor", "number", "responses", "text")

    def __init__(self, number: int, executor: str, calls: Calls) -> None:
        self.number, self.executor, self.calls = number, executor, calls
        self.began = 0.0
        self.text = ""
        self.responses: list[Any] = []


current: contextvars.ContextVar[Call | None] = contextvars.ContextVar("ckpt_tui_call", default=None)
"""The call of the workflow's own executor that is being made; tasks and threads that it starts see it, too."""


class Calls:
    """The calls of one run.

    Args:
        lines: Takes the printed lines.

    Attributes:
        failed: The executor that failed last.
    """

    def __init__(self, lines: Lines) -> None:
        self.write: Callable[[Any, str], None] = lambda event, more: None
        """Writes the line of an event, with more members of its JSON, each after a comma."""
        self._ran: list[str] = []
        self._before: list[str] = []
        self.failed: str | None = None
        self._lines = lines
        self._process = os.getpid()
        self._count = 0
        self._live: dict[int, Call] = {}
        self._context: Any = None
        # Nothing is kept on events themselves: those of requests are saved with the checkpoint.
        self._unwritten: dict[int, tuple[Any, str]] = {}
        self._written: dict[int, Any] = {}
        """Events that were written before the run gave them."""

    @property
    def ran(self) -> list[str]:
        """Executors whose calls in this superstep have ended, in order; before the first, those of the one before."""
        return self._ran or self._before

    @property
    def running(self) -> list[str]:
        """Executors that are called and have not come to an end, in order."""
        return [call.executor for call in self._live.values()]

    def begin_superstep(self) -> None:
        """A superstep begins."""
        self._before, self._ran = self._ran or self._before, []

    def install(self, workflow: Any, executor_class: Any, context_class: Any, pauses: Pauses | None) -> None:
        """Watch the calls of a workflow's own executors; those of workflows within it belong to them.

        Args:
            workflow: The workflow.
            executor_class: The framework's class of executors.
            context_class: The framework's class that takes their events.
            pauses: Where the run waits before a call, or None.
        """
        own = {id(each) for each in getattr(workflow, "executors", {}).values()}
        execute, add_event = executor_class.execute, context_class.add_event

        @functools.wraps(execute)
        async def watched(
            executor: Any, message: Any, source_executor_ids: Any, state: Any, runner_context: Any, *args: Any,
            **kwargs: Any,
        ) -> Any:  # fmt: skip
            if id(executor) not in own:
                return await execute(executor, message, source_executor_ids, state, runner_context, *args, **kwargs)
            if pauses is not None:
                await pauses.before_call(str(executor.id), message)
            self._context = runner_context
            self._count += 1
            call = self._live[self._count] = Call(self._count, str(executor.id), self)
            token = current.set(call)
            try:
                return await execute(executor, message, source_executor_ids, state, runner_context, *args, **kwargs)
            finally:
                current.reset(token)
                self._end(call)

        @functools.wraps(add_event)
        async def take_event(context: Any, event: Any) -> Any:
            if context is self._context:
                self._take(event)
            return await add_event(context, event)

        executor_class.execute = watched
        context_class.add_event = take_event

    def _end(self, call: Call) -> None:
        self._live.pop(call.number, None)
        self._ran.append(call.executor)
        if call.text:
            self._print_line(call, call.text)
            call.text = ""

    # -- events ------------------------------------------------------------------------------------------------------

    def _take(self, event: Any) -> None:
        call = current.get()
        tail = f',"call":{call.number}' if call is not None else ""
        if call is not None and event.executor_id == call.executor:
            if event.type == "executor_invoked":
                call.began = time.perf_counter()
            elif event.type in ("executor_completed", "executor_failed") and call.began:
                tail += f',"seconds":{time.perf_counter() - call.began:.6f}'
                more = tokens_of(event.data, call.responses) if event.details is None else failed_at(sys.exc_info()[1])
                if event.details is not None:
                    self.failed = call.executor
                for name, value in more.items():
                    tail += f',"{name}":{encode(value)}'
        self._unwritten[id(event)] = event, tail

    def take_streamed(self, event: Any) -> None:
        """Write the line of an event that the run gives, unless it is written already."""
        _, tail = self._unwritten.pop(id(event), (None, ""))
        if not tail and self._written.pop(id(event), None) is event:
            return
        self.write(event, tail)

    def write_first(self) -> None:
        """Write the events that precede the line that is printed now, and that the run has not yielded yet."""
        events, self._unwritten = self._unwritten, {}
        for event, tail in events.values():
            self._written[id(event)] = event
            self.write(event, tail)

    # -- printed lines -----------------------------------------------------------------------------------------------

    def print(self, call: Call, data: bytes) -> bool:
        """Report the lines that a call prints; False in a process that was forked, which has no lines."""
        if os.getpid() != self._process:
            return False
        *whole, call.text = (call.text + data.decode("utf-8", "backslashreplace")).split("\n")
        for line in whole:
            self._print_line(call, line)
        if len(call.text) > PIECE:
            self._print_line(call, call.text)
            call.text = ""
        return True

    def _print_line(self, call: Call, line: str) -> None:
        self.write_first()
        text = line.rstrip("\r")
        for at in range(0, len(text) or 1, PIECE):
            self._lines.say(
                "log", level=None, logger=None, text=text[at : at + PIECE], executor_id=call.executor, call=call.number
            )
        self._lines.hurry()

    def print_rest(self) -> None:
        """Report the printed parts of lines that never ended."""
        for call in list(self._live.values()):
            if call.text:
                self._print_line(call, call.text)
                call.text = ""


def note_response(response: Any) -> None:
    """Keep the response of an agent with the call that ran it."""
    call = current.get()
    if call is not None:
        call.responses.append(response)


def tokens_of(data: Any, responses: Sequence[Any] = ()) -> dict[str, Any]:
    """The tokens that agents used for a call; empty where the framework does not report them.

    Args:
        data: The messages and outputs of the call.
        responses: Responses of the agents that it ran; one that is also an output counts once.

    Returns:
        `tokens`, with those of `input`, `output` and `total` that are known.
    """
    whole: dict[int, Any] = {}
    parts: list[Any] = []
    noted = [_identity(each) for each in responses]
    for each in (*responses, *(data if type(data) is list else ())):
        if not type(each).__module__.startswith("agent_framework"):
            continue
        members = getattr(each, "__dict__", {})
        response = members.get("agent_response", each)
        usage = getattr(response, "__dict__", {}).get("usage_details")
        is_given = any(response is one for one in responses)
        if usage and (is_given or _identity(response) not in noted):  # a message is a copy
            whole[id(response)] = usage
        parts += [_usage_of(content) for content in members.get("contents") or () if _usage_of(content)]
    found: dict[str, int] = {}
    for usage in whole.values() or parts:
        get = usage.get if isinstance(usage, dict) else getattr(usage, "__dict__", {}).get
        for name in ("input", "output", "total"):
            count = get(f"{name}_token_count")
            if type(count) is int:
                found[name] = found.get(name, 0) + count
    return {"tokens": found} if found else {}


def _identity(response: Any) -> tuple[Any, str]:
    members = getattr(response, "__dict__", {})
    return members.get("response_id"), repr(members.get("usage_details"))


def _usage_of(content: Any) -> Any:
    members = getattr(content, "__dict__", {})
    return members.get("usage_details") or (members.get("details") if members.get("type") == "usage" else None)
