"""The last target of each store, and one that a project suggests. Neither is ever started by itself."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from ckpt_tui.actions.resume.fork_overlays import root_of
from ckpt_tui.actions.resume.plan import Target, is_path, parts, working_directory
from ckpt_tui.actions.resume.trust import doubt, is_inside
from ckpt_tui.actions.state_files import StateTable
from ckpt_tui.stores.files import FileTrouble, read_ends

_TABLE = StateTable("targets.json", 200)
"""Path of a store → the target used last."""

LEVELS = 6
"""Directories above a store that are looked at for a project file."""

MAX_BYTES = 1 << 17
"""Bytes of a project file that are read; a longer one suggests nothing."""

MAX_DOTS = 100
"""Dots in a line of a project file; a key of thousands of parts would keep the parser busy for minutes."""

_TABLES = (("ckpt-tui.toml", ("resume",)), ("pyproject.toml", ("tool", "ckpt-tui", "resume")))
"""Project files, and the table in each that suggests a target."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A target that a project file suggests.

    Attributes:
        target: The target; its paths are absolute.
        file: The project file.
        doubt: Why it is started only after a question of its own, as the end of a sentence about the file or what it
            names; "" for a file of the person's own.
        subject: What the doubt is about: a path.
    """

    target: Target
    file: str
    doubt: str = ""
    subject: str = ""


def anchored(target: Target, directory: str = "") -> Target:
    """A target that means the same in every directory: its paths are absolute, its directory is named.

    Args:
        target: The target; relative paths are those of its directory.
        directory: The directory of a target that names none; the current one when left out.
    """
    where = os.path.abspath(os.path.expanduser(target.directory or directory or working_directory()))
    python = target.python
    if os.sep in python:
        python = os.path.abspath(os.path.expanduser(python))
    workflow, storage = _absolute(target.workflow, where), _absolute(target.storage, where)
    return replace(target, workflow=workflow, storage=storage, python=python, directory=where)


def is_same_code(one: Target, other: Target) -> bool:
    """Whether two targets name the same program, or the same name in it, in whatever directory each is used."""
    return anchored(one).workflow == anchored(other).workflow


def _absolute(text: str, directory: str) -> str:
    place, name = parts(text)
    if not text or not is_path(place):
        return text
    path = os.path.normpath(os.path.join(directory, os.path.expanduser(place)))
    return f"{path}:{name}" if name else path


# -- what was used last ------------------------------------------------------------------------------------------------


def remember(store: str, target: Target, nodes: Iterable[str] = ()) -> None:
    """Keep the target of a store; a state directory that cannot be written is not a reason to fail.

    Args:
        store: The store.
        target: The target.
        nodes: The nodes of its graph, in a store that may hold the threads of several graphs.
    """
    known = _TABLE.read()
    names = sorted(nodes)
    key = "\n".join((_key(store), *names))
    known.pop(key, None)
    known[key] = {**asdict(anchored(target)), "args": dict(target.args), "nodes": names}
    _TABLE.write(known)


def remembered(store: str, nodes: Iterable[str] = ()) -> Target | None:
    """The target that was last used for a store; its paths are absolute.

    Args:
        store: The store.
        nodes: The nodes that it has to have, as far as its own are known.
    """
    key, needed = _key(store), set(nodes)
    for name, entry in reversed(_TABLE.read().items()):
        target = _target(entry) if name.partition("\n")[0] == key else None
        if target is not None and needed <= (set(_texts(entry.get("nodes"))) or needed):
            return target
    return None


def _key(store: str) -> str:
    """The name under which a store and its forks are kept."""
    return os.path.realpath(root_of(store))


# -- what a project suggests -------------------------------------------------------------------------------------------


def suggested(store: str) -> Suggestion | None:
    """The target that a project file at or above a store, or the current directory, suggests.

    `ckpt-tui.toml` with a table `[resume]`, or `pyproject.toml` with `[tool.ckpt-tui.resume]`: workflow, python,
    storage, args, allow, arguments, inputs, directory. Relative paths are those of the file. A file of the person's
    own comes before one that is in doubt, wherever the two are.
    """
    doubtful = None
    for file, found in _suggestions(store):
        subject, why = _doubt_of(file, found, store)
        if not why:
            return Suggestion(found, file)
        doubtful = doubtful or Suggestion(found, file, why, subject)
    return doubtful


def _suggestions(store: str) -> Iterator[tuple[str, Target]]:
    for start in dict.fromkeys((root_of(store), working_directory())):
        directory = start
        for _ in range(LEVELS):
            for name, table in _TABLES:
                path = os.path.join(directory, name)
                found = _target(_table(path, table))
                if found is not None:
                    yield path, _resolved(found, directory)
            above = os.path.dirname(directory)
            if above == directory:
                break
            directory = above


def _doubt_of(file: str, target: Target, store: str) -> tuple[str, str]:
    """What of a suggestion is in doubt, a path, and why; two empty texts when nothing is."""
    why = doubt(file, store)
    if why:
        return file, why
    named = [parts(text)[0] for text in (target.workflow, target.storage)]
    for path in (*filter(is_path, named), target.directory, *([target.python] if os.sep in target.python else [])):
        if is_inside(path, store):
            return path, "lies inside the store"
    return "", ""


def _resolved(target: Target, directory: str) -> Target:
    """A suggestion with the paths of its file made absolute; an interpreter may be named by its environment."""
    where = os.path.normpath(os.path.join(directory, os.path.expanduser(target.directory)))
    python = target.python
    beside = os.path.normpath(os.path.join(directory, os.path.expanduser(python)))
    if python and (os.sep in python or os.path.exists(beside)):
        python = beside
    named = replace(
        target, directory="", python=python, workflow=_absolute(target.workflow, directory),
        storage=_absolute(target.storage, directory),
    )  # fmt: skip
    return anchored(named, where)


def _table(path: str, names: tuple[str, ...]) -> Any:
    if not os.path.isfile(path):
        return None
    try:
        stamp, data, _ = read_ends(path, MAX_BYTES, 0)
        if stamp.size > MAX_BYTES or names[-1].encode() not in data:
            return None
        if any(line.count(b".") > MAX_DOTS for line in data.split(b"\n")):
            return None
        found: Any = tomllib.loads(data.decode("utf-8"))
    except (FileTrouble, ValueError, RecursionError):
        return None
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _target(entry: Any) -> Target | None:
    """A target of what a file holds; None where that is not a target. A file may hold anything."""
    if not isinstance(entry, dict) or not isinstance(entry.get("workflow"), str) or not entry["workflow"]:
        return None
    args = entry.get("args", {})
    return Target(
        entry["workflow"], _text(entry, "python"), args if isinstance(args, dict) else {}, _text(entry, "storage"),
        _texts(entry.get("allow")), _texts(entry.get("arguments")), _texts(entry.get("inputs")),
        _text(entry, "directory"),
    )  # fmt: skip


def _text(entry: dict[str, Any], name: str) -> str:
    found = entry.get(name)
    return found if isinstance(found, str) else ""


def _texts(found: Any) -> tuple[str, ...]:
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()
