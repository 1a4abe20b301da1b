"""`ckpt-tui doctor`: what it prints, and its exit codes."""

import base64
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.cli.command_line import run
from tests.support.oracle import AGENT_FRAMEWORK, DATA

HOSTILE = DATA / "hostile"
NEWEST = AGENT_FRAMEWORK / "1.23.0"


def as_json(capsys: pytest.CaptureFixture[str], store: Path, code: int) -> dict[str, Any]:
    assert run(["doctor", str(store), "--json"]) == code
    printed = capsys.readouterr()
    assert printed.err == ""
    document: dict[str, Any] = json.loads(printed.out)
    assert document["schema"] == "ckpt-tui/doctor@1"
    return document


def text(capsys: pytest.CaptureFixture[str], store: Path, code: int) -> str:
    assert run(["doctor", str(store)]) == code
    printed = capsys.readouterr()
    assert printed.err == ""
    return printed.out


def test_a_healthy_store_ends_with_0_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert text(capsys, NEWEST / "linear", 0) == "4 files, nothing wrong\n"
    document = as_json(capsys, NEWEST / "linear", 0)
    assert (document["findings"], document["allowed_checkpoint_types"], document["files"]) == ([], [], 4)


def test_danger_ends_with_4(capsys: pytest.CaptureFixture[str]) -> None:
    document = as_json(capsys, HOSTILE, 4)
    (found,) = [finding for finding in document["findings"] if finding["file"] == "rce_os_system_p5.json"
                and finding["severity"] == "danger"]  # fmt: skip
    assert found.keys() == {"kind", "severity", "file", "path", "reason", "fix"}
    assert (found["kind"], found["path"]) == ("dangerous", "state.x")
    assert "posix:system" in found["reason"]


def test_warnings_alone_end_with_0(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    shutil.copy(HOSTILE / "missing_prev.json", tmp_path)
    (tmp_path / "left.json.tmp").touch()
    kinds = {finding["kind"] for finding in as_json(capsys, tmp_path, 0)["findings"]}
    assert kinds >= {"missing-parent", "leftover"}


@pytest.mark.parametrize("name", ["raw_truncated", "raw_json_list", "bad_base64", "garbage_pickle", "pickled_not_str"])
def test_what_cannot_be_decoded_ends_with_4(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    shutil.copy(HOSTILE / f"{name}.json", tmp_path)
    assert "warning" in {finding["severity"] for finding in as_json(capsys, tmp_path, 4)["findings"]}


def test_the_exit_code_for_one_file_is_that_of_show(capsys: pytest.CaptureFixture[str]) -> None:
    codes = set()
    for path in HOSTILE.glob("*.json"):
        expected = run(["show", str(HOSTILE), path.stem])
        assert run(["doctor", str(path)]) == expected, path.name
        codes.add(expected)
    assert codes == {0, 4}


def test_a_store_that_is_not_there_ends_with_3(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["doctor", str(tmp_path / "nowhere")]) == 3
    assert "nowhere" in capsys.readouterr().err


def test_findings_begin_with_the_worst(capsys: pytest.CaptureFixture[str]) -> None:
    severities = [finding["severity"] for finding in as_json(capsys, HOSTILE, 4)["findings"]]
    assert severities == sorted(severities, key=["danger", "warning", "info"].index)
    printed = text(capsys, HOSTILE, 4)
    assert 0 <= printed.index("danger: ") < printed.index("\nwarnings\n") < printed.index("allowed_checkpoint_types")


def test_the_types_to_allow_come_last_and_can_be_pasted(capsys: pytest.CaptureFixture[str]) -> None:
    printed = text(capsys, NEWEST / "hitl_answered", 0)
    pasted = printed[printed.index("allowed_checkpoint_types=") :]
    assert pasted == (
        'allowed_checkpoint_types=[\n    "gen_corpus:ApprovalRequest",\n    "gen_corpus:Decision",\n'
        '    "gen_corpus:WorkItem",\n]\n'
    )
    values: dict[str, Any] = {}
    exec(pasted.replace("allowed_checkpoint_types=", "value = "), values)
    assert values["value"] == as_json(capsys, NEWEST / "hitl_answered", 0)["allowed_checkpoint_types"]


def test_files_with_the_same_finding_are_together_and_only_a_few_are_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    printed = text(capsys, HOSTILE, 4)
    assert printed.count("starts programs or changes files") == 3
    assert "more, all with --json" in printed


def test_no_control_character_of_the_data_reaches_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["doctor", str(HOSTILE)], ["doctor", str(HOSTILE), "--json"]):
        run(arguments)
        printed = capsys.readouterr().out
        assert not [char for char in printed if char != "\n" and (ord(char) < 32 or char in "\x7f\x9b\u202e")]


def test_a_foreign_file_with_a_pickle_that_acts_ends_with_4_from_doctor_and_show(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shutil.copy(NEWEST / "linear" / min(path.name for path in (NEWEST / "linear").iterdir()), tmp_path)
    pickled = base64.b64encode(b"cos\nsystem\nX\x02\x00\x00\x00id\x85R.").decode()
    (tmp_path / "notes.json").write_text(json.dumps({"todo": [{"__pickled__": pickled, "__type__": "a:B"}]}))
    danger = [finding for finding in as_json(capsys, tmp_path, 4)["findings"] if finding["severity"] == "danger"]
    assert [(finding["file"], finding["path"]) for finding in danger] == [("notes.json", "todo[0]")]
    assert run(["show", str(tmp_path), "notes"]) == 4
    assert "danger at todo[0]: calls os:system: starts programs" in capsys.readouterr().err


@pytest.mark.parametrize("member", ["version", "workflow_name", "iteration_count", "previous_checkpoint_id"])
def test_a_pickle_in_a_header_member_is_danger_to_show(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, member: str
) -> None:
    document = json.loads(min((NEWEST / "linear").iterdir()).read_text())
    pickled = base64.b64encode(b"cos\nsystem\nX\x02\x00\x00\x00id\x85R0N.").decode()
    document[member] = {"__pickled__": pickled, "__type__": "builtins:str"}
    (tmp_path / "a.json").write_text(json.dumps(document, indent=2))
    assert run(["show", str(tmp_path), "latest", "--json"]) == 4
    warnings = json.loads(capsys.readouterr().out)["warnings"]
    assert any(line.startswith(f"danger at {member}: calls os:system") for line in warnings)
