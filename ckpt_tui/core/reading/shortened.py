"""A shorter JSON document, for programs that pay by length: only some members, some levels, nothing empty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.bookkeeping import is_bookkeeping
from ckpt_tui.core.reading.json_signs import sign_of
from ckpt_tui.core.redact import RUN_KWARGS

HEAD = ("schema", "checkpoint", "complete")
"""Members of a document of `show` that always stay."""

_WHOLE = (*HEAD, "requests", "warnings", "overview")
"""Members whose levels are not counted."""


def only(document: dict[str, Any], paths: Sequence[Path]) -> dict[str, Any]:
    """The document with only the values at these paths; an index of a list becomes a name.

    Paths without a value are left out.
    """
    made: dict[str, Any] = {name: document[name] for name in HEAD if name in document}
    for path in paths:
        _take(document, made, path)
    return made


def _take(source: Any, target: dict[str, Any], path: Path) -> None:
    steps: list[str] = []
    for number, step in enumerate(path):
        try:
            source = source[step]
        except (LookupError, TypeError):
            return
        steps.append(str(step))
        if number < len(path) - 1 and not isinstance(source, dict | list):
            return
    for name in steps[:-1]:
        inner = target.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        target = inner
    target[steps[-1]] = source


def cut_deeper(document: dict[str, Any], depth: int) -> dict[str, Any]:
    """The document with containers deeper than `depth` levels below its parts replaced by their type and length.

    `{"$cut": "Draft", "$members": 5}` stands for a mapping, an object or a list. `depth` 1 keeps the names of the
    own members of the parts.
    """
    made: dict[str, Any] = {}
    todo: list[tuple[Any, Any, Any, int]] = [
        (made, name, value, 10**6 if name in _WHOLE else depth) for name, value in reversed(document.items())
    ]
    made.update(dict.fromkeys(document))
    while todo:
        target, key, value, left = todo.pop()
        if not isinstance(value, dict | list) or not value or _is_leaf(value):
            target[key] = value
        elif left <= 0:
            target[key] = {"$cut": _kind(value), "$members": len(value) - ("$type" in value)}
        elif isinstance(value, dict):
            target[key] = inner = dict.fromkeys(value)
            todo += [(inner, name, one, left - 1) for name, one in value.items()]
        else:
            target[key] = listed = [None] * len(value)
            todo += [(listed, index, one, left - 1) for index, one in enumerate(value)]
    return made


def _is_leaf(value: Any) -> bool:
    return isinstance(value, dict) and sign_of(value) != ""


def _kind(value: Any) -> str:
    if isinstance(value, list):
        return "list"
    name = value.get("$type")
    return name.rpartition(":")[2] if isinstance(name, str) else "dict"


def compact(document: dict[str, Any]) -> dict[str, Any]:
    """The document without nulls, empty containers and bookkeeping, types by their last name; `HEAD` stays as it is."""
    kept_whole = {name: document[name] for name in HEAD if name in document}
    holder: list[Any] = [None]
    todo: list[tuple[Any, Any, Any]] = [(holder, 0, {**document, **dict.fromkeys(kept_whole)})]
    order: list[tuple[Any, Any]] = []
    while todo:
        target, key, value = todo.pop()
        if isinstance(value, dict):
            names = frozenset(value)
            kept = {
                name: one
                for name, one in value.items()
                if one is not None and name not in RUN_KWARGS and not is_bookkeeping(name, one, names)
            }
            if isinstance(kept.get("$type"), str):
                kept["$type"] = kept["$type"].rpartition(":")[2]
            target[key] = made = dict.fromkeys(kept)
            todo += [(made, name, one) for name, one in kept.items()]
            order.append((target, key))
        elif isinstance(value, list):
            target[key] = listed = [None] * len(value)
            todo += [(listed, index, one) for index, one in enumerate(value)]
        else:
            target[key] = value
    # Inner containers come later: those that became empty go before the one around them is looked at.
    for target, key in reversed(order):
        made = target[key]
        for name in [name for name, one in made.items() if one in ({}, [])]:
            del made[name]
    return {**kept_whole, **holder[0]}
