"""Files that Agent Framework's FileCheckpointStorage writes (Python, 1.0.0b260212 and later).

Source: agent_framework/_workflows/_checkpoint.py. This module reads bodies; `ckpt_tui.stores.headers` reads headers.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any

from ckpt_tui.core.allowance import Allowance
from ckpt_tui.core.budgets import JSON_BYTE_VALUES, JSON_VALUES, LAZY_BYTES
from ckpt_tui.core.documents import lazy
from ckpt_tui.core.documents.document import Document, DocumentFault, parse
from ckpt_tui.core.documents.envelope import open_envelope, parsed
from ckpt_tui.core.model import INTERNAL, MAX_NAMES, Checkpoint, CheckpointRef, Facts, Problem, parse_time
from ckpt_tui.core.paths import expression
from ckpt_tui.core.reading.pending import source_executor
from ckpt_tui.core.reading.ways import Way, next_on, path_of
from ckpt_tui.core.value import Envelope, Map, Value
from ckpt_tui.stores.agent_framework_legacy import is_legacy, legacy_checkpoint, legacy_ref
from ckpt_tui.stores.base import Entry
from ckpt_tui.stores.files import MAX_FILE_BYTES, FileTrouble, Stamp, read_blocks, read_ends, read_whole
from ckpt_tui.stores.headers import HEAD_BYTES, KIND, TAIL_BYTES, header_from_ends
from ckpt_tui.stores.layout import count_facts

__all__ = [
    "HEAD_BYTES", "KIND", "TAIL_BYTES", "checkpoint_from_bytes", "entry_from_bytes", "header_from_ends",
    "load", "problem_of", "read_entry",
]  # fmt: skip

PARSE_LIMIT = 2 * 1024 * 1024
"""Bytes of the largest file parsed for the list's counts (about 15 ms); larger ones are counted by their layout."""

END_BYTES = 64 * 1024
"""Bytes at both ends of a large file that must hold its header and its last members, metadata included."""

WHOLE_JSON = 2
WHOLE_WORK = 16
"""How many times the usual values and work everything in a file may take where nobody gives an allowance: enough for an
honest file of 100 MB, and an end for any other. One pickle has its usual limits all the same."""

DECODE_AHEAD = 16 * 1024 * 1024
"""Characters of base64 decoded when a checkpoint is opened; the rest is decoded when it is looked at."""


def _count_entry(path: str, name: str) -> tuple[Stamp, Entry] | None:
    """The entry of a large file in the framework's own layout, which is never in memory as a whole; else None."""
    stamp, head, tail = read_ends(path, END_BYTES, END_BYTES)
    ref = header_from_ends(name, head, tail, stamp.size)
    facts = count_facts(read_blocks(path)) if ref is not None else None
    return (stamp, ref._replace(facts=facts)) if ref is not None and facts is not None else None


def read_entry(path: str, name: str) -> tuple[Stamp | None, Entry]:
    """The entry of one file from the whole of it, with its facts."""
    try:
        counted = _count_entry(path, name) if _size(path) > PARSE_LIMIT else None
        if counted is not None:
            return counted
        stamp, data = read_whole(path)
    except FileTrouble as trouble:
        return None, problem_of(path, name, trouble)
    return stamp, entry_from_bytes(name, data)


def _size(path: str) -> int:
    """Bytes of a file; 0 where it cannot be told, which reading it explains."""
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return 0


def entry_from_bytes(name: str, data: bytes) -> Entry:
    """The entry that the bytes of a file make."""
    try:
        document = parse(data)
        return _ref(name, document, len(data))
    except DocumentFault as fault:
        return Problem(name, fault.reason, fault.kind, len(data))


def load(
    path: str,
    name: str,
    check: Callable[[], None] | None = None,
    everything: bool = False,
    allowance: Allowance | None = None,
) -> Checkpoint | Problem:
    """Read and decode one checkpoint file.

    Args:
        path: The file.
        name: Its name in the store.
        check: Called now and then; whatever it raises ends the loading.
        everything: Decode all of it now, not only `DECODE_AHEAD`.
        allowance: What may be spent on it; None for the usual, 16 times as much for `everything`. What is beyond is
            decoded when it is looked at, or
            stands there as not decoded where `everything` was asked for.
    """
    try:
        factor = max(allowance.pickle_factor, 1) if allowance is not None else 1
        _, data = read_whole(path, int(MAX_FILE_BYTES * factor))
    except FileTrouble as trouble:
        problem = problem_of(path, name, trouble)
        if trouble.kind == "too-large" and everything:
            problem = problem._replace(reason=f"{problem.reason} --limit {factor * 8:g} reads eight times as many")
        return problem
    return checkpoint_from_bytes(name, data, check, everything, allowance)


