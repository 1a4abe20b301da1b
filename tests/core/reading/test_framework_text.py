"""Objects of the framework in words."""

from __future__ import annotations

from typing import Any

import pytest

from ckpt_tui.core.reading.framework_text import asked, asks, in_words
from ckpt_tui.core.running.event_lines import line_of
from ckpt_tui.core.running.short_values import brief

TYPES = "agent_framework._types"


def content(kind: str, **members: Any) -> dict[str, Any]:
    return {"$type": f"{TYPES}:Content", "type": kind, "additional_properties": {}, "text": None, **members}


def message(said: str, **members: Any) -> dict[str, Any]:
    return {"$type": f"{TYPES}:Message", "role": "assistant", "contents": [content("text", text=said)], **members}


CALL = content("function_call", name="refund", arguments={"order": "123", "sum": 4})
APPROVAL = content("function_approval_request", id="af-call-1", function_call=CALL)
RESPONSE = {"$type": f"{TYPES}:AgentResponse", "messages": [message("hi"), message("and you?", author_name="triage")]}
HANDOFF = {"$type": "agent_framework_orchestrations._handoff:HandoffAgentUserRequest", "agent_response": RESPONSE}
REVIEW = {
    "$type": "agent_framework_orchestrations._magentic:MagenticPlanReviewRequest", "is_stalled": True,
    "plan": message("- look\n- tell"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (message("hello"), "assistant: hello"),
        (message("hello", author_name="writer"), "writer: hello"),
        (message("hello", role={"$type": f"{TYPES}:Role", "value": "user"}), "user: hello"),
        (message(""), ""),
        ({**message("part"), "$type": f"{TYPES}:AgentResponseUpdate"}, "assistant: part"),
        (RESPONSE, "assistant: hi · triage: and you?"),
        (HANDOFF, "assistant: hi · triage: and you?"),
        (REVIEW, "assistant: - look\n- tell"),
        (CALL, 'refund(order="123", sum=4)'),
        (content("function_call", name="refund", arguments='{"order": 1}'), 'refund({"order": 1})'),
        (content("function_result", result="done"), "→ done"),
        (APPROVAL, 'refund(order="123", sum=4)?'),
        (content("function_approval_response", function_call=CALL, approved=False),
         'refund(order="123", sum=4): rejected'),
        (content("error", message="no"), "error: no"),
        (content("data", uri="x"), ""),
        ({"$type": "agent_framework_orchestrations._magentic:MagenticOrchestratorEvent",
          "event_type": {"$type": "m:E", "$value": "plan_created"}, "content": message("look")},
         "plan created, assistant: look"),
        ({**message("hello"), "$type": "app:Message"}, ""),
        ({"a": 1}, ""),
    ],
)  # fmt: skip
def test_an_object_of_the_framework_says_what_it_says(document: dict[str, Any], words: str) -> None:
    assert in_words(document) == words


def test_a_line_of_the_log_holds_the_words_and_what_says_nothing_is_written_as_it_is() -> None:
    assert brief([CALL, {"a": message("hi")}]) == '[refund(order="123", sum=4), {a: assistant: hi}]'
    assert brief(content("data", uri="x")) == 'Content(type="data", additional_properties={}, uri="x")'
    line = line_of({"kind": "event", "type": "request_info", "data": APPROVAL, "response_type": f"{TYPES}:Content"})
    assert line.text == 'asks to call refund: refund(order="123", sum=4)?'
    assert brief(message("x" * 1_000), 40) == "assistant: " + "x" * 28 + "…"


@pytest.mark.parametrize(
    ("data", "what", "shown"),
    [
        (APPROVAL, "to call refund", [("tool", "refund"), ("order", "123"), ("sum", "4")]),
        (HANDOFF, "for a reply", [("assistant", "hi"), ("triage", "and you?")]),
        (REVIEW, "for a review of its plan",
         [("plan", "- look\n- tell"), ("", "the run makes no progress: this plan replaces the former one")]),
        ({"$type": "app:Question", "prompt": "ok?"}, "", []),
        ("ok?", "", []),
        (None, "", []),
    ],
)  # fmt: skip
def test_a_person_is_reported_what_a_request_of_the_framework_is_about(
    data: Any, what: str, shown: list[tuple[str, str]]
) -> None:
    assert asks({"data": data}) == what
    assert asked(data) == shown


@pytest.mark.parametrize(
    "odd",
    [
        {"$type": f"{TYPES}:Message"}, {"$type": f"{TYPES}:Message", "contents": 3, "role": 4}, {"$type": 3},
        {"$type": f"{TYPES}:Content", "type": "function_call"}, {"$type": f"{TYPES}:AgentResponse", "messages": "x"},
        {"$type": f"{TYPES}:Content", "type": "function_approval_request", "function_call": 3},
    ],
)  # fmt: skip
def test_what_is_not_as_the_framework_writes_it_is_no_error(odd: dict[str, Any]) -> None:
    assert isinstance(in_words(odd), str) and isinstance(asked(odd), list) and asks({"data": odd}) == ""
    assert brief(odd)
