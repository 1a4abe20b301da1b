"""Times, spans, periods and intervals of pandas as a pickle holds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.reading.array_elements import span_text, time_text
from ckpt_tui.core.reading.typenames import callable_name
from ckpt_tui.core.value import Obj, Value

_UNITS = {7: "s", 8: "ms", 9: "us", 10: "ns"}
"""The units of time of pandas, by their codes."""

_OFFSETS = {
    "YearEnd": "Y", "QuarterEnd": "Q", "MonthEnd": "M", "Day": "D", "Hour": "h", "Minute": "m", "Second": "s",
    "Milli": "ms", "Micro": "us", "Nano": "ns",
}  # fmt: skip
"""The offset of a period → the unit in which its number counts from 1970."""

_LETTERS = {"A": "Y", "H": "h", "T": "m", "min": "m", "S": "s", "L": "ms", "U": "us", "N": "ns"}
"""Other letters for some of these units."""

_FREQUENCY = LatePattern(r"period\[\d*([A-Za-z]+)(?:-(DEC))?\]\Z")


def zone_name(zone: Value) -> str:
    """The name of a time zone; "?" where it has none."""
    if type(zone) is Obj and type(zone.args) is tuple:
        if zone.args and type(zone.args[0]) is str and len(zone.args[0]) < 64:
            return zone.args[0]
        return "UTC" if callable_name(zone.cls) in ("datetime:timezone", "pytz:_UTC") else "?"
    return "?"


def frequency(described: Value) -> str:
    """The unit of a period: of its dtype or of its offset; "?" where that is unknown."""
    args = described.args if type(described) is Obj and type(described.args) is tuple else ()
    if args and type(args[0]) is str:
        found = _FREQUENCY.compiled.match(args[0])
        unit = "" if found is None else _LETTERS.get(found[1], found[1])
        return unit if unit in _OFFSETS.values() else "?"
    if args and type(args[0]) is Obj:
        return frequency(args[0])
    name = callable_name(described.cls).rpartition(":")[2] if type(described) is Obj else ""
    # Years and quarters end with December unless a third number says otherwise; those of others are not worked out.
    usual = {"YearEnd": (12,), "QuarterEnd": (3, 12)}.get(name)
    return _OFFSETS.get(name, "?") if usual is None or len(args) < 3 or args[2] in usual else "?"


def period_text(ordinal: Value, unit: str) -> Value:
    """A period as pandas writes it, of its number since 1970; the number where its unit is not known."""
    if type(ordinal) is not int or unit == "?":
        return ordinal
    if unit == "Q":
        year, quarter = divmod(ordinal, 4)
        return None if ordinal == -(1 << 63) else f"{1970 + year}Q{quarter + 1}"
    text = time_text(ordinal, unit)
    return text.replace("T", " ") if type(text) is str else text


def _timestamp(args: Sequence[Value], state: Value) -> tuple[str, Any] | None:
    if not 3 <= len(args) <= 4 or type(args[0]) is not int:
        return None
    unit = "ns" if len(args) == 3 else _UNITS.get(args[3]) if type(args[3]) is int else None
    text = time_text(args[0], unit) if unit is not None else None
    if text is None:
        return None
    zone = "" if args[2] is None else f"+00:00[{zone_name(args[2])}]"
    return "pandas:Timestamp", f"{text}{zone}"


def _timedelta(args: Sequence[Value], state: Value) -> tuple[str, Any] | None:
    if not 1 <= len(args) <= 2 or type(args[0]) is not int:
        return None
    unit = "ns" if len(args) == 1 else _UNITS.get(args[1]) if type(args[1]) is int else None
    text = span_text(args[0], unit) if unit is not None else None
    return None if text is None else ("pandas:Timedelta", text)


def _nat(args: Sequence[Value], state: Value) -> tuple[str, Any] | None:
    return "pandas:NaT", "NaT"


def _period(args: Sequence[Value], state: Value) -> tuple[str, Any] | None:
    if len(args) != 3 or args[0] is not None or type(args[2]) is not int:
        return None
    text = period_text(args[2], frequency(args[1]))
    return ("pandas:Period", text) if type(text) is str else None


def _interval(args: Sequence[Value], state: Value) -> tuple[str, Any] | None:
    if len(args) != 3 or type(args[2]) is not str:
        return None
    text = interval_text(*args)
    return None if text is None else ("pandas:Interval", text)


def interval_text(left: Value, right: Value, closed: Value) -> str | None:
    """An interval as pandas writes it; None where its ends are not plain values."""
    if type(closed) is not str or not all(type(end) in (int, float, str) for end in (left, right)):
        return None
    return f"{'[' if closed in ('left', 'both') else '('}{left}, {right}{']' if closed in ('right', 'both') else ')'}"


READERS: dict[str, Callable[[Sequence[Value], Value], tuple[str, Any] | None]] = {
    "pandas._libs.tslibs.timestamps:_unpickle_timestamp": _timestamp,
    "pandas._libs.tslibs.timedeltas:_timedelta_unpickle": _timedelta,
    "pandas._libs.tslibs.nattype:_nat_unpickle": _nat,
    "pandas._libs.tslibs.nattype:__nat_unpickle": _nat,
    "pandas._libs.tslibs.period:Period": _period,
    "pandas:Period": _period,
    "pandas._libs.interval:Interval": _interval,
    "pandas:Interval": _interval,
}
"""Calls that make a time, a span, a period or an interval, each with what reads its arguments."""
