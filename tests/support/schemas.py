"""Holds documents against the schemas that are published: the few keywords that those use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ckpt_tui.core.schemas import SCHEMAS, schema_of

_KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "boolean": bool, "object": dict, "array": list, "null": type(None),
}  # fmt: skip


def hold(document: Any) -> None:
    """Assert that a document is what its schema says.

    Raises:
        AssertionError: it is not, or there is no schema of its name.
    """
    name = document.get("schema") if isinstance(document, dict) else None
    if not isinstance(name, str) or not name.startswith("ckpt-tui/"):
        return
    assert name in SCHEMAS, f"there is no schema of {name}"
    wrong = list(faults(document, schema_of(name), name))
    assert not wrong, wrong[:5]


def faults(value: Any, schema: dict[str, Any], where: str) -> Iterator[str]:
    """What is wrong with a value, by a schema."""
    known = {"type", "required", "properties", "items", "enum", "const", "anyOf", "$schema", "$id", "title"}
    assert schema.keys() <= known, schema.keys() - known
    if "anyOf" in schema and all(any(faults(value, one, where)) for one in schema["anyOf"]):
        yield f"{where} is none of what it may be"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}"
    if "const" in schema and value != schema["const"]:
        yield f"{where} is {value!r}"
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is_a(value, kind) for kind in kinds):
        yield f"{where} is a {type(value).__name__}"
        return
    if isinstance(value, dict):
        yield from (f"{where} has no {name}" for name in schema.get("required", ()) if name not in value)
        for name, one in schema.get("properties", {}).items():
            if name in value:
                yield from faults(value[name], one, f"{where}.{name}")
    if isinstance(value, list) and "items" in schema:
        for index, one in enumerate(value):
            yield from faults(one, schema["items"], f"{where}[{index}]")


def _is_a(value: Any, kind: str) -> bool:
    return isinstance(value, _KINDS[kind]) and (kind != "integer" or not isinstance(value, bool))
