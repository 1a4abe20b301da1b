"""`ckpt_tui.cli.completed_words`, asked as a shell does, and by bash itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ckpt_tui.cli import completed_words
from ckpt_tui.stores.base import Store
from tests.cli.commands import NEW, ROOT, command
from tests.support.small_stores import write

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


@pytest.mark.parametrize(("limit", "is_busy"), [("WORK", True), ("LONGEST", False)])
def test_a_store_that_takes_long_to_read_gives_nothing(
    limit: str, is_busy: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()

    def open_stores(paths: list[str]) -> Store:
        while not over.wait(None if not is_busy else 0):
            pass
        raise AssertionError

    monkeypatch.setattr(completed_words, "open_stores", open_stores)
    monkeypatch.setattr(completed_words, limit, 0.01)
    try:
        assert completed_words.ids_in((str(STORE),), "") == []
    finally:
        over.set()


def test_a_store_below_the_home_directory_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "store", "one")
    monkeypatch.setenv("HOME", str(tmp_path))
    for typed in ("~/store", "$HOME/store"):
        assert [item.value for item in completed_words.ids_in((typed,), "o")] == ["one"]


ODD = ("$(touch canary)", "`touch canary`", "a b", "x;y", "it's", 'q"q', "*", "a:b", "-rf", "!!", "~")


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A directory with the program in it, and a store whose ids mean something to a shell."""
    program = tmp_path / "ckpt-tui"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m ckpt_tui "$@"\n')
    program.chmod(0o755)
    for name in ODD:
        write(tmp_path / "my store", name, workflow_name="two words")
    return tmp_path


def in_bash(directory: Path, script: str) -> str:
    """What bash prints that completes with our function; `ask WORD...` completes the last of these words."""
    head = """
    compopt() { :; }
    eval "$(ckpt-tui completion bash)"
    ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ckpt_tui_completion ckpt-tui "${@: -1}" x; }
    """
    environment = {**os.environ, "PATH": f"{directory}:{os.environ['PATH']}", "HOME": str(directory)}
    done = subprocess.run(
        ["bash", "-c", head + script], env=environment, cwd=directory, capture_output=True, text=True, check=True
    )
    assert not done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
class TestBash:
    def test_puts_an_id_on_the_line_that_means_just_that_id(self, odd: Path) -> None:
        out = in_bash(odd, r"""ask ckpt-tui show 'my\ store' ''; eval "printf '%s\n' ${COMPREPLY[*]}" """)
        assert set(out.splitlines()) == {"latest", *ODD} - {"-rf"}
        assert not (odd / "canary").exists()

    def test_offers_within_quotes_only_what_needs_no_other_quotes(self, odd: Path) -> None:
        out = in_bash(odd, """ask ckpt-tui show '"my store"' '"'; printf '%s\n' "${COMPREPLY[@]}" """)
        assert set(out.splitlines()) == {"latest", "a b", "x;y", "*", "a:b", "~"}

    @pytest.mark.parametrize(
        ("words", "found"),
        [
            ("ckpt-tui ls 'my\\ store' --workflow = tw", "two\\ words"),
            ("ckpt-tui ls 'my\\ store' --workflow tw", "two\\ words"),
            ("ckpt-tui diff 'my\\ store' a : ''", "b"),
            ("ckpt-tui diff 'my\\ store' a : b", "b"),
            ("ckpt-tui export 'my\\ store' --format = m", "md"),
            ("ckpt-tui ls 'my\\ store' --run 'a\\ '", "a\\ b"),
        ],
    )
    def test_completes_what_is_behind_a_sign_at_which_it_breaks_words(self, odd: Path, words: str, found: str) -> None:
        assert in_bash(odd, f"ask {words}; printf '%s\\n' \"${{COMPREPLY[@]}}\"").splitlines() == [found]


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish")
def test_fish_completes_values_behind_an_equals_sign_and_words_with_blanks(odd: Path) -> None:
    lines = [
        "ls 'my store' --workflow=",
        "ls my\\ store --workflow tw",
        "export 'my store' --format=h",
        "run x.py -- my",
    ]
    script = "ckpt-tui completion fish | source; " + "; ".join(f'complete -C "ckpt-tui {line}"' for line in lines)
    environment = {**os.environ, "PATH": f"{odd}:{os.environ['PATH']}", "HOME": str(odd)}
    done = subprocess.run(
        ["fish", "--no-config", "-c", script], env=environment, cwd=odd, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["--workflow=two words", "two words", "--format=html", "my store/"]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="there is no zsh")
def test_zsh_completes_values_behind_an_equals_sign_and_quotes_what_it_puts_on_the_line(odd: Path) -> None:
    script = r"""
    zmodload zsh/zpty
    zpty shell zsh -f -i
    tell() { zpty -w shell "$1"; }
    until_said() { local said= part=; while [[ $said != *$~1* ]]; do zpty -r shell part || break; said+=$part; done }
    tell 'PS1="> "; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -D'
    tell 'eval "$(ckpt-tui completion zsh)"; ask() { print -r -- "<$#:${(j:|:)@}>" >> asked; print do""ne; }'
    tell 'ckpt-tui() { ask "$@" }; commands[ckpt-tui]=$PWD/ckpt-tui; print rea""dy'
    until_said ready
    for line in 'ls my\ store --workflow=' 'show "my store" \$' 'export my\ store --format=h'; do
        tell "ckpt-tui $line"$'\t'
        until_said done
    done
    """
    environment = {**os.environ, "PATH": f"{odd}:{os.environ['PATH']}", "HOME": str(odd), "TERM": "dumb"}
    subprocess.run(["zsh", "-f", "-c", script], env=environment, cwd=odd, capture_output=True, check=True, timeout=120)
    assert (odd / "asked").read_text().splitlines() == [
        "<3:ls|my store|--workflow=two words>",
        "<3:show|my store|$(touch canary)>",
        "<3:export|my store|--format=html>",
    ]
    assert not (odd / "canary").exists()


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
