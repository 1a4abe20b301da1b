"""What only a large directory needs, imported when one is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ckpt_tui.stores.directory_groups import DirectoryGroups as DirectoryGroups

if TYPE_CHECKING:
    from ckpt_tui.stores.header_index import HeaderIndex


def open_index(directory: str) -> HeaderIndex | None:
    """The index of a directory, nothing of it read yet; None where none is wanted, or can be had."""
    return None if _open_index is None else _open_index(directory)


try:
    from ckpt_tui.stores.header_index import open_index as _open_index
except ImportError:  # Python was built without SQLite
    _open_index = None  # type: ignore[assignment]
