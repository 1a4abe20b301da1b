"""Files that are named like checkpoints and are something else, recognised by their first bytes."""

from __future__ import annotations

import re

from ckpt_tui.core.model import Problem
from ckpt_tui.stores.json_sequences import sequence_in

_APPLE_DOUBLE = (b"\x00\x05\x16\x07", b"\x00\x05\x16\x00")
_STARTS: tuple[tuple[bytes, str, str], ...] = (
    (b"version https://git-lfs.github.com/spec/", "pointer",
     "a pointer of Git LFS, not the file itself: `git lfs pull` fetches it"),
    (b"version https://hawser.github.com/spec/", "pointer",
     "a pointer of Git LFS, not the file itself: `git lfs pull` fetches it"),
    (b"/annex/objects/", "pointer", "a pointer of git-annex, not the file itself: `git annex get` fetches it"),
    (b"outs:\n- md5:", "pointer", "a pointer of DVC, not the file itself: `dvc pull` fetches it"),
    (b"\x00GITCRYPT\x00", "encrypted", "encrypted by git-crypt: `git-crypt unlock` decrypts it"),
    (b"age-encryption.org/v1", "encrypted", "encrypted by age"),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", "encrypted", "encrypted by age"),
    (b"-----BEGIN PGP MESSAGE-----", "encrypted", "encrypted by PGP"),
    (b"$ANSIBLE_VAULT;", "encrypted", "encrypted by ansible-vault"),
    (b"Salted__", "encrypted", "encrypted by openssl"),
    (b"PK\x03\x04", "archive", "a ZIP archive"),
    (b"\x1f\x8b", "archive", "compressed by gzip"),
    (b"\x28\xb5\x2f\xfd", "archive", "compressed by Zstandard"),
    (b"BZh", "archive", "compressed by bzip2"),
    (b"\x04\x22\x4d\x18", "archive", "compressed by LZ4"),
    (b"\xff\x06\x00\x00sNaPpY", "archive", "compressed by Snappy"),
    (b"\x78\x01", "archive", "compressed by zlib"),
    (b"\x78\x9c", "archive", "compressed by zlib"),
    (b"\x78\xda", "archive", "compressed by zlib"),
    (b"\xfd7zXZ\x00", "archive", "compressed by xz"),
    (b"7z\xbc\xaf\x27\x1c", "archive", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "archive", "a RAR archive"),
    (b"SQLite format 3\x00", "foreign", "an SQLite database, as LangGraph's SqliteSaver and others write"),
    (b"\x80\x04", "foreign", "a bare pickle"),
    (b"\x80\x05", "foreign", "a bare pickle"),
    (b"%PDF-", "foreign", "a PDF document"),
    (b"\x89PNG", "foreign", "a picture (PNG)"),
    (b"\xff\xd8\xff", "foreign", "a picture (JPEG)"),
    (b"GIF8", "foreign", "a picture (GIF)"),
    (b"\x00\x00\x00\x01Bud1", "side-file", "what the Finder of macOS notes of a directory (.DS_Store)"),
    (b"PAR1", "foreign", "a Parquet table"),
    (b"bplist00", "foreign", "a property list of macOS"),
)  # fmt: skip
"""The first bytes of a file, its kind, and a description."""

_ANNEXED = rb"(?:\.\./)*\.git/annex/objects/[^\n]*\s*\Z"
_MARKUP = rb"(?i)\s*<(!doctype html|html|\?xml|!--)"
_MERGE = rb"(?m)^(?:<{7}|>{7}|\|{7})(?: |\r?$)"
_DIVIDER = rb"(?m)^={7}\r?$"


def side_file(name: str, data: bytes) -> tuple[str, str] | None:
    """Kind and reason of a file that is not JSON, by its name and its bytes; None where they do not show it."""
    own = name.rpartition("/")[2]
    if data.startswith(_APPLE_DOUBLE) or (own.startswith("._") and not data.lstrip().startswith(b"{")):
        whose = f" that belongs to {own[2:]}" if own.startswith("._") else ""
        reason = f"a side file of macOS (AppleDouble){whose}: it is not a checkpoint and can be deleted"
        return "side-file", reason
    if own.startswith("~$"):
        return "side-file", f"the lock of an office program on {own[2:]}: it goes when that program ends"
    data = data.removeprefix(b"\xef\xbb\xbf")
    for start, kind, what in _STARTS:
        if data.startswith(start):
            return kind, f"{what}, named like a checkpoint" if kind in ("archive", "foreign") else what
    if data[257:262] == b"ustar":
        return "archive", "a tar archive, named like a checkpoint"
    if re.match(_ANNEXED, data):
        return "pointer", "a link of git-annex that this system keeps as a file: `git annex get` fetches what it means"
    if re.match(_MARKUP, data):
        return "foreign", "a web page or XML: perhaps the download of a checkpoint ended at a login or an error"
    if re.search(_MERGE, data) and re.search(_DIVIDER, data):
        return "merge", "it holds both sides of a merge that was not resolved, between <<<<<<< and >>>>>>>"
    return None


def explained(problem: Problem, data: bytes) -> Problem:
    """The problem with a description of the file, where its bytes show one; otherwise unchanged."""
    if problem.kind == "documents":
        return problem
    found = side_file(problem.file, data)
    if found is None and (problem.kind == "trailing" or data.startswith(b"\x1e")):
        found = sequence_in(data)
    return problem if found is None else problem._replace(kind=found[0], reason=found[1])
