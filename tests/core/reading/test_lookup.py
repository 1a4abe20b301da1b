"""A plain path leads to what JMESPath finds in the JSON of `show`, in the bytes of a file as in its values."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import jmespath
import pytest

from ckpt_tui.core.documents.document import parse
from ckpt_tui.core.documents.indented import ABSENT, Slice, locate
from ckpt_tui.core.paths import Path as Steps
from ckpt_tui.core.paths import expression
from ckpt_tui.core.paths import parse as parse_path
from ckpt_tui.core.reading.lookup import lookup, shown
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.value import Obj, Ref
from tests.support.oracle import AGENT_FRAMEWORK

FILES = sorted(AGENT_FRAMEWORK.glob("*/*/*.json"))
KEYS = {"state": "state", "messages": "messages", "pending": "pending_request_info_events"}


def places(document: Any, at: Steps = ()) -> list[Steps]:
    """Every place of a JSON document."""
    found: list[Steps] = []
    todo: list[tuple[Any, Steps]] = [(document, at)]
    while todo:
        item, steps = todo.pop()
        found.append(steps)
        if isinstance(item, dict):
            todo += [(member, (*steps, key)) for key, member in item.items()]
        elif isinstance(item, list):
            todo += [(member, (*steps, index)) for index, member in enumerate(item)]
    return found


def text(document: Any) -> str:
    return json.dumps(document, sort_keys=True)


@pytest.mark.parametrize(
    "scenario", sorted({path.parent for path in FILES}), ids=lambda path: "/".join(path.parts[-2:])
)
def test_every_path_leads_to_what_jmespath_finds_in_values_and_in_bytes(scenario: Path) -> None:
    chance = random.Random(4)
    for path in sorted(scenario.glob("*.json"))[:4]:
        data = path.read_bytes()
        value = parse(data).value
        for part, key in KEYS.items():
            document = {part: to_json(value[key])}
            every = places(document[part], (part,))
            for steps in chance.sample(every, min(len(every), 25)):
                expected = jmespath.search(expression(steps), document)
                if "$ref" in text(expected) or "$ref" in steps:
                    continue  # a value by itself names the first place of a cycle from its own beginning
                assert text(shown(lookup(value[key], steps[1:]), reveal=True)) == text(expected), steps
                assert text(from_bytes(data, steps)) == text(expected), steps
                for wrong in ((*steps, "nothing"), (*steps, 99_999)):
                    assert lookup(value[key], wrong[1:]).absent
                    assert from_bytes(data, wrong) is None


def from_bytes(data: bytes, steps: Steps) -> Any:
    place = locate(data, steps)
    assert place is not None, steps
    if place is ABSENT:
        return None
    return shown(lookup(parse(data[place.start : place.end]).value, place.rest), reveal=True)


def checkpoint(state: Any, **more: Any) -> bytes:
    document = {"workflow_name": "w", "messages": {}, "state": state, "pending_request_info_events": {}, **more}
    return json.dumps(document, indent=2, ensure_ascii=False).encode()


def test_a_path_in_bytes_stops_at_the_envelope() -> None:
    data = checkpoint({"draft": {"__pickled__": "gASVAAAAAAAAAAAu", "__type__": "a:b"}, "n": 1})
    place = locate(data, ("state", "draft", "title"))
    assert place is not None
    assert place.rest == ("title",)
    assert json.loads(data[place.start : place.end])["__type__"] == "a:b"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (("state", "a", 0), 1), (("state", "a", -1), {"b": [2, [3]]}), (("state", "a", 1, "b", 1, 0), 3),
        (("state", "a", 7), None), (("state", "a", "b"), None), (("state", "n", "x"), None),
        (("state", "e", "x"), None),
        (("state", "e"), {}), (("state", "é \"q\""), 5), (("state",), None), (("messages", "x"), None),
    ],
)  # fmt: skip
def test_lists_negative_indexes_and_odd_keys_are_found_in_bytes(steps: Steps, expected: Any) -> None:
    state = {"a": [1, {"b": [2, [3]]}], "n": 4, "e": {}, 'é "q"': 5}
    assert from_bytes(checkpoint(state), steps) == (state if steps == ("state",) else expected)


@pytest.mark.parametrize(
    "data",
    [
        json.dumps({"workflow_name": "w", "state": {"a": 1}}).encode(),
        json.dumps({"workflow_name": "w", "state": {"a": 1}}, indent=4).encode(),
        b'{\n  "workflow_name": "w",\n  "state": {\n    "a": 1,\n    "a": 2\n  }\n}',
        b'{\n  "workflow_name": "w",\n  "state": {\n    "a": 1\n  },\n  "state": {\n    "a": 2\n  }\n}',
        b'{\n  "workflow_name": "w",\n  "state": {"a": 1}\n}',
        b"", b"[]",
    ],
)  # fmt: skip
def test_another_layout_and_repeated_keys_are_left_to_the_parser(data: bytes) -> None:
    assert locate(data, ("state", "a")) is None


def test_a_key_that_the_file_may_write_in_another_way_is_left_to_the_parser() -> None:
    data = json.dumps({"workflow_name": "w", "state": {"é": 1}}, indent=2).encode()
    assert locate(data, ("state", "é")) is None


def test_text_that_looks_like_a_key_is_not_taken_for_one() -> None:
    data = checkpoint({"note": '\n    "score": 9,\n  "state": {', "score": 1})
    assert from_bytes(data, ("state", "score")) == 1


def test_a_cycle_ends_where_its_reference_is() -> None:
    node = Obj(Ref("app", "Node"), ())
    node.has_state = True
    node.state = {}
    ring: dict[str, Any] = {"name": "a"}
    ring["next"] = ring
    assert not lookup(ring, ("next",)).absent
    assert lookup(ring, ("next", "name")).absent
    assert jmespath.search("next.name", to_json(ring)) is None


def test_a_secret_is_masked_where_it_is() -> None:
    value = {"client": {"api_key": "sk-1", "headers": {"authorization": ["Bearer x"], "n": 1}}}
    assert shown(lookup(value, ("client", "api_key"))) == {"$masked": "str", "$size": 4}
    assert shown(lookup(value, ("client", "headers", "authorization", 0))) == {"$masked": "str", "$size": 8}
    assert shown(lookup(value, ("client", "headers")))["n"] == 1
    assert shown(lookup(value, ("client", "api_key")), reveal=True) == "sk-1"
    pair = {"headers": [["x-api-key", "sk-2"], ["accept", "*/*"]]}
    assert shown(lookup(pair, ("headers", 0, 1))) == {"$masked": "str", "$size": 4}
    assert shown(lookup(pair, ("headers", 1, 1))) == "*/*"
    assert shown(lookup({"_workflow_run_kwargs": {"x": {"y": 7}}}, ("_workflow_run_kwargs", "x", "y"))) == {
        "$masked": "int", "$size": 1,
    }  # fmt: skip


def test_negative_indexes_are_plain_paths() -> None:
    assert parse_path("state.log[-1].text") == ("state", "log", -1, "text")
    assert Slice(1, 2).rest == ()


@pytest.mark.parametrize(
    ("name", "shown_as"),
    [
        ("漢字の鍵", '"漢字の鍵"'), ("no. 1", '"no. 1"'), ('a"b\\c', r'"a\"b\\c"'), ("a\u202eb", r'"a\u202eb"'),
        ("\ud800", r'"\ud800"'), ("a\nb", r'"a\nb"'), ("👩\u200d👧", r'"👩\u200d👧"'),
    ],
)  # fmt: skip
def test_a_path_is_written_in_the_letters_of_its_names(name: str, shown_as: str) -> None:
    path = ("state", name)
    assert expression(path) == f"state.{shown_as}"
    assert parse_path(expression(path)) == path
    assert jmespath.search(expression(path), {"state": {name: 3}}) == 3
