"""The conversation of a checkpoint: all messages that its executors keep, hold and send, as one sequence.

Each executor keeps its own part of the conversation, and repeats parts of others: histories, caches, sessions, messages
in flight, requests. Turns that no executor keeps (an input, a question, its answer) come from the steps before. Every
turn is in the conversation once, in an order that contradicts none of these parts where that is possible; where two
parts hold a turn, it is one turn. A call of a tool, its approval and its result are one line.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.chat import ChatMessage
from ckpt_tui.core.reading.merged_messages import MergedMessages, key_of
from ckpt_tui.core.reading.message_sources import MessageSources, message_sources
from ckpt_tui.core.reading.turns import Turn, merged_turns


class Conversation(NamedTuple):
    """The merged conversation.

    Attributes:
        turns: Each turn once, oldest first.
        unread: Places of large values that were not read for it.
        repeated: Places of histories in which messages occur twice by their ids, each with how many.
        is_cut: The search stopped at its limit.
        lacks_steps: For some steps before it, only the turns that its executors keep are known.
    """

    turns: tuple[Turn, ...] = ()
    unread: tuple[Path, ...] = ()
    repeated: tuple[tuple[Path, int], ...] = ()
    is_cut: bool = False
    lacks_steps: bool = False


class FoundMessages(NamedTuple):
    """The messages of a checkpoint and of its parent, not merged yet."""

    own: MessageSources
    parent: MessageSources | None


def find_messages(checkpoint: Checkpoint, parent: Checkpoint | None = None, most: int | None = None) -> FoundMessages:
    """Find the messages in a checkpoint and in its parent.

    Args:
        checkpoint: The checkpoint.
        parent: Its parent: turns that it lacks are new. None where there is none; then no turn is new.
        most: Values of either that are searched, as for `message_sources`.
    """
    return FoundMessages(
        message_sources(checkpoint, most), message_sources(parent, most) if parent is not None else None
    )


def merged_conversation(
    found: FoundMessages, passed: Sequence[ChatMessage] = (), new: Sequence[ChatMessage] = ()
) -> Conversation:
    """The conversation of a checkpoint.

    Args:
        found: Its messages.
        passed: The messages of the steps before, kept by an executor or not; oldest first.
        new: The messages of the step that led to it.
    """
    own = found.own
    merged = MergedMessages(own.sources, (*passed, *new))
    if found.parent is not None:
        before = found.parent.sources
        keys = (entry.key for entry in MergedMessages(before, passed).entries) if before else map(key_of, passed)
        had = Counter(keys)
        for entry in merged.entries:
            had[entry.key] -= 1
            entry.is_new = had[entry.key] < 0
    return Conversation(tuple(merged_turns(merged.entries)), tuple(own.unread), tuple(merged.repeated), own.is_cut)


def conversation(checkpoint: Checkpoint, parent: Checkpoint | None = None, most: int | None = None) -> Conversation:
    """The conversation of a checkpoint without messages of earlier steps; arguments as of `find_messages`."""
    return merged_conversation(find_messages(checkpoint, parent, most))
