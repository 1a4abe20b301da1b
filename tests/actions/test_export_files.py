"""`ckpt_tui.actions.export_files.write_file`: a file is written as a whole, and only where a file is meant."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ckpt_tui.actions.export_files import write_file
from ckpt_tui.errors import UsageError

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
