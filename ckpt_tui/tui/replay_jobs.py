"""The worker of a replay: makes the frames around the step that is shown, then reads the rest of the branch.

One thread makes everything, so that nothing is decoded twice; the frame that is wanted now always comes first.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from textual.dom import DOMNode
from textual.message import Message

from ckpt_tui.actions.debugging.breakpoints import Breakpoint
from ckpt_tui.actions.run_graph import RunGraph
from ckpt_tui.core.cache import Cache
from ckpt_tui.core.paths import Path
from ckpt_tui.core.replay.frames import Frame, Pinned, make_frame, pinned
from ckpt_tui.core.runs.lineage import Node
from ckpt_tui.core.runs.playback_path import PlaybackPath
from ckpt_tui.core.steps.snapshots import Snapshot, ran_for_certain
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Store
from ckpt_tui.tui.graph_learner import Reader, learn_run
from ckpt_tui.tui.workers import Workers, check_cancelled

AHEAD = 4
"""Frames made ahead in the direction of the last step."""

BEHIND = 2
"""Frames made behind it."""

KEPT_FRAMES = 64
"""Frames kept: about 10 KB each."""

SWEEP_REST = 0.004
"""Seconds between two checkpoints of the sweep, so that the screen comes first."""

PROGRESS_SECONDS = 0.15
"""Shortest time in seconds between two reports of the sweep's progress."""

IDLE_SECONDS = 0.5
"""Longest wait in seconds before a test whether the replay was left."""


class Watched(NamedTuple):
    """The pins and breakpoints of a replay.

    Attributes:
        pins: Expressions of the pinned paths, with the paths.
        conditions: Breakpoints.
    """

    pins: tuple[tuple[str, Path], ...] = ()
    conditions: tuple[Breakpoint, ...] = ()


@dataclass
class FrameReady(Message):
    """A frame was made, or could not be: then `error` has the reason."""

    file: str
    frame: Frame | None
    error: str = ""


@dataclass
class Swept(Message):
    """The progress of reading the branch for pins and breakpoints, in checkpoints."""

    done: int
    total: int

    def can_replace(self, message: Message) -> bool:
        """Only the newest number matters."""
        return isinstance(message, Swept)


