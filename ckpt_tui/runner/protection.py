"""The original store, kept from the program: what would change it is skipped and reported, what gets past is refused.

Two walls. Python's own functions for changing files are replaced by ones that skip a change below the store, so that a
clean-up of the program does no harm and the program goes on. An audit hook, which nothing can remove, refuses with
PermissionError what reaches the files by another way. Programs that the program starts are beyond both.
"""

from __future__ import annotations

import builtins
import contextlib
import contextvars
import functools
import io
import os
import pathlib
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from .lines import Lines

PLACES = 200
"""Places of the program that are reported; each is reported once, and once more with how many changes it tried."""

_saving: contextvars.ContextVar[bool] = contextvars.ContextVar("ckpt_tui_saving", default=False)
"""Set while the runner itself saves a checkpoint; tasks and threads started meanwhile see it, too."""

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@contextlib.contextmanager
def saving() -> Iterator[None]:
    """New files may be written into a protected directory meanwhile; nothing there is replaced or deleted even then."""
    token = _saving.set(True)
    try:
        yield
    finally:
        _saving.reset(token)


def is_saving() -> bool:
    """Whether the runner saves a checkpoint at this moment, in this task or thread."""
    return _saving.get()


class Protection:
    """Directories that nothing in this process changes.

    Args:
        directories: The original store and the directory of its forks.
        into: Where new checkpoints go; it may be changed when it is not one of the directories nor in use already.
        lines: Where skipped changes are reported.
    """

    def __init__(self, directories: list[str], into: str, lines: Lines) -> None:
        self.roots = tuple(dict.fromkeys(os.path.realpath(each) for each in directories))
        self._lines = lines
        self._gone: set[str] = set()
        """Places that the program believes to have deleted, and may make anew."""
        self._places: dict[tuple[str, str, int], list[int]] = {}
        self._free: tuple[str, ...] = ()
        self.allow(into)

    def allow(self, into: str) -> None:
        """Let a directory for new checkpoints be changed; one that holds something already stays protected."""
        place = os.path.realpath(into)
        taken = place in self.roots or (self._is_inside(place) and os.path.lexists(place))
        self._free = () if taken else (place,)

    def install(self) -> None:
        """Protect the directories from now on; there is no way back."""
        for owner, names in ((os, _OS), (shutil, _SHUTIL)):
            for name, handler in names.items():
                self._replace(owner, name, handler)
        opener = functools.partial(self._open, io.open)
        for owner in (builtins, io):
            owner.open = opener  # type: ignore[attr-defined]
        self._replace(os, "open", Protection._os_open)
        accessor = getattr(pathlib, "_NormalAccessor", None)  # until Python 3.10 pathlib keeps functions of its own
        for name in dir(accessor) if accessor is not None else ():
            if name in _OS or name == "open":
                setattr(accessor, name, staticmethod(opener if name == "open" else getattr(os, name)))
        sys.addaudithook(self._audit)

    # -- what is protected -------------------------------------------------------------------------------------------

    def _is_inside(self, place: str) -> bool:
        return any(place == root or place.startswith(root + os.sep) for root in self.roots)

    def forbids(self, place: str) -> bool:
        """Whether nothing may be changed at a place: it is in a protected directory, or it is one."""
        if any(place == free or place.startswith(free + os.sep) for free in self._free):
            return False
        return self._is_inside(place)

    def _holds(self, place: str) -> bool:
        """Whether a place is above a protected directory."""
        return any(root.startswith(place.rstrip(os.sep) + os.sep) for root in self.roots)

    def _entry(self, path: Any, descriptor: Any = None) -> str | None:
        """Where the entry of a directory stands that a path names; a link is not followed."""
        text = self._text(path, descriptor)
        if text is None:
            return None
        head, tail = os.path.split(text.rstrip(os.sep) or text)
        return os.path.join(os.path.realpath(head), tail) if tail not in ("", ".", "..") else os.path.realpath(text)

    def _file(self, path: Any, descriptor: Any = None) -> str | None:
        """Where the file stands that a path leads to."""
        text = self._text(path, descriptor)
        return os.path.realpath(text) if text is not None else None

    def _text(self, path: Any, descriptor: Any) -> str | None:
        if isinstance(path, int):
            return None
        try:
            text = os.fsdecode(path)
        except TypeError:
            return None
        if not os.path.isabs(text):
            base = os.getcwd() if not isinstance(descriptor, int) or descriptor < 0 else directory_of(descriptor)
            text = os.path.join(base, text)
        return text

    # -- the functions that skip -------------------------------------------------------------------------------------

    def _replace(self, owner: Any, name: str, handler: Callable[..., Any]) -> None:
        original = getattr(owner, name, None)
        if original is None:
            return

        @functools.wraps(original)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            return handler(self, name, original, *args, **kwargs)

        setattr(owner, name, guarded)
        if original in os.supports_dir_fd:
            os.supports_dir_fd.add(guarded)
        if original in os.supports_follow_symlinks:
            os.supports_follow_symlinks.add(guarded)
        if original in os.supports_fd:
            os.supports_fd.add(guarded)

    def _skips(self, name: str, place: str | None, above: bool = False) -> bool:
        """Whether a change is not to be done; then it is reported."""
        if place is None or not (self.forbids(place) or (above and self._holds(place))):
            return False
        if _saving.get() and not (name in _TAKING and os.path.lexists(place) and place.endswith(".json")):
            return False
        self._report(name, place)
        return True

    def _report(self, name: str, place: str) -> None:
        file, line = caller()
        key = name, file, line
        counts = self._places.get(key)
        if counts is not None:
            counts[0] += 1
        elif len(self._places) < PLACES:
            self._places[key] = [1, 1]
            self._lines.say("protected", action=name, path=place, file=file, line=line, count=1)

    def report_counts(self) -> None:
        """Report how often each place tried to change something, where that was more than once."""
        for (name, file, line), counts in self._places.items():
            if counts[0] > counts[1]:
                counts[1] = counts[0]
                self._lines.say("protected", action=name, path="", file=file, line=line, count=counts[0])

    def _on_entry(self, name: str, original: Any, path: Any, *args: Any, **kwargs: Any) -> Any:
        place = self._entry(path, kwargs.get("dir_fd"))
        exists = place is not None and os.path.lexists(place)
        if exists and self._skips(name, place, above=True):
            self._gone.add(str(place))
            return None
        return original(path, *args, **kwargs)

    def _on_new(self, name: str, original: Any, path: Any, *args: Any, **kwargs: Any) -> Any:
        place = self._entry(path, kwargs.get("dir_fd"))
        if not self._exists(place) and self._skips(name, place):
            return None
        return original(path, *args, **kwargs)

    def _exists(self, place: str | None) -> bool:
        """Whether the program may expect something at a place."""
        if place is None or not os.path.lexists(place):
            return False
        return not any(place == gone or place.startswith(gone + os.sep) for gone in self._gone)

    def _on_file(self, name: str, original: Any, path: Any, *args: Any, **kwargs: Any) -> Any:
        place = self._file(path, kwargs.get("dir_fd"))
        if self._skips(name, place):
            return None
        return original(path, *args, **kwargs)

    def _on_link(self, name: str, original: Any, source: Any, target: Any, *args: Any, **kwargs: Any) -> Any:
        place = self._entry(target, kwargs.get("dst_dir_fd", kwargs.get("dir_fd")))
        if self._skips(name, place):
            return None
        return original(source, target, *args, **kwargs)

    def _on_move(self, name: str, original: Any, source: Any, target: Any, *args: Any, **kwargs: Any) -> Any:
        old = self._entry(source, kwargs.get("src_dir_fd"))
        new = self._entry(target, kwargs.get("dst_dir_fd"))
        if name == "move" and new is not None and os.path.isdir(new):
            new = os.path.join(new, os.path.basename(old or ""))
        if self._skips(name, old, above=True) or self._skips(name, new, above=True):
            return target if name == "move" else None
        return original(source, target, *args, **kwargs)

    def _on_tree(self, name: str, original: Any, path: Any, *args: Any, **kwargs: Any) -> Any:
        place = self._entry(path, kwargs.get("dir_fd"))
        if place is not None and os.path.lexists(place) and self._skips(name, place, above=True):
            self._gone.add(place)
            return None
        return original(path, *args, **kwargs)

    def _os_open(self, name: str, original: Any, path: Any, flags: int, *args: Any, **kwargs: Any) -> Any:
        if flags & _WRITES:
            place = self._file(path, kwargs.get("dir_fd"))
            if not (flags & os.O_EXCL and self._exists(place)) and self._skips("write", place):
                return original(os.devnull, flags & ~(os.O_CREAT | os.O_EXCL | os.O_TRUNC))
        return original(path, flags, *args, **kwargs)

    def _open(self, original: Any, file: Any, mode: Any = "r", *args: Any, **kwargs: Any) -> Any:
        if isinstance(mode, str) and set(mode) & set("wax+"):
            place = self._file(file)
            if not ("x" in mode and self._exists(place)) and self._skips("write", place):
                stand_in = os.devnull
                if "w" not in mode and "x" not in mode and place is not None and os.path.isfile(place):
                    stand_in = self._copy(place)  # it is read, too
                return original(stand_in, mode.replace("x", "w"), *args, **kwargs)
        return original(file, mode, *args, **kwargs)

    def _copy(self, place: str) -> str:
        descriptor, name = tempfile.mkstemp(prefix="ckpt-tui-copy-")
        with io.FileIO(descriptor, "wb") as new, io.FileIO(place) as old:
            shutil.copyfileobj(old, new)
        return name

    # -- the hook that refuses ---------------------------------------------------------------------------------------

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        # Called for every file that is opened: the flags are looked at before anything else.
        if event == "open":
            if not (isinstance(args[2], int) and args[2] & _WRITES):
                return
            places = [self._file(args[0])]
            if args[2] & os.O_EXCL and places[0] is not None and os.path.lexists(places[0]):
                return  # fails by itself
        else:
            look = _AUDITED.get(event)
            if look is None:
                return
            places = look(self, args)
        if _saving.get() and event != "os.remove":
            return
        for place in places:
            if place is None or not self.forbids(place):
                continue
            fails_by_itself = os.path.lexists(place) is (event in _MAKING) and event in _MAKING | _NEEDING
            if not fails_by_itself:
                self._report(event, place)
                raise PermissionError(1, "the original checkpoints are not changed while a run is resumed", place)


