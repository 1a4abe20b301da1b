"""The order of .NET checkpoints, also where no usable index gives it: parents before children; and their headers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

from ckpt_tui.core.model import CheckpointRef, Facts, Problem, StoreMetadata
from ckpt_tui.core.runs.short_ids import short_guid
from ckpt_tui.stores.dotnet_document import DotnetDigest
from ckpt_tui.stores.dotnet_index import IndexLine, ids_of
from ckpt_tui.stores.files import Stamp


class Unindexed(NamedTuple):
    """A checkpoint file that no line of the index names.

    Attributes:
        name: The file name.
        mtime_ns: When it was last written; meaningless after a copy or an unpacked archive.
        step: `stepNumber`.
        parent: Id of its parent as the file gives it, or None.
    """

    name: str
    mtime_ns: int
    step: int
    parent: str | None


def lines_for(files: Iterable[Unindexed], generation: int | None, first: int) -> list[tuple[IndexLine, str]]:
    """Lines as an index would have them, each with its file name; parents before children, else by time and step.

    Args:
        files: The files without a line.
        generation: That of the index as far as it goes; None where the file names show it.
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
        lines.append((IndexLine(session, checkpoint, parent, own, number, file.name, True), file.name))
    return lines


def is_escaped(name: str) -> bool:
    """Whether a file has a name as .NET writes it since rc5."""
    return name.lower().endswith("%2ejson")


def parents_first(
    lines: Sequence[tuple[IndexLine, str]], parents: dict[str, str | None]
) -> list[tuple[IndexLine, str]]:
    """The lines in their order, but each parent before its first child; `parents` by file name."""
    places = {(line.session, line.checkpoint): (line, name) for line, name in lines}
    done: set[str] = set()
    out: list[tuple[IndexLine, str]] = []
    for pair in lines:
        way = []
        here: tuple[IndexLine, str] | None = pair
        while here is not None and here[1] not in done:
            done.add(here[1])
            way.append(here)
            parent = parents.get(here[1])
            here = None if parent is None else places.get((here[0].session, parent))
        out += reversed(way)
    return out


def step_parents(lines: Sequence[tuple[IndexLine, str]], steps: dict[str, int]) -> dict[str, str]:
    """Parents by file name for sessions of the previews of which an index names only a part: by their steps.

    Only where each step appears once; a session that was resumed begins to count again, and its order is the index's.

    Args:
        lines: All lines, those made for files that no index names included.
        steps: `stepNumber` by file name.
    """
    sessions: dict[str, list[tuple[IndexLine, str]]] = {}
    for line, name in lines:
        if line.generation == 0 and name in steps:
            sessions.setdefault(line.session, []).append((line, name))
    found = {}
    for own in sessions.values():
        by_step = {steps[name]: line.checkpoint for line, name in own}
        if len(by_step) == len(own) and any(line.is_made for line, _ in own):
            found.update({name: by_step[steps[name] - 1] for _, name in own if steps[name] - 1 in by_step})
    return found


def _has_no_parents(files: Sequence[Unindexed]) -> bool:
    """Whether a session is one of the previews, which never wrote a parent: more than its first step would have one."""
    return not any(is_escaped(file.name) or file.parent is not None for file in files) and any(
        file.step > 0 for file in files
    )


_Key = tuple[int, int, int, str]


def _order(
    session: str, files: Sequence[Unindexed], by_id: dict[tuple[str, str], Unindexed], is_preview: bool
) -> dict[str, _Key]:
    """The sort key of the files of one session: parents before children, else by time where times are reliable."""
    if is_preview and not _steps_follow_time(files):
        return {file.name: (0, file.step, file.mtime_ns, file.name) for file in files}
    keys: dict[str, _Key] = {}
    for file in files:
        way: dict[str, Unindexed] = {}
        here: Unindexed | None = file
        while here is not None and here.name not in keys and here.name not in way:
            way[here.name] = here
            here = by_id.get((session, here.parent)) if here.parent is not None else None
        when, depth = keys[here.name][:2] if here is not None and here.name in keys else (0, -1)
        for one in reversed(way.values()):
            when, depth = max(when, one.mtime_ns), depth + 1
            keys[one.name] = when, depth, one.step, one.name
    return keys


