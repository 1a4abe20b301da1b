"""Proposes programs to resume with when none was named: prints command lines to paste, starts one only after a yes."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import click

from ckpt_tui.actions.resume.discovery import find
from ckpt_tui.actions.resume.interpreters import interpreter
from ckpt_tui.actions.resume.plan import FAILED, Source, Target, working_directory
from ckpt_tui.actions.resume.proposals import (
    Proposal,
    found_proposals,
    known_proposals,
    ordered,
    parts_to_start,
    short_path,
)
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.shell_words import shell_line, shell_word
from ckpt_tui.core.text import clean
from ckpt_tui.errors import UsageError


def target_to_start(source: Source, given: Target) -> Target:
    """What a project file suggests, once a person has agreed to start it.

    Args:
        source: The checkpoint.
        given: The options that were typed; no program.

    Raises:
        UsageError: there is no terminal to ask on, the answer is no, or nothing is suggested; the programs were
            printed.
    """
    known = known_proposals(source.store, source.framework, source.nodes)
    if known and sys.stdin.isatty():
        first = known[0]
        suggestion = _with_options(first.target, given)
        _say_what_starts(first, suggestion)
        if _agrees(first):
            return suggestion
        raise UsageError("Nothing was started.", "Name the program with --workflow.", FAILED)
    found = ordered([*known, *found_proposals(find(source).candidates)])
    for proposal in found:
        _say_proposal(proposal, _with_options(proposal.target, given))
    if not found:
        hint = "None was found that fits the checkpoint."
    elif all(proposal.question for proposal in found):
        hint = "Name your own program; paste a line from above only if you know who wrote the file that suggests it."
    else:
        hint = "Paste a line from above, or name another."
    raise UsageError("Which program? Name it with --workflow app.py, app.py:name or module:name.", hint)


def _with_options(target: Target, given: Target) -> Target:
    """A target that is proposed, with the options that were typed."""
    return replace(
        target, python=interpreter(given.python) if given.python else target.python,
        args={**target.args, **given.args}, storage=given.storage or target.storage,
        allow=tuple(dict.fromkeys((*target.allow, *given.allow))), arguments=given.arguments or target.arguments,
        inputs=given.inputs or target.inputs,
    )  # fmt: skip


def _say_what_starts(proposal: Proposal, target: Target) -> None:
    click.echo(f"{clean(proposal.question) or 'No program was named with --workflow.'}", err=True)
    click.echo(f"It would be started as {clean(proposal.reason)}:", err=True)
    for label, text in parts_to_start(target):
        click.echo(f"  {label:<12} {clean(text)}", err=True)


def _agrees(proposal: Proposal) -> bool:
    """Whether the person says yes: in full to what is in doubt, whatever --yes says about the run."""
    try:
        if proposal.question:
            return bool(click.prompt("Type yes to start it", default="no", show_default=False, err=True) == "yes")
        return click.confirm("Start it?", err=True)
    except click.Abort:
        return False


def _say_proposal(proposal: Proposal, target: Target) -> None:
    """Print a proposal, with the command line that starts it."""
    sign = "!" if proposal.question else "•"
    said = f"{clean(proposal.program)}: {clean(proposal.reason)}"
    if proposal.origin == "suggested":
        said = f"{clean(proposal.file)} suggests --workflow {clean(proposal.program)}"
    click.echo(f"{sign} {said}", err=True)
    if proposal.question:
        click.echo(f"    {clean(proposal.question)} It would start:", err=True)
        for label, text in parts_to_start(target):
            click.echo(f"      {label:<12} {clean(text)}", err=True)
    if proposal.remark:
        click.echo(f"    {clean(proposal.remark)}", err=True)
    click.echo(f"    {clean(_command_line(proposal, target))}", err=True)


def _command_line(proposal: Proposal, target: Target) -> str:
    """The command line that was typed, with a program named, ready to paste in the current directory."""
    context = click.get_current_context()
    typed = dict(context.params)
    directory = target.directory
    is_here = not directory or os.path.realpath(directory) == os.path.realpath(working_directory())
    typed.update(
        workflow=proposal.program, python=short_path(target.python) if is_here else target.python,
        arguments=tuple(f"{name}={dumps(value, None)}" for name, value in target.args.items()),
        storage=target.storage, allow=target.allow, inputs=target.inputs,
    )  # fmt: skip
    if not is_here:
        typed["store"] = os.path.abspath(typed["store"])
        typed["into"] = typed["into"] and os.path.abspath(typed["into"])
    words = ["ckpt-tui", "resume", typed["store"], typed["checkpoint"]]
    for option in context.command.params:
        value = typed.get(option.name or "")
        if not isinstance(option, click.Option) or not value:
            continue
        flag = option.opts[0]
        if option.is_flag:
            words.append(flag)
        else:
            for each in value if option.multiple else (value,):
                words += [flag, str(each)]
    words += ["--", *target.arguments] if target.arguments else []
    line = shell_line(words)
    return line if is_here else f"cd {shell_word(directory)} && {line}"
