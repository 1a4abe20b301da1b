"""The published schemas, and that every document which the tests see is held against them."""

import json
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.schemas import SCHEMAS, VERBS, schema_of, verb_schema
from tests.cli.commands import NEW, Done, Output, called
from tests.support.schemas import faults, hold
from tests.support.small_stores import write_chain


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_gives_its_schema(verb: str, capfdbinary: Output) -> None:
    document = called(capfdbinary, "schema", verb).document
    assert document == verb_schema(verb) and document["$schema"].endswith("2020-12/schema")


def test_every_document_belongs_to_a_verb() -> None:
    assert {name for names in VERBS.values() for name in names} == set(SCHEMAS)


def test_the_schemas_are_valid_themselves() -> None:
    jsonschema: Any = pytest.importorskip("jsonschema")
    dialect = jsonschema.Draft202012Validator(jsonschema.Draft202012Validator.META_SCHEMA)
    for name in SCHEMAS:
        assert not list(dialect.iter_errors(schema_of(name))), name


@pytest.mark.parametrize(
    "words",
    [
        ("ls",), ("ls", "--sizes"), ("ls", "--fast"), ("show", "latest"), ("show", "latest", "--sizes"), ("doctor",),
        ("diff", "latest"), ("history", "state"), ("find", "a"), ("bisect", "state"), ("notes",),
        ("prune", "--keep", "1", "--dry-run"),
        ("export", "latest", "--format", "json"), ("export", "--format", "bundle"),
    ],
    ids=" ".join,
)  # fmt: skip
@pytest.mark.parametrize("place", ["fork_hitl", "sub_workflow"])
def test_documents_of_real_stores_hold(place: str, words: tuple[str, ...], capfdbinary: Output) -> None:
    verb, *rest = words
    as_json = () if verb == "export" else ("--json",)
    document = called(capfdbinary, verb, NEW / place, *rest, *as_json).document
    assert document["schema"] in VERBS[verb]
    hold(document)


@pytest.mark.parametrize(
    "words",
    [("--fields", "state"), ("--compact",), ("--depth", "1", "--compact"), ("--fields", "requests", "--compact")],
)
def test_a_document_with_less_in_it_is_in_the_schema_of_show(words: tuple[str, ...], capfdbinary: Output) -> None:
    document = json.loads(called(capfdbinary, "show", NEW / "fork_hitl", "latest", *words, "--json").out)
    assert list(faults(document, schema_of("ckpt-tui/show@1"), "show")), "it is whole"
    assert not list(faults(document, verb_schema("show"), "show"))
    del document["checkpoint"]
    assert list(faults(document, verb_schema("show"), "show"))


def test_each_line_of_a_list_is_in_the_schema_of_lines(tmp_path: Path, capfdbinary: Output) -> None:
    write_chain(tmp_path, "a", "b")
    (tmp_path / "bad.json").write_text('{"a')
    lines = [json.loads(line) for line in called(capfdbinary, "ls", tmp_path, "--jsonl").out.splitlines()]
    assert len(lines) == 3 and "problem" in lines[-1]
    for line in lines:
        assert not list(faults(line, verb_schema("jsonl"), "line"))
    assert list(faults({"id": "a"}, verb_schema("jsonl"), "line"))


def test_a_wrong_document_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="has no store"):
        _ = Done(0, '{"schema": "ckpt-tui/ls@1", "checkpoints": [], "problems": []}', "").document
    with pytest.raises(AssertionError, match="no schema of ckpt-tui/other@1"):
        hold({"schema": "ckpt-tui/other@1"})
    found = list(faults({"schema": "ckpt-tui/demo@1", "path": 3}, schema_of("ckpt-tui/demo@1"), "demo"))
    assert found == ["demo.path is a int"]
