"""The lines of an overview about the state: what changed, how numbers developed, and the rest of it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from ckpt_tui.core.diff.changes import Change
from ckpt_tui.core.diff.value_diff import diff
from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.overview.line import BEFORE_CELLS, VALUE_CELLS, Line
from ckpt_tui.core.overview.sparkline import sparkline
from ckpt_tui.core.overview.trail import Passed, Scalar, course, numbers_of, words
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.bookkeeping import EXECUTORS, holds_nothing, own_state, own_states
from ckpt_tui.core.reading.lookup import lookup
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.redact import PLAIN, is_given_key, secrecy
from ckpt_tui.core.shown_names import shown_name, shown_path
from ckpt_tui.core.steps.snapshots import Snapshot
from ckpt_tui.core.value import Value

SPARK_CELLS = 12
"""Bars of the line of numbers."""

COURSE = 4
"""Values of a course that are shown."""


def state_lines(
    after: Snapshot, before: Snapshot | None, run_path: Sequence[Passed], elsewhere: Container[Path]
) -> Iterator[Line]:
    """Changes of the state, then the values that change most along the path, then the rest; without `elsewhere`."""
    shown: set[Path] = set()
    changes = sorted(own_changes(after, before), key=lambda change: change.path[1:2] == (EXECUTORS,))
    for change in changes:
        shown.add(change.path[:2])
        if change.path in elsewhere and len(course(change.path, run_path)) < 3:
            continue
        text = _change(change, run_path)
        yield Line(
            "state",
            f"{place_text(change.path)}  {text}",
            change.path if change.op != "removed" else (),
            *_OPS[change.op],
        )
    changed = {change.path for change in changes}
    for path, values in _moving(run_path):
        if path not in changed:
            shown.add(path)
            yield Line("state", f"{place_text(path)}  {_course(values)}", path)
    for name, value in own_state(after.checkpoint.state):
        path = ("state", name)
        if path in shown or _is_hollow(value):
            continue
        hide = secrecy(name) > PLAIN or is_given_key(name, resolve(value))
        text = summary(value, VALUE_CELLS, hide=hide)
        yield Line("state", f"{shown_name(name, 60)}  {text}{_spark(course(path, run_path))}", path)
    for key, call in after.calls.items():
        place: Path = ("state", "_step_cache", key)
        yield Line(
            "state",
            f"{shown_name(call, 60)}  {words(lookup(after.checkpoint.state, place[1:]).value, VALUE_CELLS)}",
            place,
        )
    if before is not None and changes:
        return
    for name, value in own_states(after.checkpoint.state):
        yield Line("state", f"{shown_name(name, 60)}  {summary(value, VALUE_CELLS)}", ("state", EXECUTORS, name))


def _is_hollow(value: Value) -> bool:
    """Whether a value holds nothing, or only what holds nothing."""
    return holds_nothing(value) or (type(value) is dict and all(map(holds_nothing, value.values())))


_OPS: Mapping[str, tuple[str, str]] = {
    "added": ("", "+"), "removed": ("diff", "−"), "changed": ("", "~"), "moved": ("", "↕"),
}  # fmt: skip


def own_changes(after: Snapshot, before: Snapshot | None) -> list[Change]:
    """Changes since the parent in what the workflow and its executors keep themselves."""
    if before is None:
        return []
    return list(diff(_own(before), _own(after)).shown)


def _own(one: Snapshot) -> dict[str, Value]:
    """The values that the workflow and its executors keep themselves, by their paths in a checkpoint."""
    state = one.checkpoint.state
    return {"state": {**dict(own_state(state)), EXECUTORS: dict(own_states(state))}}


def _change(change: Change, run_path: Sequence[Passed]) -> str:
    if change.op == "removed":
        return value_text(change.before, change, BEFORE_CELLS)
    if change.op == "moved":
        return "moved here"
    values = course(change.path, run_path)
    if len(values) > 2:
        return _course(values)
    if change.op == "changed":
        return f"{value_text(change.before, change, BEFORE_CELLS)} → {value_text(change.after, change, VALUE_CELLS)}"
    return value_text(change.after, change, VALUE_CELLS)


MOVING = 3
"""Values that are shown for their course although they did not change in this step."""


def _moving(run_path: Sequence[Passed]) -> list[tuple[Path, list[Scalar]]]:
    """The values that changed most often along the path, with their course."""
    found = [(path, course(path, run_path)) for path in (run_path[-1].scalars if run_path else ())]
    found = [(path, values) for path, values in found if len(values) > 1]
    return sorted(found, key=lambda pair: -len(pair[1]))[:MOVING]


def _course(values: Sequence[Scalar]) -> str:
    """The last values of a course, and its numbers as bars."""
    listed = [words(value, BEFORE_CELLS) for value in values[-COURSE:]]
    return f"{'… ' if len(values) > COURSE else ''}{' → '.join(listed)}{_spark(values)}"


def value_text(value: Value, change: Change, limit: int) -> str:
    """A value of a change on one line, masked where the change is a secret."""
    return summary(value, limit, hide=True) if change.secrecy > PLAIN else words(value, limit)


def _spark(values: Sequence[Any]) -> str:
    numbers = numbers_of(values)
    return f"  {sparkline(numbers, SPARK_CELLS)}" if len(numbers) > 2 else ""


def place_text(path: Path) -> str:
    """A path of the state for people, without the steps that all of them share."""
    inner = path[2:] if path[1:2] == (EXECUTORS,) else path[1:]
    return shown_path(inner, 80)
