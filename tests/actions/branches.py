"""Stores of the sample data as their real objects show them, for tests of what a branch or a store is asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.oracle import AGENT_FRAMEWORK, expected, load_environment, real_objects

NEW = AGENT_FRAMEWORK / "1.23.0"
STORES = [NEW / name for name in ("fork", "loop", "orch_groupchat", "fork_hitl", "hitl_answered")]
PARTS = {"messages": "messages", "state": "state", "pending": "pending_request_info_events", "metadata": "metadata"}


def text(document: Any) -> str:
    """JSON that is the same for the same document, whatever the order of its keys."""
    return json.dumps(document, sort_keys=True)


@cache
def real(store: Path) -> dict[str, dict[str, Any]]:
    """Every checkpoint of a store with its pickles loaded for real, by id."""
    with load_environment():
        return {path.stem: real_objects(path) for path in store.glob("*.json")}


@cache
def documents(store: Path) -> dict[str, dict[str, Any]]:
    """What `show` must say of every checkpoint of a store, by id, made from the real objects."""
    with load_environment():
        return {
            name: {part: expected(found[key], part) for part, key in PARTS.items()}
            for name, found in real(store).items()
        }


def tips(store: Path) -> list[str]:
    """The checkpoints that have no child."""
    parents = {found["previous_checkpoint_id"] for found in real(store).values()}
    return [name for name in real(store) if name not in parents]


def ancestry(store: Path, tip: str) -> list[str]:
    """A checkpoint and all it descends from, root first."""
    found = []
    here: str | None = tip
    while here is not None:
        found.append(here)
        here = real(store)[here]["previous_checkpoint_id"]
    return found[::-1]


def branches() -> Iterator[tuple[Path, str]]:
    """Every store and each of its tips."""
    for store in STORES:
        for tip in tips(store):
            yield store, tip
