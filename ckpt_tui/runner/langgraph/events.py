"""What a graph streams, as the lines of any run: executors are nodes, those of graphs within it `NODE/INNER`."""

from __future__ import annotations

from typing import Any

from ..lines import Lines
from ..shown import show

MODES = ["debug", "messages", "custom"]
"""Modes in which a graph is streamed; every release has them."""


class Events:
    """Writes the lines of one run.

    Args:
        lines: Where they go.
        done: Tasks that are done already: the graph names them, but they do not run.
    """

    def __init__(self, lines: Lines, done: frozenset[str] = frozenset()) -> None:
        self._lines, self._done = lines, done
        self._step: int | None = None

    def take(self, space: tuple[str, ...], mode: str, payload: Any) -> dict[str, Any] | None:
        """Write what one piece of the stream says; returns the debug event of the graph itself, where it is one."""
        if mode == "messages":
            self._message(space, payload)
            return None
        if mode == "custom":
            self._say("data", _within(space, ""), None, payload)
            return None
        kind, content, step = payload.get("type"), payload.get("payload") or {}, payload.get("step")
        if kind == "task":
            if not space and step != self._step:
                self._step = step
                self._say("superstep_started", None, step, None)
            if content.get("id") in self._done:
                return None
            self._say("executor_invoked", _within(space, content["name"]), step, content.get("input"))
        elif kind == "task_result":
            self._result(space, step, content)
        elif kind == "checkpoint" and not space and self._step is not None:
            self._say("superstep_completed", None, self._step, None)
            self._step = None
        return payload if not space and isinstance(payload, dict) else None

    def _result(self, space: tuple[str, ...], step: Any, content: dict[str, Any]) -> None:
        who = _within(space, content["name"])
        if content.get("error"):
            error = content["error"]
            name = type(error).__name__ if isinstance(error, BaseException) else str(error).partition("(")[0]
            self._lines.say(
                "event", type="executor_failed", executor_id=who, iteration=step, state=None, request_id=None,
                data=None, details={"error_type": name, "message": str(error), "traceback": None, "executor_id": who},
            )  # fmt: skip
        elif not content.get("interrupts"):
            result = content.get("result")
            if isinstance(result, (list, tuple)) and all(isinstance(each, tuple) for each in result):
                result = dict(result)
            self._say("executor_completed", who, step, result)

    def _message(self, space: tuple[str, ...], payload: Any) -> None:
        message, about = payload
        text = getattr(message, "content", message)
        if text not in ("", [], None):
            node = about.get("langgraph_node") if isinstance(about, dict) else None
            self._say("intermediate", _within(space, str(node or "")), None, text)

    def output(self, value: Any) -> None:
        """Write what the graph has at its end."""
        self._say("output", None, None, value)

    def _say(self, kind: str, who: str | None, step: Any, data: Any) -> None:
        self._lines.say(
            "event", type=kind, executor_id=who, iteration=step if isinstance(step, int) else None, state=None,
            request_id=None, data=None if data is None else show(data),
        )  # fmt: skip


def _within(space: tuple[str, ...], node: str) -> str:
    """The name of a node with the graphs that it is in."""
    return "/".join([*(each.partition(":")[0] for each in space), *([node] if node else [])])
