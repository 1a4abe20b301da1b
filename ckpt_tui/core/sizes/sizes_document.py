"""The JSON document of `show --sizes`."""

from __future__ import annotations

from typing import Any

from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.runs.lineage import Node
from ckpt_tui.core.runs.list_document import ref_document
from ckpt_tui.core.shown_names import masked_path
from ckpt_tui.core.sizes.measuring import checkpoint_shares


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
        "paths": [{"path": masked_path(share.path), "type": share.type, "size": share.size} for share in found.paths],
        "types": [{"type": share.type, "count": share.number, "size": share.size} for share in found.types],
    }
