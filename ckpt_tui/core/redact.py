"""Which values are secrets by where they stand, and a document with them masked.

Agent Framework writes the keyword arguments of a run, tokens included, into every checkpoint in clear text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_SIGN = frozenset(("$error", "$size"))
"""The keys of a sign that something was cut: it holds no secret, and a document may have a million of them."""
_SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")


@lru_cache(maxsize=4096)  # the same few names come again and again: a hundred times faster than splitting each
def is_secret_key(name: str) -> bool:
    """Whether a key's name says that its value is a secret: `api_key`, `authToken`, `X-Authorization`.

    Plural `tokens` counts words of a text far more often than keys to a door and is not meant.
    """
    if len(name) > 200:
        return False
    words = [word.lower() for word in _SPLIT.split(name) if word]
    if not _WORDS.isdisjoint(words):
        # token_count, token_type, max_token: a number or a kind, not the token.
        return words[-1] not in ("count", "type", "limit", "id", "usage", "name", "expiry", "budget")
    return any(f"{a} {b}" in _PAIRS for a, b in pairwise(words))


def masked(document: Any) -> Any:
    """The same document with secrets masked in place: `{"$masked": type name, "$size": length}`."""
    holder = [document]
    containers: list[tuple[Any, bool, bool]] = [(holder, False, False)]
    while containers:
        container, secret, everything = containers.pop()
        for key, value, below, all_below in _members(container, secret, everything):
            if isinstance(value, dict):
                if not below and value.keys() <= _SIGN:
                    continue
                base64 = value.get("$base64")
                if below and isinstance(base64, str):
                    container[key] = {"$masked": "bytes", "$size": value.get("$size", len(base64))}
                else:
                    containers.append((value, below, all_below))
            elif isinstance(value, list):
                containers.append((value, below, all_below))
            elif below and is_maskable(value, all_below):
                container[key] = {"$masked": type(value).__name__, "$size": len(str(value))}
    return holder[0]


def _members(container: Any, secret: bool, everything: bool) -> Iterator[tuple[Any, Any, bool, bool]]:
    """Key, value, whether it is a secret, and whether everything below it is."""
    if isinstance(container, list):
        pair = len(container) == 2 and isinstance(container[0], str)
        named = pair and is_secret_key(container[0])
        kwargs = pair and container[0] in RUN_KWARGS
        for index, value in enumerate(container):
            last = pair and index == 1
            yield index, value, secret or (last and (named or kwargs)), everything or (last and kwargs)
        return
    for name, value in container.items():
        if name != "$type":
            kwargs = name in RUN_KWARGS
            yield name, value, secret or kwargs or is_secret_key(name), everything or kwargs


def is_maskable(value: Any, everything: bool) -> bool:
    """Whether a leaf under a secret key is hidden: texts always, numbers only where everything is secret."""
    if isinstance(value, str | bytes | bytearray):
        return len(value) > 0
    return everything and isinstance(value, int | float) and not isinstance(value, bool)
