"""numpy and pandas are shown with shape, type and values: genuine pickles of two versions of each, without them."""

import json
import pickle
from base64 import b64decode
from pathlib import Path
from struct import pack
from typing import Any

import pytest

from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.json_limits import non_finite
from ckpt_tui.core.reading.long_floats import long_float
from ckpt_tui.core.reading.lookup import lookup
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.reading.tree import Tree
from ckpt_tui.core.value import Map, Obj, Ref

VALUES = Path(__file__).parents[2] / "data" / "values"
PICKLES: dict[str, dict[str, str]] = json.loads((VALUES / "arrays_and_tables.json").read_text())
OTHERS: dict[str, dict[str, str]] = json.loads((VALUES / "other_arrays_and_tables.json").read_text())
INTERVALS: dict[str, dict[str, str]] = json.loads((VALUES / "interval_indexes.json").read_text())
NAN = {"$type": "builtins:float", "$value": "NaN"}


def array(shape: list[int], dtype: str, items: list[Any]) -> dict[str, Any]:
    return {"$type": "numpy:ndarray", "shape": shape, "dtype": dtype, "$items": items}


RIGHT: dict[str, dict[str, Any]] = {
    "int_array": array([2, 3], "int64", [[0, 1, 2], [3, 4, 5]]),
    "float_array": array([3], "float64", [1.5, NAN, -2.25]),
    "bool_array": array([2], "bool", [True, False]),
    "text_array": array([2], "U2", ["ab", "c"]),
    "object_array": array([3], "object", [1, "a", None]),
    "date_array": array([2], "datetime64[D]", ["2026-01-02", None]),
    "delta_array": array([2], "timedelta64[s]", ["0:00:01", "0:00:02"]),
    "fortran": array([2, 3], "int64", [[0, 1, 2], [3, 4, 5]]),
    "big_endian": array([3], "int32", [0, 1, 2]),
    "empty": array([0, 3], "float64", []),
    "zero_d": array([], "int64", [5]),
    "complex_array": array([1], "complex128", ["(1+2j)"]),
    "structured": array([2], "record(a: int32, b: float64)", [{"a": 1, "b": 2.5}, {"a": 3, "b": 4.5}]),
    "three_d": array([2, 2, 2], "int64", [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]),
    "scalar": {"$type": "numpy:float32", "$value": 1.5},
    "scalar_bool": {"$type": "numpy:bool", "$value": True},
    "scalar_date": {"$type": "numpy:datetime64", "$value": "2026-01-02T03:04:05"},
    "scalar_text": {"$type": "numpy:str_", "$value": "x"},
    "dtype": {"$type": "numpy:dtype", "$value": "float32"},
    "series": {"shape": [2], "dtype": "float64", "name": "price", "index": ["a", "b"], "$items": [1.5, 2.5]},
    "series_int": {"shape": [3], "dtype": "int64", "$items": [1, 2, 3]},
    "category": {"shape": [3], "dtype": "category", "$items": ["x", "y", "x"]},
    "nullable": {"shape": [3], "dtype": "Int64", "$items": [1, None, 3]},
    "multi": {"shape": [2, 1], "dtypes": {"n": "int64"}, "index": [["a", 1], ["b", 2]], "$items": [{"n": 1}, {"n": 2}]},
    "frame": {
        "shape": [3, 4],
        "$items": [
            {"sku": "a", "qty": 1, "price": 1.5, "ok": True}, {"sku": "b", "qty": 2, "price": 2.5, "ok": False},
            {"sku": "c", "qty": 3, "price": NAN, "ok": True},
        ],
    },
    "frame_dates": {
        "shape": [3, 2],
        "$items": [{"when": f"2026-01-0{day}T00:00:00+00:00", "n": day} for day in (1, 2, 3)],
    },
    "frame_index": {
        "shape": [3, 1], "dtypes": {"n": "int64"}, "index": [f"2026-01-0{day}T00:00:00+00:00" for day in (1, 2, 3)],
    },
    "timestamp": {"$type": "pandas:Timestamp", "$value": "2026-01-02T02:04:05+00:00[Europe/Berlin]"},
    "timestamp_naive": {"$type": "pandas:Timestamp", "$value": "2026-01-02T03:04:05.123456789"},
    "timedelta": {"$type": "pandas:Timedelta", "$value": "1 day, 2:00:00"},
    "nat": {"$type": "pandas:NaT", "$value": "NaT"},
    "index": {"size": 3, "$items": [1, 2, 3]},
    "range": {"start": 0, "stop": 5, "step": 1},
}  # fmt: skip


