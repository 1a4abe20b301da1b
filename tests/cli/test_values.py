"""What the command says of values that are not what they seem: repeated keys, texts among numbers, bombs, secrets."""

import json
import os
import pickle
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import DATA, Output, called
from tests.core.bombs import BOMBS

VALUES = DATA / "values"


def envelope(data: bytes) -> dict[str, str]:
    return {"__pickled__": b64encode(data).decode(), "__type__": "app:Value"}


def checkpoint(number: int, state: Any, **parts: Any) -> dict[str, Any]:
    return {
        "workflow_name": "flow", "graph_signature_hash": "a" * 64, "checkpoint_id": f"m{number}",
        "previous_checkpoint_id": f"m{number - 1}" if number else None,
        "timestamp": f"2026-11-20T10:00:0{number}.000001+00:00", "messages": {}, "state": state,
        "pending_request_info_events": {}, "iteration_count": number, "metadata": {}, "version": "1.0", **parts,
    }  # fmt: skip


def store(directory: Path, *states: Any, **parts: Any) -> Path:
    for number, state in enumerate(states):
        text = json.dumps(checkpoint(number, state, **parts), indent=2)
        (directory / f"m{number}.json").write_text(text)
    return directory


def test_a_text_among_numbers_is_reported_and_does_not_end_a_bisect(tmp_path: Path, capfdbinary: Output) -> None:
    done = called(
        capfdbinary, "bisect", store(tmp_path, *({"n": n} for n in (10, "20", 30))), "state.n > `25`", "--json"
    )
    assert done.code == 0
    assert done.document["first"]["id"] == "m2"
    assert "m1.json: " in done.err and "cannot be compared here" in done.err


def test_decimals_are_numbers_to_a_bisect(tmp_path: Path, capfdbinary: Output) -> None:
    values = [pickle.dumps(__import__("decimal").Decimal(text)) for text in ("9.5", "10.5", "100")]
    found = store(tmp_path, *({"n": envelope(value)} for value in values))
    assert called(capfdbinary, "bisect", found, "state.n > `10`", "--json").document["first"]["id"] == "m1"


def test_what_no_checkpoint_can_be_asked_is_a_wrong_question(tmp_path: Path, capfdbinary: Output) -> None:
    done = called(capfdbinary, "bisect", store(tmp_path, {"n": "a"}, {"n": "b"}), "state.n > `25`")
    assert done.code == 2


def test_a_repeated_key_has_its_last_value(tmp_path: Path, capfdbinary: Output) -> None:
    (tmp_path / "n1.json").write_bytes((VALUES / "repeated_key.json").read_bytes())
    assert called(capfdbinary, "show", tmp_path, "n1", "--query", "state.acct").document == 381111320260379738
    assert called(capfdbinary, "show", tmp_path, "n1", "--query", "state.k").document == 2
    assert called(capfdbinary, "history", tmp_path, "state.k", "--json").document["values"][0]["value"] == 2
    assert "repeated keys (k)" in called(capfdbinary, "show", tmp_path, "n1").out


@pytest.mark.parametrize("name", ["a large list many times", "half a million objects", "tuples a million deep"])
def test_a_bomb_leaves_its_neighbours_whole(name: str, tmp_path: Path, capfdbinary: Output) -> None:
    state = {
        "before": envelope(pickle.dumps(["x", 1])), "bomb": envelope(BOMBS[name]()),
        "after": envelope(pickle.dumps({"y": [2, 3]})), "plain": {"z": [1, 2, 3]},
    }  # fmt: skip
    pending = {"r": envelope(pickle.dumps({"q": 4}))}
    found = store(tmp_path, state, pending_request_info_events=pending, metadata={"k": [5]})
    document = called(capfdbinary, "show", found, "m0", "--json").document
    del document["state"]["bomb"]
    assert document["state"] == {"before": ["x", 1], "after": {"y": [2, 3]}, "plain": {"z": [1, 2, 3]}}
    assert (document["pending"], document["metadata"]) == ({"r": {"q": 4}}, {"k": [5]})
    assert not document["complete"]


SECRETS = (
    "hunter2", "Pa55w0rd", "AAAABBBB", "AbCdEfGh", "ghp_", "MIIEvQ", "sk-proj", "eyJhbG",
    '"k5"', '"k8"', '"1234"', '"k13"',
    '"k14"', '"k15"',
)  # fmt: skip


@pytest.mark.parametrize("line", [["show"], ["show", "--json"], ["find"], ["doctor"], ["doctor", "--json"], ["ls"]])
def test_no_output_shows_a_usual_secret(line: list[str], tmp_path: Path, capfdbinary: Output) -> None:
    (tmp_path / "s1.json").write_bytes((VALUES / "secrets.json").read_bytes())
    verb, *options = line
    words = {"show": ["s1"], "find": ["[a-zA-Z0-9]+"]}.get(verb, [])
    done = called(capfdbinary, verb, tmp_path, *words, *options)
    assert done.out
    assert not [secret for secret in SECRETS if secret in done.out + done.err]
    for kept in ("4096", "Ann", "qwerty") if verb == "show" else ():
        assert kept in done.out


def test_a_change_of_a_secret_in_a_text_is_reported_without_it(tmp_path: Path, capfdbinary: Output) -> None:
    states = [
        {"db": f"postgres://svc:{word}@db/prod, a long text that is compared word by word"} for word in ("ab1", "cd2")
    ]
    found = store(tmp_path, *states)
    for line in (
        ["diff", "m0", "m1"],
        ["diff", "m0", "m1", "--json"],
        ["history", "state.db"],
        ["history", "state.db", "--json"],
    ):
        done = called(capfdbinary, line[0], found, *line[1:])
        assert "ab1" not in done.out and "cd2" not in done.out, line
        assert "postgres://svc:" in done.out


STORAGE = """
class Storage:
    async def save(self, checkpoint): ...
    async def load(self, identifier): raise ConnectionError("timed out reading redis://svc:hunter2@cache:6380/0")
    async def list_checkpoint_ids(self, *, workflow_name):
        if workflow_name == "all": raise ConnectionError("cannot reach redis://svc:hunter2@cache:6380/0")
        return ["a"]
    async def list_checkpoints(self, *, workflow_name): return []
    async def get_latest(self, *, workflow_name): ...
    async def delete(self, identifier): ...
"""


@pytest.mark.parametrize("name", ["one", "all"])
def test_the_error_of_a_storage_hides_the_password_in_it(
    name: str, tmp_path: Path, capfdbinary: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / f"failing_{name}.py").write_text(STORAGE)
    monkeypatch.chdir(tmp_path)
    done = called(capfdbinary, "ls", "--storage", f"failing_{name}:Storage", "--workflow-name", name)
    assert "redis://svc:••••••@cache:6380/0" in done.out + done.err
    assert "hunter2" not in done.out + done.err


def test_a_place_that_is_given_as_a_url_is_reported_without_its_password(capfdbinary: Output) -> None:
    done = called(capfdbinary, "ls", "redis://svc:hunter2@cache:6380/0")
    assert done.code == 3
    assert "hunter2" not in done.err and os.sep in done.err
