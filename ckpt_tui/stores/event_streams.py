"""Saved event streams: NDJSON, or the frames of server-sent events (SSE), as lines for the event log.

HPD-Agent's envelope is `{"version": "1.0", "type": "WORKFLOW_…", …}`; its workflow events become the kinds of line that
a run of Agent Framework shows, and everything else is shown as it is. Logs of HPD graphs (`timestamp`, `source`,
`message`) and lines of `ckpt-tui resume --json` are read, too.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ckpt_tui.stores.files import FileTrouble, read_blocks, read_ends

HEAD_BYTES = 65536
"""Bytes that are read to recognise such a stream."""

_LISTED = 1_000
"""Files of a directory that are tested."""

LINE_BYTES = 16 * 1024 * 1024
"""Bytes of one line that are kept; the rest of a longer one is left out."""

_FIELD = rb"(?s)(data|id|event|retry)(?::\s?(.*))?\Z"
_HINTS = (b'"type"', b'"message"', b'"kind"')


def is_events(head: bytes) -> bool:
    """Whether the first bytes of a file begin a stream of events: an SSE frame, or an object with a type a line."""
    for line in head.removeprefix(b"\xef\xbb\xbf").split(b"\n")[:16]:
        text = line.strip()
        if not text or text.startswith(b":"):
            continue
        field = re.match(_FIELD, text)
        if field is not None:
            return True
        if b'"graph_signature_hash"' in text:  # an exported checkpoint
            return False
        return text.startswith(b"{") and (text.endswith(b"}") or b"\n" not in head) and any(h in text for h in _HINTS)
    return False


def is_events_file(path: str) -> bool:
    """Whether a file is such a stream; one named `.json`, as a checkpoint is, only where two lines or more show it."""
    try:
        head = read_ends(path, HEAD_BYTES, 0)[1]
    except FileTrouble:
        return False
    return is_events(head) and (not path.endswith(".json") or _are_lines(head))


def _are_lines(head: bytes) -> bool:
    """Whether a file begins with two JSON objects, one a line."""
    lines = [line for line in head.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()][:2]
    try:
        return len(lines) == 2 and all(isinstance(json.loads(line), dict) for line in lines)
    except (ValueError, RecursionError):
        return False


def event_files(directory: str) -> list[str]:
    """The names of the streams of events in a directory, in order; none where it holds `.json` files, as a store does.

    Args:
        directory: The directory; where it cannot be read, there are none.
    """
    found = []
    with suppress(OSError), os.scandir(directory) as entries:
        for entry in entries:
            if entry.name.endswith(".json"):
                return []
            if not entry.name.startswith(".") and entry.is_file():
                found.append(entry.name)
    return [name for name in sorted(found)[:_LISTED] if is_events_file(os.path.join(directory, name))]


def read_events(path: str) -> Iterator[bytes]:
    """The events of a file in order, each as one line of JSON that `core.running.event_lines.line_of` reads.

    Raises:
        FileTrouble: it cannot be read.
    """
    for data in frames(_lines(path)):
        yield json.dumps(event_document(data), ensure_ascii=True, separators=(",", ":")).encode()


def _lines(path: str) -> Iterator[bytes]:
    rest = b""
    first = True
    for block in read_blocks(path):
        if first:
            block, first = block.removeprefix(b"\xef\xbb\xbf"), False
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        if len(rest) > LINE_BYTES:
            lines.append(rest[:LINE_BYTES])
            rest = b""
        yield from lines
    yield rest


def frames(lines: Iterator[bytes]) -> Iterator[bytes]:
    """The data of each event: a line of JSON, or the `data` lines of an SSE frame joined."""
    data: list[bytes] = []
    for raw in lines:
        line = raw.rstrip(b"\r")
        if not line.strip():
            if data:
                yield b"\n".join(data)
                data = []
            continue
        field = re.match(_FIELD, line) if not line.startswith((b"{", b":")) else None
        if field is not None:
            if field[1] == b"data":
                data.append(field[2] or b"")
        elif not line.startswith(b":"):
            yield line
    if data:
        yield b"\n".join(data)


# -- envelopes ---------------------------------------------------------------------------------------------------------

_TYPES = {
    "WORKFLOW_STARTED": "started", "WORKFLOW_COMPLETED": "status", "WORKFLOW_AGENT_STARTED": "executor_invoked",
    "WORKFLOW_AGENT_COMPLETED": "executor_completed", "WORKFLOW_AGENT_SKIPPED": "executor_bypassed",
    "WORKFLOW_EDGE_TRAVERSED": "edge", "WORKFLOW_LAYER_STARTED": "superstep_started",
    "WORKFLOW_LAYER_COMPLETED": "superstep_completed",
}  # fmt: skip
"""HPD's workflow events, and the kinds of event they are; its diagnostics are lines of a log."""

