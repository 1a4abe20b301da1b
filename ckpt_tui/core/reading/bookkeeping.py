"""Separates the person's own values in a checkpoint from the framework's bookkeeping.

Source: agent_framework/_workflows/_const.py, _agent_executor.py, _functional.py and agent_framework_orchestrations.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from ckpt_tui.core.documents.envelope import named_members
from ckpt_tui.core.redact import RUN_KWARGS
from ckpt_tui.core.value import Map, SetOf, Value

EXECUTORS = "_executor_state"
"""The member of the state under which executors keep theirs."""

CALLS = "_step_cache"
"""The member under which a functional workflow keeps the results of its steps."""

FRAMEWORK_KEYS = RUN_KWARGS | {
    EXECUTORS, "_edge_state", CALLS, "_step_cache_auto_request_info_counts", "_original_message",
}  # fmt: skip
"""Members of the state that the framework writes itself."""

AGENT_KEYS = frozenset((
    "cache", "full_conversation", "agent_session", "agent_thread", "pending_agent_requests", "conversation",
    "pending_responses_to_agent", "pending_request_order", "magentic_context", "orchestrator_name",
    "sub_workflow_checkpoint", "execution_contexts",
))  # fmt: skip
"""Members that only the framework's own executors have in their state: what they hold is shown as a conversation."""

_MARKS = {"type": ("message", "session", "request_info"), "informational_only": (False,), "hosted": (False,)}
"""Members with the same value in every object of the framework."""

_EVENT = frozenset((
    "type", "origin", "state", "details", "executor_id", "iteration", "_request_id", "_source_executor_id",
    "_request_type", "_response_type", "request_id", "source_executor_id", "request_type", "response_type",
))  # fmt: skip
"""Members of a request beside its data."""


def name_of_call(key: str) -> str:
    """The step that a key of the cache of a functional workflow stands for: `v2::["auto","fetch",...]`, `fetch::0`.

    "" for any other.
    """
    if key.startswith("v2::"):
        try:
            parts = json.loads(key[4:])
            return str(parts[1])
        except (ValueError, TypeError, LookupError, RecursionError):
            return ""
    name, _, number = key.rpartition("::")
    return name if number.isdigit() else ""


def holds_nothing(value: Value) -> bool:
    """Whether a value is empty: None, "", or a container of such values. Decodes nothing."""
    kind = type(value)
    if value is None:
        return True
    if kind in (str, dict, list, tuple, bytes):
        return not value
    if kind is Map:
        return not value.kv
    return kind is SetOf and not value.items


def is_bookkeeping(label: str, value: Value, names: frozenset[str] | set[str]) -> bool:
    """Whether a member of an object or a mapping is bookkeeping of the framework.

    Args:
        label: The name of the member.
        value: The member.
        names: The names of all members beside it.
    """
    if label in _EVENT and "data" in names and not names.isdisjoint(("_response_type", "response_type")):
        return True
    if label in _MARKS:
        known = type(value) in (str, bool) and value in _MARKS[label]
        return known and not names.isdisjoint(("role", "contents", "session_id", "text", "call_id", "function_call"))
    return False


def own_state(state: Value) -> Iterator[tuple[str, Value]]:
    """The members of a state that the workflow itself keeps; none if the state is not a mapping with text keys."""
    return ((name, value) for name, value in _named(state).items() if name not in FRAMEWORK_KEYS)


def own_states(state: Value) -> Iterator[tuple[str, Value]]:
    """The states of executors that hold something of their own: executor and state."""
    for name, value in _named(_named(state).get(EXECUTORS)).items():
        if not holds_nothing(value) and AGENT_KEYS.isdisjoint(_named(value) if type(value) in (dict, Map) else ()):
            yield name, value


def _named(value: Value) -> dict[str, Value]:
    return named_members(value) or {}
