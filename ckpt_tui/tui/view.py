"""What the list shows at one moment: frozen, made in a worker, swapped in whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ckpt_tui.core import listing
from ckpt_tui.core.lineage import MISSING, Node, Run, arrange
from ckpt_tui.core.model import CheckpointRef, Problem


@dataclass(frozen=True, slots=True)
class View:
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
    places: dict[str, int] = field(default_factory=dict)
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
    """The view with checkpoints that run on from the last one of a branch; None when they are anything else.

    This is what a workflow that writes does again and again; making the whole view costs 7 µs a checkpoint.
    """
    if view.filter or view.missing or not view.rows:
        return None
    rows = list(view.rows)
    runs = list(view.runs)
    places = view.places
    newest = view.newest
    latest = _when(rows, places, newest)
    if any(ref.told is not None for ref in refs):
        return None
    # A checkpoint that others have missed as their parent changes more than its own branch.
    orphaned = {node.ref.parent for run in runs for node in run.nodes if node.odd == MISSING}
    for ref in refs:
        at = places.get(f"{ref.parent}.json", -1)
        row = rows[at] if at >= 0 else None
        if not isinstance(row, listing.NodeRow) or not row.tip or row.node.ref.id != ref.parent or ref.file in places:
            return None
        parent = row.node
        number = next(
            (index for index, run in enumerate(runs) if any(node is parent for node in reversed(run.nodes))), None
        )
        if number is None or ref.id in orphaned:
            return None
        node = Node(ref, parent.ref.id, False, False, parent.lane, parent.lanes, 0, "")
        nodes = runs[number].nodes
        cut = nodes.index(parent) + 1
        runs[number] = runs[number]._replace(nodes=(*nodes[:cut], node, *nodes[cut:]))
        start = next(index for index in range(at, -1, -1) if isinstance(rows[index], listing.RunRow))
        rows[start] = listing.RunRow(runs[number])
        rows[at] = row._replace(tip=False)
        rows.insert(at + 1, listing.NodeRow(node, parent.ref.when, True))
        places = {name: place if place <= at else place + 1 for name, place in places.items()}
        places[ref.file] = at + 1
        if (ref.when, ref.id) > latest:
            latest, newest = (ref.when, ref.id), ref.file
    return replace(
        view, rows=tuple(rows), runs=tuple(runs), places=places, newest=newest, checkpoints=view.checkpoints + len(refs)
    )


def _when(rows: list[listing.Row], places: dict[str, int], file: str) -> tuple[float, str]:
    row = rows[places[file]] if file in places else None
    return (row.node.ref.when, row.node.ref.id) if isinstance(row, listing.NodeRow) else (0.0, "")


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
