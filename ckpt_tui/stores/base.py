"""The contract between a store and its users: the browser, the verbs and your program."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem
from ckpt_tui.core.text import clean
from ckpt_tui.errors import CkptError, NotFoundError, UndecodableError

if TYPE_CHECKING:
    from ckpt_tui.core.doctor.severity import Finding
    from ckpt_tui.core.document_budget import DocumentBudget
    from ckpt_tui.stores.store_groups import Groups

BATCH = 256
"""Entries of one batch: few enough to show at once (about 5 ms), enough to be worth a message."""

PEEK_BYTES = 2_000
"""Bytes shown of a file that is not a checkpoint: a screenful."""

Entry = CheckpointRef | Problem
"""The result for one file of a store. Entries are distinguished by their file name."""


class Batch(NamedTuple):
    """Changes of a store, found by a scan or a watch.

    Attributes:
        entries: New or changed entries; each replaces the former one of the same file.
        gone: Names of files that are no longer there.
        done: Files read so far.
        total: Files to read in this pass.
        missing: The store's directory does not exist now.
    """

    entries: tuple[Entry, ...] = ()
    gone: tuple[str, ...] = ()
    done: int = 0
    total: int = 0
    missing: bool = False


class Capabilities(NamedTuple):
    """The operations that checkpoints of a store allow.

    Attributes:
        resume: Why they cannot be resumed, as text for people; "" when they can.
        prune: Why none of them may be deleted; "" when they may.
        topology: Whether the workflow's graph is known exactly (`Checkpoint.topology`); else it is inferred.
    """

    resume: str = ""
    prune: str = ""
    topology: bool = False


class OpenedPath(NamedTuple):
    """The first facts about a path, by which its format is recognised.

    Attributes:
        path: The path as the user named it.
        names: Names in a directory that end in `.json`, the first few dozen; none of a file.
        has_folders: Whether there are directories among the first few dozen names of a directory.
        has_index: Whether a directory has an `index.jsonl`.
        head: The first bytes of a file; None for a directory.
    """

    path: str
    names: tuple[str, ...] = ()
    has_folders: bool = False
    has_index: bool = False
    head: bytes | None = None


class Store(ABC):
    """A place that holds checkpoints. Methods may block; they are called from one thread at a time.

    Every store has `scan`, `watch` and `load`; all other methods have a default. docs/adding-a-store.md shows how to
    write one; `ckpt_tui.stores.polled` does most of it.
    """

    kind: str = ""
    """agent-framework, agent-framework-legacy, hpd, ... (`store.kind` of `ls`)."""
    path: str
    """The directory, as the user named it."""
    members: "Sequence[Store]" = ()
    """The stores that it shows as one list; none for a store of its own."""
    member_names: Sequence[str] = ()
    """Their names, all different."""
    together: bool = False
    """Whether the members are directories of one lineage: a store and the forks beside it."""
    beside: int = 0
    """How many other stores are watched at the same time, as one list; each may then be polled less often."""
    only: str | None = None
    """The one file of its directory that it shows; None for all."""
    fills_on_sight: bool = False
    """Whether only bodies of rows on the screen are read, because each takes a request to a server."""

    @classmethod
    def sniff(cls, place: OpenedPath) -> "Store | None":
        """The store that a path holds, if it is of this format; no name in a file makes anything be imported."""
        return None

    @abstractmethod
    def scan(self) -> Iterator[Batch]:
        """Read the headers of everything; batches are small enough to show each at once."""

    @abstractmethod
    def watch(self, stop: threading.Event) -> Iterator[Batch]:
        """Wait for changes until `stop` is set, and read what changed."""

    @abstractmethod
    def load(self, file: str, check: Callable[[], None] | None = None, everything: bool = False) -> Checkpoint:
        """Read and decode one checkpoint; `everything` decodes all of it now, so that its faults are complete.

        Raises:
            CkptError: it cannot be read; the reason is for people.
        """

    def load_within(self, file: str, budget: "DocumentBudget", check: Callable[[], None] | None = None) -> Checkpoint:
        """Read and decode all of one checkpoint, as far as a budget for the whole of it goes.

        Pickles beyond the budget are shown as not decoded, with the reason; a store without pickles loads everything.

        Raises:
            CkptError: it cannot be read; the reason is for people.
        """
        checkpoint = self.load(file, check, everything=True)
        budget.read(checkpoint.ref.size)
        return checkpoint

    def fill(self, files: list[str], stop: threading.Event | None = None) -> Iterator[Batch]:
        """Read the bodies of these files, so that their entries show messages, pending requests and role."""
        yield Batch(done=len(files), total=len(files))

    def capabilities(self, file: str = "") -> Capabilities:
        """The operations that one checkpoint allows; without a file, those of the whole store."""
        reason = f"ckpt-tui cannot run checkpoints of {self.kind}"
        return Capabilities(resume=reason, prune=f"ckpt-tui does not delete checkpoints of {self.kind}")

    def copy_for_resume(self, file: str) -> str:
        """A private copy of the data that a resume needs; "" where the runner can read the store itself.

        Raises:
            CkptError: it cannot be copied; the reason is for people, the exit code 5.
        """
        return ""

    def peek(self, file: str) -> bytes:
        """The first bytes of a file that cannot be shown, a screenful.

        Raises:
            CkptError: it cannot be read.
        """
        raise UndecodableError(f"{file} is not a file.")

    def names(self) -> list[str]:
        """The names of everything beside the checkpoints; empty where that means nothing."""
        return []

    def findings(self) -> "Sequence[Finding]":
        """Findings on the place as a whole, as of the last `scan`; nothing on single files."""
        return ()

    def fresh(self) -> "Store":
        """A new store of the same place that knows nothing yet: its `scan` reports everything again."""
        return type(self)(self.path)  # type: ignore[call-arg]  # as most stores are made

    def home(self, file: str) -> "tuple[Store, str]":
        """The store that itself holds a file, and the file's name there: for its path, or to resume from."""
        return self, file

    def reader(self) -> "Readable | None":
        """A reader of the bytes of its files; None where checkpoints are not files."""
        return None

    def latest_chain(self) -> Sequence[Entry] | None:
        """The newest checkpoint with all of its ancestors, read without the others; None where all have to be listed.

        Raises:
            CkptError: the place cannot be read.
        """
        return None

    def groups(self) -> "Groups | None":
        """Its runs first, and their checkpoints when they are asked for, by query; None where all have to be listed.

        `ckpt_tui.stores.store_groups.groups_in` gives them for every store.
        """
        return None

    def look_ahead(self) -> None:  # noqa: B027 most are quick
        """Begin to read what a browser shows first, if that takes time; called in a thread while the screen loads."""


