"""The person's own directories: configuration, state and cache; none is beside checkpoints.

The places are those of the system: `~/.config`, `~/.local/state` and `~/.cache` on Linux, `~/Library/Application
Support` and `~/Library/Caches` on macOS, `%LOCALAPPDATA%` on Windows. `$XDG_CONFIG_HOME`, `$XDG_STATE_HOME` and
`$XDG_CACHE_HOME` name other ones, on every system.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import platformdirs

_NAME = "ckpt-tui"

_NOWHERE = os.path.join(os.sep, "nonexistent", _NAME)
"""The place where there is no home, as in a container that runs under any user id: nothing is read or kept."""


def config_file() -> str:
    """`config.toml`: `$CKPT_TUI_CONFIG`, else in the directory that the system has for configuration."""
    return os.environ.get("CKPT_TUI_CONFIG") or os.path.join(
        _place("XDG_CONFIG_HOME", platformdirs.user_config_dir), "config.toml"
    )


def state_directory() -> str:
    """The directory for data that is kept between sessions."""
    return _place("XDG_STATE_HOME", platformdirs.user_state_dir)


def cache_directory() -> str:
    """The directory for data that may be deleted at any time."""
    return _place("XDG_CACHE_HOME", platformdirs.user_cache_dir)


def _place(variable: str, usual: Callable[..., str]) -> str:
    """Our directory below the one that a variable names, else the usual one; never one in the current directory."""
    base = os.environ.get(variable)
    if base:
        return os.path.join(base, _NAME)
    try:
        found = usual(_NAME, appauthor=False)
    except RuntimeError:  # the home is not known
        return _NOWHERE
    return found if os.path.isabs(found) else _NOWHERE  # older releases leave a "~" in it
