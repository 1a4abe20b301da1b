"""What a workflow is made of: the types its executors handle, and the hash of its graph."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import inspect
import json
import types
import typing
from typing import Any

from .made import hints_of
from .shown import type_name


def handled_types(workflow: Any) -> list[str]:
    """Classes that the handlers of a workflow name, and those of their fields, `module:qualname`."""
    found: dict[Any, None] = {}
    for each in getattr(workflow, "executors", {}).values():
        for name in ("input_types", "output_types"):
            with contextlib.suppress(Exception):
                for expected in getattr(each, name):
                    _classes(expected, found)
        for pair in getattr(each, "_response_handlers", None) or ():
            for expected in pair:
                _classes(expected, found)
                if isinstance(expected, types.GenericAlias):  # a request keeps the type of its answer
                    found[types.GenericAlias] = None
    return [type_name(cls) for cls in found]


def _classes(expected: Any, found: dict[Any, None]) -> None:
    """Collect the classes that a type is made of."""
    for each in typing.get_args(expected):
        _classes(each, found)
    own = isinstance(expected, type) and typing.get_origin(expected) is None
    if (
        not own
        or expected.__module__ in ("builtins", "typing", "types", "collections.abc")
        or expected in found
        or inspect.isabstract(expected)
        or getattr(expected, "_is_protocol", False)
    ):
        return
    found[expected] = None
    if dataclasses.is_dataclass(expected) or hasattr(expected, "model_fields"):
        for each in hints_of(expected).values():
            _classes(each, found)


def hash_as(workflow: Any, old: str, new: str) -> str:
    """The graph hash that a workflow would have, had its module another name."""
    signature = getattr(workflow, "graph_signature", None)
    if not isinstance(signature, dict):
        return ""
    text = json.dumps(signature, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.replace(f'"{old}.', f'"{new}.').encode("utf-8")).hexdigest()
