"""The checkpoints of a session: those that it wrote, and those of the store that it began from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.reading.pending import requests
from ckpt_tui.core.runs.short_ids import own_id, short_id
from ckpt_tui.errors import CkptError, UsageError
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.registry import open_store


def find_checkpoint(name: str, directories: Iterable[str]) -> tuple[Checkpoint, str]:
    """A checkpoint by its id or the beginning of one, and the directory that holds it.

    Args:
        name: The id, or its beginning.
        directories: The directories or databases to look in; "" is passed over.

    Raises:
        CkptError: there is none, or several, or it cannot be read.
    """
    places = dict.fromkeys(each for each in directories if each)
    found = [(directory, file) for directory in places for file in _files(directory, name)]
    if not found:
        raise UsageError(f"This session has no checkpoint {name}.", "`ckpt-tui ls` lists them.")
    exact = [each for each in found if each[1] in (f"{name}.json", name)] or found
    if len({file for _, file in exact}) > 1 or (len(exact) > 1 and os.path.isdir(exact[0][0])):
        raise UsageError(f"{name} is the beginning of {len(exact)} ids.", "Give more characters of the id.")
    directory, file = exact[0]
    return open_store(directory).load(file, everything=True), directory


def newest_in(database: str) -> str:
    """The id of the newest checkpoint in a database, graphs within the graph left out; "" where there is none."""
    try:
        entries = collect(open_store(database).scan()).values()
    except CkptError:
        return ""
    names = [each.id for each in entries if isinstance(each, CheckpointRef) and each.id.count("/") == 1]
    return max(names, key=own_id, default="")  # such ids begin with the time


def following(checkpoint: Checkpoint, edges: Iterable[Mapping[str, Any]]) -> list[str]:
    """The executors that may be called after a checkpoint, by the messages in it; conditions of edges are ignored.

    Args:
        checkpoint: The checkpoint.
        edges: Those of the workflow, as the line `graph` has them.
    """
    known = list(edges)
    kept = members(checkpoint.messages)
    sources = {kept[index].label for index in range(len(kept)) if len(members(kept[index].value))}
    found: dict[str, None] = {}
    for source in sorted(sources):
        if source.startswith("internal:"):
            found[source.removeprefix("internal:")] = None
        for edge in known:
            others = {str(each["source"]) for each in known if each["target"] == edge["target"]}
            if edge["source"] == source and (edge["group"] != "FanInEdgeGroup" or others <= sources):
                found[str(edge["target"])] = None
    return list(found)


def waiting(checkpoint: Checkpoint) -> list[str]:
    """The executors whose requests wait in a checkpoint."""
    return [request.executor for request in requests(checkpoint.pending)]


def _files(directory: str, name: str) -> list[str]:
    if os.path.isfile(directory):  # a database, which holds copies of what a run began from, too
        known = [each for each in collect(open_store(directory).scan()) if name]
        return [each for each in known if each.startswith(name) or name in (own_id(each), short_id(each))]
    try:
        return [each for each in os.listdir(directory) if name and each.startswith(name) and each.endswith(".json")]
    except OSError:
        return []
