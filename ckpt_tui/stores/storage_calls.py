"""The calls of a `CheckpointStorage` of the user's program, in the event loop that it belongs to.

Three further methods are tried by name: a storage that has them lists its headers page by page, reports changes, and
gives many checkpoints at once. docs/adding-a-store.md shows them.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Coroutine, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.encode import encode_checkpoint

CALL_SECONDS = 30.0
"""Longest wait for one answer of a storage; its loop may be busy with the workflow itself."""

_GRACE = 5.0
"""Seconds beyond it before an answer that was given up in the loop itself is given up here."""

AT_ONCE = 32
"""Checkpoints that are requested in parallel: a remote database answers them in the time of one."""

FIRST_PAGE, PAGE = 100, 1_000
"""Headers in the first requested page, a screenful or two, and in each further one."""

T = TypeVar("T")

Loaded = tuple[bytes, tuple[str, ...]] | BaseException
"""The bytes of the file for a checkpoint, and its faults; or the error."""

Header = Any
"""A mapping or an object with the header members of a checkpoint: its id, parent, time, iteration, workflow."""


class CheckpointStorage(Protocol):
    """The part of the framework's protocol that is needed to read."""

    def load(self, checkpoint_id: str) -> Awaitable[Any]:
        """The checkpoint with this id."""
        ...

    def list_checkpoint_ids(self, *, workflow_name: str) -> Awaitable[Sequence[str]]:
        """The ids of a workflow's checkpoints."""
        ...


class PagedStorage(Protocol):
    """Further methods of a storage with many checkpoints; each is tried by its name, and any may be missing."""

    def list_headers(
        self, *, workflow_name: str, limit: int, cursor: str | None
    ) -> Awaitable[tuple[Sequence[Header], str | None]]:
        """At most `limit` headers, the newest first, and the cursor for the next ones; None after the last."""
        ...

    def changes(
        self, *, workflow_name: str, since: str | None
    ) -> Awaitable[tuple[Sequence[Header], Sequence[str], str | None]]:
        """Headers that are new or changed, ids that are gone, and the next `since`; for None, only that."""
        ...

    def load_many(self, checkpoint_ids: Sequence[str]) -> Awaitable[Sequence[Any]]:
        """The checkpoints with these ids, in their order; None for one that is not there."""
        ...


class Changes(NamedTuple):
    """Headers that are new or changed, and ids that are gone."""

    headers: list[Header]
    gone: list[str]


class AsyncCall(Protocol):
    """Runs a coroutine in a loop and waits for its result."""

    def __call__(self, work: Coroutine[Any, Any, T], /) -> T:
        """Run it.

        Raises:
            Exception: what the coroutine raises, or TimeoutError.
        """
        ...


