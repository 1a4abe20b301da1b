"""What a value must be: the words of a check, each with what it means for a value of the JSON of `show`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any


def why_not(value: Any, words: Mapping[str, Any]) -> str:
    """Why a value is not what it should be, in a few words; "" where it is."""
    for word, wanted in words.items():
        if word == "exists":
            if (value is not None) != wanted:
                return "nothing is there" if wanted else "it is there"
        elif value is None and wanted is not None:
            return "nothing is there"
        elif not _WORDS[word](value, wanted):
            return f"it {_VERBS[word]} {wanted!r}"
    return ""


def _equals(value: Any, wanted: Any) -> bool:
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if isinstance(value, dict) and value.keys() == {"$type", "$value"} and not isinstance(wanted, dict):
        value = value["$value"]
    if isinstance(wanted, list):
        value = items_of(value)
    return bool(value == wanted)


def items_of(value: Any) -> Any:
    """The members of a tuple, a set or the like as a list; any other value itself."""
    return value["$items"] if isinstance(value, dict) and value.keys() == {"$type", "$items"} else value


def _contains(value: Any, wanted: Any) -> bool:
    if isinstance(value, str):
        return isinstance(wanted, str) and wanted in value
    value = items_of(value)
    return isinstance(value, list | dict) and any(_equals(one, wanted) for one in value)


def _number(value: Any) -> float | None:
    if isinstance(value, dict):
        value = value.get("$value")
    try:
        return float(value) if not isinstance(value, bool) else None
    except (TypeError, ValueError):
        return None


def _at_least(value: Any, wanted: float) -> bool:
    return (number := _number(value)) is not None and number >= wanted


def _at_most(value: Any, wanted: float) -> bool:
    return (number := _number(value)) is not None and number <= wanted


def _matches(value: Any, wanted: str) -> bool:
    return isinstance(value, str) and re.search(wanted, value) is not None


def _is_type(value: Any, wanted: str) -> bool:
    name = value.get("$type") if isinstance(value, dict) else type(value).__name__
    return isinstance(name, str) and wanted in (name, name.rpartition(":")[2])


_WORDS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": _equals, "one_of": lambda value, wanted: any(_equals(value, one) for one in wanted),
    "contains": _contains, "matches": _matches, "at_least": _at_least, "at_most": _at_most, "type": _is_type,
}  # fmt: skip
_VERBS = {
    "equals": "does not equal", "one_of": "is not one of", "contains": "does not contain", "matches": "does not match",
    "at_least": "does not reach", "at_most": "is above", "type": "does not have the type",
}  # fmt: skip
