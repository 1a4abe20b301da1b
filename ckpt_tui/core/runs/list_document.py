"""The JSON document of `ls`, and a checkpoint as an entry of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ckpt_tui.core.model import CheckpointRef, Problem, StoreMetadata
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.shown_names import masked_name
from ckpt_tui.core.times import is_possible


def ref_document(ref: CheckpointRef, run: str | None = None, node: Node | None = None) -> dict[str, Any]:
    """A checkpoint as an entry of `ls`."""
    facts = ref.facts
    document: dict[str, Any] = {
        "id": masked_name(ref.id), "file": masked_name(ref.file), "workflow": masked_name(ref.workflow),
        "run": run and masked_name(run), "parent": ref.parent and masked_name(ref.parent),
        "timestamp": _utc(ref), "iteration": ref.iteration, "size": ref.size,
        "role": None, "status": None, "messages": None, "pending": None, "graph": ref.graph,
    }  # fmt: skip
    if facts is not None:
        document["role"], document["status"] = ref.role, ref.status
        document["messages"], document["pending"] = facts.messages, facts.pending
    if ref.store_metadata is not None:
        document |= _store_metadata(ref.store_metadata)
    irregular = node.irregular if node is not None else ""
    if node is not None and node.guessed:
        document["guessed_parent"] = node.parent and masked_name(node.parent)
    if ref.note or irregular:
        document["notes"] = [text for text in (ref.note, irregular) if text]
    return document


def _store_metadata(given: StoreMetadata) -> dict[str, Any]:
    """The metadata of a store; empty members are left out."""
    document: dict[str, Any] = {}
    if given.title:
        document["title"] = given.title
    if given.label:
        document["label"] = given.label
    if given.step is not None:
        document["step"] = given.step
    if given.ran is not None:
        document["executors"] = [masked_name(name) for name in given.ran]
    if given.above:
        document["part_of"] = masked_name(given.above)
    if given.store:
        document["store"] = given.store
    return document


def _utc(ref: CheckpointRef) -> str:
    text = ref.timestamp
    # As the framework writes it; the longer way through a date costs as much as the rest of an entry.
    if len(text) == 32 and text.endswith("+00:00") and text[10] == "T" and text[19] == "." and is_possible(ref.when):
        return text[:26] + "Z"
    return ref.utc


def problem_document(problem: Problem) -> dict[str, Any]:
    """A problem as an entry of `ls`."""
    return {"file": masked_name(problem.file), "reason": masked_name(problem.reason), "kind": problem.kind}


def ls_document(
    kind: str,
    path: str,
    runs: Sequence[Run],
    problems: Iterable[Problem],
    stores: Sequence[tuple[str, str, str]] = (),
    forks: Sequence[tuple[str, str]] = (),
    beside: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """The document of `ls --json`.

    Args:
        kind: The kind of the store.
        path: Where it is, as it was named.
        runs: Its runs.
        problems: Files that should be checkpoints and cannot be shown as one.
        stores: Name, kind and path of each of several stores that are shown as one list.
        forks: Name and path of each directory of forks that is shown with the store.
        beside: Name and description of everything else that is beside the checkpoints and is recognised.
    """
    several = [{"name": name, "kind": one, "path": where} for name, one, where in stores]
    return {
        "schema": "ckpt-tui/ls@1",
        "store": {"kind": kind, "path": path}
        | ({"stores": several} if several else {})
        | ({"forks": [{"name": name, "path": where} for name, where in forks]} if forks else {}),
        "checkpoints": [ref_document(node.ref, run.id, node) for run in runs for node in run.nodes],
        "problems": [problem_document(problem) for problem in sorted(problems, key=lambda problem: problem.file)],
    } | ({"beside": [{"name": name, "what": what} for name, what in beside]} if beside else {})
