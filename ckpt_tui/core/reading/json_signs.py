"""The signs in JSON that stand for what JSON cannot hold, hides or leaves out: see docs/cli.md, "JSON of values".

A document may hold an object of the same names that its author wrote: it is a sign only with members as we write them.
"""

from __future__ import annotations

from typing import Any

from ckpt_tui.core.redact import is_mask

_NAMES = {
    frozenset(("$type", "$value")): "$value",
    frozenset(("$masked", "$size")): "$masked",
    frozenset(("$cut", "$members")): "$cut",
    frozenset(("$ref",)): "$ref",
    frozenset(("$error",)): "$error",
    frozenset(("$error", "$size")): "$error",
    frozenset(("$type", "$error")): "$error",
    frozenset(("$type", "$error", "$size")): "$error",
    frozenset(("$type", "$base64", "$size")): "$base64",
}
"""The members of each sign, and the one by which it is called."""

_TEXTS = ("$type", "$masked", "$cut", "$ref", "$error", "$base64")
_NUMBERS = ("$size", "$members")


def sign_of(document: dict[str, Any]) -> str:
    """Which sign an object is: "$value", "$masked", "$cut", "$ref", "$error", "$base64", or "" for none.

    The value of a "$value" is no container, but may be a mask.
    """
    if not 0 < len(document) <= 3:
        return ""
    name = _NAMES.get(frozenset(document), "")
    if not name:
        return ""
    for member, value in document.items():
        kind = type(value)
        if (member in _TEXTS and kind is not str) or (member in _NUMBERS and kind is not int):
            return ""
        if member == "$value" and kind in (dict, list) and not is_mask(value):
            return ""
    return name if name != "$masked" or is_mask(document) else ""
