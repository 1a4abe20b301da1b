"""Lines of a debugged run as text: pauses, changes, breakpoints in the code, compared runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ckpt_tui.core.running.short_values import brief, place_text
from ckpt_tui.core.runs.short_ids import short_id
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.text import clean, counted

OUTCOMES = {
    "done": "done", "checked": "checked", "waiting": "stopped: it waits for answers", "refused": "not run",
    "failed": "failed", "stopped": "stopped", "died": "died",
}  # fmt: skip
"""How a run ended, as text."""


def pause_place(paused: dict[str, Any]) -> str:
    """Where a run is paused, in few words: of a line `paused`."""
    if paused.get("executor"):
        return f"paused before {shown_name(str(paused['executor']), 30)}"
    return (
        "paused after an error" if paused.get("reason") == "error" else f"paused after step {paused.get('iteration')}"
    )


def pause_text(paused: dict[str, Any], characters: int = 40) -> str:
    """Where a run is paused and why, as text: of a line `paused`; so many characters of the breakpoint."""
    spec = paused.get("breakpoint")
    is_said = spec == f"executor:{paused.get('executor')}"
    why = f" · {clean(str(spec), characters)}" if spec and not is_said else ""
    if paused.get("reason") == "request":
        asks = [clean(str(name), 40) for name, light in (paused.get("lights") or {}).items() if light == "waiting"]
        why = f" · request of {', '.join(asks[:4])}" if asks else why
    if paused.get("executor"):
        return f"paused before {shown_name(str(paused['executor']), 30)}{why}"
    if paused.get("reason") == "error":
        return f"paused after an error: {clean(str(paused.get('what') or ''), 300)}"
    names = [clean(str(each), 40) for each in paused.get("next") or ()]
    then = f" · next {', '.join(names[:4])}{' …' if len(names) > 4 else ''}" if names else ""
    if paused.get("next") == [] and not why and "waiting" not in (paused.get("lights") or {}).values():
        then = " · nothing runs next: it ends"
    unsaved = f", not saved: {clean(str(paused['unsaved']), 200)}" if paused.get("unsaved") else ""
    return f"paused after step {paused.get('iteration')}{unsaved}{then}{why}"


def _paused(document: dict[str, Any]) -> tuple[str, str, str]:
    return "", pause_text(document), "key"


def _breakpoint(document: dict[str, Any]) -> tuple[str, str, str]:
    return str(document.get("executor_id") or ""), f"breakpoint(){place_text(document)}", "key"


def _breakpoint_end(document: dict[str, Any]) -> tuple[str, str, str]:
    if document.get("quit"):
        return "", f"stopped in pdb{place_text(document)}", "key"
    return "", f"goes on{place_text(document)}", "dim"


def _debugpy(document: dict[str, Any]) -> tuple[str, str, str]:
    where = f"{document.get('host')}:{document.get('port')}"
    if document.get("attached"):
        return "", f"an editor is attached at {where}", "good"
    return "", f"debugpy listens at {where}: the workflow begins once an editor is attached", "key"


def _again(document: dict[str, Any]) -> tuple[str, str, str]:
    return "", f"run {document.get('run')} of {document.get('of')}, into {document.get('directory')}", "key"


def _run_end(document: dict[str, Any]) -> tuple[str, str, str]:
    outcome = str(document.get("outcome"))
    word = OUTCOMES.get(outcome, outcome)
    return "", f"run {document.get('run')} {word}: {document.get('gist')}", "good" if outcome == "done" else "warn"


def _compared(document: dict[str, Any]) -> tuple[str, str, str]:
    return "", "; ".join(text.strip() for text in compared_texts(document)), "key"


def compared_texts(line: dict[str, Any]) -> list[str]:
    """A line `compared` for people: the outcomes and how often each came, then the first step in which runs differ."""
    outcomes, part = line.get("outcomes") or (), line.get("part")
    out = [f"{line.get('runs')} runs of the same input, {counted(len(outcomes), 'outcome')}"]
    for each in outcomes:
        word = OUTCOMES.get(str(each["outcome"]), str(each["outcome"]))
        out.append(f"  {each['count']}× {word}  {each['gist']}".rstrip() + f"  ({_runs_text(each['runs'])})")
    if part is None:
        out.append("no step differs by more than ids and times")
        return out
    where = part["path"] or "whether the run goes on"
    out.append(f"they diverge in step {part['step']}, first at {where}")
    out += [f"  {each['value']}  ({_runs_text(each['runs'])})" for each in part["values"]]
    return out


def _runs_text(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:12]))
    return f"run{'' if len(numbers) == 1 else 's'} {shown}{' …' if len(numbers) > 12 else ''}"


def _edited(document: dict[str, Any]) -> tuple[str, str, str]:
    return "", f"{document.get('path')} = {brief(document.get('value'))} when the run goes on", "key"


def _dropped(document: dict[str, Any]) -> tuple[str, str, str]:
    return "", f"{document.get('path')} is dropped when the run goes on", "key"


def _resumed(document: dict[str, Any]) -> tuple[str, str, str]:
    count = len(document.get("edits") or ())
    changed = f" with {counted(count, 'change')}" if count else ""
    return "", f"resumed from {short_id(str(document.get('checkpoint')))}{changed}", "key"


SESSION_LINES: dict[str, Callable[[dict[str, Any]], tuple[str, str, str]]] = {
    "breakpoint": _breakpoint, "breakpoint_end": _breakpoint_end, "debugpy": _debugpy, "again": _again,
    "run_end": _run_end, "compared": _compared, "paused": _paused, "edited": _edited, "dropped": _dropped,
    "resumed": _resumed,
}  # fmt: skip
"""Kind of a line → its executor, its text and its tone."""
