"""The JSON document of `show`."""

from __future__ import annotations

from typing import Any

from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.reading.pending import requests
from ckpt_tui.core.reading.to_json import plain_parts
from ckpt_tui.core.redact import masked
from ckpt_tui.core.runs.lineage import Node
from ckpt_tui.core.runs.list_document import ref_document

_PARTS = ("messages", "state", "pending", "metadata")


def show_document(
    checkpoint: Checkpoint,
    run: str | None = None,
    node: Node | None = None,
    reveal: bool = False,
    budget: DocumentBudget | None = None,
) -> dict[str, Any]:
    """The document of `show --json`; secrets are masked unless `reveal`.

    Values beyond the `budget` (None for the usual) are cut, and `complete` is false then.
    """
    budget = DocumentBudget() if budget is None else budget
    document: dict[str, Any] = {
        "schema": "ckpt-tui/show@1",
        "checkpoint": ref_document(checkpoint.ref, run, node),
        **plain_parts({part: getattr(checkpoint, part) for part in _PARTS}, budget=budget),
        "complete": not budget.is_cut,
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
        for part in _PARTS:
            document[part] = masked(document[part])
    return document
