"""Files of the state directory."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ckpt_tui.actions.state_files import StateTable, write_privately


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "ckpt-tui"


@pytest.mark.skipif(os.name == "nt", reason="modes are those of POSIX")
def test_a_file_and_its_new_directory_are_readable_by_their_owner_alone(state: Path) -> None:
    path = state / "inner" / "file.json"
    write_privately(str(path), b"{}")
    assert path.read_bytes() == b"{}"
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)] == [0o600, 0o700]
    assert os.listdir(path.parent) == ["file.json"]


def test_what_cannot_take_its_place_leaves_nothing_beside_it(state: Path) -> None:
    (state / "file.json").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        write_privately(str(state / "file.json"), b"{}")
    assert os.listdir(state) == ["file.json"]


def test_a_table_keeps_its_newest_entries_in_their_order() -> None:
    table = StateTable("table.json", 2)
    table.write({"a": 1, "b": 2, "c": 3})
    assert list(table.read().items()) == [("b", 2), ("c", 3)]


@pytest.mark.parametrize("data", [b"", b"[1]", b'{"a":', b"\xff", b"[" * 100_000])
def test_a_file_that_is_not_a_table_holds_no_entries(state: Path, data: bytes) -> None:
    state.mkdir()
    (state / "table.json").write_bytes(data)
    assert StateTable("table.json", 2).read() == {}


def test_a_directory_that_cannot_be_written_is_not_a_reason_to_fail(state: Path) -> None:
    state.write_text("a file where the directory should be")
    StateTable("table.json", 2).write({"a": 1})
    assert state.is_file()
