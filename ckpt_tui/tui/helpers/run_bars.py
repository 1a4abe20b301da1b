"""What the lines around a run say: how it is, and which keys there are."""

from __future__ import annotations

from typing import Any

from ckpt_tui.actions.resume.plan import FAILED, Source
from ckpt_tui.actions.resume.preview import blocked_types
from ckpt_tui.core.running.session_lines import OUTCOMES, pause_place
from ckpt_tui.core.runs.short_ids import short_id
from ckpt_tui.core.text import clean
from ckpt_tui.tui.helpers.resume_preview import allow_text
from ckpt_tui.tui.live_run import LiveRun
from ckpt_tui.tui.widgets.event_log import LogLines
from ckpt_tui.tui.widgets.status import Part

ROOMY = 100
"""Columns from which a line says what is as ever."""

Keys = list[tuple[str, str]]
"""A key, and a word for what it does."""


def source_parts(source: Source) -> list[Part]:
    """Which checkpoint is resumed."""
    name = f"{short_id(source.id)} {clean(source.workflow, 30)}"
    count = f"{'iteration' if source.thread is None else 'step'} {source.iteration}"
    return [(" ckpt-tui ", "strong"), (" resume ", "key"), (f" {name} · {count} ", "plain")]


def run_parts(run: LiveRun | None, waits: bool, seconds: float) -> list[Part]:
    """How a run is that was begun `seconds` ago; of one that was not begun, that it was not."""
    if run is None or not run.begun:
        is_started = run is not None and run.is_live
        return [(" program started, workflow not ", "warn")] if is_started else [(" nothing runs ", "dim")]
    written = f"{run.log.checkpoints:,} checkpoint{'' if run.log.checkpoints == 1 else 's'}"
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


def standing_part(run: LiveRun | None, waits: bool, seconds: float) -> Part:
    """How a run is, in as few words as a line has room for that is about something else; "" before it began."""
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
    """How the log is shown: filtered, paused, following, where that is not what one expects or there is room."""
    parts: list[Part] = [(f" filter: {clean(log.filter, 20)} ", "warn")] if log.filter else []
    if log.paused:
        return [*parts, (f" paused, {log.waiting:,} wait ", "warn")]
    if log.following and width < ROOMY:
        return parts
    return [*parts, (" following " if log.following else " F follows ", "good" if log.following else "dim")]


def keys_while_running(is_live: bool, waits: bool, in_log: bool, is_paused: bool = False) -> Keys:
    """The keys of a run that was begun."""
    if is_paused:
        return [
            ("s", "step"), ("c", "continue"), ("t", "run to"), ("b", "break"), ("e", "change"), ("[", "back"),
            ("x", "stop"), ("esc", "look"),
        ]  # fmt: skip
    if waits and not in_log:
        return [("⏎", "next, then send"), ("ctrl+e", "as JSON"), ("ctrl+o", "read it"), ("⇥", "log, stop")]
    if is_live:
        keys = [
            ("s", "pause the run"),
            ("b", "breakpoints"),
            ("x", "stop"),
            ("space", "hold the log"),
            ("f", "filter"),
            ("/", "search"),
            ("⏎", "line"),
        ]
        return [*keys, *([("⇥", "answer")] if waits else []), ("esc", "leave")]
    return [
        ("r", "again from here"),
        ("@", "N times"),
        ("A", "compare outcomes"),
        ("⏎", "line"),
        ("S", "save"),
        ("esc", "back"),
    ]


def keys_before(check: dict[str, Any], in_preview: bool, has_forms: bool, asks_first: bool, in_programs: bool) -> Keys:
    """The keys of a run that is prepared."""
    allow = [("ctrl+a", allow_text(check))] if blocked_types(check) else []
    leave = ("esc", "leave it")
    if check.get("ok") and in_preview:
        return [("⏎", "RUN IT"), *allow, ("y", "copy the command"), ("⇥", "change something"), leave]
    if has_forms:
        return [*allow, ("⏎", "next, then check"), ("ctrl+e", "as JSON"), ("ctrl+o", "read it"), leave]
    if allow:
        return [*allow, ("⏎", "check again"), leave]
    another = [("↑↓ 1-9", "another program")] if in_programs else []
    return [("⏎", "ask before it is started" if asks_first else "start and check"), *another, ("⇥", "next"), leave]
