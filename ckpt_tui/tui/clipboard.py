"""Copying: with a native tool where there is one, else through tmux or the terminal (OSC 52), else to a file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ckpt_tui.actions.state_files import write_privately
from ckpt_tui.user_directories import state_directory

OSC52_LIMIT = 74_994
"""Bytes of base64 that terminals take in one sequence; k9s found this limit."""

_TOOLS: tuple[tuple[str, ...], ...] = (
    ("pbcopy",),
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--clipboard", "--input"),
    ("clip.exe",),
)


class Copied(NamedTuple):
    """Where a text went.

    Attributes:
        where: The place, as text, after "copied to" or "sent to".
        is_known: Whether it is known to have arrived; a terminal does not confirm it.
    """

    where: str
    is_known: bool


def copy(text: str, write: Callable[[str], None]) -> Copied:
    """Copy a text; returns where it went.

    `CKPT_TUI_CLIPBOARD` chooses the method: auto (default), native, tmux, osc52 or file.

    Args:
        text: The text.
        write: Writes a control sequence to the terminal.

    Raises:
        OSError: the file in the last place cannot be written.
    """
    method = os.environ.get("CKPT_TUI_CLIPBOARD", "auto")
    data = text.encode("utf-8", "surrogatepass")
    if method in ("auto", "native") and _native(data):
        return Copied("the clipboard", True)
    if method in ("auto", "tmux") and os.environ.get("TMUX") and _tmux(data):
        return Copied("the tmux buffer", True)
    encoded = b64encode(data).decode("ascii")
    if method in ("auto", "osc52") and len(encoded) <= OSC52_LIMIT:
        write(wrapped(f"\x1b]52;c;{encoded}\x07", os.environ))
        return Copied("the terminal, for the clipboard", False)
    return Copied(_save(data), True)


def _tmux(data: bytes) -> bool:
    """Put data into a buffer of tmux, which also sets the clipboard of the terminal; older ones know no `-w`."""
    return _runs(("tmux", "load-buffer", "-w", "-"), data) or _runs(("tmux", "load-buffer", "-"), data)


def wrapped(sequence: str, environment: os._Environ[str] | dict[str, str]) -> str:
    """The sequence in the form that a multiplexer passes on."""
    if environment.get("TMUX"):
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environment.get("TERM", "").startswith("screen") and environment.get("STY"):
        return "\x1bP" + sequence + "\x1b\\"
    return sequence


def _native(data: bytes) -> bool:
    if os.environ.get("SSH_CONNECTION"):
        return False  # the tools of the far machine reach the far machine's clipboard
    for command in _TOOLS:
        needs_display = command[0] in ("xclip", "xsel", "wl-copy")
        if needs_display and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            continue
        if command[0] == "pbcopy" and sys.platform != "darwin":
            continue
        if _runs(command, data):
            return True
    return False


def _runs(command: Sequence[str], data: bytes) -> bool:
    """Whether a command is there, takes the data and ends well."""
    if not shutil.which(command[0]):
        return False
    try:
        return subprocess.run(command, input=data, timeout=2, check=False, capture_output=True).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _save(data: bytes) -> str:
    path = os.path.join(state_directory(), "copied.txt")
    write_privately(path, data)
    return path
