"""The replay as its controllers see it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from ckpt_tui.actions.notebook import Notebook
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.replay.frames import Frame
from ckpt_tui.core.runs.playback_path import Fork, PlaybackPath
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.tui.helpers.replay_bars import head_parts, hint_parts, place_parts, state_part
from ckpt_tui.tui.screens.branch_picker import branch_lines, branch_picker
from ckpt_tui.tui.screens.notes import NotesScreen
from ckpt_tui.tui.widgets.prompt import Prompt, Prompted
from ckpt_tui.tui.widgets.status import Part
from ckpt_tui.tui.widgets.step_text import TextAndPath
from ckpt_tui.tui.widgets.timeline import Timeline

if TYPE_CHECKING:
    from textual.timer import Timer

    from ckpt_tui.tui.screens.replay import ReplayScreen

_NOTE = Prompted("note", "on this checkpoint; empty removes it", "keeps it")


class ReplayPort:
    """Fits the port of each controller of the replay.

    Args:
        screen: The replay.
    """

    def __init__(self, screen: ReplayScreen) -> None:
        self._screen = screen
        self._message: list[Part] = []

    # -- drawing -----------------------------------------------------------------------------------------------------

    def draw_frame(self, frame: Frame) -> None:
        track = self._screen.position.track
        fork = track.forks.get(self._screen.position.at)
        self._screen.panes.show_frame(frame, self._heading(), branch_lines(track, fork) if fork is not None else ())

    def draw_failure(self, reason: str) -> None:
        self._screen.panes.show_failure(reason, self._heading())

    def _heading(self) -> TextAndPath:
        position = self._screen.position
        heading = f"Step {position.at} of {position.last}"
        return TextAndPath([(heading, "heading"), (f" · {id_text(position.node.ref)}", "dim")])

    def draw(self) -> None:
        if not self._screen.is_mounted:
            return
        self._screen.watchlist.draw(self._screen.panes.watched)
        track, book = self._screen.position.track, self.notebook
        bookmarks = [at for name in (book.notes if book else ()) if (at := track.place(name)) >= 0]
        self._screen.query_one(Timeline).show(
            len(track.nodes), self._screen.position.at,
            {"fork": [*track.forks], "bookmark": bookmarks, "true": self._screen.watchlist.true_places()},
        )  # fmt: skip
        self._draw_bars()

    def _draw_bars(self) -> None:
        screen = self._screen
        playback, position = screen.playback, screen.position
        file = position.node.ref.file
        state = state_part(playback.playing, playback.waiting, playback.speed)
        screen.bar("head").show(head_parts(position), [state])
        is_read = (playback.shown is not None and playback.shown.file == file) or bool(screen.jobs.failure(file))
        squeezed: list[Part] = [(f" {playback.squeezed} ", "warn")] if playback.squeezed else []
        screen.bar("where").show(place_parts(position, is_read, self.notebook), squeezed)
        self._draw_foot()

    def _draw_foot(self) -> None:
        screen = self._screen
        there = {"fork": screen.position.track.forks, "pinned change": screen.jobs.pins}
        left_out = [word for word, is_there in there.items() if not is_there]
        screen.bar("foot").show(self._message or hint_parts(screen.size.width, left_out), [])

    def say(self, text: str, style: str = "plain") -> None:
        self._message = [(f" {text} ", style)] if text else []
        self._screen.prompt.say(text, style)
        self._draw_foot()

    def take_back(self) -> None:
        """Remove the message and show the keys again."""
        if self._message:
            self.say("")

    # -- state and commands ------------------------------------------------------------------------------------------

    def set_timer(self, delay: float, callback: Callable[[], None]) -> Timer:
        return self._screen.set_timer(delay, callback)

    @property
    def prompt(self) -> Prompt:
        """The prompt for a text."""
        return self._screen.prompt

    @property
    def notebook(self) -> Notebook | None:
        """The notes on the store; None where they cannot be kept."""
        return self._screen.bookmarks.book

    def keep(self) -> bool:
        """Write the notes; where that fails, shows the error and returns False."""
        return self._screen.bookmarks.write()

    def watch_changed(self, breakpoints: Collection[str]) -> None:
        self._screen.playback.keep_truths(breakpoints)

    def ask_way(self, fork: Fork, playing: int) -> None:
        self._screen.fork_choice.ask(fork, playing)

    def show_branches(self, track: PlaybackPath, fork: Fork, take: Callable[[int | None], None]) -> None:
        self._screen.app.push_screen(branch_picker(track, fork), take)

    def go_on(self, at: int, playing: int | None = None) -> None:
        self._screen.playback.go_on(at, playing)

    def stop(self) -> None:
        self._screen.playback.stop()

    def ref_at_hand(self) -> CheckpointRef | None:
        return self._screen.position.node.ref

    def notes_changed(self) -> None:
        self.draw()

    def ask_note(self, text: str) -> None:
        self._screen.playback.stop()
        self._screen.prompt.ask(_NOTE, text, self._screen.bookmarks.take)

    def open_notes(self, book: Notebook) -> None:
        self._screen.app.push_screen(NotesScreen(book, self._screen.store), self._picked)

    def _picked(self, checkpoint: str | None) -> None:
        if checkpoint is not None:
            self._screen.fork_choice.lead_to(checkpoint)
