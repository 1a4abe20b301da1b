"""Where a replay stands: the track through its run, and the place on it."""

from __future__ import annotations

import time
from collections.abc import Mapping

from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.track import Track, track_through

STALE_SECONDS = 60.0
"""Seconds without a new checkpoint after which a run with messages in flight counts as stopped."""


class Position:
    """A place on a track.

    Args:
        run: The run.
        node: Where to begin.
        choices: Id of a checkpoint → id of the one that follows it, where somebody chose.

    Attributes:
        track: The checkpoints from the first to the last, with the forks between them.
        at: The index of the checkpoint that is shown.
    """

    def __init__(self, run: Run, node: Node, choices: Mapping[str, str]) -> None:
        self.track: Track = track_through(run, node.ref.id, choices)
        self.at = max(self.track.place(node.ref.id), 0)

    @property
    def node(self) -> Node:
        """The checkpoint that is shown."""
        return self.track.nodes[self.at]

    @property
    def last(self) -> int:
        """The last place of the track."""
        return len(self.track.nodes) - 1

    @property
    def is_over(self) -> bool:
        """Whether nothing follows the last checkpoint because all was done."""
        return self.track.nodes[-1].ref.status == "done"

    @property
    def tip(self) -> str:
        """The id of the last checkpoint of the track if work was left and nothing was written for a while, or ""."""
        ref = self.track.nodes[-1].ref
        return ref.id if ref.status == "open" and time.time() - ref.when > STALE_SECONDS else ""
