"""Decoding without executing says what a real unpickling gives: every sample, and any value that Python can pickle."""

import collections
import datetime
import ipaddress
import math
import pickle
import uuid
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.to_json import to_json
from tests.core import zoo
from tests.core.agreement import canonical, file_shown, same, shown, text
from tests.support.oracle import AGENT_FRAMEWORK, expected, load_environment, real_objects

SAMPLES = sorted(AGENT_FRAMEWORK.glob("*/*/*.json"))
PROTOCOLS = range(6)


def sample_id(path: Path) -> str:
    return f"{path.parent.parent.name}-{path.parent.name}-{path.stem[:8]}"


class TestSamples:
    @pytest.mark.parametrize("path", SAMPLES, ids=sample_id)
    def test_every_checkpoint_decodes_to_what_it_holds(self, path: Path) -> None:
        with load_environment():
            wanted = expected(real_objects(path))
        found = file_shown(path.read_bytes())
        for part in ("messages", "state", "pending_request_info_events"):
            assert canonical(found[part]) == canonical(wanted[part])
        assert same(found, wanted)


# ---------------------------------------------------------------- single values


def cyclic_node() -> zoo.Node:
    root = zoo.Node("root")
    root.children.append(zoo.Node("kid", parent=root))
    return root


def cyclic_list() -> list[Any]:
    inner: list[Any] = [1]
    outer = [inner, {"again": inner}]
    inner.append(outer)
    inner.append(inner)
    return outer


def cyclic_dict() -> dict[str, Any]:
    value: dict[str, Any] = {"name": "x"}
    value["self"] = value
    value["list"] = [value]
    return value


def with_note() -> ValueError:
    error = ValueError("no", 1)
    error.add_note("at noon")
    return error


def private_model() -> zoo.Model:
    model = zoo.Model(a=1, b=[zoo.Model(a=2)])
    model._private = "p"
    return model


