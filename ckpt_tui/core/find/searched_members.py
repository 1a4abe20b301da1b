"""The members of a value as the search goes through them: the steps to each, its name, and the value.

A value that the text before it makes a secret comes as `Hidden`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.members import escape_name
from ckpt_tui.core.reading.object_parts import ObjectParts, Pairs
from ckpt_tui.core.reading.order import ordered
from ckpt_tui.core.redact import secrecy
from ckpt_tui.core.secret_items import secrets_beside
from ckpt_tui.core.value import Map, SetOf, Value

Members = Iterable[tuple[Path | None, str | None, Value]]
"""Steps (None where the name is the only one), the name if it has one, and the value."""


def members_of(item: Value, kind: type) -> Members:
    """The members of a container that is not an object."""
    if kind is dict:
        for name, label in secrets_beside(item).items():
            item = {**item, name: Hidden(item[name], secrecy(label))}
        return ((None, name, value) for name, value in item.items())
    if kind is list:
        return items_at((), item)
    if kind is tuple:
        return items_at(("$items",), item)
    if kind is SetOf:
        return items_at(("$items",), ordered(item))
    if kind is Map:
        if item.has_text_keys():
            return _named(item)
        return entries_of(item.kv)
    return items_at(("$partial",), item.partial)


def _named(item: Map) -> Members:
    """Named members; those that others make secrets are hidden."""
    beside, kv = secrets_beside(item), item.kv
    if not beside:
        return ((None, name, value) for name, value in Pairs(kv))
    return (
        (None, name, Hidden(value, secrecy(beside[name])) if name in beside else value) for name, value in Pairs(kv)
    )


class Hidden:
    """A value that the text before it makes a secret."""

    __slots__ = ("secret", "value")

    def __init__(self, value: Value, secret: int) -> None:
        self.value = value
        self.secret = secret


def items_at(prefix: Path, items: Any) -> Members:
    """The items of a list below some steps."""
    beside = secrets_beside(items)
    if beside:
        return (
            ((*prefix, index), None, Hidden(value, secrecy(beside[index])) if index in beside else value)
            for index, value in enumerate(items)
        )
    return (((*prefix, index), None, value) for index, value in enumerate(items))


def entries_of(kv: list[Value]) -> Members:
    """The entries of a mapping, key, value, key, value, ...: keys that are not texts are members, too."""
    for index, (key, value) in enumerate(Pairs(kv)):
        if type(key) is str:
            yield ("$entries", index, 1), key, value
        else:
            yield ("$entries", index, 0), None, key
            yield ("$entries", index, 1), None, value


_FEW_NAMES = 512
"""Names and values of an object that are searched together, at most."""


def attributes_of(kv: list[Value], is_dull: Callable[[tuple[str, ...]], bool]) -> Members:
    """The attributes of an object, name, value, name, value, ...; `is_dull` means that none of the names matters."""
    # Most attributes of the framework's objects are None.
    if len(kv) < _FEW_NAMES and is_dull(names := tuple(kv[::2])):
        return [((name,), None, value) for name, value in zip(names, kv[1::2], strict=True) if value is not None]
    beside = secrets_beside(Map(kv))
    return (
        (
            (escape_name(name),) if name[:1] == "$" else None,
            name,
            Hidden(value, secrecy(beside[name])) if name in beside else value,
        )
        for name, value in Pairs(kv)
    )


def object_members(parts: ObjectParts, is_dull: Callable[[tuple[str, ...]], bool]) -> Members:
    """The members of an object that is more than attributes."""
    yield from attributes_of(parts.attributes.kv, is_dull)
    if parts.has_state:
        yield ("$state",), None, parts.state
    if parts.kwargs is not None:
        yield ("$kwargs",), None, parts.kwargs
    if parts.maker is not None:
        yield ("$call",), None, parts.maker
    if parts.args:
        yield from items_at(("$args",), parts.args)
    if parts.items is not None:
        yield from items_at(("$items",), parts.items)
    if parts.entries is not None:
        yield from entries_of(parts.entries)
