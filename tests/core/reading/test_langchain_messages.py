"""Chat messages of LangChain in the conversation and in previews."""

from typing import Any

import pytest

from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.core.msgpack.objects import given
from ckpt_tui.core.reading.conversation import conversation
from ckpt_tui.core.reading.langchain_messages import is_langchain_message, spoken_in
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.reading.turns import Turn, turns
from ckpt_tui.core.value import Obj, Ref


def message(cls: str, module: str = "langchain_core.messages", **fields: Any) -> Obj:
    made = given(Ref(module, cls), fields)
    assert type(made) is Obj
    return made


def said(state: Any, messages: Any = None) -> tuple[Turn, ...]:
    ref = CheckpointRef("a", "a", "", "", None, "", 0.0, 0, 0)
    return conversation(Checkpoint(ref, messages or {}, state, {}, {}, (), (), b"")).turns


@pytest.mark.parametrize(
    ("name", "fields", "role"),
    [
        ("HumanMessage", {"type": "human"}, "user"),
        ("AIMessageChunk", {"type": "AIMessageChunk"}, "assistant"),
        ("AIMessage", {}, "assistant"),
        ("SystemMessage", {"type": "system"}, "system"),
        ("ToolMessage", {"type": "tool"}, "tool"),
        ("ChatMessage", {"type": "chat", "role": "critic"}, "critic"),
    ],
)
def test_each_kind_of_message_has_its_role(name: str, fields: dict[str, Any], role: str) -> None:
    [turn] = turns(message(name, content="hello", **fields))
    assert (turn.role, turn.text) == (role, "hello")


def test_parts_that_are_no_text_and_calls_of_tools_are_below_the_text() -> None:
    content = [{"type": "text", "text": "Look: "}, "here", {"type": "image_url", "image_url": "https://x/y.png"}]
    calls = [{"name": "lookup", "args": {"city": "Oslo"}, "id": "1"}, {"name": 7}]
    [turn] = turns(message("AIMessage", type="ai", content=content, tool_calls=calls))
    assert turn.text == "Look: here"
    assert turn.extras == (
        '{2} type: "image_url", image_url: "https://x/y.png"', 'calls lookup({"city": "Oslo"})', "calls ?()",
    )  # fmt: skip


def test_a_list_of_messages_in_any_channel_is_a_conversation() -> None:
    state = {"history": [message("HumanMessage", type="human", content="hi")], "notes": ["hi"]}
    assert [(turn.role, turn.text) for turn in said(state)] == [("user", "hi")]


def test_a_call_of_a_node_without_an_argument_says_nothing() -> None:
    assert not said({}, {"plan": [{"source_id": "plan", "target_id": "write", "data": None}]})


def test_a_class_of_somebody_else_with_such_a_name_is_an_object() -> None:
    assert not is_langchain_message(message("HumanMessage", module="app.langchain"))
    assert not is_langchain_message(message("Interrupt", module="langgraph.types"))


def test_a_message_is_previewed_by_who_says_what() -> None:
    assert summary(message("AIMessage", type="ai", content="It is sunny.")) == 'assistant: "It is sunny."'
    tool = message("ToolMessage", type="tool", name="lookup", content="sunny")
    assert summary([tool]) == '(1) [tool lookup: "sunny"]'
    call = message("AIMessage", type="ai", content="", tool_calls=[{"name": "lookup", "args": {"n": 1}}])
    assert summary(call) == "assistant: calls lookup({1} n: 1)"


def test_messages_that_a_program_writes_as_pairs_are_read_as_such() -> None:
    assert spoken_in({"messages": [["user", "weather?"], ("ai", "sun")]}) == [("user", "weather?"), ("ai", "sun")]
    assert spoken_in({"messages": [["user", "weather?"], {"role": "user", "content": "now"}]}) == []
    assert spoken_in({"messages": [["left", "right"]]}) == []
    assert spoken_in(["user", "weather?"]) == []
