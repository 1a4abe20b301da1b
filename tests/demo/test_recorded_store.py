"""The demo's recording: laid out only where nothing is in the way, and played as a real run would arrive."""

import errno
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.cli.demo import _go_on
from ckpt_tui.demo.recorded_store import RECORDED, live_run, play, prepare
from ckpt_tui.errors import CkptError
from tests.support.patience import PATIENCE

REWRITTEN = ("checkpoint_id", "previous_checkpoint_id", "timestamp")


def documents(directory: Path) -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_bytes()) for path in directory.glob("*.json")}


def play_at_once(directory: Path, *, max_runs: int = 1, new_id: Callable[[], str] | None = None) -> list[str]:
    """Play without waiting; the ids in the order written."""
    written: list[str] = []

    def numbered() -> str:
        written.append(f"fresh-{len(written):04}")
        return written[-1]

    play(directory, threading.Event(), interval=0, new_id=new_id or numbered, max_runs=max_runs)
    return written


@pytest.fixture
def full_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Makes the disk full once so many files are written."""

    def fill(count: int) -> None:
        left = iter(range(count))
        write = Path.write_bytes

        def write_bytes(path: Path, content: bytes) -> int:
            if next(left, None) is None:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return write(path, content)

        monkeypatch.setattr(Path, "write_bytes", write_bytes)

    return fill


class TestPrepare:
    def test_copies_the_recorded_store_unchanged(self, tmp_path: Path) -> None:
        prepare(tmp_path / "new" / "store")
        recorded = {path.name: path.read_bytes() for path in (RECORDED / "store").iterdir()}
        assert {path.name: path.read_bytes() for path in (tmp_path / "new" / "store").iterdir()} == recorded
        assert 40 <= len(recorded) <= 60

    def test_takes_an_empty_directory(self, tmp_path: Path) -> None:
        prepare(tmp_path)
        assert documents(tmp_path)

    def test_refuses_a_directory_with_anything_in_it(self, tmp_path: Path) -> None:
        (tmp_path / ".hidden").touch()
        with pytest.raises(CkptError, match="is not empty"):
            prepare(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == [".hidden"]

    def test_without_room_it_says_so_and_leaves_nothing(
        self, tmp_path: Path, full_after: Callable[[int], None]
    ) -> None:
        full_after(3)
        with pytest.raises(CkptError, match="No space left on device"):
            prepare(tmp_path / "store")
        assert list((tmp_path / "store").iterdir()) == []

    def test_refuses_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "taken").touch()
        with pytest.raises(CkptError, match="cannot be used"):
            prepare(tmp_path / "taken")


class TestRecorded:
    def test_live_run_has_parents_before_children_and_one_root(self) -> None:
        seen: set[str] = set()
        for recording in live_run():
            assert recording.parent in seen or (recording.parent is None and not seen)
            seen.add(recording.id)
        assert len(seen) >= 35

    def test_store_has_a_fork_a_waiting_run_and_a_nameless_workflow(self) -> None:
        store = documents(RECORDED / "store")
        parents = [each["previous_checkpoint_id"] for each in store.values() if each["previous_checkpoint_id"]]
        assert set(parents) <= set(store)
        assert len(set(parents)) < len(parents)
        leaves = [each for name, each in store.items() if name not in parents]
        assert any(each["pending_request_info_events"] for each in leaves)
        assert any(each["workflow_name"].startswith("WorkflowBuilder-") for each in leaves)

    @pytest.mark.parametrize("part", ["store", "live"])
    def test_is_small_enough_to_ship(self, part: str) -> None:
        assert sum(path.stat().st_size for path in (RECORDED / part).iterdir()) < 620_000


class TestPlay:
    def test_on_a_full_disk_the_demo_stops_writing_and_keeps_what_is_there(
        self, tmp_path: Path, full_after: Callable[[int], None]
    ) -> None:
        full_after(2)
        _go_on(tmp_path, threading.Event(), 0)
        assert len(list(tmp_path.iterdir())) == 2

    def test_ids_are_fresh_and_name_the_files(self, tmp_path: Path) -> None:
        written = play_at_once(tmp_path)
        assert {name: each["checkpoint_id"] for name, each in documents(tmp_path).items()} == {n: n for n in written}

    def test_ids_are_different_by_default(self, tmp_path: Path) -> None:
        play(tmp_path, threading.Event(), interval=0, max_runs=2)
        names = set(documents(tmp_path))
        assert len(names) == 2 * len(live_run())
        assert names.isdisjoint(recording.id for recording in live_run())

    def test_each_run_is_the_recorded_tree_under_new_ids(self, tmp_path: Path) -> None:
        written = play_at_once(tmp_path, max_runs=2)
        run = live_run()
        found = documents(tmp_path)
        for ids in (written[: len(run)], written[len(run) :]):
            renamed: dict[str | None, str | None] = {each.id: new for each, new in zip(run, ids, strict=True)}
            renamed[None] = None
            assert [found[new]["previous_checkpoint_id"] for new in ids] == [renamed[each.parent] for each in run]

    def test_nothing_else_is_changed_to_the_byte(self, tmp_path: Path) -> None:
        written = play_at_once(tmp_path)
        for recording, new in zip(live_run(), written, strict=True):
            lines = [(RECORDED / "live" / f"{recording.id}.json").read_bytes(), (tmp_path / f"{new}.json").read_bytes()]
            before, after = (content.split(b"\n") for content in lines)
            changed = [one for one, other in zip(before, after, strict=True) if one != other]
            assert {line.split(b'"')[1].decode() for line in changed} <= set(REWRITTEN)
            assert json.loads(lines[0])["timestamp"] != json.loads(lines[1])["timestamp"]

    def test_timestamps_are_the_present_time(self, tmp_path: Path) -> None:
        moment = datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)
        play(tmp_path, threading.Event(), interval=0, clock=lambda: moment, max_runs=1)
        assert {each["timestamp"] for each in documents(tmp_path).values()} == {"2031-01-02T03:04:05+00:00"}

    def test_a_file_appears_whole_and_no_temporary_one_stays(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        moves: list[tuple[str, str]] = []
        replace = os.replace

        def noted(source: Path, target: Path) -> None:
            assert not target.exists()
            json.loads(source.read_bytes())
            moves.append((source.name, target.name))
            replace(source, target)

        monkeypatch.setattr(os, "replace", noted)
        written = play_at_once(tmp_path)
        assert [target for _, target in moves] == [f"{name}.json" for name in written]
        assert all(source.startswith(".maf-ckpt-") and source.endswith(".tmp") for source, _ in moves)
        assert {path.suffix for path in tmp_path.iterdir()} == {".json"}

    def test_a_failed_move_leaves_no_temporary_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(_source: Path, _target: Path) -> None:
            raise OSError("disk full")

        monkeypatch.setattr(os, "replace", full)
        with pytest.raises(OSError, match="disk full"):
            play_at_once(tmp_path)
        assert list(tmp_path.iterdir()) == []

    def test_stops_at_once_in_the_middle_of_a_pause(self, tmp_path: Path) -> None:
        stop = threading.Event()
        player = threading.Thread(target=play, args=(tmp_path, stop), kwargs={"interval": 3600})
        player.start()
        while not documents(tmp_path):
            assert player.is_alive()
            time.sleep(0.01)
        stop.set()
        player.join(PATIENCE)
        assert not player.is_alive()
        assert len(documents(tmp_path)) == 1

    def test_writes_nothing_when_stopped_before(self, tmp_path: Path) -> None:
        stop = threading.Event()
        stop.set()
        play(tmp_path, stop)
        assert list(tmp_path.iterdir()) == []

    def test_ends_when_the_directory_is_gone(self, tmp_path: Path) -> None:
        play(tmp_path / "gone", threading.Event(), interval=0)
        assert not (tmp_path / "gone").exists()

    def test_needs_neither_the_framework_nor_the_terminal_library(self) -> None:
        code = "import sys, ckpt_tui.demo.recorded_store; print({'agent_framework', 'textual'} & set(sys.modules))"
        assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"

    def test_ends_by_itself_after_the_stated_number_of_runs(self, tmp_path: Path) -> None:
        play_at_once(tmp_path, max_runs=3)
        assert len(documents(tmp_path)) == 3 * len(live_run())
