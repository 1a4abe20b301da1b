"""Looking for messages costs no more than its work goes, whatever a checkpoint is made of."""

from __future__ import annotations

import pytest

from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.conversation import conversation
from ckpt_tui.core.reading.message_sources import message_sources
from ckpt_tui.core.value import Value
from ckpt_tui.stores.agent_framework_body import checkpoint_from_bytes
from tests.core.bombs import BOMBS, CHAT_BOMBS
from tests.support.work import calls

MOST_CALLS = 1_500_000
"""Calls of functions that one conversation may take where a tenth of the usual work is done."""

SHARED = ("one state of many objects", "sets made of one list many times", "bytes made of one text many times")


def holding(value: Value) -> Checkpoint:
    """A checkpoint with a value in its state."""
    empty = (
        b'{"workflow_name": "w", "graph_signature_hash": "", "checkpoint_id": "bomb", "previous_checkpoint_id": null,'
        b' "timestamp": "2026-03-01T08:00:00+00:00", "messages": {}, "state": {}, "pending_request_info_events": {},'
        b' "iteration_count": 0, "metadata": {}, "version": "1.0"}'
    )
    checkpoint = checkpoint_from_bytes("bomb.json", empty)
    assert isinstance(checkpoint, Checkpoint)
    return checkpoint._replace(state={"bomb": value})


def message(text: str) -> Value:
    return {"role": "user", "contents": [{"type": "text", "text": text}]}


@pytest.mark.parametrize("name", [*CHAT_BOMBS, *SHARED])
def test_a_bomb_costs_no_more_than_the_work_that_a_conversation_may_take(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ckpt_tui.core.reading.message_sources.WALKED", 10_000)
    bomb = (CHAT_BOMBS.get(name) or BOMBS[name])()
    checkpoint = holding(decode(bomb).value)
    assert calls(lambda: conversation(checkpoint)) < MOST_CALLS


def test_of_too_many_messages_the_last_are_read_and_it_is_said() -> None:
    found = message_sources(holding([message(str(number)) for number in range(60_000)]))
    (source,) = found.sources
    assert found.is_cut
    assert 10_000 < len(source.messages) < 60_000
    path, newest = source.messages[-1]
    assert newest.parts[0].text == "59999"
    assert path == ("state", "bomb", 59_999)


def test_texts_in_pieces_are_one_and_empty_pieces_part_nothing() -> None:
    pieces = [{"type": "text", "text": "a"}, {"type": "text_reasoning", "text": ""}, {"type": "text", "text": "b"}]
    (source,) = message_sources(holding([{"role": "assistant", "contents": pieces}])).sources
    assert [part.text for part in source.messages[0][1].parts] == ["ab"]


def test_what_is_pending_is_found_behind_a_state_that_takes_all_the_work() -> None:
    full = holding([[] for _ in range(400_000)])
    checkpoint = full._replace(messages={"a": [{"source_id": "a", "data": "on its way"}]})
    found = message_sources(checkpoint)
    assert found.is_cut
    assert [source.messages[0][1].parts[0].text for source in found.sources] == ["on its way"]


def test_messages_are_looked_for_no_further_than_was_asked_and_it_is_said() -> None:
    checkpoint = holding([message(str(number)) for number in range(2_000)])
    found = message_sources(checkpoint, 1_000)
    assert found.is_cut
    assert found.sources[0].messages[-1][1].parts[0].text == "1999"
    assert not message_sources(checkpoint).is_cut


def test_turns_that_say_the_same_are_not_all_compared_with_each_other() -> None:
    def said(author: str) -> Value:
        return [{**message("hello"), "author_name": f"{author}{number}"} for number in range(1_500)]

    checkpoint = holding({"one": said("a"), "two": said("b")})
    assert calls(lambda: conversation(checkpoint)) < 600_000


def test_single_messages_are_merged_in_work_that_grows_with_their_number() -> None:
    checkpoint = holding({f"m{number}": message(f"{number} {'x' * 2_000}") for number in range(4_000)})
    assert len(conversation(checkpoint).turns) == 4_000
