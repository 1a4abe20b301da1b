"""Bytes of Agent Framework's files, and what is read from them, for the tests of headers and of whole files."""

import json
from pathlib import Path
from typing import Any

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.stores.agent_framework import entry_from_bytes
from ckpt_tui.stores.headers import HEAD_BYTES, TAIL_BYTES, header_from_ends

DATA = Path(__file__).parent.parent / "data"
SAMPLES = sorted((DATA / "agent-framework").glob("*/*/*.json"))
HOSTILE = DATA / "hostile"
ONE = next((DATA / "agent-framework" / "1.23.0" / "hitl_pending").glob("*.json"))


def ends(data: bytes, name: str) -> CheckpointRef | None:
    """The header that both ends of a file give."""
    if len(data) <= HEAD_BYTES + TAIL_BYTES:
        return header_from_ends(name, data, b"", len(data))
    return header_from_ends(name, data[:HEAD_BYTES], data[-TAIL_BYTES:], len(data))


def whole(data: bytes, name: str = "x.json") -> CheckpointRef:
    """The header that the whole of a file gives."""
    entry = entry_from_bytes(name, data)
    assert isinstance(entry, CheckpointRef), entry
    return entry


def document(**changes: Any) -> dict[str, Any]:
    """A checkpoint as JSON, with members changed."""
    found: dict[str, Any] = json.loads(ONE.read_bytes())
    return found | changes


def written(value: Any) -> bytes:
    """As the framework writes it."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass")
