"""To whom a message goes, read from the two ends of its pickle; what it says, nearly all of it, is not decoded.

`WorkflowMessage` is a dataclass: what it says is its first attribute, its target is among the last ones. Pickled, both
ends of it read the same in all versions. This holds for what a pickler writes; where either end is otherwise, the
decoder has to tell. Source: agent_framework/_workflows/_runner_context.py.
"""

from __future__ import annotations

import re
from base64 import b64encode
from binascii import Error as Base64Error
from binascii import a2b_base64
from typing import NamedTuple

_START = b"\x80\x05\x95"
_FRAME = 8
_HEAD = (
    b"\x8c*agent_framework._workflows._runner_context\x94\x8c\x0fWorkflowMessage\x94\x93\x94)\x81\x94}\x94("
    b"\x8c\x04data\x94"
)
_SKIPPED = -(len(_START) + _FRAME) % 3
_AT = (len(_START) + _FRAME + _SKIPPED) // 3 * 4
_START_TEXT = b64encode(_START).decode()
_HEAD_TEXT = b64encode(_HEAD[_SKIPPED:][: (len(_HEAD) - _SKIPPED) // 3 * 3]).decode()
"""Both in base64, from the next place on that is a multiple of three bytes: before it is the length of the frame."""

_TAIL = re.compile(
    rb"\x8c\ttarget_id\x94(?:N|\x8c(.)(.+?)\x94)"
    rb"(?:\x8c\x04type\x94|h.)h\x00\x8c\x0bMessageType\x94\x93\x94\x8c\x08standard\x94\x85\x94R\x94"
    rb"\x8c\x0etrace_contexts\x94(?:N|\].*?)\x8c\x0fsource_span_ids\x94(?:N|\].*?)"
    rb"\x8c\x1boriginal_request_info_event\x94Nub\.",
    re.DOTALL,
)
_TARGET = b"\x8c\ttarget_id\x94"
_TAIL_TEXT = 1024
"""Characters of base64 that hold the tail, with the traces of a message that several others led to."""

_SHORT_TAIL = 256
"""Characters that hold nearly every tail."""


class Address(NamedTuple):
    """Who receives a message that is neither an input nor an answer; None where all do that the edges lead to."""

    target: str | None


def address(text: str) -> Address | None:
    """The address of a message; None where its pickle has to be decoded to tell.

    Args:
        text: The base64 text of its pickle.
    """
    if len(text) % 4 or not text.startswith(_START_TEXT) or not text.startswith(_HEAD_TEXT, _AT):
        return None
    found = _tail(text[-_SHORT_TAIL:]) or _tail(text[-_TAIL_TEXT:])
    if found is None:
        return None
    if found[2] is None:
        return Address(None)
    if len(found[2]) != found[1][0]:
        return None
    try:
        return Address(found[2].decode())
    except UnicodeDecodeError:
        return None


def _tail(text: str) -> re.Match[bytes] | None:
    """The tail at the end of a base64 text."""
    try:
        data = a2b_base64(text, strict_mode=True)
    except (Base64Error, ValueError):
        return None
    return _TAIL.fullmatch(data, max(data.rfind(_TARGET), 0))
