"""How far names make what is below them a secret: one name, and all names of a mapping together."""

from __future__ import annotations

from typing import Any

from ckpt_tui.core.secret_items import TELLING, is_secret_type
from ckpt_tui.core.secret_names import RUN_KWARGS, is_secret_key, may_be_number, may_name_secret
from ckpt_tui.core.secret_patterns import MOST_SECRETS

PLAIN, SECRET, EVERYTHING = range(3)
"""How far a value is a secret: not at all; its texts; every scalar in it."""


def secrecy(name: str) -> int:
    """How far the value of a key with this name is a secret: `PLAIN`, `SECRET` or `EVERYTHING`."""
    if not is_secret_key(name):
        return EVERYTHING if name in RUN_KWARGS else PLAIN
    return EVERYTHING if may_be_number(name) else SECRET


class Ranks(dict[str, int]):
    """Name → how far its value is a secret, worked out when it is first asked for.

    Once there are very many names of secrets, every other name that may be one is taken for one.
    """

    _left = MOST_SECRETS

    def __missing__(self, name: str) -> int:
        if self._left > 0 or not (name in RUN_KWARGS or may_name_secret(name)):
            self[name] = rank = secrecy(name)
            self._left -= rank != PLAIN
            return rank
        self[name] = EVERYTHING
        return EVERYTHING

    def has_secrets(self, container: dict[str, Any]) -> bool:
        """Whether a name in a mapping makes its value a secret."""
        if len(container) > _MANY and not may_name_secret("\n".join(container)) and RUN_KWARGS.isdisjoint(container):
            return False
        return any(map(self.__getitem__, container))


_MANY = 1_000
"""Names that are looked through as one text: six times as fast where none of them is a secret's."""


class Shapes(dict[tuple[str, ...], bool]):
    """The names of small mappings → whether none of them makes anything there a secret, worked out once for each shape.

    Most mappings of a document have the names of others. Of one with a `$type` that is to be looked at, too.

    Args:
        ranks: What each name says.
    """

    def __init__(self, ranks: Ranks) -> None:
        super().__init__()
        self.ranks = ranks
        self.names: set[str] = set()
        """All names of mappings that were looked at."""

    def is_plain(self, container: dict[str, Any]) -> bool:
        """Whether nothing in a mapping with few names is known to be a secret by them, or by what is beside it.

        False as well once there are very many shapes.
        """
        names = tuple(container)
        found = self.get(names)
        if found is None:
            if len(self) >= _MOST_SHAPES:
                return False
            self.names.update(names)
            found = self[names] = TELLING.isdisjoint(names) and not any(map(self.ranks.__getitem__, names))
        return found and not ("$type" in container and is_secret_type(container["$type"]))


FEW_NAMES = 16
"""Names of the largest mapping whose shape is remembered."""

_MOST_SHAPES = 1_000
