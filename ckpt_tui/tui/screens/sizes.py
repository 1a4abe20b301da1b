"""The sizes of a run: each step, its growth, and repeated payloads."""

from __future__ import annotations

from textual.content import Content

from ckpt_tui.core.runs.lineage import Run
from ckpt_tui.core.runs.listing import run_name
from ckpt_tui.core.shown_names import masked_name, masked_path
from ckpt_tui.core.sizes.repeats import Repeated
from ckpt_tui.core.sizes.run_totals import StepSizes
from ckpt_tui.core.terms import numbered, terms_of
from ckpt_tui.core.text import size_text
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.helpers.selection import SelectedPlace
from ckpt_tui.tui.messages import SizesReady
from ckpt_tui.tui.query_jobs import QueryCache
from ckpt_tui.tui.screens.query_screen import QueryScreen
from ckpt_tui.tui.widgets.result_lists import SizeList
from ckpt_tui.tui.widgets.status import Part
from ckpt_tui.tui.widgets.text_lines import Paragraph


class SizesScreen(QueryScreen[SizeList]):
    """The sizes of a run.

    Args:
        store: The store.
        known: The cache of answers.
        run: The run.
        file: The file that the browser shows.
    """

    DEFAULT_CSS = """
    SizesScreen FindingText { height: 7; }
    SizesScreen ResultList { height: 1fr; }
    """

    def __init__(self, store: Store, known: QueryCache, run: Run, file: str) -> None:
        super().__init__(store, known, "Sizes")
        self._run = run
        self._file = file
        self._growth: list[Paragraph] = []

    def make_list(self) -> SizeList:
        return SizeList(id="answers")

    def start(self) -> None:
        self.begin()
        self.jobs.measure(self._run)

    def on_sizes_ready(self, event: SizesReady) -> None:
        """Show the sizes."""
        sizes = event.sizes
        if sizes.growth is not None:
            path, before, after = sizes.growth.most
            grew = f"{masked_path(path)}  +{size_text(after - before)}, {size_text(before)} → {size_text(after)}"
            self._growth = [Paragraph(f"in the whole {terms_of(self._run.nodes[0].ref).run} grew most: {grew}", "dim")]
        self.rows.border_title = Content(run_name(self._run))
        self.rows.border_subtitle = "bytes of the file, characters of decoded JSON"
        self.rows.show(sizes, self._file)
        total = sum(step.ref.size for step in sizes.steps)
        right: list[Part] = [(f" {size_text(total)} in {len(sizes.steps):,} files ", "good")]
        self.end(right)

    def place(self) -> SelectedPlace | None:
        row = self.rows.row
        if isinstance(row, StepSizes):
            return SelectedPlace(row.ref.file, row.grew.path if row.grew is not None else ())
        return SelectedPlace(row.ref.file, row.path) if row is not None else None

    def in_full(self) -> list[Paragraph]:
        row = self.rows.row
        if isinstance(row, Repeated):
            lead = f"{row.copies:,} copies of {row.size:,} characters in {row.checkpoints:,} checkpoints"
            return [
                Paragraph(f"{lead}: {row.extra:,} more than once", "label"), Paragraph(row.type, "type"),
                Paragraph(f"first in {masked_name(row.ref.id)} at {masked_path(row.path)}", "dim"), *self._growth,
            ]  # fmt: skip
        if row is None:
            return self._growth
        lines = [Paragraph(f"{masked_name(row.ref.id)} · {numbered(row.ref)} · {row.ref.size:,} bytes", "label")]
        if row.parts is None:
            lines.append(Paragraph("It cannot be decoded.", "error"))
        if row.grew is not None:
            path, before, after = row.grew
            lines.append(
                Paragraph(f"grew most since its parent: {masked_path(path)}, {before:,} → {after:,} characters")
            )
        return [*lines, *self._growth]
