"""Two checkpoints compared: every change, the rules that hide changes, and where two branches diverge."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from ckpt_tui.core.diff.changes import Change
from ckpt_tui.core.diff.comparison import DiffRow
from ckpt_tui.core.diff.divergence import CommonAncestor
from ckpt_tui.core.diff.ignore_rules import IgnoreRules, Rule
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.paths import Path
from ckpt_tui.core.runs.lineage import Run
from ckpt_tui.core.runs.outcomes import Beginnings
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.runs.workflow_names import workflow_label
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.comparer import Compared, Comparer
from ckpt_tui.tui.controllers.branch_divergence import BranchDivergence
from ckpt_tui.tui.controllers.change_in_full import ChangeInFull
from ckpt_tui.tui.controllers.change_search import ChangeSearch
from ckpt_tui.tui.controllers.pair_comparison import PairComparison
from ckpt_tui.tui.controllers.rule_choice import RuleChoice
from ckpt_tui.tui.helpers.compare_bars import beginnings_parts, compared_parts, key_parts
from ckpt_tui.tui.helpers.difference_files import difference_file
from ckpt_tui.tui.jobs import Jobs
from ckpt_tui.tui.messages import Comparing, DifferenceReady, DivergenceReady, RowsFound, WorkFailed
from ckpt_tui.tui.screens.copied_text import copied
from ckpt_tui.tui.screens.dialogs import failure_screen, help_screen
from ckpt_tui.tui.screens.full_change import change_paragraphs, change_screen
from ckpt_tui.tui.screens.rules import RulesScreen
from ckpt_tui.tui.screens.text_file import TextFileScreen
from ckpt_tui.tui.widgets.diff_rows import DiffRows
from ckpt_tui.tui.widgets.finding_list import FindingText
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.prompt import Prompt, focus_after_question
from ckpt_tui.tui.widgets.status import BarLine, Part

_KEYS = {
    "compare.next": "change(1)", "compare.previous": "change(-1)", "compare.rules": "rules", "compare.fork": "fork",
    "compare.swap": "swap", "compare.export": "export", "search.open": "search", "view.reveal": "reveal",
    "value.copy": "copy",
    "view.next_tab": "go", "app.back": "back", "app.close": "back", "app.help": "help", "app.quit": "app.quit",
    "app.suspend": "app.suspend_process",
}  # fmt: skip
"""Commands of the table that this screen has, and their actions here."""

WIDE = 140
"""Columns from which the two sides begin side by side."""

ROOMY = 20
"""Rows from which the selected change is shown in full below the others."""

FULL_NODES = 1_000
"""Values of a change that are written there."""


class ComparePlace(NamedTuple):
    """Where to go in the browser, `file` "" for nowhere, and the rules that are on."""

    file: str
    path: Path
    ignore: IgnoreRules


class CompareScreen(Screen[ComparePlace]):
    """Two checkpoints compared.

    Args:
        store: The store they are in.
        comparer: Makes and caches diffs.
        runs: The runs of the store.
        before: The first checkpoint.
        after: The second one.
        ignore: The rules that are on.
        reveal: Show secrets.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(by_id()[name].keys, action, by_id()[name].title, show=False, id=name) for name, action in _KEYS.items()
    ]

    DEFAULT_CSS = """
    CompareScreen { layout: vertical; }
    CompareScreen #beginnings { dock: top; margin-top: 1; }
    CompareScreen #rules { dock: bottom; margin-bottom: 1; }
    CompareScreen FindingText {
        height: 1fr; display: none;
        border: round $ck-edge; border-title-color: $foreground; padding: 0 1;
    }
    CompareScreen.-roomy FindingText { display: block; }
    CompareScreen DiffRows {
        height: 2fr;
        border: round $ck-edge-focus;
        border-title-color: $foreground;
        border-subtitle-color: $ck-dim;
        padding: 0 1;
    }
    """

    VERTICAL_BREAKPOINTS = [(0, "-low"), (ROOMY, "-roomy")]  # noqa: RUF012 Textual's convention

    def __init__(
        self, store: Store, comparer: Comparer, runs: Sequence[Run], before: CheckpointRef, after: CheckpointRef,
        ignore: IgnoreRules, reveal: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.jobs = Jobs(self, store)
        self._comparer = comparer
        self.pair = (before, after)
        self.rule_choice = RuleChoice(self, ignore)
        self.change_search = ChangeSearch(self)
        self.divergence = BranchDivergence(self, runs)
        self.in_full = ChangeInFull(self)
        self.comparison = PairComparison(self)
        self.beginnings: Beginnings | None = None
        """The beginnings of the branches; None where they do not diverge."""
        self.reveal = reveal
        self._store_shown = store
        self.said: Part | None = None
        """A text in the place of the keys."""
        self._explained: Part | None = None

    def compose(self) -> ComposeResult:
        yield BarLine(id="head")
        yield BarLine(id="beginnings")
        yield DiffRows(id="changes")
        full = FindingText(id="full")
        full.can_focus = False  # the wheel scrolls it, Enter opens it
        yield full
        yield BarLine(id="rules")
        yield BarLine(id="foot")
        yield Prompt()

    def on_mount(self) -> None:
        """Begin at once."""
        self.rows.reveal = self.reveal
        self.rows.beside = self.app.size.width >= WIDE
        focus_after_question(self.rows)
        self.compare_again()

    # -- the port of the controllers ---------------------------------------------------------------------------------

    @property
    def rows(self) -> DiffRows:
        """The changes."""
        return self.query_one(DiffRows)

    @property
    def prompt(self) -> Prompt:
        """The prompt for a text."""
        return self.query_one(Prompt)

    @property
    def ignore(self) -> IgnoreRules:
        """The rules that are on."""
        return self.rule_choice.ignore

    def report(self, part: Part | None) -> None:
        self.said = part
        self.draw()

    def explain(self, text: str) -> None:
        """Show why a key did nothing."""
        self._explained = (f" {text} ", "dim")
        self.report(self._explained)

    async def on_event(self, event: events.Event) -> None:
        """Why a key did nothing is shown until the next one."""
        if isinstance(event, events.Key) and self.said is not None and self.said is self._explained:
            self.report(None)
        await super().on_event(event)

    def search_rows(self, rows: Sequence[DiffRow], text: str) -> None:
        self.jobs.search_rows(rows, text, self.reveal)

    def show_rules(
        self, rules: tuple[Rule, ...], on: set[str], counts: Mapping[str, int], take: Callable[[set[str] | None], None]
    ) -> None:
        self.app.push_screen(RulesScreen(rules, on, counts), take)

    def find_divergence(self, found: CommonAncestor) -> None:
        self.jobs.part(self._comparer, found, self.ignore)

    def compare_pair(self, pair: tuple[CheckpointRef, CheckpointRef]) -> None:
        self.pair = pair
        self.compare_again()

    # -- comparing ---------------------------------------------------------------------------------------------------

    @property
    def compared(self) -> Compared | None:
        """The comparison; None until it is made."""
        return self.comparison.compared

    def start_comparing(self, before: CheckpointRef, after: CheckpointRef) -> None:
        self.jobs.compare(self._comparer, before, after, self.ignore)

    def known_comparison(self, before: CheckpointRef, after: CheckpointRef) -> Compared | None:
        return self._comparer.known(before, after, self.ignore)

    def compare_again(self) -> None:
        self.beginnings = self.divergence.beginnings()
        self.comparison.begin()

    def compared_anew(self) -> None:
        self.in_full.show_soon()

    def on_comparing(self, event: Comparing) -> None:
        """Show how far it is."""
        self.comparison.take_progress(event)

    def on_difference_ready(self, event: DifferenceReady) -> None:
        """Show the changes."""
        self.comparison.take(event)

    def on_work_failed(self, event: WorkFailed) -> None:
        """Report an unexpected failure; the app goes on."""
        self.app.push_screen(failure_screen(event.doing, event.report))

    # -- the lines around --------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Draw the lines for the width."""
        self.draw()

    @on(LineList.Moved, "#changes")
    def _moved(self) -> None:
        self.draw()
        self.in_full.show_soon()

    def show_change(self, change: Change | None) -> None:
        full = self.query_one(FindingText)
        full.border_title = Content(self.rows.place[: max(self.size.width - 8, 8)])
        # Of two branches, neither side comes before the other.
        sides = ("before", "after") if self.beginnings is None else (id_text(self.pair[0]), id_text(self.pair[1]))
        full.show([] if change is None else change_paragraphs(change, self.reveal, FULL_NODES, sides))

    def draw(self) -> None:
        before, after = self.pair
        here, total = self.rows.position
        right: list[Part] = [(f" {here:,}/{total:,} ", "plain")] if total else []
        width, word = self.size.width, self.divergence.word
        self.query_one("#head", BarLine).show(compared_parts(self.pair, width), right)
        title = f"{shown_name(workflow_label(before), 30)} {id_text(before)} → {id_text(after)}"
        self.rows.border_title = Content(f"where the branches diverge · {title}" if word else title)
        place = "" if self.size.height >= ROOMY else self.rows.place  # else it is above the change in full
        self.rows.border_subtitle = Content(place[-max(width - 20, 8) :])
        line = self.query_one("#beginnings", BarLine)
        line.display = self.beginnings is not None
        if self.beginnings is not None:
            line.show(beginnings_parts(self.beginnings, width), [])
        self.query_one("#rules", BarLine).show(self.rule_choice.line(self._counts), [])
        self.query_one("#foot", BarLine).show([self.said] if self.said else key_parts(width, word), [])

    @property
    def _counts(self) -> Mapping[str, int]:
        """How many changes each rule hides."""
        return self.compared.difference.by_rule if self.compared is not None else {}

    # -- actions -----------------------------------------------------------------------------------------------------

    def action_change(self, direction: int) -> None:
        """Go to the next or previous match of a searched text, else to the next or previous change."""
        if self.rows.match:
            self.change_search.go_on(direction * self.rows.take_count())
        else:
            self.rows.action_change(direction)

    def action_swap(self) -> None:
        """Compare the other way round."""
        self.compare_pair((self.pair[1], self.pair[0]))

    def action_reveal(self) -> None:
        """Show secrets, or mask them again."""
        self.reveal = self.rows.reveal = not self.reveal
        self.in_full.show_soon()
        self.rows.set_match(self.rows.match)  # masked text is searched from now on, or no longer

    def action_search(self) -> None:
        """Ask for a text to search for."""
        self.change_search.ask()

    def on_rows_found(self, event: RowsFound) -> None:
        """A search ended."""
        self.change_search.take(event)

    def action_rules(self) -> None:
        """Switch rules on and off."""
        self.rule_choice.ask(self._counts)

    def action_fork(self) -> None:
        """Show the first step in which the branches differ; again, go back."""
        self.divergence.toggle()

    def on_divergence_ready(self, event: DivergenceReady) -> None:
        """Show where two branches diverge."""
        self.divergence.take(event)

    def on_diff_rows_opened(self, event: DiffRows.Opened) -> None:
        """Show a change in full."""
        self.app.push_screen(change_screen(event.change, self.reveal))

    def action_copy(self) -> None:
        """Copy the path of the change."""
        place = self.rows.place
        if place:
            self.report(copied(self.app, place, "path"))

    def action_export(self) -> None:
        """Write the changes to a file."""
        compared = self.compared
        if compared is None:
            self.report((" Not written: it is not compared yet. ", "warn"))
            return
        name, formats = difference_file(compared, self.ignore)
        self.app.push_screen(TextFileScreen(self._store_shown, name, formats), self._written)

    def _written(self, said: str | None) -> None:
        if said:
            self.report((said, "good"))

    def action_go(self) -> None:
        """Go to the place of the change, in the browser."""
        row = self.rows.row
        change: Change | None = row.change if row is not None else None
        if change is not None:
            ref = self.pair[0] if change.op == "removed" else self.pair[1]
            self.dismiss(ComparePlace(ref.file, change.path, self.ignore))

    def action_help(self) -> None:
        """Show keys and signs."""
        self.app.push_screen(help_screen(("diff", "compare")))

    def action_back(self) -> None:
        """End the search, then go back to the browser; a running comparison is stopped."""
        if self.change_search.end():
            return
        self.workers.cancel_node(self)
        self.dismiss(ComparePlace("", (), self.ignore))
