"""Pairs the random ids of the same requests in two runs of one workflow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ckpt_tui.core.matching.identity import is_random
from ckpt_tui.core.steps.snapshots import Snapshot

Kind = tuple[str, str]
"""The executor that asks, and the type of the data."""


def equal_ids(recorded: Iterable[Snapshot], later: Iterable[Snapshot]) -> dict[str, str]:
    """The random ids of a recorded run's requests → those of the same requests in a later run.

    Requests are the same that one executor makes for one type of data, counted along the branch.
    """
    found = _asked(later)
    return {
        one: other
        for kind, ids in _asked(recorded).items()
        for one, other in zip(ids, found.get(kind, ()), strict=False)
    }


def _asked(snapshots: Iterable[Snapshot]) -> Mapping[Kind, list[str]]:
    """The random ids of requests, by what asks for what, in the order in which they come up."""
    found: defaultdict[Kind, list[str]] = defaultdict(list)
    seen: set[str] = set()
    for snapshot in snapshots:
        for name, request in snapshot.requests.items():
            if name not in seen and is_random(name):
                seen.add(name)
                found[request.executor, request.request_type].append(name)
    return found


def renamed(document: Any, names: Mapping[str, str]) -> Any:
    """A JSON document with these texts replaced, wherever one is a whole key or value."""
    holder: list[Any] = [document]
    todo: list[tuple[Any, Any, Any]] = [(holder, 0, document)]
    while todo:
        target, key, value = todo.pop()
        if isinstance(value, dict):
            target[key] = made = {names.get(name, name): None for name in value}
            todo += [(made, names.get(name, name), one) for name, one in value.items()]
        elif isinstance(value, list):
            target[key] = listed = [None] * len(value)
            todo += [(listed, index, one) for index, one in enumerate(value)]
        else:
            target[key] = names.get(value, value) if isinstance(value, str) else value
    return holder[0]
