"""Several stores as one list, each under its name; or an overlay: directories whose checkpoints are one lineage."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem, StoreMetadata
from ckpt_tui.errors import CkptError, NotFoundError
from ckpt_tui.stores.base import Batch, Capabilities, Entry, Store
from ckpt_tui.stores.merged_watches import merged
from ckpt_tui.stores.postgres_address import is_postgres

if TYPE_CHECKING:
    from ckpt_tui.core.doctor.severity import Finding
    from ckpt_tui.core.document_budget import DocumentBudget
    from ckpt_tui.stores.store_groups import Groups


class CompositeStore(Store):
    """Several stores as one.

    An entry's file is `NAME/FILE`; its id is that in its own store.

    Args:
        members: The stores, in the order they are shown in.
        names: Their names, all different.
        path: The path to show for all of them.
        together: Whether the members are directories of one lineage (`fork_directories.overlay`): a checkpoint
            of one may be the parent of one of another. Then the files of the first keep their names, and an id that
            is in more than one of them is the earlier member's.
        problems: Places beside them that are not stores, to be shown in the list.
    """

    kind = "several"

    def __init__(
        self,
        members: Sequence[Store],
        names: Sequence[str],
        path: str,
        together: bool = False,
        problems: Sequence[Problem] = (),
    ) -> None:
        self.members = tuple(members)
        self.member_names = tuple(names)
        self.path = path
        self.together = together
        self.problems = tuple(problems)
        if together:
            self.kind = self.members[0].kind
        self._numbers = {name: number for number, name in enumerate(names)}
        self._ids: dict[str, int] = {}
        self._lock = threading.Lock()

    def home(self, file: str) -> tuple[Store, str]:
        """The store that itself holds a file, and the file's name there."""
        number, own = self.member_of(file)
        return self.members[number].home(own)

    def capabilities(self, file: str = "") -> Capabilities:
        """The operations that a checkpoint allows, by its own store."""
        if not file:
            return Capabilities() if self.together else self._common()
        number, own = self.member_of(file)
        return self.members[number].capabilities(own)

    def scan(self) -> Iterator[Batch]:
        """The members one after the other.

        Raises:
            NotFoundError: none of them is there.
        """
        done = 0
        if self.problems:
            yield Batch(self.problems, done=0, total=1)
        failures: dict[int, CkptError] = {}
        for number, member in enumerate(self.members):
            last = number == len(self.members) - 1
            try:
                for batch in member.scan():
                    complete = last and batch.done >= batch.total
                    total = done + batch.total + (not complete)
                    yield self.renamed(number, batch)._replace(done=done + batch.done, total=total)
                    if batch.done >= batch.total:
                        done += batch.done
            except NotFoundError as failure:
                failures[number] = failure
        if len(failures) == len(self.members):
            raise failures[0]
        if failures:
            lost = [self._lost(number, failure.what) for number, failure in failures.items()]
            yield Batch(tuple(one for one in lost if one is not None), done=done, total=done)

    def fill(self, files: list[str], stop: threading.Event | None = None) -> Iterator[Batch]:
        """Read the bodies of these files, store by store."""
        own: dict[int, list[str]] = {}
        for file in files:
            number, name = self.member_of(file)
            own.setdefault(number, []).append(name)
        done = 0
        for number, names in own.items():
            for batch in self.members[number].fill(names, stop):
                yield self.renamed(number, batch)._replace(
                    done=min(done + batch.done, len(files) - 1), total=len(files)
                )
            done += len(names)
        yield Batch(done=len(files), total=len(files))

    def watch(self, stop: threading.Event) -> Iterator[Batch]:
        """Watch all of them, each in a thread of its own."""
        missing = [False] * len(self.members)
        if self.problems:
            yield Batch(self.problems)

        def follow(number: int) -> Iterator[Batch]:
            closed: tuple[str, ...] = ()
            if reason := why_closed(self.members[number].path):
                lost = self._lost(number, reason)
                yield Batch() if lost is None else Batch((lost,))
                closed = () if lost is None else (lost.file,)
            self.members[number].beside = len(self.members) - 1
            for batch in self.members[number].watch(stop):
                missing[number] = batch.missing
                renamed = self.renamed(number, batch)
                if batch.entries and closed:  # it may be read again
                    renamed, closed = renamed._replace(gone=(*renamed.gone, *closed)), ()
                # Missing only when all of them are.
                yield renamed._replace(missing=all(missing))

        for _, found in merged(follow, len(self.members), stop):
            yield found

    def load(self, file: str, check: Callable[[], None] | None = None, everything: bool = False) -> Checkpoint:
        """Read and decode one checkpoint.

        Raises:
            CkptError: it cannot be read; the reason is for people.
        """
        number, own = self.member_of(file)
        checkpoint = self.members[number].load(own, check, everything)
        return checkpoint._replace(ref=self._ref(number, checkpoint.ref))

    def load_within(self, file: str, budget: DocumentBudget, check: Callable[[], None] | None = None) -> Checkpoint:
        """Read and decode all of one checkpoint, as far as a budget goes.

        Raises:
            CkptError: it cannot be read; the reason is for people.
        """
        number, own = self.member_of(file)
        checkpoint = self.members[number].load_within(own, budget, check)
        return checkpoint._replace(ref=self._ref(number, checkpoint.ref))

    def peek(self, file: str) -> bytes:
        """The first bytes of a file that cannot be shown."""
        number, own = self.member_of(file)
        return self.members[number].peek(own)

    def names(self) -> list[str]:
        """The names of everything in the place where the checkpoints are."""
        return [self.file_of(number, name) for number, member in enumerate(self.members) for name in member.names()]

    def findings(self) -> list[Finding]:
        """What is wrong with each of the places."""
        return [
            found._replace(file=self.file_of(number, found.file))
            for number, member in enumerate(self.members)
            for found in member.findings()
        ]

    def groups(self) -> Groups | None:
        """The groups of a large store with its forks, or of several stores where one of them is large."""
        if self.together:
            main = self.members[0].groups()
            return None if main is None else main.with_forks(self)
        own = [member.groups() for member in self.members]
        large = [groups if groups is not None and groups.suits_browser() else None for groups in own]
        if not any(large):
            return None
        found: Groups = import_module("ckpt_tui.stores.composite_groups").CompositeGroups(self, large)
        return found

    def fresh(self) -> CompositeStore:
        """New stores of the same places that know nothing yet."""
        members = [member.fresh() for member in self.members]
        return CompositeStore(members, self.member_names, self.path, self.together, self.problems)

    def _lost(self, number: int, what: str) -> Problem | None:
        """The row of a store that cannot be read; None where it is an overlay that is not made yet."""
        if self.together and not os.path.lexists(self.members[number].path):
            return None
        reason = what.removeprefix(f"{self.members[number].path} ").rstrip(".")
        return Problem(f"{self.member_names[number]}/", reason, "directory")

    # -- names -------------------------------------------------------------------------------------------------------

    def _common(self) -> Capabilities:
        """The operations that checkpoints of all members allow."""
        all_of = [member.capabilities() for member in self.members]
        first = all_of[0] if all_of else Capabilities()
        return first if all(one == first for one in all_of) else Capabilities()

    def member_of(self, file: str) -> tuple[int, str]:
        """The number of the member that has a file, and the file's name there.

        Raises:
            NotFoundError: none can have it.
        """
        at = file.find("/")
        while at >= 0:  # a name may hold a slash itself
            number = self._numbers.get(file[:at], -1)
            if number > 0 or (number == 0 and not self.together):
                return number, file[at + 1 :]
            at = file.find("/", at + 1)
        if self.together:
            return 0, file
        raise NotFoundError(f"No store holds {file}.")

    def file_of(self, number: int, file: str) -> str:
        """The name of a member's file in this list."""
        return file if self.together and number == 0 else f"{self.member_names[number]}/{file}"

    def renamed(self, number: int, batch: Batch) -> Batch:
        """Changes of a member, with the names of this list."""
        entries: list[Entry] = []
        gone = [self.file_of(number, file) for file in batch.gone]
        with self._lock:
            for entry in batch.entries:
                if isinstance(entry, Problem):
                    entries.append(entry._replace(file=self.file_of(number, entry.file)))
                    continue
                ref = self._ref(number, entry)
                if self.together and self._ids.setdefault(ref.id, number) < number:
                    continue
                entries.append(ref)
                if self.together and self._ids[ref.id] > number:
                    gone.append(self.file_of(self._ids[ref.id], entry.file))
                    self._ids[ref.id] = number
        return batch._replace(entries=tuple(entries), gone=tuple(gone))

    def _ref(self, number: int, ref: CheckpointRef) -> CheckpointRef:
        if self.together:
            return ref._replace(file=self.file_of(number, ref.file))
        renamed = (ref.store_metadata or StoreMetadata())._replace(store=self.member_names[number])
        return ref._replace(file=self.file_of(number, ref.file), store_metadata=renamed)


def why_closed(path: str) -> str:
    """Why a directory may not be listed; "" where it may, or is not a directory."""
    try:
        with os.scandir(path):
            return ""
    except PermissionError as error:
        return f"cannot be read: {error.strerror}"
    except OSError:
        return ""


def short_names(paths: Sequence[str]) -> list[str]:
    """A name for each path, no two alike: the last parts of it, as many as distinguish them; never a slash in it."""
    parts = [[part for part in _place(path).split(os.sep) if part] or [path] for path in paths]
    names: list[str] = []
    for index, own in enumerate(parts):
        count = 1
        others = [other for at, other in enumerate(parts) if at != index]
        while count < len(own) and any(other[-count:] == own[-count:] for other in others):
            count += 1
        name = "·".join(own[-count:])
        names.append(name if name not in names else f"{name} {index + 1}")
    return names


def _place(path: str) -> str:
    """A path from the root on; the URL of a database without its options."""
    return path.partition("?")[0] if is_postgres(path) else os.path.abspath(path)
