"""Checkpoint files for benchmarks."""

from __future__ import annotations

import base64
from typing import Any


def checkpoint(data: bytes) -> dict[str, Any]:
    """A checkpoint whose state holds a pickle."""
    return {
        "workflow_name": "bomb", "graph_signature_hash": "", "checkpoint_id": "bomb", "previous_checkpoint_id": None,
        "timestamp": "2026-03-01T08:00:00+00:00", "messages": {},
        "state": {"bomb": {"__pickled__": base64.b64encode(data).decode(), "__type__": "a:B"}},
        "pending_request_info_events": {}, "iteration_count": 0, "metadata": {}, "version": "1.0",
    }  # fmt: skip
