"""The only place that starts threads for a screen, and the decorator that makes a method one of its jobs.

A job computes and posts messages; it never touches a widget.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar
from weakref import WeakSet

from textual.app import App
from textual.dom import DOMNode
from textual.message import Message
from textual.worker import Worker, get_current_worker

from ckpt_tui.errors import CkptError
from ckpt_tui.tui.messages import WorkFailed

if TYPE_CHECKING:
    from ckpt_tui.tui.engines import Engines

PROGRESS_SECONDS = 0.05
"""Shortest time in seconds between two messages on the progress of a job."""

REST_SECONDS = 0.004
"""Pause of a long job after each item: a busy thread delays every key by a turn of the interpreter lock."""


class Cancelled(Exception):
    """The job is no longer wanted."""


def check_cancelled() -> None:
    """End the job when it is no longer wanted.

    Raises:
        Cancelled: it is no longer wanted.
    """
    if get_current_worker().is_cancelled:
        raise Cancelled


def engines() -> type[Engines]:
    """The functions that compute answers of jobs; call it in their threads, because the first call imports them."""
    from ckpt_tui.tui.engines import Engines  # late: the first row does not need it

    return Engines


class _IsSet:
    """An event as a truth value, with which a screen that ends takes no more messages."""

    def __init__(self, event: threading.Event) -> None:
        self._event = event

    def __bool__(self) -> bool:
        return self._event.is_set()


class Workers:
    """Runs jobs in threads for one screen, and posts their messages to it.

    Args:
        owner: The screen or app that receives the messages and whose workers these are.

    Attributes:
        owner: That screen or app.
        stopped: Set once everything is to end.
    """

    def __init__(self, owner: DOMNode) -> None:
        self.owner = owner
        self.stopped = threading.Event()
        _everywhere.add(self)

    def post(self, message: Message) -> None:
        """Post a message to the screen, from any thread; one that still waits when everything ends is left."""
        message.no_dispatch = _IsSet(self.stopped)  # type: ignore[misc, assignment]
        self.owner.post_message(message)

    def start(self, work: Callable[[], None], group: str, exclusive: bool = True) -> Worker[None]:
        """Run `work` in a thread; with `exclusive`, running workers of the group are cancelled first."""
        left = [work]

        def guarded() -> None:
            # A worker that has ended is in a cycle, and stays until garbage is collected: its data, such as a
            # checkpoint of some megabytes, must not stay with it.
            work = left.pop()
            try:
                work()
            except Cancelled:
                pass
            except Exception:
                self.post(WorkFailed(group, traceback.format_exc()))

        return self.owner.run_worker(
            guarded, name=group, group=group, exclusive=exclusive, thread=True, exit_on_error=False
        )

    def cancel(self, group: str) -> None:
        """Cancel the workers of a group."""
        self.owner.workers.cancel_group(self.owner, group)

    def rest(self) -> None:
        """Let the screen come first, after an item of a long job."""
        self.stopped.wait(REST_SECONDS)

    def stop(self) -> None:
        """End everything."""
        self.stopped.set()


_everywhere: WeakSet[Workers] = WeakSet()


def stop_all(app: App[Any]) -> None:
    """End everything on every screen of an app, and on screens that are on none."""
    for workers in list(_everywhere):
        top = workers.owner.ancestors_with_self[-1]
        if top is app or not isinstance(top, App):
            workers.stop()


class HasWorkers(Protocol):
    """An object that has jobs."""

    @property
    def workers(self) -> Workers:
        """Runs them."""


S = TypeVar("S", bound=HasWorkers)
P = ParamSpec("P")


def job(
    group: str, failed: Callable[..., Message] | None = None, exclusive: bool = True
) -> Callable[[Callable[Concatenate[S, P], None]], Callable[Concatenate[S, P], Worker[None]]]:
    """Make a method run in a thread: a call returns its worker at once.

    Args:
        group: The group of its workers.
        failed: Makes the message that is posted when a `CkptError` is raised, of that error and the arguments of the
            call; without it, such an error is reported like any unexpected one.
        exclusive: A call cancels those of its group before it: the latest wins.
    """

    def decorate(work: Callable[Concatenate[S, P], None]) -> Callable[Concatenate[S, P], Worker[None]]:
        def start(self: S, /, *args: P.args, **kwargs: P.kwargs) -> Worker[None]:
            def run() -> None:
                try:
                    work(self, *args, **kwargs)
                except CkptError as error:
                    if failed is None:
                        raise
                    self.workers.post(failed(error, *args, **kwargs))

            return self.workers.start(run, group, exclusive)

        update_wrapper(start, work)
        return start

    return decorate


class Interval:
    """Limits an action to once in this many seconds.

    Args:
        seconds: The seconds.
        at_once: The first call of `is_due` is true, too.
    """

    def __init__(self, seconds: float, at_once: bool = False) -> None:
        self._seconds = seconds
        self._last = 0.0 if at_once else time.monotonic()

    def is_due(self) -> bool:
        """Return whether the seconds have passed; if so, they begin again."""
        now = time.monotonic()
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True
