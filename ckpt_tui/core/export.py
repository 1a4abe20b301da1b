"""The JSON documents of `ls` and `show`, and JSON text that no terminal obeys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ckpt_tui.core.lineage import Node, Run
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem
from ckpt_tui.core.text import UNSAFE

if TYPE_CHECKING:
    import json


def ref_document(ref: CheckpointRef, run: str | None = None, node: Node | None = None) -> dict[str, Any]:
    """A checkpoint as an entry of `ls`."""
    facts = ref.facts
    document: dict[str, Any] = {
        "id": ref.id, "file": ref.file, "workflow": ref.workflow, "run": run, "parent": ref.parent,
        "timestamp": _utc(ref), "iteration": ref.iteration, "size": ref.size,
        "role": None, "status": None, "messages": None, "pending": None, "graph": ref.graph,
    }  # fmt: skip
    if facts is not None:
        document["role"], document["status"] = ref.role, ref.status
        document["messages"], document["pending"] = facts.messages, facts.pending
    odd = node.odd if node is not None else ""
    if node is not None and node.guessed:
        document["guessed_parent"] = node.parent
    if ref.note or odd:
        document["notes"] = [text for text in (ref.note, odd) if text]
    return document


def _utc(ref: CheckpointRef) -> str:
    text = ref.timestamp
    # As the framework writes it; the longer way through a date costs as much as the rest of an entry.
    if len(text) == 32 and text.endswith("+00:00") and text[10] == "T" and text[19] == "." and ref.when:
        return text[:26] + "Z"
    return ref.utc


def ls_document(kind: str, path: str, runs: Sequence[Run], problems: Iterable[Problem]) -> dict[str, Any]:
    """The document of `ls --json`."""
    return {
        "schema": "ckpt-tui/ls@1",
        "store": {"kind": kind, "path": path},
        "checkpoints": [ref_document(node.ref, run.id, node) for run in runs for node in run.nodes],
        "problems": [
            {"file": problem.file, "reason": problem.reason, "kind": problem.kind}
            for problem in sorted(problems, key=lambda problem: problem.file)
        ],
    }


def show_document(
    checkpoint: Checkpoint, run: str | None = None, node: Node | None = None, reveal: bool = False
) -> dict[str, Any]:
    """The document of `show --json`; secrets are masked unless `reveal`."""
    from ckpt_tui.core.pending import requests
    from ckpt_tui.core.plain import plain
    from ckpt_tui.core.redact import masked

    document: dict[str, Any] = {
        "schema": "ckpt-tui/show@1",
        "checkpoint": ref_document(checkpoint.ref, run, node),
        "messages": plain(checkpoint.messages),
        "state": plain(checkpoint.state),
        "pending": plain(checkpoint.pending),
        "metadata": plain(checkpoint.metadata),
        "requests": [
            {
                "request_id": request.id,
                "executor": request.executor,
                "request_type": request.request_type,
                "response_type": request.response_type,
            }
            for request in requests(checkpoint.pending)
        ],
        "warnings": [*checkpoint.warnings, *checkpoint.faults],
    }
    if not reveal:
        for part in ("messages", "state", "pending", "metadata"):
            document[part] = masked(document[part])
    return document


def dumps(document: Any, indent: int | None = 2) -> str:
    """JSON text that no terminal obeys: unsafe characters are written as escapes, at any depth of nesting.

    Numbers that JSON does not know become `{"$type": "builtins:float", "$value": "NaN"}`.
    """
    import json

    try:
        text = json.dumps(document, ensure_ascii=False, indent=indent, allow_nan=False)
    except (RecursionError, ValueError):
        text = "".join(_deep(document, json.JSONEncoder(ensure_ascii=False, allow_nan=False)))
    return _safe(text)


def dumps_lines(document: dict[str, Any]) -> str:
    """The same for a flat document with long lists: each member on a line, each entry of a list of objects on its own.

    Five times as fast as an indented text. The entries of each list begin with the same key and hold no objects.
    """
    import json

    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    parts = []
    for name, value in document.items():
        text = encode(value)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            # An unescaped quote stands in no text, so this finds the ends of entries and nothing else.
            begin = "{" + encode(next(iter(value[0]))) + ": "
            text = "[\n    " + text[1:-1].replace("}, " + begin, "},\n    " + begin) + "\n  ]"
        parts.append(f"  {encode(name)}: {text}")
    return _safe("{\n" + ",\n".join(parts) + "\n}")


def _safe(text: str) -> str:
    """JSON text with unsafe characters escaped; those below 32 are already, but for line breaks between values."""
    if text.isascii():
        return text.replace("\x7f", "\\u007f")
    return re.sub(UNSAFE.pattern.replace("\x00-\x1f", "", 1), _json_escape, text)


def _json_escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"


def _leaf(encoder: json.JSONEncoder) -> Callable[[Any], str]:
    def leaf(value: Any) -> str:
        try:
            return encoder.encode(value)
        except ValueError:
            if not isinstance(value, float):
                raise
            name = "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
            return encoder.encode({"$type": "builtins:float", "$value": name})

    return leaf


def _deep(document: Any, encoder: json.JSONEncoder) -> Iterator[str]:
    """Compact JSON of a document that the standard encoder refuses: nested too deep, or with numbers JSON lacks."""
    leaf = _leaf(encoder)
    tasks: list[Any] = [(document,)]
    while tasks:
        task = tasks.pop()
        if isinstance(task, str):
            yield task
            continue
        value = task[0]
        if isinstance(value, dict):
            parts: list[Any] = ["{"]
            for index, (key, item) in enumerate(value.items()):
                parts += [", " if index else "", leaf(key) + ": ", (item,)]
            tasks.extend(reversed([*parts, "}"]))
        elif isinstance(value, list):
            parts = ["["]
            for index, item in enumerate(value):
                parts += [", " if index else "", (item,)]
            tasks.extend(reversed([*parts, "]"]))
        else:
            yield leaf(value)
