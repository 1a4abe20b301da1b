"""The workflow of a checkpoint, as a key and as a name."""

from __future__ import annotations

from ckpt_tui.core.model import CheckpointRef

_UNNAMED = "WorkflowBuilder-"
"""The name that the framework makes up for a workflow without one, before a random UUID."""


def workflow_key(ref: CheckpointRef) -> str:
    """A key that the runs of one workflow share: its name, or its graph when the framework made up the name."""
    if ref.chain:
        return f"chain {ref.chain}"
    if ref.store_metadata is not None and ref.store_metadata.run:
        return f"run {ref.store_metadata.run}"
    return f"graph {ref.graph}" if is_unnamed(ref.workflow) else ref.workflow


def workflow_label(ref: CheckpointRef) -> str:
    """The workflow's name for people."""
    if ref.store_metadata is not None and ref.store_metadata.title:
        return ref.store_metadata.title
    return label_of(ref.workflow, ref.graph)


def label_of(workflow: str, graph: str) -> str:
    """A workflow's name for people, by the name in the file and the hash of its graph."""
    return f"unnamed {graph[:8]}" if is_unnamed(workflow) else workflow


def is_unnamed(name: str) -> bool:
    """Whether the framework made up the name: a builder without a name writes a new random one for each instance."""
    if not name.startswith(_UNNAMED):
        return not name
    number = name.removeprefix(_UNNAMED)
    return len(number) == 36 and set(number) <= set("0123456789abcdef-")
