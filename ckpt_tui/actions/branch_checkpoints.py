"""The checkpoints of a branch, each parsed and decoded only as far as a question needs."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Sequence
from itertools import zip_longest
from typing import Any

from ckpt_tui.actions.expressions import Expression, outline, sparse
from ckpt_tui.core.budgets import LAZY_BYTES
from ckpt_tui.core.cache import Cache
from ckpt_tui.core.documents.document import DocumentFault, parse_value
from ckpt_tui.core.documents.indented import ABSENT, PARTS, Slice, locate, pickled
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.lookup import NOTHING, LookupResult, label_beside, lookup, shown
from ckpt_tui.core.runs.lineage import Node
from ckpt_tui.core.secret_items import VALUES
from ckpt_tui.core.show_document import show_document
from ckpt_tui.core.steps.snapshots import Snapshot, take_snapshot
from ckpt_tui.core.value import Envelope, Map, Value
from ckpt_tui.stores.base import Readable, Store

Check = Callable[[], None] | None
Progress = Callable[[int, int], None] | None
"""Called with how many checkpoints were evaluated, and how many are to be."""

_KEYS = {**{part: key.decode() for part, key in PARTS.items()}, "metadata": "metadata"}
"""Part of a checkpoint → its key in a file of Agent Framework."""

_KNOWN = frozenset((
    "workflow_name", "graph_signature_hash", "checkpoint_id", "previous_checkpoint_id", "timestamp", "iteration_count",
    "version", *_KEYS.values(),
))  # fmt: skip

Span = tuple[bytes, Path]
"""JSON text in a file, and the steps that lead on from its value."""


def unopened_parts(data: bytes) -> dict[str, Value] | None:
    """The parts of a checkpoint of Agent Framework by name, nothing in them decoded.

    None for a large file, and for one that is not as the framework writes it: loading it says what is wrong.
    """
    if len(data) > LAZY_BYTES:
        return None
    try:
        top = parse_value(data)
    except DocumentFault:
        return None
    if type(top) is not dict or not _KNOWN.issuperset(top):
        return None
    return {part: top.get(key, {}) for part, key in _KEYS.items()}


class BranchCheckpoint:
    """One checkpoint of a branch.

    Args:
        store: Where it is.
        reader: The same store, where it can give the bytes of a file; else None.
        run: The id of its run.
        node: Its place in the run.
        check: Called now and then; whatever it raises is passed on.

    Every method raises `CkptError` where the checkpoint cannot be read.
    """

    def __init__(
        self,
        store: Store,
        reader: Readable | None,
        run: str,
        node: Node,
        check: Check = None,
    ) -> None:
        self.node = node
        self._store = store
        self._run = run
        self._check = check
        self._data: bytes | None = None
        self._checkpoint: Checkpoint | None = None
        self._snapshot: Snapshot | None = None
        self._parts: dict[str, Value] | None = None
        self._reader = reader
        self._stamp: Hashable = None
        if reader is not None and not node.ref.chain:
            self._stamp, self._data = reader.read_stamped(node.ref.file)

    @property
    def stamp(self) -> Hashable:
        """A stamp that differs where the content differs; see `stamps`."""
        return (self.node.ref.file, self._stamp) if self._data is not None else stamps(self._reader, [self.node])[0]

    @property
    def checkpoint(self) -> Checkpoint:
        """All of it, decoded."""
        if self._checkpoint is None:
            self._checkpoint = self._store.load(self.node.ref.file, self._check)
        return self._checkpoint

    @property
    def snapshot(self) -> Snapshot:
        """Its executors; decodes its messages in flight and its requests, and nothing else."""
        if self._snapshot is None:
            self._snapshot = take_snapshot(self._unopened() or self.checkpoint)
        return self._snapshot

    def _unopened(self) -> Checkpoint | None:
        """The checkpoint with nothing in it decoded yet; None where it has to be loaded."""
        if self._parts is None and self._data is not None:
            self._parts = unopened_parts(self._data)
        parts = self._parts
        return None if parts is None else Checkpoint(self.node.ref, **parts, warnings=(), faults=(), raw=b"")

    def span(self, path: Path) -> Span | None:
        """The JSON text of the last value on a path that is plain JSON in the file; equal texts are equal values.

        None where the file has to be parsed; an empty text where there is nothing at the path.
        """
        return None if self._data is None else _span(self._data, locate(self._data, path))

    def find(self, path: Path, span: Span | None = None) -> LookupResult:
        """The value at a path; `span` is its text where `span()` was called before."""
        span = span or self.span(path)
        if span is not None:
            text, rest = span
            if not text:
                return NOTHING
            try:
                found = lookup(_parsed(text), rest, self._check)
                beside = [] if rest or found.absent else self._label_beside(path)
                return LookupResult(
                    found.value, (*_labels(path[1 : len(path) - len(rest)]), *beside, *found.labels), found.absent
                )
            except DocumentFault:
                pass  # loading it says what is wrong
        return lookup(getattr(self.checkpoint, str(path[0])), path[1:], self._check)

    def _label_beside(self, path: Path) -> list[str]:
        """The label beside the last step of a path, where that label makes its value a secret."""
        step = path[-1]
        if len(path) < 3 or not (type(step) is int or step in (*VALUES, "auth")):
            return []
        around = self.find(path[:-1]).value
        return label_beside(around, step) if type(around) in (dict, Map, list) else []

    def ask(self, expression: Expression, reveal: bool = False, spans: Sequence[Span | None] = ()) -> Any:
        """The result of an expression on the JSON of `show`; secrets are masked before it is evaluated.

        Args:
            expression: The expression.
            reveal: Mask nothing.
            spans: The spans of the paths that the expression needs, where they are known already.
        """
        if expression.needs is None:
            return expression.of(show_document(self.checkpoint, self._run, self.node, reveal))
        # Where nobody asked for spans, parsing the whole file takes less than looking for them.
        parts = None if spans or expression.path is not None else self._unopened()
        found: list[tuple[Path, LookupResult]] = []
        for path, span in zip_longest(expression.needs, spans):
            if parts is None:
                found.append((path, self.find(path, span)))
            else:
                found.append((path, lookup(getattr(parts, str(path[0])), path[1:], self._check)))
        if expression.path is not None:
            return shown(found[0][1], reveal)
        return expression.of(
            sparse(
                (path, (outline if path in expression.outlined else shown)(one, reveal))
                for path, one in found
                if not one.absent
            )
        )


def _labels(path: Path) -> tuple[str, ...]:
    """The names among the steps of a path."""
    return tuple(step for step in path if type(step) is str)


def _span(data: bytes, place: Slice | None) -> Span | None:
    """The span of a place in some text."""
    if place is None:
        return None
    return (b"", ()) if place is ABSENT else (data[place.start : place.end], place.rest)


def _parsed(text: bytes) -> Value:
    """The value of JSON text.

    Raises:
        DocumentFault: it is not a document that can be shown.
    """
    if text[0] in b'"-0123456789tfn' and len(text) < _SHORT:
        try:
            return json.loads(text.decode())  # a tenth of what a document takes
        except ValueError:
            pass
    found = pickled(text, 0)
    if found is not None and found.stop == len(text):
        return Envelope(str(text[found.start : found.end], "utf-8", "replace"), found.claimed)
    return parse_value(text)


_SHORT = 1024
"""Characters up to which the text at a path is parsed at once."""


class StoreQueries:
    """Base of the queries of one store; answers are cached by the content of the checkpoints.

    Args:
        store: The store.
        answers: Where answers are kept, by what was evaluated on which content.
    """

    def __init__(self, store: Store, answers: Cache[Hashable, Any] | None = None) -> None:
        self._store = store
        self._reader = store.reader()
        self._answers = answers if answers is not None else Cache()


def stamps(reader: Readable | None, nodes: Sequence[Node]) -> tuple[Hashable, ...]:
    """A stamp for each checkpoint; it differs where the content differs."""
    if reader is not None:
        return tuple((node.ref.file, reader.stamp(node.ref.file)) for node in nodes)
    return tuple(node.ref._replace(facts=None) for node in nodes)
