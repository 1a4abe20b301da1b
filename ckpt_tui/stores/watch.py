"""Reports the changed files of a directory: events name them, a cheap test of the directory catches missed ones."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from ckpt_tui.stores.directory_sweep import DirectoryChange, DirectoryState, ReadFiles, Sweep, directory_state
from ckpt_tui.stores.files import is_json_name

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator, Mapping

    from watchfiles._rust_notify import RustNotify

TICK = 0.1
"""Seconds between two tests of a directory."""

QUIET_SECONDS = 3.0
"""Seconds without events after which they are awaited in double steps: half the idle cost for 25 ms of latency."""

BURST_EVENTS = 4096
"""Events in one batch from which on some may be missing: the kernel drops what exceeds its queue of 16,384, and one
save is several events."""

REARM_SECONDS = 5.0
"""Shortest time between two new event watches made because changes came without events (a blind watch, or a mount of
another machine's disk, where a new watch is as blind)."""

BACKOFF_SECONDS = 64.0
"""Longest time between two tries to get events after errors (no inotify instances left, a name that is not UTF-8)."""

FALLBACK_POLL_MS = 10_000
"""Delay of the polling that watchfiles starts by itself on a kernel without events; our own test is cheaper."""

_MODIFIED = 2  # watchfiles.Change.modified; the package itself takes 50 ms to import
_POLLING_VARIABLE = "WATCHFILES_FORCE_POLLING"


def watch(
    directory: str,
    stop: threading.Event,
    *,
    slower: float = 1.0,
    tick: float = TICK,
    debounce_ms: int = 60,
    step_ms: int = 20,
    force_polling: bool = False,
    read: Mapping[str, int] | ReadFiles | None = None,
    ticks: bool = False,
) -> Iterator[DirectoryChange]:
    """Yield changes of the `*.json` files of `directory` until `stop` is set; blocks, so run it in a thread.

    The first Change, with names None, comes as soon as the watch is in place: a caller that reads the files of each
    Change misses nothing, however slow it is. Such a Change comes again when the directory disappears, appears, is
    replaced or can be listed at last. Every other Change has names. A name may be reported more than once.

    Args:
        directory: need not exist; may be a link. A relative path is resolved once, now.
        stop: ends the generator within about one tick.
        slower: factor by which tests of the directory and of its events are less frequent.
        tick: seconds between two tests of the directory.
        debounce_ms: longest time in milliseconds that events are gathered before they are reported.
        step_ms: milliseconds without a further event after which the gathered ones are reported.
        force_polling: use no events; the variable WATCHFILES_FORCE_POLLING asks for the same.
        read: the packed stamps of the files, where the caller reads each file that a Change shows before it asks for
            the next one, and keeps them: files are compared with these, and no others are kept.
        ticks: yield a Change without names, too, after each test of the directory.
    """
    tick, step_ms = tick * slower, round(step_ms * slower)
    watching = _Watch(directory, stop, tick, debounce_ms, step_ms, force_polling or _polling_is_asked_for(), read)
    watching.ticks = ticks
    try:
        yield from watching.run()
    finally:
        watching.disarm()


def slower_beside(others: int) -> float:
    """The factor by which each of many directories is tested less often: a change is then seen within a second.

    All together take a few percent of a core.
    """
    return min(max(1.0, others / 20), 10.0)


class _Events:
    """The events of one wait."""

    __slots__ = ("explains", "lost", "names", "overrun", "replaced")

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.explains = False  # something was added or deleted, which is what moves a directory's mtime
        self.replaced = False  # the directory itself was deleted or renamed
        self.lost = False  # events ended in an error, and what they said is not known
        self.overrun = False  # so many came that some may have been dropped


class _Watch:
    """The state of one `watch`."""

    def __init__(
        self, directory: str, stop: threading.Event, tick: float, debounce_ms: int, step_ms: int, polling: bool,
        read: Mapping[str, int] | ReadFiles | None,
    ) -> None:  # fmt: skip
        self.directory = _absolute(directory)
        self.stop = stop
        self.tick = max(0.001, tick)
        self.debounce_ms = debounce_ms
        self.step_ms = max(1, step_ms)  # 0 would spin
        self.polling = polling
        self.ticks = False
        self.notify: RustNotify | None = None
        self.own: frozenset[str] = frozenset()  # how events may spell the directory
        self.failures = 0
        self.rearm_at = 0.0
        self.quiet_at = 0.0
        self.sweep = Sweep(self.directory, read)

    def run(self) -> Iterator[DirectoryChange]:
        """Wait for the directory, follow it until it is gone or another one, and start again."""
        reported = False
        while not self.stop.is_set():
            here = directory_state(self.directory)
            if here is None:
                self.disarm()
                if not reported:
                    reported = True
                    yield DirectoryChange(None, missing=True)
                self.stop.wait(self.tick)
                continue
            reported = False
            self.arm()
            if self.notify is None:
                self.sweep.hurry(here)
            self.sweep.start(watched=self.notify is not None)
            began = time.monotonic()
            yield DirectoryChange(None, missing=False)
            if self.sweep.read is not None and self.notify is not None:
                self.sweep.rest(time.monotonic() - began, watched=True)
            yield from self.follow(here)

    def follow(self, seen: DirectoryState) -> Iterator[DirectoryChange]:
        """Show changes while the directory stays the one that was `seen`."""
        while True:
            heard = _Events()
            self.listen(self.tick, heard)
            here = directory_state(self.directory)
            if here is not None and here.mtime_ns != seen.mtime_ns and not heard.explains and self.notify is not None:
                # The event may come a little later than the mtime.
                self.listen(2 * self.step_ms / 1000, heard)
                here = directory_state(self.directory)
            if self.stop.is_set() or heard.replaced or here is None or here.identity != seen.identity:
                return
            unexplained = heard.lost or (here.mtime_ns != seen.mtime_ns and not heard.explains)
            seen = here
            self.rearm(blind=unexplained)
            if unexplained or heard.overrun:
                self.sweep.hurry(here)
            if heard.names:
                self.sweep.note(heard.names)
                yield DirectoryChange(frozenset(heard.names), missing=False)
            if self.sweep.is_due():
                change = self.sweep.take(watched=self.notify is not None)
                if change is not None:
                    yield change
            if self.ticks:
                yield DirectoryChange(frozenset(), missing=False)

    def listen(self, seconds: float, heard: _Events) -> None:
        """Wait for events, at least one step and little longer than `seconds`; add them to `heard`."""
        if self.notify is None:
            self.stop.wait(seconds)
            return
        step_ms = self.step_ms if time.monotonic() < self.quiet_at else 2 * self.step_ms
        try:
            events = self.notify.watch(self.debounce_ms, step_ms, max(1, int(seconds * 1000)), self.stop)
        except Exception:  # the error of a watcher is for ever, such as after one name that is not UTF-8
            self.give_up_events()
            heard.lost = True
            return
        if events == "signal":  # only in the main thread; the interrupt itself has been swallowed
            raise KeyboardInterrupt
        if isinstance(events, str):
            return
        self.quiet_at = time.monotonic() + QUIET_SECONDS
        heard.overrun = len(events) >= BURST_EVENTS
        parents: dict[str, bool] = {}
        for kind, path in events:
            parent, name = os.path.split(path)
            if parent not in parents:
                parents[parent] = _spelling(parent) in self.own
            if parents[parent] and name:
                heard.explains |= kind != _MODIFIED
                if is_json_name(name):
                    heard.names.add(name)
            elif kind != _MODIFIED and _spelling(path) in self.own:
                heard.replaced = True

    def arm(self) -> None:
        """Start a new event watch, or go without."""
        self.disarm()
        if self.polling:
            return
        try:
            from watchfiles._rust_notify import RustNotify

            # Not recursive: each subdirectory would take one of the user's inotify watches.
            self.notify = RustNotify([self.directory], False, False, FALLBACK_POLL_MS, False, False)
        except Exception:  # no instances or watches left, no permission, no such package, a path that is not UTF-8
            self.give_up_events()
            return
        self.own = frozenset({_spelling(self.directory), _spelling(os.path.realpath(self.directory))})
        self.rearm_at = time.monotonic() + REARM_SECONDS

    def rearm(self, *, blind: bool) -> None:
        """Start a new event watch when the old one seems blind or was given up, but not too often."""
        if (blind or self.notify is None) and not self.polling and time.monotonic() >= self.rearm_at:
            self.arm()

    def give_up_events(self) -> None:
        self.disarm()
        self.failures += 1
        self.rearm_at = time.monotonic() + min(2.0 ** min(self.failures, 16), BACKOFF_SECONDS)

    def disarm(self) -> None:
        if self.notify is not None:
            self.notify.close()
            self.notify = None


def _absolute(directory: str) -> str:
    # Not abspath: "link/.." is not ".".
    try:
        return os.path.join(os.getcwd(), directory)
    except OSError:  # the working directory is gone
        return directory


def _spelling(path: str) -> str:
    return os.path.normcase(os.path.normpath(path))


def _polling_is_asked_for() -> bool:
    """Read the variable as watchfiles does."""
    return os.environ.get(_POLLING_VARIABLE, "").lower() not in {"", "false", "disable", "disabled"}
