"""What the gate lets the framework load: what the program defines, what is allowed by name, and nothing that acts."""

from __future__ import annotations

import base64
import json
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from agent_framework import Agent, AgentExecutor
from packaging.version import Version

from ckpt_tui.runner.gate import Gate
from ckpt_tui.runner.graph import handled_types
from tests.cli.commands import Done, here
from tests.runner.releases import ALL, VERSION, released
from tests.runner.stores import lines, of_kind


def resumed(at: int, into: Path, *words: str, arguments: tuple[str, ...] = ()) -> Done:
    """A resume of one of these checkpoints with the bare program."""
    program, directory, found = released()
    words = ("--workflow", str(program), "--into", str(into), *words, *(("--", *arguments) if arguments else ()))
    return here("resume", directory, found[at]["checkpoint_id"], *words)


class TestTypes:
    def test_a_class_of_an_installed_package_is_named_with_the_option_that_allows_it(self, tmp_path: Path) -> None:
        done = resumed(1, tmp_path / "new", "--yes", arguments=(str(tmp_path / "own"),))
        assert done.code == 5
        assert f"{VERSION} is not allowed to be loaded" in done.err, done.err
        assert f"--allow {VERSION}" in done.err
        assert "__main__:Release is not" not in done.err
        again = resumed(1, tmp_path / "new", "--yes", "--allow", VERSION, arguments=(str(tmp_path / "own"),))
        assert again.code == 0, again.err

    def test_what_the_programs_own_storage_allows_needs_no_option(self, tmp_path: Path) -> None:
        done = resumed(1, tmp_path / "new", "--yes", arguments=(str(released()[1]), *ALL))
        assert done.code == 0, done.err

    def test_classes_of_the_program_are_saved_although_its_storage_does_not_allow_them(self, tmp_path: Path) -> None:
        done = resumed(0, tmp_path / "new", "--yes", "--json", "--allow", VERSION, arguments=(str(tmp_path / "own"),))
        assert not of_kind(lines(done), "checkpoint_failed")
        assert len(of_kind(lines(done), "checkpoint")) == 2

    def test_what_checkpoints_to_come_will_hold_is_said_before_and_after(self, tmp_path: Path) -> None:
        checked = resumed(0, tmp_path / "new", "--check", arguments=(str(tmp_path / "own"),))
        assert checked.code == 0, checked.err
        assert f"{VERSION} is not allowed: a checkpoint that holds one is not saved" in checked.err
        done = resumed(0, tmp_path / "new", "--yes", arguments=(str(tmp_path / "own"),))
        assert f"CHECKPOINT NOT SAVED: the type {VERSION} is not allowed" in done.out
        assert f"--allow {VERSION}" in done.err.rpartition("not saved")[2]
        again = resumed(0, tmp_path / "new", "--yes", "--allow", VERSION, arguments=(str(tmp_path / "own"),))
        assert "not saved" not in again.err and "NOT SAVED" not in again.out


def with_payload(directory: Path, payload: bytes, at: str = "state") -> str:
    """A copy of a checkpoint of the store with one more pickle in it; returns its id."""
    document = dict(released()[2][-1])
    envelope = {"__pickled__": base64.b64encode(payload).decode("ascii"), "__type__": "builtins:object"}
    identifier = f"payload-{at}"
    document["checkpoint_id"] = identifier
    if at == "state":
        document["state"] = {**document["state"], "payload": envelope}
    else:
        document[at] = envelope
    directory.mkdir(exist_ok=True)
    (directory / f"{identifier}.json").write_text(json.dumps(document))
    return identifier


class Call:
    """Pickled as a call."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self._call = function, arguments

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return self._call


def touching(canary: Path) -> bytes:
    """A pickle that would make a file if it were loaded."""
    return pickle.dumps(Call(subprocess.check_call, ["touch", str(canary)]))


class TestDanger:
    @pytest.mark.parametrize("at", ["state", "version", "timestamp", "workflow_name", "metadata", "foreign_member"])
    @pytest.mark.parametrize("words", [("--check",), ("--yes",), ("--yes", "--allow", "subprocess:check_call")])
    def test_a_pickle_that_acts_is_not_loaded_wherever_it_is(
        self, at: str, words: tuple[str, ...], tmp_path: Path
    ) -> None:
        canary = tmp_path / "canary"
        identifier = with_payload(tmp_path / "store", touching(canary), at)
        done = here(
            "resume", tmp_path / "store", identifier, "--workflow", released()[0], "--allow", VERSION, *words, "--",
            tmp_path / "own",
        )  # fmt: skip
        assert done.code == 5, done.out + done.err
        assert "subprocess:check_call" in done.err
        assert not canary.exists()


class TestClassesThatAct:
    def test_no_option_is_proposed_for_a_class_that_acts(self, tmp_path: Path) -> None:
        identifier = with_payload(tmp_path / "store", pickle.dumps(Call(TemporaryDirectory)))
        done = here(
            "resume", tmp_path / "store", identifier, "--workflow", released()[0], "--allow", VERSION, "--check"
        )
        assert done.code == 5
        assert "tempfile:TemporaryDirectory" in done.err and "--allow tempfile" not in done.err

    def test_a_class_that_acts_is_loaded_only_by_the_run_and_after_a_line_that_says_what_it_does(
        self, tmp_path: Path
    ) -> None:
        payload = pickle.dumps(Call(zipfile.ZipFile, str(tmp_path / "made.zip"), "w"))
        identifier = with_payload(tmp_path / "store", payload)
        words = (
            "resume", tmp_path / "store", identifier, "--workflow", released()[0], "--allow", VERSION, "--allow",
            "zipfile:ZipFile", "--into", tmp_path / "new",
        )  # fmt: skip
        checked = here(*words, "--check", "--", tmp_path / "own")
        assert checked.code == 0, checked.err
        assert "zipfile:ZipFile" in checked.err and "opens or truncates" in checked.err, checked.err
        assert not (tmp_path / "made.zip").exists()
        done = here(*words, "--yes", "--", tmp_path / "own")
        assert "opens or truncates" in done.err
        assert (tmp_path / "made.zip").exists()


def test_the_class_that_an_agent_answers_with_is_among_the_types_to_come() -> None:
    client: Any = SimpleNamespace()
    options: Any = {"response_format": Version}
    agent = Agent(client=client, name="writer", default_options=options)
    workflow = SimpleNamespace(executors={"writer": AgentExecutor(agent)})
    assert VERSION in handled_types(workflow)


@pytest.mark.parametrize(
    ("name", "state"), [("NEW", "ok"), ("InStock", "ok"), ("sneaky", "refused"), ("x.NEW", "refused")]
)
def test_a_member_of_an_enumeration_is_loaded_with_it_and_nothing_else_of_it(
    monkeypatch: pytest.MonkeyPatch, name: str, state: str
) -> None:
    module = ModuleType("shop_of_test")
    exec(  # a module that a program has loaded
        "import enum\nclass Stage(enum.Enum):\n    NEW = 1\n    InStock = 2\n    def sneaky(self): ...\n", vars(module)
    )
    monkeypatch.setitem(sys.modules, "shop_of_test", module)
    gate = Gate.__new__(Gate)
    gate.by_name, gate.by_program = frozenset({"shop_of_test:Stage"}), frozenset()
    monkeypatch.setattr(gate, "_framework", SimpleNamespace(registered=frozenset), raising=False)
    found, _ = gate.state_of(f"shop_of_test:Stage.{name}")
    assert found == state
