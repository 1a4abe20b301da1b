"""`ckpt_tui.cli.completed_words`, asked as a shell does, and by bash itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import NEW, ROOT, command

STORE = next(each for each in sorted(NEW.iterdir()) if each.is_dir() and len(list(each.glob("*.json"))) > 3)
IDS = {path.stem for path in STORE.glob("*.json")}


def offered(*words: str, directory: Path = ROOT) -> list[str]:
    """What is offered for the last of these words; files of the shell's own are `file:WORD`."""
    asked = {
        "COMP_WORDS": " ".join(("ckpt-tui", *words)),
        "COMP_CWORD": str(len(words)),
        "_CKPT_TUI_COMPLETE": "bash_complete",
    }
    done = subprocess.run(
        [sys.executable, "-m", "ckpt_tui"], env={**os.environ, "PYTHONPATH": str(ROOT), **asked}, cwd=directory,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert not done.stderr
    pairs = [line.partition(",") for line in done.stdout.splitlines() if line]
    return [f"file:{word}" if kind == "file" else word for kind, _, word in pairs]


def test_verbs_come_first() -> None:
    assert {"ls", "show", "resume", "run"} <= set(offered(""))
    assert offered("sh") == ["show"]


def test_a_path_is_left_to_the_shell() -> None:
    assert offered("./my") == ["file:./my"]
    assert offered("show", "/tm") == ["file:/tm"]


def test_a_directory_here_is_a_store(tmp_path: Path) -> None:
    (tmp_path / "orders").mkdir()
    assert offered("or", directory=tmp_path) == ["orders"]


def test_the_workflows_of_the_store_that_was_typed_are_offered() -> None:
    assert offered("ls", str(NEW / "fork_hitl"), "--workflow", "h") == ["hitl"]


@pytest.mark.parametrize(
    "words",
    [
        ("show", str(STORE)),
        ("diff", str(STORE)),
        ("resume", str(STORE)),
        ("history", str(STORE), "state", "--tip"),
        (str(STORE), "--at"),
    ],
)
def test_ids_of_the_store_that_was_typed_are_offered(words: tuple[str, ...]) -> None:
    assert set(offered(*words, "")) == {"latest", *IDS}
    one = min(IDS)
    assert offered(*words, one[:8]) == [one]


def test_a_store_that_is_not_there_gives_nothing_and_no_error() -> None:
    assert offered("diff", "/nowhere/at/all", "a") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_a_shell_reads_is_printed(shell: str) -> None:
    done = command("completion", shell)
    assert done.code == 0 and "_CKPT_TUI_COMPLETE" in done.out


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_a_verb_with_it(tmp_path: Path) -> None:
    program = tmp_path / "ckpt-tui"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m ckpt_tui "$@"\n')
    program.chmod(0o755)
    script = (
        'eval "$(ckpt-tui completion bash)"; COMP_WORDS=(ckpt-tui bis); COMP_CWORD=1; '
        '_ckpt_tui_completion ckpt-tui bis ckpt-tui; echo "${COMPREPLY[@]}"'
    )
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["bisect"]


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish")
def test_fish_completes_verbs_and_files_whose_name_has_a_comma(tmp_path: Path) -> None:
    program = tmp_path / "ckpt-tui"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m ckpt_tui "$@"\n')
    program.chmod(0o755)
    (tmp_path / "one,two.json").write_text("{}")
    script = 'ckpt-tui completion fish | source; complete -C "ckpt-tui bis"; complete -C "ckpt-tui check one,"'
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    done = subprocess.run(
        ["fish", "--no-config", "-c", script], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    bisect, file = done.stdout.splitlines()
    assert bisect == "bisect\tThe first checkpoint of the branch where an expression is true."
    assert file.split("\t")[0] == "one,two.json"


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish")
def test_fish_keeps_what_is_behind_a_comma_in_a_sentence(tmp_path: Path) -> None:
    source = command("completion", "fish").out
    script = f'{source}\nfunction env; echo "plain,one\tThis, and that."; end\ncomplete -C "ckpt-tui "'
    done = subprocess.run(
        ["fish", "--no-config", "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.splitlines() == ["one\tThis, and that."]
