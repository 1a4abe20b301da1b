"""Copying to the clipboard: a native tool where there is one, else the terminal (OSC 52), else a file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable

from ckpt_tui.paths import state_directory

OSC52_LIMIT = 74_994
"""Bytes of base64 that terminals take in one sequence; k9s found this limit."""

_TOOLS: tuple[tuple[str, ...], ...] = (
    ("pbcopy",),
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--clipboard", "--input"),
    ("clip.exe",),
)


def copy(text: str, write: Callable[[str], None]) -> str:
    """Copy a text; returns where it went, in words: "the clipboard", or a file's path.

    `CKPT_TUI_CLIPBOARD` chooses the way: auto (default), native, osc52 or file.

    Args:
        text: What to copy.
        write: Writes a control sequence to the terminal.
    """
    way = os.environ.get("CKPT_TUI_CLIPBOARD", "auto")
    data = text.encode("utf-8", "surrogatepass")
    if way in ("auto", "native") and _native(data):
        return "the clipboard"
    encoded = b64encode(data).decode("ascii")
    if way in ("auto", "osc52") and len(encoded) <= OSC52_LIMIT:
        write(wrapped(f"\x1b]52;c;{encoded}\x07", os.environ))
        return "the clipboard"
    return _save(data)


def wrapped(sequence: str, environment: os._Environ[str] | dict[str, str]) -> str:
    """The sequence as the multiplexer in between must see it to pass it on."""
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
        if shutil.which(command[0]):
            try:
                done = subprocess.run(command, input=data, timeout=2, check=False, capture_output=True)
            except (OSError, subprocess.TimeoutExpired):
                continue
            if done.returncode == 0:
                return True
    return False


def _save(data: bytes) -> str:
    directory = state_directory()
    os.makedirs(directory, mode=0o700, exist_ok=True)
    path = os.path.join(directory, "copied.txt")
    with open(path, "wb") as file:
        file.write(data)
    return path
