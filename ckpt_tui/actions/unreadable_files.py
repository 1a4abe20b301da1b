"""A file that cannot be shown as a checkpoint: its bytes, and what is dangerous in them."""

from __future__ import annotations

from ckpt_tui.core.doctor.hidden_pickles import hidden_dangers
from ckpt_tui.core.paths import expression
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Store


def dangers_in(store: Store, file: str) -> list[str]:
    """What is dangerous in the pickles of a file that cannot be shown as a checkpoint: where, and why."""
    found = hidden_dangers(unreadable_bytes(store, file), ()).dangers
    return [f"danger at {expression(path)}: {reason}" for path, inspection in found for reason in inspection.reasons]


def unreadable_bytes(store: Store, file: str) -> bytes:
    """The bytes of a file that cannot be shown, b"" where they cannot be had."""
    try:
        home, name = store.home(file)
        reader = home.reader()
        return b"" if reader is None else reader.read(name)
    except CkptError:
        return b""
