"""A summary of the masked secrets of a copy, by place, for the person who shares it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ckpt_tui.core.paths import Path, expression
from ckpt_tui.core.redact import MASK, is_mask
from ckpt_tui.core.sharing.machine_names import Cleaner
from ckpt_tui.core.text import counted

MANY = "[*]"

PLACES = 40
"""Places that are named; the others are counted."""


def hidden_places(document: Any) -> Counter[str]:
    """Path → how many secrets are masked there; the members of a list, and the runs of `run kwargs`, are one path."""
    found: Counter[str] = Counter()
    todo: list[tuple[Any, Path]] = [(document, ())]
    while todo:
        item, path = todo.pop()
        kind = type(item)
        if is_mask(item) or (kind is str and MASK in item):
            found[expression(path).replace("[0]", MANY)] += 1
        elif kind is dict:
            found.update(expression((*path, key)).replace("[0]", MANY) for key in item if MASK in key)
            todo += ((value, (*path, key)) for key, value in item.items())
        elif kind is list:
            todo += ((value, (*path, 0)) for value in item)  # all members as the first one
    return found


def summary_document(places: Counter[str], cleaner: Cleaner, revealed: list[str]) -> dict[str, Any]:
    """The summary for programs."""
    return {
        "secrets": [{"path": path, "count": count} for path, count in places.most_common(PLACES)],
        "secret_count": places.total(),
        "machine_paths": cleaner.paths,
        "machine_names": cleaner.names,
        "revealed": revealed,
    }


def summary_text(summary: dict[str, Any], most: int = 5) -> str:
    """The same in one line for people; zero counts are left out."""
    count, paths, names = summary["secret_count"], summary["machine_paths"], summary["machine_names"]
    parts = []
    if count:
        times: Counter[str] = Counter()  # several paths may be one where they are shortened
        for one in summary["secrets"]:
            times[_short(one["path"])] += one["count"]
        named = [path + (f" ×{number}" if number > 1 else "") for path, number in times.items()]
        more = f", and {counted(len(named) - most, 'more place')}" if len(named) > most else ""
        parts.append(f"{counted(count, 'secret')} masked ({', '.join(named[:most])}{more})")
    if paths:
        parts.append(f"{counted(paths, 'path')} of this machine shortened")
    if names:
        parts.append(f"{counted(names, 'name')} of users or hosts replaced")
    if summary["revealed"]:
        parts.append(f"shown on purpose: {', '.join(summary['revealed'])}")
    return " · ".join(parts) or "nothing had to be masked"


def _short(path: str) -> str:
    """A path by its first and its last step."""
    first, _, rest = path.partition(".")
    return path if len(path) <= _LONG else f"{first}.….{rest.rpartition('.')[2]}"


_LONG = 40
