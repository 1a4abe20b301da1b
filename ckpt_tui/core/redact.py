"""Finds the values that are secrets by their place or by their form, and masks them in documents.

Agent Framework writes the keyword arguments of a run, tokens included, into every checkpoint in clear text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ckpt_tui.core.secret_items import NOTHING, secrets_beside
from ckpt_tui.core.secret_names import (
    KEYS_OF_SERVICES,
    RUN_KWARGS,
    is_secret_key,
    is_service,
    may_be_number,
    may_name_secret,
)
from ckpt_tui.core.secret_patterns import MOST_SECRETS, NOT_LOOKED_AT
from ckpt_tui.core.secret_signs import maskers_for_all, maskers_of, sorts_in_all
from ckpt_tui.core.secret_texts import MASK, Maskers, masked_text
from ckpt_tui.core.value import Map, Value


class _Ranks(dict[str, int]):
    """Name → how far its value is a secret, worked out when it is first asked for.

    Once there are very many names of secrets, every other name that may be one counts as one.
    """

    _left = MOST_SECRETS

    def __missing__(self, name: str) -> int:
        if self._left > 0 or not (name in RUN_KWARGS or may_name_secret(name)):
            self[name] = rank = secrecy(name)
            self._left -= rank != PLAIN
            return rank
        self[name] = EVERYTHING
        return EVERYTHING


_MANY = 1_000
"""Names that are searched as one text: six times as fast where none of them is a secret's."""


def _has_secrets(container: dict[str, Any], ranks: _Ranks) -> bool:
    if len(container) > _MANY and not may_name_secret("\n".join(container)) and RUN_KWARGS.isdisjoint(container):
        return False
    return any(map(ranks.__getitem__, container))


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
    ranks = _Ranks(dict.fromkeys(("$type", *RUN_KWARGS), PLAIN))
    _mask_by_name([([document], PLAIN)], hidden, MASK, ranks, set())
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
    ranks = _Ranks({"$type": PLAIN} if all_run_kwargs else dict.fromkeys(("$type", *RUN_KWARGS), PLAIN))
    keys: set[str] = set()
    signs = _mask_by_name(holders, hidden, sign, ranks, keys)
    maskers, renamed = maskers_of(signs), _renamed(keys)
    if maskers or renamed:
        _mask_texts([holder for holder, _ in holders], maskers, renamed, hidden)


def _renamed(keys: set[str]) -> dict[str, str]:
    """Of some keys those that hold a secret, and how they are shown."""
    maskers = maskers_for_all(keys)
    shown = ((key, masked_text(key, maskers)) for key in keys if maskers)
    return {key: name for key, name in shown if name != key}


def _mask_by_name(
    holders: list[tuple[Any, int]], hidden: list[Any] | None, sign: str, ranks: _Ranks, keys: set[str]
) -> set[int]:
    """Mask what is a secret by its place; returns of which sorts others may be, and adds all keys to `keys`."""
    texts: dict[int, str] = {}  # by id: a bomb has one text a hundred thousand times
    signs: set[int] = set()
    containers = [*holders]
    while containers:
        if len(texts) > _AT_ONCE:  # all of them together would take as much memory as the document
            signs |= sorts_in_all(texts.values())
            texts.clear()
        container, above = containers.pop()
        named = type(container) is dict
        if named:
            keys.update(container)
            _mask_keys_of_services(container, hidden, sign)
        elif len(container) > _AT_ONCE and above == PLAIN:
            for start in range(0, len(container), _AT_ONCE):
                _take_texts(container[start : start + _AT_ONCE], containers, texts)
                signs |= sorts_in_all(texts.values())
                texts.clear()
            continue
        beside = secrets_beside(container) if above < EVERYTHING else NOTHING
        if above == PLAIN and not beside and not (named and _has_secrets(container, ranks)):
            _take_texts(container, containers, texts)
            continue
        members: Iterable[tuple[Any, Any]] = container.items() if named else enumerate(container)
        for key, value in members:
            rank = above
            if rank < EVERYTHING:
                rank = max(rank, ranks[beside.get(key, key if named else "$type")])
            kind = type(value)
            if kind is dict and rank and (mask := _mask_of_bytes(value, hidden, sign)) is not None:
                container[key] = mask
            elif kind is dict or kind is list:
                containers.append((value, rank))
            elif rank and is_maskable(value, rank == EVERYTHING) and not (named and key == "$type"):
                if hidden is not None:
                    hidden.append(value)
                container[key] = sign or {"$masked": kind.__name__, "$size": len(str(value))}
            elif kind is str:
                texts[id(value)] = value
    return signs | sorts_in_all(texts.values())


