"""Every class that the pickles of a checkpoint name: what a program must be able to import to load it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ckpt_tui.core.doctor.doctor import json_values, parts_of
from ckpt_tui.core.documents.envelope import names_of
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.safety.judgement import judge
from ckpt_tui.core.value import Envelope


class NamedTypes(NamedTuple):
    """What the pickles of a checkpoint name.

    Attributes:
        types: `module:qualname`, each once, in the order of the file; those of builtins left out.
        dangers: What could run code when it is loaded: the name, and why.
    """

    types: tuple[str, ...]
    dangers: tuple[tuple[str, str], ...]


def named_types(checkpoint: Checkpoint, check: Callable[[], None] | None = None) -> NamedTypes:
    """What the pickles of a checkpoint name; nothing is imported or looked up.

    Args:
        checkpoint: The checkpoint.
        check: Called now and then; whatever it raises ends the work.
    """
    types: dict[str, None] = {}
    dangers: dict[str, str] = {}
    for _, value in json_values(parts_of(checkpoint)):
        if type(value) is not Envelope:
            continue
        for module, name in names_of(value, check):
            full = f"{module}:{name}"
            if full in types or full in dangers:
                continue
            verdict = judge(module, name)
            if verdict.is_danger:
                dangers[full] = verdict.reason
            elif module not in ("builtins", "__builtin__"):
                types[full] = None
    return NamedTypes(tuple(types), tuple(dangers.items()))