_LEVELS = ("TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
"""Levels by their number in .NET: the envelope writes enums as numbers."""

_BASE = frozenset((
    "version", "type", "timestamp", "channel", "kind", "direction", "canInterrupt", "exchangeTimestampNs", "metadata",
    "eventFlowId", "eventId", "sessionId", "threadId", "traceId", "spanId", "parentSpanId",
))  # fmt: skip
"""Members that every event has; shown when the event is opened."""


def event_document(data: bytes) -> dict[str, Any]:
    """One event as a line of the event log; never fails. The original stays whole under `envelope`."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {"kind": "log", "text": data.decode("utf-8", "backslashreplace")}
    if not isinstance(found, dict):
        return {"kind": "log", "text": data.decode("utf-8", "backslashreplace")}
    kind = found.get("type")
    if isinstance(found.get("kind"), str):
        return found  # a line of ckpt-tui itself
    if not isinstance(kind, str):
        return _log(found, found.get("timestamp"))
    if kind == "WORKFLOW_DIAGNOSTIC":
        return _log(found, found.get("timestamp"))
    document: dict[str, Any] = {"kind": "event", "type": _TYPES.get(kind, kind), "t": _stamp(found.get("timestamp"))}
    own = {key: value for key, value in found.items() if key not in _BASE}
    _shape(kind, own, document)
    document["envelope"] = found
    return document


def _log(found: dict[str, Any], stamp: Any) -> dict[str, Any]:
    """A diagnostic, or a line of a graph's log."""
    level = found.get("level")
    if isinstance(level, int) and not isinstance(level, bool):
        level = _LEVELS[level] if 0 <= level < len(_LEVELS) else str(level)
    level = {"INFORMATION": "INFO"}.get(str(level).upper(), str(level).upper()) if level is not None else None
    node = found.get("nodeId")
    text = str(found["message"]) if "message" in found else json.dumps(found, ensure_ascii=False)
    if found.get("exception"):
        text += f" {found['exception']}"
    logger = str(found.get("source") or "") + (f" {node}" if node else "")
    return {"kind": "log", "t": _stamp(stamp), "level": level, "logger": logger, "text": text, "envelope": found}


def _shape(kind: str, own: dict[str, Any], document: dict[str, Any]) -> None:
    """The members of an event that people read, by its kind."""
    layer = own.pop("layerIndex", None)
    if isinstance(layer, int):
        document["iteration"] = layer
    executor = own.pop("agentId", None)
    if isinstance(executor, str):
        document["executor_id"] = executor
    took = _took(own.pop("duration", None))
    if took:
        document["state"] = took
    if kind == "WORKFLOW_AGENT_COMPLETED":
        _completed(own, document)
    elif kind == "WORKFLOW_COMPLETED":
        word = "done" if own.pop("success", None) is not False else "failed"
        document["state"] = f"{word} {took}".rstrip()
        document["data"] = own
    elif kind == "WORKFLOW_EDGE_TRAVERSED":
        condition = own.get("conditionDescription") or ("conditional" if own.get("hasCondition") else "")
        arrow = f"{own.get('fromNodeId')} → {own.get('toNodeId')}"
        document["data"] = arrow + (f" when {condition}" if condition else "")
    elif kind == "WORKFLOW_AGENT_SKIPPED":
        document["data"] = own.get("reason")
    elif kind == "WORKFLOW_AGENT_STARTED":
        pass
    elif own.keys() == {"text", "messageId"}:
        document["data"] = own["text"]
    else:
        own.pop("workflowName", None) if kind.startswith("WORKFLOW_LAYER") else None
        document["data"] = own


def _completed(own: dict[str, Any], document: dict[str, Any]) -> None:
    """An agent that ended: a node skipped by its edges arrives as one without success and without an error."""
    error, success = own.get("errorMessage"), own.get("success")
    if success is False:
        document["type"] = "executor_failed" if error else "executor_bypassed"
        document["data"] = error or "skipped, or failed without a message"
        return
    document["data"] = own.get("outputs")


_SPAN = r"(?:(\d+)\.)?(\d+):(\d\d):(\d\d(?:\.\d+)?)\Z"


def _took(duration: Any) -> str:
    """A TimeSpan of .NET in seconds: `in 2.13 s`."""
    found = re.match(_SPAN, duration) if isinstance(duration, str) else None
    if found is None:
        return ""
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return f"in {((days * 24 + hours) * 60 + minutes) * 60 + seconds:.2f} s"


_FRACTION = r"(\.\d{6})\d+"


def _stamp(stamp: Any) -> str:
    """A time as Python reads it; .NET writes seven digits of a second. A number as it is; "" for anything else."""
    if isinstance(stamp, str):
        return re.sub(_FRACTION, r"\1", stamp)
    is_number = isinstance(stamp, int | float) and not isinstance(stamp, bool)
    return str(stamp) if is_number and abs(stamp) < _LARGEST_NUMBER else ""


_LARGEST_NUMBER = 1e20
"""Nanoseconds since 1970 have nineteen digits; a number with more is not a time."""
