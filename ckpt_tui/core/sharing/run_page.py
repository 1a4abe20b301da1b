"""The content of a page about a run, before it is Markdown or HTML; all of it is from the masked copy of a bundle."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ckpt_tui.core.diff.changes import Change, Difference
from ckpt_tui.core.diff.comparison import SIGNS, value_text
from ckpt_tui.core.drawing.layers import Pair
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.overview.line import Overview
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.turns import Turn
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.runs.workflow_names import workflow_label
from ckpt_tui.core.shown_names import shown_path
from ckpt_tui.core.steps.learned_graph import Graph
from ckpt_tui.core.steps.steps import Step
from ckpt_tui.core.terms import ran_in_words
from ckpt_tui.core.text import clean, size_text


class PagePoint(NamedTuple):
    """One checkpoint of a page.

    Attributes:
        ref: The checkpoint.
        parent: Its parent, or None.
        overview: The overview of the checkpoint.
        turns: The conversation up to it.
        step: The step that led to it.
        difference: What changed since its parent; None where the parent is not there.
        document: Its entry in the bundle.
        is_fork: It is a second or later child of its parent.
    """

    ref: CheckpointRef
    parent: CheckpointRef | None
    overview: Overview
    turns: tuple[Turn, ...]
    step: Step
    difference: Difference | None
    document: Mapping[str, Any]
    is_fork: bool


class RunReport(NamedTuple):
    """One run of a page.

    Attributes:
        title: The name of its workflow.
        id: The id of its first checkpoint.
        points: Its checkpoints, parents before children.
        graph: The graph of its workflow as far as it is known.
    """

    title: str
    id: str
    points: tuple[PagePoint, ...]
    graph: Graph


class PageReport(NamedTuple):
    """A page.

    Attributes:
        store: The name of the store.
        kind: The kind of the store.
        runs: Its runs.
        problems: What could not be read: name and reason.
        hidden: A summary of what was masked, in one line.
        made_by: The program that made it.
        revealed: Paths whose secrets are shown on purpose.
    """

    store: str
    kind: str
    runs: tuple[RunReport, ...]
    problems: Sequence[tuple[str, str]]
    hidden: str
    made_by: str
    revealed: Sequence[Path] = ()


class ChangeLine(NamedTuple):
    """One change: `added`, `removed`, `changed` or `moved`, its path, and the values in short."""

    op: str
    path: str
    values: str

    @property
    def text(self) -> str:
        """The change on one line, with the sign that a diff has for it."""
        return f"{SIGNS[self.op]} {self.path}  {self.values}"


def change_line(change: Change, limit: int = 160, revealed: Iterable[Path] = ()) -> ChangeLine:
    """A change on one line, safe for any page.

    Args:
        change: The change; of a masked copy where something is revealed.
        limit: Characters of a value.
        revealed: Paths whose secrets are shown: nothing that the copy still holds is masked at and above them.
    """
    reveal = any(path[: len(change.path)] == change.path[: len(path)] for path in revealed)
    before, after = (value_text(value, change, limit, reveal) for value in (change.before, change.after))
    path = shown_path(change.path)
    if change.op == "moved":
        return ChangeLine("moved", path, f"from {shown_path(change.source or ())}  {after}")
    if change.op in ("added", "removed"):
        return ChangeLine(change.op, path, after if change.op == "added" else before)
    return ChangeLine("changed", path, f"{before} → {after}")


def step_text(point: PagePoint) -> str:
    """The step to a checkpoint, in a few words."""
    names = [clean(name, 40) for name in point.step.names]
    if point.step.kind == "answer":
        return "an answer came in"
    if point.step.kind == "input":
        return "the input"
    if not names:
        return "the first checkpoint" if point.parent is None else "nothing shows who ran"
    return ran_in_words(names) + (" (inferred)" if point.step.inferred else "")


def facts_text(ref: CheckpointRef) -> str:
    """Id, step, status, time and size of a checkpoint."""
    parts = [f"step {ref.step}", ref.status or "", ref.utc[:19].replace("T", " ") + (" UTC" if ref.when else "")]
    return clean(" · ".join(part for part in (*parts, size_text(ref.size)) if part))


def name_of(ref: CheckpointRef) -> str:
    """A short id, as in the list."""
    return id_text(ref)


def title_of(ref: CheckpointRef) -> str:
    """The name of its workflow."""
    return clean(workflow_label(ref), 80)


def hot_pairs(step: Step) -> Collection[Pair]:
    """The edges with messages in flight."""
    return {(flight.source, target) for flight in step.flights for target in flight.targets}
