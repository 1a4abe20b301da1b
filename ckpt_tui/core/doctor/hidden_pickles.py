"""Pickles of a file in places that no view of a checkpoint shows; the framework decodes them all the same."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from ckpt_tui.core.budgets import LAZY_BYTES
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.paths import Path
from ckpt_tui.core.safety.examination import (
    PICKLED,
    JsonMembers,
    documents,
    envelopes,
    examine_envelope,
    has_hidden_keys,
)
from ckpt_tui.core.safety.inspection import Inspection
from ckpt_tui.core.value import Envelope

_MOST = 50
"""Dangerous pickles reported for one file."""

_UNIT = 16
"""Bytes of a file walked through for one unit of work."""


class HiddenPickles(NamedTuple):
    """What is dangerous in the pickles of a file outside of its values.

    Attributes:
        dangers: Where, and what such a pickle would do; each place once.
        left_out: Where the first pickle is that was not looked at, or None.
    """

    dangers: tuple[tuple[Path, Inspection], ...] = ()
    left_out: Path | None = None


def hidden_dangers(
    raw: bytes,
    shown: Collection[Envelope],
    check: Callable[[], None] | None = None,
    budget: DocumentBudget | None = None,
    is_hurried: bool = False,
) -> HiddenPickles:
    """Dangers outside of the values that a view shows: in header members, repeated members and within envelopes.

    Args:
        raw: The bytes of the file.
        shown: Its pickles that were examined already.
        check: Called now and then; whatever it raises ends the work.
        budget: What may be spent on the document.
        is_hurried: Pass over large files, which are not read as a whole.
    """
    if raw.count(PICKLED.encode()) <= len(shown) and not has_hidden_keys(raw):
        return HiddenPickles()
    if is_hurried and len(raw) > LAZY_BYTES:
        return HiddenPickles()
    budget = DocumentBudget() if budget is None else budget
    budget.spend(len(raw) // _UNIT)
    known = {
        str(envelope.text, "ascii") if isinstance(envelope.text, memoryview) else envelope.text for envelope in shown
    }
    found: list[tuple[Path, Inspection]] = []
    for document in documents(raw):
        for path, members in envelopes(document):
            pairs = members if isinstance(members, JsonMembers) else list(members.items())
            texts = [value for key, value in pairs if key == PICKLED]
            if all(text in known for text in texts if isinstance(text, str)):
                continue
            limits = budget.pickle()
            if limits is None:
                return HiddenPickles(tuple(found), path)
            inspection = examine_envelope(path, members, limits, check).inspection
            size = sum(len(text) for text in texts if isinstance(text, str))
            budget.spend_pickle(size, size, size // 10)
            if inspection.is_danger and len(found) < _MOST:
                found.append((path, inspection))
    return HiddenPickles(tuple(found))
