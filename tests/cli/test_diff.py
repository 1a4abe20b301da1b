"""`ckpt-tui diff`: the changes as JSON and for people, what is left out, and how it ends."""

import base64
import json
from pathlib import Path

import pytest

from ckpt_tui.core.diff.value_diff import diff_checkpoints
from ckpt_tui.core.paths import expression
from ckpt_tui.stores.registry import open_store
from tests.cli.commands import DATA, NEW, Output, called, command
from tests.core.bombs import BOMBS
from tests.stores.saving import save


def ids(store: Path) -> list[str]:
    documents = [json.loads(path.read_text()) for path in store.glob("*.json")]
    return [found["checkpoint_id"] for found in sorted(documents, key=lambda found: found["timestamp"])]


def test_the_document_has_both_checkpoints_and_each_change(capsysbinary: Output) -> None:
    done = called(capsysbinary, "diff", NEW / "loop", "latest~1", "latest", "--json")
    assert done.code == 1
    found = done.document
    assert found["schema"] == "ckpt-tui/diff@1"
    assert [found["b"]["id"], found["b"]["parent"]] == [ids(NEW / "loop")[-1], found["a"]["id"]]
    assert found["ignored"] == 0
    assert [(change["op"], change["path"]) for change in found["changes"]] == [
        ("removed", "messages.inc"), ("added", "state._executor_state.counter.seen[9]"), ("added", "state.history[9]"),
        ("changed", "state.last"),
    ]  # fmt: skip
    assert found["changes"][2] == {
        "op": "added", "path": "state.history[9]",
        "after": {"n": 10, "sq": 100},
    }  # fmt: skip
    assert found["changes"][3] == {"op": "changed", "path": "state.last", "before": 9, "after": 10}


def test_one_checkpoint_is_compared_with_its_parent(capsysbinary: Output) -> None:
    one = called(capsysbinary, "diff", NEW / "loop", "latest", "--json")
    two = called(capsysbinary, "diff", NEW / "loop", "latest~1", "latest", "--json")
    assert (one.code, one.document) == (1, two.document)
    assert called(capsysbinary, "diff", NEW / "loop", ids(NEW / "loop")[0]).code == 3


def test_it_says_what_the_engine_says(capsysbinary: Output) -> None:
    store = open_store(NEW / "orch_groupchat")
    names = ids(NEW / "orch_groupchat")
    for one in names:
        difference = diff_checkpoints(store.load(f"{one}.json"), store.load(f"{names[-1]}.json"))
        found = called(capsysbinary, "diff", NEW / "orch_groupchat", one, names[-1], "--json").document
        assert [(change["op"], change["path"]) for change in found["changes"]] == [
            (change.op, expression(change.path)) for change in difference.shown
        ]


def test_nothing_different_ends_with_0(capsysbinary: Output) -> None:
    done = called(capsysbinary, "diff", NEW / "loop", "latest", "latest")
    assert done.code == 0
    assert "nothing differs" in done.out


def test_another_store_may_hold_the_second(capsysbinary: Output) -> None:
    done = called(capsysbinary, "diff", NEW / "loop", "latest", "--other", NEW / "fork", "--json")
    assert done.code == 1
    assert done.document["b"]["id"] == ids(NEW / "fork")[-1]
    assert called(capsysbinary, "diff", NEW / "loop", "latest", "latest", "--other", NEW / "loop").code == 0


def test_a_query_that_is_a_path_compares_what_is_there(capsysbinary: Output) -> None:
    done = called(capsysbinary, "diff", NEW / "loop", "latest", "--query", "state.history", "--json")
    assert [change["path"] for change in done.document["changes"]] == ["state.history[9]"]
    assert called(capsysbinary, "diff", NEW / "loop", "latest", "--query", "state.nothing").code == 0
    added = called(capsysbinary, "diff", NEW / "loop", "latest", "--query", "state.history[9]", "--json")
    assert [(change["op"], change["path"]) for change in added.document["changes"]] == [("added", "state.history[9]")]


