"""A value as a JSON document: the "Decoded values" of the command line's contract (docs/json.md)."""

from __future__ import annotations

from typing import Any

from ckpt_tui.core.budgets import JSON_DEPTH, JSON_NODES, JSON_REPEATS, SHOWN_DEPTH
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.reading.json_limits import LONG_TEXT, NEVER_LONG
from ckpt_tui.core.reading.json_writer import JsonWriter
from ckpt_tui.core.value import Value


def to_json(
    value: Value,
    nodes: int = JSON_NODES,
    depth: int = JSON_DEPTH,
    repeats: int = JSON_REPEATS,
    budget: DocumentBudget | None = None,
) -> Any:
    """The JSON document of a value: dict, list, str, int, float, bool and None only.

    A cycle becomes `{"$ref": path of the first place}`; shared values are repeated. What lies beyond a limit is cut,
    with `{"$error": reason}` in its place.

    Args:
        value: Any value.
        nodes: Values written. A member counts 1, a list or mapping 3 more, other containers 6, an object 8.
        depth: Levels of the document; some containers take two.
        repeats: The cost that repeated shared values may have, in the same unit; 64 characters of text count 1.
        budget: The work left for the whole document that the value is a part of. It replaces `nodes`, is charged for
            what is written, and records whether something was left out. Its document is no deeper than readers of JSON
            go, unless it allows more than the usual.
    """
    if budget is None:
        kind = type(value)
        if (len(value) <= LONG_TEXT) if kind is str else kind in NEVER_LONG:
            return value
        writer = JsonWriter(nodes, depth, repeats)
        holder = {"": writer.run(value)}
        return _finish([(holder, "", writer)])[""]
    return plain_parts({"": value}, depth, repeats, budget)[""]


def plain_parts(
    parts: dict[str, Value],
    depth: int = JSON_DEPTH,
    repeats: int = JSON_REPEATS,
    budget: DocumentBudget | None = None,
) -> dict[str, Any]:
    """The JSON documents of values that share a budget; one that is too large leaves room for the others.

    Args:
        parts: Values by name.
        depth: Levels of each document, as for `to_json`.
        repeats: The cost that repeated shared values may have.
        budget: The work left for all of them.
    """
    budget = DocumentBudget() if budget is None else budget
    depth = min(depth, int(SHOWN_DEPTH * max(budget.factor, 1)))
    nodes = left = budget.nodes()
    documents: dict[str, Any] = {}
    written = []
    for name, value in parts.items():
        writer = JsonWriter(left, depth, int(repeats * budget.repeats), nodes)
        documents[name] = writer.run(value)
        written.append((documents, name, writer))
        left = max(writer.left, 0)
    _finish(written)
    last = written[-1][2] if written else None
    budget.spend_nodes(nodes - (max(last.left, 0) if last is not None else nodes))
    budget.is_cut = budget.is_cut or any(writer.is_cut for _, _, writer in written)
    return documents


def _finish(written: list[tuple[dict[str, Any], str, JsonWriter]]) -> dict[str, Any]:
    """Write the large values that were postponed, each with its share of the rest; returns the documents."""
    if not written:
        return {}
    last = written[-1][2]
    postponed = [job for _, _, writer in written for job in writer.postponed]
    left = max(last.left, 0)
    cut = False
    for done, job in enumerate(postponed):
        share = left // (len(postponed) - done)
        inner = JsonWriter(share, last.depth, last.repeats, last.nodes, job.level, job.prefix)
        job.out[job.key] = inner.run(job.value)
        left -= share - max(inner.left, 0)
        last.repeats = inner.repeats
        # A value postponed again is a part of another one, and gets what that one left.
        for again in inner.postponed:
            rest = max(inner.left, 0)
            part = JsonWriter(rest, last.depth, last.repeats, last.nodes, again.level, again.prefix, is_whole=True)
            again.out[again.key] = part.run(again.value)
            inner.left = part.left
            left -= rest - max(part.left, 0)
            cut = cut or part.is_cut
        cut = cut or inner.is_cut
    last.left = left
    last.is_cut = last.is_cut or cut
    return written[-1][0]
