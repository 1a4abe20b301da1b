"""Follows a run that was started from the command line: writes its lines and the result of the check."""

from __future__ import annotations

import os
import queue
import sys
from collections.abc import Callable
from contextlib import suppress
from shlex import quote
from typing import Any

import click

from ckpt_tui.actions.debugging.debugger import Debugger
from ckpt_tui.actions.debugging.lent_terminal import terminal_path
from ckpt_tui.actions.debugging.repetition import Repetition
from ckpt_tui.actions.resume.command_lines import again, onward
from ckpt_tui.actions.resume.plan import FAILED, Plan
from ckpt_tui.actions.resume.preview import QUESTION, PreviewLine, blocked_types, preview_lines, unanswered
from ckpt_tui.actions.resume.session import Session
from ckpt_tui.actions.resume.targets import remember
from ckpt_tui.cli.console import Console
from ckpt_tui.cli.output import colours
from ckpt_tui.core.running.event_lines import EventLine, line_of, nodes_of, parse_line
from ckpt_tui.core.running.secret_lines import SHOWN, masked_copy, masked_line, may_hold_secrets, shown_line
from ckpt_tui.core.running.session_lines import OUTCOMES, compared_texts
from ckpt_tui.core.running.short_values import asks_in_words
from ckpt_tui.core.text import clean

WAITING = 6
"""Exit code of a run that stopped because an answer is missing."""

INTERRUPTED = 130

AHEAD = 1_000
"""Lines that may wait to be written; then the run waits until they are read."""

REASON = 300
"""Characters of why a checkpoint was not saved."""

_ONLY_WRITTEN = (b'{"kind":"event"', b'{"kind":"log"')
"""The beginnings of lines that come by the ten thousand and are passed on unparsed."""

_OF_ONE_RUN = ("event", "log", "checkpoint")
"""Kinds of lines that are left out where several runs are compared, unless as JSON."""

_COLOURS = {"good": "green", "warn": "yellow", "error": "red", "key": "cyan"}


