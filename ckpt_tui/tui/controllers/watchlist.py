"""The watchlist of a replay: pinned paths with their values, and breakpoints."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from ckpt_tui.actions.debugging.breakpoints import Breakpoint, is_each_time, parse_breakpoint, parse_breakpoints
from ckpt_tui.actions.notebook import Notebook
from ckpt_tui.core.model import PARTS
from ckpt_tui.core.paths import Path, expression, parse
from ckpt_tui.core.text import clean
from ckpt_tui.errors import UsageError
from ckpt_tui.tui.helpers.position import Position
from ckpt_tui.tui.replay_jobs import ReplayJobs, Watched
from ckpt_tui.tui.widgets.prompt import Prompt, Prompted
from ckpt_tui.tui.widgets.step_lines import BreakRow, PinRow, WatchLines

PINNED_PAST = 400
"""Steps back for which the values of a pinned path are shown."""

_PIN = Prompted("pin a path", "such as state.draft.score", "pins it")
_BREAKPOINT = Prompted(
    "stop where", "JMESPath that becomes true: state.round > `3`; changes:PATH, executor:NAME or node:NAME, request"
    ", warning",
    "stops there",
)  # fmt: skip


class WatchPort(Protocol):
    """The part of its screen that it uses."""

    @property
    def notebook(self) -> Notebook | None:
        """The pins and breakpoints; None where none can be kept."""

    @property
    def prompt(self) -> Prompt:
        """The prompt for a path or an expression."""
        ...

    def keep(self) -> bool:
        """Write the notebook."""
        ...

    def say(self, text: str, style: str = "plain") -> None:
        """Show a text in the line at the bottom, until the next key."""

    def stop(self) -> None:
        """Stop playing."""

    def watch_changed(self, breakpoints: Collection[str]) -> None:
        """Show the step again, as other paths and breakpoints are watched."""


class Watchlist:
    """Pins and breakpoints, kept in the notes on the store.

    Args:
        port: The screen.
        position: Where the replay is.
        jobs: Finds the values and the truths.
    """

    def __init__(self, port: WatchPort, position: Position, jobs: ReplayJobs) -> None:
        self._port = port
        self._position = position
        self._jobs = jobs
        self._count = -1
        self._conditions: dict[str, Breakpoint] = {}

    # -- drawing -----------------------------------------------------------------------------------------------------

    def draw(self, lines: WatchLines) -> None:
        """Show the watched paths and breakpoints."""
        at = self._position.at
        files = [node.ref.file for node in self._position.track.nodes[max(at - PINNED_PAST, 0) : at + 1]]
        here = files[-1]
        rows: list[PinRow | BreakRow] = [
            PinRow(text, [values.get(file) for file in files]) for text, values in self._jobs.pins.items()
        ]
        rows += [BreakRow(text, known.get(here)) for text, known in self._jobs.truths.items()]
        lines.show(rows)
        if len(rows) != self._count:  # setting a style lays the screen out again
            self._count = len(rows)
            lines.display = bool(rows)
            lines.styles.height = min(len(rows), 8) + 2

    def true_places(self) -> list[int]:
        """Places where a breakpoint is true and was not in the step before."""
        found = set()
        for text, known in self._jobs.truths.items():
            was: bool | None = None
            each_time = is_each_time(text)
            for at, node in enumerate(self._position.track.nodes):
                holds = known.get(node.ref.file)
                if holds and (was is False or each_time):
                    found.add(at)
                was = holds
        return sorted(found)

    # -- watching ----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Watch the paths and breakpoints of the notes."""
        self._jobs.watch_for(self._wanted())

    def _wanted(self) -> Watched:
        """The valid pins and breakpoints."""
        book = self._port.notebook
        pins = [(text, path) for text in (book.pins if book else ()) if (path := parse(text)) and path[0] in PARTS]
        conditions = []
        for text in book.breakpoints if book else ():
            try:
                found = self._conditions.get(text) or parse_breakpoint(text)
            except UsageError:
                continue
            self._conditions[text] = found
            conditions.append(found)
        return Watched(tuple(pins), tuple(conditions))

    def _changed(self) -> None:
        self._port.keep()
        self._jobs.watch_for(self._wanted())
        self._port.watch_changed(self._conditions.keys())

    def pin(self, path: Path) -> None:
        """Pin a path, or take the pin away."""
        text = expression(path)
        book = self._port.notebook
        if book is None:
            return
        if text in book.pins:
            book.pins.remove(text)
            self._port.say(f"{clean(text)} is no longer pinned.", "dim")
        else:
            book.pins.append(text)
            self._port.say(f"Pinned {clean(text)}; {{ and }} go to its changes.", "good")
        self._changed()

    def drop(self, row: PinRow | BreakRow) -> None:
        """Remove a path or a breakpoint."""
        book = self._port.notebook
        if book is not None:
            listed = book.breakpoints if isinstance(row, BreakRow) else book.pins
            if row.text in listed:
                listed.remove(row.text)
            self._changed()

    # -- asking ------------------------------------------------------------------------------------------------------

    def ask_pin(self) -> None:
        """Ask for a path to pin."""
        self._port.stop()
        self._port.prompt.ask(_PIN, "state.", self._take_pin)

    def ask_breakpoint(self) -> None:
        """Ask for breakpoints, besides those that are there."""
        self._port.stop()
        self._port.prompt.ask(_BREAKPOINT, "", self._take_breakpoint)

    def _take_pin(self, text: str) -> bool:
        text = text.strip()
        path = parse(text)
        if not text:
            return True
        if not path or path[0] not in PARTS:
            self._port.prompt.say(f"A pin is a path such as state.draft.score; {clean(text)} is not one.", "error")
            return False
        self.pin(path)
        return True

    def _take_breakpoint(self, text: str) -> bool:
        book = self._port.notebook
        try:
            found = parse_breakpoints(text)
        except UsageError as error:
            self._port.prompt.say(f"{clean(error.what)} {clean(error.hint)}", "error")
            return False
        if not found or book is None:
            return True
        for each in found:
            self._conditions[each.spec] = each
            if each.spec not in book.breakpoints:
                book.breakpoints.append(each.spec)
        self._changed()
        specs = "; ".join(clean(each.spec) for each in found)
        self._port.say(f"{specs}: space plays to the next place, backspace to the one before.", "good")
        return True
