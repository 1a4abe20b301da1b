"""Verbs on several stores, on stores of other frameworks, and on a storage that the user's code makes."""

from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import DATA, Output, called, command
from tests.support.small_stores import write_chain

DOTNET = DATA / "dotnet"


@pytest.fixture
def output(capfdbinary: Output) -> Output:
    return capfdbinary


def test_ls_of_several_stores_names_them(output: Output) -> None:
    done = called(output, "ls", DOTNET / "hpd_hosted", DOTNET / "af_dotnet", "--json")
    assert done.document["store"]["kind"] == "several"
    assert [(one["name"], one["kind"]) for one in done.document["store"]["stores"]] == [
        ("hpd_hosted", "hpd"), ("af_dotnet", "agent-framework-dotnet"),
    ]  # fmt: skip
    assert {one["store"] for one in done.document["checkpoints"]} == {"hpd_hosted", "af_dotnet"}


def test_a_store_that_is_named_twice_is_one(output: Output) -> None:
    once = called(output, "ls", DOTNET / "af_dotnet").out
    for again in (DOTNET / "af_dotnet", f"{DOTNET}/af_dotnet/", f"{DOTNET}/hpd_hosted/../af_dotnet"):
        assert called(output, "ls", DOTNET / "af_dotnet", again).out == once


def test_show_takes_the_last_word_as_the_id(output: Output) -> None:
    done = called(output, "show", DOTNET / "hpd_hosted", DOTNET / "af_dotnet", "af_dotnet/99709d88", "--json")
    assert done.code == 0
    assert done.document["checkpoint"]["store"] == "af_dotnet"
    assert done.document["requests"][0]["executor"] == "Approval"


def test_doctor_looks_at_all_of_them(output: Output) -> None:
    done = called(output, "doctor", DOTNET, "--json")
    assert any(found["file"].startswith("hpd_full_history/") for found in done.document["findings"])


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("hpd_full_history", "hpd"), ("hpd_latest_only", "hpd"), ("hpd_legacy", "hpd"), ("hpd_hosted", "hpd"),
        ("af_dotnet", "agent-framework-dotnet"), ("af_dotnet_v1_0", "agent-framework-dotnet"),
        ("af_dotnet_rc1", "agent-framework-dotnet"), ("af_dotnet_preview", "agent-framework-dotnet"),
        ("af_dotnet_torn", "agent-framework-dotnet"),
    ],
)  # fmt: skip
def test_every_verb_gives_json_for_every_kind(output: Output, name: str, kind: str) -> None:
    listed = called(output, "ls", DOTNET / name, "--json")
    assert listed.document["store"]["kind"] == kind
    ids = [one["id"] for one in listed.document["checkpoints"]]
    fast = called(output, "ls", DOTNET / name, "--fast", "--json")
    assert [one["id"] for one in fast.document["checkpoints"]] == ids
    for one in ids:
        shown = called(output, "show", DOTNET / name, one, "--json")
        assert shown.code == 0
        assert shown.document["state"]
    assert called(output, "show", DOTNET / name, "latest", "--sizes", "--json").document["total"] > 0
    report: dict[str, Any] = called(output, "doctor", DOTNET / name, "--json").document
    assert not [found for found in report["findings"] if found["severity"] == "danger"]


