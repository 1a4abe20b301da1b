"""The JSON documents of `show`, and JSON text that no terminal obeys (`ckpt_tui.core.json_text`)."""

from __future__ import annotations

from typing import Any

from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.json_text import dumps, dumps_lines, pieces
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.paths import expression
from ckpt_tui.core.reading.pending import requests
from ckpt_tui.core.reading.to_json import plain_parts
from ckpt_tui.core.redact import masked
from ckpt_tui.core.runs.lineage import Node
from ckpt_tui.core.runs.list_document import ref_document
from ckpt_tui.core.sizes.shares import checkpoint_shares

_PARTS = ("messages", "state", "pending", "metadata")

__all__ = ["dumps", "dumps_lines", "pieces", "show_document", "sizes_document"]


def show_document(
    checkpoint: Checkpoint,
    run: str | None = None,
    node: Node | None = None,
    reveal: bool = False,
    budget: DocumentBudget | None = None,
) -> dict[str, Any]:
    """The document of `show --json`; secrets are masked unless `reveal`.

    What is beyond the `budget` (None for the usual) is cut, and `complete` is false then.
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


def sizes_document(
    checkpoint: Checkpoint, run: str | None = None, node: Node | None = None, budget: DocumentBudget | None = None
) -> dict[str, Any]:
    """The document of `show --sizes --json`; `complete` is false where the `budget` was used up."""
    found = checkpoint_shares(checkpoint, budget=budget)
    return {
        "schema": "ckpt-tui/sizes@1",
        "checkpoint": ref_document(checkpoint.ref, run, node),
        "total": found.total,
        "complete": found.complete and not (budget is not None and budget.is_cut),
        "paths": [{"path": expression(share.path), "type": share.type, "size": share.size} for share in found.paths],
        "types": [{"type": share.type, "count": share.number, "size": share.size} for share in found.types],
    }
