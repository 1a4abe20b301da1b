"""Breakpoints: where a run, a resumed run or a replay stops."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import NamedTuple

from ckpt_tui.actions.conditions import Condition
from ckpt_tui.core.model import PARTS, Checkpoint
from ckpt_tui.core.paths import Path, parse
from ckpt_tui.core.reading.pending import requests
from ckpt_tui.core.replay.frames import pinned
from ckpt_tui.core.text import clean
from ckpt_tui.errors import UsageError

EVENTS = ("request", "error", "warning")
"""Breakpoints that are one word."""


class Breakpoint(NamedTuple):
    """Where to stop.

    Attributes:
        spec: As it is written: a JMESPath expression over the JSON of `show`, `changes:PATH`, `executor:NAME`,
            `request`, `error` or `warning`.
        kind: `expression`, `changes`, `executor`, `request`, `error` or `warning`.
        name: The executor, for that kind.
        path: The path, for `changes`.
        condition: What must become true, for `expression`.
    """

    spec: str
    kind: str
    name: str = ""
    path: Path = ()
    condition: Condition | None = None

    @property
    def is_at_boundary(self) -> bool:
        """Whether it is evaluated between two supersteps."""
        return self.kind not in ("executor", "error")

    @property
    def is_each_time(self) -> bool:
        """Whether it stops wherever it is true; an expression stops where it becomes true."""
        return is_each_time(self.spec)

    def holds_in_replay(self, checkpoint: Checkpoint, before: Checkpoint | None, ran: Container[str]) -> bool:
        """Whether it is true at a checkpoint of a run that is over.

        Args:
            checkpoint: The checkpoint.
            before: The one before; None at the beginning of what is known.
            ran: The executors that ran between the two: an executor stops after the step in which it ran. What failed
                left no checkpoint, so `error` stops nowhere.
        """
        if self.condition is not None:
            return self.condition.holds(checkpoint)
        if self.kind == "executor":
            return self.name in ran
        return before is not None and changed_between(self, checkpoint, before)


def is_each_time(spec: str) -> bool:
    """Whether a breakpoint stops wherever it is true, by how it is written."""
    return spec in EVENTS or spec.startswith(("executor:", "node:", "changes:"))


def parse_breakpoint(spec: str) -> Breakpoint:
    """A breakpoint as it is written.

    Raises:
        UsageError: it is not a breakpoint.
    """
    text = spec.strip()
    kind, colon, rest = text.partition(":")
    if text in EVENTS:
        return Breakpoint(text, text)
    if colon and kind in ("executor", "node"):  # which is what a graph of LangGraph has
        if not rest:
            raise UsageError(f"{kind}: needs a name.", f"For example: {kind}:writer")
        return Breakpoint(text, "executor", name=rest)
    if colon and kind == "changes":
        path = parse(rest)
        if not path or path[0] not in PARTS:
            raise UsageError(f"{clean(rest)} is not a path to a value.", "For example: changes:state.draft.score")
        return Breakpoint(text, "changes", path=path)
    return Breakpoint(text, "expression", condition=Condition(text))


def parse_breakpoints(text: str) -> list[Breakpoint]:
    """Several breakpoints as they are written, with `;` between them.

    Raises:
        UsageError: one is wrong.
    """
    return [parse_breakpoint(each) for each in text.split(";") if each.strip()]


def what_happens_at(spec: str) -> str:
    """What a breakpoint stops at, in words: `a warning comes`, `writer ran`, `state.score > `0.8` became true`."""
    kind, _, name = spec.partition(":")
    if spec in EVENTS:
        return {"request": "a request begins to wait", "error": "the run fails", "warning": "a warning comes"}[spec]
    if kind in ("executor", "node", "changes") and name:
        return f"{clean(name)} {'changed' if kind == 'changes' else 'ran'}"
    return f"{clean(spec)} became true"


class Watcher:
    """Evaluates breakpoints at each checkpoint of a run, in order.

    Args:
        breakpoints: Those between two supersteps count.
    """

    def __init__(self, breakpoints: Iterable[Breakpoint]) -> None:
        self.breakpoints = tuple(breakpoints)
        self._true: set[str] = set()
        self._before: Checkpoint | None = None

    @property
    def is_needed(self) -> bool:
        """Whether there is a breakpoint that is evaluated between two supersteps."""
        return any(each.is_at_boundary for each in self.breakpoints)

    def begin(self, checkpoint: Checkpoint | None) -> None:
        """Set the checkpoint that the run starts from: a condition that is true there already does not stop the run."""
        self._before = checkpoint
        self._true = set()
        for each in self.breakpoints:
            if checkpoint is not None and each.condition is not None and each.condition.holds(checkpoint):
                self._true.add(each.spec)

    def hit(self, checkpoint: Checkpoint) -> Breakpoint | None:
        """The first breakpoint that stops at the next checkpoint; None where the run goes on."""
        found = [each for each in self.breakpoints if self._stops(each, checkpoint)]
        self._before = checkpoint
        return found[0] if found else None

    def change(self, breakpoints: Iterable[Breakpoint]) -> None:
        """Replace the breakpoints."""
        self.breakpoints = tuple(breakpoints)
        self.begin(self._before)

    def _stops(self, each: Breakpoint, checkpoint: Checkpoint) -> bool:
        before = self._before
        if each.condition is not None:
            was, now = each.spec in self._true, each.condition.holds(checkpoint)
            (self._true.add if now else self._true.discard)(each.spec)
            return now and not was
        return changed_between(each, checkpoint, before)


def changed_between(each: Breakpoint, checkpoint: Checkpoint, before: Checkpoint | None) -> bool:
    """Whether the event of a breakpoint happened between two checkpoints: a change, a request or a warning."""
    if each.kind == "changes":
        return bool(pinned(each.path, checkpoint, before).changed)
    if each.kind == "request":
        return bool(_requests(checkpoint) - (_requests(before) if before is not None else set()))
    if each.kind == "warning":
        return _warnings(checkpoint) > (_warnings(before) if before is not None else 0)
    return False


def _warnings(checkpoint: Checkpoint) -> int:
    """The number of warnings about a checkpoint and of values in it that could not be decoded."""
    return len(checkpoint.warnings) + len(checkpoint.faults)


def _requests(checkpoint: Checkpoint) -> set[str]:
    return {request.id for request in requests(checkpoint.pending)}
