"""The history of a path: every value along a branch, with times and executors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.paths import Path, expression
from ckpt_tui.core.redact import is_mask
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.path_history import History, history_document
from ckpt_tui.core.runs.time_texts import moment_text
from ckpt_tui.core.sharing.markdown_parts import history_markdown
from ckpt_tui.core.sharing.small_pages import history_page
from ckpt_tui.core.shown_names import masked_name
from ckpt_tui.core.terms import numbered, ran_in_words, terms_of
from ckpt_tui.core.text import clean, counted
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.helpers.selection import SelectedPlace
from ckpt_tui.tui.messages import HistoryReady
from ckpt_tui.tui.query_jobs import QueryCache
from ckpt_tui.tui.screens.query_screen import QueryScreen
from ckpt_tui.tui.screens.text_file import Formats, TextFileScreen
from ckpt_tui.tui.widgets.result_lists import HistoryList
from ckpt_tui.tui.widgets.status import Part
from ckpt_tui.tui.widgets.text_lines import Paragraph

_CHARACTERS = 100_000
"""Characters of a value's JSON that are shown in full."""


class HistoryScreen(QueryScreen[HistoryList]):
    """The values of a path.

    Args:
        store: The store.
        known: The cache of answers.
        run: The run of the branch.
        nodes: The branch, root first.
        path: The path.
        file: The file that the browser shows.
        reveal: Show secrets.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(by_id()["store.export"].keys, "export", "write it as a table", show=False, id="store.export")
    ]

    KEYS: ClassVar[list[tuple[str, str]]] = [
        *QueryScreen.KEYS[:-1], ("store.export", "export"), *QueryScreen.KEYS[-1:]
    ]  # fmt: skip

    def __init__(
        self, store: Store, known: QueryCache, run: Run, nodes: Sequence[Node], path: Path, file: str, reveal: bool
    ) -> None:
        super().__init__(store, known, "History")
        self._run = run
        self._branch = nodes
        self._path = path
        self._file = file
        self._reveal = reveal
        self._history: History | None = None

    def make_list(self) -> HistoryList:
        return HistoryList(id="answers")

    def start(self) -> None:
        self.begin()
        self.jobs.history(self._run, self._branch, expression(self._path), self._reveal)

    def on_history_ready(self, event: HistoryReady) -> None:
        """Show the values, the cursor on the one that the browser shows."""
        history = self._history = event.history
        order = {node.ref.id: index for index, node in enumerate(self._branch)}
        here = next((index for index, node in enumerate(self._branch) if node.ref.file == self._file), 0)
        at = max((index for index, taken in enumerate(history.values) if order[taken.ref.id] <= here), default=0)
        self.rows.border_title = Content(clean(history.path, 80))
        self.rows.border_subtitle = f"{terms_of(self._branch[0].ref).iteration} · time since the value before · who ran"
        self.rows.show(history.values, at)
        values, asked = counted(len(history.values), "value"), counted(history.asked, "checkpoint")
        right: list[Part] = [(f" {values} in {asked} ", "good")]
        if history.unread:
            right.insert(0, (f" ✗ {len(history.unread):,} not asked ", "error"))
        self.end(right)

    def action_export(self) -> None:
        """Write the history as a table."""
        history = self._history
        if history is None or self._reveal:
            why = "secrets are shown: ! in the browser masks them" if self._reveal else "it is not read yet"
            self.say_keys([(f" not written: {why} ", "warn")])
            return
        name = f"history-{'-'.join(str(step) for step in self._path[1:])[:40].strip('-') or 'values'}.md"
        formats: Formats = {
            "md": lambda: [history_markdown(history)], "html": lambda: history_page(history),
            "json": lambda: [dumps(history_document(history))],
        }  # fmt: skip
        self.app.push_screen(TextFileScreen(self._store, name, formats), self._written)

    def _written(self, said: str | None) -> None:
        if said:
            self.say_keys([(f" {said} ", "good")])

    def place(self) -> SelectedPlace | None:
        taken = self.rows.taken
        return SelectedPlace(taken.ref.file, self._path) if taken is not None else None

    def in_full(self) -> list[Paragraph]:
        taken = self.rows.taken
        if taken is None:
            return []
        ref = taken.ref
        ran = {"input": "an input came in, nobody ran", "answer": "an answer came in, nobody ran"}.get(taken.step)
        ran = ran or (
            ran_in_words(taken.executors)
            if taken.executors
            else "the beginning"
            if taken.step == "start"
            else "nobody is known to have run"
        )
        inferred = " (inferred: the file does not say where a message went)" if taken.inferred else ""
        lines = [Paragraph(f"{masked_name(ref.id)} · {numbered(ref)} · {moment_text(ref)} · {ran}{inferred}", "label")]
        if taken.absent:
            return [*lines, Paragraph("There is nothing at this path.", "dim")]
        if is_mask(taken.value):
            size = taken.value["$size"]
            return [
                *lines,
                Paragraph(f"A secret of {size:,} characters; ! in the browser shows it, then b again.", "dim"),
            ]
        return [*lines, Paragraph(self.copy_text(), "plain")]

    def copy_text(self) -> str:
        taken = self.rows.taken
        if taken is None or taken.absent:
            return ""
        return taken.value if isinstance(taken.value, str) else dumps(taken.value)[:_CHARACTERS]
