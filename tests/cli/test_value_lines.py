"""A decoded value as lines for people: no marker of the JSON is left in them."""

from typing import Any

import pytest

from ckpt_tui.cli.value_lines import value_lines


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ({"a": {"$cut": "Draft", "$members": 5}}, ["  a: … 5 members  Draft"]),
        ({"a": {"$cut": "dict", "$members": 1}}, ["  a: … 1 member"]),
        ({"a": {"$cut": "list", "$members": 2}}, ["  a: … 2 items"]),
        ({"$cut": "list", "$members": 1}, ["  … 1 item"]),
        ({"a": {"$masked": "str", "$size": 9}}, ["  a: ••••••  masked, --reveal shows it"]),
        ({"a": {"$ref": "state.a"}}, ["  a: ↺ the same as state.a"]),
        ({"a": {"$error": "not decoded: no opcode", "$size": 12}}, ["  a: ! not decoded: no opcode (12 bytes)"]),
        ({"a": {"$error": "not written", "$size": 12_000}}, ["  a: ! not written (12 k)"]),
        ({"a": {"$type": "builtins:bytes", "$base64": "aGk=", "$size": 2}}, ["  a: aGk=  base64 of 2 bytes"]),
        ({"a": {"$type": "decimal:Decimal", "$value": "1.50"}}, ["  a: 1.50  decimal:Decimal"]),
        ({"a": {"$type": "builtins:tuple", "$items": [1]}}, ["  a:  (1) builtins:tuple", "    0: 1"]),
        ({"a": {"$type": "builtins:set", "$items": []}}, ["  a:  (0) builtins:set"]),
        (
            {"a": {"$type": "builtins:dict", "$entries": [[1, 2], ["k", [3]], [{"$type": "m:T", "$items": [1]}, 4]]}},
            [
                "  a:  (3) builtins:dict", "    1: 2", '    "k":  (1)', "      0: 3",
                '    {"$type": "m:T", "$items": [1]}: 4',
            ],
        ),
        ({"a": {"$type": "m:Thing", "$$own": 1, "b": None}}, ["  a:  m:Thing", "    $own: 1"]),
        ({"a": {"$error": "cut", "$partial": [1]}}, ["  a:", "    error: \"cut\"", "    partial:  (1)", "      0: 1"]),
        ({}, ["  {}"]),
        ([], ["  []"]),
        (None, ["  null"]),
        ({"a": True, "b\x1b[1m": "x\ny"}, ["  a: true", '  b\\e[1m: "x\\ny"']),
    ],
)  # fmt: skip
def test_a_value_reads_plainly(value: Any, lines: list[str]) -> None:
    assert list(value_lines(value)) == lines


def test_the_text_of_a_class_for_secrets_is_a_mask_in_words() -> None:
    secret = {"$type": "pydantic.types:SecretStr", "$value": {"$masked": "str", "$size": 9}}
    [line] = value_lines({"key": secret})
    assert line == "  key: ••••••  masked, --reveal shows it  pydantic.types:SecretStr"
