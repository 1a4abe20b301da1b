"""Findings on how the checkpoints of a store follow each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ckpt_tui.core.doctor.severity import Finding
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.lineage import Node, arrange
from ckpt_tui.core.runs.parents import MISSING
from ckpt_tui.core.runs.workflow_names import is_unnamed
from ckpt_tui.core.terms import GRAPH_TERMS, terms_of


def broken_chains(refs: Iterable[CheckpointRef]) -> list[Finding]:
    """Parents that are missing, guessed or impossible, and iterations without a checkpoint."""
    nodes = {node.ref.id: node for run in arrange(refs) for node in run.nodes}
    return [finding for node in nodes.values() for finding in _chain(node, nodes)]


def _chain(node: Node, nodes: dict[str, Node]) -> Iterator[Finding]:
    ref = node.ref
    saves_each_step = terms_of(ref) is not GRAPH_TERMS  # LangGraph keeps the last one alone with durability="exit"
    if node.irregular == MISSING:
        reason = f"its parent {ref.parent} is not in the store"
        yield Finding("missing-parent", "warning", ref.file, "", reason, "Restore the parent, if it was not pruned.")
    elif node.irregular:
        kind = "self-parent" if ref.parent in (ref.id, ref.inner) else "cycle"
        yield Finding(
            kind, "warning", ref.file, "", node.irregular, "Restore the file from a copy: no version writes this."
        )
    if node.parent is None:
        if ref.iteration > 0 and not node.irregular and saves_each_step and not _asks_at_once(ref):
            reason = f"the run begins at iteration {ref.iteration:,}; its earlier checkpoints are missing"
            yield Finding(
                "late-start", "info", ref.file, "", reason, "Restore its first checkpoints, if they were lost."
            )
        return
    if node.guessed and not ref.chain:
        reason = f"the file names no parent; {node.parent} is the likely one"
        of_dotnet = ref.store_metadata is not None and ref.store_metadata.run
        fix = f"Agent Framework {'for .NET 1.0.0-rc1' if of_dotnet else '1.10'} and later write the parent."
        yield Finding("guessed-parent", "info", ref.file, "", reason, fix)
    lost = ref.iteration - nodes[node.parent].ref.iteration - 1
    if lost > 0 and saves_each_step and not _went_elsewhere(ref, nodes, node.parent):
        reason = f"{lost:,} iteration{'s' if lost > 1 else ''} without a checkpoint between {node.parent} and this one"
        fix = "The framework logs a warning when it cannot save; look for a value that it cannot write."
        yield Finding("hole", "warning", ref.file, "", reason, fix)


def _asks_at_once(ref: CheckpointRef) -> bool:
    """Whether a run may begin at iteration 1: before a first executor that only asks, there is nothing to save."""
    return ref.iteration == 1 and ref.facts is not None and ref.facts.pending > 0


def _went_elsewhere(ref: CheckpointRef, nodes: dict[str, Node], parent: str) -> bool:
    """Whether the iterations that seem to be missing belong to another branch.

    A run of .NET that is restored to an earlier checkpoint goes on counting.
    """
    run = ref.store_metadata.run if ref.store_metadata is not None else ""
    if not run:
        return False
    others = {
        node.ref.iteration
        for node in nodes.values()
        if node.ref.store_metadata is not None and node.ref.store_metadata.run == run
    }
    return all(number in others for number in range(nodes[parent].ref.iteration + 1, ref.iteration))


def changed_graphs(refs: Iterable[CheckpointRef]) -> Iterator[Finding]:
    """Workflows with checkpoints of more than one graph: a workflow resumes those of its own graph only."""
    newest: dict[str, dict[str, CheckpointRef]] = {}
    for ref in refs:
        if not is_unnamed(ref.workflow) and not ref.chain:
            graphs = newest.setdefault(ref.workflow, {})
            if ref.graph not in graphs or graphs[ref.graph].when < ref.when:
                graphs[ref.graph] = ref
    for workflow, graphs in newest.items():
        if len(graphs) > 1:
            last = max(graphs.values(), key=lambda ref: (ref.when, ref.id))
            reason = f"{workflow} has checkpoints of {len(graphs):,} graphs; this is the newest one of the newest graph"
            fix = "Resume each checkpoint with the version of the code that wrote it."
            yield Finding("graph-changed", "info", last.file, "", reason, fix)
