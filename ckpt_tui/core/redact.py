"""Which values are secrets by where they stand, and a document with them masked.

Agent Framework writes the keyword arguments of a run, tokens included, into every checkpoint in clear text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

RUN_KWARGS = frozenset({"_workflow_run_kwargs", "_resolved_workflow_run_kwargs", "_routed_workflow_run_kwargs"})
"""State keys under which every leaf is masked. Source: agent_framework/_workflows/_const.py."""

_WORDS = frozenset((
    "token", "password", "passwd", "passphrase", "secret", "secrets", "passwords", "credential", "credentials",
    "authorization", "bearer", "cookie", "apikey", "privatekey", "accesskey", "jwt",
))  # fmt: skip
_PAIRS = frozenset(("api key", "private key", "access key", "secret key", "session key", "signing key", "conn string"))
_HINTS = ("token", "pass", "secret", "credential", "authorization", "bearer", "cookie", "key", "jwt", "string")
_HINT = re.compile("|".join(_HINTS), re.IGNORECASE)
"""A part of every such name: most names have none, and need no splitting."""
_SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=4096)  # the same few names come again and again: a hundred times faster than splitting each
def is_secret_key(name: str) -> bool:
    """Whether a key's name says that its value is a secret: `api_key`, `authToken`, `X-Authorization`.

    Plural `tokens` counts words of a text far more often than keys to a door and is not meant.
    """
    if len(name) > 200 or not _HINT.search(name):
        return False
    words = [word.lower() for word in _SPLIT.split(name) if word]
    if not _WORDS.isdisjoint(words):
        # token_count, token_type, max_token: a number or a kind, not the token.
        return words[-1] not in ("count", "type", "limit", "id", "usage", "name", "expiry", "budget")
    return any(f"{a} {b}" in _PAIRS for a, b in pairwise(words))


class _Ranks(dict[str, int]):
    """Name → how far its value is a secret, worked out when it is first asked for."""

    def __missing__(self, name: str) -> int:
        self[name] = rank = secrecy(name)
        return rank


_MANY = 1_000
"""Names that are looked through as one text: six times as fast where none of them is a secret's."""


def _has_secrets(container: dict[str, Any], ranks: _Ranks) -> bool:
    if len(container) > _MANY:
        names = "\n".join(container)
        if names.isascii() and not any(map(names.lower().__contains__, (*_HINTS, *RUN_KWARGS))):
            return False
    return any(map(ranks.__getitem__, container))


MASK = "••••••"
"""What people see in the place of a secret."""


def masked(document: Any, above: int = 0, hidden: list[Any] | None = None, sign: str = "") -> Any:
    """The same document with secrets masked in place: `{"$masked": type name, "$size": length}`.

    Args:
        document: What `plain` gives.
        above: How far it is a secret by where it stands (see `secrecy`).
        hidden: Gets the texts and numbers that were masked, and the base64 of bytes.
        sign: A text to put in their place instead.
    """
    holder = [document]
    ranks = _Ranks({"$type": PLAIN})
    containers: list[tuple[Any, int]] = [(holder, above)]
    while containers:
        container, above = containers.pop()
        named = type(container) is dict
        if above == PLAIN and (not _has_secrets(container, ranks) if named else not _is_pair(container)):
            last = None
            for value in container.values() if named else container:
                # A bomb has the same sign, or the same reference, a hundred thousand times.
                if (type(value) is dict or type(value) is list) and value is not last:
                    containers.append((value, PLAIN))
                    last = value
            continue
        second = "$type" if named or not _is_pair(container) else container[0]
        members: Iterable[tuple[Any, Any]] = container.items() if named else enumerate(container)
        for key, value in members:
            rank = above
            if rank < EVERYTHING:
                rank = max(rank, ranks[key if named else second if key == 1 else "$type"])
            if type(value) is dict:
                base64 = value.get("$base64") if rank else None
                if isinstance(base64, str):
                    if hidden is not None:
                        hidden.append(base64)
                    container[key] = sign or {"$masked": "bytes", "$size": value.get("$size", len(base64))}
                elif value:
                    containers.append((value, rank))
            elif type(value) is list:
                containers.append((value, rank))
            elif rank and is_maskable(value, rank == EVERYTHING) and not (named and key == "$type"):
                if hidden is not None:
                    hidden.append(value)
                container[key] = sign or {"$masked": type(value).__name__, "$size": len(str(value))}
    return holder[0]


