"""Reads the headers of some files of a directory: each from its two ends, or from the index."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ckpt_tui.core.model import Problem
from ckpt_tui.stores.agent_framework import read_entry
from ckpt_tui.stores.base import Entry
from ckpt_tui.stores.files import Stamp, packed, stamp_now, stamp_of
from ckpt_tui.stores.headers import read_header, read_header_with_status

if TYPE_CHECKING:
    from ckpt_tui.stores.header_index import HeaderIndex

Listed = Sequence[tuple[str, bool]]
"""Names of files, and whether each is known to be a regular file and no link."""

_Read = Callable[[str, str, bool], tuple[Stamp, Entry] | None]
"""Gives the header of a file by its path and name; None where the whole of it has to be read."""


class Found(NamedTuple):
    """The results of reading some files.

    Attributes:
        entries: Their entries, in the order of the request.
        stamps: Their stamps by name, packed.
        vanished: The names of those that are not there any more.
    """

    entries: tuple[Entry, ...]
    stamps: dict[str, int]
    vanished: tuple[str, ...]


def read_files(prefix: str, wanted: Listed, whole: bool = False) -> Found:
    """Read files, with their bodies or without.

    Args:
        prefix: What precedes the name of a file in its path.
        wanted: The files.
        whole: With their bodies.
    """
    return _read(prefix, wanted, _nothing if whole else read_header)


def read_indexed(prefix: str, wanted: Listed, index: "HeaderIndex") -> Found:
    """The same without bodies, by opening only files whose headers are not in an index, which takes them in."""
    began = time.time_ns()
    known = index.headers(prefix, wanted)
    headers = [header for header in known if header is not None]
    stamps = {ref.file: stamp for stamp, ref in headers}
    if len(headers) == len(wanted):
        return Found(tuple(ref for _, ref in headers), stamps, ())

    def read(path: str, name: str, is_regular: bool) -> tuple[Stamp, Entry] | None:
        found = read_header_with_status(path, name, is_regular)
        if found is None:
            return None
        if is_regular:
            index.note(*found, began)
        return stamp_of(found[0]), found[1]

    rest = _read(prefix, [pair for pair, header in zip(wanted, known, strict=True) if header is None], read)
    entries: dict[str, Entry] = {ref.file: ref for _, ref in headers}
    entries.update((entry.file, entry) for entry in rest.entries)
    in_order = tuple(entries[name] for name, _ in wanted if name in entries)
    return Found(in_order, stamps | rest.stamps, rest.vanished)


def _read(prefix: str, wanted: Listed, read: _Read) -> Found:
    entries: list[Entry] = []
    stamps: dict[str, int] = {}
    vanished: list[str] = []
    for name, is_regular in wanted:
        path = prefix + name
        stamp, entry = read(path, name, is_regular) or read_entry(path, name)
        if stamp is None:
            # Its stamp is taken before it is read, or a change in between would not be noticed.
            before = stamp_now(path)
            stamp, entry = read_entry(path, name)
            stamp = stamp or before
        if isinstance(entry, Problem) and entry.kind == "vanished":
            vanished.append(name)
        else:
            stamps[name] = packed(stamp)
            entries.append(entry)
    return Found(tuple(entries), stamps, tuple(vanished))


def _nothing(path: str, name: str, is_regular: bool) -> None:
    """No header: the whole file is wanted."""