def checkpoint_from_bytes(
    name: str,
    data: bytes,
    check: Callable[[], None] | None = None,
    everything: bool = False,
    allowance: Allowance | None = None,
) -> Checkpoint | Problem:
    """The checkpoint that the bytes of a file make; arguments as those of `load`."""
    try:
        factor = max(allowance.factor, 1) if allowance is not None else WHOLE_JSON
        most = int(max(JSON_VALUES, len(data) * JSON_BYTE_VALUES) * factor) if everything else JSON_VALUES
        document = _parse(name, data, check, everything, most)
        ref = _ref(name, document, len(data))
    except DocumentFault as fault:
        return Problem(name, fault.reason, fault.kind, len(data))
    top = _top(document.value)
    rest = {key: value for key, value in top.items() if key not in _SHOWN}
    metadata = top.get("metadata", {})
    if everything and allowance is not None:
        allowance.read(len(data))
    if ref.chain:
        return legacy_checkpoint(ref, top, document.notes, data)
    ahead = len(data) if everything else DECODE_AHEAD
    if allowance is None:
        allowance = Allowance(WHOLE_WORK if everything else 1, 1)
    allowance.spend(document.work)
    faults = [] if document.is_bare else _decode_ahead(top, check, ahead, allowance, everything)
    warnings = [*document.notes, *(found[0] for found in _SHAPES.finditer(ref.note))]
    if ref.inner:
        warnings.append(f"the id inside is {ref.inner}; the framework loads this file as {ref.id}")
    if rest:
        warnings.append(f"members no known version writes: {', '.join(list(rest)[:5])}; the framework cannot load it")
        metadata = {"metadata": metadata, **rest}
    return Checkpoint(
        ref,
        top.get("messages", {}),
        top.get("state", {}),
        top.get("pending_request_info_events", {}),
        metadata,
        tuple(warnings),
        tuple(faults),
        data,
        is_bare=document.is_bare,
    )


def _parse(name: str, data: bytes, check: Callable[[], None] | None, everything: bool, most: int) -> Document:
    if not everything and len(data) > LAZY_BYTES:
        return _parse_lazily(name, data, check)
    try:
        return parse(data, most)
    except DocumentFault as fault:
        if everything or fault.kind != "too-large":
            raise
        return _parse_lazily(name, data, check)  # small, but of very many values


def _parse_lazily(name: str, data: bytes, check: Callable[[], None] | None) -> Document:
    """A large file: where both its ends are the framework's own, its values are parsed when they are looked at."""
    whole = header_from_ends(name, data[:END_BYTES], data[-END_BYTES:], len(data)) is not None
    return lazy.parse(data, check) if whole else parse(data)


def problem_of(path: str, name: str, trouble: FileTrouble) -> Problem:
    """The problem entry of a file that could not be read."""
    return Problem(name, trouble.reason.removeprefix(f"{path} "), trouble.kind)


_HEADER = ("workflow_name", "graph_signature_hash", "checkpoint_id", "previous_checkpoint_id", "timestamp")
_SHOWN = frozenset((
    *_HEADER, "messages", "state", "pending_request_info_events", "iteration_count", "metadata", "version",
))  # fmt: skip


def _top(value: Value) -> dict[str, Any]:
    if type(value) is Map:  # repeated keys: the framework takes the last
        return dict(zip(value.kv[::2], value.kv[1::2], strict=True))
    return value if type(value) is dict else {}


def _ref(name: str, document: Document, size: int) -> CheckpointRef:
    top = _top(document.value)
    if "workflow_name" not in top or "graph_signature_hash" not in top:
        if is_legacy(top):
            return legacy_ref(name, top, document.notes, size, _facts)
        raise _foreign(document.value, top)
    notes = list(document.notes)
    texts = {}
    for key in _HEADER:
        value = top.get(key)
        if type(value) is not str and not (value is None and key == "previous_checkpoint_id"):
            notes.append(f"{key} is no text")
            value = None
        texts[key] = value
    iteration = top.get("iteration_count", 0)
    if type(iteration) is not int:
        notes.append("iteration_count is no integer")
        iteration = 0
    bodies = ("messages", "state", "pending_request_info_events")
    notes += [f"{key} is no object" for key in bodies if type(parsed(top.get(key, {}))) not in (dict, Map)]
    timestamp = texts["timestamp"] or ""
    when = parse_time(timestamp)
    if timestamp and not when:
        notes.append("timestamp is no date")
    stem = name[:-5]
    inner = texts["checkpoint_id"] or ""
    facts = _facts(top)
    carries_answers = (
        texts["previous_checkpoint_id"] is None and iteration > 0
        and bool(facts.sources) and facts.sources[0].startswith(INTERNAL)
    )  # fmt: skip
    return CheckpointRef(
        stem, name, texts["workflow_name"] or "", texts["graph_signature_hash"] or "", texts["previous_checkpoint_id"],
        timestamp, when, iteration, size, facts, "; ".join(notes), "" if inner == stem else inner, "", 0, None,
        carries_answers,
    )  # fmt: skip


