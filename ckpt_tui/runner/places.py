"""Places in the person's own code."""

from __future__ import annotations

import ast
import linecache
import os
import sys
import sysconfig
import types
from collections.abc import Iterator
from typing import Any, NamedTuple

_HERE = os.path.dirname(os.path.abspath(__file__))
_LIBRARIES = tuple(
    os.path.realpath(path) + os.sep
    for path in {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    if path
)
_PACKAGES = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")


class Place(NamedTuple):
    """A line of the person's code.

    Attributes:
        file: The path of its file.
        line: Its number, from 1.
    """

    file: str
    line: int

    def __str__(self) -> str:
        return f"{shown_path(self.file)}:{self.line}"

    @property
    def text(self) -> str:
        """The line."""
        return linecache.getline(self.file, self.line).strip()


def shown_path(path: str) -> str:
    """A path as a person reads it: relative where it lies below the current directory."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        return path
    return path if relative.startswith(os.pardir) else relative


def is_own(path: str) -> bool:
    """Whether a file is the person's: of no library, and none of the runner's."""
    real = os.path.realpath(path)
    if path.startswith("<") or real.startswith(_HERE + os.sep) or any(part in real for part in _PACKAGES):
        return False
    return os.path.isfile(real) and not real.startswith(_LIBRARIES)


def frames_of(error: BaseException) -> list[tuple[types.FrameType, int]]:
    """The frames that an exception went through and the line in each, outermost first."""
    out = []
    trace = error.__traceback__
    while trace is not None:
        out.append((trace.tb_frame, trace.tb_lineno))
        trace = trace.tb_next
    return out


def own_place(error: BaseException) -> Place | None:
    """The innermost line of the person's code that an exception went through."""
    for frame, line in reversed(frames_of(error)):
        path = frame.f_code.co_filename
        if is_own(path):
            return Place(os.path.abspath(path), line)
    return None


def failed_at(error: BaseException | None) -> dict[str, Any]:
    """The `file` and `line` of the person's own code that an exception, or the first cause that has one, went through.

    Empty where it went through none.
    """
    for each in causes_of(error) if error is not None else ():
        found = own_place(each)
        if found is not None:
            return {"file": found.file, "line": found.line}
    return {}


def calling_place(frame: types.FrameType | None = None) -> Place | None:
    """The line of the person's code that is being executed.

    Args:
        frame: The innermost frame; None for that of the caller.
    """
    frame = frame or sys._getframe(1)
    while frame is not None:
        if is_own(frame.f_code.co_filename):
            return Place(frame.f_code.co_filename, frame.f_lineno)
        frame = frame.f_back
    return None


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """An exception, then its causes and contexts."""
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield found
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)


def call_on(place: Place, names: frozenset[str]) -> ast.Call | None:
    """The call of one of some functions, by their last names, in the statement at a line."""
    try:
        tree = ast.parse("".join(linecache.getlines(place.file)))
    except (SyntaxError, ValueError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.lineno <= place.line <= (node.end_lineno or node.lineno):
            function = node.func
            name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
            if name in names:
                return node
    return None
