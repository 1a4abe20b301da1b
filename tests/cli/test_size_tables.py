"""`show --sizes` and `ls --sizes`."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.text import unsafe
from tests.cli.commands import DATA, HOSTILE, NEW, ROOT, Output, called

STORE = NEW / "orch_groupchat"


@pytest.fixture
def output(capfdbinary: Output) -> Output:
    return capfdbinary


def sizes_of(output: Output, store: Path, name: str) -> dict[str, Any]:
    done = called(output, "show", store, name, "--sizes", "--json")
    document: dict[str, Any] = done.document
    return document


class TestShow:
    def test_it_has_the_members_of_the_contract(self, output: Output) -> None:
        listed = {entry["id"]: entry for entry in called(output, "ls", STORE, "--json").document["checkpoints"]}
        document = sizes_of(output, STORE, "latest")
        assert document["schema"] == "ckpt-tui/sizes@1"
        assert document["checkpoint"] == listed[document["checkpoint"]["id"]]
        assert document["complete"] is True
        sizes = [share["size"] for share in document["paths"]]
        assert sizes == sorted(sizes, reverse=True)
        assert len(sizes) == 200
        assert all(share.keys() == {"path", "type", "size"} for share in document["paths"])
        assert all(share.keys() == {"type", "count", "size"} for share in document["types"])
        assert sum(share["size"] for share in document["types"]) == document["total"]

    def test_each_path_is_one_of_show(self, output: Output) -> None:
        shares = sizes_of(output, STORE, "latest")["paths"][::20]
        assert shares
        for share in shares:
            value = called(output, "show", STORE, "latest", "--reveal", "--query", share["path"]).document
            assert (value is None) == (share["type"] == "builtins:NoneType")
            if isinstance(value, dict) and "$type" in value:
                assert value["$type"] == share["type"]

    def test_a_query_is_asked_of_the_sizes(self, output: Output) -> None:
        done = called(output, "show", STORE, "latest", "--sizes", "--query", "paths[0].path")
        assert (done.code, done.document) == (0, "state")

    def test_people_get_a_table(self, output: Output) -> None:
        lines = called(output, "show", STORE, "latest", "--sizes").out.splitlines()
        assert "characters of JSON" in lines[0]
        assert lines[2].split() == ["size", "path"]
        assert lines[3].split()[-2:] == ["state", "dict"]
        assert any(line.endswith(" agent_framework._types:Content") for line in lines)

    def test_every_hostile_file_has_sizes_or_a_reason(self, output: Output) -> None:
        for path in HOSTILE.glob("*.json"):
            for options in ([], ["--json"]):
                done = called(output, "show", HOSTILE, path.stem, "--sizes", *options)
                assert done.code in (0, 4), path
                assert done.out or done.err.startswith("ckpt-tui: "), path
                assert unsafe().search(done.out.replace("\n", "")) is None, path


class TestLs:
    def test_every_sample_has_sizes_that_show_reports_too(self, output: Output) -> None:
        for scenario in sorted((DATA / "agent-framework").glob("1.23.0/*"))[::4]:
            for entry in called(output, "ls", scenario, "--sizes", "--json").document["checkpoints"][::3]:
                assert entry["sizes"].keys() == {"file", "messages", "state", "pending"}
                assert entry["sizes"]["file"] == entry["size"]
                paths = {
                    share["path"]: share["size"] for share in sizes_of(output, scenario, entry["id"])["paths"]
                }  # fmt: skip
                for part in ("messages", "state", "pending"):
                    assert paths.get(part, entry["sizes"][part]) == entry["sizes"][part]

    def test_without_the_option_there_are_none(self, output: Output) -> None:
        document = called(output, "ls", STORE, "--json").document
        assert "growth" not in document
        assert all("sizes" not in entry for entry in document["checkpoints"])

    def test_what_grew_most_is_reported_for_each_run(self, output: Output) -> None:
        document = called(output, "ls", STORE, "--sizes", "--json").document
        (growth,) = document["growth"]
        ids = [entry["id"] for entry in document["checkpoints"]]
        assert (growth["run"], growth["from"], growth["to"]) == (ids[0], ids[0], ids[-1])
        assert growth["path"] == "state._executor_state.group_chat_orchestrator.conversation"
        assert 0 <= growth["before"] < growth["after"]

    def test_people_get_columns_and_a_total(self, output: Output) -> None:
        lines = called(output, "ls", NEW / "fork_hitl", "--sizes").out.splitlines()
        assert lines[1].split() == ["file", "messages", "state", "pending"]
        assert lines[2].split()[5:9] == ["k", "289", "161", "2"]
        ends = [len(line.rstrip()) for line in lines if line.startswith("  total")]
        assert ends == [len(lines[1])]
        assert lines[-1].startswith("  grew most: ")

    def test_a_file_that_cannot_be_read_has_none(self, output: Output, tmp_path: Path) -> None:
        path = tmp_path / "one.json"
        document = json.loads(next((NEW / "loop").glob("*.json")).read_bytes()) | {"previous_checkpoint_id": None}
        # Large enough to be listed by its layout alone.
        path.write_text(json.dumps(document | {"state": {"a": "x" * 3_000_000, "b": "y"}}, indent=2))
        path.write_bytes(path.read_bytes().replace(b'"y"', b"?"))
        done = called(output, "ls", tmp_path, "--sizes", "--json")
        assert done.code == 0
        for entry in done.document["checkpoints"]:
            assert entry["sizes"]["messages"] is None
        assert called(output, "ls", tmp_path, "--sizes").code == 0

    def test_with_fast_it_is_a_wrong_call(self, output: Output) -> None:
        done = called(output, "ls", STORE, "--sizes", "--fast")
        assert (done.code, done.out) == (2, "")
        assert "--fast" in done.err

    def test_an_empty_store_has_no_sizes(self, output: Output, tmp_path: Path) -> None:
        assert called(output, "ls", tmp_path, "--sizes").out == f"no checkpoints in {tmp_path}\n"
        assert called(output, "ls", tmp_path, "--sizes", "--json").document["growth"] == []


@pytest.mark.parametrize("options", [["--json"], []])
def test_a_reader_that_goes_away_in_the_middle_is_no_failure(tmp_path: Path, options: list[str]) -> None:
    document = json.loads(next((NEW / "loop").glob("*.json")).read_bytes())
    document |= {"previous_checkpoint_id": None, "state": {"numbers": list(range(200_000))}}
    (tmp_path / "one.json").write_text(json.dumps(document))
    showing = subprocess.Popen(
        [sys.executable, "-m", "ckpt_tui", "show", str(tmp_path), *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    assert showing.stdout is not None
    assert showing.stderr is not None
    assert showing.stdout.read(100)
    showing.stdout.close()
    assert showing.stderr.read() == b""
    showing.stderr.close()
    assert showing.wait() == 0


def test_each_step_says_what_grew_and_each_run_what_is_repeated(capfdbinary: Output) -> None:
    document = called(capfdbinary, "ls", STORE, "--sizes", "--json").document
    entries = document["checkpoints"]
    assert entries[0]["grew"] is None
    for entry in entries[1:]:
        if entry["grew"] is not None:
            path, before, after = entry["grew"]["path"], entry["grew"]["before"], entry["grew"]["after"]
            assert before < after
            assert called(capfdbinary, "show", STORE, entry["id"], "--query", path).out != "null\n"
    assert sum(entry["grew"] is not None for entry in entries) > 5
    most = document["repeated"][0]
    assert most["extra"] == most["size"] * (most["copies"] - 1)
    assert [one["extra"] for one in document["repeated"]] == sorted(
        (one["extra"] for one in document["repeated"]), reverse=True
    )
    assert most["type"] == "agent_framework._types:Message"
    shown = called(capfdbinary, "show", STORE, most["id"], "--query", most["path"]).out
    assert json.loads(shown)["$type"] == most["type"]
    assert "  repeated: " in called(capfdbinary, "ls", STORE, "--sizes").out
