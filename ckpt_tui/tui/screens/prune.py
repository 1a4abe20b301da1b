"""The screen of `ckpt-tui prune`: choosing checkpoints, a preview, and undoing."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from ckpt_tui.actions.trash import SUFFIX, Deleted, trash_of
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.prune_plan import PruneChoice, Wish
from ckpt_tui.core.runs.time_texts import clock_text, date_text
from ckpt_tui.core.text import counted, size_text
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.commands import bindings, by_id
from ckpt_tui.tui.controllers.status_bars import path_text
from ckpt_tui.tui.helpers.prune_wishes import PruneWishes
from ckpt_tui.tui.messages import PlanReady, PruneDone, WorkFailed
from ckpt_tui.tui.screens.dialogs import help_screen
from ckpt_tui.tui.screens.yes_no import YesNoScreen
from ckpt_tui.tui.store_jobs import StoreJobs
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.prompt import Prompt, Prompted, focus_after_question
from ckpt_tui.tui.widgets.prune_lists import PlanList, WishList
from ckpt_tui.tui.widgets.shown_keys import keys_of
from ckpt_tui.tui.widgets.status import BarLine, Part, hints

_KEYS = {
    "app.back": "back", "app.close": "back", "app.help": "help", "app.palette": "app.command_palette",
    "app.quit": "app.quit", "app.suspend": "app.suspend_process", "view.other_pane": "app.focus_next",
    "view.previous_pane": "app.focus_previous",
}  # fmt: skip
"""Commands of other places that this screen has, and their actions here."""

_PATH = 24
"""Cells of the path of the trash in what is said."""

_PARTS = ("#head", "#wishes", "#plan", "#foot")
"""Widgets that show the choice."""

_NUMBERS = {
    "keep": Prompted("keep", "how many of the newest of each run stay; 0 deletes all", "shows what goes"),
    "older": Prompted("older than", "90m, 12h, 30d or 8w", "shows what goes"),
}
"""Kind of a line that has a number → the prompt for another one."""


class PruneScreen(Screen[str]):
    """Asks what to delete and shows the effect; closes with the result as text, or "".

    Args:
        store: The store.
        runs: Gives the runs of the list as they are now.
        here: Gives the selected checkpoint as it is now; None where none is selected.
        marked: The files that are marked.
        in_use: Gives the ids of checkpoints that runs use which go on.
        gone: Takes the files that were deleted.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("delete"),
        *(
            Binding(by_id()[name].keys, action, by_id()[name].title, show=False, id=name)
            for name, action in _KEYS.items()
        ),
    ]

    DEFAULT_CSS = """
    PruneScreen WishList, PruneScreen PlanList {
        border: round $ck-edge; border-title-color: $foreground; border-subtitle-color: $ck-dim; padding: 0 1;
    }
    PruneScreen WishList:focus, PruneScreen PlanList:focus { border: round $ck-edge-focus; }
    PruneScreen WishList { height: auto; }
    PruneScreen PlanList { height: 1fr; }
    """

    def __init__(
        self, store: Store, runs: Callable[[], Sequence[Run]], here: Callable[[], tuple[Run, Node] | None],
        marked: Collection[str], in_use: Callable[[], Collection[str]], gone: Callable[[Collection[str]], None],
    ) -> None:  # fmt: skip
        super().__init__()
        self._store, self._runs, self._in_use, self._gone = store, runs, in_use, gone
        self._offered = PruneWishes(here, marked)
        self._jobs = StoreJobs(self, store)
        self._wish: Wish | None = None
        """The last wish."""
        self._choice: PruneChoice | None = None
        """The effect of the wish; None until it is known."""
        self._last: Deleted | None = None
        self._is_working = self._has_failed = False

    def compose(self) -> ComposeResult:
        yield BarLine(id="head")
        yield WishList(id="wishes")
        yield PlanList(id="plan")
        yield BarLine(id="foot")
        yield Prompt()

    def on_mount(self) -> None:
        """Show the choices."""
        self._wishes.border_title = Content("What to delete")
        self._show_wishes()
        focus_after_question(self._wishes)
        self._preview()

    def on_unmount(self) -> None:
        """Stop looking."""
        self._jobs.stop()

    @property
    def _wishes(self) -> WishList:
        return self.query_one(WishList)

    @property
    def _plan(self) -> PlanList:
        return self.query_one(PlanList)

    # -- the wish ----------------------------------------------------------------------------------------------------

    def _show_wishes(self) -> None:
        rows = self._offered.rows()
        self._wishes.styles.height = len(rows) + 2
        self._wishes.show(rows)
        force = "goes, too" if self._offered.is_forced else "stays"
        self._wishes.border_subtitle = Content(f"{keys_of('prune.force')}: what kept ones descend from {force}")

    # -- its effect ---------------------------------------------------------------------------------------------------

    def keep_up(self) -> None:
        """Apply a change of the list."""
        is_whole = all(self.query(name) for name in _PARTS)  # a screen that closes loses its widgets one by one
        if is_whole and not self._has_failed and not self._is_working:
            self._renew()

    def _preview(self) -> None:
        self._has_failed = False
        self._wish, self._choice = self._offered.wish(self._wishes.kind), None
        self._jobs.plan(self._runs(), self._wish, self._in_use())
        self.draw_head()

    @on(PlanReady)
    def _plan_ready(self, event: PlanReady) -> None:
        self._last = event.last
        if event.wish is self._wish and not self._has_failed:
            self._choice = event.choice
            self._plan.show(event.choice, self._offered.is_forced)
        self.draw_head()

    def draw_head(self) -> None:
        """Draw the lines around the lists."""
        choice = self._choice
        right: list[Part] = [(" looking … ", "dim")]
        if self._is_working:
            right = [(" moving … ", "warn")]
        elif self._has_failed:
            right = [(" not all of it was done ", "error")]
        elif choice is not None:
            gone, orphans = len(choice.gone), len(choice.orphans)
            stay = len(choice.needed) + len(choice.waiting) + len(choice.barred)
            freed = f" {gone:,} would go · {size_text(choice.freed)} "
            right = [
                (freed, "error") if gone else (" nothing would go ", "dim"),
                (f"· {orphans:,} lose{'s' if orphans == 1 else ''} the parent " if orphans else "", "warn"),
                (f"· {stay:,} stay{'s' if stay == 1 else ''} " if stay else "", "good"),
            ]
        self._plan.border_title = Content("What would go, and what stays")
        self._plan.border_subtitle = Content(f"to {self._trash_name()}")
        path = path_text(self._store.path, max(self.size.width - 20 - sum(len(text) for text, _ in right), 12))
        left: list[Part] = [(" ckpt-tui ", "strong"), ("delete ", "key"), (f" {path} ", "plain")]
        self.query_one("#head", BarLine).show(left, right)
        self._show_keys()

    def _trash_name(self) -> str:
        if self._store.members and not self._store.together:
            return f"a trash beside each store, NAME{SUFFIX}"
        return path_text(self._store.path.rstrip("/") + SUFFIX, max(self.size.width - 20, 12))

    def _show_keys(self) -> None:
        keys = [("prune.start", "delete …")]
        if self._wishes.kind in _NUMBERS:
            keys.append((f"{keys_of('prune.fewer', 'prune.more')} prune.number", "change"))
        keys.append(("prune.force", "keep parents" if self._offered.is_forced else "parents, too"))
        if self._last is not None and self._last.files:
            keys.append(("prune.undo", f"bring back {self._last.files:,}, {_moment(self._last.when)}"))
        self._say_parts(hints(*keys, ("view.other_pane", "scroll"), ("app.back", "back")))

    def _say(self, text: str, style: str) -> None:
        self._say_parts([(f" {text} ", style)])

    def _say_parts(self, parts: list[Part]) -> None:
        self.query_one("#foot", BarLine).show(parts, [])

    def on_resize(self) -> None:
        """Draw the lines for the width."""
        self.draw_head()

    @on(LineList.Moved, "#wishes")
    def _moved(self) -> None:
        self._preview()

    @on(WishList.Chosen)
    def _chosen(self) -> None:
        self.action_start()

    # -- deleting, and bringing back ---------------------------------------------------------------------------------

    def action_start(self) -> None:
        """Ask once, then move the checkpoints to the trash."""
        choice, wish = self._choice, self._wish
        if self._is_working or choice is None or wish is None or self._has_failed:
            self._say("It is not known yet what would go." if not self._has_failed else "Choose again first.", "dim")
        elif not choice.gone:
            self._say("Nothing would go: the list says why.", "dim")
        else:
            self.app.push_screen(self._question(choice), lambda yes: self._delete(wish, choice) if yes else None)

    def _question(self, choice: PruneChoice) -> YesNoScreen:
        gone, orphans = choice.gone, len(choice.orphans)
        facts = [f"{counted(len(gone), 'checkpoint')}, {size_text(choice.freed)}, to {self._trash_name()}"]
        waiting = sum(node.ref.status == "waiting" for node in gone)
        if waiting:
            facts.append(f"! {counted(waiting, 'checkpoint')} of them wait{'s' if waiting == 1 else ''} for an answer")
        if orphans:
            facts.append(
                f"! {counted(orphans, 'checkpoint')} that stay{'s' if orphans == 1 else ''} would lose the parent"
            )
        back = "P, then u brings them back, until the trash is removed."
        asked = ["\n".join(facts), back, "Delete them?  y yes   n no (as Enter does)"]
        return YesNoScreen(f"Delete {counted(len(gone), 'checkpoint')}?", "y deletes · ⏎ n esc leave them", asked, 100)

    def _delete(self, wish: Wish, choice: PruneChoice) -> None:
        self._begin()
        self._jobs.throw_away(self._runs(), wish, self._in_use(), choice)

    def action_undo(self) -> None:
        """Bring back the files of the last prune."""
        if self._is_working:
            return
        if self._last is None or not self._last.files:
            self._say("There is nothing to bring back.", "dim")
        else:
            self._begin()
            self._jobs.bring_back()

    def _begin(self) -> None:
        self._is_working = True
        self.draw_head()

    @on(PruneDone)
    def _done(self, event: PruneDone) -> None:
        self._is_working = False
        files = event.moved.files if event.moved is not None else ()
        left = event.moved.left if event.moved is not None else ()
        count = counted(len(files), "checkpoint")
        said = f"{count} {'is' if len(files) == 1 else 'are'} back" if event.is_undo else f"{count} went to the trash"
        if not event.is_undo:
            self._gone(files)
        if event.moved is not None and not left:
            self.dismiss(f"{said}." if event.is_undo else f"{said}: P, then u brings them back.")
            return
        text = f"{said}, {len(left):,} stay{'s' if len(left) == 1 else ''}"
        if event.moved is None:
            text = event.error
            for place in (self._store, *self._store.members):
                trash = trash_of(place.path)
                text = text.replace(trash, path_text(trash, _PATH))
        self._has_failed, self._wish = True, self._offered.wish(self._wishes.kind)
        self._plan.show_left(text, event.hint, left)
        self._jobs.plan(self._runs(), self._wish, self._in_use())  # shows the files that can be brought back now
        self.draw_head()

    @on(WorkFailed)
    def _work_failed(self, event: WorkFailed) -> None:
        self._is_working, self._has_failed = False, True
        self._plan.show_left("Something unexpected happened; please report it.", event.report, ())
        self.draw_head()

    # -- keys --------------------------------------------------------------------------------------------------------

    def action_change(self, direction: int) -> None:
        """Choose a larger or smaller number, a longer or shorter time."""
        if self._offered.change(self._wishes.kind, direction):
            self._renew()

    def action_number(self) -> None:
        """Type the number or the time."""
        kind = self._wishes.kind
        if kind not in _NUMBERS:
            self._say("There is no number in this line.", "dim")
            return
        prompt = self.query_one(Prompt)

        def take(text: str) -> bool:
            wrong = self._offered.take(kind, text)
            if wrong:
                prompt.say(wrong, "warn")
            else:
                self._renew()
            return not wrong

        prompt.ask(_NUMBERS[kind], self._offered.text(kind), take)

    def action_force(self) -> None:
        """Switch whether ancestors of kept checkpoints are deleted, too."""
        self._offered.is_forced = not self._offered.is_forced
        self._renew()

    def _renew(self) -> None:
        self._show_wishes()
        self._preview()

    def action_help(self) -> None:
        """Show keys and signs."""
        self.app.push_screen(help_screen(("delete",)))

    def action_back(self) -> None:
        """Go back to the browser, once running moves have ended."""
        if self._is_working:
            self._say("The files are being moved.", "warn")
        else:
            self.dismiss("")


def _moment(when: float) -> str:
    """A time of today, or a date."""
    return clock_text(when)[:5] if time.time() - when < 43_200 else date_text(when)[5:]