def is_mask(document: Any) -> bool:
    """Whether JSON stands for a secret that `masked` hid."""
    return type(document) is dict and document.keys() == {"$masked", "$size"}


_RAW_HINT = re.compile("|".join((*_HINTS, "run_kwargs", r"\\u")), re.IGNORECASE)
"""What a line has that needs to be looked at: a part of a name, or letters of a name that are written as escapes."""

_RAW_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*+")(?=\s*:)|(?P<text>"(?:[^"\\]|\\.)*+(?:"|\Z))|(?P<open>[\[{])|(?P<close>[\]}])'
    r"|(?P<other>[^\s,:\[\]{}\"]+)"
)
"""A key; a text, which may be cut off; brackets; a number or a word."""

_RAW_MASK = f'"{MASK}"'
_WORDS_OF_JSON = frozenset(("true", "false", "null"))


def masked_lines(lines: Iterable[str]) -> Iterator[str]:
    """The lines of a JSON file with secrets masked, for people, whatever its layout; no longer JSON of the same values.

    What is masked is what `masked` masks, save that a list of two is no key and its value.
    """
    mask = _RawMask()
    for line in lines:
        yield mask.line(line) if mask.is_open or _RAW_HINT.search(line) else line


class _RawMask:
    """Goes through the lines of a JSON file and knows whether it is within a secret."""

    def __init__(self) -> None:
        self._open: list[int] = []  # how far each bracket that is open below a secret holds one
        self._due: int | None = None  # how far the value of the last key is a secret; None when no value is due

    @property
    def is_open(self) -> bool:
        """Whether the next line needs to be looked at whatever is in it."""
        return bool(self._open or self._due)

    def line(self, text: str) -> str:
        """The next line, masked."""
        return _RAW_TOKEN.sub(self._token, text)

    def _token(self, match: re.Match[str]) -> str:
        token, kind = match[0], match.lastgroup
        here = self._open[-1] if self._open else PLAIN
        if kind == "key":
            self._due = max(here, secrecy(_name_of(token)))
            return token
        if kind == "close":
            self._open[-1:] = []
            self._due = None
            return token
        rank, self._due = here if self._due is None else self._due, None
        if kind == "open":
            if rank:
                self._open.append(rank)
            return token
        if kind == "text":
            return _RAW_MASK if rank and len(token) > 2 else token
        return _RAW_MASK if rank == EVERYTHING and token not in _WORDS_OF_JSON else token


def _name_of(key: str) -> str:
    """The name that a key of JSON spells."""
    if "\\" not in key:
        return key[1:-1]
    try:
        return str(json.loads(key))
    except ValueError:
        return key[1:-1]


PLAIN, SECRET, EVERYTHING = range(3)
"""How far a value is a secret: not at all; its texts; every scalar in it."""


def secrecy(name: str) -> int:
    """How far the value of a key with this name is a secret: `PLAIN`, `SECRET` or `EVERYTHING`."""
    return EVERYTHING if name in RUN_KWARGS else SECRET if is_secret_key(name) else PLAIN


def _is_pair(container: list[Any]) -> bool:
    """Whether a list may be a key and its value."""
    return len(container) == 2 and isinstance(container[0], str)


def is_maskable(value: Any, everything: bool) -> bool:
    """Whether a leaf under a secret key is hidden: texts always, numbers only where everything is secret."""
    if isinstance(value, str | bytes | bytearray):
        return len(value) > 0
    return everything and isinstance(value, int | float) and not isinstance(value, bool)
