"""The command where something around it is odd: closed streams, a full disk, no numbers, ids in two stores."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import HOSTILE, NEW, ROOT, Output, called, command

STORE = NEW / "loop"


@pytest.fixture
def output(capfdbinary: Output) -> Output:
    return capfdbinary


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """A directory with a store and a copy of it."""
    shutil.copytree(STORE, tmp_path / "one")
    shutil.copytree(STORE, tmp_path / "two")
    return tmp_path


def in_a_shell(words: str, *args: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Run the command with what a shell does to its streams."""
    line = ["sh", "-c", f'"$0" -m ckpt_tui "$@" {words}', sys.executable, *map(str, args)]
    return subprocess.run(line, capture_output=True, cwd=ROOT, check=False)


@pytest.mark.parametrize("args", [("ls",), ("ls", "--json"), ("show",), ("find",), ("doctor",)])
def test_a_closed_output_is_no_failure(args: tuple[str, ...]) -> None:
    more = ["counter"] if args[0] == "find" else []
    done = in_a_shell(">&-", *args, STORE, *more)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_resume_without_an_input_asks_for_a_yes() -> None:
    done = in_a_shell("<&-", "resume", STORE, "latest", "--workflow", "app:build")
    assert done.returncode == 2
    assert b"A run needs your confirmation." in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
@pytest.mark.parametrize("args", [("ls",), ("ls", "--json"), ("show", "--json"), ("doctor",)])
def test_an_output_that_cannot_be_written_is_reported_in_a_line(args: tuple[str, ...]) -> None:
    done = in_a_shell(">/dev/full", *args, STORE)
    assert done.returncode == 2
    assert done.stderr == b"ckpt-tui: The output cannot be written: No space left on device.\n"


@pytest.mark.parametrize("args", [("show", STORE, "--limit", "nan"), ("demo", "x", "--interval", "nan")])
def test_a_number_that_is_none_is_a_wrong_call(output: Output, args: tuple[str | Path, ...]) -> None:
    done = called(output, *args)
    assert (done.code, done.out) == (2, "")
    assert "'nan' is not a number." in done.err


def test_a_file_that_is_not_there_is_not_called_a_directory(output: Output, tmp_path: Path) -> None:
    done = called(output, "show", tmp_path / "gone.json")
    assert done.code == 3
    assert done.err.startswith(f"ckpt-tui: No such file or directory: {tmp_path}/gone.json.\n")


def test_the_reason_why_a_query_is_none_is_one_sentence(output: Output) -> None:
    for query, reason in (
        ("a b", 'Unexpected token: b: Parse error at column 2, token "b" (UNQUOTED_IDENTIFIER).'),
        ("state[", "Invalid jmespath expression: Incomplete expression."),
        ("", "Invalid JMESPath expression: cannot be empty."),
    ):
        done = called(output, "show", STORE, "latest", "--query", query)
        assert done.code == 2
        assert done.err.splitlines()[0] == f"ckpt-tui: Not a JMESPath expression: {reason}"


def test_a_query_that_cannot_be_answered_says_so_in_a_line_of_a_few_words(output: Output) -> None:
    done = called(output, "show", NEW / "orch_groupchat", "latest", "--query", "abs(state)")
    assert done.code == 2
    assert done.err.startswith("ckpt-tui: The query cannot be answered: In function abs(), invalid type for value: ")
    assert len(done.err) < 500


def test_an_id_is_reported_as_it_was_typed(output: Output) -> None:
    done = called(output, "show", STORE, "latest~99")
    assert done.code == 3
    assert done.err.startswith("ckpt-tui: latest has only ")


class TestACopyBesideAStore:
    def test_both_are_listed(self, copies: Path) -> None:
        done = command("ls", copies)
        assert done.code == 0
        ids = [line.split()[1] for line in done.out.splitlines() if line.startswith("  ")]
        assert len(ids) == 2 * len(set(ids)) == 2 * len(list(STORE.glob("*.json")))

    def test_each_checkpoint_has_the_sizes_of_its_own_file(self, output: Output, copies: Path) -> None:
        first = max(called(output, "ls", STORE, "--json").document["checkpoints"], key=lambda entry: entry["iteration"])
        file = copies / "two" / first["file"]
        file.write_bytes(file.read_bytes().replace(b'"state": {', b'"state": {"more": "' + b"x" * 5_000 + b'",', 1))
        entries = called(output, "ls", copies, "--sizes", "--json").document["checkpoints"]
        one, two = (entry for entry in entries if entry["id"] == first["id"])
        assert one["sizes"]["file"] + 5_000 < two["sizes"]["file"]
        assert one["sizes"]["state"] + 5_000 < two["sizes"]["state"]

    def test_the_beginning_of_an_id_must_say_in_which(self, output: Output, copies: Path) -> None:
        name = next((copies / "one").glob("*.json")).stem
        for short in (name, name[:12]):
            done = called(output, "show", copies, short)
            assert done.code == 2
            assert f"'{short}' is in 2 stores; write one/{name}" in done.err
        assert called(output, "show", copies, f"two/{name[:12]}", "--query", "checkpoint.store").document == "two"


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_sizes_of_runs_below_the_same_missing_parent_are_reported(output: Output, options: list[str]) -> None:
    listed = called(output, "ls", HOSTILE, "--json").document["checkpoints"]
    workflows = {(entry["run"], entry["workflow"]) for entry in listed}
    assert len(workflows) > len({run for run, _ in workflows})  # two runs share an id
    assert called(output, "ls", HOSTILE, "--sizes", *options).code == 0


def test_the_help_of_the_program_has_the_options_of_the_browser(capfdbinary: Output) -> None:
    own = called(capfdbinary, "./any", "--help").out
    text = called(capfdbinary, "--help").out
    named = set(re.findall(r"^  (--[a-z-]+)", own, re.MULTILINE)) - {"--help"}
    assert len(named) > 5
    assert named <= set(re.findall(r"^  (--[a-z-]+)", text.partition("Options of the browser")[2], re.MULTILINE))


def test_the_help_of_the_program_begins_with_its_examples(capfdbinary: Output) -> None:
    text = called(capfdbinary, "--help").out
    assert text.index("Examples:") < text.index("Browse agent workflow") < text.index("Verbs:")
    assert text.count("Examples:") == 1
