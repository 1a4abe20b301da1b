"""What a watch reports, whatever happens to the directory and to the events."""

from __future__ import annotations

import os
import queue
import shutil
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ckpt_tui.stores import directory_sweep
from ckpt_tui.stores import watch as module
from ckpt_tui.stores.directory_sweep import DirectoryChange
from ckpt_tui.stores.files import each_json
from ckpt_tui.stores.watch import slower_beside, watch
from tests.support.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

IN_PLACE = DirectoryChange(None, missing=False)
MISSING = DirectoryChange(None, missing=True)

posix_only = pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux files")


class Watching:
    """A watch in a thread of its own, and what it changes."""

    def __init__(self, directory: str, **options: Any) -> None:
        self.stop = threading.Event()
        self.changes: queue.Queue[DirectoryChange | BaseException] = queue.Queue()
        self.hold: threading.Event | None = None
        self.thread = threading.Thread(target=self._run, args=(directory, options))
        self.thread.start()

    def _run(self, directory: str, options: dict[str, Any]) -> None:
        try:
            for change in watch(directory, self.stop, **options):
                self.changes.put(change)
                if self.hold is not None:
                    self.hold.wait(PATIENCE)
        except BaseException as error:
            self.changes.put(error)
            raise

    def next(self) -> DirectoryChange:
        found = self.changes.get(timeout=PATIENCE)
        assert isinstance(found, DirectoryChange)
        return found

    def until(self, *names: str) -> list[DirectoryChange]:
        """Return the changes up to the one by which all names were changes."""
        found: list[DirectoryChange] = []
        open_names = set(names)
        while open_names:
            found.append(self.next())
            open_names -= found[-1].names or set()
        return found

    def until_change(self, wanted: DirectoryChange) -> None:
        while self.next() != wanted:
            pass

    def end(self) -> None:
        self.stop.set()
        if self.hold is not None:
            self.hold.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Watching]]:
    """Starts a watch and waits until it is in place; ends it after the test."""
    monkeypatch.delenv("WATCHFILES_FORCE_POLLING", raising=False)
    started: list[Watching] = []

    def begin(directory: Path | str, *, first: DirectoryChange = IN_PLACE, **options: Any) -> Watching:
        started.append(Watching(str(directory), **options))
        assert started[-1].next() == first
        return started[-1]

    yield begin
    for watching in started:
        watching.end()


@pytest.fixture(params=[False, True], ids=["events", "polling"])
def polling(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


class Notifiers:
    """Stands where watchfiles has its RustNotify and counts."""

    def __init__(self, make: Callable[..., Any]) -> None:
        self.made = 0
        self.make = make

    def __call__(self, *arguments: Any) -> Any:
        self.made += 1
        return self.make(*arguments)


@pytest.fixture
def replace_notify(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[..., Any]], Notifiers]:
    def replace(make: Callable[..., Any]) -> Notifiers:
        notifiers = Notifiers(make)
        monkeypatch.setattr("watchfiles._rust_notify.RustNotify", notifiers)
        return notifiers

    return replace


class Blind:
    """A watcher that never sees anything, as on a mount written to by another machine."""

    def __init__(self, *_: Any) -> None:
        self.closed = False

    def watch(self, debounce_ms: int, step_ms: int, timeout_ms: int, stop: threading.Event) -> str:
        return "stop" if stop.wait(timeout_ms / 1000) else "timeout"

    def close(self) -> None:
        self.closed = True


def save(directory: Path, name: str, content: bytes = b"{}") -> None:
    """Write as the framework does."""
    temporary = directory / f".maf-ckpt-{threading.get_ident()}.tmp"
    temporary.write_bytes(content)
    os.replace(temporary, directory / name)


def names_of(changes: list[DirectoryChange]) -> set[str]:
    return {name for change in changes for name in change.names or ()}


# --- what happens to files


def test_a_saved_file_is_reported_by_name(tmp_path: Path, start: Callable[..., Watching], polling: bool) -> None:
    watching = start(tmp_path, force_polling=polling)
    save(tmp_path, "a.json")
    assert watching.until("a.json")[-1] == DirectoryChange(frozenset({"a.json"}), missing=False)


