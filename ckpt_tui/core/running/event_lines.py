"""Lines of a run for people: time, executor, step, and one line of text."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

from ckpt_tui.core.running.session_lines import OUTCOMES, SESSION_LINES
from ckpt_tui.core.running.short_values import SUMMARY_CHARACTERS, asks_in_words, brief, place_text, spent_text
from ckpt_tui.core.runs.short_ids import short_id
from ckpt_tui.core.terms import LANGGRAPH, framework_terms
from ckpt_tui.core.text import clean, counted
from ckpt_tui.core.times import is_possible, parse_time

SIGNS = {
    "started": "▷", "superstep_started": "┌", "superstep_completed": "└", "executor_invoked": "→",
    "executor_completed": "✓", "executor_failed": "✗", "executor_bypassed": "↷", "output": "◆", "intermediate": "◇",
    "data": "◇", "request_info": "?", "failed": "✗", "warning": "!", "error": "✗", "status": "·", "checkpoint": "●",
    "checkpoint_failed": "✗", "log": " ", "end": "■", "hello": "▷", "graph": " ", "check": " ", "waiting": "‖",
    "answered": "↩", "protected": "⊘", "paused": "‖", "edited": "±", "dropped": "±", "resumed": "▷", "breakpoint": "‖",
    "breakpoint_end": "▷", "debugpy": "·", "again": "↻", "run_end": "■", "compared": "≠",
}  # fmt: skip
"""One sign a kind of line, or of event."""


class EventLine(NamedTuple):
    """One line of a run, for people.

    Attributes:
        kind: The line's kind; for an event, its type.
        clock: Local time of day, `HH:MM:SS.mmm`.
        step: The superstep, or "".
        who: The executor or logger, or "".
        text: Its text, on one line, safe for a terminal.
        tone: plain, dim, good, warn, error, key.
    """

    kind: str
    clock: str
    step: str
    who: str
    text: str
    tone: str

    @property
    def sign(self) -> str:
        """The sign of its kind."""
        return SIGNS.get(self.kind, "·")


def parse_line(raw: bytes) -> dict[str, Any]:
    """The document of a line; a line that is not a JSON object becomes a log line."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return {"kind": "log", "text": raw.decode("utf-8", "backslashreplace")}
    return found


def line_of(document: dict[str, Any]) -> EventLine:
    """The line of a document, for people."""
    kind = str(document.get("kind", ""))
    stamp = document.get("t")
    clock = clock_of("" if stamp is None else str(stamp))
    step = document.get("iteration")
    steps = str(step) if isinstance(step, int) else ""
    if kind == "event":
        return _event(document, clock, steps)
    who, text, tone = _OTHERS.get(kind, _other)(document)
    if kind == "breakpoint_end" and document.get("quit"):
        kind = "breakpoint"  # its sign: the run does not go on
    return EventLine(kind, clock, steps, clean(who, 40), clean(text, SUMMARY_CHARACTERS), tone)


_CLOCK = 12
"""Columns of a time."""


def clock_of(stamp: str) -> str:
    """Local time of day of a UTC stamp, with milliseconds; its day where that cannot be true; the text of no date."""
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return clean(stamp, _CLOCK)
    if not is_possible(parse_time(stamp)):
        return clean(stamp[:10], _CLOCK)
    return moment.astimezone().strftime("%H:%M:%S.%f")[:12]


_TONES = {
    "executor_failed": "error", "failed": "error", "error": "error", "warning": "warn", "request_info": "warn",
    "output": "good", "intermediate": "plain", "executor_invoked": "plain", "executor_completed": "plain",
}  # fmt: skip


def _event(document: dict[str, Any], clock: str, step: str) -> EventLine:
    kind = str(document.get("type", "?"))
    who = document.get("executor_id") or ""
    parts = []
    if document.get("state"):
        parts.append(str(document["state"]).lower().replace("_", " "))
    details = document.get("details")
    if isinstance(details, dict):
        parts.append(f"{details.get('error_type')}: {details.get('message')}{place_text(document)}")
    if kind == "request_info":
        parts.append(asks_in_words(document))
    elif document.get("data") is not None:
        parts.append(brief(document["data"]))
    spent = spent_text(document)
    if spent:
        parts.insert(0, f"{spent} ·" if any(parts) else spent)
    words = "" if kind == "request_info" else kind.replace("_", " ").removeprefix("executor ")
    text = " ".join(parts if kind == "status" or not words else [words, *parts])
    return EventLine(kind, clock, step, clean(str(who), 40), clean(text, SUMMARY_CHARACTERS), _TONES.get(kind, "dim"))


def _hello(document: dict[str, Any]) -> tuple[str, str, str]:
    framework = f"{document.get('name') or 'agent_framework'} {document.get('framework')}"
    text = f"Python {document.get('python')}, {framework}, {document.get('executable')}"
    return "", text, "dim"


def nodes_of(graph: dict[str, Any]) -> list[str]:
    """The nodes that the line about a graph of LangGraph names; none of another framework."""
    return list(graph.get("executors") or ()) if graph.get("framework") == LANGGRAPH else []


