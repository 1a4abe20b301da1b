"""A large store: runs are folded to a row each, and read where somebody looks."""

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ckpt_tui.core.runs.groups import FOLDED, Group
from ckpt_tui.core.runs.listing import FoldedRow, NodeRow, RunRow, StoreRow
from ckpt_tui.stores import directory, directory_groups, listed_names
from ckpt_tui.stores.directory_table import DirectoryTable
from ckpt_tui.stores.fork_directories import overlay
from ckpt_tui.stores.header_reading import Listed
from ckpt_tui.stores.listed_names import ListedNames
from ckpt_tui.stores.registry import open_store, open_stores
from ckpt_tui.tui import library
from ckpt_tui.tui.screens.compare import CompareScreen
from ckpt_tui.tui.screens.replay import ReplayScreen
from tests.benchmarks.scale import write_scattered
from tests.stores.saving import save
from tests.support.patience import PATIENCE
from tests.support.thread_database import add_checkpoint, write_threads
from tests.tui.support import NARROW, Driver, open_app

HOSTILE = Path(__file__).parent.parent / "data" / "hostile"
STEPS = 10
THREADS = FOLDED // STEPS + 1
MANY = 400
"""Files beyond which runs are folded in these tests."""


@pytest.fixture(scope="module")
def threads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("threads") / "memory.db"
    write_threads(path, THREADS)
    return path


@pytest.fixture(scope="module")
def groups(threads: Path) -> list[str]:
    """The names of all threads, the newest first."""
    found = open_store(threads).groups()
    assert found is not None
    return [group.id for batch in found.scan() if batch.starts for group in batch.groups]


@pytest.fixture
def copied(threads: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(threads, tmp_path / "memory.db"))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "store"
    write_scattered(path, MANY + 40, length=200)
    return path


def rows(driver: Driver) -> Iterator[tuple[type, str]]:
    for row in driver.screen.list.view.rows:
        if isinstance(row, FoldedRow):
            yield FoldedRow, row.group.id
        elif isinstance(row, RunRow):
            yield RunRow, row.run.id
        elif isinstance(row, NodeRow):
            yield NodeRow, row.node.ref.id


def only(driver: Driver, thread: str) -> bool:
    """Whether the rows are those of one thread, folded, or unfolded as the cursor came to it."""
    return all(name.partition("/")[0] == thread for _, name in rows(driver))


async def listed(driver: Driver) -> None:
    """Wait until all threads are listed."""
    await driver.until(lambda: driver.screen.list.view.run_count >= THREADS, "all threads")
    await driver.settled()


async def move_to(driver: Driver, thread: str) -> None:
    view = driver.screen.list.view
    at = next(at for at, row in enumerate(view.rows) if isinstance(row, FoldedRow) and row.group.id == thread)
    driver.screen.list.move_to(at)
    await driver.until(lambda: driver.screen.selection.node is not None, "its run is read")
    await driver.until(lambda: driver.screen.opened.file == driver.screen.list.selected, "it is shown")


