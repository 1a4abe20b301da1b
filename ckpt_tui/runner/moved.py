"""Finds where a program now has classes that a checkpoint names in other modules."""

from __future__ import annotations

import ast
import os
import re
import sys
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from .places import is_own

MOST_FILES = 2_000
"""Python files of a program that are read."""

MOST_FOLDERS = 5_000
"""Folders that are searched: a program may be started in a home directory."""

MOST_BYTES = 2_000_000
"""Bytes of the largest file that is read."""

_SKIPPED = frozenset((
    "__pycache__", "node_modules", "site-packages", "dist-packages", "venv", "env", "build", "dist",
))  # fmt: skip


def moved(names: Sequence[str], directories: Sequence[str]) -> dict[str, str]:
    """Where classes are that cannot be imported from where a checkpoint names them.

    Loaded modules of the person come first; then the files of the program, which are read and not imported.

    Args:
        names: The classes, `module:qualname`.
        directories: Directories of the program.

    Returns:
        Name → `module:qualname` where it now is, for those that were found.
    """
    wanted: dict[str, list[str]] = {}
    for name in names:
        module, _, qualname = name.partition(":")
        wanted.setdefault(qualname, []).append(module)
    places: dict[str, list[str]] = {qualname: [] for qualname in wanted}
    for module, defined in (*_loaded(), *_written(directories)):
        for qualname in defined & wanted.keys():
            if module not in wanted[qualname] and module not in places[qualname]:
                places[qualname].append(module)
    return {
        f"{old}:{qualname}": f"{_best(old, places[qualname], places.values())}:{qualname}"
        for qualname, modules in wanted.items() for old in modules if places[qualname]
    }  # fmt: skip


def _best(old: str, found: list[str], all_found: Iterable[list[str]]) -> str:
    """The module that is most like the old one: its last name is the same, then it has most of the classes."""
    counts: dict[str, int] = {}
    for each in all_found:
        for module in each:
            counts[module] = counts.get(module, 0) + 1
    last = old.rpartition(".")[2]
    return max(found, key=lambda module: (module.rpartition(".")[2] == last, counts[module], -found.index(module)))


def moved_fix(found: Mapping[str, str]) -> str:
    """The fix for classes that moved, as text; every release compares the name of a class with the recorded one.

    Args:
        found: The result of `moved`.
    """
    by_module: dict[tuple[str, str], list[str]] = {}
    for old, new in found.items():
        module, _, qualname = new.partition(":")
        by_module.setdefault((old.partition(":")[0], module), []).append(qualname)
    out = []
    for (old, new), names in by_module.items():
        listed, them, their = names[0], "it", "its"
        if len(names) > 1:
            listed, them, their = f"{', '.join(names[:-1])} and {names[-1]}", "them", "their"
        out.append(
            f'{new} has {listed}: moved? keep a module {old} that imports {them} and sets {their} __module__ to "{old}"'
        )
    return "; ".join(out)


_OTHER_NAME = re.compile(r"expected '([\w.]+):([\w.]+)', got '([\w.]+):\2'")


def other_name_fix(text: str) -> str:
    """The fix where the framework found a class under its old name, but the class names its new module; else ""."""
    found = _OTHER_NAME.search(text)
    if found is None:
        return ""
    old, name, new = found.groups()
    return f'{old} imports {name} from {new}: let {old} also set {name}.__module__ = "{old}"'


def _loaded() -> Iterator[tuple[str, set[str]]]:
    """The person's loaded modules, and the classes that each defines."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) if isinstance(module, types.ModuleType) else None
        if name != "__main__" and isinstance(file, str) and is_own(file):  # nothing can import from the script itself
            yield name, set(_qualnames(vars(module), name))


def _qualnames(members: Mapping[str, Any], module: str, within: str = "") -> Iterator[str]:
    for each in list(members.values()):
        if isinstance(each, type) and each.__module__ == module and each.__qualname__ == within + each.__name__:
            yield each.__qualname__
            yield from _qualnames(vars(each), module, f"{each.__qualname__}.")


def _written(directories: Sequence[str]) -> Iterator[tuple[str, set[str]]]:
    """The modules of a program's files, and the classes that each defines, by its text alone."""
    count = folders = 0
    seen: set[str] = set()
    for root in directories:
        for directory, inside, files in os.walk(root):
            folders += 1
            if folders > MOST_FOLDERS:
                return
            inside[:] = sorted(each for each in inside if each not in _SKIPPED and not each.startswith("."))
            for file in sorted(files):
                path = os.path.realpath(os.path.join(directory, file))
                if not file.endswith(".py") or path in seen:
                    continue
                seen.add(path)
                count += 1
                if count > MOST_FILES:
                    return
                yield _module_name(path, root), _defined(path)


def _module_name(path: str, root: str) -> str:
    """The dotted name of a file: within its package, else from the directory that is searched."""
    directory, file = os.path.split(path)
    parts = [] if file == "__init__.py" else [file.removesuffix(".py")]
    while os.path.isfile(os.path.join(directory, "__init__.py")):
        directory, name = os.path.split(directory)
        parts.insert(0, name)
    if len(parts) == 1:  # a folder without __init__.py is a package, too
        relative = os.path.relpath(directory, os.path.realpath(root))
        if relative != os.curdir and not relative.startswith(os.pardir):
            parts = [*relative.split(os.sep), *parts]
    return ".".join(parts)


def _defined(path: str) -> set[str]:
    try:
        if os.path.getsize(path) > MOST_BYTES:
            return set()
        with open(path, "rb") as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return set()
    return set(_classes(tree.body, ""))


def _classes(body: Sequence[ast.stmt], within: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield within + node.name
            yield from _classes(node.body, f"{within}{node.name}.")
        elif isinstance(node, (ast.If, ast.Try)):  # for one release of something and for another
            yield from _classes([*node.body, *node.orelse], within)


def roots_of(file: str) -> list[str]:
    """Directories of the program that a file belongs to: above its package, and the current one."""
    directory = os.path.dirname(os.path.abspath(file)) if file else os.getcwd()
    while os.path.isfile(os.path.join(directory, "__init__.py")):
        directory = os.path.dirname(directory)
    return list(dict.fromkeys((directory, os.getcwd())))