def test_any_other_query_compares_what_it_gives(capsysbinary: Output) -> None:
    done = called(capsysbinary, "diff", NEW / "loop", "latest", "--query", "length(state.history)", "--json")
    assert done.document["changes"] == [
        {"op": "changed", "path": "length(state.history)", "before": 9, "after": 10}
    ]  # fmt: skip
    done = called(capsysbinary, "diff", NEW / "loop", "latest", "--query", "state.history[].sq", "--json")
    assert [change["path"] for change in done.document["changes"]] == ["state.history[].sq | [9]"]


def test_paths_can_be_left_out_and_are_counted(capsysbinary: Output) -> None:
    done = called(capsysbinary, "diff", NEW / "loop", "latest", "--ignore", "messages", "--ignore", "**.seen", "--json")
    assert [change["path"] for change in done.document["changes"]] == ["state.history[9]", "state.last"]
    assert done.document["ignored"] == 2
    assert done.document["rules"][-1] == {"name": "--ignore", "ignored": 2}


@pytest.mark.parametrize("wrong", ["a..b", "", "[x]"])
def test_a_path_that_is_none_is_refused(wrong: str, capsysbinary: Output) -> None:
    assert called(capsysbinary, "diff", NEW / "loop", "latest", "--ignore", wrong).code == 2


def test_strict_leaves_nothing_out(tmp_path: Path, capsysbinary: Output) -> None:
    for name, when in (("a", "2026-01-01T10:00:00Z"), ("b", "2026-01-01T10:00:09Z")):
        save(tmp_path, name, state={"updated_at": when})
    done = called(capsysbinary, "diff", tmp_path, "a", "b", "--json")
    assert (done.code, done.document["changes"], done.document["ignored"]) == (0, [], 1)
    assert called(capsysbinary, "diff", tmp_path, "a", "b", "--strict", "--json").code == 1


@pytest.mark.parametrize("table", ["ignore", "noise"])
def test_the_configuration_has_rules_of_its_own(tmp_path: Path, table: str) -> None:
    for name, value in (("a", 1), ("b", 2)):
        save(tmp_path, name, state={"cache": {"x": value}})
    config = tmp_path / "config.toml"
    config.write_text(f'[{table}]\nmine = ["state.cache"]\n')
    done = command("diff", tmp_path, "a", "b", "--json", CKPT_TUI_CONFIG=str(config))
    assert (done.code, done.document["ignored"]) == (0, 1)
    config.write_text(f"[{table}]\nmine = 3\n")
    done = command("diff", tmp_path, "a", "b", CKPT_TUI_CONFIG=str(config))
    assert done.code == 2
    assert "ignore" in done.err


def test_secrets_are_masked_unless_revealed(tmp_path: Path, capsysbinary: Output) -> None:
    for name, value in (("a", "one-two"), ("b", "three")):
        state = {"api_key": value, "_workflow_run_kwargs": {"n": len(value)}, "new" + name: {"token": value}}
        save(tmp_path, name, state=state)
    for flags in ((), ("--json",)):
        done = called(capsysbinary, "diff", tmp_path, "a", "b", *flags)
        assert "one-two" not in done.out
        assert "three" not in done.out
        assert "one-two" in called(capsysbinary, "diff", tmp_path, "a", "b", "--reveal", *flags).out
    masked = called(capsysbinary, "diff", tmp_path, "a", "b", "--json").document["changes"]
    assert masked[0]["before"] == {"$masked": "str", "$size": 7}


