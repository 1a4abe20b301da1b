"""Examines a whole store: every file read and decoded once, one after the other, nothing kept and nothing executed."""

from __future__ import annotations

from collections.abc import Callable

from ckpt_tui.core.allowance import Allowance
from ckpt_tui.core.doctor.doctor import Doctor, Report
from ckpt_tui.core.doctor.elsewhere import dangers_elsewhere
from ckpt_tui.core.model import Problem
from ckpt_tui.core.paths import expression
from ckpt_tui.errors import CkptError, UndecodableError
from ckpt_tui.stores.base import Store, collect

FILE_LIMIT = 16
"""How many times the usual work one file may take: ten seconds at worst, and enough for an honest one of 100 MB."""


def examine(
    store: Store,
    progress: Callable[[int, int], None] | None = None,
    check: Callable[[], None] | None = None,
) -> Report:
    """Look at everything in a store.

    Args:
        store: The store, of which nothing is known yet.
        progress: Called with the files done and the files in all, before the first and after each.
        check: Called now and then; whatever it raises ends the examination and is passed on.

    Raises:
        NotFoundError: there is no such directory, or it may not be read.
    """
    doctor = Doctor()
    entries = collect(store.scan())
    doctor.names(store.names())
    for done, (file, entry) in enumerate(sorted(entries.items())):
        if progress is not None:
            progress(done, len(entries))
        if check is not None:
            check()
        if isinstance(entry, Problem):
            doctor.problem(entry, _bytes(store, file), check)
            continue
        try:
            allowance = Allowance(FILE_LIMIT, 1)
            checkpoint = store.load_within(file, allowance, check)
        except UndecodableError as error:
            # Its header could be read. Why its body cannot is asked again; it may also be gone by now.
            for again in collect(store.fill([file])).values():
                problem = again if isinstance(again, Problem) else Problem(file, error.what, "unreadable")
                doctor.problem(problem, _bytes(store, file), check)
            continue
        doctor.checkpoint(checkpoint, check, allowance)
    if progress is not None:
        progress(len(entries), len(entries))
    return doctor.report()


def dangers_in(store: Store, file: str) -> list[str]:
    """What is dangerous in the pickles of a file that cannot be shown as a checkpoint: where, and why."""
    found = dangers_elsewhere(_bytes(store, file), ()).dangers
    return [f"danger at {expression(path)}: {reason}" for path, inspection in found for reason in inspection.reasons]


def _bytes(store: Store, file: str) -> bytes:
    """The bytes of a file that cannot be shown, b"" where they cannot be had."""
    home, name = store.home(file)
    reader = home.reader()
    if reader is None:
        return b""
    try:
        return reader.read(name)
    except CkptError:
        return b""
