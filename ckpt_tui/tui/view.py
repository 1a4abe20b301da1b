"""What the list shows at one moment: frozen, made in a worker, swapped in whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs import listing
from ckpt_tui.core.runs.ids import latest
from ckpt_tui.core.runs.lineage import Node, Run, arrange
from ckpt_tui.core.times import is_possible


class View(NamedTuple):
    """Everything the list shows, at one moment.

    Attributes:
        rows: The rows of the list, in order.
        places: File name → index of its row.
        runs: The runs the rows were made of.
        checkpoints: How many checkpoints there are.
        problems: How many files cannot be shown.
        newest: File name of the newest checkpoint, or "".
        lanes: Widest gutter, in lanes.
        step: The largest number of a step.
        has_days: A time that cannot be true is shown by its day.
        missing: The directory does not exist.
        filter: The text that rows must contain, or "".
    """

    rows: tuple[listing.Row, ...] = ()
    places: Mapping[str, int] = MappingProxyType({})
    runs: tuple[Run, ...] = ()
    checkpoints: int = 0
    problems: int = 0
    newest: str = ""
    lanes: int = 1
    missing: bool = False
    filter: str = ""
    step: int = 0
    has_days: bool = False

    def node_of(self, file: str) -> tuple[Run, Node] | None:
        """The run and the place in it of a file; None when it is not a checkpoint of the view."""
        at = self.places.get(file, -1)
        row = self.rows[at] if at >= 0 else None
        if not isinstance(row, listing.NodeRow):
            return None
        while not isinstance(heading := self.rows[at], listing.RunRow):
            at -= 1
        return heading.run, row.node


def make_view(entries: Sequence[CheckpointRef | Problem], missing: bool = False, text: str = "") -> View:
    """The view of these entries; with `text`, only rows that contain it."""
    refs = [entry for entry in entries if isinstance(entry, CheckpointRef)]
    problems = [entry for entry in entries if isinstance(entry, Problem)]
    runs = arrange(refs)
    rows = listing.rows(runs, problems)
    if text:
        rows = keep_matching(rows, text)
    places = {}
    lanes = 1
    step = 0
    has_days = False
    for index, row in enumerate(rows):
        if isinstance(row, listing.NodeRow):
            places[row.node.ref.file] = index
            lanes = max(lanes, row.node.lanes.bit_length())
            step = max(step, row.node.ref.step)
            has_days = has_days or not is_possible(row.node.ref.when)
        elif isinstance(row, listing.ProblemRow):
            places[row.problem.file] = index
    newest = latest([node for run in runs for node in run.nodes]).ref.file if refs else ""
    return View(
        tuple(rows), places, runs, len(refs), len(problems), newest, min(lanes, listing.MAX_LANES), missing, text,
        step, has_days,
    )  # fmt: skip


def keep_matching(rows: list[listing.Row], text: str) -> list[listing.Row]:
    """The rows that contain a text, under their run's heading; smart case."""
    out: list[listing.Row] = []
    heading: listing.RunRow | listing.ProblemsRow | None = None
    store: listing.StoreRow | None = None
    for row in rows:
        if isinstance(row, listing.StoreRow):
            store = row
        elif isinstance(row, listing.RunRow | listing.ProblemsRow):
            heading = row
            if isinstance(row, listing.ProblemsRow):
                store = None
        elif not isinstance(row, listing.JoinRow) and matches(row, text):
            if store is not None:
                out.append(store)
                store = None
            if heading is not None:
                out.append(heading)
                heading = None
            out.append(row)
    return out


def matches(row: listing.Row, text: str) -> bool:
    """Whether what a row shows contains a text; upper case in the text makes it strict about case."""
    if isinstance(row, listing.NodeRow):
        ref = row.node.ref
        fork = "fork" if row.node.fork else ""
        shown = f"{ref.id} {ref.workflow} {listing.summary(row)} {ref.status or ''} {fork}"
    elif isinstance(row, listing.ProblemRow):
        shown = f"{row.problem.file} {row.problem.reason}"
    else:
        return False
    return text in shown if text != text.lower() else text in shown.lower()
