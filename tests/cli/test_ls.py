"""`ckpt-tui ls`: the contract of its JSON, the list for people, exit codes, and hostile surroundings."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest

from ckpt_tui.actions.store_contents import read_store
from ckpt_tui.cli.output import cells, pad
from ckpt_tui.core.text import unsafe
from ckpt_tui.stores.registry import open_store
from tests.cli.commands import DATA, HOSTILE, NEW, ROOT, Output, called, command
from tests.support import workflows
from tests.support.patience import PATIENCE
from tests.support.small_stores import write

MEMBERS = {
    "id": str, "file": str, "workflow": str, "run": str, "parent": str | None, "timestamp": str, "iteration": int,
    "size": int, "role": str | None, "status": str | None, "messages": int | None, "pending": int | None,
}  # fmt: skip


def entries(directory: Path, output: Output, *options: str) -> list[dict[str, Any]]:
    done = called(output, "ls", directory, "--json", *options)
    assert done.code == 0
    found: list[dict[str, Any]] = done.document["checkpoints"]
    return found


@pytest.fixture
def output(capfdbinary: Output) -> Output:
    return capfdbinary


class TestJson:
    @pytest.mark.parametrize("options", [[], ["--fast"]])
    def test_every_sample_has_the_members_of_the_contract(self, output: Output, options: list[str]) -> None:
        for scenario in sorted((DATA / "agent-framework").glob("*/*")):
            done = called(output, "ls", scenario, "--json", *options)
            document = done.document
            assert document["checkpoints"]
            assert document["schema"] == "ckpt-tui/ls@1"
            assert document["store"] == {"kind": "agent-framework", "path": str(scenario)}
            assert document["problems"] == []
            assert {entry["file"] for entry in document["checkpoints"]} == {p.name for p in scenario.glob("*.json")}
            for entry in document["checkpoints"]:
                for name, kind in MEMBERS.items():
                    assert isinstance(entry[name], kind), (name, entry)
                assert entry["role"] in (None, "entry", "superstep", "waiting", "response", "final")
                assert entry["status"] in (None, "waiting", "open", "done")
                assert entry["timestamp"].endswith("Z")
                assert entry["size"] == (scenario / entry["file"]).stat().st_size

    def test_parents_are_before_children_and_a_run_is_its_root(self, output: Output) -> None:
        found = entries(NEW / "fork_hitl", output)
        seen: set[str] = set()
        for entry in found:
            assert entry["parent"] is None or entry["parent"] in seen
            seen.add(entry["id"])
        assert {entry["run"] for entry in found} == {found[0]["id"]}

    def test_counts_roles_and_states_are_reported(self, output: Output) -> None:
        found = entries(NEW / "hitl_answered", output)
        facts = [(entry["role"], entry["status"], entry["messages"], entry["pending"]) for entry in found]
        assert facts[:4] == [
            ("entry", "open", 1, 0), ("superstep", "open", 1, 0), ("waiting", "waiting", 0, 2),
            ("response", "open", 2, 0),
        ]  # fmt: skip

    def test_fast_reads_no_bodies(self, output: Output) -> None:
        found = entries(NEW / "fork_hitl", output, "--fast")
        assert found
        for entry in found:
            assert [entry[name] for name in ("role", "status", "messages", "pending")] == [None] * 4

    def test_fast_says_the_same_order_and_headers(self, output: Output) -> None:
        bodies = ("role", "status", "messages", "pending")
        for scenario in sorted((DATA / "agent-framework").glob("*/*")):
            fast, full = entries(scenario, output, "--fast"), entries(scenario, output)
            assert fast
            for entry in (*fast, *full):
                for name in bodies:
                    del entry[name]
            assert fast == full

    def test_a_guessed_parent_is_reported_beside_the_written_one(self, output: Output) -> None:
        found = entries(DATA / "agent-framework" / "1.0.0" / "hitl_answered", output)
        guessed = [entry for entry in found if "guessed_parent" in entry]
        assert len(guessed) == 2
        assert all(entry["parent"] is None for entry in guessed)

    def test_each_file_appears_once_and_none_is_dropped(self, output: Output) -> None:
        document = called(output, "ls", HOSTILE, "--json").document
        names = [entry["file"] for entry in document["checkpoints"] + document["problems"]]
        assert sorted(names) == sorted(path.name for path in HOSTILE.glob("*.json"))
        for problem in document["problems"]:
            assert set(problem) == {"file", "reason", "kind"}
            assert problem["reason"]

    def test_an_empty_directory_is_an_empty_document(self, output: Output, tmp_path: Path) -> None:
        document = called(output, "ls", tmp_path, "--json").document
        assert (document["checkpoints"], document["problems"]) == ([], [])

    def test_names_that_are_no_utf8_are_escaped(self, tmp_path: Path) -> None:
        sample = next((NEW / "fork").glob("*.json"))
        folder = os.fsencode(tmp_path) + b"/st\xe9re"
        os.mkdir(folder)
        shutil.copy(os.fsencode(sample), folder + b"/caf\xe9.json")
        (Path(os.fsdecode(folder)) / os.fsdecode(b"bad\xff.json")).write_bytes(b"")
        document = command("ls", folder, "--json").document
        assert document["checkpoints"][0]["id"] == "caf\udce9"
        assert document["problems"][0]["file"] == "bad\udcff.json"
        assert document["store"]["path"].endswith("st\udce9re")
        done = command("ls", folder)
        assert (done.code, done.err) == (0, "")
        assert "bad\\udcff.json" in done.out

    async def test_a_run_of_the_framework_is_reported_as_it_went(self, output: Output, tmp_path: Path) -> None:
        written = await workflows.human(tmp_path)
        answered = await workflows.answer(tmp_path, written[-1], workflows.Answer(True))
        again = await workflows.answer(tmp_path, written[-1], workflows.Answer(False))
        found = {entry["id"]: entry for entry in entries(tmp_path, output)}
        assert list(found) == [*written, *answered, *again]
        assert [found[name]["role"] for name in (written[0], written[-1], answered[0], answered[-1])] == [
            "entry", "waiting", "response", "final",
        ]  # fmt: skip
        assert found[again[0]]["parent"] == written[-1]
        assert {entry["workflow"] for entry in found.values()} == {"test_human"}


class TestList:
    def test_the_list_is_drawn_with_its_forks(self) -> None:
        assert command("ls", NEW / "fork_hitl").out.splitlines() == [
            "hitl · run 1 · 2026-11-22 04:47 · 9 checkpoints · 1 fork",
            "  ○   71e15994 0 04:47:49 1.1 k  entry “kettles” → drafter",
            "  ●   4dde56f7 1    +2 ms 1.2 k  drafter: “draft about kettles” n 1",
            "  ‖   52f75515 2    +2 ms 2.1 k  waits 2 review: “approve?” “draft about kettles” iteration 1",
            "  ├─╮",
            "  ↩ │ 102a2d31 2    +3 ms 2.7 k  answered yes “ok=True” “cTrue” → review",
            "  ✓ │ ab3cc775 3    +2 ms   693  done colour “cTrue” topic “kettles”",
            "    ↩ 9929d4d8 2    +8 ms 2.7 k  answered no “ok=False” “cFalse” → review",
            "    ● 38b2bf87 3    +2 ms 1.2 k  review: no “ok=False”",
            "    ● 0ed9824d 4    +2 ms 1.2 k  drafter: “revised (ok=False)” n 2",
            "    ‖ 4616d935 5    +1 ms 1.5 k  waits review: “approve?” “revised (ok=False)” iteration 2",
        ]

    def test_problems_come_last_with_their_reasons(self, output: Output) -> None:
        lines = called(output, "ls", HOSTILE).out.splitlines()
        at = lines.index("problems")
        assert lines[at - 1] == ""
        assert "  ! raw_empty.json  the file is empty" in lines[at:]
        assert all(line.startswith("  ! ") for line in lines[at + 1 :])

    def test_nothing_a_terminal_obeys_is_printed(self, output: Output) -> None:
        for options in ([], ["--json"], ["--fast"]):
            out = called(output, "ls", HOSTILE, *options).out.replace("\n", "")
            assert unsafe().search(out) is None

    def test_an_empty_directory_is_said_to_be_empty(self, output: Output, tmp_path: Path) -> None:
        assert called(output, "ls", tmp_path).out == f"no checkpoints in {tmp_path}\n"

    def test_ids_that_begin_alike_are_distinguished(self, output: Output, tmp_path: Path) -> None:
        document = json.loads(next((NEW / "fork").glob("*.json")).read_bytes())
        for end in ("0", "1", "2"):
            name = f"0123abcd-0000-4000-8000-00000000000{end}"
            document |= {"checkpoint_id": name, "previous_checkpoint_id": None}
            (tmp_path / f"{name}.json").write_text(json.dumps(document, indent=2))
        out = called(output, "ls", tmp_path).out
        assert all(f"0123abcd-0000-4000-8000-00000000000{end}" in out for end in ("0", "1", "2"))

    def test_wide_characters_keep_the_columns(self, output: Output, tmp_path: Path) -> None:
        document = json.loads(next((NEW / "fork").glob("*.json")).read_bytes()) | {"previous_checkpoint_id": None}
        for name in ("漢字漢字", "e\u0301te", "plain"):
            (tmp_path / f"{name}.json").write_text(json.dumps(document, indent=2), encoding="utf-8")
        lines = [line for line in called(output, "ls", tmp_path).out.splitlines() if "+" in line or ":" in line[12:]]
        rows = [line for line in lines if line.startswith("  ●")]
        assert len(rows) == 3
        columns = {cells(line[: line.index(" k ")]) for line in rows}
        assert len(columns) == 1

    @pytest.mark.parametrize(("text", "width"), [("abc", 3), ("漢字", 4), ("e\u0301", 1), ("ｱ", 1), ("│", 1), ("", 0)])
    def test_cells_are_those_of_a_terminal(self, text: str, width: int) -> None:
        assert cells(text) == width
        assert cells(pad(text, 6)) == 6


class TestColour:
    def spoken(self, *args: str, **environment: str) -> str:
        child = pexpect.spawn(
            sys.executable, ["-m", "ckpt_tui", *args], encoding="utf-8", timeout=PATIENCE,
            env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **environment},
        )  # fmt: skip
        child.expect(pexpect.EOF)
        child.wait()
        child.close()
        assert child.exitstatus == 0
        assert child.before is not None
        return str(child.before)

    def test_a_terminal_gets_colour(self) -> None:
        assert "\x1b[36m" in self.spoken("ls", str(NEW / "fork_hitl"))

    @pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
    def test_a_terminal_that_wants_none_gets_none(self, environment: dict[str, str]) -> None:
        assert "\x1b" not in self.spoken("ls", str(NEW / "fork_hitl"), **environment)

    def test_json_has_no_colour(self) -> None:
        assert "\x1b" not in self.spoken("ls", str(NEW / "fork_hitl"), "--json")

    def test_a_pipe_gets_none(self) -> None:
        assert "\x1b" not in command("ls", NEW / "fork_hitl").out


class TestEnds:
    def test_a_missing_directory_ends_with_3(self, output: Output, tmp_path: Path) -> None:
        for args in (["ls", tmp_path / "gone"], [tmp_path / "gone"]):
            done = called(output, *args)
            assert (done.code, done.out) == (3, "")
            assert done.err.startswith("ckpt-tui: No such file or directory: ")
        done = called(output, "ls", tmp_path / "gone", "--json")
        assert (done.code, done.document["kind"], done.document["exit_code"]) == (3, "error", 3)

    def test_a_file_that_is_no_store_ends_with_3(self, output: Output, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("")
        assert called(output, "ls", tmp_path / "notes.txt").code == 3

    @pytest.mark.parametrize("args", [["ls", "--nope"], ["--nope"], [".", "--nope"]])
    def test_a_wrong_call_ends_with_2_and_a_usage(self, output: Output, args: list[str]) -> None:
        done = called(output, *args)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith("Usage: ckpt-tui")
        assert "\0" not in done.err

    def test_what_was_typed_is_made_safe_in_errors(self, output: Output) -> None:
        for args in (["ls", "--\x1b[31m"], ["ls", "gone\x1b[2J"], ["show", str(NEW / "fork"), "\x1b]0;x\x07"]):
            assert "\x1b" not in called(output, *args).err

    def test_a_reader_that_goes_away_is_no_failure(self) -> None:
        listing = subprocess.Popen(
            [sys.executable, "-m", "ckpt_tui", "ls", str(NEW / "fork"), "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert listing.stdout is not None
        listing.stdout.close()  # before a line is written
        assert listing.stderr is not None
        assert listing.stderr.read() == b""
        listing.stderr.close()
        assert listing.wait() == 0

    def test_text_is_utf8_whatever_the_locale(self) -> None:
        done = command("ls", NEW / "fork_hitl", LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
        assert "├─╮" in done.out


class TestStores:
    def test_one_file_is_a_store(self, output: Output) -> None:
        path = next((NEW / "hitl_pending").glob("*.json"))
        document = called(output, "ls", path, "--json").document
        assert [entry["file"] for entry in document["checkpoints"]] == [path.name]
        assert document["store"]["path"] == str(path)

    def test_without_a_store_the_working_directory_is_listed(
        self, output: Output, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(NEW / "fork_hitl")
        assert called(output, "ls", "--json").document["store"]["path"] == "."

    def test_a_store_alone_prints_what_ls_prints_where_there_is_no_terminal(self, output: Output) -> None:
        assert called(output, NEW / "fork_hitl").out == called(output, "ls", NEW / "fork_hitl").out

    def test_no_argument_lists_the_working_directory(self, output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(NEW / "fork_hitl")
        assert called(output).out == called(output, "ls").out

    def test_a_directory_named_like_a_verb_is_given_with_its_path(
        self, output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shutil.copytree(NEW / "fork_hitl", tmp_path / "ls")
        shutil.copytree(NEW / "loop", tmp_path / "browse")
        monkeypatch.chdir(tmp_path)
        assert called(output, "./ls").out.startswith("hitl")
        assert called(output, "ls", "ls").out.startswith("hitl")
        assert called(output, "browse").out.startswith("loop")
        of_both = called(output, "ls").out
        assert "▌ browse · 1 run" in of_both
        assert "▌ ls · 1 run" in of_both

    def test_a_file_that_vanishes_between_header_and_body_is_left_out(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shutil.copytree(NEW / "fork_hitl", tmp_path / "store")
        store = open_store(str(tmp_path / "store"))
        fill = store.fill

        def late(files: list[str]) -> Any:
            (tmp_path / "store" / files[0]).unlink()
            return fill(files)

        monkeypatch.setattr(store, "fill", late)
        runs, problems = read_store(store)
        assert problems == []
        assert sum(len(run.nodes) for run in runs) == 8


class TestParts:
    def test_the_newest_are_those_of_the_whole_list(self, output: Output) -> None:
        whole = entries(NEW / "fork_hitl", output)
        newest = sorted(whole, key=lambda entry: str(entry["timestamp"]))[-3:]
        assert {entry["id"] for entry in entries(NEW / "fork_hitl", output, "--limit", "3")} == {
            entry["id"] for entry in newest
        }

    def test_a_state_is_that_of_the_end_of_a_branch(self, output: Output) -> None:
        found = entries(NEW / "fork_hitl", output, "--status", "waiting", "--status", "done")
        assert [entry["status"] for entry in found] == ["done", "waiting"]

    def test_what_is_older_is_left_out(self, output: Output) -> None:
        whole = entries(NEW / "loop", output)
        assert entries(NEW / "loop", output, "--since", whole[-1]["timestamp"]) == [whole[-1]]
        assert entries(NEW / "loop", output, "--since", "1s") == []

    def test_workflows_are_chosen_by_their_names(self, output: Output, tmp_path: Path) -> None:
        for name, workflow in (("a", "orders"), ("b", "orders-eu"), ("c", "other")):
            write(tmp_path, name, workflow_name=workflow)
        assert [entry["id"] for entry in entries(tmp_path, output, "--workflow", "orders")] == ["a"]
        assert {entry["id"] for entry in entries(tmp_path, output, "--workflow", "orders*")} == {"a", "b"}
        assert {entry["id"] for entry in entries(tmp_path, output, "--workflow", "orders", "--workflow", "other")} == {
            "a", "c",
        }  # fmt: skip
        assert called(output, "ls", tmp_path, "--workflow", "none").out.startswith("no such checkpoints")

    def test_a_query_is_asked_of_the_document(self, output: Output) -> None:
        whole = entries(NEW / "loop", output)
        done = called(output, "ls", NEW / "loop", "--query", "checkpoints[].id")
        assert json.loads(done.out) == [entry["id"] for entry in whole]
        assert called(output, "ls", NEW / "loop", "--query", "&id").code == 2
        assert called(output, "ls", NEW / "loop", "--query", "checkpoints", "--jsonl").code == 2

    def test_lines_are_the_entries_of_the_document_and_problems_come_last(self, output: Output, tmp_path: Path) -> None:
        store = Path(shutil.copytree(NEW / "loop", tmp_path / "store"))
        (store / "broken.json").write_text("{")
        whole = called(output, "ls", store, "--json").document
        done = called(output, "ls", store, "--jsonl")
        lines = [json.loads(line) for line in done.out.splitlines()]
        assert lines == [*whole["checkpoints"], *({"problem": problem} for problem in whole["problems"])]

    def test_a_run_that_is_not_there_is_not_found(self, output: Output) -> None:
        assert called(output, "ls", NEW / "loop", "--run", "nobody").code == 3
