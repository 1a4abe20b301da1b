"""`ckpt-tui prune`: delete checkpoints, shown first and brought back with --undo."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import click

from ckpt_tui.actions.pruning import bring_back, delete, move_to_trash, plan, why_none
from ckpt_tui.actions.store_contents import read_store
from ckpt_tui.actions.trash import GONE, Moved
from ckpt_tui.cli.completed_words import complete_ids
from ckpt_tui.cli.output import json_option, store_argument, write, write_json
from ckpt_tui.cli.show import say_unread
from ckpt_tui.core.runs.ids import IdFault, find
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.prune_plan import PruneChoice, Wish, age_of
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.runs.workflow_names import workflow_label
from ckpt_tui.core.shown_names import masked_name, shown_name
from ckpt_tui.core.terms import numbered
from ckpt_tui.core.text import clean, counted, size_text
from ckpt_tui.errors import CkptError, NotFoundError, UsageError
from ckpt_tui.stores.fork_directories import with_forks
from ckpt_tui.stores.registry import open_store

SHOWN = 20
"""Checkpoints of one kind that are listed; the others are counted."""


class Age(click.ParamType[int]):
    """A time span such as 30d, in seconds."""

    name = "AGE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = age_of(str(value))
        if found is None:
            self.fail(f"{value!r} is not an age such as 90m, 12h, 30d or 8w.", param, ctx)
        return found


@click.command("prune")
@store_argument
@click.option("--keep", type=click.IntRange(min=0), metavar="N", help="Keep the N newest checkpoints of each run.")
@click.option("--older-than", "age", type=Age(), metavar="AGE", help="Delete what is older: 90m, 12h, 30d, 8w.")
@click.option(
    "--run",
    "named",
    multiple=True,
    metavar="ID",
    shell_complete=complete_ids,
    help="Delete the whole run of this checkpoint.",
)
@click.option(
    "--id",
    "ids",
    multiple=True,
    metavar="ID",
    shell_complete=complete_ids,
    help="Delete this checkpoint; may be repeated.",
)
@click.option("--force", is_flag=True, help="Delete checkpoints from which kept ones descend, too.")
@click.option("--for-good", is_flag=True, help="Delete without a trash; there is no --undo then.")
@click.option("--undo", is_flag=True, help="Bring back what the last prune of this store deleted.")
@click.option("--dry-run", is_flag=True, help="Show what would go, and end.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
@json_option
def command(
    store: str, keep: int | None, age: int | None, named: tuple[str, ...], ids: tuple[str, ...], force: bool,
    for_good: bool, undo: bool, dry_run: bool, yes: bool, as_json: bool,
) -> int:  # fmt: skip
    """Delete checkpoints that are no longer needed: shown first, and moved to a trash beside the store.

    A checkpoint from which a kept one descends stays unless --force is given, and one that waits for an answer stays
    unless it is named by --id, or its run by --run. What a run uses that is debugged by ckpt-tui and goes on stays.
    --keep, --older-than and --run or --id exclude each other. --undo brings back the last prune; STORE.trash can be
    removed to free its room.
    """
    opened = with_forks(open_store(store))
    barred = why_none(opened)
    if barred:
        raise UsageError(f"Nothing can be deleted here: {barred}.")
    wishes = [keep is not None, age is not None, bool(named or ids)]
    if undo:
        if any(wishes) or dry_run or force or for_good:
            raise UsageError("--undo brings back all that the last prune deleted.", "Give it alone, or with --json.")
        return _report(bring_back(opened), "brought back", as_json)
    if not any(wishes):
        raise UsageError("Name what to delete.", "Give --keep N, --older-than AGE, --run ID or --id ID.")
    if sum(wishes) > 1:  # what meets one of them, or what meets all of them? a guess could delete too much
        raise UsageError(
            "--keep, --older-than and --run or --id are three ways to name what goes.",
            "Give one of them; prune again with the next.",
        )
    runs, problems = read_store(opened)
    nodes = [_named(name, runs) for name in named]
    wish = Wish(
        keep, None if age is None else time.time() - age,
        {run.key for run in runs for node in nodes if any(other is node for other in run.nodes)},
        {_named(name, runs).ref.file for name in ids}, force,
    )  # fmt: skip
    choice = plan(opened, runs, wish)
    if not as_json or not (yes or dry_run):
        _show(choice)
    if choice.gone:
        say_unread(opened, problems, "not read, and may descend from what goes")
    if dry_run or not choice.gone:
        if as_json:
            write_json(_document(choice, None))
        return 0
    if not yes and not _agrees(choice, for_good):
        return 130
    moved = (delete if for_good else move_to_trash)(opened, [node.ref for node in choice.gone])
    if as_json:
        write_json(_document(choice, moved))
        return _code(moved)
    return _report(moved, "deleted", False)


def _named(name: str, runs: tuple[Run, ...]) -> Node:
    """The checkpoint that a name means.

    Raises:
        UsageError: it means several.
        NotFoundError: it means none.
    """
    try:
        return find(name, runs)
    except IdFault as fault:
        error: type[CkptError] = UsageError if fault.ambiguous else NotFoundError
        raise error(f"{fault.reason}.", "`ckpt-tui ls` lists the ids.") from None


def _staying(count: int) -> str:
    return "1 checkpoint stays" if count == 1 else f"{count:,} checkpoints stay"


def _show(choice: PruneChoice) -> None:
    """Print what goes and what does not, on stderr."""
    if not choice.gone:
        click.echo("nothing would go", err=True)
    _list(choice.gone, f"{counted(len(choice.gone), 'checkpoint')} would go, {size_text(choice.freed)}")
    their = "its" if len(choice.orphans) == 1 else "their"
    _list(choice.orphans, f"{counted(len(choice.orphans), 'checkpoint')} would lose {their} parent")
    if choice.needed:
        them = "it" if len(choice.needed) == 1 else "them"
        click.echo(f"{_staying(len(choice.needed))}: kept ones descend from {them} (--force)", err=True)
    if choice.waiting:
        click.echo(
            f"{_staying(len(choice.waiting))}: a request waits for an answer (--id ID names it)",
            err=True,
        )
    for reason, count in Counter(reason for _, reason in choice.barred).items():
        click.echo(f"{_staying(count)}: {reason}", err=True)


def _list(nodes: Sequence[Node], title: str) -> None:
    if not nodes:
        return
    click.echo(title, err=True)
    for node in nodes[:SHOWN]:
        ref = node.ref
        words = f"{id_text(ref)}  {numbered(ref)}  {clean(ref.timestamp)[:19]}  {size_text(ref.size)}"
        click.echo(f"  {words}  {shown_name(workflow_label(ref))}", err=True)
    if len(nodes) > SHOWN:
        click.echo(f"  and {len(nodes) - SHOWN:,} more", err=True)


def _agrees(choice: PruneChoice, for_good: bool) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("Deleting needs your confirmation.", "Add --yes, or --dry-run to see what would go.")
    how = "for good" if for_good else "to the trash (--undo brings them back)"
    try:
        return click.confirm(
            f"{'Delete' if for_good else 'Move'} {counted(len(choice.gone), 'checkpoint')} {how}?", err=True
        )
    except click.Abort:
        return False


def _report(moved: Moved, done: str, as_json: bool) -> int:
    if as_json:
        write_json(
            {
                "schema": "ckpt-tui/prune@1",
                "moved": [masked_name(file) for file in moved.files],
                "left": _left(moved),
                "trash": moved.directory or None,
            }
        )
        return _code(moved)
    where = f" (in {clean(moved.directory)})" if moved.directory and done == "deleted" else ""
    write(f"{len(moved.files)} {done}{where}")
    for name, reason in moved.left:
        click.echo(f"ckpt-tui: {shown_name(name)} {'' if reason == GONE else 'stays: '}{clean(reason)}", err=True)
    return _code(moved)


def _code(moved: Moved) -> int:
    """1 where something stays that should have gone; what another prune took first is gone, as was wanted."""
    return 1 if any(reason != GONE for _, reason in moved.left) else 0


def _ids(nodes: Sequence[Node]) -> list[str]:
    return [masked_name(node.ref.id) for node in nodes]


def _left(moved: Moved) -> list[dict[str, str]]:
    return [{"file": masked_name(name), "reason": reason} for name, reason in moved.left]


def _document(choice: PruneChoice, moved: Moved | None) -> dict[str, Any]:
    return {
        "schema": "ckpt-tui/prune@1", "freed": choice.freed,
        "gone": [
            {"id": masked_name(node.ref.id), "file": masked_name(node.ref.file), "size": node.ref.size}
            for node in choice.gone
        ],
        "orphans": _ids(choice.orphans), "needed": _ids(choice.needed),
        "waiting": _ids(choice.waiting),
        "barred": [{"id": masked_name(node.ref.id), "reason": reason} for node, reason in choice.barred],
        "moved": None if moved is None else [masked_name(file) for file in moved.files],
        "left": [] if moved is None else _left(moved),
        "trash": moved.directory or None if moved is not None else None,
    }  # fmt: skip
