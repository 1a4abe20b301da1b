"""JSON inside a text, indented on lines of its own."""

from __future__ import annotations

import json
import re

from ckpt_tui.core.late_patterns import LatePattern

TEXT_LIMIT = 2_000_000
"""Characters of a text that is searched."""

ATTEMPTS = 500
"""Brackets that may turn out to begin no JSON; then the rest is left as it is, for the sake of time."""

_INDENT = "  "
_TOKEN = LatePattern(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_BEGIN = LatePattern(r"[{\[]")
_CLOSED = {"{": "}", "[": "]"}
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)


def formatted(text: str) -> str | None:
    """The text with each JSON object and array in it indented; None where it holds none, or is too long.

    What is around them stays as it is, and so do numbers, repeated keys and the order of keys.
    """
    if len(text) > TEXT_LIMIT:
        return None
    out: list[str] = []
    done = at = failed = 0
    while failed < ATTEMPTS and (found := _BEGIN.compiled.search(text, at)) is not None:
        begin = found.start()
        try:
            value, end = _DECODER.raw_decode(text, begin)
        except (ValueError, RecursionError):
            at = _after(text, begin)
            failed += 1
            continue
        at = end
        if value and (isinstance(value, dict) or any(isinstance(item, dict | list) for item in value)):
            out += [_on_its_own(text[done:begin]), _indented(text[begin:end])]
            done = end
            if text[end:].strip():
                out.append("\n")
    return "".join([*out, text[done:].lstrip(" ") if out else ""]) if out else None


def _after(text: str, begin: int) -> int:
    """The place to search on from after something that begins like JSON: not inside of a run of brackets."""
    at = begin + 1
    while at < len(text) and text[at] == text[begin]:
        at += 1
    return at


def _on_its_own(before: str) -> str:
    """The text before it, ending in a line break unless it is empty."""
    return before if not before or before.endswith("\n") else before.rstrip(" ") + "\n"


def _indented(text: str) -> str:
    """JSON, a member a line; empty objects and arrays stay on one."""
    out: list[str] = []
    depth = 0
    last = ""
    for piece in _TOKEN.compiled.findall(text):
        if piece in "}]" and _CLOSED.get(last) == piece:
            depth -= 1
            out.append(piece)
        elif piece in "}]":
            depth -= 1
            out.append(f"\n{_INDENT * depth}{piece}")
        else:
            if last in ("{", "[", ","):
                out.append("\n" + _INDENT * depth)
            out.append(": " if piece == ":" else piece)
            depth += piece in "{["
        last = piece
    return "".join(out)
