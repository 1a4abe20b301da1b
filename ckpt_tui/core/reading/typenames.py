"""Names of classes and types that a pickle writes as calls: `list[Message]`, `A | None`, a class within a class."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ckpt_tui.core.value import Obj, Ref, Value

_NESTED = 8
"""Levels of classes within classes."""
_NAME_LIMIT = 200
"""Characters of an identifier."""
_TYPE_VISITS = 40
"""Types within one type such as `dict[str, list[Message]]`: shared parts could lead to any number."""
_TEXT_LIMIT = 4096
"""Characters of the name of a type; a longer one is shown in its parts."""


def called_type(name: str, args: Sequence[Value]) -> str | None:
    """The type that a call of `name`, one of `TYPE_CALLS`, makes; None when it makes none that has a name."""
    text = TYPE_CALLS[name](args, 0, [_TYPE_VISITS])
    return None if text is None or len(text) > _TEXT_LIMIT else text


def callable_name(cls: Value) -> str:
    """`module:qualname` of a callable in a pickle, or "" when it has no such name.

    Protocols 0 to 3 write a nested class as `getattr(Outer, "Inner")`.
    """
    if type(cls) is Ref:
        return cls.name if cls.qualname else ""
    if type(cls) is Obj and type(cls.cls) is Ref and cls.cls.name == "builtins:getattr" and type(cls.args) is tuple:
        return _nested_name(cls.args) or ""
    return ""


def _nested_name(args: Sequence[Value], depth: int = 0, left: object = None) -> str | None:
    names: list[str] = []
    for _ in range(_NESTED):
        if len(args) != 2 or type(args[1]) is not str or not args[1].isidentifier() or len(args[1]) > _NAME_LIMIT:
            return None
        names.append(args[1])
        owner = args[0]
        if type(owner) is Ref:
            return ".".join([owner.name, *reversed(names)]) if owner.qualname else None
        if type(owner) is not Obj or type(owner.cls) is not Ref or owner.cls.name != "builtins:getattr":
            return None
        if type(owner.args) is not tuple:
            return None
        args = owner.args
    return None


def _alias_text(args: Sequence[Value], depth: int, left: list[int]) -> str | None:
    """types.GenericAlias(origin, parameters), as in `list[Message]`."""
    if len(args) != 2:
        return None
    origin = _type_text(args[0], depth + 1, left)
    items = args[1] if type(args[1]) is tuple else (args[1],)
    if origin is None or len(items) > 20:
        return None
    texts = [_type_text(item, depth + 1, left) for item in items]
    if None in texts:
        return None
    return (
        f"{origin.removeprefix('builtins:')}[{', '.join(str(text) for text in texts)}]"  # list[...], as it is written
    )


def _getitem_text(args: Sequence[Value], depth: int, left: list[int]) -> str | None:
    """operator.getitem(Union, (A, B)): how typing's own aliases pickle."""
    typing = bool(args) and type(args[0]) is Ref and args[0].module == "typing"
    return _alias_text(args, depth, left) if typing else None


def _or_text(args: Sequence[Value], depth: int, left: list[int]) -> str | None:
    """operator.or_(A, B): how `A | B` pickles."""
    texts = [_type_text(arg, depth + 1, left) for arg in args[:3]]
    return None if len(texts) != 2 or None in texts else f"{texts[0]} | {texts[1]}"


def _reduce_text(args: Sequence[Value], depth: int, left: list[int]) -> str | None:
    """functools.reduce(operator.or_, (A, B, C)): how `A | B | C` pickles."""
    if len(args) != 2 or type(args[1]) is not tuple or not 2 <= len(args[1]) <= 20:
        return None
    if callable_name(args[0]) not in ("_operator:or_", "operator:or_"):
        return None
    texts = [_type_text(item, depth + 1, left) for item in args[1]]
    return None if None in texts else " | ".join(str(text) for text in texts)


def _none_type_text(args: Sequence[Value], depth: int, left: list[int]) -> str | None:
    return "builtins:NoneType" if len(args) == 1 and args[0] is None else None


TYPE_CALLS: dict[str, Callable[[Sequence[Value], int, list[int]], str | None]] = {
    "types:GenericAlias": _alias_text,
    "_operator:getitem": _getitem_text,
    "operator:getitem": _getitem_text,
    "_operator:or_": _or_text,
    "operator:or_": _or_text,
    "_functools:reduce": _reduce_text,
    "functools:reduce": _reduce_text,
    "builtins:type": _none_type_text,
    "builtins:getattr": _nested_name,
}
"""Calls that make a type, each with what reads its arguments."""


def _type_text(value: Value, depth: int, left: list[int]) -> str | None:
    left[0] -= 1
    if depth > 12 or left[0] < 0:  # no annotation is nested as deep
        return None
    if type(value) is Ref:
        return value.name if len(value.name) <= 2 * _NAME_LIMIT else None
    if type(value) is Obj and type(value.args) is tuple:
        call = TYPE_CALLS.get(callable_name(value.cls))
        return call(value.args, depth + 1, left) if call else None
    return None


def short_type(name: str) -> str:
    """The class name alone: `myapp.models:Draft` → `Draft`."""
    return name.rsplit(":", 1)[-1]
