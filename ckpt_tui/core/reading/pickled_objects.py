"""The parts of a pickled object that a reader sees: a type, a text or attributes, items, entries, arguments.

One place knows how Python pickles things (copyreg, dataclasses, pydantic, named tuples, the standard library's own
reductions); every view of a value is built on it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType

from ckpt_tui.core.reading import stdlib_types
from ckpt_tui.core.reading.foreign_names import ARRAYS, TABLE_MAKERS, TABLES, TEXTS, WHOLE
from ckpt_tui.core.reading.object_parts import ObjectParts, Pairs
from ckpt_tui.core.reading.stdlib_containers import EXCEPTION_ENDINGS, fields_in_pickle, take_contents
from ckpt_tui.core.reading.typenames import callable_name
from ckpt_tui.core.value import Envelope, Map, Obj, Opaque, Ref, SetOf, Value

TEXT, COPY = "text", "copy"
"""Marks an `Obj` that was made from a JSON document and not from a pickle (see `core.reading.from_json`)."""

_MERGE_LIMIT = 2_000
"""Names that are compared when an object's attributes come from two mappings (a dict and slots)."""


def object_parts(obj: Obj) -> ObjectParts:
    """The parts of an object, worked out from its pickle alone. The cost does not grow with the object."""
    if obj.how in (TEXT, COPY):
        return _of_copy(obj)
    cls, args, kwargs = obj.cls, obj.args, obj.kwargs
    if type(cls) is Obj and _is_partial_new(cls):
        # Protocols 2 and 3 write a class with keyword arguments as partial(cls.__new__, cls, *args, **kwargs)().
        cls, args, kwargs = cls.state[1][0], cls.state[1][1:], cls.state[2]
    args = args if type(args) is tuple or type(args) is list else (args,)
    whole = _whole(obj)
    if whole is not None:
        return whole
    name, items, pairs = callable_name(cls), obj.items, obj.pairs
    if name in _NEW_HELPERS and args:
        # copyreg's helpers replace cls.__new__ in protocols 0 to 2.
        made = callable_name(args[0])
        if made:
            base = args[1] if name == "copyreg:_reconstructor" and len(args) > 1 else None
            cls, args = args[0], _NEW_HELPERS[name](args)
            name = made
            if type(base) is Ref and len(args) == 1:
                args, items, pairs = _take_base(base.name, args, items, pairs)
    parts = ObjectParts(name or _describe_callable(cls))
    parts.maker = None if name or type(cls) is Ref else cls
    plain = not obj.has_state and items is None and pairs is None and not kwargs
    if plain and (not name or name.startswith("pyspark.")) and (fields := fields_in_pickle(cls, name, args)):
        parts.attributes = Pairs([part for pair in zip(*fields, strict=True) for part in pair])
        return parts
    reader = _foreign_objects().READERS[name] if name in TEXTS else stdlib_types.READERS.get(name)
    if reader is not None and (plain or name in stdlib_types.WITH_STATE):
        reading = stdlib_types.member_of(args) if obj.how == "member" else reader(args, obj.state)
        if reading is not None:
            parts.type, parts.text = reading
            parts.is_text = True
            parts.is_type = parts.type == "type"
            return parts
    if reader is None and plain and obj.how == "call" and _reads_like_an_enum(name, args):
        parts.text = args[0]
        parts.is_text = True
        return parts
    parts.items, parts.entries, parts.kwargs = items, pairs, kwargs
    parts.args = take_contents(parts, name, args, obj.how == "call")
    if obj.has_state:
        _take_state(parts, obj.state)
    return parts


def _of_copy(obj: Obj) -> ObjectParts:
    """The parts of an object that was read from a document, which has them by name."""
    cls = obj.cls
    parts = ObjectParts(cls.name if cls.qualname else cls.module)
    if obj.how == TEXT:
        parts.text, parts.is_text, parts.is_type = obj.args[0], True, parts.type == "type"
        return parts
    attributes, state, maker = obj.state
    parts.attributes = Pairs(attributes.kv)
    parts.args, parts.items, parts.entries = obj.args, obj.items, obj.pairs
    parts.has_state, parts.state = bool(state), state[0] if state else None
    parts.maker = maker[0] if maker else None
    parts.kwargs = obj.kwargs[0] if obj.kwargs else None
    return parts


def is_array(obj: Obj) -> bool:
    """Whether an object is an array, whose elements have to be read one by one."""
    return callable_name(obj.cls) in ARRAYS


def _whole(obj: Obj) -> ObjectParts | None:
    """An array or a table, whose rows are worked out once; None for any other object."""
    name = callable_name(obj.cls)
    found: ObjectParts | None = _foreign_objects().whole(obj, name) if name in WHOLE else None
    return found


def _foreign_objects() -> ModuleType:
    """How objects of numpy and pandas are read."""
    from ckpt_tui.core.reading import foreign_objects  # late: few pickles hold any

    return foreign_objects


def own_attributes(obj: Obj) -> list[Value] | None:
    """name, value, name, value, ... of an object that is nothing but attributes, as most are; None for any other.

    The same as `object_parts` for such an object, at a fraction of the cost.
    """
    cls, state = obj.cls, obj.state
    if (
        type(cls) is Ref
        and obj.how == "new"
        and type(state) is Map
        and type(obj.args) is tuple
        and not obj.args
        and obj.items is None
        and obj.pairs is None
        and obj.kwargs is None
        and cls.qualname
        and cls.name not in _READ
        and cls.module != "collections"
        and state.has_text_keys()
        and (len(state.kv) > _PYDANTIC or _FIELDS_SET not in state.kv[::2])
    ):
        return state.kv
    return None


