"""Arguments that are the contents of containers: classes of the standard library, and classes derived from them."""

from __future__ import annotations

from collections.abc import Sequence
from struct import calcsize, unpack_from

from ckpt_tui.core.reading.object_parts import ObjectParts, Pairs
from ckpt_tui.core.reading.order import ordered
from ckpt_tui.core.value import Map, Obj, Ref, SetOf, Value

EXCEPTION_ENDINGS = (
    "Error",
    "Exception",
    "Warning",
    "Exit",
    "Interrupt",
    "Failure",
    "Timeout",
    "Cancelled",
    "Refused",
)


def take_contents(parts: ObjectParts, name: str, args: Sequence[Value], is_call: bool) -> Sequence[Value]:
    """Arguments that are the contents of a standard container become its items or entries; the rest is returned."""
    if name in ("builtins:set", "builtins:frozenset"):
        if len(args) == 1 and type(args[0]) in (list, tuple) and parts.items is None:
            parts.items = args[0]
            return ()
    elif name == "collections:deque":
        return _deque(parts, args)
    elif name == "collections:Counter":
        if len(args) == 1 and type(args[0]) is Map:
            parts.entries = args[0].kv + parts.entries if parts.entries else args[0].kv
            return ()
    elif name in _FIELDS:
        return _named_fields(parts, _FIELDS[name], args)
    elif name in ("collections:OrderedDict", "collections:defaultdict"):
        if parts.entries is None:
            parts.entries = []
        if name == "collections:defaultdict" and len(args) == 1:
            parts.attributes = Pairs(["default_factory", args[0]])
            return ()
    elif name in ("array:array", "array:_array_reconstructor"):
        return _array(parts, args)
    elif is_call and not name.endswith(EXCEPTION_ENDINGS):
        return _kin(parts, name, args)
    return args


_FORMATS = ("B", "b", "<H", ">H", "<h", ">h", "<I", ">I", "<i", ">i", "<Q", ">Q", "<q", ">q", "<f", ">f", "<d", ">d")
"""The format of the numbers of an array, by the code in its pickle. Source: CPython's Lib/array, PEP 3118."""


