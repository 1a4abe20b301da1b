"""A form becomes fields, and what is put into them becomes the JSON of an answer."""

from __future__ import annotations

from typing import Any

import pytest

from ckpt_tui.core.running.form_fields import Field, example, fields_of, filled

DRAFT: dict[str, Any] = {
    "kind": "object",
    "fields": [
        {"name": "title", "required": True, "form": {"kind": "text"}},
        {"name": "score", "required": False, "default": 0.5, "form": {"kind": "number"}},
        {"name": "count", "required": True, "form": {"kind": "integer"}},
        {"name": "colour", "required": False, "default": {"$type": "m:Colour", "$value": "red"},
         "form": {"kind": "choice", "options": [{"label": "RED", "value": "red"}, {"label": "BLUE", "value": "blue"}]}},
        {"name": "tags", "required": False, "default": [], "form": {"kind": "list", "of": {"kind": "text"}}},
        {"name": "place", "required": True, "form": {"kind": "object", "fields": [
            {"name": "street", "required": True, "form": {"kind": "text"}},
            {"name": "zip", "required": False, "form": {"kind": "text", "optional": True}}]}},
    ],
}  # fmt: skip
CALLS: dict[str, Any] = {
    "kind": "calls",
    "options": [
        {"label": "approve", "call": "approve", "args": []},
        {"label": "revise", "call": "revise", "args": [], "asks": "what should change"},
        {"label": "say", "call": "from_strings", "args": [], "asks": "your message", "list": True},
    ],
}


def test_objects_within_objects_are_fields_of_one_form() -> None:
    fields = fields_of(DRAFT)
    assert [field.label for field in fields] == [
        "title", "score", "count", "colour", "tags", "place.street", "place.zip",
    ]  # fmt: skip
    assert [field.kind for field in fields] == ["text", "number", "integer", "choice", "list", "text", "text"]
    assert [field.default for field in fields] == ["", "0.5", "", "RED", "[]", "", ""]
    assert [field.required for field in fields] == [True, False, True, False, False, True, False]


def test_what_is_put_in_becomes_an_object_and_what_is_empty_is_left_to_its_default() -> None:
    found = filled(fields_of(DRAFT), ["Hello", "", "3", "BLUE", "a, b", "Main", ""])
    assert found.errors == {}
    assert found.value == {
        "title": "Hello", "count": 3, "colour": "blue", "tags": ["a", "b"], "place": {"street": "Main"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "text", "wrong"),
    [
        (Field((), "integer"), "three", "not a whole number"),
        (Field((), "integer"), "true", "not a whole number"),
        (Field((), "number"), "x", "not a number"),
        (Field((), "json"), "{", "not valid JSON: write text in quotes"),
        (Field((), "list", item="integer"), "1, b", "not a whole number"),
        (Field((), "list"), '["a"', "not a list"),
        (Field((), "text"), "", "needed"),
        (Field((), "choice", (("yes", True), ("no", False))), "", "choose one"),
    ],
)
def test_what_does_not_fit_is_reported_beside_its_field(field: Field, text: str, wrong: str) -> None:
    found = filled([field], [text])
    assert found.errors == {0: wrong}


def test_plain_answers_are_themselves() -> None:
    yes_no = fields_of({"kind": "boolean"})
    assert filled(yes_no, ["no"]).value is False
    assert filled(fields_of({"kind": "text"}), ["purple"]).value == "purple"
    assert filled(fields_of({"kind": "list", "of": {"kind": "integer"}}), ["[1, 2]"]).value == [1, 2]
    assert filled(fields_of({"kind": "json"}), ['{"a": 1}']).value == {"a": 1}


def test_requests_of_the_framework_are_answered_by_their_own_helpers() -> None:
    fields = fields_of(CALLS)
    assert filled(fields, ["approve\0"]).value == {"$call": "approve", "$args": []}
    assert filled(fields, ["revise\0shorter"]).value == {"$call": "revise", "$args": ["shorter"]}
    assert filled(fields, ["say\0hello"]).value == {"$call": "from_strings", "$args": [["hello"]]}
    assert filled(fields, ["revise\0 "]).errors == {0: "say what should change"}
    assert example(fields) == {"$call": "approve", "$args": []}


def test_an_example_is_what_the_form_begins_with() -> None:
    assert example(fields_of(DRAFT)) == {
        "title": "", "score": 0.5, "count": 0, "colour": "red", "tags": [], "place": {"street": "", "zip": ""},
    }  # fmt: skip


def test_the_default_of_a_secret_is_neither_reported_nor_written_down() -> None:
    fields = fields_of({"kind": "object", "fields": [
        {"name": "user", "required": False, "default": "bo", "form": {"kind": "text"}},
        {"name": "door", "required": True, "form": {"kind": "object", "fields": [
            {"name": "password", "required": False, "default": "sk-1", "form": {"kind": "text"}}]}},
        {"name": "token", "required": True, "form": {"kind": "text"}},
    ]})  # fmt: skip
    assert [field.is_secret for field in fields] == [False, True, True]
    assert [field.hint for field in fields] == ["text; empty: bo", "text; empty: its default", "text"]
    assert example(fields) == {"user": "bo", "token": ""}
    assert filled(fields, ["", "", "sk-2"]).value == {"token": "sk-2"}


def test_a_type_with_very_many_fields_is_asked_for_as_json() -> None:
    many = {
        "kind": "object",
        "fields": [{"name": f"n{n}", "required": True, "form": {"kind": "text"}} for n in range(99)],
    }
    assert fields_of(many) == (Field((), "json"),)


def test_names_that_begin_with_a_dollar_are_escaped() -> None:
    form = {"kind": "object", "fields": [{"name": "$odd", "required": True, "form": {"kind": "text"}}]}
    assert filled(fields_of(form), ["x"]).value == {"$$odd": "x"}


def test_any_value_is_json_where_it_can_be_and_a_text_else() -> None:
    fields = fields_of({"kind": "any"})
    for text, value in (("yes", "yes"), ("12", 12), ('"12"', "12"), ("[1, 2]", [1, 2]), ("{", "{")):
        assert filled(fields, [text]).value == value
    assert filled(fields, [""]).errors
