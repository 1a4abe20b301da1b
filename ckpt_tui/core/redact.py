"""Which values are secrets by where they stand, and a document with them masked.

Agent Framework writes the keyword arguments of a run, tokens included, into every checkpoint in clear text.
"""

from __future__ import annotations

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


def masked(document: Any, above: int = 0) -> Any:
    """The same document with secrets masked in place: `{"$masked": type name, "$size": length}`.

    Args:
        document: What `plain` gives.
        above: How far it is a secret by where it stands (see `secrecy`).
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
                    container[key] = {"$masked": "bytes", "$size": value.get("$size", len(base64))}
                elif value:
                    containers.append((value, rank))
            elif type(value) is list:
                containers.append((value, rank))
            elif rank and is_maskable(value, rank == EVERYTHING) and not (named and key == "$type"):
                container[key] = {"$masked": type(value).__name__, "$size": len(str(value))}
    return holder[0]


_RAW_MEMBER = re.compile(r'"((?:[^"\\]|\\.){1,200})"(\s*:\s*)("(?:[^"\\]|\\.)*"?|-?[\w.+-]+)?')
_RAW_SCALAR = re.compile(r'"(?:[^"\\]|\\.)*+(?:"(?!\s*:)|\Z)|("(?:[^"\\]|\\.)*+")|-?\d[\w.+-]*')
"""A text that is no key, or is cut off; a key; a number."""

_RAW_MASK = '"••••••"'


def is_mask(document: Any) -> bool:
    """Whether JSON stands for a secret that `masked` hid."""
    return type(document) is dict and document.keys() == {"$masked", "$size"}


def masked_lines(lines: Iterable[str]) -> Iterator[str]:
    """The lines of a JSON file with secrets masked, for people; no longer JSON of the same values.

    In the framework's layout all that stands below the arguments of a run is masked; in any other layout, the rest of
    the line that begins them.
    """
    below: int | None = None  # how far the line is indented that began the arguments of a run
    for line in lines:
        indent = len(line) - len(line.lstrip(" "))
        if below is not None and indent > below:
            yield _RAW_SCALAR.sub(_masked_scalar, line)
            continue
        below = None
        start = min((at for name in RUN_KWARGS if (at := line.find(f'"{name}"')) >= 0), default=-1)
        if start < 0:
            yield _RAW_MEMBER.sub(_masked_member, line) if _HINT.search(line) else line
            continue
        head, rest = line[:start], line[start:]
        name, colon, value = rest.partition(":")
        below = indent if value.strip() in ("{", "[") else None
        yield _RAW_MEMBER.sub(_masked_member, head) + name + colon + _RAW_SCALAR.sub(_masked_scalar, value)


def _masked_scalar(match: re.Match[str]) -> str:
    return match[1] or _RAW_MASK


def _masked_member(match: re.Match[str]) -> str:
    value = match[3]
    if value is None or value == '""' or not value.startswith('"') or not is_secret_key(match[1]):
        return match[0]
    return f'"{match[1]}"{match[2]}{_RAW_MASK}'


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
