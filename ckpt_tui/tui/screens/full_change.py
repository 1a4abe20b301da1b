"""One change in full: both values, and the words that differ."""

from __future__ import annotations

from ckpt_tui.core.diff.changes import Change
from ckpt_tui.core.diff.comparison import texts_of, value_text
from ckpt_tui.core.diff.words import are_alike, pieces
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.redact import PLAIN, masked, masked_text
from ckpt_tui.core.shown_names import shown_path
from ckpt_tui.core.value import Value
from ckpt_tui.tui.screens.dialogs import TextScreen
from ckpt_tui.tui.widgets.text_lines import Paragraph

_NODES = 20_000
"""Values of one side that are written."""

_TEXT = 200_000
"""Characters of a text whose words are marked."""

_STYLES = {"same": "plain", "gone": "error", "new": "good"}
_LEADS = {"same": "", "gone": "- ", "new": "+ "}


def change_screen(change: Change, reveal: bool) -> TextScreen:
    """A screen that shows a change in full; secrets are masked unless `reveal`."""
    return TextScreen(f"{change.op} {shown_path(change.path, 80)}", change_paragraphs(change, reveal))


def change_paragraphs(
    change: Change, reveal: bool, nodes: int = _NODES, sides: tuple[str, str] = ("before", "after")
) -> list[Paragraph]:
    """The paragraphs that show a change in full.

    Args:
        change: The change.
        reveal: Show secrets, which are masked else.
        nodes: Values of each side that are shown.
        sides: The names of the two sides.
    """
    out: list[Paragraph] = []
    if change.source is not None:
        out.append(Paragraph(f"was at {shown_path(change.source)}\n", "accent"))
    before, after = change.before, change.after
    texts = texts_of(change, reveal) if change.op == "changed" else None
    if texts is not None:
        before, after = texts
        parts = pieces(before[:_TEXT], after[:_TEXT])
        if are_alike(parts):
            out += [
                Paragraph(part.text, _STYLES[part.kind], 2, _LEADS[part.kind], _STYLES[part.kind]) for part in parts
            ]
            out += [
                Paragraph(f"\n{sides[0]}", "heading"),
                Paragraph(before),
                Paragraph(f"\n{sides[1]}", "heading"),
                Paragraph(after),
            ]
            return out
    if change.op in ("removed", "changed"):
        out += [Paragraph(sides[0], "heading"), Paragraph(_text(before, change, reveal, nodes), "error"), Paragraph("")]
    if change.op != "removed":
        out += [Paragraph(sides[1] if change.op == "changed" else "value", "heading")]
        out.append(Paragraph(_text(after, change, reveal, nodes), "good" if change.op != "moved" else "plain"))
    return out


def _text(value: Value, change: Change, reveal: bool, nodes: int) -> str:
    if type(value) is str:
        if reveal:
            return value
        return masked_text(value) if change.secrecy == PLAIN else value_text(value, change, 80, reveal)
    document = to_json(value, nodes=nodes)
    return dumps(document if reveal else masked(document, change.secrecy))
