"""What `show --json` must say about a value, stated from the real Python object and from nothing in `ckpt_tui`.

`real_objects` unpickles a sample for real; `expected` turns what it gave into the documented JSON.
"""

import base64
import copyreg
import datetime
import enum
import importlib.util
import ipaddress
import json
import math
import pickle
import re
import sys
import types
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePath
from typing import Any
from unittest.mock import patch

Json = Any

DATA = Path(__file__).parent.parent / "data"
AGENT_FRAMEWORK = DATA / "agent-framework"

ISO_TYPES = (datetime.datetime, datetime.date, datetime.time)
ADDRESSES = (ipaddress.IPv4Address, ipaddress.IPv6Address)
TEXT_TYPES = (uuid.UUID, Decimal, datetime.timedelta, datetime.timezone, PurePath, complex, Fraction, range, *ADDRESSES)


# ---------------------------------------------------------------- loading for real


def _import_user_classes() -> types.ModuleType:
    known = sys.modules.get("gen_corpus")
    if known is not None:
        return known
    spec = importlib.util.spec_from_file_location("gen_corpus", Path(__file__).with_name("gen_corpus.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["gen_corpus"] = module
    spec.loader.exec_module(module)
    return module


def _take_state_as_written(self: Any, state: Any) -> None:
    """BUILD as pickle does it for a class without `__setstate__`."""
    attributes, slots = state if isinstance(state, tuple) else (state, None)
    for name, value in {**(attributes or {}), **(slots or {})}.items():
        object.__setattr__(self, name, value)


@contextmanager
def load_environment(as_written: bool = True) -> Iterator[None]:
    """Make the classes of the samples importable, and framework objects keep exactly the state their file holds.

    `Message` and `Content` drop `raw_representation` and add later attributes when unpickled; a reader of files must
    show what is in the file, so their `__setstate__` is set aside. No class needs a stand-in: none that the samples
    name has moved between 1.0.0 and 1.23.0.

    Args:
        as_written: Set `__setstate__` aside; else objects are loaded as a program loads them.
    """
    from agent_framework import Content
    from agent_framework._serialization import SerializationMixin

    module = _import_user_classes()
    with ExitStack() as stack:
        stack.enter_context(patch.object(sys.modules["__main__"], "Job", module.Job, create=True))
        for cls in (Content, SerializationMixin) if as_written else ():
            stack.enter_context(patch.object(cls, "__setstate__", _take_state_as_written))
        yield


def real_objects(path: Path) -> dict[str, Any]:
    """The checkpoint file with every envelope replaced by the object in it; call it inside `load_environment`."""
    document: dict[str, Any] = _unpickled(json.loads(path.read_text(encoding="utf-8")))
    return document


def _unpickled(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"__pickled__", "__type__"}:
            return pickle.loads(base64.b64decode(value["__pickled__"]))
        return {key: _unpickled(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_unpickled(member) for member in value]
    return value


def envelopes(path: Path) -> Iterator[tuple[str, str, bytes]]:
    """Each envelope of a checkpoint file as (JMESPath, stated type, pickle)."""

    def walk(value: Any, at: str) -> Iterator[tuple[str, str, bytes]]:
        if isinstance(value, dict):
            if value.keys() == {"__pickled__", "__type__"}:
                yield at, value["__type__"], base64.b64decode(value["__pickled__"])
                return
            for key, member in value.items():
                yield from walk(member, _member(at, key))
        elif isinstance(value, list):
            for index, member in enumerate(value):
                yield from walk(member, _element(at, index))

    yield from walk(json.loads(path.read_text(encoding="utf-8")), "@")


# ---------------------------------------------------------------- the document


def expected(obj: Any, at: str = "@") -> Json:
    """The documented JSON of a real object.

    Args:
        obj: What `pickle.loads` gave.
        at: JMESPath of the object's own place, from which the path in a `$ref` starts.
    """
    return _Writer().write(obj, at)


def type_name(cls: Any) -> str:
    """`module:qualname` of a class or function."""
    # A built-in method, such as the maker of a time zone, has no module of its own.
    module = cls.__module__ or cls.__self__.__module__
    return f"{MOVED.get(module, module)}:{cls.__qualname__}"


MOVED = {"pathlib._local": "pathlib"}
"""Modules that a class says it is from in some release of Python → where the samples, written by others, have it."""


def _member(at: str, key: str) -> str:
    plain = key if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", key) else _quoted(key)
    return plain if at == "@" else f"{at}.{plain}"


def _quoted(key: str) -> str:
    """A key in quotes, what cannot be seen as an escape."""
    return (
        '"'
        + "".join(char if char.isprintable() and char not in '"\\' else json.dumps(char)[1:-1] for char in key)
        + '"'
    )


def _element(at: str, index: int) -> str:
    return f"[{index}]" if at == "@" else f"{at}[{index}]"


def _reference_name(value: Any) -> str:
    """A class, function or generic alias in words; builtins lose their module only as the head of an alias."""
    if isinstance(value, types.GenericAlias):
        origin: Any = value.__origin__
        head = origin.__qualname__ if origin.__module__ == "builtins" else type_name(origin)
        return f"{head}[{', '.join(_reference_name(argument) for argument in value.__args__)}]"
    return type_name(value)


def _is_reference(value: Any) -> bool:
    return isinstance(value, type | types.FunctionType | types.GenericAlias) or (
        isinstance(value, types.BuiltinFunctionType) and isinstance(value.__self__, types.ModuleType | None)
    )


def _slots(obj: Any) -> dict[str, Any]:
    found = {}
    for cls in type(obj).__mro__:
        names = cls.__dict__.get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            if name in ("__dict__", "__weakref__"):
                continue
            stored = f"_{cls.__name__.lstrip('_')}{name}" if name.startswith("__") and not name.endswith("__") else name
            if hasattr(obj, stored):
                found[stored] = getattr(obj, stored)
    return found


def _attributes(obj: Any) -> dict[str, Any]:
    """Everything stored on the object: `__dict__`, slots, and what pydantic keeps beside its fields."""
    found = dict(getattr(obj, "__dict__", {}))
    if isinstance(obj, deque) and obj.maxlen is not None:
        found["maxlen"] = obj.maxlen
    if isinstance(obj, defaultdict) and obj.default_factory is not None:
        found["default_factory"] = obj.default_factory
    if hasattr(type(obj), "__pydantic_fields__"):
        return found | (obj.__pydantic_extra__ or {}) | (obj.__pydantic_private__ or {})
    return found | _slots(obj)


def _pickles_by_default(cls: Any) -> bool:
    return (
        cls not in copyreg.dispatch_table
        and cls.__reduce__ is object.__reduce__
        and cls.__reduce_ex__ is object.__reduce_ex__
        and not hasattr(cls, "__getnewargs__")
        and not hasattr(cls, "__getnewargs_ex__")
        and not issubclass(cls, str | int | float | tuple | bytes | bytearray | set | frozenset)
    )


class _Writer:
    """Carries the objects being written, so that a cycle is seen when it closes."""

    def __init__(self) -> None:
        self.open: dict[int, str] = {}

    def write(self, obj: Any, at: str) -> Json:
        if obj is None or type(obj) in (bool, int, str):
            return obj
        if type(obj) is float:
            if math.isfinite(obj):
                return obj
            text = "NaN" if math.isnan(obj) else "Infinity" if obj > 0 else "-Infinity"
            return {"$type": "builtins:float", "$value": text}
        if _is_reference(obj):
            return {"$type": "type", "$value": _reference_name(obj)}
        if id(obj) in self.open:
            return {"$ref": self.open[id(obj)]}
        self.open[id(obj)] = at
        try:
            return self._container(obj, at)
        finally:
            del self.open[id(obj)]

    def _container(self, obj: Any, at: str) -> Json:
        cls = type(obj)
        if cls is list:
            return [self.write(member, _element(at, index)) for index, member in enumerate(obj)]
        if cls is dict and all(type(key) is str for key in obj):
            return {key: self.write(member, _member(at, key)) for key, member in obj.items()}
        if cls in (bytes, bytearray):
            return {"$type": type_name(cls), "$base64": base64.b64encode(obj).decode(), "$size": len(obj)}
        if cls is tuple or isinstance(obj, list | deque):
            return self._typed(obj, at) | {"$items": self._list(obj, _member(at, "$items"))}
        if isinstance(obj, set | frozenset):
            # Sorted first by text, then written again with the paths that order gives.
            members = sorted(obj, key=lambda member: json.dumps(expected(member), sort_keys=True))
            return self._typed(obj, at) | {"$items": self._list(members, _member(at, "$items"))}
        if isinstance(obj, dict):
            entries = _member(at, "$entries")
            pairs = [self._list(pair, _element(entries, index)) for index, pair in enumerate(obj.items())]
            return self._typed(obj, at) | {"$entries": pairs}
        return self._object(obj, at)

    def _object(self, obj: Any, at: str) -> Json:
        cls = type(obj)
        if isinstance(obj, enum.Enum):
            return {"$type": type_name(cls), "$value": self.write(obj.value, _member(at, "$value"))}
        if isinstance(obj, ISO_TYPES):
            return {"$type": type_name(cls), "$value": obj.isoformat()}
        if isinstance(obj, TEXT_TYPES):
            return {"$type": type_name(cls), "$value": str(obj)}
        if cls.__module__ == "numpy" and hasattr(obj, "item") and obj.shape == ():
            return {"$type": type_name(cls), "$value": self.write(obj.item(), _member(at, "$value"))}
        if cls.__module__ == "numpy" and cls.__qualname__ == "ndarray":
            rows = self.write(obj.tolist(), _member(at, "$items"))
            return {"$type": type_name(cls), "shape": list(obj.shape), "dtype": str(obj.dtype), "$items": rows}
        if isinstance(obj, pickle.PickleBuffer):
            raw = obj.raw()
            return self._container(bytes(raw) if raw.readonly else bytearray(raw), at)
        if _pickles_by_default(cls):
            return self._typed(obj, at)
        return self._rebuilt(obj, at)

    def _rebuilt(self, obj: Any, at: str) -> Json:
        """An object that says itself how to make it again: its maker, the maker's arguments, and its state if any."""
        reducer: Callable[[Any], Any] | None = copyreg.dispatch_table.get(type(obj))
        reduced = reducer(obj) if reducer else obj.__reduce_ex__(5)
        if isinstance(reduced, str):  # a name to look up, as `typing.Optional` has
            return {"$type": "type", "$value": f"{obj.__module__}:{reduced}"}
        maker, arguments, *rest = reduced
        if maker is copyreg.__newobj__:  # type: ignore[attr-defined]  # absent from typeshed
            maker, *arguments = arguments
        document: dict[str, Json] = {"$type": type_name(maker)}
        if arguments:
            document["$args"] = self._list(arguments, _member(at, "$args"))
        state = rest[0] if rest else None
        if isinstance(state, dict):
            document |= self._named(state, at)
        elif state is not None:
            document["$state"] = self.write(state, _member(at, "$state"))
        return document

    def _typed(self, obj: Any, at: str) -> dict[str, Json]:
        return {"$type": type_name(type(obj))} | self._named(_attributes(obj), at)

    def _named(self, attributes: dict[str, Any], at: str) -> dict[str, Json]:
        written = {f"${name}" if name.startswith("$") else name: value for name, value in attributes.items()}
        return {name: self.write(value, _member(at, name)) for name, value in written.items()}

    def _list(self, members: Any, at: str) -> list[Json]:
        return [self.write(member, _element(at, index)) for index, member in enumerate(members)]
