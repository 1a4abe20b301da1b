"""Classes of every way that Python pickles an object, for the tests of the decoder."""

import collections
import enum
import typing
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import BaseModel, PrivateAttr


@dataclass
class Plain:
    a: Any = 1
    b: Any = None


@dataclass(frozen=True)
class Frozen:
    a: Any
    b: Any = ()


@dataclass(slots=True)
class Slotted:
    a: Any
    b: Any


@dataclass(frozen=True, slots=True)
class FrozenSlotted:
    a: Any
    b: Any


class HandSlotted:
    __slots__ = ("__private", "left", "right")

    def __init__(self, left: Any, right: Any) -> None:
        self.left = left
        self.right = right
        self.__private = left


class SlotsAndDict(HandSlotted):
    def __init__(self, left: Any, right: Any) -> None:
        super().__init__(left, right)
        self.more = right


class Point(NamedTuple):
    x: Any
    y: Any


class Colour(enum.Enum):
    RED = "red"
    TWO = 2
    HALF = 0.5
    NOTHING = None
    PAIR = (1, 2)


class Permission(enum.Flag):
    R = 1
    W = 2
    X = 4


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Name(enum.StrEnum):
    FIRST = "first"


class MyList(list[Any]):
    pass


class MyDict(dict[Any, Any]):
    pass


class MySet(set[Any]):
    pass


class MyStr(str):
    __slots__ = ()


class MyInt(int):
    pass


class MyTuple(tuple[Any, ...]):
    __slots__ = ()


class MyFloat(float):
    pass


class MyDeque(collections.deque[Any]):
    pass


class Model(BaseModel):
    a: Any = None
    b: Any = None
    _private: Any = PrivateAttr(default=None)


class OpenModel(BaseModel, extra="allow"):
    a: Any = None


class Outer:
    @dataclass
    class Inner:
        v: Any = 0

        @dataclass
        class Innermost:
            w: Any = 0


class Reduced:
    """Its `__reduce__` gives all five parts."""

    def __init__(self, *args: Any) -> None:
        self.args = args
        self.items: list[Any] = []
        self.pairs: dict[Any, Any] = {}

    def append(self, item: Any) -> None:
        self.items.append(item)

    def extend(self, items: Any) -> None:
        self.items.extend(items)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.pairs[key] = value

    def __reduce__(self) -> Any:
        return Reduced, self.args, {"args": self.args}, iter(self.items), iter(self.pairs.items())


class OddState:
    """Its state is no dict."""

    def __init__(self, state: Any) -> None:
        self.state = state

    def __getstate__(self) -> Any:
        return self.state

    def __setstate__(self, state: Any) -> None:
        self.state = state


class WithKeywords:
    """Written with NEWOBJ_EX."""

    def __new__(cls, *args: Any, **kwargs: Any) -> typing.Self:
        made = super().__new__(cls)
        made.given = (args, kwargs)
        return made

    given: Any

    def __getnewargs_ex__(self) -> Any:
        return self.given

    def __getstate__(self) -> Any:
        return None


class NotFound(Exception):
    pass


@dataclass
class Node:
    label: str
    children: list["Node"] = field(default_factory=list)
    parent: "Node | None" = None


ANNOTATIONS: list[Any] = [
    list[int],
    dict[str, list[Plain]],
    typing.Optional[int],  # noqa: UP045 written otherwise than int | None
    typing.Union[int, str],  # noqa: UP007 the same
    int | None,
    tuple[int, ...],
    type(None),
]