def test_a_storage_of_the_users_code_is_run_and_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop.py").write_text(
        "import asyncio\n"
        "from agent_framework import InMemoryCheckpointStorage, WorkflowCheckpoint\n"
        "async def make():\n"
        "    storage = InMemoryCheckpointStorage()\n"
        "    print('from the code of the user')\n"
        "    await storage.save(WorkflowCheckpoint('flow', 'hash', checkpoint_id='one', state={'at': (1, 2)}))\n"
        "    return storage\n"
    )
    monkeypatch.chdir(tmp_path)
    done = command("show", "--storage", "shop:make", "--workflow-name", "flow", "--json")
    assert done.code == 0, done.err
    assert "running your code: shop:make" in done.err
    assert done.document["state"]["at"]["$items"] == [1, 2]
    assert done.document["checkpoint"]["id"] == "one"


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["find", "kettles"], 0, "kettles"),
        (["history", "state.at"], 0, "kettles"),
        (["diff", "one", "two"], 1, "kettles"),
        (["bisect", "state.at == 'tea'"], 0, "two"),
        (["export", "--format", "md"], 0, "kettles"),
        (["check", "flow.toml"], 0, "tea"),
    ],
)
def test_every_verb_that_reads_takes_a_storage_in_the_place_of_a_store(
    output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], code: int, words: str
) -> None:
    name = f"shop_{args[0]}"
    (tmp_path / f"{name}.py").write_text(
        "from agent_framework import InMemoryCheckpointStorage, WorkflowCheckpoint\n"
        "async def make():\n"
        "    storage = InMemoryCheckpointStorage()\n"
        "    await storage.save(WorkflowCheckpoint('flow', 'hash', checkpoint_id='one', state={'at': 'kettles'}))\n"
        "    await storage.save(WorkflowCheckpoint('flow', 'hash', checkpoint_id='two', state={'at': 'tea'},\n"
        "        previous_checkpoint_id='one', iteration_count=1))\n"
        "    return storage\n"
    )
    (tmp_path / "flow.toml").write_text('[[check]]\nname = "tea"\npath = "state.at"\nequals = "tea"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    done = called(output, *args, "--storage", f"{name}:make", "--workflow-name", "flow")
    assert done.code == code, done.err
    assert words in done.out


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["ls", "--storage", "shop:make"], "--workflow-name"),
        (["ls", "--storage", "nowhere_to_be_found:make", "--workflow-name", "w"], "ModuleNotFoundError"),
        (["ls", "--storage", "os:getcwd", "--workflow-name", "w"], "not a CheckpointStorage"),
        (["ls", "--storage", "shop", "--workflow-name", "w"], "module:factory"),
        (["ls", ".", "--storage", "os:getcwd", "--workflow-name", "w"], "replaces STORE"),
        (["ls", "--workflow-name", "w"], "goes with --storage"),
        (["tail", "--workflow-name", "w"], "goes with --storage"),
    ],
)
def test_a_storage_that_cannot_be_had_is_explained(output: Output, args: list[str], words: str) -> None:
    done = called(output, *args)
    assert done.code == 2
    assert words in done.err


@pytest.mark.parametrize(
    "words",
    [
        ["show", "{}"], ["show", "{}", "latest"], ["history", "{}", "state"], ["bisect", "{}", "state"],
        ["diff", "{}", "latest", "open/latest"], ["find", "{}", "flow"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_cannot_be_read_beside_the_latest_is_named(output: Output, tmp_path: Path, words: list[str]) -> None:
    write_chain(tmp_path / "open", "aaaa", "bbbb")
    (tmp_path / "open" / "cccc.json").write_text('{"workflow_name": "flow", "checkpo')
    done = called(output, *(word.format(tmp_path) for word in words))
    [line] = [line for line in done.err.splitlines() if "cccc.json" in line]
    assert line.startswith(("ckpt-tui: not read, and may be later: ", "not searched: ")) and "cut off after" in line


def test_a_checkpoint_that_is_named_is_shown_without_a_word_about_others(output: Output, tmp_path: Path) -> None:
    write_chain(tmp_path, "aaaa", "bbbb")
    (tmp_path / "cccc.json").write_text('{"workflow_name": "flow", "checkpo')
    assert called(output, "show", tmp_path, "aaaa").err == ""


def test_the_json_of_find_has_what_could_not_be_searched(output: Output, tmp_path: Path) -> None:
    write_chain(tmp_path, "aaaa")
    (tmp_path / "cccc.json").write_text('{"workflow_name": "flow", "checkpo')
    document = called(output, "find", tmp_path, "flow", "--json").document
    assert [one["file"] for one in document["unread"]] == ["cccc.json"]
