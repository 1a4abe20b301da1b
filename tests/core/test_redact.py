"""Which values are secrets by their place."""

import copy
import json
from typing import Any

import pytest

from ckpt_tui.core.diff.comparison import value_text
from ckpt_tui.core.diff.value_diff import diff
from ckpt_tui.core.find.finder import Finder
from ckpt_tui.core.find.question import Question, text_matcher
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.masked_lines import masked_lines
from ckpt_tui.core.reading.gist import gist
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.redact import EVERYTHING, MASK, PLAIN, SECRET, is_secret_key, mask_all, masked
from ckpt_tui.core.running.secret_lines import path_secrecy
from ckpt_tui.core.value import Map, Obj, Ref

SECRET_NAMES = [
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
]  # fmt: skip


@pytest.mark.parametrize("name", SECRET_NAMES)
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
    assert masked(to_json(obj)) == {"$type": "a:B", "authToken": {"$masked": "str", "$size": 3}, "n": 1}


def test_a_deep_document_is_masked_without_recursion() -> None:
    document: Any = {"token": "x"}
    for _ in range(50_000):
        document = [document]
    shown = masked(document)
    for _ in range(50_000):
        shown = shown[0]
    assert shown == {"token": {"$masked": "str", "$size": 1}}


LAYOUTS: list[dict[str, Any]] = [
    {"indent": 2}, {"indent": 0}, {"indent": "\t"}, {"indent": 1}, {}, {"separators": (",", ":")},
]  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_a_raw_file_is_masked_line_by_line_whatever_its_layout(layout: dict[str, Any]) -> None:
    document = {
        "state": {
            "_workflow_run_kwargs": {
                "function_invocation_kwargs": {"__global__": {"user": "ann-1", "n": 12345, "on": True, "list": [67890]}}
            },
            "_resolved_workflow_run_kwargs": {},
            "settings": {"api_key": "s3cr3t-1", "token_count": "7 words", "authToken": 'a"s3cr3t-2\\', "name": "bob"},
            "list": [{"password": "s3cr3t-3"}],
            "secrets": ["s3cr3t-4", ["s3cr3t-5"], {"of": "s3cr3t-6", "count": 3, "_workflow_run_kwargs": {"n": 24680}}],
            "credentials": {"user": "s3cr3t-7", "none": None, "empty": ""},
        },
        "after": {"text": "all is well", "number": 424242},
    }
    lines = json.dumps(document, **layout).split("\n")
    shown = list(masked_lines(lines))
    assert len(shown) == len(lines)
    text = "\n".join(shown)
    assert not any(secret in text for secret in ("s3cr3t", "ann-1", "12345", "67890", "24680"))
    for kept in ("settings", "api_key", "bob", "7 words", "all is well", "424242", "true", "null", "3", '""'):
        assert kept in text, kept


def test_a_key_that_spells_its_name_in_escapes_is_a_secret_too() -> None:
    (shown,) = masked_lines(['{"\\u0074oken": "s3cr3t", "broken \\ud escape": "shown"}'])
    assert shown == '{"\\u0074oken": "••••••", "broken \\ud escape": "shown"}'


def test_a_value_on_the_line_below_its_key_is_masked() -> None:
    assert list(masked_lines(['"password":', '  "s3cr3t",', '"name": "bob"'])) == [
        '"password":', '  "••••••",', '"name": "bob"'
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["}]}", '"', '"token"', '"token":', '{"token": {', "no JSON, a token: [", '"password": "\\']
)
def test_what_is_no_json_is_shown_all_the_same(text: str) -> None:
    assert len(list(masked_lines([text, text]))) == 2


def test_a_text_cut_off_in_a_raw_file_stays_masked() -> None:
    assert "s3cr" not in next(masked_lines(['  "password": "s3cr3t and then the file en']))


def test_the_arguments_of_a_run_are_masked_wherever_they_are_in_a_line() -> None:
    for before in ("", " ", '{"a": 1, '):
        (shown,) = masked_lines([before + '"_workflow_run_kwargs": {"user": "ann-1", "n": 12345}'])
        assert shown == before + '"_workflow_run_kwargs": {"user": "••••••", "n": "••••••"}'


def test_documents_that_are_masked_together_are_as_those_masked_alone() -> None:
    values = ["password=hunter2", {"api_key": "x", "b": ["https://me:hunter2@host"]}, ["token", "abc"], 7, None]
    for above in (PLAIN, SECRET, EVERYTHING):
        together = [{"before": copy.deepcopy(value), "path": "p"} for value in values]
        mask_all([(document, "before", above) for document in together])
        alone = [{"before": masked(copy.deepcopy(value), above), "path": "p"} for value in values]
        assert together == alone


def test_secrets_in_a_long_list_are_masked_whatever_part_of_it_they_stand_in() -> None:
    texts = [f"text {number}" for number in range(50_000)]
    shown = masked([*texts, "password=hunter2", {"token": "abc"}])
    assert shown[:50_000] == texts
    assert shown[50_000:] == [f"password={MASK}", {"token": {"$masked": "str", "$size": 3}}]


OPENAI = {"openai": {"key": "abc", "model": "m", "more": {"key": "x"}}, "key": "x", "event": {"key": "Enter"}}


