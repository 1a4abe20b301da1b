"""The JSON documents of `ls` and `show`, and JSON text that no terminal obeys (`ckpt_tui.core.json_text`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ckpt_tui.core.json_text import dumps, dumps_lines, pieces, quoted, safe
from ckpt_tui.core.lineage import Node, Run
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem, Told

if TYPE_CHECKING:
    from ckpt_tui.core.allowance import Allowance

__all__ = [
    "dumps", "dumps_lines", "ls_document", "ls_pieces", "pieces", "ref_document", "show_document", "sizes_document",
]  # fmt: skip


def ref_document(ref: CheckpointRef, run: str | None = None, node: Node | None = None) -> dict[str, Any]:
    """A checkpoint as an entry of `ls`."""
    facts = ref.facts
    document: dict[str, Any] = {
        "id": ref.id, "file": ref.file, "workflow": ref.workflow, "run": run, "parent": ref.parent,
        "timestamp": _utc(ref), "iteration": ref.iteration, "size": ref.size,
        "role": None, "status": None, "messages": None, "pending": None, "graph": ref.graph,
    }  # fmt: skip
    if facts is not None:
        document["role"], document["status"] = ref.role, ref.status
        document["messages"], document["pending"] = facts.messages, facts.pending
    if ref.told is not None:
        document |= _told(ref.told)
    odd = node.odd if node is not None else ""
    if node is not None and node.guessed:
        document["guessed_parent"] = node.parent
    if ref.note or odd:
        document["notes"] = [text for text in (ref.note, odd) if text]
    return document


def _told(told: Told) -> dict[str, Any]:
    """What a store says itself; members that say nothing are left out."""
    document: dict[str, Any] = {}
    if told.title:
        document["title"] = told.title
    if told.label:
        document["label"] = told.label
    if told.step is not None:
        document["step"] = told.step
    if told.ran is not None:
        document["executors"] = list(told.ran)
    if told.above:
        document["part_of"] = told.above
    if told.store:
        document["store"] = told.store
    return document


def _utc(ref: CheckpointRef) -> str:
    text = ref.timestamp
    # As the framework writes it; the longer way through a date costs as much as the rest of an entry.
    if len(text) == 32 and text.endswith("+00:00") and text[10] == "T" and text[19] == "." and ref.when:
        return text[:26] + "Z"
    return ref.utc


def ls_document(
    kind: str,
    path: str,
    runs: Sequence[Run],
    problems: Iterable[Problem],
    stores: Sequence[tuple[str, str, str]] = (),
) -> dict[str, Any]:
    """The document of `ls --json`; `stores` are name, kind and path of each of several that are shown as one list."""
    several = [{"name": name, "kind": one, "path": where} for name, one, where in stores]
    return {
        "schema": "ckpt-tui/ls@1",
        "store": {"kind": kind, "path": path} | ({"stores": several} if several else {}),
        "checkpoints": [ref_document(node.ref, run.id, node) for run in runs for node in run.nodes],
        "problems": [
            {"file": problem.file, "reason": problem.reason, "kind": problem.kind}
            for problem in sorted(problems, key=lambda problem: problem.file)
        ],
    }


def ls_pieces(
    kind: str,
    path: str,
    runs: Sequence[Run],
    problems: Iterable[Problem],
    stores: Sequence[tuple[str, str, str]] = (),
) -> Iterator[str]:
    """The text of `ls --json`, that of `dumps_lines(ls_document(…))`, in pieces.

    Takes a quarter of the time where nothing but headers is known.
    """
    around = dumps_lines(ls_document(kind, path, (), problems, stores))
    if not runs:
        yield around
        return
    before, after = around.split(_NO_CHECKPOINTS, 1)
    yield before + _NO_CHECKPOINTS[:-1]
    line = "\n    "
    for run in runs:
        yield safe(line + ",\n    ".join(_entry_texts(run)))
        line = ",\n    "
    yield "\n  ]" + after


_NO_CHECKPOINTS = '\n  "checkpoints": []'
"""Stands once in the text of `ls`: no text of JSON holds a line break."""


def _entry_texts(run: Run) -> list[str]:
    out = []
    same: dict[str, str] = {text: quoted(text) for node in run.nodes for text in (node.ref.workflow, node.ref.graph)}
    named = quoted(run.id)
    for node in run.nodes:
        ref = node.ref
        # A member after the other by its name takes half as long again.
        name, file, workflow, graph, parent, _, _, iteration, size, facts, note, _, _, _, told = ref
        if facts is not None or told is not None or note or node.odd or node.guessed:
            out.append(dumps(ref_document(ref, run.id, node), indent=None))
            continue
        out.append(  # what `ref_document` makes of a header
            f'{{"id": {quoted(name)}, "file": {quoted(file)}, "workflow": {same[workflow]}, "run": {named}, '
            f'"parent": {"null" if parent is None else quoted(parent)}, "timestamp": {quoted(_utc(ref))}, '
            f'"iteration": {iteration}, "size": {size}, "role": null, "status": null, "messages": null, '
            f'"pending": null, "graph": {same[graph]}}}'
        )
    return out


def show_document(
    checkpoint: Checkpoint,
    run: str | None = None,
    node: Node | None = None,
    reveal: bool = False,
    allowance: Allowance | None = None,
) -> dict[str, Any]:
    """The document of `show --json`; secrets are masked unless `reveal`.

    What is beyond the `allowance` (None for the usual) is cut, and `complete` is false then.
    """
    from ckpt_tui.core.allowance import Allowance
    from ckpt_tui.core.pending import requests
    from ckpt_tui.core.plain import plain
    from ckpt_tui.core.redact import masked

    allowance = Allowance() if allowance is None else allowance
    document: dict[str, Any] = {
        "schema": "ckpt-tui/show@1",
        "checkpoint": ref_document(checkpoint.ref, run, node),
        **{
            part: plain(getattr(checkpoint, part), allowance=allowance)
            for part in ("messages", "state", "pending", "metadata")
        },
        "complete": not allowance.is_cut,
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
        for part in ("messages", "state", "pending", "metadata"):
            document[part] = masked(document[part])
    return document


def sizes_document(
    checkpoint: Checkpoint, run: str | None = None, node: Node | None = None, allowance: Allowance | None = None
) -> dict[str, Any]:
    """The document of `show --sizes --json`; `complete` is false where the `allowance` was used up."""
    from ckpt_tui.core.paths import expression
    from ckpt_tui.core.shares import checkpoint_shares

    found = checkpoint_shares(checkpoint, allowance=allowance)
    return {
        "schema": "ckpt-tui/sizes@1",
        "checkpoint": ref_document(checkpoint.ref, run, node),
        "total": found.total,
        "complete": found.complete and not (allowance is not None and allowance.is_cut),
        "paths": [{"path": expression(share.path), "type": share.type, "size": share.size} for share in found.paths],
        "types": [{"type": share.type, "count": share.number, "size": share.size} for share in found.types],
    }
