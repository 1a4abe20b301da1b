"""The JSON documents of `ls` and `show`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ckpt_tui.core.lineage import Node, Run
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem
from ckpt_tui.core.pending import requests
from ckpt_tui.core.plain import plain
from ckpt_tui.core.redact import masked
from ckpt_tui.core.text import UNSAFE


def ref_document(ref: CheckpointRef, run: str | None = None, node: Node | None = None) -> dict[str, Any]:
    """A checkpoint as an entry of `ls`."""
    document: dict[str, Any] = {
        "id": ref.id, "file": ref.file, "workflow": ref.workflow, "run": run, "parent": ref.parent,
        "timestamp": ref.utc, "iteration": ref.iteration, "size": ref.size, "role": ref.role, "status": ref.status,
        "messages": ref.facts.messages if ref.facts else None, "pending": ref.facts.pending if ref.facts else None,
        "graph": ref.graph,
    }  # fmt: skip
    if node is not None and node.guessed:
        document["guessed_parent"] = node.parent
    notes = [text for text in (ref.note, node.odd if node else "") if text]
    if notes:
        document["notes"] = notes
    return document


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
    """JSON text that no terminal obeys: unsafe characters are written as escapes, at any depth of nesting."""
    import json

    try:
        text = json.dumps(document, ensure_ascii=False, indent=indent, allow_nan=False)
    except RecursionError:
        text = "".join(_deep(document, json.JSONEncoder(ensure_ascii=False).encode))
    return UNSAFE.sub(_json_escape, text)


def _json_escape(match: re.Match[str]) -> str:
    char = match[0]
    if char == "\n":  # between values; inside a text it is already escaped
        return char
    code = ord(char)
    if code > 0xFFFF:
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"


def _deep(document: Any, leaf: Any) -> Iterable[str]:
    """Compact JSON of a document nested too deep for the standard encoder."""
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
