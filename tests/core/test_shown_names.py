"""Names that hold a secret: keys, ids, names of workflows, paths."""

from __future__ import annotations

from ckpt_tui.core.masked_lines import masked_lines
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.reading.summary import label_text
from ckpt_tui.core.redact import masked
from ckpt_tui.core.shown_names import masked_name, masked_path, shown_name, shown_path

TOKEN = "sk-proj-AbCdEf0123456789KEYkey"
MASK = "••••••"


def test_a_token_as_a_key_is_masked_and_its_value_stays() -> None:
    hidden: list[object] = []
    assert masked({"budget": {TOKEN: 5, "b": 1}}, hidden=hidden) == {"budget": {MASK: 5, "b": 1}}
    assert hidden == [TOKEN]


def test_keys_stay_in_order_and_apart() -> None:
    document = {"a": 1, TOKEN: 2, "b": 3, TOKEN + "x": 4, f"{MASK} 2": 5, TOKEN + "y": 6}
    assert list(masked(document).items()) == [
        ("a", 1), (MASK, 2), ("b", 3), (f"{MASK} 3", 4), (f"{MASK} 2", 5), (f"{MASK} 4", 6),
    ]  # fmt: skip


def test_keys_below_a_secret_and_among_many_are_masked_too() -> None:
    assert masked({"credentials": {TOKEN: "x"}}) == {"credentials": {MASK: {"$masked": "str", "$size": 1}}}
    many = {f"name{n}": n for n in range(2_000)}
    assert MASK in masked(many | {TOKEN: 1})


def test_a_url_with_a_password_as_a_key_keeps_the_rest() -> None:
    assert masked({"redis://svc:hunter2@cache:6379/0": 1}) == {f"redis://svc:{MASK}@cache:6379/0": 1}


def test_a_reference_to_a_value_below_such_a_key_is_masked() -> None:
    assert masked({"again": {"$ref": f'state."{TOKEN}"'}}) == {"again": {"$ref": f'state."{MASK}"'}}


def test_the_lines_of_a_file_show_no_token_as_a_key() -> None:
    assert list(masked_lines([f'  "{TOKEN}": {{"n": 1}},'])) == [f'  "{MASK}": {{"n": 1}},']


def test_the_label_of_a_row_is_masked_until_secrets_are_shown() -> None:
    member = members({TOKEN: 1})[0]
    assert label_text(member) == MASK
    assert label_text(member, reveal=True) == TOKEN


def test_names_and_paths_are_masked_and_those_without_secrets_stay() -> None:
    assert masked_name("0cd9cae2-5b2d-4850-866c-506bf209d4bf") == "0cd9cae2-5b2d-4850-866c-506bf209d4bf"
    assert masked_name("ghp_IDTWO0123456789abcdefABCDEF.json") == f"{MASK}.json"
    assert shown_name("orders\x1b[31m AKIAWORKFLOWNAME1234") == f"orders\\e[31m {MASK}"
    assert masked_path(("state", TOKEN, 3)) == f'state."{MASK}"[3]'
    assert masked_path(("state", TOKEN), reveal=True) == f'state."{TOKEN}"'
    assert shown_path(("state", "draft")) == "state.draft"
