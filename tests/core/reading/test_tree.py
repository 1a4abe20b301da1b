"""Rows of a value: what is where after any series of folds."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.reading.tree import EXPAND_DEPTH, Tree
from ckpt_tui.core.reading.tree_branches import Branch
from ckpt_tui.core.value import Map, Obj, Ref

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=4), inner, max_size=5),
    max_leaves=40,
)


def naive(branch: Branch, depth: int = 0) -> list[tuple[int, str, int]]:
    """The rows below a branch, built one by one."""
    rows = []
    for slot in range(branch.count):
        rows.append((depth, branch.member(slot).label, slot))
        if slot in branch.kids:
            rows += naive(branch.kids[slot], depth + 1)
    return rows


def assert_agrees(outline: Tree) -> None:
    expected = naive(outline.root)
    assert len(outline) == len(expected)
    for index, (depth, label, slot) in enumerate(expected):
        row = outline.row(index)
        assert (row.depth, row.member.label, row.slot) == (depth, label, slot)
        assert outline.index_of(row.branch, row.slot) == index


def walk(document: Any, path: tuple[int | str, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


@settings(max_examples=150, deadline=None)
@given(VALUES, st.randoms(use_true_random=False))
def test_any_series_of_folds_agrees_with_rows_built_one_by_one(value: Any, chance: random.Random) -> None:
    outline = Tree(value)
    assert_agrees(outline)
    for _ in range(12):
        if not len(outline):
            return
        row = outline.row(chance.randrange(len(outline)))
        if row.is_open:
            outline.fold(row.branch, row.slot)
        else:
            outline.unfold(row.branch, row.slot)
        assert_agrees(outline)


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_every_row_stands_at_its_path_in_the_json(value: Any) -> None:
    outline = Tree(value)
    outline.unfold_level(outline.root, 10)
    document = to_json(value)
    for index in range(len(outline)):
        row = outline.row(index)
        assert walk(document, outline.path(row)) == to_json(row.member.value)
        assert outline.open_to(outline.positions(row)) == index


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_folds_carried_to_an_equal_value_give_the_same_rows(value: Any) -> None:
    outline = Tree(value)
    outline.unfold_level(outline.root, 3)
    again = Tree(value, outline.folds())
    assert naive(again.root) == naive(outline.root)


def test_keys_that_look_alike_are_folded_by_themselves() -> None:
    value = {"": [1], '""': [2], "\x1b": [3], "\\e": [4]}
    outline = Tree(value, folds={})
    outline.unfold(outline.root, 1)
    outline.unfold(outline.root, 3)
    again = Tree(value, outline.folds())
    assert [again.row(index).is_open for index in range(6)] == [False, True, False, False, True, False]


def test_a_million_members_unfold_at_once_and_every_row_is_found() -> None:
    outline = Tree({"before": 1, "many": list(range(1_000_000)), "after": 2}, folds={})
    outline.unfold(outline.root, 1)
    assert len(outline) == 1_000_003
    assert outline.row(500_000).member.value == 499_998
    assert outline.row(1_000_002).member.label == "after"


def test_none_attributes_are_hidden_and_counted() -> None:
    value = Obj(Ref("app", "Thing"), ())
    value.state = Map(["a", None, "b", 1, "c", None])
    value.has_state = True
    outline = Tree({"thing": value}, folds={"thing": {}})
    assert [outline.row(index).member.label for index in range(len(outline))] == ["thing", "b"]
    assert outline.row(0).hidden == 2
    shown = Tree({"thing": value}, folds={"thing": {}}, show_none=True)
    assert len(shown) == 4
    assert shown.row(0).hidden == 0


def test_none_in_plain_mappings_is_never_hidden() -> None:
    assert len(Tree({"a": None, "b": 1}, folds={})) == 2


def test_unfolding_everything_stops_at_the_limit_and_says_so() -> None:
    value = [[[0] * 50 for _ in range(50)] for _ in range(50)]
    outline = Tree(value, folds={})
    assert not outline.unfold_level(outline.root, 10, limit=1000)
    assert len(outline) < 1300
    assert_agrees(outline)


def test_unfolding_everything_ends_on_a_cycle() -> None:
    cycle: list[Any] = [1]
    cycle.append(cycle)
    outline = Tree({"cycle": cycle}, folds={})
    assert outline.unfold_level(outline.root, 100)
    assert len(outline) < 10


def test_unfolding_everything_goes_down_so_many_levels() -> None:
    outline = Tree(decode(b"]" * 5_000 + b"a" * 4_999 + b".").value, folds={})
    assert not outline.unfold_level(outline.root, 10_000)
    assert len(outline) == EXPAND_DEPTH + 1
    last = outline.row(EXPAND_DEPTH)
    assert (last.depth, len(outline.path(last))) == (EXPAND_DEPTH, EXPAND_DEPTH + 1)
    outline.fold_all(outline.root)
    assert len(outline) == 1


def test_only_the_rows_below_a_value_are_shown_and_their_paths_are_whole() -> None:
    value: Any = "bottom"
    for level in range(600, 0, -1):
        value = {"level": level, "below": value}
    outline = Tree(value, folds={})
    outline.unfold_level(outline.root, 1_000)
    deep = outline.row(len(outline) - 1)
    kid = outline.unfold(deep.branch, deep.slot)
    assert kid is not None
    outline.top = kid
    outline.unfold_level(kid, 1_000)
    assert len(outline) == 2 * (600 - kid.depth)
    bottom = outline.row(len(outline) - 1)
    assert (bottom.depth, bottom.member.value) == (599 - kid.depth, "bottom")
    assert outline.path(bottom) == ("below",) * 600
    assert outline.top_labels == ("below",) * kid.depth
    assert outline.index_of(bottom.branch, bottom.slot) == len(outline) - 1
    again = outline.again(show_none=True)
    assert again.top_labels == outline.top_labels
    # What stands elsewhere cannot be shown within a part.
    assert outline.find_labels(("level",)) == 0
    assert outline.top is outline.root


def test_the_row_above_a_part_of_a_value_is_shown_with_what_is_around_it() -> None:
    outline = Tree({"a": 1, "b": {"c": {"d": 2}}}, folds={"b": {"c": {}}})
    outline.show_below(("b", "c"))
    assert outline.parent_index(outline.row(0)) == 0
    assert outline.row(0).member.label == "c"
    assert outline.parent_index(outline.row(0)) == 1
    outline.show_below(("b", "nothing"))
    assert outline.top_labels == ("b",)


def test_unfolding_everything_below_one_row_leaves_the_others_folded() -> None:
    outline = Tree([[[1, 2], [3]], [[4]]], folds={})
    branch = outline.unfold(outline.root, 0)
    assert branch is not None
    assert outline.unfold_level(branch, 10)
    assert [outline.row(index).depth for index in range(len(outline))] == [0, 1, 2, 2, 1, 2, 0]
    assert [outline.index_of(outline.row(index).branch, outline.row(index).slot) for index in range(7)] == [*range(7)]


def test_unfolding_everything_ends_on_shared_values() -> None:
    laughs: Any = "ha"
    for _ in range(60):
        laughs = (laughs, laughs)
    outline = Tree({"laughs": laughs}, folds={})
    assert not outline.unfold_level(outline.root, 1000, limit=5000)
    assert len(outline) < 6000


def test_a_value_a_hundred_thousand_levels_deep_can_be_walked_down() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    outline = Tree(deep, folds={})
    for index in range(300):
        row = outline.row(index)
        outline.unfold(row.branch, row.slot)
    assert len(outline) == 301


def test_rows_that_fit_a_screen_are_unfolded_at_first() -> None:
    outline = Tree({"small": {"a": 1, "b": [1, 2]}, "large": list(range(500))})
    labels = [outline.row(index).member.label for index in range(len(outline))]
    assert labels == ["small", "a", "b", "0", "1", "large"]


def test_run_kwargs_stay_folded_at_first() -> None:
    outline = Tree({"_workflow_run_kwargs": {"token": "x"}, "a": {"b": 1}})
    assert [outline.row(index).member.label for index in range(len(outline))] == ["_workflow_run_kwargs", "a", "b"]


@pytest.mark.parametrize("labels", [("a",), ("a", "b"), ("a", "b", "0"), ("c",)])
def test_labels_lead_back_to_their_row(labels: tuple[str, ...]) -> None:
    outline = Tree({"a": {"b": [5]}, "c": 1})
    assert outline.labels(outline.row(outline.find_labels(labels))) == labels


def test_labels_that_are_gone_lead_to_the_nearest_ancestor() -> None:
    outline = Tree({"a": {"b": [5]}, "c": 1})
    assert outline.labels(outline.row(outline.find_labels(("a", "x", "y")))) == ("a",)


def test_a_row_past_the_end_is_an_error() -> None:
    with pytest.raises(IndexError):
        Tree([1, 2]).row(2)


def test_members_and_rows_agree_on_counts() -> None:
    assert len(members([1, 2, 3])) == len(Tree([1, 2, 3]))
