"""Checkpoints moved to a trash directory beside their store, and brought back from there.

`STORE.trash/NUMBER/` holds the files of one prune and `ckpt-tui-prune.jsonl`, a line for each: the name it had, and the
fork of the store that it was in; files of a fork are in a directory of its name there. Nothing is copied: a file is
renamed, which keeps it whole whatever happens, and is refused where the trash is on another disk.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from io import FileIO
from typing import Any, NamedTuple

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.text import clean
from ckpt_tui.errors import CkptError, NotFoundError
from ckpt_tui.stores.fork_directories import SUFFIX as FORKS
from ckpt_tui.stores.fork_directories import root_of

SUFFIX = ".trash"
RECORD = "ckpt-tui-prune.jsonl"

GONE = "is gone already"
"""Why a file is not moved that another prune has moved since it was listed."""

_OTHER_DISK = "the trash is on another disk"

_NO_ROOM = os.strerror(errno.ENOSPC)

_ATTEMPTS = 100
"""Numbers that are tried for a new directory: prunes of one store may begin at the same time."""


class Moved(NamedTuple):
    """What was done with some files.

    Attributes:
        directory: The directory of the trash.
        files: Names of the files that were moved.
        left: Names of those that were not, each with the reason.
    """

    directory: str
    files: tuple[str, ...]
    left: tuple[tuple[str, str], ...]


class Deleted(NamedTuple):
    """The last prune of a store.

    Attributes:
        directory: The directory of the trash that holds its files.
        when: When it was, in seconds since 1970.
        files: How many files are there.
    """

    directory: str
    when: float
    files: int


Locate = Callable[[str], tuple[str, str]]
"""Gives the directory that holds a file of the list, and the file's name there."""


def trash_of(store: str) -> str:
    """The trash directory of a store, which need not exist; beside the directory itself where a link leads to it."""
    return os.path.realpath(store) + SUFFIX


def throw_away(
    store: str, refs: Iterable[CheckpointRef], locate: Locate | None = None, when: float | None = None
) -> Moved:
    """Move the files of checkpoints to a new directory of the trash.

    A file that changed since it was listed stays, and so does anything that is not a plain file.

    Args:
        store: The directory whose trash it is.
        refs: The checkpoints as they were listed.
        locate: Where their files are: in the store, or in one of its forks; without it, in the store.
        when: The time that the trash notes, in seconds since 1970; without it, now.

    Raises:
        CkptError: the trash cannot be made, or is on another disk.
    """
    directory = _new_directory(store)
    when = time.time() if when is None else when
    moved: list[str] = []
    left: list[tuple[str, str]] = []
    try:
        with open(os.path.join(directory, RECORD), "ab", buffering=0) as record:
            for ref in refs:
                reason = _throw(
                    store, ref, *(locate(ref.file) if locate else (store, ref.file)), directory, when, record
                )
                if reason == _OTHER_DISK and not moved:
                    what = f"The trash {clean(directory)} is on another disk, so nothing could be undone."
                    raise CkptError(what, "`ckpt-tui prune --for-good` deletes without a trash.")
                if reason == _NO_ROOM and not moved:
                    what = f"There is no room for the trash {clean(directory)}, so nothing was moved."
                    raise CkptError(what, "`ckpt-tui prune --for-good` deletes without a trash.")
                if reason:
                    left.append((ref.file, reason))
                else:
                    moved.append(ref.file)
    finally:
        if not moved:
            _remove_empty(directory, trash_of(store))
    return Moved(directory if moved else "", tuple(moved), tuple(left))


def _throw(
    store: str, ref: CheckpointRef, place: str, name: str, directory: str, when: float, record: FileIO
) -> str:  # fmt: skip
    """Move one file; returns why it stays, or ""."""
    fork = _fork_of(store, place)
    if fork is None:
        return "is not in a directory of this store"
    reason = _changed(place, name, ref.size)
    if reason:
        return reason
    try:
        # Recorded first: a file in the trash always has a line that says where it was.
        _note(record, {"file": name, "id": ref.id, "at": when, **({"fork": fork} if fork else {})})
        if fork:
            os.makedirs(os.path.join(directory, fork), exist_ok=True)
        os.rename(os.path.join(place, name), os.path.join(directory, fork, name))
    except FileNotFoundError:
        return GONE
    except OSError as error:
        return _OTHER_DISK if error.errno == errno.EXDEV else error.strerror or str(error)
    return ""


def _note(record: FileIO, line: dict[str, Any]) -> None:
    """Add a line to a record as a whole or not at all: half a line on a full disk would damage the next one.

    Raises:
        OSError: it cannot be written.
    """
    data = json.dumps(line).encode() + b"\n"
    before = record.tell()
    try:
        if record.write(data) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError:
        with suppress(OSError):
            record.truncate(before)
            record.seek(before)
        raise


def delete(store: str, refs: Iterable[CheckpointRef], locate: Locate | None = None) -> Moved:
    """Delete the files of checkpoints for good; see `throw_away` for what stays."""
    gone: list[str] = []
    left: list[tuple[str, str]] = []
    for ref in refs:
        place, name = locate(ref.file) if locate else (store, ref.file)
        reason = _changed(place, name, ref.size)
        if not reason:
            try:
                os.unlink(os.path.join(place, name))
            except FileNotFoundError:
                reason = GONE
            except OSError as error:
                reason = error.strerror or str(error)
        if reason:
            left.append((ref.file, reason))
        else:
            gone.append(ref.file)
    return Moved("", tuple(gone), tuple(left))


