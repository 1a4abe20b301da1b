"""Small pickles that ask for everything get little: decoding and writing end, and what they make is bounded."""

import json
import pickle
from typing import Any

import pytest

from ckpt_tui.core.budgets import DEFAULT_PICKLE, JSON_DEPTH, PickleBudget
from ckpt_tui.core.pickles.unpickle import decode
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.reading.tree import Tree
from ckpt_tui.core.redact import masked
from tests.core.bombs import BOMBS, SMALL

NODES = 25_000
"""A fortieth of what is written by default: the bounds are the same, and the tests are faster."""

TEXT_LIMIT = 20_000_000
"""Characters of all texts of one document: those of the largest bomb, what may be repeated, and signs."""


def measure(document: Any) -> tuple[int, int, int]:
    """Values, characters of text, and levels of a document."""
    values = characters = deepest = 0
    todo = [(document, 0)]
    while todo:
        value, depth = todo.pop()
        values += 1
        deepest = max(deepest, depth)
        if isinstance(value, str):
            characters += len(value)
        elif isinstance(value, dict):
            characters += sum(map(len, value))
            todo += [(item, depth + 1) for item in value.values()]
        elif isinstance(value, list):
            todo += [(item, depth + 1) for item in value]
    return values, characters, deepest


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_and_is_bounded(name: str) -> None:
    decoded = decode(BOMBS[name](), SMALL)
    assert decoded.opcodes <= SMALL.opcodes
    document = masked(to_json(decoded.value, nodes=NODES, repeats=NODES // 10))
    values, characters, deepest = measure(document)
    assert values <= 4 * NODES
    assert characters <= TEXT_LIMIT
    assert deepest <= 2 * JSON_DEPTH + 10
    has_a_preview_and_rows(decoded.value)


def has_a_preview_and_rows(value: Any) -> None:
    assert len(summary(value)) < 2_000
    tree = Tree(value)
    for index in range(min(len(tree), 50)):
        assert len(summary(tree.row(index).member.value)) < 2_000
    tree.unfold_level(tree.root, 3, limit=20_000)


@pytest.mark.parametrize("depth", [900, 1_000, 5_000])
def test_a_deep_document_is_json_to_whoever_writes_it_without_recursion(depth: int) -> None:
    document = to_json(decode(b"]" * depth + b"a" * (depth - 1) + b".").value)
    for _ in range(depth - 1):
        document = document[0]
    assert document == []


def test_a_partial_bomb_says_where_it_stopped() -> None:
    decoded = decode(BOMBS["five megabytes of lists"]())
    assert f"more than {DEFAULT_PICKLE.objects:,} objects" in decoded.fault
    assert json.dumps(to_json(decoded.value, nodes=100))


def test_a_dense_pickle_of_ten_megabytes_is_read_by_whoever_allows_it() -> None:
    data = pickle.dumps([(number, str(number)) for number in range(650_000)])
    assert len(data) > 10_000_000
    assert decode(data).fault
    decoded = decode(data, PickleBudget(opcodes=10_000_000, objects=10_000_000))
    assert (decoded.fault, len(decoded.value), decoded.value[-1]) == ("", 650_000, (649_999, "649999"))


def test_ten_megabytes_of_talk_are_read_by_everyone() -> None:
    talk = [{"role": "user", "text": f"{number} was said. " * 20, "tags": ["a", "b"]} for number in range(30_000)]
    assert not decode(pickle.dumps(talk)).fault


@pytest.mark.parametrize("sign", ["=", ":"])
def test_signs_of_secrets_in_many_texts_and_names_count_since_each_is_looked_at_closely(sign: str) -> None:
    for plain, signed in (
        ([f"k {at}" for at in range(4_000)], [f"key{sign}{at}" for at in range(4_000)]),
        (dict.fromkeys(f"k {at}" for at in range(4_000)), dict.fromkeys(f"key{sign}{at}" for at in range(4_000))),
    ):
        assert len(to_json(plain, nodes=12_000)) == 4_000
        found = to_json(signed, nodes=12_000)
        assert 300 < len(found) < 4_000
        assert "more; one document holds about 12,000 values" in json.dumps(found)


@pytest.mark.parametrize("more", ["status: 200", "at http://localhost:8080/a?b=c", "took: 3 ms"])
def test_the_lines_of_a_log_are_written_however_many_colons_they_have(more: str) -> None:
    lines = [f"2026-03-01 10:{at // 60 % 60:02}:{at % 60:02} INFO app: step {at}: {more}" for at in range(10_000)]
    assert to_json(lines, nodes=130_000)[-1] == lines[-1]
    assert len(to_json(dict.fromkeys(lines), nodes=180_000)) == len(lines)


def test_a_text_that_is_not_written_is_not_looked_through_to_its_end() -> None:
    found = to_json(["\u202e" * 1_000_000], nodes=1_000)
    assert found[0]["$error"].startswith("not written: a text or number of 1,000,000 characters")
    assert to_json(["\u202e" * 5_000], nodes=10_000) == ["\u202e" * 5_000]
