"""The texts of the lines around a run: its state, and the keys."""

from __future__ import annotations

from ckpt_tui.actions.resume.plan import FAILED, Source
from ckpt_tui.core.running.session_lines import OUTCOMES, pause_place
from ckpt_tui.core.runs.short_ids import short_id
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.terms import framework_terms
from ckpt_tui.core.text import clean, counted
from ckpt_tui.tui.live_run import LiveRun
from ckpt_tui.tui.widgets.event_log import LogLines
from ckpt_tui.tui.widgets.status import Part, hints

ROOMY = 100
"""Columns from which a line also shows the usual states."""


def source_parts(source: Source) -> list[Part]:
    """The checkpoint that is resumed."""
    name = f"{short_id(source.id)} {shown_name(source.label, 30)}"
    count = f"{framework_terms(source.framework).iteration} {source.iteration}"
    return [(" ckpt-tui ", "strong"), (" resume ", "name"), (f" {name} · {count} ", "plain")]


def run_parts(run: LiveRun | None, waits: bool, seconds: float) -> list[Part]:
    """The state of a run that was started `seconds` ago, or that it was not started."""
    if run is None or not run.begun:
        if run is None or not run.is_live:
            return [(" nothing runs ", "dim")]
        return [(f" program started, {framework_terms(run.plan.source.framework).workflow} not ", "warn")]
    written = counted(run.log.checkpoints, "checkpoint")
    parts: list[Part] = [(f" {len(run.log):,} lines · {written} ", "dim")]
    if run.log.failed_saves:
        parts.append((f" ✗ {run.log.failed_saves:,} NOT SAVED ", "error"))
    if run.is_live:
        if run.paused is not None:
            return [(f" ‖ {pause_place(run.paused)} ", "warn")]
        word = "waits for an answer" if waits else "stopping" if run.session.is_stopping else "running"
        return [*parts, (f" ● {word} {seconds:.0f} s ", "warn" if waits else "good")]
    outcome = run.session.outcome
    style = {"done": "good", "waiting": "warn", "stopped": "warn"}.get(outcome, "error")
    style = "error" if run.session.code == FAILED else style  # it may be done, with nothing saved
    return [*parts, (f" ■ {OUTCOMES.get(outcome, outcome)} after {seconds:.1f} s ", style)]


def status_part(run: LiveRun | None, waits: bool, seconds: float) -> Part:
    """The state of a run, short enough for a line about something else; "" before it began."""
    if run is None or not run.begun:
        return ("", "plain")
    if not run.is_live:
        outcome = run.session.outcome
        word = OUTCOMES.get(outcome, outcome)
        return (f"■ run {word}", "good" if outcome == "done" and run.session.code != FAILED else "warn")
    if run.paused is not None:
        return ("‖ paused", "warn")
    if waits:
        return ("‖ waits", "warn")
    return ("● stopping", "warn") if run.session.is_stopping else (f"● run {seconds:.0f} s", "good")


def log_parts(log: LogLines, width: int) -> list[Part]:
    """The state of the log: filtered, paused, following, where that is unusual or there is room."""
    parts: list[Part] = [(f" filter: {clean(log.filter, 20)} ", "warn")] if log.filter else []
    if log.paused:
        return [*parts, (f" paused, {log.waiting:,} wait ", "warn")]
    if log.following and width < ROOMY:
        return parts
    return [*parts, *([(" following ", "good")] if log.following else hints(("live.follow", "follows")))]
