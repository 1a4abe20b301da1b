"""The replay of a run: the graph lit by each step, what happened in it, what is watched, and the line of the track."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Input

from ckpt_tui.actions.notes import Notebook
from ckpt_tui.core.drawing.drawing import Drawing
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.replay.cadence import SPEEDS
from ckpt_tui.core.replay.frames import Frame
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.listing import clock_text, id_text
from ckpt_tui.core.runs.track import Fork
from ckpt_tui.core.steps.graph import Graph
from ckpt_tui.core.text import ago_text, clean
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.commands import by_id
from ckpt_tui.tui.learning import Learned
from ckpt_tui.tui.replaying import ReplayJobs
from ckpt_tui.tui.screens.watching import Watching
from ckpt_tui.tui.widgets.graph_view import GraphView
from ckpt_tui.tui.widgets.status import BarLine, Part
from ckpt_tui.tui.widgets.step_lines import Picked, StepLines, WatchLines
from ckpt_tui.tui.widgets.story import Told, frame_lines
from ckpt_tui.tui.widgets.timeline import Timeline

NARROW = 100
"""Columns below which a wide graph stands above what happened instead of beside it."""

_HINTS = (
    ("space", "play"), ("[ ]", "step"), ("< >", "speed"), ("f", "fork"), ("p", "pin"), ("{ }", "pinned change"),
    ("b", "breakpoint"), ("esc", "back"), ("?", "help"), ("B", "bookmark"), ("a", "note"),
)  # fmt: skip


class ReplayScreen(Watching):
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
    ReplayScreen Input { height: 1; border: none; padding: 0 1; background: $panel; display: none; }
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
        super().__init__(run, node, choices, play)
        self.jobs = ReplayJobs(self, store, learned)
        self.store = store
        self.notebook = notebook
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
        yield Input(id="ask", compact=True)
        yield BarLine(id="foot")

    def on_mount(self) -> None:
        """Begin."""
        self.query_one(GraphView).border_title = Content("Graph")
        self.query_one(StepLines).border_title = Content("What happened")
        self.query_one(WatchLines).border_title = Content("Watched")
        self.query_one(WatchLines).border_subtitle = Content("x drops")
        self.query_one(StepLines).focus()
        self.jobs.watch_for(self.wanted())
        self.jobs.follow_track(self.track, self.tip)
        self.jobs.begin()
        self.go(self.at)

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
        return Told([(f"Step {self.at} of {self.last}", "heading"), (f" · {id_text(self.node.ref)}", "dim")])

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
        self.draw_watch()
        book = self.notebook
        bookmarks = [at for name in (book.notes if book else ()) if (at := self.track.place(name)) >= 0]
        self.query_one(Timeline).show(
            len(self.track.nodes), self.at,
            {"fork": [*self.track.forks], "bookmark": bookmarks, "true": self.true_places()},
        )  # fmt: skip
        self._draw_where()
        self._draw_foot()

    def _draw_head(self) -> None:
        run = self.track.run
        title = f"{clean(run.workflow, 40)} · run {run.number}"
        left: list[Part] = [(" ckpt-tui ", "strong"), (" replay ", "key"), (f" {title}", "plain")]
        if self.waiting:
            right: Part = (" ● at the live edge, waits for the next step ", "good")
        elif self.playing:
            right = (f" {'▶ playing' if self.playing > 0 else '◀ playing backwards'} {SPEEDS[self.speed]} ", "good")
        else:
            right = (f" ‖ paused · {SPEEDS[self.speed]} ", "dim")
        self.query_one("#head", BarLine).show(left, [right])

    def _draw_where(self) -> None:
        ref = self.node.ref
        before = self.track.nodes[self.at - 1].ref if self.at else None
        took = f" · took {ago_text(ref.when - before.when)[1:]}" if before and before.when and ref.when else ""
        left: list[Part] = [
            (f" step {self.at} of {self.last}", "strong"),
            (f" · iteration {ref.iteration} · {clock_text(ref.when)}{took}", "plain"),
        ]
        if (self.shown is None or self.shown.file != ref.file) and not self.jobs.failure(ref.file):
            left.append((" · reading …", "warn"))
        fork = self.track.forks.get(self.at)
        if fork is not None:
            chosen = f"way {fork.taken + 1} of {len(fork.ways)}" if fork.decided else f"{len(fork.ways)} ways go on"
            left.append((f" · ┳ fork: {chosen}, f chooses", "warn"))
        note = self.notebook.notes.get(ref.id) if self.notebook else None
        if note is not None:
            left.append((f" · {'★' if note.bookmark else '✎'} {clean(note.text, 60)}", "warn"))
        right: list[Part] = [(f" {self.squeezed} ", "warn")] if self.squeezed else []
        self.query_one("#where", BarLine).show(left, right)

    def _draw_foot(self) -> None:
        foot = self.query_one("#foot", BarLine)
        if self._message:
            foot.show(self._message, [])
            return
        parts: list[Part] = []
        room = self.size.width
        for key, word in _HINTS:
            if (word == "fork" and not self.track.forks) or (word == "pinned change" and not self.jobs.pins):
                continue
            room -= len(key) + len(word) + 3
            if room < 0:
                break
            parts += [(f" {key}", "key"), (f" {word} ", "dim")]
        foot.show(parts, [])

    def on_resize(self) -> None:
        """What fits depends on the size."""
        if self.shown is not None:
            self.draw_frame(self.shown)
        self.draw()

    def say(self, text: str, style: str = "plain") -> None:
        self._message = [(f" {text} ", style)] if text else []
        self._draw_foot()

    async def on_event(self, event: events.Event) -> None:
        """What was said is taken back with the next key."""
        if isinstance(event, events.Key) and self._message:
            self.say("")
        await super().on_event(event)

    # -- actions -----------------------------------------------------------------------------------------------------

    def action_play(self, way: int) -> None:
        """Play forwards or backwards, or pause."""
        self.play(way)

    def action_step(self, way: int) -> None:
        """One step on or back."""
        self.stop()
        if not self.step(way) and self.track.forks.get(self.at) is None:
            self.say("This is the last step." if way > 0 else "This is the first step.", "dim")

    def action_end(self, way: int) -> None:
        """The first or the last step."""
        self.stop()
        self.go(self.last if way > 0 else 0, way)

    def action_change(self, way: int) -> None:
        """The next or previous change of a pinned path."""
        self.stop()
        self.seek(way)

    def action_speed(self, by: int) -> None:
        """Slower or faster."""
        self.faster(by)

    def action_fork(self) -> None:
        """Choose the way at this fork, or at the next."""
        self._stepping = None
        fork = self.track.next_fork(self.at)
        if fork is None:
            self.say("This run has no forks.", "dim")
        else:
            self.stop()
            self.ask_way(fork)

    def ask_way(self, fork: Fork) -> None:
        from ckpt_tui.tui.screens.forks import ForkScreen

        self.app.push_screen(ForkScreen(self.track, fork), lambda way: self.choose(fork, way))

    def action_pane(self, way: int) -> None:
        """The next or previous pane."""
        panes = [self.query_one(StepLines), self.query_one(GraphView), self.query_one(WatchLines)]
        shown = [pane for pane in panes if pane.display]
        at = next((index for index, pane in enumerate(shown) if pane.has_focus), 0)
        shown[(at + way) % len(shown)].focus()

    def action_help(self) -> None:
        """Show keys and signs."""
        from ckpt_tui.tui.screens.dialogs import TextScreen, help_paragraphs

        keys: dict[str, str] = getattr(self.app, "changed_keys", {})
        self.stop()
        self.app.push_screen(TextScreen("Keys and signs", help_paragraphs(keys)))

    def action_back(self) -> None:
        """Back out of a question, of a search, or to the browser at the checkpoint that is shown."""
        if self.asking:
            self.close_ask()
        elif self.seeking:
            self.stop()
        else:
            self.dismiss((self.node.ref.file, ()))

    @on(Picked)
    def _look_at(self, event: Picked) -> None:
        self.dismiss((self.node.ref.file, event.path))

    @on(Timeline.Sought)
    def _sought(self, event: Timeline.Sought) -> None:
        self.stop()
        self.go(event.at, 1 if event.at >= self.at else -1)

    @on(Timeline.Stepped)
    def _stepped(self, event: Timeline.Stepped) -> None:
        self.action_step(event.way)

    # -- bookmarks ---------------------------------------------------------------------------------------------------

    def ref_at_hand(self) -> CheckpointRef | None:
        return self.node.ref

    def notes_changed(self) -> None:
        self.draw()

    def go_to_id(self, checkpoint: str) -> None:
        at = self.track.place(checkpoint)
        if at >= 0:
            self.go(at)
            return
        node = next((node for node in self.track.run.nodes if node.ref.id == checkpoint), None)
        if node is None:
            self.say("That checkpoint is not in this run.", "warn")
            return
        from ckpt_tui.core.runs.track import track_through

        self.track = track_through(self.track.run, checkpoint, self.track.choices)
        self.jobs.follow_track(self.track, self.tip)
        self.go(self.track.place(checkpoint))
