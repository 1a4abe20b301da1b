"""The members of a value, in order, with the label a reader sees and the steps to each in the JSON of `show`.

Rows, search, diff and JSON all walk values through this module, so that they agree on what is where.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from ckpt_tui.core.documents.envelope import resolve
from ckpt_tui.core.paths import Path
from ckpt_tui.core.reading.object_parts import ObjectParts, Pairs
from ckpt_tui.core.reading.order import ordered
from ckpt_tui.core.reading.pickled_objects import object_parts, own_attributes
from ckpt_tui.core.value import Map, Obj, Opaque, SetOf, Value


class Member(NamedTuple):
    """One member: how it is labelled, where it is below its parent, and itself.

    `key` holds the mapping key of an entry, which may be any value; the view then shows a summary of it. `is_group`
    means that the label is a view's own and not in the data.
    """

    label: str
    steps: Path
    value: Value
    key: Value = None
    is_index: bool = False
    is_group: bool = False


class _Group:
    """Members of one sort: items of a sequence, attributes and keys that are names, or entries of a mapping."""

    __slots__ = ("prefix", "sort", "values")

    def __init__(self, sort: str, values: Sequence[Value], prefix: Path = ()) -> None:
        self.sort = sort
        self.values = values
        self.prefix = prefix

    def member(self, index: int) -> Member:
        item = self.values[index]
        if self.sort == "items":
            return Member(str(index), (*self.prefix, index), item, is_index=True)
        name, value = item
        if self.sort == "entries":
            label = name if type(name) is str else ""
            return Member(label, (*self.prefix, index, 1), value, key=(name,))
        return Member(name, (*self.prefix, escape_name(name) if self.sort == "attributes" else name), value)

    def value(self, index: int) -> Value:
        item = self.values[index]
        return item if self.sort == "items" else item[1]

    def find(self, path: Path) -> int:
        """The position of the member that a path leads through; -1 where there is none."""
        size = len(self.prefix)
        if len(path) <= size or path[:size] != self.prefix:
            return -1
        step = path[size]
        if self.sort == "items" or self.sort == "entries":
            ends = self.sort == "items" or path[size + 1 : size + 2] == (1,)
            return step if ends and type(step) is int and 0 <= step < len(self.values) else -1
        if type(step) is not str:
            return -1
        names = self.values.kv[::2] if type(self.values) is Pairs else [name for name, _ in self.values]
        if self.sort == "attributes" and step.startswith("$"):
            step = step[1:]
            if not step.startswith("$"):
                return -1
        return names.index(step) if step in names else -1

    def __iter__(self) -> Iterator[Value]:
        return iter(self.values) if self.sort == "items" else (value for _, value in self.values)


class Members:
    """The members of one value, by position, each built on access."""

    __slots__ = ("_groups", "_size", "kind")

    def __init__(self, kind: str, groups: tuple[_Group, ...] = ()) -> None:
        self.kind = kind
        """list, names (attributes or keys, all text), entries (keys of any kind) or mixed."""
        self._groups = groups
        self._size = sum(len(group.values) for group in groups)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Value]:
        """The values, in order."""
        return chain.from_iterable(self._groups)

    def __getitem__(self, index: int) -> Member:
        group, index = self._find(index)
        return group.member(index)

    def value(self, index: int) -> Value:
        """The value at a position, without its label."""
        group, index = self._find(index)
        return group.value(index)

    def find(self, path: Path) -> int:
        """The position of the member that a path leads through; -1 where there is none."""
        before = 0
        for group in self._groups:
            index = group.find(path)
            if index >= 0:
                return before + index
            before += len(group.values)
        return -1

    def _find(self, index: int) -> tuple[_Group, int]:
        if index < 0:
            raise IndexError(index)
        for group in self._groups:
            if index < len(group.values):
                return group, index
            index -= len(group.values)
        raise IndexError(index)


NO_MEMBERS = Members("list")


def escape_name(name: str) -> str:
    """An attribute name as JSON shows it: a second `$` keeps it apart from the signs of this format."""
    return f"${name}" if name.startswith("$") else name


def members(value: Value) -> Members:
    """The members of a value; none for a scalar."""
    value = resolve(value)
    kind = type(value)
    if kind is list:
        return Members("list", (_Group("items", value),))
    if kind is dict:
        return Members("names", (_Group("names", list(value.items())),))
    if kind is tuple:
        return Members("list", (_Group("items", value, ("$items",)),))
    if kind is Map:
        if value.has_text_keys():
            return Members("names", (_Group("names", Pairs(value.kv)),))
        return Members("entries", (_Group("entries", Pairs(value.kv), ("$entries",)),))
    if kind is SetOf:
        return Members("list", (_Group("items", ordered(value), ("$items",)),))
    if kind is Obj:
        own = own_attributes(value)
        if own is not None:
            return Members("names", (_Group("attributes", Pairs(own)),))
        return object_members(object_parts(value))
    if kind is Opaque and value.partial:
        return Members("list", (_Group("items", value.partial, ("$partial",)),))
    return NO_MEMBERS


def all_members(value: Value) -> Members:
    """The same, but with all elements of an array, each read on access."""
    value = resolve(value)
    if type(value) is not Obj or own_attributes(value) is not None:
        return members(value)
    parts = object_parts(value)
    return object_members(parts, parts.items if parts.all_items is None else parts.all_items)


def locate(value: Value, path: Path) -> tuple[int, ...]:
    """The positions, level by level, that lead along a path; as far as there is something.

    >>> locate({"a": 1, "b": (2, 3)}, ("b", "$items", 1))
    (1, 1)
    """
    found: list[int] = []
    while path:
        below = all_members(value)
        index = below.find(path)
        if index < 0:
            break
        found.append(index)
        value, path = below.value(index), path[len(below[index].steps) :]
    return tuple(found)


def object_members(parts: ObjectParts, items: Sequence[Value] | None = None) -> Members:
    """The members of an object, from its parts; `items` replaces its own items."""
    items = parts.items if items is None else items
    if parts.is_text:
        return NO_MEMBERS
    groups: list[tuple[str, _Group]] = []
    if parts.attributes:
        groups.append(("names", _Group("attributes", parts.attributes)))
    own = [("$state", parts.state)] if parts.has_state else []
    if parts.kwargs is not None:
        own.append(("$kwargs", parts.kwargs))
    if parts.maker is not None:
        own.append(("$call", parts.maker))
    if own:
        groups.append(("mixed", _Group("names", own)))
    if parts.args:
        groups.append(("mixed", _Group("items", parts.args, ("$args",))))
    if items is not None:
        groups.append(("mixed", _Group("items", items, ("$items",))))
    if parts.entries is not None:
        groups.append(("entries", _Group("entries", Pairs(parts.entries), ("$entries",))))
    kind = groups[0][0] if len(groups) == 1 else "mixed" if groups else "names"
    return Members(kind, tuple(group for _, group in groups))
