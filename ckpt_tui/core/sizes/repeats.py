"""Payloads that a run writes repeatedly: the same one in many checkpoints.

A payload is a pickle, or a long text, in the JSON of a file. Two are the same when their values are equal, even if
their bytes differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ckpt_tui.core.documents.envelope import open_envelope, parsed
from ckpt_tui.core.matching.digests import Digests, OutOfBudget
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.paths import Path, PathStep
from ckpt_tui.core.pickles.kept import digest, facts_of
from ckpt_tui.core.reading.pickled_objects import type_name
from ckpt_tui.core.value import Envelope, Map, Value

LONG_TEXT = 256
"""Characters of a text that counts as a payload."""

REPEATS = 100
"""Payloads listed."""

_PAYLOADS = 500_000
"""Different payloads that are distinguished; further ones are not counted."""

_CHECK_EVERY = 1_000

Check = Callable[[], None] | None


class Repeated(NamedTuple):
    """A payload that is in more than one place.

    Attributes:
        type: `module:qualname` of its value.
        size: Characters it takes in a file.
        copies: Places where it is.
        checkpoints: Checkpoints that have it.
        ref: The first of them.
        path: Where it is there.
    """

    type: str
    size: int
    copies: int
    checkpoints: int
    ref: CheckpointRef
    path: Path

    @property
    def extra(self) -> int:
        """Characters that all copies but the first take."""
        return self.size * (self.copies - 1)


class _Payload:
    __slots__ = ("checkpoints", "copies", "last", "path", "ref", "size", "type")

    def __init__(self, type_: str, size: int, ref: CheckpointRef, path: Path) -> None:
        self.type = type_
        self.size = size
        self.ref = ref
        self.path = path
        self.copies = self.checkpoints = 0
        self.last = ""


class Repeats:
    """Counts the payloads of checkpoints."""

    def __init__(self) -> None:
        self._payloads: dict[int, _Payload] = {}

    def add(self, ref: CheckpointRef, parts: Mapping[str, Value], check: Check = None) -> None:
        """Count the payloads of one checkpoint.

        Args:
            ref: Its header.
            parts: Its values by name; the name is the first step of every path.
            check: Called now and then; whatever it raises ends the work.
        """
        looked = 0
        todo: list[tuple[Value, _PayloadPlace | None, PathStep]] = [
            (value, None, name) for name, value in reversed([*parts.items()])
        ]
        while todo:
            value, above, step = todo.pop()
            looked += 1
            if check is not None and looked % _CHECK_EVERY == 0:
                check()
            value = parsed(value, check)
            kind = type(value)
            if kind is Envelope:
                self._count(self._key(value, check), value, len(value.text), ref, above, step)
            elif kind is str:
                if len(value) >= LONG_TEXT:
                    self._count(hash(value), value, len(value) + 2, ref, above, step)
            elif kind is dict:
                here = _PayloadPlace(above, step)
                todo += [(item, here, name) for name, item in reversed(value.items())]
            elif kind is list:
                here = _PayloadPlace(above, step)
                todo += [(item, here, index) for index, item in reversed(list(enumerate(value)))]
            elif kind is Map and value.has_text_keys():
                here = _PayloadPlace(above, step)
                todo += [(item, here, name) for name, item in zip(value.kv[::2], value.kv[1::2], strict=True)][::-1]

    @staticmethod
    def _key(envelope: Envelope, check: Check) -> int:
        value = open_envelope(envelope, check=check)
        facts = facts_of(envelope)
        if "digest" not in facts:
            try:
                facts["digest"] = Digests(check=check).of(value)
            except OutOfBudget:
                facts["digest"] = hash(digest(envelope.text))
        key: int = facts["digest"]
        return key

    def _count(
        self, key: int, value: Value, size: int, ref: CheckpointRef, above: _PayloadPlace | None, step: PathStep
    ) -> None:
        payload = self._payloads.get(key)
        if payload is None:
            if len(self._payloads) >= _PAYLOADS:
                return
            payload = self._payloads[key] = _Payload(type_name(value), size, ref, _path(above, step))
        payload.copies += 1
        if payload.last != ref.id:
            payload.last = ref.id
            payload.checkpoints += 1

    def most(self, number: int = REPEATS) -> tuple[Repeated, ...]:
        """The payloads whose copies take the most, those that are in several checkpoints only."""
        found = [
            Repeated(payload.type, payload.size, payload.copies, payload.checkpoints, payload.ref, payload.path)
            for payload in self._payloads.values()
            if payload.checkpoints > 1
        ]
        found.sort(key=lambda repeated: -repeated.extra)
        return tuple(found[:number])

    @property
    def extra(self) -> int:
        """Characters that all copies but the first of each payload take."""
        return sum(payload.size * (payload.copies - 1) for payload in self._payloads.values())


class _PayloadPlace(NamedTuple):
    above: _PayloadPlace | None
    step: PathStep


def _path(above: _PayloadPlace | None, step: PathStep) -> Path:
    steps = [step]
    while above is not None:
        steps.append(above.step)
        above = above.above
    return tuple(reversed(steps))
