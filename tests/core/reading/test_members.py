"""Members, JSON and paths agree on what is where; cycles point to the right place; limits leave a sign."""

import json
import pickle
from typing import Any

import jmespath
import pytest
from hypothesis import HealthCheck, given, settings

from ckpt_tui.core.documents.document import parse
from ckpt_tui.core.paths import expression
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.members import locate, members
from ckpt_tui.core.reading.order import ordered
from ckpt_tui.core.reading.pickled_objects import object_parts
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.value import Map, Obj, Opaque, Ref, SetOf
from tests.core import zoo
from tests.core.agreement import text
from tests.core.pickles.test_unpickle import ANY, KEYS, SAMPLES, VALUES


def at(document: Any, steps: tuple[Any, ...]) -> Any:
    for step in steps:
        document = document[step]
    return document


def has_references(document: Any) -> bool:
    return '"$ref"' in text(document)


def check_members(value: Any, limit: int = 300) -> int:
    """Every member of every value below: where its steps lead in the JSON of its parent is its own JSON."""
    seen: set[int] = set()
    todo = [value]
    checked = 0
    while todo and checked < limit:
        parent = todo.pop()
        if id(parent) in seen:
            continue
        seen.add(id(parent))
        document = to_json(parent)
        below = members(parent)
        for index in range(len(below)):
            member = below[index]
            found, own = at(document, member.steps), to_json(member.value)
            assert below.value(index) is member.value
            if not has_references(found) and not has_references(own):
                assert text(found) == text(own)
            if parse_safe(member.steps):
                assert text(jmespath.search(expression(member.steps), document)) == text(found)
            todo.append(member.value)
            checked += 1
    return checked


def parse_safe(steps: tuple[Any, ...]) -> bool:
    """Steps that jmespath itself can read: its lexer knows no lone surrogates."""
    return all(not isinstance(step, str) or step.isprintable() for step in steps)


@pytest.mark.parametrize("name", VALUES)
def test_each_member_is_where_its_steps_lead(name: str) -> None:
    check_members(decode(pickle.dumps(VALUES[name])).value)


@pytest.mark.parametrize("path", [path for path in SAMPLES if "types_zoo" in str(path)], ids=lambda path: path.stem[:8])
def test_each_member_of_a_checkpoint_is_where_its_steps_lead(path: Any) -> None:
    assert check_members(parse(path.read_bytes()).value) >= 30


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=ANY)
def test_each_member_of_any_value_is_where_its_steps_lead(value: Any) -> None:
    check_members(decode(pickle.dumps(value)).value, 60)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=ANY)
def test_a_path_leads_back_to_the_positions_it_was_made_of(value: Any) -> None:
    root = decode(pickle.dumps(value)).value
    todo: list[tuple[Any, tuple[Any, ...], tuple[int, ...]]] = [(root, (), ())]
    for _ in range(40):
        if not todo:
            break
        parent, path, positions = todo.pop()
        # Repeated keys of one mapping share a path, which leads to the first.
        if locate(root, path) == positions:
            below = members(parent)
            todo += [
                (below.value(index), (*path, *below[index].steps), (*positions, index)) for index in range(len(below))
            ]
        else:
            assert locate(root, path) < positions


def test_a_path_that_ends_nowhere_leads_as_far_as_there_is_something() -> None:
    value = {"a": 1, "b": [(2, 3)]}
    assert locate(value, ("b", 0, "$items", 1)) == (1, 0, 1)
    assert locate(value, ("b", 0, "$items", 7)) == (1, 0)
    assert locate(value, ("c", 0)) == ()
    assert locate(value, ()) == ()


def references(document: Any, steps: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], str]]:
    found = []
    todo = [(document, steps)]
    while todo:
        value, here = todo.pop()
        if isinstance(value, dict):
            if value.keys() == {"$ref"}:
                found.append((here, value["$ref"]))
            todo += [(item, (*here, key)) for key, item in value.items()]
        elif isinstance(value, list):
            todo += [(item, (*here, index)) for index, item in enumerate(value)]
    return found


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=ANY)
def test_a_cycle_points_to_a_value_around_it(value: Any) -> None:
    document = to_json(decode(pickle.dumps(value)).value)
    for steps, reference in references(document):
        around = [expression(steps[:depth]) for depth in range(len(steps))]
        assert reference in around
        if parse_safe(steps):
            assert jmespath.search(reference, document) is not None