def test_a_replaced_file_is_reported(tmp_path: Path, start: Callable[..., Watching], polling: bool) -> None:
    save(tmp_path, "a.json")
    watching = start(tmp_path, force_polling=polling)
    save(tmp_path, "a.json", b"[]")
    watching.until("a.json")


def test_a_deleted_file_is_reported(tmp_path: Path, start: Callable[..., Watching], polling: bool) -> None:
    save(tmp_path, "a.json")
    watching = start(tmp_path, force_polling=polling)
    (tmp_path / "a.json").unlink()
    watching.until("a.json")


def test_a_file_renamed_in_the_directory_is_reported_under_both_names(
    tmp_path: Path, start: Callable[..., Watching], polling: bool
) -> None:
    save(tmp_path, "a.json")
    watching = start(tmp_path, force_polling=polling)
    os.rename(tmp_path / "a.json", tmp_path / "b.json")
    watching.until("a.json", "b.json")


def test_an_edit_in_place_is_reported(
    tmp_path: Path, start: Callable[..., Watching], polling: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_sweep, "SWEEP_SECONDS", 0.1)
    save(tmp_path, "a.json")
    watching = start(tmp_path, force_polling=polling)
    with (tmp_path / "a.json").open("r+b") as file:
        file.write(b"[1, 2]")
    watching.until("a.json")


def test_only_what_the_framework_globs_is_reported(
    tmp_path: Path, start: Callable[..., Watching], polling: bool
) -> None:
    (tmp_path / "below").mkdir()
    watching = start(tmp_path, force_polling=polling)
    for name in ("a.txt", "b.json.tmp", "json", "UPPER.JSO", "below/c.json"):
        (tmp_path / name).write_bytes(b"{}")
    (tmp_path / "directory").mkdir()
    save(tmp_path, ".hidden.json")
    assert names_of(watching.until(".hidden.json")) == {".hidden.json"}


@pytest.mark.parametrize("name", ["node_modules", ".venv", "__pycache__", "store.json", "[b] *x?"])
def test_the_name_of_the_directory_does_not_matter(tmp_path: Path, start: Callable[..., Watching], name: str) -> None:
    directory = tmp_path / name.replace("*", "" if os.name == "nt" else "*").replace("?", "")
    directory.mkdir()
    watching = start(directory)
    save(directory, "a.json")
    assert names_of(watching.until("a.json")) == {"a.json"}


@pytest.mark.parametrize("slash", ["", os.sep])
def test_a_relative_path_means_the_directory_of_the_start(
    tmp_path: Path, start: Callable[..., Watching], monkeypatch: pytest.MonkeyPatch, slash: str
) -> None:
    (tmp_path / "store").mkdir()
    monkeypatch.chdir(tmp_path)
    watching = start("store" + slash)
    os.chdir("/")
    save(tmp_path / "store", "a.json")
    assert names_of(watching.until("a.json")) == {"a.json"}


# --- many at once


def test_a_burst_is_reported_whole_and_in_few_changes(
    tmp_path: Path, start: Callable[..., Watching], polling: bool
) -> None:
    watching = start(tmp_path, force_polling=polling)
    names = [f"{number}.json" for number in range(2000)]
    for name in names:
        save(tmp_path, name)
    assert len(watching.until(*names)) < 500


def test_nothing_is_lost_while_the_listener_is_busy(
    tmp_path: Path, start: Callable[..., Watching], polling: bool
) -> None:
    watching = start(tmp_path, force_polling=polling)
    watching.hold = threading.Event()
    save(tmp_path, "first.json")
    watching.until("first.json")
    names = [f"{number}.json" for number in range(500)]
    for name in names:
        save(tmp_path, name)
    (tmp_path / "first.json").unlink()
    assert watching.changes.empty()
    watching.hold.set()
    watching.until("first.json", *names)


