"""Files that are named like checkpoints, or are beside them, and are something else."""

import gzip
import io
import json
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from ckpt_tui.actions.store_examination import examine
from ckpt_tui.core.doctor.report import Doctor
from ckpt_tui.core.model import Problem
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.registry import open_store
from tests.support.small_stores import document, write_chain

DATA = Path(__file__).parent.parent / "data"
APPLE_DOUBLE = (DATA / "odd-places" / "apple-double.json").read_bytes()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.json", "{}")
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.json"))
    return out.getvalue()


EXPORTED = "".join(json.dumps(document(name)) + "\n" for name in ("a", "b")).encode()
MERGE = b'{\n<<<<<<< HEAD\n  "a": 1\n=======\n  "a": 2\n>>>>>>> theirs\n}\n'
MERGE_OF_THREE = (
    b'{\r\n<<<<<<< ours\r\n  "a": 1\r\n||||||| base\r\n  "a": 0\r\n=======\r\n  "a": 2\r\n>>>>>>> x\r\n}\r\n'
)


@pytest.mark.parametrize(
    ("name", "data", "kind", "words"),
    [
        ("._a.json", APPLE_DOUBLE, "side-file", "side file of macOS (AppleDouble) that belongs to a.json"),
        ("._b.json", b"\0\5\x16\0" + b"\0" * 60, "side-file", "AppleDouble"),
        ("~$a.json", b"\5Ada\0\xff\xff", "side-file", "lock of an office program on a.json"),
        ("lfs.json", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "pointer", "git lfs pull"),
        ("bom.json", b"\xef\xbb\xbfversion https://git-lfs.github.com/spec/v1\noid x\n", "pointer", "git lfs pull"),
        ("dvc.json", b"outs:\n- md5: a304\n  path: a.json\n", "pointer", "dvc pull"),
        ("linked.json", b"../.git/annex/objects/a/b/SHA256E-s9--0.json", "pointer", "git annex get"),
        ("lz4.json", b"\x04\x22\x4d\x18\0\0", "archive", "LZ4"),
        ("z.json", zlib.compress(b"{}"), "archive", "zlib"),
        ("finder.json", b"\0\0\0\1Bud1\0\0", "side-file", ".DS_Store"),
        ("annex.json", b"/annex/objects/SHA256E-s9--0.json\n", "pointer", "git annex get"),
        ("merge.json", MERGE, "merge", "both sides of a merge"),
        ("merge3.json", MERGE_OF_THREE, "merge", "both sides of a merge"),
        ("zip.json", zipped(), "archive", "a ZIP archive"),
        ("gz.json", gzip.compress(b"{}", mtime=0), "archive", "compressed by gzip"),
        ("tar.json", tarred(), "archive", "a tar archive"),
        ("zst.json", b"\x28\xb5\x2f\xfd\0\0", "archive", "Zstandard"),
        ("crypt.json", b"\0GITCRYPT\0abc", "encrypted", "git-crypt"),
        ("pgp.json", b"-----BEGIN PGP MESSAGE-----\n\nabc\n", "encrypted", "PGP"),
        ("page.json", b"<!DOCTYPE html><html><body>Sign in</body></html>", "foreign", "a web page"),
        (
            "events.json",
            b'{"type":"a","n":1}\n{"type":"b"}\n',
            "events",
            "2 events, one a line (JSON lines), named like",
        ),
        ("lines.json", b'{"a":1,"b":2}\r\n{"a":2}\r\n', "lines", "2 JSON values, one a line (JSON lines), named like"),
        ("named.json", b'\xef\xbb\xbf{"a":1,"b":2}\n[]', "lines", "the first has a, b"),
        ("cut.json", b'{"a":1}\n{"a":2}\n{"a', "lines", "3 JSON values, one a line (JSON lines), the last cut off"),
        ("joined.json", b'{"a":1}{"a":2}', "lines", "2 JSON values, one after the other"),
        ("records.json", b'\x1e{"a":1}\n\x1e{"a":2}\n', "lines", "2 JSON values, one a line"),
        ("exported.json", EXPORTED, "documents", "2 checkpoints, one a line (JSON lines), in one file"),
        ("appended.json", json.dumps(document("a")).encode() + b"\n{}\n", "trailing", "more data after the end"),
        ("behind.json", b'{"a":1}\nand more\n', "trailing", "more data after the end of the document"),
        ("number.json", b'{"a":1}\n1\n', "trailing", "more data after the end of the document"),
        ("lite.json", b"SQLite format 3\0" + b"\0" * 80, "foreign", "SQLite"),
    ],
)
def test_one_that_is_named_like_a_checkpoint_is_named_for_what_it_is(
    tmp_path: Path, name: str, data: bytes, kind: str, words: str
) -> None:
    write_chain(tmp_path, "first", "second")
    (tmp_path / name).write_bytes(data)
    [problem] = [entry for entry in collect(open_store(tmp_path).scan()).values() if isinstance(entry, Problem)]
    assert (problem.file, problem.kind) == (name, kind)
    assert words in problem.reason


