"""What was said, as one conversation: each turn once, whichever executors keep it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.core.reading.conversation import Conversation, conversation
from ckpt_tui.core.reading.pending import requests
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.stores.registry import open_store
from tests.support.work import calls

DATA = Path(__file__).parents[2] / "data"
SAMPLES = DATA / "agent-framework"

STORES = [
    *(SAMPLES / "1.23.0" / name for name in (
        "agent_tool_approval", "functional_hitl", "hitl_answered", "hitl_pending", "linear", "loop", "orch_concurrent",
        "orch_groupchat", "orch_handoff", "orch_magentic", "orch_magentic_plan_review", "orch_sequential",
        "sub_workflow",
    )),
    *(SAMPLES / "1.0.0" / name for name in (
        "agent_tool_approval", "hitl_answered", "linear", "orch_handoff", "orch_magentic_plan_review", "sub_workflow",
    )),
    DATA / "agent-framework-legacy" / "1.0.0b251001" / "hitl",
    DATA / "agent-framework-legacy" / "1.0.0b260210" / "hitl_answered",
    DATA / "dotnet" / "af_dotnet", DATA / "dotnet" / "hpd_hosted", DATA / "dotnet" / "hpd_full_history",
]  # fmt: skip


def loaded(store: Path) -> dict[str, Checkpoint]:
    """The checkpoints of a store, by id, oldest first."""
    opened = open_store(store)
    entries = [entry for batch in opened.scan() for entry in batch.entries if isinstance(entry, CheckpointRef)]
    return {entry.id: opened.load(entry.file) for entry in sorted(entries, key=lambda entry: entry.rank)}


def last(sample: str, version: str = "1.23.0") -> Checkpoint:
    """The newest checkpoint of a sample."""
    return list(loaded(SAMPLES / version / sample).values())[-1]


def texts_in(document: Any) -> Iterator[str]:
    """Every text that somebody says in the JSON of a checkpoint, however often, by a walk of its own."""
    if isinstance(document, list):
        for item in document:
            yield from texts_in(item)
    if not isinstance(document, dict):
        return
    if document.get("type") == "text" and isinstance(document.get("text"), str):
        yield document["text"]
    if "source_id" in document and isinstance(document.get("data"), str):
        yield document["data"]
    for key, item in document.items():
        # What a tool returned is no text of a message; pieces of a streamed message are in the message.
        if key not in ("items", "raw_representation"):
            yield from texts_in(item["$items"] if isinstance(item, dict) and "$items" in item else item)


def calls_in(document: Any) -> Iterator[tuple[str, str]]:
    """Every call of a tool in the JSON of a checkpoint: id and name."""
    if isinstance(document, list):
        for item in document:
            yield from calls_in(item)
    if isinstance(document, dict):
        if document.get("type") == "function_call":
            yield document["call_id"], document["name"]
        for key, item in document.items():
            if key != "raw_representation":
                yield from calls_in(item)


@pytest.mark.parametrize("store", STORES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_text_that_was_said_is_in_the_conversation_once(store: Path) -> None:
    for checkpoint in loaded(store).values():
        document = to_json([checkpoint.state, checkpoint.messages, checkpoint.pending])
        asked = [request.data for request in requests(checkpoint.pending) if isinstance(request.data, str)]
        expected = {text for text in (*texts_in(document), *asked) if text}
        found = conversation(checkpoint)
        said = Counter(turn.text for turn in found.turns if turn.text)
        assert said == Counter(dict.fromkeys(expected, 1)), checkpoint.ref.id
        assert not found.unread
        assert not found.is_cut
        lines = [line for turn in found.turns for line in turn.extras]
        for _, name in set(calls_in(document)):
            assert sum(line.startswith(f"{name}(") for line in lines) == 1


def spoken(found: Conversation) -> list[tuple[str, str]]:
    """Who says what."""
    return [(turn.speaker, turn.text or turn.extras[0]) for turn in found.turns]


def test_a_group_chat_is_one_conversation_in_the_order_of_its_orchestrator() -> None:
    assert spoken(conversation(last("orch_groupchat"))) == [
        ("user", "A or B?"), ("alice", "I think A."), ("bob", "I think B."), ("alice", "Still A."),
        ("bob", "OK, A then."),
        ("group_chat_orchestrator", "The group chat has reached the maximum number of rounds."),
    ]  # fmt: skip


@pytest.mark.parametrize("version", ["1.0.0", "1.23.0"])
def test_a_handoff_is_put_together_from_sessions_and_caches(version: str) -> None:
    assert spoken(conversation(last("orch_handoff", version))) == [
        ("user", "I want a refund"),
        ("triage", 'handoff_to_refund({"handoff_to": "refund"}) → {"handoff_to": "refund"}'),
        ("refund", "Refund: please give me the order number."), ("user", "Order 123"),
        ("refund", "Refund done for that order."), ("user", "thanks, bye"),
    ]  # fmt: skip


def test_what_executors_said_side_by_side_is_in_their_order() -> None:
    assert [speaker for speaker, _ in spoken(conversation(last("orch_concurrent")))] == [
        "user", "legal", "marketing", "finance",
    ]  # fmt: skip


def test_the_facts_and_the_plan_of_a_ledger_are_before_it() -> None:
    found = spoken(conversation(last("orch_magentic")))
    assert [text[:12] for _, text in found] == [
        "What is the ", "FACTS: none ", "PLAN:\n- rese", "\nWe are work", "find the num", "The number i",
    ]  # fmt: skip


def test_a_call_of_a_tool_is_one_line_with_its_approval_and_its_result() -> None:
    assert spoken(conversation(last("agent_tool_approval")))[:2] == [
        ("user", "please delete /tmp/x"),
        ("operator", 'delete_file({"path": "/tmp/x"}) · approved → deleted /tmp/x'),
    ]


def test_what_waits_is_at_the_end_with_what_it_waits_for() -> None:
    found = conversation(last("hitl_pending")).turns
    assert [(turn.speaker, turn.note) for turn in found] == [
        ("review", "waits for Decision"), ("review", "waits for str"),
    ]  # fmt: skip
    assert found[0].extras[0].startswith('ApprovalRequest prompt: "approve?"')


def test_a_call_that_waits_for_approval_says_so() -> None:
    waiting = next(
        found for found in loaded(SAMPLES / "1.23.0" / "agent_tool_approval").values() if found.ref.role == "waiting"
    )
    lines = [line for turn in conversation(waiting).turns for line in turn.extras]
    assert lines == ['delete_file({"path": "/tmp/x"}) · asks whether it may be called']


def test_turns_that_the_parent_has_not_are_new() -> None:
    found = loaded(SAMPLES / "1.23.0" / "orch_groupchat")
    for checkpoint in found.values():
        parent = found.get(checkpoint.ref.parent or "")
        before = {turn.text for turn in conversation(parent).turns} if parent is not None else None
        for turn in conversation(checkpoint, parent).turns:
            assert turn.is_new is (before is not None and turn.text not in before)


def test_a_turn_says_where_it_is() -> None:
    turn = conversation(last("orch_groupchat")).turns[2]
    assert turn.path == ("state", "_executor_state", "group_chat_orchestrator", "conversation", 2)


def made(state: Any, messages: Any = None) -> Checkpoint:
    """A checkpoint with this state."""
    ref = CheckpointRef("one", "one.json", "w", "", None, "", 0.0, 0, 0)
    return Checkpoint(ref, messages or {}, state, {}, {}, (), (), b"")


def said(*texts: str, role: str = "user") -> list[dict[str, Any]]:
    """Messages as JSON."""
    return [{"role": role, "contents": [{"type": "text", "text": text}]} for text in texts]


def test_what_somebody_says_twice_occurs_twice() -> None:
    history = said("pick one", "A") + said("B") + said("A")
    found = conversation(made({"a": {"messages": history}, "b": {"messages": history[1:]}}))
    assert [turn.text for turn in found.turns] == ["pick one", "A", "B", "A"]


def test_two_speakers_who_say_the_same_are_two_turns() -> None:
    one = {"role": "assistant", "author_name": "alice", "contents": ["OK"]}
    found = conversation(made({"a": [one], "b": [{**one, "author_name": "bob"}]}))
    assert spoken(found) == [("alice", "OK"), ("bob", "OK")]


def test_a_history_whose_ids_repeat_is_shown_once_and_says_so() -> None:
    history = [{**message, "message_id": f"m{number}"} for number, message in enumerate(said("one", "two"))]
    found = conversation(made({"u1": {"messages": history * 2}}))
    assert [turn.text for turn in found.turns] == ["one", "two"]
    assert found.repeated == ((("state", "u1", "messages"), 2),)


def test_chat_dictionaries_of_openai_are_messages() -> None:
    chat = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Weather in Oslo?"}]},
        {"role": "assistant", "content": None, "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Oslo"}'}},
        ]},
        {"role": "tool", "tool_call_id": "c1", "content": "4 degrees"},
        {"role": "assistant", "content": "4 degrees."},
    ]  # fmt: skip
    assert spoken(conversation(made({"chat": chat}))) == [
        ("system", "Be brief."), ("user", "Weather in Oslo?"), ("assistant", 'weather({"city": "Oslo"}) → 4 degrees'),
        ("assistant", "4 degrees."),
    ]  # fmt: skip


def test_messages_of_dotnet_are_messages() -> None:
    chat = [
        {"role": "user", "contents": [{"$type": "text", "text": "Weather?"}], "messageId": "1"},
        {"authorName": "Met", "role": "assistant", "contents": [
            {"$type": "functionCall", "callId": "c1", "name": "weather", "arguments": {"city": "Oslo"}},
        ]},
        {"role": "tool", "contents": [{"$type": "functionResult", "callId": "c1", "result": "4 degrees"}]},
    ]  # fmt: skip
    found = conversation(made({"Met": {"AgentSession": {"chatHistory": {"messages": chat}}}}))
    assert spoken(found) == [("user", "Weather?"), ("Met", 'weather({"city": "Oslo"}) → 4 degrees')]


def test_secrets_in_the_arguments_of_a_call_are_masked() -> None:
    call = {
        "type": "function_call",
        "call_id": "1",
        "name": "login",
        "arguments": '{"password": "hunter2", "user": "u"}',
    }
    found = conversation(made([{"role": "assistant", "contents": [call]}]))
    assert found.turns[0].extras == ('login({"password": "••••••", "user": "u"})',)


def test_a_long_conversation_takes_work_in_proportion() -> None:
    def work(number: int) -> int:
        history = said("go") + [message for n in range(number) for message in said(f"turn {n}", "OK")]
        checkpoint = made({"_executor_state": {f"agent{n}": {"full_conversation": history} for n in range(4)}})
        assert len(conversation(checkpoint).turns) == 2 * number + 1
        return calls(lambda: conversation(checkpoint))

    assert work(1000) < 5 * work(250)


def test_values_that_are_no_chat_are_shown_all_the_same() -> None:
    notes = {
        conversation(checkpoint).turns[-1].note
        for checkpoint in loaded(SAMPLES / "1.23.0" / "loop").values()
        if checkpoint.messages
    }
    assert notes == {"in flight"}


def test_pending_requests_say_executor_and_types() -> None:
    found = requests(last("hitl_pending").pending)
    assert [(request.executor, request.request_type, request.response_type) for request in found] == [
        ("review", "gen_corpus:ApprovalRequest", "gen_corpus:Decision"), ("review", "builtins:str", "builtins:str"),
    ]  # fmt: skip


def test_a_list_as_response_type_is_written_as_everybody_writes_it() -> None:
    waiting = next(
        found for found in loaded(SAMPLES / "1.23.0" / "orch_handoff").values() if found.ref.role == "waiting"
    )
    assert "list[agent_framework._types:Message]" in [request.response_type for request in requests(waiting.pending)]


def test_hostile_files_have_a_conversation_that_ends() -> None:
    store = open_store(DATA / "hostile")
    files = [one.file for batch in store.scan() for one in batch.entries if isinstance(one, CheckpointRef)]
    assert len(files) > 20
    for file in files:
        turns = conversation(store.load(file)).turns
        assert len(json.loads(json.dumps(turns))) == len(turns), file
