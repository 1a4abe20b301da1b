"""The values of a checkpoint as folded HTML: a line for each, a fold for each container."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from ckpt_tui.core.model import PARTS
from ckpt_tui.core.reading.json_signs import sign_of
from ckpt_tui.core.redact import MASK, is_mask
from ckpt_tui.core.text import clean

NODES = 5_000
"""Values of one checkpoint that are written out; the bundle has all of them."""

_TEXT = 2_000
"""Characters of one text."""

_LEVELS = 60
"""Levels of folds; what is deeper is counted."""

_UNFOLDED = 1
"""Levels that are unfolded at first."""


def values(document: Mapping[str, Any]) -> Iterator[str]:
    """The parts of an entry of a bundle, as folds."""
    left = NODES
    stack: list[Iterator[tuple[str, Any]]] = [iter([(part, document[part]) for part in PARTS if document.get(part)])]
    while stack:
        for key, item in stack[-1]:
            left -= 1
            if left < 0:
                yield '<div class="soft">more is in the bundle (--format bundle)</div>' + "</details>" * (
                    len(stack) - 1
                )
                return
            inner = _members(item)
            name = f'<span class="key">{escape(clean(key, 200))}</span> '
            if inner is None or len(stack) > _LEVELS:
                text = _leaf(item) if inner is None else '<span class="soft">nested deeper</span>'
                yield f"<div>{name}{text}</div>"
                continue
            is_open = " open" if len(stack) <= _UNFOLDED else ""
            yield f"<details{is_open}><summary>{name}{_label(item, len(inner))}</summary>"
            stack.append(iter(inner))
            break
        else:
            stack.pop()
            if stack:
                yield "</details>"


def _members(item: Any) -> list[tuple[str, Any]] | None:
    """Names and values of a container, or None for what is shown on one line."""
    if isinstance(item, list):
        return [(str(index), one) for index, one in enumerate(item)] or None
    if not isinstance(item, dict) or sign_of(item):
        return None
    inner = [(key, one) for key, one in item.items() if key != "$type" and not ("$type" in item and one is None)]
    return inner or None


def _label(item: Any, count: int) -> str:
    name = item.get("$type") if isinstance(item, dict) else None
    if isinstance(name, str):
        return f'<span class="type">{escape(clean(name.rpartition(":")[2] or name, 80))}</span>'
    text = f"[{count:,}]" if isinstance(item, list) else f"{{{count:,}}}"
    return f'<span class="soft">{text}</span>'


def _leaf(item: Any) -> str:
    if isinstance(item, str):
        text = clean(item, _TEXT)
        return escape(f'"{text}"')
    if isinstance(item, dict):
        return _special(item)
    if item is None or isinstance(item, bool):
        return {None: "null", True: "true", False: "false"}[item]
    return "[]" if item == [] else escape(str(item))


def _special(item: dict[str, Any]) -> str:
    sign, name = sign_of(item), item.get("$type")
    if sign == "$masked":
        return f'{MASK} <span class="soft">masked</span>'
    kind = f' <span class="type">{escape(clean(name.rpartition(":")[2], 80))}</span>' if type(name) is str else ""
    if sign == "$value":
        value = item["$value"]
        return (MASK if is_mask(value) else escape(clean(str(value), _TEXT))) + kind
    if sign == "$base64":
        return f'<span class="soft">{item["$size"]:,} bytes</span>{kind}'
    if sign == "$error":
        return f'<span class="error">{escape(clean(item["$error"], _TEXT))}</span>'
    if sign == "$ref":
        return f'<span class="soft">the same as {escape(clean(item["$ref"], _TEXT))}</span>'
    return f"{{}}{kind}"
