"""Readers of other formats, which come by entry point, group `ckpt_tui.stores`: the user's installed code.

One is imported only for a path that no reader here knows, or where it is named: `NAME:PLACE`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.errors import CkptError, NotFoundError
from ckpt_tui.stores.base import Store, complete

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "ckpt_tui.stores"

_SCHEME = LatePattern(r"([A-Za-z][A-Za-z0-9_.-]+):(.*)\Z", re.DOTALL)


def extensions() -> dict[str, EntryPoint]:
    """The readers of others that are installed, by name; none is imported."""
    from importlib.metadata import entry_points  # late: 20 ms that a known format does not need

    return {point.name: point for point in entry_points(group=GROUP)}


def named_store(text: str) -> Store | None:
    """The store of a reader that is named, `NAME:PLACE`; None where there is no reader of that name."""
    found = _SCHEME.compiled.match(text)
    point = extensions().get(found[1]) if found else None
    if point is None or found is None:
        return None
    store = _ask(point, found[2])
    if store is None:
        raise NotFoundError(f"The reader {point.name} ({point.value}) finds no store at {found[2] or 'that place'}.")
    return store


def first_store(path: str) -> Store | None:
    """The store that the first reader of others makes of a path no reader here knows."""
    for point in extensions().values():
        store = _ask(point, path)
        if store is not None:
            return store
    return None


def _ask(point: EntryPoint, path: str) -> Store | None:
    """Import a reader, which is code that the user installed, and let it open the place.

    Raises:
        CkptError: it cannot be imported, or fails.
    """
    try:
        opener: Any = point.load()
        store: Store | None = opener(path)
    except CkptError:
        raise
    except Exception as error:  # code of others may fail in any way; the browser goes on
        reason = f"The reader {point.name} ({point.value}) failed: {type(error).__name__}: {error}."
        raise CkptError(reason, "Uninstall or correct it.") from error
    return None if store is None else complete(store)
