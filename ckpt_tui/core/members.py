"""The members of a value, in order, with the label a reader sees and the steps that lead to each in the JSON of `show`.

Rows, search, diff and JSON all walk values through this module, so that they agree on what is where.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from ckpt_tui.core.anatomy import Anatomy, anatomy
from ckpt_tui.core.envelope import resolve
from ckpt_tui.core.paths import Path
from ckpt_tui.core.value import Map, Obj, Opaque, SetOf, Value

_SORT_LIMIT = 20_000
"""Members of a set that are sorted; a larger set is shown in its own order."""


class Member(NamedTuple):
    """One member: how it is labelled, where it stands below its parent, and itself.

    `key` is the mapping key when it is no text; `label` is then empty and the view makes a preview of the key.
    """

    label: str
    steps: Path
    value: Value
    key: Value = None
    is_index: bool = False


class Members:
    """The members of one value, by position; nothing is built before it is asked for."""

    __slots__ = ("_names", "_prefix", "_values", "kind")

    def __init__(
        self, kind: str, values: Sequence[Value], names: Sequence[Value] | None = None, prefix: Path = ()
    ) -> None:
        self.kind = kind
        """list, names (attributes or keys, all text), entries (keys of any kind), text-entries or mixed."""
        self._values = values
        self._names = names
        self._prefix = prefix

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, index: int) -> Member:
        value = self._values[index]
        if self._names is None:
            return Member(str(index), (*self._prefix, index), value, is_index=True)
        name = self._names[index]
        if self.kind == "entries":
            return Member("", (*self._prefix, index, 1), value, key=(name,))
        if self.kind == "text-entries":
            return Member(name, (*self._prefix, index, 1), value)
        if self.kind == "mixed":
            label, steps = name
            return Member(label, steps, value, is_index=label.isdigit())
        return Member(name, (*self._prefix, name), value)

    def value(self, index: int) -> Value:
        """The value at a position, without its label."""
        return self._values[index]

    def none_positions(self) -> list[int]:
        """Positions whose value is None, for views that fold them."""
        return [index for index, value in enumerate(self._values) if value is None]


NO_MEMBERS = Members("list", ())


def escape_name(name: str) -> str:
    """An attribute name as JSON shows it: a second `$` keeps it apart from the signs of this format."""
    return f"${name}" if name.startswith("$") else name


def members(value: Value) -> Members:
    """The members of a value; none for a scalar."""
    value = resolve(value)
    kind = type(value)
    if kind is list:
        return Members("list", value)
    if kind is dict:
        return Members("names", list(value.values()), list(value))
    if kind is tuple:
        return Members("list", value, prefix=("$items",))
    if kind is Map:
        return _mapping(value.kv, ())
    if kind is SetOf:
        return Members("list", ordered(value.items), prefix=("$items",))
    if kind is Obj:
        return _object(anatomy(value))
    if kind is Opaque and value.partial:
        return Members("list", value.partial, prefix=("$partial",))
    return NO_MEMBERS


def has_text_keys(kv: list[Value]) -> bool:
    """Whether keys are all text and all different, so that the mapping is a JSON object."""
    keys = kv[::2]
    return all(type(key) is str for key in keys) and len(set(keys)) == len(keys)


def _mapping(kv: list[Value], prefix: Path) -> Members:
    if has_text_keys(kv):
        return Members("names", kv[1::2], kv[::2], prefix)
    return Members("entries", kv[1::2], kv[::2], (*prefix, "$entries"))


def _object(parts: Anatomy) -> Members:
    if parts.is_text:
        return NO_MEMBERS
    only_attributes = parts.items is None and parts.entries is None and not parts.args and not parts.has_state
    if only_attributes and parts.kwargs is None:
        names = [name for name, _ in parts.attributes]
        values = [value for _, value in parts.attributes]
        if len(set(names)) == len(names) and not any(name.startswith("$") for name in names):
            return Members("names", values, names)
    return _mixed(parts)


def _mixed(parts: Anatomy) -> Members:
    named: list[tuple[str, Path]] = []
    values: list[Value] = []
    last = dict(parts.attributes)  # a name set twice has its last value
    for name, value in last.items():
        named.append((name, (escape_name(name),)))
        values.append(value)
    if parts.has_state:
        named.append(("$state", ("$state",)))
        values.append(parts.state)
    if parts.kwargs is not None:
        named.append(("$kwargs", ("$kwargs",)))
        values.append(parts.kwargs)
    if parts.args:
        for index, value in enumerate(parts.args):
            named.append((str(index), ("$args", index)))
            values.append(value)
    if parts.items is not None:
        for index, value in enumerate(ordered(parts.items) if parts.is_set else parts.items):
            named.append((str(index), ("$items", index)))
            values.append(value)
    if parts.entries is not None:
        kv = parts.entries
        for index in range(0, len(kv), 2):
            label = kv[index] if type(kv[index]) is str else ""
            named.append((label, ("$entries", index // 2, 1)))
            values.append(kv[index + 1])
        if len(named) == len(kv) // 2:
            kind = "text-entries" if has_text_keys(kv) else "entries"
            return Members(kind, kv[1::2], kv[::2], ("$entries",))
    return Members("mixed", values, named)


def ordered(items: Sequence[Value]) -> Sequence[Value]:
    """The members of a set in a stable order: that of their JSON text."""
    if len(items) > _SORT_LIMIT:
        return items
    return [item for _, item in sorted(((_order(item, 3), item) for item in items), key=lambda pair: pair[0])]


def _order(item: Value, depth: int) -> str:
    if item is None or type(item) in (str, bool, int, float):
        return json.dumps(item)
    if depth == 0:
        return "~"
    from ckpt_tui.core.plain import order_text  # plain needs members

    return order_text(item)
