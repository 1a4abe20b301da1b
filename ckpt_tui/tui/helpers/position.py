"""The position of a replay: the path through its run, and the place on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.playback_path import PlaybackPath, path_through

STALE_SECONDS = 60.0
"""Seconds without a new checkpoint after which a run with messages in flight counts as stopped."""


class Position:
    """A place on a path.

    Args:
        run: The run.
        node: Where to begin.
        choices: Id of a checkpoint → id of the one that follows it, where the person chose.

    Attributes:
        track: The checkpoints from the first to the last, with the forks between them.
        at: The index of the checkpoint that is shown.
    """

    def __init__(self, run: Run, node: Node, choices: Mapping[str, str]) -> None:
        self.track: PlaybackPath = path_through(run, node.ref.id, choices)
        self.at = max(self.track.place(node.ref.id), 0)

    @property
    def node(self) -> Node:
        """The checkpoint that is shown."""
        return self.track.nodes[self.at]

    @property
    def last(self) -> int:
        """The last place of the path."""
        return len(self.track.nodes) - 1

    @property
    def is_over(self) -> bool:
        """Whether nothing follows the last checkpoint because the run was done."""
        return self.track.nodes[-1].ref.status == "done"

    @property
    def tip(self) -> str:
        """The id of the last checkpoint of the path if work was left and nothing was written for a while, or ""."""
        ref = self.track.nodes[-1].ref
        return ref.id if ref.status == "open" and time.time() - ref.when > STALE_SECONDS else ""


def next_place(
    track: PlaybackPath, at: int, direction: int, is_there: Callable[[str], bool | None]
) -> tuple[int, bool]:
    """The next place on a playback path where a condition holds.

    Args:
        track: The track.
        at: Where to begin; this place does not count.
        direction: 1 or -1.
        is_there: Whether the condition holds at a file; None where that is not known yet.

    Returns:
        The place, or -1; and whether all places up to it were known.
    """
    place = at + direction
    while 0 <= place < len(track.nodes):
        found = is_there(track.nodes[place].ref.file)
        if found is None:
            return -1, False
        if found:
            return place, True
        place += direction
    return -1, True
