"""Where the person's own files are: configuration and state; nothing is ever written beside checkpoints."""

from __future__ import annotations

import os


def config_file() -> str:
    """`config.toml`: `$CKPT_TUI_CONFIG`, else in `$XDG_CONFIG_HOME/ckpt-tui`."""
    return os.environ.get("CKPT_TUI_CONFIG") or os.path.join(_home("XDG_CONFIG_HOME", ".config"), "config.toml")


def state_directory() -> str:
    """Directory for what is remembered between sessions: `$XDG_STATE_HOME/ckpt-tui`."""
    return _home("XDG_STATE_HOME", os.path.join(".local", "state"))


def _home(variable: str, fallback: str) -> str:
    base = os.environ.get(variable) or os.path.join(os.path.expanduser("~"), fallback)
    return os.path.join(base, "ckpt-tui")