@pytest.mark.parametrize("name", ["._first.json", "~$first.json"])
def test_a_side_file_is_nothing_wrong(tmp_path: Path, name: str) -> None:
    write_chain(tmp_path, "first", "second")
    (tmp_path / name).write_bytes(APPLE_DOUBLE if name.startswith("._") else b"\5Ada")
    report = examine(open_store(tmp_path))
    assert [(finding.kind, finding.severity) for finding in report.findings] == [("side-file", "info")]
    assert not report.is_grave


def test_markers_in_a_text_are_no_merge(tmp_path: Path) -> None:
    text = "<<<<<<< HEAD\n=======\n>>>>>>> theirs"
    (tmp_path / "a.json").write_text(json.dumps(document("a", state={"diff": text}), indent=2), encoding="utf-8")
    assert not [entry for entry in collect(open_store(tmp_path).scan()).values() if isinstance(entry, Problem)]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (".DS_Store", "left by macOS"), ("desktop.ini", "left by Windows"), ("Thumbs.db", "left by Windows"),
        (".a.json.icloud", "iCloud"), ("a.json.bak", "backup of a.json"), ("a.json~", "backup of a.json"),
        (".a.json.swp", "an editor"), (".~lock.a.json#", "office"), ("store.zip", "an archive"),
        ("a.json.crdownload", "download"), (".nfs00000000012ab", "deleted"), (".stfolder", "Syncthing"),
        ("#a.json#", "editor"), ("a.json.orig", "backup of a.json"),
    ],
)  # fmt: skip
def test_one_beside_checkpoints_is_good_to_know(name: str, words: str) -> None:
    doctor = Doctor()
    doctor.names(["a.json", name])
    [finding] = doctor.report().findings
    assert (finding.kind, finding.severity, finding.file) == ("side-file", "info", name)
    assert words in finding.reason


def test_a_backup_of_a_checkpoint_that_is_gone_is_said_to_be_all_that_is_left() -> None:
    doctor = Doctor()
    doctor.names(["a.json.bak"])
    [finding] = doctor.report().findings
    assert "all that is left" in finding.reason


@pytest.mark.parametrize("name", ["a.json", "index.jsonl", "README.md", "notes.txt", "app.py", "ckpt-tui.toml"])
def test_whatever_a_person_keeps_there_is_not_worth_a_word(name: str) -> None:
    doctor = Doctor()
    doctor.names([name])
    assert doctor.report().findings == ()


@pytest.mark.parametrize("wrap", ["{}", '{{"Documents": {}, "_count": 2}}', '{{"items": {}}}'])
@pytest.mark.parametrize("inner", [False, True])
def test_an_export_beside_checkpoints_is_named_however_it_is_wrapped(tmp_path: Path, wrap: str, inner: bool) -> None:
    write_chain(tmp_path, "aaaa")
    found = [document("bbbb"), document("cccc")]
    text = json.dumps([{"id": 1, "checkpoint": one} for one in found] if inner else found)
    (tmp_path / "export.json").write_text(wrap.format(text), encoding="utf-8")
    entry = collect(open_store(tmp_path).scan())["export.json"]
    assert isinstance(entry, Problem)
    assert (entry.kind, "2 exported checkpoints" in entry.reason) == ("documents", True)
