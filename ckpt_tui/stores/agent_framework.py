"""The files that Agent Framework's FileCheckpointStorage writes (Python, 1.0.0b260212 and later).

Source: agent_framework/_workflows/_checkpoint.py. This module makes the
entry of a list; `ckpt_tui.stores.headers` reads headers, `ckpt_tui.stores.agent_framework_body` whole checkpoints.
"""

from __future__ import annotations

import os
from collections import deque
from itertools import islice
from typing import Any

from ckpt_tui.core.documents.document import Document, DocumentFault, parse
from ckpt_tui.core.documents.envelope import parsed
from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.model import INTERNAL, MAX_NAMES, CheckpointRef, Facts, Problem, parse_time
from ckpt_tui.core.reading.bookkeeping import FRAMEWORK_KEYS
from ckpt_tui.core.reading.gist import gist_of_messages, gist_of_request, gist_of_state
from ckpt_tui.core.reading.pending import source_executor
from ckpt_tui.core.text import counted
from ckpt_tui.core.value import Envelope, Map, Value
from ckpt_tui.stores.agent_framework_legacy import is_legacy, legacy_ref
from ckpt_tui.stores.base import Entry
from ckpt_tui.stores.body_facts import count_facts
from ckpt_tui.stores.files import FileTrouble, Stamp, read_blocks, read_ends, read_whole
from ckpt_tui.stores.headers import header_from_ends
from ckpt_tui.stores.json_files import problem_of
from ckpt_tui.stores.side_files import explained

PARSE_LIMIT = 2 * 1024 * 1024
"""Bytes of the largest file parsed for the list's counts (about 15 ms); larger ones are counted by their layout."""

END_BYTES = 64 * 1024
"""Bytes at both ends of a large file that must hold its header and its last members, metadata included."""


class LastParsed:
    """Keeps the large file that was parsed last for its entry, so that the next load need not parse it again."""

    def __init__(self) -> None:
        self._kept: deque[tuple[bytes, Document]] = deque(maxlen=1)  # whose methods are safe in threads

    def put(self, data: bytes, document: Document) -> None:
        """Keep a document, if it is large, for the first that takes it."""
        if document.work >= _LARGE_WORK:
            self._kept.append((data, document))

    def take(self, data: bytes) -> Document | None:
        """The document of these bytes, or None; it is forgotten then, so that its pickles are not shared."""
        try:
            known, document = self._kept.pop()
        except IndexError:
            return None
        return document if known == data else None


LAST_PARSED = LastParsed()

_LARGE_WORK = 50_000
"""Work of parsing a document from which on it is kept for the next load: some 20 ms."""


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
    """Bytes of a file; 0 where the size cannot be read; reading the file then gives the reason."""
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return 0


def entry_from_bytes(name: str, data: bytes) -> Entry:
    """The entry that the bytes of a file make."""
    try:
        document = parse(data)
        LAST_PARSED.put(data, document)
        return ref_of_document(name, document, len(data))
    except DocumentFault as fault:
        return problem_of_bytes(name, data, fault)


def problem_of_bytes(name: str, data: bytes, fault: DocumentFault) -> Problem:
    """Why a file is not a checkpoint, and what it is instead where its bytes show it."""
    return explained(Problem(name, fault.reason, fault.kind, len(data)), data)


_HEADER = ("workflow_name", "graph_signature_hash", "checkpoint_id", "previous_checkpoint_id", "timestamp")
MEMBERS = frozenset((
    *_HEADER, "messages", "state", "pending_request_info_events", "iteration_count", "metadata", "version",
))  # fmt: skip


def top_members(value: Value) -> dict[str, Any]:
    """The members of a document; none where it is not an object."""
    if type(value) is Map:  # repeated keys: the framework takes the last
        return dict(zip(value.kv[::2], value.kv[1::2], strict=True))
    return value if type(value) is dict else {}


