"""Small checkpoints, made where a test needs them: their headers matter, their values hardly do."""

import json
from pathlib import Path
from typing import Any


def document(checkpoint: str, **changes: Any) -> dict[str, Any]:
    """A sound checkpoint without messages; a change to `...` leaves the member out."""
    members: dict[str, Any] = {
        "workflow_name": "flow", "graph_signature_hash": "f" * 64, "checkpoint_id": checkpoint,
        "previous_checkpoint_id": None, "timestamp": "2026-11-20T10:00:00.000001+00:00", "messages": {}, "state": {},
        "pending_request_info_events": {}, "iteration_count": 0, "metadata": {}, "version": "1.0",
    } | changes  # fmt: skip
    return {key: value for key, value in members.items() if value is not ...}


def write(directory: Path, name: str, **changes: Any) -> Path:
    """A checkpoint file; its id is its name unless `checkpoint_id` says otherwise."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{name}.json"
    path.write_text(json.dumps(document(name, **changes), indent=2, ensure_ascii=False), encoding="utf-8")
    return path


def write_chain(directory: Path, *names: str, **changes: Any) -> None:
    """Checkpoints that follow each other, a second apart."""
    for number, name in enumerate(names):
        write(
            directory, name, previous_checkpoint_id=names[number - 1] if number else None, iteration_count=number,
            timestamp=f"2026-11-20T10:00:{number:02}.000001+00:00", **changes,
        )  # fmt: skip
