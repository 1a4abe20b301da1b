"""How a person is asked for the answer to an interrupt."""

from __future__ import annotations

from typing import Any

import pytest

from ckpt_tui.runner.langgraph.questions import Question, form_of, misfit, named, request_line


def question(value: Any = None, schema: Any = None, name: str = "ab12", node: str = "ask") -> Question:
    return Question(name, "task", node, value, schema)


@pytest.mark.parametrize(
    ("schema", "form"),
    [
        ({"type": "string"}, {"kind": "text"}),
        ({"type": "boolean"}, {"kind": "boolean"}),
        ({"enum": ["a", 1]}, {"kind": "choice", "options": [{"label": "a", "value": "a"}, {"label": "1", "value": 1}]}),
        ({"type": "array", "items": {"type": "integer"}}, {"kind": "list", "of": {"kind": "integer"}}),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, {"kind": "number", "optional": True}),
        ({"type": "object"}, {"kind": "json"}),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"type": "string"}}}, {"kind": "text"}),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/A"}}}, {"kind": "json"}),
    ],
)
def test_a_schema_becomes_a_form(schema: Any, form: Any) -> None:
    assert form_of(question(schema=schema)) == form


def test_an_object_is_asked_for_field_by_field() -> None:
    schema = {
        "title": "Verdict", "required": ["approved"],
        "properties": {"approved": {"type": "boolean"}, "note": {"type": "string", "default": "none"}},
    }  # fmt: skip
    line = request_line(question(schema=schema))
    assert line["response_type"] == "Verdict"
    assert line["form"]["fields"] == [
        {"name": "approved", "required": True, "form": {"kind": "boolean"}},
        {"name": "note", "required": False, "default": "none", "form": {"kind": "text"}},
    ]
    assert line["example"] == {"approved": True}


@pytest.mark.parametrize(
    ("value", "options"),
    [
        ({"options": ["yes", "no"]}, ["yes", "no"]),
        ({"choices": [{"label": "Tea", "value": 1}]}, [1]),
        (
            {"action_requests": [{"name": "mail"}], "review_configs": [{"allowed_decisions": ["approve", "edit"]}]},
            [{"decisions": [{"type": "approve"}]}],
        ),
        (
            [{"action_request": {}, "config": {"allow_accept": True, "allow_ignore": False}}],
            [[{"type": "accept", "args": None}]],
        ),
    ],
)
def test_what_is_asked_may_list_the_answers(value: Any, options: Any) -> None:
    assert [each["value"] for each in form_of(question(value))["options"]] == options


@pytest.mark.parametrize("value", ["Approve?", {"options": []}, {"question": "?"}, None, {"action_requests": [1, 2]}])
def test_anything_else_is_asked_for_as_it_is(value: Any) -> None:
    assert form_of(question(value))["kind"] in ("any", "json")


@pytest.mark.parametrize(
    ("answer", "schema", "why"),
    [
        ("x", {"type": "string"}, ""),
        (True, {"type": "integer"}, "expected integer, got true"),
        ("z", {"enum": ["a"]}, 'expected one of ["a"]'),
        (None, {"anyOf": [{"type": "string"}, {"type": "null"}]}, ""),
        ({}, {"required": ["a"], "properties": {"a": {"type": "string"}}}, "a is missing"),
        ({"a": 1}, {"properties": {"a": {"type": "string"}}}, "a: expected string, got 1"),
        ({"a": 1}, None, ""),
    ],
)
def test_an_answer_is_held_against_the_schema(answer: Any, schema: Any, why: str) -> None:
    assert misfit(answer, question(schema=schema)) == why


def test_a_question_is_named_by_its_id_its_beginning_or_the_node_that_asks() -> None:
    first, second = question(name="ab12", node="one"), question(name="abcd", node="two")
    assert named("ab12", [first, second]) == [first]
    assert named("abc", [first, second]) == [second]
    assert named("ab", [first, second]) == [first, second]
    assert named("one", [first, second]) == [first]
    assert named("", [first, second]) == []


def test_a_question_is_named_as_a_release_without_ids_names_it() -> None:
    one, other = Question("9f2c", "6a3eeba2-7e47", "", "sure?"), Question("77aa", "70c4-1", "", "certain?")
    for name in ("legal:6a3eeba2-7e47", "legal:6a3eeba2-7e47|check:b84c974a"):
        assert named(name, [one, other]) == [one]
    assert named("legal", [one, other]) == []