def _foreign(value: Value, top: dict[str, Any]) -> DocumentFault:
    if not top:
        found = "an empty object" if type(value) is dict else f"a JSON {_json_kind(value)}"
        return DocumentFault("foreign", f"no checkpoint: {found}")
    for known, what in _RECOGNISED:
        if known <= top.keys():
            return DocumentFault("foreign", f"no checkpoint of Agent Framework for Python, but {what}")
    keys = ", ".join(list(top)[:4])
    return DocumentFault("foreign", f"no checkpoint: JSON of another program (its keys: {keys})")


_RECOGNISED = (
    ({"stepNumber", "runnerData"}, "one of Agent Framework for .NET; its directory has an index.jsonl"),
    ({"sessionId", "checkpointManager"}, "a session of Agent Framework for .NET; open it by its own name"),
    ({"checkpointId", "executionId", "completedNodes"}, "one of HPD-Agent; open the root of its store"),
    ({"channel_values", "channel_versions"}, "one of LangGraph, which an extension could read"),
)
"""Keys that tell the format of a file that is none of this store."""


_SHAPES = re.compile(r"\b\w+ is no (text|integer|object|date)\b")
"""What `_ref` notes of members that are of another kind than the framework writes."""


def _json_kind(value: Value) -> str:
    if value is None:
        return "null"
    names = {list: "array", str: "text", bool: "boolean", int: "number", float: "number", Envelope: "object"}
    return names.get(type(value), "value")


def _pairs(value: Value) -> list[tuple[Value, Value]]:
    value = parsed(value)
    if type(value) is dict:
        return list(value.items())
    return list(zip(value.kv[::2], value.kv[1::2], strict=True)) if type(value) is Map else []


def _facts(top: dict[str, Any]) -> Facts:
    messages = _pairs(top.get("messages"))
    counts = [len(items) if type(items) is list else 1 for items in (parsed(items) for _, items in messages)]
    sources = [str(source) for (source, _), count in zip(messages, counts, strict=True) if count]
    pending = _pairs(top.get("pending_request_info_events"))
    askers: dict[str, None] = {}
    if pending:
        askers = dict.fromkeys(source_executor(value) for _, value in pending[:MAX_NAMES])
    edges = any(key == "_edge_state" and bool(_pairs(value)) for key, value in _pairs(top.get("state")))
    return Facts(sum(counts), len(pending), tuple(sources[:MAX_NAMES]), tuple(name for name in askers if name), edges)


_OPENED = frozenset((dict, list, Map, Envelope))


def _decode_ahead(
    top: dict[str, Any], check: Callable[[], None] | None, left: int, allowance: Allowance, everything: bool
) -> list[str]:
    """Open the envelopes of a document, `left` characters of base64; returns which were faulty, where, and why."""
    warnings: list[str] = []
    left_out = 0
    names = {"pending_request_info_events": "pending"}
    todo: list[tuple[Way, Value]] = [
        ((None, (names.get(key, key),)), value) for key, value in reversed(top.items()) if key in _SHOWN
    ]
    while todo:
        way, value = todo.pop()
        kind = type(value)
        if kind is Envelope:
            left -= len(value.text)
            if left < 0 or (not everything and allowance.is_used_up):
                continue
            open_envelope(value, check, allowance)
            if value.is_cut and value.factor == 0:
                left_out += 1
            elif value.warning:
                warnings.append(f"{expression(path_of(way))}: {value.warning}")
            continue
        todo += reversed(next_on(way, value, _OPENED))  # in the order of the file
    if left_out:
        warnings.append(f"{left_out:,} pickle{'' if left_out == 1 else 's'} not decoded: a higher limit decodes them")
    return warnings
