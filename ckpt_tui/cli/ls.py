"""`ckpt-tui ls`: checkpoints in lineage order, and problems."""

from __future__ import annotations

import click

from ckpt_tui.cli.output import (
    cells,
    colours,
    json_option,
    open_named,
    pad,
    paint,
    storage_options,
    stores_argument,
    write,
)
from ckpt_tui.cli.sizes import Sizes, measure
from ckpt_tui.core.json_text import dumps_lines
from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs import listing
from ckpt_tui.core.runs.exported import ls_document
from ckpt_tui.core.runs.lineage import Run, arrange
from ckpt_tui.core.text import clean, size_text
from ckpt_tui.errors import UsageError
from ckpt_tui.stores.agent_framework_legacy import store_kind
from ckpt_tui.stores.base import Store, collect

_DISTINCT = 8
"""Characters of a random id that tell it from the others of a store, but for one store of 5,000 in 300."""


@click.command("ls")
@stores_argument
@storage_options
@click.option("--fast", is_flag=True, help="Read headers only: no roles, counts or broken bodies.")
@click.option("--sizes", is_flag=True, help="How large messages, state and pending requests are, and what grew most.")
@json_option
def command(
    stores: tuple[str, ...],
    storage: str | None,
    workflow_names: tuple[str, ...],
    fast: bool,
    sizes: bool,
    as_json: bool,
) -> int:
    """Checkpoints in lineage order, and problems.

    Several stores, or a directory of stores, are one list, grouped by store.
    """
    if fast and sizes:
        raise UsageError("--fast reads headers only; --sizes needs the bodies.", "Leave one of them out.")
    opened = open_named(stores, storage, workflow_names)
    runs, problems = survey(opened, fast)
    measured = measure(opened, runs) if sizes else None
    where = " ".join(stores) or opened.path
    if as_json:
        kind = opened.kind
        if any(run.nodes[0].ref.chain for run in runs):
            kind = store_kind(node.ref for run in runs for node in run.nodes)
        document = ls_document(kind, where, runs, problems, several_of(opened))
        if measured is not None:
            measured.add_to(document)
        write(dumps_lines(document))
    else:
        write("\n".join(lines(runs, problems, measured)) or f"no checkpoints in {clean(where)}")
    return 0


def several_of(store: Store) -> list[tuple[str, str, str]]:
    """Name, kind and path of each of several stores that are one list."""
    named = zip(store.member_names, store.members, strict=True)
    return [(name, one.kind, one.path) for name, one in named]


def survey(store: Store, fast: bool = False) -> tuple[tuple[Run, ...], list[Problem]]:
    """Everything in a store: runs in order, and problems; `fast` reads headers only."""
    entries = collect(store.scan())
    if not fast:
        unread = [name for name, entry in entries.items() if isinstance(entry, CheckpointRef) and entry.facts is None]
        collect(store.fill(unread), entries)
    runs = arrange(entry for entry in entries.values() if isinstance(entry, CheckpointRef))
    return runs, [entry for entry in entries.values() if isinstance(entry, Problem)]


def lines(runs: tuple[Run, ...], problems: list[Problem], measured: Sizes | None = None) -> list[str]:
    """The list for people: gutter, id, iteration, time since the parent, size and what happened."""
    rows = listing.rows(runs, problems)
    nodes = [row for row in rows if isinstance(row, listing.NodeRow)]
    refs = [row.node.ref for row in nodes]
    # Column by column: the work on one row after the other takes half as long again.
    gutters = [listing.node_gutter(row.node) for row in nodes]
    wide = max(map(len, gutters), default=1)
    ids = _short_ids(refs)
    plain = "".join(ids).isascii()
    id_wide = max(map(len if plain else cells, ids), default=0)
    if not plain:  # a format counts characters, a terminal columns
        ids = [pad(name, id_wide) for name in ids]
    steps = [ref.iteration if ref.told is None else ref.step for ref in refs]
    number_wide = len(str(max(steps, default=0)))
    before, after = ("\x1b[36m", "\x1b[0m") if colours() else ("", "")
    # Read once for all rows; a format with widths as values is read anew for each.
    shape = f"  %-{wide}s {before}%-{id_wide if plain else 0}s{after} %{number_wide}d %9s %6s%s  %s"
    more = [""] * len(refs) if measured is None else [f" {measured.columns(ref.file)}" for ref in refs]
    drawn = map(
        shape.__mod__,
        zip(
            gutters, ids, steps, map(listing.when_text, nodes),
            [size_text(ref.size) for ref in refs], more, map(listing.summary, nodes), strict=True,
        ),
    )  # fmt: skip
    out: list[str] = []
    # Columns before that of the file's size.
    margin = 2 + wide + 1 + id_wide + 1 + number_wide + 1 + 9 + 1
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
            out.append(f"  {paint('!', fg='red')} {clean(problem.file)}  {clean(problem.reason)}")
    return out


def _short_ids(refs: list[CheckpointRef]) -> list[str]:
    """Ids as on the screen, random ones longer where they would be the same; given names stand in the summary."""
    ids = [listing.id_text(ref) for ref in refs]
    if len(set(ids)) == len(ids):
        return ids
    length = _DISTINCT
    random = {ref.id for ref in refs if not listing.given_name(ref)}  # an id may stand in several stores
    while len({name[:length] for name in random}) < len(random):
        length += 4
    named = zip(ids, refs, strict=True)
    return [short if listing.given_name(ref) else ref.id[:length] for short, ref in named]
