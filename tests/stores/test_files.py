"""Reading one file safely: every kind of trouble, with real files wherever the system lets us make them."""

from __future__ import annotations

import errno
import os
import socket
import stat
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from ckpt_tui.stores import files
from ckpt_tui.stores.file_troubles import not_a_file
from ckpt_tui.stores.files import FileTrouble, Stamp, each_json, read_ends, read_whole
from tests.support.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

posix_only = pytest.mark.skipif(os.name == "nt", reason="needs POSIX files")
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux files")


@pytest.fixture(params=["read_ends", "read_whole"])
def read(request: pytest.FixtureRequest) -> Callable[[str], object]:
    found: Callable[[str], object] = getattr(files, request.param)
    return found


@pytest.fixture
def open_descriptors() -> Iterator[None]:
    """Fails the test when it leaves a descriptor open."""
    if not os.path.isdir("/proc/self/fd"):
        yield
        return
    before = len(os.listdir("/proc/self/fd"))
    yield
    assert len(os.listdir("/proc/self/fd")) == before


def trouble_of(read: Callable[[str], object], path: Path | str) -> FileTrouble:
    with pytest.raises(FileTrouble) as caught:
        read(str(path))
    assert str(caught.value) == caught.value.reason
    assert caught.value.reason.startswith(str(path))
    assert caught.value.reason.endswith(".")
    return caught.value


def write(path: Path, content: bytes, *, age: float = 10.0) -> str:
    """Write a file that is `age` seconds old."""
    path.write_bytes(content)
    past = time.time_ns() - int(age * 1e9)
    os.utime(path, ns=(past, past))
    return str(path)


# --- what is read


