"""The replay of a run: the graph lit by each step, the lines of the step, the watchlist, and the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from ckpt_tui.actions.notebook import Notebook
from ckpt_tui.actions.run_graph import RunGraph
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.controllers.bookmarks import Bookmarks
from ckpt_tui.tui.controllers.fork_choice import ForkChoice
from ckpt_tui.tui.controllers.playback import Playback
from ckpt_tui.tui.controllers.watchlist import Watchlist
from ckpt_tui.tui.helpers.position import Position
from ckpt_tui.tui.messages import WorkFailed
from ckpt_tui.tui.replay_jobs import FrameReady, ReplayJobs, Swept
from ckpt_tui.tui.screens.dialogs import failure_screen, help_screen
from ckpt_tui.tui.screens.replay_port import ReplayPort
from ckpt_tui.tui.view import View
from ckpt_tui.tui.widgets.prompt import Prompt, Prompted, focus_after_question
from ckpt_tui.tui.widgets.replay_panes import ReplayPanes
from ckpt_tui.tui.widgets.status import BarLine
from ckpt_tui.tui.widgets.step_lines import Picked, WatchLines
from ckpt_tui.tui.widgets.timeline import Timeline

_BISECT = Prompted("first checkpoint where", "an expression, such as state.score > `0.8`", "goes there in the browser")


class ReplayQueries(Protocol):
    """Commands of the browser on a checkpoint while its run is replayed."""

    def compare(self, file: str) -> None:
        """Compare a checkpoint with its parent, or with the marked one."""

    def measure(self, file: str) -> None:
        """Open the sizes of its run."""

    def examine(self, file: str) -> None:
        """Open the doctor."""

    def export(self, file: str) -> None:
        """Ask what to export."""

    def find(self, file: str) -> None:
        """Open the search over checkpoints."""

    def bisect(self, text: str) -> None:
        """Go to the first checkpoint of the branch where an expression is true."""

    @property
    def has_left(self) -> bool:
        """Whether the person went to another place from a screen that was opened."""
        ...


class ReplayScreen(Screen[Any]):
    """Replays a run; closes with the file and the place to show in the browser.

    Args:
        store: The store.
        run: The run.
        node: Where to begin.
        learned: The graph of the run, as far as it is known.
        notebook: Bookmarks and notes, pins and breakpoints.
        choices: Branches that were chosen at forks before.
        play: Whether to play at once.
        queries: The commands of the browser.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(command.keys, command.action, command.title, show=False, id=command.id)
            for command in by_id().values()
            if command.scope == "replay"
        ),
        *(
            Binding(by_id()[name].keys, action, by_id()[name].title, show=False, id=name)
            for name, action in {
                "step.next": "step(1)", "step.previous": "step(-1)", "replay.open": "play(1)",
                "keep.bookmark": "bookmark", "keep.note": "note", "keep.list": "notes", "view.other_pane": "pane(1)",
                "view.previous_pane": "pane(-1)", "app.back": "back", "app.close": "back", "app.help": "help",
                "diff.compare": "compare", "run.sizes": "measure", "store.doctor": "doctor", "store.export": "export",
                "store.find": "find", "branch.bisect": "bisect", "app.quit": "app.quit",
                "app.suspend": "app.suspend_process",
            }.items()
        ),
    ]  # fmt: skip

    DEFAULT_CSS = """
    ReplayScreen { layout: vertical; }
    """

    def __init__(
        self, store: Store, run: Run, node: Node, learned: RunGraph, notebook: Notebook | None,
        choices: Mapping[str, str], play: bool, queries: ReplayQueries,
    ) -> None:  # fmt: skip
        super().__init__()
        self.store = store
        self.position = Position(run, node, choices)
        self.jobs = ReplayJobs(self, store, learned)
        self.port = port = ReplayPort(self)
        self.playback = Playback(port, self.position, self.jobs, play)
        self.watchlist = Watchlist(port, self.position, self.jobs)
        self.fork_choice = ForkChoice(port, self.position, self.jobs)
        self.bookmarks = Bookmarks(port, notebook)
        self._queries = queries

    def compose(self) -> ComposeResult:
        yield BarLine(id="head")
        yield ReplayPanes()
        yield Timeline(id="timeline")
        yield BarLine(id="where")
        yield BarLine(id="foot")
        yield Prompt()

    def on_mount(self) -> None:
        """Begin."""
        focus_after_question(self.panes.steps)
        self.watchlist.begin()
        self.jobs.follow_track(self.position.track, self.position.tip)
        self.jobs.begin()
        self.playback.go(self.position.at)

    def on_unmount(self) -> None:
        """End the worker."""
        self.jobs.stop()

    @property
    def panes(self) -> ReplayPanes:
        """The graph, the step, and the watchlist."""
        return self.query_one(ReplayPanes)

    def bar(self, name: str) -> BarLine:
        """The line `head`, `where` or `foot`."""
        return self.query_one(f"#{name}", BarLine)

    @property
    def prompt(self) -> Prompt:
        """The prompt for a text."""
        return self.query_one(Prompt)

    def on_resize(self) -> None:
        """Lay out the panes for the size."""
        if self.playback.shown is not None:
            self.port.draw_frame(self.playback.shown)
        self.port.draw()

    def explain(self, text: str) -> None:
        """Show why a key did nothing."""
        self.port.say(text, "dim")

    async def on_event(self, event: events.Event) -> None:
        """A message is removed with the next key."""
        if isinstance(event, events.Key):
            self.port.take_back()
        await super().on_event(event)

    # -- messages ----------------------------------------------------------------------------------------------------

    def show_view(self, view: View) -> None:
        """Apply another view of the store: a run that went on extends the path."""
        self.playback.follow_view(view)

    def on_frame_ready(self, event: FrameReady) -> None:
        """Show a step that was made."""
        self.playback.take_frame(event)

    def on_swept(self, event: Swept) -> None:
        """Show the progress of reading the branch."""
        self.playback.take_sweep(event)

    def on_work_failed(self, event: WorkFailed) -> None:
        """Show an unexpected failure; the step stays."""
        self.playback.stop()
        self.app.push_screen(failure_screen("replay", event.report))

    @on(Picked)
    def _look_at(self, event: Picked) -> None:
        self.dismiss((self.position.node.ref.file, event.path))

    @on(Timeline.Seek)
    def _sought(self, event: Timeline.Seek) -> None:
        self.playback.stop()
        self.playback.go(event.at, 1 if event.at >= self.position.at else -1)

    @on(Timeline.Stepped)
    def _stepped(self, event: Timeline.Stepped) -> None:
        self.playback.step_by_hand(event.direction)

    @on(WatchLines.Dropped)
    def _dropped(self, event: WatchLines.Dropped) -> None:
        self.watchlist.drop(event.row)
        if not self.panes.watched.line_count:
            focus_after_question(self.panes.steps)

    # -- actions -----------------------------------------------------------------------------------------------------

    def action_play(self, direction: int) -> None:
        """Play forwards or backwards, or pause."""
        self.playback.play(direction)

    def action_step(self, direction: int) -> None:
        """One step on or back."""
        self.playback.step_by_hand(direction)

    def action_end(self, direction: int) -> None:
        """The first or the last step."""
        self.playback.stop()
        end = self.position.last if direction > 0 else 0
        if self.position.at == end:
            self.port.say("This is the last step." if direction > 0 else "This is the first step.", "dim")
        self.playback.go(end, direction)

    def action_change(self, direction: int) -> None:
        """The next or previous change of a pinned path."""
        self.playback.stop()
        self.playback.seek(direction)

    def action_run_to_breakpoint(self, direction: int) -> None:
        """The next or previous step at which a breakpoint became true."""
        self.playback.stop()
        self.playback.seek_breakpoint(direction)

    def action_speed(self, by: int) -> None:
        """Slower or faster."""
        self.playback.faster(by)

    def action_fork(self) -> None:
        """Choose the branch at this fork, or at the next."""
        self.fork_choice.ask_next()

    def action_pin(self) -> None:
        """Pin the path under the cursor, or ask for one."""
        lines = self.panes.steps
        if lines.path[:1] == ("state",) and len(lines.path) > 1 and lines.has_focus:
            self.watchlist.pin(lines.path)
        else:
            self.watchlist.ask_pin()

    def action_pin_any(self) -> None:
        """Ask for a path to pin."""
        self.watchlist.ask_pin()

    def action_breakpoint(self) -> None:
        """Ask for a breakpoint."""
        self.watchlist.ask_breakpoint()

    def action_bookmark(self) -> None:
        """Bookmark the checkpoint, or take the bookmark away."""
        self.bookmarks.toggle()

    def action_note(self) -> None:
        """Ask for a note on the checkpoint."""
        self.bookmarks.ask()

    def action_notes(self) -> None:
        """List bookmarks and notes."""
        self.bookmarks.show_all()

    @property
    def _paused_file(self) -> str:
        """The file of the shown checkpoint; stops the playback."""
        self.playback.stop()
        return self.position.node.ref.file

    def action_compare(self) -> None:
        """Compare the checkpoint with its parent, or with the marked one."""
        self._queries.compare(self._paused_file)

    def action_measure(self) -> None:
        """Show the sizes of the run."""
        self._queries.measure(self._paused_file)

    def action_export(self) -> None:
        """Export the replayed run."""
        self._queries.export(self._paused_file)

    def action_doctor(self) -> None:
        """Show what is wrong or risky in the store."""
        self._queries.examine(self._paused_file)

    def action_find(self) -> None:
        """Find a text over checkpoints."""
        self._queries.find(self._paused_file)

    def action_bisect(self) -> None:
        """Ask for an expression, and go to the first checkpoint where it is true: in the browser."""
        self.playback.stop()
        self.prompt.ask(_BISECT, "", self._bisect)

    def _bisect(self, text: str) -> None:
        if text.strip():
            self.dismiss((self.position.node.ref.file, ()))
            self.call_later(self._queries.bisect, text.strip())

    def on_screen_resume(self) -> None:
        """Close when the person went elsewhere from a screen over the replay."""
        if self._queries.has_left:
            self.dismiss(None)

    def action_pane(self, direction: int) -> None:
        """The next or previous pane."""
        self.panes.next_pane(direction)

    def action_help(self) -> None:
        """Show keys and signs."""
        self.playback.stop()
        self.app.push_screen(help_screen(("replay",)))

    def action_back(self) -> None:
        """Stop a search, or go back to the browser at the checkpoint that is shown."""
        if self.playback.seeking:
            self.playback.stop()
        else:
            self.dismiss((self.position.node.ref.file, ()))
