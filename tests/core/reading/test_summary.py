"""Values on one line."""

from __future__ import annotations

from typing import Any

import pytest

from ckpt_tui.core.reading.summary import Summarizer, summary
from ckpt_tui.core.reading.value_kinds import kind_of
from ckpt_tui.core.redact import MASK
from ckpt_tui.core.value import Envelope, Map, Obj, Opaque, Ref, SetOf


def thing(cls: str, /, **attributes: Any) -> Obj:
    """An object as the framework pickles its own."""
    module, _, qualname = cls.partition(":")
    value = Obj(Ref(module, qualname), ())
    value.state = Map([part for pair in attributes.items() for part in pair])
    value.has_state = True
    return value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"), (True, "true"), (False, "false"), (0, "0"), (-7, "-7"), (1.5, "1.5"), (float("nan"), "NaN"),
        (float("inf"), "Infinity"), (float("-inf"), "-Infinity"), ("text", '"text"'), ('q"\\', '"q\\"\\\\"'),
        ("a\nb\x1b[31m", '"a\\nb\\e[31m"'), (b"\x00\xff", "bytes(2) 00 ff"), (bytearray(b"a"), "bytearray(1) 61"),
        ([], "[]"), ((), "()"), ({}, "{}"), (SetOf([]), "set()"), ([1, "a", None], '(3) [1, "a", null]'),
        ((1,), "(1) (1)"), ({"a": 1}, "{1} a: 1"), (Map(["a", 1]), "{1} a: 1"),
        (Map([1, "x", "1", "y"]), '{2} 1: "x", "1": "y"'),
        (SetOf([2, 1]), "(2) {1, 2}"), (Ref("app", "Thing"), "app:Thing"), (Opaque("too long"), "‹too long›"),
        (thing("app:Draft", title="x", score=0.5), 'Draft title: "x", score: 0.5'), (thing("app:Empty"), "Empty()"),
        (10**300, "an integer of about 300 digits"),
    ],
)  # fmt: skip
def test_each_kind_of_value_has_its_preview(value: Any, expected: str) -> None:
    assert summary(value) == expected


def test_a_preview_is_bounded_whatever_the_value() -> None:
    laughs: Any = "ha"
    for _ in range(60):
        laughs = (laughs, laughs)
    deep: Any = 1
    for _ in range(100_000):
        deep = (deep,)
    for value in (laughs, deep, "x" * 10**6, list(range(10**5)), {str(n): n for n in range(10**5)}, Map([0] * 10**5)):
        assert len(summary(value, 100)) < 400


def test_a_cycle_is_previewed() -> None:
    cycle: list[Any] = []
    cycle.append(cycle)
    assert summary(cycle) == "(1) [(1) [(1) […]]]"


def test_secrets_inside_a_preview_are_masked_unless_revealed() -> None:
    value = {"api_key": "s3cr3t", "region": "eu"}
    assert summary(value) == f'{{2}} api_key: {MASK}, region: "eu"'
    assert summary(value, reveal=True) == '{2} api_key: "s3cr3t", region: "eu"'
    assert summary("s3cr3t", hide=True) == MASK
    assert "s3cr3t" not in summary({"_workflow_run_kwargs": {"a": {"b": "s3cr3t"}}})
    assert "s3cr3t" not in summary([{"token": thing("app:T", value="s3cr3t")}])


def test_the_only_member_of_a_list_has_all_the_room() -> None:
    text = "word " * 20
    assert len(summary([text], 90)) > 85
    assert len(summary([text, 1, 2], 90)) < 85


def test_none_attributes_do_not_crowd_a_preview() -> None:
    assert summary({"a": None, "b": None, "c": None, "d": 1}) == "{4} d: 1"


