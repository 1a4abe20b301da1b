"""The text for an empty store: what will appear, and the code that makes a workflow write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ckpt_tui.tui.widgets.text_lines import Paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence

_FOLDERS = 6
"""Directories that are named."""


def waiting_paragraphs(
    path: str, missing: bool, kind: str = "", folders: Sequence[str] = (), near: str = ""
) -> list[Paragraph]:
    """The text for a directory that is missing or has no checkpoints, or for a storage in memory.

    Args:
        path: The directory.
        missing: Whether it is missing.
        kind: The kind of store.
        folders: Names of the directories in it, one of which may be meant.
        near: A path whose name is nearly the same, which may be meant; "" for none.
    """
    if kind == "memory":
        return [
            Paragraph(f"{path} holds no checkpoints of this workflow yet.", "heading"),
            Paragraph("They appear here by themselves as soon as the workflow saves them.\n"),
            Paragraph("The workflow's name must be the one that its checkpoints carry.", "dim"),
        ]
    first = f"{path} does not exist yet." if missing else f"{path} holds no checkpoints yet."
    # Short lines: a narrow pane breaks none of them, so that they can be copied.
    code = [
        "from agent_framework import FileCheckpointStorage",
        "from agent_framework import WorkflowBuilder",
        "",
        "storage = FileCheckpointStorage(",
        f"    {path!r},",
        ")",
        "workflow = WorkflowBuilder(",
        "    start_executor=start,",
        "    checkpoint_storage=storage,",
        ").build()",
    ]
    below = [Paragraph(f"Did you mean {near}?", "label")] if near else []
    if folders:
        names = ", ".join(folders[:_FOLDERS]) + (" …" if len(folders) > _FOLDERS else "")
        below = [Paragraph(f"No store here, nor one level below. Directories in it: {names}", "label")]
    return [
        Paragraph(first, "heading"),
        *below,
        Paragraph("Checkpoints appear here by themselves as soon as a workflow writes them.\n"),
        Paragraph("A workflow writes them with:\n", "dim"),
        *(Paragraph(line, "text", 4) for line in code),
        Paragraph("\nNo workflow at hand? `ckpt-tui demo` opens a sample store with a run that goes on.", "dim"),
    ]