class Follower:
    """Starts a session and writes its lines until it ends.

    Args:
        plan: What to run.
        mode: "check", "run" or "ask".
        as_json: Whether the lines are written as they are.
        reveal: Whether secrets are shown.
        pausing: Makes the session of a run that pauses, of what takes its lines; None for one that does not.
    """

    def __init__(
        self, plan: Plan, mode: str, as_json: bool, reveal: bool,
        pausing: Callable[[Callable[[bytes], None]], Debugger | Repetition] | None = None,
    ) -> None:  # fmt: skip
        self._plan = plan
        self._mode = mode
        self._json = as_json
        self._reveal = reveal
        self._lines: queue.Queue[bytes] = queue.Queue(AHEAD)
        self._session: Session | Debugger | Repetition = (
            Session(plan, mode, self._lines.put) if pausing is None else pausing(self._lines.put)
        )
        self._console = Console(self._session, as_json) if isinstance(self._session, Debugger) else None
        self._latest: dict[str, dict[str, Any]] = {}
        self._lost: list[dict[str, Any]] = []
        self._has_reported = False
        self._refused = False
        self._declined = False
        self._interrupts = 0
        self._deaf = False
        self._is_lent = False

    def follow(self) -> int:
        """Run to the end; returns the exit code."""
        self._session.start()
        while True:
            try:
                if self._take(self._lines.get()):
                    break
            except KeyboardInterrupt:
                self._interrupt()
        return self._code()

    def _take(self, raw: bytes) -> bool:
        if self._json and raw.startswith(_ONLY_WRITTEN):
            self._write(raw, {})
            return False
        line = parse_line(raw)
        kind = str(line.get("kind"))
        self._latest[kind] = line
        if kind == "checkpoint_failed":
            self._lost.append(line)
        self._write(raw, line)
        if kind == "check":
            self._checked(line)
        elif kind == "breakpoint":
            self._lend()
        elif kind in ("breakpoint_end", "end"):
            self._take_back()
        if self._console is not None:
            self._console.take(line)
        return kind == "end"

    def _lend(self) -> None:
        """Lend the terminal to pdb, where there is one."""
        path = terminal_path()
        self._is_lent = bool(path)
        if self._console is not None:
            self._console.typed.lend()
        if not path:
            _write_narration("breakpoint() needs a terminal: the run goes on")
            self._take_back()
        self._session.send({"do": "terminal", "path": path or None})

    def _take_back(self) -> None:
        self._is_lent = False
        if self._console is not None:
            self._console.typed.take_back()

    def _interrupt(self) -> None:
        if self._is_lent:
            self._session.interrupt()
            return
        self._interrupts += 1
        if self._interrupts > 1:
            self._session.kill()
            return
        _write_narration("stopping; once more to kill it")
        self._session.stop()

    def _write(self, raw: bytes, line: dict[str, Any]) -> None:
        if self._deaf:
            return
        try:
            if self._json:
                sys.stdout.buffer.write((raw if self._reveal else masked_line(raw)) + b"\n")
                sys.stdout.buffer.flush()
            elif not self._is_reported_elsewhere(line):
                is_clear = self._reveal or not may_hold_secrets(raw)
                shown = line if is_clear else shown_line(raw, most=SHOWN)
                for text in _texts(shown):
                    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")
                sys.stdout.buffer.flush()
        except OSError as error:
            self._deaf = True
            gone = isinstance(error, BrokenPipeError)
            why = "nobody reads the events any more" if gone else f"the events cannot be written ({error.strerror})"
            _write_narration(f"{why}: the run is stopped")
            self._session.stop()
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _is_reported_elsewhere(self, line: dict[str, Any]) -> bool:
        """Whether the preview shows it, or has reported it, or a comparison of runs will."""
        if isinstance(self._session, Repetition) and line.get("kind") in _OF_ONE_RUN:
            return True
        if line.get("kind") != "error":
            return line.get("kind") in ("hello", "graph", "check", "end" if self._declined else "")
        problems = self._latest.get("check", {}).get("problems") or ()
        return not self._has_reported or any(each.get("what") == line.get("what") for each in problems)

    def _checked(self, check: dict[str, Any]) -> None:
        if check.get("ok"):
            nodes = nodes_of(self._latest.get("graph", {}))
            remember(self._plan.source.store or self._plan.into, self._plan.target, nodes)
        if self._has_reported:  # the same again, of another run
            return
        self._report()
        if self._mode != "ask":
            return
        if not check.get("ok"):
            self._refused = True
        try:
            agreed = bool(check.get("ok")) and click.confirm("Run it?", err=True)
        except (click.Abort, KeyboardInterrupt):
            agreed = False
            self._interrupts += 1
        if agreed:
            self._session.send({"do": "run", **self._plan.changes()})
        else:
            self._declined = not self._refused
            self._session.send({"do": "stop"})

    def _report(self) -> None:
        """Print what was found on stderr; with --json the lines say it."""
        self._has_reported = True
        if self._json and self._mode != "ask":
            return
        for said in preview_lines(self._plan, self._latest, reveal=self._reveal, to_paste=True):
            _write_preview_line(said)
        if self._mode == "ask":
            click.echo(f"  {self._plan.command_text()}", err=True)

    def _code(self) -> int:
        end = self._latest.get("end", {})
        check = self._latest.get("check", {})
        if not self._has_reported and not self._json:
            self._report()
        if self._declined:
            _write_narration("the workflow did not run")
            return INTERRUPTED
        if self._interrupts:
            if self._session.outcome == "stopped":
                self._report_where()
            return INTERRUPTED
        outcome = self._session.outcome
        self._report_lost()
        if self._refused:
            return FAILED
        if outcome == "checked":
            return WAITING if unanswered(check) else 0
        if outcome == "waiting":
            self._report_waiting(end)
        elif outcome in ("died", "failed", "refused") and check.get("ok"):
            error = self._latest.get("error", {})
            _write_preview_line(
                PreviewLine("✗", clean(str(error.get("what", OUTCOMES[outcome]))), clean(str(error.get("fix") or "")))
            )
            if outcome != "refused":
                self._report_where()
        return self._session.code

    def _report_waiting(self, end: dict[str, Any]) -> None:
        """Print what is asked, and how to answer it."""
        pending = [each for each in end.get("pending") or () if isinstance(each, dict)]
        for request in pending:
            data = request.get("data")
            shown = {**request, "data": data if self._reveal else masked_copy(data)}
            _write_narration(clean(f"{request.get('executor')} {asks_in_words(shown, QUESTION)}"))
            if request.get("hint"):
                _write_narration(clean(f"  {request['hint']}"))
        if not pending:
            _write_narration("no saved checkpoint contains the question, so it cannot be answered later")
            return
        _write_narration(f"answer it: {clean(onward(self._session.plan, str(end.get('last')), pending))}")
        others = [quote(f"{each.get('request_id')}=JSON") for each in pending if "example" not in each]
        if others:
            _write_narration(clean(f"  and {' '.join(f'--response {each}' for each in others)}"))

    def _report_where(self) -> None:
        """Print from where a run that broke off can be resumed."""
        plan = self._session.plan  # of the process that ran last: a change goes on in another database
        into = plan.into
        written = "checkpoint" in self._latest
        if os.path.realpath(into) != os.path.realpath(plan.source.store or os.devnull):
            with suppress(OSError):  # a process that died may have had no time to report the last one
                written = written or (not os.path.isfile(into) and any(map(_is_checkpoint, os.listdir(into))))
        if written:
            _write_narration(f"go on from the last checkpoint: {clean(onward(plan, 'latest'))}")
        else:
            _write_narration("the original is untouched; no new checkpoint was written")

    def _report_lost(self) -> None:
        """Print which checkpoints were not saved, and how to have them saved."""
        if not self._lost or self._json:
            return
        count = len(self._lost)
        types = dict.fromkeys(str(each["type"]) for each in self._lost if each.get("type"))
        fix = clean(str(self._lost[-1].get("fix") or ""))
        if types:
            types.update(dict.fromkeys(blocked_types(self._latest.get("check", {}))))
            fix = f"run it again from the same checkpoint: {clean(again(self._plan, types))}"
        reason = clean(str(self._lost[-1].get("reason") or ""), REASON)
        what = f"{count} checkpoint{' was' if count == 1 else 's were'} not saved"
        _write_preview_line(PreviewLine("✗", f"{what}: {reason}" if reason else what, fix))


def _is_checkpoint(name: str) -> bool:
    return name.endswith(".json")


def _texts(line: dict[str, Any]) -> list[str]:
    if line.get("kind") == "compared":
        return [clean(each) for each in compared_texts(line)]
    return [_text(line_of(line))]


def _text(line: EventLine) -> str:
    """One line for a terminal or a file."""
    who = f"{line.who} " if line.who else ""
    step = f"{line.step:>3}" if line.step else "   "
    text = f"{line.clock} {step} {line.sign} {who}{line.text}"
    colour = _COLOURS.get(line.tone)
    if not colours():
        return text
    return click.style(text, fg=colour, dim=line.tone == "dim")


def _write_narration(text: str) -> None:
    click.echo(f"ckpt-tui: {text}", err=True)


def _write_preview_line(said: PreviewLine) -> None:
    click.echo(f"{said.sign} {said.text}", err=True)
    if said.fix:
        click.echo(f"    → {said.fix}", err=True)
