"""Secrets that the text beside them names are masked in every view, and ordinary neighbours are not."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from ckpt_tui.core.diff.comparison import value_text
from ckpt_tui.core.diff.value_diff import diff
from ckpt_tui.core.documents.structured_secrets import hidden_texts
from ckpt_tui.core.find.finder import Finder
from ckpt_tui.core.find.question import Question, text_matcher
from ckpt_tui.core.masked_lines import masked_lines
from ckpt_tui.core.reading.gist import gist
from ckpt_tui.core.reading.lookup import lookup, shown
from ckpt_tui.core.reading.summary import summary
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.reading.tree import Tree
from ckpt_tui.core.redact import is_mask, masked
from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.core.value import Map, Obj, Ref

SECRETS: list[Any] = [
    ["curl", "-X", "POST", "--password", "S3cr3t-9x", "--verbose"],
    ["az", "login", "--client-secret", "S3cr3t-9x", "--tenant", "t"],
    ["--api-key", "S3cr3t-9x"],
    ["Content-Type", "text/html", "X-Api-Key", "S3cr3t-9x"],
    {"name": "DB_PASSWORD", "value": "S3cr3t-9x"},
    {"Name": "X-Api-Key", "Value": "S3cr3t-9x"},
    {"key": "client_secret", "enabled": True, "value": "S3cr3t-9x"},
    {"auth": "me:S3cr3t-9x"},
    {"scheme": "http", "netloc": "me:S3cr3t-9x@host:80"},
    {"kty": "oct", "kid": "a", "k": "S3cr3t-9x"},
]

PICKLED: list[Any] = [
    Map([part for pair in value.items() for part in pair]) for value in SECRETS if type(value) is dict
]
"""The same as mappings of a pickle."""

LOGIN = "bWU6UzNjcjN0LTl4"
"""A user and a password as Docker keeps them."""

SHORT_OPTIONS: list[Any] = [
    ["curl", "-u", "me:S3cr3t-9x", "https://host"],
    ["/usr/bin/sshpass", "-p", "S3cr3t-9x", "ssh", "host"],
    ["docker", "login", "-u", "me", "-p", "S3cr3t-9x"],
    ["-----BEGIN EC PRIVATE KEY-----", "S3cr3t-9x", "-----END EC PRIVATE KEY-----"],
]

ORDINARY: list[Any] = [
    ["--max-tokens", "100", "--keyboard", "de", "--author", "Tim", "--key-file", "/etc/x"],
    ["docker", "run", "-p", "8080:80", "image"],
    ["name", "password", "age"],
    ["X-Api-Key", "Content-Type", "Authorization", "Accept"],
    {"name": "REGION", "value": "westeurope"},
    {"key": "max_tokens", "value": "4096"},
    {"auth": "oauth2"},
    {"auth": ["oauth2", "basic"]},
    {"netloc": "host:8080"},
    {"auth": "$USER:$PASSWORD"},
    {"kty": "RSA", "n": "0vx7agoebGcQSuu", "e": "AQAB"},
    ["-----BEGIN CERTIFICATE-----", "MIIB9x", "-----END CERTIFICATE-----"],
]


@pytest.mark.parametrize("value", [*SECRETS, *SHORT_OPTIONS])
def test_a_document_does_not_show_it(value: Any) -> None:
    shown = json.dumps(masked(copy.deepcopy({"call": value})))
    assert "S3cr3t" not in shown
    assert shown.count("$masked") == 1


@pytest.mark.parametrize("value", [*SECRETS, *SHORT_OPTIONS, *PICKLED])
def test_a_line_of_text_and_the_rows_of_a_tree_do_not_show_it(value: Any) -> None:
    assert "S3cr3t" not in summary({"call": value})
    tree = Tree({"call": value})
    tree.unfold(tree.row(0).branch, tree.row(0).slot)
    rows = [tree.row(index) for index in range(len(tree))]
    hidden = [row.member.value for row in rows if row.branch.is_named_beside(row.slot)]
    assert [text for text in hidden if "S3cr3t" in text] == hidden != []


@pytest.mark.parametrize("value", [*SECRETS, *SHORT_OPTIONS, *PICKLED])
def test_the_row_of_a_list_a_comparison_and_a_search_do_not_show_it(value: Any) -> None:
    written = json.loads(json.dumps(value.kv if type(value) is Map else value).replace("S3cr3t", "0th3r"))
    other = Map(written) if type(value) is Map else written
    assert "S3cr3t" not in gist({"call": value})
    [change] = diff({"call": value}, {"call": other}).changes
    assert "S3cr3t" not in value_text(change.before, change, 80) and "0th3r" not in value_text(change.after, change, 80)
    assert not list(Finder(Question("S3cr3t"), text_matcher("S3cr3t")).hits({"call": value}))


@pytest.mark.parametrize("value", SECRETS)
@pytest.mark.parametrize("indent", [None, 2])
def test_the_lines_of_a_file_do_not_show_it(value: Any, indent: int | None) -> None:
    if value == SECRETS[3]:
        return  # headers in turn: a line alone does not say which is a name
    lines = json.dumps({"call": value, "next": "shown"}, indent=indent).splitlines()
    text = "\n".join(masked_lines(lines, hidden_texts("\n".join(lines).encode())))
    assert "S3cr3t" not in text
    assert '"next": "shown"' in text


def test_a_path_to_it_does_not_show_it() -> None:
    at_value = ("call", "value")
    for value, path in (
        (SECRETS[0], ("call", 4)),
        (SECRETS[0], ("call", -2)),
        (SECRETS[4], at_value),
        (PICKLED[0], at_value),
    ):
        assert is_mask(shown(lookup({"call": value}, path)))
    assert shown(lookup({"call": SECRETS[0]}, ("call", 2))) == "POST"


@pytest.mark.parametrize("value", ORDINARY)
def test_ordinary_neighbours_are_shown_as_they_are(value: Any) -> None:
    assert masked(copy.deepcopy(value)) == value
    assert "•" not in summary(value)


def _views(value: Any) -> list[str]:
    """What each view shows of a value, `LOGIN` or `hush` searched for, too."""
    found = [
        hit for text in (LOGIN, "hush") for hit in Finder(Question(text), text_matcher(text)).hits({"state": value})
    ]
    [change] = diff({}, {"state": value}).changes
    return [
        json.dumps(masked(to_json(value))), summary(value), gist(value), value_text(change.after, change, 200),
        repr(found),
    ]  # fmt: skip


@pytest.mark.parametrize("as_pickle", [False, True])
def test_the_login_of_a_registry_is_a_secret(as_pickle: bool) -> None:
    server: Any = Map(["auth", LOGIN]) if as_pickle else {"auth": LOGIN}
    assert not [view for view in _views({"auths": {"registry": server}}) if LOGIN in view]
    assert masked({"auth": "b2s="}) == {"auth": "b2s="}  # no colon, no login
    assert masked({"auth": "required"}) == {"auth": "required"}


def test_the_login_of_a_registry_is_a_secret_in_a_text_and_in_a_file() -> None:
    document = json.dumps({"auths": {"https://index.docker.io/v1/": {"auth": LOGIN, "email": "me@example.org"}}})
    assert LOGIN not in masked_text(document) and "me@example.org" in masked_text(document)
    assert LOGIN not in "".join(masked_lines([document])) and "me@example.org" in "".join(masked_lines([document]))


def test_the_data_of_a_secret_of_kubernetes_are_secrets() -> None:
    manifest = {"kind": "Secret", "metadata": {"name": "db"}, "data": {"tls.crt": "hush", "user": "hush"}}
    assert not [view for view in _views(manifest) if "hush" in view]
    assert masked({"kind": "ConfigMap", "data": {"user": "me"}}) == {"kind": "ConfigMap", "data": {"user": "me"}}


@pytest.mark.parametrize("name", ["SecretStr", "SecretBytes", "SecretString"])
@pytest.mark.parametrize("how", ["call", "new"])
def test_what_a_class_for_secrets_holds_is_one_in_every_view(name: str, how: str) -> None:
    secret: Any = Obj(Ref("pydantic.types", name), ("hush",), how)
    for value in (secret, {"key": secret}, [secret], Map(["key", secret])):
        assert not [view for view in _views({"settings": value}) if "hush" in view]


@pytest.mark.parametrize("pair", [["me", "S3cr3t-9x"], {"$type": "builtins:tuple", "$items": ["me", "S3cr3t-9x"]}])
def test_a_login_as_a_pair_is_masked(pair: Any) -> None:
    assert "S3cr3t" not in json.dumps(masked({"auth": copy.deepcopy(pair)}))


ENTRY = Obj(Ref("shop", "EnvVar"), ())
ENTRY.state, ENTRY.has_state = Map(["name", "DB_PASSWORD", "value", "S3cr3t-9x"]), True
CREDENTIAL = Obj(Ref("azure.core.credentials", "AzureKeyCredential"), ())
CREDENTIAL.state, CREDENTIAL.has_state = Map(["_key", "S3cr3t-9x"]), True


@pytest.mark.parametrize("value", [ENTRY, CREDENTIAL], ids=["an entry", "a credential"])
def test_an_object_whose_attribute_is_a_secret_shows_it_in_no_view(value: Obj) -> None:
    assert "S3cr3t" not in summary({"call": value})
    assert "S3cr3t" not in gist({"call": value})
    assert "S3cr3t" not in json.dumps(masked(to_json({"call": value})))
    tree = Tree({"call": value})
    tree.unfold(tree.row(0).branch, tree.row(0).slot)
    rows = [tree.row(index) for index in range(len(tree))]
    shown = [row for row in rows if row.member.value == "S3cr3t-9x" and not row.branch.is_named_beside(row.slot)]
    assert not shown
