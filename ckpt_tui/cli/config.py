"""`ckpt-tui config`: what is set, where, and what is wrong with it."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from typing import Any

import click

from ckpt_tui.cli.output import json_option, paint, write, write_json, write_lines
from ckpt_tui.configuration import Config, load, made_file
from ckpt_tui.core.text import clean
from ckpt_tui.errors import CkptError, UsageError
from ckpt_tui.user_directories import config_file


@click.command("config")
@click.argument("what", type=click.Choice(["show", "check", "path", "edit"]), metavar="show|check|path|edit")
@json_option
def command(what: str, as_json: bool) -> int:
    """What is configured: show it, check it, print the path of the file, or edit it.

    check names unknown tables, keys, themes, commands and key names, and ends with 1 where something is wrong.
    edit makes the file where there is none, opens it in $VISUAL or $EDITOR, and checks it.
    """
    if what == "path" and not as_json:
        write(config_file())
        return 0
    if what == "edit":
        _edit()
        what = "check"
    try:
        config = load()
        problems = _problems(config)
    except CkptError as error:
        if what == "show":
            raise
        config, problems = Config(), [("file", error.what, error.hint)]
    if as_json:
        write_json(_document(config, problems))
    elif what == "show":
        write_lines(_shown(config, len(problems)))
    else:
        write_lines(_wrong(problems))
    return 1 if what == "check" and problems else 0


def _problems(config: Config) -> list[tuple[str, str, str]]:
    from ckpt_tui.tui.configuration_check import complaints  # textual knows the names of keys and themes

    return [(one.where, one.reason, one.hint) for one in complaints(config)]


def _edit() -> None:
    path = config_file()
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        raise UsageError("There is no editor.", f"Set $EDITOR, or edit {path}.")
    try:
        made = made_file()
    except OSError as error:
        raise UsageError(f"{path} cannot be made: {error.strerror}.") from None
    try:
        code = subprocess.run([*shlex.split(editor), made], check=False).returncode
    except OSError as error:
        raise UsageError(f"{editor} cannot be started: {error.strerror}.", f"Set $EDITOR, or edit {path}.") from None
    except ValueError as error:  # a quotation mark without its partner
        raise UsageError(f"{editor} cannot be started: {error}.", f"Set $EDITOR, or edit {path}.") from None
    if code:
        raise UsageError(f"{editor} ended with {code}; {path} was not looked at.", "`ckpt-tui config check` does that.")


def _document(config: Config, problems: list[tuple[str, str, str]]) -> dict[str, Any]:
    return {
        "schema": "ckpt-tui/config@1", "file": config_file(), "exists": os.path.exists(config_file()),
        "theme": config.theme, "mouse": config.mouse, "cache": config.cache, "keys": dict(config.keys),
        "ignore": dict(config.ignore), "noise": dict(config.ignore),  # its former name
        "problems": [{"where": where, "reason": reason, "hint": hint} for where, reason, hint in problems],
    }  # fmt: skip


def _shown(config: Config, wrong: int) -> Iterator[str]:
    path = config_file()
    yield f"{clean(path)}{'' if os.path.exists(path) else paint('  (there is none: everything is as usual)', dim=True)}"
    for name, value, variable in (
        ("theme", config.theme or "ckpt-dark", "CKPT_TUI_THEME"),
        ("mouse", "true" if config.mouse else "false", "CKPT_TUI_MOUSE"),
        ("cache", "true" if config.cache else "false", "CKPT_TUI_CACHE"),
    ):
        where = f"  (from {variable})" if os.environ.get(variable) else ""
        yield f"{name:<8}{clean(str(value))}{paint(where, dim=True)}"
    for title, table in (("keys", config.keys), ("ignore", config.ignore)):
        for name, value in table.items():
            yield f"{title:<8}{clean(name)} = {clean(str(value))}"
    if wrong:
        yield paint("! ", fg="yellow") + f"{wrong} of it {'is' if wrong == 1 else 'are'} wrong: ckpt-tui config check"


def _wrong(problems: list[tuple[str, str, str]]) -> Iterator[str]:
    for where, reason, hint in problems:
        joint = " " if reason.endswith(".") else "; "
        yield f"{paint('!', fg='red')} {clean(where)}: {clean(reason)}" + (joint + clean(hint) if hint else "")
    if not problems:
        yield f"{clean(config_file())}: nothing wrong"
