"""Examines a whole store: every file read and decoded once, one after the other, nothing kept and nothing executed."""

from __future__ import annotations

from collections.abc import Callable

from ckpt_tui.actions.unreadable_files import unreadable_bytes
from ckpt_tui.core.diff.changes import Change
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.diff.value_diff import diff_checkpoints
from ckpt_tui.core.doctor.copies import THE_SAME
from ckpt_tui.core.doctor.report import Doctor, Report
from ckpt_tui.core.doctor.severity import Finding
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.model import Problem
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.shown_names import masked_path
from ckpt_tui.errors import CkptError, UndecodableError
from ckpt_tui.stores.base import Store, collect
from ckpt_tui.stores.neighbours import neighbours
from ckpt_tui.stores.place_trust import trust_findings

FILE_LIMIT = 16
"""How many times the usual work one file may take: ten seconds at worst, and enough for an honest one of 100 MB."""

_OPEN_IT = "It is not a part of this list: open it by its own path."

_DIFFERENCES = 3
"""Places named in which a copy differs from its original."""

_VALUE = 40
"""Characters of such a value that are shown."""


def examine(
    store: Store,
    progress: Callable[[int, int], None] | None = None,
    check: Callable[[], None] | None = None,
) -> Report:
    """Examine everything in a store.

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
    doctor.found([*store.findings(), *trust_findings(store)])
    for done, (file, entry) in enumerate(sorted(entries.items())):
        if progress is not None:
            progress(done, len(entries))
        if check is not None:
            check()
        if isinstance(entry, Problem):
            doctor.problem(entry, unreadable_bytes(store, file), check)
            continue
        try:
            budget = DocumentBudget(FILE_LIMIT, 1)
            checkpoint = store.load_within(file, budget, check)
        except UndecodableError as error:
            # Its header could be read. Load it again to see why its body cannot be; it may also be gone by now.
            for again in collect(store.fill([file])).values():
                problem = again if isinstance(again, Problem) else Problem(file, error.what, "unreadable")
                doctor.problem(problem, unreadable_bytes(store, file), check)
            continue
        doctor.checkpoint(checkpoint, check, budget)
    beside = neighbours(store)
    doctor.found([Finding("beside", "info", one.name, "", one.what, _OPEN_IT if one.opens else "") for one in beside])
    for copy in doctor.copies():
        if check is not None:
            check()
        doctor.differs(copy.file, difference_of(store, copy.original, copy.file))
    if progress is not None:
        progress(len(entries), len(entries))
    return doctor.report()


def difference_of(store: Store, original: str, copy: str) -> str:
    """What differs between two files of one id, as text for people; "" where one of them cannot be read."""
    try:
        before, after = (store.load_within(file, DocumentBudget()) for file in (original, copy))
    except CkptError:
        return ""
    if before.raw == after.raw:
        return THE_SAME
    changes = diff_checkpoints(before, after, IgnoreRules(())).changes
    if not changes:
        return "their values are the same"
    listed = [f"{masked_path(change.path)}{_values(change)}" for change in changes[:_DIFFERENCES]]
    more = f" and {len(changes) - _DIFFERENCES:,} more" if len(changes) > _DIFFERENCES else ""
    return f"they differ: {', '.join(listed)}{more}"


def _values(change: Change) -> str:
    """The two values of a change, " 1 → 2"; nothing of a secret."""
    if change.secrecy:
        return " (a secret)"
    before = "nothing" if change.op == "added" else summary(change.before, _VALUE)
    after = "nothing" if change.op == "removed" else summary(change.after, _VALUE)
    return f" {before} → {after}"
