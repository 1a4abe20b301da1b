"""Finds the values that are secrets by their place or by their form, and masks them in documents.

Agent Framework writes the keyword arguments of a run, tokens included, into every checkpoint in clear text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Any

from ckpt_tui.core.secret_items import NOTHING, secrets_beside
from ckpt_tui.core.secret_masks import Masks, is_mask, is_maskable
from ckpt_tui.core.secret_names import KEYS_OF_SERVICES, RUN_KWARGS, is_secret_key, is_service
from ckpt_tui.core.secret_patterns import MOST_SECRETS, NOT_LOOKED_AT
from ckpt_tui.core.secret_ranks import EVERYTHING, FEW_NAMES, PLAIN, SECRET, Ranks, Shapes, secrecy
from ckpt_tui.core.secret_signs import maskers_for_all, maskers_for_some, maskers_of, sorts_in_all
from ckpt_tui.core.secret_texts import MASK, Maskers, masked_text
from ckpt_tui.core.value import Map, Value


def masked(
    document: Any, above: int = 0, hidden: list[Any] | None = None, sign: str = "", all_run_kwargs: bool = True
) -> Any:
    """The same document with secrets masked in place: `{"$masked": type name, "$size": length}`.

    A text that holds a secret, such as a URL with a password, keeps all but the secret; so does a key.

    Args:
        document: The result of `to_json`.
        above: How far it is a secret by its place (see `secrecy`).
        hidden: Gets the texts, keys and numbers that were masked, and the base64 of bytes.
        sign: A text to put in their place instead.
        all_run_kwargs: Mask everything in the arguments of a run, not only secrets by their name or form.
    """
    holder = [document]
    _mask([(holder, above)], hidden, sign, all_run_kwargs)
    return holder[0]


def hidden_by_place(document: Any) -> list[Any]:
    """The texts and numbers of a document that are secrets by their place, run kwargs aside; it is changed by this.

    Secrets by their form, which are masked in any place, are left out.
    """
    hidden: list[Any] = []
    shapes = Shapes(Ranks(dict.fromkeys(("$type", *RUN_KWARGS), PLAIN)))
    _mask_by_name([([document], PLAIN)], Masks(hidden, MASK), shapes)
    return hidden


def mask_all(documents: Iterable[tuple[dict[str, Any], str, int]]) -> None:
    """Mask members of documents in place, as `masked` does: each document, name, and how far it is a secret."""
    parts = [(document, name, [document[name]], above) for document, name, above in documents]
    _mask([(holder, above) for _, _, holder, above in parts])
    for document, name, holder, _ in parts:
        document[name] = holder[0]


def _mask(
    holders: list[tuple[Any, int]], hidden: list[Any] | None = None, sign: str = "", all_run_kwargs: bool = True
) -> None:
    """Mask the secrets in lists of one document each; arguments as those of `masked`."""
    shapes = Shapes(Ranks({"$type": PLAIN} if all_run_kwargs else dict.fromkeys(("$type", *RUN_KWARGS), PLAIN)))
    signs = _mask_by_name(holders, Masks(hidden, sign), shapes)
    maskers, renamed = maskers_of(signs), _renamed(shapes.names)
    if maskers or renamed:
        _mask_texts([holder for holder, _ in holders], maskers, renamed, hidden)


def _renamed(keys: Collection[str]) -> dict[str, str]:
    """Of some keys those that hold a secret, and how they are shown."""
    maskers = maskers_for_all(keys)
    found: dict[str, str] = {}
    for many, _ in _parts(list(keys), maskers, _MANY_KEYS):
        for few, needed in _parts(many, maskers, _FEW_KEYS):
            found.update((key, name) for key in few if (name := masked_text(key, needed)) != key)
    return found


def _parts(keys: list[str], maskers: Maskers, size: int) -> Iterator[tuple[list[str], Maskers]]:
    """Of parts of a list those in which there may be secrets, and what masks them: few keys with a sign have one."""
    for start in range(0, len(keys) if maskers else 0, size):
        some = keys[start : start + size]
        if needed := maskers_for_some(some, maskers):
            yield some, needed


_MANY_KEYS, _FEW_KEYS = 1_024, 32
"""Keys that are looked at as one text."""


def _mask_by_name(holders: list[tuple[Any, int]], masks: Masks, shapes: Shapes) -> set[int]:
    """Mask what is a secret by its place; returns of which sorts others may be, and adds all keys to `shapes`."""
    ranks = shapes.ranks
    texts: dict[int, str] = {}  # by id: a bomb has one text a hundred thousand times
    signs: set[int] = set()
    containers = [*holders]
    while containers:
        if len(texts) > _AT_ONCE:  # all of them together would take as much memory as the document
            signs |= sorts_in_all(texts.values())
            texts.clear()
        container, above = containers.pop()
        named = type(container) is dict
        if named and above == PLAIN and len(container) <= FEW_NAMES and shapes.is_plain(container):
            _take_members(container, containers, texts, masks)
            continue
        if named:
            shapes.names.update(container)
        elif len(container) > _AT_ONCE and above == PLAIN:
            signs |= _sorts_in_list(container, containers)
            continue
        beside = secrets_beside(container) if above < EVERYTHING else NOTHING
        if above == PLAIN and not beside and not (named and ranks.has_secrets(container)):
            _take(container, containers, texts, masks)
            continue
        _mask_keys_of_services(container, masks)
        members: Iterable[tuple[Any, Any]] = container.items() if named else enumerate(container)
        for key, value in members:
            rank = above
            if rank < EVERYTHING:
                rank = max(rank, ranks[beside.get(key, key if named else "$type")])
            kind = type(value)
            if kind is dict and rank and (mask := masks.of_bytes(value)) is not None:
                container[key] = mask
            elif kind is dict or kind is list:
                if rank and kind is dict:
                    container[key] = value = {**value}  # a sign is one object in all its places
                containers.append((value, rank))
            elif rank and is_maskable(value, rank == EVERYTHING) and not (named and key == "$type"):
                container[key] = masks.of(value)
            elif kind is str and not (key in _SIGNS and _is_ours(key, value, container)):
                texts[id(value)] = value
    return signs | sorts_in_all(texts.values())


_AT_ONCE = 20_000
"""Texts that are searched together."""


def _sorts_in_list(items: list[Any], containers: list[tuple[Any, int]]) -> set[int]:
    """The sorts of secrets in the texts of a long list; the containers in it are added to those that are left."""
    signs: set[int] = set()
    for start in range(0, len(items), _AT_ONCE):
        some = items[start : start + _AT_ONCE]
        if _are_short_texts(some):
            signs |= sorts_in_all(some)
            continue
        texts: dict[int, str] = {}
        _take_items(some, containers, texts)
        signs |= sorts_in_all(texts.values())
    return signs


def _are_short_texts(items: list[Any]) -> bool:
    """Whether all items are texts, and short on average: then it does not matter how many are the same."""
    try:
        return sum(map(len, items)) < _SHORT * len(items) and type("".join(items)) is str
    except TypeError:  # not all are texts
        return False


_SHORT = 40
"""Characters of a text that is short."""


def is_given_key(name: str, value: Value) -> bool:
    """Whether a value holds the settings of a service of that name, its key included."""
    if type(value) is Map:
        return is_service(name) and any(type(key) is str and key in KEYS_OF_SERVICES for key in value.kv[:200:2])
    return type(value) is dict and ("key" in value or "Key" in value or "KEY" in value) and is_service(name)


def _mask_keys_of_services(container: Any, masks: Masks) -> None:
    """Mask what is called `key` in what a service is given: `openai: {key: …}`."""
    for name, each in container.items() if type(container) is dict else ():
        if type(each) is dict and is_given_key(name, each):
            _mask_key(each, masks)


def _mask_key(given: dict[str, Any], masks: Masks) -> None:
    """Mask the key in what a service is given."""
    for key in KEYS_OF_SERVICES.intersection(given):
        value = given[key]
        if is_maskable(value, False):
            given[key] = masks.of(value)


def _take(container: Any, containers: list[tuple[Any, int]], texts: dict[int, str], masks: Masks) -> None:
    """Add what a container without secrets holds to the texts and to the containers that are left."""
    if type(container) is dict:
        _take_members(container, containers, texts, masks)
    else:
        _take_items(container, containers, texts)


def _take_members(
    container: dict[str, Any], containers: list[tuple[Any, int]], texts: dict[int, str], masks: Masks
) -> None:
    """The same of a mapping; the keys of the services in it are masked."""
    last: Any = None
    for name, value in container.items():
        kind = type(value)
        if kind is str:
            if name not in _SIGNS or not _is_ours(name, value, container):
                texts[id(value)] = value
        elif (kind is dict or kind is list) and value and value is not last:
            if kind is dict and ("key" in value or "Key" in value or "KEY" in value) and is_service(name):
                _mask_key(value, masks)
            containers.append((value, PLAIN))
            last = value


def _take_items(items: list[Any], containers: list[tuple[Any, int]], texts: dict[int, str]) -> None:
    """The same of a list; a bomb has one text or sign in it a hundred thousand times."""
    last: Any = None
    for value in items:
        if value is last:
            continue
        kind = type(value)
        if kind is dict or kind is list:
            if value:
                containers.append((value, PLAIN))
            last = value
        elif kind is str:
            texts[id(value)] = last = value


_SIGNS = frozenset(("$type", "$base64"))
"""Keys whose texts are ours, names of types or bytes, unless somebody's data has such a key."""


