"""A conversation that holds a message twice and a request asked again are reported; what people do say twice is not."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.doctor.repetitions import Repetitions, repeated_messages
from ckpt_tui.core.model import Checkpoint
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.stores.agent_framework_body import checkpoint_from_bytes
from tests.core.bombs import BOMBS
from tests.support.work import calls

VALUES = Path(__file__).parents[2] / "data" / "values"


def read(name: str, parent: str | None = None, state: Any = None, pending: Any = None) -> Checkpoint:
    document = {
        "workflow_name": "flow", "graph_signature_hash": "a" * 64, "checkpoint_id": name,
        "previous_checkpoint_id": parent,
        "timestamp": "2026-11-20T10:00:00.000001+00:00", "messages": {}, "state": state or {},
        "pending_request_info_events": pending or {}, "iteration_count": 0, "metadata": {}, "version": "1.0",
    }  # fmt: skip
    found = checkpoint_from_bytes(f"{name}.json", json.dumps(document, indent=2).encode())
    assert isinstance(found, Checkpoint)
    return found


def message(text: str, identifier: str | None = None) -> dict[str, Any]:
    return {"role": "user", "contents": [{"type": "text", "text": text}], "message_id": identifier}


def kept(*messages: dict[str, Any]) -> list[tuple[tuple[str, ...], int]]:
    state = {"_executor_state": {"triage": {"full_conversation": list(messages)}}}
    return [(found.ids, found.number) for found in repeated_messages(read("a", state=state))]


@pytest.mark.parametrize(
    "name", ["one state of many objects", "sets made of one list many times", "a large deque many times"]
)
def test_looking_for_repetitions_costs_no_more_than_its_work(name: str) -> None:
    checkpoint = read("a")._replace(state={"bomb": decode(BOMBS[name]()).value})
    assert calls(lambda: list(repeated_messages(checkpoint))) < 1_000_000


def test_messages_whose_ids_occur_twice_are_reported() -> None:
    assert kept(message("a", "m1"), message("b", "m2"), message("a", "m1"), message("b", "m2")) == [(("m1", "m2"), 2)]
    found = checkpoint_from_bytes("u1.json", (VALUES / "conversation_twice.json").read_bytes())
    assert isinstance(found, Checkpoint)
    (repeated,) = repeated_messages(found)
    assert repeated.ids == ("m1", "m2")
    assert repeated.path == ("state", "_executor_state", "triage", "full_conversation")


def test_a_whole_conversation_that_occurs_twice_is_reported_without_ids() -> None:
    assert kept(message("a"), message("b"), message("a"), message("b"), message("c")) == [((), 2)]


def test_a_conversation_that_went_on_after_it_was_doubled_is_reported() -> None:
    talk = [message(text) for text in "abcd"]
    assert kept(*talk, *talk, message("e"), message("f")) == [((), 4)]
    assert kept(message("be kind"), *talk, *talk, message("e"), message("f")) == [((), 4)]
    manager = talk[:3]  # as Magentic begins
    assert kept(*manager, *manager, message("e"), message("f")) == []


def test_messages_that_were_given_other_ids_are_reported() -> None:
    first, again = ([message(text, f"{text}{number}") for text in "abc"] for number in (1, 2))
    assert kept(*first, *again) == [((), 3)]


def test_what_people_say_twice_is_not_reported() -> None:
    assert kept(message("a"), message("b"), message("a"), message("b"), message("c"), message("d")) == []
    assert kept(*(message("yes") for _ in range(9))) == []
    assert kept(message("yes"), message("no"), message("yes")) == []
    assert kept(message("yes"), message("yes")) == []
    assert kept(message("one part", "m1"), message("another part of the same message", "m1")) == []


def test_a_state_nested_thousands_deep_takes_no_more_than_its_size() -> None:
    nested: list[Any] = []
    for _ in range(4_000):
        nested = [[], nested]
    checkpoint = read("a")._replace(state={"nested": nested})
    tracemalloc.start()
    try:
        assert list(repeated_messages(checkpoint)) == []
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def asks(identifier: str, question: str) -> dict[str, Any]:
    return {identifier: {"source_executor_id": "review", "data": {"question": question}}}


def described(*checkpoints: Checkpoint) -> list[tuple[str, str]]:
    found = Repetitions()
    for checkpoint in checkpoints:
        found.take(checkpoint)
    return [(finding.kind, finding.file) for finding in found.findings()]


def test_a_request_that_is_asked_again_after_its_answer_is_reported() -> None:
    first, second = read("a", pending=asks("r1", "ok?")), read("b", "a")
    assert described(first, second, read("c", "b", pending=asks("r1", "ok?"))) == [("asked-again", "c.json")]
    assert described(first, second, read("c", "b", pending=asks("r2", "ok?"))) == [("asked-again", "c.json")]


def test_another_request_or_one_that_still_waits_is_not_reported() -> None:
    first, second = read("a", pending=asks("r1", "ok?")), read("b", "a")
    assert described(first, second, read("c", "b", pending=asks("r2", "and now?"))) == []
    assert described(first, read("b", "a", pending=asks("r1", "ok?"))) == []


def test_a_conversation_that_occurs_twice_is_a_finding() -> None:
    messages = [message("a", "m1"), message("b", "m2")] * 2
    state = {"_executor_state": {"triage": {"full_conversation": messages}}}
    assert described(read("a", state=state)) == [("repeated-messages", "a.json")]
