"""Rows of two lists: which are equal at a glance, and what becomes of those that are not."""

import copy
import math
import pickle
from base64 import b64encode
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ckpt_tui.core.diff.changes import Difference
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.diff.value_diff import diff
from ckpt_tui.core.matching.digests import Digests
from ckpt_tui.core.matching.equality import is_plainly_equal, is_plainly_equal_row
from ckpt_tui.core.paths import expression
from ckpt_tui.core.value import Envelope, Map

NAN = math.nan

scalars = st.sampled_from([0, 1, 1.0, True, False, None, 0.0, -0.0, NAN, "", "a", "b" * 70, "c" * 1_100])
members = st.one_of(
    scalars,
    st.lists(scalars, max_size=2),
    st.dictionaries(st.sampled_from("xy"), scalars, max_size=2),
    st.lists(st.lists(scalars, min_size=1, max_size=1), max_size=2),
)
rows = st.one_of(members, st.fixed_dictionaries({"a": scalars, "b": members, "c": scalars}))


def uncharged(_: int) -> None:
    pass


@given(rows, rows, st.booleans())
def test_rows_that_are_equal_at_a_glance_have_one_digest(one: Any, other: Any, is_copy: bool) -> None:
    other = copy.deepcopy(one) if is_copy else other
    digests = Digests()
    if is_plainly_equal(one, other) or is_plainly_equal_row(one, other, digests.charge):
        assert digests.of(one) == digests.of(other)
    elif is_copy:
        assert type(one) in (dict, list), "copies of scalars are equal at a glance"


def test_one_member_of_a_row_shows_that_it_changed() -> None:
    row: dict[str, Any] = {"a": 7, "b": [7, "text", [7]], "c": 0.0, "d": "e" * 2_000}
    for change in ({"a": True}, {"b": [7, "other", [7]]}, {"b": [7, "text", [7.0]]}, {"c": NAN}, {"d": "e" * 1_999}):
        assert not is_plainly_equal_row(row, {**copy.deepcopy(row), **change}, uncharged)
    assert is_plainly_equal_row(row, copy.deepcopy(row), uncharged)
    assert not is_plainly_equal_row(row, {**row, "f": None}, uncharged)


def table(count: int = 40) -> list[Any]:
    return [{"name of": f"row {at}", "number": at, "tags": ["a", at]} for at in range(count)]


def described(before: Any, after: Any) -> list[tuple[str, str, str]]:
    found: Difference = diff({"state": before}, {"state": after}, IgnoreRules(()))
    assert found.incomplete == ""
    return [(one.op, expression(one.path), expression(one.source) if one.source else "") for one in found.changes]


def test_each_of_many_rows_that_changed_is_one_change() -> None:
    before, after = table(), table()
    for at in range(3, 40, 4):
        after[at]["number"] = -at
    assert described(before, after) == [("changed", f"state[{at}].number", "") for at in range(3, 40, 4)]


def test_rows_that_changed_places_among_rows_that_changed_are_moves() -> None:
    before, after = table(), table()
    after[5], after[20] = after[20], after[5]
    after[11]["number"] = after[30]["number"] = -1
    assert described(before, after) == [
        ("moved", "state[5]", "state[20]"),
        ("changed", "state[11].number", ""),
        ("moved", "state[20]", "state[5]"),
        ("changed", "state[30].number", ""),
    ]


def test_a_row_that_is_written_otherwise_is_no_change_and_no_move() -> None:
    before, after = table(), table()
    for at in (5, 20):
        after[at] = dict(reversed(after[at].items()))
    after[30]["number"] = -1
    assert described(before, after) == [("changed", "state[30].number", "")]
    after[11] = Map([part for pair in after[11].items() for part in pair])
    assert described(before, after) == [("changed", "state[30].number", "")]


def test_a_row_that_holds_an_envelope_moves_to_one_that_holds_its_value() -> None:
    before, after = table(), table()
    for at in (5, 20):
        before[at]["number"] = f"drawn {at}"
        text = b64encode(pickle.dumps(f"drawn {25 - at}")).decode()
        after[at] = {**before[25 - at], "number": Envelope(text, "builtins:str")}
    assert described(before, after) == [("moved", "state[5]", "state[20]"), ("moved", "state[20]", "state[5]")]


def test_rows_known_to_be_others_are_not_one_that_changed() -> None:
    before, after = table(), table()
    for at in (5, 20):
        before[at] = {"id": f"before {at}", **before[at]}
        after[at] = {"id": f"after {at}", **after[at]}
    assert described(before, after) == [
        ("removed", "state[5]", ""), ("removed", "state[20]", ""),
        ("added", "state[5]", ""), ("added", "state[20]", ""),
    ]  # fmt: skip
