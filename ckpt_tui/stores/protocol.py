"""Anything that speaks Agent Framework's `CheckpointStorage` protocol: in memory, in a database, a team's own.

The storage is an object of the user's program. Its methods are called in the event loop it belongs to, from the thread
that reads; nothing of the framework is imported here.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import os
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem
from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.errors import CkptError, UndecodableError
from ckpt_tui.stores.agent_framework import entry_from_bytes
from ckpt_tui.stores.agent_framework_body import checkpoint_from_bytes
from ckpt_tui.stores.base import Capabilities, Entry
from ckpt_tui.stores.encode import encode_checkpoint
from ckpt_tui.stores.polled import PolledStore

KIND = "memory"

CALL_SECONDS = 30.0
"""Longest wait for one answer of a storage; its loop may be busy with the workflow itself."""

LOADED = 32
"""Checkpoints asked for in one turn of the loop, so that a workflow in the same loop goes on."""

if TYPE_CHECKING:
    from ckpt_tui.core.document_budget import DocumentBudget

T = TypeVar("T")


class CheckpointStorage(Protocol):
    """The part of the framework's protocol that is needed to read."""

    def load(self, checkpoint_id: str) -> Awaitable[Any]:
        """The checkpoint with this id."""
        ...

    def list_checkpoint_ids(self, *, workflow_name: str) -> Awaitable[Sequence[str]]:
        """The ids of a workflow's checkpoints."""
        ...


class ProtocolStore(PolledStore):
    """The checkpoints of some workflows in a storage.

    Args:
        storage: The storage.
        workflow_names: The workflows.
        call: Runs a coroutine where the storage lives and gives its result; called from any thread but the loop's own.
        path: What to show as its path.
    """

    kind = KIND

    def __init__(
        self, storage: CheckpointStorage, workflow_names: Sequence[str], call: AsyncCall, path: str = "memory"
    ) -> None:
        super().__init__(path)
        self.storage = storage
        self.workflow_names = tuple(workflow_names)
        self._call = call
        self._entries: dict[str, Entry] = {}

    def fresh(self) -> ProtocolStore:
        """A new store of the same storage that knows nothing yet."""
        return ProtocolStore(self.storage, self.workflow_names, self._call, self.path)

    def capabilities(self, file: str = "") -> Capabilities:
        """Objects of another program are read; a recorded copy can be run from."""
        resume = (
            "these checkpoints live in a running program; ckpt_tui.record(storage, directory) keeps copies to run from"
        )
        return Capabilities(resume, "these checkpoints belong to a program")

    def mark(self) -> object:
        """The ids there are now."""
        return tuple(self._ids())

    def count(self) -> int:
        """How many checkpoints were there at the last look."""
        return len(self._entries)

    def read(self) -> Iterator[Entry]:
        """Each checkpoint once, as the storage lists them; it is asked for those that are not known yet."""
        ids = self._ids()
        for start in range(0, len(ids), LOADED):
            names = ids[start : start + LOADED]
            wanted = [name for name in names if name not in self._entries]
            for name, found in zip(wanted, self._loaded(wanted), strict=True):
                self._entries[name] = self._entry(name, found)
            yield from (self._entries[name] for name in names)
        for name in self._entries.keys() - set(ids):
            del self._entries[name]

    def load(self, file: str, check: Callable[[], None] | None = None, everything: bool = False) -> Checkpoint:
        """Ask the storage for one checkpoint and decode it.

        Raises:
            UndecodableError: the storage does not return it, or it is not a checkpoint.
        """
        return self._load(file, None, check, everything)

    def load_within(self, file: str, budget: DocumentBudget, check: Callable[[], None] | None = None) -> Checkpoint:
        """Ask for one checkpoint and decode it, as far as a budget goes.

        Raises:
            UndecodableError: the storage does not return it, or it is not a checkpoint.
        """
        return self._load(file, budget, check, True)

    def _load(
        self, file: str, budget: DocumentBudget | None, check: Callable[[], None] | None, everything: bool
    ) -> Checkpoint:
        name = file.removesuffix(".json")
        [found] = self._loaded([name])
        if isinstance(found, BaseException):
            raise UndecodableError(f"{name} cannot be loaded: {_reason(found)}.", "It may be deleted by now.")
        data, faults = found
        checkpoint = checkpoint_from_bytes(file, data, check, everything, budget)
        if isinstance(checkpoint, Problem):
            raise UndecodableError(f"{name} cannot be shown: {checkpoint.reason}.")
        return checkpoint._replace(faults=(*checkpoint.faults, *faults))

    def _ids(self) -> list[str]:
        async def all_ids() -> list[str]:
            found: dict[str, None] = {}
            for name in self.workflow_names:
                found |= dict.fromkeys(await self.storage.list_checkpoint_ids(workflow_name=name))
            return list(found)

        try:
            return self._call(all_ids())
        except Exception as error:
            raise CkptError(f"{self.path} does not list its checkpoints: {_reason(error)}.") from error

    def _loaded(self, names: Sequence[str]) -> list[tuple[bytes, tuple[str, ...]] | BaseException]:
        """The files that checkpoints would be, pickled in the loop that owns them: nothing changes them meanwhile."""

        async def load_all() -> list[tuple[bytes, tuple[str, ...]] | BaseException]:
            found: list[tuple[bytes, tuple[str, ...]] | BaseException] = []
            for name in names:
                try:
                    found.append(encode_checkpoint(await self.storage.load(name)))
                except Exception as error:  # of the storage, or of a class of the user's; the others are shown
                    found.append(error)
                await asyncio.sleep(0)
            return found

        if not names:
            return []
        try:
            return self._call(load_all())
        except Exception as error:
            return [error] * len(names)

    def _entry(self, name: str, found: tuple[bytes, tuple[str, ...]] | BaseException) -> Entry:
        if isinstance(found, BaseException):
            return Problem(f"{name}.json", f"the storage does not return it: {_reason(found)}", "unreadable")
        data, faults = found
        entry = entry_from_bytes(f"{name}.json", data)
        if faults and isinstance(entry, CheckpointRef):
            note = f"{len(faults)} value{'s' if len(faults) > 1 else ''} that cannot be pickled"
            entry = entry._replace(note="; ".join(text for text in (entry.note, note) if text))
        return entry


