"""Files too large to be parsed as a whole: what the list and the screens show of them, and what is read."""

from __future__ import annotations

import json
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.budgets import LAZY_BYTES
from ckpt_tui.core.doctor.alarms import alarms
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.documents import json_cost
from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem
from ckpt_tui.core.show_document import show_document
from ckpt_tui.core.value import Deferred
from ckpt_tui.stores import agent_framework, agent_framework_body, file_troubles
from ckpt_tui.stores.agent_framework import entry_from_bytes, read_entry
from ckpt_tui.stores.agent_framework_body import load
from ckpt_tui.stores.files import FileTrouble, read_blocks
from tests.benchmarks.data import write_huge

SAMPLES = sorted((Path(__file__).parent.parent / "data" / "agent-framework").glob("*/*/*.json"))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of 12 MB."""
    return write_huge(tmp_path_factory.mktemp("large"), 12_000_000)


def shown(path: Path, **options: Any) -> Checkpoint:
    found = load(str(path), path.name, **options)
    assert isinstance(found, Checkpoint), found
    return found


class TestLargeFiles:
    def test_the_list_is_the_same_as_by_parsing(self, large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(agent_framework, "read_whole", None)  # never in memory as a whole
        stamp, entry = read_entry(str(large), large.name)
        parsed = entry_from_bytes(large.name, large.read_bytes())
        assert isinstance(parsed, CheckpointRef) and parsed.facts is not None
        assert entry == parsed._replace(facts=parsed.facts._replace(gist=""))  # a large file has none
        assert stamp is not None
        assert stamp.size == large.stat().st_size > LAZY_BYTES

    def test_a_checkpoint_has_the_same_header_and_only_its_first_levels(self, large: Path) -> None:
        lazy, eager = shown(large), shown(large, everything=True)
        assert lazy.ref == eager.ref
        assert lazy.warnings == eager.warnings == ()
        state = resolve(lazy.state)
        assert state["topic"] == "coffee or tea"
        assert type(state["archive"]) is Deferred
        assert not state["archive"].ready
        assert not state["_executor_state"].ready
        assert type(eager.state) is dict
        archive = resolve(state["archive"])
        assert len(archive) == len(resolve(eager.state["archive"])) > 5_000

    @pytest.mark.parametrize("megabytes", [12, 24])
    def test_an_honest_large_checkpoint_is_written_whole_by_default(self, megabytes: int, tmp_path: Path) -> None:
        path = write_huge(tmp_path, megabytes * 1_000_000)
        budget = DocumentBudget()
        found = shown(path, everything=True, budget=budget)
        assert alarms(found, budget=budget) == ()
        document = show_document(found, budget=budget)
        assert document["complete"] and not found.faults
        assert len(document["state"]["archive"]) == len(resolve(resolve(shown(path).state)["archive"]))

    def test_a_file_beyond_what_is_read_at_once_is_read_with_a_higher_limit(
        self, large: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in (agent_framework_body, file_troubles):
            monkeypatch.setattr(module, "MAX_FILE_BYTES", 2_000_000)
        found = load(str(large), large.name, everything=True, budget=DocumentBudget())
        assert isinstance(found, Problem)
        assert "more than the 2,000,000 that are read at once" in found.reason
        assert f"`show --limit {ceil(large.stat().st_size / 2_000_000)}` reads it" in found.reason
        assert shown(large, everything=True, budget=DocumentBudget(8)).ref.size == large.stat().st_size

    def test_a_large_file_in_another_layout_is_parsed_as_a_whole(self, large: Path, tmp_path: Path) -> None:
        path = tmp_path / large.name
        path.write_text(json.dumps(json.loads(large.read_bytes()), separators=(",", ":")))
        assert path.stat().st_size > LAZY_BYTES
        found = shown(path)
        assert type(found.state) is dict
        assert found.ref._replace(size=0) == shown(large).ref._replace(size=0)

    @pytest.mark.parametrize("cut", [1, 2, 300, 5_000_000])
    def test_a_large_file_that_is_cut_off_is_a_problem(self, large: Path, tmp_path: Path, cut: int) -> None:
        path = tmp_path / large.name
        path.write_bytes(large.read_bytes()[:-cut])
        for found in (load(str(path), path.name), read_entry(str(path), path.name)[1]):
            assert isinstance(found, Problem)
            assert found.kind == "truncated"

    def test_check_ends_the_loading(self, large: Path) -> None:
        def check() -> None:
            raise KeyError

        with pytest.raises(KeyError):
            load(str(large), large.name, check)


class TestBlocks:
    def test_blocks_are_the_file_and_trouble_has_its_reason(self, large: Path, tmp_path: Path) -> None:
        assert b"".join(read_blocks(str(large), 999_999)) == large.read_bytes()
        with pytest.raises(FileTrouble):
            list(read_blocks(str(tmp_path / "missing")))


def checkpoint_document(name: str, state: dict[str, Any]) -> dict[str, Any]:
    return {
        "workflow_name": "flow", "graph_signature_hash": "g", "checkpoint_id": name, "previous_checkpoint_id": None,
        "timestamp": "2026-03-01T08:00:00+00:00", "messages": {}, "state": state,
        "pending_request_info_events": {}, "iteration_count": 0, "metadata": {}, "version": "1.0",
    }  # fmt: skip


def test_a_small_file_of_very_many_values_is_read_part_by_part(tmp_path: Path) -> None:
    document = checkpoint_document("many", {"rows": [{"a": 1, "b": 2} for _ in range(140_000)], "topic": "coffee"})
    path = tmp_path / "many.json"
    path.write_text(json.dumps(document, indent=2))
    assert path.stat().st_size < LAZY_BYTES
    loaded = load(str(path), path.name)
    assert isinstance(loaded, Checkpoint)
    state = resolve(loaded.state)
    assert state["topic"] == "coffee" and len(resolve(state["rows"])) == 140_000
    whole = load(str(path), path.name, everything=True, budget=DocumentBudget())
    assert isinstance(whole, Checkpoint) and whole.state == document["state"]


def test_an_honest_file_of_small_records_in_any_layout_is_listed_and_opened(tmp_path: Path) -> None:
    rows = [{"id": number, "ok": True} for number in range(200_000)]
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(checkpoint_document("rows", {"rows": rows}), separators=(",", ":")))
    assert isinstance(read_entry(str(path), path.name)[1], CheckpointRef)
    loaded = load(str(path), path.name)
    assert isinstance(loaded, Checkpoint) and len(loaded.state["rows"]) == 200_000


def test_a_flood_says_what_is_counted_and_the_limit_that_reads_it_does(tmp_path: Path) -> None:
    path = tmp_path / "flood.json"
    path.write_text(json.dumps(checkpoint_document("flood", {"rows": [[[[[]]]]] * 400_000})))
    refused = read_entry(str(path), path.name)[1]
    assert isinstance(refused, Problem) and refused.kind == "too-large"
    assert "values would take about 147 MB of memory, and at most 100 MB are used" in refused.reason
    assert "`show --limit 2` reads it" in refused.reason
    json_cost.allow(2)
    try:
        assert isinstance(read_entry(str(path), path.name)[1], CheckpointRef)
    finally:
        json_cost.allow(1)
