"""Values that say the same."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from ckpt_tui.core.documents.document import parse
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.steps.same import same
from ckpt_tui.core.value import Map, SetOf, Value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": [True]}, {"b": [True], "a": 1}),
        (math.nan, math.nan),
        ((1, "x", None), (1, "x", None)),
        (SetOf(["b", "a"]), SetOf(["a", "b"])),
        (Map(["b", 1, "a", 2]), Map(["a", 2, "b", 1])),
        (Path("a/b"), Path("a/b")),
        ({1, 2, 3}, {3, 1, 2}),
    ],
)
def test_values_that_say_the_same_are_the_same(one: Value, other: Value) -> None:
    assert same(_decoded(one), _decoded(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True), (1, 1.0), ("1", 1), (0.0, -0.0), ([], ()), ({"a": 1}, {"a": 2}), ({"a": 1}, {"b": 1}), ([1], [1, 2]),
        (SetOf(["a"]), SetOf(["a"], frozen=True)), (Map([1, "a"]), Map([2, "a"])), (Path("a"), Path("b")),
        (None, False), (b"a", "a"),
    ],
)  # fmt: skip
def test_values_that_differ_in_anything_are_not_the_same(one: Value, other: Value) -> None:
    assert not same(_decoded(one), _decoded(other))


def test_cycles_and_shared_values_end() -> None:
    one: list[Value] = [1]
    one.append(one)
    other: list[Value] = [1]
    other.append(other)
    assert same(one, other)
    other[0] = 2
    assert not same(one, other)
    wide: Value = ["x"]
    twin: Value = ["x"]
    for _ in range(200):
        wide, twin = [wide, wide], [twin, twin]
    assert same(wide, twin)


def test_depth_costs_no_recursion() -> None:
    one: Value = 1
    other: Value = 2
    for _ in range(100_000):
        one, other = [one], [other]
    assert not same(one, other)


def test_keys_can_be_left_out_at_any_depth() -> None:
    one, other = {"a": {"id": 1, "n": 2}}, {"a": {"id": 9, "n": 2}}
    assert same(one, other, frozenset({"id"}))
    assert not same(one, other)


def test_large_values_count_as_the_same_as_far_as_they_were_looked_at() -> None:
    one = [[number] for number in range(100)]
    other = [[number] for number in range(99)] + [[-1]]
    assert not same(one, other)
    assert same(one[::-1], [[0], *other[1:]][::-1], pairs=0)


def test_pickles_with_other_bytes_can_say_the_same() -> None:
    import base64
    import pickle

    shared = "a text that is long enough"
    one = pickle.dumps({"a": shared, "b": shared}, protocol=5)
    other = pickle.dumps({"a": shared, "b": "".join(list(shared))}, protocol=5)
    assert one != other
    text = '{"v": {"__pickled__": "%s", "__type__": "builtins:dict"}}'
    values = [parse((text % base64.b64encode(data).decode()).encode()).value for data in (one, other)]
    assert same(*values)


def _decoded(value: Value) -> Value:
    import pickle

    return decode(pickle.dumps(value, protocol=5)).value if isinstance(value, Path | set) else value
