"""The cache of a large directory between two starts of the browser: a table of headers and the runs they form.

It is shown at once and then compared with every file; files that differ are read. It holds no bodies and no problems.
It is one file in the user's cache directory, written beside its place and renamed, so that it is whole or missing; with
any fault in it, the files are read as without it.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from array import array
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, NamedTuple, TypeVar
from zlib import crc32

from ckpt_tui.core.runs.groups import PackedGroups
from ckpt_tui.core.runs.header_table import GONE, PROBLEM, RACY, HeaderTable
from ckpt_tui.core.runs.packed_names import PackedNames
from ckpt_tui.core.runs.table_runs import TableRuns
from ckpt_tui.stores.cache_files import FRESH, RUNS, Doubt, check_owner, folder, make_folder, trim
from ckpt_tui.stores.first_screen import FirstScreen, first_screen, unpacked
from ckpt_tui.version import VERSION

SCHEMA = 3

Read = TypeVar("Read")

_COLUMNS = ("parents", "kinds", "iterations", "whens", "changed", "marks", "waiting")
_RUN_COLUMNS = ("run_of", "roots", "numbers", "first", "last", "newest", "order", "starts", "members")


NO_MOMENT = (0, 0)
"""Stands for a time that proves nothing."""

RACY_NS = 3_000_000_000
"""Age in nanoseconds of a directory's last change from which a listing is known to be complete."""


class Stored(NamedTuple):
    """The cached content of a directory.

    Attributes:
        headers: Its files.
        runs: Its runs.
        groups: The same for the list.
        moment: `moment_of` the directory before it was read last.
    """

    headers: HeaderTable
    runs: TableRuns
    groups: PackedGroups
    moment: tuple[int, int] = NO_MOMENT


class TableFile:
    """The file of one directory.

    Args:
        directory: The status of the directory, which names the file.
    """

    def __init__(self, directory: os.stat_result) -> None:
        self.path = os.path.join(folder(), f"{directory.st_dev:x}-{directory.st_ino:x}{RUNS}")
        python = ".".join(map(str, sys.version_info[:2]))
        self._sum = b""
        """That of the content which was read or written last."""
        label = f"runs {SCHEMA} {VERSION} {python} {sys.byteorder} {directory.st_dev} {directory.st_ino}\n"
        self._label = label.encode()

    def first(self) -> FirstScreen | None:
        """The first screen; None where there is none, or it cannot be trusted."""
        found = self._opened(self._read_first)
        return found if found is not None and found.groups else None

    def load(self) -> Stored | None:
        """The cached content; None where there is none, or it cannot be trusted."""
        return self._opened(self._read)

    def _opened(self, read: Callable[[IO[bytes]], Read]) -> Read | None:
        try:
            if not os.path.isabs(self.path) or not os.path.lexists(self.path):
                return None
            check_owner(folder(), stat.S_IFDIR)
            check_owner(self.path, stat.S_IFREG)
            with open(self.path, "rb") as file:
                return read(file)
        except Doubt as doubt:
            if doubt.is_damaged:
                self.drop()
        except OSError:
            pass
        except Exception:  # damaged bytes, with any effect
            self.drop()
        return None

    def _sections(self, file: IO[bytes]) -> tuple[_Sections, bytes]:
        """The sections behind the first screen, and that."""
        if file.readline(len(self._label)) != self._label:
            raise Doubt("another version wrote it", True)
        sections = _Sections(file, crc32(self._label))
        first = sections.take()
        sections.end()
        return sections, first

    def _read_first(self, file: IO[bytes]) -> FirstScreen:
        return unpacked(self._sections(file)[1])

    def _read(self, file: IO[bytes]) -> Stored:
        sections, _ = self._sections(file)
        about = json.loads(sections.take())
        headers = HeaderTable()
        headers.take_workflows(map(tuple, about["workflows"]))
        headers.renamed = about["renamed"]
        for name in _COLUMNS:
            setattr(headers, name, sections.array(getattr(headers, name).typecode))
        headers.flags = bytearray(sections.take())
        headers.names = PackedNames([sections.take() for _ in range(about["names"])], sections.take())
        headers.awaited = PackedNames([sections.take() for _ in range(about["awaited"])], sections.take())
        columns = {name: sections.array(typecode) for name, typecode in zip(_RUN_COLUMNS, "iiiddiiii", strict=True)}
        missing = {int(run): name for run, name in about["missing"].items()}
        runs = TableRuns.stored(columns, missing)
        pages = [sections.take() for _ in range(about["pages"])]
        groups = PackedGroups.stored(pages, len(runs.roots), about["checkpoints"])
        self._sum = sections.end()
        return Stored(headers, runs, groups, _moment_in(file.read(), self._sum))

    def save(self, stored: Stored) -> None:
        """Save a table; where it cannot be written, nothing is kept."""
        headers, runs, groups, moment = stored
        if headers.flags.count(GONE) > len(headers) // 4:
            self.drop()
            return
        fresh = f"{self.path}.{os.getpid()}{FRESH}"
        try:
            make_folder()
            check_owner(folder(), stat.S_IFDIR)
            descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    self._write(file, headers, runs, groups, moment)
                os.replace(fresh, self.path)
            except BaseException:
                with suppress(OSError):
                    os.unlink(fresh)
                raise
            trim(self.path)
        except (OSError, Doubt):  # a full disk, a place that may not be written
            return

    def _write(
        self, file: IO[bytes], headers: HeaderTable, runs: TableRuns, groups: PackedGroups, moment: tuple[int, int]
    ) -> None:
        names, awaited, pages = headers.names.packed(), headers.awaited.packed(), groups.packed()
        about = {
            "workflows": headers.workflows, "renamed": headers.renamed, "missing": runs.missing,
            "names": len(names), "awaited": len(awaited), "pages": len(pages), "checkpoints": groups.checkpoints,
        }  # fmt: skip
        changed = array("q", headers.changed)
        for number, flags in enumerate(headers.flags):
            if flags & (RACY | PROBLEM):  # read again at the next start
                changed[number] = 0
        columns: list[Any] = [getattr(headers, name) for name in _COLUMNS]
        columns[_COLUMNS.index("changed")] = changed
        out = _Writer(file, crc32(self._label))
        file.write(self._label)
        out.add(first_screen(headers, runs, groups).packed)
        out.end()
        own = runs.columns()
        for section in (
            json.dumps(about).encode(), *columns, headers.flags, *names, headers.names.digests, *awaited,
            headers.awaited.digests, *(own[name] for name in _RUN_COLUMNS), *pages,
        ):  # fmt: skip
            out.add(section)
        self._sum = out.end()
        file.write(_with_moment(moment, self._sum))

    def note(self, moment: tuple[int, int]) -> None:
        """Note that the directory was unchanged at a later time, unless another process has written here."""
        with suppress(OSError, Doubt):
            check_owner(self.path, stat.S_IFREG)
            with open(self.path, "r+b") as file:
                file.seek(-_MOMENT_BYTES - len(self._sum), os.SEEK_END)
                if file.read(len(self._sum)) == self._sum:
                    file.write(_with_moment(moment, self._sum))

    def use(self) -> None:
        """Note that it was used just now, which keeps it longest when such files are deleted."""
        with suppress(OSError):
            os.utime(self.path)

    def drop(self) -> None:
        """Delete it."""
        with suppress(OSError):
            os.unlink(self.path)


