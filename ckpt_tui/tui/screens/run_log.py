"""The log of a run on its screen: followed, paused, filtered, searched, saved; and the run stopped."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from textual.screen import Screen
from textual.widgets import Input

from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.running.events import parse_line
from ckpt_tui.core.running.secret_lines import masked_line
from ckpt_tui.tui.runs import Run
from ckpt_tui.tui.screens.copying import copied
from ckpt_tui.tui.screens.dialogs import TextScreen, help_paragraphs
from ckpt_tui.tui.widgets.event_log import LogLines
from ckpt_tui.tui.widgets.status import revealed
from ckpt_tui.tui.widgets.text_lines import Paragraph

SAVE_SECONDS = 0.02
"""Time spent on saving in one turn: masking all of a long log at once would hold up the screen."""

_ASKS = {
    "search": "search: a text; an upper case letter makes it strict about case",
    "filter": "filter: executor, kind, text; empty shows all",
    "save": "file to save the log to",
}


class RunLog(Screen[None]):
    """A screen with the log of a run, and a line that asks for a text."""

    run: Run | None = None
    _asking = ""
    _saving: Iterator[None] | None = None

    def on_unmount(self) -> None:
        """Save what is being saved to its end."""
        for _ in self._saving or ():
            pass

    @property
    def log_lines(self) -> LogLines:
        """The log."""
        return self.query_one("#log", LogLines)

    def say(self, text: str, style: str = "plain") -> None:
        """Say something, until the next key."""

    def draw(self) -> None:
        """Draw the lines at the top and bottom."""

    def tick(self) -> None:
        """Take in what came."""

    def focus_log(self) -> None:
        """Give the log the focus, unless a text is being typed."""
        if not self._asking:
            self.log_lines.focus()

    @property
    def reveal(self) -> bool:
        """Whether secrets are shown."""
        return self.log_lines.reveal

    def action_reveal(self) -> None:
        """Show secrets, or mask them again."""
        self.set_reveal(not self.reveal)
        self.say(*revealed(self.reveal))

    def set_reveal(self, reveal: bool) -> None:
        """Show secrets, or mask them."""
        self.log_lines.set_reveal(reveal)

    def line_under_cursor(self) -> bytes | None:
        """The line of the log under the cursor, its secrets masked unless they are shown."""
        raw = self.log_lines.raw(self.log_lines.cursor)
        return raw if raw is None or self.reveal else masked_line(raw)

    def _open_line(self) -> None:
        raw = self.line_under_cursor()
        if raw is None:
            return
        text = dumps(parse_line(raw))
        copy = lambda: self._copy(text, "line")  # noqa: E731
        self.app.push_screen(TextScreen("One line of the log", [Paragraph(each) for each in text.split("\n")], copy))

    def _copy(self, text: str, what: str) -> None:
        said, style = copied(self.app, text, what)
        self.say(said.strip(), style)

    def action_stop(self) -> None:
        """Stop the run; once more kills it."""
        run = self.run
        if run is None or not run.begun or not run.is_live:
            self.say("The workflow does not run.", "dim")
            return
        again = run.session.is_stopping
        run.stop()
        self.say("killed" if again else "asked to stop; x once more kills it, and so does time", "warn")

    def action_pause(self) -> None:
        """Let new lines wait, or show them."""
        log = self.log_lines
        log.paused = not log.paused
        self.tick()
        self.draw()

    def action_follow(self) -> None:
        """Follow the newest line, or stay."""
        log = self.log_lines
        log.following = not log.following
        if log.following:
            log.paused = False
            log.move_to(log.line_count - 1, by_hand=False, way=-1)
        self.draw()

    # -- search, filter, save ----------------------------------------------------------------------------------------

    def action_search(self) -> None:
        """Ask what to search for in the log."""
        self._open_ask("search", self.log_lines.match)

    def action_filter(self) -> None:
        """Ask what to filter the log by."""
        self._open_ask("filter", self.log_lines.filter)

    def action_save(self) -> None:
        """Ask where to save the log."""
        if self.run is not None:
            stamp = time.strftime("%Y%m%d-%H%M%S")
            self._open_ask("save", os.path.abspath(f"ckpt-tui-run-{self.run.plan.source.id[:8]}-{stamp}.jsonl"))

    def _open_ask(self, what: str, value: str) -> None:
        if not self.has_class("-running"):
            return
        self._asking = what
        ask = self.query_one("#ask", Input)
        ask.placeholder = _ASKS[what]
        ask.value = value
        ask.display = True
        self.set_focus(ask)

    def close_ask(self) -> None:
        self._asking = ""
        self.query_one("#ask").display = False
        self.log_lines.focus()

    def _asked(self, text: str) -> None:
        what = self._asking
        self.close_ask()
        if what == "filter":
            self.log_lines.set_filter(text)
            self.draw()
        elif what == "search":
            self.log_lines.match = text
            self.log_lines.changed()
            if text:
                self.action_search_next(1)
        elif text:
            self._save(os.path.expanduser(text))

    def _save(self, path: str) -> None:
        assert self.run is not None
        for _ in self._saving or ():
            pass
        self._saving = self._written(path, self.run.log.lines(), self.reveal)
        self._save_on()

    def _save_on(self) -> None:
        if self._saving is not None and next(self._saving, self) is self:
            self._saving = None
        elif self._saving is not None:
            self.call_later(self._save_on)

    def _written(self, path: str, lines: Iterator[bytes], reveal: bool) -> Iterator[None]:
        """Save lines, as many at a time as a turn allows, and tell how it went."""
        shown = lines if reveal else map(masked_line, lines)
        try:
            # Never over a file that is there: its name was only proposed.
            with open(path, "xb") as file:
                end = time.perf_counter() + SAVE_SECONDS
                for line in shown:
                    file.write(line + b"\n")
                    if time.perf_counter() > end:
                        yield
                        end = time.perf_counter() + SAVE_SECONDS
        except FileExistsError:
            self.say(f"{path} is there already; choose another name.", "warn")
        except OSError as error:
            self.say(f"Not saved: {error.strerror}", "error")
        else:
            masks = "" if reveal else ", secrets masked"
            self.say(f"saved to {path}{masks}", "good")

    def action_search_next(self, way: int) -> None:
        """Go to the next or previous match in the log."""
        log = self.log_lines
        if not log.match:
            return
        found = log.find(log.match, way)
        if found is None:
            self.say(f"No match for {log.match!a}.", "warn")
        else:
            log.move_to(found)

    def action_help(self) -> None:
        """Show keys and signs."""
        keys: dict[str, str] = getattr(self.app, "changed_keys", {})
        self.app.push_screen(TextScreen("Keys and signs", help_paragraphs(keys)))
