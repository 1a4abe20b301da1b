"""Finds whether other users may put files into a store or redirect it: loading a checkpoint may run code."""

from __future__ import annotations

import os
import stat

from ckpt_tui.core.doctor.severity import Finding
from ckpt_tui.core.text import clean
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.fork_directories import SUFFIX, listed_forks, root_of

try:
    import pwd
except ImportError:  # on Windows
    pwd = None  # type: ignore[assignment]

_OWN_PLACE = "Move the store to a directory that only you may write to, and resume only what you know to be yours."
_DIRECTORY_FIX = "`chmod o-w` on the directory; look at its checkpoints before you resume one."
_FILE = "anybody on this computer may change this file"
_LOOKED_AT = 10_000
"""Files of a store whose permissions are tested."""


def trust_findings(store: Store) -> list[Finding]:
    """Findings against trusting the place of a store; for several stores, of each by its name."""
    if store.members and not store.together:
        named = zip(store.member_names, store.members, strict=True)
        return [one._replace(file=f"{name}/{one.file}") for name, member in named for one in trust_findings(member)]
    path = store.path
    if not os.path.exists(path):
        return []
    directory = path if os.path.isdir(path) else os.path.dirname(path) or os.curdir
    return [*_directory(directory), *_files(directory), *_forks(directory)]


def trust_lines(directory: str, file: str) -> list[str]:
    """The warnings about the place before one of its checkpoints is resumed."""
    found = [*_directory(directory), *_forks(directory)]
    if not found:
        try:
            status = os.stat(os.path.join(directory, file))
        except (OSError, ValueError):
            return []
        if _anybody_writes(status):
            return [f"{_FILE}: {clean(file)}"]
        if owner := _stranger(status.st_uid):
            return [f"the checkpoint belongs to {owner}: {clean(file)}"]
    return [finding.reason for finding in found]


def _directory(path: str) -> list[Finding]:
    """The findings against a directory itself."""
    found = []
    try:
        status = os.stat(path)
        above = os.stat(os.path.dirname(os.path.abspath(path)))
    except OSError:
        return []
    if _anybody_writes(status):
        kept = ", though not replace those of others" if status.st_mode & stat.S_ISVTX else ""
        reason = f"anybody on this computer may put files into the store{kept}"
        found.append(Finding("world-writable", "warning", "", "", reason, _DIRECTORY_FIX))
    elif _anybody_writes(above) and not above.st_mode & stat.S_ISVTX:
        reason = "anybody on this computer may put another directory in the place of the store"
        found.append(Finding("world-writable", "warning", "", "", reason, _OWN_PLACE))
    if owner := _stranger(status.st_uid):
        reason = f"the store belongs to {owner}, who may put any file into it"
        found.append(Finding("owner", "warning", "", "", reason, _OWN_PLACE))
    return found


def _files(path: str) -> list[Finding]:
    """The files of a directory that other users may write to."""
    found = []
    try:
        with os.scandir(path) as entries:
            for _, entry in zip(range(_LOOKED_AT), entries, strict=False):
                if not entry.name.endswith(
                    (".json", "%2Ejson", ".jsonl", ".db", ".sqlite", ".sqlite3")
                ) or not entry.is_file(follow_symlinks=False):
                    continue
                status = entry.stat(follow_symlinks=False)
                if _anybody_writes(status):
                    found.append(
                        Finding("world-writable", "warning", entry.name, "", _FILE, "`chmod o-w` on the file.")
                    )
    except OSError:
        return []
    return sorted(found)


def _forks(path: str) -> list[Finding]:
    """Directories of forks that are links: a resume would write elsewhere."""
    root = root_of(path) + SUFFIX
    found = []
    read, unread = listed_forks(path)
    links = [os.path.join(os.path.dirname(root), one.file.rstrip("/")) for one in unread]
    for place in dict.fromkeys((root, *read, *links)):
        try:
            status = os.stat(place)
        except OSError:
            continue
        if _anybody_writes(status):
            reason = f"anybody on this computer may put checkpoints into {clean(os.path.basename(place))}"
            found.append(Finding("world-writable", "warning", os.path.basename(place), "", reason, _DIRECTORY_FIX))
        if os.path.islink(place):
            what = "the directory of forks" if place == root else "a directory of forks"
            reason = f"{what}, {clean(os.path.basename(place))}, is a link to {clean(os.path.realpath(place))}"
            fix = "Unless you made the link, move it away: checkpoints of a resume would be written where it leads."
            found.append(Finding("forks-link", "warning", os.path.basename(place), "", reason, fix))
    return found


def _anybody_writes(status: os.stat_result) -> bool:
    return os.name == "posix" and bool(status.st_mode & stat.S_IWOTH)


def _stranger(owner: int) -> str:
    """The name of an owner who is neither the person nor the administrator; "" for these two."""
    if pwd is None or owner in (0, os.geteuid()):
        return ""
    try:
        return clean(pwd.getpwuid(owner).pw_name)
    except KeyError:
        return f"user {owner}"
