"""How to ask a person for a value of a type."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import decimal
import enum
import json
import pathlib
import types
import typing
import uuid
from typing import Any

from .made import hints_of
from .shown import ISO, show, type_name

_FORM_DEPTH = 4
"""Objects within objects that are asked for field by field; deeper ones are asked for as JSON."""


def form_of(expected: Any, about: Any = None, depth: int = _FORM_DEPTH) -> dict[str, Any]:
    """How to ask a person for a value: kind (text, integer, number, boolean, choice, object, list, calls, json)."""
    origin, arguments = typing.get_origin(expected), typing.get_args(expected)
    calls = _helpers(expected, about)
    if calls:
        return {"kind": "calls", "options": calls}
    if origin is typing.Annotated:
        return form_of(arguments[0], about, depth)
    if origin is typing.Union or origin is getattr(types, "UnionType", None):
        rest = [each for each in arguments if each is not type(None)]
        if len(rest) == 1:
            return {**form_of(rest[0], None, depth), "optional": len(rest) < len(arguments)}
        return {"kind": "json"}
    if origin is typing.Literal:
        return {"kind": "choice", "options": [{"label": str(each), "value": each} for each in arguments]}
    if origin is list and arguments:
        return {"kind": "list", "of": form_of(arguments[0], None, depth - 1)}
    if not isinstance(expected, type):
        return {"kind": "json"}
    if issubclass(expected, enum.Enum):
        values = [(name, member.value) for name, member in expected.__members__.items()]
        simple = all(isinstance(each, (str, int, float, bool)) for _, each in values)
        options = [{"label": name, "value": each if simple else name} for name, each in values]
        return {"kind": "choice", "options": options}
    for base, kind in ((bool, "boolean"), (str, "text"), (int, "integer"), (float, "number"), (list, "json")):
        if issubclass(expected, base):
            return {"kind": kind}
    if issubclass(expected, (*ISO, uuid.UUID, decimal.Decimal, pathlib.PurePath, datetime.timedelta)):
        return {"kind": "text", "of": type_name(expected)}
    fields = _fields(expected, depth) if depth > 0 else None
    return {"kind": "object", "fields": fields} if fields else {"kind": "json"}


def _fields(cls: Any, depth: int) -> list[dict[str, Any]] | None:
    hints = hints_of(cls)
    if dataclasses.is_dataclass(cls):
        out = []
        for field in dataclasses.fields(cls):
            if not field.init:
                continue
            default: dict[str, Any] = {}
            if field.default is not dataclasses.MISSING:
                default = {"default": show(field.default, 200)}
            elif field.default_factory is not dataclasses.MISSING:
                with contextlib.suppress(Exception):
                    default = {"default": show(field.default_factory(), 200)}
            form = form_of(hints.get(field.name, Any), None, depth - 1)
            out.append({"name": field.name, "required": not default, **default, "form": form})
        return out
    known = getattr(cls, "model_fields", None)
    if not isinstance(known, dict):
        return None
    out = []
    for name, field in known.items():
        required = bool(field.is_required())
        default = {}
        if not required:
            with contextlib.suppress(Exception):
                default = {"default": show(field.get_default(call_default_factory=True), 200)}
        form = form_of(hints.get(name, field.annotation), None, depth - 1)
        out.append({"name": field.alias or name, "required": required, **default, "form": form})
    return out


def _helpers(expected: Any, about: Any) -> list[dict[str, Any]]:
    """Ready answers to the framework's own requests: what each is called, and the JSON that gives it."""
    if getattr(about, "type", None) == "function_approval_request" and hasattr(about, "to_function_approval_response"):
        name = "to_function_approval_response"
        return [
            {"label": "approve", "call": name, "args": [True]},
            {"label": "reject", "call": name, "args": [False]},
        ]
    kind = type(about).__name__ if type(about).__module__.startswith("agent_framework") else ""
    if kind == "MagenticPlanReviewRequest":
        return [
            {"label": "approve the plan", "call": "approve", "args": []},
            {"label": "ask for a revision", "call": "revise", "args": [], "asks": "what should change"},
        ]
    if kind == "HandoffAgentUserRequest":
        return [
            {"label": "reply", "call": "create_response", "args": [], "asks": "your reply"},
            {"label": "end the conversation", "call": "terminate", "args": []},
        ]
    if getattr(expected, "__name__", "") == "AgentRequestInfoResponse":
        return [
            {"label": "approve", "call": "approve", "args": []},
            {"label": "say something", "call": "from_strings", "args": [], "asks": "your message", "list": True},
        ]
    return []


def answer_hint(expected: Any) -> str:
    """What an answer of a type looks like."""
    return f"it must be {type_name(expected)}: {example(form_of(expected))}"


def example(form: dict[str, Any]) -> str:
    """JSON that a form would give, for a message."""
    kind = form["kind"]
    if kind == "object":
        inner = ", ".join(f'"{each["name"]}": {example(each["form"])}' for each in form["fields"])
        return "{" + inner + "}"
    if kind == "list":
        return f"[{example(form['of'])}, …]"
    if kind == "calls":
        each = form["options"][0]
        arguments = ["…"] if each.get("asks") else each["args"]
        return json.dumps({"$call": each["call"], "$args": arguments}, ensure_ascii=False)
    if kind == "choice":
        return " or ".join(json.dumps(each["value"]) for each in form["options"])
    return {"text": '"…"', "integer": "1", "number": "0.5", "boolean": "true or false"}.get(kind, "JSON")
