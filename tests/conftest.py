"""Keeps the developer's own machine out of the tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

# Byte code is kept: each of a thousand programs that the tests start would compile the package again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

settings.register_profile("untimed", deadline=None)  # how long a case takes is a matter of the machine and its load
settings.load_profile("untimed")


def pytest_xdist_auto_num_workers() -> int:
    """One process of tests more than there are processors: a test of the screen waits for half of its time."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Empty directories. A numbered one of pytest's own takes longer the more there are: milliseconds for each test."""
    above = tmp_path_factory.mktemp("homes")

    def made() -> Iterator[Path]:
        for number in count():
            home = above / str(number)
            home.mkdir()
            yield home

    return made()


@pytest.fixture(autouse=True)
def nobody_at_home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty home, no configuration, no environment that changes what is shown."""
    home = next(homes)
    for name in (
        "CKPT_TUI_CONFIG",
        "CKPT_TUI_THEME",
        "CKPT_TUI_MOUSE",
        "CKPT_TUI_CACHE",
        "NO_COLOR",
        "PAGER",
        "EDITOR",
        "VISUAL",
    ):
        monkeypatch.delenv(name, raising=False)
    for name in ("TMUX", "DISPLAY", "WAYLAND_DISPLAY", "WATCHFILES_FORCE_POLLING", "TEXTUAL_THEME", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("CKPT_TUI_CLIPBOARD", "file")
