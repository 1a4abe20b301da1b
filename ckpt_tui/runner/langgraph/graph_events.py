"""Turns the stream of a graph into the lines of a run: executors are nodes, those of subgraphs `NODE/INNER`."""

from __future__ import annotations

import time
from typing import Any

from ..lines import Lines
from ..places import failed_at
from ..shown import show

_MODES = ["debug", "custom"]
"""Modes in which a graph is streamed; every release has them."""


def modes_of(asked: Any) -> list[str]:
    """The modes in which a graph is streamed.

    The output of models is streamed only where the program streams it itself: in this mode models are called
    differently, which not every one supports.

    Args:
        asked: The mode of the program's own call, a list of modes, or None.
    """
    return [*_MODES, "messages"] if "messages" in ([asked] if isinstance(asked, str) else asked or ()) else _MODES


class NodeCalls:
    """The calls of nodes in one run: numbered and timed.

    Attributes:
        failed: The node that failed last.
    """

    def __init__(self) -> None:
        self.failed: str | None = None
        self._count = 0
        self._live: dict[str, tuple[int, float, str]] = {}
        self._ran: list[str] = []
        self._before: list[str] = []

    @property
    def ran(self) -> list[str]:
        """Nodes whose calls in this superstep have ended; before the first, those of the one before."""
        return self._ran or self._before

    @property
    def running(self) -> list[str]:
        """Nodes that are called and have not come to an end."""
        return [who for _, _, who in self._live.values()]

    def begin_superstep(self) -> None:
        """A superstep begins."""
        self._before, self._ran = self._ran or self._before, []

    def begin(self, task: str, who: str) -> dict[str, Any]:
        """Record that a node is called; returns the members of the line about the call."""
        self._count += 1
        self._live[task] = (self._count, time.perf_counter(), who)
        return {"call": self._count}

    def end(self, task: str, error: Any) -> dict[str, Any]:
        """Record that a call has ended; returns the members of the line about it."""
        number, began, who = self._live.pop(task, (0, 0.0, ""))
        if not number:
            return {}
        self._ran.append(who)
        more = {}
        if error is not None:
            self.failed = who
            more = failed_at(error) if isinstance(error, BaseException) else {}
        return {"call": number, "seconds": round(time.perf_counter() - began, 6), **more}

    def wait(self, seconds: float) -> None:
        """Record a pause of so many seconds, which count for no call."""
        self._live = {task: (number, began + seconds, who) for task, (number, began, who) in self._live.items()}

    def print_rest(self) -> None:
        """Nothing to do: the lines that nodes print are reported as they come."""


class Events:
    """Writes the lines of one run.

    Args:
        lines: Takes them.
        calls: The calls of nodes.
        done: Tasks that are done already: the graph names them, but they do not run.
    """

    def __init__(self, lines: Lines, calls: NodeCalls, done: frozenset[str] = frozenset()) -> None:
        self._lines, self._calls, self._done = lines, calls, done
        self.step: int | None = None

    def take(self, space: tuple[str, ...], mode: str, payload: Any) -> dict[str, Any] | None:
        """Write the lines for one piece of the stream; returns the debug event of the graph itself, where it is one."""
        if mode == "messages":
            self._message(space, payload)
            return None
        if mode == "custom":
            self._say("data", _within(space, ""), None, payload)
            return None
        kind, content, step = payload.get("type"), payload.get("payload") or {}, payload.get("step")
        if kind == "task":
            if not space and step != self.step:
                self.step = step
                self._calls.begin_superstep()
                self._say("superstep_started", None, step, None)
            if content.get("id") in self._done:
                return None
            who = _within(space, content["name"])
            self._say("executor_invoked", who, step, content.get("input"), self._calls.begin(content["id"], who))
        elif kind == "task_result":
            self._result(space, step, content)
        elif kind == "checkpoint" and not space and self.step is not None:
            self._say("superstep_completed", None, self.step, None)
            self.step = None
        return payload if not space and isinstance(payload, dict) else None

    def _result(self, space: tuple[str, ...], step: Any, content: dict[str, Any]) -> None:
        who = _within(space, content["name"])
        call = self._calls.end(content["id"], content.get("error"))
        if content.get("error"):
            error = content["error"]
            name = type(error).__name__ if isinstance(error, BaseException) else str(error).partition("(")[0]
            self._lines.say(
                "event", type="executor_failed", executor_id=who, iteration=step, state=None, request_id=None,
                data=None, details={"error_type": name, "message": str(error), "traceback": None, "executor_id": who},
                **call,
            )  # fmt: skip
        elif not content.get("interrupts"):
            result = content.get("result")
            if isinstance(result, (list, tuple)) and all(isinstance(each, tuple) for each in result):
                result = dict(result)
            self._say("executor_completed", who, step, result, call)

    def _message(self, space: tuple[str, ...], payload: Any) -> None:
        message, about = payload
        text = getattr(message, "content", message)
        if text not in ("", [], None):
            node = about.get("langgraph_node") if isinstance(about, dict) else None
            self._say("intermediate", _within(space, str(node or "")), None, text)

    def output(self, value: Any) -> None:
        """Write the output of the graph at its end."""
        self._say("output", None, None, value)

    def _say(self, kind: str, who: str | None, step: Any, data: Any, call: dict[str, Any] | None = None) -> None:
        self._lines.say(
            "event", type=kind, executor_id=who, iteration=step if isinstance(step, int) else None, state=None,
            request_id=None, data=None if data is None else show(data), **(call or {}),
        )  # fmt: skip


def _within(space: tuple[str, ...], node: str) -> str:
    """The name of a node with the graphs that it is in."""
    return "/".join([*(each.partition(":")[0] for each in space), *([node] if node else [])])