class TestCycles:
    def test_a_list_in_itself(self) -> None:
        assert to_json(decode(b"]q\x00h\x00a.").value) == [{"$ref": "@"}]

    def test_a_list_in_its_own_tuple(self) -> None:
        assert to_json(decode(b"]q\x00h\x00\x85a.").value) == [{"$type": "builtins:tuple", "$items": [{"$ref": "@"}]}]

    def test_a_cycle_below_the_root_names_its_place(self) -> None:
        inner: list[Any] = []
        inner.append({"up": (inner,)})
        document = to_json(decode(pickle.dumps({"a b": [inner]})).value)
        assert document == {"a b": [[{"up": {"$type": "builtins:tuple", "$items": [{"$ref": '"a b"[0]'}]}}]]}

    def test_an_object_that_is_its_own_state_argument_and_key(self) -> None:
        obj = Obj(Ref("a", "B"), ())
        obj.args = (obj,)
        obj.state, obj.has_state = obj, True
        obj.pairs = [obj, obj]
        document = to_json(obj)
        assert document == {
            "$type": "a:B",
            "$state": {"$ref": "@"},
            "$args": [{"$ref": "@"}],
            "$entries": [[{"$ref": "@"}, {"$ref": "@"}]],
        }

    def test_what_is_shared_is_no_cycle(self) -> None:
        shared: list[Any] = [1]
        assert to_json({"a": shared, "b": [shared, shared]}) == {"a": [1], "b": [[1], [1]]}

    def test_a_value_shared_inside_and_outside_a_cycle(self) -> None:
        data = b"]q\x00(h\x00h\x00e."
        assert to_json(decode(data).value) == [{"$ref": "@"}, {"$ref": "@"}]