def last_deleted(store: str) -> Deleted | None:
    """What the last prune of a store moved to its trash; None where nothing is there."""
    trash = trash_of(store)
    numbers = _numbers(trash)
    if not numbers:
        return None
    directory = os.path.join(trash, str(numbers[-1]))
    lines = _recorded(directory)
    try:
        when = float(lines[-1]["at"]) if lines and "at" in lines[-1] else os.stat(directory).st_mtime
    except (OSError, TypeError, ValueError):
        when = 0.0
    files = sum(os.path.lexists(os.path.join(directory, line.get("fork", ""), line["file"])) for line in lines)
    return Deleted(directory, when, files)


def bring_back(store: str) -> Moved:
    """Move the files of the last prune back; a file that exists again is never replaced.

    Raises:
        NotFoundError: the trash is empty.
    """
    last = last_deleted(store)
    if last is None:
        raise NotFoundError(f"There is nothing to restore: {clean(trash_of(store))} does not exist or is empty.")
    moved: list[str] = []
    left: list[tuple[str, str]] = []
    forks = root_of(store) + FORKS
    for line in _recorded(last.directory):
        name, fork = line["file"], line.get("fork", "")
        shown = f"{fork}/{name}" if fork else name
        here = os.path.join(last.directory, fork, name)
        there = os.path.join(forks, fork, name) if fork else os.path.join(store, name)
        if not os.path.lexists(here):
            continue
        if os.path.lexists(there):
            left.append((shown, "a file of this name exists again"))
            continue
        try:
            os.rename(here, there)
        except OSError as error:
            if os.path.lexists(here):  # else somebody else has brought it back since
                left.append((shown, error.strerror or str(error)))
        else:
            moved.append(shown)
    if not left:
        _remove_empty(last.directory, trash_of(store))
    return Moved(last.directory, tuple(moved), tuple(left))


def _fork_of(store: str, directory: str) -> str | None:
    """The name of the fork of a store that a directory is; "" for the store itself, None for any other directory."""
    path = os.path.abspath(directory)
    if path == os.path.abspath(store):
        return ""
    above, name = os.path.split(path)
    return name if above == root_of(store) + FORKS else None


def _changed(directory: str, name: str, size: int) -> str:
    """Why a file is not the one that was listed, of so many bytes; "" when it is."""
    if not name or os.path.basename(name) != name:
        return "does not name a file in the store"
    try:
        found = os.lstat(os.path.join(directory, name))
    except FileNotFoundError:
        return GONE
    except OSError as error:
        return error.strerror or str(error)
    if not stat.S_ISREG(found.st_mode):
        return "is not a plain file"
    return "" if found.st_size == size else "has changed since it was listed"


def _new_directory(store: str) -> str:
    trash = trash_of(store)
    if os.path.islink(trash):
        raise CkptError(f"{clean(trash)} is a link, so nothing is moved there.", "Remove the link, or add --for-good.")
    for _ in range(_ATTEMPTS):
        directory = os.path.join(trash, str((_numbers(trash) or [0])[-1] + 1))
        try:
            os.makedirs(directory)
        except OSError as error:
            reason = error.strerror
            if not isinstance(error, (FileExistsError, FileNotFoundError)):
                break  # else another prune made it, or removed the trash that it left empty
        else:
            return directory
    what = f"The trash {clean(directory)} cannot be made: {reason}."
    raise CkptError(what, "`ckpt-tui prune --for-good` deletes without a trash.")


def _numbers(trash: str) -> Sequence[int]:
    try:
        return sorted(int(name) for name in os.listdir(trash) if name.isascii() and name.isdigit())
    except OSError:
        return []


def _recorded(directory: str) -> list[dict[str, Any]]:
    """The lines of a record that name a file, and a fork where they have one; what is not such a line is left out."""
    try:
        with open(os.path.join(directory, RECORD), encoding="utf-8", errors="replace") as file:
            lines = file.readlines()
    except OSError:
        return []
    found = []
    for line in lines:
        with suppress(ValueError):  # the last one was cut off
            found.append(json.loads(line))
    return [line for line in found if isinstance(line, dict) and _is_name(line.get("file")) and _is_fork(line)]


def _is_name(name: Any) -> bool:
    return (
        isinstance(name, str) and bool(name) and os.path.basename(name) == name and name not in (os.curdir, os.pardir)
    )


def _is_fork(line: dict[str, Any]) -> bool:
    return "fork" not in line or _is_name(line["fork"])


def _remove_empty(directory: str, trash: str) -> None:
    """Remove what a prune left behind, once its files are gone from there; what is not empty stays."""
    try:
        for name in [name for name in os.listdir(directory) if name != RECORD]:
            os.rmdir(os.path.join(directory, name))
        os.unlink(os.path.join(directory, RECORD))
        os.rmdir(directory)
        os.rmdir(trash)
    except OSError:
        return