class StorageCalls:
    """Asks a storage for the checkpoints of some workflows.

    Args:
        storage: The storage.
        workflow_names: The workflows.
        call: Runs a coroutine where the storage lives.
        path: What to call it in messages.

    Attributes:
        looked: Seconds that the last listing took.
        workflows: How many workflows there are.
        has_pages: It lists headers page by page.
        has_changes: It reports changes.
    """

    def __init__(self, storage: CheckpointStorage, workflow_names: Sequence[str], call: AsyncCall, path: str) -> None:
        self._storage = storage
        self._names = workflow_names
        self._call = call
        self._path = path
        self._since: dict[str, str | None] = {}
        self.looked = 0.0
        self.workflows = len(workflow_names)
        self.has_pages = callable(self._method("list_headers"))
        self.has_changes = callable(self._method("changes"))

    def _method(self, name: str) -> Any:
        return getattr(self._storage, name, None)

    def _look(self, work: Coroutine[Any, Any, T]) -> T:
        """The answer of the storage to a listing.

        Raises:
            CkptError: it does not answer.
        """
        began = time.monotonic()
        try:
            return self._call(work)
        except Exception as error:
            raise CkptError(f"{self._path} does not list its checkpoints: {reason_of(error)}.") from error
        finally:
            self.looked = time.monotonic() - began

    def ids(self, with_newest: bool) -> tuple[list[str], list[str]]:
        """All ids; and, requested in parallel, that of each workflow's newest checkpoint where the storage has it.

        Raises:
            CkptError: it does not list them.
        """
        ask = self._method("get_latest") if with_newest else None

        async def newest(name: str) -> str | None:
            try:
                found = await ask(workflow_name=name) if callable(ask) else None
            except Exception:  # it is only a matter of order
                return None
            return getattr(found, "checkpoint_id", None)

        async def everything() -> tuple[list[str], list[str]]:
            listed = [awaited(self._storage.list_checkpoint_ids(workflow_name=name)) for name in self._names]
            found = await asyncio.gather(*listed, *map(newest, self._names))
            ids = dict.fromkeys(name for names in found[: len(self._names)] for name in names or ())
            return list(ids), [name for name in found[len(self._names) :] if isinstance(name, str)]

        return self._look(everything())

    def pages(self) -> Iterator[list[Header]]:
        """The headers of all workflows, page by page, each the newest first.

        Raises:
            CkptError: the storage does not list them.
        """
        cursors: dict[str, str | None] = dict.fromkeys(self._names)
        limit = FIRST_PAGE

        async def page(name: str) -> tuple[Sequence[Header], str | None]:
            found: tuple[Sequence[Header], str | None] = await self._method("list_headers")(
                workflow_name=name, limit=limit, cursor=cursors[name]
            )
            return found

        async def next_of_all() -> list[tuple[Sequence[Header], str | None]]:
            return list(await asyncio.gather(*map(page, cursors)))

        while cursors:
            found = dict(zip(list(cursors), self._look(next_of_all()), strict=True))
            yield [header for headers, _ in found.values() for header in headers]
            cursors = {name: cursor for name, (_, cursor) in found.items() if cursor is not None}
            limit = PAGE

    def changes(self) -> Changes:
        """The changes since the last call; none the first time.

        Raises:
            CkptError: the storage does not report them.
        """

        async def all_changes() -> Changes:
            headers: list[Header] = []
            gone: list[str] = []
            for name in self._names:
                since = self._since.get(name)
                new, deleted, self._since[name] = await self._method("changes")(workflow_name=name, since=since)
                if since is not None:
                    headers += new
                    gone += deleted
            return Changes(headers, gone)

        return self._look(all_changes())

    def loaded(self, names: Sequence[str]) -> list[Loaded]:
        """The files for checkpoints, pickled in the loop that owns them, so that they do not change meanwhile."""
        many = self._method("load_many")

        async def load_one(name: str) -> Loaded:
            try:
                # Each has a time limit of its own, so that many slow answers do not add up to a timeout.
                return await self._encoded(await asyncio.wait_for(awaited(self._storage.load(name)), CALL_SECONDS))
            except TimeoutError:
                return TimeoutError(f"no answer within {CALL_SECONDS:.0f} s")
            except Exception as error:  # of the storage, or of a class of the user's; the others are shown
                return error

        async def load_together() -> list[Loaded] | None:
            try:
                found = await asyncio.wait_for(awaited(many(list(names))), CALL_SECONDS)
                return [
                    KeyError(f"no checkpoint {name}") if one is None else await self._encoded(one)
                    for name, one in zip(names, found, strict=True)
                ]
            except Exception:  # perhaps of one of them: each is requested by itself
                return None

        async def load_all() -> list[Loaded]:
            found = await load_together() if callable(many) and len(names) > 1 else None
            return list(await asyncio.gather(*map(load_one, names))) if found is None else found

        try:
            return self._call(load_all()) if names else []
        except Exception as error:
            return [error] * len(names)

    @staticmethod
    async def _encoded(checkpoint: Any) -> tuple[bytes, tuple[str, ...]]:
        made = encode_checkpoint(checkpoint)
        await asyncio.sleep(0)  # a workflow in the same loop goes on
        return made


def caller(loop: asyncio.AbstractEventLoop) -> AsyncCall:
    """Runs coroutines in a loop that another thread runs."""

    def call(work: Coroutine[Any, Any, T]) -> T:
        if loop.is_closed():
            work.close()
            raise CkptError("The program's event loop has ended.")
        future = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            return future.result(2 * CALL_SECONDS + _GRACE)
        except TimeoutError:
            future.cancel()
            raise

    return call


def own_loop() -> AsyncCall:
    """Runs coroutines in a loop of its own, in a thread that ends with the program."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return caller(loop)


def reason_of(error: BaseException) -> str:
    """An error of the user's code in words for people."""
    return masked_text(f"{type(error).__name__}: {error}") if str(error) else type(error).__name__


async def awaited(made: Awaitable[T]) -> T:
    """The result of an awaitable of any kind."""
    return await made