_TAKING = frozenset(("remove", "unlink", "rename", "replace", "rmdir", "rmtree", "move", "write", "truncate"))
"""What takes away what is there."""

_OS: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("remove", "unlink", "rmdir"), Protection._on_entry),
    **dict.fromkeys(("mkdir", "mkfifo", "mknod"), Protection._on_new),
    **dict.fromkeys(
        ("truncate", "chmod", "chown", "lchown", "lchmod", "chflags", "utime", "setxattr", "removexattr"),
        Protection._on_file,
    ),
    **dict.fromkeys(("rename", "replace"), Protection._on_move),
    **dict.fromkeys(("link", "symlink"), Protection._on_link),
}
_SHUTIL: dict[str, Callable[..., Any]] = {"rmtree": Protection._on_tree, "move": Protection._on_move}

_MAKING = frozenset(("os.mkdir", "os.link", "os.symlink"))
"""Events of what fails where there is something already."""

_NEEDING = frozenset(("os.remove", "os.rmdir"))
"""Events of what fails where there is nothing."""

_AUDITED: dict[str, Callable[[Protection, tuple[Any, ...]], list[str | None]]] = {
    **dict.fromkeys(
        ("os.remove", "os.rmdir", "os.mkdir"),
        lambda self, args: [self._entry(args[0], args[-1] if isinstance(args[-1], int) else None)],
    ),
    "shutil.rmtree": lambda self, args: [self._entry(args[0])],
    **dict.fromkeys(
        ("os.truncate", "os.chmod", "os.chown", "os.utime", "os.setxattr", "os.removexattr", "os.lchown"),
        lambda self, args: [self._file(args[0])],
    ),
    "os.rename": lambda self, args: [self._entry(args[0], args[2]), self._entry(args[1], args[3])],
    "os.link": lambda self, args: [self._entry(args[1], args[3])],
    "os.symlink": lambda self, args: [self._entry(args[1], args[2])],
    "shutil.move": lambda self, args: [self._entry(args[0]), self._entry(args[1])],
    "sqlite3.connect": lambda self, args: [None if "mode=ro" in str(args[0]) else self._file(args[0])],
}
"""Audit event → the places that it changes."""


