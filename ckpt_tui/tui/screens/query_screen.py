"""The base of screens for queries: progress, a list of answers, one answer in full, and going to its place."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from ckpt_tui.stores.base import Store
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.helpers.selection import SelectedPlace
from ckpt_tui.tui.messages import QueryFailed, QueryProgress, WorkFailed
from ckpt_tui.tui.query_jobs import QueryCache, QueryJobs
from ckpt_tui.tui.screens.copied_text import copied
from ckpt_tui.tui.screens.dialogs import TextScreen, help_paragraphs
from ckpt_tui.tui.widgets.finding_list import FindingText
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.result_lists import ResultList
from ckpt_tui.tui.widgets.status import BarLine, Part, hints, titled_path
from ckpt_tui.tui.widgets.text_lines import Paragraph

_KEYS = {
    "list.open": "open", "value.copy": "copy", "app.back": "back", "app.close": "close", "app.help": "help",
    "app.quit": "app.quit", "app.suspend": "app.suspend_process",
}  # fmt: skip
"""Commands of the table that these screens have, and their actions here."""

_BAR = 10

ROOMY = 14
"""Rows from which an entry is shown in full below the list."""


Rows = TypeVar("Rows", bound=ResultList)


class QueryScreen(Screen[SelectedPlace | None], Generic[Rows]):
    """A query and its answers; closes with the place to go to, or None.

    Args:
        store: The store.
        known: The cache of answers.
        title: The query, in a word.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(by_id()[name].keys, action, by_id()[name].title, show=False, id=name) for name, action in _KEYS.items()
    ]

    DEFAULT_CSS = """
    QueryScreen ResultList, QueryScreen FindingText {
        border: round $ck-edge;
        border-title-color: $foreground;
        border-subtitle-color: $ck-dim;
        padding: 0 1;
    }
    QueryScreen ResultList:focus, QueryScreen FindingText:focus { border: round $ck-edge-focus; }
    QueryScreen ResultList { height: 3fr; }
    QueryScreen FindingText { height: 2fr; min-height: 5; }
    QueryScreen.-low FindingText { display: none; }
    """

    VERTICAL_BREAKPOINTS = [(0, "-low"), (ROOMY, "-roomy")]  # noqa: RUF012 Textual's convention

    KEYS: ClassVar[list[tuple[str, str]]] = [
        ("move.up move.down", "move"), ("list.open", "go there"), ("value.copy", "copy"), ("app.back", "back"),
    ]  # fmt: skip

    STOPS: ClassVar[str] = "stops, back to the browser"
    """The effect of esc while a query runs."""

    def __init__(self, store: Store, known: QueryCache, title: str) -> None:
        super().__init__()
        self._store = store
        self.jobs = QueryJobs(self, known)
        self._title = title
        self._right: list[Part] = []
        self.running = False

    def compose(self) -> ComposeResult:
        yield BarLine(id="head")
        yield self.make_list()
        yield FindingText(id="answer")
        yield BarLine(id="foot")

    # -- defined by a subclass ---------------------------------------------------------------------------------------

    def make_list(self) -> Rows:
        """The list of answers."""
        raise NotImplementedError

    def place(self) -> SelectedPlace | None:
        """Where the entry under the cursor leads."""
        raise NotImplementedError

    def in_full(self) -> list[Paragraph]:
        """The entry under the cursor in full."""
        raise NotImplementedError

    def copy_text(self) -> str:
        """The text that `y` copies."""
        return "\n".join(paragraph.text for paragraph in self.in_full())

    # -- the frame ---------------------------------------------------------------------------------------------------

    @property
    def rows(self) -> Rows:
        """The list."""
        return self.query_one(ResultList)  # type: ignore[return-value]

    @property
    def full(self) -> FindingText:
        """The entry in full."""
        return self.query_one(FindingText)

    def on_mount(self) -> None:
        """Begin."""
        self.rows.border_title = Content(self._title)
        self.set_focus(self.rows)  # at once: the next key may be on its way
        self.start()

    def start(self) -> None:
        """Run the query, if it can begin at once."""

    def begin(self) -> None:
        """Show that a query runs."""
        self.running = True
        self.full.show([])
        self.draw_progress(0, 0)

    def on_query_progress(self, event: QueryProgress) -> None:
        """Show how far it is."""
        if self.running:
            self.draw_progress(event.done, event.total)

    def draw_progress(self, done: int, total: int) -> None:
        """Show the progress, and that it can be stopped."""
        bar = "━" * (_BAR * done // max(total, 1))
        count = f"{done:,} of {total:,} checkpoints" if total else "examining the store"
        self.draw([(f" {bar:╌<{_BAR}} {count} ", "warn")])
        self.say_keys(hints(("app.back", self.STOPS)))

    def end(self, right: list[Part]) -> None:
        """Show that the query has ended."""
        self.running = False
        self.draw(right)
        self.say_keys(hints(*self.KEYS))
        self.show_full()

    def on_query_failed(self, event: QueryFailed) -> None:
        """Show why there is no answer."""
        self.end([(" no answer ", "error")])
        self.full.show([Paragraph(event.what, "error"), Paragraph(event.hint, "dim")])

    def on_work_failed(self, event: WorkFailed) -> None:
        """Show an unexpected failure; the app goes on."""
        self.on_query_failed(QueryFailed("Something unexpected happened; please report it.", event.report))

    def on_resize(self) -> None:
        """Draw the line at the top for the width."""
        self.draw_head()

    def draw(self, right: list[Part]) -> None:
        """Draw the line at the top."""
        self._right = right
        self.draw_head()

    def draw_head(self) -> None:
        """Draw the line at the top."""
        left = titled_path(self._title.lower(), self._store.path, self.size.width, self._right)
        self.query_one("#head", BarLine).show(left, self._right)

    def say_keys(self, left: list[Part]) -> None:
        """Draw the line at the bottom."""
        self.query_one("#foot", BarLine).show(left, [])

    @on(LineList.Moved)
    def _moved(self, event: LineList.Moved) -> None:
        if isinstance(event.lines, ResultList) and event.lines.is_attached:
            self.show_full()

    def show_full(self) -> None:
        """Show the entry under the cursor in full."""
        self.full.show(self.in_full())

    # -- actions -----------------------------------------------------------------------------------------------------

    def on_result_list_opened(self) -> None:
        """Go to the entry that was clicked twice."""
        self.action_open()

    def action_open(self) -> None:
        """Go to the place of the entry, in the browser."""
        place = self.place()
        if place is not None:
            self.dismiss(place)

    def action_copy(self) -> None:
        """Copy the entry."""
        text = self.copy_text()
        said = copied(self.app, text, self._title.lower()) if text else ("Nothing to copy.", "dim")
        self.say_keys([(f" {said[0]} ", said[1])])

    def action_help(self) -> None:
        """Show keys and signs."""
        self.app.push_screen(TextScreen("Keys and signs", help_paragraphs()))

    def stop(self) -> bool:
        """Stop a running query; False when there is none."""
        if not self.running:
            return False
        self.running = False
        self.workers.cancel_node(self)
        return True

    def action_back(self) -> None:
        """Go back to the browser; a running query is stopped."""
        self.action_close()

    def action_close(self) -> None:
        """Back to the browser."""
        self.stop()
        self.dismiss(None)
