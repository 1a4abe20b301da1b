"""Lines of a run with secrets masked, as they are masked in its checkpoints."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.masked_lines import masked_lines
from ckpt_tui.core.redact import MASK, PLAIN, SECRET, masked, secrecy
from ckpt_tui.core.running.event_lines import parse_line
from ckpt_tui.core.secret_names import leads_to_key_of_service, may_name_secret
from ckpt_tui.core.secret_shapes import SIGN_OF_SHAPE

SHOWN = 4_096
"""Characters of a text that are searched where a line is shown short: more than any line shows."""

LARGE = 1_000_000
"""Bytes of a line that is read only as far as it is shown where it is shown short."""

_BEGINNING, _DEPTH = 20_000, 24
"""Values of a large line that are searched, and levels of them: more than any line shows."""

_OTHER_SIGNS = (
    r"token|pass|secret|cred|auth|bearer|basic |cookie|key|jwt|conn|pwd|pswd|\"pin|_pin|otp|cv[vc]|sas|signature|pat\""
    r"|code|run_kwargs|\\u|://|:\\/|=|q~|eyj|:aa|--|@(?:tcp|unix)\("
    r"|[ \"']-[pu]|:(?:5432|5433|6432|\*):|sqlcmd|bcp|mongo|smbclient|ldap"
)
"""A sign of each secret that is not a token of known form, in lower case, or a letter as an escape."""

_NAMES = {"graph": ("executors", "edges"), "check": ("types", "again", "problems"), "answered": ("request_ids",)}
"""Members of a line, by its kind, that hold no values of the run: names of executors, classes and requests, advice."""

_NESTED = 4
"""Levels of JSON within texts of JSON that are parsed: deeper secrets are masked by their form."""

_WORD = LatePattern(r'"((?:[^"\\]|\\.)*)"|[^.\[\]"]+')


def may_hold_secrets(raw: bytes) -> bool:
    """Whether a line may name a secret; a quick test, for lines that come by the ten thousand."""
    if not raw.isascii():
        return True
    text = raw.decode("ascii")
    return bool(_other_sign().search(text.lower()) or may_name_secret(text) or SIGN_OF_SHAPE.is_in(text))


@cache
def _other_sign() -> re.Pattern[str]:
    return re.compile(_OTHER_SIGNS)


def masked_line(raw: bytes) -> bytes:
    """A line of JSON with its secrets masked as `show --json` masks them; the same line where it holds none."""
    if not may_hold_secrets(raw):
        return raw
    try:
        document = json.loads(raw)
        if isinstance(document, dict):
            return json.dumps(document, separators=(",", ":")).encode() if _mask(document) else raw
    except (ValueError, RecursionError):
        pass
    return _by_look(raw.decode("utf-8", "backslashreplace")).encode()


def shown_line(raw: bytes, reveal: bool = False, most: int = 0) -> dict[str, Any]:
    """The document of a line (see `parse_line`) for people; secrets are masked unless `reveal`.

    Args:
        raw: The line.
        reveal: Whether secrets are shown.
        most: Characters of each text that are needed, 0 for all: the rest may be missing.
    """
    document = parse_line(raw)
    if not reveal and may_hold_secrets(raw):
        if most and len(raw) > LARGE:
            document = _beginning(document, [_BEGINNING], 0)
        _mask(document, MASK, most)
    return document


def _beginning(value: Any, left: list[int], depth: int) -> Any:
    """The first values of a document, in the order in which they are shown."""
    left[0] -= 1
    if type(value) is not dict and type(value) is not list:
        return value
    if depth > _DEPTH:
        return None
    if type(value) is dict:
        return {key: _beginning(item, left, depth + 1) for key, item in value.items() if left[0] > 0}
    return [_beginning(item, left, depth + 1) for item in value if left[0] > 0]


def masked_copy(document: Any, above: int = PLAIN) -> Any:
    """A copy of JSON, for people, with its secrets masked.

    Args:
        document: JSON, no deeper than Python's own reader reads it.
        above: How far it is a secret by its place (see `secrecy`).
    """
    holder = {"": masked(json.loads(json.dumps(document)), above, sign=MASK)}
    _mask(holder, MASK)
    return holder[""]


def path_secrecy(path: str) -> int:
    """How far the value at a path is a secret: as far as any of its names makes it one."""
    names = [match[1] or match[0] for match in _WORD.compiled.finditer(path)]
    if leads_to_key_of_service(names):
        return SECRET
    return max(map(secrecy, names), default=PLAIN)


def _mask(document: dict[str, Any], sign: str = "", most: int = 0, level: int = 0) -> bool:
    """Mask a document in place; returns whether anything was masked."""
    kind = document.get("kind")
    names = _NAMES.get(kind, ()) if isinstance(kind, str) else ()
    values = {key: value for key, value in document.items() if key not in names} if names else document
    hidden: list[Any] = []
    if kind in _MEANINGFUL:
        _mask_by_sibling(values, sign, hidden)
    masked(values, hidden=hidden, sign=sign)
    _mask_texts(values, most, level, hidden)
    document.update(values)
    return bool(hidden)


_MEANINGFUL = ("check", "waiting", "end")
"""Lines that show requests and changes."""


def _mask_by_sibling(document: dict[str, Any], sign: str, hidden: list[Any]) -> None:
    """Mask a value by a member beside it: a change has its path, a field of a form its name."""
    containers: list[Any] = [document.get(key) for key in ("edits", "requests", "pending")]
    while containers:
        container = containers.pop()
        if type(container) is list:
            containers += container
        elif type(container) is dict:
            path, name = container.get("path"), container.get("name")
            rank = path_secrecy(path) if isinstance(path, str) else secrecy(name) if isinstance(name, str) else PLAIN
            for key in ("before", "after", "default") if rank else ():
                if key in container:
                    container[key] = masked(container[key], rank, hidden, sign)
            containers += [container.get(key) for key in ("form", "fields")]


def _mask_texts(document: dict[str, Any], most: int, level: int, hidden: list[Any]) -> None:
    """Mask secrets in JSON within texts."""
    containers: list[Any] = [document]
    while containers:
        container = containers.pop()
        for key, value in list(container.items()) if type(container) is dict else enumerate(container):
            if type(value) is dict or type(value) is list:
                containers.append(value)
            elif type(value) is str and '"' in value:
                text = masked_text(value[:most] if most else value, level)
                if text != value:
                    container[key] = text
                    hidden.append(text)


def masked_text(text: str, level: int = 0) -> str:
    """A text with the secrets masked that JSON in it holds, be it all of the text or a part of it."""
    if '"' not in text or ":" not in text or not may_hold_secrets(text.encode("utf-8", "replace")):
        return text
    if level < _NESTED and text.lstrip()[:1] in ("{", "["):
        try:
            document = {"": json.loads(text)}
            return json.dumps(document[""], ensure_ascii=False) if _mask(document, MASK, level=level + 1) else text
        except (ValueError, RecursionError):
            pass  # cut off, or no JSON after all
    return _by_look(text)


def _by_look(text: str) -> str:
    return "\n".join(masked_lines(text.split("\n")))
