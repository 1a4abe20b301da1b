"""Every class that the pickles of a checkpoint name: what a program must be able to import to load it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from ckpt_tui.core.doctor.alarms import json_values
from ckpt_tui.core.doctor.findings import pickle_bytes
from ckpt_tui.core.doctor.hidden_pickles import hidden_dangers
from ckpt_tui.core.documents.envelope import open_envelope
from ckpt_tui.core.model import Checkpoint, parts_of
from ckpt_tui.core.paths import expression
from ckpt_tui.core.safety.inspection import Inspection, danger_beyond, inspect_decoded
from ckpt_tui.core.value import Envelope


class NamedTypes(NamedTuple):
    """What the pickles of a checkpoint name.

    Attributes:
        types: `module:qualname`, each once, in the order of the file; those of builtins and what is dangerous left out.
        dangers: What loading it could do besides making values, wherever it is in the file, as ends of a sentence that
            begins with "it": `names os:system, which starts programs or changes files`.
    """

    types: tuple[str, ...]
    dangers: tuple[str, ...]


def named_types(
    checkpoint: Checkpoint, check: Callable[[], None] | None = None, allowed: Collection[str] = ()
) -> NamedTypes:
    """What the pickles of a checkpoint name; nothing is imported or looked up.

    Args:
        checkpoint: The checkpoint.
        check: Called now and then; whatever it raises ends the work.
        allowed: Classes that a person allowed although they act, `module:qualname`.
    """
    types: dict[str, None] = {}
    dangers: dict[str, None] = {}
    shown: list[Envelope] = []
    for _, value in json_values(parts_of(checkpoint)):
        if type(value) is not Envelope:
            continue
        shown.append(value)
        open_envelope(value, check)
        if value.decoded is not None:
            inspection = inspect_decoded(value.decoded)
            _take(inspection, types)
            dangers.update(dict.fromkeys(inspection.refusals(allowed)))
            hidden = danger_beyond(pickle_bytes(value), value.decoded) if value.warning else ""
            if hidden:
                dangers[hidden] = None
    for path, inspection in hidden_dangers(checkpoint.raw, shown, check).dangers:
        dangers.update((f"{reason} (in {expression(path)})", None) for reason in inspection.refusals(allowed))
    return NamedTypes(tuple(types), tuple(dangers))


def _take(inspection: Inspection, types: dict[str, None]) -> None:
    for use in inspection.uses:
        if not use.judgement.is_danger and use.how != "getattr" and use.module not in ("builtins", "__builtin__"):
            types[use.name] = None
