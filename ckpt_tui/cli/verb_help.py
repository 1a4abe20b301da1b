"""What every verb has besides its own: a help that begins with examples."""

from __future__ import annotations

from collections.abc import Sequence
from types import MethodType

import click

from ckpt_tui.cli.examples import EXAMPLES

_COLUMNS = 56
"""Columns of most examples in a wide terminal; what they do begins after that."""

_WIDE = 96
"""Columns of a wide terminal, less the margin that click leaves."""


def write_examples(formatter: click.HelpFormatter, examples: Sequence[tuple[str, str]]) -> None:
    """Write the section of examples: each a line after `ckpt-tui`, and what it does behind it, or below it."""
    columns = _COLUMNS if formatter.width >= _WIDE else max(len(f"ckpt-tui {line}") for line, _ in examples)
    fits = formatter.width >= _WIDE or all(columns + len(f"    # {what}") <= formatter.width for _, what in examples)
    with formatter.section("Examples"):
        for line, what in examples:
            command = f"  {f'ckpt-tui {line}':<{columns}}"
            formatter.write(f"{command}  # {what}\n" if fits else f"{command.rstrip()}\n      # {what}\n")


def examples_first(command: click.Command, verb: str) -> None:
    """Make the help of a verb begin with its examples."""

    def format_help(self: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.format_usage(ctx, formatter)
        write_examples(formatter, EXAMPLES[verb])
        self.format_help_text(ctx, formatter)
        self.format_options(ctx, formatter)
        self.format_epilog(ctx, formatter)

    if verb in EXAMPLES:
        command.format_help = MethodType(format_help, command)  # type: ignore[method-assign]
