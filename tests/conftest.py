"""Keeps the developer's own machine out of the tests, and what every process would do again out of each of them."""

from __future__ import annotations

import compileall
import gc
import os
import sys
from collections.abc import Generator, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.lasting_directories import remove_lasting_directories

PACKAGE = Path(__file__).parents[1] / "ckpt_tui"

# How long a case takes, and how long to make one, is a matter of the machine and its load.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_xdist_auto_num_workers() -> int:
    """One process of tests more than there are processors: a test of the screen waits for half of its time."""
    return (os.cpu_count() or 1) + 1


def pytest_configure(config: pytest.Config) -> None:
    """Compile the package once: a program that starts would compile it each time where Python is to write nothing."""
    # Its own assertions are for the type checker; as a plugin of pytest it would be compiled a second time for them.
    getattr(config.pluginmanager.rewrite_hook, "_must_rewrite", set()).discard("ckpt_tui")
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(PACKAGE, quiet=2)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Keep the compiled tests for the next process, and make no garbage collector look through all of them."""
    writes_nothing, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    gc.disable()
    try:
        return (yield)
    finally:
        sys.dont_write_bytecode = writes_nothing
        gc.freeze()
        gc.enable()


def pytest_sessionfinish() -> None:
    """Remove what many tests have used; a process of xdist calls no exit handlers."""
    remove_lasting_directories()


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
