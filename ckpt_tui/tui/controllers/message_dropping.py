"""Dropping a message in flight before a paused run goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ckpt_tui.actions.debugging.messages_in_flight import MessageInFlight
from ckpt_tui.core.redact import masked
from ckpt_tui.core.running.short_values import brief
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.text import clean
from ckpt_tui.errors import CkptError
from ckpt_tui.tui.live_run import LiveRun
from ckpt_tui.tui.messages import RunLine
from ckpt_tui.tui.widgets.status import Part

_BRIEF = 200
"""Characters shown of a message's data."""


class MessageDroppingPort(Protocol):
    """The part of its screen that it uses."""

    @property
    def run(self) -> LiveRun | None:
        """The run, once a process was started."""

    @property
    def reveal(self) -> bool:
        """Whether secrets are shown."""

    def compute(self, work: Callable[[], object]) -> None:
        """Call something in a thread."""

    def post_message(self, message: RunLine) -> bool:
        """Send a line to the screen; it comes back through `MessageDropping.take`."""
        ...

    def pick(self, title: str, keys: str, rows: Sequence[list[Part]], then: Callable[[int | None], None]) -> None:
        """Ask for one of these rows; `then` takes its number, or None."""

    def say(self, text: str, style: str = "plain") -> None:
        """Show a text, until the next key."""


class MessageDropping:
    """Lists the messages in flight where a run is paused, and drops the one that is chosen.

    Args:
        port: The screen.
    """

    def __init__(self, port: MessageDroppingPort) -> None:
        self._port = port

    def ask(self) -> None:
        """Ask which message to drop."""
        run = self._port.run
        if run is None or run.paused is None:
            self._port.say(run.why_not_paused if run is not None else "Nothing runs.", "dim")
            return

        def read() -> None:
            try:
                line: dict[str, Any] = {"run": run, "messages": run.session.in_flight()}
            except CkptError as error:
                line = {"run": run, "failed": error.what}
            self._port.post_message(RunLine(self, line))

        self._port.compute(read)

    def take(self, line: dict[str, Any]) -> None:
        """Take the messages that were read."""
        run, messages = self._port.run, line.get("messages")
        if run is None or run is not line["run"] or run.paused is None:
            return  # the run went on meanwhile
        if not messages:
            self._port.say(str(line.get("failed") or "No message is in flight here."), "dim")
            return

        def chosen(number: int | None) -> None:
            if number is not None:
                path = messages[number].path
                run.command("drop", path=path)
                self._port.say(f"{path} is dropped when the run goes on", "good")

        rows = [self._row(number, each) for number, each in enumerate(messages, 1)]
        self._port.pick("Drop which message?", "⏎ drops it when the run goes on · esc drops none", rows, chosen)

    def _row(self, number: int, message: MessageInFlight) -> list[Part]:
        data = message.data if self._port.reveal else masked(message.data)
        to = f" → {clean(message.target, 30)}" if message.target else ""
        source = shown_name(message.source.removeprefix("internal:"), 30)
        return [(f"{number}  ", "number"), (f"{source}{to}", "label"), (f"  {clean(brief(data, _BRIEF))}", "plain")]
