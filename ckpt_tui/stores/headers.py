"""Headers of Agent Framework's files, read from their two ends.

Source: agent_framework/_workflows/_checkpoint.py. One JSON file a checkpoint, `json.dump(indent=2)`, its header in the
first 512 bytes and its iteration in the last 256, whatever the size of the body between them.
"""

from __future__ import annotations

import json
from sys import intern
from typing import TYPE_CHECKING

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.model import INTERNAL, CheckpointRef, parse_time
from ckpt_tui.stores.files import FileTrouble, Stamp, read_ends_with_status, stamp_of

if TYPE_CHECKING:
    import os

__all__ = ["HEAD_BYTES", "KIND", "TAIL_BYTES", "header_from_ends", "read_header", "read_header_with_status"]

KIND = "agent-framework"

HEAD_BYTES = 512
"""The header takes up to 351 bytes unless names are long."""
TAIL_BYTES = 256
"""The last keys take up to 79 bytes while `metadata` is empty."""

_KEYS = ("workflow_name", "graph_signature_hash", "checkpoint_id", "previous_checkpoint_id", "timestamp")
_MESSAGES = b',\n  "messages": '
_OUTSIDE = b'{\n    "' + INTERNAL.encode()
_ITERATION = b'\n  "iteration_count": '
_TAIL = LatePattern(
    rb'\n  "iteration_count": (\d{1,18}),\n  "metadata": [^\n]*(?:\n   [^\n]*|\n  [}\]][^\n]*)*'
    rb'\n  "version": [^\n]*\n\}\s*\Z'
)
_decode = json.JSONDecoder().raw_decode


def read_header(path: str, name: str, is_regular: bool = False) -> tuple[Stamp, CheckpointRef] | None:
    """The header of one file and its stamp; None where the whole of it has to be read, if only to find the fault.

    Args:
        path: The file.
        name: Its name in the store.
        is_regular: It was a regular file a moment ago, as its directory was listed.
    """
    found = read_header_with_status(path, name, is_regular)
    return None if found is None else (stamp_of(found[0]), found[1])


def read_header_with_status(
    path: str, name: str, is_regular: bool = False
) -> tuple[os.stat_result, CheckpointRef] | None:
    """The same with the status of the file before it was read."""
    try:
        status, head, tail = read_ends_with_status(path, HEAD_BYTES, TAIL_BYTES, is_regular)
    except FileTrouble:
        return None
    ref = header_from_ends(name, head, tail, status.st_size)
    return None if ref is None else (status, ref)


def header_from_ends(name: str, head: bytes, tail: bytes, size: int) -> CheckpointRef | None:
    """The header from the first and last bytes of a file in the framework's own layout.

    Returns:
        None where the layout is another, or where these bytes do not hold all that the list needs.

    Args:
        name: The file name.
        head: The first `HEAD_BYTES`, or the whole file.
        tail: The last `TAIL_BYTES`, or b"" when `head` is the whole file.
        size: Bytes of the file.
    """
    end = tail or head
    at = end.rfind(_ITERATION)
    last = _TAIL.compiled.match(end, at) if at >= 0 else None
    # No text in JSON contains a raw line break, so nothing within the header looks like this key.
    body = head.find(_MESSAGES)
    if last is None or body < 0:
        return None
    try:
        header, _ = _decode(head[:body].decode() + "}")
    except ValueError:
        return None
    if type(header) is not dict or tuple(header) != _KEYS:
        return None
    workflow, graph, inner, parent, timestamp = header.values()
    if not type(workflow) is type(graph) is type(inner) is type(timestamp) is str:
        return None
    if parent is not None and type(parent) is not str:
        return None
    iteration = int(last[1])
    carries_answers = False
    if parent is None and iteration > 0:
        # Its parent is guessed, and answers follow another one than messages do.
        first = head[body + len(_MESSAGES) : body + len(_MESSAGES) + len(_OUTSIDE)]
        if len(first) < len(_OUTSIDE):
            return None
        carries_answers = first == _OUTSIDE
    stem = name[:-5]
    # As `_make` does, in half the time.
    return tuple.__new__(CheckpointRef, (
        stem, name, intern(workflow), intern(graph), parent, timestamp, parse_time(timestamp), iteration, size,
        None, "", "" if inner == stem else inner, "", 0, None, carries_answers,
    ))  # fmt: skip
