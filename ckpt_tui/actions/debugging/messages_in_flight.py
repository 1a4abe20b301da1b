"""The messages in flight of a checkpoint, one by one."""

from __future__ import annotations

from typing import Any, NamedTuple

from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.paths import expression
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.reading.pending import attribute
from ckpt_tui.core.reading.to_json import to_json

MOST = 1_000
"""Messages that are listed."""


class MessageInFlight(NamedTuple):
    """One message that was sent and not delivered yet.

    Attributes:
        path: Where it is in the JSON of `show`.
        source: The executor that sent it.
        target: The executor that it was addressed to, or "" where the edges decide who gets it.
        data: What it carries, as `show` writes values.
    """

    path: str
    source: str
    target: str
    data: Any


def messages_in_flight(checkpoint: Checkpoint) -> list[MessageInFlight]:
    """The messages in flight of a checkpoint, in the order of its file, at most `MOST`."""
    found: list[MessageInFlight] = []
    sources = members(checkpoint.messages)
    for source in (sources[number] for number in range(len(sources))):
        sent = members(source.value)
        for message in (sent[number] for number in range(len(sent))):
            if len(found) == MOST:
                return found
            path = expression(("messages", *source.steps, *message.steps))
            document = to_json(message.value)
            data = document.get("data") if isinstance(document, dict) else document
            target = attribute(message.value, "target_id")
            found.append(MessageInFlight(path, source.label, target if isinstance(target, str) else "", data))
    return found
