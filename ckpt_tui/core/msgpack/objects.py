"""Calls stored by LangGraph and LangChain become the objects that pickles describe, so that every view reads them.

A call whose arguments are not what the class writes stays a call with its arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from struct import pack

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.value import Map, Obj, Ref, SetOf, Value

SNAPSHOT = "langgraph.checkpoint.serde.types:_DeltaSnapshot"
"""The class of the snapshots of its whole value that a `DeltaChannel` writes now and then."""

_LONG = 4_096
"""Characters of a text that is parsed as a date, a number or an address."""

Maker = Callable[[Ref, Sequence[Value]], Value]


def called(ref: Ref, arguments: Sequence[Value]) -> Value:
    """The object that a call with these arguments makes."""
    maker = _MAKERS.get(ref.name)
    made = maker(ref, arguments) if maker is not None else None
    return Obj(ref, tuple(arguments), "call") if made is None else made


def given(ref: Ref, attributes: Value) -> Value:
    """The object of a class that is made from named arguments, which are its attributes."""
    if ref.name == "datetime:time" and type(attributes) is dict:
        made = _time(ref, attributes)
        if made is not None:
            return made
    made = Obj(ref, ())
    made.has_state = True
    if type(attributes) is dict:
        attributes = Map([part for pair in attributes.items() for part in pair])
    made.state = attributes
    return made


def snapshot(value: Value) -> Obj:
    """A snapshot of a `DeltaChannel`: its whole value."""
    module, _, name = SNAPSHOT.partition(":")
    return given(Ref(module, name), {"value": value})  # type: ignore[no-any-return]


def unwrapped(value: Value) -> tuple[Value, bool]:
    """The value within a snapshot of a `DeltaChannel`, and whether it is one."""
    if type(value) is Obj and type(value.cls) is Ref and value.cls.name == SNAPSHOT and type(value.state) is Map:
        return value.state.kv[1], True
    return value, False


# -- what the standard library's classes are made of -------------------------------------------------------------------


def _only_text(arguments: Sequence[Value]) -> str | None:
    if len(arguments) == 1 and type(arguments[0]) is str and len(arguments[0]) <= _LONG:
        return arguments[0]
    return None


def _uuid(ref: Ref, arguments: Sequence[Value]) -> Value:
    text = _only_text(arguments)
    digits = "" if text is None else text.replace("-", "")
    if len(digits) != 32 or not set(digits.lower()) <= set("0123456789abcdef"):
        return None
    made = Obj(ref, ())
    made.has_state = True
    made.state = Map(["int", int(digits, 16)])
    return made


def _set(ref: Ref, arguments: Sequence[Value]) -> Value:
    if len(arguments) != 1 or type(arguments[0]) is not list:
        return None
    return SetOf(arguments[0], ref.qualname == "frozenset")


def _deque(ref: Ref, arguments: Sequence[Value]) -> Value:
    if len(arguments) != 1 or type(arguments[0]) is not list:
        return None
    made = Obj(ref, (), "call")
    made.items = arguments[0]
    return made


_DATETIME = LatePattern(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{6}))?"
    r"(?:([+-])(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{6}))?)?)?\Z",
    re.ASCII,
)


def _datetime(ref: Ref, arguments: Sequence[Value]) -> Value:
    found = _DATETIME.compiled.match(_only_text(arguments) or "")
    if found is None:
        return None
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    if not (year and 1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 60):
        return None
    raw = pack(">HBBBBB", year, month, day, hour, minute, second) + int(found[7] or 0).to_bytes(3, "big")
    made = Ref(ref.module, "datetime")
    if found[8] is None:
        return Obj(made, (raw,), "call")
    seconds = int(found[9]) * 3600 + int(found[10]) * 60 + int(found[11] or 0)
    micros = (seconds * 1_000_000 + int(found[12] or 0)) * (-1 if found[8] == "-" else 1)
    days, rest = divmod(micros, 86_400_000_000)
    offset = Obj(Ref("datetime", "timedelta"), (days, rest // 1_000_000, rest % 1_000_000), "call")
    return Obj(made, (raw, Obj(Ref("datetime", "timezone"), (offset,), "call")), "call")


def _are_integers(values: Sequence[Value], count: int) -> bool:
    return len(values) == count and all(type(value) is int for value in values)


def _date(ref: Ref, arguments: Sequence[Value]) -> Value:
    if not _are_integers(arguments, 3):
        return None
    year, month, day = arguments
    if not (1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    return Obj(ref, (pack(">HBB", year, month, day),), "call")


def _time(ref: Ref, attributes: dict[str, Value]) -> Value:
    numbers: list[Value] = [attributes.get(name) for name in ("hour", "minute", "second", "microsecond")]
    if not _are_integers(numbers, 4):
        return None
    if any(not 0 <= number < most for number, most in zip(numbers, (24, 60, 60, 1_000_000), strict=True)):
        return None
    raw = bytes(numbers[:3]) + numbers[3].to_bytes(3, "big")
    zone = attributes.get("tzinfo")
    return Obj(ref, (raw,) if zone is None else (raw, zone), "call")


def _zone(ref: Ref, arguments: Sequence[Value]) -> Value:
    text = _only_text(arguments)
    return None if text is None else Obj(Ref(ref.module, "ZoneInfo._unpickle"), (text, True), "call")


def _address(ref: Ref, arguments: Sequence[Value]) -> Value:
    parts = (_only_text(arguments) or "").split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts):
        return None
    numbers = list(map(int, parts))
    return Obj(ref, (int.from_bytes(bytes(numbers), "big"),), "call") if max(numbers) < 256 else None


def _from_hex(ref: Ref, arguments: Sequence[Value]) -> Value:
    text = arguments[0] if len(arguments) == 1 else None
    if type(text) is not str or len(text) % 2 or not re.fullmatch(r"[0-9a-fA-F]*", text):
        return None
    return bytes.fromhex(text)


def _parts(*names: str) -> Maker:
    """A maker of an object whose positional arguments are attributes of these names."""

    def make(ref: Ref, arguments: Sequence[Value]) -> Value:
        if not 1 <= len(arguments) <= len(names):
            return None
        return given(ref, dict(zip(names, arguments, strict=False)))

    return make


_MAKERS: dict[str, Maker] = {
    "uuid:UUID": _uuid,
    "builtins:set": _set,
    "builtins:frozenset": _set,
    "collections:deque": _deque,
    "datetime:datetime.fromisoformat": _datetime,
    "datetime:date": _date,
    "zoneinfo:ZoneInfo": _zone,
    "ipaddress:IPv4Address": _address,
    "builtins:bytes.fromhex": _from_hex,
    "langgraph.types:Send": _parts("node", "arg", "timeout"),
    "langgraph.constants:Send": _parts("node", "arg"),
}
"""`module:qualname` of what is called → what makes the object; None where the arguments are others."""
