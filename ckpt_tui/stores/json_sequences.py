"""Several JSON values in one file that is named like a checkpoint: JSON lines, or documents one after the other."""

import json
from itertools import pairwise
from typing import Any, NamedTuple

from ckpt_tui.core.text import clean
from ckpt_tui.stores.event_streams import is_events

LOOKED_AT = 4 * 1024 * 1024
"""Characters of a file that are read to describe its values."""

_CHECKPOINT = {"workflow_name", "graph_signature_hash"}
_NAMED = 4
"""Keys of the first value that are named."""


class JsonSequence(NamedTuple):
    """The description of a file of several JSON values.

    Attributes:
        kind: The kind of the problem: "documents", "events" or "lines".
        reason: The description, as text for people.
    """

    kind: str
    reason: str


def sequence_in(data: bytes) -> JsonSequence | None:
    """The description of a file that holds only JSON values, more than one; None for any other.

    A long file is known by its beginning.
    """
    text = data[:LOOKED_AT].decode("utf-8-sig", "ignore")
    values, ends, is_cut = _values(text)
    is_long = len(data) > LOOKED_AT
    if is_cut and not is_long and len(values) < 2:
        return None  # a document, and damage
    objects = [value for value in values if isinstance(value, dict | list)]
    if len(values) < 2 or len(objects) < len(values):
        return None  # a document with something behind it
    checkpoints = [isinstance(value, dict) and value.keys() >= _CHECKPOINT for value in values]
    if checkpoints[0] and not all(checkpoints):
        return None  # a checkpoint with something behind it
    count = f"more than {len(values):,}" if is_long else f"{len(values) + is_cut:,}"
    by_line = all("\n" in text[end:begin] for (_, end), (begin, _) in pairwise(ends))
    by_line = by_line and all("\n" not in text[begin:end].strip() for begin, end in ends)
    shape = "one a line (JSON lines)" if by_line else "one after the other"
    shape += ", the last cut off" if is_cut and not is_long else ""
    if all(checkpoints):
        kind = "documents" if by_line and not is_cut else "lines"
        return JsonSequence(kind, f"{count} checkpoints, {shape}, in one file: the framework loads none of them")
    if by_line and is_events(data[:LOOKED_AT]):
        return JsonSequence("events", f"{count} events, {shape}, named like a checkpoint")
    return JsonSequence("lines", f"{count} JSON values, {shape}, named like a checkpoint{_keys_of(values[0])}")


def _values(text: str) -> tuple[list[Any], list[tuple[int, int]], bool]:
    """The values of a text, where each begins and ends, and whether its last line is cut off; none in a damaged one."""
    decode = json.JSONDecoder().raw_decode
    values: list[Any] = []
    ends: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        if text[at] in _BETWEEN:
            at += 1
            continue
        try:
            value, end = decode(text, at)
        except (ValueError, RecursionError):
            is_last = text[at] == "{" and "\n" not in text[at:].rstrip("\n")
            return (values, ends, True) if is_last else ([], [], False)
        values.append(value)
        ends.append((at, end))
        at = end
    return values, ends, False


_BETWEEN = " \t\r\n\x1e"
"""Separators of values; the last is the separator of records of RFC 7464."""


def _keys_of(value: Any) -> str:
    """The first keys of a value, in words."""
    if not isinstance(value, dict) or not value:
        return ""
    keys = ", ".join(clean(key, 30) for key in list(value)[:_NAMED])
    return f"; the first has {keys}{' …' if len(value) > _NAMED else ''}"
