"""The checkpoints of a branch, one after the other, each read no further than it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from ckpt_tui.actions.expressions import Expression, sparse
from ckpt_tui.core.document import DocumentFault, parse
from ckpt_tui.core.essentials import essentials
from ckpt_tui.core.export import show_document
from ckpt_tui.core.follow import NOTHING, Found, follow, shown
from ckpt_tui.core.lineage import Node
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.moments import Moment, moment
from ckpt_tui.core.paths import Path
from ckpt_tui.core.slices import ABSENT, locate
from ckpt_tui.stores.base import Readable, Store

Check = Callable[[], None] | None

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

    Every method raises `CkptError` where the checkpoint cannot be read.
    """

    def __init__(self, store: Store, reader: Readable | None, run: str, node: Node, check: Check = None) -> None:
        self.node = node
        self._store = store
        self._run = run
        self._check = check
        self._data: bytes | None = None
        self._checkpoint: Checkpoint | None = None
        self._moment: Moment | None = None
        if reader is not None and not node.ref.chain:
            self._data = reader.read(node.ref.file)

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
            found = essentials(self._data, self.node.ref) if self._data is not None else None
            self._moment = moment(found or self.checkpoint)
        return self._moment

    def span(self, path: Path) -> Span | None:
        """The text of the last value on a path that is JSON in the file: the same text is the same value.

        None where the file has to be parsed; an empty text where there is nothing at the path.
        """
        place = locate(self._data, path) if self._data is not None else None
        if place is None:
            return None
        if place is ABSENT:
            return b"", ()
        assert self._data is not None
        return self._data[place.start : place.end], place.rest

    def find(self, path: Path, span: Span | None = None) -> Found:
        """What stands at a path; `span` where it was asked for before."""
        span = span or self.span(path)
        if span is not None:
            text, rest = span
            if not text:
                return NOTHING
            try:
                found = follow(parse(text).value, rest, self._check)
                above = path[1 : len(path) - len(rest)]
                return found._replace(labels=(*(step for step in above if type(step) is str), *found.labels))
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


def reader_of(store: Store) -> Readable | None:
    """The same store, where it can give the bytes of a file; asked once, since asking costs as much as reading one."""
    return store if isinstance(store, Readable) else None


def stamps(reader: Readable | None, nodes: Sequence[Node]) -> tuple[Hashable, ...]:
    """What is another for each checkpoint whose content is another."""
    if reader is not None:
        return tuple((node.ref.file, reader.stamp(node.ref.file)) for node in nodes)
    return tuple(node.ref._replace(facts=None) for node in nodes)