def _graph(document: dict[str, Any]) -> tuple[str, str, str]:
    names = list(document.get("executors") or ())
    terms = framework_terms(document.get("framework"))
    what = f"{document.get('name') or terms.workflow}: {counted(len(names), terms.executor)}"
    return "", f"{what}: {', '.join(names[:12])}" if names else what, "dim"


def _check(document: dict[str, Any]) -> tuple[str, str, str]:
    problems = document.get("problems") or []
    errors = sum(1 for each in problems if each.get("level") == "error")
    if errors:
        return "", f"cannot be resumed: {counted(errors, 'problem')}", "error"
    remarks = f", {counted(len(problems), 'remark')}" if problems else ""
    return "", f"ready{remarks}", "good"


def _checkpoint(document: dict[str, Any]) -> tuple[str, str, str]:
    parent = short_id(str(document.get("parent") or "none"))
    waiting = f", {document['pending']} waiting" if document.get("pending") else ""
    return "", f"checkpoint {short_id(str(document.get('id')))} after {parent}{waiting}", "key"


def _checkpoint_failed(document: dict[str, Any]) -> tuple[str, str, str]:
    fix = f" → {document['fix']}" if document.get("fix") else ""
    return "", f"CHECKPOINT NOT SAVED: {document.get('reason')}{fix}", "error"


def _log(document: dict[str, Any]) -> tuple[str, str, str]:
    level = document.get("level")
    tone = {"WARNING": "warn", "ERROR": "error", "CRITICAL": "error"}.get(str(level), "plain")
    prefix = f"{str(level).lower()}: " if level else ""
    who = document.get("executor_id") or document.get("logger") or "print"
    return str(who), prefix + str(document.get("text", "")), tone


def _error(document: dict[str, Any]) -> tuple[str, str, str]:
    fix = f" → {document['fix']}" if document.get("fix") else ""
    return "", f"{failure_text(document)}{fix}", "error"


def failure_text(line: dict[str, Any]) -> str:
    """The failure and its place in the person's file, as text, from a line `error`."""
    return f"{line.get('what')}{place_text(line)}"


_ACTIONS = {
    **dict.fromkeys(("remove", "unlink", "os.remove"), "delete"), **dict.fromkeys(("rmdir", "os.rmdir"), "delete"),
    **dict.fromkeys(("rmtree", "shutil.rmtree"), "delete"),
    **dict.fromkeys(("rename", "replace", "move", "os.rename", "shutil.move"), "rename or replace"),
    **dict.fromkeys(("mkdir", "mkfifo", "mknod", "link", "symlink", "os.mkdir", "os.link", "os.symlink"), "create"),
    **dict.fromkeys(("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn"), "start a program on"),
    **dict.fromkeys(("write", "open", "truncate", "os.truncate", "sqlite3.connect"), "write to"),
}  # fmt: skip
"""Function or audit event → what it would do to the original store, in a word; any other would change it."""


def _protected(document: dict[str, Any]) -> tuple[str, str, str]:
    what = _ACTIONS.get(str(document.get("action")), "change")
    count = document.get("count")
    path = f"{count} files of the store" if isinstance(count, int) and count > 1 else str(document.get("path"))
    where = f", at {document['file']}:{document.get('line')}" if document.get("file") else ""
    return "", f"not done: the program would {what} {path}{where}", "warn"


def _answered(document: dict[str, Any]) -> tuple[str, str, str]:
    count = len(document.get("request_ids") or ())
    return "", f"goes on with {counted(count, 'answer')}", "good"


def _waiting(document: dict[str, Any]) -> tuple[str, str, str]:
    found = [each for each in document.get("requests") or () if isinstance(each, dict)]
    asked = "; ".join(f"{each.get('executor')} {asks_in_words(each)}" for each in found)
    return "", f"waits for {counted(len(found), 'answer')}: {asked}", "warn"


def _end(document: dict[str, Any]) -> tuple[str, str, str]:
    outcome = str(document.get("outcome"))
    count, unsaved = document.get("checkpoints"), document.get("unsaved")
    written = f", {counted(count, 'checkpoint')} written" if count is not None else ""
    lost = f", {unsaved} NOT SAVED" if unsaved else ""
    text = OUTCOMES.get(outcome, outcome) + written + lost
    if unsaved:
        return "", text, "warn" if count else "error"
    return "", text, {"done": "good", "checked": "good", "waiting": "warn", "stopped": "warn"}.get(outcome, "error")


def _other(document: dict[str, Any]) -> tuple[str, str, str]:
    return "", brief(document), "dim"


_OTHERS = {
    "hello": _hello, "graph": _graph, "check": _check, "checkpoint": _checkpoint, "log": _log, "error": _error,
    "checkpoint_failed": _checkpoint_failed, "waiting": _waiting, "answered": _answered, "end": _end,
    "protected": _protected, **SESSION_LINES,
}  # fmt: skip