def test_the_ends_of_a_long_file_are_its_first_and_last_bytes(tmp_path: Path) -> None:
    content = bytes(range(256)) * 100
    path = write(tmp_path / "a.json", content)
    status = os.stat(path)
    assert read_ends(path) == (
        Stamp(status.st_ino if os.name != "nt" else 0, status.st_mtime_ns, len(content)),
        content[:512],
        content[-256:],
    )


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 767, 768])
def test_a_file_no_longer_than_both_ends_is_all_head(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    stamp, head, tail = read_ends(write(tmp_path / "a.json", content))
    assert (stamp.size, head, tail) == (size, content, b"")


def test_one_byte_more_makes_two_ends(tmp_path: Path) -> None:
    content = os.urandom(769)
    assert read_ends(write(tmp_path / "a.json", content))[1:] == (content[:512], content[-256:])


@pytest.mark.parametrize("size", [0, 1, 65_536, 3_000_000])
def test_a_whole_file_is_read_byte_for_byte(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    stamp, found = read_whole(write(tmp_path / "a.json", content))
    assert found == content
    assert stamp.size == size


def test_line_ends_and_the_byte_26_are_kept_as_they_are(tmp_path: Path) -> None:
    content = b"{\r\n\x1a\r}\n"
    path = write(tmp_path / "a.json", content)
    assert read_whole(path)[1] == content
    assert read_ends(path)[1] == content


def test_both_ways_of_reading_and_the_listing_give_the_same_stamp(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", b"x" * 5000)
    [(_, listed)] = each_json(str(tmp_path))
    assert read_ends(path)[0] == read_whole(path)[0] == listed


def test_the_ends_of_a_sparse_giant_are_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.write(b"{")
        file.truncate(2**40)
    stamp, head, tail = read_ends(str(path))
    assert (stamp.size, head[:1], tail) == (2**40, b"{", bytes(256))


@posix_only
def test_a_link_to_a_file_is_read(tmp_path: Path, read: Callable[[str], object]) -> None:
    path = write(tmp_path / "real", b"{}")
    (tmp_path / "a.json").symlink_to(path)
    assert read(str(tmp_path / "a.json")) == read(path)


@linux_only
def test_a_name_that_is_no_utf8_is_read(tmp_path: Path, read: Callable[[str], object]) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9\n\x1b[31m.json"
    with open(raw, "wb") as file:
        file.write(b"{}")
    assert b"{}" in read(os.fsdecode(raw))  # type: ignore[operator]


@linux_only
def test_a_file_of_proc_that_claims_no_size_is_read(read: Callable[[str], object]) -> None:
    assert os.stat("/proc/self/status").st_size == 0
    assert b"Name:" in b"".join(part for part in read("/proc/self/status") if isinstance(part, bytes))  # type: ignore[attr-defined]


def test_reading_leaves_no_descriptor_open(
    tmp_path: Path, read: Callable[[str], object], open_descriptors: None
) -> None:
    read(write(tmp_path / "a.json", b"{}"))
    trouble_of(read, tmp_path)


def test_reading_works_without_pread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_read_at", files._seek_and_read)
    content = os.urandom(5000)
    assert read_ends(write(tmp_path / "a.json", content))[1:] == (content[:512], content[-256:])


# --- what is no file


def test_a_directory_is_not_a_file(tmp_path: Path, read: Callable[[str], object]) -> None:
    (tmp_path / "a.json").mkdir()
    trouble = trouble_of(read, tmp_path / "a.json")
    assert trouble.kind == "not-a-file"
    assert "a directory" in trouble.reason


@posix_only
def test_a_link_to_a_directory_is_not_a_file(tmp_path: Path, read: Callable[[str], object]) -> None:
    (tmp_path / "a.json").symlink_to(tmp_path)
    assert trouble_of(read, tmp_path / "a.json").kind == "not-a-file"


@posix_only
def test_a_pipe_without_a_writer_does_not_block(tmp_path: Path, read: Callable[[str], object]) -> None:
    os.mkfifo(tmp_path / "a.json")
    trouble = trouble_of(read, tmp_path / "a.json")
    assert trouble.kind == "not-a-file"
    assert "a named pipe (FIFO)" in trouble.reason


@posix_only
def test_a_pipe_put_in_place_of_a_file_after_the_first_look_does_not_block(
    tmp_path: Path, read: Callable[[str], object], monkeypatch: pytest.MonkeyPatch, open_descriptors: None
) -> None:
    path = write(tmp_path / "a.json", b"{}")
    first = os.stat(path)
    os.unlink(path)
    os.mkfifo(path)
    monkeypatch.setattr(os, "stat", lambda _: first)
    with pytest.raises(FileTrouble, match="named pipe"):
        read(path)


@posix_only
def test_a_socket_is_not_a_file(tmp_path: Path, read: Callable[[str], object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # socket names are short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("a.json")
        trouble = trouble_of(read, "a.json")
    assert trouble.kind == "not-a-file"
    assert "a socket" in trouble.reason


@posix_only
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_a_link_to_a_device_is_not_a_file(tmp_path: Path, read: Callable[[str], object], device: str) -> None:
    (tmp_path / "a.json").symlink_to(device)
    trouble = trouble_of(read, tmp_path / "a.json")
    assert trouble.kind == "not-a-file"
    assert "a character device" in trouble.reason


@pytest.mark.parametrize(("mode", "words"), [(stat.S_IFBLK, "a block device"), (0, "something special")])
def test_what_cannot_be_made_in_a_test_has_a_name_too(mode: int, words: str) -> None:
    assert words in not_a_file("a.json", mode).reason


# --- what cannot be opened


def test_a_file_that_is_gone_has_vanished(tmp_path: Path, read: Callable[[str], object]) -> None:
    assert trouble_of(read, tmp_path / "a.json").kind == "vanished"


@posix_only
def test_a_file_below_a_file_has_vanished(tmp_path: Path, read: Callable[[str], object]) -> None:
    write(tmp_path / "dir", b"")
    assert trouble_of(read, tmp_path / "dir" / "a.json").kind == "vanished"


@posix_only
def test_a_link_to_nothing_is_broken(tmp_path: Path, read: Callable[[str], object]) -> None:
    (tmp_path / "a.json").symlink_to(tmp_path / "nothing")
    trouble = trouble_of(read, tmp_path / "a.json")
    assert trouble.kind == "broken-link"
    assert "does not exist" in trouble.reason


@posix_only
def test_a_link_to_itself_is_broken(tmp_path: Path, read: Callable[[str], object]) -> None:
    (tmp_path / "a.json").symlink_to("a.json")
    trouble = trouble_of(read, tmp_path / "a.json")
    assert trouble.kind == "broken-link"
    assert "back to itself" in trouble.reason


@pytest.mark.parametrize("name", ["a\0.json", "\ud800.json", "x" * 5000 + ".json"], ids=["NUL", "surrogate", "long"])
def test_an_impossible_name_is_a_matter_of_the_name(tmp_path: Path, read: Callable[[str], object], name: str) -> None:
    assert trouble_of(read, f"{tmp_path}/{name}").kind == "name"


@linux_only
def test_a_file_whose_reading_fails_is_unreadable(read: Callable[[str], object], open_descriptors: None) -> None:
    assert trouble_of(read, "/proc/self/mem").kind == "unreadable"


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.EACCES, "unreadable", "permissions"),
        (errno.EPERM, "unreadable", "permissions"),
        (errno.EIO, "unreadable", "drive"),
        (errno.EMFILE, "unreadable", "ulimit"),
        (errno.ENFILE, "unreadable", "too many open files"),
        (errno.EAGAIN, "unreadable", "locked"),
        (errno.ENOMEM, "unreadable", os.strerror(errno.ENOMEM)),
        (errno.ENOENT, "vanished", "is gone"),
        (errno.EISDIR, "not-a-file", "a directory"),
        (errno.ENXIO, "not-a-file", "a socket or a device"),
        pytest.param(getattr(errno, "ESTALE", 0), "vanished", "is gone", marks=posix_only),
    ],
)
def test_every_refusal_to_open_becomes_a_trouble_with_a_fitting_kind(
    tmp_path: Path,
    read: Callable[[str], object],
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    kind: str,
    words: str,
) -> None:
    def refuse(path: str, flags: int) -> int:
        raise OSError(number, os.strerror(number), path)

    path = write(tmp_path / "a.json", b"{}")
    monkeypatch.setattr(os, "open", refuse)
    trouble = trouble_of(read, path)
    assert trouble.kind == kind
    assert words in trouble.reason


def test_a_trouble_keeps_the_error_it_came_from(tmp_path: Path, read: Callable[[str], object]) -> None:
    assert isinstance(trouble_of(read, tmp_path / "a.json").__cause__, FileNotFoundError)


# --- what is too large or does not hold still


def test_a_sparse_giant_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.truncate(2**40)

    def never(descriptor: int, count: int) -> bytes:
        pytest.fail("read")

    monkeypatch.setattr(os, "read", never)
    trouble = trouble_of(read_whole, path)
    assert trouble.kind == "too-large"
    assert "1,099,511,627,776" in trouble.reason


def test_the_limit_itself_is_not_too_large(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", b"12345")
    assert read_whole(path, limit=5)[1] == b"12345"
    assert trouble_of(lambda p: read_whole(p, limit=4), path).kind == "too-large"


@linux_only
def test_a_file_longer_than_it_claims_is_given_up_at_the_limit() -> None:
    assert trouble_of(lambda path: read_whole(path, limit=10), "/proc/self/status").kind == "too-large"


class MeddlingRead:
    """An os.read that does something to the file after its first calls."""

    def __init__(self, meddle: Callable[[], object], times: int) -> None:
        self.meddle, self.times, self.real = meddle, times, os.read

    def __call__(self, descriptor: int, count: int) -> bytes:
        found = self.real(descriptor, count)
        if found and self.times:
            self.times -= 1
            self.meddle()
        return found


@pytest.mark.parametrize("content", [b"short", b"x" * 9000, b"y" * 5000], ids=["shrinks", "grows", "same size"])
def test_a_file_that_changes_once_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    path = tmp_path / "a.json"
    write(path, b"x" * 5000)
    monkeypatch.setattr(os, "read", MeddlingRead(lambda: write(path, content, age=5.0), times=1))
    stamp, found = read_whole(str(path))
    assert found == content
    assert stamp.size == len(content)


def test_a_file_that_changes_each_time_is_reported_as_changing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_descriptors: None
) -> None:
    path = tmp_path / "a.json"
    write(path, b"")
    path.write_bytes(b"x")

    def grow() -> None:
        with path.open("ab") as file:
            file.write(b"y")

    meddling = MeddlingRead(grow, times=1000)
    monkeypatch.setattr(os, "read", meddling)
    assert trouble_of(read_whole, path).kind == "changing"
    assert meddling.times >= 1000 - 2 * files.READ_TRIES


def test_a_file_that_was_written_a_moment_ago_is_read_twice_before_it_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    moment = time.time_ns() + 10**6  # within one clock tick every write has this mtime
    os.utime(path, ns=(moment, moment))
    monkeypatch.setattr(files, "RACY_NS", 10**15)

    def replace() -> None:
        with path.open("r+b") as file:
            file.write(b"new")
        os.utime(path, ns=(moment, moment))

    monkeypatch.setattr(os, "read", MeddlingRead(replace, times=1))
    assert read_whole(str(path))[1] == b"new"


def whole_or_trouble(path: Path, kinds: set[str]) -> bytes:
    """Return the content, or b"" after a trouble of one of `kinds`."""
    try:
        return read_whole(str(path))[1]
    except FileTrouble as trouble:
        if trouble.kind not in kinds:
            raise
        return b""


@posix_only
def test_a_writer_in_place_never_makes_a_mixture_pass_for_the_content(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    size = 50_000
    path.write_bytes(b"a" * size)
    stop = threading.Event()
    began = threading.Event()

    def rewrite() -> None:
        turn = 0
        with path.open("r+b", buffering=0) as file:
            while not stop.is_set():
                turn += 1
                file.seek(0)
                file.truncate(0)
                for _ in range(10):
                    file.write(b"ab"[turn % 2 : turn % 2 + 1] * (size // 10))
                began.set()

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        assert began.wait(PATIENCE)
        for _ in range(20):
            # A prefix is what the file really held at that moment; both letters at once it never held.
            assert len(set(whole_or_trouble(path, {"changing"}))) <= 1
            stamp, head, tail = read_ends(str(path))  # may mix, must not fail
            assert len(head) <= 768 and len(tail) <= 256 and stamp.size <= size
    finally:
        stop.set()
        writer.join(PATIENCE)
    assert whole_or_trouble(path, set()) in {b"a" * size, b"b" * size}


def test_replaced_files_are_never_torn(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"a" * 20_000)
    stop = threading.Event()

    def save() -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            (tmp_path / "t.tmp").write_bytes(b"ab"[turn % 2 : turn % 2 + 1] * 20_000)
            try:
                os.replace(tmp_path / "t.tmp", path)
            except PermissionError:  # Windows, while we read
                continue

    writer = threading.Thread(target=save)
    writer.start()
    try:
        for _ in range(50):
            found = whole_or_trouble(path, {"changing", "unreadable"})
            assert not found or (len(found) == 20_000 and len(set(found)) == 1)
    finally:
        stop.set()
        writer.join(PATIENCE)


# --- the names of a directory


def test_the_names_are_those_that_the_framework_globs(tmp_path: Path) -> None:
    for name in ("a.json", ".hidden.json", ".json", "UPPER.JSON", "b.json.tmp", "json", "c.jsonl", ".maf-ckpt-1.tmp"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "dir.json").mkdir()
    (tmp_path / "dir.json" / "below.json").write_bytes(b"")
    names = [name for name, _ in each_json(str(tmp_path))]
    assert sorted(names) == sorted(path.name for path in tmp_path.glob("*.json"))
    assert {"a.json", ".hidden.json", "dir.json"} <= set(names)


@posix_only
def test_links_carry_the_stamp_of_what_they_lead_to_and_broken_ones_none(tmp_path: Path) -> None:
    write(tmp_path / "real.json", b"12345")
    (tmp_path / "link.json").symlink_to("real.json")
    (tmp_path / "gone.json").symlink_to("nothing")
    (tmp_path / "loop.json").symlink_to("loop.json")
    os.mkfifo(tmp_path / "pipe.json")
    found = dict(each_json(str(tmp_path)))
    assert found["link.json"] == found["real.json"]
    assert found["gone.json"] is None
    assert found["loop.json"] is None
    assert found["pipe.json"] is not None


@linux_only
def test_names_that_are_no_utf8_survive_the_way_back_to_bytes(tmp_path: Path) -> None:
    raw = b"caf\xe9\x1b]0;x\x07\n.json"
    with open(os.path.join(os.fsencode(tmp_path), raw), "wb"):
        pass
    [(name, _)] = each_json(str(tmp_path))
    assert os.fsencode(name) == raw


def test_an_unlistable_directory_raises_what_the_system_says(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(each_json(str(tmp_path / "nothing")))
    write(tmp_path / "file", b"")
    with pytest.raises(NotADirectoryError):
        list(each_json(str(tmp_path / "file")))


def test_a_directory_that_is_emptied_meanwhile_is_listed_all_the_same(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}.json").write_bytes(b"")

    def empty() -> None:
        for number in range(300):
            (tmp_path / f"{number}.json").unlink()

    thread = threading.Thread(target=empty)
    thread.start()
    while thread.is_alive():
        assert len(list(each_json(str(tmp_path)))) <= 300
    thread.join()
    assert list(each_json(str(tmp_path))) == []
