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


def assert_agrees(tree: Tree) -> None:
    expected = naive(tree.root)
    assert len(tree) == len(expected)
    for index, (depth, label, slot) in enumerate(expected):
        row = tree.row(index)
        assert (row.depth, row.member.label, row.slot) == (depth, label, slot)
        assert tree.index_of(row.branch, row.slot) == index


def walk(document: Any, path: tuple[int | str, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


@settings(max_examples=150, deadline=None)
@given(VALUES, st.randoms(use_true_random=False))
def test_any_series_of_folds_agrees_with_rows_built_one_by_one(value: Any, chance: random.Random) -> None:
    tree = Tree(value)
    assert_agrees(tree)
    for _ in range(12):
        if not len(tree):
            return
        row = tree.row(chance.randrange(len(tree)))
        if row.is_open:
            tree.fold(row.branch, row.slot)
        else:
            tree.unfold(row.branch, row.slot)
        assert_agrees(tree)


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_every_row_is_at_its_path_in_the_json(value: Any) -> None:
    tree = Tree(value)
    tree.unfold_level(tree.root, 10)
    document = to_json(value)
    for index in range(len(tree)):
        row = tree.row(index)
        assert walk(document, tree.path(row)) == to_json(row.member.value)
        assert tree.open_to(tree.positions(row)) == index


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_folds_carried_to_an_equal_value_give_the_same_rows(value: Any) -> None:
    tree = Tree(value)
    tree.unfold_level(tree.root, 3)
    again = Tree(value, tree.folds())
    assert naive(again.root) == naive(tree.root)


def test_keys_that_look_alike_are_folded_by_themselves() -> None:
    value = {"": [1], '""': [2], "\x1b": [3], "\\e": [4]}
    tree = Tree(value, folds={})
    tree.unfold(tree.root, 1)
    tree.unfold(tree.root, 3)
    again = Tree(value, tree.folds())
    assert [again.row(index).is_open for index in range(6)] == [False, True, False, False, True, False]


def test_a_million_members_unfold_at_once_and_every_row_is_found() -> None:
    tree = Tree({"before": 1, "many": list(range(1_000_000)), "after": 2}, folds={})
    tree.unfold(tree.root, 1)
    assert len(tree) == 1_000_003
    assert tree.row(500_000).member.value == 499_998
    assert tree.row(1_000_002).member.label == "after"


def test_none_attributes_are_hidden_and_counted() -> None:
    value = Obj(Ref("app", "Thing"), ())
    value.state = Map(["a", None, "b", 1, "c", None])
    value.has_state = True
    tree = Tree({"thing": value}, folds={"thing": {}})
    assert [tree.row(index).member.label for index in range(len(tree))] == ["thing", "b"]
    assert tree.row(0).hidden == 2
    shown = Tree({"thing": value}, folds={"thing": {}}, show_none=True)
    assert len(shown) == 4
    assert shown.row(0).hidden == 0


def test_none_in_plain_mappings_is_never_hidden() -> None:
    assert len(Tree({"a": None, "b": 1}, folds={})) == 2


def test_unfolding_everything_stops_at_the_limit_and_says_so() -> None:
    value = [[[0] * 50 for _ in range(50)] for _ in range(50)]
    tree = Tree(value, folds={})
    assert not tree.unfold_level(tree.root, 10, limit=1000)
    assert len(tree) < 1300
    assert_agrees(tree)


def test_unfolding_everything_ends_on_a_cycle() -> None:
    cycle: list[Any] = [1]
    cycle.append(cycle)
    tree = Tree({"cycle": cycle}, folds={})
    assert tree.unfold_level(tree.root, 100)
    assert len(tree) < 10


def test_unfolding_everything_goes_down_so_many_levels() -> None:
    tree = Tree(decode(b"]" * 5_000 + b"a" * 4_999 + b".").value, folds={})
    assert not tree.unfold_level(tree.root, 10_000)
    assert len(tree) == EXPAND_DEPTH + 1
    last = tree.row(EXPAND_DEPTH)
    assert (last.depth, len(tree.path(last))) == (EXPAND_DEPTH, EXPAND_DEPTH + 1)
    tree.fold_all(tree.root)
    assert len(tree) == 1


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
    # What is elsewhere cannot be shown within a part.
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
    tree = Tree([[[1, 2], [3]], [[4]]], folds={})
    branch = tree.unfold(tree.root, 0)
    assert branch is not None
    assert tree.unfold_level(branch, 10)
    assert [tree.row(index).depth for index in range(len(tree))] == [0, 1, 2, 2, 1, 2, 0]
    assert [tree.index_of(tree.row(index).branch, tree.row(index).slot) for index in range(7)] == [*range(7)]


def test_unfolding_everything_ends_on_shared_values() -> None:
    laughs: Any = "ha"
    for _ in range(60):
        laughs = (laughs, laughs)
    tree = Tree({"laughs": laughs}, folds={})
    assert not tree.unfold_level(tree.root, 1000, limit=5000)
    assert len(tree) < 6000


def test_a_value_a_hundred_thousand_levels_deep_can_be_walked_down() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    tree = Tree(deep, folds={})
    for index in range(300):
        row = tree.row(index)
        tree.unfold(row.branch, row.slot)
    assert len(tree) == 301


def test_rows_that_fit_a_screen_are_unfolded_at_first() -> None:
    tree = Tree({"small": {"a": 1, "b": [1, 2]}, "large": list(range(500))})
    labels = [tree.row(index).member.label for index in range(len(tree))]
    assert labels == ["small", "a", "b", "0", "1", "large"]


def test_run_kwargs_stay_folded_at_first() -> None:
    tree = Tree({"_workflow_run_kwargs": {"token": "x"}, "a": {"b": 1}})
    assert [tree.row(index).member.label for index in range(len(tree))] == ["_workflow_run_kwargs", "a", "b"]


@pytest.mark.parametrize("labels", [("a",), ("a", "b"), ("a", "b", "0"), ("c",)])
def test_labels_lead_back_to_their_row(labels: tuple[str, ...]) -> None:
    tree = Tree({"a": {"b": [5]}, "c": 1})
    assert tree.labels(tree.row(tree.find_labels(labels))) == labels


def test_labels_that_are_gone_lead_to_the_nearest_ancestor() -> None:
    tree = Tree({"a": {"b": [5]}, "c": 1})
    assert tree.labels(tree.row(tree.find_labels(("a", "x", "y")))) == ("a",)


def test_a_row_past_the_end_is_an_error() -> None:
    with pytest.raises(IndexError):
        Tree([1, 2]).row(2)


def test_members_and_rows_agree_on_counts() -> None:
    assert len(members([1, 2, 3])) == len(Tree([1, 2, 3]))