def test_a_storm_of_other_files_is_not_reported_and_hides_nothing(
    tmp_path: Path, start: Callable[..., Watching], polling: bool
) -> None:
    watching = start(tmp_path, force_polling=polling)
    halt = threading.Event()
    raging = threading.Event()

    def rage() -> None:
        number = 0
        while not halt.is_set():
            number += 1
            (tmp_path / f"{number % 500}.tmp").write_bytes(b"x")
            if number == 1000:
                raging.set()

    storm = threading.Thread(target=rage)
    storm.start()
    try:
        assert raging.wait(PATIENCE)
        save(tmp_path, "a.json")
        assert names_of(watching.until("a.json")) == {"a.json"}
        watching.end()
    finally:
        halt.set()
        storm.join(PATIENCE)


def test_a_batch_so_large_that_the_queue_may_have_run_over_is_followed_by_a_sweep(
    tmp_path: Path, start: Callable[..., Watching], replace_notify: Callable[..., Notifiers]
) -> None:
    class Overrun(Blind):
        def watch(self, debounce_ms: int, step_ms: int, timeout_ms: int, stop: threading.Event) -> Any:
            if (tmp_path / "dropped.json").exists():
                return {(1, str(tmp_path / f"{number}.tmp")) for number in range(module.BURST_EVENTS)}
            return super().watch(debounce_ms, step_ms, timeout_ms, stop)

    replace_notify(Overrun)
    watching = start(tmp_path)
    save(tmp_path, "dropped.json")
    watching.until("dropped.json")


# --- the end


def test_a_watch_that_is_stopped_before_it_starts_says_nothing(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    assert list(watch(str(tmp_path), stop)) == []


@pytest.mark.parametrize("there", [True, False], ids=["there", "missing"])
def test_a_stopped_watch_ends_and_says_nothing_more(
    tmp_path: Path, start: Callable[..., Watching], polling: bool, there: bool
) -> None:
    directory = tmp_path if there else tmp_path / "nothing"
    watching = start(directory, first=IN_PLACE if there else MISSING, force_polling=polling)
    watching.end()
    assert watching.changes.empty()


def test_a_watch_that_is_dropped_lets_go_of_its_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replace_notify: Callable[..., Notifiers]
) -> None:
    monkeypatch.delenv("WATCHFILES_FORCE_POLLING", raising=False)
    blind = Blind()
    replace_notify(lambda *_: blind)
    changes = watch(str(tmp_path), threading.Event())
    assert next(changes) == IN_PLACE
    assert not blind.closed
    changes.close()  # type: ignore[attr-defined]
    assert blind.closed


def test_an_interrupt_that_watchfiles_swallowed_is_raised_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replace_notify: Callable[..., Notifiers]
) -> None:
    class Interrupted(Blind):
        def watch(self, *_: Any) -> str:
            return "signal"

    monkeypatch.delenv("WATCHFILES_FORCE_POLLING", raising=False)
    replace_notify(Interrupted)
    changes = watch(str(tmp_path), threading.Event())
    assert next(changes) == IN_PLACE
    with pytest.raises(KeyboardInterrupt):
        next(changes)


# --- what happens to the directory


def test_a_missing_directory_is_reported_once_and_awaited(
    tmp_path: Path, start: Callable[..., Watching], polling: bool
) -> None:
    directory = tmp_path / "not" / "yet"
    watching = start(directory, first=MISSING, force_polling=polling)
    directory.mkdir(parents=True)
    assert watching.next() == IN_PLACE
    save(directory, "a.json")
    watching.until("a.json")


@pytest.mark.parametrize("path", ["nul\0byte", "surrogate\ud800"], ids=["NUL", "surrogate"])
def test_an_impossible_path_is_a_missing_directory(start: Callable[..., Watching], path: str) -> None:
    start(path, first=MISSING)


def test_a_file_in_place_of_the_directory_is_a_missing_directory(
    tmp_path: Path, start: Callable[..., Watching], polling: bool
) -> None:
    directory = tmp_path / "store"
    directory.mkdir()
    watching = start(directory, force_polling=polling)
    directory.rmdir()
    directory.write_bytes(b"")
    assert watching.next() == MISSING
    directory.unlink()
    directory.mkdir()
    assert watching.next() == IN_PLACE


def test_a_deleted_directory_is_missing_and_watched_again_when_it_is_back(
    tmp_path: Path, start: Callable[..., Watching], polling: bool
) -> None:
    directory = tmp_path / "store"
    directory.mkdir()
    watching = start(directory, force_polling=polling)
    for turn in range(3):
        save(directory, f"{turn}.json")
        watching.until(f"{turn}.json")
        shutil.rmtree(directory)
        watching.until_change(MISSING)
        directory.mkdir()
        watching.until_change(IN_PLACE)