def type_name(value: Value) -> str:
    """`module:qualname` of a value as its pickle or JSON shows it."""
    kind = type(value)
    if kind is Obj:
        cls = value.cls
        if value.how in (TEXT, COPY):
            return str(cls.name if cls.qualname else cls.module)
        if type(cls) is Ref and cls.qualname and cls.name not in _ELSEWHERE:
            return cls.name
        return object_parts(value).type
    if kind is Envelope:
        return type_name(value.value) if value.ready else str(value.claimed)
    if kind is SetOf:
        return "builtins:frozenset" if value.frozen else "builtins:set"
    return _NATIVE.get(kind, "?")


_ELSEWHERE = frozenset((
    "copyreg:_reconstructor", "copyreg:__newobj__", "copyreg:__newobj_ex__", *ARRAYS, *TABLE_MAKERS, *TEXTS,
    *stdlib_types.READERS,
))  # fmt: skip
"""What is called to make an object of a class that its arguments name, or whose type its reader says."""

_READ = frozenset((*stdlib_types.READERS, *TABLES, *TEXTS))
"""What makes an object that is more than its attributes."""

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
    # copyreg._reconstructor(cls, base, state): the state is an argument only when the base is not a plain object.
    base = args[1] if len(args) > 1 else None
    return () if type(base) is Ref and base.name == "builtins:object" else args[2:]


def _newobj(args: Sequence[Value]) -> Sequence[Value]:
    return args[1:]


_NEW_HELPERS: dict[str, Callable[[Sequence[Value]], Sequence[Value]]] = {
    "copyreg:_reconstructor": _reconstructor,
    "copyreg:__newobj__": _newobj,
    "copyreg:__newobj_ex__": _newobj,
}


def _take_base(base: str, args: Sequence[Value], items: Value, pairs: Value) -> tuple[Sequence[Value], Value, Value]:
    """The contents of a list, dict or tuple subclass that copyreg._reconstructor hands to its base."""
    if base == "builtins:list" and type(args[0]) is list and items is None:
        return (), args[0], pairs
    if base == "builtins:dict" and type(args[0]) is Map and pairs is None:
        return (), items, args[0].kv
    if base == "builtins:tuple" and type(args[0]) is tuple:
        return args[0], items, pairs  # as a named tuple has them in later protocols
    return args, items, pairs


def _is_partial_new(cls: Obj) -> bool:
    """Whether a callable is `functools.partial(X.__new__, X, ...)`: (function, arguments, keyword arguments, dict)."""
    state = cls.state
    if callable_name(cls.cls) != "functools:partial" or type(state) is not tuple or len(state) != 4:
        return False
    made = callable_name(state[1][0]) if type(state[1]) is tuple and state[1] else ""
    return made != "" and callable_name(state[0]) == f"{made}.__new__"


def _describe_callable(cls: Value) -> str:
    if type(cls) is Ref:
        return f"{cls.module}:(no name)"
    if type(cls) is Obj:  # one level only: what makes it may itself be made, a million times over
        return f"(made by {callable_name(cls.cls) or '?'})"
    return f"({_NATIVE.get(type(cls), '?')})"


def _reads_like_an_enum(name: str, args: Sequence[Value]) -> bool:
    """An Enum pickles as a call with its value. Other classes may, but few do, and the value is shown all the same."""
    module, _, qualname = name.partition(":")
    return (
        len(args) == 1
        and (args[0] is None or type(args[0]) in (str, int, float, bool))
        and module not in _NOT_ENUMS
        and qualname[:1] not in "_abcdefghijklmnopqrstuvwxyz"
        and not qualname.endswith(EXCEPTION_ENDINGS)
    )


_NOT_ENUMS = frozenset({"builtins", "collections", "functools", "operator", "os", "posix", "nt", "subprocess", "types"})


def _take_state(parts: ObjectParts, state: Value) -> None:
    if state is None:
        return
    kv = _attributes(state)
    if kv is not None and parts.attributes:
        kv = _merged([Map(parts.attributes.kv), Map(kv)])
    if kv is None:
        parts.state = state
        parts.has_state = True
    else:
        parts.attributes = Pairs(kv)


def _attributes(state: Value) -> list[Value] | None:
    """Names and values in a state, or None when it is something else."""
    if type(state) is Map:
        return _pydantic(state.kv) if _is_pydantic(state.kv) else state.kv if state.has_text_keys() else None
    if type(state) is tuple and len(state) == 2:
        # (the instance's dict or None, its slots)
        parts = [item for item in state if item is not None]
        return _merged(parts) if all(type(item) is Map for item in parts) else None
    return None


def _merged(maps: list[Map]) -> list[Value] | None:
    """Names and values of several mappings, or None when they are not all different texts."""
    maps = [item for item in maps if item.kv]
    if len(maps) == 1:
        return maps[0].kv if maps[0].has_text_keys() else None
    if sum(len(item.kv) for item in maps) > _MERGE_LIMIT:
        return None
    whole = Map([part for item in maps for part in item.kv])
    return whole.kv if whole.has_text_keys() else None


def _is_pydantic(kv: list[Value]) -> bool:
    return len(kv) <= _PYDANTIC and any(type(key) is str and key == _FIELDS_SET for key in kv[::2])


def _pydantic(kv: list[Value]) -> list[Value] | None:
    """The fields, extra fields and private attributes of a pydantic model, flat; None for another object."""
    maps = []
    for key, value in Pairs(kv):
        if type(key) is not str or key not in ("__dict__", "__pydantic_extra__", "__pydantic_private__", _FIELDS_SET):
            return None
        if type(value) is Map:
            maps.append(value)
        elif key != _FIELDS_SET and value is not None:
            return None
    return _merged(maps)


_FIELDS_SET = "__pydantic_fields_set__"
_PYDANTIC = 8
"""Keys and values in the state of a pydantic model, at most."""
