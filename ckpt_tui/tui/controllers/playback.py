"""The playback of a replay: whether it plays, how fast, and where it stops."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Protocol

from textual.timer import Timer

from ckpt_tui.actions.debugging.breakpoints import is_each_time, what_happens_at
from ckpt_tui.core.replay.cadence import NORMAL, SPEEDS, Pause, pause_before
from ckpt_tui.core.replay.frames import Frame
from ckpt_tui.core.runs.playback_path import Fork, path_through
from ckpt_tui.core.text import ago_text
from ckpt_tui.tui.helpers.position import Position, next_place
from ckpt_tui.tui.replay_jobs import FrameReady, ReplayJobs, Swept
from ckpt_tui.tui.view import View
from ckpt_tui.tui.widgets.shown_keys import keys_of


class PlaybackPort(Protocol):
    """The part of its screen that it uses."""

    def draw(self) -> None:
        """Show where the replay is."""

    def draw_frame(self, frame: Frame) -> None:
        """Show a step."""

    def draw_failure(self, reason: str) -> None:
        """Show that a checkpoint cannot be read."""

    def say(self, text: str, style: str = "plain") -> None:
        """Show a text in the line at the bottom, until the next key."""

    def ask_way(self, fork: Fork, playing: int) -> None:
        """Ask which branch to take at a fork, then play on as before."""

    def set_timer(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Call something after so many seconds."""
        ...


