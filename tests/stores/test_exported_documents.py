"""Files that a database exported: arrays of documents, wrapped or one a line."""

import json
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.actions.store_examination import examine
from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Entry, collect
from ckpt_tui.stores.exported_documents import DocumentsStore
from ckpt_tui.stores.registry import open_store
from tests.support.small_stores import document, write_chain

EXPORT = Path(__file__).parent.parent / "data" / "odd-places" / "cosmos_export.json"


def entries_of(path: Path) -> dict[str, Entry]:
    return collect(open_store(path).scan())


def three() -> list[dict[str, Any]]:
    names = ("a", "b", "c")
    return [
        document(name, previous_checkpoint_id=names[number - 1] if number else None, iteration_count=number, id=name)
        for number, name in enumerate(names)
    ]


class TestAnArray:
    def test_opens_with_its_lineage(self) -> None:
        store = open_store(EXPORT)
        assert isinstance(store, DocumentsStore)
        refs = [entry for entry in collect(store.scan()).values() if isinstance(entry, CheckpointRef)]
        [run] = arrange(refs)
        assert [node.ref.id[:8] for node in run.nodes] == ["1fc5201e", "fbc5695f", "1e2b8f0a"]
        assert not [node.ref.id for node in run.nodes if node.irregular or node.guessed]

    def test_each_document_is_decoded(self) -> None:
        store = open_store(EXPORT)
        files = entries_of(EXPORT)
        assert files
        for file in files:
            checkpoint = store.load(file, everything=True)
            assert checkpoint.ref.file == file
            assert not checkpoint.faults
            assert any("exported from Azure Cosmos DB" in warning for warning in checkpoint.warnings)

    def test_says_why_nothing_of_it_is_resumed(self) -> None:
        assert "--storage" in open_store(EXPORT).capabilities().resume

    def test_within_a_store_is_named(self, tmp_path: Path) -> None:
        write_chain(tmp_path, "first", "second")
        (tmp_path / "export.json").write_bytes(EXPORT.read_bytes())
        [problem] = [entry for entry in entries_of(tmp_path).values() if isinstance(entry, Problem)]
        assert (problem.file, problem.kind) == ("export.json", "documents")
        assert "an array of 3 exported checkpoints" in problem.reason
        assert not examine(open_store(tmp_path)).is_grave


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("array.json", json.dumps(three())),
        ("indented.json", json.dumps(three(), indent=2)),
        ("wrapped.json", json.dumps({"_rid": "x", "Documents": three(), "_count": 3})),
        ("lines.jsonl", "\n".join(json.dumps(one) for one in three())),
        ("lines.json", "\n".join(json.dumps(one) for one in three()) + "\n"),
        ("rows.json", json.dumps([{"key": one["id"], "data": one} for one in three()])),
        ("mark.json", "\ufeff" + json.dumps(three())),
    ],
)
def test_every_shape_of_an_export_opens(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    entries = entries_of(tmp_path / name)
    assert [entry.id for entry in entries.values() if isinstance(entry, CheckpointRef)] == ["a", "b", "c"]
    assert list(entries) == [f"{name}#a", f"{name}#b", f"{name}#c"]


def test_an_id_that_occurs_twice_is_shown_twice_and_what_is_none_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(json.dumps([document("a"), document("a"), {"id": 5}]), encoding="utf-8")
    entries = entries_of(tmp_path / "x.json")
    assert list(entries) == ["x.json#a", "x.json#a (document 2)", "x.json#document 3"]
    assert isinstance(entries["x.json#document 3"], Problem)


def test_an_array_of_something_else_is_no_store_of_documents(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('[{"workflow_name": 1}, {"b": 2}]', encoding="utf-8")
    assert not isinstance(open_store(tmp_path / "x.json"), DocumentsStore)


def test_a_document_that_is_gone_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(three()), encoding="utf-8")
    store = open_store(path)
    path.write_text(json.dumps(three()[:2]), encoding="utf-8")
    with pytest.raises(CkptError, match="no longer in its file"):
        store.load("x.json#c")


class TestDocumentsInFilesOfTheirOwn:
    def test_no_name_is_proposed_for_them_and_nothing_is_to_be_deleted(self, tmp_path: Path) -> None:
        for one in three():
            own = one | {"id": f"flow_{one['id']}", "_rid": "r", "_self": "s", "_etag": "e", "_ts": 1}
            (tmp_path / f"flow_{one['id']}.json").write_text(json.dumps(own), encoding="utf-8")
        report = examine(open_store(tmp_path))
        assert {finding.kind for finding in report.findings} == {"exported"}
        assert not any(word in finding.fix for finding in report.findings for word in ("Rename", "delete", "elete"))

    def test_an_export_of_mongodb_is_named_as_one(self, tmp_path: Path) -> None:
        own = document("a", _id={"$oid": "0123"})
        (tmp_path / "a.json").write_text(json.dumps(own), encoding="utf-8")
        [finding] = examine(open_store(tmp_path)).findings
        assert "MongoDB" in finding.reason
