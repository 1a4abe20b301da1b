"""The facts about the shown checkpoint, drawn in the picked tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ckpt_tui.core.model import parts_of
from ckpt_tui.tui.widgets import tab_texts
from ckpt_tui.tui.widgets.tab_memory import TabMemory
from ckpt_tui.tui.widgets.text_lines import Paragraph

if TYPE_CHECKING:
    from ckpt_tui.core.diff.changes import Difference
    from ckpt_tui.core.diff.comparison import Marks
    from ckpt_tui.core.model import Checkpoint
    from ckpt_tui.core.overview.line import Overview
    from ckpt_tui.core.reading.conversation import Conversation
    from ckpt_tui.core.value import Value
    from ckpt_tui.tui.widgets.tab_bodies import TabBodies


class TabContents:
    """One checkpoint and the facts about it; draws a tab of it.

    Args:
        bodies: The widgets below the tabs.

    Attributes:
        checkpoint: The checkpoint; None where a text is in its place.
        parts: Its parts by name.
        reveal: Whether secrets are shown.
        overview: Its overview; None while it is not known.
        talk: Its conversation; None while it is not known.
        is_large: It is so large that its overview is only read on request.
        difference: The changes since the parent; None where there is nothing to compare with, or not yet.
        no_difference: The text to show then.
        marks: The changes, by place; None where `difference` is.
        alarms: Its dangers, once they were searched.
        memory: The folds and the cursor of each tab.
    """

    def __init__(self, bodies: TabBodies) -> None:
        self._bodies = bodies
        self.checkpoint: Checkpoint | None = None
        self.parts: dict[str, Value] = {}
        self.reveal = False
        self.overview: Overview | None = None
        self.talk: Conversation | None = None
        self.is_large = False
        self.difference: Difference | None = None
        self.no_difference = ""
        self.marks: Marks | None = None
        self.alarms: tuple[str, ...] = ()
        self.memory = TabMemory()

    def take(self, checkpoint: Checkpoint | None) -> bool:
        """Set another checkpoint, without any facts yet; return whether it has the same places as the last."""
        is_alike = tab_texts.are_alike(checkpoint, self.checkpoint)
        if not is_alike:
            self.memory.clear()
            self.overview = None
        self.checkpoint = checkpoint
        self.parts = parts_of(checkpoint) if checkpoint is not None else {}
        self.alarms = ()
        self.difference, self.marks, self.no_difference = None, None, "comparing with the parent …"
        self.talk, self.is_large = None, False
        self._bodies.tree.marks = None
        return is_alike

    def mark(self, tab: str) -> None:
        """Mark the changes since the parent in the rows of a tab."""
        self._bodies.tree.marks = None if tab == "meta" else self.marks

    def draw(self, tab: str, keep_place: bool = False) -> None:
        """Draw a tab; unknown parts are left unchanged."""
        bodies, checkpoint = self._bodies, self.checkpoint
        if checkpoint is None:
            bodies.switch("text")
            bodies.text.show([])
        elif tab == "overview":
            bodies.show_overview(self.overview, self.alarms, keep_place)
        elif tab == "talk":
            if self.talk is not None or not keep_place:
                bodies.show_talk(self.talk, self.is_large, self.reveal, keep_place)
            else:
                bodies.switch("text")
        elif tab == "diff":
            bodies.show_changes(self.difference, self.no_difference, checkpoint, self.reveal)
        elif tab in ("graph", "size"):
            bodies.switch(tab)
        elif tab == "raw":
            bodies.switch("text")
            paragraphs = tab_texts.raw_paragraphs(checkpoint.raw, self.reveal)
            bodies.text.show(paragraphs, wrap=False, keep_place=keep_place)
        else:
            self._draw_tree(tab, checkpoint, keep_place)

    def _draw_tree(self, tab: str, checkpoint: Checkpoint, keep_place: bool) -> None:
        bodies = self._bodies
        bodies.switch("tree")
        if self.difference is not None:
            self.mark(tab)
        value = tab_texts.meta_value(checkpoint, self.alarms) if tab == "meta" else self.parts
        tree = self.memory.tree(tab, value)
        if len(tree):
            bodies.tree.show(tree, self.memory.place(tab) if keep_place else None)
        else:
            bodies.switch("text")
            bodies.text.show([Paragraph("Empty.", "dim")])
