"""Forms that ask a person for a value of a type."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import datetime
import decimal
import enum
import fractions
import json
import pathlib
import types
import typing
import uuid
from typing import Any

from .answers import APPROVAL, PLAN, REMARK, REPLY, SHORT, answer_of, request_kind
from .made import Maker, hints_of, is_message
from .shown import ISO, show, type_name

_FORM_DEPTH = 4
"""Levels of objects whose fields are asked for one by one; deeper ones are asked for as JSON."""


def form_of(expected: Any, about: Any = None, depth: int = _FORM_DEPTH) -> dict[str, Any]:
    """The form of a value, by kind (text, integer, number, boolean, choice, object, list, calls, json)."""
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
    """Ready answers to the framework's own requests: the label of each, and its JSON."""
    kind = request_kind(expected, about)
    if kind == APPROVAL:
        name = "to_function_approval_response"
        return [
            {"label": "approve", "call": name, "args": [True], "short": True},
            {"label": "reject", "call": name, "args": [False], "short": False},
        ]
    if kind == PLAN:
        return [
            {"label": "approve the plan", "call": "approve", "args": [], "short": True},
            {"label": "ask for a revision", "call": "revise", "args": [], "asks": "what should change"},
        ]
    if kind == REPLY:
        return [
            {"label": "reply", "call": "create_response", "args": [], "asks": "your reply", "short": "your reply"},
            {"label": "end the conversation", "call": "terminate", "args": []},
        ]
    if kind == REMARK:
        return [
            {"label": "approve", "call": "approve", "args": [], "short": True},
            {"label": "say something", "call": "from_strings", "args": [], "asks": "your message", "list": True},
        ]
    return []


_WORDS = {"text": "a text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}


def answer_hint(expected: Any, about: Any = None) -> str:
    """The form of an answer of a type, in words."""
    short = SHORT.get(request_kind(expected, about))
    if short:
        return short
    form = form_of(expected)
    words = _WORDS.get(form["kind"])
    if words and "of" not in form:
        return f"it must be {words}"
    if form["kind"] == "choice":
        return f"it must be {shape(form)}"
    return f"it must be {type_name(expected)}: {shape(form)}"


def shape(form: dict[str, Any]) -> str:
    """The form as an example of its JSON, for a message; alternatives are named."""
    kind = form["kind"]
    if kind == "object":
        inner = ", ".join(f'"{each["name"]}": {shape(each["form"])}' for each in form["fields"])
        return "{" + inner + "}"
    if kind == "list":
        return f"[{shape(form['of'])}, …]"
    if kind == "calls":
        each = form["options"][0]
        return json.dumps(each["short"], ensure_ascii=False)
    if kind == "choice":
        return " or ".join(json.dumps(each["value"]) for each in form["options"])
    return {"text": '"…"', "integer": "1", "number": "0.5", "boolean": "true or false"}.get(kind, "JSON")


_SAMPLES: tuple[tuple[Any, Any], ...] = (
    (bool, True), (str, "…"), (int, 1), (float, 0.5), ((bytes, bytearray), "…"),
    (datetime.datetime, "2026-01-31T12:00:00+00:00"), (datetime.date, "2026-01-31"), (datetime.time, "12:00:00"),
    (datetime.timedelta, 60), (uuid.UUID, str(uuid.UUID(int=0))), ((decimal.Decimal, complex, fractions.Fraction), "1"),
    (pathlib.PurePath, "path"), ((list, tuple, set, frozenset, collections.deque), []), (dict, {}),
    (type(None), None),
)  # fmt: skip


def sample(expected: Any, about: Any = None, depth: int = _FORM_DEPTH) -> Any:
    """Example JSON that answers a request, with required fields only; it is not checked."""
    form = form_of(expected, about)
    kind, arguments = form["kind"], typing.get_args(expected)
    if kind == "calls":
        return form["options"][0]["short"]
    if kind == "choice" and form["options"]:
        return form["options"][0]["value"]
    origin = typing.get_origin(expected)
    if origin is typing.Annotated:
        return sample(arguments[0], about, depth)
    if origin is typing.Union or origin is getattr(types, "UnionType", None):
        rest = [each for each in arguments if each is not type(None)]
        return sample(rest[0], None, depth) if rest else None
    cls = origin if isinstance(origin, type) else expected
    if not isinstance(cls, type) or depth <= 0:
        return None
    if kind == "list":
        return [sample(arguments[0], None, depth - 1)]
    if cls is tuple and arguments and arguments[-1] is not ...:
        return [sample(each, None, depth - 1) for each in arguments]
    for base, value in _SAMPLES:
        if issubclass(cls, base):
            return value
    if is_message(cls):
        return "…"
    hints = hints_of(cls)
    fields = _fields(cls, depth) or []
    return {
        each["name"]: sample(hints.get(_attribute(cls, each["name"]), Any), None, depth - 1)
        for each in fields if each["required"]
    }  # fmt: skip


def _attribute(cls: Any, name: str) -> str:
    """The attribute of a field that is given by its alias."""
    known = getattr(cls, "model_fields", None)
    for attribute, field in known.items() if isinstance(known, dict) else ():
        if field.alias == name:
            return str(attribute)
    return name


def accepted_sample(expected: Any, about: Any) -> tuple[bool, Any]:
    """Whether an example of an answer is known that is accepted, and that example."""
    try:
        found = sample(expected, about)
        answer_of(found, expected, about, Maker(lambda name: False))
        json.dumps(found)
    except Exception:  # classes of the person check themselves as they like
        return False, None
    return True, found
