"""Checkpoints moved to a trash directory beside their store, and brought back from there.

`STORE.trash/NUMBER/` holds the files of one prune and `ckpt-tui-prune.jsonl`, a line for each: the name it had. Nothing
is copied: a file is renamed, which keeps it whole whatever happens, and is refused where the trash is on another disk.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.text import clean
from ckpt_tui.errors import CkptError, NotFoundError

SUFFIX = ".trash"
RECORD = "ckpt-tui-prune.jsonl"


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


def trash_of(store: str) -> str:
    """The trash directory of a store, which need not exist."""
    return os.path.abspath(store) + SUFFIX


def throw_away(store: str, refs: Iterable[CheckpointRef]) -> Moved:
    """Move the files of checkpoints to a new directory of the trash.

    A file that changed since it was listed stays, and so does anything that is not a plain file.

    Args:
        store: The directory that holds them.
        refs: The checkpoints as they were listed; `file` is a name in the directory.

    Raises:
        CkptError: the trash cannot be made, or is on another disk.
    """
    directory = _new_directory(store)
    moved: list[str] = []
    left: list[tuple[str, str]] = []
    record = open(os.path.join(directory, RECORD), "a", encoding="utf-8")  # noqa: SIM115 closed below
    with record:
        for ref in refs:
            reason = _changed(store, ref)
            if reason:
                left.append((ref.file, reason))
                continue
            # Recorded first: a file in the trash always has a line that says where it was.
            record.write(json.dumps({"file": ref.file, "id": ref.id}) + "\n")
            record.flush()
            try:
                os.rename(os.path.join(store, ref.file), os.path.join(directory, ref.file))
            except OSError as error:
                if error.errno == errno.EXDEV:
                    what = (
                        f"The trash {clean(directory)} is on another disk than the store, so nothing could be undone."
                    )
                    raise CkptError(what, "Add --for-good to delete without a trash.") from None
                left.append((ref.file, error.strerror or str(error)))
            else:
                moved.append(ref.file)
    return Moved(directory, tuple(moved), tuple(left))


def delete(store: str, refs: Iterable[CheckpointRef]) -> Moved:
    """Delete the files of checkpoints for good; see `throw_away` for what stays."""
    gone: list[str] = []
    left: list[tuple[str, str]] = []
    for ref in refs:
        reason = _changed(store, ref)
        if not reason:
            try:
                os.unlink(os.path.join(store, ref.file))
            except OSError as error:
                reason = error.strerror or str(error)
        if reason:
            left.append((ref.file, reason))
        else:
            gone.append(ref.file)
    return Moved("", tuple(gone), tuple(left))


def bring_back(store: str) -> Moved:
    """Move the files of the last prune back; a file that exists again is never replaced.

    Raises:
        NotFoundError: the trash is empty.
    """
    trash = trash_of(store)
    numbers = _numbers(trash)
    if not numbers:
        raise NotFoundError(f"There is nothing to restore: {clean(trash)} does not exist or is empty.")
    directory = os.path.join(trash, str(numbers[-1]))
    moved: list[str] = []
    left: list[tuple[str, str]] = []
    for name in _recorded(directory):
        here, there = os.path.join(directory, name), os.path.join(store, name)
        if not os.path.lexists(here):
            continue
        if os.path.lexists(there):
            left.append((name, "a file of this name exists again"))
            continue
        try:
            os.rename(here, there)
        except OSError as error:
            left.append((name, error.strerror or str(error)))
        else:
            moved.append(name)
    if not left:
        _remove_empty(directory, trash)
    return Moved(directory, tuple(moved), tuple(left))


def _changed(store: str, ref: CheckpointRef) -> str:
    """Why a file is not the one that was listed; "" when it is."""
    if os.path.basename(ref.file) != ref.file:
        return "does not name a file in the store"
    try:
        found = os.lstat(os.path.join(store, ref.file))
    except OSError as error:
        return error.strerror or str(error)
    if not stat.S_ISREG(found.st_mode):
        return "is not a plain file"
    return "" if found.st_size == ref.size else "has changed since it was listed"


def _new_directory(store: str) -> str:
    trash = trash_of(store)
    if os.path.islink(trash):
        raise CkptError(f"{clean(trash)} is a link, so nothing is moved there.", "Remove the link, or add --for-good.")
    number = (_numbers(trash) or [0])[-1] + 1
    directory = os.path.join(trash, str(number))
    try:
        os.makedirs(directory)
    except OSError as error:
        what = f"The trash {clean(directory)} cannot be made: {error.strerror}."
        raise CkptError(what, "Add --for-good to delete without a trash.") from None
    return directory


def _numbers(trash: str) -> Sequence[int]:
    try:
        return sorted(int(name) for name in os.listdir(trash) if name.isascii() and name.isdigit())
    except OSError:
        return []


def _recorded(directory: str) -> list[str]:
    try:
        with open(os.path.join(directory, RECORD), encoding="utf-8") as file:
            found = [json.loads(line).get("file") for line in file if line.strip()]
    except (OSError, ValueError, AttributeError):
        return []
    return [name for name in found if isinstance(name, str) and os.path.basename(name) == name]


def _remove_empty(directory: str, trash: str) -> None:
    try:
        os.unlink(os.path.join(directory, RECORD))
        os.rmdir(directory)
        os.rmdir(trash)
    except OSError:
        return
