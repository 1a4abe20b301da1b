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
import time
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

_GRACE = 5.0
"""Seconds beyond it before an answer that was given up in the loop itself is given up here."""

AT_ONCE = 16
"""Checkpoints that are asked for side by side: a database in another place answers them in the time of one."""

AGAIN_SECONDS = 5.0
"""Time after which a checkpoint that could not be loaded is asked for again; twice as long after each failure."""

AGAIN_AT_MOST = 300.0
"""Longest such time."""

NEARBY_SECONDS = 0.005
"""A storage that lists its ids in less is in this program or on this machine; looking at it often costs nothing."""

QUIET_SECONDS = 15.0
"""Longest time between two looks at a storage in which nothing changes; each look may be paid for."""

QUIET_SHARE = 0.5
"""The pause before the next look, as a share of the time in which nothing changed."""

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
        poll: Seconds between two looks at whether something changed; None for what suits the storage: a quarter of a
            second where it answers at once, else up to `QUIET_SECONDS` while nothing changes.
    """

    kind = KIND
    BATCH = AT_ONCE

    def __init__(
        self, storage: CheckpointStorage, workflow_names: Sequence[str], call: AsyncCall, path: str = "memory",
        poll: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__(path)
        self._poll = poll
        self._listed: list[str] | None = None
        """The ids that the last look showed, until they are read: each list may be paid for."""
        self._looked = 0.0
        """Seconds that the last list of ids took."""
        self._total = 0
        self._failed: dict[str, tuple[float, float]] = {}
        """Ids that could not be loaded: when to ask again, and how long that was to wait."""
        self.storage = storage
        self.workflow_names = tuple(workflow_names)
        self._call = call
        self._entries: dict[str, Entry] = {}

    def fresh(self) -> ProtocolStore:
        """A new store of the same storage that knows nothing yet."""
        return ProtocolStore(self.storage, self.workflow_names, self._call, self.path, self._poll)

    def capabilities(self, file: str = "") -> Capabilities:
        """Objects of another program are read; a recorded copy can be run from."""
        resume = (
            "these checkpoints live in a running program; ckpt_tui.record(storage, directory) keeps copies to run from"
        )
        return Capabilities(resume, "these checkpoints belong to a program")

    def mark(self) -> object:
        """The ids there are now, and how many of those that failed are to be asked for again."""
        self._listed = self._ids()
        return tuple(self._listed), sum(due <= time.monotonic() for due, _ in self._failed.values())

    def pause(self, took: float, quiet: float) -> float:
        """Seconds until the next look: the longer, the longer nothing changed, where each look takes its time."""
        if self._poll is not None:
            return self._poll
        usual = super().pause(self._looked, quiet)
        if self._looked < NEARBY_SECONDS:
            return usual
        return max(usual, min(quiet * QUIET_SHARE, QUIET_SECONDS))

    def count(self) -> int:
        """How many checkpoints there are."""
        return max(len(self._entries), self._total)

    def read(self) -> Iterator[Entry]:
        """Each checkpoint once, the newest first as far as the storage says; known ones are not asked for again."""
        ids, self._listed = self._ids() if self._listed is None else self._listed, None
        self._total = len(ids)
        self._forget_ids(set(ids))
        now = time.monotonic()
        wanted = [name for name in ids if name not in self._entries or self._failed.get(name, (now + 1, 0))[0] <= now]
        unknown = set(wanted)
        yield from (self._entries[name] for name in ids if name not in unknown)
        if not wanted:
            return
        newest = [name for name in self._newest() if name in unknown]
        names = list(dict.fromkeys([*newest, *reversed(wanted)]))  # most storages list in the order of writing
        for start in range(0, len(names), AT_ONCE):
            some = names[start : start + AT_ONCE]
            for name, found in zip(some, self._loaded(some), strict=True):
                self._entries[name] = self._entry(name, found)
                if not isinstance(found, BaseException):
                    self._failed.pop(name, None)
                    continue
                wait = min(2 * self._failed[name][1], AGAIN_AT_MOST) if name in self._failed else AGAIN_SECONDS
                self._failed[name] = time.monotonic() + wait, wait
            yield from (self._entries[name] for name in some)

    def _forget_ids(self, there: set[str]) -> None:
        for name in self._entries.keys() - there:
            del self._entries[name]
            self._failed.pop(name, None)

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

        began = time.monotonic()
        try:
            return self._call(all_ids())
        except Exception as error:
            raise CkptError(f"{self.path} does not list its checkpoints: {_reason(error)}.") from error
        finally:
            self._looked = time.monotonic() - began

    def _newest(self) -> list[str]:
        """The id of the newest checkpoint of each workflow, where the storage says it."""
        ask = getattr(self.storage, "get_latest", None)
        if not callable(ask):
            return []

        async def all_newest() -> list[str]:
            found = [await ask(workflow_name=name) for name in self.workflow_names]
            return [one.checkpoint_id for one in found if one is not None]

        try:
            return self._call(all_newest())
        except Exception:  # it is only a matter of order
            return []

    def _loaded(self, names: Sequence[str]) -> list[tuple[bytes, tuple[str, ...]] | BaseException]:
        """The files that checkpoints would be, pickled in the loop that owns them: nothing changes them meanwhile."""

        async def load_one(name: str) -> tuple[bytes, tuple[str, ...]] | BaseException:
            try:
                # Each has a limit of its own: many slow answers are slow, and not too late.
                checkpoint = await asyncio.wait_for(_awaited(self.storage.load(name)), CALL_SECONDS)
                made = encode_checkpoint(checkpoint)
                await asyncio.sleep(0)  # a workflow in the same loop goes on
                return made
            except TimeoutError:
                return TimeoutError(f"no answer within {CALL_SECONDS:.0f} s")
            except Exception as error:  # of the storage, or of a class of the user's; the others are shown
                return error

        async def load_all() -> list[tuple[bytes, tuple[str, ...]] | BaseException]:
            return await asyncio.gather(*map(load_one, names))

        try:
            return self._call(load_all()) if names else []
        except Exception as error:
            return [error] * len(names)

    def _entry(self, name: str, found: tuple[bytes, tuple[str, ...]] | BaseException) -> Entry:
        if isinstance(found, BaseException):
            reason = f"the storage does not return it: {_reason(found)}; it is asked again"
            return Problem(f"{name}.json", reason, "unreadable")
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
            return future.result(CALL_SECONDS + _GRACE)
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


def open_factory(target: str, workflow_names: Sequence[str], poll: float | None = None) -> ProtocolStore:
    """The storage that a function of the user's makes: `module:factory` is imported and called, in this process.

    Args:
        target: `module:factory`; the module is looked for in the current directory, too. The factory may be a function,
            an async function or the storage itself.
        workflow_names: The workflows whose checkpoints are shown.
        poll: Seconds between two looks at whether something changed, or None.

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
    return ProtocolStore(made, workflow_names, call, target, poll)


def is_storage(made: Any) -> bool:
    """Whether an object speaks the protocol, as far as reading needs it."""
    return not isinstance(made, type) and all(
        callable(getattr(made, name, None)) for name in ("load", "list_checkpoint_ids")
    )


async def _awaited(made: Awaitable[T]) -> T:
    return await made
