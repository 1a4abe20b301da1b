"""The index of headers: a list is the same with it as without it, whatever happened to the files, or to the index."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click
import pytest

from ckpt_tui.cli.command_line import cli, run
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.stores import (
    cache_files,
    caching,
    directory,
    files,
    header_index,
    headers,
    index_database,
)
from ckpt_tui.stores.base import Entry, collect
from ckpt_tui.stores.cache_files import Doubt, trim
from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.stores.header_index import HeaderIndex
from ckpt_tui.stores.index_database import IndexDatabase
from tests.stores.saving import ref_of, save

FILES = 12


@pytest.fixture(autouse=True)
def every_directory_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory of four files has an index, and two of them are read before it."""
    monkeypatch.setattr(directory, "FIRST", 2)
    monkeypatch.setattr(directory, "LARGE", 4)
    monkeypatch.setattr(directory, "BATCH", 2)


@pytest.fixture
def long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are as good as old a moment after they were written."""
    monkeypatch.setattr(header_index, "RACY_NS", 0)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A directory of some checkpoints in one run."""
    made = tmp_path / "store"
    made.mkdir()
    for number in range(FILES):
        save(made, f"c{number:02}", previous_checkpoint_id=f"c{number - 1:02}" if number else None)
    return made


def listed(path: Path) -> list[tuple[str, Entry]]:
    """All entries of a directory, in their order."""
    return list(collect(DirectoryStore(str(path)).scan()).items())


def listed_without(path: Path) -> list[tuple[str, Entry]]:
    """The same without an index."""
    caching.switch_off(True)
    try:
        return listed(path)
    finally:
        caching.switch_off(False)


def index_of(path: Path) -> Path:
    """The file of a directory's index, whether it is there or not."""
    return Path(IndexDatabase(path.stat()).path)


