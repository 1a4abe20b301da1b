"""What an object is to its reader, known from its pickle alone."""

import datetime
import math
import pickle
import zoneinfo
from struct import pack
from typing import Any

import numpy
import pytest

from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.object_parts import Pairs
from ckpt_tui.core.reading.pickled_objects import object_parts, type_name
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.value import Envelope, Map, Obj, Opaque, Ref, SetOf
from tests.core import zoo
from tests.core.agreement import shown

ZOO = "tests.core.zoo"
TWICE = datetime.datetime(2026, 10, 25, 2, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"), fold=1)


def call(name: str, *args: Any, how: str = "call") -> Obj:
    module, qualname = name.split(":")
    return Obj(Ref(module, qualname), args, how)


def reading(obj: Obj) -> Any:
    parts = object_parts(obj)
    return parts.text if parts.is_text else None


class TestShapes:
    """Shapes where the pickle shows less than the object knew, or more than a class would show."""

    @pytest.mark.parametrize("protocol", range(2, 6))
    def test_a_frozen_slots_dataclass_has_no_names(self, protocol: int) -> None:
        document = shown(pickle.dumps(zoo.FrozenSlotted(1, [2]), protocol))
        assert document == {"$type": f"{ZOO}:FrozenSlotted", "$state": [1, [2]]}

    @pytest.mark.parametrize("protocol", range(2, 6))
    @pytest.mark.parametrize(
        ("state", "document"),
        [
            ([1, 2], [1, 2]),
            ("text", "text"),
            ({1: 2}, {"$type": "builtins:dict", "$entries": [[1, 2]]}),
            ((1, 2, 3), {"$type": "builtins:tuple", "$items": [1, 2, 3]}),
            (7, 7),
        ],
    )
    def test_a_state_that_is_no_set_of_attributes_is_by_itself(self, state: Any, document: Any, protocol: int) -> None:
        assert shown(pickle.dumps(zoo.OddState(state), protocol)) == {"$type": f"{ZOO}:OddState", "$state": document}

    @pytest.mark.parametrize("protocol", range(2, 6))
    def test_a_state_of_names_is_attributes(self, protocol: int) -> None:
        document = shown(pickle.dumps(zoo.OddState({"a": 1, "$b": 2}), protocol))
        assert document == {"$type": f"{ZOO}:OddState", "a": 1, "$$b": 2}

    @pytest.mark.parametrize("protocol", range(6))
    def test_all_five_parts_of_a_reduction_are_shown(self, protocol: int) -> None:
        value = zoo.Reduced(1, "x")
        value.extend([1, [2]])
        value["k"] = "v"
        value[3] = None
        assert shown(pickle.dumps(value, protocol)) == {
            "$type": f"{ZOO}:Reduced",
            "args": {"$type": "builtins:tuple", "$items": [1, "x"]},
            "$args": [1, "x"],
            "$items": [1, [2]],
            "$entries": [["k", "v"], [3, None]],
        }

    def test_an_enum_is_its_value(self) -> None:
        assert shown(pickle.dumps(zoo.Colour.TWO)) == {"$type": f"{ZOO}:Colour", "$value": 2}

    def test_an_enum_of_a_tuple_is_its_argument(self) -> None:
        document = shown(pickle.dumps(zoo.Colour.PAIR))
        assert document == {"$type": f"{ZOO}:Colour", "$args": [{"$type": "builtins:tuple", "$items": [1, 2]}]}

    @pytest.mark.parametrize(
        "name", ["os:system", "builtins:eval", "a:function", "a:MyError", "a:_Private", "builtins:X"]
    )
    def test_what_is_no_enum_keeps_its_arguments(self, name: str) -> None:
        assert reading(call(name, "x")) is None
        assert object_parts(call(name, "x")).args == ("x",)

    def test_pydantic_is_flat(self) -> None:
        model = zoo.OpenModel.model_validate({"a": 1, "more": [2]})
        assert shown(pickle.dumps(model)) == {"$type": f"{ZOO}:OpenModel", "a": 1, "more": [2]}

    def test_a_state_that_only_looks_like_pydantic_is_shown_whole(self) -> None:
        obj = call("a:B", how="new")
        obj.has_state = True
        obj.state = Map(["__pydantic_fields_set__", SetOf([]), "__dict__", 7])
        assert object_parts(obj).has_state

    def test_two_mappings_with_one_name_in_both_are_shown_whole(self) -> None:
        obj = call("a:B", how="new")
        obj.has_state = True
        obj.state = (Map(["x", 1]), Map(["x", 2]))
        assert object_parts(obj).state is obj.state

    def test_a_name_set_twice_is_shown_twice(self) -> None:
        obj = call("a:B", how="new")
        obj.has_state = True
        obj.state = Map(["x", 1, "x", 2])
        assert object_parts(obj).state is obj.state

    def test_a_callable_that_has_no_name_is_shown(self) -> None:
        made = call("a:make")
        parts = object_parts(Obj(made, (1,), "call"))
        assert parts.type == "(made by a:make)"
        assert parts.maker is made


class TestTypeName:
    @pytest.mark.parametrize(
        ("value", "name"),
        [
            (None, "builtins:NoneType"), (True, "builtins:bool"), (1, "builtins:int"), (1.5, "builtins:float"),
            ("", "builtins:str"), (b"", "builtins:bytes"), (bytearray(), "builtins:bytearray"), ([], "builtins:list"),
            ((), "builtins:tuple"), ({}, "builtins:dict"), (Map(), "builtins:dict"), (SetOf([]), "builtins:set"),
            (SetOf([], frozen=True), "builtins:frozenset"), (Ref("a", "B"), "type"), (Opaque("x"), "?"),
            (call("a:B"), "a:B"), (call("copyreg:__newobj__", Ref("a", "B")), "a:B"), (Envelope("", "m:C"), "m:C"),
            (Obj(7, ()), "(builtins:int)"), (Obj(Ref("a", ""), ()), "a:(no name)"),
            (Obj(Obj(7, ()), ()), "(made by ?)"),
        ],
    )  # fmt: skip
    def test_every_kind_has_one(self, value: Any, name: str) -> None:
        assert type_name(value) == name

    def test_callables_made_by_callables_end(self) -> None:
        value: Any = Ref("a", "B")
        for _ in range(100_000):
            value = Obj(value, (), "call")
        assert type_name(value) == "(made by ?)"


def offset(**parts: int) -> Obj:
    delta = datetime.timedelta(**parts)
    return call("datetime:timezone", call("datetime:timedelta", delta.days, delta.seconds, delta.microseconds))


class TestReaders:
    @pytest.mark.parametrize(
        ("obj", "text"),
        [
            (call("datetime:datetime", b"\x07\xe8\x01\x02\x03\x04\x05\x00\x00\x06"), "2024-01-02T03:04:05.000006"),
            (call("datetime:datetime", b"\x07\xe8\x81\x02\x03\x04\x05\x00\x00\x00"), "2024-01-02T03:04:05"),
            (call("datetime:datetime", b"\x07\xe8\x01\x02\x03\x04\x05\x00\x00\x00", None), "2024-01-02T03:04:05"),
            (call("datetime:datetime", b"\x07\xe8\x01\x02\x03\x04\x05\x00\x00\x00", offset(hours=2)),
             "2024-01-02T03:04:05+02:00"),
            (call("datetime:datetime", b"\x07\xe8\x01\x02\x03\x04\x05\x00\x00\x00", offset(seconds=-1)),
             "2024-01-02T03:04:05-00:00:01"),
            (call("datetime:datetime", b"\x07\xe8\x01\x02\x03\x04\x05\x00\x00\x00",
             call("zoneinfo:ZoneInfo._unpickle", "Europe/Berlin", True)),
             "2024-01-02T03:04:05[Europe/Berlin]"),
            (call("datetime:datetime", b"\x07\xe8\x81\x02\x03\x04\x05\x00\x00\x00",
             call("zoneinfo:ZoneInfo._unpickle", "Europe/Berlin", 1)),
             "2024-01-02T03:04:05[Europe/Berlin] fold 1"),
            (call("zoneinfo:ZoneInfo._unpickle", "Europe/Berlin", 1), "Europe/Berlin"),
            (decode(pickle.dumps(TWICE)).value,
             "2026-10-25T02:30:00[Europe/Berlin] fold 1"),
            (decode(pickle.dumps(TWICE.tzinfo)).value, "Europe/Berlin"),
            (call("datetime:date", b"\x07\xe8\x01\x02"), "2024-01-02"),
            (call("datetime:time", b"\x01\x02\x03\x00\x00\x00"), "01:02:03"),
            (call("datetime:timedelta", 1, 2, 3), "1 day, 0:00:02.000003"),
            (call("datetime:timedelta", -2, 0, 0), "-2 days, 0:00:00"),
            (offset(hours=1), "UTC+01:00"),
            (offset(), "UTC"),
            (call("decimal:Decimal", "1.5e-7"), "1.5e-7"),
            (call("decimal:Decimal", "-sNaN123"), "-sNaN123"),
            (call("fractions:Fraction", "1/3"), "1/3"),
            (call("fractions:Fraction", 1, 3), "1/3"),
            (call("fractions:Fraction", 4, 1), "4"),
            (call("builtins:complex", 1.0, -2.0), "(1-2j)"),
            (call("builtins:range", 0, 5, 1), "range(0, 5)"),
            (call("builtins:range", 0, 5, 2), "range(0, 5, 2)"),
            (call("pathlib:PosixPath", "/", "a", "b"), "/a/b"),
            (call("pathlib._local:PosixPath", "a/b"), "a/b"),
            (call("pathlib:PosixPath"), "."),
            (call("pathlib:WindowsPath", "C:\\", "a"), "C:\\a"),
            (call("ipaddress:IPv4Address", 1), "0.0.0.1"),
            (call("ipaddress:IPv6Address", 1), "::1"),
            (call("ipaddress:IPv6Address", 0), "::"),
            (call("ipaddress:IPv6Address", 1 << 112), "1::"),
            (call("ipaddress:IPv6Address", (1 << 128) - 1), "ffff:" * 7 + "ffff"),
            (call("builtins:getattr", Ref("m", "Outer"), "Inner"), "m:Outer.Inner"),
            (call("builtins:getattr", call("builtins:getattr", Ref("m", "A"), "B"), "C"), "m:A.B.C"),
            (call("types:GenericAlias", Ref("builtins", "list"), (Ref("m", "A"),)), "list[m:A]"),
            (call("types:GenericAlias", Ref("m", "Box"), Ref("m", "A")), "m:Box[m:A]"),
            (call("_operator:or_", Ref("m", "A"), call("builtins:type", None)), "m:A | builtins:NoneType"),
            (call("builtins:type", None), "builtins:NoneType"),
        ],
    )  # fmt: skip
    def test_honest_arguments_are_reported_in_one_text(self, obj: Obj, text: str) -> None:
        assert reading(obj) == text

    @pytest.mark.parametrize(
        "obj",
        [
            call("datetime:datetime"),
            call("datetime:datetime", b"\xff" * 10),
            call("datetime:datetime", b"\x00" * 10),
            call("datetime:datetime", b"\x07\xe8\x0d\x02\x03\x04\x05\x00\x00\x06"),
            call("datetime:datetime", b"\x07\xe8\x01\x20\x03\x04\x05\x00\x00\x06"),
            call("datetime:datetime", b"\x07\xe8\x01\x02\x18\x04\x05\x00\x00\x06"),
            call("datetime:datetime", b"\x07\xe8\x01\x02\x03\x04\x05\xff\xff\xff"),
            call("datetime:datetime", b"short"),
            call("datetime:datetime", 2024, 1, 1),
            call("datetime:datetime", b"\x07\xe8\x01\x02\x03\x04\x05\x00\x00\x06", "UTC"),
            call("datetime:datetime", b"\x07\xe8\x01\x02\x03\x04\x05\x00\x00\x06", call("os:system", "x")),
            call("datetime:datetime", b"\x07\xe8\x01\x02\x03\x04\x05\x00\x00\x06", call("datetime:timezone", 5)),
            call("datetime:datetime", b"\x07\xe8\x01\x02\x03\x04\x05\x00\x00\x06", call("zoneinfo:ZoneInfo",
            "x" * 100)),
            call("datetime:date", b"\x00\x00\x01\x01"),
            call("datetime:date", b"\x07\xe8\x01\x02", None),
            call("datetime:time", b"\x7f\x02\x03\x00\x00\x00"),
            call("datetime:timedelta", 10**12, 0, 0),
            call("datetime:timedelta", 1, 86_400, 0),
            call("datetime:timedelta", 1, 1, 10**6),
            call("datetime:timedelta", 1.0, 1, 1),
            call("datetime:timedelta", True, 1, 1),
            call("datetime:timezone"),
            call("datetime:timezone", call("datetime:timedelta", 2, 0, 0)),
            call("datetime:timezone", call("datetime:timedelta", 0, 0, 0), "a", "b"),
            call("decimal:Decimal", "1" * 5000),
            call("decimal:Decimal", "x"),
            call("decimal:Decimal", 1),
            call("fractions:Fraction", 1, 0),
            call("fractions:Fraction", 1, 1 << 5000),
            call("fractions:Fraction", "1/x"),
            call("builtins:complex", 1, 2),
            call("builtins:range", 0, 1, 0),
            call("builtins:range", 0, 1 << 5000, 1),
            call("builtins:range", 5),
            call("pathlib:PosixPath", 1),
            call("pathlib:PosixPath", "x" * 100_000),
            call("pathlib:PosixPath", *["x"] * 2000),
            call("ipaddress:IPv4Address", -1),
            call("ipaddress:IPv4Address", 1 << 32),
            call("ipaddress:IPv6Address", 1 << 128),
            call("builtins:getattr", Ref("m", "A"), "not a name"),
            call("builtins:getattr", Ref("m", "A"), "x" * 1000),
            call("builtins:getattr", 7, "x"),
            call("builtins:getattr", Ref("m", "A"), "x", None),
            call("types:GenericAlias", Ref("builtins", "list")),
            call("types:GenericAlias", Ref("builtins", "list"), (7,)),
            call("types:GenericAlias", Ref("builtins", "list"), tuple([Ref("a", "B")] * 30)),
            call("types:GenericAlias", 7, (Ref("a", "B"),)),
            call("_operator:getitem", Ref("os", "environ"), "PATH"),
            call("_operator:getitem", [], 0),
            call("_operator:or_", 1, 2),
            call("_functools:reduce", Ref("os", "system"), ("a", "b")),
            call("_functools:reduce", Ref("_operator", "or_"), ()),
            call("builtins:type", "X", (), {}),
            call("numpy._core.multiarray:scalar", 1, b""),
            call("numpy._core.multiarray:scalar", call("numpy:dtype", "f8"), b"short"),
            call("numpy._core.multiarray:scalar", call("numpy:dtype", "V8"), b"x" * 8),
            call("uuid:UUID"),
        ],
    )  # fmt: skip
    def test_dishonest_arguments_are_shown_in_their_parts(self, obj: Obj) -> None:
        assert reading(obj) is None

    @pytest.mark.parametrize(
        "state",
        [None, 7, Map(), Map(["int", -1]), Map(["int", 1 << 128]), Map(["int", "x"]), Map(["int", 1, "int", 2])],
    )
    def test_a_uuid_of_no_number_is_shown_in_its_parts(self, state: Any) -> None:
        obj = call("uuid:UUID", how="new")
        obj.state, obj.has_state = state, True
        assert reading(obj) is None

    def test_a_reader_is_not_asked_about_an_object_with_a_state_or_items(self) -> None:
        obj = call("datetime:date", b"\x07\xe8\x01\x02")
        obj.items = [1]
        assert reading(obj) is None

    @pytest.mark.parametrize(
        "scalar",
        [
            numpy.float64(1.5), numpy.float32(0.25), numpy.int8(-3), numpy.int64(7), numpy.uint64(2**63),
            numpy.bool_(True),
            numpy.float16(2), numpy.float64(math.nan),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("protocol", range(6))
    def test_a_numpy_scalar_is_its_number(self, scalar: Any, protocol: int) -> None:
        document = shown(pickle.dumps(scalar, protocol))
        assert document["$type"] == f"numpy:{type(scalar).__name__}"
        assert document["$value"] == (scalar.item() if scalar == scalar else "NaN")

    def test_a_big_endian_numpy_scalar_is_its_number(self) -> None:
        dtype = call("numpy:dtype", "f8", False, True)
        dtype.state, dtype.has_state = (3, ">", None, None, None, -1, -1, 0), True
        assert reading(call("numpy.core.multiarray:scalar", dtype, pack(">d", 1.5))) == 1.5


class TestContainers:
    def test_a_deque_counts_its_length_only_when_it_has_one(self) -> None:
        assert list(object_parts(call("collections:deque", [1, 2])).attributes) == []
        assert list(object_parts(call("collections:deque", (), 3)).attributes) == [("maxlen", 3)]

    def test_what_is_no_deque_keeps_its_arguments(self) -> None:
        assert object_parts(call("collections:deque", 7)).args == (7,)
        assert object_parts(call("collections:deque", [], 1, 2)).args == ([], 1, 2)

    def test_a_state_beside_the_length_is_kept(self) -> None:
        obj = call("collections:deque", (), 3)
        obj.state, obj.has_state = Map(["note", "x"]), True
        assert list(object_parts(obj).attributes) == [("maxlen", 3), ("note", "x")]

    @pytest.mark.parametrize("name", ["builtins:set", "builtins:frozenset"])
    def test_a_set_that_stayed_a_call_has_items(self, name: str) -> None:
        assert object_parts(call(name, [1])).items == [1]
        assert object_parts(call(name, 7)).args == (7,)

    def test_pairs_see_a_flat_list(self) -> None:
        pairs = Pairs(["a", 1, "b", 2])
        assert len(pairs) == 2
        assert pairs[1] == ("b", 2)
        assert list(pairs) == [("a", 1), ("b", 2)]
        assert not Pairs([])


def test_the_parts_of_an_object_are_not_copied() -> None:
    data = b"ca\nB\n)\x81}(" + b"".join(b"\x8c\x06k%05dN" % index for index in range(5_000)) + b"ub."
    obj = decode(data).value
    assert object_parts(obj).attributes.kv is obj.state.kv


@pytest.mark.parametrize(
    ("name", "args", "fields"),
    [
        ("langgraph.types:StateUpdate", (1, "node", None), {"values": 1, "as_node": "node", "task_id": None}),
        ("difflib:Match", (1, 2, 3), {"a": 1, "b": 2, "size": 3}),
        ("os:terminal_size", ((80, 24), Map([])), {"columns": 80, "lines": 24}),
    ],
)  # fmt: skip
def test_a_known_named_tuple_has_its_fields(name: str, args: tuple[Any, ...], fields: dict[str, Any]) -> None:
    module, _, qualname = name.partition(":")
    assert to_json(Obj(Ref(module, qualname), args, "new")) == {"$type": name, **fields}
