"""`ckpt-tui resume`: run a workflow on from a checkpoint, its events as lines."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import click

from ckpt_tui.actions.resume.branch import branch_types
from ckpt_tui.actions.resume.document_edits import drop_of, parse_edit, parse_json
from ckpt_tui.actions.resume.interpreters import interpreter
from ckpt_tui.actions.resume.plan import FAILED, Source, Target, make_plan
from ckpt_tui.actions.resume.proposals import with_python
from ckpt_tui.actions.resume.sources import source_in
from ckpt_tui.actions.resume.targets import is_same_code, remembered
from ckpt_tui.cli.completed_words import complete_files, complete_ids
from ckpt_tui.cli.pause_options import pausing_options, pausing_session
from ckpt_tui.cli.program_choice import target_to_start
from ckpt_tui.cli.run_output import Follower
from ckpt_tui.cli.show import locate
from ckpt_tui.core.model import Checkpoint, PendingRequest
from ckpt_tui.core.reading.pending import requests
from ckpt_tui.core.text import clean
from ckpt_tui.errors import NotFoundError, UsageError
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.fork_directories import with_own_forks
from ckpt_tui.stores.registry import open_store


@click.command("resume")
@click.argument("store", metavar="STORE", shell_complete=complete_files)
@click.argument("checkpoint", metavar="ID", shell_complete=complete_ids)
@click.argument("program", nargs=-1, type=click.UNPROCESSED, metavar="[-- ARGS]")
@click.option(
    "--workflow",
    shell_complete=complete_files,
    metavar="TARGET",
    help="The program as it is, app.py or pkg.app; or a name in it, app.py:name or module:name: a workflow, a builder, "
    "a function that makes one, or an agent made of one. The last one for this store when left out.",
)
@click.option("--check", is_flag=True, help="Show what would happen, and end.")
@click.option(
    "--response",
    "responses",
    multiple=True,
    metavar="RID=JSON",
    help="An answer to a pending request; RID=@FILE reads it.",
)
@click.option(
    "--set",
    "edits",
    multiple=True,
    metavar="PATH=JSON",
    help="A value of state or messages to change first; the original stays as it is.",
)
@click.option(
    "--drop",
    "drops",
    multiple=True,
    metavar="PATH",
    help="A message in flight that is not delivered, messages.SOURCE[0]; the original stays as it is.",
)
@click.option(
    "--into",
    shell_complete=complete_files,
    metavar="DIR",
    default="",
    help="Where new checkpoints go: a new directory when left out. The store itself is a choice, too.",
)
@click.option("--allow", multiple=True, metavar="TYPE", help="A type to load, module:Class.")
@click.option(
    "--python",
    shell_complete=complete_files,
    metavar="EXE",
    default="",
    help="The interpreter, or the virtual environment, that the "
    "workflow runs in. It needs its framework, not ckpt-tui.",
)
@click.option("--arg", "arguments", multiple=True, metavar="K=JSON", help="An argument for the function.")
@click.option(
    "--storage",
    metavar="TARGET",
    default="",
    help="The function that makes the application's own storage, for the types it allows.",
)
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="LINE",
    help="A line for the program's input(), in the order in which it asks.",
)
@pausing_options
@click.option("--yes", is_flag=True, help="Run without asking.")
@click.option("--reveal", is_flag=True, help="Show secrets instead of masking them.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line, as it happens.")
def command(
    store: str, checkpoint: str, program: tuple[str, ...], workflow: str | None, check: bool,
    responses: tuple[str, ...], edits: tuple[str, ...], drops: tuple[str, ...], into: str, allow: tuple[str, ...],
    python: str, arguments: tuple[str, ...], storage: str, inputs: tuple[str, ...], breaks: tuple[str, ...], step: bool,
    again: int | None, debugpy: int | None, yes: bool, reveal: bool, as_json: bool,
) -> int:  # fmt: skip
    """Resume your workflow from a checkpoint, in your interpreter, in a process of its own.

    The program is started up to where it would run a workflow, and you see what would happen; the workflow runs once
    you say yes. Without --workflow, programs that fit are named as command lines, and none of them is started. New
    checkpoints go to a directory of their own, as a fork; the original is never changed.

    With --break or --step the run pauses between two supersteps, and takes commands from standard input: words, or
    lines of JSON with --json.

    Exit code 5: it could not be resumed, or failed; 6: it stopped because an answer is missing; 130: interrupted.
    """
    home, loaded, later = _load(store, checkpoint)
    args = pairs(arguments, "--arg")
    known = remembered(home.path)
    source = source_in(home, loaded, later, {*allow, *(known.allow if known is not None else ())})
    answers = _responses(responses, requests(loaded.pending))
    changes = [*map(parse_edit, edits), *map(drop_of, drops)]
    target = _target(source, Target(workflow or "", python, args, storage, allow, program, inputs))
    if not (yes or check) and not sys.stdin.isatty():
        raise UsageError("A run needs your confirmation.", "Add --yes, or --check to see what would run.")
    plan = replace(make_plan(source, target, into, answers, changes), debugpy=debugpy or 0)
    mode = "check" if check else "run" if yes else "ask"
    pausing = None if check else pausing_session(plan, breaks, step, again, yes)
    return Follower(plan, mode, as_json, reveal, pausing).follow()


def _load(store: str, name: str) -> tuple[Store, Checkpoint, tuple[str, ...]]:
    """The store that holds a checkpoint, the checkpoint, and the types that its branch names besides."""
    opened = with_own_forks(open_store(store))
    run, node = locate(opened, name)
    home, file = opened.home(node.ref.file)
    barred = home.capabilities(file).resume
    if barred:
        raise UsageError(f"{clean(name)} cannot be resumed here: {barred}", exit_code=FAILED)
    return home, home.load(file, everything=True), branch_types(opened, run.nodes, node)


def _target(source: Source, given: Target) -> Target:
    """The target that was named, with what the last run of this store from it was given besides; else the last one.

    Raises:
        UsageError: none was named, and none used before.
    """
    store = source.store
    known = remembered(store, source.nodes)
    if not given.workflow and known is None:
        given = target_to_start(source, given)
    elif known is not None and (not given.workflow or is_same_code(given, known)):
        allow = tuple(dict.fromkeys((*known.allow, *given.allow)))
        base = given if given.workflow else known
        given = replace(
            base, python=given.python or known.python, args={**known.args, **given.args},
            storage=given.storage or known.storage, allow=allow, arguments=given.arguments or known.arguments,
            inputs=given.inputs or known.inputs,
        )  # fmt: skip
    if given.python:
        return replace(given, python=interpreter(given.python, store))
    return with_python(given, store, source.framework)[0]


def pairs(texts: Iterable[str], option: str) -> dict[str, Any]:
    out = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise UsageError(f"{option} {text} is not NAME=JSON.", f"For example: {option} rounds=3")
        out[name] = parse_json(value, f"{option} {name}")
    return out


def _responses(texts: Iterable[str], pending: Sequence[PendingRequest]) -> dict[str, Any]:
    out = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"--response {text} is not RID=JSON.", "`ckpt-tui show` lists the ids of requests.")
        if value.startswith("@"):
            try:
                with open(value[1:], encoding="utf-8") as file:
                    value = file.read()
            except (OSError, ValueError) as error:
                raise NotFoundError(f"{value[1:]} cannot be read: {error}.", exit_code=2) from None
        found = [request.id for request in pending if request.id.startswith(name)] if name else []
        out[found[0] if len(found) == 1 else name] = parse_json(value, f"--response {name}")
    return out