@pytest.mark.parametrize("version", PICKLES)
@pytest.mark.parametrize("name", RIGHT)
def test_a_value_is_shown_with_its_shape_type_and_values(version: str, name: str) -> None:
    found = {key: data for key, data in PICKLES[version].items() if key.partition(".")[0] == name}
    assert found
    for key, data in found.items():
        value = decode(b64decode(data)).value
        document = to_json(value)
        assert {member: document[member] for member in RIGHT[name]} == RIGHT[name], key
        assert "_reconstruct" not in json.dumps(document)
        assert "base64" not in json.dumps(document)
        assert summary(value)


RIGHT_OTHERS: dict[str, dict[str, Any]] = {
    "fortran_objects": array([2, 2], "object", [[1, "a"], [None, 2.5]]),
    "turned": array(
        [4, 2, 3], "int64",
        [[[first + second * 12 + third * 4 for third in range(3)] for second in range(2)] for first in range(4)],
    ),
    "within": array(
        [1], "record(p: record(x: int16, y: int16), v: float32[3])", [{"p": {"x": 1, "y": 2}, "v": [1.0, 2.0, 3.0]}]
    ),
    "with_objects": array([1], "record(a: int32, o: object)", [{"a": 1, "o": {"a": 1}}]),
    "records": {"shape": [1], "dtype": "record(id: int32, n: U1)", "$items": [{"id": 1, "n": "a"}]},
    "record": {"$type": "numpy:void", "dtype": "record(id: int32, n: U1)", "id": 1, "n": "a"},
    "raw": array([1], "V4", [{"$type": "builtins:bytes", "$base64": "YWJjZA==", "$size": 4}]),
    "masked": {"shape": [2, 2], "dtype": "int64", "$items": [[1, None], [3, 4]]},
    "matrix": {"$type": "numpy:matrix", "shape": [2, 2], "$items": [[1, 2], [3, 4]]},
    "scalar_bytes": {"$type": "numpy:bytes_", "value": {"$type": "builtins:bytes", "$base64": "eA==", "$size": 1}},
    "scalar_nat": {"$type": "numpy:datetime64", "$value": "NaT"},
    "column_levels": {
        "shape": [2, 2], "dtypes": {"('a', 'x')": "int64", "('a', 'y')": "int64"},
        "$items": [{"('a', 'x')": 1, "('a', 'y')": 2}, {"('a', 'x')": 3, "('a', 'y')": 4}],
    },
    "nullables": {
        "dtypes": {"i": "UInt8", "s": "string", "b": "boolean"},
        "$items": [{"i": 1, "s": "a", "b": True}, {"i": None, "s": None, "b": None}],
    },
    "many_levels": {
        "shape": [300], "index_name": ["l", "n"], "$items": list(range(200)),
        "index": [[letter, number] for letter in "ab" for number in range(100)],
    },
    "periods": {"dtype": "period[M]", "$items": ["2026-01", "2026-02"]},
    "intervals": {"dtype": "interval", "$items": ["(0, 1]", "(1, 2]"]},
    "sparse": {"shape": [5], "dtype": "Sparse[int64]", "$items": [0, 0, 1, 1, 0]},
    "sparse_int": {"shape": [2], "dtype": "Sparse[int64]", "$items": [0, 5]},
    "period": {"$type": "pandas:Period", "$value": "2026Q1"},
    "interval": {"$type": "pandas:Interval", "$value": "(0, 1]"},
    "categories": {"shape": [2], "dtype": "category", "$items": ["x", None]},
    "texts": {"dtype": "string", "$items": ["a", None]},
    "named": {"name": "n", "$items": [1]},
}  # fmt: skip


