"""Files of formats that are named, not read."""

from __future__ import annotations

from ckpt_tui.stores.files import FileTrouble, read_ends

SQLITE = b"SQLite format 3\0"
"""How every SQLite database begins."""

_MAGIC = (
    (SQLITE, "an SQLite database without the tables of LangGraph's SqliteSaver"),
    (b"\x80\x04", "a pickle"),
    (b"\x80\x05", "a pickle"),
    (b"PK\x03\x04", "a ZIP archive: unpack it first"),
    (b"\x1f\x8b", "a gzip file: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file: unpack it first"),
)


def recognised(path: str) -> str:
    """What a file is, as far as its first bytes show: ", but …", or "" where they do not."""
    try:
        head = read_ends(path, len(SQLITE), 0)[1]
    except FileTrouble:
        return ""
    for start, what in _MAGIC:
        if head.startswith(start):
            return f", but {what}"
    return ""
