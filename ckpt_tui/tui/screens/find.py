"""Find over a checkpoint, a run or the store; matches are shown as they are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from ckpt_tui.core.find.question import Match, Question
from ckpt_tui.core.paths import expression
from ckpt_tui.core.shown_names import masked_name, masked_path
from ckpt_tui.core.terms import numbered
from ckpt_tui.core.text import counted
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.helpers.selection import SelectedPlace
from ckpt_tui.tui.screens.query_screen import QueryScreen
from ckpt_tui.tui.widgets.result_lists import MatchList
from ckpt_tui.tui.widgets.status import BarLine, Part
from ckpt_tui.tui.widgets.text_lines import Paragraph

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from ckpt_tui.core.runs.lineage import Node
    from ckpt_tui.stores.base import Store
    from ckpt_tui.tui.helpers.store_search import Scope, StoreSearch
    from ckpt_tui.tui.messages import MatchesFound
    from ckpt_tui.tui.query_jobs import QueryCache

_SCOPES: tuple[Scope, ...] = ("store", "run", "checkpoint")
_SCOPE_TEXTS = {"store": "the whole store", "run": "this run", "checkpoint": "this checkpoint"}
_HINT = "text; an upper-case letter makes it case-sensitive"
_ROOMY = 100
"""Columns from which the line of options has room for a remark on secrets."""
_WHERE = ("keys and values", "keys", "values")


class FindScreen(QueryScreen[MatchList]):
    """A text, and where it is.

    Args:
        store: The store.
        known: The cache of answers.
        nodes: Gives the checkpoints of a scope.
        finding: The search so far.
        reveal: Look in secrets, too.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(by_id()["search.open"].keys, "edit", by_id()["search.open"].title, show=False, id="search.open"),
        Binding(by_id()["store.find"].keys, "edit", by_id()["store.find"].title, show=False, id="store.find"),
        Binding("ctrl+o", "scope", "where to look", show=False, priority=True),
        Binding("ctrl+k", "where", "keys, values or both", show=False, priority=True),
        Binding("ctrl+r", "regex", "text or regular expression", show=False, priority=True),
    ]

    DEFAULT_CSS = """
    FindScreen Input { height: 1; border: none; padding: 0 1 !important; background: $panel; }
    FindScreen FindingText { height: 7; }
    FindScreen ResultList { height: 1fr; }
    """

    KEYS: ClassVar[list[tuple[str, str]]] = [*QueryScreen.KEYS[:-1], ("search.open", "text"), *QueryScreen.KEYS[-1:]]

    STOPS: ClassVar[str] = "stops; what was found stays"

    def __init__(
        self,
        store: Store,
        known: QueryCache,
        nodes: Callable[[Scope], Sequence[Node]],
        finding: StoreSearch,
        reveal: bool,
    ) -> None:
        super().__init__(store, known, "Find")
        self._nodes_of = nodes
        self.finding = finding
        self._reveal = reveal
        self.asked: Question | None = None
        self.truncated = False

    def compose(self) -> ComposeResult:
        yield BarLine(id="head")
        yield Input(
            self.finding.text,
            id="text",
            compact=True,
            placeholder="text; an upper-case letter makes it case-sensitive",
        )
        yield BarLine(id="options")
        yield self.make_list()
        yield from list(super().compose())[2:]

    def make_list(self) -> MatchList:
        return MatchList(id="answers")

    def start(self) -> None:
        self.draw([])
        self._draw_options()
        self.set_focus(self.query_one(Input))  # at once: the next key may be on its way
        if self.finding.matches:
            self.rows.add(self.finding.matches)
            self.rows.select(self.finding.at)
            self.set_focus(self.rows)
            self.end(self.finding.counts)
        elif self.finding.text:
            self._search()

    # -- the question ------------------------------------------------------------------------------------------------

    @on(Input.Submitted, "#text")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value:
            self.set_focus(self.rows)
        self._search()

    def _search(self) -> None:
        text = self.query_one(Input).value
        if not text:
            return
        self.stop()
        where = _WHERE[self.finding.where]
        self.asked = Question(text, self.finding.regex, where != "values", where != "keys", self._reveal)
        self.truncated = False
        self.finding.text, self.finding.at = text, -1
        self.rows.clear()
        self.finding.matches = self.rows.matches
        self.begin()
        self.jobs.find(self._nodes_of(self.finding.scope), self.asked)

    def _changed(self) -> None:
        self._draw_options()
        if self.asked is not None:
            self._search()

    def action_scope(self) -> None:
        """Look in the store, the run or the checkpoint."""
        self.finding.scope = _SCOPES[(_SCOPES.index(self.finding.scope) + 1) % len(_SCOPES)]
        self._changed()

    def action_where(self) -> None:
        """Look in keys, values or both."""
        self.finding.where = (self.finding.where + 1) % len(_WHERE)
        self._changed()

    def action_regex(self) -> None:
        """Take the text for a regular expression, or for itself."""
        self.finding.regex = not self.finding.regex
        self._changed()

    def action_edit(self) -> None:
        """Change the text."""
        self.query_one(Input).focus()

    def on_resize(self) -> None:
        """Draw the line of options for the width."""
        self._draw_options()

    def _draw_options(self) -> None:
        left: list[Part] = [
            (" ctrl+o", "key"), (f" {_SCOPE_TEXTS[self.finding.scope]} ", "plain"),
            (" ctrl+k", "key"), (f" {_WHERE[self.finding.where]} ", "plain"),
            (" ctrl+r", "key"), (" regular expression " if self.finding.regex else " plain text ", "plain"),
        ]  # fmt: skip
        right: list[Part] = []
        if not self._reveal and self.size.width >= _ROOMY:
            right.append((" secrets are not searched ", "dim"))
        self.query_one("#options", BarLine).show(left, right)

    # -- the answer --------------------------------------------------------------------------------------------------

    def on_matches_found(self, event: MatchesFound) -> None:
        """Show more matches."""
        if event.question is not self.asked or not self.running:
            return
        first = not self.rows.matches
        self.rows.add(event.matches)
        self.truncated = event.truncated
        if not event.ended:
            self.draw_progress(event.done, event.total)
            if first and event.matches:
                self.show_full()
            return
        self.end(self._counts(event.done, event.note))
        if not self.rows.matches:
            self.full.show([Paragraph(f"{event.question.text} does not occur in {event.done:,} checkpoints.", "dim")])

    def draw_progress(self, done: int, total: int) -> None:
        super().draw_progress(done, total)
        if self.rows.matches:
            self.draw([(f" {len(self.rows.matches):,} matches ", "good"), *self._right])

    def _counts(self, done: int, note: str) -> list[Part]:
        count = len(self.rows.matches)
        more = "+" if self.truncated else ""
        right: list[Part] = [(f" {note} ", "warn")] if note else []
        style = "good" if count else "warn"
        values = self.rows.value_count
        apart = f" of {counted(values, 'value')}" if values < count else ""
        matches = f"{count:,}{more} match{'' if count == 1 else 'es'}{apart}"
        return [*right, (f" {matches} in {done:,} checkpoints ", style)]

    def end(self, right: list[Part]) -> None:
        self.finding.counts = right
        super().end(right)

    def place(self) -> SelectedPlace | None:
        self.finding.at = at = self.rows.at
        return SelectedPlace(self.rows.matches[at].ref.file, self.rows.matches[at].hit.path) if at >= 0 else None

    def in_full(self) -> list[Paragraph]:
        match = self.match
        if match is None:
            return []
        where = "key" if match.hit.where == "key" else "value"
        lead = f"{masked_name(match.ref.id)} · {numbered(match.ref)} · in the {where}"
        last = self.rows.group[-1]
        if last.ref.file != match.ref.file:
            lead += f" · and further to {masked_name(last.ref.id)} · {numbered(last.ref)}"
        return [Paragraph(lead, "label"), Paragraph(masked_path(match.hit.path), "dim"), Paragraph(match.hit.text)]

    @property
    def match(self) -> Match | None:
        """The match under the cursor."""
        at = self.rows.at
        return self.rows.matches[at] if at >= 0 else None

    def copy_text(self) -> str:
        return expression(self.match.hit.path) if self.match is not None else ""

    def action_back(self) -> None:
        """Stop the search; when none is running, go back to the browser."""
        if self.stop():
            self.truncated = True
            self.end([(f" stopped · {len(self.rows.matches):,}+ matches ", "warn")])
            return
        self.action_close()
