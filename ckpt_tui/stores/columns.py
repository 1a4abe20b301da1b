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
TAIL_BYTES = 256
"""The last keys take up to 61 bytes while `metadata` is empty."""

BATCH = 256
"""Files of one batch: few enough to show at once (about 5 ms), enough to be worth a message."""

FILE_SUFFIX = ".json"
"""What the framework's `glob("*.json")` asks for; pathlib ignores case on Windows only, and so do we."""
_WINDOWS = os.name == "nt"
_OPEN_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC"))

# One character class a text, which never steps back: a text with escapes takes the careful way.
_TEXT = rb'"([^"\\\n\0]*+)"'
_HEADS = re.compile(
    rb'\0\{\n  "workflow_name": ' + _TEXT + rb',\n  "graph_signature_hash": ' + _TEXT
    + rb',\n  "checkpoint_id": ' + _TEXT + rb',\n  "previous_checkpoint_id": (null|"[^"\\\n\0]*+"),\n  "timestamp": '
    rb'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00)",'
)  # fmt: skip
_TAILS = re.compile(rb'\n  "iteration_count": (\d{1,18}),\n  "metadata": \{\},\n  "version": "1\.0"\n\}\0')


class Columns:
    """The headers of a batch of files, one list a member, in one order.

    Attributes:
        names: File names.
        inodes: Inodes.
        mtimes: Times of the last change, in nanoseconds.
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


def read_folder(directory: str) -> Iterator[tuple[int, Columns]]:
    """Every file of a directory in batches, each with the number of files altogether; nothing for an empty one.

    Raises:
        OSError: as os.scandir does.
    """
    listed = list_names(directory)
    folder = _open_folder(directory)
    try:
        for start in range(0, len(listed), BATCH):
            yield len(listed), read_batch(folder, listed[start : start + BATCH])
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


def read_batch(folder: int | None, listed: Sequence[tuple[str, bool]]) -> Columns:
    """The headers of files that were regular ones a moment ago.

    Args:
        folder: A descriptor of their directory; None makes every file an odd one.
        listed: Names and whether they are regular files, from `list_names`.
    """
    batch = Columns()
    if folder is None:
        batch.odd = [name for name, _ in listed]
        return batch
    # Names bound here save a tenth of the time.
    open_file, status_of, read, read_at, close = os.open, os.fstat, os.read, os.pread, os.close
    both = HEAD_BYTES + TAIL_BYTES
    names, inodes, mtimes, sizes, odd = batch.names, batch.inodes, batch.mtimes, batch.sizes, batch.odd
    heads: list[bytes] = []
    tails: list[bytes] = []
    for name, regular in listed:
        if not regular:
            odd.append(name)
            continue
        try:
            # A pipe put in the file's place does not block, and its status tells.
            descriptor = open_file(name, _OPEN_FLAGS, dir_fd=folder)
        except (OSError, ValueError):
            odd.append(name)
            continue
        try:
            status = status_of(descriptor)
            size = status.st_size
            if not stat.S_ISREG(status.st_mode):
                odd.append(name)
                continue
            if size > both:
                head, tail = read(descriptor, HEAD_BYTES), read_at(descriptor, TAIL_BYTES, size - TAIL_BYTES)
            else:
                head = tail = read(descriptor, both)
        except OSError:
            odd.append(name)
            continue
        finally:
            close(descriptor)
        names.append(name)
        inodes.append(status.st_ino)
        mtimes.append(status.st_mtime_ns)
        sizes.append(size)
        heads.append(head)
        tails.append(tail)
    _fill(batch, _match(heads, tails, 0, len(heads)))
    return batch


def _fill(batch: Columns, rows: list[tuple[bytes, ...] | None]) -> None:
    """Put the texts of headers, one row a file, into their columns; files without a row become odd ones."""
    if None in rows:
        for at in [at for at, row in enumerate(rows) if row is None][::-1]:
            batch.odd.append(batch.names[at])
            for column in (batch.names, batch.inodes, batch.mtimes, batch.sizes, rows):
                del column[at]
    if not rows:
        return
    try:
        columns = [b"\0".join(column).decode().split("\0") for column in zip(*rows, strict=True)]
    except UnicodeDecodeError:
        _fill(batch, [row if _is_utf8(row) else None for row in rows])
        return
    (
        batch.workflows, batch.graphs, batch.inners, batch.parents, batch.timestamps, batch.iterations,
    ) = columns  # fmt: skip


def _is_utf8(row: tuple[bytes, ...] | None) -> bool:
    try:
        b"".join(row or ()).decode()
    except UnicodeDecodeError:
        return False
    return True


def _match(heads: list[bytes], tails: list[bytes], start: int, end: int) -> list[tuple[bytes, ...] | None]:
    """The texts of these headers; None for each that is not as the rest, which is found by halves."""
    count = end - start
    if not count:
        return []
    # Each head begins, and each tail ends, with the only NUL it holds: so many matches are one of each, in order.
    begins = b"\0" + b"\0".join(heads[start:end])
    ends = b"\0".join(tails[start:end]) + b"\0"
    if begins.count(b"\0") == ends.count(b"\0") == count:
        found = _HEADS.findall(begins)
        iterations = _TAILS.findall(ends)
        if len(found) == len(iterations) == count:
            return [(*texts, iteration) for texts, iteration in zip(found, iterations, strict=True)]
    if count == 1:
        return [None]
    middle = start + count // 2
    return _match(heads, tails, start, middle) + _match(heads, tails, middle, end)