def ref_of_document(name: str, document: Document, size: int) -> CheckpointRef:
    """The header of a parsed file of so many bytes, with its facts.

    Raises:
        DocumentFault: it is not a checkpoint of Agent Framework.
    """
    top = top_members(document.value)
    if "workflow_name" not in top or "graph_signature_hash" not in top:
        if is_legacy(top):
            return legacy_ref(name, top, document.notes, size, _facts)
        raise _foreign(document.value, top)
    notes = list(document.notes)
    texts = {}
    for key in _HEADER:
        value = top.get(key)
        if type(value) is not str and not (value is None and key == "previous_checkpoint_id"):
            notes.append(f"{key} is not a string")
            value = None
        texts[key] = value
    iteration = top.get("iteration_count", 0)
    if type(iteration) is not int:
        notes.append("iteration_count is not an integer")
        iteration = 0
    bodies = ("messages", "state", "pending_request_info_events")
    notes += [f"{key} is not an object" for key in bodies if type(parsed(top.get(key, {}))) not in (dict, Map)]
    timestamp = texts["timestamp"] or ""
    when = parse_time(timestamp)
    if timestamp and not when:
        notes.append("timestamp is not a date")
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


def _exported_in(value: Value, top: dict[str, Any]) -> int:
    """How many checkpoints an array holds: the value itself, or a member of it; each whole, or as a member."""
    arrays = [value] if type(value) is list else [one for one in top.values() if type(one) is list]
    return max((sum(map(_holds_checkpoint, found)) for found in arrays), default=0)


def _holds_checkpoint(value: Value) -> bool:
    members = top_members(value)
    return members.keys() >= _DOCUMENT or any(top_members(one).keys() >= _DOCUMENT for one in members.values())


def _foreign(value: Value, top: dict[str, Any]) -> DocumentFault:
    if count := _exported_in(value, top):
        reason = f"an array of {counted(count, 'exported checkpoint')}; it opens by its own name"
        return DocumentFault("documents", reason)
    if not top:
        found = "an empty object" if type(value) is dict else f"a JSON {_json_kind(value)}"
        return DocumentFault("foreign", f"no checkpoint: {found}")
    for known, what in _RECOGNISED:
        if known <= top.keys():
            return DocumentFault("foreign", f"not a checkpoint of Agent Framework for Python, but {what}")
    keys = ", ".join(list(top)[:4])
    return DocumentFault("foreign", f"not a checkpoint: JSON of another program (its keys: {keys})")


_DOCUMENT = frozenset(("workflow_name", "graph_signature_hash"))

_RECOGNISED = (
    ({"stepNumber", "runnerData"}, "one of Agent Framework for .NET; its directory has an index.jsonl"),
    ({"sessionId", "checkpointManager"}, "a session of Agent Framework for .NET; open it by its own name"),
    ({"checkpointId", "executionId", "completedNodes"}, "one of HPD-Agent; open the root of its store"),
    ({"channel_values", "channel_versions"}, "one of LangGraph, which an extension could read"),
)
"""Keys that show that a file has another format than this store."""


SHAPE_NOTES = LatePattern(r"\b\w+ is not an? (string|integer|object|date)\b")
"""The notes of `ref_of_document` on members of another type than the framework writes."""


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


_LATEST = 5_000
"""The latest members of a state that are read for its gist in a list."""


def _latest_members(state: Value) -> list[tuple[Value, Value]]:
    """The members of a state that were written last, and those of the framework."""
    state = parsed(state)
    if type(state) is not dict or len(state) <= _LATEST:
        return _pairs(state)
    latest = list(islice(reversed(state.items()), _LATEST))[::-1]
    names = {name for name, _ in latest}
    return [*((name, state[name]) for name in sorted(FRAMEWORK_KEYS) if name in state and name not in names), *latest]


def _facts(top: dict[str, Any]) -> Facts:
    messages = _pairs(top.get("messages"))
    counts = [len(items) if type(items) is list else 1 for items in (parsed(items) for _, items in messages)]
    sources = [str(source) for (source, _), count in zip(messages, counts, strict=True) if count]
    pending = _pairs(top.get("pending_request_info_events"))
    askers: dict[str, None] = {}
    if pending:
        askers = dict.fromkeys(source_executor(value) for _, value in pending[:MAX_NAMES])
    state = _latest_members(top.get("state"))
    edges = any(key == "_edge_state" and bool(_pairs(value)) for key, value in state)
    said = (
        gist_of_request(pending[0][1]) if pending else gist_of_messages(messages) if sources else gist_of_state(state)
    )
    names = tuple(name for name in askers if name)
    return Facts(sum(counts), len(pending), tuple(sources[:MAX_NAMES]), names, edges, said)
