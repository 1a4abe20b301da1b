"""`ckpt-tui config`: what is set and what is wrong with it; and the samples of the docs."""

import os
import re
import tomllib
from pathlib import Path

import pytest
from textual.keys import Keys

from ckpt_tui.configuration import load
from ckpt_tui.core.checks.check_file import parse_checks
from ckpt_tui.errors import UsageError
from ckpt_tui.tui.commands import COMMANDS
from ckpt_tui.tui.configuration_check import complaints, is_key
from ckpt_tui.user_directories import config_file
from tests.cli.commands import Output, called

DOCS = Path(__file__).parents[2] / "docs"
SAMPLES = [
    pytest.param(text, id=f"{page.stem}-{number}")
    for page in sorted(DOCS.glob("*.md"))
    for number, text in enumerate(re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL), 1)
]


def written(text: str) -> Path:
    path = Path(config_file())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize("text", SAMPLES)
def test_every_sample_of_the_docs_is_right(text: str) -> None:
    if "[[check]]" in text:
        assert parse_checks(tomllib.loads(text))
    elif "[project" not in text and "[resume]" not in text:
        written(text)
        assert complaints(load()) == []


def test_an_editor_that_fails_is_not_taken_for_a_right_file(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: Output
) -> None:
    monkeypatch.setenv("EDITOR", "false")
    done = called(capfdbinary, "config", "edit")
    assert done.code == 2 and "false ended with 1" in done.err and not done.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('themee = "x"', "themee: unknown table or key; did you mean theme?"),
        ("[ignor]", "ignor: unknown table or key; did you mean ignore?"),
        ('theme = "nordd"', "theme: there is no theme nordd; did you mean nord?"),
        ('[keys]\n"view.zom" = "alt+z"', "keys.view.zom: unknown command; did you mean view.zoom?"),
        ('[keys]\n"view.zoom" = "question mark"', "keys.view.zoom: there is no key question mark"),
        ('[keys]\n"view.zoom" = "ctrl+e"', "keys.view.zoom: ctrl+e clashes with value.edit"),
        ("[ignore]\na = 3", "ignore: a must be false"),
        ("theme = 3", "theme must be a str"),
        ("[keys]\nview.zoom = 'alt+z'", 'a command is written in quotes: "view.zoom"'),
        ("not toml", "is not valid TOML"),
    ],
)
def test_what_is_wrong_is_named_with_what_was_meant(text: str, said: str, capfdbinary: Output) -> None:
    written(text)
    done = called(capfdbinary, "config", "check")
    assert done.code == 1 and said in done.out


def test_a_right_file_and_none_are_fine(capfdbinary: Output) -> None:
    assert "nothing wrong" in called(capfdbinary, "config", "check").out
    path = written('theme = "nord"\n[keys]\n"view.zoom" = "alt+z"\n')
    assert called(capfdbinary, "config", "check").code == 0
    shown = called(capfdbinary, "config", "show", "--json").document
    assert (shown["file"], shown["theme"], shown["keys"]) == (str(path), "nord", {"view.zoom": "alt+z"})
    assert called(capfdbinary, "config", "path").out == f"{path}\n"


def test_a_variable_that_names_no_file_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CKPT_TUI_CONFIG", str(tmp_path / "none.toml"))
    with pytest.raises(UsageError, match="names a file that is not there"):
        load(environment=os.environ)


@pytest.mark.parametrize("verb", ["ls", "show", "doctor", "find"])
def test_every_verb_that_reads_checkpoints_says_so(
    verb: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfdbinary: Output
) -> None:
    monkeypatch.setenv("CKPT_TUI_CONFIG", str(tmp_path / "none.toml"))
    done = called(capfdbinary, verb, str(tmp_path))
    assert done.code == 2
    assert "names a file that is not there" in done.err
    assert called(capfdbinary, verb, "--help").code == 0
    assert called(capfdbinary, "config", "path").out == f"{tmp_path / 'none.toml'}\n"


def test_where_a_value_comes_from_is_said(monkeypatch: pytest.MonkeyPatch, capfdbinary: Output) -> None:
    monkeypatch.setenv("CKPT_TUI_THEME", "nord")
    assert "theme   nord  (from CKPT_TUI_THEME)" in called(capfdbinary, "config", "show").out
    assert "cache   true\n" in called(capfdbinary, "config", "show").out
    monkeypatch.setenv("CKPT_TUI_CACHE", "off")
    assert "cache   false  (from CKPT_TUI_CACHE)" in called(capfdbinary, "config", "show").out


@pytest.mark.parametrize("editor", ["no-such-editor", "vi '"])
def test_an_editor_that_is_not_there_is_named(
    editor: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Output
) -> None:
    monkeypatch.setenv("CKPT_TUI_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", editor)
    done = called(capfdbinary, "config", "edit")
    assert done.code == 2 and f"{editor} cannot be started: " in done.err and "Errno" not in done.err
    monkeypatch.setenv("CKPT_TUI_CONFIG", str(tmp_path / "config.toml" / "below"))
    done = called(capfdbinary, "config", "edit")
    assert done.code == 2 and "cannot be made: " in done.err and "Errno" not in done.err


def test_edit_makes_a_file_that_is_right(monkeypatch: pytest.MonkeyPatch, capfdbinary: Output) -> None:
    assert called(capfdbinary, "config", "edit").code == 2
    monkeypatch.setenv("EDITOR", "true")
    done = called(capfdbinary, "config", "edit")
    assert done.code == 0 and Path(config_file()).exists()
    uncommented = Path(config_file()).read_text().replace("\n# ", "\n").replace("\nckpt-tui:", "\n#")
    written(uncommented)
    assert complaints(load()) == []


@pytest.mark.parametrize("key", sorted({key for command in COMMANDS for key in command.keys.split(",")}))
def test_the_keys_of_our_own_commands_are_known(key: str) -> None:
    assert is_key(key)


def test_unknown_keys_are_not() -> None:
    assert is_key(Keys.PageDown.value) and not is_key("") and not is_key("ctrl+") and not is_key("return key")


def test_a_reason_that_is_a_sentence_is_followed_by_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: Output
) -> None:
    monkeypatch.setenv("CKPT_TUI_CONFIG", str(tmp_path / "none.toml"))
    assert "none.toml. Make it, or unset it." in called(capfdbinary, "config", "check").out
