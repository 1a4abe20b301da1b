"""What people expect of any command: examples, hints, pipes, errors that programs read, a log for a report."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import ckpt_tui
from ckpt_tui.cli.command_line import _VERBS
from ckpt_tui.cli.examples import EXAMPLES
from tests.cli.commands import NEW, ROOT, Output, called, command
from tests.support.patience import PATIENCE
from tests.support.small_stores import write_chain

LINEAR = NEW / "linear"
ONE = next(iter(sorted(LINEAR.glob("*.json"))))


class TestHelp:
    @pytest.mark.parametrize("verb", _VERBS)
    def test_begins_with_examples(self, verb: str, capfdbinary: Output) -> None:
        lines = called(capfdbinary, verb, "--help").out.splitlines()
        assert lines[0].startswith(f"Usage: ckpt-tui {verb}") and lines[2] == "Examples:"
        assert lines[3].startswith(f"  ckpt-tui {verb}")

    @pytest.mark.parametrize("verb", ["", *_VERBS])
    def test_fits_a_terminal_of_80_columns(
        self, verb: str, monkeypatch: pytest.MonkeyPatch, capfdbinary: Output
    ) -> None:
        monkeypatch.setenv("COLUMNS", "80")
        lines = called(capfdbinary, *filter(None, (verb, "--help"))).out.splitlines()
        # A command is not broken: it can be pasted.
        assert not [line for line in lines if len(line) > 80 and not line.startswith("  ckpt-tui ")]
        assert all("  # " not in line for line in lines if len(line) > 80)

    def test_every_example_belongs_to_a_verb(self) -> None:
        assert set(EXAMPLES) <= set(_VERBS)


class TestDidYouMean:
    @pytest.mark.parametrize(("word", "verb"), [("shwo", "show"), ("histroy", "history"), ("exports", "export")])
    def test_a_verb_that_is_nearly_right_is_named(self, word: str, verb: str, capfdbinary: Output) -> None:
        done = called(capfdbinary, word, LINEAR)
        assert done.code == 2 and f"Did you mean `ckpt-tui {verb}`?" in done.err

    def test_an_option_that_is_nearly_right_is_named(self, capfdbinary: Output) -> None:
        done = called(capfdbinary, "ls", LINEAR, "--jsn")
        assert done.code == 2 and "--json" in done.err

    def test_a_store_of_such_a_name_is_opened(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "shows").mkdir()
        write_chain(tmp_path / "shows", "a")
        assert command("shows", PWD=str(tmp_path)).code == 0


class TestPipes:
    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            [sys.executable, "-m", "ckpt_tui", *args], input=ONE.read_text(), text=True, capture_output=True,
            env=environment, check=False,
        )  # fmt: skip

    def test_a_checkpoint_comes_in_by_a_pipe(self) -> None:
        for args in (("show", "-", "--json"), ("ls", "-", "--json")):
            done = self.run(*args)
            assert done.returncode == 0, done.stderr
            assert ONE.stem in done.stdout
        assert self.run("show").stdout.startswith(ONE.stem)
        assert ONE.stem[:8] in self.run("-").stdout

    @pytest.mark.skipif(sys.platform == "win32", reason="such pipes are of POSIX")
    @pytest.mark.parametrize("words", [("show",), ("ls",), ()], ids=" ".join)
    def test_a_pipe_of_the_shell_is_one_too(self, words: tuple[str, ...]) -> None:
        reading, writing = os.pipe()
        pipe = f"/dev/fd/{reading}"
        with os.fdopen(writing, "w") as file:
            file.write(ONE.read_text())
        try:
            done = subprocess.run(
                [sys.executable, "-m", "ckpt_tui", *words, pipe], stdin=subprocess.DEVNULL, text=True,
                capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, pass_fds=(reading,), check=False,
            )  # fmt: skip
        finally:
            os.close(reading)
        assert done.returncode == 0, done.stderr
        assert ONE.stem[:8] in done.stdout and pipe not in done.stdout

    @pytest.mark.skipif(sys.platform == "win32", reason="such pipes are of POSIX")
    @pytest.mark.parametrize("words", [("show",), ("ls",), ("doctor",), ()], ids=" ".join)
    def test_a_named_pipe_is_never_opened(self, words: tuple[str, ...], tmp_path: Path) -> None:
        pipe = tmp_path / "one.json"
        os.mkfifo(pipe)
        done = subprocess.run(
            [sys.executable, "-m", "ckpt_tui", *words, str(pipe)], stdin=subprocess.DEVNULL, text=True,
            capture_output=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=PATIENCE, check=False,
        )  # fmt: skip
        assert "is a named pipe (FIFO)" in done.stdout + done.stderr

    def test_it_is_called_what_it_is(self) -> None:
        assert " in standard input\n" in self.run("diff", str(LINEAR), "latest", "--other", "-").stdout
        done = self.run("diff", str(LINEAR), "-")
        assert done.returncode == 2
        assert "Standard input is a store of its own" in done.stderr and "ID --other -" in done.stderr
        for args in (("show", "-", "nobody"), ("doctor", "-"), ("history", "-", "state"), ("export", "-", "nobody")):
            done = self.run(*args)
            assert "/ckpt-tui-" not in done.stdout + done.stderr, args

    def test_what_is_wrong_with_it_names_it_too(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "ckpt_tui", "show", "-"], input="{} {}", text=True, capture_output=True, cwd=ROOT,
            check=False,
        )  # fmt: skip
        assert done.returncode == 4 and done.stderr.startswith("ckpt-tui: standard input cannot be shown")

    def test_no_file_of_it_is_left(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        self.run("show", "-")
        assert list(tmp_path.iterdir()) == []

    def test_nothing_that_comes_in_is_said(self) -> None:
        done = command("show", "-")
        assert done.code == 3 and "Nothing came in" in done.err

    @pytest.mark.skipif(sys.platform == "win32", reason="a limit of POSIX")
    def test_without_room_for_it_that_is_said(self) -> None:
        code = (
            "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0));"
            "from ckpt_tui.cli.command_line import run; sys.exit(run(['ls', '-']))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], input="{}", text=True, capture_output=True, check=False, cwd=ROOT
        )
        assert done.returncode == 2 and "Standard input cannot be kept in a temporary file" in done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes no directory that is in use")
@pytest.mark.parametrize(
    "words",
    [("ls",), ("show",), ("export", "--format", "md"), ("doctor",), ("check", "none.toml"), ("prune", "--keep", "1")],
)
def test_a_current_directory_that_was_deleted_matters_to_no_verb(words: tuple[str, ...], tmp_path: Path) -> None:
    code = (
        "import os, sys; here = sys.argv[1]; os.mkdir(here); os.chdir(here); os.rmdir(here);"
        "from ckpt_tui.cli.command_line import run; sys.exit(run(sys.argv[2:]))"
    )
    args = [sys.executable, "-P", "-c", code, str(tmp_path / "gone"), words[0], str(LINEAR), *words[1:], "--debug"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(args, stdin=subprocess.DEVNULL, text=True, capture_output=True, check=False, env=environment)
    assert done.returncode == {"check": 3}.get(words[0], 0)
    assert "Traceback" not in done.stderr


class TestErrorsAsJson:
    @pytest.mark.parametrize(
        ("args", "code"),
        [(("show", str(LINEAR), "nothing", "--json"), 3), (("ls", "/nowhere/at/all", "--json"), 3),
         (("diff", str(LINEAR), "latest", "--json", "--query", "a["), 2), (("ls", "--json", "--none"), 2)],
    )  # fmt: skip
    def test_are_one_document_on_stdout_and_words_on_stderr(
        self, args: tuple[str, ...], code: int, capfdbinary: Output
    ) -> None:
        done = called(capfdbinary, *args)
        assert done.code == code and done.err
        document = done.document
        assert (document["schema"], document["exit_code"]) == ("ckpt-tui/error@1", code)
        assert document["error"] in done.err.replace("\n", " ")

    def test_without_json_stdout_stays_empty(self, capfdbinary: Output) -> None:
        assert called(capfdbinary, "ls", "/nowhere/at/all").out == ""


class TestShorter:
    def test_each_way_writes_less_and_keeps_what_was_asked_for(self, capfdbinary: Output) -> None:
        place = NEW / "fork_hitl"
        args = ("show", place, "latest", "--json")
        whole, compact, deep, fields = (
            called(capfdbinary, *args, *more)
            for more in ((), ("--compact",), ("--compact", "--depth", "1"), ("--fields", "requests,state", "--compact"))
        )
        assert len(whole.out) > len(compact.out) > len(deep.out) > 0
        assert "\n" not in compact.out.strip()
        assert set(json.loads(fields.out)) <= {"schema", "checkpoint", "complete", "requests", "state"}
        assert called(capfdbinary, "show", place, "latest", "--depth", "1", "--compact").code == 0
        assert called(capfdbinary, "show", place, "latest", "--fields", "a[?x]").code == 2


class TestDebugLog:
    def test_holds_what_a_report_needs_and_no_secret(self, tmp_path: Path) -> None:
        done = command(
            "show", "https://me:hunter2hunter2@example.com/x", "--debug", XDG_STATE_HOME=str(tmp_path), LANG="C.UTF-8"
        )
        log = tmp_path / "ckpt-tui" / "debug.log"
        text = log.read_text()
        assert done.code == 3 and str(log) in done.err
        for part in (f"ckpt-tui {ckpt_tui.__version__}", "arguments", "NotFoundError", "Traceback", "exit code 3"):
            assert part in text
        assert "hunter2" not in text
        assert log.stat().st_mode & 0o077 == 0

    def test_is_written_for_the_variable_too_and_else_not(self, tmp_path: Path) -> None:
        assert command("ls", LINEAR, XDG_STATE_HOME=str(tmp_path / "no")).code == 0
        assert not (tmp_path / "no").exists()
        assert command("ls", LINEAR, CKPT_TUI_DEBUG="1", XDG_STATE_HOME=str(tmp_path)).code == 0
        assert (tmp_path / "ckpt-tui" / "debug.log").exists()


def test_dir_lists_the_public_names() -> None:
    assert set(dir(ckpt_tui)) == set(ckpt_tui.__all__)
    assert all(getattr(ckpt_tui, name) is not None for name in dir(ckpt_tui))