def moment_of(directory: str) -> tuple[int, int]:
    """When files of a directory were last added, deleted or replaced; `NO_MOMENT` where that may be just now."""
    try:
        status = os.stat(directory)
    except OSError:
        return NO_MOMENT
    moment = status.st_mtime_ns, status.st_ctime_ns
    return moment if max(moment) + RACY_NS < time.time_ns() else NO_MOMENT


_MOMENT_BYTES = 24
"""Bytes behind the sum: both times, and a sum of these."""


def _with_moment(moment: tuple[int, int], seed: bytes) -> bytes:
    data = b"".join(time.to_bytes(8, "big", signed=True) for time in moment)
    return data + crc32(data, crc32(seed)).to_bytes(8, "big")


def _moment_in(data: bytes, seed: bytes) -> tuple[int, int]:
    """The moment in the last bytes of a file; `NO_MOMENT` where they are others than were written.

    Raises:
        Doubt: there are more or fewer.
    """
    if len(data) != _MOMENT_BYTES:
        raise Doubt("it ends elsewhere", True)
    moment = int.from_bytes(data[:8], "big", signed=True), int.from_bytes(data[8:16], "big", signed=True)
    return moment if data == _with_moment(moment, seed) else NO_MOMENT


class _Writer:
    """Writes sections, each behind its length, and the sum of all so far behind some of them."""

    def __init__(self, file: IO[bytes], seed: int) -> None:
        self._file = file
        self._sum = seed

    def add(self, section: Any) -> None:
        view = memoryview(section).cast("B") if len(section) else memoryview(b"")
        for part in (len(view).to_bytes(8, "big"), view):
            self._sum = crc32(part, self._sum)
            self._file.write(part)

    def end(self) -> bytes:
        """Write the sum of all so far, and return it."""
        found = self._sum.to_bytes(8, "big")
        self._file.write(found)
        return found


class _Sections:
    """Reads them back."""

    def __init__(self, file: IO[bytes], seed: int) -> None:
        self._file = file
        self._sum = seed
        self._left = os.fstat(file.fileno()).st_size

    def take(self) -> bytes:
        head = self._file.read(8)
        size = int.from_bytes(head, "big")
        if len(head) < 8 or size > self._left:
            raise Doubt("it ends too early", True)
        data = self._file.read(size)
        self._sum = crc32(data, crc32(head, self._sum))
        return data

    def array(self, typecode: str) -> array[Any]:
        found: array[Any] = array(typecode)
        found.frombytes(self.take())
        return found

    def end(self) -> bytes:
        """Check the sum of all so far, and return it.

        Raises:
            Doubt: it is another one.
        """
        found = self._file.read(8)
        if found != self._sum.to_bytes(8, "big"):
            raise Doubt("its content is not what was written", True)
        return found
