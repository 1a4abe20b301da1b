"""`ckpt-tui ls`: checkpoints in lineage order, and problems."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from ckpt_tui.actions.store_contents import read_store
from ckpt_tui.cli.completed_words import complete_ids, complete_workflows
from ckpt_tui.cli.moments import Moment
from ckpt_tui.cli.output import (
    cells,
    colours,
    json_option,
    open_named,
    paint,
    size_tables,
    storage_options,
    stores_argument,
    write,
)
from ckpt_tui.core.json_text import dumps_lines
from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs import listing
from ckpt_tui.core.runs.columns import Around, columns_of_lines
from ckpt_tui.core.runs.lineage import Run
from ckpt_tui.core.runs.list_document import ls_document
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.core.shell_words import shell_word
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.text import clean
from ckpt_tui.errors import UsageError
from ckpt_tui.stores.agent_framework_legacy import store_kind
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.fork_directories import is_overlay, with_own_forks
from ckpt_tui.stores.neighbours import neighbours

if TYPE_CHECKING:
    from ckpt_tui.cli.size_tables import Sizes

STATUSES = ("waiting", "open", "done", "failed")
"""States that the end of a branch may have."""

_DISTINCT = 8
"""Characters of a random id: enough to be unique in all but one of 300 stores with 5,000 ids."""


@click.command("ls")
@stores_argument
@storage_options
@click.option("--fast", is_flag=True, help="Read headers only: without roles, counts and broken bodies.")
@click.option("--sizes", is_flag=True, help="How large messages, state and pending requests are, and what grew most.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="The N newest checkpoints.")
@click.option(
    "--since",
    type=Moment(),
    metavar="WHEN",
    help="Checkpoints written since a date (2026-03-01T12:00, local time), or since 90m, 12h, 3d ago.",
)
@click.option(
    "--run", metavar="ID", default="", shell_complete=complete_ids,
    help="One run: its id, or that of a checkpoint in it.",
)  # fmt: skip
@click.option(
    "--status",
    multiple=True,
    type=click.Choice(STATUSES),
    help="The ends of branches that are in this state; may be repeated.",
)
@click.option(
    "--workflow", "workflows", multiple=True, metavar="NAME", shell_complete=complete_workflows,
    help="The checkpoints of this workflow, * for any text in its name; may be repeated.",
)  # fmt: skip
@click.option("--query", metavar="EXPR", help="A JMESPath expression over the JSON document.")
@json_option
@click.option("--jsonl", "as_lines", is_flag=True, help="A line of JSON for each checkpoint, as it is read.")
def command(
    stores: tuple[str, ...],
    storage: str | None,
    workflow_names: tuple[str, ...],
    fast: bool,
    sizes: bool,
    limit: int | None,
    since: float | None,
    run: str,
    status: tuple[str, ...],
    workflows: tuple[str, ...],
    query: str | None,
    as_json: bool,
    as_lines: bool,
) -> int:
    """Checkpoints in lineage order, and problems.

    Several stores, or a directory of stores, are one list, grouped by store.
    """
    if fast and sizes:
        raise UsageError("--fast reads headers only; --sizes needs the bodies.", "Leave one of them out.")
    if fast and status:
        raise UsageError("--fast reads headers only; --status needs the bodies.", "Leave one of them out.")
    if as_lines and (as_json or sizes or query is not None):
        raise UsageError("--jsonl goes with neither --json, --query nor --sizes.", "Leave one of them out.")
    if sizes and (limit is not None or since is not None or status):
        raise UsageError("--sizes compares each checkpoint with the one before it.", "Choose a whole run: --run ID.")
    opened = with_own_forks(open_named(stores, storage, workflow_names))
    is_part = bool(run or status or workflows or limit is not None or since is not None)
    written: Callable[[dict[str, Any]], str] = dumps_lines
    if as_lines or is_part or query is not None:
        # Late: a whole list does not need them.
        from ckpt_tui.cli.selected import Selection, queried, read_or_fail, write_selected

        selection = Selection(run, since, frozenset(status), limit, workflows)
        if as_lines:
            return write_selected(opened, selection, fast)
        runs, problems = read_or_fail(opened, selection, fast)
        if query is not None:
            written = partial(queried, query)
    else:
        runs, problems = read_store(opened, fast)
    measured = None
    if sizes:
        measured = size_tables().measure(opened, runs)
    where = " ".join(stores) or opened.path
    if as_json or query is not None:
        kind = opened.kind
        if any(run.nodes[0].ref.chain for run in runs):
            kind = store_kind(node.ref for run in runs for node in run.nodes)
        beside = [(one.name, one.what) for one in neighbours(opened)]
        document = ls_document(kind, where, runs, problems, members_of(opened), forks_in(opened), beside)
        if measured is not None:
            measured.add_to(document)
        write(written(document))
    else:
        none = "no such checkpoints" if is_part else "no checkpoints"
        listed = lines(runs, problems, measured) or [f"{none} in {clean(masked_text(where))}"]
        write("\n".join([*listed, *_beside(opened)]))
    return 0


def members_of(store: Store) -> list[tuple[str, str, str]]:
    """Name, kind and path of each of several stores that are one list."""
    if is_overlay(store):
        return []
    named = zip(store.member_names, store.members, strict=True)
    return [(name, one.kind, one.path) for name, one in named]


def forks_in(store: Store) -> list[tuple[str, str]]:
    """Name and path of each directory of forks that is shown with a store."""
    if not is_overlay(store):
        return []
    return [(name, one.path) for name, one in zip(store.member_names[1:], store.members[1:], strict=True)]


def _beside(store: Store) -> list[str]:
    """What is beside the checkpoints and recognised, for people."""
    found = neighbours(store)
    if not found:
        return []
    out = ["", "beside them, not listed"]
    for one in found:
        path = os.path.join(store.path, one.name)
        out.append(f"  {clean(one.name)}  {clean(one.what)}" + (f": ckpt-tui {shell_word(path)}" if one.opens else ""))
    return out


def lines(runs: tuple[Run, ...], problems: list[Problem], measured: Sizes | None = None) -> list[str]:
    """The list for people: the columns of `ckpt_tui.core.runs.columns` below the title of each run."""
    rows = listing.rows(runs, problems)
    nodes = [row for row in rows if isinstance(row, listing.NodeRow)]
    drawn, margin = _drawn(nodes, measured)
    out: list[str] = []
    run: Run | None = None
    for row in rows:
        if isinstance(row, listing.NodeRow):
            out.append(next(drawn))
        elif isinstance(row, listing.StoreRow):
            if run is not None and measured is not None:
                out += measured.run_lines(run, margin)
            run = None
            name, rest = listing.store_title(row)
            out.append(("\n" if out else "") + paint(f"▌ {name}", bold=True, fg="cyan") + f" · {rest}")
        elif isinstance(row, listing.RunRow):
            if run is not None and measured is not None:
                out += measured.run_lines(run, margin)
            run = row.run
            title, rest = listing.run_title(run)
            out.append(("\n" if out else "") + paint(title, bold=True) + f" · {rest}")
            if measured is not None:
                out.append(paint(measured.titles(margin), dim=True))
        elif isinstance(row, listing.JoinRow):
            out.append(f"  {listing.join_gutter(row)}")
        else:
            break
    if run is not None and measured is not None:
        out += measured.run_lines(run, margin)
    if problems:
        out += [*([""] if out else []), "problems"]
        for problem in sorted(problems, key=lambda problem: problem.file):
            out.append(f"  {paint('!', fg='red')} {shown_name(problem.file)}  {shown_name(problem.reason)}")
    return out


def _drawn(nodes: list[listing.NodeRow], measured: Sizes | None) -> tuple[Iterator[str], int]:
    """The lines of these rows, and the columns before that of the file's size."""
    refs = [row.node.ref for row in nodes]
    around = Around(dict(zip((ref.file for ref in refs), _short_ids(refs), strict=True)))
    before, after = ("\x1b[36m", "\x1b[0m") if colours() else ("", "")
    shape, margin, used = " ", 0, 1
    texts: list[list[str]] = []
    # Column by column: row by row takes half as long again.
    for column in columns_of_lines():
        own = [column.text(row, around) for row in nodes]
        if column.is_free and measured is not None:
            shape += " %s"
            texts.append([measured.columns(ref.file) for ref in refs])
        if column.is_free:
            shape += "  %s"
            texts.append(own)
            continue
        plain = "".join(own).isascii()
        # Texts that are not ASCII alone are the lanes of a few branches, again and again.
        widths = None if plain else {text: cells(text) for text in set(own)}
        wide = max(map(len, own) if widths is None else widths.values(), default=0)
        if widths is not None:  # a format counts characters, a terminal columns
            blanks = {text: " " * (wide - width) for text, width in widths.items()}
            own = [blanks[text] + text if column.right else text + blanks[text] for text in own]
        used += 1
        margin = used - 1 if column.id == "size" else margin  # sizes have six columns
        used += wide
        # Read once for all rows; a format with widths as values is read again for each.
        field = f"%{'' if column.right else '-'}{wide if plain else 0}s"
        shape += f" {before}{field}{after}" if column.id == "id" else f" {field}"
        texts.append(own)
    return map(shape.__mod__, zip(*texts, strict=True)), margin