class TestDatabase:
    """Threads, which the store lists first."""

    async def test_the_newest_thread_is_unfolded_and_all_others_are_a_row_each(
        self, threads: Path, groups: list[str]
    ) -> None:
        async with open_app(threads) as driver:
            await listed(driver)
            found = list(rows(driver))
            assert [kind for kind, _ in found[: STEPS + 2]] == [RunRow, *[NodeRow] * STEPS, FoldedRow]
            assert [name for kind, name in found if kind is FoldedRow] == groups[1:]
            await driver.shows(f"{THREADS * STEPS:,} checkpoints · {THREADS:,} threads")
            assert driver.screen.list.cursor == STEPS

    async def test_rows_of_folded_threads_say_how_they_ended(self, threads: Path) -> None:
        async with open_app(threads) as driver:
            await listed(driver)
            await driver.until(lambda: not driver.screen.list.unread_ends, "all ends are read")
            assert sum("▸ thread" in line and "done" in line for line in driver.lines) > 10

    async def test_only_what_is_looked_at_is_read(self, threads: Path) -> None:
        async with open_app(threads) as driver:
            await listed(driver)
            assert len(driver.screen.library) == STEPS
            await driver.press("j", "j")
            await driver.settled()
            assert len(driver.screen.library) <= 3 * STEPS

    async def test_a_thread_is_unfolded_and_folded_by_keys(self, threads: Path, groups: list[str]) -> None:
        async with open_app(threads) as driver:
            await listed(driver)
            await driver.press("j")
            newest = driver.screen.list.selected
            assert newest.startswith(f"{groups[1]}/")
            await driver.press("enter")
            await driver.until(lambda: (RunRow, groups[1]) in rows(driver), "unfolded")
            assert driver.screen.list.selected == newest
            await driver.press("k", "h")
            await driver.until(lambda: (FoldedRow, groups[1]) in rows(driver), "folded again")
            assert driver.screen.list.selected == newest

    async def test_a_narrow_terminal_shows_the_same(self, threads: Path, groups: list[str]) -> None:
        async with open_app(threads, size=NARROW) as driver:
            await listed(driver)
            await driver.press("j", "enter")
            await driver.until(lambda: (RunRow, groups[1]) in rows(driver), "unfolded")

    async def test_the_details_of_a_folded_thread_are_those_of_its_newest(
        self, threads: Path, groups: list[str]
    ) -> None:
        async with open_app(threads, tab="diff") as driver:
            await listed(driver)
            await move_to(driver, groups[-1])
            await driver.shows("+ state.messages[8]")  # what changed since its parent

    async def test_a_checkpoint_of_an_old_thread_is_opened_by_its_id(self, threads: Path, groups: list[str]) -> None:
        entries = open_store(threads).groups().entries(groups[-1])  # type: ignore[union-attr]
        name = str(entries[3].id)  # type: ignore[union-attr]
        async with open_app(threads, at=name.rpartition("/")[2], settled=False) as driver:
            await driver.until(lambda: driver.screen.list.selected == name, "the one that was named")
            assert not driver.screen.selection.following
            assert (RunRow, groups[-1]) in rows(driver)

    async def test_an_id_that_nothing_has_shows_the_newest(self, threads: Path, groups: list[str]) -> None:
        async with open_app(threads, at="nothing-has-it", settled=False) as driver:
            await driver.shows("showing the newest")
            await listed(driver)
            assert driver.screen.list.selected.startswith(f"{groups[0]}/")

    async def test_going_to_an_id_unfolds_its_thread(self, threads: Path, groups: list[str]) -> None:
        entries = open_store(threads).groups().entries(groups[200])  # type: ignore[union-attr]
        name = str(entries[3].id)  # type: ignore[union-attr]
        async with open_app(threads) as driver:
            await listed(driver)
            driver.screen.selection.go_to_id(name)
            await driver.until(lambda: driver.screen.list.selected == name, "it is selected")
            driver.screen.selection.go_to_id("nothing-has-it")
            await driver.shows("no longer in the store")

    async def test_a_new_fork_of_a_thread_is_gone_to(self, copied: Path, groups: list[str], tmp_path: Path) -> None:
        write_threads(tmp_path / "fork.db", 1)  # the first thread, which went on in another way
        fork = add_checkpoint(tmp_path / "fork.db", groups[-1])
        async with open_app(copied) as driver:
            await listed(driver)
            driver.screen.open_instead(overlay(str(copied), [str(tmp_path / "fork.db")]))
            await driver.until(lambda: driver.screen.list.view.checkpoints > THREADS * STEPS, "all are listed")
            await driver.until(lambda: any(fork in file for file in driver.screen.list.view.places), "the fork")
            file = next(file for file in driver.screen.list.view.places if fork in file)
            assert driver.screen.selection.go_to(file)
            await driver.until(lambda: driver.screen.list.selected == file, "it is selected")
            await driver.until(lambda: driver.screen.opened.file == file, "it is shown")

    async def test_a_filter_finds_threads_by_name_and_checkpoints_by_id(self, threads: Path, groups: list[str]) -> None:
        entries = open_store(threads).groups().entries(groups[300])  # type: ignore[union-attr]
        name = str(entries[3].id).rpartition("/")[2]  # type: ignore[union-attr]
        async with open_app(threads) as driver:
            await listed(driver)
            await driver.press("F")  # the newest is no longer followed
            await driver.press("f")
            await driver.type(groups[400][:13])
            await driver.press("enter")
            await driver.until(lambda: only(driver, groups[400]), "one thread")
            await driver.press("f", *["backspace"] * 13)
            await driver.type(name)
            await driver.press("enter")
            await driver.until(lambda: (NodeRow, f"{groups[300]}/{name}") in rows(driver), "the checkpoint")
            assert [kind for kind, _ in rows(driver)] == [RunRow, NodeRow]
            await driver.until(lambda: driver.screen.list.selected == f"{groups[300]}/{name}", "the cursor is there")
            await driver.press("escape")
            await driver.until(lambda: sum(kind is FoldedRow for kind, _ in rows(driver)) > THREADS - 5, "all again")
            assert driver.screen.list.selected == f"{groups[300]}/{name}"
            assert (NodeRow, f"{groups[300]}/{name}") in rows(driver)

    async def test_a_new_checkpoint_brings_its_thread_to_the_top(self, copied: Path, groups: list[str]) -> None:
        async with open_app(copied) as driver:
            await listed(driver)
            name = add_checkpoint(copied, groups[100])
            await driver.until(lambda: driver.screen.list.selected == f"{groups[100]}/{name}", "it is followed")
            found = list(rows(driver))
            assert found[0] == (RunRow, groups[100])
            assert (FoldedRow, groups[0]) in found, "what was unfolded only as it was the newest is folded again"
            assert driver.screen.list.view.checkpoints == THREADS * STEPS + 1

    async def test_the_cursor_stays_while_others_are_written_to(self, copied: Path, groups: list[str]) -> None:
        async with open_app(copied) as driver:
            await listed(driver)
            await driver.press("j", "j")
            selected = driver.screen.list.selected
            name = add_checkpoint(copied, groups[100])
            await driver.until(lambda: driver.screen.list.view.newest == f"{groups[100]}/{name}", "it is listed")
            assert driver.screen.list.selected == selected
            assert next(rows(driver)) == (FoldedRow, groups[100])

    async def test_a_thread_that_goes_on_is_kept_up_with_where_it_is_unfolded(
        self, copied: Path, groups: list[str]
    ) -> None:
        async with open_app(copied) as driver:
            await listed(driver)
            await driver.press("F")
            name = add_checkpoint(copied, groups[0])
            await driver.until(lambda: (NodeRow, f"{groups[0]}/{name}") in rows(driver), "its row")

    async def test_marks_compare_checkpoints_of_two_threads(self, threads: Path, groups: list[str]) -> None:
        async with open_app(threads) as driver:
            await listed(driver)
            await driver.press("m")
            await move_to(driver, groups[7])
            await driver.press("d")
            await driver.until(lambda: isinstance(driver.app.screen, CompareScreen), "they are compared")

    async def test_a_folded_thread_is_replayed(self, threads: Path, groups: list[str]) -> None:
        async with open_app(threads) as driver:
            await listed(driver)
            await move_to(driver, groups[9])
            await driver.press("space")
            await driver.until(lambda: isinstance(driver.app.screen, ReplayScreen), "a replay")

    async def test_find_looks_into_threads_that_nobody_has_looked_into(self, threads: Path, groups: list[str]) -> None:
        async with open_app(threads) as driver:
            await listed(driver)
            await driver.press("ctrl+f")
            await driver.type("It is sunny")
            await driver.press("enter")
            await driver.until(lambda: len(driver.app.screen.finding.matches) > 40, "matches")  # type: ignore[attr-defined]
            files = {match.ref.file for match in driver.app.screen.finding.matches}  # type: ignore[attr-defined]
            assert any(file.startswith(f"{groups[1]}/") for file in files)


