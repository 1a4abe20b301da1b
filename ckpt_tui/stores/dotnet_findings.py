"""Findings of the doctor on a .NET store besides its checkpoints: its index, copies, unwritten files."""

from __future__ import annotations

from collections.abc import Sequence

from ckpt_tui.core.doctor.advice import FIXES
from ckpt_tui.core.doctor.severity import Finding
from ckpt_tui.core.model import Problem
from ckpt_tui.core.text import counted
from ckpt_tui.stores.dotnet_index import INDEX, Index, IndexLine, numbered

_PRINTED = "those that `ckpt-tui doctor` prints"
_ALL_PRINTED = "the lines that `ckpt-tui doctor` prints, each ended by a line break"


def index_findings(index: Index, is_there: bool, lost: Sequence[IndexLine]) -> list[Finding]:
    """The faults of an index, with the lines that it lacks, ready to be put back.

    Args:
        index: The index, as far as it can be read.
        is_there: Whether there is one.
        lost: The lines of the checkpoints that it does not name.
    """
    if not lost and not index.faults:
        return []
    lines = tuple(line.text for line in lost)
    count = counted(len(lines), "line")
    if not is_there:
        reason = f"there is no {INDEX}: .NET sees none of the {len(lines):,} checkpoints"
        fix = (
            f"When the program has ended, write {INDEX} with {count}, in UTF-8, each ended by a line break: {_PRINTED}."
        )
        return [Finding("index", "warning", INDEX, "", reason, fix, lines)]
    reason = "; ".join((*index.faults, *([lost_words(len(lines), len(index.lines))] if lines else [])))
    if index.encoding:
        lines = (*(line.text for line in index.lines), *lines)
        fix = f"When the program has ended, keep a copy of {INDEX}, then write it anew in UTF-8: {_ALL_PRINTED}."
        return [Finding("index", "warning", INDEX, "", reason, fix, lines)]
    steps = [f"delete {numbered(index.wrong).rpartition(' ')[0]}"] if index.wrong else []
    steps += ["delete the torn line"] if index.torn else []
    steps += [f"add {count} to {INDEX}, each ended by a line break: {_PRINTED}"] if lines else []
    rest = "" if lines else f" of {INDEX}; the others are whole"
    fix = f"When the program has ended, {', then '.join(steps)}{rest}."
    return [Finding("torn-index" if index.torn else "index", "warning", INDEX, "", reason, fix, lines)]


def blocked_finding(reason: str, lost: Sequence[IndexLine]) -> Finding:
    """The finding for a place of an index that is not a file, with the lines of an index for all checkpoints."""
    fix = f"When the program has ended, move it away, then write {INDEX} in UTF-8: {_ALL_PRINTED}."
    lines = tuple(line.text for line in lost)
    return Finding("index", "warning", INDEX, "", reason, fix, lines)


def unwritten_finding(problem: Problem, number: int) -> Finding:
    """A file that a line of the index names and that is empty or cut off.

    Args:
        problem: The problem of the file.
        number: The number of its line.
    """
    fix = (
        "Restore it from a copy. Without one, when no program has the store open, move it out of the store and delete "
        f"line {number:,} of {INDEX}: .NET takes it for a checkpoint, and cannot load it."
    )
    return Finding(problem.kind, "warning", problem.file, "", problem.reason, fix)


def copy_finding(name: str, checkpoint: str, words: str) -> Finding:
    """A file that is a copy of a checkpoint beside it."""
    return Finding("copy", "warning", name, "", copy_words(checkpoint, words), FIXES["copy"])


def copy_words(checkpoint: str, words: str) -> str:
    """The text about a copy: its checkpoint, and the programs that make such copies."""
    return f"a copy of {checkpoint}, which is beside it: {words}; .NET does not see it"


def lost_words(count: int, indexed: int) -> str:
    """The text about files without a line."""
    if not indexed:
        return f"it names none of the {count:,} checkpoints: .NET sees none of them"
    if count == 1:
        return "1 checkpoint without a line: .NET does not see it"
    return f"{count:,} checkpoints without a line: .NET does not see them"