def test_the_fork_of_two_branches_is_reported(capsysbinary: Output) -> None:
    store = NEW / "fork_hitl"
    documents = {path.stem: json.loads(path.read_text()) for path in store.glob("*.json")}
    parents = {found["previous_checkpoint_id"] for found in documents.values()}
    tips = [name for name in documents if name not in parents]
    done = called(capsysbinary, "diff", store, *tips, "--fork", "--json")
    found = done.document["fork"]
    assert found["ancestor"]["status"] in ("waiting", None)
    assert found["step"] == 1
    assert found["path"] == 'messages."internal:review"[0].data.approved'
    assert found["a"]["parent"] == found["b"]["parent"] == found["ancestor"]["id"]
    text = called(capsysbinary, "diff", store, *tips, "--fork").out
    assert "common ancestor" in text
    assert "diverge in step 1" in text


def test_people_see_the_words_that_changed(tmp_path: Path, capsysbinary: Output) -> None:
    text = "We introduce our limited edition smart coffee grinder to the world"
    save(tmp_path, "a", state={"text": text})
    save(tmp_path, "b", state={"text": text.replace("coffee", "tea")})
    assert "[-coffee-]{+tea+}" in called(capsysbinary, "diff", tmp_path, "a", "b").out


def test_data_never_reaches_the_terminal_as_it_is(tmp_path: Path, capsysbinary: Output) -> None:
    for name, value in (("a", "x\x1b[31m" * 20), ("b", "x\x1b[32m" * 20)):
        save(tmp_path, name, state={"\x1b]0;k": value, "same\x1b" + name: 1})
    for flags in ((), ("--json",)):
        assert "\x1b" not in called(capsysbinary, "diff", tmp_path, "a", "b", *flags).out


def test_a_bomb_in_a_hundred_changes_is_written_once_over(tmp_path: Path, capsysbinary: Output) -> None:
    laughs = base64.b64encode(BOMBS["billion laughs of ten"]()).decode()
    bomb = {"__pickled__": laughs, "__type__": "builtins:list"}
    save(tmp_path, "a", state={f"value {number}": number for number in range(100)})
    save(tmp_path, "b", state={f"value {number}": bomb for number in range(100)})
    done = called(capsysbinary, "diff", tmp_path, "a", "b", "--json")
    assert len(done.document["changes"]) == 100
    assert len(done.out) < 30_000_000
    assert "cut" in done.document["incomplete"]


def test_what_is_not_there_ends_with_3(capsysbinary: Output) -> None:
    assert called(capsysbinary, "diff", NEW / "loop", "nothing", "latest").code == 3
    assert called(capsysbinary, "diff", DATA / "nowhere", "latest").code == 3


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("values(state)", 1), ("state.*", 1), ("[state.secrets]", 1), ("to_string(state)", 1),
        ("state.secrets[0] || `1`", 1), ("values(state)[].user", 1), ("state.{a: credentials.user}", 1),
        ("length(to_string(state))", 1), ("keys(state.secrets[0])", 2), ("starts_with(state.secrets[0], 's3')", 2),
    ],
)  # fmt: skip
def test_a_query_shows_no_secret_whose_name_it_leaves_out(
    capsysbinary: Output, tmp_path: Path, query: str, code: int
) -> None:
    template = json.loads(next((NEW / "linear").glob("*.json")).read_bytes())
    for number, name in enumerate(("one", "two")):
        state = {
            "secrets": ["s3cr3t-a" + "x" * number], "credentials": {"user": f"s3cr3t-b{number}"},
            "name": f"shown-{number}", "_workflow_run_kwargs": {"number": 987654 + number},
        }  # fmt: skip
        document = template | {"checkpoint_id": name, "previous_checkpoint_id": None, "state": state}
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
    for options in ([], ["--json"]):
        done = called(capsysbinary, "diff", tmp_path, "one", "two", "--query", query, *options)
        assert "s3cr3t" not in done.out + done.err and "98765" not in done.out + done.err
        assert done.code == code
    if query in ("values(state)", "state.*"):
        assert "shown-0" in done.out and "shown-1" in done.out
        printed = called(capsysbinary, "diff", tmp_path, "one", "two", "--query", query, "--reveal").out
        assert "s3cr3t" in printed and "98765" in printed
