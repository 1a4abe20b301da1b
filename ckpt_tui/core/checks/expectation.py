"""What a value must be: the words of a check, each with what it means for a value of the JSON of `show`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
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
            found = f", but {_type_name(value)}" if word == "type" else ""
            return f"it {_VERBS[word]} {written(wanted)}{found}"
    return ""


def written(value: Any) -> str:
    """A value as it reads in a file of checks; texts are in quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return repr(value)


def _equals(value: Any, wanted: Any) -> bool:
    if not isinstance(wanted, dict):
        value = _text_of(value)
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if isinstance(wanted, date | time):
        return _is_time(value, wanted)
    if isinstance(wanted, list):
        value = items_of(value)
        is_list = isinstance(value, list) and len(value) == len(wanted)
        return is_list and all(map(_equals, value, wanted))
    return bool(value == wanted)


def _text_of(value: Any) -> Any:
    """What a date, an enumeration and the like are written as; any other value itself."""
    return value["$value"] if isinstance(value, dict) and value.keys() == {"$type", "$value"} else value


def _is_time(value: Any, wanted: date | time) -> bool:
    """Whether a text is this date or time: TOML has them without quotes."""
    try:
        return isinstance(value, str) and type(wanted).fromisoformat(value) == wanted
    except ValueError:
        return False


def items_of(value: Any) -> Any:
    """The members of a tuple, a set or the like as a list; any other value itself."""
    return value["$items"] if isinstance(value, dict) and value.keys() == {"$type", "$items"} else value


def _contains(value: Any, wanted: Any) -> bool:
    value = _text_of(value)
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
    value = _text_of(value)
    return isinstance(value, str) and re.search(wanted, value) is not None


def _is_type(value: Any, wanted: str) -> bool:
    name = _type_name(value)
    return wanted in (name, name.rpartition(":")[2])


def _type_name(value: Any) -> str:
    """The type of a value in Python, as `show` names it: `str`, `module:Class`."""
    name = value.get("$type") if isinstance(value, dict) else None
    return name if isinstance(name, str) else type(value).__name__


_WORDS: dict[str, Callable[[Any, Any], bool]] = {
    "equals": _equals, "one_of": lambda value, wanted: any(_equals(value, one) for one in wanted),
    "contains": _contains, "matches": _matches, "at_least": _at_least, "at_most": _at_most, "type": _is_type,
}  # fmt: skip
_VERBS = {
    "equals": "does not equal", "one_of": "is not one of", "contains": "does not contain", "matches": "does not match",
    "at_least": "does not reach", "at_most": "is above", "type": "does not have the type",
}  # fmt: skip