class TestDirectory:
    """Files, whose runs are known from their list."""

    @pytest.fixture(autouse=True)
    def few_are_many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(library, "FOLDED", MANY)

    async def test_runs_are_folded_the_newest_first(self, files: Path) -> None:
        async with open_app(files, settled=False) as driver:
            await driver.shows(f"{MANY + 40:,} checkpoints")
            kinds = [kind for kind, _ in rows(driver)]
            assert kinds[0] is RunRow
            assert kinds[-1] is FoldedRow
            assert kinds.count(FoldedRow) == driver.screen.list.view.run_count - 1

    async def test_a_jump_into_a_folded_run_unfolds_it(self, files: Path) -> None:
        async with open_app(files, settled=False) as driver:
            await driver.shows(f"{MANY + 40:,} checkpoints")
            old = driver.screen.list.view.runs[0].nodes[100].ref
            assert driver.screen.list.view.node_of(old.file) is not None
            driver.screen.selection.go_to_id(old.id)
            await driver.until(lambda: driver.screen.list.selected == old.file, "it is selected")
            await driver.press("h")
            await driver.until(lambda: isinstance(driver.screen.list.row, FoldedRow), "folded")
            assert driver.screen.list.row.group.id == old.id or driver.screen.list.row.group.checkpoints > 100  # type: ignore[union-attr]

    async def test_a_filter_finds_rows_of_folded_runs(self, files: Path) -> None:
        async with open_app(files, settled=False) as driver:
            await driver.shows(f"{MANY + 40:,} checkpoints")
            old = driver.screen.list.view.runs[0].nodes[100].ref
            await driver.press("f")
            await driver.type(old.id[:13])
            await driver.press("enter")
            await driver.until(lambda: (NodeRow, old.id) in rows(driver), "its row")

    async def test_a_place_in_a_checkpoint_of_a_folded_run_is_gone_to(self, files: Path) -> None:
        async with open_app(files, settled=False) as driver:
            await driver.shows(f"{MANY + 40:,} checkpoints")
            old = driver.screen.list.view.runs[0].nodes[100].ref
        async with open_app(files, at=old.id, steps=("state", "history"), settled=False) as driver:
            await driver.until(lambda: driver.screen.list.selected == old.file, "it is selected")
            await driver.until(lambda: driver.screen.panes.detail.place[1] == "state.history", "the place in it")

    async def test_the_cursor_stays_where_it_is_when_runs_are_folded(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(library, "FOLDED", 12)
        for number in range(12):
            save_one(tmp_path, number)
        async with open_app(tmp_path) as driver:
            await driver.press("g")
            selected = driver.screen.list.selected
            save_one(tmp_path, 12)
            await driver.until(lambda: driver.screen.list.view.is_folded, "runs are folded")
            await driver.until(lambda: selected in driver.screen.list.view.places, "the run of the cursor is not")
            await driver.until(lambda: driver.screen.list.selected == selected, "the cursor where it was")


def save_one(store: Path, number: int, parent: int | None = None) -> None:
    """Write a checkpoint: the next of a run of ten, or that of another parent."""
    parent = number - 1 if parent is None and number % 10 else parent
    save(
        store, f"c{number:02}", previous_checkpoint_id=None if parent is None else f"c{parent:02}",
        workflow_name="loop", iteration_count=number % 10,
        timestamp=f"2026-03-01T00:{number // 60:02}:{number % 60:02}+00:00",
    )  # fmt: skip


class TestLargeDirectory:
    """Files of a directory so large that their headers are read where somebody looks."""

    COUNT = 60

    @pytest.fixture(autouse=True)
    def is_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(directory, "LISTED", 20)

    @pytest.fixture
    def store(self, tmp_path: Path) -> Path:
        made = tmp_path / "store"
        made.mkdir()
        for number in range(self.COUNT):
            save_one(made, number)
        return made

    @pytest.fixture
    def runs(self, store: Path) -> list[Group]:
        """All runs, the newest first."""
        found = open_store(store).groups()
        assert found is not None
        *_, last = found.scan()
        return list(last.groups)

    async def test_the_newest_run_is_unfolded_and_each_has_its_number(self, store: Path, runs: list[Group]) -> None:
        async with open_app(store) as driver:
            await driver.shows(f"{self.COUNT} checkpoints · {len(runs)} runs")
            await driver.until(lambda: driver.screen.checkpoints.progress == (0, 0), "all files are looked at")
            found = list(rows(driver))
            assert found[0] == (RunRow, runs[0].id.split("\n")[1])
            assert [name for kind, name in found if kind is FoldedRow] == [run.id for run in runs[1:]]
            await driver.shows(f"loop · run {runs[0].number} ·")
            await driver.shows(f"▸ loop · run {runs[1].number}")
            await driver.press("F")
            driver.screen.list.move_to(next(at for at, (kind, _) in enumerate(rows(driver)) if kind is FoldedRow))
            await driver.press("l")
            await driver.until(lambda: (RunRow, runs[1].id.split("\n")[1]) in rows(driver), "it is unfolded")
            await driver.shows(f"loop · run {runs[1].number} ·")

    async def test_a_new_checkpoint_is_followed(self, store: Path, runs: list[Group]) -> None:
        async with open_app(store) as driver:
            await driver.until(lambda: driver.screen.checkpoints.progress == (0, 0), "all files are looked at")
            save_one(store, self.COUNT, int(runs[2].newest[1:3]))
            await driver.until(lambda: driver.screen.list.selected == "c60.json", "it is followed")
            assert next(rows(driver))[0] is RunRow
            assert driver.screen.list.view.checkpoints == self.COUNT + 1
            await driver.until(lambda: driver.screen.opened.file == "c60.json", "it is shown")

    async def test_a_checkpoint_that_is_named_is_gone_to_once_it_is_known(self, store: Path, runs: list[Group]) -> None:
        name = runs[3].newest.removesuffix(".json")
        async with open_app(store, at=name) as driver:
            await driver.until(lambda: driver.screen.list.selected == f"{name}.json", "it is selected")
        async with open_app(store, at="no-such-id") as driver:
            await driver.shows("showing the newest")

    async def test_bodies_of_a_run_that_is_looked_up_late_are_read_too(self, store: Path, runs: list[Group]) -> None:
        async with open_app(store) as driver:
            await driver.until(lambda: driver.screen.checkpoints.progress == (0, 0), "all files are looked at")
            library = driver.screen.library
            driver.screen.follower.look_up(runs[3].newest.removesuffix(".json"))
            await driver.until(lambda: library.groups is not None and library.groups.is_read(runs[3].id), "its headers")
            await driver.until(lambda: not library.unread(), "its bodies")

    async def test_a_filter_finds_checkpoints_by_id(self, store: Path, runs: list[Group]) -> None:
        name = runs[3].newest.removesuffix(".json")
        async with open_app(store) as driver:
            await driver.until(lambda: driver.screen.checkpoints.progress == (0, 0), "all files are looked at")
            await driver.press("f")
            await driver.type(name[:13])
            await driver.press("enter")
            await driver.until(lambda: (NodeRow, name) in rows(driver), "its row")

    async def test_a_filter_finds_runs_by_the_number_in_their_row(self, store: Path, runs: list[Group]) -> None:
        wanted = runs[3]
        async with open_app(store) as driver:
            await driver.until(lambda: driver.screen.checkpoints.progress == (0, 0), "all files are looked at")
            await driver.press("F", "f")
            await driver.type(f"run {wanted.number}")
            await driver.press("enter")
            newest = wanted.newest.removesuffix(".json")
            await driver.until(lambda: list(rows(driver))[-1][1] in (wanted.id, newest), "its row, or all of its rows")
            assert sum(kind is not NodeRow for kind, _ in rows(driver)) == 1

    async def test_what_is_deleted_from_a_run_is_gone_before_all_runs_are_arranged_again(
        self, store: Path, runs: list[Group], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with open_app(store) as driver:
            await driver.until(lambda: driver.screen.checkpoints.progress == (0, 0), "all files are looked at")
            monkeypatch.setattr(directory_groups.DirectoryGroups, "_is_due", lambda groups: False)
            (store / runs[0].newest).unlink()
            await driver.shows(f"{self.COUNT - 1} checkpoints")
            await driver.until(lambda: runs[0].newest not in driver.screen.list.view.places, "its row is gone")
            assert driver.screen.library.groups is not None
            for entry in driver.screen.library.groups.store.entries(runs[1].id):
                (store / entry.file).unlink()
            await driver.shows(f"{self.COUNT - 1 - runs[1].checkpoints} checkpoints · {len(runs) - 1} runs")

    async def test_a_second_start_is_whole_before_it_compares_with_the_files(
        self, store: Path, runs: list[Group], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        goes_on, compares = threading.Event(), threading.Event()
        compare, compare_names = DirectoryTable.compare, DirectoryTable.compare_names

        def held(table: DirectoryTable) -> Iterator[tuple[list[str], int]]:
            assert compares.wait(PATIENCE)
            return compare(table)

        def held_names(table: DirectoryTable, names: ListedNames) -> Iterator[int]:
            assert goes_on.wait(PATIENCE)
            return compare_names(table, names)

        async with open_app(store) as driver:
            await driver.until(lambda: driver.screen.checkpoints.progress == (0, 0), "all files are looked at")
        monkeypatch.setattr(DirectoryTable, "compare", held)
        monkeypatch.setattr(DirectoryTable, "compare_names", held_names)
        (store / runs[1].newest).unlink()
        async with open_app(store, settled=False) as driver:
            await driver.shows(f"{self.COUNT} checkpoints")
            await driver.shows(f" 0/{self.COUNT}")
            goes_on.set()
            await driver.shows(f"{self.COUNT - 1} checkpoints")
            await driver.shows("● live")
            compares.set()

    async def test_how_much_is_compared_is_shown_without_the_list_being_made_again(
        self, store: Path, runs: list[Group], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        goes_on, compare_names = threading.Semaphore(0), DirectoryTable.compare_names

        def held(table: DirectoryTable, names: ListedNames) -> Iterator[int]:
            for done in compare_names(table, names):
                assert goes_on.acquire(timeout=PATIENCE)
                yield done

        async with open_app(store) as driver:
            await driver.until(lambda: driver.screen.checkpoints.progress == (0, 0), "all files are looked at")
        monkeypatch.setattr(DirectoryTable, "compare_names", held)
        monkeypatch.setattr(listed_names, "PAGE", 2)
        monkeypatch.setattr(listed_names, "COMPARED_AT_ONCE", self.COUNT // 2)
        monkeypatch.setattr(library, "VIEW_SECONDS", 0.0)
        monkeypatch.setattr(library, "_REST", 0)
        (store / runs[1].newest).unlink()
        async with open_app(store) as driver:
            await driver.shows(f" 0/{self.COUNT}")
            before = driver.screen.list.view
            goes_on.release()
            await driver.shows(f" {self.COUNT // 2}/{self.COUNT + 1}")
            assert driver.screen.list.view is before
            goes_on.release(3)
            await driver.shows(f"{self.COUNT - 1} checkpoints", "● live")

    async def test_several_stores_have_their_runs_below_their_names(self, store: Path, runs: list[Group]) -> None:
        other = store.parent / "other"
        shutil.copytree(store, other)
        small = store.parent / "small"
        small.mkdir()
        save_one(small, 1)
        async with open_app(open_stores([store, other, small])) as driver:
            await driver.shows(f"{2 * self.COUNT + 1} checkpoints · {2 * len(runs) + 1} runs")
            await driver.until(lambda: driver.screen.checkpoints.progress == (0, 0), "all files are looked at")
            heads = [
                (row.name, row.runs, row.checkpoints)
                for row in driver.screen.list.view.rows
                if isinstance(row, StoreRow)
            ]
            assert heads == [("store", len(runs), self.COUNT), ("other", len(runs), self.COUNT), ("small", 1, 1)]
            await driver.press("F")
            at = next(
                at
                for at, row in enumerate(driver.screen.list.view.rows)
                if isinstance(row, StoreRow) and row.name == "other"
            )
            driver.screen.list.move_to(at + 2)
            await driver.press("l")
            newest = f"other/{runs[1].newest}"
            await driver.until(lambda: newest in driver.screen.list.view.places, "it is unfolded")
            assert any(isinstance(row, NodeRow) and row.node.ref.file == newest for row in driver.screen.list.view.rows)
            save_one(other, self.COUNT, int(runs[1].newest[1:3]))
            await driver.until(lambda: "other/c60.json" in driver.screen.list.view.places, "the new one has its row")
            assert [row.name for row in driver.screen.list.view.rows if isinstance(row, StoreRow)] == [
                name for name, *_ in heads
            ]

    async def test_an_overview_says_that_the_store_is_still_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        goes_on = threading.Event()
        read = DirectoryTable.read
        looks: list[int] = []

        def held(table: DirectoryTable, wanted: Listed, whole: bool = False) -> object:
            looks.append(len(wanted))
            assert len(looks) == 1 or goes_on.wait(PATIENCE)
            return read(table, wanted, whole)

        store = tmp_path / "store"
        written = write_scattered(store, self.COUNT, length=self.COUNT)
        monkeypatch.setattr(DirectoryTable, "read", held)
        monkeypatch.setattr(directory_groups, "BATCH", 5)
        monkeypatch.setattr(directory_groups, "list_json", lambda path: [
            (f"{one.id}.json", True) for one in reversed(written)
        ].__iter__())  # fmt: skip
        async with open_app(store, settled=False) as driver:
            await driver.until(lambda: driver.screen.opened.file, "the newest is shown")
            await driver.shows("is still being")
            goes_on.set()
            await driver.shows(f"{self.COUNT} checkpoints")
            await driver.until(lambda: "is still being" not in driver.text, "its beginning is there")


async def test_a_folded_run_with_a_dangerous_checkpoint_is_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "FOLDED", 20)
    for number in range(30):
        save_one(tmp_path, number)
    dangerous = json.loads((HOSTILE / "rce_os_system_p2.json").read_text())
    save_one(tmp_path, 5)
    document = json.loads((tmp_path / "c05.json").read_text())
    (tmp_path / "c05.json").write_text(json.dumps(document | {"state": dangerous["state"]}, indent=2))
    async with open_app(tmp_path) as driver:
        await driver.until(lambda: "c05.json" in driver.screen.list.dangers, "it is judged")
        await driver.until(lambda: len([line for line in driver.lines if "☠▸" in line]) == 1, "its run is marked")
        assert "☠ 1" in driver.text