UTC = datetime.UTC
VALUES: dict[str, Any] = {
    "dataclass": zoo.Plain(1, "x"),
    "frozen dataclass": zoo.Frozen(1, (2,)),
    "nested dataclasses": zoo.Plain(zoo.Frozen([zoo.Plain()]), {"k": zoo.Plain()}),
    "slots": zoo.HandSlotted(1, [2]),
    "slots dataclass": zoo.Slotted(1, 2),
    "slots and dict": zoo.SlotsAndDict(1, 2),
    "named tuple": zoo.Point(1.5, "y"),
    "enum": zoo.Colour.RED,
    "enum of a float": zoo.Colour.HALF,
    "enum of None": zoo.Colour.NOTHING,
    "enum of a tuple": zoo.Colour.PAIR,
    "flag": zoo.Permission.R | zoo.Permission.X,
    "int enum": zoo.Level.HIGH,
    "str enum": zoo.Name.FIRST,
    "pydantic": zoo.Model(a=1, b={"k": zoo.Model()}),
    "pydantic with private attributes": private_model(),
    "pydantic with extra fields": zoo.OpenModel.model_validate({"a": 1, "more": [2]}),
    "list subclass": zoo.MyList([1, [2]]),
    "dict subclass": zoo.MyDict(a=1, b={"c": 2}),
    "set subclass": zoo.MySet([1]),
    "str subclass": zoo.MyStr("text"),
    "int subclass": zoo.MyInt(7),
    "float subclass": zoo.MyFloat(0.5),
    "tuple subclass": zoo.MyTuple((1, 2)),
    "nested class": zoo.Outer.Inner(3),
    "class in a class in a class": zoo.Outer.Inner.Innermost(3),
    "exception": ValueError("no", 1),
    "exception with a note": with_note(),
    "exception of the user": zoo.NotFound("no"),
    "key error": KeyError("k"),
    "deque": collections.deque([1, 2]),
    "deque with a length": collections.deque([1, 2], maxlen=5),
    "empty deque": collections.deque(),
    "deque subclass": zoo.MyDeque([1]),
    "defaultdict": collections.defaultdict(list, a=[1]),
    "defaultdict without a factory": collections.defaultdict(None, a=1),
    "ordered dict": collections.OrderedDict(b=1, a=2),
    "counter": collections.Counter("hello"),
    "cyclic object": cyclic_node(),
    "cyclic list": cyclic_list(),
    "cyclic dict": cyclic_dict(),
    "empty set": set(),
    "set": {1, 2, 30, "x", None, 2.5},
    "set of tuples": {(1, 2), (1, "x"), (3,)},
    "set of frozensets": {frozenset({1, 2}), frozenset({3}), frozenset()},
    "frozenset": frozenset({"a", "b"}),
    "bytes": b"\0\xff",
    "empty bytes": b"",
    "long bytes": bytes(70_000),
    "bytearray": bytearray(b"ab\xff"),
    "empty bytearray": bytearray(),
    "long text": "é" * 70_000,
    "empty": [(), [], {}, ""],
    "keys of any kind": {1: "a", (1, 2): "b", None: "c", "x": "d", 2.5: 0},
    "datetime": datetime.datetime(2024, 2, 29, 23, 59, 59, 999_999),
    "datetime at noon": datetime.datetime(2024, 1, 1, 12),
    "datetime in UTC": datetime.datetime(2024, 1, 1, tzinfo=UTC),
    "datetime in a zone": datetime.datetime(1, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=-3,
    minutes=-30))),
    "datetime in a named zone": datetime.datetime(9999, 12, 31, tzinfo=datetime.timezone(datetime.timedelta(1) / 2,
    "X")),
    "datetime folded": datetime.datetime(2024, 10, 27, 2, 30, fold=1),
    "date": datetime.date(2024, 1, 1),
    "time": datetime.time(1, 2, 3, 4),
    "time in a zone": datetime.time(1, tzinfo=UTC),
    "time folded": datetime.time(23, 1, fold=1),
    "timedelta": datetime.timedelta(days=-1, microseconds=5),
    "timedelta of a day": datetime.timedelta(days=1),
    "timezone": datetime.timezone(datetime.timedelta(seconds=3601, microseconds=1)),
    "utc": UTC,
    "uuid": uuid.UUID(int=7),
    "decimal": Decimal("1.50"),
    "decimal NaN": Decimal("sNaN12"),
    "decimal infinity": Decimal("-Infinity"),
    "decimal with an exponent": Decimal("1E+9999"),
    "fraction": Fraction(-3, 4),
    "whole fraction": Fraction(3),
    "complex": complex(1, -2.5),
    "complex of zeros": complex(-0.0, 0.0),
    "range": range(1, 10, 3),
    "short range": range(5),
    "path": PurePosixPath("/tmp/x/y.txt"),
    "relative path": PurePosixPath("x/y"),
    "empty path": PurePosixPath(),
    "root": PurePosixPath("/"),
    "windows path": PureWindowsPath("C:\\x\\y"),
    "windows share": PureWindowsPath("//server/share/x"),
    "real path": Path("/etc"),
    "ipv4": ipaddress.ip_address("10.0.0.1"),
    "ipv6": ipaddress.ip_address("2001:db8::1"),
    "ipv6 of zeros": ipaddress.ip_address("::"),
    "class": int,
    "class of the user": zoo.Plain,
    "class in a class": zoo.Outer.Inner,
    "function": cyclic_list,
    "built-in": len,
    "exception class": ValueError,
    "alias": list[zoo.Plain],
    "nested alias": dict[str, list[tuple[int, zoo.Plain]]],
    "big integers": [2**31, -(2**31), 2**63, -(2**64), 10**300, -(10**300), 255, 256, 65535, 65536, -1],
    "floats": [0.0, -0.0, 1e300, 5e-324, math.inf, -math.inf, math.nan],
    "booleans": [True, False, None],
    "surrogates": "\ud800x\udfff",
    "controls": "\0\n\r\t\x1b\\'\"\x80\u2028\U0001f600",
    "shared": [[1], zoo.Plain()] * 3,
}  # fmt: skip
NEEDS_PROTOCOL_2 = {"slots", "slots and dict", "slots dataclass"}


def written(value: Any, protocol: int) -> str:
    """What a value is shown as after it was pickled here; Python 3.13 names the classes of paths by another module."""
    return text(canonical(shown(pickle.dumps(value, protocol)))).replace('"pathlib._local:', '"pathlib:')


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("name", VALUES)
def test_a_value_of_every_kind_decodes_in_every_protocol(name: str, protocol: int) -> None:
    if name in NEEDS_PROTOCOL_2 and protocol < 2:
        pytest.skip("Python refuses to write it")
    value = VALUES[name]
    assert written(value, protocol) == text(canonical(expected(value)))


@pytest.mark.parametrize("protocol", range(2, 6))
def test_keyword_arguments_are_shown(protocol: int) -> None:
    value = zoo.WithKeywords(1, key=[2])
    document = shown(pickle.dumps(value, protocol))
    assert document == {"$type": "tests.core.zoo:WithKeywords", "$kwargs": {"key": [2]}, "$args": [1]}


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(
    ("value", "name"),
    [
        (zoo.ANNOTATIONS[0], "list[builtins:int]"),
        (zoo.ANNOTATIONS[1], "dict[builtins:str, list[tests.core.zoo:Plain]]"),
        (zoo.ANNOTATIONS[2], "typing:Union[builtins:int, builtins:NoneType]"),
        (zoo.ANNOTATIONS[3], "typing:Union[builtins:int, builtins:str]"),
        (zoo.ANNOTATIONS[4], "builtins:int | builtins:NoneType"),
        (zoo.ANNOTATIONS[5], "tuple[builtins:int, builtins:Ellipsis]"),
        (zoo.ANNOTATIONS[6], "builtins:NoneType"),
    ],
)
def test_annotations_are_reported_in_words(value: Any, name: str, protocol: int) -> None:
    assert shown(pickle.dumps(value, protocol)) == {"$type": "type", "$value": name}


