"""What an object of a pickle is to its reader: a type, a text or attributes, items, entries, arguments.

One place knows how Python pickles things (copyreg, dataclasses, pydantic, named tuples, the standard library's own
reductions); every view of a value is built on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ckpt_tui.core import known
from ckpt_tui.core.value import Envelope, Map, Obj, Opaque, Ref, SetOf, Value

Scalar = None | bool | int | float | str


class Anatomy:
    """The parts of one object.

    Attributes:
        type: `module:qualname`.
        text: What stands for the whole object (an Enum's value, a date in ISO form), if `is_text`.
        attributes: Names and values, in the order of the pickle.
        args: Constructor arguments that are no attribute.
        kwargs: Keyword arguments, or None.
        items: The members of a list-like or set-like object, or None.
        entries: key, value, key, value, ... of a dict-like object, or None.
        state: A state that is no set of attributes (a custom `__getstate__`), if `has_state`.
        is_set: `items` have no order.
        is_type: the object is a class reference such as `list[Message]`, told by `text`.
    """

    __slots__ = (
        "args", "attributes", "entries", "has_state", "is_set", "is_text", "is_type", "items", "kwargs", "state",
        "text", "type",
    )  # fmt: skip

    def __init__(self, type_name: str) -> None:
        self.type = type_name
        self.text: Scalar = None
        self.is_text = False
        self.is_type = False
        self.attributes: list[tuple[str, Value]] = []
        self.args: Sequence[Value] = ()
        self.kwargs: Value = None
        self.items: list[Value] | None = None
        self.entries: list[Value] | None = None
        self.state: Value = None
        self.has_state = False
        self.is_set = False


def anatomy(obj: Obj) -> Anatomy:
    """The parts of an object, told from its pickle alone."""
    cls, args, kwargs = obj.cls, obj.args, obj.kwargs
    name = cls.name if type(cls) is Ref else "?"
    args = args if type(args) is tuple or type(args) is list else (args,)
    if name in _NEW_HELPERS and args and type(args[0]) is Ref:
        # copyreg's helpers stand in for cls.__new__ in protocols 0 to 2.
        name, cls = args[0].name, args[0]
        args = _NEW_HELPERS[obj.cls.name](args)
    parts = Anatomy(name)
    if name == "?" or (type(cls) is Ref and not cls.qualname):
        parts.type = _describe_callable(cls)
    plain = not obj.has_state and obj.items is None and obj.pairs is None and not kwargs
    reader = known.READERS.get(name)
    if reader is not None and (plain or name in known.WITH_STATE):
        reading = reader(args, obj.state)
        if reading is not None:
            parts.type, parts.text = reading
            parts.is_text = True
            parts.is_type = parts.type == "type"
            return parts
    if plain and obj.how == "call" and _reads_like_an_enum(cls, args):
        parts.text = args[0]
        parts.is_text = True
        return parts
    parts.items, parts.entries = obj.items, obj.pairs
    parts.kwargs = kwargs
    parts.args = _container(parts, name, args)
    if obj.has_state:
        _take_state(parts, obj.state)
    return parts


def type_name(value: Value) -> str:
    """`module:qualname` of a value as its pickle or JSON tells it."""
    kind = type(value)
    if kind is Obj:
        cls = value.cls
        if type(cls) is Ref and cls.name not in _NEW_HELPERS and cls.name not in known.READERS:
            return cls.name
        return anatomy(value).type
    if kind is Envelope:
        return type_name(value.value) if value.ready else str(value.claimed)
    if kind is SetOf:
        return "builtins:frozenset" if value.frozen else "builtins:set"
    return _NATIVE.get(kind, "?")


_NATIVE: dict[type, str] = {
    type(None): "builtins:NoneType",
    bool: "builtins:bool",
    int: "builtins:int",
    float: "builtins:float",
    str: "builtins:str",
    bytes: "builtins:bytes",
    bytearray: "builtins:bytearray",
    list: "builtins:list",
    tuple: "builtins:tuple",
    dict: "builtins:dict",
    Map: "builtins:dict",
    Ref: "type",
    Opaque: "?",
}


def _reconstructor(args: Sequence[Value]) -> Sequence[Value]:
    # copyreg._reconstructor(cls, base, state): the state is an argument only when the base is no plain object.
    base = args[1] if len(args) > 1 else None
    return () if type(base) is Ref and base.name == "builtins:object" else args[2:]


def _newobj(args: Sequence[Value]) -> Sequence[Value]:
    return args[1:]


_NEW_HELPERS: dict[str, Callable[[Sequence[Value]], Sequence[Value]]] = {
    "copyreg:_reconstructor": _reconstructor,
    "copyreg:__newobj__": _newobj,
    "copyreg:__newobj_ex__": _newobj,
}


def _describe_callable(cls: Value) -> str:
    return f"({type_name(cls)})" if type(cls) is not Ref else f"{cls.module}:(no name)"


def _reads_like_an_enum(cls: Value, args: Sequence[Value]) -> bool:
    """An Enum pickles as a call with its value. Other classes may, but few do, and the value is shown all the same."""
    return (
        type(cls) is Ref
        and len(args) == 1
        and (args[0] is None or type(args[0]) in (str, int, float, bool))
        and cls.module not in _NOT_ENUMS
        and cls.qualname[:1] not in "_abcdefghijklmnopqrstuvwxyz"
        and not cls.qualname.endswith(_EXCEPTION_ENDINGS)
    )


_NOT_ENUMS = frozenset({"builtins", "collections", "functools", "operator", "os", "posix", "nt", "subprocess", "types"})
_EXCEPTION_ENDINGS = (
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


def _container(parts: Anatomy, name: str, args: Sequence[Value]) -> Sequence[Value]:
    """Arguments that are the contents of a standard container become its items or entries; the rest is returned."""
    if name in ("builtins:set", "builtins:frozenset"):
        if len(args) == 1 and type(args[0]) in (list, tuple):
            parts.items = list(args[0]) + (parts.items or [])
            parts.is_set = True
            return ()
    elif name == "collections:deque":
        if parts.items is None:
            parts.items = []
        if args and type(args[0]) in (list, tuple):
            parts.items = list(args[0]) + parts.items
        if len(args) == 2 and type(args[1]) is int:
            parts.attributes.append(("maxlen", args[1]))
        return () if len(args) <= 2 else args
    elif name == "collections:Counter":
        if len(args) == 1 and type(args[0]) is Map:
            parts.entries = args[0].kv + (parts.entries or [])
            return ()
    elif name in ("collections:OrderedDict", "collections:defaultdict"):
        if parts.entries is None:
            parts.entries = []
        if name == "collections:defaultdict" and len(args) == 1:
            parts.attributes.append(("default_factory", args[0]))
            return ()
    return args


def _take_state(parts: Anatomy, state: Value) -> None:
    if type(state) is Map:
        if _is_pydantic(state.kv):
            _take_pydantic(parts, state.kv)
            return
        if _take_names(parts, state.kv):
            return
    elif type(state) is tuple and len(state) == 2 and _are_slots(state):
        # (the instance's dict or None, its slots)
        taken = [item for item in state if item is None or _take_names(parts, item.kv)]
        if len(taken) == 2:
            return
        parts.attributes.clear()
    elif state is None:
        return
    parts.state = state
    parts.has_state = True


def _are_slots(state: tuple[Value, ...]) -> bool:
    return all(item is None or type(item) is Map for item in state)


def _take_names(parts: Anatomy, kv: list[Value]) -> bool:
    names = kv[::2]
    for name in names:
        if type(name) is not str:
            return False
    parts.attributes.extend(zip(names, kv[1::2], strict=True))
    return True


def _is_pydantic(kv: list[Value]) -> bool:
    return len(kv) <= 8 and any(type(key) is str and key == "__pydantic_fields_set__" for key in kv[::2])


def _take_pydantic(parts: Anatomy, kv: list[Value]) -> None:
    for key, value in zip(kv[::2], kv[1::2], strict=True):
        if key == "__pydantic_fields_set__":
            continue
        if type(value) is Map and type(key) is str and _take_names(parts, value.kv):
            continue
        if value is not None:
            parts.attributes.append((str(key) if type(key) is str else "?", value))
