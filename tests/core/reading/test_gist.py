"""What a row of the list says of a value."""

from __future__ import annotations

import pickle
from base64 import b64encode
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.budgets import GIST_CHARACTERS, GIST_SPAN
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.gist import gist, gist_of_state
from ckpt_tui.core.secret_texts import MASK
from ckpt_tui.core.value import Envelope, Map, Value
from ckpt_tui.stores.agent_framework import entry_from_bytes

PEM = f"-----BEGIN PRIVATE KEY-----\n{'MIIE' * 30}\n-----END PRIVATE KEY-----"
SAMPLES = Path(__file__).parents[2] / "data" / "agent-framework" / "1.23.0"


@dataclass
class Decision:
    approve: bool
    note: str = ""
    tags: list[str] = field(default_factory=list)


@dataclass
class Holder:
    decision: Decision


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("Publish it?", "“Publish it?”"),
        ("two\n\n  lines\x1b[31m", "“two lines\\e[31m”"),
        ("", ""),
        (True, "yes"),
        (0.5, "0.5"),
        (None, ""),
        ({"approved": False, "reason": "too short"}, "no “too short”"),
        ({"a": True, "b": False}, "a yes b no"),
        ({"k": 2, "$repeated": {"k": [1, 2]}}, "k 2"),
        ({"score": 3, "api_key": "sk-1", "type": "thing"}, "score 3"),
        ({"id": "9804e371-9f08-4fa7-977c-a8947dcc5c70", "ask": "9804e371-9f08-4fa7-977c-a8947dcc5c71", "n": 1}, "n 1"),
        (["a", "b", "c", "d", "e"], "“a” “b” “c” “d” +1"),
        ("use ghp_abcdefghijklmnopqrstuvwxyz0123456789 please", f"“use {MASK} please”"),
        ({"url": "redis://svc:hunter2@cache/0"}, f"“redis://svc:{MASK}@cache/0”"),
        ([{"role": "user", "contents": ["my key is sk-proj-abcdefghijklmnop"]}], f"“my key is {MASK}”"),
        ("x" * 75 + " postgres://u:" + "p" * 99 + "@db", f"“{'x' * 75} postgres://u:{MASK}@db”"),
        (
            {"type": "function_call", "function_call": None, "name": "login", "arguments": '{"password": "hunter2"}'},
            f'login({{"password": "{MASK}"}})',
        ),
        ([{"role": "user", "contents": ["hello"]}, {"role": "assistant", "contents": ["good bye"]}], "“good bye”"),
        (
            {"type": "function_approval_request", "function_call": {"name": "rm", "arguments": "{}"}},
            "call rm({})?",
        ),
    ],
)
def test_a_value_is_said_in_a_few_words(value: Any, said: str) -> None:
    assert gist(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Decision(True), "yes"),
        (Decision(False, "Who helps me?"), "no “Who helps me?”"),
        (Holder(Decision(True, "ship it")), "decision yes “ship it”"),
    ],
)
def test_an_object_of_a_pickle_is_said_by_its_members(value: Any, said: str) -> None:
    assert gist(decode(pickle.dumps(value)).value) == said


@pytest.mark.parametrize("value", ["x" * 100_000, ["y" * 90] * 90, {f"k{index}": "z" * 90 for index in range(90)}])
def test_a_gist_has_its_length_whatever_the_value(value: Any) -> None:
    assert len(gist(value)) <= GIST_CHARACTERS + 2


def test_forks_of_one_request_read_differently() -> None:
    entries = [
        entry_from_bytes(path.name, path.read_bytes()) for path in sorted((SAMPLES / "fork_hitl").glob("*.json"))
    ]
    answers = [entry.facts.gist for entry in entries if isinstance(entry, CheckpointRef) and entry.facts is not None
               and entry.role == "response"]  # fmt: skip
    assert sorted(answers) == ["no “ok=False” “cFalse”", "yes “ok=True” “cTrue”"]


def test_a_run_says_what_was_asked_and_what_came_out() -> None:
    said = dict(said_in("linear"))
    assert said["entry"] == "“hello wörld”"
    assert said["final"] == "exclaimed count 1 len 11 original “hello wörld”"


def said_in(sample: str) -> list[tuple[str | None, str]]:
    entries = [entry_from_bytes(path.name, path.read_bytes()) for path in (SAMPLES / sample).glob("*.json")]
    return [(one.role, one.facts.gist) for one in entries if isinstance(one, CheckpointRef) and one.facts is not None]


def test_a_key_that_is_not_a_text_is_never_written() -> None:
    key: Value = ("ha",)
    for _ in range(60):  # two to the power of sixty texts
        key = (key, key)
    assert gist(Map([key, "said", "name", "Lumen"])) == "“Lumen”"


def message(role: str, text: str) -> dict[str, Value]:
    """A message as JSON."""
    return {"type": "message", "role": role, "contents": [{"type": "text", "text": text}]}


def kept(**conversations: list[Value]) -> list[tuple[Value, Value]]:
    """A state in which executors keep conversations."""
    return [("_executor_state", {name: {"full_conversation": said} for name, said in conversations.items()})]


def test_what_came_out_of_a_conversation_is_never_what_the_person_said_last() -> None:
    said: list[Value] = [message("user", "refund?"), message("assistant", "done"), message("user", "thanks, bye")]
    assert gist_of_state(kept(desk=said)) == "“done”"
    assert gist_of_state(kept(desk=said[:1])) == "“refund?”"


def test_executors_side_by_side_all_have_their_say() -> None:
    asked = message("user", "a kettle?")
    state = kept(
        dispatcher=[asked], legal=[asked, message("assistant", "ok")], finance=[asked, message("assistant", "cheap")],
        again=[asked, message("assistant", "ok")],
    )  # fmt: skip
    assert gist_of_state(state) == "“ok” “cheap”"


@pytest.mark.parametrize("key", ['v2::["auto","transform","abc",0]', "transform::1"])
def test_a_functional_workflow_shows_the_result_of_its_last_step(key: str) -> None:
    calls: Value = {'v2::["auto","fetch","abc",0]': {"status": 200}, key: "[200] my answer"}
    assert gist_of_state([("_step_cache", calls), ("_original_message", "topic")]) == "transform “[200] my answer”"


def test_no_secret_in_a_pickle_is_said_in_a_row() -> None:
    value = decode(pickle.dumps({"note": "Bearer abcdefghij0123456789", "pem": PEM})).value
    assert gist(value) == f"“Bearer {MASK}” “-----BEGIN PRIVATE KEY----- {MASK} -----END PRIVATE KEY-----”"


def test_a_row_reads_a_dozen_values_of_a_few_kilobytes_and_no_more() -> None:
    dense = pickle.PROTO + b"\x05" + b"]0" * 5_900 + b"N."
    envelopes = [Envelope(b64encode(dense).decode(), "a:b") for _ in range(40)]
    assert all(len(each.text) < GIST_SPAN for each in envelopes)
    gist({f"k{number}": {"x": each} for number, each in enumerate(envelopes)})
    assert sum(each.ready for each in envelopes) <= 12
    longer = Envelope(b64encode(dense + b"\0" * GIST_SPAN).decode(), "a:b")
    assert gist(longer) == ""
    assert not longer.ready
