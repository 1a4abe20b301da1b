"""One checkpoint through tabs: state, messages, pending requests, raw file."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.paths import expression
from ckpt_tui.core.reading.conversation import Talk, conversations
from ckpt_tui.core.reading.outline import Folds, Outline
from ckpt_tui.core.reading.pending import requests
from ckpt_tui.core.reading.preview import short_type
from ckpt_tui.core.reading.sizes import size_of
from ckpt_tui.core.redact import masked_lines, masked_text
from ckpt_tui.core.runs.listing import id_text
from ckpt_tui.core.text import clean
from ckpt_tui.tui.commands import bindings
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.row_tree import RowTree
from ckpt_tui.tui.widgets.tabs import Tab, TabLine
from ckpt_tui.tui.widgets.text_lines import Paragraph, TextLines

if TYPE_CHECKING:
    from ckpt_tui.core.diff.changes import Difference
    from ckpt_tui.core.sizes.shares import Shares
    from ckpt_tui.core.steps.graph import Graph
    from ckpt_tui.core.steps.steps import Step
    from ckpt_tui.tui.widgets.graph_view import GraphView

TABS = ("state", "messages", "talk", "pending", "diff", "graph", "meta", "size", "raw")
_TITLES = {
    "state": "State", "messages": "Messages", "talk": "Talk", "pending": "Pending", "diff": "Diff", "graph": "Graph",
    "meta": "Meta", "size": "Size", "raw": "Raw",
}  # fmt: skip

RAW_BYTES = 4_000_000
"""Bytes of a file that the raw view shows; a pager shows the rest."""

PLACE_NODES = 4_000
"""Values looked at for the size of the value under the cursor: about 2 ms a key."""

_ROLE_STYLES = {"user": "label", "assistant": "text", "system": "dim", "tool": "number"}


class FileLines(TextLines):
    """A conversation, or the lines of a file; another program can open the file."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("value", "value.pager", "value.editor")