def _is_ours(key: str, text: str, container: dict[str, Any]) -> bool:
    """Whether the text of one of `_SIGNS` is a name of a type or bytes, in which no secret is looked for."""
    return "$size" in container if key == "$base64" else _may_be_type(text)


@lru_cache(4_096)
def _may_be_type(text: str) -> bool:
    return text == "type" or (":" in text and text.translate(_PUNCTUATION).isalnum())


_PUNCTUATION = dict.fromkeys(map(ord, ":._<>[], "))
"""What names of types hold besides letters and digits."""


def _mask_texts(holders: list[Any], maskers: Maskers, renamed: dict[str, str], hidden: list[Any] | None) -> None:
    """Mask the secrets inside the texts and the keys of documents, in place."""
    looked_for = [sign for signs, _ in maskers for sign in signs]
    known: dict[str, str] = {}
    left = _KNOWN
    secrets = MOST_SECRETS
    latest: tuple[str, str] = ("", "")
    containers = [*holders]
    while containers:
        container = containers.pop()
        if renamed and type(container) is dict and not renamed.keys().isdisjoint(container):
            _rename(container, renamed, hidden)
        last = None
        for key, value in container.items() if type(container) is dict else enumerate(container):
            kind = type(value)
            if kind is str:
                if len(value) < _SHORTEST or (key in _SIGNS and _is_ours(key, value, container)):
                    continue
                text = latest[1] if value is latest[0] else known.get(value)
                if text is None and secrets <= 0:
                    text = NOT_LOOKED_AT if any(map(value.__contains__, looked_for)) else value
                elif text is None:
                    text = masked_text(value, maskers)
                    secrets -= text is not value
                    latest = (value, text)  # a long one may be in many documents
                    left -= len(value) + _KNOWN_TEXT
                    if left > 0:
                        known[value] = text
                if text is not value and text != value and not (key == "$value" and _names_type(container)):
                    container[key] = text
                    if hidden is not None:
                        hidden.append(value)
            elif (kind is dict or kind is list) and value is not last:
                containers.append(value)
                last = value