_AT_ONCE = 20_000
"""Texts that are searched together."""


def is_given_key(name: str, value: Value) -> bool:
    """Whether a value holds the settings of a service of that name, its key included."""
    if type(value) is Map:
        return is_service(name) and any(type(key) is str and key in KEYS_OF_SERVICES for key in value.kv[:200:2])
    return type(value) is dict and _may_hold_key(value) and is_service(name)


def _may_hold_key(container: dict[str, Any]) -> bool:
    return "key" in container or "Key" in container or "KEY" in container


def _mask_keys_of_services(container: dict[str, Any], hidden: list[Any] | None, sign: str) -> None:
    """Mask the member `key` in the settings of a service: `openai: {key: …}`."""
    services = (each for name, each in container.items() if type(each) is dict and is_given_key(name, each))
    for given in services:
        for key in KEYS_OF_SERVICES.intersection(given):
            value = given[key]
            if is_maskable(value, False):
                if hidden is not None:
                    hidden.append(value)
                given[key] = sign or {"$masked": type(value).__name__, "$size": len(value)}


def _take_texts(container: Any, containers: list[tuple[Any, int]], texts: dict[int, str]) -> None:
    """Add what a container holds below no secret to the texts and to the containers that are left."""
    named = type(container) is dict
    # The name of a class is not a text, nor is a sign of ours.
    marker = (container.get("$type") or container.get("$error")) if named else None
    last = marker if type(marker) is str else None
    base64 = container.get("$base64") if named else None
    for value in container.values() if named else container:
        # A bomb has the same text, the same sign or the same reference a hundred thousand times.
        if value is last:
            continue
        kind = type(value)
        if kind is dict or kind is list:
            if value:
                containers.append((value, PLAIN))
            last = value
        elif kind is str and value is not base64:
            texts[id(value)] = last = value


def _mask_of_bytes(document: dict[str, Any], hidden: list[Any] | None, sign: str) -> Any:
    """The mask of bytes that are a secret, or a mask that is there already; None for any other document."""
    if is_mask(document):  # of a copy, which was masked when it was made
        return document
    base64 = document.get("$base64")
    if not isinstance(base64, str):
        return None
    if hidden is not None:
        hidden.append(base64)
    return sign or {"$masked": "bytes", "$size": document.get("$size", len(base64))}


_NO_TEXTS = frozenset(("$type", "$base64", "$error"))
"""Signs of a document whose texts are names of types, or bytes."""


def _mask_texts(holders: list[Any], maskers: Maskers, renamed: dict[str, str], hidden: list[Any] | None) -> None:
    """Mask the secrets inside the texts and the keys of documents, in place."""
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
                if len(value) < _SHORTEST or key in _NO_TEXTS:
                    continue
                text = latest[1] if value is latest[0] else known.get(value)
                if text is None:
                    text = masked_text(value, maskers) if secrets > 0 else _withheld(value, maskers)
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


def _withheld(text: str, maskers: Maskers) -> str:
    """The text to show where very many hold secrets: a mask where it has any sign of one."""
    return NOT_LOOKED_AT if any(sign in text for signs, _ in maskers for sign in signs) else text


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


def is_mask(document: Any) -> bool:
    """Whether a JSON value is a mask that `masked` put in the place of a secret."""
    return (
        type(document) is dict and document.keys() == {"$masked", "$size"}
        and document["$masked"] in _MASKED_KINDS and type(document["$size"]) is int
    )  # fmt: skip


_MASKED_KINDS = ("str", "bytes", "bytearray", "int", "float")
"""The types that a mask can name; a document with any other was written by its author."""


__all__ = [
    "EVERYTHING", "MASK", "PLAIN", "RUN_KWARGS", "SECRET", "hidden_by_place", "is_mask", "is_maskable",
    "is_secret_key", "mask_all", "masked", "masked_text", "secrecy",
]  # fmt: skip

PLAIN, SECRET, EVERYTHING = range(3)
"""How far a value is a secret: not at all; its texts; every scalar in it."""


def secrecy(name: str) -> int:
    """How far the value of a key with this name is a secret: `PLAIN`, `SECRET` or `EVERYTHING`."""
    if not is_secret_key(name):
        return EVERYTHING if name in RUN_KWARGS else PLAIN
    return EVERYTHING if may_be_number(name) else SECRET


def is_maskable(value: Any, everything: bool) -> bool:
    """Whether a leaf under a secret key is hidden: texts always, numbers only where everything is secret."""
    if isinstance(value, str | bytes | bytearray):
        return len(value) > 0
    return everything and isinstance(value, int | float) and not isinstance(value, bool)
