"""The last target of each store, and one that a project suggests. Neither is ever run by itself."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from typing import Any

from ckpt_tui.actions.resume.forks import root_of
from ckpt_tui.actions.resume.plan import Target
from ckpt_tui.paths import state_directory

KEPT = 200
"""Stores whose target is remembered; the ones used longest ago are forgotten."""

LEVELS = 6
"""Directories above a store that are looked at for a project file."""


def _path() -> str:
    return os.path.join(state_directory(), "targets.json")


def _read() -> dict[str, Any]:
    try:
        with open(_path(), encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def remember(store: str, target: Target) -> None:
    """Keep the target of a store; a state directory that cannot be written is no reason to fail."""
    known = _read()
    key = os.path.realpath(root_of(store))
    known.pop(key, None)
    known[key] = {**asdict(target), "args": dict(target.args)}
    while len(known) > KEPT:
        known.pop(next(iter(known)))
    path = _path()
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        temporary = f"{path}.{os.getpid()}.tmp"
        with open(temporary, "w", encoding="utf-8") as file:
            json.dump(known, file, indent=1)
        os.replace(temporary, path)
    except OSError:
        return


def remembered(store: str) -> Target | None:
    """The target that was last used for a store."""
    return _target(_read().get(os.path.realpath(root_of(store))))


def suggested(store: str) -> tuple[Target, str] | None:
    """What a project file in or above a store, or the current directory, suggests, and the path of that file.

    `ckpt-tui.toml` with a table `[resume]`, or `pyproject.toml` with `[tool.ckpt-tui.resume]`: workflow, python,
    storage, args, allow. Relative paths are those of the file.
    """
    for start in (root_of(store), os.getcwd()):
        directory = start
        for _ in range(LEVELS):
            for name, table in (("ckpt-tui.toml", ("resume",)), ("pyproject.toml", ("tool", "ckpt-tui", "resume"))):
                path = os.path.join(directory, name)
                found = _target(_table(path, table))
                if found is not None:
                    return found, path
            above = os.path.dirname(directory)
            if above == directory:
                break
            directory = above
    return None


def _table(path: str, names: tuple[str, ...]) -> Any:
    if not os.path.isfile(path):
        return None
    import tomllib  # late: most stores have no project file

    try:
        with open(path, "rb") as file:
            found: Any = tomllib.load(file)
    except (OSError, ValueError):
        return None
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    if isinstance(found, dict) and isinstance(found.get("python"), str) and os.sep in found["python"]:
        python = os.path.expanduser(found["python"])
        found = {**found, "python": os.path.normpath(os.path.join(os.path.dirname(path), python))}
    return found


def _target(entry: Any) -> Target | None:
    """A target of what a file holds; None when it is none. A file may hold anything."""
    if not isinstance(entry, dict) or not isinstance(entry.get("workflow"), str) or not entry["workflow"]:
        return None
    args = entry.get("args", {})
    return Target(
        entry["workflow"],
        entry["python"] if isinstance(entry.get("python"), str) else "",
        args if isinstance(args, dict) else {},
        entry["storage"] if isinstance(entry.get("storage"), str) else "",
        _texts(entry.get("allow")),
        _texts(entry.get("arguments")),
        _texts(entry.get("inputs")),
    )


def _texts(found: Any) -> tuple[str, ...]:
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()
