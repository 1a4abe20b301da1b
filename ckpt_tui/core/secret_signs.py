"""Signs of secrets in texts: they show which sorts of secrets a text may hold, so that few texts are searched."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ckpt_tui.core.cache import SharedCache
from ckpt_tui.core.secret_assignments import gives_values, mask_named_values
from ckpt_tui.core.secret_names import letters_in
from ckpt_tui.core.secret_shapes import SHAPES, SIGN_OF_SHAPE
from ckpt_tui.core.secret_texts import MASKERS, SHORT, Maskers


def maskers_for(text: str) -> Maskers:
    """The maskers that a text needs by the signs of secrets in it; none for nearly all texts."""
    return maskers_of(_sorts_in(text))


def maskers_for_all(texts: Collection[str]) -> Maskers:
    """The same for many texts."""
    return maskers_of(sorts_in_all(texts))


def maskers_for_some(texts: Iterable[str], maskers: Maskers) -> Maskers:
    """Those of some maskers that would find something to look at in a few short texts."""
    joined = "\n".join(texts)
    return tuple(
        (signs, mask)
        for signs, mask in maskers
        if any(sign in joined for sign in signs) and (mask is not mask_named_values or gives_values(joined))
    )


def maskers_of(sorts: Iterable[int]) -> Maskers:
    """The maskers of some sorts of secrets, as `sorts_in_all` names them."""
    return tuple(MASKERS[number] for number in sorted(sorts))


def sorts_in_all(texts: Collection[str]) -> set[int]:
    """The sorts of secrets of which a sign is in one of the texts.

    The sorts in long texts are cached, because they recur in the next checkpoint.
    """
    if sum(map(len, texts)) < _FEW * len(texts) or max(map(len, texts), default=0) < _REMEMBERED:
        return set(_sorts_in("\n".join(texts)))
    found: set[int] = set()
    short: list[str] = []
    new: list[str] = []
    size = 0
    for text in texts:
        if len(text) < _REMEMBERED:
            short.append(text)
            continue
        signs = _known.get(text)
        if signs is not None:
            found.update(signs)
            continue
        new.append(text)
        size += len(text)
        if size > _AT_ONCE:
            found |= _remember(new)
            new, size = [], 0
    found |= _remember(new)
    found.update(_sorts_in("\n".join(short)))
    return found


def _remember(texts: list[str]) -> set[int]:
    """The sorts in long texts, which are first searched together: most have no sign that others lack."""
    if len(texts) == 1:
        sorts: tuple[int, ...] = _sorts_in(texts[0])
        _known.put(texts[0], sorts, len(texts[0]) + 100)
        return set(sorts)
    sorts = _sorts_in("\n".join(texts))
    for text in texts:
        own = tuple(number for number in sorts if any(sign in text for sign in MASKERS[number][0]))
        _known.put(text, own, len(text) + 100)
    return set(sorts)


def _sorts_in(text: str) -> tuple[int, ...]:
    """The indexes of the maskers of which a sign is in a text."""
    if len(text) < SHORT:
        looked_for = MASKERS if SIGN_OF_SHAPE.is_in(text) else MASKERS[: -len(SHAPES)]
        return tuple(number for number, (signs, _) in enumerate(looked_for) if any(sign in text for sign in signs))
    has = letters_in(text, _LETTERS).issuperset  # found in a tenth of the time that all signs take
    return tuple(
        number for number, (signs, _) in enumerate(MASKERS) if any(has(sign) and sign in text for sign in signs)
    )


_LETTERS = frozenset("".join(sign for signs, _ in MASKERS for sign in signs))

_AT_ONCE = 1_000_000
"""Characters of long texts that are searched together."""

_REMEMBERED = 400
"""Characters of a text from which searching for eighty signs takes longer than caching the result."""

_FEW = 40
"""Characters that texts have on average among which no long one is looked for."""

_known: SharedCache[str, tuple[int, ...]] = SharedCache(16 * 1024 * 1024)
