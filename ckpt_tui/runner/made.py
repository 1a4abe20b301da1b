"""JSON as values of the types that a workflow expects."""

from __future__ import annotations

import base64
import collections
import contextlib
import dataclasses
import datetime
import decimal
import enum
import fractions
import importlib
import importlib.util
import json
import pathlib
import sys
import types
import typing
import uuid
from collections.abc import Callable
from typing import Any

from .faults import said
from .shown import ISO, type_name


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
            ValueError: it is not such a value; the text says where and why.
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
        # The type whose JSON it is comes before those it could be converted to: 1 is an int, not a float.
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
            raise _wrong(document, _IN_WORDS.get(cls) or type_name(cls), at)
        if isinstance(document, cls):
            return document
        if cls is float and isinstance(document, int):
            return float(document)
        if issubclass(cls, str) and isinstance(document, str):
            return cls(document)
        raise _wrong(document, _IN_WORDS.get(cls) or type_name(cls), at)

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
        if isinstance(document, str) and is_message(cls):
            return cls(role="user", contents=[document])
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
    ((tuple, list, set, frozenset, collections.deque), Maker.sequence), (dict, Maker.mapping), (ISO, Maker.moment),
    (datetime.timedelta, Maker.length),
    ((uuid.UUID, decimal.Decimal, pathlib.PurePath, complex, fractions.Fraction), Maker.by_text),
)  # fmt: skip


_IN_WORDS: dict[Any, str] = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}


def is_message(cls: Any) -> bool:
    """Whether a class is the framework's chat message, which a text alone can stand for."""
    return cls.__name__ in ("Message", "ChatMessage") and cls.__module__.startswith("agent_framework")


def misfit(error: Exception) -> str:
    """Why a class refused its arguments; for a pydantic model, field by field."""
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
    """The object that `module:qualname` names.

    Raises:
        ImportError, AttributeError: there is no such thing.
    """
    module, _, qualname = name.partition(":")
    found: Any = sys.modules.get(module) or importlib.import_module(module)
    for part in qualname.split("."):
        found = getattr(found, part)
    return found
