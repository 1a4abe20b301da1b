"""The browser: keeps the list in step with the store, and the panes in step with the list."""

from __future__ import annotations

import time

from textual import on
from textual.timer import Timer
from textual.worker import Worker

from ckpt_tui.core.cache import Cache
from ckpt_tui.core.model import Checkpoint, Problem
from ckpt_tui.core.runs.ids import IdFault, find
from ckpt_tui.core.text import clean
from ckpt_tui.stores.base import Entry, Store
from ckpt_tui.tui.early import EarlyLook
from ckpt_tui.tui.jobs import Jobs
from ckpt_tui.tui.library import Library
from ckpt_tui.tui.messages import AlarmsReady, BodiesWanted, CheckpointReady, PeekReady, ViewReady, WorkFailed
from ckpt_tui.tui.screens.bars import Bars
from ckpt_tui.tui.screens.differing import Differing
from ckpt_tui.tui.screens.inquiring import Inquiring
from ckpt_tui.tui.screens.panes import Panes
from ckpt_tui.tui.screens.replays import Replayable
from ckpt_tui.tui.screens.resuming import Resumable
from ckpt_tui.tui.store_follower import StoreFollower
from ckpt_tui.tui.view import View
from ckpt_tui.tui.widgets.line_list import LineList
from ckpt_tui.tui.widgets.status import revealed

LOAD_SECONDS = 0.05
"""Pause after the last move of the cursor before its checkpoint is loaded: a held key loads nothing on its way."""

EARLY_SECONDS = 0.03
"""Longest wait for the first rows before the first screen is drawn without them."""

PLACE_SECONDS = 0.04
"""Pause after the last move of the cursor in a value before its path is shown."""

KEPT = 24
"""Checkpoints kept decoded: going back and forth costs nothing."""

KEPT_BYTES = 24_000_000
"""Bytes of their files altogether."""