@pytest.mark.parametrize("version", OTHERS)
@pytest.mark.parametrize("name", RIGHT_OTHERS)
def test_a_rarer_value_is_shown_with_its_shape_type_and_values(version: str, name: str) -> None:
    found = [data for key, data in OTHERS[version].items() if key.partition(".")[0] == name]
    assert found
    for data in found:
        document = to_json(decode(b64decode(data)).value)
        assert {member: document[member] for member in RIGHT_OTHERS[name]} == RIGHT_OTHERS[name]
        assert "_reconstruct" not in json.dumps(document.get("$items", ""))


@pytest.mark.parametrize("version", INTERVALS)
def test_intervals_are_shown_as_labels_and_as_categories(version: str) -> None:
    index, cut = (to_json(decode(b64decode(INTERVALS[version][name])).value) for name in ("interval_index", "cut"))
    assert index["$items"] == ["(0, 1]", "(1, 2]"]
    assert (cut["dtype"], cut["$items"]) == ("category", ["(0, 2]", "(2, 6]"])


def test_a_name_of_a_field_without_end_is_not_repeated_for_each_use_of_it() -> None:
    inner = Obj(Ref("numpy", "dtype"), ("V1", False, True), "call")
    name = "x" * 100_000
    inner.state = (3, "|", None, (name,), Map([name, (dtype("i1"), 0)]), 1, 1, 16)
    inner.has_state = True
    assert to_json(made((1,), inner, b"\0"))["$type"] == "numpy._core.multiarray:_reconstruct"


def dtype(code: str, order: str = "<") -> Obj:
    made = Obj(Ref("numpy", "dtype"), (code, False, True), "call")
    made.state, made.has_state = (3, order, None, None, None, -1, -1, 0), True
    return made


def made(shape: Any, code: Any, data: Any, fortran: bool = False) -> Obj:
    obj = Obj(Ref("numpy._core.multiarray", "_reconstruct"), (Ref("numpy", "ndarray"), (0,), b"b"), "call")
    obj.state, obj.has_state = (1, shape, code if type(code) is Obj else dtype(code), fortran, data), True
    return obj


def test_a_long_array_shows_its_beginning_and_keeps_all_of_its_bytes() -> None:
    data = bytes(range(250)) * 12
    document = to_json(made((3_000,), "u1", data))
    assert document["$items"] == list(data[:1_000])
    assert document["rest"]["$size"] == 3_000
    other = to_json(made((3_000,), "u1", data[:-1] + b"\0"))
    assert other != document


@pytest.mark.parametrize(
    ("shape", "code", "data"),
    [
        ((2,), "i8", b"\0" * 15), ((-1,), "i8", b""), ((2, "3"), "i1", b"\0" * 6), ([2], "i1", b"\0\0"),
        ((1,), "i1", None), ((1,), "V0", b""), ((1,) * 65, "i1", b"\0"),
        ((1 << 80,), "i1", b"\0"), ((1,), "f10", b"\0" * 10), ((1,), "X4", b"\0" * 4),
        ((1,), "U99999999", b"\0"), ((2,), "O8", [1]), ((1,), Obj(Ref("a", "b"), ()), b"\0"),
    ],
)  # fmt: skip
def test_what_is_not_as_numpy_writes_it_is_shown_in_its_parts(shape: Any, code: Any, data: Any) -> None:
    document = to_json(made(shape, code, data))
    assert document["$type"] == "numpy._core.multiarray:_reconstruct"
    assert document["$state"]


@pytest.mark.parametrize("shape", [(1 << 62, 0), (0, 1 << 62), (0,), (1 << 40, 0, 1 << 40)])
def test_a_huge_empty_shape_costs_nothing(shape: tuple[int, ...]) -> None:
    assert to_json(made(shape, "i8", b"")) == array(list(shape), "int64", [])


