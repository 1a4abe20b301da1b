"""Runs a workflow on from a checkpoint, in the interpreter of its owner, and tells what happens as lines of JSON.

Started by path with any Python from 3.10 that has agent_framework (1.0.0 or later); it needs nothing else and imports
nothing of ckpt_tui. The first line of standard input is the plan, later lines are commands; its end means that the
parent is gone. Lines on standard output: hello, graph, check, waiting, event, checkpoint, checkpoint_failed, log,
answered, error, end. Whatever the workflow prints goes to standard error. See docs/resume.md.
"""

from __future__ import annotations

import ast
import asyncio
import atexit
import base64
import collections
import contextlib
import dataclasses
import datetime
import decimal
import difflib
import enum
import faulthandler
import fractions
import gc
import hashlib
import importlib
import importlib.util
import inspect
import io
import json
import logging
import math
import os
import pathlib
import pickle
import signal
import sys
import threading
import time
import traceback
import types
import typing
import uuid
from collections.abc import Callable, Iterator
from typing import Any

PROTOCOL = 1
"""Raised when a line changes its meaning."""

NODES = 4_000
"""Values of one event that are written; a screen shows fewer, and a thousand take 2 ms."""

TEXT = 20_000
"""Characters of one text that are written."""

TEXTS = 300_000
"""Characters of all texts of one event that are written."""

DEPTH = 24
"""Levels of a value that are written."""

GATHER_SECONDS = 0.03
"""How long lines of a burst wait for others: below what an eye notices, and each write costs what four lines do."""

GATHERED = 48_000
"""Characters that are written together at most, less than a pipe takes at once."""

BURSTS = frozenset(("event", "checkpoint", "log"))
"""Kinds of lines that come in bursts; any other is written at once."""

LEAVE_SECONDS = 3.0
"""Time for exit handlers of the workflow's libraries, and for a run to end once the parent is gone."""

EXIT_CODES = {"done": 0, "checked": 0, "waiting": 6, "stopped": 130}
"""Outcome → exit code; 5 for any other."""


# -- lines out ------------------------------------------------------------------------------------------------------


class Lines:
    """Lines of JSON on a descriptor that nobody else knows.

    Each write wakes the reader, so lines that come in bursts wait for others: the first is written at once, the next
    ones with the first that comes GATHER_SECONDS later, by the thread that says it; one thread of our own sees to
    those that nothing follows, also while the workflow blocks its loop. What is printed sends them on before itself.
    A kill loses the lines of that moment, and no checkpoint.

    Args:
        descriptor: Where they go.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        # One that lets the same thread in twice: a finalizer, run by the collector at any time, may log or print.
        self._lock = threading.RLock()
        self._seq = 0
        self._encode = encoder()
        self._held: list[tuple[str, int, str]] = []
        self._size = 0
        self._due = 0
        self._writing = False
        self._alone = False
        self._awake = False
        self._wake = threading.Event()
        threading.Thread(target=self._flush_late, daemon=True).start()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)

    def _forked(self) -> None:
        """In a copy of this process: what is held is the original's to write, and no thread sees to what is late."""
        self._lock = threading.RLock()
        self._held, self._size, self._writing, self._alone = [], 0, False, True

    def say(self, kind: str, **fields: Any) -> None:
        """Write one line, of at least one field."""
        self.put(kind, self._encode(fields)[1:])

    def put(self, kind: str, rest: str) -> None:
        """Write one line.

        Args:
            kind: Its kind.
            rest: The JSON of its other fields, without the brace that opens it.
        """
        nanoseconds = time.time_ns()
        with self._lock:
            self._held.append((kind, nanoseconds, rest))
            self._size += len(rest)
            if kind not in BURSTS or self._size > GATHERED or self._alone:
                self._flush()
            elif nanoseconds >= self._due:
                self._due = nanoseconds + int(GATHER_SECONDS * 1e9)
                self._flush()
        if not self._awake and self._held:
            self._awake = True
            self._wake.set()

    def hurry(self) -> None:
        """Write what is held."""
        if self._held:
            with self._lock:
                self._flush()

    def _flush(self) -> None:
        if self._writing or not self._held:
            return
        self._writing = True
        try:
            while self._held:
                self._write()
        except OSError:
            vanish()  # nobody reads any more
        finally:
            self._writing = False

    def _write(self) -> None:
        held, self._held, self._size = self._held, [], 0
        # Made into text together: what is done over and over is done faster.
        text = ""
        for kind, nanoseconds, rest in held:
            self._seq += 1
            text += f'{{"kind":"{kind}","seq":{self._seq},"t":"{stamp(nanoseconds)}",{rest}\n'
        data = memoryview(text.encode("ascii"))
        while data:
            data = data[os.write(self._descriptor, data) :]

    def _flush_late(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            time.sleep(GATHER_SECONDS)
            if not 0 < self._due - time.time_ns() < 1_000_000_000:  # far off only when the clock was set back
                self.hurry()
            self._awake = False
            if self._held:  # those that came since; what comes now wakes this thread itself
                self._awake = True
                self._wake.set()


def encoder() -> Callable[[Any], str]:
    """What writes compact ASCII JSON; made once, because the module's own way makes one for each text."""
    plain = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return plain.encode
    write = make(None, plain.default, json.encoder.encode_basestring_ascii, None, ":", ",", False, False, False)
    return lambda document: "".join(write(document, 0))


encode = encoder()
quoted = json.encoder.encode_basestring_ascii


def now() -> str:
    """The time in UTC, ISO 8601 with `Z`."""
    return stamp(time.time_ns())


_second = (-1, "")


def stamp(nanoseconds: int) -> str:
    """A time in UTC, ISO 8601 with `Z`, of nanoseconds since 1970."""
    global _second
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    known, text = _second
    if known != seconds:
        text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
        _second = (seconds, text)
    return f"{text}.{rest // 1000:06d}Z"


def vanish() -> typing.NoReturn:
    """End at once, with every process the workflow started in this group: the parent is gone."""
    with contextlib.suppress(Exception):
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)
    os._exit(1)


class Fault(Exception):
    """Something expected that ends the run or keeps it from beginning.

    Args:
        where: plan, framework, load, graph, checkpoint, type, storage, response, edit, into, run.
        what: What is wrong, in a sentence.
        fix: What to do about it.
        trace: A traceback, where code of the workflow raised.
    """

    def __init__(self, where: str, what: str, fix: str = "", trace: str = "") -> None:
        super().__init__(what)
        self.where, self.what, self.fix, self.trace = where, what, fix, trace

    def line(self) -> dict[str, Any]:
        """The fields of an error line."""
        return {"where": self.where, "what": self.what, "fix": self.fix, "traceback": self.trace}


def said(error: BaseException) -> str:
    """An exception in words: its name and text, and the first cause that says more."""
    text = f"{type(error).__name__}: {error}".strip().removesuffix(":")
    cause = error.__cause__
    return f"{text} ({said(cause)})" if cause is not None and str(cause) not in text else text


def trace_of(error: BaseException) -> str:
    """The traceback of an exception, without the lines of this file."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    return "".join(traceback.format_exception(type(error), error, frames))[-TEXT:]


# -- values → JSON --------------------------------------------------------------------------------------------------


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
_ISO = (datetime.datetime, datetime.date, datetime.time)


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
        plain = _PLAIN.get(kind)
        if plain is None:
            plain = _PLAIN[kind] = type_name(kind) if is_plain(kind) else ""
        return self.plain(value, plain, path) if plain else self.odd(value, kind, path)

    def plain(self, value: Any, name: str, path: str) -> Any:
        out: dict[str, Any] = {"$type": name}
        for key, item in value.__dict__.items():
            if self.left < 0 or type(key) is not str:
                out["$error"] = "not written: more than an event shows"
                break
            out["$" + key if key.startswith("$") else key] = self.show(item, f"{path}.{key}")
        return out

    def odd(self, value: Any, kind: type, path: str) -> Any:
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
        if isinstance(value, _ISO):
            return {"$type": name, "$value": value.isoformat()}
        if isinstance(value, _TEXTUAL):
            return {"$type": name, "$value": str(value)}
        if isinstance(value, (str, int, float)):  # a subclass: what the framework keeps of it
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


_PLAIN: dict[type, str] = {}
"""Class → its name, where its objects are nothing but their attributes in a dict; "" for any other."""


def is_plain(cls: type) -> bool:
    """Whether objects of a class are nothing but their attributes in a dict."""
    special = (
        type, enum.Enum, str, int, float, complex, bytes, bytearray, set, frozenset, BaseException, tuple, list, dict,
        collections.deque, *_ISO, *_TEXTUAL, types.FunctionType, types.BuiltinFunctionType, types.GenericAlias,
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
    """Names and values of an object's own attributes: its dict, its slots, what pydantic keeps apart."""
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


# -- JSON → values --------------------------------------------------------------------------------------------------


