"""The conversation of a checkpoint: all messages that its executors keep, hold and send, as one sequence.

Each executor keeps its own part of what was said, and repeats what others said: histories, caches, sessions, messages
in flight, requests. Every turn is in the conversation once, in an order that none of these parts contradicts as far
as that is possible; where two parts know a turn, it is the same turn. A call of a tool, its approval and its result are
one line.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.merged_messages import MergedMessages
from ckpt_tui.core.reading.message_sources import message_sources
from ckpt_tui.core.reading.turns import Turn, merged_turns


class Conversation(NamedTuple):
    """What was said.

    Attributes:
        turns: Each turn once, oldest first.
        unread: Places of large values that were not read for it.
        repeated: Places of histories in which messages occur twice by their ids, each with how many.
        is_cut: There was more to look at than is looked at.
    """

    turns: tuple[Turn, ...] = ()
    unread: tuple[Path, ...] = ()
    repeated: tuple[tuple[Path, int], ...] = ()
    is_cut: bool = False


def conversation(checkpoint: Checkpoint, parent: Checkpoint | None = None, most: int | None = None) -> Conversation:
    """The conversation of a checkpoint.

    Args:
        checkpoint: The checkpoint.
        parent: Its parent: turns that it has not are new. None where there is none, then nothing is new.
        most: Values of either that are looked at, as for `message_sources`.
    """
    found = message_sources(checkpoint, most)
    merged = MergedMessages(found.sources)
    if parent is not None:
        had = Counter(entry.key for entry in MergedMessages(message_sources(parent, most).sources).entries)
        for entry in merged.entries:
            had[entry.key] -= 1
            entry.is_new = had[entry.key] < 0
    return Conversation(tuple(merged_turns(merged.entries)), tuple(found.unread), tuple(merged.repeated), found.is_cut)