class TestLimits:
    def test_too_many_members_are_counted(self) -> None:
        document = to_json([1, 2, 3, 4, 5], nodes=6)
        assert document[:3] == [1, 2, 3]
        assert document[3]["$error"].startswith("not written: 2 more; one document holds about 6 values")

    def test_too_many_names_are_counted(self) -> None:
        document = to_json({"a": 1, "b": 2, "c": 3}, nodes=4)
        assert document["a"] == 1
        assert document["$error"].startswith("not written: 2 more")

    def test_one_sign_stands_for_all_that_a_full_document_leaves_out_of_a_list(self) -> None:
        document = to_json([[1] for _ in range(1_000)], nodes=1_040)
        assert document[:190] == [[1]] * 190
        assert len(document) < 200
        assert document[-1]["$error"].startswith("not written: ")
        assert "more; one document" in document[-1]["$error"]

    def test_named_members_have_a_sign_each_until_there_are_too_many(self) -> None:
        # The first ones are small, so that nothing shows in time that the rest will not fit.
        document = to_json({f"k{number}": number if number < 20 else [1] for number in range(1_000)}, nodes=1_040)
        assert document["k19"] == 19
        assert document["k99"]["$error"].startswith("not written: more")
        assert 100 < len(document) < 200
        assert document["$error"].startswith("not written: more")

    def test_a_full_document_holds_as_many_members_as_fit_and_not_their_places_alone(self) -> None:
        document = to_json([[number] for number in range(1_000)], nodes=500)
        assert [item for item in document if isinstance(item, list)] == [[number] for number in range(93)]
        objects = to_json([Obj(Ref("a", "B"), (number,)) for number in range(1_000)], nodes=500)
        assert sum("$args" in item for item in objects) > 20

    def test_pairs_stay_pairs_in_a_full_document(self) -> None:
        entries = to_json(Map([part for number in range(100) for part in ((number,), [1])]), nodes=300)["$entries"]
        assert all(len(pair) == 2 for pair in entries if isinstance(pair, list))
        assert "$error" in entries[-1]

    def test_an_ordinary_state_of_a_megabyte_is_written_whole(self) -> None:
        for state in (
            [{"role": "user", "text": f"{number} was said. " * 10, "number": number} for number in range(6_000)],
            [zoo.FrozenSlotted(number, [number]) for number in range(30_000)],
            [number / 7 for number in range(110_000)],
            {f"key {number}": {"a": number, "b": None} for number in range(35_000)},
        ):
            data = pickle.dumps(state)
            decoded = decode(data)
            assert not decoded.fault
            assert len(data) > 500_000
            assert "not written" not in text(to_json(decoded.value))

    def test_what_is_nested_too_deep_is_cut(self) -> None:
        value: Any = 1
        for _ in range(10):
            value = [value]
        document = to_json(value, depth=3)
        assert document[0][0][0]["$error"].startswith("not written: nested deeper than 3 levels")

    def test_a_deep_value_costs_no_recursion(self) -> None:
        value: Any = 1
        for _ in range(9_000):
            value = [value]
        document = to_json(value)
        for _ in range(9_000):
            document = document[0]
        assert document == 1

    def test_shared_values_have_a_limit_of_their_own(self) -> None:
        shared = [[1], [2]]
        document = to_json([shared] * 10, repeats=20)
        assert document[0] == [[1], [2]]
        assert document[1] == [[1], [2]]
        assert document[9]["$error"].startswith("not written: too much of this document is shared")

    @pytest.mark.parametrize("big", ["x" * 10_000, b"x" * 10_000, 1 << 10_000])
    def test_a_long_scalar_is_written_again_only_so_often(self, big: Any) -> None:
        document = to_json([big] * 100, repeats=500)
        assert document[0] == to_json(big)
        assert document[1] == to_json(big)
        assert document[99]["$error"].startswith("not written: too much of this document is shared")
        assert document[99]["$size"] > 3_000

    def test_a_long_name_is_written_again_only_so_often(self) -> None:
        name = "k" * 10_000
        document = to_json([{name: 1} for _ in range(100)], repeats=500)
        assert document[0] == {name: 1}
        assert "$error" in document[99]

    def test_a_long_class_name_is_written_again_only_so_often(self) -> None:
        ref = Ref("m" * 900, "C")
        document = to_json([Obj(ref, ()) for _ in range(100)], repeats=500)
        assert document[0] == {"$type": ref.name}
        assert "$error" in document[99]

    def test_a_short_scalar_is_written_as_often_as_it_comes(self) -> None:
        assert to_json(["x" * 60] * 1_000, repeats=0) == ["x" * 60] * 1_000

    @pytest.mark.parametrize("nodes", range(30))
    def test_any_limit_gives_a_document(self, nodes: int) -> None:
        data = pickle.dumps(list(VALUES.values())[:40])
        document = to_json(decode(data).value, nodes=nodes, repeats=nodes, depth=nodes)
        assert json.loads(json.dumps(document, allow_nan=False)) == document


class TestOpaque:
    def test_a_reason_is_with_its_size_and_what_was_read(self) -> None:
        assert to_json(Opaque("cut", 7, [[1], "x"])) == {"$error": "cut", "$size": 7, "$partial": [[1], "x"]}
        assert to_json(Opaque("cut", 7)) == {"$error": "cut", "$size": 7}

    def test_its_parts_are_members(self) -> None:
        below = members(Opaque("cut", 7, [[1], "x"]))
        assert [below[index].steps for index in range(2)] == [("$partial", 0), ("$partial", 1)]


