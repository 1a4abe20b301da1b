"""What is watched while a run is replayed: pinned paths with their values, and breakpoints."""

from __future__ import annotations

from collections.abc import Mapping

from textual import on
from textual.widgets import Input

from ckpt_tui.actions.conditions import Condition
from ckpt_tui.core.paths import Path, expression, parse
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.text import clean
from ckpt_tui.errors import UsageError
from ckpt_tui.tui.replaying import Watch
from ckpt_tui.tui.screens.keeping import Keeping
from ckpt_tui.tui.screens.playing import Playing
from ckpt_tui.tui.widgets.step_lines import BreakRow, PinRow, StepLines, WatchLines

PARTS = ("state", "messages", "pending", "metadata")

PINNED_PAST = 400
"""Steps back that the values of a pinned path are shown of."""

_QUESTIONS = {
    "pin": "pin a path, such as state.draft.score",
    "breakpoint": "stop where this becomes true, such as state.round > `3` (JMESPath)",
    "note": "a note on this checkpoint; empty takes it away",
}


class Watching(Playing, Keeping):
    """A replay that keeps what is pinned and where it stops in the notes on the store.

    It has `StepLines`, `WatchLines` and an input `#ask`.
    """

    def __init__(self, run: Run, node: Node, choices: Mapping[str, str], play: bool) -> None:
        super().__init__(run, node, choices, play)
        self.asking = ""
        """What is asked: a key of `_QUESTIONS`, or ""."""
        self._watched = -1
        self._conditions: dict[str, Condition] = {}

    def draw_watch(self) -> None:
        """Show what is watched."""
        lines = self.query_one(WatchLines)
        first = max(self.at - PINNED_PAST, 0)
        files = [node.ref.file for node in self.track.nodes[first : self.at + 1]]
        here = files[-1]
        rows: list[PinRow | BreakRow] = [
            PinRow(text, [values.get(file) for file in files]) for text, values in self.jobs.pins.items()
        ]
        rows += [BreakRow(text, known.get(here)) for text, known in self.jobs.truths.items()]
        lines.show(rows)
        if len(rows) != self._watched:  # anything set on a style lays the screen out anew
            self._watched = len(rows)
            lines.display = bool(rows)
            lines.styles.height = min(len(rows), 8) + 2

    def true_places(self) -> list[int]:
        """Places where a breakpoint is true and was not in the step before."""
        found = set()
        for known in self.jobs.truths.values():
            was: bool | None = None
            for at, node in enumerate(self.track.nodes):
                holds = known.get(node.ref.file)
                if holds and was is False:
                    found.add(at)
                was = holds
        return sorted(found)

    # -- watching ----------------------------------------------------------------------------------------------------

    def wanted(self) -> Watch:
        """What is watched, as far as it is right."""
        book = self.notebook
        pins = [(text, path) for text in (book.pins if book else ()) if (path := parse(text)) and path[0] in PARTS]
        conditions = []
        for text in book.breakpoints if book else ():
            try:
                found = self._conditions.get(text) or Condition(text)
            except UsageError:
                continue
            self._conditions[text] = found
            conditions.append(found)
        return Watch(tuple(pins), tuple(conditions))

    def _watch_anew(self) -> None:
        self.keep()
        self.jobs.watch_for(self.wanted())
        self._true = self._true and self._true & self._conditions.keys()
        self.go(self.at)

    def pin(self, path: Path) -> None:
        """Pin a path, or take the pin away."""
        text = expression(path)
        if self.notebook is None:
            return
        if text in self.notebook.pins:
            self.notebook.pins.remove(text)
            self.say(f"{clean(text)} is no longer pinned.", "dim")
        else:
            self.notebook.pins.append(text)
            self.say(f"Pinned {clean(text)}; {{ and }} go to its changes.", "good")
        self._watch_anew()

    @on(WatchLines.Dropped)
    def _dropped(self, event: WatchLines.Dropped) -> None:
        if self.notebook is not None:
            listed = self.notebook.breakpoints if isinstance(event.row, BreakRow) else self.notebook.pins
            if event.row.text in listed:
                listed.remove(event.row.text)
            self._watch_anew()
            if not self.query_one(WatchLines).line_count:
                self.query_one(StepLines).focus()

    # -- asking ------------------------------------------------------------------------------------------------------

    def ask(self, what: str, value: str) -> None:
        self.stop()
        self.asking = what
        asked = self.query_one(Input)
        asked.placeholder = _QUESTIONS[what]
        asked.value = value
        asked.display = True
        self.set_focus(asked)  # at once: the next key may be on its way

    @on(Input.Submitted, "#ask")
    def _asked(self, event: Input.Submitted) -> None:
        event.stop()
        what, text = self.asking, event.value.strip()
        if what == "note":
            self.take_note(text)
        elif text and not self._take_watch(what, text):
            return  # it is told what is wrong; the text stays to be mended
        self.close_ask()

    def _take_watch(self, what: str, text: str) -> bool:
        if self.notebook is None:
            return True
        if what == "pin":
            path = parse(text)
            if not path or path[0] not in PARTS:
                self.say(f"A pin is a path such as state.draft.score; {clean(text)} is none.", "error")
                return False
            self.pin(path)
            return True
        try:
            self._conditions[text] = Condition(text)
        except UsageError as error:
            self.say(f"{clean(error.what)} {clean(error.hint)}", "error")
            return False
        if text not in self.notebook.breakpoints:
            self.notebook.breakpoints.append(text)
        self._watch_anew()
        self.say(f"space plays to where {clean(text)} becomes true, backspace backwards.", "good")
        return True

    def close_ask(self) -> None:
        """Take the question away."""
        self.asking = ""
        self.query_one(Input).display = False
        self.query_one(StepLines).focus()

    def action_pin(self) -> None:
        """Pin the path under the cursor, or ask for one."""
        path = self.query_one(StepLines).path
        if path[:1] == ("state",) and len(path) > 1 and self.query_one(StepLines).has_focus:
            self.pin(path)
        else:
            self.ask("pin", "state.")

    def action_pin_any(self) -> None:
        """Ask for a path to pin."""
        self.ask("pin", "state.")

    def action_breakpoint(self) -> None:
        """Ask for a breakpoint."""
        self.ask("breakpoint", "")
