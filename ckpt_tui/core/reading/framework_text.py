"""The framework's own objects as text: messages, calls of tools, and questions to a person.

They come as the JSON that an event or a request holds (`data` of docs/resume.md).
"""

from __future__ import annotations

import json
from typing import Any

MOST = 12
"""Messages or contents of one object that are read."""


def own_type(document: Any) -> str:
    """The name of a class of the framework without its module; "" for anything else."""
    kind = document.get("$type") if isinstance(document, dict) else None
    module, _, name = kind.partition(":") if isinstance(kind, str) else ("", "", "")
    return name if module.startswith("agent_framework") else ""


def in_words(document: dict[str, Any]) -> str:
    """The text of an object of the framework, `triage: how can I help?`; "" for any other, and for one without text."""
    name = own_type(document)
    if not name:
        return ""
    if name == "Content":
        return _content(document)
    if name in ("Message", "ChatMessage", "AgentResponseUpdate", "AgentRunResponseUpdate", "ChatResponseUpdate"):
        return _message(document)
    found = messages(document) or messages(document.get("content"))
    said = " · ".join(text for text in (_message(each) for each in found) if text)
    event = _value(document.get("event_type")).replace("_", " ")
    return f"{event}, {said}" if event and said else said


def messages(document: Any) -> list[dict[str, Any]]:
    """The chat messages that an object of the framework holds, oldest first."""
    if own_type(document) in ("Message", "ChatMessage"):
        return [document]
    if isinstance(document, list):
        return [each for each in document[-MOST:] if own_type(each) in ("Message", "ChatMessage")]
    if own_type(document):
        for key in ("messages", "agent_response", "agent_run_response", "plan"):
            found = messages(document.get(key))
            if found:
                return found
    return []


def asks(request: dict[str, Any]) -> str:
    """The question of a request, shown instead of the type of its answer: `to call refund`, `for a reply`."""
    data: Any = request.get("data")
    name = own_type(data)
    call = data.get("function_call") if name == "Content" else None
    if isinstance(call, dict) and call.get("name"):
        return f"to call {call['name']}"
    if name == "HandoffAgentUserRequest":
        return "for a reply"
    if name == "MagenticPlanReviewRequest":
        return "for a review of its plan"
    return ""


def asked(document: Any) -> list[tuple[str, str]]:
    """Facts for a person who answers a request of the framework: labels, and texts that may have line breaks."""
    name = own_type(document)
    call = document.get("function_call") if name == "Content" else None
    if isinstance(call, dict):
        given = call.get("arguments")
        pairs = given.items() if isinstance(given, dict) else [("arguments", given)] if given else []
        return [("tool", str(call.get("name"))), *((str(key), _text(item)) for key, item in pairs)]
    found = messages(document)
    if not found:
        return []
    out = [(_who(each), _said(each)) for each in found]
    if name == "MagenticPlanReviewRequest":
        out = [("plan", "\n".join(text for _, text in out))]
        if document.get("is_stalled"):
            out.append(("", "the run makes no progress: this plan replaces the former one"))
    return out


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _value(value: Any) -> str:
    """A text, or the value of an enum."""
    if isinstance(value, dict):
        value = value.get("$value", value.get("value"))
    return value if isinstance(value, str) else ""


def _who(message: dict[str, Any]) -> str:
    return _value(message.get("author_name")) or _value(message.get("role"))


def _said(message: dict[str, Any]) -> str:
    contents = message.get("contents")
    parts = [_content(each) for each in contents[:MOST] if own_type(each)] if isinstance(contents, list) else []
    return " ".join(part for part in parts if part)


def _message(message: dict[str, Any]) -> str:
    who, said = _who(message), _said(message)
    return f"{who}: {said}" if who and said else said


def _content(content: dict[str, Any]) -> str:
    kind = content.get("type")
    if kind in ("text", "text_reasoning"):
        return _value(content.get("text"))
    if kind == "function_call":
        given = content.get("arguments")
        pairs = given.items() if isinstance(given, dict) else ()
        inside = ", ".join(f"{key}={json.dumps(item, ensure_ascii=False)}" for key, item in pairs) or _value(given)
        return f"{content.get('name')}({inside})"
    if kind == "function_result":
        return f"→ {_text(content.get('result'))}"
    if kind in ("function_approval_request", "function_approval_response"):
        call = content.get("function_call")
        what = _content(call) if isinstance(call, dict) else ""
        if kind == "function_approval_request":
            return f"{what}?"
        return f"{what}: {'approved' if content.get('approved') else 'rejected'}"
    if kind == "error":
        return f"error: {_value(content.get('message'))}"
    return ""
