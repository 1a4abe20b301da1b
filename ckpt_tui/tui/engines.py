"""The functions behind the jobs of a screen, imported by the first job that needs them: no first row waits."""

from __future__ import annotations

from ckpt_tui.actions.overviews import RunPath, has_same_path, overviews
from ckpt_tui.core.diff.divergence import divergence
from ckpt_tui.core.diff.searched_rows import search_rows
from ckpt_tui.core.diff.value_diff import diff_checkpoints
from ckpt_tui.core.doctor.alarms import alarms
from ckpt_tui.core.reading.search import search
from ckpt_tui.core.safety.verdict import verdict
from ckpt_tui.tui.graph_learner import read_step


class Engines:
    """The functions that compute answers; `workers.engines` gives them."""

    alarms = staticmethod(alarms)
    diff_checkpoints = staticmethod(diff_checkpoints)
    divergence = staticmethod(divergence)
    overviews = staticmethod(overviews)
    read_step = staticmethod(read_step)
    run_path = RunPath
    has_same_path = staticmethod(has_same_path)
    search = staticmethod(search)
    search_rows = staticmethod(search_rows)
    verdict = staticmethod(verdict)
