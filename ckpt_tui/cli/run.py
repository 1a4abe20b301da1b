"""`ckpt-tui run`: a program as it is, started under the debugger."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import click

from ckpt_tui.actions.debugging.session_checkpoints import find_checkpoint
from ckpt_tui.actions.debugging.session_record import Unfinished, unfinished
from ckpt_tui.actions.resume.interpreters import interpreter
from ckpt_tui.actions.resume.plan import GraphThread, Source, Target, is_path, make_plan, parts
from ckpt_tui.actions.resume.proposals import with_python
from ckpt_tui.actions.resume.sources import source_in
from ckpt_tui.actions.resume.targets import anchored
from ckpt_tui.actions.resume.used_framework import LANGGRAPH, used_framework
from ckpt_tui.cli.completed_words import complete_files
from ckpt_tui.cli.pause_options import pausing_options, pausing_session
from ckpt_tui.cli.run_output import Follower
from ckpt_tui.core.shell_words import shell_line
from ckpt_tui.core.text import clean
from ckpt_tui.errors import NotFoundError, UsageError
from ckpt_tui.stores.registry import open_store

DIRECTORY = ".ckpt-tui"
"""Where checkpoints of runs go, below the current directory."""


@click.command("run")
@click.argument("program", metavar="PROGRAM", shell_complete=complete_files)
@click.argument(
    "arguments", nargs=-1, type=click.UNPROCESSED, metavar="[-- ARGS]", shell_complete=complete_files
)  # fmt: skip
@click.option(
    "--into",
    metavar="PLACE",
    shell_complete=complete_files,
    default="",
    help="Where checkpoints go: the directory .ckpt-tui/NAME-N, or the database .ckpt-tui/NAME-N.sqlite of a graph, "
    "when left out.",
)
@click.option("--allow", multiple=True, metavar="TYPE", help="A type to save and load, module:Class.")
@click.option(
    "--python", metavar="EXE", default="", help="The interpreter, or the virtual environment, that the program runs in."
)
@click.option(
    "--input", "inputs", multiple=True, metavar="LINE", help="A line for the program's input(), in the order it asks."
)
@pausing_options
@click.option("--yes", is_flag=True, help="Run without asking.")
@click.option("--reveal", is_flag=True, help="Show secrets instead of masking them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line, as it happens.")
def command(
    program: str, arguments: tuple[str, ...], into: str, allow: tuple[str, ...], python: str, inputs: tuple[str, ...],
    breaks: tuple[str, ...], step: bool, again: int | None, debugpy: int | None, yes: bool, reveal: bool, as_json: bool,
) -> int:  # fmt: skip
    """Run your program as it is, up to its first workflow or graph, and run that under the debugger.

    PROGRAM is app.py, or pkg.app as in python -m pkg.app; it runs a workflow of Agent Framework or a graph of
    LangGraph, with its own input. Each superstep is saved as a checkpoint in a directory, or for a graph a database, of
    its own, never in the program's store. --break and --step pause it between two
    supersteps; commands come from standard input: words, or lines of JSON with --json.

    Exit code 5: it could not be started, or failed; 6: it stopped because an answer is missing; 130: interrupted.
    """
    place, name = parts(program)
    if name:
        raise UsageError(
            f"{clean(program)} is a name in a program.", f"Run the program itself: ckpt-tui run {clean(place)}"
        )
    if is_path(place) and not os.path.isfile(place):
        raise NotFoundError(f"There is no file {clean(place)}.", "Name the program that runs your workflow.")
    if not yes and not sys.stdin.isatty():
        raise UsageError("A run needs your confirmation.", "Add --yes.")
    target = Target(program, interpreter(python) if python else "", {}, "", allow, arguments, inputs)
    framework = used_framework(target)
    if not python:
        target = with_python(target, "", framework)[0]
    beginning = Source("", "", "", thread=GraphThread("", "", "") if framework == LANGGRAPH else None)
    found = None if into or again else unfinished(workflow=anchored(target).workflow)
    if found is not None:
        _write_offer(found)
    if found is not None and not yes and click.confirm("Go on from there?", err=True):
        checkpoint = find_checkpoint(found.checkpoint, (found.directory,))[0]
        source = source_in(open_store(found.directory), checkpoint, allow=allow)
        plan = make_plan(source, target, found.directory if source.thread is None else "")  # no database is added to
        breaks, step = breaks or found.breaks, step or found.step
    else:
        plan = make_plan(beginning, target, run_place(program, into, beginning.suffix))
    plan = replace(plan, debugpy=debugpy or 0)
    click.echo(f"ckpt-tui: checkpoints go to {clean(plan.into)}", err=True)
    return Follower(
        plan, "run" if yes else "ask", as_json, reveal, pausing_session(plan, breaks, step, again, yes, always=True)
    ).follow()


def _write_offer(found: Unfinished) -> None:
    """Print that the last run of the program can be continued, and how."""
    words = ["ckpt-tui", "resume", os.path.relpath(found.directory), "latest"]
    words += [word for each in found.breaks for word in ("--break", each)] + (["--step"] if found.step else [])
    name = os.path.basename(found.directory)
    click.echo(f"ckpt-tui: the last run, {clean(name)}, {found.ended}; it goes on with", err=True)
    click.echo(f"    {shell_line(words)}", err=True)


def run_place(program: str, into: str, suffix: str) -> str:
    """Where the checkpoints of a run go.

    Args:
        program: The program.
        into: The place that the person names; "" for a new one.
        suffix: How its name ends: that of a database, or nothing for a directory.
    """
    if into and not (suffix and os.path.isdir(into)):
        return into
    stem = os.path.splitext(os.path.basename(program))[0] if is_path(program) else program.rpartition(".")[2]
    above, number = into or DIRECTORY, 1
    while any(os.path.lexists(os.path.join(above, f"{stem}-{number}{each}")) for each in ("", suffix)):
        number += 1
    return os.path.join(above, f"{stem}-{number}{suffix}")
