"""What changed: the changes of a diff lead from the one value to the other, and show as little as that takes."""

import copy
import math
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ckpt_tui.core.budgets import DIFF_CHANGES, DIFF_NODES, DIFF_REPEATS
from ckpt_tui.core.diff import walk
from ckpt_tui.core.diff.changes import Change, Difference
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.diff.value_diff import diff
from ckpt_tui.core.documents.document import parse
from ckpt_tui.core.paths import expression
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.to_json import to_json
from tests.core import zoo
from tests.core.bombs import BOMBS, PART, SMALL
from tests.support.changes import applied, unordered

EVERYTHING = IgnoreRules(())


def decoded(value: Any) -> Any:
    """A value as it comes from a pickle."""
    found = decode(pickle.dumps(value))
    assert found.fault == ""
    return found.value


def compare(before: Any, after: Any, ignore: IgnoreRules = EVERYTHING) -> Difference:
    """The diff of two Python values, each pickled and decoded, below `state`."""
    return diff({"state": decoded(before)}, {"state": decoded(after)}, ignore)


def described(difference: Difference) -> list[tuple[str, str]]:
    """Operation and path of each change."""
    return [(change.op, expression(change.path)) for change in difference.changes]


def only(difference: Difference) -> Change:
    assert difference.incomplete == ""
    (change,) = difference.changes
    return change


# ---------------------------------------------------------------- properties

texts = st.text(alphabet="ab$é", max_size=3)
floats = st.floats(width=16).map(lambda number: number + 0.0)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 2), st.integers(), floats, texts, st.binary(max_size=2),
    st.sampled_from(list(zoo.Colour)),
)  # fmt: skip
keys = st.one_of(st.integers(0, 4), texts, st.tuples(st.integers(0, 1)))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(texts, inner, max_size=4),
        # In one order: what an entry is called depends on it.
        st.dictionaries(keys, inner, max_size=3).map(lambda made: dict(sorted(made.items(), key=repr))),
        st.sets(st.one_of(st.integers(0, 5), texts), max_size=4),
        st.frozensets(st.integers(0, 5), max_size=4),
        st.builds(zoo.Plain, inner, inner),
        st.builds(zoo.Slotted, inner, inner),
        st.builds(zoo.Model, a=inner, b=inner),
        st.lists(inner, max_size=3).map(zoo.MyList),
        st.dictionaries(texts, inner, max_size=2).map(zoo.MyDict),
        st.builds(zoo.Point, inner, inner),
        st.lists(st.builds(lambda a, b: {"id": a, "v": b}, st.integers(0, 5), scalars), max_size=5),
    ),
    max_leaves=20,
)


@st.composite
def changed_copies(draw: st.DrawFn) -> tuple[Any, Any]:
    """A list and a copy of it in which items were put in, taken out, changed or carried elsewhere."""
    before = draw(st.lists(values, min_size=1, max_size=8))
    after = list(before)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(after)))
        kind = draw(st.sampled_from(["insert", "delete", "change", "move"]))
        if kind == "insert":
            after.insert(at, draw(values))
        elif at < len(after):
            item = after.pop(at)
            if kind == "change":
                after.insert(at, draw(values))
            elif kind == "move":
                after.insert(draw(st.integers(0, len(after))), item)
    return before, after


class TestProperties:
    @given(values)
    @settings(max_examples=200)
    def test_a_value_does_not_differ_from_itself(self, value: Any) -> None:
        assert compare(value, copy.deepcopy(value)) == Difference(())

    @given(values, values)
    @settings(max_examples=400)
    def test_the_changes_lead_from_one_value_to_the_other(self, before: Any, after: Any) -> None:
        leads(before, after)

    @given(changed_copies())
    @settings(max_examples=400)
    def test_the_changes_lead_from_a_list_to_its_changed_copy(self, pair: tuple[Any, Any]) -> None:
        leads(*pair)

    @given(values, values)
    @settings(max_examples=200)
    def test_nothing_differs_where_the_documents_are_the_same(self, before: Any, after: Any) -> None:
        same = unordered(to_json(decoded(before))) == unordered(to_json(decoded(after)))
        assert same == (compare(before, after).changes == ())


