"""The JSON document of `show`."""

import pytest

from ckpt_tui.core.budgets import NODE_WORK
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.core.show_document import show_document

REF = CheckpointRef("one", "one.json", "flow", "cafe", None, "2026-11-22T04:47:50+00:00", 0.0, 3, 400)


def test_secrets_are_masked_unless_revealed() -> None:
    state = {"api_key": "s3cret", "topic": "kettles"}
    checkpoint = Checkpoint(REF, {}, state, {}, {}, ("w",), ("f",), b"")
    document = show_document(checkpoint, "run")
    assert document["state"] == {"api_key": {"$masked": "str", "$size": 6}, "topic": "kettles"}
    assert document["warnings"] == ["w", "f"]
    assert document["checkpoint"]["run"] == "run"
    assert show_document(checkpoint, reveal=True)["state"] == state


def test_parts_of_the_wrong_shape_are_shown_as_they_are() -> None:
    checkpoint = Checkpoint(REF, [1, 2], "text", 3, None, (), (), b"")
    document = show_document(checkpoint)
    assert [document[part] for part in ("messages", "state", "pending", "metadata")] == [[1, 2], "text", 3, None]
    assert document["requests"] == []


def test_masking_leaves_small_values_of_the_checkpoint_as_they_are() -> None:
    state = {"a": {"rows": [{"api_key": "s3cret"}, {"api_key": "0ther"}]}, "b": [["password=hunter2"], {"x": {}}]}
    checkpoint = Checkpoint(REF, {}, state, {}, {}, (), (), b"")
    document = show_document(checkpoint)
    assert document["state"]["a"]["rows"][1]["api_key"] == {"$masked": "str", "$size": 5}
    assert "hunter2" not in str(document["state"])
    assert state["a"] == {"rows": [{"api_key": "s3cret"}, {"api_key": "0ther"}]}
    assert state["b"] == [["password=hunter2"], {"x": {}}]
    assert show_document(checkpoint, reveal=True)["state"] == state


def test_small_values_of_a_file_count_like_any_other() -> None:
    rows = {f"row {number}": {"n": number, "of": [number, None]} for number in range(2_000)}
    checkpoint = Checkpoint(REF, {}, rows, {}, {}, (), (), b"")
    few = DocumentBudget(0.02)
    document = show_document(checkpoint, budget=few)
    assert not document["complete"] and few.is_cut and few.left < few.total / 50
    whole = DocumentBudget()
    assert show_document(checkpoint, budget=whole)["state"] == rows
    # For each row a dict of two and a list of two, with two names and the row's own.
    assert whole.total - whole.left == pytest.approx(2_000 * (6 + 5 + 1.5) * NODE_WORK, rel=0.01)
