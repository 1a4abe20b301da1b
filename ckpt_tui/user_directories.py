"""Where the person's own files are: configuration, state, what may be thrown away; none is beside checkpoints.

The places are those of the system: `~/.config`, `~/.local/state` and `~/.cache` on Linux, `~/Library/Application
Support` and `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows. `$XDG_CONFIG_HOME`, `$XDG_STATE_HOME` and
`$XDG_CACHE_HOME` name other ones, on every system.
"""

from __future__ import annotations

import os

import platformdirs

_NAME = "ckpt-tui"


def config_file() -> str:
    """`config.toml`: `$CKPT_TUI_CONFIG`, else in the directory that the system has for configuration."""
    return os.environ.get("CKPT_TUI_CONFIG") or os.path.join(
        _place("XDG_CONFIG_HOME", platformdirs.user_config_dir(_NAME, appauthor=False)), "config.toml"
    )


def state_directory() -> str:
    """The directory for what is remembered between sessions."""
    return _place("XDG_STATE_HOME", platformdirs.user_state_dir(_NAME, appauthor=False))


def cache_directory() -> str:
    """The directory for what may be deleted at any time."""
    return _place("XDG_CACHE_HOME", platformdirs.user_cache_dir(_NAME, appauthor=False))


def _place(variable: str, usual: str) -> str:
    """Our directory below the one that a variable names, else the usual one."""
    base = os.environ.get(variable)
    return os.path.join(base, _NAME) if base else usual
