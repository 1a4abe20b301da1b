"""Files of other formats, which are recognised, not read."""

from __future__ import annotations

from ckpt_tui.stores.files import FileTrouble, read_ends

SQLITE = b"SQLite format 3\0"
"""The first bytes of every SQLite database."""

_MAGIC = (
    (SQLITE, "an SQLite database without the tables of LangGraph's SqliteSaver"),
    (b"\x80\x04", "a pickle"),
    (b"\x80\x05", "a pickle"),
    (b"PK\x03\x04", "a ZIP archive: unpack it first"),
    (b"\x1f\x8b", "a gzip file: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file: unpack it first"),
)


def recognised(path: str) -> str:
    """The format of a file, by its first bytes: ", but …", or "" where it is not known."""
    try:
        head = read_ends(path, len(SQLITE), 0)[1]
    except FileTrouble:
        return ""
    for start, what in _MAGIC:
        if head.startswith(start):
            return f", but {what}"
    return ""
