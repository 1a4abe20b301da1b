"""Whether a file of JSON would run code when it is loaded, in a few words for a row of the list, and quickly.

It judges as `examination` does; files of the ordinary shape are not parsed for it, and a pickle that is in many
files, as executors' unchanged states do, is judged once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from ckpt_tui.core.budgets import DEFAULT_PICKLE
from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.safety.examination import PICKLED, examine_document, has_hidden_keys, inspect_text
from ckpt_tui.core.safety.inspection import Inspection

_KEPT = 4_096
"""Pickles whose verdict is cached."""

_KEPT_LENGTH = 64 * 1024
"""Characters of the longest of them."""

_PICKLES = LatePattern(rb'"__pickled__"\s*:\s*"([A-Za-z0-9+/=]*)"')


def verdict(raw: bytes, check: Callable[[], None] | None = None) -> str:
    """The first effect that loading it would have, `calls posix:system`; "" for none.

    Args:
        raw: The bytes of the file.
        check: Called now and then; whatever it raises ends the work.
    """
    key = PICKLED.encode()
    hidden = has_hidden_keys(raw)
    if not hidden and key not in raw:
        return ""
    texts = _PICKLES.compiled.findall(raw)
    if hidden or raw.count(key) != len(texts):
        found = (_words(each.inspection) for each in examine_document(raw, None, DEFAULT_PICKLE, check))
        return next((words for words in found if words), "")
    for text in texts:
        if check is not None:
            check()
        words = _of_short(text) if len(text) <= _KEPT_LENGTH else _of_long(text, check)
        if words:
            return words
    return ""


@lru_cache(_KEPT)
def _of_short(text: bytes) -> str:
    return _words(inspect_text(text.decode("ascii"), DEFAULT_PICKLE))


def _of_long(text: bytes, check: Callable[[], None] | None) -> str:
    return _words(inspect_text(text.decode("ascii"), DEFAULT_PICKLE, check))


def _words(inspection: Inspection) -> str:
    for use in inspection.uses:
        if use.judgement.is_danger:
            return use.says
    return inspection.dangers[0] if inspection.dangers else ""