class Detail(Widget):
    """The tabs of one checkpoint. What was unfolded in a tab is unfolded in the next checkpoint too."""

    DEFAULT_CSS = """
    Detail {
        layout: vertical;
        border: round $ck-edge;
        border-title-color: $foreground;
        background: $background;
        padding: 0 1;
    }
    Detail:focus-within {
        border: round $ck-edge-focus;
    }
    Detail RowTree, Detail TextLines, Detail GraphView, Detail DiffRows,
    Detail ShareList { height: 1fr; }
    """

    class GraphWanted(Message):
        """The tab of the graph is shown: the step to the checkpoint is to be reported."""

        def __init__(self, detail: Detail) -> None:
            super().__init__()
            self.detail = detail

    class SizesWanted(Message):
        """The tab of the sizes is shown: the checkpoint is to be measured."""

        def __init__(self, detail: Detail) -> None:
            super().__init__()
            self.detail = detail

    def __init__(self, id: str, tab: str = "state") -> None:
        super().__init__(id=id)
        self.tab = tab
        self.checkpoint: Checkpoint | None = None
        self.reveal = False
        self._folds: dict[str, Folds] = {}
        self._places: dict[str, tuple[str, ...]] = {}
        self._talks: list[Talk] = []
        self._show_none = False
        self._difference: Difference | None = None
        self._untold = ""
        """Why there is no difference to the parent."""
        self._alarms: tuple[str, ...] = ()
        """What in the checkpoint could run code, once that was looked for."""

    def compose(self) -> ComposeResult:
        yield TabLine(self._tabs())
        yield RowTree(id="tree")
        text = FileLines(id="text")
        text.display = False
        yield text

    @property
    def rows(self) -> RowTree:
        """The tree of the tabs that show a value."""
        return self.query_one(RowTree)

    @property
    def lines(self) -> TextLines:
        """The lines of the tabs that show text."""
        return self.query_one(TextLines)

    @property
    def is_tree(self) -> bool:
        """Whether the tab shows a value."""
        return bool(self.rows.display)

    @property
    def body(self) -> LineList:
        """The lines that are shown."""
        return next((lines for lines in self.query(LineList) if lines.display), self.rows)

    @property
    def _graph_view(self) -> GraphView | None:
        return next((lines for lines in self.query(LineList) if lines.id == "graph"), None)  # type: ignore[return-value]

    def show_difference(self, difference: Difference | None, why: str = "") -> None:
        """Mark what changed since the parent, and show it in its tab.

        Args:
            difference: What changed; None where there is nothing to compare with, or not yet.
            why: What to say then.
        """
        from ckpt_tui.core.diff.comparison import Marks  # late: the first screen does without

        self._difference, self._untold = difference, why
        self.rows.marks = None if difference is None or self.tab == "meta" else Marks(difference)
        self.rows.changed()
        line = self.query_one(TabLine)
        line.show(self._tabs(), self.tab)
        if self.tab == "diff":
            self._show_diff()

    def _show_diff(self) -> None:
        from ckpt_tui.core.diff.diff import parts_of
        from ckpt_tui.tui.widgets.diff_rows import DiffRows

        self._switch("diff")
        view = self.query_one("#diff", DiffRows)
        view.reveal = self.reveal
        if self._difference is None or self.checkpoint is None:
            view.tell(self._untold)
        elif not self._difference.shown:
            left_out = (
                f"; {self._difference.ignored:,} left out by rules, d shows them" if self._difference.ignored else ""
            )
            view.tell(self._difference.incomplete or f"Nothing changed since the parent{left_out}.")
        else:
            view.show(self._difference, parts_of(self.checkpoint))

    def mark_changes(self, text: str) -> None:
        """Mark a text in the tab of the changes, if that was ever shown."""
        for lines in self.query(LineList):
            if lines.id == "diff":
                lines.set_match(text)  # type: ignore[attr-defined]

    def show_shares(self, shares: Shares) -> None:
        """Show where the characters of the checkpoint are, in the tab of the sizes."""
        view = next((lines for lines in self.query(LineList) if lines.id == "size"), None)
        if view is not None and self.tab == "size":
            view.show(shares)  # type: ignore[attr-defined]

    def show_step(self, step: Step, graph: Graph, known: int, total: int) -> None:
        """Show the step to the checkpoint in the tab of the graph."""
        from ckpt_tui.tui.widgets.story import step_notes

        view = self._graph_view
        if view is not None and self.tab == "graph":
            view.show(graph, step, step_notes(step, known, total))

    def show(self, checkpoint: Checkpoint | None) -> None:
        """Show another checkpoint, at the same place as far as it has one."""
        self._remember()
        same = (
            checkpoint is not None
            and self.checkpoint is not None
            and checkpoint.ref.workflow == self.checkpoint.ref.workflow
        )
        if not same:
            self._folds.clear()
            self._places.clear()
        self.checkpoint = checkpoint
        self._alarms = ()
        self._difference, self._untold = None, "comparing with the parent …"
        self.rows.marks = None
        self._talks = conversations(checkpoint) if checkpoint else []
        self.render_tab(keep_place=same)

    def alarm(self, told: tuple[str, ...]) -> None:
        """Show what in the checkpoint could run code, in the title and among the warnings of the tab Meta."""
        self._alarms = told
        self.border_title = self._title()
        if self.tab == "meta":
            self.render_tab(keep_place=True)

    def tell(self, title: str, paragraphs: list[Paragraph]) -> None:
        """Show a text instead of a checkpoint: why there is none."""
        self._remember()
        self.checkpoint = None
        self.query_one(TabLine).display = False
        self.border_title = Content(title)
        self._switch("text")
        self.lines.show(paragraphs)

    def pick(self, tab: str) -> None:
        """Show another tab."""
        self._remember()
        self.tab = tab
        self.render_tab(keep_place=True)

    def next_tab(self, way: int) -> None:
        """Show the next or previous tab."""
        names = [tab.name for tab in self._tabs()]
        at = names.index(self.tab) if self.tab in names else 0
        self.pick(names[(at + way) % len(names)])

    def go_to(self, steps: tuple[str, ...]) -> bool:
        """Go to the value that labels lead to, the tab's name first; False when there is none."""
        if not steps or steps[0] not in ("state", "messages", "pending"):
            return False
        self.pick(steps[0])
        if not self.is_tree:
            return False
        return self.rows.open_labels(steps[1:])

    def set_reveal(self, reveal: bool) -> None:
        """Show secrets or mask them."""
        self.reveal = reveal
        self.rows.reveal = reveal
        self.rows.changed()
        if self.tab == "raw" and self.checkpoint is not None:
            self.render_tab(keep_place=True)
        if self.tab == "diff" and self.checkpoint is not None:
            self._show_diff()

    def _remember(self) -> None:
        if self.checkpoint is not None and self.is_tree:
            tree = self.rows
            self._show_none = tree.outline.show_none
            self._places[self.tab] = tree.labels
            if self.tab in self._folds:
                self._folds[self.tab] = tree.outline.folds()

    def on_row_tree_folded(self) -> None:
        """From the first fold by hand on, folds are kept from checkpoint to checkpoint."""
        self._folds[self.tab] = self.rows.outline.folds()

    def on_tab_line_picked(self, event: TabLine.Picked) -> None:
        """Show the tab that was clicked."""
        event.stop()
        self.pick(event.name)

    def _tabs(self) -> tuple[Tab, ...]:
        checkpoint = self.checkpoint
        facts = checkpoint.ref.facts if checkpoint else None
        counts = {
            "messages": facts.messages if facts else 0,
            "pending": facts.pending if facts else 0,
            "talk": sum(len(talk.turns) for talk in self._talks),
            "diff": len(self._difference.shown) if self._difference else None,
        }
        return tuple(Tab(name, _TITLES[name], counts.get(name)) for name in TABS)

    def _switch(self, current: str) -> None:
        found = {lines.id: lines for lines in self.query(LineList)}
        if current == "graph" and current not in found:
            from ckpt_tui.tui.widgets.graph_view import GraphView  # late: the first screen does without

            found[current] = GraphView("graph", share=0.7)
            found[current].display = False
            self.mount(found[current])
        if current == "diff" and current not in found:
            from ckpt_tui.tui.widgets.diff_rows import DiffRows  # late, too

            found[current] = DiffRows("diff")
            found[current].display = False
            self.mount(found[current])
        if current == "size" and current not in found:
            from ckpt_tui.tui.widgets.share_list import ShareList  # late, too

            found[current] = ShareList("size")
            found[current].display = False
            self.mount(found[current])
        focused = any(lines.has_focus for lines in found.values())
        for name, lines in found.items():
            lines.display = name == current
        if focused and not found[current].has_focus:
            found[current].focus()

    def render_tab(self, keep_place: bool = False) -> None:
        """Draw the tab that is picked."""
        checkpoint = self.checkpoint
        line = self.query_one(TabLine)
        line.display = True
        line.show(self._tabs(), self.tab)
        self.border_title = self._title()
        if checkpoint is None:
            self._switch("text")
            self.lines.show([])
            return
        if self.tab == "talk":
            self._switch("text")
            self.lines.show(talk_paragraphs(self._talks, self.reveal), keep_place=keep_place)
        elif self.tab == "diff":
            self._show_diff()
        elif self.tab == "graph":
            self._switch("graph")
            self.post_message(self.GraphWanted(self))
        elif self.tab == "size":
            self._switch("size")
            self.post_message(self.SizesWanted(self))
        elif self.tab == "raw":
            self._switch("text")
            self.lines.show(raw_paragraphs(checkpoint.raw, self.reveal), wrap=False, keep_place=keep_place)
        else:
            self._switch("tree")
            value = {
                "state": checkpoint.state, "messages": checkpoint.messages,
                "pending": checkpoint.pending, "meta": meta_value(checkpoint, self._alarms),
            }[self.tab]  # fmt: skip
            prefix = () if self.tab == "meta" else (self.tab,)
            if self._difference is not None:
                from ckpt_tui.core.diff.comparison import Marks

                self.rows.marks = Marks(self._difference) if prefix else None
            outline = Outline(value, self._folds.get(self.tab), self._show_none, prefix)
            if not len(outline):
                self._switch("text")
                self.lines.show([Paragraph(empty_text(self.tab, checkpoint), "dim")])
            else:
                self.rows.show(outline, self._places.get(self.tab) if keep_place else None)

    def _title(self) -> Content:
        if self.checkpoint is None:
            return Content("")
        ref = self.checkpoint.ref
        own_step = ref.told is not None and ref.told.step is not None
        count = f"step {ref.step}" if own_step else f"iteration {ref.iteration}"
        mark = " · ! see Meta" if self.checkpoint.warnings or self.checkpoint.faults or self._alarms else ""
        danger = any(told.startswith("danger") for told in self._alarms)
        text = f"{id_text(ref)} · {count} · {ref.role}"
        return Content.assemble(text, (" · ✗ danger, see Meta", "$error")) if danger else Content(f"{text}{mark}")

    @property
    def place(self) -> tuple[str, str]:
        """Size and path of the value under the cursor; empty where there is none."""
        if self.tab == "diff" and self.body.id == "diff":
            return "", getattr(self.body, "place", "")
        row = self.rows.row if self.is_tree and self.checkpoint is not None else None
        if row is None:
            return "", ""
        size = size_of(row.member.value, PLACE_NODES).text
        # Beside a path a bare number would show nothing.
        return f"{size} B" if size[-1:].isdigit() else size, clean(expression(self.rows.path))