def _rename(container: dict[str, Any], renamed: dict[str, str], hidden: list[Any] | None) -> None:
    """Show the keys of a mapping as `renamed` says, in their order; those that would be the same get a number."""
    items = list(container.items())
    container.clear()
    taken = {key for key, _ in items if key not in renamed}
    numbers: dict[str, int] = {}
    for key, value in items:
        name = renamed.get(key, key)
        if name != key:
            if hidden is not None:
                hidden.append(key)
            while (shown := f"{name} {numbers[name]}" if name in numbers else name) in taken:
                numbers[name] = numbers.get(name, 1) + 1
            name = shown
            taken.add(name)
        container[name] = value


def _names_type(container: Any) -> bool:
    """Whether a document stands for a class that a pickle names."""
    return type(container) is dict and container.get("$type") == "type"


_SHORTEST = 6
"""Characters of the shortest text with a secret in it."""

_KNOWN, _KNOWN_TEXT = 4_000_000, 100
"""Characters of texts whose masked form is cached, and the fixed cost of each: texts recur."""


__all__ = [
    "EVERYTHING", "MASK", "PLAIN", "RUN_KWARGS", "SECRET", "hidden_by_place", "is_mask", "is_maskable",
    "is_secret_key", "mask_all", "masked", "masked_text", "secrecy",
]  # fmt: skip