class AsyncCall(Protocol):
    """Runs a coroutine in a loop and waits for its result."""

    def __call__(self, work: Coroutine[Any, Any, T], /) -> T:
        """Run it.

        Raises:
            Exception: what the coroutine raises, or TimeoutError.
        """
        ...


def caller(loop: asyncio.AbstractEventLoop) -> AsyncCall:
    """Runs coroutines in a loop that another thread runs."""

    def call(work: Coroutine[Any, Any, T]) -> T:
        if loop.is_closed():
            work.close()
            raise CkptError("The program's event loop has ended.")
        future = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            return future.result(CALL_SECONDS)
        except TimeoutError:
            future.cancel()
            raise

    return call


def own_loop() -> AsyncCall:
    """Runs coroutines in a loop of its own, in a thread that ends with the program."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return caller(loop)


def _reason(error: BaseException) -> str:
    return masked_text(f"{type(error).__name__}: {error}") if str(error) else type(error).__name__


# -- from a shell ------------------------------------------------------------------------------------------------------


def open_factory(target: str, workflow_names: Sequence[str]) -> ProtocolStore:
    """The storage that a function of the user's makes: `module:factory` is imported and called, in this process.

    Args:
        target: `module:factory`; the module is looked for in the current directory, too. The factory may be a function,
            an async function or the storage itself.
        workflow_names: The workflows whose checkpoints are shown.

    Raises:
        CkptError: it cannot be imported, fails, or does not return a storage.
    """
    module, _, name = target.partition(":")
    if not module or not name:
        raise CkptError(
            f"--storage {target} is not of the form module:factory.",
            "For example: --storage shop.checkpoints:make_storage",
        )
    if not workflow_names:
        raise CkptError(
            "A storage lists the checkpoints of one workflow by its name.", "Give it: --workflow-name NAME."
        )
    here = os.getcwd()
    if here not in sys.path:
        sys.path.insert(0, here)
    call = own_loop()
    try:
        made: Any = importlib.import_module(module)
        for part in name.split("."):
            made = getattr(made, part)
        if callable(made) and not is_storage(made):
            made = made()
        if inspect.isawaitable(made):
            made = call(_awaited(made))
    except Exception as error:  # the user's own code
        raise CkptError(f"{target} failed: {_reason(error)}.", "It is imported and called in this process.") from error
    if not is_storage(made):
        raise CkptError(f"{target} gives a {type(made).__qualname__}, which is not a CheckpointStorage.")
    return ProtocolStore(made, workflow_names, call, target)


def is_storage(made: Any) -> bool:
    """Whether an object speaks the protocol, as far as reading needs it."""
    return not isinstance(made, type) and all(
        callable(getattr(made, name, None)) for name in ("load", "list_checkpoint_ids")
    )


async def _awaited(made: Awaitable[T]) -> T:
    return await made