class Maker:
    """Makes real values of JSON, by the type that is expected.

    Args:
        allowed: Whether a class, `module:qualname`, may be made because the JSON names it.
    """

    def __init__(self, allowed: Callable[[str], bool]) -> None:
        self._allowed = allowed

    def make(self, document: Any, expected: Any, about: Any = None) -> Any:
        """The value.

        Args:
            document: JSON; `{"$type": …}` as `show` writes it, `{"$call": name, "$args": […]}` for a helper of the
                request or of the expected type.
            expected: The type, or Any.
            about: The request that is answered.

        Raises:
            ValueError: it is no such value; the text says where and why.
        """
        if isinstance(document, dict) and "$call" in document:
            return self.call(document, expected, about)
        return self.value(document, expected, "")

    def call(self, document: dict[str, Any], expected: Any, about: Any) -> Any:
        name = str(document["$call"])
        owners = [about, expected if isinstance(expected, type) else None]
        helpers = (getattr(owner, name, None) for owner in owners if owner is not None)
        found = next((each for each in helpers if each is not None), None)
        if name.startswith("_") or not callable(found):
            raise ValueError(f"neither {type_name(type(about))} nor {type_name(expected)} has a helper {name}")
        try:
            return found(*document.get("$args", []), **document.get("$kwargs", {}))
        except Exception as error:
            raise ValueError(f"{name}: {said(error)}") from None

    def value(self, document: Any, expected: Any, at: str) -> Any:
        origin, arguments = typing.get_origin(expected), typing.get_args(expected)
        if origin is typing.Annotated:
            return self.value(document, arguments[0], at)
        if origin is typing.Union or origin is getattr(types, "UnionType", None):
            return self.union(document, arguments, at)
        if origin is typing.Literal:
            if any(document == each and type(document) is type(each) for each in arguments):
                return document
            raise _wrong(document, f"one of {', '.join(map(repr, arguments))}", at)
        if isinstance(document, dict) and isinstance(document.get("$type"), str):
            return self.named(document, expected, at)
        if expected is Any or expected is object or not isinstance(origin or expected, type):
            return self.native(document, at)
        cls = origin or expected
        maker = next((make for base, make in self.MAKERS if issubclass(cls, base)), None)
        if maker is not None:
            return maker(self, document, cls, arguments, at)
        return self.model(document, cls, at)

    def native(self, document: Any, at: str) -> Any:
        if isinstance(document, list):
            return [self.value(item, Any, f"{at}[{index}]") for index, item in enumerate(document)]
        if isinstance(document, dict):
            return {_unescaped(key): self.value(item, Any, f"{at}.{key}") for key, item in document.items()}
        return document

    def union(self, document: Any, arguments: tuple[Any, ...], at: str) -> Any:
        if document is None and type(None) in arguments:
            return None
        reasons = []
        # The member whose JSON it is comes before those it could be turned into: 1 is an int, not a float.
        for member in sorted(arguments, key=lambda each: type(document) is not each):
            try:
                return self.value(document, member, at)
            except ValueError as error:
                reasons.append(str(error))
        raise ValueError("; or ".join(reasons))

    def plain(self, document: Any, cls: type, arguments: Any, at: str) -> Any:
        if cls is type(None):
            if document is None:
                return None
            raise _wrong(document, "null", at)
        if isinstance(document, bool) != (cls is bool) or document is None:
            raise _wrong(document, type_name(cls), at)
        if isinstance(document, cls):
            return document
        if cls is float and isinstance(document, int):
            return float(document)
        if issubclass(cls, str) and isinstance(document, str):
            return cls(document)
        raise _wrong(document, type_name(cls), at)

    def enumeration(self, document: Any, cls: Any, arguments: Any, at: str) -> Any:
        for member in cls:
            if member.value == document and type(member.value) is type(document):
                return member
        if isinstance(document, str) and document in cls.__members__:
            return cls.__members__[document]
        try:
            return cls(document)
        except ValueError:
            names = ", ".join(json.dumps(member.value, default=str) for member in cls)
            raise _wrong(document, f"one of {names}", at) from None

    def sequence(self, document: Any, cls: type, arguments: tuple[Any, ...], at: str) -> Any:
        if not isinstance(document, list):
            raise _wrong(document, f"a list for {type_name(cls)}", at)
        if cls is tuple and arguments and not (len(arguments) == 2 and arguments[1] is ...):
            if len(arguments) != len(document):
                raise _wrong(document, f"{len(arguments)} members", at)
            kinds: list[Any] = list(arguments)
        else:
            kinds = [arguments[0] if arguments else Any] * len(document)
        made = [self.value(item, kind, f"{at}[{n}]") for n, (item, kind) in enumerate(zip(document, kinds))]  # noqa: B905
        if hasattr(cls, "_fields"):
            return cls(*made)
        return made if cls is list else cls(made)

    def mapping(self, document: Any, cls: type, arguments: tuple[Any, ...], at: str) -> Any:
        if not isinstance(document, dict):
            raise _wrong(document, "an object", at)
        key_type, item_type = arguments if len(arguments) == 2 else (Any, Any)
        made = {
            self.value(_unescaped(key), key_type, at): self.value(item, item_type, f"{at}.{key}")
            for key, item in document.items()
        }
        return made if cls is dict else cls(made)

    def moment(self, document: Any, cls: Any, arguments: Any, at: str) -> Any:
        try:
            text = document[:-1] + "+00:00" if document.endswith("Z") else document
            return cls.fromisoformat(text)
        except (TypeError, ValueError, AttributeError):
            raise _wrong(document, f"{cls.__name__} in ISO 8601", at) from None

    def by_text(self, document: Any, cls: Any, arguments: Any, at: str) -> Any:
        try:
            if isinstance(document, bool) or not isinstance(document, (str, int, float)):
                raise ValueError
            return cls(str(document))
        except (ValueError, TypeError, ArithmeticError):
            raise _wrong(document, f"the text of a {cls.__name__}", at) from None

    def length(self, document: Any, cls: Any, arguments: Any, at: str) -> Any:
        if isinstance(document, (int, float)) and not isinstance(document, bool):
            return cls(seconds=document)
        days, _, clock = document.rpartition(" day") if isinstance(document, str) else ("", "", "")
        try:
            hours, minutes, seconds = clock.removeprefix("s").removeprefix(",").strip().split(":")
            return cls(days=int(days or 0), hours=int(hours), minutes=int(minutes), seconds=float(seconds))
        except ValueError:
            raise _wrong(document, "seconds, or [days,] H:MM:SS", at) from None

    def octets(self, document: Any, cls: Any, arguments: Any, at: str) -> Any:
        if isinstance(document, str):
            return cls(document.encode("utf-8"))
        raise _wrong(document, 'a text, or {"$type": "builtins:bytes", "$base64": …}', at)

    def model(self, document: Any, cls: Any, at: str) -> Any:
        """A dataclass, a pydantic model, or another class that can be made of a mapping."""
        if not isinstance(document, dict):
            raise _wrong(document, f"an object for {type_name(cls)}", at)
        given = {_unescaped(key): item for key, item in document.items() if key != "$type"}
        if dataclasses.is_dataclass(cls):
            return self.dataclass(given, cls, at)
        for helper in ("model_validate", "from_dict"):
            if callable(getattr(cls, helper, None)):
                try:
                    return getattr(cls, helper)(given)
                except Exception as error:
                    raise ValueError(f"{at or type_name(cls)}: {misfit(error)}") from None
        if "$type" not in document:
            raise _wrong(document, type_name(cls), at)
        made = cls.__new__(cls)
        for name, item in given.items():
            object.__setattr__(made, name, self.value(item, Any, f"{at}.{name}"))
        return made

    def dataclass(self, given: dict[str, Any], cls: Any, at: str) -> Any:
        fields = {field.name: field for field in dataclasses.fields(cls)}
        unknown = [name for name in given if name not in fields]
        if unknown:
            known = ", ".join(fields)
            raise ValueError(f"{at or type_name(cls)}: no field {unknown[0]}; there are {known}")
        hints = hints_of(cls)
        made = {
            name: self.value(item, hints.get(name, Any), f"{at}.{name}".lstrip(".")) for name, item in given.items()
        }
        missing = [
            name for name, field in fields.items()
            if field.init and name not in made and field.default is dataclasses.MISSING
            and field.default_factory is dataclasses.MISSING
        ]  # fmt: skip
        if missing:
            raise ValueError(f"{at or type_name(cls)}: {', '.join(missing)} missing")
        try:
            out = cls(**{name: item for name, item in made.items() if fields[name].init})
        except Exception as error:
            raise ValueError(f"{at or type_name(cls)}: {said(error)}") from None
        for name, item in made.items():
            if not fields[name].init:
                object.__setattr__(out, name, item)
        return out

    def named(self, document: dict[str, Any], expected: Any, at: str) -> Any:
        """A value whose type its JSON names, as `show` writes it."""
        name = document["$type"]
        if name == "type":
            return self.resolve(str(document.get("$value")), at)
        if name == "builtins:float":
            return float(str(document.get("$value")))
        cls = self.resolve(name, at)
        if "$base64" in document:
            return cls(base64.b64decode(document["$base64"]))
        if "$value" in document:
            return self.value(document["$value"], cls, at)
        if "$entries" in document:
            pairs = [(self.value(key, Any, at), self.value(item, Any, at)) for key, item in document["$entries"]]
            return cls(dict(pairs)) if cls is not dict else dict(pairs)
        if "$items" in document:
            return self.sequence(document["$items"], cls, (), at)
        if "$args" in document:
            arguments = [self.value(item, Any, at) for item in document["$args"]]
            return cls(*arguments)
        return self.model(document, cls, at)

    def resolve(self, name: str, at: str) -> Any:
        if not self._allowed(name):
            raise ValueError(f"{at or 'the value'}: the type {name} is not allowed")
        try:
            return find(name)
        except (ImportError, AttributeError) as error:
            raise ValueError(f"{at or 'the value'}: {name} cannot be imported: {error}") from None

    MAKERS: typing.ClassVar[tuple[tuple[Any, Any], ...]] = ()


