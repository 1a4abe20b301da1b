"""The Python files around a store and the current directory, read within bounds; nothing of them is imported or run."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from time import monotonic
from typing import NamedTuple

from ckpt_tui.actions.resume.fork_overlays import SUFFIX, protected, root_of
from ckpt_tui.actions.resume.trust import is_inside, is_owned
from ckpt_tui.stores.files import FileTrouble, read_ends

MARKS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")
"""What is found in the uppermost directory of a project, beside any requirements*.txt."""

LEVELS = 8
"""Directories above a store, or above the current one, that are looked at where nothing marks the root of a project."""

DEPTH = 12
"""Levels of directories below the root of a project that are looked at."""

LOOSE_DEPTH = 3
"""The same, where nothing marks the root of a project."""

FILES, DIRECTORIES, ENTRIES = 10_000, 5_000, 200_000
"""Most Python files, directories and entries of directories that are looked at."""

FILE_BYTES = 512 * 1024
"""Bytes of a file that are read."""

TOTAL_BYTES = 64 * 1024 * 1024
"""Bytes that are read in all."""

SECONDS = 10.0
"""Time after which no further directory is looked at: a network may be slow."""

_SKIPPED = {"node_modules", "__pycache__", "site-packages", "dist-packages", "venv"}

_ENVIRONMENT_MARKS = {"pyvenv.cfg", "conda-meta"}


class SearchedDirectories(NamedTuple):
    """Where to look.

    Attributes:
        store: The original store, an absolute path.
        starts: The directories around which programs are likely, the likeliest first.
        roots: For each of them the root of its project, or "".
    """

    store: str
    starts: tuple[str, ...]
    roots: tuple[str, ...]

    def root_of(self, path: str) -> str:
        """The root of the project that a file belongs to; where there is none, the start above it, or its directory."""
        for known in (self.roots, self.starts):
            own = [each for each in known if each and _is_below(path, each)]
            if own:
                return max(own, key=len)
        return project_root(os.path.dirname(path)) or os.path.dirname(path)


class Files(NamedTuple):
    """What was read.

    Attributes:
        contents: Path → the bytes of a file, the nearest first.
        directories: How many directories were looked at.
        is_cut: Whether a bound was reached before everything was seen.
    """

    contents: dict[str, bytes]
    directories: int
    is_cut: bool


def places(store: str, current: str) -> SearchedDirectories:
    """Where programs that write to a store are likely.

    Args:
        store: The directory of checkpoints, or one of its forks.
        current: The current directory.
    """
    original = root_of(store)
    wanted = (
        os.path.realpath(os.path.dirname(original)), os.path.dirname(os.path.realpath(original)),
        os.path.realpath(current),
    )  # fmt: skip
    starts = tuple(each for each in dict.fromkeys(wanted) if not is_inside(each, store))
    return SearchedDirectories(original, starts, tuple(project_root(each) for each in starts))


def project_root(directory: str) -> str:
    """The nearest directory upwards that looks like the root of a project; "" when none does."""
    home = os.path.realpath(os.path.expanduser("~"))
    while True:
        above = os.path.dirname(directory)
        if directory == home or above == directory:
            return ""
        try:
            names = os.listdir(directory)
        except OSError:
            names = []
        if any(name in MARKS or (name.startswith("requirements") and name.endswith(".txt")) for name in names):
            return directory
        directory = above


def read_files(where: SearchedDirectories, check: Callable[[], None]) -> Files:
    """Read the Python files around some places.

    Args:
        where: The places.
        check: Called for each directory and each file; whatever it raises ends the work.
    """
    walk = _Walk(where, check)
    contents: dict[str, bytes] = {}
    total = 0
    for path in walk.files():
        check()
        try:
            data = read_ends(path, FILE_BYTES, 0)[1]
        except FileTrouble:
            continue
        contents[path] = data
        total += len(data)
        if total > TOTAL_BYTES or len(contents) >= FILES:
            walk.is_cut = True
            break
    return Files(contents, walk.directories, walk.is_cut)


class _Walk:
    """A walk through directories, breadth first; links to directories are not followed, so that it ends."""

    def __init__(self, where: SearchedDirectories, check: Callable[[], None]) -> None:
        self.directories = 0
        self.is_cut = False
        self._where = where
        self._check = check
        self._seen: dict[str, int] = {}
        self._entries = 0
        self._end = monotonic() + SECONDS
        self._barred = {each for path in protected(where.store) for each in (path, os.path.realpath(path))}

    def files(self) -> Iterator[str]:
        """Paths of Python files, those near the starts first, each once."""
        given: set[str] = set()
        for directory, depth in self._starts():
            for path in self._below(directory, depth):
                if path not in given:
                    given.add(path)
                    yield path

    def _starts(self) -> Iterator[tuple[str, int]]:
        home = os.path.realpath(os.path.expanduser("~"))
        store = os.path.realpath(self._where.store)
        for start, root in zip(self._where.starts, self._where.roots, strict=True):
            is_shared = start == home or os.path.dirname(start) == start or not is_owned(start)
            yield start, DEPTH if root else 0 if is_shared else LOOSE_DEPTH
        yield store, 0
        for start, root in zip(self._where.starts, self._where.roots, strict=True):
            if root:
                yield root, DEPTH
                continue
            directory = start
            for _ in range(LEVELS):
                directory = os.path.dirname(directory)
                if directory in (home, os.path.dirname(directory)) or not is_owned(directory):
                    break  # what lies there is of no project, or of other people
                yield directory, 0

    def _below(self, start: str, depth: int) -> Iterator[str]:
        waiting = deque([(start, depth)])
        while waiting:
            directory, left = waiting.popleft()
            if self._seen.get(directory, -1) >= left:
                continue
            self._check()
            if self.directories >= DIRECTORIES or self._entries >= ENTRIES or monotonic() > self._end:
                self.is_cut = True
                return
            self._seen[directory] = left
            found = self._entries_of(directory)
            self.directories += 1
            if found is None:
                continue
            files, inside = found
            yield from files
            if left:
                waiting.extend((each, left - 1) for each in inside)

    def _entries_of(self, directory: str) -> tuple[list[str], list[str]] | None:
        """The Python files and the directories of a directory; None for one that holds an environment."""
        files, inside = [], []
        try:
            with os.scandir(directory) as entries:
                for entry in entries:
                    self._entries += 1
                    name = entry.name
                    if name in _ENVIRONMENT_MARKS:
                        return None
                    if name.endswith(".py"):
                        if _is(entry.is_file):
                            files.append(entry.path)
                    elif "." not in name[:1] and self._is_entered(entry):
                        inside.append(entry.path)
                    if self._entries >= ENTRIES:
                        break
        except OSError:
            return [], []
        return sorted(files), sorted(inside)

    def _is_entered(self, entry: os.DirEntry[str]) -> bool:
        name = entry.name
        if name in _SKIPPED or name.endswith((SUFFIX, ".egg-info", ".dist-info")):
            return False
        return entry.path not in self._barred and _is(lambda: entry.is_dir(follow_symlinks=False))


def _is(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except OSError:
        return False


def _is_below(path: str, directory: str) -> bool:
    return path.startswith(directory.rstrip(os.sep) + os.sep)
