"""Values of the workflow as JSON."""

from __future__ import annotations

import base64
import collections
import contextlib
import datetime
import decimal
import enum
import fractions
import inspect
import json
import math
import pathlib
import types
import typing
import uuid
from collections.abc import Iterator
from typing import Any

from .limits import DEPTH, NODES, TEXT, TEXTS


def type_name(cls: Any) -> str:
    """`module:qualname` of a class, `list[module:qualname]` of a generic one."""
    if isinstance(cls, type) and typing.get_origin(cls) is None:
        return f"{cls.__module__}:{cls.__qualname__}"
    arguments = typing.get_args(cls)
    origin = typing.get_origin(cls)
    if origin is typing.Union or origin is getattr(types, "UnionType", None):
        return " | ".join(_inner(each) for each in arguments)
    if origin is not None and arguments:
        return f"{_inner(origin)}[{', '.join(_inner(each) for each in arguments)}]"
    return str(cls)[:200]


def _inner(cls: Any) -> str:
    name = type_name(cls)
    return name.removeprefix("builtins:") if name.startswith("builtins:") else name


_TEXTUAL = (
    uuid.UUID, decimal.Decimal, datetime.timedelta, datetime.timezone, pathlib.PurePath, complex, fractions.Fraction,
    range,
)  # fmt: skip
ISO = (datetime.datetime, datetime.date, datetime.time)


class Shower:
    """Writes one value as the JSON of `ckpt-tui show`, as far as its budget goes; calls no code of the value."""

    def __init__(self, nodes: int = NODES) -> None:
        self.left = nodes
        self.letters = TEXTS
        self.open: dict[int, str] = {}

    def show(self, value: Any, path: str = "@") -> Any:
        """The JSON of a value."""
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is str:
            room = max(min(TEXT, self.letters), 0)
            self.letters -= len(value)
            return value if len(value) <= room else value[:room] + f"… {len(value) - room:,} more characters"
        if kind is int:
            return value if value.bit_length() < 10_000 else {"$error": "a very large integer"}
        if kind is float:
            return value if math.isfinite(value) else {"$type": "builtins:float", "$value": _float_text(value)}
        self.left -= 1
        if self.left < 0:
            return {"$error": "not written: more than an event shows"}
        if len(self.open) > DEPTH:
            return {"$error": f"nested deeper than {DEPTH} levels"}
        if id(value) in self.open:
            return {"$ref": self.open[id(value)]}
        self.open[id(value)] = path
        try:
            return self.other(value, kind, path)
        except Exception as error:
            return {"$type": type_name(kind), "$error": f"cannot be shown: {type(error).__name__}"}
        finally:
            del self.open[id(value)]

    def other(self, value: Any, kind: type, path: str) -> Any:
        if kind is dict:
            return self.mapping(value, path)
        if kind is list:
            return self.items(value, path)
        plain = PLAIN.get(kind)
        if plain is None:
            plain = PLAIN[kind] = type_name(kind) if is_plain(kind) else ""
        return self.plain(value, plain, path) if plain else self.typed(value, kind, path)

    def plain(self, value: Any, name: str, path: str) -> Any:
        out: dict[str, Any] = {"$type": name}
        for key, item in value.__dict__.items():
            if self.left < 0 or type(key) is not str:
                out["$error"] = "not written: more than an event shows"
                break
            out["$" + key if key.startswith("$") else key] = self.show(item, f"{path}.{key}")
        return out

    def typed(self, value: Any, kind: type, path: str) -> Any:
        if isinstance(value, (types.FunctionType, types.BuiltinFunctionType)):
            return {"$type": "type", "$value": f"{value.__module__}:{value.__qualname__}"}
        if isinstance(value, type) or kind is types.GenericAlias:
            return {"$type": "type", "$value": type_name(value)}
        name = type_name(kind)
        if isinstance(value, enum.Enum):
            inner = value._value_
            return {"$type": name, "$value": inner if isinstance(inner, (str, int, float)) else self.show(inner)}
        if kind in (bytes, bytearray):
            if len(value) > TEXT:
                return {"$type": name, "$error": "not written: too long", "$size": len(value)}
            return {"$type": name, "$base64": base64.b64encode(value).decode("ascii"), "$size": len(value)}
        if isinstance(value, ISO):
            return {"$type": name, "$value": value.isoformat()}
        if isinstance(value, _TEXTUAL):
            return {"$type": name, "$value": str(value)}
        if isinstance(value, (str, int, float)):  # a subclass: the framework keeps its base
            base = str if isinstance(value, str) else int if isinstance(value, int) else float
            return self.show(base.__str__(value) if base is str else base(value), path)
        return self.object(value, name, path)

    def object(self, value: Any, name: str, path: str) -> Any:
        out: dict[str, Any] = {"$type": name}
        if isinstance(value, (set, frozenset)):
            shown = [self.show(item, path) for item in _some(value, self.left)]
            return {**out, "$items": sorted(shown, key=lambda item: json.dumps(item, sort_keys=True))}
        if isinstance(value, BaseException):
            out["$args"] = self.items(list(value.args), path)
        for key, item in attributes(value):
            if self.left < 0:
                out["$error"] = "not written: more than an event shows"
                break
            out["$" + key if key.startswith("$") else key] = self.show(item, f"{path}.{key}")
        if isinstance(value, (tuple, list, collections.deque)):
            if hasattr(value, "_fields"):  # a named tuple, which show gives as the arguments of its pickle
                out["$args"] = self.items(list(value), path)
            else:
                out["$items"] = self.items(list(_some(value, self.left)), path)
        elif isinstance(value, dict):
            pairs = _some(dict.items(value), self.left)
            out["$entries"] = [[self.show(key, path), self.show(item, path)] for key, item in pairs]
        return out

    def mapping(self, value: dict[Any, Any], path: str) -> Any:
        if any(type(key) is not str for key in value):
            pairs = _some(value.items(), self.left)
            return {
                "$type": "builtins:dict",
                "$entries": [[self.show(key, path), self.show(item, path)] for key, item in pairs],
            }
        out = {key: self.show(item, f"{path}.{key}") for key, item in _some(value.items(), self.left)}
        if len(out) < len(value):
            out["$error"] = f"not written: {len(value) - len(out):,} more"
        return out

    def items(self, value: list[Any], path: str) -> list[Any]:
        out = [self.show(item, f"{path}[{index}]") for index, item in enumerate(_some(value, self.left))]
        if len(out) < len(value):
            out.append({"$error": f"not written: {len(value) - len(out):,} more"})
        return out


