"""The arguments of a function that builds a workflow: given as JSON, or the checkpoint storage that it demands."""

from __future__ import annotations

import collections.abc
import dataclasses
import datetime
import decimal
import enum
import inspect
import pathlib
import re
import types
import typing
import uuid
from typing import Any

from .made import Maker
from .shown import ISO, type_name

STORAGE_NAMES = ("storage", "checkpoint_storage")
"""Parameters that are given the storage whatever their annotation."""

_STORAGE_WORD = re.compile(r"\b\w*CheckpointStorage\b")

_NATIVE = (
    str, int, float, bool, type(None), list, tuple, dict, set, frozenset, collections.abc.Iterable,
)  # fmt: skip
"""Classes that JSON gives as it is, or near enough."""

_MADE = (enum.Enum, *ISO, datetime.timedelta, uuid.UUID, decimal.Decimal, pathlib.PurePath)
"""Classes that are made of JSON, besides dataclasses and pydantic models."""


def parameters_of(function: Any) -> dict[str, inspect.Parameter]:
    """Name → parameter of a function, annotations resolved where possible; none where they are not known."""
    try:
        found = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}
    try:
        hints = typing.get_type_hints(getattr(function, "__init__", None) if isinstance(function, type) else function)
    except Exception:
        hints = {}
    return {name: each.replace(annotation=hints.get(name, each.annotation)) for name, each in found.items()}


def is_required(parameter: inspect.Parameter) -> bool:
    """Whether a call must give it."""
    return parameter.default is parameter.empty and parameter.kind not in (
        parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL,
    )  # fmt: skip


def takes_storage(parameter: inspect.Parameter) -> bool:
    """Whether a parameter is for a checkpoint storage, by its name or by its annotation."""
    return parameter.name in STORAGE_NAMES or any(map(_is_storage, _alternatives(parameter.annotation)))


def _is_storage(annotation: Any) -> bool:
    if isinstance(annotation, str):  # its names are known to a type checker alone
        return _STORAGE_WORD.search(annotation) is not None
    if not isinstance(annotation, type):
        return False
    if any(each.__name__.endswith("CheckpointStorage") for each in annotation.__mro__):
        return True
    return all(callable(getattr(annotation, name, None)) for name in ("save", "load", "list_checkpoints"))


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    """The types that an annotation allows: the members of a union, what is in `Annotated`."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _alternatives(typing.get_args(annotation)[0])
    if origin is typing.Union or origin is getattr(types, "UnionType", None):
        return tuple(inner for each in typing.get_args(annotation) for inner in _alternatives(each))
    return (annotation,)


def unmakeable(parameter: inspect.Parameter) -> str:
    """The class that a parameter must be and that no JSON gives; "" where some JSON may do."""
    found = _alternatives(parameter.annotation)
    return "" if any(map(_json_gives, found)) else " or ".join(type_name(each) for each in found)


def _json_gives(annotation: Any) -> bool:
    if annotation is inspect.Parameter.empty or annotation is Any or annotation is object:
        return True
    origin = typing.get_origin(annotation)
    if origin is not None:
        annotation = origin
    if annotation is collections.abc.Callable:
        return False
    if not isinstance(annotation, type):
        return True
    return annotation.__module__ == "typing" or issubclass(annotation, _NATIVE) or _is_made(annotation)


def _is_made(cls: Any) -> bool:
    if not isinstance(cls, type):
        return False
    return dataclasses.is_dataclass(cls) or hasattr(cls, "model_fields") or issubclass(cls, _MADE)


def made_argument(document: Any, parameter: inspect.Parameter) -> Any:
    """The value of an argument that was given as JSON, of the class that its parameter names.

    Raises:
        ValueError: it does not fit.
    """
    found = _alternatives(parameter.annotation)
    if not any(map(_is_made, found)):
        return document  # annotations of plain values are often loose; the function knows what it takes
    return Maker(lambda name: False).make(document, parameter.annotation)
