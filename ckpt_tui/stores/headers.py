"""Headers of Agent Framework's files, read from their two ends; imports nothing that a list without bodies can spare.

Source: agent_framework/_workflows/_checkpoint.py. One JSON file a checkpoint, `json.dump(indent=2)`, its header in the
first 512 bytes and its iteration in the last 256, whatever the size of the body between them.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable

from ckpt_tui.core.model import CheckpointRef, parse_time
from ckpt_tui.stores.base import Entry
from ckpt_tui.stores.files import Stamp, is_json_name

KIND = "agent-framework"

HEAD_BYTES = 512
"""The header takes up to 351 bytes unless names are long."""
TAIL_BYTES = 256
"""The last keys take up to 61 bytes while `metadata` is empty."""

_OPEN_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC"))

# Texts with escapes take the longer way: without them each text is one character class, ten times as fast.
_TEXT = rb'"([^"\\\n]*)"'
_HEAD = re.compile(
    rb'\{\n  "workflow_name": ' + _TEXT + rb',\n  "graph_signature_hash": ' + _TEXT + rb',\n  "checkpoint_id": ' + _TEXT
    + rb',\n  "previous_checkpoint_id": (?:null|' + _TEXT + rb'),\n  "timestamp": ' + _TEXT + rb","
)  # fmt: skip
_ESCAPED = rb'("(?:[^"\\\n]|\\.)*")'
_ITERATION = b'\n  "iteration_count": '
_TAIL = re.compile(
    rb'\n  "iteration_count": (\d{1,18}),\n  "metadata": [^\n]*(?:\n   [^\n]*|\n  [}\]][^\n]*)*'
    rb'\n  "version": [^\n]*\n\}\s*\Z'
)


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
    last = _TAIL.match(end, at)
    if last is None:
        return None
    found = _HEAD.match(head)
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

    found = re.match(_HEAD.pattern.replace(_TEXT, _ESCAPED), head)
    if found is None:
        raise ValueError
    texts = [None if raw is None else json.loads(raw) for raw in found.groups()]
    return texts[0], texts[1], texts[2], texts[3], texts[4]  # type: ignore[return-value]


def list_names(directory: str) -> list[tuple[str, bool]]:
    """The names that the framework's `glob("*.json")` would take, and whether each is a regular file and no link.

    Raises:
        OSError: as os.scandir does.
    """
    found = []
    with os.scandir(directory) as entries:
        for entry in entries:
            name = entry.name
            if is_json_name(name):
                try:
                    regular = entry.is_file(follow_symlinks=False)
                except OSError:
                    regular = False
                found.append((name, regular))
    return found


def open_folder(directory: str) -> int | None:
    """A descriptor of the directory for `quick_headers`, to be closed; None where the system has none."""
    if not hasattr(os, "O_DIRECTORY"):
        return None
    try:
        return os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None


def quick_headers(
    folder: int, names: Iterable[str], entries: list[Entry], stamps: dict[str, Stamp | None]
) -> list[str]:
    """Read the headers of files that were regular ones a moment ago, for little more than their system calls.

    Args:
        folder: A descriptor from `open_folder`.
        names: The files.
        entries: Takes their headers.
        stamps: Takes their stamps.

    Returns:
        The names of whatever is odd; the careful way through `ckpt_tui.stores.files` tells why.
    """
    # Names bound here save a tenth of the time.
    open_file, status_of, read, read_at, close = os.open, os.fstat, os.read, os.pread, os.close
    both = HEAD_BYTES + TAIL_BYTES
    odd = []
    for name in names:
        try:
            # A pipe put in the file's place does not block, and its status tells.
            descriptor = open_file(name, _OPEN_FLAGS, dir_fd=folder)
        except (OSError, ValueError):
            odd.append(name)
            continue
        ref = None
        try:
            status = status_of(descriptor)
            size = status.st_size
            if stat.S_ISREG(status.st_mode):
                if size > both:
                    head = read(descriptor, HEAD_BYTES)
                    ref = header_from_ends(name, head, read_at(descriptor, TAIL_BYTES, size - TAIL_BYTES), size)
                else:
                    ref = header_from_ends(name, read(descriptor, both), b"", size)
        except OSError:
            pass
        finally:
            close(descriptor)
        if ref is None or (ref.parent is None and is_broken_root(ref)):
            odd.append(name)
        else:
            stamps[name] = Stamp(status.st_ino, status.st_mtime_ns, size)
            entries.append(ref)
    return odd