class ReplayJobs:
    """The worker of one replay, and its results.

    Args:
        owner: The screen that receives the messages.
        store: The store.
        learned: The graph of the run, as far as it is known.
    """

    def __init__(self, owner: DOMNode, store: Store, learned: RunGraph) -> None:
        self.workers = Workers(owner)
        self.learned = learned
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._frames = Cache[str, Frame](KEPT_FRAMES)
        self._failed: dict[str, str] = {}
        self._track: PlaybackPath | None = None
        self._watch = Watched()
        self._tip = ""
        self._at = 0
        self._direction = 1
        self._version = 0
        self._reader = Reader(store, check_cancelled)
        self._sweeper = Reader(store, check_cancelled)
        self.pins: dict[str, dict[str, Pinned]] = {}
        """Pinned expression → file → its value there, as far as the branch was read."""
        self.truths: dict[str, dict[str, bool]] = {}
        """Breakpoint → file → whether it is true there."""

    def begin(self) -> None:
        """Start the worker."""
        self.workers.start(self._work, "frames")

    def stop(self) -> None:
        """End it."""
        self.workers.stop()
        self._wake.set()

    def follow_track(self, track: PlaybackPath, tip: str = "") -> None:
        """Make the frames of another path, or of the same one after the run grew.

        Args:
            track: The path.
            tip: The id of the last checkpoint if work was left and nothing was written after it; or "".
        """
        with self._lock:
            if self._track is not None:
                # The next checkpoint shows where messages went: a frame at the old end or at a fork is made again.
                for node, after in zip(self._track.nodes, (*self._track.nodes[1:], None), strict=True):
                    at = track.place(node.ref.id)
                    now = track.nodes[at + 1] if 0 <= at < len(track.nodes) - 1 else None
                    if at < 0 or (now and now.ref.id) != (after and after.ref.id) or node.ref.id in (tip, self._tip):
                        self._frames.drop(node.ref.file)
            self._track, self._tip = track, tip
            self._version += 1
        self._wake.set()

    def watch_for(self, watch: Watched) -> None:
        """Watch other pins and breakpoints."""
        with self._lock:
            self._watch = watch
            self._frames.clear()
            self.pins = {text: self.pins.get(text, {}) for text, _ in watch.pins}
            self.truths = {condition.spec: self.truths.get(condition.spec, {}) for condition in watch.conditions}
            self._version += 1
        self._wake.set()

    def want(self, at: int, direction: int = 1) -> None:
        """Make the frame at a place of the path, then its neighbours, those in `direction` first."""
        with self._lock:
            self._at, self._direction = at, direction
        self._wake.set()

    def frame(self, file: str) -> Frame | None:
        """The frame of a checkpoint, if it was made."""
        with self._lock:
            return self._frames.get(file)

    def failure(self, file: str) -> str:
        """Why a checkpoint could not be read, or ""."""
        return self._failed.get(file, "")

    # -- in the thread -----------------------------------------------------------------------------------------------

    def _work(self) -> None:
        sweep: Iterator[None] | None = None
        version = -1
        while not self.workers.stopped.is_set():
            check_cancelled()
            self._wake.clear()
            if self._make_next():
                continue
            if version != self._version:
                version, sweep = self._version, self._sweep()
            if sweep is not None:
                if next(sweep, False) is False:
                    sweep = None
                    continue
                self._wake.wait(SWEEP_REST)
            else:
                self._wake.wait(IDLE_SECONDS)

    def _make_next(self) -> bool:
        """Make the frame that is wanted most; False when there is none to make."""
        with self._lock:
            track, watch, tip = self._track, self._watch, self._tip
            at, direction = self._at, self._direction
            if track is None:
                return False
            graph = self.learned.graph
            places = [
                at,
                *(at + direction * by for by in range(1, AHEAD + 1)),
                *(at - direction * by for by in range(1, BEHIND + 1)),
            ]
            for place in places:
                if 0 <= place < len(track.nodes):
                    file = track.nodes[place].ref.file
                    kept = self._frames.get(file)
                    # A frame of an older graph stays valid; only the one that is shown is made again.
                    if (kept is None or (place == at and kept.graph is not graph)) and file not in self._failed:
                        break
            else:
                return False
        self._make(track, place, watch, tip)
        return True

    def _make(self, track: PlaybackPath, place: int, watch: Watched, tip: str) -> None:
        node = track.nodes[place]
        file = node.ref.file
        try:
            before, after, then = self._around(track, place)
        except CkptError as error:
            self._failed[file] = error.what
            self.workers.post(FrameReady(file, None, error.what))
            return
        self.learned.learn(node, before, after)
        if then is not None:
            self.learned.learn(track.nodes[place + 1], after, then)
        true = {condition.spec: self._truth(condition, file, before, after) for condition in watch.conditions}
        frame = make_frame(
            before, after, then, self.learned.graph, watch.pins, (text for text, holds in true.items() if holds),
            node.ref.id == tip, check_cancelled,
        )  # fmt: skip
        with self._lock:
            if watch is not self._watch:
                return
            for text, value in frame.pins.items():
                self.pins[text][file] = value
            self._frames.put(file, frame)
        self.workers.post(FrameReady(file, frame))

    def _around(self, track: PlaybackPath, place: int) -> tuple[Snapshot | None, Snapshot, Snapshot | None]:
        nodes = track.nodes
        before = self._reader.maybe(nodes[place - 1].ref.file) if place else None
        after = self._reader.snapshot(nodes[place].ref.file)
        then = self._reader.maybe(nodes[place + 1].ref.file) if place + 1 < len(nodes) else None
        return before, after, then

    def _truth(self, condition: Breakpoint, file: str, before: Snapshot | None, after: Snapshot) -> bool:
        known = self.truths.get(condition.spec, {})
        found = known.get(file)
        if found is None:
            was = before.checkpoint if before is not None else None
            ran = ran_for_certain(before, after) if condition.kind == "executor" else ()
            found = known[file] = condition.holds_in_replay(after.checkpoint, was, ran)
        return found

    def _sweep(self) -> Iterator[None]:
        """Read the branch from its beginning, for pins, breakpoints and edges; then the rest of the run, for edges."""
        track, watch = self._track, self._watch
        if track is None:
            return
        shown = 0.0
        total = len(track.nodes)
        before: Snapshot | None = None
        previous: Node | None = None
        for done, node in enumerate(track.nodes, 1):
            if self._is_swept(node, watch):
                previous = node
                before = None
            else:
                if before is None and previous is not None:
                    before = self._sweeper.maybe(previous.ref.file)
                after = self._sweeper.maybe(node.ref.file)
                if after is not None:
                    self._take_in(node, before, after, watch)
                previous, before = node, after
                yield
            if done == total or time.monotonic() - shown >= PROGRESS_SECONDS:
                shown = time.monotonic()
                self.workers.post(Swept(done, total))
        for _ in learn_run(track.run, self.learned, self._sweeper):
            yield

    def _is_swept(self, node: Node, watch: Watched) -> bool:
        file = node.ref.file
        return (
            self.learned.is_known(node)
            and all(file in self.pins.get(text, ()) for text, _ in watch.pins)
            and all(file in self.truths.get(condition.spec, ()) for condition in watch.conditions)
        )

    def _take_in(self, node: Node, before: Snapshot | None, after: Snapshot, watch: Watched) -> None:
        self.learned.learn(node, before, after)
        file = node.ref.file
        was = before.checkpoint if before is not None else None
        for text, path in watch.pins:
            values = self.pins.get(text)
            if values is not None and file not in values:
                values[file] = pinned(path, after.checkpoint, was)
        for condition in watch.conditions:
            self._truth(condition, file, before, after)