def _steps_follow_time(files: Sequence[Unindexed]) -> bool:
    """Whether the files' times agree with their steps: each is the one after the last, or begins again at 0."""
    steps = [file.step for file in sorted(files, key=lambda file: (file.mtime_ns, file.step))]
    return all(step in (before + 1, 0) for before, step in pairwise(steps))


# -- headers ----------------------------------------------------------------------------------------------------------


def parent_of(line: IndexLine, found: DotnetDigest | Problem | None) -> str | None:
    """The parent that a line names, or that the file names where the line has none."""
    if line.parent != "":
        return line.parent
    return found.parent if isinstance(found, DotnetDigest) else None


class _Position(NamedTuple):
    """The facts of a checkpoint that later ones need."""

    depth: int
    targets: tuple[str, ...]
    askers: tuple[str, ...]
    when: float


class Chain:
    """Makes headers of checkpoints that come in the order of commit: parents before children."""

    def __init__(self) -> None:
        self._places: dict[str, _Position] = {}
        self._last: dict[str, tuple[str, int]] = {}
        self._when = 0.0

    def ref(
        self,
        line: IndexLine,
        name: str,
        found: DotnetDigest,
        stamp: Stamp,
        position: int,
        note: str = "",
        size: int | None = None,
    ) -> CheckpointRef:
        """The header of the next checkpoint; no child is earlier than its parent, nor a line than the one before."""
        facts = found.facts
        parent = parent_of(line, found)
        before = ""
        if line.generation == 0 and parent is None:
            last, step = self._last.get(line.session, ("", 0))
            # A line names the checkpoint before. A file has its step, which is 0 in each new run.
            before = last if not line.is_made or found.step == step + 1 else ""
        above = self._places.get(parent or before)
        ran, answered = _ran(found, above)
        when = max(stamp.mtime_ns / 1e9, above.when if above else 0.0)
        if not line.is_made:
            when = self._when = max(when, self._when)
        place = _Position(above.depth + 1 if above else 0, found.targets, facts.askers, when)
        self._places[line.checkpoint] = place
        self._last[line.session] = line.checkpoint, found.step
        given = StoreMetadata(
            run=line.session or "?",
            title=f"session {short_guid(line.session)}",
            label=_label(ran, answered, facts),
            did="answered" if answered and not facts.pending else "",
            role="waiting" if facts.pending and not facts.messages else None,
            step=place.depth,
            before=before,
            ran=ran,
            has_file_time=True,
        )
        timestamp = datetime.fromtimestamp(when, UTC).isoformat()
        return CheckpointRef(
            line.checkpoint, name, "", found.graph, parent, timestamp, when, found.step,
            stamp.size if size is None else size, facts, note, position=position, store_metadata=given,
        )  # fmt: skip


def _ran(found: DotnetDigest, above: _Position | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The executors that ran for a checkpoint, and the ports whose requests were answered before it."""
    if above is None:
        return ((found.start,) if found.start else ()), ()
    answered = tuple(port for port in above.askers if port not in found.facts.askers)
    return (*above.targets, *(port for port in answered if port not in above.targets)), answered


def _label(ran: tuple[str, ...], answered: tuple[str, ...], facts: Facts) -> str:
    names = [f"{name} answered" if name in answered else name for name in ran if name not in facts.askers]
    parts = [", ".join(names[:4]) + (f" +{len(names) - 4}" if len(names) > 4 else "")] if names else []
    if facts.pending:
        parts.append(f"{', '.join(facts.askers[:2])} waiting {facts.pending}".strip())
    elif facts.edges and not facts.messages:
        parts.append("joining")
    elif not facts.messages:
        parts.append("done")
    return " · ".join(parts)
