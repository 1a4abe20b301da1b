"""Which values are secrets by where they stand."""

import json
from typing import Any

import pytest

from ckpt_tui.core.plain import plain
from ckpt_tui.core.redact import is_secret_key, masked, masked_lines
from ckpt_tui.core.value import Map, Obj, Ref


@pytest.mark.parametrize(
    "name",
    [
        "token", "Token", "TOKEN", "password", "Password", "passwd", "passphrase", "secret", "secrets", "api_key",
        "apiKey", "API_KEY",
        "api-key", "apikey", "X-Api-Key", "authToken", "auth_token", "access_token", "refreshToken", "id.token",
        "X-Authorization",
        "authorization", "Authorization", "proxy-authorization", "bearer", "cookie", "Set-Cookie", "private_key",
        "privateKey", "privatekey",
        "access_key", "aws_secret_access_key", "secret_key", "client_secret", "clientSecret", "session_key",
        "signing_key", "credentials",
        "credential", "db_password", "userPassword", "jwt", "my secret", "conn_string", "openai_api_key",
        "OPENAI_API_KEY",
    ],
)  # fmt: skip
def test_a_name_that_opens_doors_is_a_secret(name: str) -> None:
    assert is_secret_key(name)


@pytest.mark.parametrize(
    "name",
    [
        "token_count", "tokenCount", "tokens", "max_tokens", "maxTokens", "input_tokens", "total_tokens",
        "token_usage", "token_type",
        "token_limit", "token_id", "password_expiry", "secret_name", "key", "keys", "monkey", "author", "authority",
        "authored",
        "tokenizer", "tokenized", "secretary", "passenger", "bypass", "cookiecutter", "apikeys_doc", "public_key",
        "primary_key", "sort key", "name", "",
        "x" * 300, "token" * 60,
    ],
)  # fmt: skip
def test_a_name_that_only_sounds_like_one_is_not(name: str) -> None:
    assert not is_secret_key(name)


@pytest.mark.parametrize(
    ("document", "shown"),
    [
        ({"token": "abc"}, {"token": {"$masked": "str", "$size": 3}}),
        ({"token": ""}, {"token": ""}),
        ({"token": None, "password": True, "secret": 5}, {"token": None, "password": True, "secret": 5}),
        ({"a": {"b": {"api_key": "x"}}}, {"a": {"b": {"api_key": {"$masked": "str", "$size": 1}}}}),
        ({"credentials": {"user": "u", "n": 1}}, {"credentials": {"user": {"$masked": "str", "$size": 1}, "n": 1}}),
        ({"secrets": ["a", ["b"]]}, {"secrets": [{"$masked": "str", "$size": 1}, [{"$masked": "str", "$size": 1}]]}),
        ({"token": {"$type": "builtins:bytes", "$base64": "YWI=", "$size": 2}}, {"token": {"$masked": "bytes",
         "$size": 2}}),
        ({"token": {"$type": "a:B", "x": "y"}}, {"token": {"$type": "a:B", "x": {"$masked": "str", "$size": 1}}}),
        ({"$entries": [["token", "x"], [1, "y"]]}, {"$entries": [["token", {"$masked": "str", "$size": 1}], [1, "y"]]}),
        ({"_workflow_run_kwargs": {"a": "x", "n": 12, "t": True, "z": None}},
         {"_workflow_run_kwargs": {"a": {"$masked": "str", "$size": 1}, "n": {"$masked": "int", "$size": 2},
         "t": True, "z": None}}),
        ({"_routed_workflow_run_kwargs": {"a": {"$entries": [[1, 2.5]]}}},
         {"_routed_workflow_run_kwargs": {"a": {"$entries": [[{"$masked": "int", "$size": 1}, {"$masked": "float",
         "$size": 3}]]}}}),
        ({"$entries": [["_resolved_workflow_run_kwargs", {"n": 1}]]},
         {"$entries": [["_resolved_workflow_run_kwargs", {"n": {"$masked": "int", "$size": 1}}]]}),
        ({"_workflow_run_kwargs": {}}, {"_workflow_run_kwargs": {}}),
        ({"tokens": 5, "text": "token"}, {"tokens": 5, "text": "token"}),
        ("token", "token"),
        ({"token": ["_workflow_run_kwargs", {"n": 1}]},
         {"token": [{"$masked": "str", "$size": 20}, {"n": {"$masked": "int", "$size": 1}}]}),
        ({"$error": {"password": "x"}}, {"$error": {"password": {"$masked": "str", "$size": 1}}}),
        ({"$type": {"password": "x"}}, {"$type": {"password": {"$masked": "str", "$size": 1}}}),
        ({"a": [{"$ref": "@"}, {"password": "x"}]},
         {"a": [{"$ref": "@"}, {"password": {"$masked": "str", "$size": 1}}]}),
        ([["token", "x", "y"]], [["token", "x", "y"]]),
    ],
)  # fmt: skip
def test_a_document_is_masked_in_place(document: Any, shown: Any) -> None:
    assert masked(document) == shown


def test_a_secret_in_an_object_of_a_pickle_is_masked() -> None:
    obj = Obj(Ref("a", "B"), ())
    obj.state, obj.has_state = Map(["authToken", "abc", "n", 1]), True
    assert masked(plain(obj)) == {"$type": "a:B", "authToken": {"$masked": "str", "$size": 3}, "n": 1}


def test_a_deep_document_is_masked_without_recursion() -> None:
    document: Any = {"token": "x"}
    for _ in range(50_000):
        document = [document]
    shown = masked(document)
    for _ in range(50_000):
        shown = shown[0]
    assert shown == {"token": {"$masked": "str", "$size": 1}}


def test_a_raw_file_is_masked_line_by_line() -> None:
    document = {
        "state": {
            "_workflow_run_kwargs": {"function_invocation_kwargs": {"__global__": {"user": "ann-1", "n": 12345}}},
            "_resolved_workflow_run_kwargs": {},
            "settings": {"api_key": "s3cr3t-1", "token_count": "7 words", "authToken": 'a"s3cr3t-2\\', "name": "bob"},
            "list": [{"password": "s3cr3t-3"}],
        }
    }
    for layout in (json.dumps(document, indent=2), json.dumps(document), json.dumps(document, separators=(",", ":"))):
        shown = "\n".join(masked_lines(layout.split("\n")))
        assert not any(secret in shown for secret in ("s3cr3t", "ann-1", "12345"))
        assert "settings" in shown and "api_key" in shown
        assert len(shown.split("\n")) == len(layout.split("\n"))
    indented = "\n".join(masked_lines(json.dumps(document, indent=2).split("\n")))
    assert '"name": "bob"' in indented and '"token_count": "7 words"' in indented


def test_a_text_cut_off_in_a_raw_file_stays_masked() -> None:
    assert "s3cr" not in next(masked_lines(['  "password": "s3cr3t and then the file en']))


def test_the_arguments_of_a_run_are_masked_wherever_they_stand_in_a_line() -> None:
    for before in ("", " ", '{"a": 1, '):
        (shown,) = masked_lines([before + '"_workflow_run_kwargs": {"user": "ann-1", "n": 12345}'])
        assert shown == before + '"_workflow_run_kwargs": {"user": "••••••", "n": "••••••"}'
