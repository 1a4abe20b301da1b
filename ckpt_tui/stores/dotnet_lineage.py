"""The order of .NET checkpoints that no usable index gives: parents, which the files name, before their children."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from ckpt_tui.stores.dotnet_index import Line, ids_of


class Unindexed(NamedTuple):
    """A checkpoint file that no line of the index names.

    Attributes:
        name: The file name.
        mtime_ns: When it was last written; after a copy or an unpacked archive this says nothing.
        step: `stepNumber`.
        parent: Id of its parent as the file gives it, or None.
    """

    name: str
    mtime_ns: int
    step: int
    parent: str | None


def lines_for(files: Iterable[Unindexed], generation: int | None, first: int) -> list[tuple[Line, str]]:
    """Lines as an index would have them, each with its file name; parents before children, else by time and step.

    Args:
        files: The files without a line.
        generation: That of the index as far as it stands; None where the file names tell.
        first: The number of the first line.
    """
    found = list(files)
    by_id: dict[tuple[str, str], Unindexed] = {}
    sessions: dict[str, list[Unindexed]] = {}
    for file in found:
        session, checkpoint = ids_of(file.name) or ("", file.name)
        by_id[session, checkpoint] = file
        sessions.setdefault(session, []).append(file)
    without_parents = {name for name, own in sessions.items() if _has_no_parents(own)}
    keys = {name: _order(name, own, by_id, name in without_parents) for name, own in sessions.items()}
    ordered = sorted(found, key=lambda file: keys[(ids_of(file.name) or ("", ""))[0]][file.name])
    lines = []
    for number, file in enumerate(ordered, first):
        session, checkpoint = ids_of(file.name) or ("", file.name)
        if session in without_parents and generation in (None, 0):
            own = 0
        else:
            own = (3 if is_escaped(file.name) else 1) if generation is None else max(generation, 1)
        parent = file.parent if own == 3 else ""
        lines.append((Line(session, checkpoint, parent, own, number, file.name, True), file.name))
    return lines


def is_escaped(name: str) -> bool:
    """Whether a file has a name as .NET writes it since rc5."""
    return name.lower().endswith("%2ejson")


def parents_first(lines: Sequence[tuple[Line, str]], parents: dict[str, str | None]) -> list[tuple[Line, str]]:
    """The lines in their order, but each parent before its first child; `parents` by file name."""
    places = {(line.session, line.checkpoint): (line, name) for line, name in lines}
    done: set[str] = set()
    out: list[tuple[Line, str]] = []
    for pair in lines:
        way = []
        here: tuple[Line, str] | None = pair
        while here is not None and here[1] not in done:
            done.add(here[1])
            way.append(here)
            parent = parents.get(here[1])
            here = None if parent is None else places.get((here[0].session, parent))
        out += reversed(way)
    return out


def _has_no_parents(files: Sequence[Unindexed]) -> bool:
    """Whether a session is one of the previews, which never wrote a parent: more than its first step would have one."""
    return not any(is_escaped(file.name) or file.parent is not None for file in files) and any(
        file.step > 0 for file in files
    )


_Key = tuple[int, int, int, str]


def _order(
    session: str, files: Sequence[Unindexed], by_id: dict[tuple[str, str], Unindexed], is_preview: bool
) -> dict[str, _Key]:
    """What the files of one session are ordered by: a child never before its parent, by time where that says more."""
    if is_preview and not _steps_follow_time(files):
        return {file.name: (0, file.step, file.mtime_ns, file.name) for file in files}
    keys: dict[str, _Key] = {}
    for file in files:
        way: list[Unindexed] = []
        here: Unindexed | None = file
        while here is not None and here.name not in keys and here not in way:
            way.append(here)
            here = by_id.get((session, here.parent)) if here.parent is not None else None
        when, depth = keys[here.name][:2] if here is not None and here.name in keys else (0, -1)
        for one in reversed(way):
            when, depth = max(when, one.mtime_ns), depth + 1
            keys[one.name] = when, depth, one.step, one.name
    return keys


def _steps_follow_time(files: Sequence[Unindexed]) -> bool:
    """Whether the files' times agree with their steps: each is the one after the last, or begins again at 0."""
    steps = [file.step for file in sorted(files, key=lambda file: (file.mtime_ns, file.step))]
    return all(step in (before + 1, 0) for before, step in pairwise(steps))
