"""Headers column by column: whatever is odd is left out, and no file ever lends its header to another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.stores.columns import Columns, read_folder
from ckpt_tui.stores.directory import DirectoryStore, collect
from tests.stores.saving import save


def read(directory: Path) -> Columns:
    """The only batch of a small directory."""
    ((_, batch),) = read_folder(str(directory))
    return batch


def rewrite(directory: Path, name: str, old: bytes, new: bytes) -> None:
    """Change the bytes of one file."""
    path = directory / f"{name}.json"
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))


class TestColumns:
    def test_every_column_has_one_text_for_each_file(self, tmp_path: Path) -> None:
        for number in range(600):
            parent = f"c{number - 1:03}" if number else None
            save(tmp_path, f"c{number:03}", previous_checkpoint_id=parent, iteration_count=number)
        batches = [batch for _, batch in read_folder(str(tmp_path))]
        assert sum(map(len, batches)) == 600
        for batch in batches:
            assert batch.odd == []
            assert [f"{inner}.json" for inner in batch.inners] == batch.names
            assert [int(text) for text in batch.iterations] == [int(name[1:4]) for name in batch.names]
            for parent, iteration in zip(batch.parents, batch.iterations, strict=True):
                assert parent == (f'"c{int(iteration) - 1:03}"' if int(iteration) else "null")

    def test_one_odd_file_among_many_is_left_out_alone(self, tmp_path: Path) -> None:
        for number in range(100):
            save(tmp_path, f"c{number:02}")
        (tmp_path / "c50.json").write_text("{}")
        batch = read(tmp_path)
        assert batch.odd == ["c50.json"]
        assert len(batch.names) == len(batch.workflows) == len(batch.sizes) == 99

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b'"workflow_name": "', b'"workflow_name": "\\"'),  # an escape
            (b'"workflow_name": "', b'"workflow_name": "\xff'),  # no UTF-8
            (b'"workflow_name": "', b'"workflow_name": "\0'),  # a NUL
            (b'"timestamp": "', b'"timestamp": "yesterday '),
            (b"+00:00", b"+02:00"),
            (b'"version": "1.0"', b'"version": "2.0"'),
            (b'"metadata": {}', b'"metadata": {"a": 1}'),
        ],
    )
    def test_what_is_not_as_the_framework_writes_it_is_left_to_the_careful_way(
        self, tmp_path: Path, old: bytes, new: bytes
    ) -> None:
        for name in ("a", "b", "c"):
            save(tmp_path, name)
        rewrite(tmp_path, "b", old, new)
        batch = read(tmp_path)
        assert batch.odd == ["b.json"]
        assert sorted(batch.inners) == ["a", "c"]
        assert sorted(collect(DirectoryStore(str(tmp_path)).scan())) == ["a.json", "b.json", "c.json"]

    def test_a_file_with_the_header_of_another_behind_a_nul_takes_the_place_of_none(self, tmp_path: Path) -> None:
        for name in ("a", "b", "c"):
            save(tmp_path, name)
        header = (tmp_path / "a.json").read_bytes()[:300]
        (tmp_path / "b.json").write_bytes(b"{}\0" + header + b"\0" + header)
        (tmp_path / "c.json").write_bytes(b"{}")
        batch = read(tmp_path)
        assert batch.names == ["a.json"]
        assert batch.inners == ["a"]
        assert sorted(batch.odd) == ["b.json", "c.json"]

    def test_names_beyond_ascii_are_read_the_quick_way(self, tmp_path: Path) -> None:
        path = save(tmp_path, "a", workflow_name="Prüfung 漢字")
        path.write_text(json.dumps(json.loads(path.read_bytes()), indent=2, ensure_ascii=False), encoding="utf-8")
        assert read(tmp_path).workflows == ["Prüfung 漢字"]
        (entry,) = collect(DirectoryStore(str(tmp_path)).scan()).values()
        assert isinstance(entry, CheckpointRef)
        assert entry.workflow == "Prüfung 漢字"

    def test_a_file_smaller_than_both_ends_is_read_once(self, tmp_path: Path) -> None:
        save(tmp_path, "a", messages={}, state={})
        assert (tmp_path / "a.json").stat().st_size < 768
        assert read(tmp_path).names == ["a.json"]
