"""The configuration file: keys, theme, mouse, what a diff leaves out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ckpt_tui.errors import UsageError, missing_configuration
from ckpt_tui.user_directories import config_file


class Config(NamedTuple):
    """The settings of the configuration file.

    Attributes:
        theme: Name of a theme; "" for our own.
        mouse: Whether the mouse is used.
        keys: Command id → keys, comma separated.
        cache: Whether the headers of large directories are kept for the next start.
        unknown: Tables and keys of the file that are unknown.
        ignore: What a diff hides: name of a rule → false, or a list of paths (`core.diff.ignore_rules.configured`).
    """

    theme: str = ""
    mouse: bool = True
    keys: Mapping[str, str] = MappingProxyType({})
    ignore: Mapping[str, Any] = MappingProxyType({})
    cache: bool = True
    unknown: tuple[str, ...] = ()


OFF = ("0", "no", "off", "false")
"""Values of a variable that switch something off."""

MEMBERS = ("theme", "mouse", "cache", "keys", "ignore")
"""The tables and keys that a file may have, with their types."""

FORMER = "noise"
"""The former name of the table `[ignore]`, which still counts."""


TEMPLATE = """\
# ckpt-tui: docs/configuration.md explains every line.

# theme = "ckpt-light"        # ckpt-dark, ckpt-light, or a theme of Textual; the palette (:) previews them
# mouse = false               # leaves the mouse to the terminal
# cache = false               # keeps no index of the headers of large directories

[keys]                        # command id = keys; docs/keys.md lists the ids
# "view.zoom" = "alt+z"

[ignore]                      # what a diff hides
# timestamps = false
# cache = ["state.cache", "state.**.ms"]
"""


def made_file() -> str:
    """The path of the file of settings, which is made from a template where there is none.

    Raises:
        OSError: it cannot be made.
    """
    path = config_file()
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "x", encoding="utf-8") as file:
            file.write(TEMPLATE)
    return path


def load(path: str | None = None, environment: Mapping[str, str] = os.environ) -> Config:
    """Read the configuration; a missing file is an empty one.

    `CKPT_TUI_THEME`, `CKPT_TUI_MOUSE` and `CKPT_TUI_CACHE` win over it.

    Raises:
        UsageError: the file is not valid TOML, or an entry has the wrong type.
    """
    path = path or config_file()
    try:
        with open(path, "rb") as file:
            table = _parse(path, file.read())
    except FileNotFoundError:
        if environment.get("CKPT_TUI_CONFIG") == path:
            raise missing_configuration(path) from None
        table = {}
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    theme = environment.get("CKPT_TUI_THEME") or _take(table, "theme", str, "", path)
    mouse = _take(table, "mouse", bool, True, path)
    if environment.get("CKPT_TUI_MOUSE"):
        mouse = environment["CKPT_TUI_MOUSE"] not in OFF
    keys = _take(table, "keys", dict, {}, path)
    for name, value in keys.items():
        if isinstance(value, dict) and value:  # of TOML's tables: a dot outside of quotes begins another one
            raise UsageError(f'{path}: keys.{name}: a command is written in quotes: "{name}.{next(iter(value))}".')
        if not isinstance(value, str):
            raise UsageError(f'{path}: keys.{name} must be text such as "ctrl+n,j".')
    ignore = {**_take(table, FORMER, dict, {}, path), **_take(table, "ignore", dict, {}, path)}
    cache = _take(table, "cache", bool, True, path)
    if environment.get("CKPT_TUI_CACHE"):
        cache = environment["CKPT_TUI_CACHE"] not in OFF
    unknown = tuple(name for name in table if name not in (*MEMBERS, FORMER))
    return Config(theme, mouse, keys, ignore, cache, unknown)


def _parse(path: str, data: bytes) -> dict[str, Any]:
    import tomllib  # late: needed only where there is such a file

    try:
        return tomllib.loads(data.decode("utf-8"))
    except ValueError as error:
        raise UsageError(f"{path} is not valid TOML: {error}.", "docs/configuration.md shows an example.") from None


def _take(table: dict[str, Any], name: str, kind: type, default: Any, path: str) -> Any:
    value = table.get(name, default)
    if not isinstance(value, kind):
        raise UsageError(f"{path}: {name} must be a {kind.__name__}, not {value!r}.")
    return value
