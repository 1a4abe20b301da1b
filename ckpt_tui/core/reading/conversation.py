"""Chat messages read as a conversation: who said what, with calls of tools, from wherever a checkpoint keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.model import INTERNAL, Checkpoint
from ckpt_tui.core.reading.anatomy import type_name
from ckpt_tui.core.reading.langchain_messages import calls_of, is_langchain_message, other_parts, role_of, text_of
from ckpt_tui.core.reading.pending import attribute
from ckpt_tui.core.reading.preview import Previewer, is_unopened, message_text, preview, short_type, speaker
from ckpt_tui.core.value import Map, Obj, Value

MAX_TURNS = 2_000
"""Turns of one conversation; more would take longer to wrap than anybody reads."""


class Turn(NamedTuple):
    """One message of a conversation.

    Attributes:
        speaker: Role and author.
        role: user, assistant, system, tool, ... or "" for what is not a chat message.
        text: What was said; may have line breaks and anything else.
        extras: Calls and results of tools and other contents, a line each, safe for a terminal.
    """

    speaker: str
    role: str
    text: str
    extras: tuple[str, ...]


class Talk(NamedTuple):
    """Some turns that belong together, and where they stand: "writer → reviewer", "kept by writer"."""

    title: str
    turns: tuple[Turn, ...]


def conversations(checkpoint: Checkpoint) -> list[Talk]:
    """The conversations of a checkpoint: its messages in flight, then those that executors keep in their state."""
    talks = [talk for talk in _in_flight(checkpoint.messages) if talk.turns]
    talks += [talk for talk in _kept(checkpoint.state) if talk.turns]
    return talks


def is_chat(value: Value) -> bool:
    """Whether a value is a chat message of the framework, as an object or as JSON."""
    value = resolve(value)
    if type(value) is Obj:
        return short_type(type_name(value)) in ("Message", "ChatMessage") or is_langchain_message(value)
    return type(value) is dict and "role" in value and ("contents" in value or "text" in value)


def turns(value: Value) -> tuple[Turn, ...]:
    """The turns that a value holds: a message, a list of messages, or a framework object around them; else none."""
    return tuple(_turns(value, 0))[:MAX_TURNS]


def _turns(value: Value, depth: int) -> Iterator[Turn]:
    value = resolve(value)
    if is_chat(value):
        yield _turn(value)
    elif type(value) in (list, tuple):
        if value and is_chat(value[0]):
            for item in value[:MAX_TURNS]:
                if is_chat(item):
                    yield _turn(resolve(item))
    elif type(value) is Obj and depth < 3:
        # AgentExecutorRequest.messages; AgentExecutorResponse.full_conversation, else .agent_response.messages
        for name in ("full_conversation", "conversation", "messages", "agent_response", "agent_run_response"):
            found = tuple(_turns(attribute(value, name), depth + 1))
            if found:
                yield from found
                return


def _turn(message: Value) -> Turn:
    if is_langchain_message(message):
        called = [f"calls {Previewer().tool_call(name, given, 300)}" for name, given in calls_of(message)]
        parts = [preview(part, 200) for part in other_parts(message)]
        return Turn(speaker(message), role_of(message), text_of(message), (*called, *parts))
    role = attribute(message, "role")
    contents = resolve(attribute(message, "contents"))
    extras = []
    if type(contents) in (list, tuple):
        for content in contents[:50]:
            kind = attribute(content, "type")
            if type(content) is not str and type(attribute(content, "text")) is not str:
                extras.append(preview(content, 300) if type(kind) is str else preview(content, 200))
    return Turn(speaker(message), role if type(role) is str else "", message_text(message), tuple(extras))


def _in_flight(messages: Value) -> Iterator[Talk]:
    for source, items in _pairs(messages):
        items = resolve(items)
        for item in items if type(items) is list else [items]:
            if is_unopened(item):
                yield Talk(f"from {source}, in flight", (Turn("", "", "", (preview(item),)),))
                continue
            target = attribute(item, "target_id")
            who = str(source)
            title = f"input of {who.removeprefix(INTERNAL)}" if who.startswith(INTERNAL) else f"from {who}"
            if type(target) is str and not who.startswith(INTERNAL):
                title += f" to {target}"
            data = attribute(item, "data")
            if data is None and type(item) is dict:  # a call without an argument says nothing
                continue
            found = turns(data)
            if found:
                yield Talk(f"{title}, in flight", found)
            else:
                data = resolve(data)
                text = data if type(data) is str else preview(data, 2_000)
                kind = "" if type(data) is str else short_type(type_name(data))
                yield Talk(f"{title}, in flight", (Turn(kind or "text", "", text, ()),))


def _kept(state: Value) -> Iterator[Talk]:
    for channel, value in _pairs(state):
        listed = resolve(value)
        first = listed[0] if type(listed) is list and listed else listed
        if is_langchain_message(resolve(first)):
            yield Talk(channel, turns(listed))
    executors = attribute(state, "_executor_state")
    for executor, own in [] if is_unopened(executors) else _pairs(executors):
        if is_unopened(own):  # its conversation is shown once it was unfolded
            continue
        for name in ("full_conversation", "conversation", "cache"):
            found = turns(attribute(own, name))
            if found:
                yield Talk(f"kept by {executor}", found)
                break
        else:
            session = attribute(attribute(attribute(own, "agent_session"), "state"), "in_memory")
            found = turns(attribute(session, "messages"))
            if found:
                yield Talk(f"session of {executor}", found)


def _pairs(value: Value) -> list[tuple[str, Value]]:
    value = resolve(value)
    if type(value) is dict:
        return list(value.items())
    if type(value) is Map:
        return [(k, v) for k, v in zip(value.kv[::2], value.kv[1::2], strict=True) if type(k) is str]
    return []