def stored(path: Path) -> list[str]:
    """The files whose headers are in a directory's index."""
    _, chunks = IndexDatabase(path.stat()).read()
    return [ref.file for chunk in chunks for ref in chunk.refs]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files whose ends are read, as they are read."""
    names: list[str] = []
    original = files.read_ends_with_status

    def read(path: str, *rest: object) -> object:
        names.append(os.path.basename(path))
        return original(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(headers, "read_ends_with_status", read)
    return names


@pytest.mark.usefixtures("long_ago")
class TestASecondLook:
    def test_it_opens_only_what_is_new_or_has_changed(self, store: Path, opened: list[str]) -> None:
        first = listed(store)
        assert len(opened) == FILES
        opened.clear()
        assert listed(store) == first
        assert len(opened) == 2  # the first rows, which are there before the index is read
        known = {name for name, _ in first} - set(opened)
        opened.clear()
        changed = sorted(known)[:2]
        save(store, changed[0][:-5], iteration_count=7)
        save(store, "new")
        (store / changed[1]).unlink()
        assert {changed[0], "new.json"} <= set(listed_names(store, opened))
        assert len(opened) <= 4
        assert listed(store) == listed_without(store)

    def test_the_order_is_that_of_the_directory(self, store: Path) -> None:
        listed(store)
        (store / "c05x.json").write_text("no checkpoint")
        save(store, "c06")
        assert listed(store) == listed_without(store)

    def test_what_is_not_a_header_is_never_kept(self, store: Path) -> None:
        (store / "broken.json").write_text("{")
        (store / "folder.json").mkdir()
        (store / "link.json").symlink_to(store / "c01.json")
        (store / "compact.json").write_text(json.dumps(json.loads((store / "c01.json").read_bytes())))
        before = listed_without(store)
        assert listed(store) == listed(store) == before
        assert not {"broken.json", "folder.json", "link.json", "compact.json"} & set(stored(store))

    def test_bodies_are_always_read_from_the_files(self, store: Path) -> None:
        listed(store)
        one = DirectoryStore(str(store))
        names = list(collect(one.scan()))
        assert all(ref_of(entry).facts is not None for entry in collect(one.fill(names)).values())
        assert one.load(names[-1]).raw == (store / names[-1]).read_bytes()

    def test_headers_in_all_their_forms_come_back_as_they_were(self, store: Path) -> None:
        save(store, "answers", iteration_count=3, previous_checkpoint_id=None, messages={"internal:x": []})
        save(store, "orphan", iteration_count=3, previous_checkpoint_id="gone")
        save(store, "other", workflow_name="ümlaut\udc80", timestamp="never")
        save(store, "lines", workflow_name="two\nlines", previous_checkpoint_id="a\nb")
        (store / "copy.json").write_bytes((store / "c01.json").read_bytes())
        (store / "big.json").write_bytes(
            (store / "c01.json").read_bytes().replace(b'"iteration_count": 0', b'"iteration_count": 123456789012345678')
        )
        os.rename(store / "orphan.json", os.fsencode(store) + b"/\xff.json")
        before = listed_without(store)
        assert listed(store) == before
        assert listed(store) == before
        found = dict(before)
        assert ref_of(found["copy.json"]).inner == "c01"
        assert "lines.json" not in stored(store)
        assert "\udcff.json" in stored(store)

    def test_what_is_gone_is_left_out_where_it_is_much(self, store: Path) -> None:
        listed(store)
        for number in range(8):
            save(store, f"d{number}")
            (store / f"c{number:02}.json").unlink()
        listed(store)
        assert set(stored(store)) <= set(os.listdir(store))

    def test_a_first_look_that_is_broken_off_is_not_lost(self, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(header_index, "SAVED_AT_ONCE", 4)
        for _ in zip(range(5), DirectoryStore(str(store)).scan(), strict=False):
            pass
        assert len(stored(store)) == 8
        assert listed(store) == listed_without(store)
        assert sorted(stored(store)) == sorted(name for name, _ in listed_without(store)[2:])

    def test_a_directory_that_moved_keeps_its_index(self, store: Path, opened: list[str]) -> None:
        listed(store)
        opened.clear()
        moved = store.rename(store.parent / "moved")
        assert len(listed(moved)) == FILES
        assert len(opened) == 2


def listed_names(store: Path, opened: list[str]) -> list[str]:
    listed(store)
    return opened


class TestFilesThatMayChangeUnseen:
    def test_what_was_written_a_moment_ago_is_not_kept(self, store: Path) -> None:
        listed(store)
        assert not index_of(store).exists()

    @pytest.mark.usefixtures("long_ago")
    def test_as_many_other_bytes_at_the_same_time_are_seen(self, store: Path) -> None:
        listed(store)
        path = store / "c07.json"
        before = path.stat()
        while path.stat().st_ctime_ns == before.st_ctime_ns:  # the clock of files ticks a few hundred times a second
            path.write_bytes(path.read_bytes().replace(b'"fork"', b'"kork"').replace(b'"c06"', b'"c03"'))
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        after = path.stat()
        assert (after.st_ino, after.st_mtime_ns, after.st_size) == (before.st_ino, before.st_mtime_ns, before.st_size)
        found = listed(store)
        assert found == listed_without(store)
        assert ref_of(dict(found)["c07.json"]).parent == "c03"

    def test_a_file_from_the_future_is_not_kept(self, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000)  # a clock that was put back
        listed(store)
        assert not index_of(store).exists()


@pytest.mark.usefixtures("long_ago")
@pytest.mark.parametrize("seed", range(4))
def test_the_list_is_the_same_after_any_edits(store: Path, seed: int) -> None:
    rng = random.Random(seed)
    tick = time.time_ns() - 10**12
    for number in range(40):
        for _ in range(rng.choice((0, 1, 1, 3))):
            edit(store, rng, f"n{number}")
            # No two edits at the same time: what that would hide is another test's concern.
            for each in store.iterdir():
                tick += 1_000_000
                if rng.random() < 0.3 and not each.is_symlink():
                    os.utime(each, ns=(tick, tick))
        assert listed(store) == listed_without(store)


def edit(store: Path, rng: random.Random, name: str) -> None:
    """Do something to one file of a directory."""
    files = sorted(each for each in store.iterdir() if each.is_file() and not each.is_symlink())
    one = rng.choice(files) if files else save(store, name)
    what = rng.randrange(10)
    if what < 2:
        save(store, name, previous_checkpoint_id=rng.choice([None, one.stem]), iteration_count=rng.randrange(4))
    elif what == 2 and len(files) > 5:
        one.unlink()
    elif what == 3:
        save(store, one.stem, iteration_count=rng.randrange(9))
    elif what == 4:
        one.write_bytes(one.read_bytes()[: rng.randrange(200)])
    elif what == 5:
        os.replace(one, store / f"{name}.json")
    elif what == 6:
        one.write_bytes(one.read_bytes() + b" ")
    elif what == 7:
        one.write_bytes(one.read_bytes().replace(b"2026", b"2025"))
    elif what == 8:
        (store / f"{name}-link.json").unlink(missing_ok=True)
        (store / f"{name}-link.json").symlink_to(one)
    else:
        other = rng.choice(files)
        swap = store / "swap.tmp"
        one.rename(swap)
        if other.exists():
            other.rename(one)
        swap.rename(other)


def _other_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE about SET label = 'another'")


def _other_version_of_the_chunks(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE chunks SET sum = sum + 1")


def _flipped(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        (data,) = connection.execute("SELECT data FROM chunks").fetchone()
        connection.execute("UPDATE chunks SET data = ?", (data.replace(b"c03", b"c04"),))


def _text_for_bytes(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE chunks SET data = 'text'")


def _another_database(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE about (name TEXT)")
    path.chmod(0o600)


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _emptied(path: Path) -> None:
    os.truncate(path, 0)


def _noise(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(9_000))


def _noise_inside(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[100:4096] = random.Random(2).randbytes(3996)
    path.write_bytes(data)


def _noise_beside(path: Path) -> None:
    beside = path.with_name(f"{path.name}-wal")
    beside.write_bytes(random.Random(3).randbytes(5_000))
    beside.chmod(0o600)


def _open_to_all(path: Path) -> None:
    path.chmod(0o644)


def _link(path: Path) -> None:
    aside = path.rename(path.with_name("aside"))
    path.symlink_to(aside)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir(mode=0o700)


def _folder_open_to_all(path: Path) -> None:
    path.parent.chmod(0o755)


DAMAGE = [
    _other_version, _other_version_of_the_chunks, _flipped, _text_for_bytes, _another_database, _cut, _emptied, _noise,
    _noise_inside, _noise_beside, _open_to_all, _link, _folder, _folder_open_to_all,
]  # fmt: skip


@pytest.mark.usefixtures("long_ago")
class TestDoubt:
    @pytest.mark.parametrize("damage", DAMAGE)
    def test_an_index_that_cannot_be_believed_changes_nothing(
        self, store: Path, damage: Callable[[Path], None], opened: list[str]
    ) -> None:
        before = listed(store)
        damage(index_of(store))
        assert listed(store) == before
        save(store, "c03", iteration_count=5)
        assert listed(store) == listed_without(store)

    @pytest.mark.parametrize("damage", [each for each in DAMAGE if each not in (_folder, _folder_open_to_all)])
    def test_it_is_made_anew(self, store: Path, damage: Callable[[Path], None], opened: list[str]) -> None:
        listed(store)
        damage(index_of(store))
        listed(store)
        opened.clear()
        listed(store)
        assert len(opened) == 2
        assert index_of(store).stat().st_mode & 0o777 == 0o600
        assert not index_of(store).is_symlink()

    def test_an_index_that_another_program_holds_is_done_without(
        self, store: Path, monkeypatch: pytest.MonkeyPatch, opened: list[str]
    ) -> None:
        monkeypatch.setattr(index_database, "BUSY_SECONDS", 0.0)
        before = listed(store)
        other = sqlite3.connect(index_of(store), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        save(store, "more")
        assert listed(store) == listed_without(store) != before  # read, but not written
        other.execute("ROLLBACK")
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("UPDATE about SET change = change")
        assert listed(store) == listed_without(store)
        other.close()
        assert listed(store) == listed_without(store)

    def test_of_two_programs_that_read_the_same_the_second_writes_nothing(self, store: Path) -> None:
        one, two = HeaderIndex(str(store)), HeaderIndex(str(store))
        one.load()
        two.load()
        for index in (one, two):
            for name, entry in listed_without(store):
                index.note((store / name).stat(), ref_of(entry), time.time_ns())
            index.save()
        assert len(stored(store)) == FILES
        with pytest.raises(Doubt):
            IndexDatabase(store.stat()).write([], 0, replace=True)

    @pytest.mark.parametrize("place", ["file", "missing/below/a/file"])
    def test_a_cache_directory_that_cannot_be_made(
        self, store: Path, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "file").write_text("")
        (tmp_path / "missing").symlink_to(tmp_path / "file")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / place))
        assert listed(store) == listed_without(store)

    def test_a_relative_path_is_no_place_for_it(self, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(store)
        monkeypatch.setenv("XDG_CACHE_HOME", "here")
        before = sorted(os.listdir(store))
        assert listed(store) == listed_without(store)
        assert sorted(os.listdir(store)) == before

    def test_a_python_without_sqlite(self, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "ckpt_tui.stores.header_index", None)
        assert listed(store) == listed_without(store)
        assert not index_of(store).exists()

    @pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() != 0, reason="only root can be somebody else in a test")
    def test_a_place_of_somebody_else_is_left_alone(
        self, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place = tmp_path / "home"
        place.mkdir()
        os.chown(place, 1234, 1234)
        monkeypatch.setenv("XDG_CACHE_HOME", str(place / "cache"))
        assert listed(store) == listed_without(store)
        assert list(place.iterdir()) == []


CHILD = """
import resource, signal, sys
from ckpt_tui.stores import directory, header_index, index_database
from ckpt_tui.stores.base import collect
directory.FIRST, directory.LARGE, directory.BATCH, header_index.RACY_NS = 2, 4, 2, 0
{before}
print(sorted(collect(directory.DirectoryStore(sys.argv[1]).scan())))
"""


def in_another_program(store: Path, before: str = "") -> subprocess.Popen[str]:
    """A list of a directory in a process of its own, and what it does before."""
    command = [sys.executable, "-c", CHILD.format(before=before), str(store)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.usefixtures("long_ago")
class TestOtherPrograms:
    def test_one_that_is_killed_as_it_writes_does_no_harm(self, store: Path) -> None:
        killed = in_another_program(
            store,
            "import os\n"
            "index_database.CHUNK, pack, packed = 4, index_database.pack, []\n"
            "def interrupted(rows):\n"
            "    packed.append(rows)\n"
            "    return pack(rows) if len(packed) < 3 else os.kill(os.getpid(), signal.SIGKILL)\n"
            "index_database.pack = interrupted\n",
        )
        killed.communicate()
        assert killed.returncode == -signal.SIGKILL
        assert index_of(store).exists()
        assert listed(store) == listed_without(store)
        assert sorted(stored(store)) == sorted(name for name, _ in listed_without(store)[2:])

    def test_a_full_disk_does_no_harm(self, store: Path) -> None:
        full = in_another_program(store, "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))")
        out, _ = full.communicate()
        assert (full.returncode, out) == (0, f"{sorted(os.listdir(store))}\n")
        assert listed(store) == listed_without(store)

    def test_several_at_once_do_no_harm(self, store: Path) -> None:
        programs = [in_another_program(store) for _ in range(3)]
        assert {program.communicate()[0] for program in programs} == {f"{sorted(os.listdir(store))}\n"}
        assert listed(store) == listed_without(store)
        assert sorted(stored(store)) == sorted(name for name, _ in listed_without(store)[2:])


@pytest.mark.usefixtures("long_ago")
class TestWhereItIs:
    def test_it_is_the_users_alone_and_never_beside_the_checkpoints(self, store: Path, tmp_path: Path) -> None:
        before = sorted(tmp_path.rglob("*"))
        old = os.umask(0)
        try:
            listed(store)
        finally:
            os.umask(old)
        assert sorted(tmp_path.rglob("*")) == before
        path = index_of(store)
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        assert os.listdir(path.parent) == [path.name]

    def test_a_directory_of_the_usual_size_has_none(self, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(directory, "LARGE", FILES + 1)
        listed(store)
        assert not index_of(store).exists()

    @pytest.mark.parametrize("how", ["option", "variable", "configuration"])
    def test_it_can_be_switched_off(
        self, store: Path, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        words = ["ls", str(store), "--fast"]
        if how == "option":
            words.append("--no-cache")
        elif how == "variable":
            monkeypatch.setenv("CKPT_TUI_CACHE", "0")
        else:
            monkeypatch.setenv("CKPT_TUI_CONFIG", str(tmp_path / "config.toml"))
            (tmp_path / "config.toml").write_text("cache = false\n")
        assert run(words) == 0
        assert not index_of(store).exists()
        monkeypatch.delenv("CKPT_TUI_CACHE", raising=False)
        monkeypatch.delenv("CKPT_TUI_CONFIG", raising=False)
        assert run(["ls", str(store), "--fast"]) == 0
        assert index_of(store).exists()

    def test_every_verb_that_reads_a_store_can_do_without(self) -> None:
        context = click.Context(cli)
        without = []
        for name in (*cli.list_commands(context), "\0browse"):
            command = cli.get_command(context, name)
            assert command is not None
            if not any("--no-cache" in param.opts for param in command.params):
                without.append(name)
        assert without == ["notes", "schema", "config", "completion", "demo"]

    def test_an_existing_index_is_not_read_where_it_is_switched_off(self, store: Path, opened: list[str]) -> None:
        listed(store)
        opened.clear()
        listed_without(store)
        assert len(opened) == FILES

    def test_old_ones_go_and_the_oldest_where_there_are_too_many(
        self, store: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        listed(store)
        place, kept = index_of(store).parent, index_of(store)
        now = time.time()
        for name, days in (("1-1", 1), ("1-2", 2), ("1-3", 100)):
            (place / f"{name}.sqlite").write_bytes(b"x" * 1000)
            os.utime(place / f"{name}.sqlite", (now - days * 86_400,) * 2)
        (place / "1-4.sqlite-wal").write_bytes(b"left by a program that was killed")
        trim(str(kept))
        assert sorted(os.listdir(place)) == sorted(["1-1.sqlite", "1-2.sqlite", kept.name])
        monkeypatch.setattr(cache_files, "MOST_BYTES", kept.stat().st_size + 1500)
        trim(str(kept))
        assert sorted(os.listdir(place)) == sorted(["1-1.sqlite", kept.name])


def test_a_header_of_a_future_version_cannot_be_taken_for_one_of_this(store: Path) -> None:
    assert set(CheckpointRef._fields) == {
        "id", "file", "workflow", "graph", "parent", "timestamp", "when", "iteration", "size", "facts", "note", "inner",
        "chain", "position", "store_metadata", "carries_answers",
    }, "what a header holds has changed: change SCHEMA in index_database, and what header_chunks packs"  # fmt: skip