Maker.MAKERS = (
    (enum.Enum, Maker.enumeration), (type(None), Maker.plain), (bool, Maker.plain), (str, Maker.plain),
    (int, Maker.plain), (float, Maker.plain), ((bytes, bytearray), Maker.octets),
    ((tuple, list, set, frozenset, collections.deque), Maker.sequence), (dict, Maker.mapping), (_ISO, Maker.moment),
    (datetime.timedelta, Maker.length),
    ((uuid.UUID, decimal.Decimal, pathlib.PurePath, complex, fractions.Fraction), Maker.by_text),
)  # fmt: skip


def misfit(error: Exception) -> str:
    """Why a class refused what it was to be made of; of a pydantic model, field by field."""
    with contextlib.suppress(Exception):
        found = error.errors(include_url=False)  # type: ignore[attr-defined]
        return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in found[:6])
    return said(error)


def _wrong(document: Any, expected: str, at: str) -> ValueError:
    given = json.dumps(document, default=str)
    given = given if len(given) <= 60 else given[:59] + "…"
    return ValueError(f"{at + ': ' if at else ''}expected {expected}, got {given}")


def _unescaped(key: str) -> str:
    return key[1:] if key.startswith("$$") else key


def hints_of(cls: Any) -> dict[str, Any]:
    """Field → type of a class, as far as the annotations can be resolved."""
    try:
        return typing.get_type_hints(cls)
    except Exception:
        return {name: each for name, each in getattr(cls, "__annotations__", {}).items() if not isinstance(each, str)}


def find(name: str) -> Any:
    """What `module:qualname` names.

    Raises:
        ImportError, AttributeError: there is no such thing.
    """
    module, _, qualname = name.partition(":")
    found: Any = sys.modules.get(module) or importlib.import_module(module)
    for part in qualname.split("."):
        found = getattr(found, part)
    return found


# -- forms ----------------------------------------------------------------------------------------------------------

_FORM_DEPTH = 4
"""Objects within objects that are asked for field by field; deeper ones are asked for as JSON."""


def form_of(expected: Any, about: Any = None, depth: int = _FORM_DEPTH) -> dict[str, Any]:
    """How to ask a person for a value: kind (text, integer, number, boolean, choice, object, list, calls, json)."""
    origin, arguments = typing.get_origin(expected), typing.get_args(expected)
    calls = _helpers(expected, about)
    if calls:
        return {"kind": "calls", "options": calls}
    if origin is typing.Annotated:
        return form_of(arguments[0], about, depth)
    if origin is typing.Union or origin is getattr(types, "UnionType", None):
        rest = [each for each in arguments if each is not type(None)]
        if len(rest) == 1:
            return {**form_of(rest[0], None, depth), "optional": len(rest) < len(arguments)}
        return {"kind": "json"}
    if origin is typing.Literal:
        return {"kind": "choice", "options": [{"label": str(each), "value": each} for each in arguments]}
    if origin is list and arguments:
        return {"kind": "list", "of": form_of(arguments[0], None, depth - 1)}
    if not isinstance(expected, type):
        return {"kind": "json"}
    if issubclass(expected, enum.Enum):
        values = [(name, member.value) for name, member in expected.__members__.items()]
        simple = all(isinstance(each, (str, int, float, bool)) for _, each in values)
        options = [{"label": name, "value": each if simple else name} for name, each in values]
        return {"kind": "choice", "options": options}
    for base, kind in ((bool, "boolean"), (str, "text"), (int, "integer"), (float, "number"), (list, "json")):
        if issubclass(expected, base):
            return {"kind": kind}
    if issubclass(expected, (*_ISO, uuid.UUID, decimal.Decimal, pathlib.PurePath, datetime.timedelta)):
        return {"kind": "text", "of": type_name(expected)}
    fields = _fields(expected, depth) if depth > 0 else None
    return {"kind": "object", "fields": fields} if fields else {"kind": "json"}


def _fields(cls: Any, depth: int) -> list[dict[str, Any]] | None:
    hints = hints_of(cls)
    if dataclasses.is_dataclass(cls):
        out = []
        for field in dataclasses.fields(cls):
            if not field.init:
                continue
            default: dict[str, Any] = {}
            if field.default is not dataclasses.MISSING:
                default = {"default": show(field.default, 200)}
            elif field.default_factory is not dataclasses.MISSING:
                with contextlib.suppress(Exception):
                    default = {"default": show(field.default_factory(), 200)}
            form = form_of(hints.get(field.name, Any), None, depth - 1)
            out.append({"name": field.name, "required": not default, **default, "form": form})
        return out
    known = getattr(cls, "model_fields", None)
    if not isinstance(known, dict):
        return None
    out = []
    for name, field in known.items():
        required = bool(field.is_required())
        default = {}
        if not required:
            with contextlib.suppress(Exception):
                default = {"default": show(field.get_default(call_default_factory=True), 200)}
        form = form_of(hints.get(name, field.annotation), None, depth - 1)
        out.append({"name": field.alias or name, "required": required, **default, "form": form})
    return out


def _helpers(expected: Any, about: Any) -> list[dict[str, Any]]:
    """Ready answers to the framework's own requests: what each is called, and the JSON that gives it."""
    if getattr(about, "type", None) == "function_approval_request" and hasattr(about, "to_function_approval_response"):
        name = "to_function_approval_response"
        return [
            {"label": "approve", "call": name, "args": [True]},
            {"label": "reject", "call": name, "args": [False]},
        ]
    kind = type(about).__name__ if type(about).__module__.startswith("agent_framework") else ""
    if kind == "MagenticPlanReviewRequest":
        return [
            {"label": "approve the plan", "call": "approve", "args": []},
            {"label": "ask for a revision", "call": "revise", "args": [], "asks": "what should change"},
        ]
    if kind == "HandoffAgentUserRequest":
        return [
            {"label": "reply", "call": "create_response", "args": [], "asks": "your reply"},
            {"label": "end the conversation", "call": "terminate", "args": []},
        ]
    if getattr(expected, "__name__", "") == "AgentRequestInfoResponse":
        return [
            {"label": "approve", "call": "approve", "args": []},
            {"label": "say something", "call": "from_strings", "args": [], "asks": "your message", "list": True},
        ]
    return []


# -- the framework --------------------------------------------------------------------------------------------------

_ALLOWED = frozenset((
    *(f"builtins:{name}" for name in (
        "object", "complex", "range", "slice", "int", "float", "str", "bytes", "bytearray", "bool", "set", "frozenset",
        "list", "dict", "tuple", "type",
    )),
    "copyreg:_reconstructor", "datetime:datetime", "datetime:date", "datetime:time", "datetime:timedelta",
    "datetime:timezone", "uuid:UUID", "decimal:Decimal", "collections:OrderedDict", "collections:defaultdict",
    "collections:deque", "collections:Counter",
))  # fmt: skip
_PREFIXES = ("agent_framework.", "agent_framework_orchestrations.", "openai.types.")


class Guarded(pickle.Unpickler):
    """The allow-list of later releases, for Agent Framework 1.0.0, which has none of its own.

    Args:
        data: A pickle.
        allowed: Types to load besides the usual ones, `module:qualname`.
    """

    def __init__(self, data: bytes, allowed: frozenset[str]) -> None:
        super().__init__(io.BytesIO(data))
        self._names = allowed

    def find_class(self, module: str, name: str) -> Any:
        """A class that may be loaded."""
        key = f"{module}:{name}"
        if key not in _ALLOWED and key not in self._names and (not module.startswith(_PREFIXES) or "." in name):
            raise pickle.UnpicklingError(f"Checkpoint deserialization blocked for type '{key}'")
        found = super().find_class(module, name)
        if key == "copyreg:_reconstructor" or isinstance(found, type):
            return found
        raise pickle.UnpicklingError(f"Checkpoint deserialization blocked for non-type global '{key}'")