class _Numbers(Sequence[Value]):
    """The numbers in the bytes of an array, each read on access."""

    __slots__ = ("_data", "_shape", "_size")

    def __init__(self, data: bytes, shape: str) -> None:
        self._data, self._shape, self._size = data, shape, calcsize(shape)

    def __len__(self) -> int:
        return len(self._data) // self._size

    def __getitem__(self, index):  # type: ignore[no-untyped-def]  # a number, or a list of them for a slice
        if type(index) is slice:
            return [self[at] for at in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        return unpack_from(self._shape, self._data, index % len(self) * self._size)[0]


def _array(parts: ObjectParts, args: Sequence[Value]) -> Sequence[Value]:
    """The numbers of an array of the standard library: a list in old protocols, bytes with a code in others."""
    numbers: Sequence[Value] | None = None
    letter: Value = args[0] if args else None
    if len(args) == 2 and type(args[1]) is list:
        numbers = args[1]
    elif len(args) == 4 and type(args[2]) is int and 0 <= args[2] < len(_FORMATS) and type(args[3]) is bytes:
        letter, shape, data = args[1], _FORMATS[args[2]], args[3]
        if len(data) % calcsize(shape) == 0:
            numbers = _Numbers(data, shape)
    if numbers is None or type(letter) is not str:
        return args
    parts.type, parts.items = "array:array", numbers
    parts.attributes = Pairs(["typecode", letter])
    return ()


def _kin(parts: ObjectParts, name: str, args: Sequence[Value]) -> Sequence[Value]:
    """The same for a class derived from a standard container: it pickles as its base does, under its own name."""
    first = args[0] if args else None
    if parts.entries is not None:
        if len(args) == 1 and (first is None or type(first) is Ref):  # a defaultdict
            parts.attributes = Pairs(["default_factory", first])
            return ()
    elif parts.items is not None:
        if 1 <= len(args) <= 2 and type(first) is tuple and not first:  # a deque
            return _deque(parts, args)
    elif len(args) == 1 and type(first) is list:
        is_set = name.lower().endswith("set") and len(first) <= _SORTED
        parts.items = ordered(SetOf([*first])) if is_set else first
        return ()
    elif len(args) == 1 and type(first) is Map:  # a Counter
        parts.entries = first.kv
        return ()
    return args


_SORTED = 200
"""Members of what is a set by its name that are put in order: the order of its pickle means nothing."""


def _named_fields(parts: ObjectParts, names: Sequence[str], args: Sequence[Value]) -> Sequence[Value]:
    """The fields of a named tuple that is known by its name; the pickle of any other does not name them."""
    values = args[0] if len(args) == 2 and type(args[0]) is tuple and type(args[1]) is Map else args
    if len(values) != len(names):
        return args
    parts.attributes = Pairs([part for pair in zip(names, values, strict=True) for part in pair])
    return ()


_OF_ROWS = frozenset(("pyspark.serializers:_restore", "pyspark.sql.types:_create_row"))
"""Functions whose last two arguments are the names of fields and their values."""


def fields_in_pickle(cls: Value, name: str, args: Sequence[Value]) -> tuple[Sequence[str], Sequence[Value]] | None:
    """Field names that the pickle itself gives, and the values; None for nearly all objects.

    Args:
        cls: The callable.
        name: Its name, or "".
        args: Its arguments.
    """
    names: Value = None
    if name in _OF_ROWS and len(args) >= 2:
        names, args = args[-2], args[-1]
    elif type(cls) is Obj and type(cls.cls) is Ref and cls.cls.name in _NAMED_TUPLES and type(cls.args) is tuple:
        names = cls.args[1] if len(cls.args) > 1 else None
        names = names.replace(",", " ").split() if type(names) is str and len(names) < _NAMES else names
    if type(names) not in (list, tuple) or type(args) not in (list, tuple) or not 0 < len(names) == len(args) < _NAMES:
        return None
    return (names, args) if set(map(type, names)) == {str} and len(set(names)) == len(names) else None


_NAMED_TUPLES = frozenset(("collections:namedtuple", "typing:NamedTuple"))
_NAMES = 1_000
"""Fields of the largest named tuple, and characters of their names in one text."""

_URL = ("scheme", "netloc", "path", "params", "query", "fragment")

_SPLIT = ("scheme", "netloc", "path", "query", "fragment")

_FIELDS: dict[str, tuple[str, ...]] = {
    "urllib.parse:ParseResult": _URL, "urllib.parse:ParseResultBytes": _URL, "urllib.parse:SplitResult": _SPLIT,
    "urllib.parse:SplitResultBytes": _SPLIT, "urllib.parse:DefragResult": ("url", "fragment"),
    "aiohttp.helpers:BasicAuth": ("login", "password", "encoding"),
    "azure.core.credentials:AccessToken": ("token", "expires_on"),
    "azure.core.credentials:AzureNamedKey": ("name", "key"),
    "botocore.credentials:ReadOnlyCredentials": ("access_key", "secret_key", "token", "account_id"),
    "urllib3.util.url:Url": ("scheme", "auth", "host", "port", "path", "query", "fragment"),
    "decimal:DecimalTuple": ("sign", "digits", "exponent"),
    "time:struct_time": (
        "tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst",
    ),
    "shutil:_ntuple_diskusage": ("total", "used", "free"),
    "email.headerregistry:Address": ("display_name", "username", "domain"),
    "os:terminal_size": ("columns", "lines"), "difflib:Match": ("a", "b", "size"),
    "statistics:LinearRegression": ("slope", "intercept"),
    "langgraph.types:CacheKey": ("ns", "key", "ttl"),
    "langgraph.types:PregelTask": ("id", "name", "path", "error", "interrupts", "state", "result"),
    "langgraph.types:RetryPolicy": (
        "initial_interval", "backoff_factor", "max_interval", "max_attempts", "jitter", "retry_on",
    ),
    "langgraph.types:StateSnapshot": (
        "values", "next", "config", "metadata", "created_at", "parent_config", "tasks", "interrupts",
    ),
    "langgraph.types:StateUpdate": ("values", "as_node", "task_id"),
}  # fmt: skip


def _deque(parts: ObjectParts, args: Sequence[Value]) -> Sequence[Value]:
    if len(args) > 2 or (args and type(args[0]) not in (list, tuple)):
        return args
    first = args[0] if args else ()
    if first and parts.items:  # none that Python writes has both; joining them would cost as much as they are long
        return args
    parts.items = parts.items or first
    if len(args) == 2 and args[1] is not None:
        parts.attributes = Pairs(["maxlen", args[1]])
    return ()
