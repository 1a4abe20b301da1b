"""Writes the generated pages of docs/: `python -m tests.support.make_docs`. A test compares them with what is there."""

import re
from pathlib import Path

import click

from ckpt_tui.cli.command_line import cli
from ckpt_tui.tui.commands import COMMANDS, COPY_KEYS, Command
from ckpt_tui.tui.screens.dialogs import SCOPES

DOCS = Path(__file__).parents[2] / "docs"

_HEAD = """# The command line

*Generated from `--help` by `python -m tests.support.make_docs`; do not edit.*

`ID` is a full checkpoint id, a unique prefix, `latest`, or any of them followed by `~N` (N parents up).
`EXPR` is a [JMESPath](https://jmespath.org) expression over the JSON of `show`.
Data goes to stdout, narration to stderr. Colour is used only on a terminal; `NO_COLOR` turns it off.
The JSON documents are described in [json.md](json.md).

| exit code | means |
|---|---|
| 0 | fine |
| 1 | nothing found (`history`, `find`, `bisect`), a difference (`diff`), a failure (`check`), a file left (`prune`) |
| 2 | the call is wrong: an unknown option, an ambiguous id, not a JMESPath; or the output cannot be written |
| 3 | no such store or checkpoint |
| 4 | something could not be decoded, or could run code when it is loaded (`show`, `doctor`, `export`) |
| 5 | the run could not be started, or failed (`run`, `resume`) |
| 6 | the run stopped, or would stop, because an answer is missing (`run`, `resume`) |
| 130 | interrupted |
"""


def cli_page() -> str:
    """docs/cli.md."""
    parts = [_HEAD, _section("ckpt-tui", cli)]
    with click.Context(cli, info_name="ckpt-tui") as context:
        for name in cli.list_commands(context):
            command = cli.get_command(context, name)
            assert command is not None
            parts.append(_section(f"ckpt-tui {name}", command))
        browse = cli.get_command(context, "\0browse")
        assert browse is not None
        parts.insert(2, _section("ckpt-tui STORE", browse, "ckpt-tui"))
    return "\n".join(parts)


def _section(title: str, command: click.Command, name: str = "") -> str:
    settings = {**cli.context_settings, "terminal_width": 100, "max_content_width": 100}
    context = command.context_class(command, info_name=name or title, **settings)
    return f"## {title}\n\n```text\n{command.get_help(context)}\n```\n"


def keys_page() -> str:
    """docs/keys.md."""
    parts = [_KEYS_HEAD]
    for scope, title in SCOPES.items():
        parts += [f"## {title}\n", "| keys | does | id |", "|---|---|---|"]
        parts += [
            f"| {_key_text(command)} | {command.title} | `{command.id}` |"
            for command in COMMANDS
            if command.scope == scope
        ]
        if scope == "value":
            parts.append(f"\nAfter `y`: {', '.join(f'`{key}` {name}' for key, name in COPY_KEYS.items())}.")
        parts.append("")
    return "\n".join(parts)


def _key_text(command: Command) -> str:
    return " ".join(f"`{key}`" for key in (command.shown or command.keys).split(" "))


_KEYS_HEAD = """# Keys

*Generated from the table of commands by `python -m tests.support.make_docs`; do not edit.*

A number before a motion repeats it. `?` shows this list in the app, `:` runs a command by its name. Every key can be
changed in the configuration by its id (see the [guide](guide.md#configuration)); there, keys are named as Textual names
them: `ctrl+e`, `full_stop`, `question_mark`.
"""


def man_page() -> str:
    """docs/ckpt-tui.1, made from the same help."""
    lines = ['.TH CKPT-TUI 1 "" "ckpt-tui" "User Commands"', ".SH NAME"]
    lines += ["ckpt-tui \\- browse agent workflow checkpoints; decode every value without executing anything"]
    lines += [".SH SYNOPSIS", ".B ckpt-tui", "[STORE] | VERB [ARGS]...", ".SH DESCRIPTION", *_roff(cli.help or "")]
    with click.Context(cli, info_name="ckpt-tui") as context:
        names = cli.list_commands(context)
        for name in ("", *names):
            command = cli.get_command(context, name or "\0browse")
            assert command is not None
            title = f"ckpt-tui {name}".strip()
            lines.append(f".SH {title.upper() if name else 'CKPT-TUI STORE'}")
            settings = {**cli.context_settings, "terminal_width": 100, "max_content_width": 100}
            inner = command.context_class(command, info_name=title, **settings)
            lines += [".nf", *(_escaped(line) for line in command.get_help(inner).splitlines()), ".fi"]
    lines.append(".SH EXIT STATUS")
    for row in re.findall(r"^\| (\d+) \| (.*) \|$", _HEAD, re.MULTILINE):
        lines += [".TP", row[0], _escaped(row[1].replace("`", ""))]
    lines += [
        ".SH ENVIRONMENT",
        "CKPT_TUI_CONFIG, CKPT_TUI_THEME, CKPT_TUI_MOUSE, CKPT_TUI_CACHE, CKPT_TUI_CLIPBOARD, CKPT_TUI_DEBUG, NO_COLOR",
    ]
    lines += [".SH FILES", "$XDG_CONFIG_HOME/ckpt-tui/config.toml, $XDG_STATE_HOME/ckpt-tui/"]
    return "\n".join(lines) + "\n"


def _roff(text: str) -> list[str]:
    return [_escaped(line.strip()) or ".PP" for line in text.strip().splitlines()]


def _escaped(line: str) -> str:
    """A line as roff shows it: no request, and hyphens that can be copied."""
    line = line.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{line}" if line[:1] in (".", "'") else line


PAGES = {"cli.md": cli_page, "keys.md": keys_page, "ckpt-tui.1": man_page}


def main() -> None:
    """Write every page."""
    for name, make in PAGES.items():
        (DOCS / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
