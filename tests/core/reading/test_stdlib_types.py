"""Values of types of the standard library, and of classes derived from them, are shown as people mean them."""

import array
import collections
import datetime
import enum
import ipaddress
import json
import pickle
import time
import urllib.parse
import zoneinfo
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.documents.document import parse
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.reading.value_kinds import kind_of
from ckpt_tui.core.redact import masked
from ckpt_tui.core.value import Obj, Ref

VALUES = Path(__file__).parents[2] / "data" / "values"


class TagSet(set[Any]):
    pass


class Tally(collections.Counter[str]):
    pass


class Ring(collections.deque[int]):
    pass


class Groups(collections.defaultdict[str, int]):
    pass


class Stage(enum.Enum):
    NEW = "new"
    draft = "draft"

    def __reduce_ex__(self, protocol: Any) -> Any:
        return getattr, (self.__class__, self.name)


def shown(value: Any, protocol: int = 4) -> Any:
    return to_json(decode(pickle.dumps(value, protocol)).value)


def state(name: str) -> Any:
    document = parse((VALUES / name).read_bytes()).value
    return to_json(document["state"])


BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
TEXTS = {
    "ipaddress:IPv6Address 2001:db8::1": ipaddress.ip_address("2001:db8::1"),
    "ipaddress:IPv6Address fe80::1%eth0": ipaddress.ip_address("fe80::1%eth0"),
    "ipaddress:IPv6Network 2001:db8::/32": ipaddress.ip_network("2001:db8::/32"),
    "ipaddress:IPv4Interface 10.0.0.1/8": ipaddress.ip_interface("10.0.0.1/8"),
    "datetime:datetime 2026-10-25T02:30:00[Europe/Berlin] fold 1": datetime.datetime(
        2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1
    ),
    "datetime:datetime 0001-01-01T00:00:00[Europe/Berlin]": datetime.datetime(1, 1, 1, tzinfo=BERLIN),
    "datetime:time 01:02:00[Europe/Berlin]": datetime.time(1, 2, tzinfo=BERLIN),
    "zoneinfo:ZoneInfo Asia/Kolkata": zoneinfo.ZoneInfo.no_cache("Asia/Kolkata"),
}


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("text", TEXTS)
def test_an_address_or_a_time_is_one_text(text: str, protocol: int) -> None:
    name, _, value = text.partition(" ")
    value = value if protocol > 3 else value.removesuffix(" fold 1")  # older protocols do not write it
    assert shown(TEXTS[text], protocol) == {"$type": name, "$value": value}


@pytest.mark.parametrize("protocol", range(6))
def test_kin_of_containers_are_shown_as_their_bases_are(protocol: int) -> None:
    here = __name__
    assert shown(TagSet(["b", "a"]), protocol) == {"$type": f"{here}:TagSet", "$items": ["a", "b"]}
    assert shown(Tally("aab"), protocol) == {"$type": f"{here}:Tally", "$entries": [["a", 2], ["b", 1]]}
    assert shown(Ring([1, 2], 5), protocol) == {"$type": f"{here}:Ring", "maxlen": 5, "$items": [1, 2]}
    groups = shown(Groups(int, {"a": 1}), protocol)
    assert groups["default_factory"]["$value"].endswith(":int")
    assert groups["$entries"] == [["a", 1]]


def test_named_tuples_of_the_standard_library_have_their_names() -> None:
    url = shown(urllib.parse.urlsplit("https://a.example/b?c#d"))
    assert (url["scheme"], url["netloc"], url["fragment"]) == ("https", "a.example", "d")
    assert shown(time.gmtime(0))["tm_year"] == 1970


def a_row(maker: Ref | Obj, *args: object) -> dict[str, Any]:
    return dict(to_json(Obj(maker, args, "call")))