class TestTheFrameworksOwn:
    message = thing(
        "agent_framework._types:Message", role="assistant", author_name="writer",
        contents=[thing("agent_framework._types:Content", type="text", text="Hello")],
    )  # fmt: skip

    def test_a_message_says_who_said_what(self) -> None:
        assert summary(self.message) == 'assistant writer: "Hello"'

    def test_a_workflow_message_says_from_whom(self) -> None:
        cls = "agent_framework._workflows._runner_context:WorkflowMessage"
        value = thing(cls, source_id="a", target_id="b", data=1)
        assert summary(value) == "a → b: 1"
        assert Summarizer().headline(value) == "from a to b"

    def test_a_message_in_flight_as_json_says_from_whom(self) -> None:
        assert summary([{"source_id": "a", "target_id": "b", "data": "go"}]) == '(1) [a → b: "go"]'
        assert summary({"source_id": "a", "target_id": "b", "data": None}) == "a → b"
        assert summary({"source_id": "a", "size": 1}) == '{2} source_id: "a", size: 1'

    def test_what_goes_to_an_agent_or_comes_from_it_is_what_was_said_last(self) -> None:
        module = "agent_framework._workflows._agent_executor"
        asked = thing(f"{module}:AgentExecutorRequest", messages=[self.message, self.message], should_respond=True)
        response = thing("agent_framework._types:AgentResponse", messages=[self.message])
        answered = thing(f"{module}:AgentExecutorResponse", executor_id="writer", agent_response=response)
        sent = thing("agent_framework._workflows._runner_context:WorkflowMessage", source_id="a", data=asked)
        assert summary(asked) == '(2) … assistant writer: "Hello"'
        assert summary(answered) == summary(response) == 'assistant writer: "Hello"'
        assert summary([sent]) == '(1) [a: (2) … assistant writer: "Hello"]'

    def test_an_agent_that_sends_its_own_message_is_named_once(self) -> None:
        module = "agent_framework._workflows._runner_context:WorkflowMessage"
        sent = thing(module, source_id="writer", data=self.message)
        other = thing(module, source_id="editor", data=self.message)
        assert summary(sent) == 'writer: "Hello"'
        assert summary(other) == 'editor: assistant writer: "Hello"'

    @pytest.mark.parametrize(
        "cls", ["agent_framework._workflows._events:WorkflowEvent", "agent_framework._workflows._x:WorkflowMessage"]
    )
    def test_a_message_or_a_request_that_carries_itself_ends(self, cls: str) -> None:
        value = thing(cls, type="request_info", data=None)
        value.state = Map(["type", "request_info", "source_id", "a", "data", value])
        assert "…" in summary(value)

    def test_a_request_says_who_asks_and_what_is_expected(self) -> None:
        value = thing(
            "agent_framework._workflows._events:WorkflowEvent", type="request_info", data="sure?",
            _source_executor_id="gate", _request_type=Ref("builtins", "str"), _response_type=Ref("app", "Decision"),
        )  # fmt: skip
        assert summary(value) == 'gate asks "sure?" → expects Decision'
        assert Summarizer().headline(value) == "gate expects Decision"

    def test_a_request_to_call_a_tool_asks_once(self) -> None:
        call = {"type": "function_call", "name": "refund", "arguments": "{}"}
        data = thing("agent_framework._types:Content", type="function_approval_request", function_call=call)
        value = thing(
            "agent_framework._workflows._events:WorkflowEvent", type="request_info", data=data,
            _source_executor_id="operator", _response_type=Ref("agent_framework._types", "Content"),
        )  # fmt: skip
        assert summary(value) == "operator asks to call refund({}) → expects Content"

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            ({"type": "function_call", "name": "find", "arguments": '{"q": 1}'}, 'calls find({"q": 1})'),
            ({"type": "function_result", "result": "found"}, 'result "found"'),
        ],
    )
    def test_contents_read_as_sentences(self, content: dict[str, Any], expected: str) -> None:
        assert summary(thing("agent_framework._types:Content", **content)) == expected

    def test_a_class_of_the_same_name_elsewhere_is_an_ordinary_object(self) -> None:
        assert summary(thing("app:Message", role="user")) == 'Message role: "user"'


def test_a_large_pickle_is_not_opened_by_looking_at_it() -> None:
    envelope = Envelope("A" * 1_000_000, "app:Huge")
    assert summary(envelope) == "Huge · a pickle of 750 k · unfold to read"
    assert kind_of(envelope) == "object"
    assert not envelope.ready


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"content": None, "tool_calls": [{"id": "c1", "function": {"name": "f", "arguments": '{"a": 1}'}}]},
         'assistant: calls f({"a": 1})'),
        ({"content": "Wait.", "tool_calls": [{"id": "c1", "name": "f", "arguments": '{"a": 1}'}]},
         'assistant: "Wait." calls f({"a": 1})'),
        ({"content": "", "tool_calls": [{"function": {"name": one}} for one in "fg"]},
         "assistant: calls f() calls g()"),
        ({"content": [{"type": "text", "text": "Look."}]}, 'assistant: "Look."'),
        ({"content": [{"type": "tool_use", "name": "f", "input": {"a": 1}}]}, "assistant: calls f({1} a: 1)"),
        ({"content": [{"type": "tool_result", "content": "sunny"}]}, 'assistant: result "sunny"'),
    ],
)  # fmt: skip
def test_a_message_of_another_framework_says_what_it_calls(message: dict[str, Any], expected: str) -> None:
    assert summary({"role": "assistant", **message}) == expected