PLAIN: dict[type, str] = {}
"""Class → its name, where its objects have only attributes in a dict; "" for any other."""


def is_plain(cls: type) -> bool:
    """Whether objects of a class have only attributes in a dict."""
    special = (
        type, enum.Enum, str, int, float, complex, bytes, bytearray, set, frozenset, BaseException, tuple, list, dict,
        collections.deque, *ISO, *_TEXTUAL, types.FunctionType, types.BuiltinFunctionType, types.GenericAlias,
    )  # fmt: skip
    if issubclass(cls, special) or cls.__dictoffset__ == 0:
        return False
    return not any(each.__dict__.get("__slots__") for each in cls.__mro__)


def _some(items: Any, most: int) -> Iterator[Any]:
    for count, item in enumerate(items):
        if count >= max(most, 0):
            return
        yield item


def _float_text(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def attributes(value: Any) -> list[tuple[str, Any]]:
    """Names and values of an object's own attributes: its dict, its slots, the extra fields of pydantic."""
    out: dict[str, Any] = {}
    own = getattr(value, "__dict__", None)
    if isinstance(own, dict):
        out.update(own)
    for cls in type(value).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name in ("__dict__", "__weakref__") or not isinstance(name, str):
                continue
            if name.startswith("__pydantic_"):
                part = getattr(value, name, None)
                if isinstance(part, dict):
                    out.update(part)
                continue
            found = inspect.getattr_static(type(value), name, None)
            if isinstance(found, types.MemberDescriptorType):
                with contextlib.suppress(AttributeError):
                    out[name] = found.__get__(value)
    return [(key, item) for key, item in out.items() if isinstance(key, str)]


def show(value: Any, nodes: int = NODES) -> Any:
    """The JSON of a value, as `ckpt-tui show` would write it."""
    return Shower(nodes).show(value)
