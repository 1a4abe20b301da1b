"""Values that are equal, whatever bytes they were pickled to."""

from __future__ import annotations

import base64
import math
import pickle
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.diff.value_diff import diff
from ckpt_tui.core.documents.document import parse
from ckpt_tui.core.matching.digests import Digests
from ckpt_tui.core.matching.equality import are_equal
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.value import Map, SetOf, Value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": [True]}, {"b": [True], "a": 1}),
        (math.nan, math.nan),
        (0.0, -0.0),
        ((1, "x", None), (1, "x", None)),
        (SetOf(["b", "a"]), SetOf(["a", "b"])),
        (Map(["b", 1, "a", 2]), Map(["a", 2, "b", 1])),
        (Path("a/b"), Path("a/b")),
        ({1, 2, 3}, {3, 1, 2}),
    ],
)
def test_values_that_say_the_same_are_equal(one: Value, other: Value) -> None:
    assert are_equal(_decoded(one), _decoded(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True), (1, 1.0), ("1", 1), ([], ()), ({"a": 1}, {"a": 2}), ({"a": 1}, {"b": 1}), ([1], [1, 2]),
        (SetOf(["a"]), SetOf(["a"], frozen=True)), (Map([1, "a"]), Map([2, "a"])), (Path("a"), Path("b")),
        (None, False), (b"a", "a"),
        ({"a": []}, {"a": {}}), ({"a": 0}, {"a": False}), ([[0]], [[0.0]]), ({"a": ""}, {"a": None}),
    ],
)  # fmt: skip
def test_values_that_differ_in_anything_are_not_equal(one: Value, other: Value) -> None:
    assert not are_equal(_decoded(one), _decoded(other))


scalars = st.sampled_from([0, 1, 1.0, True, None, 0.0, -0.0, math.nan, "", "a", "b" * 70, b"a", Path("a")])
values = st.recursive(
    scalars,
    lambda below: st.one_of(
        st.lists(below, max_size=3),
        st.lists(below, max_size=2).map(tuple),
        st.dictionaries(st.sampled_from(["a", "b", 1]), below, max_size=3),
        st.sets(st.sampled_from([0, 1, "a"]), max_size=2),
    ),
    max_leaves=6,
)


@example([0.0, -0.0], [0.0, 0.0], False)
@example({1: [[0.0, -0.0], []]}, {1: [[0.0, 0.0], []]}, False)
@given(values, values, st.booleans())
def test_what_is_equal_has_one_digest_and_no_change(one: Value, other: Value, is_copy: bool) -> None:
    one, other = (decode(pickle.dumps(value)).value for value in (one, one if is_copy else other))
    digests = Digests()
    equal = are_equal(one, other)
    assert equal is (digests.of(one) == digests.of(other))
    assert equal is (diff({"state": one}, {"state": other}, IgnoreRules(())).changes == ())
    assert equal or not is_copy


def test_cycles_and_shared_values_end() -> None:
    one: list[Value] = [1]
    one.append(one)
    other: list[Value] = [1]
    other.append(other)
    assert are_equal(one, other)
    other[0] = 2
    assert not are_equal(one, other)
    wide: Value = ["x"]
    twin: Value = ["x"]
    for _ in range(200):
        wide, twin = [wide, wide], [twin, twin]
    assert are_equal(wide, twin)


def test_depth_costs_no_recursion() -> None:
    one: Value = 1
    other: Value = 2
    for _ in range(100_000):
        one, other = [one], [other]
    assert not are_equal(one, other)


def test_keys_can_be_left_out_at_any_depth() -> None:
    one, other = {"a": {"id": 1, "n": 2}}, {"a": {"id": 9, "n": 2}}
    assert are_equal(one, other, frozenset({"id"}))
    assert not are_equal(one, other)


def test_large_values_count_as_equal_as_far_as_they_were_looked_at() -> None:
    one = [[number] for number in range(100)]
    other = [[number] for number in range(99)] + [[-1]]
    assert not are_equal(one, other)
    assert are_equal(one[::-1], [[0], *other[1:]][::-1], nodes=0)


def test_pickles_with_other_bytes_can_be_equal() -> None:
    shared = "a text that is long enough"
    one = pickle.dumps({"a": shared, "b": shared}, protocol=5)
    other = pickle.dumps({"a": shared, "b": "".join(list(shared))}, protocol=5)
    assert one != other
    text = '{"v": {"__pickled__": "%s", "__type__": "builtins:dict"}}'
    values = [parse((text % base64.b64encode(data).decode()).encode()).value for data in (one, other)]
    assert are_equal(*values)


def _decoded(value: Value) -> Value:
    return decode(pickle.dumps(value, protocol=5)).value if isinstance(value, Path | set) else value
