"""The classes that the sample checkpoints under tests/data refer to, as a user's own module would have them.

Attribute names and construction were taken from the pickles; the tests load this file under the name `gen_corpus`.
"""

from collections import namedtuple
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum, Flag
from typing import Any
from uuid import UUID

from pydantic import BaseModel


class Color(Enum):
    RED = "red"
    GREEN = "green"


class Perm(Flag):
    R = 1
    W = 2
    X = 4


Point = namedtuple("Point", ["x", "y"])  # noqa: PYI024 - the plain form is what the sample was made with


@dataclass
class Address:
    street: str
    zip: str | None = None


@dataclass(frozen=True)
class Money:
    amount: Decimal
    currency: str = "EUR"


@dataclass
class Customer:
    name: str
    address: Address
    tags: list[str] = field(default_factory=list)
    balance: Money | None = None
    color: Color = Color.RED


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a: int, b: str) -> None:
        self.a = a
        self.b = b


class Outer:
    @dataclass
    class Inner:
        v: int


class Item(BaseModel):
    sku: str
    qty: int = 1
    when: datetime | None = None


class Order(BaseModel):
    id: UUID
    items: list[Item]
    meta: dict[str, list[int]]


class Plain:
    def __init__(self, a: Any, b: Any) -> None:
        self.a = a
        self.b = b


class WithGetstate:
    def __init__(self, keep: list[int]) -> None:
        self.keep = keep
        self.drop = "not saved"

    def __getstate__(self) -> dict[str, Any]:
        return {"keep": self.keep}


class WithReduce:
    def __init__(self, n: int) -> None:
        self.n = n

    def __reduce__(self) -> tuple[type["WithReduce"], tuple[int]]:
        return WithReduce, (self.n,)


class Node:
    def __init__(self, name: str) -> None:
        self.name = name
        self.children: list[Node] = []
        self.parent: Node | None = None


class MyDict(dict[str, Any]):
    pass


class MyList(list[Any]):
    pass


@dataclass
class WorkItem:
    n: int
    note: str = ""


@dataclass
class ApprovalRequest:
    prompt: str
    draft: str
    iteration: int = 0
    options: list[str] = field(default_factory=lambda: ["approve", "reject"])


@dataclass
class Decision:
    approved: bool
    comment: str = ""


@dataclass
class Unregistered:
    n: int


@dataclass
class Job:
    """Stands in `__main__` while a sample is loaded: its workflow was a script."""

    n: int


Job.__module__ = "__main__"
