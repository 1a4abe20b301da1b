"""`resume` without a program: what is proposed, and that nothing is started which nobody agreed to."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.commands import NEW, ROOT, here
from tests.e2e.terminal import run

PROGRAM = """
import asyncio
from agent_framework import Executor, WorkflowBuilder
open("{mark}", "w").close()
a, b, c = (Executor(id=name) for name in ("upper", "exclaim", "reverse"))
workflow = WorkflowBuilder(start_executor=a, name="linear").add_edge(a, b).add_edge(b, c).build()
if __name__ == "__main__":
    asyncio.run(workflow.run("hi"))
"""

STARTS = "#!/bin/sh\ntouch {mark}\nexit 3\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a store, and programs that leave a mark when they are started; it is the current directory."""
    directory = tmp_path / "project"
    shutil.copytree(NEW / "linear", directory / "ck")
    monkeypatch.chdir(directory)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return directory


def add_program(directory: Path, name: str = "app.py") -> None:
    (directory / name).write_text(PROGRAM.format(mark=directory / "started"))


def add_suggestion(directory: Path) -> Path:
    """A project file that chooses an interpreter which leaves a mark."""
    python = directory / "python.sh"
    python.write_text(STARTS.format(mark=directory / "started"))
    python.chmod(0o755)
    (directory / "app.py").write_text("")
    path = directory / "ckpt-tui.toml"
    path.write_text('[resume]\nworkflow = "app.py:build"\npython = "./python.sh"\n')
    return path


def pasted(text: str) -> list[list[str]]:
    """The words of the command lines in a text."""
    return [shlex.split(line) for line in re.findall(r"^    (?:cd .* && )?(ckpt-tui resume .*)$", text, re.MULTILINE)]


class TestWithoutATerminal:
    def test_candidates_are_command_lines_to_paste_and_none_is_started(self, project: Path) -> None:
        add_program(project, "my app.py")
        done = here("resume", "ck", "latest", "--yes", "--input", "a b", "--", "--topic", "tea time")
        assert done.code == 2
        assert "my app.py: names “linear”, upper, exclaim and 1 more; runs a workflow" in done.err
        (words,) = pasted(done.err)
        assert words[:6] == ["ckpt-tui", "resume", "ck", "latest", "--workflow", "my app.py"]
        assert words[words.index("--input") + 1] == "a b" and "--yes" in words
        assert words[words.index("--") :] == ["--", "--topic", "tea time"]
        assert not (project / "started").exists() and not done.out

    def test_a_line_from_elsewhere_goes_to_the_directory_of_the_program(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add_program(project)
        monkeypatch.chdir(project.parent)
        done = here("resume", "project/ck", "latest", "--check")
        assert f"cd {project} && ckpt-tui resume {project / 'ck'} latest --workflow app.py" in done.err
        assert not (project / "started").exists()

    def test_where_nothing_fits_it_says_how_a_program_is_named(self, project: Path) -> None:
        done = here("resume", "ck", "latest")
        assert done.code == 2
        assert "Which program? Name it with --workflow app.py" in done.err
        assert "None was found that fits" in done.err

    @pytest.mark.parametrize("word", ["--yes", "--check"])
    @pytest.mark.parametrize("place", ["ck", "."])
    def test_what_a_project_file_suggests_is_named_in_full_and_not_started(
        self, place: str, word: str, project: Path
    ) -> None:
        path = add_suggestion(project / place)
        done = here("resume", "ck", "latest", word)
        assert done.code == 2
        assert f"{path} suggests --workflow" in done.err
        assert str(path.parent / "python.sh") in done.err or "python.sh" in pasted(done.err)[0]
        assert (f"{path} lies inside the store. It would start:" in done.err) == (place == "ck")
        assert ("only if you know who wrote the file" in done.err) == (place == "ck")
        assert not (path.parent / "started").exists()

    def test_an_environment_inside_the_store_is_not_started_for_a_program_that_was_named(
        self, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        python = project / "ck" / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(STARTS.format(mark=project / "started"))
        python.chmod(0o755)
        (project / "app.py").write_text("")
        monkeypatch.chdir(project / "ck")
        done = here("resume", ".", "latest", "--workflow", "../app.py:build", "--check")
        assert done.code == 5
        assert not (project / "started").exists()


class TestAtATerminal:
    @pytest.mark.parametrize("answer", ["", "y", "no", "YES"])
    def test_what_lies_in_the_store_is_started_only_after_yes_in_full(self, answer: str, project: Path) -> None:
        path = add_suggestion(project / "ck")
        with run("resume", "ck", "latest", "--yes", columns=250) as terminal:
            terminal.shows("lies inside the store.", "Type yes to start it")
            assert str(path.parent / "python.sh") in re.sub(r"\s", "", terminal.text)
            terminal.press(f"{answer}\r")
            terminal.shows("Nothing was started.")
            assert terminal.exit_code() == 5
        assert not (project / "ck" / "started").exists()

    def test_yes_in_full_starts_what_was_named(self, project: Path) -> None:
        add_suggestion(project / "ck")
        with run("resume", "ck", "latest", "--yes") as terminal:
            terminal.shows("Type yes to start it")
            terminal.press("yes\r")
            assert terminal.exit_code() == 5
        assert (project / "ck" / "started").exists()

    def test_a_project_file_of_ones_own_is_asked_about_once(self, project: Path) -> None:
        add_suggestion(project)
        with run("resume", "ck", "latest", "--yes") as terminal:
            terminal.shows("Start it? [y/N]", "python.sh")
            terminal.press("\r")
            terminal.shows("Nothing was started.")
        assert not (project / "started").exists()
        with run("resume", "ck", "latest", "--yes") as terminal:
            terminal.shows("Start it? [y/N]")
            terminal.press("y\r")
            assert terminal.exit_code() == 5
        assert (project / "started").exists()

    def test_candidates_are_not_asked_about(self, project: Path) -> None:
        add_program(project)
        with run("resume", "ck", "latest") as terminal:
            terminal.shows("app.py: names “linear”", "Which program?")
            assert terminal.exit_code() == 2
        assert not (project / "started").exists()
