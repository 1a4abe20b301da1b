"""What an empty store says: what would appear, and the line of code that makes it appear."""

from __future__ import annotations

from ckpt_tui.tui.widgets.text_lines import Paragraph


def waiting_paragraphs(path: str, missing: bool, kind: str = "") -> list[Paragraph]:
    """The text for a directory that is missing or has no checkpoints, or for a storage in memory."""
    if kind == "memory":
        return [
            Paragraph(f"{path} holds no checkpoints of this workflow yet.", "heading"),
            Paragraph("They appear here by themselves as soon as the workflow saves them.\n"),
            Paragraph("The workflow's name must be the one that its checkpoints carry.", "dim"),
        ]
    first = f"{path} does not exist yet." if missing else f"{path} holds no checkpoints yet."
    code = [
        "from agent_framework import FileCheckpointStorage, WorkflowBuilder",
        "",
        f"storage = FileCheckpointStorage({path!r})",
        "workflow = WorkflowBuilder(start_executor=start, checkpoint_storage=storage).build()",
    ]
    return [
        Paragraph(first, "heading"),
        Paragraph("Checkpoints appear here by themselves as soon as a workflow writes them.\n"),
        Paragraph("A workflow writes them with:\n", "dim"),
        *(Paragraph(line, "text", 4) for line in code),
        Paragraph("\nNo workflow at hand? `ckpt-tui demo` opens a sample store with a run that goes on.", "dim"),
    ]