def directory_of(descriptor: int) -> str:
    """The directory that a descriptor stands for; the root where the system does not say."""
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/self/fd/{descriptor}")
    with contextlib.suppress(Exception):
        import fcntl

        found = fcntl.fcntl(descriptor, 50, b"\0" * 1024)  # F_GETPATH of macOS
        return os.fsdecode(found.rstrip(b"\0"))
    return os.sep


_HERE = os.path.dirname(os.path.abspath(__file__))
_LIBRARIES = tuple(
    dict.fromkeys(
        os.path.realpath(path) + os.sep
        for name in ("stdlib", "platstdlib", "purelib", "platlib")
        if (path := sysconfig.get_paths().get(name))
    )
)


def is_library(file: str) -> bool:
    """Whether a source file belongs to Python, to an installed package or to the runner: it is not the person's."""
    if file.startswith("<"):
        return True
    place = os.path.realpath(file)
    return (
        place.startswith(_HERE) or "site-packages" in place or "dist-packages" in place or place.startswith(_LIBRARIES)
    )


def caller(frame: Any = None) -> tuple[str, int]:
    """File and line of the program's code that is being executed; ("", 0) where there is none.

    Args:
        frame: The innermost frame; None for that of the caller.
    """
    frame = frame or sys._getframe(1)
    while frame is not None:
        if not is_library(frame.f_code.co_filename):
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return "", 0
