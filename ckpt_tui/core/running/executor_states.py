"""The states of the executors of a live run: which ran in the superstep, which run, which are next, which wait."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ckpt_tui.core.running.short_values import spent_text
from ckpt_tui.core.steps.learned_graph import Graph, given
from ckpt_tui.core.steps.steps import Light

CALLS = 200
"""Calls of a superstep that are kept."""

_ENDED = ("executor_completed", "executor_failed", "executor_bypassed")

_TYPES = (
    b'"superstep_started"', b'"executor_invoked"', b'"executor_completed"', b'"executor_failed"',
    b'"executor_bypassed"', b'"request_info"',
)  # fmt: skip
"""Types of events that show which executors run, as they are in a line."""

_OTHERS = tuple(f'{{"kind":"{kind}"'.encode() for kind in ("graph", "paused", "answered", "end"))


def lights(
    ran: Iterable[str] = (), running: Iterable[str] = (), following: Iterable[str] = (), waiting: Iterable[str] = ()
) -> dict[str, Light]:
    """The state of each executor that is not idle. Next counts most, then waiting, running, ran.

    Args:
        ran: Executors that have run in the superstep.
        running: Those that are called and have not come to an end.
        following: Those that are called next.
        waiting: Those whose requests wait for an answer.
    """
    found: dict[str, Light] = dict.fromkeys(ran, "ran")
    found.update(dict.fromkeys(running, "running"))
    found.update(dict.fromkeys(waiting, "waiting"))
    found.update(dict.fromkeys(following, "next"))
    return found


def graph_of(line: Mapping[str, Any]) -> Graph:
    """The graph that a line `graph` describes."""
    edges = [(str(edge["source"]), str(edge["target"])) for edge in line.get("edges") or ()]
    return given([str(each) for each in line.get("executors") or ()], edges, str(line.get("start") or ""))


@dataclass(slots=True)
class Called:
    """One call of an executor.

    Attributes:
        number: Its number in the run.
        executor: The executor.
        sign: `→` while it runs, `✓` or `✗` after.
        spent: Its time and tokens, as text; "" while it runs.
        printed: Lines that it printed.
    """

    number: int
    executor: str
    sign: str = "→"
    spent: str = ""
    printed: int = 0


class Progress:
    """Follows the lines of a run.

    Attributes:
        graph: The graph of the workflow, once it is known.
        lights: Executor → its state, for those that are not idle.
        called: The calls of the superstep that runs, or ran last.
        changes: How often any of these changed.
    """

    def __init__(self) -> None:
        self.graph = Graph()
        self.lights: dict[str, Light] = {}
        self.called: list[Called] = []
        self.changes = 0
        self._pending: dict[str, str] = {}

    def take(self, raw: bytes) -> None:
        """Take in one line."""
        if raw.startswith(b'{"kind":"event"'):
            # Events come by the ten thousand: only those about executors are parsed, told by their beginnings.
            head = raw[:120]
            if any(kind in head for kind in _TYPES):
                self._event(json.loads(raw))
        elif raw.startswith(_OTHERS):
            self._other(json.loads(raw))
        elif raw.startswith(b'{"kind":"log"') and raw.endswith(b"}") and b',"call":' in raw[-40:]:
            number = int(raw[raw.rindex(b":") + 1 : -1])
            for call in self.called:
                call.printed += call.number == number

    def _event(self, line: dict[str, Any]) -> None:
        kind, name = line.get("type"), str(line.get("executor_id"))
        if kind == "superstep_started":
            self.lights = {each: light for each, light in self.lights.items() if light == "waiting"}
            self.called = []
        elif kind == "executor_invoked":
            self.lights[name] = "running"
            self.called = [*self.called[-CALLS:], Called(int(line.get("call") or 0), name)]
        elif kind == "request_info":
            self._pending[str(line.get("request_id"))] = name
        elif kind in _ENDED:
            self.lights[name] = "failed" if kind == "executor_failed" else "ran"
            for call in self.called:
                if call.number == line.get("call"):
                    call.sign = "✗" if kind == "executor_failed" else "✓"
                    call.spent = spent_text(line)
            if name in self._pending.values():
                self.lights[name] = "waiting"
        else:
            return
        self.changes += 1

    def _other(self, line: dict[str, Any]) -> None:
        kind = line.get("kind")
        if kind == "graph":
            self.graph = graph_of(line)
            self.lights = {}
        elif kind == "paused":
            found = line.get("lights")
            failed = {name: light for name, light in self.lights.items() if light == "failed"}
            self.lights = dict(found) if isinstance(found, dict) else {}
            if line.get("reason") == "error":
                self.lights.update(failed)
            elif "ran" not in line:  # taken back: those calls came after this checkpoint
                self.called = []
        elif kind == "answered":
            for name in line.get("request_ids") or ():
                self._pending.pop(str(name), None)
            self.lights = {each: light for each, light in self.lights.items() if light != "waiting"}
        else:
            self.lights = {each: light for each, light in self.lights.items() if light != "running"}
        self.changes += 1
