"""The headers of every file of a directory, column by column, for little more than the system calls it takes.

Whatever is not exactly as the framework writes it is left to the careful way (`ckpt_tui.stores.agent_framework`).
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence

HEAD_BYTES = 512
"""The header takes up to 351 bytes unless names are long."""
TAIL_BYTES = 96
"""The last keys take up to 79 bytes while `metadata` is empty."""

BATCH = 256
"""Files of one batch: few enough to show at once (about 5 ms), enough to be worth a message."""

FILE_SUFFIX = ".json"
"""What the framework's `glob("*.json")` asks for; pathlib ignores case on Windows only, and so do we."""
_WINDOWS = os.name == "nt"
_OPEN_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC"))

# One character class a text, which never steps back: a text with escapes takes the careful way.
_TEXT = r'"([^"\\\n\0]*+)"'
_HEADS = re.compile(
    r'\0\{\n  "workflow_name": ' + _TEXT + r',\n  "graph_signature_hash": ' + _TEXT
    + r',\n  "checkpoint_id": ' + _TEXT + r',\n  "previous_checkpoint_id": (null|"[^"\\\n\0]*+"),\n  "timestamp": '
    r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00)",', re.ASCII
)  # fmt: skip
_TAILS = re.compile(r'\n  "iteration_count": (\d{1,18}),\n  "metadata": \{\},\n  "version": "1\.0"\n\}\0', re.ASCII)

_Texts = tuple[str, str, str, str, str]
"""Workflow, graph, id, parent, timestamp."""


class Columns:
    """The headers of a batch of files, one list a member, in one order.

    Attributes:
        names: File names.
        inodes: Inodes; none where no stamps were asked for.
        mtimes: Times of the last change, in nanoseconds; none where no stamps were asked for.
        sizes: Sizes in bytes.
        workflows: Workflow names.
        graphs: Graph signature hashes.
        inners: The ids inside the files.
        parents: `null`, or the parent's id in quotes.
        timestamps: As written, all in UTC.
        iterations: Digits.
        odd: Names of files that are not among them.
    """

    __slots__ = (
        "graphs", "inners", "inodes", "iterations", "mtimes", "names", "odd", "parents", "sizes", "timestamps",
        "workflows",
    )  # fmt: skip

    def __init__(self) -> None:
        self.names: list[str] = []
        self.inodes: list[int] = []
        self.mtimes: list[int] = []
        self.sizes: list[int] = []
        self.workflows: list[str] = []
        self.graphs: list[str] = []
        self.inners: list[str] = []
        self.parents: list[str] = []
        self.timestamps: list[str] = []
        self.iterations: list[str] = []
        self.odd: list[str] = []

    def __len__(self) -> int:
        return len(self.names) + len(self.odd)


def is_json_name(name: str) -> bool:
    """Whether the framework's `glob("*.json")` would take this file name (no path)."""
    return (name.lower() if _WINDOWS else name).endswith(FILE_SUFFIX)


def list_names(directory: str) -> list[tuple[str, bool]]:
    """The names that the framework's `glob("*.json")` would take, and whether each is a regular file and no link.

    Raises:
        OSError: as os.scandir does.
    """
    found = []
    with os.scandir(directory) as entries:
        for entry in entries:
            name = entry.name
            if is_json_name(name) if _WINDOWS else name.endswith(FILE_SUFFIX):
                try:
                    regular = entry.is_file(follow_symlinks=False)
                except OSError:
                    regular = False
                found.append((name, regular))
    return found


def read_folder(directory: str, stamps: bool = True) -> Iterator[tuple[int, Columns]]:
    """Every file of a directory in batches, each with the number of files altogether; nothing for an empty one.

    Args:
        directory: Its path.
        stamps: Whether inodes and times are wanted; asking for them takes a tenth of the time.

    Raises:
        OSError: as os.scandir does.
    """
    listed = list_names(directory)
    folder = _open_folder(directory)
    try:
        for start in range(0, len(listed), BATCH):
            yield len(listed), read_batch(folder, listed[start : start + BATCH], stamps)
    finally:
        if folder is not None:
            os.close(folder)