class Framework:
    """What differs between releases of agent_framework.

    Attributes:
        version: Of agent-framework-core.
        guards: Whether it has an allow-list of its own (from 1.0.1 on).
        refusal: What it does with a checkpoint that holds a type that is not allowed.
    """

    def __init__(self) -> None:
        try:
            from agent_framework import FileCheckpointStorage, WorkflowCheckpoint
            from agent_framework._workflows import _checkpoint_encoding as encoding
        except ImportError as error:
            fix = "install it there, or name another interpreter with --python: the one your workflow runs in"
            raise Fault("framework", f"{sys.executable} cannot import agent_framework: {error}", fix) from None
        from importlib.metadata import PackageNotFoundError, version

        try:
            self.version = version("agent-framework-core")
        except PackageNotFoundError:
            self.version = "?"
        self.storage_class: Any = FileCheckpointStorage
        self.checkpoint_class: Any = WorkflowCheckpoint
        self.encoding: Any = encoding
        self.guards = "allowed_checkpoint_types" in inspect.signature(FileCheckpointStorage.__init__).parameters
        numbers = tuple(int(each) for each in self.version.split(".")[:2] if each.isdigit())
        self.refusal = "is not saved" if numbers >= (1, 19) else "is saved, but cannot be loaded again"

    def storage(self, directory: str, allowed: frozenset[str]) -> Any:
        """The framework's own store in a directory."""
        if self.guards:
            return self.storage_class(directory, allowed_checkpoint_types=sorted(allowed))
        return self.storage_class(directory)

    def registered(self) -> frozenset[str]:
        """Types that the application allowed by register_checkpoint_type."""
        return frozenset(getattr(self.encoding, "_REGISTERED_CHECKPOINT_TYPE_KEYS", ()))

    def state_of(self, name: str, allowed: frozenset[str]) -> tuple[str, str]:
        """Whether a type can be loaded: ok, blocked or missing, and why."""
        module, _, qualname = name.partition(":")
        cls = getattr(self.encoding, "_RestrictedUnpickler", Guarded)
        try:
            cls(b"", allowed | self.registered()).find_class(module, qualname)
        except pickle.UnpicklingError as error:
            return "blocked", str(error)
        except (ImportError, AttributeError) as error:
            return "missing", str(error)
        except Exception as error:
            return "missing", said(error)
        return "ok", ""

    async def load(self, directory: str, identifier: str, allowed: frozenset[str]) -> Any:
        """One checkpoint, its objects real, under the allow-list whatever the release."""
        if self.guards:
            return await self.storage(directory, allowed).load(identifier)
        with open(os.path.join(directory, f"{identifier}.json")) as file:
            document = json.load(file)
        return self.checkpoint_class.from_dict(_decoded(document, allowed))


def _decoded(value: Any, allowed: frozenset[str]) -> Any:
    if isinstance(value, dict):
        if "__pickled__" in value and "__type__" in value:
            return Guarded(base64.b64decode(value["__pickled__"], validate=True), allowed).load()
        return {key: _decoded(item, allowed) for key, item in value.items()}
    return [_decoded(item, allowed) for item in value] if isinstance(value, list) else value


# -- the target -----------------------------------------------------------------------------------------------------


class Target:
    """Finds and builds the workflow that a text names: `module:attribute` or `path/file.py:attribute`.

    Args:
        text: The text.
        as_main: Load the file as `__main__`, as it was when it ran as a script.
    """

    def __init__(self, text: str, as_main: bool = False) -> None:
        place, _, self.attribute = text.rpartition(":")
        if not place or not self.attribute or place.endswith(os.sep):
            place, self.attribute = text.rstrip(":"), ""
        self.text = text
        self.place = place
        self.as_main = as_main
        self.file = place if place.endswith(".py") else ""

    def module(self) -> Any:
        """The module, imported.

        Raises:
            Fault: it cannot be.
        """
        try:
            if self.as_main:
                return self._as_main()
            if self.file:
                return self._from_file()
            return importlib.import_module(self.place)
        except Fault:
            raise
        except ModuleNotFoundError as error:
            name = error.name or ""
            if name and (self.place == name or self.place.startswith(name + ".")):
                fix = "name it as your program imports it, from the directory it is started in, or as path/file.py:name"
                raise Fault("load", f"there is no module {name}", fix) from None
            fix = f"install it for {sys.executable}, or name the interpreter your workflow runs in with --python"
            raise Fault("load", f"{self.place} cannot be imported: {error}", fix, trace_of(error)) from None
        except BaseException as error:  # sys.exit and KeyboardInterrupt are raised by scripts, too
            what = f"{self.place} cannot be imported: {said(error)}"
            fix = "a module that is resumed from must be importable without running; guard its run by __name__"
            raise Fault("load", what, fix, trace_of(error)) from None

    def _source(self) -> str:
        if self.file:
            path = os.path.abspath(self.file)
        else:
            spec = importlib.util.find_spec(self.place)
            path = (spec.origin if spec else None) or ""
        if not os.path.isfile(path):
            raise Fault("load", f"there is no file {path or self.place}", "check the path of --workflow")
        return path

    def _from_file(self) -> Any:
        path = self._source()
        name = os.path.splitext(os.path.basename(path))[0]
        _first_on_path(os.path.dirname(path))
        known = sys.modules.get(name)
        if known is not None and os.path.abspath(getattr(known, "__file__", None) or "") == path:
            return known
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise Fault("load", f"{path} is no Python file", "check the path of --workflow")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module

    def _as_main(self) -> Any:
        path = self._source()
        _first_on_path(os.path.dirname(path))
        with open(path, "rb") as file:
            tree = ast.parse(file.read(), path)
        tree.body = [each for each in tree.body if not _is_guard(each)]
        module = types.ModuleType("__main__")
        module.__file__ = path
        keep.append(sys.modules["__main__"])
        sys.modules["__main__"] = module
        exec(compile(tree, path, "exec"), module.__dict__)  # noqa: S102 the person named this file to be run
        return module

    def build(
        self, module: Any, given: dict[str, Any], storage: Callable[[], Any], finish: Callable[[Any], Any]
    ) -> Any:
        """The workflow.

        Args:
            module: The module it is in.
            given: Arguments for a factory.
            storage: Makes what is handed to a factory that demands a storage.
            finish: Awaits what an asynchronous factory gives.

        Raises:
            Fault: there is none.
        """
        found = self._attribute(module)
        used = not given
        for _ in range(6):
            if is_workflow(found):
                if not used:
                    raise Fault("load", f"{self.text} takes no arguments", "leave out --arg")
                return found
            inner = getattr(found, "workflow", None)
            if inner is not None and not isinstance(found, type) and is_workflow(inner):
                found = inner
            elif not isinstance(found, type) and callable(getattr(found, "build", None)):
                found = self._call(found.build, {}, storage)
            elif callable(found) and not _makes_none(found, given):
                found = self._call(found, given, storage)
                used = True
            else:
                break
            if inspect.isawaitable(found):
                found = self._awaited(found, finish)
        gives = f"is the class {type_name(found)}" if isinstance(found, type) else f"gives {type_name(type(found))}"
        fix = "name a Workflow, a builder, a function that returns one, or an agent made of one"
        names = self._suggestions(module)
        raise Fault("load", f"{self.text} {gives}, which is no workflow", f"{fix}; {names}" if names else fix)

    def _attribute(self, module: Any) -> Any:
        if not self.attribute:
            raise Fault("load", f"{self.text} names no attribute", self._suggestion(module))
        found = module
        for part in self.attribute.split("."):
            if not hasattr(found, part):
                raise Fault("load", f"{self.place} has no {self.attribute}", self._suggestion(module))
            found = getattr(found, part)
        return found

    def _suggestion(self, module: Any) -> str:
        return self._suggestions(module) or "name what builds the workflow: module:attribute"

    def _suggestions(self, module: Any) -> str:
        """What else it could be: what is a workflow, else what may make one, the names most like it first."""
        known = {name: value for name, value in vars(module).items() if not name.startswith("_")}
        names = [name for name, value in known.items() if _looks(value, module)]
        if not names:
            names = [name for name, value in known.items() if _may_make(value, module)]
        close = difflib.get_close_matches(self.attribute, names, len(names) or 1, 0.6)
        names = [*close, *(name for name in names if name not in close)]
        return "it could be " + ", ".join(f"{self.place}:{name}" for name in names[:4]) if names else ""

    def _call(self, function: Any, given: dict[str, Any], storage: Callable[[], Any]) -> Any:
        try:
            parameters = inspect.signature(function).parameters
        except (TypeError, ValueError):
            parameters = {}  # type: ignore[assignment]
        arguments = dict(given)
        anything = any(each.kind is each.VAR_KEYWORD for each in parameters.values())
        for name in given:
            if name not in parameters and not anything:
                known = ", ".join(parameters) or "none"
                raise Fault("load", f"{self.text} has no argument {name}", f"its arguments: {known}")
        for name, each in parameters.items():
            required = each.default is each.empty and each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)
            if name in arguments or not required:
                continue
            if name in ("storage", "checkpoint_storage"):
                arguments[name] = storage()
            else:
                raise Fault("load", f"{self.text} needs the argument {name}", f"give it with --arg {name}=JSON")
        try:
            return function(**arguments)
        except Fault:
            raise
        except BaseException as error:  # a factory may call sys.exit, for want of a key
            raise self._raised(error) from None

    def _awaited(self, found: Any, finish: Callable[[Any], Any]) -> Any:
        try:
            return finish(found)
        except Exception as error:
            raise self._raised(error) from None

    def _raised(self, error: BaseException) -> Fault:
        fix = "it must build the workflow here as it does in your program: same directory, environment and arguments"
        return Fault("load", f"{self.text} raised {said(error)}", fix, trace_of(error))


