"""The sizes of the checkpoints of a run, as `ckpt_tui.actions.run_sizes` measures them."""

from __future__ import annotations

from typing import NamedTuple

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.lineage import Run
from ckpt_tui.core.sizes.repeats import Repeated
from ckpt_tui.core.sizes.shares import Growth

MEASURED_PARTS = ("messages", "state", "pending")
"""The parts of a checkpoint that are measured, in order."""


class StepSizes(NamedTuple):
    """The sizes of one checkpoint.

    Attributes:
        ref: The checkpoint.
        parts: Characters of the JSON of `MEASURED_PARTS`; None where it cannot be read.
        grew: What grew most since its parent, or None.
    """

    ref: CheckpointRef
    parts: tuple[int, ...] | None
    grew: Growth | None


class RunGrowth(NamedTuple):
    """What grew most from the first to the last checkpoint of a run."""

    first: str
    last: str
    most: Growth


class RunSizes(NamedTuple):
    """The sizes of a run.

    Attributes:
        run: The run.
        steps: Its checkpoints in the order of the run.
        growth: What grew most from its first to its latest checkpoint, or None.
        repeats: Payloads that are in several checkpoints, those whose copies take the most first.
        extra: Characters that copies take in all files.
    """

    run: Run
    steps: tuple[StepSizes, ...]
    growth: RunGrowth | None
    repeats: tuple[Repeated, ...]
    extra: int