def test_a_directory_deleted_and_made_at_once_is_watched_again(
    tmp_path: Path, start: Callable[..., Watching], polling: bool
) -> None:
    # The new directory often has the inode number of the old one, so that the two look alike.
    directory = tmp_path / "store"
    directory.mkdir()
    watching = start(directory, force_polling=polling)
    for turn in range(10):
        directory.rmdir()
        directory.mkdir()
        save(directory, f"{turn}.json")
        while True:
            change = watching.next()
            present = {name for name, _ in each_json(str(directory))} if change.names is None else set(change.names)
            if f"{turn}.json" in present:
                break
        os.unlink(directory / f"{turn}.json")


@posix_only
def test_a_directory_renamed_away_is_not_followed(
    tmp_path: Path, start: Callable[..., Watching], polling: bool
) -> None:
    directory = tmp_path / "store"
    directory.mkdir()
    watching = start(directory, force_polling=polling)
    directory.rename(tmp_path / "old")
    directory.mkdir()
    watching.until_change(IN_PLACE)
    save(tmp_path / "old", "old.json")
    save(directory, "new.json")
    assert names_of(watching.until("new.json")) == {"new.json"}


@posix_only
def test_a_directory_renamed_away_and_back_is_watched(
    tmp_path: Path, start: Callable[..., Watching], polling: bool
) -> None:
    directory = tmp_path / "store"
    directory.mkdir()
    watching = start(directory, force_polling=polling)
    directory.rename(tmp_path / "old")
    assert watching.next() == MISSING
    save(tmp_path / "old", "a.json")
    (tmp_path / "old").rename(directory)
    assert watching.next() == IN_PLACE
    save(directory, "b.json")
    watching.until("b.json")


