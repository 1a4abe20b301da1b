"""Configuration and state are where each system has them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ckpt_tui.user_directories import cache_directory, config_file, state_directory

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the places of Linux")


def places_on(system: str, **environment: str) -> list[str]:
    """What a system's Python would say: the classes of its places are chosen by its name when they are imported."""
    code = (
        f"import sys; sys.platform = {system!r};"
        "from ckpt_tui.user_directories import cache_directory, config_file, state_directory;"
        "print(config_file()); print(state_directory()); print(cache_directory())"
    )
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "CKPT_TUI_"))}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=bare | environment, capture_output=True, text=True, check=True
    )
    return ran.stdout.splitlines()


@ON_LINUX
def test_on_linux_they_are_the_places_of_the_free_desktops(tmp_path: Path) -> None:
    home = str(tmp_path)
    assert places_on("linux", HOME=home) == [
        f"{home}/.config/ckpt-tui/config.toml", f"{home}/.local/state/ckpt-tui", f"{home}/.cache/ckpt-tui"
    ]  # fmt: skip


def test_on_macos_they_are_in_application_support(tmp_path: Path) -> None:
    library = f"{tmp_path}/Library/Application Support/ckpt-tui"
    assert places_on("darwin", HOME=str(tmp_path)) == [
        f"{library}/config.toml", library, f"{tmp_path}/Library/Caches/ckpt-tui",
    ]  # fmt: skip


NAMELESS = """
import os
from ckpt_tui.user_directories import cache_directory, config_file, state_directory
os.setuid(54321)
print(config_file(), state_directory(), cache_directory())
"""


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="a user without a name, as root alone can be")
def test_without_a_home_nothing_is_kept_in_the_current_directory() -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "CKPT_TUI_", "HOME"))}
    done = subprocess.run([sys.executable, "-c", NAMELESS], env=bare, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {"/nonexistent/ckpt-tui/config.toml", "/nonexistent/ckpt-tui"}


def test_variables_name_other_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert config_file() == str(tmp_path / "config" / "ckpt-tui" / "config.toml")
    assert state_directory() == str(tmp_path / "state" / "ckpt-tui")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert cache_directory() == str(tmp_path / "cache" / "ckpt-tui")
    monkeypatch.setenv("CKPT_TUI_CONFIG", "/elsewhere.toml")
    assert config_file() == "/elsewhere.toml"
