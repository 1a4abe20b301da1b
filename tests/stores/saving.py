"""Checkpoints for the tests of stores."""

import json
import os
from pathlib import Path
from typing import Any

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.stores.base import Entry

SAMPLE = next((Path(__file__).parent.parent / "data" / "agent-framework" / "1.23.0" / "fork").glob("*.json"))


def save(folder: Path, name: str, **changes: Any) -> Path:
    """Write a checkpoint as the framework does: a temporary file, moved into place."""
    document = json.loads(SAMPLE.read_bytes()) | {"checkpoint_id": name, "previous_checkpoint_id": None} | changes
    temporary = folder / f".maf-ckpt-{name}.tmp"
    temporary.write_text(json.dumps(document, indent=2), encoding="utf-8")
    os.replace(temporary, folder / f"{name}.json")
    return folder / f"{name}.json"


def ref_of(entry: Entry) -> CheckpointRef:
    assert isinstance(entry, CheckpointRef), entry
    return entry
