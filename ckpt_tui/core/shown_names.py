"""Names that a store gives as they are shown: ids, names of workflows and executors, keys, paths through them.

A name may hold a secret, as a text may: a token as a key of the state, a URL with a password. It is masked wherever the
name is shown; lookups use the name itself.
"""

from __future__ import annotations

from functools import lru_cache

from ckpt_tui.core.paths import Path, expression
from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.core.text import clean


def masked_name(name: str) -> str:
    """A name with the secrets in it masked; not safe for a terminal."""
    return name if _is_plain(name) else _masked(name)


def _is_plain(name: str) -> bool:
    """Whether a name is shorter than any token, or a random id: nearly all names are."""
    if len(name) <= _SHORT:
        return name.isascii() and name.isidentifier()
    stem = name.removesuffix(".json")
    return 32 <= len(stem) <= 36 and _OF_IDS.issuperset(stem)


_SHORT = 15
_OF_IDS = frozenset("0123456789abcdef-")


@lru_cache(maxsize=4096)  # the same names are shown repeatedly
def _masked(name: str) -> str:
    return masked_text(name)


def masked_path(path: Path, reveal: bool = False) -> str:
    """The JMESPath of a place, secrets in its names masked unless `reveal`; not safe for a terminal."""
    text = expression(path)
    return text if reveal else masked_text(text)


def shown_name(name: str, limit: int | None = None) -> str:
    """A name safe for a terminal, secrets in it masked.

    Args:
        name: Any name.
        limit: Characters to show; when there are more, the result ends in `…`.
    """
    return clean(masked_name(name), limit)


def shown_path(path: Path, limit: int | None = None) -> str:
    """The JMESPath of a place, safe for a terminal, secrets in its names masked."""
    return clean(masked_path(path), limit)
