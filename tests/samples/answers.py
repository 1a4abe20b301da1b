"""The default answer to each kind of request, as JSON: what a person who agrees would say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def default_answer(request: dict[str, Any]) -> Any:
    """An answer to a request as `ckpt-tui show` writes it.

    Args:
        request: A member of `pending`: `data`, `request_type`, `response_type` of the framework's event.
    """
    asked, expected = _type(request, "request_type"), _type(request, "response_type")
    if "HandoffAgentUserRequest" in asked:
        return {"$call": "create_response", "$args": ["order 123"]}
    if expected.endswith("MagenticPlanReviewResponse"):
        return {"$call": "approve", "$args": []}
    if expected.endswith("AgentRequestInfoResponse"):
        return {"messages": [{"role": "user", "contents": ["go on"]}]}
    if expected.endswith("Content"):
        return _content(request.get("data"))
    name = expected.rpartition(":")[2]
    if name in _OF_SAMPLES:
        return {key: value(request.get("data")) for key, value in _OF_SAMPLES[name].items()}
    simple = {"bool": True, "int": 5, "float": 0.5, "str": "approve", "dict": {}, "list": []}
    return simple.get(name.partition("[")[0], {})


def _type(request: dict[str, Any], name: str) -> str:
    found = request.get(name, request.get(f"_{name}"))
    return str(found.get("$value", "") if isinstance(found, dict) else found or "")


def _content(data: Any) -> Any:
    """The answer to a tool: its approval, or its result where the program only declared it."""
    if isinstance(data, dict) and data.get("type") == "function_call":
        return {"type": "function_result", "call_id": data.get("call_id"), "result": "done"}
    return {"$call": "to_function_approval_response", "$args": [True]}


def _asked(*path: str) -> Callable[[Any], Any]:
    """Repeats a value of the request."""

    def found(data: Any) -> Any:
        for name in path:
            data = data.get(name) if isinstance(data, dict) else None
        return data

    return found


def _always(value: Any) -> Callable[[Any], Any]:
    return lambda data: value


_OF_SAMPLES: dict[str, dict[str, Callable[[Any], Any]]] = {
    "ExternalInputResponse": {"user_input": _always("yes"), "value": _always(None)},
    "PolicyResponse": {"approved": _always(True), "reason": _always("fine")},
    "ResourceResponse": {
        "resource_type": _asked("resource_type"), "allocated": _asked("amount"), "source": _always("a person"),
    },
    "ReviewResponse": {
        "request_id": _asked("agent_request", "request_id"), "feedback": _always("fine"), "approved": _always(True),
    },
}  # fmt: skip
"""Classes of answers, most of them defined by samples, and how each field is filled."""