def test_what_is_called_key_is_a_secret_below_the_name_of_a_service_alone() -> None:
    shown = masked(json.loads(json.dumps({"state": {**OPENAI, "list": [{"azureOpenAI": {"Key": "abc"}}]}})), sign=MASK)
    assert shown == {
        "state": {
            "openai": {"key": MASK, "model": "m", "more": {"key": "x"}}, "key": "x", "event": {"key": "Enter"},
            "list": [{"azureOpenAI": {"Key": MASK}}],
        }
    }  # fmt: skip
    for indent in (None, 2):
        lines = json.dumps(OPENAI, indent=indent).splitlines()
        assert list(masked_lines(lines)) == [line.replace('"abc"', f'"{MASK}"') for line in lines]


def test_one_line_of_text_hides_what_a_service_is_given() -> None:
    shown = summary(OPENAI, 200)
    assert f"openai: {{3}} key: {MASK}" in shown and 'key: "Enter"' in shown
    assert "abc" not in gist(OPENAI)


def test_a_search_and_a_comparison_hide_the_key_of_a_service_too() -> None:
    def found(text: str, reveal: bool) -> list[Any]:
        return [hit.path for hit in Finder(Question(text, reveal=reveal), text_matcher(text)).hits({"state": OPENAI})]

    assert found("abc", False) == []
    assert found("abc", True) == [("state", "openai", "key")]
    assert found("Enter", False) == [("state", "event", "key")]
    (change,) = diff({"openai": {"key": "abc"}}, {"openai": {"key": "xyz"}}).changes
    assert MASK in value_text(change.before, change, 80)
    assert path_secrecy("state.openai.key") > PLAIN
    assert path_secrecy("state.event.key") == PLAIN


TOKEN = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"


@pytest.mark.parametrize(
    "data",
    [
        {"$type": TOKEN}, {"$base64": TOKEN}, {"$error": f"refused: {TOKEN}"}, {"$value": TOKEN},
        {"$type": f"Bearer {TOKEN}", "x": 1}, {"$type": f"https://u:{TOKEN}@host"},
        [{"$base64": TOKEN, "n": number} for number in range(3)], {"password": {"a": 1}, "$error": TOKEN},
    ],
)  # fmt: skip
def test_keys_of_somebodys_data_that_look_like_our_signs_hide_no_secret(data: Any) -> None:
    assert TOKEN not in dumps(masked(copy.deepcopy(data)))


@pytest.mark.parametrize(
    "sign",
    [
        {"$type": "builtins:bytes", "$base64": "QUtJQUlPU0ZPRE5ON0VYQU1QTEU=" * 3, "$size": 60},
        {"$type": "app.models:Outer.<locals>.Inner", "x": 1}, {"$type": "type", "$value": "app:Name"},
    ],
)  # fmt: skip
def test_our_own_signs_stay(sign: dict[str, Any]) -> None:
    assert masked(copy.deepcopy(sign)) == sign


class TestVeryMany:
    """What is looked at together hides what is hidden where it is alone."""

    @pytest.mark.parametrize("place", [0, 700, 1_499])
    def test_a_secret_in_one_of_very_many_mappings_of_different_names_is_masked(self, place: int) -> None:
        rows: list[dict[str, Any]] = [{f"name {number}": "x"} for number in range(1_500)]
        rows[place] = {"api_key": "hush"}
        shown = masked(copy.deepcopy(rows))
        assert shown[place] == {"api_key": {"$masked": "str", "$size": 4}}
        assert shown[:place] + shown[place + 1 :] == rows[:place] + rows[place + 1 :]

    def test_of_mappings_of_one_shape_only_that_is_masked_whose_type_is_a_secret(self) -> None:
        rows = [{"$type": "m:Name", "inner": "hush"}, {"$type": "pydantic.types:SecretStr", "inner": "hush"}] * 2
        shown = masked(copy.deepcopy(rows))
        assert [row["inner"] for row in shown] == ["hush", {"$masked": "str", "$size": 4}] * 2

    def test_the_key_of_a_service_is_masked_in_each_of_many_mappings_of_one_shape(self) -> None:
        rows: list[Any] = [{"openai": {"key": "hush"}, "shelf": {"key": "A4"}} for _ in range(3)]
        assert masked(rows) == [{"openai": {"key": {"$masked": "str", "$size": 4}}, "shelf": {"key": "A4"}}] * 3

    @pytest.mark.parametrize("count", [10, 5_000])
    def test_a_secret_in_one_of_very_many_keys_is_masked(self, count: int) -> None:
        document: dict[str, Any] = {f"step{number}::{number}": number for number in range(count)}
        document |= dict.fromkeys(("password=hunter2", "https://me:hunter2@host/", "at 12:00"))
        shown = masked(dict(document))
        assert "hunter2" not in json.dumps(shown)
        assert list(shown.values()) == list(document.values())
        assert [key for key in document if key not in shown] == ["password=hunter2", "https://me:hunter2@host/"]

    @pytest.mark.parametrize("filler", ["ab", "é", "x" * 50])
    def test_a_secret_in_one_of_very_many_texts_is_masked(self, filler: str) -> None:
        shown = masked([*[filler] * 30_000, "password=hunter2", ["https://me:hunter2@host/"]])
        assert "hunter2" not in json.dumps(shown[-2:])
        assert shown[0] == filler and MASK in shown[-2]

    def test_what_is_masked_in_one_place_is_a_mask_of_its_own_in_another(self) -> None:
        shown = masked({"password": "four", "token": "4our", "pin": 4321})
        assert shown["password"] == shown["token"] == {"$masked": "str", "$size": 4}
        assert shown["pin"] == {"$masked": "int", "$size": 4}
