"""`ckpt_tui.tui.clipboard`: where a copied text goes, and what is said of it."""

from __future__ import annotations

import base64
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ckpt_tui.tui.clipboard import OSC52_LIMIT, Copied, copy

TEXT = "顧客の注文\n👩‍👩‍👧 second line"


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A session without a display, in which only the terminal reaches the person."""
    for name in ("TMUX", "STY", "DISPLAY", "WAYLAND_DISPLAY", "CKPT_TUI_CLIPBOARD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "far away")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return monkeypatch


@pytest.fixture
def tmux(far_away: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[tuple[str, ...]]:
    """A server of tmux with its defaults, which the environment names."""
    if shutil.which("tmux") is None:
        pytest.skip("there is no tmux here")
    command = ("tmux", "-S", str(tmp_path / "socket"), "-f", "/dev/null")
    subprocess.run([*command, "new-session", "-d", "cat"], check=True, env={"PATH": "/usr/bin:/bin", "TERM": "xterm"})
    place = subprocess.run([*command, "display", "-p", "#{pid}"], check=True, capture_output=True, text=True).stdout
    far_away.setenv("TMUX", f"{tmp_path / 'socket'},{place.strip()},0")
    yield command
    subprocess.run([*command, "kill-server"], check=False)


def test_inside_of_tmux_the_text_is_in_its_buffer(tmux: tuple[str, ...]) -> None:
    written: list[str] = []
    assert copy(TEXT, written.append) == Copied("the tmux buffer", True)
    assert not written
    assert subprocess.run([*tmux, "show-buffer"], check=True, capture_output=True).stdout.decode() == TEXT


def test_what_a_terminal_is_sent_is_not_known_to_have_arrived(far_away: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    assert copy(TEXT, written.append) == Copied("the terminal, for the clipboard", False)
    assert base64.b64decode(written[0].removeprefix("\x1b]52;c;").removesuffix("\x07")).decode() == TEXT


def test_a_text_too_long_for_a_terminal_goes_to_a_file(far_away: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    done = copy("x" * OSC52_LIMIT, written.append)
    assert done.is_known and not written
    assert Path(done.where).read_text() == "x" * OSC52_LIMIT
