"""`ckpt_tui.actions.export_files`: a file is written as a whole, only where one is meant, and long runs in time."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.actions import exports
from ckpt_tui.actions.export_files import FORMATS, export, write_file
from ckpt_tui.actions.overviews import OverviewReport, overviews
from ckpt_tui.actions.store_contents import read_store
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.runs.lineage import Node
from ckpt_tui.errors import UsageError
from ckpt_tui.stores.registry import open_store
from tests.support.small_stores import write_chain

ON_POSIX = pytest.mark.skipif(os.name == "nt", reason="links, modes and named pipes of POSIX")


def broken() -> Iterator[str]:
    yield "the first half"
    raise OSError(28, "No space left on device")


def test_what_cannot_be_finished_leaves_what_was_there_and_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "old.md").write_text("as before")
    for name in ("old.md", "new.md"):
        with pytest.raises(UsageError, match="cannot be written: No space left on device"):
            write_file(str(tmp_path / name), broken())
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"old.md": "as before"}


@ON_POSIX
def test_a_link_stays_one_and_the_file_behind_it_keeps_its_permissions(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    file, link = tmp_path / "there" / "file.md", tmp_path / "link.md"
    file.write_text("as before")
    file.chmod(0o640)
    link.symlink_to(file)
    write_file(str(link), ["new"])
    assert link.is_symlink() and file.read_text() == "new\n" and stat.S_IMODE(file.stat().st_mode) == 0o640


@ON_POSIX
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600)])
def test_a_new_file_has_the_permissions_that_the_umask_gives(mask: int, mode: int, tmp_path: Path) -> None:
    before = os.umask(mask)
    try:
        write_file(str(tmp_path / "new.md"), ["new"])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new.md").stat().st_mode) == mode


@ON_POSIX
def test_a_pipe_takes_the_text_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_file(str(pipe), ["read ", "at the other end"])
    assert os.read(reader, 100) == b"read at the other end\n"
    os.close(reader)
    assert pipe.is_fifo() and list(tmp_path.iterdir()) == [pipe]


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="descriptors are not files here")
def test_a_descriptor_of_the_shell_takes_the_text_behind_what_is_there(tmp_path: Path) -> None:
    with open(tmp_path / "out.txt", "wb", buffering=0) as out:
        out.write(b"before\n")
        write_file(f"/dev/fd/{out.fileno()}", ["text"])
        os.lseek(out.fileno(), 0, os.SEEK_END)
        out.write(b"after\n")
    assert (tmp_path / "out.txt").read_text() == "before\ntext\nafter\n"


def test_a_directory_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Is a directory"):
        write_file(str(tmp_path), ["text"])
    assert not list(tmp_path.iterdir())


class Counted(list[Node]):
    """A list that counts how often somebody goes through it."""

    rounds = 0

    def __iter__(self) -> Iterator[Node]:
        self.rounds += 1
        return super().__iter__()


@pytest.mark.parametrize("kind", FORMATS)
def test_the_chosen_checkpoints_are_gone_through_as_often_whatever_their_number(kind: str, tmp_path: Path) -> None:
    counts = []
    for number in (2, 20):
        write_chain(tmp_path / str(number), *(f"c{each:02}" for each in range(number)))
        store = open_store(str(tmp_path / str(number)))
        runs, _ = read_store(store)
        chosen = Counted(runs[0].nodes)
        "".join(export(store, runs, chosen, kind, IgnoreRules()).text)
        counts.append(chosen.rounds)
    assert counts[0] == counts[1]


def test_of_a_long_run_only_the_last_overview_tells_more_than_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []

    def spied(*args: Any, **named: Any) -> Iterator[OverviewReport]:
        for report in overviews(*args, **named):
            yield report
        read.append(report.read)

    monkeypatch.setattr(exports, "overviews", spied)
    monkeypatch.setattr(exports, "WAY", 3)
    write_chain(tmp_path, *"abcdefgh")
    store = open_store(str(tmp_path))
    runs, _ = read_store(store)
    "".join(export(store, runs, runs[0].nodes, "html", IgnoreRules()).text)
    assert read == [1, 2, 3, 3, 3, 3, 3, 8]
