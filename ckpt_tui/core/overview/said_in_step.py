"""Messages of one step of a run that no executor may keep: inputs, questions, answers, messages in flight.

A checkpoint keeps the histories of its agents. Messages between executors are gone once they are delivered; the
conversation of a checkpoint takes them from the steps before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ckpt_tui.core.model import INTERNAL
from ckpt_tui.core.reading.chat import ChatMessage, Part
from ckpt_tui.core.reading.merged_messages import Key, key_of
from ckpt_tui.core.reading.message_sources import YOU, message_sources, parts_of
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.steps.snapshots import Snapshot
from ckpt_tui.core.steps.steps import Answered, Step

LONGEST = 8_000
"""Characters of a message that is kept; a longer one is in its own checkpoint, and mostly in a history."""

MESSAGES = 200
"""Messages of one step that are kept."""

_LOOKED_AT = 3_000
"""Values of one checkpoint that are searched for messages, counted as in `message_sources`."""


def said_in_step(after: Snapshot, step: Step) -> tuple[ChatMessage, ...]:
    """The messages in flight, requests and answers that are new with a checkpoint, oldest first.

    Args:
        after: The checkpoint.
        step: The step that led to it.
    """
    raised = {request.id for request in step.raised}
    comes_from_outside = step.kind in ("answer", "input")
    found: list[ChatMessage] = []
    known: set[tuple[Key, str]] = set()
    for source in message_sources(after.checkpoint._replace(state=None), _LOOKED_AT).sources:
        part, name = str(source.path[0]), str(source.path[1]) if len(source.path) > 1 else ""
        if part == "pending" and name not in raised:
            continue
        if part == "messages" and comes_from_outside and not name.startswith(INTERNAL):
            continue  # in flight since the step before
        for _, message in source.messages:
            key = (key_of(message), message.author)
            if message.parts and key not in known and sum(len(each.text) for each in message.parts) <= LONGEST:
                known.add(key)
                found.append(message)
    is_there = any(message.author == YOU for message in found)
    found[:0] = [
        message for answered in step.answered if not is_there or answered.part != "messages"
        for message in _answer(answered)
    ]  # fmt: skip
    return tuple(found[-MESSAGES:])


def _answer(answered: Answered) -> Iterator[ChatMessage]:
    """An answer that is not in flight: kept elsewhere, or gone; with its question where no earlier step has it."""
    who = shown_name(answered.request.executor, 60)
    for answer in answered.earlier[-MESSAGES:]:
        yield ChatMessage("user", YOU, "", parts_of(answer))
    if answered.part != "messages":
        yield ChatMessage("", who, "", parts_of(answered.request.data))
    if answered.given:
        yield ChatMessage("user", YOU, "", parts_of(answered.answer))
    else:
        yield ChatMessage("user", YOU, "", (Part("other", f"answered {who}; no file contains the answer"),))


def said_before(steps: Iterable[Iterable[ChatMessage]]) -> Iterator[tuple[ChatMessage, ...]]:
    """The messages of each step, without chat messages of earlier steps: executors pass them on."""
    known: set[Key] = set()
    for messages in steps:
        new = [message for message in messages if is_typed(message) or key_of(message) not in known]
        known.update(map(key_of, new))
        yield tuple(new)


def is_typed(message: ChatMessage) -> bool:
    """Whether it is a value between executors, or from outside, and not a message of a chat."""
    return not message.role or message.author == YOU
