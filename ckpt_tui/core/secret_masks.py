"""What stands in a document for a value that is a secret: `{"$masked": type name, "$size": length}`."""

from __future__ import annotations

from typing import Any


def is_mask(document: Any) -> bool:
    """Whether a JSON value is a mask that `masked` put in the place of a secret."""
    return (
        type(document) is dict and document.keys() == {"$masked", "$size"}
        and document["$masked"] in _MASKED_KINDS and type(document["$size"]) is int
    )  # fmt: skip


_MASKED_KINDS = ("str", "bytes", "bytearray", "int", "float")
"""What a mask says that it hides; anything else is what the author of a document wrote."""


def is_maskable(value: Any, everything: bool) -> bool:
    """Whether a leaf under a secret key is hidden: texts always, numbers only where everything is secret."""
    if isinstance(value, str | bytes | bytearray):
        return len(value) > 0
    return everything and isinstance(value, int | float) and not isinstance(value, bool)


class Masks:
    """What stands for the secrets of a document; one object for all that look the same.

    Args:
        hidden: Gets what is masked.
        sign: A text to put in its place; "" for the usual mask.
    """

    def __init__(self, hidden: list[Any] | None, sign: str) -> None:
        self._hidden = hidden
        self._sign = sign
        self._known: dict[tuple[str, int], dict[str, Any]] = {}

    def of(self, value: Any) -> Any:
        """What stands for a text or a number."""
        return self._mask(value, type(value).__name__, len(str(value)))

    def of_bytes(self, document: dict[str, Any]) -> Any:
        """What stands for bytes, or is a mask already; None for any other document."""
        if is_mask(document):  # of a copy, which was masked when it was made
            return document
        base64 = document.get("$base64")
        if not isinstance(base64, str):
            return None
        return self._mask(base64, "bytes", document.get("$size", len(base64)))

    def _mask(self, value: Any, kind: str, size: Any) -> Any:
        if self._hidden is not None:
            self._hidden.append(value)
        if self._sign:
            return self._sign
        if type(size) is not int:  # the author of a document may have written anything
            return {"$masked": kind, "$size": size}
        return self._known.setdefault((kind, size), {"$masked": kind, "$size": size})