def _short_ids(refs: list[CheckpointRef]) -> list[str]:
    """Ids as on the screen, random ones longer where they would be the same; given names are in the summary."""
    ids = [id_text(ref) for ref in refs]
    if len(set(ids)) == len(ids) or any("/" in ref.id for ref in refs):  # those of threads are below their thread
        return ids
    length = _DISTINCT
    random = {ref.id for ref in refs if not listing.given_name(ref)}  # an id may be in several stores
    while len({name[:length] for name in random}) < len(random):
        length += 4
    named = zip(ids, refs, strict=True)
    return _with_store_names([short if listing.given_name(ref) else ref.id[:length] for short, ref in named], refs)


def _with_store_names(ids: list[str], refs: list[CheckpointRef]) -> list[str]:
    """Short ids, and behind those of given names that begin alike what distinguish them: copies of one checkpoint."""
    groups: dict[str, set[str]] = {}
    for short, ref in zip(ids, refs, strict=True):
        if listing.given_name(ref):
            groups.setdefault(short, set()).add(ref.id)
    endings: dict[str, str] = {}
    for names in groups.values():
        first, last = min(names), max(names)
        common = next((at for at, pair in enumerate(zip(first, last, strict=False)) if len(set(pair)) > 1), len(first))
        length = _DISTINCT
        while len({name[common : common + length] for name in names}) < len(names):
            length += 4
        if len(names) > 1:
            endings |= {name: clean(name[common : common + length]) for name in names}
    pairs = zip(ids, refs, strict=True)
    return [f"{short}…{endings[ref.id]}" if endings.get(ref.id) else short for short, ref in pairs]
