"""A directory as a store: scanning and filling; changes meanwhile."""

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.model import Problem
from ckpt_tui.errors import CkptError, NotFoundError, UndecodableError
from ckpt_tui.stores import agent_framework, directory
from ckpt_tui.stores.base import BATCH, Batch, collect
from ckpt_tui.stores.directory import FIRST, DirectoryStore
from ckpt_tui.stores.files import list_json
from ckpt_tui.stores.registry import open_store
from tests.stores.saving import SAMPLE, ref_of, save

HOSTILE = Path(__file__).parent.parent / "data" / "hostile"


class TestScan:
    def test_batches_are_small_and_count_up_to_the_whole(self, tmp_path: Path) -> None:
        for number in range(FIRST + BATCH + 10):
            save(tmp_path, f"c{number}", iteration_count=0)
        batches = list(DirectoryStore(str(tmp_path)).scan())
        assert [(len(batch.entries), batch.done, batch.total) for batch in batches] == [
            (FIRST, FIRST, FIRST + 1), (BATCH, FIRST + BATCH, FIRST + BATCH + 10),
            (10, FIRST + BATCH + 10, FIRST + BATCH + 10),
        ]  # fmt: skip
        entries = collect(batches)
        assert len(entries) == FIRST + BATCH + 10
        assert all(ref_of(entry).facts is None for entry in entries.values())

    def test_an_empty_directory_is_one_empty_batch(self, tmp_path: Path) -> None:
        assert list(DirectoryStore(str(tmp_path)).scan()) == [Batch()]

    def test_a_second_scan_reports_only_what_is_new(self, tmp_path: Path) -> None:
        save(tmp_path, "a")
        save(tmp_path, "b")
        store = DirectoryStore(str(tmp_path))
        list(store.scan())
        assert list(store.scan()) == [Batch()]
        save(tmp_path, "c")
        (tmp_path / "a.json").unlink()
        assert [(sorted(e.file for e in batch.entries), batch.gone) for batch in store.scan()] == [
            (["c.json"], ("a.json",))
        ]

    def test_what_cannot_be_read_is_read_again_only_when_it_has_changed(self, tmp_path: Path) -> None:
        save(tmp_path, "good")
        (tmp_path / "folder.json").mkdir()
        (tmp_path / "dangling.json").symlink_to(tmp_path / "nothing")
        store = DirectoryStore(str(tmp_path))
        assert len(collect(store.scan())) == 3
        assert list(store.scan()) == [Batch()]
        (tmp_path / "folder.json").rmdir()
        save(tmp_path, "folder")
        assert [entry.file for batch in store.scan() for entry in batch.entries] == ["folder.json"]

    def test_a_fresh_store_of_the_same_place_reports_everything_again(self, tmp_path: Path) -> None:
        save(tmp_path, "a")
        (tmp_path / "b.json.tmp").touch()
        for store, names in (
            (open_store(tmp_path), ["a.json", "b.json.tmp"]),
            (open_store(tmp_path / "a.json"), []),
        ):
            first = collect(store.scan())
            assert collect(store.fresh().scan()) == first
            assert list(first) == ["a.json"]
            assert sorted(store.fresh().names()) == names
        assert DirectoryStore(str(tmp_path / "gone")).names() == []

    @pytest.mark.parametrize("name", ["missing", "file/below"])
    def test_no_such_directory_is_reported_as_such(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(NotFoundError):
            list(DirectoryStore(str(tmp_path / name)).scan())

    def test_each_entry_that_should_be_a_checkpoint_is_one_or_a_problem(self, tmp_path: Path) -> None:
        save(tmp_path, "good")
        save(tmp_path, ".hidden")
        (tmp_path / "folder.json").mkdir()
        os.mkfifo(tmp_path / "pipe.json")
        (tmp_path / "dangling.json").symlink_to(tmp_path / "nothing")
        (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
        (tmp_path / "link.json").symlink_to(tmp_path / "good.json")
        (tmp_path / ".#good.json").symlink_to("ann@host.123:456")  # as Emacs locks a file
        (tmp_path / "empty.json").write_bytes(b"")
        (tmp_path / "notes.txt").write_text("not asked for")
        (tmp_path / "UPPER.JSON").write_text("not asked for")
        entries = collect(DirectoryStore(str(tmp_path)).scan())
        kinds = {name: entry.kind if isinstance(entry, Problem) else "checkpoint" for name, entry in entries.items()}
        assert kinds == {
            "good.json": "checkpoint", ".hidden.json": "checkpoint", "link.json": "checkpoint", "empty.json": "empty",
            "folder.json": "not-a-file", "pipe.json": "not-a-file", "dangling.json": "broken-link",
            "loop.json": "broken-link", ".#good.json": "side-file",
        }  # fmt: skip
        assert all(str(tmp_path) not in entry.reason for entry in entries.values() if isinstance(entry, Problem))

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_an_unreadable_file_is_a_problem(self, tmp_path: Path) -> None:
        save(tmp_path, "a").chmod(0)
        assert [entry.kind for batch in DirectoryStore(str(tmp_path)).scan() for entry in batch.entries
                if isinstance(entry, Problem)] == ["unreadable"]  # fmt: skip

    def test_names_that_are_no_utf8_are_kept(self, tmp_path: Path) -> None:
        path = os.fsencode(tmp_path) + b"/caf\xe9.json"
        Path(os.fsdecode(path)).write_bytes(SAMPLE.read_bytes())
        entries = collect(DirectoryStore(str(tmp_path)).scan())
        assert list(entries) == ["caf\udce9.json"]
        assert ref_of(entries["caf\udce9.json"]).id == "caf\udce9"

    def test_the_hostile_directory_is_scanned_and_filled(self) -> None:
        store = DirectoryStore(str(HOSTILE))
        entries = collect(store.scan())
        entries.update(collect(store.fill(list(entries))))
        assert sorted(entries) == sorted(path.name for path in HOSTILE.glob("*.json"))
        assert all(isinstance(entry, Problem) or entry.facts for entry in entries.values())

    def test_a_file_that_vanishes_while_it_is_scanned_is_no_problem(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save(tmp_path, "a")
        save(tmp_path, "b")
        listed = list(list_json(str(tmp_path)))
        monkeypatch.setattr(directory, "list_json", lambda path: listed)
        (tmp_path / "a.json").unlink()
        assert list(collect(DirectoryStore(str(tmp_path)).scan())) == ["b.json"]

    def test_a_pipe_put_in_place_of_a_file_does_not_block(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save(tmp_path, "a")
        listed = list(list_json(str(tmp_path)))
        monkeypatch.setattr(directory, "list_json", lambda path: listed)
        (tmp_path / "a.json").unlink()
        os.mkfifo(tmp_path / "a.json")
        entry = collect(DirectoryStore(str(tmp_path)).scan())["a.json"]
        assert isinstance(entry, Problem)
        assert entry.kind == "not-a-file"

    def test_scanning_leaves_no_descriptor_open(self, tmp_path: Path) -> None:
        for number in range(5):
            save(tmp_path, f"c{number}")
        (tmp_path / "bad.json").write_text("{")
        before = os.listdir("/dev/fd")
        list(DirectoryStore(str(tmp_path)).scan())
        next(iter(DirectoryStore(str(tmp_path)).scan()))
        assert os.listdir("/dev/fd") == before


class TestFill:
    def test_bodies_give_facts(self, tmp_path: Path) -> None:
        save(tmp_path, "a", messages={"internal:x": [1]}, iteration_count=0)
        store = DirectoryStore(str(tmp_path))
        list(store.scan())
        entry = ref_of(collect(store.fill(["a.json"]))["a.json"])
        assert (entry.role, entry.status) == ("entry", "open")

    def test_progress_is_reported(self, tmp_path: Path) -> None:
        names = [save(tmp_path, f"c{number}").name for number in range(100)]
        store = DirectoryStore(str(tmp_path))
        list(store.scan())
        assert [(len(batch.entries), batch.done, batch.total) for batch in store.fill(names)] == [
            (64, 64, 100), (36, 100, 100),
        ]  # fmt: skip

    def test_it_stops_when_it_is_asked_to(self, tmp_path: Path) -> None:
        names = [save(tmp_path, f"c{number}").name for number in range(100)]
        store = DirectoryStore(str(tmp_path))
        list(store.scan())
        stop = threading.Event()
        filling = store.fill(names, stop)
        next(filling)
        stop.set()
        assert list(filling) == []

    def test_what_was_read_before_a_newer_entry_was_reported_is_left_out(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save(tmp_path, "a", iteration_count=0)
        store = DirectoryStore(str(tmp_path))
        list(store.scan())
        read_entry = agent_framework.read_entry

        def read_and_be_overtaken(path: str, name: str) -> Any:
            found = read_entry(path, name)
            if not overtaken:
                overtaken.append(name)
                os.utime(save(tmp_path, "a", iteration_count=7), ns=(2**62, 2**62))
                newer = collect(store._look(frozenset({"a.json"})))  # as the watch does, in its own thread
                assert ref_of(newer["a.json"]).iteration == 7
            return found

        overtaken: list[str] = []
        monkeypatch.setattr(directory, "read_entry", read_and_be_overtaken)
        assert [batch.entries for batch in store.fill(["a.json"])] == [()]

    def test_what_is_newer_than_the_header_is_taken(self, tmp_path: Path) -> None:
        save(tmp_path, "a", iteration_count=0)
        store = DirectoryStore(str(tmp_path))
        list(store.scan())
        os.utime(save(tmp_path, "a", iteration_count=9), ns=(2**62, 2**62))
        assert ref_of(collect(store.fill(["a.json"]))["a.json"]).iteration == 9
        assert list(store.scan()) == [Batch()]

    def test_a_file_that_is_gone_is_reported_so(self, tmp_path: Path) -> None:
        path = save(tmp_path, "a")
        store = DirectoryStore(str(tmp_path))
        list(store.scan())
        path.unlink()
        assert list(store.fill(["a.json"])) == [Batch((), ("a.json",), 1, 1)]
        assert list(store.scan()) == [Batch()]


class TestLoad:
    def test_a_problem_is_an_error_with_a_safe_text(self, tmp_path: Path) -> None:
        (tmp_path / "\x1b[2J.json").write_text("{")
        with pytest.raises(UndecodableError) as caught:
            DirectoryStore(str(tmp_path)).load("\x1b[2J.json")
        assert "\x1b" not in str(caught.value)
        assert caught.value.exit_code == 4

    def test_the_beginning_of_a_broken_file_can_be_looked_at(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_bytes(b"\x00\xffnot JSON")
        store = DirectoryStore(str(tmp_path))
        assert store.peek("a.json").startswith(b"\x00\xffnot JSON")
        (tmp_path / "a.json").unlink()
        with pytest.raises(CkptError):
            store.peek("a.json")


class TestOneFile:
    def test_a_file_opens_as_a_store_of_that_file(self, tmp_path: Path) -> None:
        save(tmp_path, "a")
        save(tmp_path, "b")
        store = open_store(str(tmp_path / "b.json"))
        assert list(collect(store.scan())) == ["b.json"]
        assert store.load("b.json").ref.id == "b"

    def test_a_file_in_the_working_directory_needs_no_path(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save(tmp_path, "a")
        monkeypatch.chdir(tmp_path)
        assert list(collect(open_store("a.json").scan())) == ["a.json"]

    def test_a_broken_link_is_a_problem_and_a_missing_file_is_none(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").symlink_to(tmp_path / "nothing")
        store = open_store(str(tmp_path / "a.json"))
        assert isinstance(collect(store.scan())["a.json"], Problem)
        (tmp_path / "a.json").unlink()
        assert [batch.gone for batch in store.scan()] == [("a.json",)]

    @pytest.mark.parametrize("name", ["notes.txt", "missing", "missing.json"])
    def test_what_is_neither_a_directory_nor_a_json_file_is_refused(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "notes.txt").write_text("")
        with pytest.raises(NotFoundError):
            open_store(tmp_path / name)

    def test_a_directory_that_is_not_there_yet_opens_when_it_need_not_exist(self, tmp_path: Path) -> None:
        assert open_store(tmp_path / "later", must_exist=False).path == str(tmp_path / "later")
