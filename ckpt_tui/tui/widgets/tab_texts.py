"""The texts in the tabs of a checkpoint: its conversation, its file, and the titles of tabs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from ckpt_tui.core.shown_names import masked_path, shown_name, shown_path
from ckpt_tui.core.terms import numbered
from ckpt_tui.tui.widgets.fitting import fit_end
from ckpt_tui.tui.widgets.tabs import Tab

if TYPE_CHECKING:
    from ckpt_tui.core.diff.changes import Difference
    from ckpt_tui.core.reading.conversation import Conversation

from ckpt_tui.core.documents.structured_secrets import hidden_texts
from ckpt_tui.core.masked_lines import masked_lines
from ckpt_tui.core.model import Checkpoint, has_file_time
from ckpt_tui.core.reading.pending import requests
from ckpt_tui.core.reading.tree import Tree
from ckpt_tui.core.reading.typenames import short_type
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.tui.widgets.text_lines import Paragraph

TABS = ("overview", "state", "talk", "diff", "graph", "file")

FILE_VIEWS = ("meta", "size", "raw")
"""The views in the tab of the file."""

VIEWS = (*TABS[:-1], *FILE_VIEWS)
"""All of these views, in their order."""

COUNTED = ("talk", "diff")
"""Tabs that show a count."""

SHOWN_TURNS = 2_000
"""Turns of a conversation that are shown, the latest; earlier ones are counted."""

RAW_BYTES = 4_000_000
"""Bytes of a file that the raw view shows; a pager shows the rest."""

_ROLE_STYLES = {"user": "label", "assistant": "text", "system": "dim", "tool": "number"}


def part_text(tree: Tree, room: int) -> str:
    """The path of the value whose rows are shown, in this many cells, cut at its beginning; "" where all rows are."""
    row = tree.top_row
    if row is None:
        return ""
    path, levels = shown_path(tree.path(row)), f" · {tree.top.depth:,} level{'s' * (tree.top.depth > 1)} down · < back "
    room = max(room - len(levels) - 8, 8)
    return f" below {fit_end(path, room)}{levels}"


def are_alike(one: Checkpoint | None, other: Checkpoint | None) -> bool:
    """Whether there are two checkpoints of the same workflow, so that folds of one fit the other."""
    return one is not None and other is not None and one.ref.workflow == other.ref.workflow


def conversation_paragraphs(talk: Conversation, reveal: bool = True) -> list[Paragraph]:
    """A conversation as text: each turn with its speaker to the left, `+` before those that are new."""
    out: list[Paragraph] = []
    if not talk.turns:
        out.append(Paragraph("Nothing was said: no messages in flight, no conversation in any state.", "dim"))
    for path, number in talk.repeated:
        out.append(Paragraph(f"{number:,} messages of {masked_path(path)} appear twice, by their ids.", "error"))
    if len(talk.turns) > SHOWN_TURNS:
        out.append(Paragraph(f"… {len(talk.turns) - SHOWN_TURNS:,} earlier turns", "dim"))
    shown = talk.turns[-SHOWN_TURNS:]
    marks = any(turn.is_new for turn in shown)
    width = min(max((len(turn.speaker) for turn in shown), default=4), 22) + (4 if marks else 2)
    for turn in shown:
        sign = ("+ " if turn.is_new else "  ") if marks else ""
        lead = sign + shown_name(turn.speaker, width - len(sign) - 2)
        style = _ROLE_STYLES.get(turn.role, "label")
        if turn.text:
            text = turn.text if reveal else masked_text(turn.text)
            out.append(Paragraph(text, "plain" if turn.role != "system" else "dim", width, lead, style))
            lead = ""
        for extra in turn.extras:
            line = extra if reveal else masked_text(extra)
            out.append(Paragraph(f"▹ {line}", "accent", width, lead, style))
            lead = ""
        if turn.note:
            out.append(
                Paragraph(f"  ‖ {turn.note}" if turn.note.startswith("waits") else f"  ▸ {turn.note}", "dim", width)
            )
    if talk.unread:
        places = ", ".join(masked_path(path) for path in talk.unread[:3])
        out.append(Paragraph(f"Not read, because it is large: {places}. Unfold it in its tab.", "dim"))
    if talk.is_cut:
        out.append(Paragraph("Only the first part of this checkpoint was searched for conversations.", "dim"))
    if talk.lacks_steps:
        text = "More was said in this run than is kept: of some steps, only what executors keep of them is shown."
        out.append(Paragraph(text, "dim"))
    return out


def raw_paragraphs(raw: bytes, reveal: bool = True) -> list[Paragraph]:
    """The lines of a file, secrets masked unless they are to be shown."""
    text = raw[:RAW_BYTES].decode("utf-8", "backslashreplace")
    lines = text.split("\n")
    out = [Paragraph(line) for line in (lines if reveal else masked_lines(lines, hidden_texts(raw)))]
    if len(raw) > RAW_BYTES:
        out.append(Paragraph(f"… {len(raw) - RAW_BYTES:,} more bytes; o opens the file in $PAGER", "dim"))
    return out


def meta_value(checkpoint: Checkpoint, alarms: tuple[str, ...] = ()) -> dict[str, object]:
    """Further facts about a checkpoint, as a value."""
    ref = checkpoint.ref
    time = f"{ref.utc} (time of the file, not of the run)" if has_file_time(ref) else ref.utc
    value: dict[str, object] = {
        "id": ref.id, "file": ref.file, "workflow": ref.workflow, "graph": ref.graph, "parent": ref.parent,
        "timestamp": time, "iteration": ref.iteration, "size": ref.size, "role": ref.role, "status": ref.status,
        "metadata": checkpoint.metadata,
    }  # fmt: skip
    if checkpoint.warnings or checkpoint.faults or alarms:
        value["warnings"] = [*alarms, *checkpoint.warnings, *checkpoint.faults]
    asked = requests(checkpoint.pending)
    if asked:
        value["requests"] = {
            request.id: f"{request.executor} asks {short_type(request.request_type)},"
            f" expects {request.response_type or 'any answer'}"
            for request in asked
        }
    return value


def title_of(checkpoint: Checkpoint | None, alarms: Sequence[str] = ()) -> Content:
    """The title above the tabs: the checkpoint, and a sign of faults."""
    if checkpoint is None:
        return Content("")
    ref = checkpoint.ref
    own_step = ref.store_metadata is not None and ref.store_metadata.step is not None
    count = f"step {ref.step}" if own_step else numbered(ref)
    text = f"{id_text(ref)} · {count} · {ref.role}"
    if any(alarm.startswith("danger") for alarm in alarms):
        return Content.assemble(text, (" · ✗ danger, see File", "$error"))
    return Content(f"{text} · ! see File" if checkpoint.warnings or checkpoint.faults or alarms else text)


def tabs_of(talk: Conversation | None, difference: Difference | None) -> tuple[Tab, ...]:
    """The tabs of a checkpoint, with the numbers of turns and of changes, as far as known."""
    counts = {
        "talk": len(talk.turns) if talk is not None else None,
        "diff": len(difference.shown) if difference else None,
    }
    return tuple(Tab(name, name.capitalize(), counts.get(name)) for name in TABS)


def file_tabs() -> tuple[Tab, ...]:
    """The views of the file, as a line of tabs below the tabs."""
    return tuple(Tab(name, name.capitalize()) for name in FILE_VIEWS)


def next_view(view: str, direction: int, tabs: Sequence[Tab]) -> str:
    """The next or previous view that has something to show."""
    empty = {tab.name for tab in tabs if tab.number == 0}
    at = VIEWS.index(view)
    following = [VIEWS[(at + direction * step) % len(VIEWS)] for step in range(1, len(VIEWS))]
    return next(name for name in following if name not in empty)


def next_file_view(view: str) -> str:
    """The view of the file that follows one of them, the first after the last."""
    return FILE_VIEWS[(FILE_VIEWS.index(view) + 1) % len(FILE_VIEWS)]
