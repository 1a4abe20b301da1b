"""Answers to requests: made of JSON, completed from the request, and refused where the framework would ignore them."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from typing import Any

from .framework import names
from .made import Maker, misfit
from .shown import type_name

APPROVAL, COMPUTER, PLAN, REPLY, REMARK = "approval", "computer", "plan", "reply", "remark"
"""Requests of the framework: to call a tool, to act on a computer, to review a plan, to reply, to add a remark."""

_APPROVAL_KEYS = frozenset((
    "type", "approved", "id", "function_call", "annotations", "additional_properties", "raw_representation",
    "user_input_request",
))  # fmt: skip


def request_kind(expected: Any, about: Any) -> str:
    """Which request of the framework it is, or "" for a request of the application's own.

    Args:
        expected: The type of its answer.
        about: The data of the request.
    """
    cls = type(about)
    if not cls.__module__.startswith("agent_framework"):
        return REMARK if _is_remark(expected) else ""
    kind = getattr(about, "type", None)
    if kind == "function_approval_request" and hasattr(about, "to_function_approval_response"):
        return APPROVAL
    if kind == "computer_tool_call":
        return COMPUTER
    named = {"MagenticPlanReviewRequest": PLAN, "HandoffAgentUserRequest": REPLY}
    return named.get(cls.__name__) or (REMARK if _is_remark(expected) else "")


def _is_remark(expected: Any) -> bool:
    return getattr(expected, "__name__", "") == "AgentRequestInfoResponse"


SHORT = {
    APPROVAL: "true approves the call, false rejects it",
    PLAN: 'true approves the plan, a text such as "shorter, please" asks for a revision',
    REPLY: 'a text such as "order 123" is the reply, [] ends the conversation',
    REMARK: 'true approves what the agent said, a text such as "be brief" is passed on to it',
}
"""The short answers to each request of the framework."""


def answer_of(document: Any, expected: Any, about: Any, maker: Maker) -> Any:
    """The answer that JSON stands for.

    Args:
        document: The JSON; see `Maker.make`. For a request of the framework also the short forms of `SHORT`.
        expected: The type of the answer.
        about: The data of the request.
        maker: Makes values of JSON.

    Raises:
        ValueError: it does not fit, or the framework would ignore or reject it; the text says why.
    """
    kind = request_kind(expected, about)
    call = isinstance(document, dict) and "$call" in document
    if kind == APPROVAL:
        if call:
            return _called(document, maker.make(document, expected, about))
        return _approval(document, about)
    made = _of_short(kind, document, expected, about) if kind and not call else None
    if made is None:
        made = _made(kind, document, expected, about, maker)
    if kind == COMPUTER:
        _check_computer_result(about, made)
    elif kind:
        _check_messages(made)
    return made


def _made(kind: str, document: Any, expected: Any, about: Any, maker: Maker) -> Any:
    try:
        return maker.make(document, expected, about)
    except ValueError:
        # The maker knows all of a plain dataclass; older releases would take "no" for a boolean of one.
        known = dataclasses.is_dataclass(expected) and not hasattr(expected, "__post_init__")
        found, made = (False, None) if kind or known else _coerced(document, expected)
        if not found:
            raise
        return made


def _coerced(document: Any, expected: Any) -> tuple[bool, Any]:
    """Whether the framework itself makes an answer of something that is not the JSON of its type, and that answer."""
    with contextlib.suppress(Exception):
        made = names().try_coerce_to_type(document, expected)
        return names().is_instance_of(made, expected), made
    return False, None


def _of_short(kind: str, document: Any, expected: Any, about: Any) -> Any:
    """The answer of a short form; None when it is not one."""
    texts = [document] if isinstance(document, str) else document
    are_texts = isinstance(texts, list) and bool(texts) and all(isinstance(each, str) for each in texts)
    if kind == REPLY and are_texts:
        return about.create_response(texts)
    if kind not in (PLAN, REMARK):
        return None
    if document is False:
        raise ValueError('a rejection says what should change: give a text instead of false, such as "shorter, please"')
    if are_texts and not any(each.strip() for each in texts):
        raise ValueError("the text is empty: true approves")
    owner = about if kind == PLAN else expected
    if document is True:
        return owner.approve()
    if are_texts:
        return owner.revise(texts) if kind == PLAN else owner.from_strings(texts)
    return None


# Calls of tools


def _approval(document: Any, about: Any) -> Any:
    """The approval or rejection that a document stands for, with the id and the call of the request."""
    if isinstance(document, bool):
        return about.to_function_approval_response(document)
    given = document if isinstance(document, dict) else {}
    given = {key: each for key, each in given.items() if each is not None and key != "$type"}
    kind = given.get("type", "function_approval_response")
    if not given or kind != "function_approval_response":
        got = json.dumps(kind if given else document, default=str)[:60]
        raise ValueError(f"this asks whether a tool may be called: true approves, false rejects; got {got}")
    unknown = sorted(str(key) for key in given if key not in _APPROVAL_KEYS)
    if unknown:
        raise ValueError(f"an approval has no {unknown[0]}: the framework would ignore it")
    if not isinstance(given.get("approved"), bool):
        raise ValueError(f"approved: expected true or false, got {json.dumps(given.get('approved'), default=str)[:60]}")
    asked = about.function_call
    ids = [each for each in (about.id, getattr(asked, "id", None)) if each is not None]
    if "id" in given and given["id"] not in ids:
        raise ValueError(f"id: {given['id']} is not the id of this request, {about.id}: leave it out")
    made = about.to_function_approval_response(given["approved"])
    properties = given.get("additional_properties")
    if isinstance(properties, dict) and properties:
        made.additional_properties = {**(made.additional_properties or {}), **properties}
    changed = _changed(given.get("function_call"), asked)
    if changed:
        _change_arguments(made, given["function_call"], changed)
    return made


def _called(document: dict[str, Any], made: Any) -> Any:
    """An approval that a helper of the request made; newer releases take anything but `true` for a rejection."""
    kind = getattr(made, "type", None)
    if kind != "function_approval_response":
        raise ValueError(f"this asks whether a tool may be called: true approves, false rejects; got {kind or made!r}")
    given = [*document.get("$args", ()), *document.get("$kwargs", {}).values()]
    for each in given:
        if not isinstance(each, bool):
            raise ValueError(f"approved: expected true or false, got {json.dumps(each, default=str)[:60]}")
    return made


def _changed(call: Any, asked: Any) -> str:
    """Which member of a call differs from the call that is asked for; "" for none."""
    if not isinstance(call, dict):
        return ""
    for name in ("type", "id", "call_id", "name"):
        if call.get(name) is not None and call[name] != getattr(asked, name, None):
            return name
    same = call.get("arguments") is None or _arguments(call["arguments"]) == _arguments(asked.arguments)
    return "" if same else "arguments"


def _arguments(given: Any) -> Any:
    """The arguments of a call, which are an object or its JSON."""
    if isinstance(given, str):
        with contextlib.suppress(ValueError):
            return json.loads(given)
    return given


def _change_arguments(made: Any, call: dict[str, Any], changed: str) -> None:
    """Let an approval call with other arguments, where the framework heeds them.

    Raises:
        ValueError: it does not, or something else than the arguments is changed.
    """
    if changed != "arguments":
        raise ValueError(f"function_call.{changed}: another call than the one that is asked for cannot be approved")
    if _rebinds():
        raise ValueError(
            "function_call.arguments: the framework calls the tool with the arguments it asked for and would ignore "
            "others; reject the call with false instead"
        )
    from_dict = type(made).from_dict
    made.function_call = from_dict({**made.function_call.to_dict(), "arguments": call["arguments"]})


def _rebinds() -> bool:
    """Whether this release puts the call that it asked for in the place of the one in an approval."""
    tools = names().tools
    return tools is not None and any("bind_approval" in name for name in vars(tools))


# Messages, and results of actions on a computer


def _check_messages(made: Any) -> None:
    """Refuse messages that hold nothing: the framework leaves them out."""
    for name in ("review", "messages"):
        made = getattr(made, name, made)
    for number, each in enumerate(made if isinstance(made, list) else ()):
        if not isinstance(getattr(each, "contents", None), (list, tuple)):
            raise ValueError(f"[{number}]: expected a text or a message, got {type_name(type(each))}")
        if not each.contents:
            raise ValueError(
                f'[{number}]: a message without contents is left out: {{"role": "user", "contents": ["…"]}}'
            )


def _check_computer_result(about: Any, made: Any) -> None:
    check = getattr(names().agent_executor, "_validate_computer_tool_result", None)
    if check is not None:
        try:
            check(about, made)
        except Exception as error:
            raise ValueError(misfit(error)) from None
