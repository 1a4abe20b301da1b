"""The history of a path along a branch, and the first checkpoint where an expression holds.

Pure: `ckpt_tui.actions` reads the checkpoints and makes these.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ckpt_tui.core.json_text import pieces
from ckpt_tui.core.langgraph_layout import START
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.redact import MASK, is_mask
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.list_document import ref_document
from ckpt_tui.core.runs.unread_files import Unread
from ckpt_tui.core.shown_names import masked_name


class HistoryValue(NamedTuple):
    """A value that a path took, from one checkpoint on.

    Attributes:
        ref: The first checkpoint that has it.
        value: Its JSON, secrets masked unless they were to be shown; None where there is nothing.
        absent: There is nothing at the path.
        executors: The executors that ran in the step that led to the checkpoint, the certain ones.
        inferred: Some of them are inferred; the files do not show it.
        step: What the step was: executors ran (`superstep`), an `input` or an `answer` came in, or it is the `start` of
            what is known.
    """

    ref: CheckpointRef
    value: Any
    absent: bool
    executors: tuple[str, ...] = ()
    inferred: bool = False
    step: str = "superstep"


class History(NamedTuple):
    """The values of a path along a branch.

    Attributes:
        path: The expression that was asked.
        values: Each value where it differs from the one before it, root first.
        asked: Checkpoints that were looked at.
        unread: Checkpoints that could not be.
        complete: The whole branch was evaluated.
    """

    path: str
    values: tuple[HistoryValue, ...]
    asked: int
    unread: tuple[Unread, ...] = ()
    complete: bool = True


class Bisection(NamedTuple):
    """Where an expression first holds on a branch.

    Attributes:
        expression: The expression that was asked.
        first: The first checkpoint where it is true, or None.
        previous: The checkpoint before that one, or None at the root.
        flips: How often it turns true or false along the branch; None where not every checkpoint was evaluated.
        asked: Checkpoints that were looked at.
        unread: Checkpoints that could not be.
        complete: The search came to its end.
    """

    expression: str
    first: CheckpointRef | None
    previous: CheckpointRef | None
    flips: int | None
    asked: int
    unread: tuple[Unread, ...] = ()
    complete: bool = True

    @property
    def hint(self) -> str:
        """A remark on the answer, as text for people; "" for none."""
        if self.first is None:
            return ""
        if self.flips is None:
            return "found by halving: correct if it becomes true once and stays true"
        if self.previous is None and self.flips == 0:
            return "true in the whole branch"
        if self.flips > 1:
            return f"it flips {self.flips} times on this branch; this is the first"
        return ""


def branch(runs: Iterable[Run], tip: str) -> tuple[Run, list[Node]]:
    """The run of a checkpoint and the checkpoints from its root to it.

    Args:
        runs: The runs of a store.
        tip: The id of the last checkpoint of the branch.

    Raises:
        KeyError: there is no such checkpoint.
    """
    for run in runs:
        nodes = {node.ref.id: node for node in run.nodes}
        if tip in nodes:
            here: Node | None = nodes[tip]
            found: list[Node] = []
            while here is not None:
                found.append(here)
                here = nodes.get(here.parent) if here.parent is not None else None
            return run, found[::-1]
    raise KeyError(tip)


def history_document(history: History) -> dict[str, Any]:
    """The document of `history --json`."""
    document: dict[str, Any] = {
        "schema": "ckpt-tui/history@1",
        "path": masked_name(history.path),
        "values": [
            {
                "id": masked_name(taken.ref.id), "iteration": taken.ref.iteration, "timestamp": taken.ref.utc,
                "value": taken.value, "absent": taken.absent, "executors": list(map(masked_name, taken.executors)),
                "inferred": taken.inferred, "step": taken.step,
            }
            for taken in history.values
        ],
        "checkpoints": history.asked,
    }  # fmt: skip
    return _with_gaps(document, history.unread, history.complete)


def bisect_document(found: Bisection, run: str, changes: Sequence[dict[str, Any]] | None = None) -> dict[str, Any]:
    """The document of `bisect --json`; with the changes of the step where there are any to show."""
    document: dict[str, Any] = {
        "schema": "ckpt-tui/bisect@1",
        "expression": found.expression,
        "first": None if found.first is None else ref_document(found.first, run),
        "previous": None if found.previous is None else ref_document(found.previous, run),
        "flips": found.flips,
        "checkpoints": found.asked,
        "hint": found.hint,
    }
    if changes is not None:
        document["changes"] = list(changes)
    return _with_gaps(document, found.unread, found.complete)


def _with_gaps(document: dict[str, Any], unread: Sequence[Unread], complete: bool) -> dict[str, Any]:
    if unread:
        document["unread"] = [gap._asdict() for gap in unread]
    if not complete:
        document["complete"] = False
    return document


def executors_text(taken: HistoryValue) -> str:
    """The executors that ran, for people: `writer`, `~writer, reviewer` if some are inferred, or `(answer)`."""
    if not taken.executors:
        return f"({taken.step})" if taken.step != "superstep" else ""
    names = [name for name in taken.executors if name != START]
    return ("~" if taken.inferred else "") + ", ".join(names) if names else "(input)"


def value_text(value: Any, limit: int) -> str:
    """JSON on one line, cut with `…` after so many characters; the mask where all of it is a secret.

    A text with a type in JSON (an Enum, a time, an infinite number) is written as that text alone.
    """
    if is_mask(value):
        return MASK
    if isinstance(value, dict) and value.keys() == {"$type", "$value"} and isinstance(value["$value"], str):
        only: str = value["$value"]
        return only if len(only) <= limit else only[:limit] + "…"
    text = ""
    for piece in pieces(value, None):
        text += piece
        if len(text) > limit:
            return text[:limit] + "…"
    return text


def newest_part(before: Any, after: Any) -> tuple[str, Any]:
    """The place of the newest part of a value, and the part: `+ ` for one added at its end, `.key ` for a member.

    Args:
        before: The JSON of the value before it.
        after: The JSON of the value.
    """
    place = ""
    for _ in range(_DEEPEST):
        if is_mask(before) or is_mask(after) or type(before) is not type(after):
            break
        if isinstance(after, str):
            lead, after = _new_text(before, after)
            return f"{place} {lead}".lstrip(), after
        new = _new_members(before, after)
        if isinstance(after, list) and new and new[0] == len(before) > 0:
            return f"{place} + ".lstrip(), after[new[0]] if len(new) == 1 else after[new[0] :]
        if isinstance(after, dict) and len(new) > 1:
            return f"{place} ".lstrip(), {key: _new_member(before, after, key) for key in new}
        if len(new) != 1 or (isinstance(after, list) and len(before) != len(after)):
            break
        key = new[0]
        place += f"[{key}]" if isinstance(after, list) else f".{key}"
        before, after = _NOTHING if isinstance(before, dict) and key not in before else before[key], after[key]
    return f"{place} ".lstrip(), after


def _new_member(before: dict[str, Any], after: dict[str, Any], key: str) -> Any:
    """A member of several that are new; the new part of a text that both have."""
    was, now = before.get(key), after[key]
    return "".join(_new_text(was, now)) if isinstance(was, str) and isinstance(now, str) else now


def _new_text(before: str, after: str) -> tuple[str, str]:
    """The new part of a text, from the word where it differs; the whole where that is near its beginning."""
    places = range(min(len(before), len(after)))
    shared = bisect_left(places, True, key=lambda at: before[: at + 1] != after[: at + 1])
    start = max(after.rfind(" ", 0, shared), shared - _CONTEXT, 0)
    return ("", after) if start < _CONTEXT else ("…", after[start:].lstrip())


def _new_members(before: Any, after: Any) -> list[Any]:
    """The keys or places whose members are new; none where there are no members, and where some were removed."""
    if isinstance(after, list):
        return [at for at, item in enumerate(after) if at >= len(before) or not _same(item, before[at])]
    if not isinstance(after, dict) or any(key not in after for key in before):
        return []
    return [key for key in after if key not in before or not _same(after[key], before[key])]


_NOTHING = object()
"""Stands for a member that was not there."""


def _same(one: Any, other: Any) -> bool:
    try:
        return bool(one == other)
    except RecursionError:
        return False


_DEEPEST = 12
"""Levels of members that are searched for the new part."""

_CONTEXT = 24
"""Characters of a text that stay before its new part."""


def tip_of(run: Run, name: str) -> str:
    """The newest checkpoint that descends from one, or that one itself: the tip of its latest branch."""
    found: dict[str, CheckpointRef] = {}
    for node in run.nodes:  # parents before children
        if node.ref.id == name or node.parent in found:
            found[node.ref.id] = node.ref
    return max(found.values(), key=lambda ref: (ref.when, ref.id)).id if found else name
