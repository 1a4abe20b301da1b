"""The keys that the line at the bottom of the screen of a run names."""

from __future__ import annotations

from typing import Any, Protocol

from textual.widget import Widget

from ckpt_tui.actions.resume.preview import blocked_types
from ckpt_tui.tui.helpers.resume_panes import ResumePanes
from ckpt_tui.tui.helpers.resume_preview import allow_text
from ckpt_tui.tui.live_run import LiveRun
from ckpt_tui.tui.widgets.choice import Choice
from ckpt_tui.tui.widgets.program_list import ProgramList
from ckpt_tui.tui.widgets.status import Part, hints

Keys = list[tuple[str, str]]
"""Ids of commands or a key, and a word for what they do."""


class ShownExecution(Protocol):
    """The state of a run."""

    run: LiveRun | None
    waits: bool

    @property
    def has_begun(self) -> bool:
        """Whether the workflow was asked to run."""

    @property
    def check(self) -> dict[str, Any]:
        """The result of the latest check."""
        ...


def hint_parts(execution: ShownExecution, panes: ResumePanes, focused: Widget | None) -> list[Part]:
    """The keys of the focused widget, in the present state of the run."""
    if execution.run is not None and execution.has_begun:
        paused = execution.run.paused
        keys = keys_while_running(execution.run.is_live, execution.waits, focused is panes.log_lines, paused)
    else:
        in_preview, in_programs = focused is panes.preview, isinstance(focused, ProgramList)
        has_forms = bool(panes.requests.forms)
        keys = keys_before(execution.check, in_preview, has_forms, bool(panes.form.question), in_programs)
    if isinstance(focused, Choice):
        arrows = "←→" if focused.value else "→"
        keys = [(" ".join([arrows, *focused.initials]), "choose"), *keys]
    return hints(*keys)


def keys_while_running(is_live: bool, waits: bool, in_log: bool, paused: dict[str, Any] | None = None) -> Keys:
    """The keys of a run that was started; `paused` is where it is paused."""
    if paused is not None:
        go_on = "answer" if paused.get("reason") == "request" else "go on"
        return [
            ("run.step", "step"), ("run.continue", go_on), ("run.to", "run to"), ("run.breakpoints", "break"),
            ("run.change", "edit"), ("run.drop", "drop"), ("run.back", "back"), ("run.stop", "stop"),
            ("app.back", "look"),
        ]  # fmt: skip
    if waits and not in_log:
        return [
            ("⏎", "next, then send"), ("run.write", "as JSON"), ("run.read", "read it"),
            ("view.other_pane", "log, stop"),
        ]  # fmt: skip
    if is_live:
        keys = [
            ("run.step", "pause the run"),
            ("run.breakpoints", "breakpoints"),
            ("run.stop", "stop"),
            ("run.pause", "hold the log"),
            ("list.filter", "filter"),
            ("search.open", "search"),
            ("⏎", "line"),
        ]
        return [*keys, *([("view.other_pane", "answer")] if waits else []), ("app.back", "leave")]
    return [
        ("run.resume", "again from here"),
        ("run.again", "N times"),
        ("run.compare", "compare outcomes"),
        ("⏎", "line"),
        ("run.save", "save"),
        ("app.back", "back"),
    ]


def keys_before(check: dict[str, Any], in_preview: bool, has_forms: bool, asks_first: bool, in_programs: bool) -> Keys:
    """The keys of a run that is prepared."""
    allow = [("run.allow", allow_text(check))] if blocked_types(check) else []
    leave = ("app.back", "leave it")
    if check.get("ok") and in_preview:
        ways = [("run.step", "step by step"), ("run.breakpoints", "break")]
        others = [("value.copy", "copy the command"), ("view.other_pane", "change")]
        return [("⏎", "RUN IT"), *ways, *allow, *others, leave]
    if has_forms:
        return [*allow, ("⏎", "next, then check"), ("run.write", "as JSON"), ("run.read", "read it"), leave]
    if allow:
        return [*allow, ("⏎", "check again"), leave]
    another = [("↑↓ 1-9", "another program")] if in_programs else []
    start = ("⏎", "ask before it is started" if asks_first else "start and check")
    return [start, *another, ("view.other_pane", "next"), leave]
