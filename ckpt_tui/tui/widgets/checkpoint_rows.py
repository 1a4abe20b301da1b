"""The rows of the list of checkpoints, as styled text of a given width."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from ckpt_tui.core.runs import listing
from ckpt_tui.core.runs.columns import Around, Cell
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.text import clean
from ckpt_tui.tui.widgets.fitting import SHORTEST, fit, fit_middle

_SIGN_STYLES = {
    "waiting": "warn",
    "response": "accent",
    "final": "good",
    "entry": "label",
    "failed": "error",
    "edited": "accent",
    "forked": "accent",
}

EDGE = 2
"""Cells at the left edge of each row: one for the cursor, a mark or a bookmark, one for a fault."""

_ROOMY = 36
"""Cells of the summary from which there is room for the receiver of an answer, whatever its length."""

_WIDE = 80
"""Cells from which the year of a folded run is shown."""

_LONGEST = 44
"""Cells of the name of a folded run at most."""

_COUNT = 5
"""Cells of how many checkpoints it has."""

_STATUS_STYLES = {
    "waits": "warn",
    "paused": "warn",
    "answered": "accent",
    "done": "good",
    "entry": "label",
    "open": "warn",
    "failed": "error",
}

DANGER = "☠"
"""The sign of a checkpoint that would run code when it is loaded."""

NEW = "+"
"""The sign of a checkpoint that a run from here has just written."""

_EDGE_STYLES = {DANGER: "error", "!": "warn", "~": "dim", NEW: "good"}


def heading(
    row: listing.RunRow | listing.JoinRow | listing.StoreRow | listing.ProblemsRow, width: int
) -> list[tuple[str, str]]:
    """A row that heads others: a store, a run, problems; or the gutter where branches join."""
    if isinstance(row, listing.RunRow):
        name, rest = listing.run_title(row.run)
        if cell_len(name) + cell_len(rest) + 3 > width:
            name, rest = listing.run_title(row.run, short=True)
        name = name if cell_len(name) < width else fit(name, width)
        return [(name, "heading"), (" · " + rest, "dim")]
    if isinstance(row, listing.JoinRow):
        return [(" " * EDGE, "plain"), (listing.join_gutter(row), "lane")]
    if isinstance(row, listing.StoreRow):
        name, rest = listing.store_title(row)
        return [
            ("▌ ", "accent"),
            (fit(name, min(cell_len(name), max(width - 4, 1))), "heading"),
            (f" · {rest}", "dim"),
        ]
    return [("problems", "heading"), (f" · {row.number:,}", "dim")]


def folded(row: listing.FoldedRow, newest: listing.NodeRow | None, width: int) -> list[tuple[str, str]]:
    """A folded run in this many cells: its name, its number of checkpoints, the time and the summary of its newest."""
    name, count, when = listing.folded_texts(row, width >= _WIDE)
    cells = max(min(width * 3 // 8, _LONGEST), SHORTEST)
    name = name if cell_len(name) <= cells else fit_middle(name, cells)
    name += " " * (cells - cell_len(name))
    parts = [("▸ ", "lane"), (name, "label"), (f" {count:>{_COUNT}} {when}", "dim")]
    left = width - sum(cell_len(text) for text, _ in parts)
    if newest is not None and left > 3:
        parts += [("  ", "plain"), *what_happened(newest, left - 2, "")]
    return parts


def problem(row: listing.ProblemRow, width: int, names_width: int) -> list[tuple[str, str]]:
    """A file that could not be read, and why; the names of all files take `names_width` cells."""
    name = shown_name(row.problem.file)
    reason = clean(row.problem.reason)
    name = fit_middle(name, min(names_width, width // 2))
    return [(f" {name}", "plain"), ("  " + reason, "dim")]


def checkpoint(
    row: listing.NodeRow, columns: Sequence[Cell], around: Around, danger: str, status: str = ""
) -> list[tuple[str, str]]:  # fmt: skip
    """A checkpoint in columns.

    Args:
        row: Its row.
        columns: The columns, with their widths.
        around: Facts about other rows.
        danger: Its effect when it is loaded, or "".
        status: A word in the place of its own status, or "".
    """
    parts: list[tuple[str, str]] = []
    for cell in columns:
        column, cells = cell.column, cell.gap + cell.cells
        if column.id == "gutter":
            parts += gutter(row, cell.cells)
        elif column.id == "what":
            parts += [(" " * cell.gap, "plain"), *what_happened(row, cell.cells, danger, status)]
        else:  # the blanks before a text are a part of it: each change of style costs some 40 bytes
            text = column.text(row, around)
            text = text if cell_len(text) <= cell.cells else fit(text, cell.cells)
            blanks = " " * (cells - cell_len(text))
            left = " " * cell.gap
            parts.append((blanks + text if column.right else left + text + blanks[len(left) :], column.style))
    return parts


def gutter(row: listing.NodeRow, cells: int) -> list[tuple[str, str]]:
    """The lineage of a checkpoint, its own sign in its lane."""
    lanes = listing.node_gutter(row.node)
    own = min(row.node.lane, listing.MAX_LANES - 1) * 2
    if own >= cells:  # too narrow for the whole gutter: the sign matters most
        lanes, own = listing.SIGNS[row.node.ref.role], 0
    sign = _SIGN_STYLES.get(row.node.ref.role or "", "plain")
    rest = cells - own - 1
    return [(lanes[:own], "lane"), (lanes[own], sign), (lanes[own + 1 :].ljust(rest)[:rest], "lane")]


def what_happened(row: listing.NodeRow, cells: int, danger: str, instead: str = "") -> list[tuple[str, str]]:
    """The summary: the status whole, the middle of names cut, then the end of the gist.

    Args:
        row: The row of a checkpoint.
        cells: How many cells it may take.
        danger: Its effect when it is loaded, in the place of the gist; "" for none.
        instead: A word in the place of its status, or "".
    """
    status, who, gist = listing.happening(row)
    status = instead or status
    if danger:
        gist = danger if cell_len(danger) <= cells // 2 else danger.removeprefix("calls ")
    style = _STATUS_STYLES.get(status.partition(" ")[0], "plain")
    parts: list[tuple[str, str]] = []
    left = cells
    if status:
        text = status[:left]
        parts.append((text, style))
        left -= len(text)
        if left > 1 and (who or gist):
            parts.append((" ", "plain"))
            left -= 1
    after = ""
    if who.startswith("→ ") and gist:  # an input comes before its receiver
        who, after = "", who
        room = left // 3 if left >= _ROOMY else 0
        room = max(left - cell_len(gist) - 1, room)
        after = (f" {after}" if cell_len(after) <= room else f" {fit_middle(after, room)}") if room > 2 else ""
        left -= cell_len(after)
    if who and left > 1:
        room = left
        if gist:  # the gist gets at least half of it
            room = max(left - cell_len(gist) - 2, SHORTEST if danger else left // 2)
        if cell_len(who) > room and listing.given_name(row.node.ref):
            who = who.partition(" · ")[0]  # the gist identifies a row, so it comes before the executors
        text = who if cell_len(who) <= room else fit_middle(who, room)
        parts.append((text, "plain"))
        left -= cell_len(text)
        if gist and left > 3:
            parts.append((": ", "dim"))
            left -= 2
    if gist and left > 1:
        text = gist if cell_len(gist) <= left else fit(gist, left)
        parts.append((text, "error" if danger else "text"))
        left -= cell_len(text)
    parts.append((after, "dim"))
    for _, words in listing.irregularities(row):
        if words and len(words) + 2 <= left:
            parts.append((f"  {words}", "dim"))
            left -= len(words) + 2
    return [*parts, (" " * left, "plain")]


def edge(
    row: listing.NodeRow | listing.ProblemRow | None, own: str = "", keep: str = "", is_danger: bool = False,
    is_new: bool = False,
) -> list[tuple[str, str]]:  # fmt: skip
    """The signs at the left edge of a row: the cursor, a mark, a bookmark or a note; and the sign of a fault.

    Args:
        row: The row; None for a run whose newest checkpoint is not read.
        own: The sign of the cursor or of the mark, or "".
        keep: The sign of its bookmark or note, or "".
        is_danger: Whether it would run code when it is loaded.
        is_new: Whether a run from here has just written it.
    """
    wrong = "✗" if isinstance(row, listing.ProblemRow) else ""
    if isinstance(row, listing.NodeRow):
        irregular = listing.irregularities(row)
        wrong = DANGER if is_danger else irregular[0][0] if irregular else ""
    second = wrong or (keep if own else "") or (NEW if is_new else "")
    style = "error" if wrong == "✗" else _EDGE_STYLES.get(wrong, "accent")
    return [(own or keep or " ", "accent"), (second or " ", style)]
