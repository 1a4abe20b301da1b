"""The framework that a program runs, by the text of its files; nothing of it is imported or run."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ckpt_tui.actions.resume.evidence import frameworks_in, imports
from ckpt_tui.actions.resume.interpreters import default_python, environments, has_framework
from ckpt_tui.actions.resume.plan import Target, is_path, working_directory
from ckpt_tui.actions.resume.project_files import project_root

ROUNDS = 3
"""Imports in a row that are followed."""

_FILES = 200
_BYTES = 1 << 18

AGENT_FRAMEWORK, LANGGRAPH = "agent_framework", "langgraph"


def used_framework(target: Target) -> str:
    """The package that a program runs its workflow, or its graph, with.

    The nearest file that imports one of them decides: the program itself, then what it imports. Where no file does, or
    where one imports both, the interpreter decides, if it has only one of them.

    Args:
        target: The program as it is.
    """
    file = _file_of(target)
    newest, seen = [file] if file else [], set[str]()
    for _ in range(ROUNDS + 1):
        found: set[str] = set()
        following: list[str] = []
        for path in newest:
            if path in seen or len(seen) >= _FILES:
                continue
            seen.add(path)
            text = _text(path)
            found |= frameworks_in(text)
            following += _imported(path, text)
        if len(found) == 1:
            return found.pop()
        if found:
            break
        newest = following
    installed = _installed(target, file)
    return installed or AGENT_FRAMEWORK


def _file_of(target: Target) -> str:
    """The file of a program; "" where it is a module that does not lie where it is started."""
    directory = target.directory or working_directory()
    if is_path(target.place):
        return os.path.join(directory, os.path.expanduser(target.place))
    place = os.path.join(directory, *target.place.split("."))
    found = (each for each in (f"{place}.py", os.path.join(place, "__main__.py")) if os.path.isfile(each))
    return next(found, "")


def _text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""


def _imported(path: str, text: str) -> Iterator[str]:
    """The files beside a program, or in packages above it, that it imports."""
    above = [os.path.dirname(os.path.abspath(path))]
    while os.path.isfile(os.path.join(above[-1], "__init__.py")) and len(above) < 12:
        above.append(os.path.dirname(above[-1]))
    roots = [*above, working_directory()]
    for each in imports(text):
        bases = above[each.level - 1 : each.level] if each.level else roots
        names = [each.module, *(f"{each.module}.{name}".strip(".") for name in each.names)]
        for base in bases:
            for name in filter(None, names):
                place = os.path.join(base, *name.split("."))
                yield from (
                    file for file in (f"{place}.py", os.path.join(place, "__init__.py")) if os.path.isfile(file)
                )


def _installed(target: Target, file: str) -> str:
    """The one framework that the interpreter of a program has; "" where it has both, or neither."""
    above = os.path.dirname(os.path.abspath(file)) if file else working_directory()
    known = [target.python] if target.python else [*environments(file or above, project_root(above) or above, "")]
    for python in known or [default_python()]:
        found = [name for name in (AGENT_FRAMEWORK, LANGGRAPH) if has_framework(python, name)]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""
