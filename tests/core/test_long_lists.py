"""Long lists and small mappings are written at once where that is quicker: what is written stays the same."""

import json
from typing import Any

import pytest

from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.reading import pending
from ckpt_tui.core.reading.chat import read_message
from ckpt_tui.core.reading.pending import requests
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.redact import masked
from ckpt_tui.core.value import Map, Opaque

NAN = {"$type": "builtins:float", "$value": "NaN"}
LONG = 1 << 300
RUNS: dict[str, list[Any]] = {
    "floats": [number / 7 for number in range(2_000)],
    "integers": [*range(2_000)],
    "True and None": [True, None] * 1_000,
    "texts": [f"text {number}" for number in range(2_000)],
    "texts that are not ASCII": [f"Grüße {number}" for number in range(2_000)],
    "texts that a terminal obeys": ["\x1b[2J", "a\x7fb", "\u202e", 'a "b" \\'] * 500,
    "one long text among others": ["a"] * 1_200 + ["x" * 200_000] + ["b"] * 1_200,
    "numbers, then texts": [1.5] * 1_000 + ["a"] * 1_000,
    "texts, then numbers": ["a"] * 1_000 + [1.5] * 1_000,
    "containers among numbers": [1.5] * 1_000 + [[1], {"a": None}] + [2] * 1_000,
    "numbers of both kinds": [1, 2.5] * 1_000,
    "a long integer among others": [1] * 1_000 + [LONG, -LONG] + [2] * 1_000,
}  # fmt: skip


@pytest.mark.parametrize("items", RUNS.values(), ids=RUNS.keys())
def test_a_long_list_is_written_as_the_standard_encoder_writes_it(items: list[Any]) -> None:
    for document in (items, {"a": items, "b": [items, "end"]}):
        assert json.loads(dumps(document)) == document
        expected = json.dumps(document, ensure_ascii=True, indent=2)
        assert json.dumps(json.loads(dumps(document)), ensure_ascii=True, indent=2) == expected
        if expected.isascii() and "\\u" not in expected:
            assert dumps(document) == expected


@pytest.mark.parametrize("kind", [list, tuple])
@pytest.mark.parametrize("items", RUNS.values(), ids=RUNS.keys())
def test_each_item_of_a_long_list_is_written_as_it_is_alone(items: list[Any], kind: type) -> None:
    written = to_json(kind(items))
    listed = written["$items"] if kind is tuple else written
    assert listed == [to_json(item) for item in items]


def test_numbers_that_json_lacks_have_a_sign_wherever_they_are_in_a_long_list() -> None:
    items = [1.5] * 600 + [float("nan")] + [2.5] * 600 + [float("nan")]
    written = to_json(items)
    assert written[600] == written[-1] == NAN
    assert json.loads(dumps(written)) == written
    assert json.loads(dumps(items)) == written


def test_a_sign_in_many_places_is_written_in_the_lines_of_each() -> None:
    sign = {"$masked": "str", "$size": 3}
    copies = [sign, sign, sign, {"a": sign, "b": sign, "c": [sign, sign]}, sign]
    assert dumps(copies) == json.dumps(copies, indent=2)


def test_a_sign_that_is_a_secret_in_one_place_stays_as_it_is_in_another() -> None:
    lost = [Opaque("not base64", 4), Opaque("not base64", 4)]
    document = masked(to_json({"api_key": [float("nan"), lost[0]], "rates": [float("nan"), lost[1]]}))
    assert document["rates"] == [NAN, {"$error": "not base64", "$size": 4}]
    assert document["api_key"][0]["$value"] == {"$masked": "str", "$size": 3}


def test_a_small_mapping_that_is_in_itself_is_written_with_a_reference() -> None:
    inner = Map(["name", "a"])
    inner.kv += ["self", inner]
    assert to_json([inner, inner])[0] == {"name": "a", "self": {"$ref": "[0]"}}


def test_very_many_requests_are_read_once_for_all_who_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    read = pending._request

    def counted(key: str, event: Any) -> Any:
        asked.append(key)
        return read(key, event)

    monkeypatch.setattr(pending, "_request", counted)
    events = {f"r{number}": {"source_executor_id": f"e{number}", "data": "?"} for number in range(500)}
    found = requests(events)
    assert [request.executor for request in found] == [f"e{number}" for number in range(500)]
    assert requests(events) == found and len(asked) == 500
    assert requests(dict(events)) == found and len(asked) == 1_000


def test_of_a_message_with_very_many_attachments_all_texts_and_the_first_attachments_are_read() -> None:
    attachment = {"type": "data", "uri": "data:,x"}
    message = read_message({"role": "user", "contents": [*[attachment] * 1_500, {"type": "text", "text": "look"}]})
    assert message is not None and message.text == "look"
    assert len(message.parts) == 1_002 and message.parts[-1].text == "… 500 more"


@pytest.mark.parametrize(("count", "is_whole"), [(9_000, True), (60_000, False)])
def test_small_mappings_of_very_many_different_names_are_cut_sooner(count: int, is_whole: bool) -> None:
    different = [Map([f"name {number}", number]) for number in range(count)]
    alike = [Map([f"name {number % 100}", number]) for number in range(count)]
    assert to_json(alike) == [{f"name {number % 100}": number} for number in range(count)]
    assert (to_json(different)[-1] == {f"name {count - 1}": count - 1}) is is_whole
    assert ("$error" in dumps(to_json(different))) is not is_whole


@pytest.mark.parametrize(("letter", "is_whole"), [("n", True), ("名", False)])
def test_names_in_other_alphabets_cost_more_where_there_are_very_many(letter: str, is_whole: bool) -> None:
    written = to_json({f"{letter}{number}": number for number in range(60_000)})
    assert ("$error" not in written) is is_whole
    assert len(to_json({f"名{number}": number for number in range(30_000)})) == 30_000
