"""Named tuples as `typing` makes them, in less time."""

from __future__ import annotations

import pickle
import typing

import pytest

from ckpt_tui.core.named_tuples import NamedTuple


class Place(NamedTuple):
    """A place."""

    name: str
    at: NotThere = ()  # type: ignore[name-defined]  # noqa: F821

    @property
    def label(self) -> str:
        return f"{self.name}!"


class Typed(typing.NamedTuple):
    """A place."""

    name: str
    at: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.name}!"


class Deeper(Place):
    """A place in a place."""

    __slots__ = ()


def test_a_named_tuple_is_what_typing_makes_of_the_same_statement() -> None:
    assert Place._fields == Typed._fields == ("name", "at")
    assert Place._field_defaults == Typed._field_defaults == {"at": ()}
    assert (Place.__doc__, Place.__module__, Place.__qualname__) == ("A place.", __name__, "Place")
    assert Place.__bases__ == Typed.__bases__ == (tuple,)
    assert set(vars(Typed)) - set(vars(Place)) <= {"__orig_bases__"}
    one = Place("a")
    assert tuple(one) == tuple(Typed("a")) == ("a", ())
    assert one.label == "a!"
    assert one._replace(name="b") == ("b", ())
    assert repr(one) == "Place(name='a', at=())"
    assert type(pickle.loads(pickle.dumps(one))) is Place
    with pytest.raises(TypeError, match="name"):
        Place()  # type: ignore[call-arg]


def test_the_types_of_its_fields_are_never_looked_up() -> None:
    assert Place.__annotations__ == {"name": "str", "at": "NotThere"}


def test_a_class_derived_from_a_named_tuple_has_its_fields() -> None:
    assert Deeper("a", ()).name == "a"
    assert Deeper.__bases__ == (Place,)
