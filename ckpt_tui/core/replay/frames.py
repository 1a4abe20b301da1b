"""The content of the replay screen for one step: texts only, no values of the checkpoints themselves.

So a frame takes a few kilobytes whatever the checkpoints hold, and many of them can be kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ckpt_tui.core.diff.changes import Change
from ckpt_tui.core.diff.value_diff import diff
from ckpt_tui.core.documents.envelope import is_unopened, resolve
from ckpt_tui.core.matching.equality import are_equal
from ckpt_tui.core.model import PARTS, Checkpoint
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.lookup import lookup
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.reading.turns import turns
from ckpt_tui.core.redact import PLAIN, masked_text, secrecy
from ckpt_tui.core.secret_names import leads_to_key_of_service
from ckpt_tui.core.shown_names import shown_name, shown_path
from ckpt_tui.core.steps.learned_graph import Graph
from ckpt_tui.core.steps.snapshots import Snapshot
from ckpt_tui.core.steps.steps import Answered, Step, step_between
from ckpt_tui.core.text import quoted
from ckpt_tui.core.value import Value

CHANGES = 300
"""Changes that a frame shows; the others are counted."""

VALUE_CELLS = 100
"""Characters of a value in a frame."""

BEFORE_CELLS = 40
"""Characters of a value that was removed."""

PIN_CELLS = 60
"""Characters of a pinned value."""


class ShownFrame(NamedTuple):
    """A value as it is shown, in the place of the value itself."""

    text: str


class Changed(NamedTuple):
    """One change of the state.

    Attributes:
        op: added, removed, changed or moved.
        path: Where.
        before: The value it had, on one line; "" where there was none.
        after: The value it has; "" where there is none.
    """

    op: str
    path: Path
    before: str
    after: str


class Pinned(NamedTuple):
    """The value of a pinned path at one checkpoint.

    Attributes:
        text: The value on one line; "" where there is none.
        number: The value, where it is a number.
        changed: Whether it differs from the one before; None where that is not known.
    """

    text: str
    number: float | None = None
    changed: bool | None = None


ABSENT = Pinned("")


@dataclass(frozen=True, slots=True)
class Frame:
    """One step as it is shown.

    Attributes:
        file: The file of the checkpoint that the step led to.
        step: The step; its values are replaced by `ShownFrame`s.
        graph: The graph it is shown in.
        changes: What changed in the state, at most `CHANGES`.
        changed: How many changes there are.
        incomplete: Why there may be more; "" where this is all.
        pins: Pinned expression → value.
        true: The breakpoints that are true.
        faults: What could not be decoded.
    """

    file: str
    step: Step
    graph: Graph
    changes: tuple[Changed, ...] = ()
    changed: int = 0
    incomplete: str = ""
    pins: Mapping[str, Pinned] = field(default_factory=dict)
    true: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ()


def make_frame(
    before: Snapshot | None, after: Snapshot, then: Snapshot | None, graph: Graph,
    pins: Iterable[tuple[str, Path]] = (), true: Iterable[str] = (), stopped: bool = False,
    check: Callable[[], None] | None = None,
) -> Frame:  # fmt: skip
    """The frame of the step from a checkpoint to its child.

    Args:
        before: The parent, or None.
        after: The checkpoint.
        then: The one after it on the branch, or None.
        graph: The graph as far as it is known.
        pins: Pinned expressions with their paths.
        true: The breakpoints that are true of the checkpoint.
        stopped: Nothing was written after it, and the run is not live.
        check: Called now and then; whatever it raises ends the work.
    """
    step = step_between(before, after, graph, then, stopped)
    changes: tuple[Changed, ...] = ()
    number, incomplete = 0, ""
    if before is not None:
        found = diff({"state": before.checkpoint.state}, {"state": after.checkpoint.state}, check=check)
        listed = found.shown
        number, incomplete = len(listed), found.incomplete
        # What the workflow itself keeps comes first; what executors keep is long and repeats it.
        ordered = sorted(listed, key=lambda change: change.path[1:2] in _INNER)
        changes = tuple(Changed(change.op, change.path, *_sides(change)) for change in ordered[:CHANGES])
    was = before.checkpoint if before is not None else None
    return Frame(
        after.checkpoint.ref.file, as_shown(step), graph, changes, number, incomplete,
        {text: pinned(path, after.checkpoint, was) for text, path in pins},
        frozenset(true), after.checkpoint.faults,
    )  # fmt: skip


_INNER = (("_executor_state",), ("_edge_state",), ("_workflow_run_kwargs",), ("_resolved_workflow_run_kwargs",))


def _sides(change: Change) -> tuple[str, str]:
    """The value before and after a change, each on one line; "" where there is none."""
    hide = change.secrecy > PLAIN
    if change.op == "added":
        return "", summary(change.after, VALUE_CELLS, hide=hide)
    if change.op != "changed":
        return summary(change.before, VALUE_CELLS, hide=hide), ""
    before, after = resolve(change.before), resolve(change.after)
    if type(before) is str and type(after) is str and not hide:
        before, after = masked_text(before), masked_text(after)
        begin = _divergence(before, after)
        lead = "…" if begin else ""
        return lead + quoted(before[begin:], BEFORE_CELLS), lead + quoted(after[begin:], VALUE_CELLS)
    return summary(before, BEFORE_CELLS, hide=hide), summary(after, VALUE_CELLS, hide=hide)


def _divergence(one: str, other: str) -> int:
    """The offset to show two texts from so that the first difference is visible; 0 where it is near the beginning."""
    limit = min(len(one), len(other), _COMPARED)
    at = next((index for index in range(limit) if one[index] != other[index]), limit)
    return at - _LEAD if at > 2 * _LEAD else 0


_LEAD = 10
"""Characters shown before the first difference of two texts."""

_COMPARED = 20_000
"""Characters of two texts that are compared: 1 ms."""


def as_shown(step: Step) -> Step:
    """A step with its values replaced by their summaries."""
    return step._replace(
        flights=tuple(flight._replace(data=tuple(map(shown, flight.data))) for flight in step.flights),
        raised=tuple(request._replace(data=shown(request.data)) for request in step.raised),
        answered=tuple(
            Answered(answer.request._replace(data=shown(answer.request.data)), answer.given, shown(answer.answer))
            for answer in step.answered
        ),
    )


def shown(value: Value) -> ShownFrame:
    """A value on one line: the last message where it holds chat messages, else a summary."""
    if type(value) is ShownFrame:
        return value
    said = [] if is_unopened(value) else turns(value)
    if said and said[-1].text:
        return ShownFrame(f"{shown_name(said[-1].speaker, 40)}: {quoted(masked_text(said[-1].text), VALUE_CELLS)}")
    return ShownFrame(summary(value, VALUE_CELLS))


# -- pins ------------------------------------------------------------------------------------------------------------


def pinned(path: Path, checkpoint: Checkpoint, before: Checkpoint | None = None) -> Pinned:
    """The value at a path of a checkpoint, and whether it differs from the one in the checkpoint before."""
    found, value, secret = _at_path(checkpoint, path)
    changed = None
    if before is not None:
        was_found, was, _ = _at_path(before, path)
        changed = found != was_found or (found and not are_equal(was, value))
    if not found:
        return Pinned("", None, changed)
    value = resolve(value)
    number = None
    if not secret and type(value) in (int, float) and abs(value) < _LARGE and math.isfinite(value):
        number = float(value)
    return Pinned(summary(value, PIN_CELLS, hide=secret), number, changed)


_LARGE = 1e300


def _at_path(checkpoint: Checkpoint, path: Path) -> tuple[bool, Value, bool]:
    """Whether there is something at a path in the JSON of `show`, what it is, and whether it is a secret."""
    if not path or path[0] not in PARTS:
        return False, None, False
    found = lookup(getattr(checkpoint, str(path[0])), path[1:])
    labels = found.labels
    hide = any(secrecy(label) > PLAIN for label in labels) or leads_to_key_of_service(labels)
    return not found.absent, found.value, hide


def path_text(path: Path, part: bool = False) -> str:
    """A path for people; without the name of its part, which is shown above it, unless `part`."""
    return shown_path(path if part else path[1:])
