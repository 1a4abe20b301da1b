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
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from .audited_events import AUDITED, MAKING, NEEDING, WATCHED, WRITES, is_act
from .filesystem import STARTING, entry_of, file_of, given_to
from .lines import Lines
from .places import calling_place

PLACES = 200
"""Places of the program that are reported; each is reported once, and once more with how many changes it tried."""

_saving: contextvars.ContextVar[bool] = contextvars.ContextVar("ckpt_tui_saving", default=False)
"""Set while the runner itself saves a checkpoint; tasks and threads started meanwhile see it, too."""


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
        """Places that the program believes to have deleted, and may make again."""
        self._made: set[str] = set()
        """Places that the program believes to have made, and may delete again."""
        self.strict = False
        """Whether the program may write, start and send nothing at all: it goes on with stand-ins for results."""
        self._places: dict[tuple[str, str, int], list[int]] = {}
        self._free: tuple[str, ...] = ()
        self._is_installed = False
        self.allow(into)

    def allow(self, into: str) -> None:
        """Let a directory for new checkpoints be changed; one that holds something already stays protected."""
        place = os.path.realpath(into)
        taken = place in self.roots or (self._is_inside(place) and os.path.lexists(place))
        self._free = () if taken else (place,)
        self._into = "" if taken else place + os.sep

    def be_strict(self, strict: bool) -> None:
        """Forbid the program to write, start or send anything from now on, or allow it again."""
        self.strict = strict
        if strict:
            self._put_up()

    def install(self) -> None:
        """Protect the directories from now on; this cannot be undone. Where there are none, Python stays as it is."""
        if self.roots:
            self._put_up()

    def _put_up(self) -> None:
        """Put both walls up, once."""
        if self._is_installed:
            return
        self._is_installed = True
        unlink = os.unlink
        for owner, names in ((os, _OS), (shutil, _SHUTIL)):
            for name, handler in names.items():
                self._replace(owner, name, handler)
        opener = functools.partial(self._open, io.open)
        for owner in (builtins, io):
            owner.open = opener  # type: ignore[attr-defined]
        self._replace(os, "open", Protection._os_open)
        for function in vars(getattr(tempfile, "_TemporaryFileCloser", None) or object).values():
            defaults = getattr(function, "__defaults__", None) or ()
            if any(each is unlink for each in defaults):
                function.__defaults__ = tuple(os.unlink if each is unlink else each for each in defaults)
        accessor = getattr(pathlib, "_NormalAccessor", None)  # until Python 3.10 pathlib keeps functions of its own
        for name in dir(accessor) if accessor is not None else ():
            if name in _OS or name == "open":
                setattr(accessor, name, staticmethod(opener if name == "open" else getattr(os, name)))

        act, watched = self._audit, WATCHED

        # Python makes a new text of the event's name for each call, so comparing it costs less than hashing it.
        def audit(event: str, args: tuple[Any, ...]) -> None:
            if event != "builtins.id" and event in watched:  # each deep copy asks for ids by the dozen
                act(event, args)

        sys.addaudithook(audit)

    def _is_new(self, path: Any) -> bool:
        """Whether a path is plainly one of a new checkpoint: looked at first, because each save makes several."""
        if not self._into:
            return False
        text = path if type(path) is str else str(path) if isinstance(path, pathlib.PurePath) else ""
        return text.startswith(self._into) and os.sep not in text[len(self._into) :]

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
        found = calling_place()
        key = name, *(found if found is not None else ("", 0))
        counts = self._places.get(key)
        if counts is not None:
            counts[0] += 1
        elif len(self._places) < PLACES:
            self._places[key] = [1, 1]
            self._lines.say("protected", action=name, path=place, file=key[1], line=key[2], count=1)

    @property
    def attempts(self) -> int:
        """How many changes were tried so far."""
        return sum(counts[0] for counts in self._places.values())

    def report_counts(self) -> None:
        """Report how often each place tried to change something, where that was more than once."""
        for (name, file, line), counts in self._places.items():
            if counts[0] > counts[1]:
                counts[1] = counts[0]
                self._lines.say("protected", action=name, path="", file=file, line=line, count=counts[0])

    def _on_entry(self, name: str, original: Any, path: Any, *args: Any, **kwargs: Any) -> Any:
        place = entry_of(path, kwargs.get("dir_fd"))
        if place in self._made:
            self._made.discard(place)
            return None
        if place is not None and os.path.lexists(place) and self._skips(name, place, above=True):
            self._gone.add(place)
            return None
        return original(path, *args, **kwargs)

    def _on_new(self, name: str, original: Any, path: Any, *args: Any, **kwargs: Any) -> Any:
        place = entry_of(path, kwargs.get("dir_fd"))
        if not self._exists(place) and self._skips(name, place):
            self._made.add(str(place))
            return None
        return original(path, *args, **kwargs)

    def _exists(self, place: str | None) -> bool:
        """Whether the program may expect something at a place."""
        if place is None or not os.path.lexists(place):
            return False
        return not any(place == gone or place.startswith(gone + os.sep) for gone in self._gone)

    def _on_file(self, name: str, original: Any, path: Any, *args: Any, **kwargs: Any) -> Any:
        place = file_of(path, kwargs.get("dir_fd"))
        if self._skips(name, place):
            return None
        return original(path, *args, **kwargs)

    def _on_link(self, name: str, original: Any, source: Any, target: Any, *args: Any, **kwargs: Any) -> Any:
        place = entry_of(target, kwargs.get("dst_dir_fd", kwargs.get("dir_fd")))
        if self._skips(name, place):
            self._made.add(str(place))
            return None
        return original(source, target, *args, **kwargs)

    def _on_move(self, name: str, original: Any, source: Any, target: Any, *args: Any, **kwargs: Any) -> Any:
        if self._is_new(source) and self._is_new(target):
            return original(source, target, *args, **kwargs)
        old = entry_of(source, kwargs.get("src_dir_fd"))
        new = entry_of(target, kwargs.get("dst_dir_fd"))
        if name == "move" and new is not None and os.path.isdir(new):
            new = os.path.join(new, os.path.basename(old or ""))
        if (
            old is not None and old in self._made
        ):  # what was never made is renamed: a file written beside and put in place
            self._made.discard(old)
            return target if name == "move" else None
        if self._skips(name, old, above=True):
            self._gone.add(str(old))
            return target if name == "move" else None
        if self._skips(name, new, above=True):
            return target if name == "move" else None
        return original(source, target, *args, **kwargs)

    def _on_tree(self, name: str, original: Any, path: Any, *args: Any, **kwargs: Any) -> Any:
        place = entry_of(path, kwargs.get("dir_fd"))
        if place in self._made:
            self._made.discard(str(place))
            return None
        if place is not None and os.path.lexists(place) and self._skips(name, place, above=True):
            self._gone.add(place)
            return None
        return original(path, *args, **kwargs)

    def _os_open(self, name: str, original: Any, path: Any, flags: int, *args: Any, **kwargs: Any) -> Any:
        if flags & WRITES and not self._is_new(path):
            place = file_of(path, kwargs.get("dir_fd"))
            if not (flags & os.O_EXCL and self._exists(place)) and self._skips("write", place):
                self._pretend(place)
                return original(os.devnull, flags & ~(os.O_CREAT | os.O_EXCL | os.O_TRUNC))
        return original(path, flags, *args, **kwargs)

    def _open(self, original: Any, file: Any, mode: Any = "r", *args: Any, **kwargs: Any) -> Any:
        if mode != "r" and isinstance(mode, str) and set(mode) & _CHANGING and not self._is_new(file):
            place = file_of(file)
            if not ("x" in mode and self._exists(place)) and self._skips("write", place):
                self._pretend(place)
                if "w" in mode or "x" in mode or place is None or not os.path.isfile(place):
                    return original(os.devnull, mode.replace("x", "w"), *args, **kwargs)
                copy = self._copy(place)  # it is read, too
                try:
                    return original(copy, mode, *args, **kwargs)
                finally:
                    with contextlib.suppress(OSError):  # Windows keeps it while it is open
                        os.unlink(copy)
        return original(file, mode, *args, **kwargs)

    def _pretend(self, place: str | None) -> None:
        if place is not None and not os.path.lexists(place):
            self._made.add(place)

    def _copy(self, place: str) -> str:
        descriptor, name = tempfile.mkstemp(prefix="ckpt-tui-copy-")
        with io.FileIO(descriptor, "wb") as new, io.FileIO(place) as old:
            shutil.copyfileobj(old, new)
        return name

    def _refuse(self, event: str, place: str) -> None:
        self._report(event, place)
        raise PermissionError(1, "the original checkpoints are not changed while a run is resumed", place)

    # -- the hook that refuses ---------------------------------------------------------------------------------------

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        # Called for every file that is opened: the flags are looked at before anything else.
        if self.strict and is_act(event, args):
            what = "nothing is written, started or sent with the stand-in for the result of a workflow that was not run"
            raise PermissionError(1, what)
        if event in STARTING:
            given = given_to(event, args, self.forbids, self._holds)
            if given:
                self._refuse(event, given)
            return
        if event == "open":
            if not (isinstance(args[2], int) and args[2] & WRITES) or self._is_new(args[0]):
                return
            places = [file_of(args[0])]
            if args[2] & os.O_EXCL and places[0] is not None and os.path.lexists(places[0]):
                return  # fails by itself
        elif event == "os.rename" and self._is_new(args[0]) and self._is_new(args[1]):
            return
        else:
            look = AUDITED.get(event)
            if look is None:
                return
            places = look(args)
        if _saving.get() and event != "os.remove":
            return
        for place in places:
            if place is None or not self.forbids(place):
                continue
            fails_by_itself = os.path.lexists(place) is (event in MAKING) and event in MAKING | NEEDING
            if not fails_by_itself:
                self._refuse(event, place)


_CHANGING = frozenset("wax+")
"""Letters of the modes of `open` that change a file."""

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
