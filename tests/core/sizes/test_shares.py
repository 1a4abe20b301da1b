"""What grew between two checkpoints."""

import pickle
from typing import Any

from ckpt_tui.core.paths import expression
from ckpt_tui.core.sizes.measuring import shares
from ckpt_tui.core.sizes.shares import Growth, grew_most


def grown(before: Any, after: Any) -> Growth | None:
    return grew_most(shares({"state": before}), shares({"state": after}))


def test_the_deepest_path_that_has_most_of_it_is_reported() -> None:
    said = pickle.loads(pickle.dumps(["hello " * 20] * 10))
    found = grown({"chat": {"log": said[:1]}, "n": 1}, {"chat": {"log": said}, "n": 100})
    assert found is not None
    assert expression(found.path) == "state.chat.log"
    assert found.after > found.before > 0


def test_half_of_the_largest_growth_stands_for_it_and_less_does_not() -> None:
    half = grown({"a": "", "b": ""}, {"a": "x" * 50, "b": "y" * 50})
    assert half is not None
    assert half.path == ("state", "a")
    spread = grown({"a": "", "b": "", "c": ""}, {"a": "x" * 50, "b": "y" * 50, "c": "z" * 50})
    assert spread is not None
    assert spread.path == ("state",)


def test_what_was_not_there_grew_from_nothing() -> None:
    assert grown({}, {"new": "x" * 50}) == Growth(("state", "new"), 0, 52)


def test_nothing_grew_where_nothing_is_larger() -> None:
    assert grown({"a": "xxx"}, {"a": "x"}) is None
    assert grown({"a": "xxx"}, {"a": "yyy"}) is None
