"""The runs of a large directory: what its table says is what a list of all checkpoints says, whatever happens to it."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.stores import (
    cache_files,
    caching,
    directory,
    directory_groups,
    directory_table,
    first_screen,
    headers,
    listed_names,
    table_file,
)
from ckpt_tui.stores.cache_files import trim
from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.stores.directory_runs import DirectoryRuns
from ckpt_tui.stores.registry import open_store
from ckpt_tui.stores.store_groups import GroupBatch, Groups, ListedGroups
from ckpt_tui.stores.table_file import TableFile
from tests.stores.saving import save
from tests.stores.watched_groups import Watching

DATA = Path(__file__).parent.parent / "data" / "agent-framework"
LENGTH = 4


@pytest.fixture(autouse=True)
def every_directory_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runs of a directory of two files are listed first, and it is read two files at a time."""
    monkeypatch.setattr(directory, "LISTED", 1)
    monkeypatch.setattr(directory_groups, "BATCH", 2)
    monkeypatch.setattr(directory_groups, "GROWS", 2)
    monkeypatch.setattr(directory_table, "COMPARED_AT_ONCE", 2)
    monkeypatch.setattr(listed_names, "COMPARED_AT_ONCE", 2)
    monkeypatch.setattr(listed_names, "PAGE", 2)


@pytest.fixture
def long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are as good as old a moment after they were written."""
    monkeypatch.setattr(directory_table, "RACY_NS", 0)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A directory of three runs of four checkpoints."""
    made = tmp_path / "store"
    made.mkdir()
    for number in range(3 * LENGTH):
        save_one(made, number, number - 1 if number % LENGTH else None)
    return made


def save_one(store: Path, number: int, parent: int | None) -> Path:
    return save(
        store, f"c{number:02}", previous_checkpoint_id=None if parent is None else f"c{parent:02}",
        iteration_count=0 if parent is None else number % LENGTH,
        timestamp=f"2026-03-01T00:{number:02}:00+00:00",
    )  # fmt: skip


def groups_of(path: Path) -> Groups:
    found = open_store(path).groups()
    assert found is not None
    return found


def said(groups: Groups) -> dict[str, tuple[object, ...]]:
    """What is said of each group, and the files in it."""
    found: dict[str, tuple[object, ...]] = {}
    for batch in groups.scan():
        found = {} if batch.starts else found
        for group in batch.groups:
            own = sorted(one.file for one in groups.entries(group.id) if isinstance(one, CheckpointRef))
            found[group.id] = (*group._replace(status=None), tuple(own))
    return found


def of_list(path: Path) -> dict[str, tuple[object, ...]]:
    """The same as a list of all checkpoints says it."""
    return said(ListedGroups(DirectoryStore(str(path))))