keep: list[Any] = []
"""The module of this file, once another one is `__main__`: its names must live on."""


def is_workflow(value: Any) -> bool:
    """Whether a value can be run from a checkpoint."""
    return (
        not isinstance(value, type) and hasattr(value, "graph_signature_hash") and callable(getattr(value, "run", None))
    )


def _looks(value: Any, module: Any) -> bool:
    if is_workflow(value):
        return True
    if isinstance(value, types.FunctionType) and value.__module__ == module.__name__:
        return "Workflow" in str(value.__annotations__.get("return", "")) or "workflow" in value.__name__
    cls = type(value)
    return cls.__module__.startswith("agent_framework") and callable(getattr(value, "build", None))


def _may_make(value: Any, module: Any) -> bool:
    """Whether a value is a function of the module that can be called as it is."""
    if not isinstance(value, types.FunctionType) or value.__module__ != module.__name__:
        return False
    if inspect.iscoroutinefunction(value) and value.__name__ == "main":
        return False
    given = ("storage", "checkpoint_storage")
    parameters = inspect.signature(value).parameters.values()
    return all(
        each.default is not each.empty or each.kind in (each.VAR_KEYWORD, each.VAR_POSITIONAL) or each.name in given
        for each in parameters
    )


def _makes_none(value: Any, given: dict[str, Any]) -> bool:
    """Whether a value is a class, of data or of executors, that makes no workflow when it is called."""
    if not isinstance(value, type) or hasattr(value, "build"):
        return False
    data = dataclasses.is_dataclass(value) or hasattr(value, "model_fields") or issubclass(value, enum.Enum)
    return data or (not given and callable(getattr(value, "on_checkpoint_save", None)))


def _is_guard(node: ast.stmt) -> bool:
    """Whether a statement is `if __name__ == "__main__":`."""
    test = node.test if isinstance(node, ast.If) else None
    parts = [test.left, *test.comparators] if isinstance(test, ast.Compare) else []
    names = [each.id for each in parts if isinstance(each, ast.Name)]
    return "__name__" in names and any(isinstance(each, ast.Constant) and each.value == "__main__" for each in parts)


def _first_on_path(directory: str) -> None:
    if directory in sys.path:
        sys.path.remove(directory)
    sys.path.insert(0, directory)


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


# -- storage --------------------------------------------------------------------------------------------------------


class Overlay:
    """A checkpoint storage that reads the original store and writes beside it.

    Args:
        source: The framework's store of the checkpoint that is resumed; nothing in it is changed.
        target: Where new checkpoints go.
        held: Checkpoints at hand, by id: the resumed one, edited.
        lines: Where saves are told.
        directory: The directory of `target`, for the lines.
    """

    def __init__(self, source: Any, target: Any, held: dict[str, Any], lines: Lines, directory: str) -> None:
        self._source, self._target, self._held = source, target, held
        self._lines, self._directory = lines, quoted(directory)
        self.saved = 0
        self.last: Any = None
        self.failure = ""
        """Why the latest save failed, or "" when it did not."""

    async def save(self, checkpoint: Any) -> str:
        """Save into the target, and tell."""
        try:
            saved: str = await self._target.save(checkpoint)
        except Exception as error:
            fix = save_fix(error)
            self.failure = f"the type {fix['type']} is not allowed" if "type" in fix else said(error)
            self._lines.say(
                "checkpoint_failed", id=checkpoint.checkpoint_id, parent=checkpoint.previous_checkpoint_id,
                iteration=checkpoint.iteration_count, reason=self.failure, **fix,
            )  # fmt: skip
            raise
        self.saved += 1
        self.last, self.failure = checkpoint, ""
        parent = checkpoint.previous_checkpoint_id
        self._lines.put(
            "checkpoint",
            f'"id":{quoted(saved)},"parent":{"null" if parent is None else quoted(parent)},"iteration":'
            f'{checkpoint.iteration_count:d},"pending":{len(checkpoint.pending_request_info_events)},'
            f'"directory":{self._directory}}}',
        )
        return saved

    async def load(self, checkpoint_id: str) -> Any:
        """The checkpoint at hand, else from the target, else from the source."""
        if checkpoint_id in self._held:
            return self._held.pop(checkpoint_id)
        try:
            return await self._target.load(checkpoint_id)
        except Exception:
            return await self._source.load(checkpoint_id)

    async def list_checkpoints(self, *, workflow_name: str) -> list[Any]:
        """Those of both stores."""
        found = {
            each.checkpoint_id: each
            for store in (self._source, self._target)
            for each in await store.list_checkpoints(workflow_name=workflow_name)
        }
        return list(found.values())

    async def delete(self, checkpoint_id: str) -> bool:
        """Delete from the target; the original keeps what it has."""
        deleted: bool = await self._target.delete(checkpoint_id)
        return deleted

    async def get_latest(self, *, workflow_name: str) -> Any:
        """The latest of both stores."""
        found = await self.list_checkpoints(workflow_name=workflow_name)
        return max(found, key=lambda each: datetime.datetime.fromisoformat(each.timestamp), default=None)

    async def list_checkpoint_ids(self, *, workflow_name: str) -> list[str]:
        """Ids of both stores."""
        return [each.checkpoint_id for each in await self.list_checkpoints(workflow_name=workflow_name)]


def save_fix(error: BaseException) -> dict[str, Any]:
    """What to do about a save that failed."""
    texts = []
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError):
            return {"fix": f"free some room or choose another directory: {cause.strerror}"}
        texts.append(str(cause))
        cause = cause.__cause__ or cause.__context__
    text = " ".join(texts)
    for mark in ("for type '", "for nested type '"):
        if mark in text:
            name = text.partition(mark)[2].partition("'")[0]
            return {"type": name, "fix": f"allow the type: --allow {name}"}
    return {"fix": "make the state, the messages and the executors' own state values that pickle can write"}


# -- edits ----------------------------------------------------------------------------------------------------------


class Editor:
    """Changes values of a checkpoint whose objects are real.

    Args:
        checkpoint: The checkpoint, loaded for this run alone.
        maker: Makes values of JSON.
    """

    ROOTS: typing.ClassVar = {"state": "state", "messages": "messages"}

    def __init__(self, checkpoint: Any, maker: Maker) -> None:
        self._checkpoint, self._maker = checkpoint, maker

    def apply(self, path: list[Any], document: Any) -> dict[str, Any]:
        """Set one value; returns what it was and is, as JSON.

        Raises:
            ValueError: there is no such place, or the value does not fit it.
        """
        if len(path) < 2 or path[0] not in self.ROOTS:
            raise ValueError("only values below state and messages can be edited")
        chain: list[tuple[Any, Any]] = []  # (container, step)
        holder: Any = getattr(self._checkpoint, self.ROOTS[path[0]])
        steps = [step for step in path[1:] if step not in ("$items", "$args")]
        for step in steps[:-1]:
            chain.append((holder, step))
            holder = self._get(holder, step)
        last = steps[-1]
        absent = isinstance(holder, dict) and last not in holder
        before = None if absent else self._get(holder, last)
        after = self._maker.value(document, self._type(holder, last, before, absent), "")
        chain.append((holder, last))
        self._put(chain, after)
        return {"before": show(before), "after": show(after), "absent": absent}

    def _get(self, holder: Any, step: Any) -> Any:
        if isinstance(holder, dict):
            for key in (step, *(key for key in holder if type(key) is not str and str(key) == step)):
                if key in holder:
                    return holder[key]
        elif isinstance(step, int) and isinstance(holder, (list, tuple, collections.deque)):
            if step < len(holder):
                return holder[step]
        else:
            for name, item in attributes(holder):
                if name == step:
                    return item
        names = list(holder) if isinstance(holder, dict) else [name for name, _ in attributes(holder)]
        has = f"; it has {', '.join(str(name)[:40] for name in names[:8])}" if names else ""
        raise ValueError(f"{type_name(type(holder))} has no {step}{has}")

    def _type(self, holder: Any, step: Any, before: Any, absent: bool) -> Any:
        if isinstance(step, str) and not isinstance(holder, dict):
            hint = hints_of(type(holder)).get(step, Any)
            if hint is not Any and not isinstance(hint, (str, typing.TypeVar)):
                return hint
        if absent or before is None or isinstance(before, (dict, list)):
            return Any
        return type(before)

    def _put(self, chain: list[tuple[Any, Any]], value: Any) -> None:
        """Set the member at the end of a chain; what cannot be changed is made anew, up to something that can."""
        while chain:
            holder, step = chain.pop()
            if isinstance(holder, tuple):
                members = [value if index == step else item for index, item in enumerate(holder)]
                value = type(holder)(*members) if hasattr(holder, "_fields") else type(holder)(members)
                continue
            if isinstance(holder, dict):
                key = step if step in holder else next((key for key in holder if str(key) == step), step)
                holder[key] = value
            elif isinstance(step, int):
                holder[step] = value
            else:
                object.__setattr__(holder, step, value)
            return
        raise ValueError("this value cannot be changed in place")


