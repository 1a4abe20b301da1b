"""Debugged runs that were started here and how each ended, so that the next start can offer to go on with one.

A run is in its checkpoints; what is kept besides is only which program wrote them, and where it was to pause. A record
without an end whose process is gone was cut off: by a crash, a kill, a closed terminal.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from typing import Any, NamedTuple

from ckpt_tui.actions.debugging.session_checkpoints import newest_in
from ckpt_tui.actions.state_files import StateTable

_TABLE = StateTable("sessions.json", 100)
"""Directory of checkpoints → the run that wrote there."""

_ENDS = {"": "was cut off", "died": "died", "failed": "failed", "waiting": "waits for an answer"}
"""How runs ended that can go on, as text."""


class Unfinished(NamedTuple):
    """A run that can go on.

    Attributes:
        directory: Where its checkpoints are: a directory, or a database.
        checkpoint: The id of the last one.
        ended: How it ended, as text.
        breaks: Where it was to pause.
        step: Whether it paused after every superstep.
    """

    directory: str
    checkpoint: str
    ended: str
    breaks: tuple[str, ...]
    step: bool


def note_begin(directory: str, workflow: str, breaks: Iterable[str], step: bool) -> None:
    """Note that a run has begun.

    Args:
        directory: Where its checkpoints go.
        workflow: Its program, the path absolute.
        breaks: Where it is to pause.
        step: Whether it pauses after every superstep.
    """
    known = _TABLE.read()
    known.pop(directory, None)
    known[directory] = {
        "workflow": workflow, "breaks": list(breaks), "step": step, "pid": os.getpid(), "at": time.time(),
        "outcome": "",
    }  # fmt: skip
    _TABLE.write(known)


def note_end(directory: str, outcome: str) -> None:
    """Note how a run ended."""
    known = _TABLE.read()
    if isinstance(known.get(directory), dict):
        known[directory]["outcome"] = outcome
        _TABLE.write(known)


def note_moved(directory: str, to: str) -> None:
    """Note that a run goes on in another place."""
    known = _TABLE.read()
    if to != directory and directory in known:
        known[to] = known.pop(directory)
        _TABLE.write(known)


def unfinished(directories: tuple[str, ...] = (), workflow: str = "") -> Unfinished | None:
    """The last run that can go on, of a program or in some directories; None where it came to its end.

    Args:
        directories: Where its checkpoints may be: in one of these, or below it. Any when left out.
        workflow: The program, its path absolute; any when left out.
    """
    for directory, entry in reversed(_TABLE.read().items()):
        if not isinstance(entry, dict) or (workflow and entry.get("workflow") != workflow):
            continue
        if directories and not any(_is_within(directory, each) for each in directories):
            continue
        ended = _ENDS.get(str(entry.get("outcome")))
        if ended is None or (not entry.get("outcome") and _is_alive(entry.get("pid"))):
            return None
        last, breaks = _last_checkpoint(directory), entry.get("breaks")
        specs = tuple(str(each) for each in breaks) if isinstance(breaks, list) else ()
        return Unfinished(directory, last, ended, specs, bool(entry.get("step"))) if last else None
    return None


def directories_in_use() -> dict[str, float]:
    """Where debugged runs write whose process goes on, links resolved → when the run began, in seconds since 1970."""
    found: dict[str, float] = {}
    for directory, entry in _TABLE.read().items():
        if isinstance(entry, dict) and not entry.get("outcome") and _is_alive(entry.get("pid")):
            began = entry.get("at")
            found[os.path.realpath(directory)] = float(began) if isinstance(began, int | float) else 0.0
    return found


def goes_on_elsewhere(directories: tuple[str, ...]) -> bool:
    """Whether the last run in some directories, or below them, goes on in another process than this one."""
    for directory, entry in reversed(_TABLE.read().items()):
        if isinstance(entry, dict) and any(_is_within(directory, each) for each in directories):
            process = entry.get("pid")
            return not entry.get("outcome") and process != os.getpid() and _is_alive(process)
    return False


def _is_within(directory: str, other: str) -> bool:
    inner, outer = os.path.realpath(directory), os.path.realpath(other)
    return inner == outer or inner.startswith(outer.rstrip(os.sep) + os.sep)


def _is_alive(process: Any) -> bool:
    if not isinstance(process, int) or not hasattr(os, "killpg"):  # elsewhere to ask would end it
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _last_checkpoint(directory: str) -> str:
    """The id of the newest checkpoint in a directory, or a database; "" where there is none."""
    if os.path.isfile(directory):
        return newest_in(directory)
    newest, found = -1.0, ""
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.name.endswith(".json") and entry.stat().st_mtime > newest:
                    newest, found = entry.stat().st_mtime, entry.name.removesuffix(".json")
    except OSError:
        return ""
    return found
