"""The parts of a pickled object, as every view of a value takes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from ckpt_tui.core.value import Value

Scalar = None | bool | int | float | str


class Pairs(Sequence[tuple[Value, Value]]):
    """key, value, key, value, ... seen as pairs, without a copy."""

    __slots__ = ("kv",)

    def __init__(self, kv: list[Value]) -> None:
        self.kv = kv

    def __len__(self) -> int:
        return len(self.kv) // 2

    def __getitem__(self, index):  # type: ignore[no-untyped-def]  # slices are not needed
        return self.kv[2 * index], self.kv[2 * index + 1]

    def __iter__(self) -> Iterator[tuple[Value, Value]]:
        return zip(islice(self.kv, 0, None, 2), islice(self.kv, 1, None, 2), strict=True)


class ObjectParts:
    """The parts of one object.

    Attributes:
        type: `module:qualname`.
        text: The text of the whole object (an Enum's value, a date in ISO form), if `is_text`.
        attributes: Names, all different, and values, in the order of the pickle.
        args: Constructor arguments that are not attributes.
        kwargs: Keyword arguments, or None.
        maker: The callable, when it has no name but is made by the pickle itself, or None.
        items: The members of a list-like or set-like object, or None; of an array the first ones.
        all_items: All elements of an array that has more than `items`, each read on access; else None.
        entries: key, value, key, value, ... of a dict-like object, or None.
        state: A state that is not a set of attributes (a custom `__getstate__`), if `has_state`.
        is_type: the object is a class reference such as `list[Message]`, reported by `text`.
    """

    __slots__ = (
        "all_items", "args", "attributes", "entries", "has_state", "is_text", "is_type", "items", "kwargs", "maker",
        "state", "text", "type",
    )  # fmt: skip

    def __init__(self, type_name: str) -> None:
        self.type = type_name
        self.text: Scalar = None
        self.is_text = False
        self.is_type = False
        self.attributes = Pairs([])
        self.args: Sequence[Value] = ()
        self.kwargs: Value = None
        self.maker: Value = None
        self.items: Sequence[Value] | None = None
        self.all_items: Sequence[Value] | None = None
        self.entries: list[Value] | None = None
        self.state: Value = None
        self.has_state = False