# -- the run --------------------------------------------------------------------------------------------------------


class Runner:
    """One plan, from its check to its end.

    Args:
        plan: What to do; see docs/resume.md.
        lines: Where it is told.
        inbox: Commands of the parent.
    """

    def __init__(self, plan: dict[str, Any], lines: Lines, loop: asyncio.AbstractEventLoop) -> None:
        self.plan, self.lines, self.loop = plan, lines, loop
        self.inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.framework = Framework()
        self.allowed: frozenset[str] = frozenset()
        self.storage_types: frozenset[str] = frozenset()
        self.workflow: Any = None
        self.checkpoint: Any = None
        self.overlay: Overlay | None = None
        self.seen: dict[str, Any] = {}
        self.task: asyncio.Task[Any] | None = None
        self.stopping = False

    # loading, before the loop runs: factories may use a loop of their own

    def load(self) -> None:
        """Import the target and build the workflow."""
        plan = self.plan
        self.allowed = frozenset(plan.get("allow", ()))
        target = Target(plan["target"], bool(plan.get("main")))
        module = target.module()
        self._take_storage()
        given = plan.get("args", {})
        workflow = target.build(module, given, self._source_storage, self.loop.run_until_complete)
        differs = workflow.graph_signature_hash != plan["graph"] and not target.as_main
        if differs and hash_as(workflow, module.__name__, "__main__") == plan["graph"]:
            # Written by a script that was started itself: its classes are those of __main__.
            target = Target(plan["target"], as_main=True)
            module = target.module()
            self._take_storage(module)
            workflow = target.build(module, given, self._source_storage, self.loop.run_until_complete)
        self.module, self.target, self.workflow = module, target, workflow

    def _source_storage(self) -> Any:
        return self.framework.storage(self.plan["store"], self._types())

    def _types(self) -> frozenset[str]:
        return self.allowed | self.storage_types

    def _take_storage(self, script: Any = None) -> None:
        """Take the allow-list of the application's own storage.

        Args:
            script: The module that was loaded as the script it was; a storage of the same file is the script's.
        """
        text = self.plan.get("storage")
        if not text:
            return
        target = Target(text)
        module = target.module()
        if script is not None and getattr(module, "__file__", None) == script.__file__:
            module = script
        found = target._attribute(module)
        try:
            if callable(found) and not hasattr(found, "save"):
                required = [
                    each for each in inspect.signature(found).parameters.values()
                    if each.default is each.empty and each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
                ]  # fmt: skip
                found = found(*([self.plan["store"]] if len(required) == 1 else []))
            if inspect.isawaitable(found):
                found = self.loop.run_until_complete(found)
        except BaseException as error:
            what = f"{text} raised {said(error)}"
            raise Fault("storage", what, "it must give a checkpoint storage", trace_of(error)) from None
        types_ = getattr(found, "_allowed_types", None)
        if types_ is None and not hasattr(found, "save"):
            raise Fault("storage", f"{text} gives {type_name(type(found))}, which is no checkpoint storage")
        self.storage_types = frozenset(str(each) for each in types_ or ())

    # the check

    def graph_line(self) -> dict[str, Any]:
        """The graph of the workflow."""
        workflow = self.workflow
        graph: dict[str, Any] = {}
        with contextlib.suppress(Exception):
            graph = workflow.to_dict()
        executors = {
            str(name): {"type": type_name(type(each))} for name, each in getattr(workflow, "executors", {}).items()
        }
        edges = [
            {"group": str(group.get("type")), "source": edge.get("source_id"), "target": edge.get("target_id"),
             "condition": edge.get("condition_name")}
            for group in graph.get("edge_groups", ()) if group.get("type") != "InternalEdgeGroup"
            for edge in group.get("edges", ())
        ]  # fmt: skip
        return {
            "name": str(getattr(workflow, "name", "")), "hash": workflow.graph_signature_hash,
            "start": graph.get("start_executor_id"), "max_iterations": getattr(workflow, "max_iterations", None),
            "executors": executors, "edges": edges,
        }  # fmt: skip

    async def check(self) -> dict[str, Any]:
        """Everything that can be told before it runs; the checkpoint is loaded by it."""
        problems: list[dict[str, Any]] = []
        found: dict[str, Any] = {
            "target": self.plan["target"], "file": getattr(self.module, "__file__", None) or "",
            "main": self.target.as_main, "problems": problems, "types": self._check_types(problems),
            "requests": [], "again": [], "edits": [], "into": self.plan.get("into"),
        }  # fmt: skip
        self.checkpoint = None
        if not any(each["level"] == "error" for each in problems):
            await self._load_checkpoint(problems)
        self._check_graph(problems)
        self._check_later(problems)
        if self.checkpoint is not None:
            self._check_limit(problems)
            found["requests"] = [request_line(key, each) for key, each in self._pending().items()]
            self._check_responses(problems)
            found["edits"] = self._check_edits(problems)
            found["again"] = self._again()
        found["ok"] = not any(each["level"] == "error" for each in problems)
        return found

    def _check_types(self, problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
        out = []
        allowed = self._types()
        for name in self.plan.get("types", ()):
            state, why = self.framework.state_of(name, allowed)
            out.append({"type": name, "state": state})
            if state == "blocked":
                problems.append(
                    _problem("error", "type", f"{name} is not allowed to be loaded", f"--allow {name}", name)
                )
            elif state == "missing":
                fix = "run it where the class is importable under this name, or name its script as path/file.py:name"
                problems.append(_problem("error", "type", f"{name} cannot be imported: {why}", fix, name))
        return out

    def _check_later(self, problems: list[dict[str, Any]]) -> None:
        """Types that the workflow's handlers name and that are not allowed: checkpoints to come may hold them."""
        allowed = self._types()
        known = {str(each["name"]) for each in problems}
        for name in handled_types(self.workflow):
            if name not in known and self.framework.state_of(name, allowed)[0] == "blocked":
                what = f"{name} is not allowed: a checkpoint that holds one {self.framework.refusal}"
                problems.append(_problem("warning", "save", what, f"--allow {name}", name))

    async def _load_checkpoint(self, problems: list[dict[str, Any]]) -> None:
        plan = self.plan
        try:
            self.checkpoint = await self.framework.load(plan["store"], plan["checkpoint"], self._types())
        except Exception as error:
            name = save_fix(error).get("type", "")
            fix = f"--allow {name}" if name else "`ckpt-tui doctor` tells what is wrong with the file"
            problems.append(_problem("error", "type" if name else "checkpoint", said(error), fix, name))

    def _check_graph(self, problems: list[dict[str, Any]]) -> None:
        workflow, wanted = self.workflow, self.plan["graph"]
        if workflow.graph_signature_hash == wanted:
            return
        kept = set(self.plan.get("executors", ()))
        have = set(getattr(workflow, "executors", {}))
        gone, new = sorted(kept - have), sorted(have - kept)
        parts = []
        if gone:
            parts.append(f"in the checkpoint but not in the workflow: {', '.join(gone)}")
        if new:
            parts.append(f"in the workflow but not in the checkpoint: {', '.join(new)}")
        if not parts and kept:
            parts.append("the executors have the same names, so their classes, modules or edges differ")
        fix = "build the workflow as it was when the checkpoint was written"
        place = self.module.__name__
        for module in self.plan.get("modules", ()):
            if hash_as(workflow, place, module) == wanted:
                fix = f"name it by the module it was imported as: --workflow {module}:{self.target.attribute}"
        what = "the graph of the workflow is another than the checkpoint's" + (f"; {'; '.join(parts)}" if parts else "")
        problems.append(_problem("error", "graph", what, fix))

    def _check_limit(self, problems: list[dict[str, Any]]) -> None:
        limit = getattr(self.workflow, "max_iterations", None)
        done = self.checkpoint.iteration_count
        if not isinstance(limit, int):
            return
        if done >= limit:
            what = f"the checkpoint is at iteration {done}, the workflow ends at {limit}"
            problems.append(_problem("error", "limit", what, "build it with a larger max_iterations"))
        elif limit - done <= 5:
            what = f"{limit - done} iterations are left: the workflow ends at {limit}"
            problems.append(_problem("warning", "limit", what, "build it with a larger max_iterations"))

    def _pending(self) -> dict[str, Any]:
        return dict(self.checkpoint.pending_request_info_events)

    def _check_responses(self, problems: list[dict[str, Any]]) -> None:
        pending = self._pending()
        given = self.plan.get("responses", {})
        _, faults = self._answers(given, pending)
        problems.extend(_problem("error", "response", what, fix, name) for name, what, fix in faults)
        for name, event in pending.items():
            if name not in given:
                what = f"{event.source_executor_id} waits for an answer to {name}: {type_name(event.response_type)}"
                answer = example(form_of(event.response_type, event.data))
                problems.append(_problem("warning", "pending", what, f"--response '{name}={answer}'", name))

    def _answers(
        self, given: dict[str, Any], pending: dict[str, Any]
    ) -> tuple[dict[str, Any], list[tuple[str, str, str]]]:
        maker = self._maker()
        answers, faults = {}, []
        for name, document in given.items():
            event = pending.get(name)
            if event is None:
                known = ", ".join(pending) or "none"
                faults.append((name, f"no request {name} waits for an answer", f"waiting: {known}"))
                continue
            expected = event.response_type
            try:
                answers[name] = maker.make(document, expected, event.data)
            except ValueError as error:
                answers[name], fault = self._coerced(document, expected, error)
                if fault:
                    faults.append((name, f"the answer to {name} does not fit: {fault}", answer_hint(expected)))
        return answers, faults

    def _coerced(self, document: Any, expected: Any, error: ValueError) -> tuple[Any, str]:
        """What the framework itself makes of an answer that is no plain JSON of its type."""
        with contextlib.suppress(Exception):
            from agent_framework._workflows._typing_utils import is_instance_of, try_coerce_to_type

            made = try_coerce_to_type(document, expected)
            if is_instance_of(made, expected):
                return made, ""
        return None, str(error)

    def _maker(self) -> Maker:
        allowed = self._types()
        return Maker(lambda name: self.framework.state_of(name, allowed)[0] == "ok")

    def _check_edits(self, problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
        editor = Editor(self.checkpoint, self._maker())
        done = []
        for edit in self.plan.get("edits", ()):
            try:
                done.append({"path": edit["path"], **editor.apply(edit["steps"], edit["value"])})
            except ValueError as error:
                problems.append(_problem("error", "edit", f"{edit['path']}: {error}", "give a value that fits"))
            except Exception as error:
                problems.append(_problem("error", "edit", f"{edit['path']}: {said(error)}", "edit another value"))
        return done

    def _again(self) -> list[dict[str, Any]]:
        """What runs first: each message in flight and where it goes, each answer and who takes it."""
        targets: dict[str, list[str]] = {}
        for edge in self.graph_line()["edges"]:
            targets.setdefault(str(edge["source"]), []).append(str(edge["target"]))
        out = []
        for source, messages in self.checkpoint.messages.items():
            for message in messages:
                if source.startswith("internal:"):
                    to = [source.removeprefix("internal:")]
                else:
                    to = [message.target_id] if message.target_id else targets.get(source, [])
                out.append({"from": source, "to": to, "type": type_name(type(message.data))})
        pending = self._pending()
        for name in self.plan.get("responses", {}):
            if name in pending:
                executor = pending[name].source_executor_id
                out.append({"from": f"answer {name}", "to": [executor], "type": type_name(pending[name].response_type)})
        joins = self.checkpoint.state.get("_edge_state", None) or ()
        out.extend({"from": "waiting in a fan-in", "to": [], "type": str(key)[:200]} for key in joins)
        return out

    # running

    async def work(self) -> str:
        """Do what the plan says; returns the outcome."""
        mode = self.plan.get("mode", "run")
        found = await self.check()
        self.lines.say("check", **found)
        while mode == "ask":
            command = await self.inbox.get()
            if command.get("do") == "stop":
                return "stopped"
            if command.get("do") in ("check", "run"):
                for key in ("responses", "edits", "allow", "into"):
                    if key in command:
                        self.plan[key] = command[key]
                self.allowed = frozenset(self.plan.get("allow", ()))
                found = await self.check()
                if command["do"] == "run" and found["ok"]:
                    break
                self.lines.say("check", **found)
        if mode == "check":
            return "checked" if found["ok"] else "refused"
        if not found["ok"]:
            for problem in found["problems"]:
                if problem["level"] == "error":
                    self.lines.say("error", where=problem["about"], what=problem["what"], fix=problem["fix"])
            return "refused"
        return await self._run(found, mode == "ask")

    async def _run(self, found: dict[str, Any], interactive: bool) -> str:
        plan = self.plan
        into = plan["into"]
        pending = self._pending()
        answers, _ = self._answers(plan.get("responses", {}), pending)
        try:
            target = self.framework.storage(into, self._types())
            self._record(found, answers)
        except OSError as error:
            what = f"{into} cannot be written: {error.strerror}"
            raise Fault("into", what, "choose another directory for new checkpoints with --into") from None
        source = self.framework.storage(plan["store"], self._types())
        held = {plan["checkpoint"]: self.checkpoint}
        overlay = self.overlay = Overlay(source, target, held, self.lines, into)
        self._tell_logs()
        # Modules, classes and the workflow stay to the end: the collector need not look through them in every round.
        gc.freeze()
        how: dict[str, Any] = {"checkpoint_id": plan["checkpoint"]}
        if answers:
            how["responses"] = answers
        while True:
            waiting = await self._segment(overlay, how)
            if not waiting or not interactive:
                return "waiting" if waiting else "done"
            self.lines.say("waiting", requests=[request_line(key, each) for key, each in waiting.items()])
            answers = await self._next_answers(waiting)
            if self.stopping:
                return "stopped"
            how = {"responses": answers}

    async def _next_answers(self, waiting: dict[str, Any]) -> dict[str, Any]:
        while True:
            command = await self.inbox.get()
            if command.get("do") == "stop":
                self.stopping = True
                return {}
            if command.get("do") == "answer":
                answers, faults = self._answers(command.get("responses", {}), waiting)
                if answers and not faults:
                    self.lines.say("answered", request_ids=sorted(answers))
                    return answers
                for name, what, fix in faults:
                    self.lines.say("error", where="response", what=what, fix=fix, request_id=name)

    async def _segment(self, overlay: Overlay, how: dict[str, Any]) -> dict[str, Any]:
        """Run until it ends or waits; returns the requests that wait."""
        saved = overlay.saved
        seen: dict[str, Any] = {}
        stream = self.workflow.run(stream=True, checkpoint_storage=overlay, **how)
        put = self.lines.put
        step = None
        async for event in stream:
            if event.type == "request_info":
                seen[event.request_id] = event
            elif event.type == "superstep_started":
                step = event.iteration
            put("event", event_text(event, step))
            if event.type == "superstep_completed":
                step = None
        if overlay.saved > saved and not overlay.failure:
            # Later than any event, and right where the state of older releases is not.
            return dict(overlay.last.pending_request_info_events)
        return seen

    def _record(self, found: dict[str, Any], answers: dict[str, Any]) -> None:
        """Write beside the new checkpoints where they come from and what was edited; never in the framework's own."""
        plan = self.plan
        entry = {
            "schema": "ckpt-tui/fork@1", "at": now(), "store": plan["store"], "checkpoint": plan["checkpoint"],
            "workflow": plan["target"], "answered": sorted(answers), "edits": found["edits"],
            "framework": self.framework.version,
        }  # fmt: skip
        path = os.path.join(plan["into"], "ckpt-tui-fork.jsonl")
        if os.path.realpath(plan["into"]) == os.path.realpath(plan["store"]) and not found["edits"]:
            return
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=True) + "\n")

    def _tell_logs(self) -> None:
        handler = Logs(self.lines, self.overlay)
        logging.getLogger().addHandler(handler)

    def stop(self) -> None:
        """Cancel what runs."""
        self.stopping = True
        if self.task is not None:
            self.task.cancel()