@posix_only
def test_a_link_to_a_directory_is_watched_wherever_it_leads(
    tmp_path: Path, start: Callable[..., Watching], polling: bool
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    link = tmp_path / "link"
    link.symlink_to("one")
    watching = start(link, force_polling=polling)
    save(tmp_path / "one", "a.json")
    assert names_of(watching.until("a.json")) == {"a.json"}
    (tmp_path / "new").symlink_to("two")
    os.replace(tmp_path / "new", link)
    watching.until_change(IN_PLACE)
    save(tmp_path / "two", "b.json")
    watching.until("b.json")


@posix_only
def test_a_directory_replaced_by_a_link_is_watched(
    tmp_path: Path, start: Callable[..., Watching], polling: bool
) -> None:
    directory = tmp_path / "store"
    directory.mkdir()
    (tmp_path / "other").mkdir()
    watching = start(directory, force_polling=polling)
    directory.rmdir()
    directory.symlink_to("other")
    watching.until_change(IN_PLACE)
    save(tmp_path / "other", "a.json")
    watching.until("a.json")


@posix_only
def test_a_loop_of_links_is_a_missing_directory(tmp_path: Path, start: Callable[..., Watching]) -> None:
    (tmp_path / "loop").symlink_to("loop")
    start(tmp_path / "loop", first=MISSING)


def test_a_directory_that_cannot_be_listed_for_a_while_is_looked_at_whole_afterwards(
    tmp_path: Path, start: Callable[..., Watching], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_sweep, "SWEEP_SECONDS", 0.1)
    refused = threading.Event()

    def refuse(directory: str) -> list[tuple[str, Any]]:
        refused.set()
        raise PermissionError(13, "Permission denied", directory)

    watching = start(tmp_path, force_polling=True)
    monkeypatch.setattr(directory_sweep, "each_json", refuse)
    assert refused.wait(PATIENCE)
    save(tmp_path, "a.json")
    monkeypatch.setattr(directory_sweep, "each_json", each_json)
    assert watching.next() == IN_PLACE


# --- what happens to the events


@pytest.mark.parametrize("value", ["1", "true", "yes"])
def test_the_variable_of_watchfiles_asks_for_polling(
    tmp_path: Path,
    start: Callable[..., Watching],
    replace_notify: Callable[..., Notifiers],
    monkeypatch: pytest.MonkeyPatch,
    value: str,
) -> None:
    notifiers = replace_notify(Blind)
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", value)
    watching = start(tmp_path)
    save(tmp_path, "a.json")
    watching.until("a.json")
    assert notifiers.made == 0


@pytest.mark.parametrize("value", ["", "false", "DISABLE", "disabled"])
def test_the_variable_can_say_no(
    tmp_path: Path,
    start: Callable[..., Watching],
    replace_notify: Callable[..., Notifiers],
    monkeypatch: pytest.MonkeyPatch,
    value: str,
) -> None:
    notifiers = replace_notify(Blind)
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", value)
    start(tmp_path)
    assert notifiers.made == 1


@pytest.mark.parametrize("error", [OSError("OS file watch limit reached"), RuntimeError("Too many open files")])
def test_a_watch_without_events_to_be_had_goes_on_by_looking(
    tmp_path: Path, start: Callable[..., Watching], replace_notify: Callable[..., Notifiers], error: Exception
) -> None:
    def refuse(*_: Any) -> None:
        raise error

    notifiers = replace_notify(refuse)
    watching = start(tmp_path)
    assert notifiers.made == 1
    save(tmp_path, "a.json")
    watching.until("a.json")


def test_events_are_tried_again_after_an_error(
    tmp_path: Path,
    start: Callable[..., Watching],
    replace_notify: Callable[..., Notifiers],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "BACKOFF_SECONDS", 0.0)
    third = threading.Event()

    class Failing(Blind):
        def watch(self, *_: Any) -> str:
            if notifiers.made >= 3:
                third.set()
            raise RuntimeError("error in underlying watcher")

    notifiers = replace_notify(Failing)
    watching = start(tmp_path)
    assert third.wait(PATIENCE)
    save(tmp_path, "a.json")
    watching.until("a.json")


def test_a_watch_whose_events_never_come_sees_by_looking_and_tries_a_new_one(
    tmp_path: Path,
    start: Callable[..., Watching],
    replace_notify: Callable[..., Notifiers],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "REARM_SECONDS", 0.0)
    monkeypatch.setattr(directory_sweep, "SWEEP_SECONDS", 3600.0)
    notifiers = replace_notify(Blind)
    watching = start(tmp_path)
    save(tmp_path, "a.json")
    watching.until("a.json")
    (tmp_path / "a.json").unlink()
    watching.until("a.json")
    assert notifiers.made >= 2


def test_events_about_other_directories_and_edits_do_not_explain_a_change(
    tmp_path: Path, start: Callable[..., Watching], replace_notify: Callable[..., Notifiers]
) -> None:
    class Chattering(Blind):
        def watch(self, debounce_ms: int, step_ms: int, timeout_ms: int, stop: threading.Event) -> Any:
            stop.wait(step_ms / 1000)
            return {(2, str(tmp_path / "log.txt")), (1, str(tmp_path / "below" / "x.json")), (2, str(tmp_path))}

    replace_notify(Chattering)
    watching = start(tmp_path)
    save(tmp_path, "a.json")
    assert names_of(watching.until("a.json")) == {"a.json"}


@linux_only
def test_names_that_are_no_utf8_are_reported_and_end_only_the_events(
    tmp_path: Path, start: Callable[..., Watching]
) -> None:
    watching = start(tmp_path)
    name = os.fsdecode(b"caf\xe9.json")
    (tmp_path / name).write_bytes(b"{}")
    watching.until(name)
    save(tmp_path, "b.json")
    watching.until("b.json")


@linux_only
def test_a_directory_whose_name_is_no_utf8_is_watched(tmp_path: Path, start: Callable[..., Watching]) -> None:
    directory = tmp_path / os.fsdecode(b"caf\xe9")
    directory.mkdir()
    watching = start(directory)
    save(directory, "a.json")
    watching.until("a.json")


@pytest.mark.parametrize(("others", "factor"), [(0, 1.0), (20, 1.0), (100, 5.0), (5_000, 10.0)])
def test_of_many_directories_each_is_looked_at_less_often(others: int, factor: float) -> None:
    assert slower_beside(others) == factor
