"""Which checkpoint Agent Framework itself would resume: `get_latest` by a workflow's name, over all files it can load.

Source: FileCheckpointStorage.get_latest and list_checkpoints. A file that cannot be loaded is skipped with a line in
the log; times are compared as `datetime.fromisoformat` reads them; of equal ones the directory's first is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from ckpt_tui.core.doctor.severity import Finding
from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.model import CheckpointRef, Problem, parse_time
from ckpt_tui.core.runs.ids import as_late_here, latest
from ckpt_tui.core.runs.lineage import Run, arrange
from ckpt_tui.core.runs.workflow_names import is_unnamed
from ckpt_tui.core.text import clean

HOPELESS = frozenset((
    "byte-order-mark", "encoding", "huge-integer", "unknown-member", "undecodable", "unread", "type-mismatch",
    "function", "numpy", "legacy",
))  # fmt: skip
"""Kinds of findings with which the framework does not load a file, whatever it is asked to allow."""

_NAMED = 5
"""Skipped files that are named."""


class Candidate(NamedTuple):
    """One file, with what the framework reads of it.

    Attributes:
        file: The file.
        workflow: The name in it.
        timestamp: The time in it, as text.
        hopeless: Why it cannot be loaded, or "".
        types: The types that have to be allowed first.
        is_dangerous: Loading it could run code, so that the result is unknown.
        ref: Its header; None where it cannot be shown.
    """

    file: str
    workflow: str
    timestamp: str
    hopeless: str = ""
    types: tuple[str, ...] = ()
    is_dangerous: bool = False
    ref: CheckpointRef | None = None


_HEADER = LatePattern(rb'"(workflow_name|timestamp)"\s*:\s*"((?:[^"\\]|\\.)*)"')
_HEAD = 4096


def candidate_of(problem: Problem, raw: bytes) -> Candidate | None:
    """A file that cannot be shown, where its beginning names a workflow."""
    header = {key: value.decode("utf-8", "replace") for key, value in reversed(_HEADER.compiled.findall(raw[:_HEAD]))}
    name = header.get(b"workflow_name", "")
    if not name:
        return None
    return Candidate(problem.file, name, header.get(b"timestamp", ""), problem.reason)


def newest_findings(candidates: Iterable[Candidate], order: Mapping[str, int]) -> list[Finding]:
    """Where the framework would take another checkpoint than the latest here, or fails, and why.

    Args:
        candidates: The files of one directory, or of several.
        order: Their places in their directory, as the system lists them.
    """
    candidates = list(candidates)
    by_name: dict[tuple[str, str], list[Candidate]] = {}
    for candidate in candidates:
        if not is_unnamed(candidate.workflow):
            key = candidate.file.rpartition("/")[0], candidate.workflow
            by_name.setdefault(key, []).append(candidate)
    forks = _in_forks(candidates, order)
    found = list(forks.values())
    for key, own in by_name.items():
        # Which of several equally late ones is taken does not matter where the latest is in a fork.
        found += [one for one in _of_one_name(key[1], own, order) if key not in forks or one.severity != "info"]
    return found


def _in_forks(candidates: Iterable[Candidate], order: Mapping[str, int]) -> dict[tuple[str, str], Finding]:
    """Where the latest checkpoint is in a fork of a store, of which the framework knows nothing.

    Returns:
        Directory of the store, as in the names of its files, and name of the workflow → the finding.
    """
    families: dict[tuple[str, str], list[tuple[str, Candidate]]] = {}
    for one in candidates:
        if one.ref is not None and not is_unnamed(one.workflow):
            store = one.ref.store_metadata.store if one.ref.store_metadata is not None else ""
            fork = one.file.removeprefix(f"{store}/").rpartition("/")[0]
            families.setdefault((store, one.workflow), []).append((fork, one))
    found = {}
    for (_, name), family in families.items():
        own = [one for fork, one in family if not fork and not one.hopeless]
        places = {one.file: fork for fork, one in family}
        if not own or len(set(places.values())) < 2 or _raises(own):
            continue
        runs = arrange([one.ref for _, one in family if one.ref is not None])
        newest = latest([node for run in runs for node in run.nodes]).ref
        picked = _pick(own, order)
        if picked is not None and places[newest.file]:
            reason = (
                f"get_latest(workflow_name={name!r}) of Agent Framework gives {_named(picked)}: it does not see the "
                f"fork {places[newest.file]}, in which the latest here is"
            )
            fix = f"Name the id to resume, {newest.id}, or give the framework the directory of the fork."
            key = picked.file.rpartition("/")[0], name
            found[key] = Finding("get-latest", "info", newest.file, "", reason, fix)
    return found


def _of_one_name(name: str, own: Sequence[Candidate], order: Mapping[str, int]) -> list[Finding]:
    shown = [one.ref for one in own if one.ref is not None]
    if len(own) < 2 or not shown or any(one.is_dangerous for one in own):
        return []
    runs = arrange(shown)
    nodes = [node for run in runs for node in run.nodes]
    last = latest(nodes)
    ours = last.ref
    order = order or {ours.file: -1}
    call = f"get_latest(workflow_name={name!r})"
    with_types = [one for one in own if not one.hopeless]
    raised = _raises(with_types)
    if raised:
        fix = f"Name the id to resume: {ours.id} is the latest here."
        return [Finding("get-latest", "warning", ours.file, "", f"{call} of Agent Framework fails: {raised}", fix)]
    found = []
    default = _pick([one for one in with_types if not one.types], order)
    allowed = _pick(with_types, order)
    if allowed is not None and ours.file != allowed.file:
        tied = parse_time(allowed.timestamp) == ours.when and not _is_hopeless(ours, own)
        found.append(_tied(call, ours, allowed) if tied else _differs(call, ours, allowed, own, needs_types=False))
    elif default is not None and ours.file != default.file:
        found.append(_differs(call, ours, default, own, needs_types=True))
    ties = as_late_here(last, next(run.nodes for run in runs if any(one is last for one in run.nodes)))
    # Copies of it have a finding of their own.
    if others := [one for one in ties if one.ref.inner != ours.id]:
        reason = f"{len(others) + 1:,} branches of {name} end at the same time; latest here is the longest one"
        found.append(Finding("tie", "info", ours.file, "", reason, "Name the id to resume."))
    if overlapping := _overlapping(runs):
        reason = f"{overlapping:,} runs of {name} overlap in time; {call} gives the newest checkpoint of all of them"
        found.append(
            Finding(
                "overlap", "info", ours.file, "", reason, "Name the id to resume, or give each run a store of its own."
            )
        )
    return found


def _is_hopeless(ref: CheckpointRef, own: Iterable[Candidate]) -> bool:
    return any(one.hopeless for one in own if one.file == ref.file)


def _tied(call: str, ours: CheckpointRef, picked: Candidate) -> Finding:
    """The finding where several have the latest time, and the directory lists another one first."""
    reason = (
        f"{call} of Agent Framework gives {_named(picked)}: it has the same time as the latest here, and the directory "
        "lists it first"
    )
    return Finding("get-latest", "info", ours.file, "", reason, f"Name the id to resume: {ours.id}.")


def _differs(call: str, ours: CheckpointRef, picked: Candidate, own: Sequence[Candidate], needs_types: bool) -> Finding:
    """The finding where the framework takes an earlier one than the latest here."""
    newest = parse_time(picked.timestamp)
    if newest > ours.when and picked.ref is not None:
        reason = (
            f"{call} of Agent Framework gives {_named(picked)}, not the latest here: its time, "
            f"{clean(picked.timestamp, 40)}, is later than that of the checkpoint that descends from it"
        )
        return Finding("get-latest", "warning", ours.file, "", reason, f"Name the id to resume: {ours.id}.")
    skipped = [one for one in own if one.hopeless or (needs_types and one.types)]
    later = [one for one in skipped if parse_time(one.timestamp) >= newest or not one.timestamp]
    later.sort(key=lambda one: one.file)
    whys = [f"{one.file} ({_why(one)})" for one in later]
    more = f" and {len(whys) - _NAMED:,} more" if len(whys) > _NAMED else ""
    unless = ", unless types are allowed" if needs_types else ""
    reason = (
        f"{call} of Agent Framework gives {_named(picked)}, not the latest here{unless}: "
        f"it skips, with a line in the log only, {', '.join(whys[:_NAMED])}{more}"
    )
    if needs_types:
        fix = "Allow the types that doctor lists, or name the id to resume."
    elif any(one.ref is None for one in later):
        fix = f"Restore the files that cannot be loaded, or resume {_id(picked)} by its id."
    else:
        fix = f"Resume {_id(picked)} by its id, or repair what the framework cannot load."
    return Finding("get-latest", "info" if needs_types else "warning", ours.file, "", reason, fix)


def _id(one: Candidate) -> str:
    return one.file.rpartition("/")[2].removesuffix(".json")


def _named(one: Candidate) -> str:
    return one.file if one.ref is None else f"{one.file}, iteration {one.ref.iteration:,}"


def _why(one: Candidate) -> str:
    if one.hopeless:
        return one.hopeless
    return f"needs {one.types[0]}" + (f" and {len(one.types) - 1:,} more" if len(one.types) > 1 else "")


def _raises(own: Sequence[Candidate]) -> str:
    """Why the framework cannot compare the times, "" where it can."""
    zoned: dict[bool, str] = {}
    for one in own:
        try:
            when = datetime.fromisoformat(one.timestamp)
        except ValueError:
            is_text = one.ref is None or "timestamp is not a string" not in one.ref.note
            return f"{'ValueError' if is_text else 'TypeError'}, as {one.file} has a time that is not a date"
        zoned.setdefault(when.tzinfo is not None and when.utcoffset() is not None, one.file)
    if len(zoned) > 1:
        return f"TypeError, as {zoned[False]} has a time without a zone and {zoned[True]} one with it"
    return ""


def _pick(own: Sequence[Candidate], order: Mapping[str, int]) -> Candidate | None:
    """The file with the latest time, of equal ones the first in the directory; None where there is none."""
    if not own:
        return None
    listed = sorted(own, key=lambda one: order.get(one.file, 0))
    return max(listed, key=lambda one: datetime.fromisoformat(one.timestamp))


def _overlapping(runs: Sequence[Run]) -> int:
    """How many runs overlap with the one that began before them."""
    spans = sorted(
        (min(times), max(times))
        for times in ([node.ref.when for node in run.nodes if node.ref.when] for run in runs)
        if times
    )
    count, end = 0, float("-inf")
    for index, (first, last) in enumerate(spans):
        if index and first < end:
            count += 1
        end = max(end, last)
    return count + 1 if count else 0
