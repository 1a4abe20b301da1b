"""What every verb has besides its own: a help that begins with examples."""

from __future__ import annotations

from collections.abc import Iterable
from types import MethodType

import click

from ckpt_tui.cli.examples import EXAMPLES

_COLUMNS = 56
"""Columns of most examples; what they do begins after that."""


def write_examples(formatter: click.HelpFormatter, examples: Iterable[tuple[str, str]]) -> None:
    """Write the section of examples: each a line after `ckpt-tui`, and what it does."""
    with formatter.section("Examples"):
        for line, what in examples:
            formatter.write(f"  {f'ckpt-tui {line}':<{_COLUMNS}}  # {what}\n")


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