# ---------------------------------------------------------------- any value

TEXTS = st.text(st.characters(exclude_categories=[]), max_size=20)
ZONES = st.one_of(
    st.none(),
    st.just(UTC),
    st.timedeltas(datetime.timedelta(hours=-23), datetime.timedelta(hours=23)).map(datetime.timezone),
)
HASHABLE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(10**400), 10**400),
    st.floats(),
    TEXTS,
    st.binary(max_size=300),
    st.datetimes(timezones=ZONES),
    st.dates(),
    st.times(timezones=ZONES),
    st.timedeltas(),
    st.decimals().filter(lambda number: not number.is_snan()),
    st.uuids(),
    st.fractions(),
    st.complex_numbers(),
    st.sampled_from(zoo.Colour),
    st.sampled_from(zoo.Permission),
    st.sampled_from(zoo.Level),
    st.ip_addresses(),
    st.sampled_from([int, zoo.Plain, zoo.Outer.Inner, len, list[int], range(3), PurePosixPath("a/b")]),
)
KEYS = st.recursive(
    HASHABLE,
    lambda below: st.one_of(st.lists(below, max_size=3).map(tuple), st.frozensets(below, max_size=3)),
    max_leaves=4,
)


def containers(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(below, max_size=5)
    return st.one_of(
        lists,
        lists.map(tuple),
        lists.map(lambda items: [items, items, *items]),  # shared
        lists.map(with_itself),
        st.dictionaries(TEXTS, below, max_size=4),
        st.dictionaries(KEYS, below, max_size=4),
        st.dictionaries(TEXTS, below, max_size=3).map(collections.OrderedDict),
        st.dictionaries(TEXTS, below, max_size=3).map(lambda items: collections.defaultdict(list, items)),
        st.dictionaries(TEXTS, below, max_size=3).map(zoo.MyDict),
        st.tuples(lists, st.sampled_from([None, 3, 10])).map(lambda pair: collections.deque(*pair)),
        lists.map(zoo.MyList),
        st.builds(zoo.Plain, below, below),
        st.builds(zoo.Frozen, below, below),
        st.builds(zoo.Point, below, below),
        st.builds(zoo.Outer.Inner, below),
        st.builds(zoo.Model, a=below, b=below),
        lists.map(lambda items: ValueError(*items)),
        below.map(with_parent),
    )


def with_itself(items: list[Any]) -> list[Any]:
    items.append(items)
    return items


def with_parent(value: Any) -> zoo.Plain:
    inner = zoo.Plain(value)
    return zoo.Plain(inner, [inner]) if not isinstance(value, zoo.Plain) else with_cycle(value)


def with_cycle(value: zoo.Plain) -> zoo.Plain:
    value.b = zoo.Plain(value)
    return value


ANY = st.recursive(
    st.one_of(KEYS, st.binary(max_size=300).map(bytearray), st.sets(KEYS, max_size=6)), containers, max_leaves=12
)


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=ANY, protocol=st.sampled_from(PROTOCOLS))
def test_any_value_decodes_to_what_it_was(value: Any, protocol: int) -> None:
    assert written(value, protocol) == text(canonical(expected(value)))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    value=ANY,
    protocol=st.integers(2, 5),
    wrap=st.sampled_from([zoo.Slotted, zoo.HandSlotted, zoo.SlotsAndDict]),
)
def test_any_value_in_slots_decodes_to_what_it_was(value: Any, protocol: int, wrap: Any) -> None:
    assume(len(pickle.dumps(value)) < 10_000)  # what is shared may be written again only so often
    whole = [wrap(value, wrap(1, [value])), {"again": wrap(value, None)}]
    assert written(whole, protocol) == text(canonical(expected(whole)))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=ANY, protocol=st.sampled_from(PROTOCOLS))
def test_the_same_value_is_written_the_same_way_twice(value: Any, protocol: int) -> None:
    data = pickle.dumps(value, protocol)
    assert text(shown(data)) == text(shown(data))


def test_a_value_of_json_itself_stays_as_it_is() -> None:
    value: dict[str, Any] = {"a": [1, 2.5, None, True, "x", {}], "b": []}
    assert to_json(value) == value


def test_each_use_of_a_class_name_that_is_too_long_counts_as_several_objects() -> None:
    def bomb(size: int) -> bytes:
        name = b"X" + (size).to_bytes(4, "little") + b"m" * size
        return name + b"q\x000](" + b"h\x00h\x00\x93" * 1_000 + b"e."

    long, short = decode(bomb(900)), decode(bomb(90))
    assert long.objects > short.objects + 3_000
    assert len(long.value) == len(short.value) == 1_000
