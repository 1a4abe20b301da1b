"""Lines of a run with secrets masked."""

import json
from typing import Any

import pytest

from ckpt_tui.core.redact import EVERYTHING, PLAIN, SECRET, masked
from ckpt_tui.core.running.event_lines import line_of
from ckpt_tui.core.running.secret_lines import (
    LARGE,
    SHOWN,
    masked_copy,
    masked_line,
    masked_text,
    may_hold_secrets,
    path_secrecy,
    shown_line,
)
from tests.core.test_redact import SECRET_NAMES
from tests.core.test_secret_texts import LOOKS as ALL_LOOKS

HOLDS = [
    {"$type": "app:Settings", "api_key": "sk-1", "retries": 3},
    {"headers": [["Authorization", "sk-1"], ["Accept", "*"]]},
    {"deep": [{"credentials": {"user": "sk-1", "more": ["sk-1"]}}]},
    {"_workflow_run_kwargs": {"user": "sk-1"}},
    {"$type": "builtins:dict", "$entries": [["password", "sk-1"]]},
    {"password": {"$type": "builtins:bytes", "$base64": "sk-1", "$size": 3}},
    {"$type": "agent_framework._types:Content", "type": "function_call", "name": "login",
     "arguments": '{"password": "sk-1", "user": "bo"}'},
    {"$type": "agent_framework._types:Content", "type": "function_call", "name": "login",
     "arguments": {"password": "sk-1", "user": "bo"}},
    'sent {"token": "sk-1"} to the door',
    '{"token": "sk-1',
    '{\n "token":\n  "sk-1"\n}',
    json.dumps({"body": json.dumps({"headers": json.dumps({"X-Api-Key": "sk-1"})})}),
]  # fmt: skip


def event(data: Any) -> bytes:
    line = {"kind": "event", "seq": 1, "t": "", "type": "output", "executor_id": "login", "iteration": 2, "data": data}
    return json.dumps(line, separators=(",", ":")).encode()


@pytest.mark.parametrize("data", HOLDS)
def test_secrets_are_masked_where_a_line_is_written_and_where_it_is_shown(data: Any) -> None:
    raw = event(data)
    written = masked_line(raw)
    assert b"sk-1" in raw and b"sk-1" not in written
    assert {**json.loads(written), "data": None} == {**json.loads(raw), "data": None}
    for most in (0, SHOWN):
        shown = line_of(shown_line(raw, most=most)).text
        assert "sk-1" not in shown and "••••••" in shown
    assert shown_line(raw, reveal=True) == json.loads(raw)


def test_values_are_masked_as_show_masks_them() -> None:
    for data in HOLDS[:6]:
        assert json.loads(masked_line(event(data)))["data"] == masked(json.loads(json.dumps(data)))


@pytest.mark.parametrize(
    "data",
    [
        "the key of the piano is a token of love", {"input_token_count": 7, "token_type": "bearer"}, {"token": ""},
        {"token": None, "password": True}, 'no "colon" key', '{"a": "key", "tokens": [1, 2]}', "caf\u00e9: \"key\"",
    ],
)  # fmt: skip
def test_a_line_without_secrets_stays_as_it_is(data: Any) -> None:
    raw = event(data)
    assert masked_line(raw) is raw
    assert shown_line(raw) == json.loads(raw)


@pytest.mark.parametrize("name", [*SECRET_NAMES, "_workflow_run_kwargs"])
def test_a_quick_look_finds_the_name_of_each_secret(name: str) -> None:
    escaped = "".join(f"\\u{ord(char):04X}" for char in name)
    for key in (name, name.upper(), escaped, escaped.lower()):
        assert may_hold_secrets(f'{{"{key}": 1}}'.encode())


@pytest.mark.parametrize("text", ALL_LOOKS)
def test_a_quick_look_finds_the_look_of_each_secret(text: str) -> None:
    raw = event({"text": text})
    assert may_hold_secrets(raw)
    assert masked_line(raw) != raw


def test_a_name_written_in_escapes_is_masked() -> None:
    assert b"sk-1" not in masked_line(rb'{"kind":"event","data":{"\u0061pi_key":"sk-1"}}')


