"""The choice of a branch at a fork."""

from __future__ import annotations

from ckpt_tui.core.runs import listing
from ckpt_tui.core.runs.playback_path import Fork, PlaybackPath, steps_to_tip
from ckpt_tui.core.text import ago_text, counted
from ckpt_tui.tui.screens.row_picker import RowPicker
from ckpt_tui.tui.widgets.step_text import Parts


def branch_lines(track: PlaybackPath, fork: Fork) -> list[Parts]:
    """The branches of a fork, a line each, with the taken one marked."""
    chosen = "" if fork.decided else " · f chooses"
    lines: list[Parts] = [[("continues", "heading"), (f" · {len(fork.branches)} branches{chosen}", "dim")]]
    for number in range(len(fork.branches)):
        sign = "▸" if number == fork.taken else " "
        lines.append([(f" {sign} ", "accent"), *_branch(track, fork, number)])
    return lines


def branch_picker(track: PlaybackPath, fork: Fork) -> RowPicker:
    """Asks which branch to take; closes with its number, or None. It begins at the present branch."""
    title = f"The run continues in {len(fork.branches)} branches from step {fork.at}"
    rows = [_branch(track, fork, number) for number in range(len(fork.branches))]
    return RowPicker(title, "⏎ takes the branch · esc stays", rows, fork.taken)


def _branch(track: PlaybackPath, fork: Fork, number: int) -> Parts:
    """One branch: its first checkpoint, its length and its end."""
    node = fork.branches[number]
    row = listing.NodeRow(node, 0.0, False)
    count, last = steps_to_tip(track.run, node)
    ends = {"waiting": "waits", "done": "done", "open": "open", "failed": "failed", None: ""}[last.ref.status]
    parent = track.nodes[fork.at].ref
    since = ago_text(node.ref.when - parent.when) if parent.when and node.ref.when else ""
    parts: Parts = [(f"{number + 1}  ", "number"), (f"{listing.SIGNS[node.ref.role]} ", "label")]
    parts += [(listing.summary(row), "plain"), (f"  {since} · {counted(count, 'step')}", "dim")]
    return [*parts, (f" → {ends}" if ends else "", "good" if ends == "done" else "warn")]
