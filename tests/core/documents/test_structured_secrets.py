"""Secrets in a file of JSON that no line alone shows: they are masked in the view of its lines, too."""

import json
from typing import Any

import pytest

from ckpt_tui.core.documents import structured_secrets
from ckpt_tui.core.documents.structured_secrets import hidden_texts
from ckpt_tui.core.masked_lines import masked_lines

SECRET = "Zq8xw2"

STRUCTURED: dict[str, Any] = {
    "data before the kind": {"data": {"user": SECRET}, "kind": "Secret"},
    "text data": {"kind": "Secret", "stringData": {"a": SECRET}},
    "a list of two": [["api_key", SECRET], ["user", "bob"]],
    "the value first": {"value": SECRET, "name": "DB_PASSWORD"},
    "a type of pydantic": {"$type": "pydantic.types:SecretStr", "_secret_value": SECRET},
    "lines of a key": ["-----BEGIN PRIVATE KEY-----", SECRET, "-----END PRIVATE KEY-----"],
}


def shown(raw: bytes) -> str:
    return "\n".join(masked_lines(raw.decode("utf-8", "backslashreplace").split("\n"), hidden_texts(raw)))


@pytest.mark.parametrize("indent", [None, 2], ids=["on one line", "indented"])
@pytest.mark.parametrize("name", STRUCTURED)
def test_a_secret_that_its_surroundings_show_is_masked_in_the_lines_of_the_file(name: str, indent: int | None) -> None:
    text = json.dumps({"state": STRUCTURED[name], "huge": 0, "note": "as it is"}, indent=indent)
    found = shown(text.replace('"huge": 0', '"huge": 1' + "0" * 5_000).encode())
    assert SECRET not in found and "as it is" in found


def test_other_kinds_and_lists_stay_as_they_are() -> None:
    document = {"kind": "ConfigMap", "data": {"a": "shown"}, "of": [["name", "ann"]], "value": 5, "name": "x"}
    raw = json.dumps(document, indent=2).encode()
    assert shown(raw) == raw.decode()


@pytest.mark.parametrize("raw", [b'{"kind": "Secret", "data"', b'{"kind": "Secret"}\xff', b'"value":' + b"[" * 3_000])
def test_what_is_not_json_is_shown_line_by_line(raw: bytes) -> None:
    assert hidden_texts(raw) == frozenset()


def test_a_large_file_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = json.dumps(STRUCTURED).encode()
    assert hidden_texts(raw)
    monkeypatch.setattr(structured_secrets, "LARGEST", len(raw) - 1)
    assert hidden_texts(raw) == frozenset()
