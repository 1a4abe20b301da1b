"""(i) What changed between two decoded states of 1 MB, 1 % of it changed, to deepdiff on the same values."""

from __future__ import annotations

import json
import random
import time
from functools import partial
from pathlib import Path
from typing import Any

from deepdiff import DeepDiff

from ckpt_tui.core.diff.value_diff import diff
from tests.benchmarks.figures import Figure, in_turns, ms

TIMES = 30
"""How many times faster than deepdiff it is to be."""

ROWS = 4_500
"""Rows of a state: with a table of settings, about a megabyte of JSON."""


def run(directory: Path) -> list[Figure]:
    """Rows with ids, rows without, conversations; and a row put in at the front."""
    figures = []
    for what, state in (
        ("rows with ids", rows(True)),
        ("rows without ids", rows(False)),
        ("nested documents", nested()),
    ):
        before, after = json.loads(json.dumps(state)), json.loads(json.dumps(changed(state)))
        assert 800_000 < len(json.dumps(before)) < 1_200_000
        found = diff({"state": before}, {"state": after})
        assert found.incomplete == ""
        ours, peer = in_turns(partial(_ours, before, after), partial(_peer, before, after), runs=3)
        figures.append(
            Figure(
                f"diff of 1 MB, {what}, {len(found.changes)} of {leaves(before):,} values changed, to deepdiff",
                ms(ours), ms(peer), f"{peer / ours:.0f}× faster", f"≥ {TIMES}×", peer / ours >= TIMES,
            )
        )  # fmt: skip
    before = rows(False)
    after = {**before, "rows": [{"text": "new"}, *before["rows"]]}
    assert [change.op for change in diff({"state": before}, {"state": after}).changes] == ["added"]
    (ours,) = in_turns(partial(_ours, before, after))
    figures.append(Figure("the same with one row put in at the front: one addition", ms(ours)))
    return figures


def rows(with_ids: bool) -> dict[str, Any]:
    """A state of records, as a workflow that works through a table keeps them."""
    chance = random.Random(1)
    found = []
    for index in range(ROWS):
        row = {
            "text": f"What was said in row {index}, in the words of whoever said it.", "score": chance.random(),
            "done": index % 2 == 0, "tags": ["a", "b", f"tag{index % 7}"], "note": None, "round": index * 3,
            "owner": f"worker{index % 11}", "cost": index / 7,
        }  # fmt: skip
        found.append({"id": index, **row} if with_ids else row)
    return {"rows": found, "settings": {f"key{index}": index for index in range(200)}}


def nested() -> dict[str, Any]:
    """A state of documents within documents, by name."""
    chance = random.Random(2)

    def document(depth: int) -> dict[str, Any]:
        leaves = {f"value{index}": chance.random() if index % 2 else f"text {chance.random()}" for index in range(8)}
        return leaves if not depth else {**leaves, **{f"part{index}": document(depth - 1) for index in range(6)}}

    return {"documents": {f"document{index}": document(3) for index in range(13)}}


def changed(state: Any) -> Any:
    """A copy with one value in a hundred changed."""
    chance = random.Random(3)

    def copy(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: copy(member, name) for name, member in value.items()}
        if isinstance(value, list):
            return [copy(member) for member in value]
        if key == "id" or chance.random() >= 0.01:
            return value
        return f"{value} and more" if isinstance(value, str) else chance.random()

    return copy(state)


def leaves(value: Any) -> int:
    """Values that have no members."""
    if isinstance(value, dict):
        return sum(leaves(member) for member in value.values())
    return sum(leaves(member) for member in value) if isinstance(value, list) else 1


def _ours(before: Any, after: Any) -> float:
    began = time.process_time()
    diff({"state": before}, {"state": after})
    return time.process_time() - began


def _peer(before: Any, after: Any) -> float:
    began = time.process_time()
    DeepDiff(before, after)
    return time.process_time() - began
