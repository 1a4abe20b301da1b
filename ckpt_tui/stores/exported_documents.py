"""Checkpoints exported from a database into one file: an array of documents, one inside of an object, or one a line."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ckpt_tui.core.documents import encodings
from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.model import Checkpoint, Problem
from ckpt_tui.stores.agent_framework import entry_from_bytes
from ckpt_tui.stores.agent_framework_body import checkpoint_from_bytes
from ckpt_tui.stores.base import Capabilities, Entry, OpenedPath, problem_error
from ckpt_tui.stores.budgeted_store import BudgetedStore
from ckpt_tui.stores.files import FileTrouble, Stamp, read_whole, stamp_of
from ckpt_tui.stores.polled import PolledStore

if TYPE_CHECKING:
    from ckpt_tui.core.document_budget import DocumentBudget

KIND = "agent-framework-documents"

RESUME = (
    "these are documents in one exported file: open their database with --storage, or write each as ID.json to a "
    "directory, without the members that the database added"
)
"""Why such a file cannot be resumed, and what to do."""

_ARRAY = LatePattern(rb"(?:\xef\xbb\xbf)?\s*\[\s*\{")
_WRAPPED = LatePattern(rb'(?:\xef\xbb\xbf)?\s*\{\s*"[^"]*"\s*:[^\[]{0,400}\[\s*\{', re.DOTALL)
_LINES = LatePattern(rb"(?:\xef\xbb\xbf)?\s*\{[^\n]*\}\s*\n\s*\{")
_OWN = (b'"workflow_name"', b'"graph_signature_hash"')


class DocumentsStore(BudgetedStore, PolledStore):
    """A file that holds several checkpoints as documents.

    An entry's file is `NAME#CHECKPOINT`, the name that of the file.

    Args:
        path: The file.
    """

    kind = KIND

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self._read: tuple[Stamp, dict[str, bytes]] | None = None

    @classmethod
    def sniff(cls, place: OpenedPath) -> DocumentsStore | None:
        """A file that begins as an array of checkpoints does, or as a line for each."""
        head = place.head
        if head is None or not looks_exported(head, not place.path.endswith(".json")):
            return None
        try:
            return cls(place.path) if documents(read_whole(place.path)[1]) else None
        except FileTrouble:
            return None

    def capabilities(self, file: str = "") -> Capabilities:
        """Checkpoints can only be read; they belong to a database."""
        return Capabilities(RESUME, "a checkpoint is a part of its exported file")

    def mark(self) -> object:
        """The stamp of the file."""
        return stamp_of(os.stat(self.path))

    def place(self, file: str) -> str:
        """The exported file."""
        return self.path

    def read(self) -> Iterator[Entry]:
        """Each document, in the order of the file."""
        for file, data in self._documents().items():
            entry = entry_from_bytes(_name(file), data)
            yield entry._replace(file=file)

    def _load(
        self, file: str, budget: DocumentBudget | None, check: Callable[[], None] | None, everything: bool
    ) -> Checkpoint:
        try:
            data = self._documents().get(file)
        except OSError as error:
            raise problem_error(Problem(file, f"its file cannot be read: {error}", "unreadable")) from None
        if data is None:
            raise problem_error(Problem(file, "it is no longer in its file", "vanished"))
        found = checkpoint_from_bytes(_name(file), data, check, everything, budget)
        if isinstance(found, Problem):
            raise problem_error(found._replace(file=file))
        return found._replace(ref=found.ref._replace(file=file))

    def _documents(self) -> dict[str, bytes]:
        """The documents by the names of their entries, each as the file that it would be."""
        stamp = stamp_of(os.stat(self.path))
        if self._read is None or self._read[0] != stamp:
            try:
                stamp, data = read_whole(self.path)
            except FileTrouble as trouble:
                raise OSError(trouble.reason) from None
            found: dict[str, bytes] = {}
            base = os.path.basename(self.path)
            for number, one in enumerate(documents(data), 1):
                own = one.get("checkpoint_id") if isinstance(one, dict) else None
                name = own if isinstance(own, str) and own else f"document {number}"
                file = f"{base}#{name}"
                while file in found:  # the same id twice
                    file = f"{base}#{name} (document {number})"
                found[file] = json.dumps(one, ensure_ascii=False).encode("utf-8", "surrogatepass")
            self._read = stamp, found
        return self._read[1]


def _name(file: str) -> str:
    """The name that a document would have as a file of its own."""
    return f"{file.partition('#')[2]}.json"


def looks_exported(head: bytes, are_lines: bool = False) -> bool:
    """Whether the beginning of a file is that of exported checkpoints, not of one checkpoint."""
    if not any(key in head for key in _OWN):
        return False
    if _ARRAY.compiled.match(head) or _LINES.compiled.match(head) or (are_lines and head.lstrip().startswith(b"{")):
        return True
    return _WRAPPED.compiled.match(head) is not None and head.find(_OWN[0]) > head.find(b"[")


def documents(data: bytes) -> list[Any]:
    """The checkpoints that a file holds as documents; none where it is anything else."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        decoded = encodings.decode(data)
        if decoded is None:
            return []
        text = decoded.text
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return _lines(text)
    if isinstance(value, dict) and not _is_document(value):
        lists = [_unwrapped(one) for one in value.values() if isinstance(one, list)]
        value = next((one for one in lists if any(map(_is_document, one))), None)
    found = _unwrapped(value) if isinstance(value, list) else []
    return found if any(map(_is_document, found)) else []


def _unwrapped(values: list[Any]) -> list[Any]:
    """The values, and in the place of one that holds a checkpoint as a member the checkpoint."""
    return [
        next((item for item in one.values() if _is_document(item)), one)
        if isinstance(one, dict) and not _is_document(one)
        else one
        for one in values
    ]


def _lines(text: str) -> list[Any]:
    found = []
    for line in text.splitlines():
        if line.strip():
            try:
                found += _unwrapped([json.loads(line)])
            except (ValueError, RecursionError):
                return []
    return found if len(found) > 1 and all(map(_is_document, found)) else []


def _is_document(value: Any) -> bool:
    return isinstance(value, dict) and "workflow_name" in value and "graph_signature_hash" in value