class TestList:
    @pytest.mark.parametrize("path", sorted(DATA.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}")
    def test_it_says_what_the_list_of_all_says(self, path: Path) -> None:
        store = open_store(path)
        if isinstance(store, DirectoryStore) and store.groups() is not None:
            assert said(groups_of(path)) == of_list(path)

    def test_runs_are_shown_before_everything_is_read(self, store: Path) -> None:
        batches = list(groups_of(store).scan())
        assert next(batch.done for batch in batches if batch.starts) == 2
        assert batches[-1].starts
        assert len(batches[-1].groups) == 3
        assert [batch.done for batch in batches] == sorted(batch.done for batch in batches)

    def test_a_small_directory_or_one_file_is_listed(self, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert open_store(store / "c00.json").groups() is None
        monkeypatch.setattr(directory, "LISTED", 3 * LENGTH)
        assert open_store(store).groups() is None

    def test_what_is_not_a_checkpoint_is_a_problem(self, store: Path) -> None:
        (store / "broken.json").write_text("{")
        (store / "folder.json").mkdir()
        (store / "nowhere.json").symlink_to(store / "nothing")
        groups = groups_of(store)
        *_, last = groups.scan()
        assert {one.file for one in last.entries} == {"broken.json", "folder.json", "nowhere.json"}
        assert {one.file for one in groups.problems()} == {"broken.json", "folder.json", "nowhere.json"}
        assert said(groups) == of_list(store)

    def test_runs_have_the_numbers_that_they_have_in_the_list(self, store: Path) -> None:
        assert sorted(group.number for batch in groups_of(store).scan() if batch.done >= batch.total
                      for group in batch.groups) == [1, 2, 3]  # fmt: skip


class TestNames:
    @pytest.mark.parametrize(
        ("name", "files"),
        [
            ("latest", {"c11.json"}), ("latest~2", {"c11.json"}), ("c05", {"c05.json"}), ("c05.json", {"c05.json"}),
            ("c05~1", {"c05.json"}), ("c0", {f"c0{number}.json" for number in range(10)}), ("none", set()),
        ],
    )  # fmt: skip
    def test_those_that_have_it(self, store: Path, name: str, files: set[str]) -> None:
        groups = groups_of(store)
        assert groups.holders(name) is None  # nothing is read
        list(groups.scan())
        assert set(groups.holders(name) or ()) == set(map(groups.home, files))

    def test_an_id_is_found_by_a_part_of_it(self, store: Path) -> None:
        groups = groups_of(store)
        list(groups.scan())
        assert groups.matching("05") == [groups.home("c04.json")]
        assert groups.matching("C05") == []
        assert groups.home("other.json") == ""


@pytest.fixture
def watching(store: Path) -> Watching:
    made = Watching(groups_of(store))
    made.until_checked()
    made.until(lambda: len(made.counts) == 3)
    return made


class TestNews:
    def test_a_checkpoint_makes_its_run_longer(self, store: Path, watching: Watching) -> None:
        save_one(store, 12, 11)
        watching.until(lambda: 5 in watching.counts.values())
        [batch] = [batch for batch in watching.batches if batch.entries]
        assert [(group.checkpoints, group.newest, group.number) for group in batch.groups] == [(5, "c12.json", 3)]
        assert [one.facts is not None for one in batch.entries if isinstance(one, CheckpointRef)] == [True]
        assert watching.groups.home("c12.json") == batch.groups[0].id
        assert len(watching.groups.entries(batch.groups[0].id)) == 5
        assert not batch.starts
        watching.end()

    def test_a_checkpoint_begins_a_run_and_goes_on(self, store: Path, watching: Watching) -> None:
        save_one(store, 12, None)
        watching.until(lambda: len(watching.counts) == 4)
        save_one(store, 13, 12)
        watching.until(lambda: 2 in watching.counts.values())
        [group] = [name for name, count in watching.counts.items() if count == 2]
        assert {one.file for one in watching.groups.entries(group)} == {"c12.json", "c13.json"}
        assert watching.groups.newest(1) == [group]
        assert watching.groups.holders("c13") == [group]
        watching.end()

    @pytest.mark.parametrize(
        "change",
        [
            lambda store: (store / "c05.json").unlink(),
            lambda store: save_one(store, 5, None),
            lambda store: save_one(store, 5, 99),
            lambda store: (store / "c05.json").write_text("{"),
            lambda store: (store / "c05.json").rename(store / "copy.json"),
            lambda store: save_one(store, 13, 12),
            lambda store: [save_one(store, 13, 12), save_one(store, 12, 11)],
            lambda store: save(store, "guess", iteration_count=2, timestamp="2026-03-01T00:06:30+00:00"),
            lambda store: save(store, "old", timestamp="2026-01-01T00:00:00+00:00", iteration_count=0),
            lambda store: save(store, "other", workflow_name="other", iteration_count=0),
            lambda store: shutil.copy(store / "c05.json", store / "copy.json"),
        ],
    )  # fmt: skip
    def test_whatever_happens_it_says_what_the_list_says(
        self, store: Path, watching: Watching, change: Callable[[Path], object]
    ) -> None:
        change(store)
        wanted = {name: (found[2], found[-1]) for name, found in of_list(store).items()}

        def now() -> dict[str, tuple[int, tuple[str, ...]]]:
            return {
                name: (count, tuple(sorted(one.file for one in watching.groups.entries(name))))
                for name, count in watching.counts.items()
            }

        watching.until(lambda: now() == wanted and watching.groups.newest(1) is not None)
        assert {one.file for one in watching.groups.problems()} == {one.file for one in problems_of(store)}
        watching.end()

    def test_a_directory_that_goes_away_and_comes_back(self, store: Path, watching: Watching) -> None:
        store.rename(store.parent / "away")
        watching.until(lambda: watching.batches[-1].missing)
        assert watching.counts == {}
        (store.parent / "away").rename(store)
        watching.until(lambda: len(watching.counts) == 3)
        watching.end()

    def test_one_that_cannot_be_listed_for_a_moment_is_listed_again(
        self, store: Path, watching: Watching, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(table: object, wanted: object, *more: object, **named: object) -> object:
            raise FileNotFoundError

        with monkeypatch.context() as patched:
            patched.setattr(directory_table.DirectoryTable, "read", broken)
            save_one(store, 12, 11)
            watching.until(lambda: watching.batches[-1].missing)
        watching.until(lambda: watching.counts == counts(store))
        watching.end()

    def test_bodies_are_read_of_files_as_they_are(self, store: Path, watching: Watching) -> None:
        read = [one for batch in watching.groups._store.fill(["c00.json", "no.json"]) for one in batch.entries]  # type: ignore[attr-defined]
        assert [one.file for one in read] == ["c00.json"]
        assert isinstance(read[0], CheckpointRef)
        assert read[0].facts is not None
        watching.end()


def problems_of(store: Path) -> list[Problem]:
    groups = ListedGroups(DirectoryStore(str(store)))
    list(groups.scan())
    return list(groups.problems())


def kept(store: Path) -> Path:
    """The file of what is kept of a directory, whether it is there or not."""
    return Path(TableFile(store.stat()).path)


def look(store: Path) -> tuple[list[GroupBatch], dict[str, int]]:
    """What a browser is shown until all files were looked at: the news, and how many checkpoints each run has."""
    watching = Watching(groups_of(store))
    watching.until_checked()
    watching.end()
    return watching.batches, watching.counts


def counts(store: Path) -> dict[str, int]:
    return {name: int(str(found[2])) for name, found in of_list(store).items()}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files whose ends are read, as they are read."""
    names: list[str] = []
    read = headers.read_header_with_status

    def noted(path: str, name: str, is_regular: bool = False) -> object:
        names.append(name)
        return read(path, name, is_regular)

    monkeypatch.setattr(directory_table, "read_header_with_status", noted)
    return names


@pytest.mark.usefixtures("long_ago")
class TestKept:
    """What a start leaves for the next one."""

    def test_a_second_look_shows_all_runs_at_once_and_opens_no_file(self, store: Path, opened: list[str]) -> None:
        first, _ = look(store)
        assert len(opened) == 3 * LENGTH
        opened.clear()
        batches, found = look(store)
        assert opened == []
        assert batches[0].starts
        assert list(batches[0].groups) == list([one for one in first if one.starts][-1].groups)
        assert batches[0].done < batches[0].total  # nothing of it was compared with a file
        assert batches[-1].done == batches[-1].total
        assert found == counts(store)

    @pytest.mark.parametrize(
        "change",
        [
            lambda store: save_one(store, 12, 11),
            lambda store: (store / "c05.json").unlink(),
            lambda store: (store / "c05.json").rename(store / "c99.json"),
            lambda store: (store / "c05.json").write_text("{"),
            lambda store: save_one(store, 5, None),
            lambda store: [path.unlink() for path in store.glob("c0*.json")],
        ],
    )  # fmt: skip
    def test_what_happened_meanwhile_is_seen(self, store: Path, change: Callable[[Path], object]) -> None:
        look(store)
        change(store)
        assert look(store)[1] == counts(store)
        assert look(store)[1] == counts(store)

    def test_an_edit_that_keeps_size_and_time_is_seen(self, store: Path) -> None:
        look(store)
        path = store / "c05.json"
        before = path.stat()
        path.write_bytes(path.read_bytes().replace(b'"c04"', b'"c00"'))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_size == before.st_size
        assert look(store)[1] == counts(store)
        groups = groups_of(store)
        assert said(groups) == of_list(store)

    def test_a_file_in_the_place_of_another_is_seen(self, store: Path) -> None:
        look(store)
        (store / "c05.json").rename(store / "x.tmp")
        (store / "c06.json").rename(store / "c05.json")
        (store / "x.tmp").rename(store / "c06.json")
        assert look(store)[1] == counts(store)

    def test_the_list_of_a_directory_that_was_left_alone_is_whole_before_its_files_are_compared(
        self, store: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        look(store)  # its files came just now: whether one more came since, its time would not show
        monkeypatch.setattr(table_file, "RACY_NS", 0)
        assert look(store)[0][0].done == 0
        groups = groups_of(store)
        first = next(groups.watch(threading.Event()))
        assert first.done == first.total == 3 * LENGTH
        assert groups.holders("c05") == [groups.home("c05.json")]
        save_one(store, 5, None)
        os.utime(store, ns=(0, store.stat().st_mtime_ns))
        assert look(store)[1] == counts(store)

    def test_the_newest_runs_are_shown_before_all_that_is_kept_is_read(
        self, store: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(first_screen, "SHOWN", 1)
        first, _ = look(store)
        groups = groups_of(store)
        watched = groups.watch(threading.Event())
        shown = next(watched)
        every = list([one for one in first if one.starts][-1].groups)
        assert len(every) > 1
        assert list(shown.groups) == every[:1]
        assert (shown.starts, shown.done, shown.total) == (True, 0, 3 * LENGTH)
        newest = shown.groups[0]
        assert tuple(sorted(entry.file for entry in groups.entries(newest.id))) == of_list(store)[newest.id][-1]
        assert groups.home(newest.newest) == newest.id
        assert groups.newest(1) is None
        assert list(next(watched).groups) == every

    def test_a_first_screen_that_is_damaged_is_not_shown(self, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(first_screen, "SHOWN", 1)
        look(store)
        data = kept(store).read_bytes()
        at = data.index(b"\n") + 30
        kept(store).write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert TableFile(store.stat()).first() is None
        assert not kept(store).exists()

    def test_what_went_on_is_kept_without_all_runs_being_arranged_again(
        self, store: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        look(store)
        save_one(store, 3 * LENGTH, 3 * LENGTH - 1)
        with monkeypatch.context() as patch:
            patch.setattr(DirectoryRuns, "arrange", lambda _: pytest.fail("all runs were arranged"))
            assert look(store)[1] == counts(store)
        opened.clear()
        assert look(store)[1] == counts(store)
        assert opened == [], "it was not kept"
        assert said(groups_of(store)) == of_list(store)

    @pytest.mark.parametrize(
        "change",
        [
            lambda store: save_one(store, 12, 11),
            lambda store: (store / "c05.json").unlink(),
            lambda store: os.replace(shutil.copy(store / "c05.json", store / "x.tmp"), store / "c05.json"),
            lambda store: kept(store).write_bytes(kept(store).read_bytes()[:-1] + b"?"),
        ],
    )  # fmt: skip
    def test_that_of_one_that_was_not_is_compared_first(
        self, store: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], object]
    ) -> None:
        monkeypatch.setattr(table_file, "RACY_NS", 0)
        look(store)
        change(store)
        batches, found = look(store)
        assert batches[0].done == 0
        assert found == counts(store)

    def test_the_checkpoints_of_a_run_are_read_from_their_files_before_they_are_compared(self, store: Path) -> None:
        look(store)
        path = save_one(store, 7, 4)
        groups = groups_of(store)
        news = groups.watch(threading.Event())
        first = next(news)
        assert first.done == 0
        [group] = [group for group in first.groups if group.newest == "c07.json"]
        assert groups.home("c07.json") == group.id
        found = {one.file: one for one in groups.entries(group.id)}
        assert groups.home("c06.json") == group.id
        changed = found[path.name]
        assert isinstance(changed, CheckpointRef)
        assert changed.parent == "c04"
        assert groups.holders("latest") is None
        assert groups.newest(1) is None

    def test_a_first_look_that_is_broken_off_is_not_lost(self, store: Path, opened: list[str]) -> None:
        stop = threading.Event()
        for batch in groups_of(store).watch(stop):
            if batch.done >= 2 * LENGTH:
                stop.set()
        read = set(opened)
        assert len(read) < 3 * LENGTH
        opened.clear()
        batches, found = look(store)
        assert len(batches[0].groups) > 0
        assert found == counts(store)
        assert said(groups_of(store)) == of_list(store)

    def test_problems_are_read_each_time(self, store: Path, opened: list[str]) -> None:
        (store / "broken.json").write_text("{")
        look(store)
        opened.clear()
        batches, _ = look(store)
        assert {one.file for batch in batches for one in batch.entries} == {"broken.json"}

    @pytest.mark.parametrize("damage", ["cut", "longer", "a bit", "empty", "another version", "text"])
    def test_what_is_damaged_is_not_used(self, store: Path, opened: list[str], damage: str) -> None:
        look(store)
        data = kept(store).read_bytes()
        kept(store).write_bytes({
            "cut": data[:-9], "longer": data + b"\0", "empty": b"", "text": b"nothing\n" * 99,
            "another version": data.replace(b"runs 3 ", b"runs 0 ", 1),
            "a bit": data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 4]) + data[len(data) // 2 + 1 :],
        }[damage])  # fmt: skip
        opened.clear()
        _, found = look(store)
        assert found == counts(store)
        assert len(opened) >= 3 * LENGTH
        assert kept(store).read_bytes()[:7] == b"runs 3 "

    @pytest.mark.skipif(not hasattr(os, "geteuid"), reason="files have no owners here")
    def test_what_others_may_read_or_write_is_not_used(self, store: Path, opened: list[str]) -> None:
        look(store)
        assert kept(store).stat().st_mode & 0o777 == 0o600
        assert kept(store).parent.stat().st_mode & 0o777 == 0o700
        kept(store).chmod(0o644)
        opened.clear()
        assert look(store)[1] == counts(store)
        assert len(opened) >= 3 * LENGTH

    def test_no_cache_keeps_nothing(self, store: Path) -> None:
        caching.switch_off(True)
        try:
            assert look(store)[1] == counts(store)
        finally:
            caching.switch_off(False)
        assert not kept(store).exists()
        look(store)
        assert kept(store).exists()

    def test_a_place_that_cannot_be_written_does_no_harm(
        self, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
        assert look(store)[1] == counts(store)

    def test_much_that_is_gone_is_not_carried_on(self, store: Path) -> None:
        watching = Watching(groups_of(store))
        watching.until_checked()
        for number in range(LENGTH, 3 * LENGTH):
            (store / f"c{number:02}.json").unlink()
        watching.until(lambda: list(watching.counts.values()) == [LENGTH])
        watching.end()
        assert look(store)[1] == counts(store)
        assert look(store)[1] == counts(store)

    def test_what_was_not_used_for_long_is_deleted(self, store: Path) -> None:
        look(store)
        left = kept(store).with_name(f"{kept(store).name}.1.new")
        left.write_bytes(b"")
        trim(str(store / "c00.json"))
        assert kept(store).exists()
        assert left.exists()  # another program may be writing it
        os.utime(left, (0, 0))
        os.utime(kept(store), (0, 0))
        trim(str(store / "c00.json"))
        assert not kept(store).exists()
        assert not left.exists()


def test_a_file_that_was_just_written_is_read_again(store: Path) -> None:
    look(store)
    batches, _ = look(store)
    assert sorted(one.file for batch in batches for one in batch.entries) == sorted(os.listdir(store))


CHILD = """
import os, resource, signal, sys, threading
from ckpt_tui.stores import directory, directory_groups, directory_table, table_file
directory.LISTED, directory_groups.BATCH, directory_table.RACY_NS = 1, 2, 0
{before}
groups = directory.DirectoryStore(sys.argv[1]).groups()
stop, counts = threading.Event(), dict()
for batch in groups.watch(stop):
    counts = dict() if batch.starts else counts
    counts.update((group.id, group.checkpoints) for group in batch.groups)
    if groups.newest(1) is not None and groups.is_compared:
        stop.set()
print(sorted(counts.items()))
"""


def in_another_program(store: Path, before: str = "") -> subprocess.Popen[str]:
    """A look at a directory in a process of its own, and what it does before."""
    command = [sys.executable, "-c", CHILD.format(before=before), str(store)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.usefixtures("long_ago")
class TestOtherPrograms:
    def test_one_that_is_killed_as_it_writes_does_no_harm(self, store: Path) -> None:
        look(store)
        before = kept(store).read_bytes()
        save_one(store, 12, 11)
        killed = in_another_program(store, "table_file._Writer.end = lambda self: os.kill(os.getpid(), signal.SIGKILL)")
        killed.communicate()
        assert killed.returncode == -signal.SIGKILL
        assert kept(store).read_bytes() == before
        assert look(store)[1] == counts(store)

    def test_a_full_disk_does_no_harm(self, store: Path) -> None:
        full = in_another_program(
            store, "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))"
        )
        out, _ = full.communicate()
        assert (full.returncode, out) == (0, f"{sorted(counts(store).items())}\n")
        assert not kept(store).exists()
        assert os.listdir(kept(store).parent) == []

    def test_two_at_once_do_not_disturb_each_other(self, store: Path) -> None:
        programs = [in_another_program(store) for _ in range(3)]
        wanted = f"{sorted(counts(store).items())}\n"
        assert [program.communicate()[0] for program in programs] == [wanted] * 3
        assert look(store)[1] == counts(store)


def test_what_is_kept_is_of_this_version() -> None:
    assert table_file.SCHEMA == 3
    assert cache_files.RUNS == ".runs"
