"""A decoded value as indented lines for people, with words where its JSON has markers such as `$cut`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ckpt_tui.cli.output import paint
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.reading.json_signs import sign_of
from ckpt_tui.core.redact import is_mask
from ckpt_tui.core.text import clean, counted, quoted, size_text

_DEEPEST = 60
"""Levels that are indented."""


def value_lines(document: Any) -> Iterator[str]:
    """The lines of a value; members of objects that are None are left out, as on the screen."""
    if not isinstance(document, dict | list) or not document or _is_one_line(document):
        yield f"  {_one_line(document)}"
        return
    levels = [_below(document)]
    while levels:
        pad = "  " * min(len(levels), _DEEPEST)
        for label, item in levels[-1]:
            if not isinstance(item, dict | list) or not item or _is_one_line(item):
                yield f"{pad}{clean(label)}: {_one_line(item)}".rstrip()
                continue
            yield f"{pad}{clean(label)}:  {_kind(item)}".rstrip()
            levels.append(_below(item))
            break
        else:
            levels.pop()


def _kind(item: dict[str, Any] | list[Any]) -> str:
    """The length and the type of a container."""
    inner = _inner(item)
    kind = item.get("$type") if isinstance(item, dict) else None
    words = [f"({len(inner)})"] if inner is not None else []
    return " ".join([*words, *([paint(clean(kind), dim=True)] if isinstance(kind, str) else [])])


def _inner(item: dict[str, Any] | list[Any]) -> list[Any] | None:
    """The members of a list, or of a container that JSON writes as one; None for anything else."""
    if isinstance(item, list):
        return item
    members = item.keys() - {"$type"}
    if len(members) == 1 and members <= {"$items", "$entries"}:
        found = item[members.pop()]
        return found if isinstance(found, list) else None
    return None


def _below(item: dict[str, Any] | list[Any]) -> Iterator[tuple[str, Any]]:
    inner = _inner(item)
    if inner is not None:
        if isinstance(item, dict) and "$entries" in item and all(_is_pair(pair) for pair in inner):
            return ((_key(pair[0]), pair[1]) for pair in inner)
        return ((str(index), value) for index, value in enumerate(inner))
    assert isinstance(item, dict)
    typed = "$type" in item
    return ((_label(key), value) for key, value in item.items() if key != "$type" and not (typed and value is None))


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _key(key: Any) -> str:
    """A key that is not a text, or one among such keys."""
    return _one_line(key) if not isinstance(key, dict | list) or _is_one_line(key) else dumps(key, indent=None)


def _label(name: str) -> str:
    """A member's name without the dollar sign of a marker, or of an attribute that begins with one itself."""
    return name.removeprefix("$")


def _is_one_line(item: dict[str, Any] | list[Any]) -> bool:
    return isinstance(item, dict) and sign_of(item) != ""


def _one_line(item: Any) -> str:
    if isinstance(item, str):
        return quoted(item)
    if item is None or isinstance(item, bool):
        return {None: "null", True: "true", False: "false"}[item]
    if not isinstance(item, dict) or not item:
        return "{}" if item == {} else "[]" if item == [] else str(item)
    sign = sign_of(item)
    kind = paint(clean(item.get("$type", "")), dim=True)
    if sign == "$value":
        value = item["$value"]
        return f"{_one_line(value) if is_mask(value) else clean(str(value))}  {kind}"
    if sign == "$masked":
        return f"••••••  {paint('masked, --reveal shows it', dim=True)}"
    if sign == "$cut":
        return _cut(item["$cut"], item["$members"])
    if sign == "$ref":
        return f"↺ the same as {clean(item['$ref'])}"
    if sign == "$base64":
        return f"{clean(item['$base64'])}  {paint(f'base64 of {_bytes(item)}', dim=True)}"
    size = f" ({_bytes(item)})" if "$size" in item else ""
    return f"{paint('! ', fg='red')}{clean(item['$error'])}{size}"


def _bytes(item: dict[str, Any]) -> str:
    size: int = item["$size"]
    return f"{size_text(size)} bytes" if size < 1000 else size_text(size)


def _cut(kind: str, members: int) -> str:
    """What stands for the levels that `--depth` leaves out."""
    if kind in ("list", "dict"):
        return f"… {counted(members, 'item' if kind == 'list' else 'member')}"
    return f"… {counted(members, 'member')}  {paint(clean(kind), dim=True)}"
