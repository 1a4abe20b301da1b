"""How often all files of a directory are looked at, and what a sweep says."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ckpt_tui.stores import directory_sweep
from ckpt_tui.stores.directory_sweep import DirectoryChange
from ckpt_tui.stores.files import each_json, packed

posix_only = pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")


def save(directory: Path, name: str, content: bytes = b"{}") -> None:
    """Write as the framework does."""
    temporary = directory / f".maf-ckpt-{name}.tmp"
    temporary.write_bytes(content)
    os.replace(temporary, directory / name)


class Clock(SimpleNamespace):
    """A clock for the sweeps that does not move until it is set."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def time_ns(self) -> int:
        return int(self.now * 1e9)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(directory_sweep, "time", clock)
    return clock


def sweep_that_takes(seconds: float, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> directory_sweep.Sweep:
    def slowly(directory: str) -> list[tuple[str, Any]]:
        clock.now += seconds
        return []

    monkeypatch.setattr(directory_sweep, "each_json", slowly)
    return directory_sweep.Sweep("")


@pytest.mark.parametrize(
    ("cost", "watched", "pause"), [(0.001, False, 5.0), (0.06, False, 20.0), (0.3, False, 100.0), (0.3, True, 300.0)]
)
def test_the_dearer_a_sweep_the_longer_the_pause(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, cost: float, watched: bool, pause: float
) -> None:
    sweep = sweep_that_takes(cost, clock, monkeypatch)
    sweep.start(watched=watched)
    clock.now += pause * 0.99
    assert not sweep.is_due()
    clock.now += pause * 0.02
    assert sweep.is_due()


@pytest.mark.parametrize(
    ("mtime_age", "again"),
    [
        (0.004, directory_sweep.RACY_SECONDS),
        (0.06, None),
        (-3.5, directory_sweep.RACY_SECONDS),
        (0.0, directory_sweep.COARSE_SECONDS),
    ],
    ids=["young", "old", "clocks differ", "whole second"],
)
def test_a_change_is_looked_at_again_once_nothing_can_hide_behind_its_mtime(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, mtime_age: float, again: float | None
) -> None:
    sweep = sweep_that_takes(0.0, clock, monkeypatch)
    sweep.start(watched=False)
    sweep.hurry(directory_sweep.DirectoryState((1, 1), int((clock.now - mtime_age) * 1e9)))
    assert sweep.is_due()
    sweep.take(watched=False)
    assert not sweep.is_due()
    clock.now += again or directory_sweep.RACY_SECONDS
    assert sweep.is_due() == (again is not None)
    sweep.take(watched=False)
    clock.now += directory_sweep.COARSE_SECONDS
    assert not sweep.is_due()


def test_endless_unexplained_changes_cannot_make_sweeps_take_all_the_time(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep = sweep_that_takes(0.3, clock, monkeypatch)
    sweep.start(watched=False)
    began, sweeps = clock.now, 0
    while clock.now < began + 100:
        sweep.hurry(directory_sweep.DirectoryState((1, 1), int(clock.now * 1e9) + 1))
        if sweep.is_due():
            sweep.take(watched=False)
            sweeps += 1
        clock.now += 0.1
    assert 20 < sweeps <= 100 * directory_sweep.HURRIED_SHARE / 0.3 + 1


@posix_only
def test_a_sweep_does_not_say_again_what_events_reported(tmp_path: Path) -> None:
    sweep = directory_sweep.Sweep(str(tmp_path))
    save(tmp_path, "gone.json")
    save(tmp_path, "edited.json")
    sweep.start(watched=True)
    (tmp_path / "gone.json").unlink()
    save(tmp_path, "edited.json", b"[1]")
    save(tmp_path, "new.json")
    (tmp_path / "broken.json").symlink_to("nothing")
    save(tmp_path, "untold.json")
    sweep.note({"gone.json", "edited.json", "new.json", "broken.json", "never.json"})
    assert sweep.take(watched=True) == DirectoryChange(frozenset({"untold.json"}), missing=False)
    assert sweep.take(watched=True) is None


def test_files_are_compared_with_what_was_read_of_them(tmp_path: Path) -> None:
    save(tmp_path, "same.json")
    save(tmp_path, "changed.json")
    save(tmp_path, "gone.json")
    read = {name: packed(stamp) for name, stamp in each_json(str(tmp_path))}
    sweep = directory_sweep.Sweep(str(tmp_path), read)
    sweep.start(watched=False)
    assert sweep.take(watched=False) is None
    save(tmp_path, "changed.json", b"{}  ")
    save(tmp_path, "new.json")
    (tmp_path / "gone.json").unlink()
    expected = DirectoryChange(frozenset(("changed.json", "new.json", "gone.json")), missing=False)
    assert sweep.take(watched=False) == expected
    assert sweep.take(watched=False) == expected  # until somebody has read them


def test_a_directory_that_cannot_be_listed_has_no_differences(tmp_path: Path) -> None:
    assert directory_sweep.Sweep(str(tmp_path / "nothing"), {"a.json": 1}).take(watched=False) is None
