"""The document of `diff --json`."""

from __future__ import annotations

from typing import Any, TypeAlias

from ckpt_tui.core.diff.changes import Change, Difference
from ckpt_tui.core.diff.divergence import CommonAncestor, Divergence
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.redact import EVERYTHING, mask_all
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.list_document import ref_document
from ckpt_tui.core.shown_names import masked_path

Unmasked: TypeAlias = tuple[dict[str, Any], str, int]
"""A member of a document that is still to be masked: the document, its name, and how far it is a secret."""

_BEFORE, _AFTER = ("removed", "changed"), ("added", "changed", "moved")
"""Changes that have a value before, and after."""

_VALUES = 0.5
"""The part of the work for one document that the values of a diff may take: two are decoded and compared besides."""


def diff_document(
    a: dict[str, Any],
    b: dict[str, Any],
    difference: Difference,
    ignore: IgnoreRules,
    reveal: bool = False,
    query: str = "",
) -> dict[str, Any]:
    """The document of `diff --json`; secrets are masked unless `reveal`.

    Args:
        a: The first checkpoint, as an entry of `ls`.
        b: The second one.
        difference: What changed.
        ignore: The rules that were on.
        reveal: Show secrets.
        query: An expression that both documents were made with, in front of each path; "" for none.
    """
    by_rule = difference.by_rule
    # All values together: a bomb that shows up as a hundred changes would be written a hundred times.
    budget = DocumentBudget(_VALUES)
    budget.read(int(a.get("size") or 0) + int(b.get("size") or 0))
    unmasked: list[Unmasked] = []
    document: dict[str, Any] = {
        "schema": "ckpt-tui/diff@1",
        "a": a,
        "b": b,
        "changes": [change_document(change, reveal, query, budget, unmasked) for change in difference.shown],
        "ignored": difference.ignored,
        "rules": [{"name": rule.name, "ignored": by_rule.get(rule.name, 0)} for rule in ignore.rules],
    }
    mask_all(unmasked)
    if difference.incomplete or budget.is_cut:
        document["incomplete"] = difference.incomplete or "values are cut where they are too large to be written"
    return document


def change_document(
    change: Change, reveal: bool = False, query: str = "", budget: DocumentBudget | None = None,
    unmasked: list[Unmasked] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """One change: `before` and `after` where there is one, `from` where it was elsewhere in the first document.

    The `budget` pays for the values; None writes each within the usual limits. Values that are still to be masked are
    added to `unmasked`; without it, they are masked at once.
    """
    document: dict[str, Any] = {"op": change.op, "path": _place(change.path, query, reveal)}
    values: list[Unmasked] = []
    for name, ops, value in (("before", _BEFORE, change.before), ("after", _AFTER, change.after)):
        if change.op in ops:
            document[name] = to_json(value, budget=budget)
            values.append((document, name, min(change.secrecy, EVERYTHING)))
    if not reveal and unmasked is None:
        mask_all(values)
    elif not reveal and unmasked is not None:
        unmasked += values
    if change.source is not None:
        document["from"] = _place(change.source, query, reveal)
    return document


def _place(path: tuple[int | str, ...], query: str, reveal: bool) -> str:
    text = masked_path(path, reveal)
    if not query:
        return text
    return query if not path else f"{query} | {text}"


def fork_document(found: CommonAncestor, parted: Divergence | None, run: Run, reveal: bool = False) -> dict[str, Any]:
    """Where two branches part: the common ancestor, the first step that differs, and the first path in it."""

    def ref(node: Node) -> dict[str, Any]:
        return ref_document(node.ref, run.id, node)

    document: dict[str, Any] = {
        "ancestor": None if found.ancestor is None else ref(found.ancestor),
        "steps": [len(found.first), len(found.second)],
        "step": None,
    }
    if parted is not None:
        first = parted.difference.shown[0]
        document |= {
            "step": parted.step, "a": ref(parted.first), "b": ref(parted.second),
            "path": masked_path(first.path, reveal), "change": change_document(first, reveal),
            "changes": len(parted.difference.shown),
        }  # fmt: skip
    return document