def test_field_names_that_the_pickle_itself_gives_are_those_of_a_row() -> None:
    made = Obj(Ref("collections", "namedtuple"), ("Point", "x, y"), "call")
    assert (a_row(made, 1, 2)["x"], a_row(made, 1, 2)["$call"]["$args"][0]) == (1, "Point")
    made = Obj(Ref("collections", "namedtuple"), ("Point", ["x", "y"]), "call")
    assert a_row(made, 1, 2)["y"] == 2
    assert a_row(made, 1)["$args"] == [1]  # of another length: nothing is guessed
    row = a_row(Ref("pyspark.sql.types", "_create_row"), ("name", "age"), ("ann", 41))
    assert row == {"$type": "pyspark.sql.types:_create_row", "name": "ann", "age": 41}
    assert a_row(Ref("shop", "Point"), 1, 2) == {"$type": "shop:Point", "$args": [1, 2]}


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(
    "values", [("d", [1.5, -2.0]), ("i", [1, -2]), ("Q", [2**63]), ("f", [])], ids=lambda pair: pair[0]
)
def test_an_array_of_the_standard_library_is_its_numbers(values: tuple[str, list[float]], protocol: int) -> None:
    found = shown(array.array(*values), protocol)
    assert found == {"$type": "array:array", "typecode": values[0], "$items": values[1]}


def test_an_array_that_is_damaged_stays_what_its_pickle_says() -> None:
    maker = Ref("array", "_array_reconstructor")
    for code, data in ((16, b"abc"), (99, b"")):
        assert "$args" in a_row(maker, Ref("array", "array"), "d", code, data)


def test_a_secret_in_a_named_tuple_of_a_cloud_is_known_by_its_field() -> None:
    found = masked(a_row(Ref("azure.core.credentials", "AccessToken"), "opaque", 5))
    assert found == {
        "$type": "azure.core.credentials:AccessToken",
        "token": {"$masked": "str", "$size": 6},
        "expires_on": 5,
    }


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("stage", Stage)
def test_an_enum_that_pickles_by_name_is_its_member(stage: Stage, protocol: int) -> None:
    value = decode(pickle.dumps(stage, protocol)).value
    assert to_json(value) == {"$type": f"{__name__}:Stage", "$value": stage.name}
    assert kind_of(value) == "atom"


class Size(enum.Enum):
    S = 1
    InStock = 2

    def __reduce_ex__(self, protocol: Any) -> Any:
        return getattr, (self.__class__, self.name)


@pytest.mark.parametrize("size", [Size.S, Size.InStock])
@pytest.mark.parametrize("protocol", [4, 5])
def test_a_member_that_is_named_like_a_class_is_one_where_no_class_is_written_so(size: Size, protocol: int) -> None:
    assert shown([size], protocol) == [{"$type": f"{__name__}:Size", "$value": size.name}]


@pytest.mark.parametrize("name", ["Inner", "_unpickle", "C"])
def test_a_class_in_a_class_is_still_a_class(name: str) -> None:
    value = Obj(Ref("builtins", "getattr"), (Ref("app", "Outer"), name), "call")
    assert to_json(value) == {"$type": "type", "$value": f"app:Outer.{name}"}


def test_files_of_others_hold_what_was_meant() -> None:
    assert state("enum_by_name.json") == {"stage": {"$type": "shop_models:Stage", "$value": "NEW"}}
    times = state("zoneinfo.json")
    assert times["when"] == {"$type": "datetime:datetime", "$value": "2026-10-25T02:30:00[Europe/Berlin] fold 1"}
    assert times["z"] == {"$type": "zoneinfo:ZoneInfo", "$value": "Asia/Kolkata"}
    repeated = state("repeated_key.json")
    assert (repeated["acct"], repeated["k"], repeated["$repeated"]) == (381111320260379738, 2, {"k": [1, 2]})


def test_bytes_after_the_end_of_a_pickle_are_reported_and_its_value_is_shown() -> None:
    decoded = decode(pickle.dumps([1, 2]) + b"junk")
    assert decoded.value == [1, 2]
    assert decoded.trailing == 4


ZONES = {
    "+00:00": Obj(Ref("pytz", "_UTC"), (), "call"),
    "+01:00[Europe/Berlin]": Obj(Ref("pytz", "_p"), ("Europe/Berlin", 3600, 0, "CET"), "call"),
    "+02:00": Obj(Ref("dateutil.tz.tz", "tzoffset"), (None, 7200), "call"),
}


@pytest.mark.parametrize("suffix", ZONES)
def test_times_in_zones_of_other_packages_are_times(suffix: str) -> None:
    raw = pickle.dumps(datetime.datetime(2026, 1, 2, 3, 4, 5), 4)
    value = decode(raw).value
    value.args = (value.args[0], ZONES[suffix])
    assert to_json(value) == {"$type": "datetime:datetime", "$value": f"2026-01-02T03:04:05{suffix}"}
    assert summary(value) == json.dumps(f"2026-01-02T03:04:05{suffix}").strip('"')
