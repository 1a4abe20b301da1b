"""Browse agent workflow checkpoints; decode every value without executing anything.

The names here are the public API. Each is imported when it is first used, so that a program imports only what it needs.
"""

from __future__ import annotations

from importlib import import_module

from ckpt_tui.version import VERSION

TYPE_CHECKING = False  # as a type checker reads it; typing takes longer to import than all of this package's own start
if TYPE_CHECKING:
    from typing import Any

    from ckpt_tui.core.budgets import PickleBudget
    from ckpt_tui.core.pickles.unpickle import decode
    from ckpt_tui.core.reading.to_json import to_json
    from ckpt_tui.core.reading.to_json import to_json as plain
    from ckpt_tui.core.value import Decoded
    from ckpt_tui.stores.record import record
    from ckpt_tui.stores.registry import open_store, open_stores
    from ckpt_tui.tui.embedded import browse

__version__ = VERSION
__all__ = [
    "Decoded", "PickleBudget", "__version__", "browse", "decode", "open_store", "open_stores", "plain", "record",
    "to_json",
]  # fmt: skip

_HOMES = {
    "decode": "ckpt_tui.core.pickles.unpickle",
    "Decoded": "ckpt_tui.core.value",
    "PickleBudget": "ckpt_tui.core.budgets",
    "to_json": "ckpt_tui.core.reading.to_json",
    "open_store": "ckpt_tui.stores.registry",
    "open_stores": "ckpt_tui.stores.registry",
    "record": "ckpt_tui.stores.record",
    "browse": "ckpt_tui.tui.embedded",
}


_OLD_NAMES = {"plain": "to_json"}
"""Former public names, which keep working."""


def __dir__() -> list[str]:
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    name = _OLD_NAMES.get(name, name)
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)