class Browse(Bars, Differing, Inquiring, Replayable, Resumable, Panes):
    """The main screen.

    Args:
        store: What to browse.
        at: Id of the checkpoint to open at; None follows the newest.
        steps: Labels of the place to open at.
        early: A look at the store that has begun.
    """

    def __init__(
        self, store: Store, at: str | None = None, steps: tuple[str, ...] = (), early: EarlyLook | None = None
    ) -> None:
        super().__init__()
        self.store = store
        self.library = early.library if early else Library()
        self.jobs = Jobs(self, store)
        self.follower = StoreFollower(self, store, self.library, early, self._is_loading)
        self._early = early
        self.following = at is None
        self._at = at
        self._steps = steps
        self._shown = ""
        self._kept = Cache[str, tuple[Entry | None, Checkpoint]](
            KEPT_BYTES, lambda kept: len(kept[1].raw), KEPT, least=1
        )
        self._loading: tuple[str, Entry | None] | None = None
        self._load: Worker[None] | None = None
        self._timer: Timer | None = None
        self._place_timer: Timer | None = None
        self._waiting = False

    def on_mount(self) -> None:
        """Start reading the store."""
        super().on_mount()
        view = self._early.wait(EARLY_SECONDS) if self._early else None
        if view is not None and self._early is not None and self._early.batch is not None:
            self._show_rows(ViewReady(view, self._early.batch.done, self._early.batch.total))
        self.draw_head()
        self.draw_foot()
        self.call_after_refresh(self._begin)

    async def _begin(self) -> None:
        """The first rows are on the screen: now the rest of it, and of the store."""
        await self.complete()
        self.follower.follow()
        self._load_selected()
        self.load_notes()

    def on_unmount(self) -> None:
        """Stop reading, and whatever was run from here."""
        self.jobs.stop()
        self.follower.stop()
        self.end_runs()

    def open_instead(self, store: Store) -> None:
        """Show a store that holds what this one holds, and more."""
        self.jobs.stop()
        self.follower.stop()
        self.store = store
        self.jobs = Jobs(self, store)
        self.follower = StoreFollower(self, store, self.library, None, self._is_loading)
        self.follower.follow()

    # -- news of the store -------------------------------------------------------------------------------------------

    def on_view_ready(self, event: ViewReady) -> None:
        """Show how the store looks now."""
        view = event.view
        self._show_rows(event)
        self.viewed(view)
        if not view.places:
            self._show_waiting(view)
            if self.has_class("-narrow") and self.pane is self.list:
                self._waiting = True
                self.focus_pane(self.details[0])
        elif self._shown not in view.places:
            if self._waiting:
                self._waiting = False
                self.focus_pane(self.list)
            self._shown = ""
            self._load_selected()
        else:
            self._reload_if_changed()
        self.draw_head()
        self.draw_foot()

    def _show_rows(self, event: ViewReady) -> None:
        """Show how the store looks now, in the list."""
        before, view = self.list.view, event.view
        self.progress = (event.done, event.total) if event.done < event.total else (0, 0)
        if view.newest != before.newest or view.checkpoints != before.checkpoints:
            self.changed_at = time.time()
        if self._at is not None and view.runs:
            self._open_at(view)
        self.list.show(view, self.following)

    def _open_at(self, view: View) -> None:
        assert self._at is not None
        try:
            node = find(self._at, view.runs)
        except IdFault as fault:
            if self.progress == (0, 0):
                self._at, self.following = None, True
                self.say(f"{clean(fault.reason)}; showing the newest", "warn")
            return
        self._at = None
        self.list.selected = node.ref.file

    def on_bodies_wanted(self, event: BodiesWanted) -> None:
        """Count messages and requests in the background."""
        self.follower.read_bodies()

    def _show_waiting(self, view: View) -> None:
        from ckpt_tui.stores.registry import folders
        from ckpt_tui.tui.screens.welcome import waiting_paragraphs
        from ckpt_tui.tui.widgets.text_lines import Paragraph

        self._shown = ""
        filtered = bool(view.filter) and view.checkpoints + view.problems > 0
        path = self.store.path
        text = waiting_paragraphs(path, view.missing, self.store.kind, [] if view.missing else folders(path))
        for pane in self.details:
            if filtered:
                pane.tell("Nothing matches", [Paragraph(f"No checkpoint contains {view.filter!r}. esc shows all.")])
            else:
                title = "Waiting for the directory" if view.missing else "Waiting for a checkpoint"
                pane.tell(title, text)

    def _reload_if_changed(self) -> None:
        """The selected file was replaced: show what it holds now."""
        file = self._shown
        kept = self._kept.get(file)
        if file == self.list.selected and kept is not None and _differs(kept[0], self.library.entry(file)):
            self._shown = ""
            self._load_selected()

    def set_filter(self, text: str) -> None:
        """Show only checkpoints that contain a text; "" shows all."""
        self.library.filter = text
        self.follower.refresh()

    # -- the selected checkpoint -------------------------------------------------------------------------------------

    @on(LineList.Moved, "#checkpoints")
    def _list_moved(self, event: LineList.Moved) -> None:
        event.stop()
        if event.by_hand and self.following:
            self.following = False
            self.draw_foot()
        if self._timer is not None:
            self._timer.stop()
        if self.list.selected != self._shown:
            # The first one at once, any other after a pause.
            self._timer = self.set_timer(LOAD_SECONDS if self._shown else 0.001, self._load_selected)

    def on_line_list_moved(self) -> None:
        """Tell where the cursor stands in a value, once it rests: a line of text costs as much as the move itself."""
        if self._place_timer is not None:
            self._place_timer.stop()
        self._place_timer = self.set_timer(PLACE_SECONDS, self.draw_foot)

    def _is_loading(self) -> bool:
        return self._load is not None and self._load.is_running

    def _load_selected(self) -> None:
        file = self.list.selected
        if not file or file == self._shown or not self.is_complete:
            return
        entry = self.library.entry(file)
        if isinstance(entry, Problem):
            self._shown = file
            self._show_problem(entry)
            return
        kept = self._kept.get(file)
        if kept is not None and not _differs(kept[0], entry):
            self._show_checkpoint(file, kept[1])
        elif self._loading is not None and self._loading[0] == file and not _differs(self._loading[1], entry):
            pass  # it is on its way: two loads of a large file would take its memory twice
        else:
            self._loading = (file, entry)
            self._load = self.jobs.load(file)

    def on_checkpoint_ready(self, event: CheckpointReady) -> None:
        """Show a loaded checkpoint, if it is still the selected one."""
        if self._loading is not None and self._loading[0] == event.file:
            self._loading = None
        if event.checkpoint is not None:
            self._kept.put(event.file, (self.library.entry(event.file), event.checkpoint))
        if event.file != self.list.selected:
            return
        if event.checkpoint is not None:
            self._show_checkpoint(event.file, event.checkpoint)
            return
        from ckpt_tui.tui.widgets.text_lines import Paragraph

        self._shown = event.file
        for pane in self.details:
            pane.tell(clean(event.file, 60), [Paragraph(event.error, "error"), Paragraph(event.hint, "dim")])

    def on_alarms_ready(self, event: AlarmsReady) -> None:
        """Warn of a checkpoint that could run code when it is loaded."""
        if event.file == self._shown:
            for pane in self.details:
                pane.alarm(event.told)

    def _show_checkpoint(self, file: str, checkpoint: Checkpoint) -> None:
        self._shown = file
        for pane in self.details:
            pane.show(checkpoint)
        self.call_after_refresh(self.jobs.judge, file, checkpoint)
        if self._steps:
            steps, self._steps = self._steps, ()
            if not self.details[0].go_to(steps):
                self.say(f"There is no {'.'.join(steps)} in this checkpoint.", "warn")
            self.focus_pane(self.details[0])
        self.open_wanted(file)
        self.draw_foot()

    def _show_problem(self, problem: Problem) -> None:
        from ckpt_tui.tui.widgets.text_lines import Paragraph

        lines = [
            Paragraph(problem.file, "heading"),
            Paragraph(f"This file cannot be shown as a checkpoint: {problem.reason}\n", "error"),
            Paragraph("It stays in the list and is read again when it changes. The rest of the store is not affected."),
        ]
        for pane in self.details:
            pane.tell("Problem", lines)
        if problem.size:
            self._loading = None  # a peek takes the place of a load
            self.jobs.peek(problem.file)

    def on_peek_ready(self, event: PeekReady) -> None:
        """Show the beginning of a file that cannot be shown as a checkpoint."""
        from ckpt_tui.tui.widgets.text_lines import Paragraph

        if event.file == self._shown:
            text = event.data.decode("utf-8", "backslashreplace")
            self.details[0].lines.add([Paragraph("\nIt begins with:\n", "dim"), Paragraph(text, "plain", 2)])

    async def on_resize(self) -> None:
        """What fits beside each other depends on the width."""
        await self.widen()
        self.draw_head()
        self.draw_foot()

    # -- actions -----------------------------------------------------------------------------------------------------

    def on_checkpoints_opened(self) -> None:
        """Look at the selected checkpoint."""
        if self.is_complete:
            self._load_selected()
            self.focus_pane(self.details[0])

    def action_follow(self) -> None:
        """Follow the newest checkpoint, or stay."""
        self.following = not self.following
        if self.following and self.list.view.newest:
            self.list.select(self.list.view.newest, by_hand=False)
        self.draw_foot()

    def action_reveal(self) -> None:
        """Show secrets, or mask them again."""
        reveal = not self.detail.reveal
        for pane in self.details:
            pane.set_reveal(reveal)
        self.say(*revealed(reveal))

    def action_help(self) -> None:
        """Show keys and signs."""
        from ckpt_tui.tui.screens.dialogs import TextScreen, help_paragraphs

        keys: dict[str, str] = getattr(self.app, "changed_keys", {})
        self.app.push_screen(TextScreen("Keys and signs", help_paragraphs(keys)))

    def action_back(self) -> None:
        """Back out of what was opened last."""
        if self.is_asking:
            self.close_ask()
        elif self.stop_reading() or self.stop_bisecting() or self.forget_edits() or self.end_travel():
            pass
        elif self.match:
            self.set_match("")
        elif self.is_zoomed:
            self.unzoom()
        elif self.pane is not self.list:
            self.focus_pane(self.list)
        elif self.list.view.filter:
            self.set_filter("")

    def action_close(self) -> None:
        """Go back to the list; from there, quit."""
        if self.is_zoomed:
            self.unzoom()
        elif self.pane is not self.list:
            self.focus_pane(self.list)
        else:
            self.app.exit()

    def on_row_tree_told(self, event: object) -> None:
        """Say what a pane has to say."""
        self.say(str(getattr(event, "text", "")))

    def on_work_failed(self, event: WorkFailed) -> None:
        """Show an unexpected failure; the app goes on."""
        self._loading = None
        from ckpt_tui.tui.screens.dialogs import TextScreen
        from ckpt_tui.tui.widgets.text_lines import Paragraph

        lines = [Paragraph("Something unexpected happened; the app goes on. Please report it.\n", "error")]
        report = event.report
        self.app.push_screen(
            TextScreen(f"Failed: {event.doing}", [*lines, Paragraph(report)], lambda: self.copy(report, "report"))
        )


def _differs(one: Entry | None, other: Entry | None) -> bool:
    """Whether a file changed between two looks; facts that were filled in later are no change."""
    if isinstance(one, Problem) or isinstance(other, Problem) or one is None or other is None:
        return one is not other and one != other
    return one._replace(facts=None) != other._replace(facts=None)
