"""`ckpt-tui export`: masked copies of checkpoints to share."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

import click

from ckpt_tui import __version__
from ckpt_tui.actions.exports import branch_of, in_order, make_bundle, make_report, show_documents
from ckpt_tui.cli.completed_words import complete_files, complete_ids
from ckpt_tui.cli.ls import read_store
from ckpt_tui.cli.output import json_option, write_json, write_pieces
from ckpt_tui.cli.progress import ProgressBar
from ckpt_tui.config import configured_rules
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.json_text import dumps, pieces
from ckpt_tui.core.model import Problem
from ckpt_tui.core.runs.ids import IdFault, find, latest
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.sharing.hidden import summary_text
from ckpt_tui.core.text import clean
from ckpt_tui.errors import CkptError, NotFoundError, UsageError
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.fork_directories import with_own_forks
from ckpt_tui.stores.registry import open_store

FORMATS = ("md", "html", "json", "bundle")

_ENDINGS = {".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".bundle": "bundle"}

WAY = 100
"""Checkpoints before the chosen ones that a report reads, for its overview and its graph."""


@click.command("export")
@click.argument("store", metavar="STORE", shell_complete=complete_files)
@click.argument("ids", nargs=-1, metavar="[ID]...", shell_complete=complete_ids)
@click.option("--run", "runs_of", multiple=True, metavar="ID", shell_complete=complete_ids, help="The whole run of ID.")
@click.option("--branch", "branches", multiple=True, metavar="ID", shell_complete=complete_ids, help="All up to ID.")
@click.option("--format", "kind", type=click.Choice(FORMATS), help="md for a comment, html for a page, json, bundle.")
@click.option("-o", "--output", metavar="FILE", type=click.Path(), help="Write to FILE instead of stdout.")
@click.option("--reveal", multiple=True, metavar="PATH", help="Do not mask what is at PATH, such as state.api_key.")
@json_option
def command(
    store: str, ids: tuple[str, ...], runs_of: tuple[str, ...], branches: tuple[str, ...], kind: str | None,
    output: str | None, reveal: tuple[str, ...], as_json: bool,
) -> int:  # fmt: skip
    """Copies to share: Markdown for an issue, one HTML page, JSON, or a bundle that opens again as a store.

    ID is as in `show`. Without one, --run or --branch, everything is exported; as Markdown, the branch of the latest.
    Secrets are masked as on the screen, and paths, user and host names of this machine are taken out; stderr says how
    many of each. A bundle holds no pickle: `ckpt-tui FILE` browses it with lineage, graph and differences.
    """
    kind = kind or _ENDINGS.get(os.path.splitext(output or "")[1].lower())
    if kind is None:
        raise UsageError("Which format?", f"Add --format {' | '.join(FORMATS)}.")
    if as_json and output is None:
        raise UsageError("--json describes what was written to a file.", "Add -o FILE, or leave out --json.")
    opened = with_own_forks(open_store(store))
    if output is not None:
        _refuse_inside(output, opened)
    runs, problems = read_store(opened)
    everything = not (ids or runs_of or branches)
    chosen = _chosen(runs, ids, runs_of, branches, kind)
    if not chosen:
        raise NotFoundError(f"There is no checkpoint in {clean(store)}.", "`ckpt-tui ls` lists what is in a store.")
    text, hidden, unread = _made(opened, runs, chosen, problems if everything else [], kind, reveal)
    count = len(chosen) - len(unread)
    if output is None:
        write_pieces(text)
    else:
        _write_file(output, text)
        if as_json:
            write_json(
                {
                    "schema": "ckpt-tui/exported@1", "file": output, "format": kind, "checkpoints": count,
                    "unread": unread, "hidden": hidden,
                }
            )  # fmt: skip
    what = f"{count:,} checkpoint{'' if count == 1 else 's'} as {kind}"
    where = f" in {clean(output)}" if output is not None else ""
    click.echo(f"ckpt-tui: {what}{where}; {clean(summary_text(hidden))}", err=True)
    for file in unread:
        click.echo(f"ckpt-tui: {clean(file)} could not be read", err=True)
    return 4 if unread else 0


def _made(
    store: Store, runs: tuple[Run, ...], chosen: list[Node], problems: list[Problem], kind: str, reveal: tuple[str, ...]
) -> tuple[Iterable[str], dict[str, Any], list[str]]:
    """The text in pieces, what was hidden, and the files among the chosen ones that could not be read."""
    if kind == "json":
        document = show_documents(store, runs, chosen, reveal)
        return pieces(document), document["hidden"], []
    wanted = chosen
    if kind != "bundle":
        wanted = in_order(runs, [*chosen, *_before(runs, chosen)])
    with ProgressBar() as watch:
        bundle = make_bundle(store, runs, wanted, problems, reveal, __version__, watch.progress, watch.check)
        named = {problem["file"] for problem in bundle.document["problems"]}
        unread = [node.ref.file for node in chosen if node.ref.file in named]
        if kind == "bundle":
            return bundle_lines(bundle.document), bundle.hidden, unread
        report = make_report(bundle, [node.ref.file for node in chosen], IgnoreRules(configured_rules()), watch.check)
    if kind == "md":
        from ckpt_tui.core.sharing.markdown import markdown  # late: a bundle does without

        return [markdown(report).rstrip("\n")], bundle.hidden, unread
    from ckpt_tui.core.sharing.page import page  # late: as above

    return page(report), bundle.hidden, unread


def bundle_lines(document: dict[str, Any]) -> Iterator[str]:
    """A bundle as JSON with a line for each checkpoint, in pieces."""
    head = {name: value for name, value in document.items() if name not in ("checkpoints", "problems")}
    yield dumps(head, indent=None)[:-1] + ',\n"checkpoints": ['
    for number, one in enumerate(document["checkpoints"]):
        yield (",\n" if number else "\n") + dumps(one, indent=None)
    yield '\n],\n"problems": ' + dumps(document["problems"], indent=None) + "}"


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


def _before(runs: tuple[Run, ...], chosen: list[Node]) -> list[Node]:
    """What a report needs besides: the checkpoints before the first chosen one of each branch."""
    homes = {node.ref.file: run for run in runs for node in run.nodes}
    found: dict[str, Node] = {}
    for node in chosen:
        if node.parent is not None and node.parent in {other.ref.id for other in chosen}:
            continue
        for above in branch_of(homes[node.ref.file], node)[-WAY:]:
            found[above.ref.file] = above
    return list(found.values())


def _refuse_inside(output: str, store: Store) -> None:
    """A store is never written to.

    Raises:
        UsageError: the file would be in the store.
    """
    target = os.path.realpath(output)
    for one in (store, *store.members):
        place = os.path.realpath(one.path) if one.path else ""
        if place and os.path.exists(place) and (target == place or target.startswith(place + os.sep)):
            raise UsageError(f"{clean(output)} is in the store, which is never written to.", "Name another directory.")


def _write_file(output: str, text: Iterable[str]) -> None:
    """Write the file as a whole, or leave what was there.

    Raises:
        UsageError: it cannot be written.
    """
    directory = os.path.dirname(os.path.abspath(output))
    try:
        handle, temporary = tempfile.mkstemp(prefix=".ckpt-tui-", dir=directory)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.writelines(text)
            file.write("\n")
        os.chmod(temporary, 0o644)
        os.replace(temporary, output)
    except OSError as error:
        raise UsageError(f"{clean(output)} cannot be written: {error.strerror}.") from None
