"""The choice of a branch where the run of a replay forks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ckpt_tui.core.runs.playback_path import Fork, PlaybackPath, path_through, take
from ckpt_tui.tui.helpers.position import Position
from ckpt_tui.tui.replay_jobs import ReplayJobs


class ForkPort(Protocol):
    """The part of its screen that it uses."""

    def show_branches(self, track: PlaybackPath, fork: Fork, take: Callable[[int | None], None]) -> None:
        """List the branches; `take` gets the number of the one that is chosen, or None."""

    def say(self, text: str, style: str = "plain") -> None:
        """Show a text in the line at the bottom, until the next key."""

    def stop(self) -> None:
        """Stop playing."""

    def go_on(self, at: int, playing: int | None = None) -> None:
        """Go to a place of the path; play on from there in a direction, 0 for a stop, None for as before."""


class ForkChoice:
    """Asks which branch to take, and changes the path.

    Args:
        port: The screen.
        position: Where the replay is.
        jobs: Makes the frames of the path.
    """

    def __init__(self, port: ForkPort, position: Position, jobs: ReplayJobs) -> None:
        self._port = port
        self._position = position
        self._jobs = jobs

    def ask_next(self) -> None:
        """Ask at this fork, or at the next of the path."""
        fork = self._position.track.next_fork(self._position.at)
        if fork is None:
            self._port.say("This run has no forks.", "dim")
        else:
            self._port.stop()
            self.ask(fork, None)

    def ask(self, fork: Fork, playing: int | None) -> None:
        """Ask which branch to take.

        Args:
            fork: The fork.
            playing: How it played before a step that could not be taken without the answer; None for no such step.
        """

        def chosen(branch: int | None) -> None:
            if branch is not None:
                self._choose(fork, branch, playing)

        self._port.show_branches(self._position.track, fork, chosen)

    def _choose(self, fork: Fork, branch: int, playing: int | None) -> None:
        position = self._position
        here = position.node.ref.id
        position.track = take(position.track, fork, branch)
        self._jobs.follow_track(position.track, position.tip)
        at = position.track.place(here)
        # Unless a step is to be taken: the shown checkpoint stays if both branches have it, else the new branch begins.
        self._port.go_on(fork.at + 1 if playing is not None or at < 0 else at, playing)

    def lead_to(self, checkpoint: str) -> None:
        """Go to a checkpoint of the run, on another branch where it is not on this one."""
        position = self._position
        at = position.track.place(checkpoint)
        if at >= 0:
            self._port.go_on(at)
            return
        if all(node.ref.id != checkpoint for node in position.track.run.nodes):
            self._port.say("That checkpoint is not in this run.", "warn")
            return
        position.track = path_through(position.track.run, checkpoint, position.track.choices)
        self._jobs.follow_track(position.track, position.tip)
        self._port.go_on(position.track.place(checkpoint))