class Playback:
    """Moves along the path of a replay, by hand and by itself. It draws nothing.

    Args:
        port: The screen.
        position: Where the replay is.
        jobs: Makes the frames.
        play: Whether to play at once.
    """

    def __init__(self, port: PlaybackPort, position: Position, jobs: ReplayJobs, play: bool) -> None:
        self._port = port
        self._position = position
        self._jobs = jobs
        self.speed = NORMAL
        self.playing = 1 if play and position.at < position.last else 0
        """1 while it plays forwards, -1 backwards, 0 while it does not."""
        self.waiting = False
        """It plays and is at the end of a run that may go on."""
        self.shown: Frame | None = None
        self.squeezed = ""
        """The message for a wait that is cut short."""
        self.seeking = 0
        """1 or -1 while a change or a breakpoint is searched and not all checkpoints up to it are read yet."""
        self.swept = (0, 0)
        """Checkpoints of the branch that were read for pins and breakpoints, and all of them."""
        self._sought: Callable[[int], None] = self.seek
        self._true: frozenset[str] | None = None
        self._timer: Timer | None = None

    # -- moving ------------------------------------------------------------------------------------------------------

    def go(self, at: int, direction: int = 1) -> None:
        """Go to a place of the path and show its step as soon as it is made."""
        position = self._position
        position.at = max(0, min(at, position.last))
        self._jobs.want(position.at, direction)
        file = position.node.ref.file
        frame = self._jobs.frame(file)
        if frame is not None:
            self._show(frame)
        else:
            reason = self._jobs.failure(file)
            if reason:
                self._fail(reason)
        self._port.draw()

    def step(self, direction: int) -> bool:
        """Go one step on or back; False where the path ends, or where a branch has to be chosen first."""
        position = self._position
        fork = position.track.forks.get(position.at)
        if direction > 0 and fork is not None and not fork.decided:
            playing = self.playing
            self.stop()
            self._port.ask_way(fork, playing)
            return False
        if not 0 <= position.at + direction <= position.last:
            return False
        self.go(position.at + direction, direction)
        return True

    def step_by_hand(self, direction: int) -> None:
        """Stop, and go one step on or back."""
        self.stop()
        position = self._position
        if not self.step(direction) and position.track.forks.get(position.at) is None:
            self._port.say("This is the last step." if direction > 0 else "This is the first step.", "dim")

    def go_on(self, at: int, playing: int | None = None) -> None:
        """Go to a place; play on from there in a direction, 0 for a stop, None for as before."""
        if playing is not None:
            self.playing = playing
        self.go(at)

    def take_frame(self, event: FrameReady) -> None:
        """Show a step that was made, if it is the awaited one."""
        if event.file != self._position.node.ref.file:
            return
        if event.frame is not None:
            self._show(event.frame)
        else:
            self._fail(event.error)
        self._port.draw()

    def _show(self, frame: Frame) -> None:
        arrived = self.shown is None or self.shown.file != frame.file
        self.shown = frame
        self._port.draw_frame(frame)
        if not arrived:
            return
        became = frame.true - self._true if self._true is not None else frozenset()
        self._true = frozenset(each for each in frame.true if not is_each_time(each))
        if became:
            backwards = " backwards" if self.playing < 0 else ""
            which = ", ".join(what_happens_at(each) for each in sorted(became))
            stopped = f"stopped{backwards} at" if self.playing else "at"
            self.stop()
            self._port.say(f"◆ {stopped} step {self._position.at}: {which}", "error")
        elif self.playing:
            self._schedule()

    def _fail(self, reason: str) -> None:
        self.shown = None
        self._port.draw_failure(reason)
        if self.playing:
            self._schedule()

    def keep_truths(self, breakpoints: Collection[str]) -> None:
        """Forget which breakpoints were true, as some were added or removed."""
        self._true = self._true and self._true & frozenset(breakpoints)
        self.go(self._position.at)

    # -- playing -----------------------------------------------------------------------------------------------------

    def play(self, direction: int) -> None:
        """Play forwards or backwards; stop when it plays."""
        position = self._position
        if self.playing:
            self.stop()
            return
        if direction > 0 and position.at == position.last and position.is_over:
            self._port.say("This is the end of the branch; Home goes to its beginning.", "dim")
            return
        if direction < 0 and position.at == 0:
            self._port.say("This is the beginning; space plays forwards.", "dim")
            return
        self.playing = direction
        self._schedule()
        self._port.draw()

    def stop(self) -> None:
        """Stop playing."""
        self.playing, self.waiting, self.squeezed, self.seeking = 0, False, "", 0
        if self._timer is not None:
            self._timer.stop()
        self._port.draw()

    def faster(self, by: int) -> None:
        """Choose another speed."""
        before = self.speed
        self.speed = max(0, min(self.speed + by, len(SPEEDS) - 1))
        if self.playing and not self.waiting:
            self._schedule()
        self._port.draw()
        if self.speed == before:
            self._port.say(f"{SPEEDS[self.speed]} is the {'fastest' if by > 0 else 'slowest'} it plays.", "dim")

    def _schedule(self) -> None:
        """Set the time of the next step."""
        if self._timer is not None:
            self._timer.stop()
        if self._position.at == (self._position.last if self.playing > 0 else 0):
            self._end()
            return
        pause = self._pause()
        self.squeezed = ""
        if pause.recorded is not None:
            self.squeezed = f"a wait of {ago_text(pause.recorded)[1:]} takes {pause.seconds:.0f} s"
        self._timer = self._port.set_timer(pause.seconds, self._advance)

    def _pause(self) -> Pause:
        nodes, at = self._position.track.nodes, self._position.at
        one, other = sorted((at, at + self.playing))
        begin, end = nodes[one].ref.when, nodes[other].ref.when
        return pause_before(self.speed, end - begin if begin and end else None)

    def _end(self) -> None:
        if self.playing > 0 and not self._position.is_over:
            self.waiting = True
            self.squeezed = ""
            self._port.draw()
            return
        word = "end of the branch" if self.playing > 0 else "beginning"
        self.stop()
        self._port.say(f"The {word}.", "dim")

    def _advance(self) -> None:
        if self.playing:
            self.step(self.playing)

    # -- changes of the store ----------------------------------------------------------------------------------------

    def follow_view(self, view: View) -> None:
        """Apply another view of the store: a run that went on extends the path."""
        position = self._position
        own = position.track.run
        run = next((run for run in view.runs if run.id == own.id and run.key == own.key), None)
        here = position.node.ref.id
        if run is None or run is own:
            return
        track = path_through(run, here, position.track.choices)
        if track.place(here) < 0:
            self._port.say("This checkpoint is no longer in the store.", "warn")
            return
        old, position.track = position.track, track
        position.at = track.place(here)
        if track.nodes != old.nodes or track.forks != old.forks:
            self._jobs.follow_track(track, position.tip)
            self._jobs.want(position.at, self.playing or 1)
        if self.waiting and position.at < position.last:
            self.waiting = False
            self._schedule()
        self._port.draw()

    def take_sweep(self, event: Swept) -> None:
        """Take the progress of reading the branch."""
        self.swept = (event.done, event.total)
        if self.seeking:
            self._sought(self.seeking)
        self._port.draw()

    def seek(self, direction: int) -> None:
        """Go to the next place where a pinned path changed, once all checkpoints up to it are read."""
        pins = self._jobs.pins
        if not pins:
            self._port.say(f"Nothing is pinned: {keys_of('replay.pin')} pins a path.", "dim")
            return

        def is_there(file: str) -> bool | None:
            found = [values.get(file) for values in pins.values()]
            if any(value is not None and value.changed for value in found):
                return True
            return None if any(value is None for value in found) else False

        self._seek(direction, is_there, "pinned path changes", self.seek)

    def seek_breakpoint(self, direction: int) -> None:
        """Go to the next place where a breakpoint became true, once all checkpoints up to it are read."""
        truths = self._jobs.truths
        if not truths:
            self._port.say(f"There is no breakpoint: {keys_of('replay.breakpoint')} sets one.", "dim")
            return
        files = [node.ref.file for node in self._position.track.nodes]
        before = dict(zip(files[1:], files, strict=False))

        def is_there(file: str) -> bool | None:
            found = [(known.get(file), known.get(before[file])) for known in truths.values() if file in before]
            if any(now and was is False for now, was in found):
                return True
            return None if any(now is None or was is None for now, was in found) else False

        self._seek(direction, is_there, "breakpoint becomes true", self.seek_breakpoint)

    def _seek(
        self, direction: int, is_there: Callable[[str], bool | None], what: str, again: Callable[[int], None]
    ) -> None:
        position = self._position
        self._sought = again
        at, known = next_place(position.track, position.at, direction, is_there)
        self.seeking = 0 if known else direction
        if at >= 0:
            self._port.say("")
            self.go(at, direction)
        elif known:
            self._port.say(f"No {what} {'after' if direction > 0 else 'before'} this step.", "dim")
        else:
            count = len(position.track.nodes)
            self._port.say(f"reading the branch … {self.swept[0]:,} of {count:,} · {keys_of('app.back')} stops", "dim")
