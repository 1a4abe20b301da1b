"""The commands of a session of debugging, and what is wrong with one; see docs/debug.md."""

from __future__ import annotations

from typing import Any

from ckpt_tui.actions.debugging.breakpoints import Breakpoint, parse_breakpoint
from ckpt_tui.errors import UsageError

PAUSED = ("continue", "step", "run_to", "edit", "drop", "goto")
"""Commands that need a paused run."""

COMMANDS = (*PAUSED, "pause", "break", "answer", "stop")
"""All commands that a person can send."""

_OF_THE_OWNER = ("run", "check", "terminal")
"""Commands that only the owner of a session sends."""


def checked(command: dict[str, Any], is_paused: bool) -> str:
    """What a command does: its `do`.

    Raises:
        UsageError: it is not a command, or needs a paused run.
    """
    do = command.get("do")
    if do not in COMMANDS and do not in _OF_THE_OWNER:
        raise UsageError(f"{do!r} is not a command.", f"Commands are {', '.join(COMMANDS)}.")
    if do in PAUSED and not is_paused:
        raise UsageError(f"{do} needs a paused run.", 'Pause it first: {"do": "pause"}')
    return str(do)


def breakpoints_in(command: dict[str, Any]) -> list[Breakpoint]:
    """The breakpoints that a command `break` sets.

    Raises:
        UsageError: it has no list of them, or one is wrong.
    """
    specs = command.get("set")
    if not isinstance(specs, list):
        raise UsageError("break needs `set`, a list of breakpoints.", 'For example: "set": ["executor:writer"]')
    return [parse_breakpoint(str(each)) for each in specs]
