"""Changes as the lines of a terminal, for every command that shows some."""

from __future__ import annotations

from collections.abc import Iterator

from ckpt_tui.cli.output import colours, paint
from ckpt_tui.core.diff.changes import Change
from ckpt_tui.core.diff.comparison import SIGNS, texts_of, value_text
from ckpt_tui.core.diff.words import are_alike, pieces, shortened
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.shown_names import shown_path
from ckpt_tui.core.text import clean

_COLOURS = {"added": "green", "removed": "red", "changed": "yellow", "moved": "cyan"}

_VALUE = 100
"""Characters of a value on a line."""

_LONG = 40
"""Characters of a text whose words are marked instead of showing it twice."""


def change_lines(change: Change, reveal: bool, query: str = "") -> Iterator[str]:
    """One change: its sign, its path, and what there was and is.

    Args:
        change: The change.
        reveal: Show secrets instead of masking them.
        query: The expression that was asked, where the path is one in its answer.
    """
    path = shown_path(change.path)
    if query:
        path = f"{clean(query)} | {path}" if change.path else clean(query)
    head = f"{paint(SIGNS[change.op], fg=_COLOURS[change.op])} {path}"
    before, after = (value_text(value, change, _VALUE, reveal) for value in (change.before, change.after))
    if change.op == "moved":
        source = shown_path(change.source or ())
        yield f"{head}  {paint(f'from {source}', dim=True)}  {after}"
    elif change.op == "removed":
        yield f"{head}  {before}"
    elif change.op == "added":
        yield f"{head}  {after}"
    elif _is_long(change) and (texts := texts_of(change, reveal)) is not None:
        yield f"{head}  {_marked(*texts)}"
    else:
        yield f"{head}  {before} → {after}"


def _is_long(change: Change) -> bool:
    if type(change.before) is not str or type(change.after) is not str:
        return False
    return max(len(change.before), len(change.after)) > _LONG


def _marked(before: str, after: str) -> str:
    """Two texts as one, with what went and what came marked: by colour, or by brackets as in `git diff --word-diff`."""
    parts = pieces(before, after)
    if not are_alike(parts):
        return f"{summary(before, _VALUE)} → {summary(after, _VALUE)}"
    out = []
    for part in shortened(parts):
        text = clean(part.text)
        if part.kind == "same":
            out.append(text)
        elif colours():
            out.append(paint(text, fg="red", strikethrough=True) if part.kind == "gone" else paint(text, fg="green"))
        else:
            out.append(f"[-{text}-]" if part.kind == "gone" else f"{{+{text}+}}")
    return f'"{"".join(out)}"'
