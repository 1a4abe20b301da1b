"""A bundle that `ckpt-tui export` wrote: one file of inert JSON, read as a store (`ckpt_tui.core.sharing.bundle`)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem
from ckpt_tui.core.sharing.bundle import SIGN, BundleFault, read_checkpoint, read_ref
from ckpt_tui.stores.base import Capabilities, Entry, OpenedPath, problem_error
from ckpt_tui.stores.files import FileTrouble, Stamp, read_whole, stamp_of
from ckpt_tui.stores.polled import PolledStore

if TYPE_CHECKING:
    from ckpt_tui.core.document_budget import DocumentBudget

KIND = "bundle"

RESUME = "a bundle is a masked copy without pickles; resume from the store that it was exported from"
"""Why a bundle cannot be resumed."""


class BundleStore(PolledStore):
    """The checkpoints of a bundle.

    Args:
        path: The file.
        bundle: Its content, where that is at hand; the file is not read then.
    """

    kind = KIND

    MISSING = ("file", "Name a bundle that `ckpt-tui export --format bundle` wrote.")

    def __init__(self, path: str, bundle: dict[str, Any] | None = None) -> None:
        super().__init__(path)
        self._given = bundle
        self._read: tuple[Stamp, dict[str, Entry], dict[str, Any]] | None = None

    @classmethod
    def sniff(cls, place: OpenedPath) -> BundleStore | None:
        """A file that begins as a bundle does."""
        return cls(place.path) if place.head is not None and SIGN in place.head[:200] else None

    def fresh(self) -> BundleStore:
        """A new store of the same bundle that knows nothing yet."""
        return BundleStore(self.path, self._given)

    def capabilities(self, file: str = "") -> Capabilities:
        """Checkpoints can only be read; graphs are those that the store knew."""
        return Capabilities(RESUME, "a checkpoint is a part of its bundle")

    def mark(self) -> object:
        """The stamp of the file."""
        return None if self._given is not None else stamp_of(os.stat(self.path))

    def place(self, file: str) -> str:
        """The bundle."""
        return self.path

    def read(self) -> Iterator[Entry]:
        """Each checkpoint in the order of the bundle, then its problems."""
        yield from self._bundle()[0].values()

    def load(self, file: str, check: Callable[[], None] | None = None, everything: bool = False) -> Checkpoint:
        """One checkpoint.

        Raises:
            UndecodableError: it cannot be shown; the reason is for people.
        """
        try:
            entries, documents = self._bundle()
        except OSError as error:
            raise problem_error(Problem(file, f"its file cannot be read: {error}", "unreadable")) from None
        found = entries.get(file, Problem(file, "it is not in its bundle", "vanished"))
        if isinstance(found, Problem):
            raise problem_error(found)
        document = documents[file]
        return read_checkpoint(document, found, dumps(document).encode("utf-8", "surrogatepass"))

    def load_within(self, file: str, budget: DocumentBudget, check: Callable[[], None] | None = None) -> Checkpoint:
        """The same: its values were within limits when it was written."""
        checkpoint = self.load(file, check)
        budget.read(len(checkpoint.raw))
        return checkpoint

    def _bundle(self) -> tuple[dict[str, Entry], dict[str, Any]]:
        """Entries and documents by the names of their files."""
        if self._given is not None:
            if self._read is None:
                self._read = (0, *_entries(self._given))  # type: ignore[assignment]  # no file, no stamp
            assert self._read is not None
            return self._read[1:]
        if self._read is None or self._read[0] != stamp_of(os.stat(self.path)):
            try:
                stamp, data = read_whole(self.path)
            except FileTrouble as trouble:
                raise OSError(trouble.reason) from None
            self._read = (stamp, *_parsed(data, os.path.basename(self.path)))
        return self._read[1:]


def _parsed(data: bytes, name: str) -> tuple[dict[str, Entry], dict[str, Any]]:
    try:
        bundle = json.loads(data)
    except UnicodeDecodeError:
        return {name: Problem(name, "its text is not UTF-8", "not-json", len(data))}, {}
    except RecursionError:
        return {name: Problem(name, "it is nested too deep", "not-json", len(data))}, {}
    except ValueError as error:
        return {name: Problem(name, f"the bundle is cut off or not JSON: {error}", "truncated", len(data))}, {}
    return _entries(bundle if isinstance(bundle, dict) else {})


def _entries(bundle: dict[str, Any]) -> tuple[dict[str, Entry], dict[str, Any]]:
    entries: dict[str, Entry] = {}
    documents: dict[str, Any] = {}
    ids: dict[tuple[str, str], Any] = {}
    listed = bundle.get("checkpoints")
    for number, document in enumerate(listed if isinstance(listed, list) else ()):
        try:
            ref: Entry = read_ref(document, number)
        except BundleFault as fault:
            ref = Problem(f"entry {number + 1}", f"it is not a checkpoint: {fault}", "foreign")
        if isinstance(ref, CheckpointRef):
            store = "" if ref.store_metadata is None else ref.store_metadata.store
            # Ids that hold a secret may be the same once they are masked.
            if ids.setdefault((store, ref.id), document) != document:
                ref = ref._replace(id=f"{ref.id} ({number + 1})", note=ref.note or "another one has its id")
        file = ref.file
        while ref.file in entries:  # the same file twice
            ref = ref._replace(file=f"{file} ({number + 1})")
        entries[ref.file] = ref
        if isinstance(ref, CheckpointRef):
            documents[ref.file] = document
    for problem in bundle["problems"] if isinstance(bundle.get("problems"), list) else ():
        if isinstance(problem, dict) and isinstance(problem.get("file"), str):
            file, reason, kind = (str(problem.get(name) or "") for name in ("file", "reason", "kind"))
            entries.setdefault(file, Problem(file, reason, kind))
    return entries, documents