def _open_folder(directory: str) -> int | None:
    """A descriptor of the directory; None where the system has none."""
    if not hasattr(os, "O_DIRECTORY"):
        return None
    try:
        return os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None


def read_batch(folder: int | None, listed: Sequence[tuple[str, bool]], stamps: bool = True) -> Columns:
    """The headers of files that were regular ones a moment ago.

    Args:
        folder: A descriptor of their directory; None makes every file an odd one.
        listed: Names and whether they are regular files, from `list_names`.
        stamps: Whether inodes and times are wanted.
    """
    batch = Columns()
    if folder is None:
        batch.odd = [name for name, _ in listed]
        return batch
    # Names bound here save a tenth of the time.
    open_file, status_of, seek, read, close = os.open, os.fstat, os.lseek, os.read, os.close
    regular_file, end_of_file = stat.S_ISREG, os.SEEK_END
    names, inodes, mtimes, sizes, odd = batch.names, batch.inodes, batch.mtimes, batch.sizes, batch.odd
    heads: list[bytes] = []
    tails: list[bytes] = []
    for name, regular in listed:
        if not regular:
            odd.append(name)
            continue
        try:
            # A pipe put in the file's place does not block, and cannot be sought.
            descriptor = open_file(name, _OPEN_FLAGS, dir_fd=folder)
        except (OSError, ValueError):
            odd.append(name)
            continue
        try:
            if stamps:
                status = status_of(descriptor)
                if not regular_file(status.st_mode):
                    odd.append(name)
                    continue
            head = read(descriptor, HEAD_BYTES)
            start = seek(descriptor, -TAIL_BYTES, end_of_file)
            tail = read(descriptor, TAIL_BYTES)
        except OSError:
            odd.append(name)
            continue
        finally:
            close(descriptor)
        names.append(name)
        sizes.append(start + TAIL_BYTES)
        heads.append(head)
        tails.append(tail)
        if stamps:
            inodes.append(status.st_ino)
            mtimes.append(status.st_mtime_ns)
    found, iterations, left_out = _match(heads, tails, 0, len(heads))
    for at in reversed(left_out):
        odd.append(names[at])
        for column in (names, sizes, inodes, mtimes) if stamps else (names, sizes):
            del column[at]
    if found:
        batch.iterations = iterations
        batch.workflows, batch.graphs, batch.inners, batch.parents, batch.timestamps = map(
            list, zip(*found, strict=True)
        )
    return batch


def _match(heads: list[bytes], tails: list[bytes], start: int, end: int) -> tuple[list[_Texts], list[str], list[int]]:
    """The texts of these headers, their iterations, and the places of those that are not as the rest.

    Odd ones are found by halves.
    """
    count = end - start
    if not count:
        return [], [], []
    # Each head begins, and each tail ends, with the only NUL it holds: so many matches are one of each, in order.
    begins = b"\0" + b"\0".join(heads[start:end])
    ends = b"\0".join(tails[start:end]) + b"\0"
    if begins.count(b"\0") == ends.count(b"\0") == count:
        found: list[_Texts] = _HEADS.findall(begins.decode("utf-8", "surrogateescape"))
        iterations: list[str] = _TAILS.findall(ends.decode("utf-8", "surrogateescape"))
        if len(found) == len(iterations) == count and (begins.isascii() or all(map(_is_utf8, found))):
            return found, iterations, []
    if count == 1:
        return [], [], [start]
    middle = start + count // 2
    first, last = _match(heads, tails, start, middle), _match(heads, tails, middle, end)
    return first[0] + last[0], first[1] + last[1], first[2] + last[2]


def _is_utf8(texts: _Texts) -> bool:
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        return False
    return True
