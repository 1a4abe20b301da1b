"""The parts of a chat message of any known form: author, text, and other contents."""

from __future__ import annotations

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.reading.langchain_messages import is_langchain_message, role_of, text_of
from ckpt_tui.core.reading.pending import attribute
from ckpt_tui.core.reading.pickled_objects import object_parts
from ckpt_tui.core.value import Obj, Value


def is_message_document(value: dict[str, Value]) -> bool:
    """Whether a JSON object is a chat message: it has a role and a text or contents."""
    if type(value.get("role")) is not str:
        return False
    said = type(value.get("content")) in (str, list) or type(value.get("tool_calls")) is list
    return type(value.get("contents")) is list or (said and len(value) < 10)


def contents_of(message: Value) -> Value:
    """The parts of a message: `contents`, or `content` as other frameworks name them."""
    contents = attribute(message, "contents")
    return attribute(message, "content") if contents is None else contents


def speaker(message: Value) -> str:
    """Role and author of a chat message."""
    if is_langchain_message(message):
        name = attribute(message, "name")
        return f"{role_of(message)} {name}" if type(name) is str and name else role_of(message)
    role, author = attribute(message, "role"), attribute(message, "author_name")
    if type(resolve(role)) is Obj and object_parts(resolve(role)).is_text:  # an Enum in older versions
        role = object_parts(resolve(role)).text
    elif type(resolve(role)) in (Obj, dict):  # an object around a text in the oldest
        role = attribute(role, "value")
    who = role if type(role) is str else "?"
    return f"{who} {author}" if type(author) is str and author and author != who else who


def message_text(value: Value) -> str:
    """The text of a chat message: its text contents joined."""
    if is_langchain_message(value):
        return text_of(value)
    contents = resolve(contents_of(value))
    if type(contents) is not list and type(contents) is not tuple:
        said = (attribute(value, "text"), attribute(value, "content"))
        return next((text for text in said if type(text) is str), "")
    texts = (content if type(content) is str else attribute(content, "text") for content in contents[:50])
    return "".join(text for text in texts if type(text) is str)
