"""Headers of Agent Framework's files, read from their two ends; imports nothing that a list without bodies can spare.

Source: agent_framework/_workflows/_checkpoint.py. One JSON file a checkpoint, `json.dump(indent=2)`, its header in the
first 512 bytes and its iteration in the last 256, whatever the size of the body between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from itertools import repeat

from ckpt_tui.core.model import CheckpointRef, parse_time
from ckpt_tui.stores.base import Entry
from ckpt_tui.stores.columns import Columns
from ckpt_tui.stores.files import Stamp, packed

__all__ = ["HEAD_BYTES", "KIND", "TAIL_BYTES", "header_from_ends", "is_broken_root", "quick_headers"]

KIND = "agent-framework"

HEAD_BYTES = 512
"""The header takes up to 351 bytes unless names are long."""
TAIL_BYTES = 256
"""The last keys take up to 79 bytes while `metadata` is empty."""

# Texts with escapes take the longer way: without them each text is one character class, ten times as fast.
_TEXT = rb'"([^"\\\n]*)"'
_HEAD = (
    rb'\{\n  "workflow_name": ' + _TEXT + rb',\n  "graph_signature_hash": ' + _TEXT + rb',\n  "checkpoint_id": ' + _TEXT
    + rb',\n  "previous_checkpoint_id": (?:null|' + _TEXT + rb'),\n  "timestamp": ' + _TEXT + rb","
)  # fmt: skip
_ESCAPED = rb'("(?:[^"\\\n]|\\.)*")'
_ITERATION = b'\n  "iteration_count": '
_TAIL = (
    rb'\n  "iteration_count": (\d{1,18}),\n  "metadata": [^\n]*(?:\n   [^\n]*|\n  [}\]][^\n]*)*'
    rb'\n  "version": [^\n]*\n\}\s*\Z'
)


@cache
def _pattern(text: bytes) -> re.Pattern[bytes]:
    # Compiled when the first odd file is met: each takes a millisecond, and most stores have none.
    return re.compile(text)


def header_from_ends(name: str, head: bytes, tail: bytes, size: int) -> CheckpointRef | None:
    """The header from the first and last bytes of a file in the framework's own layout, else None.

    Args:
        name: The file name.
        head: The first `HEAD_BYTES`, or the whole file.
        tail: The last `TAIL_BYTES`, or b"" when `head` is the whole file.
        size: Bytes of the file.
    """
    end = tail or head
    at = end.rfind(_ITERATION)
    if at < 0:
        return None
    last = _pattern(_TAIL).match(end, at)
    if last is None:
        return None
    found = _pattern(_HEAD).match(head)
    try:
        if found is None:
            workflow, graph, inner, parent, timestamp = _escaped_texts(head)
        else:
            raw_workflow, raw_graph, raw_inner, raw_parent, raw_timestamp = found.groups()
            workflow, graph, inner = raw_workflow.decode(), raw_graph.decode(), raw_inner.decode()
            parent, timestamp = None if raw_parent is None else raw_parent.decode(), raw_timestamp.decode()
    except ValueError:
        return None
    stem = name[:-5]
    return CheckpointRef(
        stem, name, workflow, graph, parent, timestamp, parse_time(timestamp), int(last[1]), size,
        None, "", "" if inner == stem else inner,
    )  # fmt: skip


def is_broken_root(ref: CheckpointRef) -> bool:
    """Whether this is no first checkpoint and yet has no parent: one is guessed from what its body tells."""
    return ref.parent is None and ref.iteration > 0


def _escaped_texts(head: bytes) -> tuple[str, str, str, str | None, str]:
    """The header's texts where escapes or surrogates need a JSON parser; raises ValueError."""
    import json

    found = _pattern(_HEAD.replace(_TEXT, _ESCAPED)).match(head)
    if found is None:
        raise ValueError
    texts = [None if raw is None else json.loads(raw) for raw in found.groups()]
    return texts[0], texts[1], texts[2], texts[3], texts[4]  # type: ignore[return-value]


def quick_headers(batch: Columns, entries: list[Entry], stamps: dict[str, int] | None) -> list[str]:
    """The headers of a batch of files.

    Args:
        batch: What `ckpt_tui.stores.columns` read.
        entries: Takes their headers.
        stamps: Takes their stamps, packed; None where the batch has none.

    Returns:
        The names of whatever is odd; the careful way through `ckpt_tui.stores.files` tells why.
    """
    odd = list(batch.odd)
    if not batch.names:
        return odd
    try:
        whens: Iterable[float] = [moment.timestamp() for moment in map(datetime.fromisoformat, batch.timestamps)]
    except ValueError:
        whens = map(parse_time, batch.timestamps)
    same: dict[str, str] = {}
    stems = [name[:-5] for name in batch.names]
    parents = [None if parent == "null" else parent[1:-1] for parent in batch.parents]
    rows = zip(
        stems, batch.names,
        map(same.setdefault, batch.workflows, batch.workflows), map(same.setdefault, batch.graphs, batch.graphs),
        parents, batch.timestamps, whens, map(int, batch.iterations), batch.sizes, repeat(None), repeat(""),
        ["" if inner == stem else inner for inner, stem in zip(batch.inners, stems, strict=True)], repeat(""),
        repeat(0), repeat(None),
    )  # fmt: skip
    # As `_make` does, without a call of Python for each.
    refs: list[CheckpointRef] = list(map(tuple.__new__, repeat(CheckpointRef), rows))
    if stamps is not None:
        made = map(Stamp._make, zip(batch.inodes, batch.mtimes, batch.sizes, strict=True))
        stamps.update(zip(batch.names, map(packed, made), strict=True))
    broken = {ref.file for ref in refs if ref.parent is None and is_broken_root(ref)}
    if broken:
        odd += broken
        refs = [ref for ref in refs if ref.file not in broken]
        if stamps is not None:
            for name in broken:
                del stamps[name]
    entries += refs
    return odd
