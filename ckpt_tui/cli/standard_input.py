"""`-` or a pipe in the place of a store: what comes in, as a file that lives as long as the command."""

from __future__ import annotations

import json
import os
import stat
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise

from ckpt_tui.cli.piped_path import is_pipe, remember
from ckpt_tui.errors import NotFoundError, UsageError

READING = frozenset(("ls", "show", "diff", "history", "find", "bisect", "doctor", "check", "export"))
"""Verbs that take `-`; the browser does, too."""

_ID = 200
"""Characters of the longest id that becomes the name of the file."""


def with_input(args: list[str], verbs: Sequence[str], directory: list[tempfile.TemporaryDirectory[str]]) -> list[str]:
    """The arguments, with the path of a file that holds what came in where one of them is `-` or, as the store, a pipe.

    Args:
        args: The arguments of the command.
        verbs: The names of all verbs.
        directory: Gets the directory of the file, to be cleaned up in the end.

    Raises:
        NotFoundError: nothing came in.
        UsageError: `-` is in the place of something else, or there is no room to keep what came in.
    """
    verb = args[0] if args and args[0] in verbs else ""
    if verb and verb not in READING:
        return args
    store_at = 1 if verb else 0
    at = next(
        (at for at, word in enumerate(args)
         if (word == "-" and args[at - 1 : at] not in (["-o"], ["--output"])) or (at == store_at and is_pipe(word))),
        None,
    )  # fmt: skip
    if at is None:
        # `kubectl … | ckpt-tui show`: nothing is named, and something comes in.
        if args != ["show"] or not _is_piped():
            return args
        args, at = ["show", "-"], 1
    is_input = args[at] == "-"
    store = _store_before(args, at) if verb == "diff" and args[at - 1] != "--other" else ""
    if store:
        hint = f"`… | ckpt-tui diff {store} ID --other -` compares a checkpoint with standard input."
        raise UsageError("Standard input is a store of its own, not a checkpoint of another one.", hint)
    path = _kept(directory, "" if is_input else args[at])
    if not verb and is_input:
        _read_keys_from_terminal()
    return [*args[:at], path, *args[at + 1 :]]


def _store_before(args: list[str], at: int) -> str:
    """The word before a place that is a store for certain: neither an option nor what may be the value of one."""
    pairs = pairwise(args[:at])
    return next((word for was, word in pairs if not was.startswith("-") and not word.startswith("-")), "")


def _is_piped() -> bool:
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode)


def _kept(directory: list[tempfile.TemporaryDirectory[str]], pipe: str) -> str:
    """The path of a new file with what comes in, named as the framework would name it.

    Args:
        directory: Gets the directory of the file.
        pipe: The path of a pipe; "" for standard input.
    """
    data = _read(pipe)
    if not data.strip():
        where = pipe or "standard input"
        raise NotFoundError(f"Nothing came in on {where}.", "kubectl … | ckpt-tui show -")
    try:
        directory.append(tempfile.TemporaryDirectory(prefix="ckpt-tui-"))
        path = os.path.join(directory[-1].name, f"{_name(data)}.json")
        with open(path, "wb") as file:
            file.write(data)
    except OSError as error:
        what = f"Standard input cannot be kept in a temporary file: {error.strerror}."
        raise UsageError(what, "Set TMPDIR to a directory with room.") from None
    for shown in (path, os.path.basename(path), directory[-1].name):
        remember(shown)
    return path


def _read(pipe: str) -> bytes:
    if not pipe:
        return sys.stdin.buffer.read()
    try:
        with open(pipe, "rb") as file:
            return file.read()
    except OSError as error:
        raise UsageError(f"{pipe} cannot be read: {error.strerror}.") from None


def _name(data: bytes) -> str:
    with suppress(ValueError, RecursionError):
        document = json.loads(data)
        name = document.get("checkpoint_id") if isinstance(document, dict) else None
        if isinstance(name, str) and 0 < len(name) < _ID and name.replace("-", "").replace("_", "").isalnum():
            return name
    return "stdin"


def _read_keys_from_terminal() -> None:
    """Give the browser the terminal to read keys from, in the place of the pipe that was read."""
    if not sys.stdout.isatty():
        return
    with suppress(OSError):
        terminal = os.open("/dev/tty", os.O_RDWR)
        os.dup2(terminal, 0)
        os.close(terminal)
