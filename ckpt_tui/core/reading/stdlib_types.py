"""Texts for the standard library's own objects, worked out from checked arguments and never by building the object.

Each reader takes the arguments and the state of a pickled call and returns (type, text), or None when they are not
what the class would have written; the object is then shown in its parts. How each class reduces is CPython's
(Lib/datetime.py, uuid.py, pathlib.py, fractions.py, ipaddress.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.reading.typenames import TYPE_CALLS, callable_name, called_type
from ckpt_tui.core.value import Map, Obj, Ref, Value

Reading = tuple[str, "str | int | float | bool"] | None
_TEXT_LIMIT = 4096
"""Characters of a Decimal or Fraction text; longer ones are shown as their arguments."""
_DAY_LIMIT = 999_999_999
"""datetime.timedelta.max.days."""


def _ints(args: Sequence[Value], count: int) -> bool:
    return len(args) == count and all(type(arg) is int for arg in args)


def _clock(hour: int, minute: int, second: int, micro: int) -> str | None:
    if hour > 23 or minute > 59 or second > 59 or micro > 999_999:
        return None
    text = f"{hour:02}:{minute:02}:{second:02}"
    return f"{text}.{micro:06}" if micro else text


def _zone_suffix(args: Sequence[Value]) -> str | None:
    """What isoformat() appends for the tzinfo in `args[1]`; None when it is unknown."""
    if len(args) == 1 or args[1] is None:
        return ""
    zone = args[1]
    if type(zone) is not Obj:
        return None
    name = callable_name(zone.cls)
    if name == "datetime:timezone" and type(zone.args) is tuple and zone.args:
        micros = _micros(zone.args[0])
        return None if micros is None else _offset(micros)
    own = zone.args if type(zone.args) is tuple else ()
    if name.startswith("zoneinfo:ZoneInfo"):
        # The offset is in the time zone database, not in the file.
        key = _zone_key(own)
        return None if key is None else f"[{key}]"
    if name in _UTC:
        return "+00:00"
    if name == "pytz:_p" and own and type(own[0]) is str and len(own[0]) < _ZONE:
        offset = _offset(own[1] * 1_000_000) if len(own) > 1 and type(own[1]) is int else ""
        return None if offset is None else f"{offset}[{own[0]}]"
    if name == "dateutil.tz.tz:tzoffset" and len(own) == 2:
        micros = own[1] * 1_000_000 if type(own[1]) is int else _micros(own[1])
        return None if micros is None else _offset(micros)
    return None


_UTC = frozenset(("pytz:_UTC", "dateutil.tz.tz:tzutc", "datetime:timezone.utc"))
_ZONE = 64
"""Characters of the name of a time zone."""


def _zone_key(args: Sequence[Value]) -> str | None:
    return args[0] if 1 <= len(args) <= 2 and type(args[0]) is str and len(args[0]) < _ZONE else None


def _zone(args: Sequence[Value], state: Value) -> Reading:
    key = _zone_key(args)
    return None if key is None else ("zoneinfo:ZoneInfo", key)


def _micros(delta: Value) -> int | None:
    if type(delta) is not Obj or type(delta.cls) is not Ref or delta.cls.name != "datetime:timedelta":
        return None
    if type(delta.args) is not tuple or not _ints(delta.args, 3) or abs(delta.args[0]) > _DAY_LIMIT:
        return None
    days, seconds, micros = delta.args
    if not (0 <= seconds < 86_400 and 0 <= micros < 1_000_000):
        return None
    return int((days * 86_400 + seconds) * 1_000_000 + micros)


def _offset(micros: int) -> str | None:
    if abs(micros) >= 86_400_000_000:
        return None
    sign = "-" if micros < 0 else "+"
    minutes, rest = divmod(abs(micros), 60_000_000)
    text = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    seconds, micro = divmod(rest, 1_000_000)
    if rest:
        text += f":{seconds:02}" + (f".{micro:06}" if micro else "")
    return text


def _date_text(raw: bytes) -> str | None:
    year, month, day = raw[0] * 256 + raw[1], raw[2] & 0x7F, raw[3]
    if not (1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{year:04}-{month:02}-{day:02}"


def _raw(args: Sequence[Value], size: int) -> bytes | None:
    if not 1 <= len(args) <= 2:
        return None
    return args[0] if type(args[0]) is bytes and len(args[0]) == size else None


def _datetime(args: Sequence[Value], state: Value) -> Reading:
    raw = _raw(args, 10)
    if raw is None:
        return None
    date, clock = _date_text(raw), _clock(raw[4], raw[5], raw[6], int.from_bytes(raw[7:10], "big"))
    zone = _zone_suffix(args)
    if date is None or clock is None or zone is None:
        return None
    # Of a time that comes twice, when clocks are set back, the second one.
    fold = " fold 1" if raw[2] & 0x80 and zone.endswith("]") else ""
    return "datetime:datetime", f"{date}T{clock}{zone}{fold}"


def _date(args: Sequence[Value], state: Value) -> Reading:
    raw = _raw(args, 4) if len(args) == 1 else None
    text = None if raw is None else _date_text(raw)
    return None if text is None else ("datetime:date", text)


def _time(args: Sequence[Value], state: Value) -> Reading:
    raw = _raw(args, 6)
    if raw is None:
        return None
    clock = _clock(raw[0] & 0x7F, raw[1], raw[2], int.from_bytes(raw[3:6], "big"))
    zone = _zone_suffix(args)
    if clock is None or zone is None:
        return None
    fold = " fold 1" if raw[0] & 0x80 and zone.endswith("]") else ""
    return "datetime:time", f"{clock}{zone}{fold}"


def _timedelta(args: Sequence[Value], state: Value) -> Reading:
    if not _ints(args, 3) or abs(args[0]) > _DAY_LIMIT or not (0 <= args[1] < 86_400 and 0 <= args[2] < 1_000_000):
        return None
    days, seconds, micros = args
    text = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}" + (f".{micros:06}" if micros else "")
    if days:
        text = f"{days} day{'' if abs(days) == 1 else 's'}, {text}"
    return "datetime:timedelta", text


def _timezone(args: Sequence[Value], state: Value) -> Reading:
    micros = _micros(args[0]) if args else None
    offset = None if micros is None else _offset(micros)
    if offset is None or len(args) > 2:
        return None
    if len(args) == 2:
        return ("datetime:timezone", args[1]) if type(args[1]) is str else None
    return "datetime:timezone", "UTC" if micros == 0 else f"UTC{offset}"


def _uuid(args: Sequence[Value], state: Value) -> Reading:
    if args or type(state) is not Map:
        return None
    kv = state.kv
    numbers = [value for key, value in zip(kv[::2], kv[1::2], strict=True) if type(key) is str and key == "int"]
    if len(numbers) != 1 or type(numbers[0]) is not int or not 0 <= numbers[0] < 1 << 128:
        return None
    text = f"{numbers[0]:032x}"
    return "uuid:UUID", f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_DECIMAL = r"(?a)[+-]?(\d+(\.\d*)?([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|Infinity|s?NaN\d*)\Z"
_FRACTION = r"(?a)-?\d+(/\d+)?\Z"


def _decimal(args: Sequence[Value], state: Value) -> Reading:
    if len(args) != 1 or type(args[0]) is not str or len(args[0]) > _TEXT_LIMIT or not re.match(_DECIMAL, args[0]):
        return None
    return "decimal:Decimal", args[0]


def _fraction(args: Sequence[Value], state: Value) -> Reading:
    if len(args) == 1 and type(args[0]) is str and len(args[0]) <= _TEXT_LIMIT and re.match(_FRACTION, args[0]):
        return "fractions:Fraction", args[0]
    if not _ints(args, 2) or args[1] <= 0 or max(args[0].bit_length(), args[1].bit_length()) > _TEXT_LIMIT:
        return None
    return "fractions:Fraction", str(args[0]) if args[1] == 1 else f"{args[0]}/{args[1]}"


def _complex(args: Sequence[Value], state: Value) -> Reading:
    if len(args) != 2 or type(args[0]) is not float or type(args[1]) is not float:
        return None
    return "builtins:complex", str(complex(args[0], args[1]))


def _range(args: Sequence[Value], state: Value) -> Reading:
    if not _ints(args, 3) or args[2] == 0 or any(arg.bit_length() > _TEXT_LIMIT for arg in args):
        return None
    start, stop, step = args
    return "builtins:range", f"range({start}, {stop})" if step == 1 else f"range({start}, {stop}, {step})"


def _path(name: str, separator: str) -> Callable[[Sequence[Value], Value], Reading]:
    def read(args: Sequence[Value], state: Value) -> Reading:
        if not all(type(part) is str for part in args[:1000]) or sum(map(len, args[:1000])) > _TEXT_LIMIT:
            return None
        if len(args) > 1000:
            return None
        parts = [part for part in args if part]
        if separator == "\\":  # Python 3.13 writes a path as it was given
            parts = [part.replace("/", separator) for part in parts]
        if not parts:
            return name, "."
        if len(parts) > 1 and parts[0].endswith(("/", "\\")):
            return name, parts[0] + separator.join(parts[1:])
        return name, separator.join(parts)

    return read


_ADDRESS = r"(?a)[0-9A-Fa-f:.]{2,45}(?:%[\w.-]{1,32})?(?:/\d{1,3})?\Z"


def _address(name: str) -> Callable[[Sequence[Value], Value], Reading]:
    """An address, a network or an interface that is written as a text."""

    def read(args: Sequence[Value], state: Value) -> Reading:
        known = len(args) == 1 and type(args[0]) is str and re.match(_ADDRESS, args[0])
        return (name, args[0]) if known else None

    return read


def _ipv4(args: Sequence[Value], state: Value) -> Reading:
    if not _ints(args, 1) or not 0 <= args[0] < 1 << 32:
        return None
    return "ipaddress:IPv4Address", ".".join(str(args[0] >> shift & 255) for shift in (24, 16, 8, 0))


def _ipv6(args: Sequence[Value], state: Value) -> Reading:
    if len(args) == 1 and type(args[0]) is str:  # with the interface of a local one, if it has any
        return _address("ipaddress:IPv6Address")(args, state)
    if not _ints(args, 1) or not 0 <= args[0] < 1 << 128:
        return None
    text = ":".join(f"{args[0] >> shift & 0xFFFF:x}" for shift in range(112, -1, -16))
    # The longest run of two or more zero groups is written "::", the first of several.
    runs = [match.span() for match in re.finditer(_ZEROS, text) if match[0] != "0"]
    if not runs:
        return "ipaddress:IPv6Address", text
    start, end = max(runs, key=lambda span: (span[1] - span[0], -span[0]))
    return "ipaddress:IPv6Address", f"{text[:start].removesuffix(':')}::{text[end:].removeprefix(':')}"


_ZEROS = r"(?<![0-9a-f])0(:0)*(?![0-9a-f])"


_CLASS = LatePattern(r"_|[A-Z](?:\w*[a-z]|\Z)")
"""How the name of a class within another, or of what is private, begins; other names are members of an Enum."""


def member_of(args: Sequence[Value]) -> Reading:
    """`getattr(Stage, "New")` where it can be nothing but a member: the class and the name."""
    text = called_type("builtins:getattr", args)
    if text is None:
        return None
    owner, _, name = text.rpartition(".")
    return owner, name


def _named_attribute(args: Sequence[Value], state: Value) -> Reading:
    """`getattr(Stage, "NEW")`: the member of an Enum that pickles by its name, or a class within a class."""
    text = called_type("builtins:getattr", args)
    if text is None:
        return None
    owner, _, name = text.rpartition(".")
    if _CLASS.compiled.match(name) or not owner.rpartition(":")[2].rpartition(".")[2][:1].isupper():
        return "type", text
    return owner, name


def _type_call(name: str) -> Callable[[Sequence[Value], Value], Reading]:
    """A call that makes a type: `list[Message]`, `A | B`, `Optional[A]`, a class within a class."""

    def read(args: Sequence[Value], state: Value) -> Reading:
        text = called_type(name, args)
        return None if text is None else ("type", text)

    return read


_NETWORKS = ("IPv4Network", "IPv6Network", "IPv4Interface", "IPv6Interface")

READERS: dict[str, Callable[[Sequence[Value], Value], Reading]] = {
    "datetime:datetime": _datetime,
    "datetime:date": _date,
    "datetime:time": _time,
    "datetime:timedelta": _timedelta,
    "datetime:timezone": _timezone,
    "zoneinfo:ZoneInfo._unpickle": _zone,
    "uuid:UUID": _uuid,
    "decimal:Decimal": _decimal,
    "fractions:Fraction": _fraction,
    "builtins:complex": _complex,
    "builtins:range": _range,
    "ipaddress:IPv4Address": _ipv4,
    "ipaddress:IPv6Address": _ipv6,
    **{f"ipaddress:{name}": _address(f"ipaddress:{name}") for name in _NETWORKS},
    **{name: _type_call(name) for name in TYPE_CALLS},
    "builtins:getattr": _named_attribute,
    **{
        f"{module}:{name}": _path(f"{module}:{name}", "\\" if "Windows" in name else "/")
        for module in ("pathlib", "pathlib._local")
        for name in ("PosixPath", "PurePosixPath", "WindowsPath", "PureWindowsPath", "Path", "PurePath")
    },
}
"""`module:qualname` of the callable → its reader."""

WITH_STATE = frozenset({"uuid:UUID", "numpy:dtype"})
"""Readers that take the state; for all others a state means that the object is something else."""
