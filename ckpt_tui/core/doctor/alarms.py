"""What is undecodable or dangerous in the values of one checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ckpt_tui.core.doctor.findings import CANNOT_BE_DECODED, UNDECODABLE, Pickles
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.documents.envelope import PICKLED, TYPE
from ckpt_tui.core.langgraph_layout import OF_OBJECTS
from ckpt_tui.core.model import Checkpoint, parts_of
from ckpt_tui.core.reading.path_links import PathLink, next_on, path_of
from ckpt_tui.core.value import Envelope, Map, Opaque

_CLOSED = "The program that wrote it can read it, if it has the key or the serializer."
_LOST = "LangGraph loads it as None; keep its elements in a list."
_UNREADABLE = "The framework cannot load this checkpoint; resume from another one."

_JSON_KINDS = frozenset((dict, list, Map, Envelope, Opaque))


def alarms(
    checkpoint: Checkpoint,
    check: Callable[[], None] | None = None,
    budget: DocumentBudget | None = None,
    decoded_only: bool = False,
) -> tuple[str, ...]:
    """What is undecodable or dangerous in the values of one checkpoint, where and why, beyond its own `faults`.

    Args:
        checkpoint: The checkpoint, decoded.
        check: Called now and then; whatever it raises ends the examination.
        budget: The work that may be done for the checkpoint, decoding included.
        decoded_only: Leave out envelopes that are not decoded yet.
    """
    pickles = Pickles(checkpoint.ref.file, {}, budget)
    for _ in examine_values(checkpoint, pickles, check, decoded_only):
        pass
    lines = []
    for found in pickles.findings:
        if found.severity == "danger":
            lines.append(f"danger at {found.path}: {found.reason}")
        elif found.kind in UNDECODABLE:
            lines.append(f"{found.path}: {found.reason.removeprefix(CANNOT_BE_DECODED)}")
    return tuple(line for line in lines if line not in checkpoint.faults)


def examine_values(
    checkpoint: Checkpoint, pickles: Pickles, check: Callable[[], None] | None, decoded_only: bool = False
) -> Iterator[Envelope]:
    """Add the faults of the values of a checkpoint to `pickles`; yields each envelope that was examined."""
    if checkpoint.is_bare:
        return
    shown: list[Envelope] = []
    for way, item in json_values(parts_of(checkpoint)):
        if type(item) is Envelope:
            shown.append(item)
            if decoded_only and not item.ready:
                continue
            if not pickles.leave_out(item):
                pickles.examine(item, path_of(way), check)
            yield item
            continue
        path = path_of(way)
        if type(item) is Opaque:
            if item.reason.startswith("an integer"):
                reason = f"{item.reason}, more than the framework reads"
                pickles.add("huge-integer", "warning", path, reason, _UNREADABLE)
            elif item.reason.startswith(OF_OBJECTS):
                pickles.add("unread", "warning", path, item.reason, _LOST)
            else:
                pickles.add("unread", "warning", path, item.reason, _CLOSED)
        else:
            pickles.add("undecodable", "warning", path, f"an envelope whose {PICKLED} is not a string", _UNREADABLE)
    pickles.elsewhere(checkpoint.raw, shown, check, is_hurried=decoded_only)
    pickles.close()


def json_values(parts: dict[str, Any]) -> Iterable[tuple[PathLink, Any]]:
    """Envelopes, values too large to be shown and false envelopes in the JSON of a checkpoint, with their places."""
    todo: list[tuple[PathLink, Any]] = [((None, (name,)), value) for name, value in reversed(parts.items())]
    while todo:
        way, item = todo.pop()
        kind = type(item)
        if kind is Envelope or kind is Opaque:
            yield way, item
            continue
        if kind is dict and PICKLED in item and TYPE in item:
            yield way, item
        todo += reversed(next_on(way, item, _JSON_KINDS))


def unsafe_values(checkpoint: Checkpoint) -> list[str]:
    """What is undecodable or dangerous in one checkpoint, its own `faults` included; empty where nothing is."""
    return [*checkpoint.faults, *alarms(checkpoint, budget=DocumentBudget())]
