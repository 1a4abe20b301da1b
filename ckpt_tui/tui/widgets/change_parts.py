"""One change as text: on one or two lines, or its two sides beside each other."""

from __future__ import annotations

from rich.cells import cell_len

from ckpt_tui.core.diff.changes import Change
from ckpt_tui.core.diff.comparison import SIGNS, DiffRow, value_text
from ckpt_tui.core.diff.words import are_alike, pieces, shortened
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.redact import PLAIN
from ckpt_tui.core.shown_names import shown_path
from ckpt_tui.core.text import clean
from ckpt_tui.tui.widgets.fitting import fit, fit_end

Parts = list[tuple[str, str]]

STYLES = {"added": "good", "removed": "error", "changed": "warn", "moved": "accent"}
"""The style of an operation; its sign shows the same without colour."""

_SHORT = 28
"""Characters of a text that shares a line with its former one."""

_SCALARS = (str, int, float, bool, type(None))

_WORDS = 4_000
"""Characters of a text whose words are marked."""


def change_parts(row: DiffRow, change: Change, indent: str, width: int, second: bool, reveal: bool) -> Parts:
    """A change on its line, or one of its two lines: the second one where `second`."""
    style = STYLES[change.op]
    label = fit_end(row.label, max(width * 3 // 5, 8))
    lead: Parts = [(indent, "dim"), (f"{SIGNS[change.op]} ", style), (label, "label"), ("  ", "dim")]
    used = sum(cell_len(text) for text, _ in lead)
    room = max(width - used, 8)
    if change.op == "moved":
        source = shown_path(change.source or (), 80)
        text = value_text(change.after, change, max(room - cell_len(source) - 8, 8), reveal)
        return [*lead, (f"from {source}  ", style), (text, "plain")]
    if change.op != "changed":
        value = change.after if change.op == "added" else change.before
        return [*lead, (value_text(value, change, room, reveal), style)]
    if not is_wide(change):
        before = value_text(change.before, change, room // 2, reveal)
        return [
            *lead,
            (before, "gone"),
            (" → ", "dim"),
            (value_text(change.after, change, room, reveal), "new"),
        ]
    # As many cells before the second line as before the first one, so that the two texts align.
    blank: Parts = [(" " * used, "dim")]
    return [*(blank if second else lead), *_side(change, second, room, reveal)]


def _side(change: Change, second: bool, room: int, reveal: bool) -> Parts:
    """One side of a change, its own words marked."""
    value = change.after if second else change.before
    own = "new" if second else "gone"
    words = _words(change, reveal)
    sign = ("+ ", "good") if second else ("- ", "error")
    if words is None:
        return [sign, (value_text(value, change, room - 2, reveal), "good" if second else "error")]
    other = "gone" if second else "new"
    return [sign, *((clean(part), own if kind == own else "plain") for kind, part in words if kind != other)]


def _words(change: Change, reveal: bool) -> list[tuple[str, str]] | None:
    """Two texts word by word; None where the two texts are easier to read."""
    before, after = change.before, change.after
    if type(before) is not str or type(after) is not str or (change.secrecy > PLAIN and not reveal):
        return None
    if max(len(before), len(after)) > _WORDS:
        before, after = before[:_WORDS], after[:_WORDS]
        if before == after:
            return None
    parts = pieces(before, after)
    return [(part.kind, part.text) for part in shortened(parts)] if are_alike(parts) else None


def beside_parts(row: DiffRow, indent: str, width: int, reveal: bool) -> Parts:
    """The two sides of a row beside each other."""
    left = max((width - 3) // 2, 8)
    right = max(width - left - 3, 8)
    change = row.change
    if change is None:
        lead = f"{indent}  {row.label}  "
        text = summary(row.value, max(left - cell_len(lead), 8), reveal, row.hide)
        half: Parts = [(lead + text, "dim")]
        return [*_cut(half, left), (" │ ", "lane"), *_cut(half, right)]
    words = _words(change, reveal) if change.op == "changed" else None
    out: Parts = []
    for second, room in ((False, left), (True, right)):
        if second:
            out.append((" │ ", "lane"))
        out += _cut(_half(row, change, indent, room, second, words, reveal), room)
    return out


def _half(
    row: DiffRow,
    change: Change,
    indent: str,
    room: int,
    second: bool,
    words: list[tuple[str, str]] | None,
    reveal: bool,
) -> Parts:
    if change.op == ("removed" if second else "added"):
        return []
    label = row.label
    if change.op == "moved" and not second:
        label = shown_path(change.source or (), 80)
    sign = " " if change.op == "changed" and not second else SIGNS[change.op]
    label = fit_end(label, max(room // 2, 6))
    lead: Parts = [(indent, "dim"), (f"{sign} ", STYLES[change.op]), (label, "label"), ("  ", "dim")]
    left = max(room - sum(cell_len(text) for text, _ in lead), 4)
    value = change.after if second or change.op == "moved" else change.before
    if words is not None:
        own, other = ("new", "gone") if second else ("gone", "new")
        return [*lead, *((clean(part), own if kind == own else "plain") for kind, part in words if kind != other)]
    style = "plain" if change.op == "moved" else "good" if second else "error"
    return [*lead, (value_text(value, change, left, reveal), style)]


def is_wide(change: Change) -> bool:
    """Whether the two values of a change need a line each."""
    if change.op != "changed":
        return False
    for value in (change.before, change.after):
        if not isinstance(value, _SCALARS) or (type(value) is str and len(value) > _SHORT):
            return True
    return False


def marked(parts: Parts, match: str) -> Parts:
    """Parts with every place of a text marked in each; case matters only when it has an upper case letter."""
    strict = match != match.lower()
    out: Parts = []
    for text, style in parts:
        where = text if strict else text.lower()
        if len(where) != len(text):  # letters that are two in lower case: not marked rather than marked wrong
            where = text
        begin = 0
        while (at := where.find(match, begin)) >= 0:
            out += [(text[begin:at], style), (text[at : at + len(match)], "match")]
            begin = at + len(match)
        out.append((text[begin:], style))
    return out


def _cut(parts: Parts, width: int) -> Parts:
    """Parts in exactly this many cells."""
    out: Parts = []
    left = width
    for text, style in parts:
        size = cell_len(text)
        if size > left:
            out.append((fit(text, left), style))
            return out
        out.append((text, style))
        left -= size
    out.append((" " * left, "plain"))
    return out
