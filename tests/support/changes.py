"""What a list of changes means, stated on JSON documents: applied to the first document they give the second."""

import copy
import json
from collections.abc import Iterable
from typing import Any

from ckpt_tui.core.diff.changes import Change
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.to_json import to_json

Json = Any


def applied(document: Json, changes: Iterable[Change]) -> Json:
    """The document with the changes made: what goes is taken out last to first, what comes is put in first to last."""
    holder = {"": copy.deepcopy(document)}
    changes = list(changes)
    taken: dict[Path, Json] = {}
    going = [change.path for change in changes if change.op == "removed"]
    going += [origin(change) for change in changes if change.op == "moved"]
    for path in sorted(going, key=_rank, reverse=True):
        container, step = _container(holder, path)
        taken[path] = container[step]
        del container[step]
    coming = [change for change in changes if change.op in ("added", "moved")]
    for change in sorted(coming, key=lambda change: _rank(change.path)):
        value = taken[origin(change)] if change.op == "moved" else to_json(change.after)
        container, step = _container(holder, change.path)
        if isinstance(container, list):
            container.insert(step, value)
        else:
            container[step] = value
    for change in changes:
        if change.op == "changed":
            container, step = _container(holder, change.path)
            container[step] = to_json(change.after)
    return holder[""]


def origin(change: Change) -> Path:
    """Where the value of a change was in the first document."""
    return change.path if change.source is None else change.source


def _container(holder: dict[str, Json], path: Path) -> tuple[Any, Any]:
    here: Any = holder
    steps = ("", *path)
    for step in steps[:-1]:
        here = here[step]
    return here, steps[-1]


def _rank(path: Path) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, step, "") if isinstance(step, int) else (1, 0, step) for step in path)


def unordered(document: Json) -> str:
    """A text that is the same for two documents that differ in the order of sets, keys and entries alone."""
    if isinstance(document, list):
        return f"[{','.join(map(unordered, document))}]"
    if not isinstance(document, dict):
        return json.dumps(document)
    parts = []
    for key, value in sorted(document.items()):
        if key == "$entries" or (key == "$items" and document.get("$type") in ("builtins:set", "builtins:frozenset")):
            text = f"[{','.join(sorted(map(unordered, value)))}]"
        else:
            text = unordered(value)
        parts.append(f"{json.dumps(key)}:{text}")
    return f"{{{','.join(parts)}}}"