def leads(before: Any, after: Any) -> None:
    difference = compare(before, after)
    assert difference.incomplete == ""
    first, second = {"state": to_json(decoded(before))}, {"state": to_json(decoded(after))}
    assert unordered(applied(first, difference.changes)) == unordered(second)
    for change in difference.changes:
        if change.op == "changed":
            assert unordered(to_json(change.before)) != unordered(to_json(change.after))


# ---------------------------------------------------------------- lists


class TestLists:
    def test_an_insertion_at_the_front_of_a_thousand_items_is_one_addition(self) -> None:
        rows = [{"text": f"row {index}", "tags": ["a"]} for index in range(1_000)]
        change = only(compare(rows, [{"text": "new"}, *rows]))
        assert (change.op, expression(change.path), change.source) == ("added", "state[0]", None)
        assert to_json(change.after) == {"text": "new"}

    def test_so_it_is_where_all_items_are_equal(self) -> None:
        assert described(compare([{"x": 1}] * 1_000, [{"x": 2}, *[{"x": 1}] * 1_000])) == [("added", "state[0]")]

    def test_so_it_is_where_items_repeat_and_one_at_the_end_goes(self) -> None:
        items = [{"x": index % 7} for index in range(1_000)]
        difference = compare(items, [{"x": 99}, *items[:-1], {"x": 98}])
        assert sorted(op for op, _ in described(difference)) == ["added", "changed"]

    def test_items_are_compared_with_themselves_by_their_ids(self) -> None:
        before = [{"id": index, "done": False, "text": "same"} for index in range(50)]
        after = [{"id": 99, "done": False, "text": "same"}, *copy.deepcopy(before)]
        after[30]["done"] = True
        assert described(compare(before, after)) == [("added", "state[0]"), ("changed", "state[30].done")]

    @pytest.mark.parametrize("field", ["id", "message_id", "call_id", "name", "executor_id", "request_id"])
    def test_every_member_that_identifies_is_known(self, field: str) -> None:
        before = [{field: f"n{index}", "v": index, "w": 0} for index in range(6)]
        after = [{field: f"n{index}", "v": -index, "w": 1} for index in (5, 1, 2, 3, 4)]
        found = described(compare(before, after))
        assert ("removed", "state[0]") in found
        assert ("moved", "state[0]") in found
        assert ("changed", "state[1].v") in found
        assert not [op for op, path in found if op == "added"]

    def test_two_that_are_known_to_be_two_are_not_one_that_changed(self) -> None:
        found = compare([{"id": 3, "text": "a", "x": 1}], [{"id": 7, "text": "a", "x": 1}])
        assert described(found) == [("removed", "state[0]"), ("added", "state[0]")]

    def test_ids_that_are_drawn_at_random_do_not_make_two_of_one(self) -> None:
        before = [{"id": "0f8fad5b-d9cb-469f-a165-70867728950e", "text": "a", "x": 1}]
        after = [{"id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "text": "a", "x": 1}]
        assert described(compare(before, after)) == [("changed", "state[0].id")]
        assert compare(before, after, IgnoreRules()).shown == ()
        assert compare(before, after, IgnoreRules()).by_rule == {"random-ids": 1}

    def test_an_item_that_goes_elsewhere_is_one_move(self) -> None:
        items = [{"text": f"row {index}"} for index in range(100)]
        change = only(compare(items, [items[70], *items[:70], *items[71:]]))
        assert (change.op, expression(change.path)) == ("moved", "state[0]")
        assert change.source is not None
        assert expression(change.source) == "state[70]"

    def test_an_item_that_moves_and_changes_reports_both(self) -> None:
        items = [{"id": index, "text": f"row {index}"} for index in range(10)]
        after = [{"id": 9, "text": "other"}, *items[:9]]
        assert described(compare(items, after)) == [("moved", "state[0]"), ("changed", "state[0].text")]

    def test_a_value_that_leaves_one_list_for_another_is_one_move(self) -> None:
        message = {"role": "user", "text": "hello there"}
        before = {"inbox": [message, 1], "seen": []}
        change = only(compare(before, {"inbox": [1], "seen": [message]}))
        assert (change.op, expression(change.path)) == ("moved", "state.seen[0]")
        assert change.source is not None
        assert expression(change.source) == "state.inbox[0]"

    def test_a_renamed_key_is_one_move(self) -> None:
        change = only(compare({"draft": [1, 2, 3], "x": 0}, {"final": [1, 2, 3], "x": 0}))
        assert (change.op, expression(change.path)) == ("moved", "state.final")

    def test_similarity_shows_which_item_changed_where_nothing_else_does(self) -> None:
        def row(text: str, score: int) -> dict[str, Any]:
            return {"text": text, "score": score, "kind": "row", "lang": "en"}

        before = [row("alpha", 1), row("beta", 2), row("gamma", 3)]
        after = [{"other": "thing"}, row("alpha", 9), row("gamma", 3)]
        found = described(compare(before, after))
        assert ("changed", "state[1].score") in found
        assert ("removed", "state[1]") in found
        assert ("added", "state[0]") in found

    def test_a_change_says_where_it_was_when_items_before_it_came(self) -> None:
        before = [{"id": 1, "v": 1}, {"id": 2, "v": 2}]
        change = compare(before, [{"id": 0, "v": 0}, {"id": 1, "v": 1}, {"id": 2, "v": 3}]).changes[1]
        assert change.source is not None
        assert (expression(change.path), expression(change.source)) == ("state[2].v", "state[1].v")


# ---------------------------------------------------------------- kinds of values


class TestKinds:
    def test_the_order_of_a_set_says_nothing(self) -> None:
        one = decode(b"\x80\x04\x8f(K\x01K\x02K\x03\x90.").value
        other = decode(b"\x80\x04\x8f(K\x03K\x01K\x02\x90.").value
        assert diff({"s": one}, {"s": other}).changes == ()

    def test_the_order_of_keys_says_nothing(self) -> None:
        assert compare({"a": 1, "b": 2}, {"b": 2, "a": 1}).changes == ()
        assert compare({1: "a", 2: "b"}, {2: "b", 1: "a"}).changes == ()

    def test_members_of_sets_come_and_go(self) -> None:
        assert described(compare({1, 2}, {2, 3})) == [("removed", 'state."$items"[0]'), ("added", 'state."$items"[1]')]

    @pytest.mark.parametrize(("before", "after"), [(1, True), (1, 1.0), (0, False), (1.0, True), (None, 0), ("", None)])
    def test_values_that_python_calls_equal_differ_by_their_types(self, before: Any, after: Any) -> None:
        for wrap in (lambda x: x, lambda x: [x], lambda x: {"k": x}, lambda x: (x,), lambda x: {x}, lambda x: [[x], 1]):
            assert compare(wrap(before), wrap(after)).changes

    def test_zero_has_no_sign(self) -> None:
        assert compare([0.0, {"x": 0.0}, {0.0}], [-0.0, {"x": -0.0}, {-0.0}]).changes == ()

    def test_nan_equals_nan(self) -> None:
        assert compare([math.nan, {"x": math.nan}], [math.nan, {"x": math.nan}]).changes == ()

    def test_another_type_is_one_change_of_the_whole(self) -> None:
        assert described(compare({"v": [1, 2]}, {"v": (1, 2)})) == [("changed", "state.v")]
        assert described(compare({"v": zoo.Plain(1)}, {"v": zoo.Slotted(1, None)})) == [("changed", "state.v")]
        assert described(compare({"v": {}}, {"v": []})) == [("changed", "state.v")]

    def test_attributes_of_objects_are_reported_one_by_one(self) -> None:
        assert described(compare(zoo.Plain(1, [2]), zoo.Plain(1, [2, 3]))) == [("added", "state.b[1]")]
        assert described(compare(zoo.Model(a=1), zoo.Model(a=2))) == [("changed", "state.a")]

    def test_entries_are_found_by_their_keys(self) -> None:
        found = compare({(1, 2): "a", 3: "b"}, {3: "c", (1, 2): "a", 4: "d"})
        assert described(found) == [("changed", 'state."$entries"[0][1]'), ("added", 'state."$entries"[2]')]
        assert found.changes[0].source == ("state", "$entries", 1, 1)

    def test_a_value_shared_by_two_places_is_reported_at_both(self) -> None:
        old, new = {"x": 1}, {"x": 2}
        assert described(compare([old, {"k": old}], [new, {"k": new}])) == [
            ("changed", "state[0].x"), ("changed", "state[1].k.x"),
        ]  # fmt: skip

    def test_cycles_are_compared_once(self) -> None:
        def ring(value: int) -> list[Any]:
            items: list[Any] = [value, {"deep": []}]
            items[1]["deep"].append(items)
            return items

        assert compare(ring(1), ring(1)).changes == ()
        assert described(compare(ring(1), ring(2))) == [("changed", "state[0]")]

    def test_children_with_parents_are_lined_up(self) -> None:
        def family(names: list[str]) -> zoo.Plain:
            root = zoo.Plain("root", [])
            root.b = [zoo.Plain(name, root) for name in names]
            return root

        names = [f"kid {index}" for index in range(20)]
        assert described(compare(family(names), family(["new", *names]))) == [("added", "state.b[0]")]


# ---------------------------------------------------------------- without decoding


def document(*pickles: bytes) -> Any:
    import base64
    import json

    envelopes = [{"__pickled__": base64.b64encode(data).decode(), "__type__": "a:B"} for data in pickles]
    return parse(json.dumps({"items": envelopes}).encode()).value


class TestLazy:
    def test_equal_pickles_are_not_decoded(self) -> None:
        first, second = pickle.dumps({"x": 1}), pickle.dumps({"x": 2})
        before, after = document(first, second), document(first, second, first)
        assert [expression(change.path) for change in diff(before, after).changes] == ["items[2]"]
        assert not any(envelope.ready for envelope in (*before["items"], *after["items"]))

    def test_only_what_differs_is_decoded(self) -> None:
        many = [pickle.dumps({"x": index}) for index in range(20)]
        before, after = document(*many), document(*many[:7], pickle.dumps({"x": -1}), *many[8:])
        assert [expression(change.path) for change in diff(before, after).changes] == ["items[7].x"]
        assert sum(envelope.ready for envelope in (*before["items"], *after["items"])) == 2

    def test_equal_values_in_other_bytes_do_not_differ(self) -> None:
        value = {"x": [1, 2], "y": "text"}
        assert diff(document(pickle.dumps(value, 2)), document(pickle.dumps(value, 5))).changes == ()


# ---------------------------------------------------------------- bounds


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_compared_in_bounds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "DIFF_NODES", DIFF_NODES // PART)  # as the pickles, for a part of the time
    monkeypatch.setattr(walk, "DIFF_REPEATS", DIFF_REPEATS // PART)
    data = BOMBS[name]()
    before, after = decode(data, SMALL).value, decode(data, SMALL).value
    same = diff({"state": before}, {"state": after})
    assert same.changes == ()
    other = diff({"state": {"a": before}}, {"state": {"a": [after], "b": after}})
    assert len(other.changes) <= DIFF_CHANGES
    assert other.changes or other.incomplete


def test_what_differs_below_a_thousand_levels_is_one_change() -> None:
    def nested(depth: int, seed: Any) -> Any:
        for _ in range(depth):
            seed = [seed]
        return seed

    found = diff({"state": nested(20_000, 1)}, {"state": nested(20_000, 2)})
    (change,) = found.changes
    assert change.op == "changed"
    assert len(change.path) == 1_000