class Logs(logging.Handler):
    """Log records of the application as lines; a failed save that only the framework's log tells is one of its own."""

    def __init__(self, lines: Lines, overlay: Overlay | None) -> None:
        super().__init__()
        self._lines, self._overlay = lines, overlay

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        try:
            text = record.getMessage()[:TEXT]
            if record.name.startswith("agent_framework") and text.startswith("Failed to create checkpoint"):
                if self._overlay is None or not self._overlay.failure:
                    self._lines.say("checkpoint_failed", id=None, parent=None, iteration=None, reason=text, fix="")
                return
            trace = ""
            if record.exc_info and record.exc_info[1] is not None:
                trace = trace_of(record.exc_info[1])
            self._lines.say("log", level=record.levelname, logger=record.name, text=text, traceback=trace)
        except Exception:
            self.handleError(record)


def _problem(level: str, about: str, what: str, fix: str, name: str = "") -> dict[str, Any]:
    return {"level": level, "about": about, "what": what, "fix": fix, "name": name}


def answer_hint(expected: Any) -> str:
    """What an answer of a type looks like."""
    return f"it must be {type_name(expected)}: {example(form_of(expected))}"


def example(form: dict[str, Any]) -> str:
    """JSON that a form would give, for a message."""
    kind = form["kind"]
    if kind == "object":
        inner = ", ".join(f'"{each["name"]}": {example(each["form"])}' for each in form["fields"])
        return "{" + inner + "}"
    if kind == "list":
        return f"[{example(form['of'])}, …]"
    if kind == "calls":
        each = form["options"][0]
        arguments = ["…"] if each.get("asks") else each["args"]
        return json.dumps({"$call": each["call"], "$args": arguments}, ensure_ascii=False)
    if kind == "choice":
        return " or ".join(json.dumps(each["value"]) for each in form["options"])
    return {"text": '"…"', "integer": "1", "number": "0.5", "boolean": "true or false"}.get(kind, "JSON")


