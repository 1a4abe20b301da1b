"""`ckpt-tui completion`: the script with which a shell completes verbs, options, files and ids."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from ckpt_tui.cli.output import write

_WHERE = {
    "bash": "~/.bashrc",
    "zsh": "~/.zshrc",
    "fish": "~/.config/fish/completions/ckpt-tui.fish",
}
VARIABLE = "_CKPT_TUI_COMPLETE"
"""The variable that the shell sets to ask; click derives it from the program's name."""


@click.command("completion")
@click.argument("shell", type=click.Choice(list(_WHERE)), metavar="SHELL")
def command(shell: str) -> int:
    """Print the script with which SHELL (bash, zsh or fish) completes verbs, options, files and ids of checkpoints.

    bash: put eval "$(ckpt-tui completion bash)" into ~/.bashrc; zsh: the same with zsh into ~/.zshrc; fish: write the
    output to ~/.config/fish/completions/ckpt-tui.fish.
    """
    found = get_completion_class(shell)
    assert found is not None
    parent = click.get_current_context().parent
    assert parent is not None
    source = found(parent.command, {}, "ckpt-tui", VARIABLE).source().rstrip("\n")
    # Click's script for fish would end words and what explains them at their first comma.
    write(source.replace('string split ","', 'string split --max 1 ","'))
    return 0
