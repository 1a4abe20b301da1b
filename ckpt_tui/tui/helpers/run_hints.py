"""Which keys the line at the bottom of the screen of a run names."""

from __future__ import annotations

from typing import Any, Protocol

from textual.widget import Widget

from ckpt_tui.actions.resume.preview import blocked_types
from ckpt_tui.tui.helpers.resume_panes import ResumePanes
from ckpt_tui.tui.helpers.resume_preview import allow_text
from ckpt_tui.tui.live_run import LiveRun
from ckpt_tui.tui.widgets.choice import Choice
from ckpt_tui.tui.widgets.program_list import ProgramList
from ckpt_tui.tui.widgets.status import Part

Keys = list[tuple[str, str]]
"""A key, and a word for what it does."""


class ShownExecution(Protocol):
    """What is known of a run."""

    run: LiveRun | None
    waits: bool

    @property
    def has_begun(self) -> bool:
        """Whether the workflow was asked to run."""

    @property
    def check(self) -> dict[str, Any]:
        """What the latest check found."""
        ...


def hint_parts(execution: ShownExecution, panes: ResumePanes, focused: Widget | None) -> list[Part]:
    """The keys of what has the focus, while a run is as it is."""
    if execution.run is not None and execution.has_begun:
        paused = execution.run.paused is not None
        keys = keys_while_running(execution.run.is_live, execution.waits, focused is panes.log_lines, paused)
    else:
        in_preview, in_programs = focused is panes.preview, isinstance(focused, ProgramList)
        has_forms = bool(panes.requests.forms)
        keys = keys_before(execution.check, in_preview, has_forms, bool(panes.form.question), in_programs)
    if isinstance(focused, Choice):
        arrows = "←→" if focused.value else "→"
        keys = [(" ".join([arrows, *focused.initials]), "choose"), *keys]
    return [part for key, word in keys for part in ((f" {key}", "key"), (f" {word} ", "dim"))]


def keys_while_running(is_live: bool, waits: bool, in_log: bool, is_paused: bool = False) -> Keys:
    """The keys of a run that was begun."""
    if is_paused:
        return [
            ("s", "step"), ("c", "go on"), ("t", "run to"), ("b", "break"), ("ctrl+e", "edit"), ("d", "drop"),
            ("[", "back"), ("x", "stop"), ("esc", "look"),
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