def request_line(name: str, event: Any) -> dict[str, Any]:
    """One request that waits, with how to ask a person for its answer."""
    return {
        "request_id": name, "executor": event.source_executor_id, "request_type": type_name(type(event.data)),
        "response_type": type_name(event.response_type), "data": show(event.data),
        "form": form_of(event.response_type, event.data),
    }  # fmt: skip


def event_line(event: Any, step: int | None = None) -> dict[str, Any]:
    """The fields of an event; `step` is the superstep it falls in."""
    state, details, data = event.state, event.details, event.data
    out: dict[str, Any] = {
        "type": event.type, "executor_id": event.executor_id,
        "iteration": step if event.iteration is None else event.iteration,
        "state": state.value if isinstance(state, enum.Enum) else state, "request_id": None,
        "data": None if data is None or data is details else show(data),
    }  # fmt: skip
    if event.type == "request_info":
        out.update(
            request_id=event.request_id, executor_id=event.executor_id or event.source_executor_id,
            request_type=type_name(event.request_type), response_type=type_name(event.response_type),
        )  # fmt: skip
    if details is not None:
        names = ("error_type", "message", "traceback", "executor_id")
        out["details"] = {name: show(getattr(details, name, None)) for name in names}
    return out


_HEADS: dict[tuple[str, str | None], str] = {}
"""Type and executor → how their event lines begin."""

_SHORT = 3_000
"""Characters of JSON below which nothing in it can be too long."""

_SIMPLE = frozenset((str, int, float, bool, type(None)))


def event_text(event: Any, step: int | None = None) -> str:
    """`event_line` as JSON, without the brace that opens it; events come by the thousand, most of one shape."""
    if event.details is not None or event.state is not None or event.type == "request_info":
        return encode(event_line(event, step))[1:]
    key = event.type, event.executor_id
    head = _HEADS.get(key)
    if head is None:
        if len(_HEADS) > 1_000:
            _HEADS.clear()
        head = _HEADS[key] = f'"type":{encode(key[0])},"executor_id":{encode(key[1])},"iteration":'
    number = step if event.iteration is None else event.iteration
    data = event.data
    text = "null" if data is None else brief_text(data) or encode(show(data))
    return f'{head}{"null" if number is None else number},"state":null,"request_id":null,"data":{text}}}'


def brief_text(value: Any) -> str:
    """The JSON of a value that is a short text, or an object with nothing but short members; "" for any other."""
    kind = type(value)
    if kind is str:
        return quoted(value) if len(value) < _SHORT else ""
    if kind is list:
        text = brief_text(value[0]) if len(value) == 1 else ""
        return f"[{text}]" if text else ""
    name = _PLAIN.get(kind)
    if not name:
        return ""
    members = value.__dict__
    for each in members.values():
        if type(each) not in _SIMPLE:
            return ""
    try:
        text = encode(members)
    except ValueError:  # no finite number
        return ""
    if len(text) > _SHORT or len(text) < 3 or '"$' in text:
        return ""
    return f'{{"$type":{quoted(name)},{text[1:]}'


# -- the process ----------------------------------------------------------------------------------------------------


def die_with(parent: int) -> None:
    """Have the system kill this process when its parent dies, where it can; a closed standard input tells elsewhere."""
    if sys.platform == "linux":
        with contextlib.suppress(Exception):
            import ctypes

            ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
    if parent and hasattr(os, "getppid") and os.getppid() != parent:
        vanish()


def _high(descriptor: int) -> int:
    """A copy of a descriptor, out of the way of programs that close or reuse the low ones."""
    with contextlib.suppress(Exception):
        import fcntl

        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 200)
    return os.dup(descriptor)


def take_streams() -> tuple[Lines, Any]:
    """Keep the standard input and output for ourselves; the workflow prints to standard error and reads nothing."""
    commands = os.fdopen(_high(0), "rb")
    lines = Lines(_high(1))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        # Without a buffer: seen at once, and nothing is lost when the process is killed.
        raw: Any = Printed(descriptor, lines)
        stream = io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", write_through=True)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    with contextlib.suppress(Exception):
        faulthandler.enable(2)  # a crash tells which code it was in
    return lines, commands


class Printed(io.FileIO):
    """A descriptor that is printed to; what was told before goes first, so that a reader has both in order.

    Args:
        descriptor: Where it goes; never closed by this object.
        lines: What may hold lines that were told before.
    """

    def __init__(self, descriptor: int, lines: Lines) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self._lines = lines

    def write(self, data: Any) -> int:
        """Write bytes, after the lines."""
        self._lines.hurry()
        return super().write(data)


def listen(commands: Any, loop: asyncio.AbstractEventLoop, runner: list[Runner], early: list[dict[str, Any]]) -> None:
    """Pass on the commands of the parent, until it is gone."""
    for line in commands:
        try:
            command = json.loads(line)
        except ValueError:
            continue
        if runner:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(runner[0].inbox.put_nowait, command)
        else:
            early.append(command)
    if runner:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(runner[0].stop)
        time.sleep(LEAVE_SECONDS)
    vanish()


def leave(code: int) -> typing.NoReturn:
    """End the process whatever threads the workflow left behind."""
    late = threading.Timer(LEAVE_SECONDS, os._exit, (code,))
    late.daemon = True
    late.start()
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()
    os._exit(code)


def main() -> None:
    """Run one plan."""
    lines, commands = take_streams()
    os.environ.setdefault("ENABLE_SENSITIVE_DATA", "true")  # else 1.22 and later hide what went wrong
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [os.getcwd(), *(each for each in sys.path if os.path.abspath(each or os.getcwd()) != here)]
    outcome, code, runner = "failed", 5, None
    fields: dict[str, Any] = {}
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        plan = json.loads(commands.readline())
        die_with(int(plan.get("parent", 0)))
        runners: list[Runner] = []
        early: list[dict[str, Any]] = []
        threading.Thread(target=listen, args=(commands, loop, runners, early), daemon=True).start()
        runner = Runner(plan, lines, loop)
        lines.say(
            "hello", protocol=PROTOCOL, pid=os.getpid(), python=sys.version.split()[0], executable=sys.executable,
            framework=runner.framework.version, directory=os.getcwd(),
        )  # fmt: skip
        sys.argv = [plan["target"].rpartition(":")[0]]
        runner.load()
        lines.say("graph", **runner.graph_line())
        for command in early:
            runner.inbox.put_nowait(command)
        runners.append(runner)
        runner.task = loop.create_task(runner.work())
        if hasattr(signal, "SIGTERM"):
            with contextlib.suppress(NotImplementedError, ValueError):
                loop.add_signal_handler(signal.SIGTERM, runner.stop)
        outcome = loop.run_until_complete(runner.task)
    except Fault as fault:
        outcome = "refused"
        lines.say("error", **fault.line())
    except asyncio.CancelledError:
        outcome = "stopped"
    except BaseException as error:
        outcome = "stopped" if runner is not None and runner.stopping else "failed"
        if outcome == "failed":
            fix = run_fix(error)
            lines.say("error", where="run", what=said(error), fix=fix, traceback=trace_of(error))
    pending: list[dict[str, Any]] = []
    if runner is not None and runner.overlay is not None:
        overlay = runner.overlay
        last = overlay.last
        fields = {"checkpoints": overlay.saved, "last": last.checkpoint_id if last is not None else None}
        if last is not None and outcome == "waiting":
            pending = [request_line(key, each) for key, each in last.pending_request_info_events.items()]
    code = EXIT_CODES.get(outcome, 5)
    lines.say("end", outcome=outcome, code=code, pending=pending, **fields)
    leave(code)


def run_fix(error: BaseException) -> str:
    """What to do about a run that raised."""
    if type(error).__name__ == "WorkflowConvergenceException":
        return "build the workflow with a larger max_iterations, then resume from the last checkpoint"
    return "mend the cause and resume from the last checkpoint written; the one you came from is untouched"


if __name__ == "__main__":
    main()
