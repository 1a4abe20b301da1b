"""A chat client without a model: its answer depends on nothing but the messages and the options that it is given."""

import json
import re
from typing import Any, Literal, get_args, get_origin

from agent_framework import BaseChatClient, ChatResponse, ChatResponseUpdate, Content, Message
from agent_framework._tools import FunctionInvocationLayer
from pydantic import BaseModel


class StubChatClient(FunctionInvocationLayer, BaseChatClient):
    """Calls each tool once, hands off once, fills structured output, leads an orchestration to its end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kept = ("middleware", "function_invocation_configuration")
        super().__init__(**{name: value for name, value in kwargs.items() if name in kept})

    @staticmethod
    def get_code_interpreter_tool(*args: Any, **kwargs: Any) -> Any:
        """Return a tool of the service, which is never called here."""
        return {"type": "code_interpreter"}

    def _inner_get_response(self, *, messages: Any, stream: bool, options: Any, **kwargs: Any) -> Any:
        options = dict(options or {})
        contents = _answer(list(messages), options)
        name = f"resp-{sum(len(each.contents) for each in messages)}"
        form = options.get("response_format")
        if stream:

            async def updates() -> Any:
                for content in contents:
                    yield ChatResponseUpdate(
                        role="assistant", contents=[content], response_id=name, message_id="m" + name
                    )

            return self._build_response_stream(updates(), response_format=form)

        async def response() -> Any:
            more = {} if form is None else {"response_format": form}
            message = Message(role="assistant", contents=contents, message_id="m" + name)
            return ChatResponse(messages=[message], response_id=name, **more)

        return response()


def _answer(messages: list[Any], options: dict[str, Any]) -> list[Any]:
    text = " ".join(each.text for each in messages if each.text)
    last = (messages[-1].text if messages else "") or ""
    form = options.get("response_format")
    said = sum(1 for each in messages if each.role == "assistant" and each.text)
    if isinstance(form, type) and issubclass(form, BaseModel):
        return [Content.from_text(json.dumps(_filled(form, said, text)))]
    if "is_request_satisfied" in last:
        return [Content.from_text(json.dumps(_ledger(messages, last, said)))]
    return _tool_calls(messages, options) or [Content.from_text(f"Stub answer {said + 1} to: {_key(last)}")]


def _key(text: str) -> str:
    return re.sub(r"\s+", " ", text)[:60]


def _ledger(messages: list[Any], last: str, said: int) -> dict[str, Any]:
    """The progress of a Magentic orchestration: four rounds, then it is satisfied."""
    turns = sum(1 for each in messages if each.role == "assistant")
    names = re.findall(r"\b(\w+Agent)\b", last) or re.findall(r"^- (\w+):", last, re.MULTILINE)
    answers = {
        "is_request_satisfied": said >= 4 or turns >= 4, "is_in_loop": False, "is_progress_being_made": True,
        "next_speaker": names[turns % len(names)] if names else "agent", "instruction_or_question": "do your part",
    }  # fmt: skip
    return {name: {"answer": answer, "reason": "stub"} for name, answer in answers.items()}


def _tool_calls(messages: list[Any], options: dict[str, Any]) -> list[Any]:
    tools = options.get("tools") or []
    tools = [each for each in (tools if isinstance(tools, list | tuple) else [tools]) if getattr(each, "name", None)]
    contents = [content for message in messages for content in message.contents]
    calls = [content for content in contents if content.type == "function_call"]
    called = {content.name for content in calls}
    answered = any(content.type == "function_result" for content in contents)
    asks = [
        each for each in tools
        if getattr(each, "approval_mode", None) == "always_require" and each.name not in called
    ]  # fmt: skip
    handoffs = [each for each in tools if each.name.startswith("handoff_to")]
    plain = [each for each in tools if each not in asks and each not in handoffs and each.name not in called]

    def call(tool: Any, index: int = 0) -> Any:
        name = f"call-{tool.name}-{len(calls) + index}"
        return Content.from_function_call(call_id=name, name=tool.name, arguments=json.dumps(_arguments(tool)))

    system = " ".join(each.text for each in messages if each.role == "system")
    if handoffs and "triage" in str(options.get("instructions") or "") + system and not calls:
        return [call(next((each for each in handoffs if "refund" in each.name), handoffs[0]))]
    if asks and not handoffs:
        return [call(each, index) for index, each in enumerate(asks)]
    if asks and sum(1 for each in messages if each.role == "user") >= 2:
        return [call(asks[0])]
    return [call(plain[0])] if plain and not answered else []


def _arguments(tool: Any) -> dict[str, Any]:
    try:
        schema = tool.parameters() if callable(tool.parameters) else tool.parameters
    except Exception:
        schema = {}
    by_type = {"integer": 5, "number": 1.5, "boolean": True, "array": [], "object": {}}
    properties = (schema.get("properties") or {}).items()
    return {name: by_type.get(each.get("type"), f"{name}-value") for name, each in properties}


def _filled(form: Any, said: int, text: str) -> dict[str, Any]:
    """Values for each field of a model."""
    if form.__name__ == "AgentOrchestrationOutput":
        offered = text.rpartition("and their descriptions:")[2]
        names = re.findall(r"(?:^|\n)-? ?(\w[\w .-]*): ", offered)
        done = said >= 3
        speaker = None if done else names[said % len(names)] if names else "Researcher"
        final = "Group final" if done else None
        return {"terminate": done, "reason": "stub", "next_speaker": speaker, "final_message": final}
    return {name: _value(name, field.annotation, said) for name, field in form.model_fields.items()}


def _value(name: str, kind: Any, said: int) -> Any:
    known = {int: 5 + said, bool: True, float: 0.5, str: f"stub {name}"}
    if kind in known:
        return known[kind]
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if get_origin(kind) is list:
        return []
    return None if type(None) in get_args(kind) else f"stub {name}"


FoundryChatClient = StubChatClient


class FoundryChatOptions(dict[str, Any]):
    """Options of a call."""
