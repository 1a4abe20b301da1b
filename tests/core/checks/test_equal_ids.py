"""Requests of two runs of one workflow, whose ids are drawn at random."""

import copy
from pathlib import Path

from ckpt_tui.core.checks.equal_ids import equal_ids, renamed
from ckpt_tui.core.steps.snapshots import Snapshot, take_snapshot
from ckpt_tui.stores.registry import open_store
from tests.support.small_stores import write

A, B, C, D = (f"{digit * 8}-1111-4111-8111-111111111111" for digit in "abcd")


def snapshot(directory: Path, *requests: tuple[str, str]) -> Snapshot:
    """A checkpoint at which executors ask, by the ids of their requests."""
    pending = {
        name: {"_request_id": name, "_source_executor_id": executor, "data": "?", "type": "request_info"}
        for name, executor in requests
    }
    write(directory, "a", pending_request_info_events=pending)
    return take_snapshot(open_store(directory).load("a.json"))


def test_requests_of_one_executor_are_paired_in_their_order(tmp_path: Path) -> None:
    recorded = [snapshot(tmp_path, (A, "one"), (B, "two")), snapshot(tmp_path, (B, "two"))]
    later = [snapshot(tmp_path, (D, "two"), (C, "one"))]
    assert equal_ids(recorded, later) == {A: C, B: D}


def test_a_request_more_or_an_id_with_a_meaning_has_no_equal(tmp_path: Path) -> None:
    recorded = [snapshot(tmp_path, (A, "one"), (B, "one"), ("approval-1", "two"))]
    later = [snapshot(tmp_path, (C, "one"), ("approval-2", "two"))]
    assert equal_ids(recorded, later) == {A: C}


def test_ids_are_replaced_as_keys_and_values_and_the_original_stays() -> None:
    document = {A: [{"id": A, "text": f"not in {A} itself"}, B], "deep": {"deeper": {B: None}}}
    before = copy.deepcopy(document)
    assert renamed(document, {A: B, B: A}) == {
        B: [{"id": B, "text": f"not in {A} itself"}, A], "deep": {"deeper": {A: None}},
    }  # fmt: skip
    assert document == before
