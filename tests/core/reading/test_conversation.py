"""Messages read as a conversation."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.reading.conversation import conversations, turns
from ckpt_tui.core.reading.pending import requests
from ckpt_tui.stores.registry import open_store

SAMPLES = Path(__file__).parents[2] / "data" / "agent-framework"


def last(sample: str, version: str = "1.23.0") -> Checkpoint:
    """The newest checkpoint of a sample."""
    store = open_store(SAMPLES / version / sample)
    entries = [entry for batch in store.scan() for entry in batch.entries]
    newest = max(entries, key=lambda entry: getattr(entry, "when", 0.0))
    return store.load(newest.file)


def test_a_group_chat_is_told_turn_by_turn() -> None:
    talks = conversations(last("orch_groupchat"))
    chat = next(talk for talk in talks if talk.title == "kept by group_chat_orchestrator")
    assert [(turn.speaker, turn.text) for turn in chat.turns[:3]] == [
        ("user", "A or B?"), ("assistant alice", "I think A."), ("assistant bob", "I think B."),
    ]  # fmt: skip


def test_tool_calls_and_results_are_lines_of_their_own() -> None:
    lines = [line for talk in conversations(last("agent_tool_approval")) for turn in talk.turns for line in turn.extras]
    assert any(line.startswith("approves delete") for line in lines)
    assert any(line.startswith("result ") for line in lines)


def test_values_that_are_no_chat_are_shown_all_the_same() -> None:
    store = open_store(SAMPLES / "1.23.0" / "loop")
    for batch in store.scan():
        for entry in batch.entries:
            talks = conversations(store.load(entry.file))
            assert all(talk.turns for talk in talks)


@pytest.mark.parametrize("value", [None, 1, "text", [], [1], {}, {"role": "user"}, ({},)])
def test_what_is_no_message_has_no_turns(value: object) -> None:
    assert turns(value) == ()


def test_plain_json_messages_are_read_too() -> None:
    found = turns(
        [{"role": "user", "contents": [{"type": "text", "text": "hi"}]}, {"role": "x", "contents": ["plain"]}]
    )
    assert [(turn.speaker, turn.text) for turn in found] == [("user", "hi"), ("x", "plain")]


def test_pending_requests_tell_executor_and_types() -> None:
    found = requests(last("hitl_pending").pending)
    assert [(request.executor, request.request_type, request.response_type) for request in found] == [
        ("review", "gen_corpus:ApprovalRequest", "gen_corpus:Decision"), ("review", "builtins:str", "builtins:str"),
    ]  # fmt: skip


def test_a_list_as_response_type_is_written_as_everybody_writes_it() -> None:
    found = [request.response_type for request in requests(waiting("orch_handoff").pending)]
    assert "list[agent_framework._types:Message]" in found


def waiting(sample: str) -> Checkpoint:
    """A checkpoint of a sample that waits for an answer."""
    store = open_store(SAMPLES / "1.23.0" / sample)
    for batch in store.scan():
        for entry in batch.entries:
            checkpoint = store.load(entry.file)
            if requests(checkpoint.pending):
                return checkpoint
    raise AssertionError(f"nothing waits in {sample}")
