"""Which messages are the same one that changed: same author, same route, similar words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.reading.pickled_objects import object_parts
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.value import Map, Obj, Value

_NODES = 300
"""Values of a message that are looked at."""

_MEMBERS = 60
"""Members of a value that is asked whether it is one."""

_FEW_WORDS = 3
"""Words below which two texts are too short to be called unlike."""

_SHARED = 0.3
"""The share of the words of both that two messages have in common at least, to be one that changed."""

_WORD = re.compile(r"\w+")
_AUTHORS = ("role", "author_name", "source_id", "target_id")
_BODIES = ("contents", "content", "text", "data", "parts")
_IDS = ("message_id", "id")


class Message(NamedTuple):
    """What distinguishes one message from another.

    Attributes:
        author: Who says it to whom, as far as it says so: role, name, executors.
        identity: Its id, or "".
        words: The words of what it says.
    """

    author: tuple[str, ...]
    identity: str
    words: frozenset[str]


def as_message(value: Value) -> Message | None:
    """A value as a message, of a chat or between executors; None where it is not one."""
    if not _has_author(value):
        return None
    document = to_json(value, nodes=_NODES)
    if not isinstance(document, dict):
        return None
    body = next((document[name] for name in _BODIES if document.get(name) not in (None, [], "")), None)
    author = tuple(_scalar(document.get(name)) for name in _AUTHORS)
    if body is None or not (author[0] or author[2]):
        return None
    identity = next((found for name in _IDS if (found := _scalar(document.get(name)))), "")
    return Message(author, identity, frozenset(word.lower() for text in _texts(body) for word in _WORD.findall(text)))


def _has_author(value: Value) -> bool:
    """Whether a value has the member of an author: far quicker than to write it out."""
    value = resolve(value)
    names: Iterable[Value] = ()
    if type(value) is dict:
        names = value
    elif type(value) is Obj and value.has_state:
        names = object_parts(value).attributes.kv[: 2 * _MEMBERS : 2]
    elif type(value) is Map and value.has_text_keys():
        names = value.kv[: 2 * _MEMBERS : 2]
    return any(name in ("role", "source_id") for name in names if type(name) is str)


def are_unlike(one: Message, other: Message) -> bool:
    """Whether two messages are different messages, not one that changed."""
    if one.identity and one.identity == other.identity:
        return False
    if any(a and b and a != b for a, b in zip(one.author, other.author, strict=True)):
        return True
    if min(len(one.words), len(other.words)) < _FEW_WORDS:
        return False
    return len(one.words & other.words) < _SHARED * len(one.words | other.words)


def _scalar(document: Any) -> str:
    """The text of a member, that of an enumeration's value, too; "" where it is something else."""
    if isinstance(document, dict):
        document = document.get("value", document.get("$value"))
    return document if isinstance(document, str) else ""


def _texts(document: Any) -> Iterator[str]:
    """The texts in a document, without the names of types."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, list):
        for item in document:
            yield from _texts(item)
    elif isinstance(document, dict):
        for key, item in document.items():
            if key == "$value" or not (key.startswith("$") or key == "type"):
                yield from _texts(item)
