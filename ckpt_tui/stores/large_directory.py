"""Parts that only a large directory needs, imported when one is read."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ckpt_tui.stores.directory_groups import DirectoryGroups as DirectoryGroups

if TYPE_CHECKING:
    from ckpt_tui.stores.header_index import HeaderIndex


def open_index(directory: str) -> HeaderIndex | None:
    """The index of a directory, nothing of it read yet; None where none is wanted, or Python has no SQLite."""
    try:
        index = import_module("ckpt_tui.stores.header_index")  # by name: the browser need not have SQLite
    except ImportError:
        return None
    found: HeaderIndex | None = index.open_index(directory)
    return found
