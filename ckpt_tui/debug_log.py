"""The log of `--debug`, to attach to a report: the command, the system, errors and the exit code."""

from __future__ import annotations

import os
import platform
import sys
import time
import traceback

from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.user_directories import state_directory
from ckpt_tui.version import VERSION

VARIABLE = "CKPT_TUI_DEBUG"

LIMIT = 1_000_000
"""Bytes beyond which an old log is started again."""

_ENVIRONMENT = ("TERM", "COLORTERM", "LANG", "LC_ALL", "NO_COLOR", "TMUX", "STY", "SSH_TTY", "XDG_CONFIG_HOME")


def path() -> str:
    """Where the log is."""
    return os.path.join(state_directory(), "debug.log")


class DebugLog:
    """Appends to the log. A line that cannot be written is left out: a log never makes a command fail.

    Args:
        args: The arguments of the command.
    """

    def __init__(self, args: list[str]) -> None:
        self.path = path()
        self._began = time.monotonic()
        try:
            os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
            if os.path.exists(self.path) and os.path.getsize(self.path) > LIMIT:
                os.unlink(self.path)
        except OSError:
            pass
        self.note(f"ckpt-tui {VERSION} · Python {platform.python_version()} · {_system()}")
        self.note(f"arguments {args!r} · in {_directory()}")
        shown = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        self.note(f"terminal in {_is_terminal(0)}, out {_is_terminal(1)} · {shown!r}")

    def note(self, text: str) -> None:
        """Write a line, with secrets masked."""
        try:
            new = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(new, "w", encoding="utf-8", errors="backslashreplace") as file:
                stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
                file.write(f"{stamp} {os.getpid()} +{time.monotonic() - self._began:.3f}s {masked_text(text)}\n")
        except OSError:
            pass

    def failed(self, error: BaseException) -> None:
        """Write an error with where it was raised, and the one behind it."""
        self.note("".join(traceback.format_exception(error)).rstrip())

    def end(self, code: int) -> None:
        """Write the exit code, and which packages were in use."""
        names = ("textual", "rich", "click", "watchfiles", "jmespath", "agent_framework")
        loaded = [name for name in names if name in sys.modules]
        self.note(
            f"exit code {code} · {len(sys.modules)} modules, of them {', '.join(loaded) or 'none of the large ones'}"
        )


def _directory() -> str:
    try:
        return os.getcwd()
    except OSError:
        return "a directory that was deleted"


def _is_terminal(number: int) -> bool:
    try:
        return os.isatty(number)
    except OSError:
        return False


def _system() -> str:
    """The system, its release and the kind of machine; `platform.platform` starts a program to find the processor."""
    return f"{platform.system()} {platform.release()} {platform.machine()}"
