"""The course of a replay: where it stands on its track, whether it plays, and what stops it. It draws nothing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from textual.screen import Screen
from textual.timer import Timer

from ckpt_tui.core.replay.cadence import NORMAL, SPEEDS, Pause, pause_before
from ckpt_tui.core.replay.frames import Frame
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.track import Fork, Track, take, track_through
from ckpt_tui.core.text import ago_text, clean
from ckpt_tui.tui.messages import WorkFailed
from ckpt_tui.tui.replaying import FrameReady, ReplayJobs, Swept, next_place
from ckpt_tui.tui.view import View

STALE_SECONDS = 60.0
"""Seconds without a new checkpoint after which a run with messages in flight counts as stopped."""


class Playing(Screen[Any]):
    """A replay.

    Args:
        run: The run.
        node: Where to begin.
        choices: Id of a checkpoint → id of the one that follows it, where somebody chose.
        play: Whether to play at once.
    """

    jobs: ReplayJobs

    def __init__(self, run: Run, node: Node, choices: Mapping[str, str], play: bool) -> None:
        super().__init__()
        self.track: Track = track_through(run, node.ref.id, choices)
        self.at = max(self.track.place(node.ref.id), 0)
        self.speed = NORMAL
        self.playing = 1 if play and self.at < len(self.track.nodes) - 1 else 0
        """1 while it plays forwards, -1 backwards, 0 while it does not."""
        self.waiting = False
        """It plays and stands at the end of a run that may go on."""
        self.shown: Frame | None = None
        self.squeezed = ""
        """What there is to say about a wait that is cut short."""
        self.seeking = 0
        """1 or -1 while the next change of a pinned path is looked for and not all on the way is read yet."""
        self.swept = (0, 0)
        self._stepping: int | None = None
        """`playing` before a step that asks which way to take; None where no step asks."""
        self._true: frozenset[str] | None = None
        self._timer: Timer | None = None

    # -- what a subclass does ----------------------------------------------------------------------------------------

    def draw(self) -> None:
        """Show where it stands."""

    def draw_frame(self, frame: Frame) -> None:
        """Show a step."""

    def draw_failure(self, reason: str) -> None:
        """Show that a checkpoint cannot be read."""

    def say(self, text: str, style: str = "plain") -> None:
        """Say something in the line at the bottom, until the next key."""

    def ask_way(self, fork: Fork) -> None:
        """Ask which way to take at a fork; `took` gets the answer."""

    # -- moving ------------------------------------------------------------------------------------------------------

    @property
    def node(self) -> Node:
        """The checkpoint that is shown."""
        return self.track.nodes[self.at]

    @property
    def last(self) -> int:
        """The last place of the track."""
        return len(self.track.nodes) - 1

    def go(self, at: int, way: int = 1) -> None:
        """Go to a place of the track and show its step as soon as it is made."""
        self.at = max(0, min(at, self.last))
        self.jobs.want(self.at, way)
        frame = self.jobs.frame(self.node.ref.file)
        if frame is not None:
            self._show(frame)
        else:
            reason = self.jobs.failure(self.node.ref.file)
            if reason:
                self._fail(reason)
        self.draw()

    def step(self, way: int) -> bool:
        """Go one step on or back; False where the track ends, or where somebody has to choose a way first."""
        fork = self.track.forks.get(self.at)
        if way > 0 and fork is not None and not fork.decided:
            playing = self.playing
            self.stop()
            self._stepping = playing
            self.ask_way(fork)
            return False
        if not 0 <= self.at + way <= self.last:
            return False
        self.go(self.at + way, way)
        return True

    def on_frame_ready(self, event: FrameReady) -> None:
        """A step was made: show it if it is the one that is waited for."""
        if event.file != self.node.ref.file:
            return
        if event.frame is not None:
            self._show(event.frame)
        else:
            self._fail(event.error)
        self.draw()

    def _show(self, frame: Frame) -> None:
        arrived = self.shown is None or self.shown.file != frame.file
        self.shown = frame
        self.draw_frame(frame)
        if not arrived:
            return
        became = frame.true - self._true if self._true is not None else frozenset()
        self._true = frame.true
        if became:
            backwards = " backwards" if self.playing < 0 else ""
            which = ", ".join(clean(text) for text in sorted(became))
            stopped = f"stopped{backwards} at" if self.playing else "at"
            self.stop()
            self.say(f"◆ {stopped} step {self.at}: {which} became true", "error")
        elif self.playing:
            self._schedule()

    def _fail(self, reason: str) -> None:
        self.shown = None
        self.draw_failure(reason)
        if self.playing:
            self._schedule()

    def choose(self, fork: Fork, way: int | None) -> None:
        """Another way is taken at a fork, or none; what was stopped to ask goes on."""
        stepping, self._stepping = self._stepping, None
        if way is None:
            return
        here = self.node.ref.id
        self.track = take(self.track, fork, way)
        self.jobs.follow_track(self.track, self.tip)
        at = self.track.place(here)
        if stepping is not None:
            self.playing = stepping
            self.go(fork.at + 1)
        else:
            # What is shown stays where both ways have it; else the first step of the way is shown.
            self.go(at if at >= 0 else fork.at + 1)

    @property
    def tip(self) -> str:
        """The id of the last checkpoint of the track if work was left and nothing was written for a while, or ""."""
        ref = self.track.nodes[-1].ref
        return ref.id if ref.status == "open" and time.time() - ref.when > STALE_SECONDS else ""

    # -- playing -----------------------------------------------------------------------------------------------------

    def play(self, way: int) -> None:
        """Play forwards or backwards; stop when it plays."""
        if self.playing:
            self.stop()
            return
        if way > 0 and self.at == self.last and self._is_over:
            self.say("This is the end of the branch; Home goes to its beginning.", "dim")
            return
        if way < 0 and self.at == 0:
            self.say("This is the beginning; space plays forwards.", "dim")
            return
        self.playing = way
        self._schedule()
        self.draw()

    def stop(self) -> None:
        """Stop playing."""
        self.playing, self.waiting, self.squeezed, self.seeking = 0, False, "", 0
        if self._timer is not None:
            self._timer.stop()
        self.draw()

    def faster(self, by: int) -> None:
        """Choose another speed."""
        self.speed = max(0, min(self.speed + by, len(SPEEDS) - 1))
        if self.playing and not self.waiting:
            self._schedule()
        self.draw()

    @property
    def _is_over(self) -> bool:
        return self.track.nodes[-1].ref.status == "done"

    def _schedule(self) -> None:
        """Set the time of the next step."""
        if self._timer is not None:
            self._timer.stop()
        if self.at == (self.last if self.playing > 0 else 0):
            self._end()
            return
        pause = self._pause()
        self.squeezed = ""
        if pause.recorded is not None:
            self.squeezed = f"a wait of {ago_text(pause.recorded)[1:]} takes {pause.seconds:.0f} s"
        self._timer = self.set_timer(pause.seconds, self._advance)

    def _pause(self) -> Pause:
        one, other = sorted((self.at, self.at + self.playing))
        begin, end = self.track.nodes[one].ref.when, self.track.nodes[other].ref.when
        return pause_before(self.speed, end - begin if begin and end else None)

    def _end(self) -> None:
        if self.playing > 0 and not self._is_over:
            self.waiting = True
            self.squeezed = ""
            self.draw()
            return
        word = "end of the branch" if self.playing > 0 else "beginning"
        self.stop()
        self.say(f"The {word}.", "dim")

    def _advance(self) -> None:
        if self.playing:
            self.step(self.playing)

    # -- news --------------------------------------------------------------------------------------------------------

    def show_view(self, view: View) -> None:
        """The store changed: a run that went on extends the track."""
        own = self.track.run
        run = next((run for run in view.runs if run.id == own.id and run.key == own.key), None)
        here = self.node.ref.id
        if run is None or run is own:
            return
        track = track_through(run, here, self.track.choices)
        if track.place(here) < 0:
            self.say("This checkpoint is no longer in the store.", "warn")
            return
        old, self.track = self.track, track
        self.at = track.place(here)
        if track.nodes != old.nodes or track.forks != old.forks:
            self.jobs.follow_track(track, self.tip)
            self.jobs.want(self.at, self.playing or 1)
        if self.waiting and self.at < self.last:
            self.waiting = False
            self._schedule()
        self.draw()

    def on_swept(self, event: Swept) -> None:
        """More of the branch was read."""
        self.swept = (event.done, event.total)
        if self.seeking:
            self.seek(self.seeking)
        self.draw()

    def seek(self, way: int) -> None:
        """Go to the next place where a pinned path changed, once all on the way to it is read."""
        pins = self.jobs.pins
        if not pins:
            self.say("Nothing is pinned: p pins a path.", "dim")
            return

        def is_there(file: str) -> bool | None:
            found = [values.get(file) for values in pins.values()]
            if any(value is not None and value.changed for value in found):
                return True
            return None if any(value is None for value in found) else False

        at, known = next_place(self.track, self.at, way, is_there)
        self.seeking = 0 if known else way
        if at >= 0:
            self.say("")
            self.go(at, way)
        elif known:
            self.say(f"No pinned path changes {'after' if way > 0 else 'before'} this step.", "dim")
        else:
            self.say(f"reading the branch … {self.swept[0]:,} of {len(self.track.nodes):,} · esc stops", "dim")

    def on_work_failed(self, event: WorkFailed) -> None:
        """Tell an unexpected failure; what is shown stays."""
        from ckpt_tui.tui.screens.dialogs import TextScreen
        from ckpt_tui.tui.widgets.text_lines import Paragraph

        self.stop()
        lines = [Paragraph("Something unexpected happened; please report it.\n", "error"), Paragraph(event.report)]
        self.app.push_screen(TextScreen("Failed: replay", lines))
