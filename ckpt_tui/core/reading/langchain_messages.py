"""Chat messages of LangChain, which LangGraph's states hold: role, text, and calls of tools."""

from __future__ import annotations

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.reading.pending import attribute
from ckpt_tui.core.reading.pickled_objects import type_name
from ckpt_tui.core.value import Obj, Value

_CLASSES = frozenset(
    name + end
    for name in ("Human", "AI", "System", "Tool", "Function", "Chat", "Base", "Remove")
    for end in ("Message", "MessageChunk")
)

_ROLES = {"human": "user", "ai": "assistant"}
"""`type` of a message without `Chunk` → the role that other frameworks use."""

_PARTS = 50
"""Parts of one message that are read."""


def is_langchain_message(value: Value) -> bool:
    """Whether a value is a chat message of LangChain, as an object."""
    if type(value) is not Obj:
        return False
    module, _, name = type_name(value).partition(":")
    return name in _CLASSES and module.partition(".")[0] in ("langchain", "langchain_core", "langgraph")


def role_of(message: Value) -> str:
    """The role in which it is said: user, assistant, system, tool, ..., or ""."""
    kind = attribute(message, "type")
    name = kind if type(kind) is str else type_name(message).partition(":")[2]
    name = name.removesuffix("Chunk").removesuffix("Message").lower()
    said = attribute(message, "role") if name == "chat" else None
    return said if type(said) is str else _ROLES.get(name, name)


def text_of(message: Value) -> str:
    """Its text: the content, or the text parts of it."""
    content = resolve(attribute(message, "content"))
    if type(content) is str:
        return content
    if type(content) not in (list, tuple):
        return ""
    texts = (part if type(part) is str else attribute(part, "text") for part in content[:_PARTS])
    return "".join(text for text in texts if type(text) is str)


def calls_of(message: Value) -> list[tuple[str, Value]]:
    """The tools that it calls: name and arguments."""
    calls = resolve(attribute(message, "tool_calls"))
    if type(calls) not in (list, tuple):
        return []
    named = ((attribute(call, "name"), attribute(call, "args")) for call in calls[:_PARTS])
    return [(name, arguments) for name, arguments in named if type(name) is str]


_SPEAKERS = frozenset(("user", "human", "ai", "assistant", "system", "developer", "tool"))


def spoken_in(value: Value) -> list[tuple[str, str]]:
    """Role and text of each message of an input whose `messages` are such pairs, as programs write them; or none."""
    found = resolve(value)
    listed = resolve(found.get("messages")) if type(found) is dict else None
    if type(listed) not in (list, tuple) or not listed:
        return []
    pairs = [_pair(each) for each in listed[:_MOST]]
    return [pair for pair in pairs if pair is not None] if all(pairs) else []


_MOST = 100
"""Messages of an input that are read."""


def _pair(value: Value) -> tuple[str, str] | None:
    value = resolve(value)
    if type(value) not in (list, tuple) or len(value) != 2:
        return None
    role, text = map(resolve, value)
    return (role, text) if type(role) is type(text) is str and role in _SPEAKERS else None
