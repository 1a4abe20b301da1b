"""Which values are secrets by where they stand, and a document with them masked.

Agent Framework writes the keyword arguments of a run, tokens included, into every checkpoint in clear text.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

RUN_KWARGS = frozenset({"_workflow_run_kwargs", "_resolved_workflow_run_kwargs", "_routed_workflow_run_kwargs"})
"""State keys under which every leaf is masked. Source: agent_framework/_workflows/_const.py."""

_WORDS = frozenset((
    "token", "password", "passwd", "passphrase", "secret", "secrets", "passwords", "credential", "credentials",
    "authorization", "bearer", "cookie", "apikey", "privatekey", "accesskey", "jwt",
))  # fmt: skip
_PAIRS = frozenset(("api key", "private key", "access key", "secret key", "session key", "signing key", "conn string"))
_SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")


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
    tasks: list[tuple[Any, Any, bool, bool]] = [(holder, 0, False, False)]
    while tasks:
        container, key, secret, everything = tasks.pop()
        value = container[key]
        if isinstance(value, dict):
            base64 = value.get("$base64")
            if secret and isinstance(base64, str):
                container[key] = {"$masked": "bytes", "$size": value.get("$size", len(base64))}
                continue
            for name in value:
                if name == "$type":
                    continue
                below = secret or is_secret_key(name)
                all_below = everything or name in RUN_KWARGS
                tasks.append((value, name, below or all_below, all_below))
        elif isinstance(value, list):
            pair = len(value) == 2 and isinstance(value[0], str) and is_secret_key(value[0])
            tasks.extend((value, index, secret or (pair and index == 1), everything) for index in range(len(value)))
        elif secret and is_maskable(value, everything):
            container[key] = {"$masked": type(value).__name__, "$size": len(str(value))}
    return holder[0]


def is_maskable(value: Any, everything: bool) -> bool:
    """Whether a leaf under a secret key is hidden: texts always, numbers only where everything is secret."""
    if isinstance(value, str | bytes | bytearray):
        return len(value) > 0
    return everything and isinstance(value, int | float) and not isinstance(value, bool)
