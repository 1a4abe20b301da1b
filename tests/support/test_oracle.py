"""The oracle itself: every sample loads for real, and each row of the table is stated as documented."""

import datetime
import json
import pickle
from collections import Counter, OrderedDict, defaultdict, deque
from pathlib import Path
from typing import Any

import pytest

from tests.support.oracle import AGENT_FRAMEWORK, MOVED, envelopes, expected, load_environment, real_objects

SAMPLES = sorted(AGENT_FRAMEWORK.glob("*/*/*.json"))
SCENARIOS = sorted({path.parent for path in SAMPLES})


def zoo(version: str) -> dict[str, Any]:
    largest = max((AGENT_FRAMEWORK / version / "types_zoo").glob("*.json"), key=lambda path: path.stat().st_size)
    with load_environment():
        state: dict[str, Any] = expected(real_objects(largest))["state"]
    return state


class TestEverySample:
    @pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: f"{path.parent.name}-{path.name}")
    def test_loads_for_real_and_becomes_json(self, scenario: Path) -> None:
        with load_environment():
            for path in scenario.glob("*.json"):
                document = expected(real_objects(path))
                assert json.loads(json.dumps(document, allow_nan=False)) == document

    def test_holds_many_pickles(self) -> None:
        assert sum(1 for path in SAMPLES for _ in envelopes(path)) > 400

    def test_says_the_type_its_envelope_states(self) -> None:
        with load_environment():
            for path in SAMPLES:
                for _, stated, data in envelopes(path):
                    obj = pickle.loads(data)
                    module = type(obj).__module__
                    assert f"{MOVED.get(module, module)}:{type(obj).__qualname__}" == stated


class TestTable:
    @pytest.mark.parametrize(
        ("value", "document"),
        [
            ((1, "a"), {"$type": "builtins:tuple", "$items": [1, "a"]}),
            ({3, 1, 2}, {"$type": "builtins:set", "$items": [1, 2, 3]}),
            (deque([1], maxlen=4), {"$type": "collections:deque", "maxlen": 4, "$items": [1]}),
            ({1: "a"}, {"$type": "builtins:dict", "$entries": [[1, "a"]]}),
            (OrderedDict(z=1), {"$type": "collections:OrderedDict", "$entries": [["z", 1]]}),
            (Counter("a"), {"$type": "collections:Counter", "$entries": [["a", 1]]}),
            (
                defaultdict(list, a=[]),
                {
                    "$type": "collections:defaultdict",
                    "default_factory": {"$type": "type", "$value": "builtins:list"},
                    "$entries": [["a", []]],
                },
            ),
            (b"abc", {"$type": "builtins:bytes", "$base64": "YWJj", "$size": 3}),
            (float("-inf"), {"$type": "builtins:float", "$value": "-Infinity"}),
            (range(3, 9, 2), {"$type": "builtins:range", "$value": "range(3, 9, 2)"}),
            (datetime.timedelta(days=2), {"$type": "datetime:timedelta", "$value": "2 days, 0:00:00"}),
            (datetime.datetime(2024, 1, 1), {"$type": "datetime:datetime", "$value": "2024-01-01T00:00:00"}),
            (int, {"$type": "type", "$value": "builtins:int"}),
            (len, {"$type": "type", "$value": "builtins:len"}),
            (list[datetime.date], {"$type": "type", "$value": "list[datetime:date]"}),
            (ValueError("no", 1), {"$type": "builtins:ValueError", "$args": ["no", 1]}),
            (10**30, 10**30),
        ],
    )
    def test_value(self, value: Any, document: Any) -> None:
        assert expected(value) == document

    def test_exception_with_attributes_keeps_them_beside_its_arguments(self) -> None:
        error = ValueError("no")
        error.add_note("at noon")
        assert expected(error) == {"$type": "builtins:ValueError", "$args": ["no"], "__notes__": ["at noon"]}

    def test_cycle_points_at_the_first_place(self) -> None:
        value: dict[str, Any] = {"a b": [{}]}
        value["a b"][0]["up"] = value["a b"]
        value["a b"][0]["top"] = value
        assert expected(value) == {"a b": [{"up": {"$ref": '"a b"'}, "top": {"$ref": "@"}}]}

    def test_shared_value_is_written_in_full_twice(self) -> None:
        shared = [1]
        assert expected({"a": shared, "b": shared}) == {"a": [1], "b": [1]}


class TestTypesZoo:
    def test_objects_are_typed_and_flat(self) -> None:
        state = zoo("1.23.0")
        assert state["slots"] == {"$type": "gen_corpus:Slotted", "a": 7, "b": "x"}
        assert state["inner"] == {"$type": "gen_corpus:Outer.Inner", "v": 9}
        assert state["namedtuple"] == {"$type": "gen_corpus:Point", "$args": [1.5, -2.0]}
        assert state["reduce"] == {"$type": "gen_corpus:WithReduce", "$args": [11]}
        assert state["ip"] == {"$type": "ipaddress:IPv4Address", "$value": "127.0.0.1"}
        assert state["flag"] == {"$type": "gen_corpus:Perm", "$value": 6}
        assert state["getstate"] == {"$type": "gen_corpus:WithGetstate", "keep": [1, 2]}
        assert state["path"] == {"$type": "pathlib:PosixPath", "$value": "/tmp/x/y.txt"}
        assert state["dict_subclass"] == {"$type": "gen_corpus:MyDict", "$entries": [["a", 1]]}
        assert set(state["pydantic"]) == {"$type", "id", "items", "meta"}
        assert state["cyclic_obj"]["children"][0]["parent"] == {"$ref": "state.cyclic_obj"}

    def test_framework_objects_keep_what_their_file_holds_and_no_more(self) -> None:
        assert "raw_representation" not in zoo("1.23.0")["af_message"]
        assert "raw_representation" in zoo("1.0.0")["af_message"]

    def test_numpy_scalars_are_their_type_and_number(self) -> None:
        assert zoo("1.0.0")["np_int64"] == {"$type": "numpy:int64", "$value": 7}
