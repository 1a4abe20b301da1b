"""The replay of a run: the graph lit by each step, what happened in it, what is watched, and the line of the track."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.screen import Screen

from ckpt_tui.actions.notes import Notebook
from ckpt_tui.core.drawing.drawing import Drawing
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.replay.cadence import SPEEDS
from ckpt_tui.core.replay.frames import Frame
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.listing import clock_text, id_text
from ckpt_tui.core.runs.track import Fork, Track
from ckpt_tui.core.steps.graph import Graph
from ckpt_tui.core.text import ago_text, clean
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.controllers.bookmarks import Bookmarks
from ckpt_tui.tui.controllers.fork_choice import ForkChoice
from ckpt_tui.tui.controllers.playback import Playback
from ckpt_tui.tui.controllers.watchlist import Watchlist
from ckpt_tui.tui.helpers.position import Position
from ckpt_tui.tui.learning import Learned
from ckpt_tui.tui.messages import WorkFailed
from ckpt_tui.tui.replaying import FrameReady, ReplayJobs, Swept
from ckpt_tui.tui.screens.dialogs import TextScreen, help_paragraphs
from ckpt_tui.tui.screens.forks import ForkScreen
from ckpt_tui.tui.screens.notes import NotesScreen
from ckpt_tui.tui.view import View
from ckpt_tui.tui.widgets.graph_view import GraphView
from ckpt_tui.tui.widgets.prompt import Prompt, Question
from ckpt_tui.tui.widgets.status import BarLine, Part
from ckpt_tui.tui.widgets.step_lines import Picked, StepLines, WatchLines
from ckpt_tui.tui.widgets.story import Told, frame_lines
from ckpt_tui.tui.widgets.text_lines import Paragraph
from ckpt_tui.tui.widgets.timeline import Timeline

NARROW = 100
"""Columns below which a wide graph stands above what happened instead of beside it."""

_NOTE = Question("note", "on this checkpoint; empty takes it away", "keeps it")

_HINTS = (
    ("space", "play"), ("[ ]", "step"), ("< >", "speed"), ("f", "fork"), ("p", "pin"), ("{ }", "pinned change"),
    ("b", "breakpoint"), ("esc", "back"), ("?", "help"), ("B", "bookmark"), ("a", "note"),
)  # fmt: skip


class ReplayScreen(Screen[Any]):
    """Replays a run; closes with the file and the place to show in the browser.

    Args:
        store: The store.
        run: The run.
        node: Where to begin.
        learned: What is known of the run's graph.
        notebook: Bookmarks and notes, pins and breakpoints.
        choices: Ways that were chosen at forks before.
        play: Whether to play at once.
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
                "app.quit": "app.quit", "app.suspend": "app.suspend_process",
            }.items()
        ),
    ]  # fmt: skip

    DEFAULT_CSS = """
    ReplayScreen { layout: vertical; }
    ReplayScreen #body { height: 1fr; layout: horizontal; }
    ReplayScreen GraphView, ReplayScreen StepLines, ReplayScreen WatchLines {
        border: round $ck-edge; border-title-color: $foreground; border-subtitle-color: $ck-dim; padding: 0 1;
    }
    ReplayScreen GraphView:focus, ReplayScreen StepLines:focus, ReplayScreen WatchLines:focus {
        border: round $ck-edge-focus;
    }
    ReplayScreen GraphView { width: 45%; height: 1fr; }
    ReplayScreen #told { width: 1fr; height: 1fr; }
    ReplayScreen StepLines { height: 1fr; }
    ReplayScreen WatchLines { height: auto; max-height: 40%; }
    ReplayScreen.-stacked #body { layout: vertical; }
    ReplayScreen.-stacked GraphView { width: 1fr; height: 45%; }
    """

    def __init__(
        self,
        store: Store,
        run: Run,
        node: Node,
        learned: Learned,
        notebook: Notebook | None,
        choices: Mapping[str, str],
        play: bool,
    ) -> None:
        super().__init__()
        self.store = store
        self.position = Position(run, node, choices)
        self.jobs = ReplayJobs(self, store, learned)
        self.playback = Playback(self, self.position, self.jobs, play)
        self.watchlist = Watchlist(self, self.position, self.jobs)
        self.fork_choice = ForkChoice(self, self.position, self.jobs)
        self.bookmarks = Bookmarks(self, notebook)
        self._message: list[Part] = []
        self._cut = False
        self._compact: tuple[Graph, int] | None = None

    def compose(self) -> ComposeResult:
        yield BarLine(id="head")
        with Container(id="body"):
            yield GraphView(id="graph")
            with Vertical(id="told"):
                yield StepLines(id="step")
                yield WatchLines(id="watch")
        yield Timeline(id="timeline")
        yield BarLine(id="where")
        yield BarLine(id="foot")
        yield Prompt()

    def on_mount(self) -> None:
        """Begin."""
        self.query_one(GraphView).border_title = Content("Graph")
        self.query_one(StepLines).border_title = Content("What happened")
        self.query_one(WatchLines).border_title = Content("Watched")
        self.query_one(WatchLines).border_subtitle = Content("x drops")
        self.query_one(StepLines).focus()
        self.watchlist.begin()
        self.jobs.follow_track(self.position.track, self.position.tip)
        self.jobs.begin()
        self.playback.go(self.position.at)

    def on_unmount(self) -> None:
        """End the worker."""
        self.jobs.stop()

    # -- drawing -----------------------------------------------------------------------------------------------------

    def draw_frame(self, frame: Frame) -> None:
        view = self.query_one(GraphView)
        self._stack(frame)
        view.show(frame.graph, frame.step)
        if view.is_cut != self._cut:  # a title that is set draws the whole pane anew
            self._cut = view.is_cut
            view.border_subtitle = Content("H L scroll" if view.is_cut else "")
        self.query_one(StepLines).show([self._heading(), *frame_lines(frame)])

    def _heading(self) -> Told:
        return Told(
            [
                (f"Step {self.position.at} of {self.position.last}", "heading"),
                (f" · {id_text(self.position.node.ref)}", "dim"),
            ]
        )

    def _stack(self, frame: Frame) -> None:
        """In a narrow terminal, a graph that is too wide to stand beside the rest stands above it."""
        if self._compact is None or self._compact[0] is not frame.graph:
            self._compact = frame.graph, Drawing(frame.graph, False).width
        width = self.size.width
        stacked = width < NARROW and self._compact[1] > width * 45 // 100 - 4
        if stacked != self.has_class("-stacked"):
            self.set_class(stacked, "-stacked")

    def draw_failure(self, reason: str) -> None:
        what = "This checkpoint cannot be read; the replay passes over it."
        self.query_one(StepLines).show([self._heading(), Told([(what, "error")]), Told([(clean(reason), "dim")])])

    def draw(self) -> None:
        if not self.is_mounted:
            return
        self._draw_head()
        self.watchlist.draw(self.query_one(WatchLines))
        track, book = self.position.track, self.notebook
        bookmarks = [at for name in (book.notes if book else ()) if (at := track.place(name)) >= 0]
        self.query_one(Timeline).show(
            len(track.nodes), self.position.at,
            {"fork": [*track.forks], "bookmark": bookmarks, "true": self.watchlist.true_places()},
        )  # fmt: skip
        self._draw_where()
        self._draw_foot()

    def _draw_head(self) -> None:
        run, playback = self.position.track.run, self.playback
        title = f"{clean(run.workflow, 40)} · run {run.number}"
        left: list[Part] = [(" ckpt-tui ", "strong"), (" replay ", "key"), (f" {title}", "plain")]
        if playback.waiting:
            right: Part = (" ● at the live edge, waits for the next step ", "good")
        elif playback.playing:
            direction = "▶ playing" if playback.playing > 0 else "◀ playing backwards"
            right = (f" {direction} {SPEEDS[playback.speed]} ", "good")
        else:
            right = (f" ‖ paused · {SPEEDS[playback.speed]} ", "dim")
        self.query_one("#head", BarLine).show(left, [right])

    def _draw_where(self) -> None:
        track, at, shown = self.position.track, self.position.at, self.playback.shown
        ref = self.position.node.ref
        before = track.nodes[at - 1].ref if at else None
        took = f" · took {ago_text(ref.when - before.when)[1:]}" if before and before.when and ref.when else ""
        left: list[Part] = [
            (f" step {at} of {self.position.last}", "strong"),
            (f" · iteration {ref.iteration} · {clock_text(ref.when)}{took}", "plain"),
        ]
        if (shown is None or shown.file != ref.file) and not self.jobs.failure(ref.file):
            left.append((" · reading …", "warn"))
        fork = track.forks.get(at)
        if fork is not None:
            chosen = f"way {fork.taken + 1} of {len(fork.ways)}" if fork.decided else f"{len(fork.ways)} ways go on"
            left.append((f" · ┳ fork: {chosen}, f chooses", "warn"))
        note = self.notebook.notes.get(ref.id) if self.notebook else None
        if note is not None:
            left.append((f" · {'★' if note.bookmark else '✎'} {clean(note.text, 60)}", "warn"))
        squeezed = self.playback.squeezed
        self.query_one("#where", BarLine).show(left, [(f" {squeezed} ", "warn")] if squeezed else [])

    def _draw_foot(self) -> None:
        foot = self.query_one("#foot", BarLine)
        if self._message:
            foot.show(self._message, [])
            return
        parts: list[Part] = []
        room = self.size.width
        for key, word in _HINTS:
            if (word == "fork" and not self.position.track.forks) or (word == "pinned change" and not self.jobs.pins):
                continue
            room -= len(key) + len(word) + 3
            if room < 0:
                break
            parts += [(f" {key}", "key"), (f" {word} ", "dim")]
        foot.show(parts, [])

    def on_resize(self) -> None:
        """What fits depends on the size."""
        if self.playback.shown is not None:
            self.draw_frame(self.playback.shown)
        self.draw()

    def say(self, text: str, style: str = "plain") -> None:
        self._message = [(f" {text} ", style)] if text else []
        self.prompt.say(text, style)
        self._draw_foot()

    async def on_event(self, event: events.Event) -> None:
        """What was said is taken back with the next key."""
        if isinstance(event, events.Key) and self._message:
            self.say("")
        await super().on_event(event)

    # -- what the controllers use ------------------------------------------------------------------------------------

    @property
    def prompt(self) -> Prompt:
        """Where a text is asked for."""
        return self.query_one(Prompt)

    @property
    def notebook(self) -> Notebook | None:
        """The notes on the store; None where they cannot be kept."""
        return self.bookmarks.book

    def keep(self) -> bool:
        """Write the notes; False where that fails, which is said."""
        return self.bookmarks.write()

    def watch_changed(self, breakpoints: Collection[str]) -> None:
        self.playback.keep_truths(breakpoints)

    def ask_way(self, fork: Fork, playing: int) -> None:
        self.fork_choice.ask(fork, playing)

    def show_ways(self, track: Track, fork: Fork, take: Callable[[int | None], None]) -> None:
        self.app.push_screen(ForkScreen(track, fork), take)

    def go_on(self, at: int, playing: int | None = None) -> None:
        self.playback.go_on(at, playing)

    def stop(self) -> None:
        self.playback.stop()

    def ref_at_hand(self) -> CheckpointRef | None:
        return self.position.node.ref

    def notes_changed(self) -> None:
        self.draw()

    def ask_note(self, text: str) -> None:
        self.playback.stop()
        self.prompt.ask(_NOTE, text, self.bookmarks.take)

    def open_notes(self, book: Notebook) -> None:
        self.app.push_screen(NotesScreen(book), self._picked)

    def _picked(self, checkpoint: str | None) -> None:
        if checkpoint is not None:
            self.fork_choice.lead_to(checkpoint)

    # -- news --------------------------------------------------------------------------------------------------------

    def show_view(self, view: View) -> None:
        """The store changed: a run that went on extends the track."""
        self.playback.follow_view(view)

    def on_frame_ready(self, event: FrameReady) -> None:
        """A step was made."""
        self.playback.take_frame(event)

    def on_swept(self, event: Swept) -> None:
        """More of the branch was read."""
        self.playback.take_sweep(event)

    def on_work_failed(self, event: WorkFailed) -> None:
        """Show an unexpected failure; what is shown stays."""
        self.playback.stop()
        lines = [Paragraph("Something unexpected happened; please report it.\n", "error"), Paragraph(event.report)]
        self.app.push_screen(TextScreen("Failed: replay", lines))

    @on(Picked)
    def _look_at(self, event: Picked) -> None:
        self.dismiss((self.position.node.ref.file, event.path))

    @on(Timeline.Sought)
    def _sought(self, event: Timeline.Sought) -> None:
        self.playback.stop()
        self.playback.go(event.at, 1 if event.at >= self.position.at else -1)

    @on(Timeline.Stepped)
    def _stepped(self, event: Timeline.Stepped) -> None:
        self.playback.step_by_hand(event.way)

    @on(WatchLines.Dropped)
    def _dropped(self, event: WatchLines.Dropped) -> None:
        self.watchlist.drop(event.row)
        if not self.query_one(WatchLines).line_count:
            self.query_one(StepLines).focus()

    # -- actions -----------------------------------------------------------------------------------------------------

    def action_play(self, way: int) -> None:
        """Play forwards or backwards, or pause."""
        self.playback.play(way)

    def action_step(self, way: int) -> None:
        """One step on or back."""
        self.playback.step_by_hand(way)

    def action_end(self, way: int) -> None:
        """The first or the last step."""
        self.playback.stop()
        self.playback.go(self.position.last if way > 0 else 0, way)

    def action_change(self, way: int) -> None:
        """The next or previous change of a pinned path."""
        self.playback.stop()
        self.playback.seek(way)

    def action_speed(self, by: int) -> None:
        """Slower or faster."""
        self.playback.faster(by)

    def action_fork(self) -> None:
        """Choose the way at this fork, or at the next."""
        self.fork_choice.ask_next()

    def action_pin(self) -> None:
        """Pin the path under the cursor, or ask for one."""
        lines = self.query_one(StepLines)
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

    def action_pane(self, way: int) -> None:
        """The next or previous pane."""
        panes = [self.query_one(StepLines), self.query_one(GraphView), self.query_one(WatchLines)]
        shown = [pane for pane in panes if pane.display]
        at = next((index for index, pane in enumerate(shown) if pane.has_focus), 0)
        shown[(at + way) % len(shown)].focus()

    def action_help(self) -> None:
        """Show keys and signs."""
        keys: dict[str, str] = getattr(self.app, "changed_keys", {})
        self.playback.stop()
        self.app.push_screen(TextScreen("Keys and signs", help_paragraphs(keys)))

    def action_back(self) -> None:
        """Stop a search, or go back to the browser at the checkpoint that is shown."""
        if self.playback.seeking:
            self.playback.stop()
        else:
            self.dismiss((self.position.node.ref.file, ()))
