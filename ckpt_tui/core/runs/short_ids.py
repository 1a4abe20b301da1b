"""Ids of checkpoints short enough to read out, long enough to be unique in practice."""

from __future__ import annotations

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.text import clean

_BY_TIME = LatePattern(r"[0-9a-f]{8}-[0-9a-f]{4}-6[0-9a-f]{3}-(?:[89ab][0-9a-f]{3}|ffff)-[0-9a-f]{12}\Z")
"""An id of version 6, or one that LangGraph in JavaScript makes for the step before the first."""


def own_id(name: str) -> str:
    """An id without the thread that it is distinguished by, as `THREAD/ID` has it."""
    return name.rpartition("/")[2]


def short_id(name: str) -> str:
    """Eight characters of an id, safe for a terminal."""
    name = own_id(name)
    # Ids of version 6 begin with the time: within 27 seconds their first 8 digits are the same.
    short = name[9:18].replace("-", "") if _BY_TIME.compiled.match(name) else name[:8]
    return short if short.isalnum() and short.isascii() else clean(short)


def id_text(ref: CheckpointRef) -> str:
    """An id short enough to read out, long enough to be unique in practice."""
    return short_id(ref.id)


_GUID = LatePattern(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\Z")


def short_guid(name: str) -> str:
    """Eight characters of a name that is a random id; any other name as it is. Safe for a terminal."""
    return name[:8] if _GUID.compiled.match(name) else clean(name, 40)
