"""`ckpt-tui demo` where there is no terminal; the browser's part is tested with the browser."""

import shutil
from pathlib import Path

import click
import pytest

from ckpt_tui import __version__
from ckpt_tui.cli.command_line import cli
from tests.cli.commands import Output, called, command


@pytest.fixture
def output(capfdbinary: Output) -> Output:
    return capfdbinary


def test_it_writes_a_store_that_can_be_listed_and_shown(output: Output, tmp_path: Path) -> None:
    directory = tmp_path / "new" / "demo"
    done = called(output, "demo", directory)
    assert (done.code, done.out) == (0, f"{directory}\n")
    document = called(output, "ls", directory, "--json").document
    assert document["problems"] == []
    assert {"waiting", "done"} <= {entry["status"] for entry in document["checkpoints"]}
    for entry in document["checkpoints"]:
        assert called(output, "show", directory, entry["id"], "--json").code == 0


def test_json_says_where_the_store_is(output: Output, tmp_path: Path) -> None:
    done = called(output, "demo", tmp_path / "demo", "--json")
    assert done.code == 0
    assert done.document == {"schema": "ckpt-tui/demo@1", "path": str(tmp_path / "demo")}
    assert called(output, "ls", done.document["path"], "--json").document["checkpoints"]
    assert called(output, "demo", "--json").code == 2


# `completion` prints lines for a shell, and `mcp` speaks a protocol.
@pytest.mark.parametrize(
    "verb", [verb for verb in cli.list_commands(click.Context(cli)) if verb not in ("completion", "mcp")]
)
def test_every_verb_has_json(output: Output, verb: str) -> None:
    assert "--json" in called(output, verb, "--help").out


def test_a_directory_that_holds_something_is_refused(output: Output, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    done = called(output, "demo", tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "is not empty" in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_file_in_the_way_is_explained(output: Output, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert called(output, "demo", tmp_path / "file").code == 2


def test_without_a_terminal_it_asks_for_a_directory(output: Output) -> None:
    done = called(output, "demo")
    assert (done.code, done.out) == (2, "")
    assert "ckpt-tui demo DIR" in done.err


@pytest.mark.parametrize("interval", ["0", "-1", "soon"])
def test_an_interval_that_is_none_is_refused(output: Output, tmp_path: Path, interval: str) -> None:
    done = called(output, "demo", tmp_path / "demo", "--interval", interval)
    assert done.code == 2
    assert not (tmp_path / "demo").exists()


def test_a_copy_of_it_is_a_store_like_any_other(output: Output, tmp_path: Path) -> None:
    called(output, "demo", tmp_path / "demo")
    shutil.copytree(tmp_path / "demo", tmp_path / "copy")
    listed, copied = (called(output, "ls", tmp_path / name).out for name in ("demo", "copy"))
    assert listed == copied


def test_help_and_version_are_printed() -> None:
    assert command("--version").out == f"ckpt-tui, version {__version__}\n"
    for args in (["--help"], ["-h"], ["ls", "-h"], ["show", "--help"], ["demo", "--help"], [".", "--help"]):
        done = command(*args)
        assert done.code == 0
        assert done.out.startswith("Usage: ckpt-tui ")
        assert "\0" not in done.out
