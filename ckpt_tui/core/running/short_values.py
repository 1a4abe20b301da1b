"""Values, requests and calls of a run in a few words."""

from __future__ import annotations

import json
from typing import Any

from ckpt_tui.core.reading.framework_text import asks, in_words
from ckpt_tui.core.reading.json_signs import sign_of
from ckpt_tui.core.text import clean

SUMMARY_CHARACTERS = 600
"""Characters of a line's text: enough for the widest terminals and for filters."""


def spent_text(document: dict[str, Any]) -> str:
    """Time and tokens of a call, from the event that ends it: `0.71 s · 466 + 82 tokens`; "" where it has none."""
    seconds, tokens = document.get("seconds"), document.get("tokens")
    if not isinstance(seconds, (int, float)):
        return ""
    parts = [f"{seconds:.2f} s" if seconds >= 0.1 else f"{seconds * 1000:.1f} ms"]
    if isinstance(tokens, dict):
        counts = [f"{tokens[name]:,}" for name in ("input", "output") if isinstance(tokens.get(name), int)]
        total = tokens.get("total")
        parts.append(f"{' + '.join(counts) if counts else f'{total:,}' if isinstance(total, int) else '?'} tokens")
    return " · ".join(parts)


def place_text(document: dict[str, Any]) -> str:
    """The place of a failure in the person's code, ` at app.py:12`; "" where the line has none."""
    file, line = document.get("file"), document.get("line")
    if not isinstance(file, str) or not isinstance(line, int):
        return ""
    return f" at {clean(file.replace(chr(92), '/').rpartition('/')[2], 40)}:{line}"


def asked_for(request: dict[str, Any]) -> str:
    """The answer that a request expects: `for Verdict`, `to call refund`."""
    return asks(request) or f"for {short_name(str(request.get('response_type', '?')))}"


def asks_in_words(request: dict[str, Any], limit: int = SUMMARY_CHARACTERS) -> str:
    """The expected answer and the question itself: `asks for Verdict: publish? · draft=Draft(title="Tea")`."""
    found = question(request.get("data"), limit)
    return f"asks {asked_for(request)}: {found}" if found else f"asks {asked_for(request)}"


_QUESTIONS = (
    "question", "prompt", "message", "ask", "query", "text", "title", "instruction", "instructions", "description",
)  # fmt: skip
"""Members of a request whose text is the question, the likeliest first."""


def question(data: Any, limit: int = SUMMARY_CHARACTERS) -> str:
    """The question of a request, on one line: its text first, then its other members."""
    if data is None:
        return ""
    if isinstance(data, dict) and not in_words(data):
        for name in _QUESTIONS:
            text = data.get(name)
            if isinstance(text, str) and text.strip():
                rest = {key: item for key, item in data.items() if key not in (name, "$type") and item is not None}
                others = brief(rest, max(limit - len(text), 20))[1:-1] if rest else ""
                return f"{text} · {others}" if others else text
    return brief(data, limit)


def short_name(name: str) -> str:
    """A type's name without its modules: `list[Message]` of `list[agent_framework._types:Message]`."""
    out, word = [], ""
    for char in name + "\0":
        if char.isalnum() or char in "._:":
            word += char
            continue
        out.append(word.rpartition(":")[2].rpartition(".")[2])
        out.append(char)
        word = ""
    return "".join(out)[:-1]


def brief(document: Any, limit: int = SUMMARY_CHARACTERS) -> str:
    """A value on one line, of its JSON: `Draft(title="Hello", score=0.8)`."""
    out: list[str] = []
    _brief(document, out, [limit], 0)
    text = "".join(out)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _brief(document: Any, out: list[str], left: list[int], depth: int) -> None:
    if left[0] <= 0:
        return
    if isinstance(document, str):
        # At the top a text speaks for itself; within something its end must be seen.
        piece = document[: left[0] + 1] if depth == 0 else json.dumps(document[: left[0] + 1], ensure_ascii=False)
    elif isinstance(document, list):
        _members("[", "]", [("", item) for item in document[:200]], out, left, depth)
        return
    elif isinstance(document, dict):
        _object(document, out, left, depth)
        return
    else:
        piece = json.dumps(document)
    out.append(piece)
    left[0] -= len(piece)


def _object(document: dict[str, Any], out: list[str], left: list[int], depth: int) -> None:
    kind = document.get("$type")
    words = in_words(document)
    if words:
        out.append(words[: left[0] + 1])
        left[0] -= len(out[-1])
    elif sign_of(document) == "$error":
        out.append(f"<{document['$error']}>")
        left[0] -= 20
    elif not isinstance(kind, str):
        _members("{", "}", [(f"{key}: ", item) for key, item in document.items()], out, left, depth)
    elif sign_of(document) == "$value":
        value = document["$value"]
        out.append(short_name(str(value)) if kind == "type" else f"{short_name(kind)}({value})")
        left[0] -= len(out[-1])
    else:
        shown = [(f"{key}=", item) for key, item in document.items() if not key.startswith("$") and item is not None]
        for key in ("$items", "$entries", "$args"):
            found = document.get(key)
            shown += [("", item) for item in found] if isinstance(found, list) else []
        name = "" if kind == "builtins:tuple" else short_name(kind)
        left[0] -= len(name)
        _members(f"{name}(", ")", shown, out, left, depth)


def _members(begin: str, end: str, pairs: list[tuple[str, Any]], out: list[str], left: list[int], depth: int) -> None:
    out.append(begin)
    for index, (label, item) in enumerate(pairs):
        if left[0] <= 0 or depth > 20:
            out.append("…")
            break
        out.append(", " + label if index else label)
        left[0] -= len(label) + 2
        _brief(item, out, left, depth + 1)
    out.append(end)
