"""The checkpoints of a branch, one after the other, each read no further than it is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from typing import Any

from ckpt_tui.actions.expressions import Expression, sparse
from ckpt_tui.core.cache import Answers
from ckpt_tui.core.documents.document import DocumentFault, parse
from ckpt_tui.core.documents.slices import ABSENT, Slice, descend, locate, pickled
from ckpt_tui.core.export import show_document
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.follow import NOTHING, Found, follow, shown
from ckpt_tui.core.runs.lineage import Node
from ckpt_tui.core.steps.essentials import Essentials, essentials
from ckpt_tui.core.steps.moments import Moment, moment
from ckpt_tui.core.value import Envelope, Value
from ckpt_tui.stores.base import Readable, Store

Check = Callable[[], None] | None
Progress = Callable[[int, int], None] | None
"""Called with the checkpoints asked and those to ask."""

_STATE = ("state", "_executor_state", "EXECUTOR")
_STATE_LEVEL = 3
"""Where the states of executors are, and how far their first lines are indented."""

Span = tuple[bytes, Path]
"""JSON text in a file, and the steps that lead on from its value."""


class Page:
    """One checkpoint.

    Args:
        store: Where it is.
        reader: The same store, where it can give the bytes of a file; else None.
        run: The id of its run.
        node: Its place in the run.
        check: Called now and then; whatever it raises is passed on.
        before: The page before it, if that was read: what reads the same in both is looked at once.

    Every method raises `CkptError` where the checkpoint cannot be read.
    """

    def __init__(
        self,
        store: Store,
        reader: Readable | None,
        run: str,
        node: Node,
        check: Check = None,
        before: Page | None = None,
    ) -> None:
        self.node = node
        self._store = store
        self._run = run
        self._check = check
        self._data: bytes | None = None
        self._checkpoint: Checkpoint | None = None
        self._essentials: Essentials | None = None
        self._moment: Moment | None = None
        # Paths into states: the text of the state, and the span in it. The next page may have the same text.
        self._spans: dict[Path, tuple[bytes, Span | None]] = {}
        self._before = before
        if before is not None:
            before._before = None  # one page back is enough; else a page would hold its whole branch
        self._reader = reader
        self._stamp: Hashable = None
        if reader is not None and not node.ref.chain:
            self._stamp, self._data = reader.read_stamped(node.ref.file)

    @property
    def stamp(self) -> Hashable:
        """What is another where the content is another, as `stamps` has it."""
        return (self.node.ref.file, self._stamp) if self._data is not None else stamps(self._reader, [self.node])[0]

    @property
    def checkpoint(self) -> Checkpoint:
        """All of it, decoded."""
        if self._checkpoint is None:
            self._checkpoint = self._store.load(self.node.ref.file, self._check)
        return self._checkpoint

    @property
    def moment(self) -> Moment:
        """What it tells about its executors."""
        if self._moment is None:
            known = self._before._moment if self._before is not None else None
            found = self._cut()
            self._moment = moment(found.checkpoint if found is not None else self.checkpoint, known)
        return self._moment

    def _cut(self) -> Essentials | None:
        """What tells who ran, cut out of the file; None where that does not work."""
        if self._essentials is None and self._data is not None:
            known = self._before._essentials if self._before is not None else None
            self._essentials = essentials(self._data, self.node.ref, known)
        return self._essentials

    def span(self, path: Path) -> Span | None:
        """The text of the last value on a path that is JSON in the file: the same text is the same value.

        None where the file has to be parsed; an empty text where there is nothing at the path.
        """
        if self._data is None:
            return None
        state = self._state_of(path)
        if state is None:
            return _span(self._data, locate(self._data, path))
        known = self._before._spans.get(path) if self._before is not None else None
        if known is None or known[0] is not state:
            known = state, _span_in_state(state, path[len(_STATE) :])
        self._spans[path] = known
        return known[1]

    def _state_of(self, path: Path) -> bytes | None:
        """The text of the executor's state that a path leads into; None for any other path, or where none is found."""
        if len(path) < len(_STATE) or path[:2] != _STATE[:2]:
            return None
        cut = self._cut()
        found = cut.states.get(str(path[2])) if cut is not None and type(path[2]) is str else None
        return found.text if found is not None else None

    def find(self, path: Path, span: Span | None = None) -> Found:
        """What stands at a path; `span` where it was asked for before."""
        span = span or self.span(path)
        if span is not None:
            text, rest = span
            if not text:
                return NOTHING
            try:
                found = follow(_parsed(text), rest, self._check)
                return Found(found.value, (*_labels(path[1 : len(path) - len(rest)]), *found.labels), found.absent)
            except DocumentFault:
                pass  # loading it tells what is wrong
        return follow(getattr(self.checkpoint, str(path[0])), path[1:], self._check)

    def ask(self, expression: Expression, reveal: bool = False) -> Any:
        """What an expression finds in the JSON of `show`; what is masked there is masked for it, too."""
        if expression.needs is None:
            return expression.of(show_document(self.checkpoint, self._run, self.node, reveal))
        found = [(path, self.find(path)) for path in expression.needs]
        if expression.path is not None:
            return shown(found[0][1], reveal)
        return expression.of(sparse((path, shown(one, reveal)) for path, one in found if not one.absent))


@lru_cache(maxsize=64)
def _labels(path: Path) -> tuple[str, ...]:
    """The names among the steps of a path: one question has the same for each checkpoint."""
    return tuple(step for step in path if type(step) is str)


def _span_in_state(state: bytes, path: Path) -> Span | None:
    """The span of a path that begins in an executor's state."""
    return _span(state, descend(state, 0, _STATE_LEVEL, path, len(state))) if path else (state, ())


def _span(data: bytes, place: Slice | None) -> Span | None:
    """The span of a place in some text."""
    if place is None:
        return None
    return (b"", ()) if place is ABSENT else (data[place.start : place.end], place.rest)


def _parsed(text: bytes) -> Value:
    """The value of JSON text.

    Raises:
        DocumentFault: it is none that can be shown.
    """
    if text[0] in b'"-0123456789tfn' and len(text) < _SHORT:
        try:
            return json.loads(text.decode())  # a tenth of what a document takes
        except ValueError:
            pass
    found = pickled(text, 0)
    if found is not None and found.stop == len(text):
        return Envelope(str(text[found.start : found.end], "utf-8", "replace"), found.claimed)
    return parse(text).value


_SHORT = 1024
"""Characters of a text or number that surely is no more than a value."""


class Asker:
    """What asks the checkpoints of one store, and keeps what it found by their content.

    Args:
        store: The store.
        answers: Where answers are kept.
    """

    def __init__(self, store: Store, answers: Answers | None = None) -> None:
        self._store = store
        self._reader = reader_of(store)
        self._answers = answers if answers is not None else Answers()


def reader_of(store: Store) -> Readable | None:
    """The same store, where it can give the bytes of a file; asked once, since asking costs as much as reading one."""
    return store.reader()


def stamps(reader: Readable | None, nodes: Sequence[Node]) -> tuple[Hashable, ...]:
    """What is another for each checkpoint whose content is another."""
    if reader is not None:
        return tuple((node.ref.file, reader.stamp(node.ref.file)) for node in nodes)
    return tuple(node.ref._replace(facts=None) for node in nodes)
