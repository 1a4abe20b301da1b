"""A history or a diff of two checkpoints as Markdown, with data in code."""

from __future__ import annotations

from ckpt_tui.core.diff.changes import Difference
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.path_history import History, executors_text, value_text
from ckpt_tui.core.sharing.markdown import SIGNS, code, fenced
from ckpt_tui.core.sharing.run_page import change_line, facts_text, name_of

CHANGES = 400
"""Changes that are listed."""

_VALUE = 200


def history_markdown(history: History) -> str:
    """Each value of a path, with the step and the executors that ran; masked as the history is."""
    lines = [f"### {code(history.path)}", "", "| checkpoint | step | ran | value |", "|---|---|---|---|"]
    for taken in history.values:
        value = "nothing there" if taken.absent else code(value_text(taken.value, _VALUE)).replace("|", "\\|")
        ran = code(executors_text(taken)).replace("|", "\\|")
        lines.append(f"| {code(name_of(taken.ref))} | {taken.ref.step} | {ran} | {value} |")
    return "\n".join(lines)


def difference_markdown(before: CheckpointRef, after: CheckpointRef, difference: Difference) -> str:
    """The changes between two checkpoints; secrets are masked."""
    shown = difference.shown
    lines = []
    for change in shown[:CHANGES]:
        line = change_line(change)
        lines.append(f"{SIGNS[line.op]} {line.path}  {line.values}")
    if len(shown) > CHANGES:
        lines.append(f"  and {len(shown) - CHANGES:,} more")
    head = [f"- {code(name_of(ref))} {code(facts_text(ref))}" for ref in (before, after)]
    hidden = f"\n\n{difference.ignored:,} changes are hidden by rules." if difference.ignored else ""
    body = fenced("diff", lines) if lines else "Nothing differs."
    return "\n".join(["### What changed", "", *head, "", body]) + hidden
