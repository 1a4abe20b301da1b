"""`ckpt-tui export`: masked copies of checkpoints to share."""

from __future__ import annotations

from collections.abc import Iterable

import click

from ckpt_tui.actions.export_files import FORMATS, export, format_of, refuse_inside, write_file
from ckpt_tui.actions.exports import branch_of, in_order
from ckpt_tui.actions.store_contents import read_store
from ckpt_tui.cli.completed_words import complete_files, complete_ids
from ckpt_tui.cli.output import StorageCommand, json_option, open_named, storage_options, write_json, write_pieces
from ckpt_tui.cli.progress import ProgressBar
from ckpt_tui.configured_rules import configured_rules
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.runs.ids import IdFault, find, latest
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.text import clean
from ckpt_tui.errors import CkptError, NotFoundError, UsageError
from ckpt_tui.stores.fork_directories import with_own_forks
from ckpt_tui.version import VERSION


@click.command("export", cls=StorageCommand)
@click.argument("store", metavar="STORE", shell_complete=complete_files)
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=complete_ids)
@click.option("--run", "runs_of", multiple=True, metavar="ID", shell_complete=complete_ids, help="The whole run of ID.")
@click.option("--branch", "branches", multiple=True, metavar="ID", shell_complete=complete_ids, help="All up to ID.")
@click.option("--format", "as_format", type=click.Choice(FORMATS), help="md for an issue, html for a page.")
@click.option("-o", "--output", metavar="FILE", type=click.Path(), help="Write to FILE; - is stdout, as without it.")
@click.option("--reveal", multiple=True, metavar="PATH", help="Do not mask what is at PATH, such as state.api_key.")
@storage_options
@json_option
def command(
    store: str, ids: tuple[str, ...], runs_of: tuple[str, ...], branches: tuple[str, ...], as_format: str | None,
    output: str | None, reveal: tuple[str, ...], storage: str | None, workflow_names: tuple[str, ...], as_json: bool,
) -> int:  # fmt: skip
    """Copies to share: Markdown for an issue, one HTML page, JSON, or a bundle that opens again as a store.

    ID is as in `show`. Without one, --run or --branch, everything is exported; as Markdown, the branch of the latest.
    Secrets are masked as on the screen, and paths, user and host names of this machine are taken out; stderr says how
    many of each. A bundle holds no pickle: `ckpt-tui FILE` browses it with lineage, graph and differences.
    """
    output = None if output == "-" else output
    kind = as_format or format_of(output or "")
    if kind is None or (kind == "json" and not as_format):
        raise UsageError("Which format?", f"Add --format {' | '.join(FORMATS)}.")
    if as_json and output is None:
        raise UsageError("--json describes what was written to a file.", "Add -o FILE, or leave out --json.")
    opened = with_own_forks(open_named([store], storage, workflow_names))
    if output is not None:
        refuse_inside(output, opened)
    runs, problems = read_store(opened)
    named = problems if not (ids or runs_of or branches) else []
    chosen = _chosen(runs, ids, runs_of, branches, kind)
    if not chosen:
        raise NotFoundError(f"{clean(opened.path)} holds no checkpoint.", "`ckpt-tui ls` lists what is in a store.")
    rules = IgnoreRules(configured_rules())
    with ProgressBar() as watch:
        made = export(opened, runs, chosen, kind, rules, named, reveal, VERSION, watch.progress, watch.check)
    if output is None:
        write_pieces(made.text)
    else:
        write_file(output, made.text)
        if as_json:
            write_json(
                {
                    "schema": "ckpt-tui/exported@1", "file": output, "format": kind, "checkpoints": made.number,
                    "unread": made.unread, "hidden": made.hidden,
                }
            )  # fmt: skip
    click.echo(f"ckpt-tui: {clean(made.summary)}", err=True)
    for file in made.unread:
        click.echo(f"ckpt-tui: {shown_name(file)} could not be read", err=True)
    return 4 if made.unread else 0


def _chosen(
    runs: tuple[Run, ...], ids: Iterable[str], runs_of: Iterable[str], branches: Iterable[str], kind: str
) -> list[Node]:
    found: list[Node] = [_named(runs, name)[1] for name in ids]
    for name in runs_of:
        found += _named(runs, name)[0].nodes
    for name in branches:
        found += branch_of(*_named(runs, name))
    if not (ids or runs_of or branches) and runs:
        if kind != "md":
            return [node for run in runs for node in run.nodes]
        newest = latest(node for run in runs for node in run.nodes)
        return branch_of(next(run for run in runs if any(node is newest for node in run.nodes)), newest)
    return in_order(runs, found)


def _named(runs: tuple[Run, ...], name: str) -> tuple[Run, Node]:
    try:
        node = find(name, runs)
    except IdFault as fault:
        error: type[CkptError] = UsageError if fault.ambiguous else NotFoundError
        raise error(f"{fault.reason}.", "`ckpt-tui ls` lists the ids.") from None
    return next(run for run in runs if any(other is node for other in run.nodes)), node
