"""Which messages are the same one that changed: same author, same route, similar words."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.reading.langchain_messages import is_langchain_message, role_of
from ckpt_tui.core.reading.pickled_objects import object_parts
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.value import Map, Obj, Value

_NODES = 300
"""Values of a message that are compared."""

_MEMBERS = 60
"""Members of a value that may be a message."""

_SHARED = 0.3
"""The share of the words of both that two messages have in common at least, to be one that changed."""

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Letters that are written without spaces between words: each counts as a word."""

_AUTHORS = (("role",), ("author_name", "authorName", "name"), ("source_id",), ("target_id",))
_BODIES = ("contents", "content", "text", "data", "parts")
_IDS = ("message_id", "messageId", "id")


class Message(NamedTuple):
    """The features by which messages are compared.

    Attributes:
        author: Its sender and receiver, as far as it names them: role, name, executors.
        identity: Its id, or "".
        text: Its texts, a line each; None where it holds no text.
        words: Their words.
    """

    author: tuple[str, ...]
    identity: str
    text: str | None
    words: frozenset[str]


def as_message(value: Value) -> Message | None:
    """A value as a message, of a chat or between executors; None where it is not one."""
    if not _has_author(value):
        return None
    document = to_json(value, nodes=_NODES)
    if not isinstance(document, dict):
        return None
    body = next((document[name] for name in _BODIES if document.get(name) not in (None, [], "")), None)
    author = tuple(_first(document, names) for names in _AUTHORS)
    if is_langchain_message(resolve(value)):
        author = (role_of(resolve(value)), *author[1:])
    if body is None or not (author[0] or author[2]):
        return None
    texts = [*_texts(body)]
    words = frozenset(word.lower() for text in texts for word in _words(text))
    return Message(author, _first(document, _IDS), "\n".join(texts).strip() if texts else None, words)


def _has_author(value: Value) -> bool:
    """Whether a value has the member of an author: far quicker than to write it out."""
    value = resolve(value)
    if is_langchain_message(value):
        return True
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
    if one.text is None or other.text is None:
        return one.text is not other.text
    if _goes_on(one.text, other.text) or _goes_on(other.text, one.text):
        return False
    both = one.words | other.words
    return not both or len(one.words & other.words) < _SHARED * len(both)


def _goes_on(text: str, longer: str) -> bool:
    """Whether a text is the other one, or its beginning up to the end of a word."""
    if not longer.startswith(text):
        return False
    words = _words(text)
    return words == _words(longer)[: len(words)]


def _first(document: dict[str, Any], names: Iterable[str]) -> str:
    """The text of the first of these members that has one, or ""."""
    return next((found for name in names if (found := _scalar(document.get(name)))), "")


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


def _words(text: str) -> list[str]:
    return _word().findall(text)


@cache
def _word() -> re.Pattern[str]:
    """Compiled when it is needed: that takes longer than the import of this module."""
    return re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])\w)+")
