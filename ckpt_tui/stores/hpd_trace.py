"""The steps of one HPD execution from all of its files, with corrections of the format's numbers.

Known faults of the format, corrected and reported here: `completedLayer` can be one too high, because the save reads a
loop variable late; a suspension always says iteration 0; its outcome stays Pending after the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ckpt_tui.core.model import Role, Status
from ckpt_tui.stores.hpd_document import ENDS, HpdDigest, some

ENDED = ("Completed", "Cancelled", "Failed")
"""The statuses of the execution file of a run that has ended."""


class TraceStep(NamedTuple):
    """One checkpoint in its execution.

    Attributes:
        iteration: The corrected iteration.
        number: The number shown: the iteration of a graph with a way back, else the corrected layer.
        ran: Nodes that ran since the previous file, as far as the files show.
        label: What happened, in a few words.
        role: waiting or superstep.
        status: waiting, open, done or unknown.
        waits: It waits for an answer now: it is the last one, and nothing answered it.
        corrections: The corrections, as text for people.
    """

    iteration: int
    number: int
    ran: tuple[str, ...]
    label: str
    role: Role
    status: Status | Literal["unknown"]
    waits: bool
    corrections: tuple[str, ...]


def trace(files: Sequence[HpdDigest], layers: Sequence[Sequence[str]] = (), ended: str = "") -> list[TraceStep]:
    """The steps of an execution.

    Args:
        files: Its checkpoints in the order of their names, which is that of time.
        layers: The nodes of its graph by layer, where there is a definition.
        ended: The status of its execution file, or "".
    """
    cyclic = any(one.trigger == "IterationCompleted" or one.iteration for one in files)
    steps: list[TraceStep] = []
    before: HpdDigest | None = None
    for index, one in enumerate(files):
        last = index == len(files) - 1
        above = steps[-1] if steps else None
        corrections: list[str] = []
        iteration = _iteration(one, before, above, cyclic, corrections)
        layer = _layer(one, above, len(files) == 1, layers, corrections) if not cyclic else 0
        waits = one.waits and last and one.outcome in ("", "Pending") and ended not in ENDED
        if one.waits and not waits and one.outcome == "Pending":
            how = "a later checkpoint of the run" if not last else f"the execution, which is {ended},"
            corrections.append(f"the file says that {one.suspended} waits; {how} shows that it was answered")
        status = _status(one, waits, last, layers, ended)
        role: Role = "waiting" if one.waits else "final" if last and status == "done" else "superstep"
        number = iteration if cyclic else layer
        label = _label(one, before, waits) + (" · done" if role == "final" else "")
        steps.append(TraceStep(iteration, number, _ran(one, before), label, role, status, waits, tuple(corrections)))
        before = one
    return steps


def _iteration(one: HpdDigest, before: HpdDigest | None, above: TraceStep | None, cyclic: bool, said: list[str]) -> int:
    """The iteration a checkpoint belongs to; a suspension always has 0, so it continues from the previous file."""
    if one.trigger != "Suspension":
        return one.iteration
    if before is None or above is None:
        if one.completed and not cyclic and one.dirty == () and one.iteration == 0:
            said.append("a suspension always says iteration 0; without the file before it, its iteration is not known")
        return one.iteration
    iteration = above.iteration + (1 if before.dirty else 0)
    if iteration != one.iteration:
        said.append(f"the file says iteration {one.iteration}, as every suspension does; it is iteration {iteration}")
    return iteration


def _layer(
    one: HpdDigest, above: TraceStep | None, alone: bool, layers: Sequence[Sequence[str]], said: list[str]
) -> int:
    """The layer of a checkpoint of an acyclic graph; the file's own number may be one too high."""
    stated = one.layer
    if layers:
        complete = set(one.completed)
        done = [all(node in complete or node in ENDS for node in layer) for layer in layers]
        layer = (done.index(False) if False in done else len(done)) - 1
        layer = max(layer + (one.trigger == "Suspension"), 0)
    elif stated is None:
        return above.number + 1 if above else 0
    elif alone:
        if one.trigger == "LayerCompleted" and stated:
            said.append(f"the file says layer {stated}, which can be one too high; without others it cannot be checked")
        return stated
    else:
        due = above.number + 1 if above else 0
        layer = due if stated == due + 1 else stated
    if stated is not None and stated != layer:
        said.append(
            f"the file says layer {stated}; by its nodes it is layer {layer}, as the format counts one too high"
        )
    return layer


def _ran(one: HpdDigest, before: HpdDigest | None) -> tuple[str, ...]:
    """Nodes that ran for a checkpoint: those that are new, and those that had to run again."""
    old = set(before.completed) if before else set()
    found = [node for node in one.completed if node not in old]
    # Dirty nodes are taken out of the completed ones just before the save: they ran in this iteration, too.
    again = before.dirty if before else one.dirty
    both = (*found, *(node for node in again if node not in found))
    return tuple(node for node in both if node not in ENDS and node != one.suspended)


def _label(one: HpdDigest, before: HpdDigest | None, waits: bool) -> str:
    old = set(before.completed) if before else set()
    new = [node for node in one.completed if node not in old and node not in ENDS]
    parts = [some(new)] if new else []
    if one.waits:
        parts.append(f"{one.suspended} waiting 1" if waits else f"{one.suspended} answered later")
    elif one.trigger == "Suspension":
        parts.append("polling")
    elif one.trigger not in ("LayerCompleted", "IterationCompleted"):
        parts.append(one.trigger)
    if one.dirty:
        parts.append(f"again {some(one.dirty)}")
    if not parts:
        parts.append("nothing new")
    return " · ".join(parts)


def _status(
    one: HpdDigest, waits: bool, last: bool, layers: Sequence[Sequence[str]], ended: str
) -> Status | Literal["unknown"]:
    if waits:
        return "waiting"
    if not last or one.dirty or one.trigger == "Suspension":
        return "done" if last and ended == "Completed" else "open"
    if ended:
        return "done" if ended == "Completed" else "open"
    if one.trigger == "IterationCompleted":
        return "done"  # an iteration without nodes to run again is the last one
    if layers:
        complete = set(one.completed)
        return "done" if all(node in complete or node in ENDS for layer in layers for node in layer) else "open"
    return "unknown"  # the last layer looks like any other
