"""What the list shows at one moment: frozen, made in a worker, swapped in whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs import listing
from ckpt_tui.core.runs.lineage import MISSING, Run, arrange, workflow_key


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
    for index, row in enumerate(rows):
        if isinstance(row, listing.NodeRow):
            places[row.node.ref.file] = index
            lanes = max(lanes, row.node.lanes.bit_length())
        elif isinstance(row, listing.ProblemRow):
            places[row.problem.file] = index
    newest = max(refs, key=lambda ref: ref.rank).file if refs else ""
    return View(
        tuple(rows), places, runs, len(refs), len(problems), newest, min(lanes, listing.MAX_LANES), missing, text
    )  # fmt: skip


def extended(view: View, refs: Sequence[CheckpointRef]) -> View | None:
    """The view with checkpoints whose parents it shows, or that begin a run; None when they are anything else.

    This is what a workflow that writes does again and again. Only the runs they belong to are arranged anew; making the
    whole view costs 10 µs a checkpoint.
    """
    if view.filter or view.missing or not view.rows or any(ref.told is not None for ref in refs):
        return None
    # A checkpoint that others have missed, or might have been guessed as their parent, changes more than its own run.
    missed: set[str | None] = set()
    for run in view.runs:
        for node in run.nodes:
            if node.guessed or node.ref.told is not None:
                return None
            if node.odd == MISSING:
                missed.add(node.ref.parent)
    rows, runs, places = list(view.rows), list(view.runs), dict(view.places)
    lanes, newest = view.lanes, _rank(rows, places, view.newest)
    for ref in sorted(refs, key=lambda ref: ref.rank):
        if ref.id in missed or ref.file in places:
            return None
        start = _add_root(ref, rows, runs) if ref.parent is None else _add_child(ref, rows, runs, places)
        if start is None:
            return None
        for index in range(start, len(rows)):
            row = rows[index]
            if isinstance(row, listing.NodeRow):
                places[row.node.ref.file] = index
                lanes = max(lanes, row.node.lanes.bit_length())
            elif isinstance(row, listing.ProblemRow):
                places[row.problem.file] = index
        newest = max(newest, (*ref.rank, ref.file))
    return view._replace(
        rows=tuple(rows), runs=tuple(runs), places=places, newest=newest[-1], lanes=min(lanes, listing.MAX_LANES),
        checkpoints=view.checkpoints + len(refs),
    )  # fmt: skip


def _add_child(ref: CheckpointRef, rows: list[listing.Row], runs: list[Run], places: dict[str, int]) -> int | None:
    """Put a checkpoint into the run of its parent; returns the row from which on something changed."""
    at = places.get(f"{ref.parent}.json", -1)
    row = rows[at] if at >= 0 else None
    if not isinstance(row, listing.NodeRow) or row.node.ref.id != ref.parent:
        return None
    start = at
    while not isinstance(heading := rows[start], listing.RunRow):
        start -= 1
    old = heading.run
    number = next(index for index, run in enumerate(runs) if run is old)
    found = arrange([*(node.ref for node in old.nodes), ref])
    if len(found) != 1 or found[0].id != old.id:
        return None
    runs[number] = found[0]._replace(number=old.number)
    rows[start : start + len(listing.rows([old], []))] = listing.rows([runs[number]], [])
    return start


def _add_root(ref: CheckpointRef, rows: list[listing.Row], runs: list[Run]) -> int | None:
    """Put a run that begins behind all others; returns the row from which on something changed."""
    if ref.iteration or (runs and max(run.nodes[0].ref.rank for run in runs) >= ref.rank):
        return None
    same = sum(1 for run in runs if workflow_key(run.nodes[0].ref) == workflow_key(ref))
    runs.append(arrange([ref])[0]._replace(number=same + 1))
    start = next((at for at, row in enumerate(rows) if isinstance(row, listing.ProblemsRow)), len(rows))
    rows[start:start] = listing.rows([runs[-1]], [])
    return start


def _rank(rows: list[listing.Row], places: dict[str, int], file: str) -> tuple[Any, ...]:
    row = rows[places[file]] if file in places else None
    return (*row.node.ref.rank, file) if isinstance(row, listing.NodeRow) else (0.0,)


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
        shown = f"{ref.id} {ref.workflow} {listing.summary(row)} {ref.status or ''}"
    elif isinstance(row, listing.ProblemRow):
        shown = f"{row.problem.file} {row.problem.reason}"
    else:
        return False
    return text in shown if text != text.lower() else text in shown.lower()