def talk_paragraphs(talks: list[Talk], reveal: bool = False) -> list[Paragraph]:
    """Conversations as text: a title, then each turn with its speaker to the left; secrets masked unless `reveal`."""
    if not talks:
        return [Paragraph("No messages in flight, and no conversation in the state of any executor.", "dim")]
    out: list[Paragraph] = []
    for talk in talks:
        if out:
            out.append(Paragraph(""))
        out.append(Paragraph(f"── {talk.title} · {len(talk.turns)} ──", "heading"))
        width = min(max((len(turn.speaker) for turn in talk.turns), default=4) + 2, 24)
        for turn in talk.turns:
            lead = clean(turn.speaker, width - 2)
            style = _ROLE_STYLES.get(turn.role, "label")
            body = turn.text if reveal else masked_text(turn.text)
            body = body or ("" if turn.extras else "(empty)")
            if body:
                out.append(Paragraph(body, "plain" if turn.role != "system" else "dim", width, lead, style))
                lead = ""
            for extra in turn.extras:
                out.append(Paragraph(f"▹ {extra}", "accent", width, lead, style))
                lead = ""
    return out


def raw_paragraphs(raw: bytes, reveal: bool = True) -> list[Paragraph]:
    """The lines of a file, secrets masked unless they are to be shown."""
    text = raw[:RAW_BYTES].decode("utf-8", "backslashreplace")
    lines = text.split("\n")
    out = [Paragraph(line) for line in (lines if reveal else masked_lines(lines))]
    if len(raw) > RAW_BYTES:
        out.append(Paragraph(f"… {len(raw) - RAW_BYTES:,} more bytes; o opens the file in $PAGER", "dim"))
    return out


def meta_value(checkpoint: Checkpoint, alarms: tuple[str, ...] = ()) -> dict[str, object]:
    """What else there is to know of a checkpoint, as a value."""
    ref = checkpoint.ref
    value: dict[str, object] = {
        "id": ref.id, "file": ref.file, "workflow": ref.workflow, "graph": ref.graph, "parent": ref.parent,
        "timestamp": ref.utc, "iteration": ref.iteration, "size": ref.size, "role": ref.role, "status": ref.status,
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


def empty_text(tab: str, checkpoint: Checkpoint) -> str:
    """Why a tab has nothing to show."""
    if tab == "messages":
        if checkpoint.ref.status == "waiting":
            return "No messages in flight: the run waits for an answer. See Pending."
        return "No messages in flight: nothing is left to do in this run."
    if tab == "pending":
        return "No request waits for an answer."
    return "Empty."