def load_within(
    store: Store, file: str, budget: "DocumentBudget", check: Callable[[], None] | None = None
) -> Checkpoint:
    """The same as `Store.load_within`; deprecated."""
    return store.load_within(file, budget, check)


def complete(store: Any) -> "Store":
    """The store, with the defaults of `Store` for the methods that a class not derived from it lacks."""
    if not isinstance(store, Store):
        for name in (
            "capabilities", "fill", "findings", "groups", "home", "latest_chain", "load_within", "names", "peek",
            "reader",
        ):  # fmt: skip
            if not hasattr(store, name):
                setattr(store, name, getattr(Store, name).__get__(store))
        for name in ("members", "member_names", "together", "only"):
            if not hasattr(store, name):
                setattr(store, name, getattr(Store, name))
    found: Store = store
    return found


class Readable(Protocol):
    """Gives the bytes of checkpoint files without parsing them."""

    def read(self, file: str) -> bytes:
        """The bytes of one checkpoint file.

        Raises:
            CkptError: it cannot be read; the reason is for people.
        """
        ...

    def read_stamped(self, file: str) -> tuple[Hashable, bytes]:
        """The same with its stamp, read together."""
        ...

    def stamp(self, file: str) -> Hashable:
        """A stamp that differs when the content of the file differs; None when the file is gone."""
        ...


def problem_error(problem: Problem) -> CkptError:
    """The error of a command that was asked for a file that cannot be shown."""
    what = f"{clean(problem.file)} cannot be shown: {clean(problem.reason)}."
    return UndecodableError(what, "`ckpt-tui ls` lists what else is in the store.")


def place_error(path: str, error: OSError, missing: tuple[str, str]) -> NotFoundError:
    """The error of a store whose place cannot be read.

    Args:
        path: The place, as the user named it.
        error: The error of the system.
        missing: For a missing place: the word for it, and the hint.
    """
    if isinstance(error, FileNotFoundError):
        what, hint = missing
        return NotFoundError(f"No such {what}: {path}.", hint)
    if isinstance(error, NotADirectoryError):
        return NotFoundError(f"{path} is not a directory.", "Name a directory or a .json file.")
    denied = isinstance(error, PermissionError)
    hint = "Check its permissions." if denied else "Check its disk or connection, then try again."
    return NotFoundError(f"{path} cannot be read: {error.strerror or error}.", hint)


def collect(batches: Iterable[Batch], entries: dict[str, Entry] | None = None) -> dict[str, Entry]:
    """All entries by file name; `entries` are those of earlier passes, which are brought up to date."""
    entries = {} if entries is None else entries
    for batch in batches:
        for name in batch.gone:
            entries.pop(name, None)
        for entry in batch.entries:
            entries[entry.file] = entry
    return entries