def test_one_long_row_costs_what_is_shown_of_it() -> None:
    document = to_json(made((1, 4_000_000), "i1", bytes(4_000_000)), nodes=50_000)
    assert document["$items"] == [0] * 1_000


def test_a_frame_of_endless_columns_is_shown_in_its_parts() -> None:
    index = Obj(Ref("pandas.core.indexes.base", "_new_Index"), (), "call")
    index.args = (Ref("pandas", "RangeIndex"), Map(["start", 0, "stop", 1 << 39, "step", 1]))
    manager = Obj(Ref("pandas.core.internals.managers", "BlockManager"), ((), [index, index]), "call")
    frame = Obj(Ref("pandas", "DataFrame"), ())
    frame.state, frame.has_state = Map(["_mgr", manager]), True
    document = to_json(frame)
    assert document["$type"] == "pandas:DataFrame"
    assert "_mgr" in document


def test_an_array_that_holds_itself_ends() -> None:
    items: list[Any] = [1]
    ring = made((2,), "O8", items)
    items.append(ring)
    assert to_json(ring)["$items"][0] == 1
    assert summary(ring)


def test_nothing_of_this_imports_numpy_or_pandas() -> None:
    import sys

    for data in PICKLES["numpy 2.4.6, pandas 3.1.1"].values():
        to_json(decode(b64decode(data)).value)
    assert pickle.dumps(1)
    assert "pandas" not in sys.modules


def test_the_rows_of_a_tree_have_all_elements_of_a_long_array_and_the_document_the_first_ones() -> None:
    value = made((2_500,), "i4", pack("<2500i", *range(2_500)))
    assert len(to_json(value)["$items"]) == 1_000
    tree = Tree({"numbers": value})
    tree.unfold(tree.row(0).branch, tree.row(0).slot)
    assert tree.row(len(tree) - 1).member.value == 2_499
    assert lookup({"numbers": value}, ("numbers", "$items", 1_700)).value == 1_700
    assert lookup({"numbers": value}, ("numbers", "$items", 2_500)).absent
    assert members(value).find(("$items", 1_700)) < 0


@pytest.mark.parametrize(
    ("shape", "at", "found"), [((600, 3), 599, [1797, 1798, 1799]), ((1, 1_800), 1_000, 1_000), ((1_800,), 5, 5)]
)
def test_a_row_of_a_long_array_is_worked_out_by_itself(shape: tuple[int, ...], at: int, found: Any) -> None:
    value = made(shape, "i4", pack("<1800i", *range(1_800)))
    assert lookup([value], (0, "$items", at)).value == found


X87 = [
    ("cdcccccccccccccc fb3f", "0.1"), ("0000000000000080 ff3f", 1.0), ("0000000000000080 ffff", float("-inf")),
    ("35c26821a2da0fc9 0040", "3.1415926535897932385"), ("0000000000000000 0080", -0.0),
]  # fmt: skip


@pytest.mark.parametrize(("bits", "value"), X87)
@pytest.mark.parametrize("size", [12, 16])
def test_a_long_float_of_x87_is_read_from_its_80_bits(bits: str, value: float | str, size: int) -> None:
    data = bytes.fromhex(bits).ljust(size, b"\0")
    assert repr(long_float(data)) == repr(value)
    assert to_json(made((1,), f"f{size}", data))["$items"] in ([value], [non_finite(float("-inf"))])


def test_a_long_float_of_128_bits_is_known_by_its_last_bytes() -> None:
    assert long_float((0x3FFF << 112).to_bytes(16, "little")) == 1.0
    assert long_float(0x3FFB999999999999999999999999999A.to_bytes(16, "little")) == "0.1"
    assert (
        long_float(0x4000921FB54442D18469898CC51701B8.to_bytes(16, "little")) == "3.1415926535897932384626433832795028"
    )