def test_names_and_advice_are_no_secrets() -> None:
    lines: list[dict[str, Any]] = [
        {"kind": "graph", "name": "g", "executors": {"token": {"type": "app:Token"}}, "edges": [{"group": "G"}]},
        {"kind": "check", "types": ["app:Token", "app:Other"], "again": [{"from": "token", "to": ["token", "other"]}],
         "problems": [{"about": "pending", "fix": """--response '1={"password": "…"}'"""}]},
        {"kind": "answered", "request_ids": ["token", "other"]},
    ]  # fmt: skip
    for line in lines:
        raw = json.dumps(line).encode()
        assert masked_line(raw) is raw


def test_what_a_change_replaces_and_what_a_form_begins_with_are_masked_by_the_name_beside_them() -> None:
    form = {"kind": "object", "fields": [
        {"name": "user", "required": False, "default": "bo", "form": {"kind": "text"}},
        {"name": "door", "required": True, "form": {"kind": "object", "fields": [
            {"name": "password", "required": False, "default": "sk-1", "form": {"kind": "text"}}]}},
    ]}  # fmt: skip
    edits = [
        {"path": "state.user", "before": "al", "after": "bo", "absent": False},
        {"path": 'state."api key"', "before": "sk-1", "after": "sk-1", "absent": False},
        {"path": "state._workflow_run_kwargs.limit", "before": 1234567, "after": 7654321, "absent": False},
    ]
    raw = json.dumps({"kind": "check", "edits": edits, "requests": [{"data": "?", "form": form}]}).encode()
    written = masked_line(raw)
    assert not any(secret in written for secret in (b"sk-1", b"1234567", b"7654321"))
    found = json.loads(written)
    assert found["edits"][0] == edits[0]
    assert found["requests"][0]["form"]["fields"][0] == form["fields"][0]


@pytest.mark.parametrize(
    ("path", "rank"),
    [
        ("state.user", PLAIN), ("state.api_key", SECRET), ("state.a[0].token.x", SECRET), ('state."api key"', SECRET),
        ("state._workflow_run_kwargs.limit", EVERYTHING), ("", PLAIN), ("state.tokens[0]", PLAIN),
    ],
)  # fmt: skip
def test_a_path_is_as_secret_as_the_names_on_it(path: str, rank: int) -> None:
    assert path_secrecy(path) == rank


def test_what_is_no_line_is_masked_by_its_look() -> None:
    assert b"sk-1" not in masked_line(b'{"kind":"log","text":"x","api_key":"sk-1')
    assert b"sk-1" not in masked_line(b'["password", {"token": "sk-1"}]')
    assert "sk-1" not in line_of(shown_line(b'{"kind":"log","api_key":"sk-1')).text
    deep = b'{"kind":"event","data":' + b"[" * 100_000 + b'{"token":"sk-1"}'
    assert b"sk-1" not in masked_line(deep)
    digits = b'{"kind":"event","data":' + b"1" * 5_000 + b',"token":"sk-1"}'
    assert b"sk-1" not in masked_line(digits)


def test_texts_and_copies_leave_alone_what_they_are_made_of() -> None:
    text = '{"user":"bo","n":[1,  2],"key": "a"}'
    assert masked_text(text) is text
    data = {"token": "sk-1", "user": "bo"}
    assert masked_copy(data) == {"token": "••••••", "user": "bo"}
    assert masked_copy("sk-1", SECRET) == "••••••"
    assert data["token"] == "sk-1"


def test_a_large_line_is_read_as_far_as_it_is_shown() -> None:
    items = [{"id": number, "token": "sk-1", "empty": None, "text": '{"api_key": "sk-1"}'} for number in range(20_000)]
    for data in (items, {"items": items}, {str(each["id"]): each for each in items}):
        raw = event(data)
        assert len(raw) > LARGE
        begun, whole = shown_line(raw, most=SHOWN), shown_line(raw)
        assert line_of(begun) == line_of(whole)
        assert "sk-1" not in json.dumps(begun) + json.dumps(whole)
        assert len(json.dumps(begun)) < len(raw) // 2


def test_a_large_line_of_another_kind_is_shown_as_ever() -> None:
    text = "a key: " + "x" * LARGE
    raw = json.dumps({"kind": "log", "text": text, "level": "ERROR", "logger": "app"}).encode()
    assert line_of(shown_line(raw, most=SHOWN)) == line_of(shown_line(raw, reveal=True))