class TestMembers:
    @pytest.mark.parametrize("value", [None, True, 1, 1.5, "x", b"x", bytearray(b"x"), Ref("a", "B"), Opaque("x")])
    def test_a_scalar_has_none(self, value: Any) -> None:
        assert len(members(value)) == 0

    def test_an_object_that_is_a_text_has_none(self) -> None:
        assert len(members(Obj(Ref("datetime", "date"), (b"\x07\xe8\x01\x02",), "call"))) == 0

    @pytest.mark.parametrize("index", [-1, 3])
    def test_there_is_none_outside(self, index: int) -> None:
        with pytest.raises(IndexError):
            members([1, 2, 3])[index]

    @pytest.mark.parametrize(
        ("value", "kind", "labels"),
        [
            ([1, 2], "list", ["0", "1"]),
            ((1, 2), "list", ["0", "1"]),
            ({"a": 1}, "names", ["a"]),
            (Map(["a", 1]), "names", ["a"]),
            (Map(["a", 1, "a", 2]), "entries", ["a", "a"]),
            (Map([1, 1, "a", 2]), "entries", ["", "a"]),
            (SetOf([2, 1]), "list", ["0", "1"]),
        ],
    )
    def test_labels_are_what_a_reader_looks_for(self, value: Any, kind: str, labels: list[str]) -> None:
        below = members(value)
        assert below.kind == kind
        assert [below[index].label for index in range(len(below))] == labels

    def test_every_part_of_an_object_is_a_member(self) -> None:
        obj = Obj(Ref("a", "B"), (1,), "new", {"k": 2})
        obj.state, obj.has_state = Map(["x", None, "$y", 4]), True
        obj.items = [5]
        obj.pairs = ["k", 6, (7,), 8]
        below = members(obj)
        assert [below[index].steps for index in range(len(below))] == [
            ("x",), ("$$y",), ("$kwargs",), ("$args", 0), ("$items", 0), ("$entries", 0, 1), ("$entries", 1, 1),
        ]  # fmt: skip
        assert below[6].key == ((7,),)
        assert [index for index in range(len(below)) if below[index].value is None] == [0]
        assert below.kind == "mixed"
        check_members(obj)

    def test_a_large_value_shows_its_members_without_looking_at_all(self) -> None:
        obj = Obj(Ref("a", "B"), ())
        obj.state, obj.has_state = Map([f"k{i // 2}" if i % 2 == 0 else i for i in range(400_000)]), True
        assert members(obj)[199_999].label == "k199999"
        assert object_parts(obj).attributes.kv is obj.state.kv


class TestOrder:
    def test_numbers_come_in_their_own_order_then_texts_then_the_rest(self) -> None:
        items = [(2,), "b", 10, b"x", None, 9.5, "a", -1, True, (1,)]
        assert ordered(SetOf(items)) == [None, -1, True, 9.5, 10, "a", "b", b"x", (1,), (2,)]

    def test_numbers_that_are_none_do_not_disturb_it(self) -> None:
        nan = float("nan")
        assert ordered(SetOf([3, nan, 1, 2]))[:3] == [1, 2, 3]

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(value=KEYS)
    def test_the_order_in_the_pickle_makes_no_difference(self, value: Any) -> None:
        inner = decode(pickle.dumps(value)).value
        forward, backward = SetOf([inner, 1, "x", (2,)]), SetOf([(2,), "x", 1, inner])
        assert text(to_json(forward)) == text(to_json(backward))

    def test_sets_in_sets_are_compared_by_what_they_hold(self) -> None:
        first = SetOf([SetOf([1, 2], True), SetOf([3], True)])
        second = SetOf([SetOf([3], True), SetOf([2, 1], True)])
        assert text(to_json(first)) == text(to_json(second))


class TestExpression:
    @pytest.mark.parametrize(
        ("steps", "written"),
        [
            ((), "@"), (("a",), "a"), ((0,), "[0]"), (("a", 0, "b"), "a[0].b"), (("a b",), '"a b"'), (("1a",), '"1a"'),
            (("",), '""'), (('"',), '"\\""'), (("é",), '"é"'), (("$items", 2), '"$items"[2]'), (("a", "b\n"),
             'a."b\\n"'),
            (("_x1",), "_x1"), ((0, 1), "[0][1]"),
        ],
    )  # fmt: skip
    def test_it_is_jmespath(self, steps: tuple[Any, ...], written: str) -> None:
        assert expression(steps) == written
        document: Any = 7
        for step in reversed(steps):
            document = {step: document} if isinstance(step, str) else [None] * step + [document]
        assert jmespath.search(written, document) == 7
