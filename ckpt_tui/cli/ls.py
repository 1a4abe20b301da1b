"""`ckpt-tui ls`: checkpoints in lineage order, and problems."""

from __future__ import annotations

import click

from ckpt_tui.cli.output import cells, colours, json_option, pad, paint, store_argument, write
from ckpt_tui.core import listing
from ckpt_tui.core.lineage import Run, arrange
from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.text import clean, size_text
from ckpt_tui.stores.directory import DirectoryStore, collect
from ckpt_tui.stores.registry import open_store

_DISTINCT = 8
"""Characters of a random id that tell it from the others of a store, but for one store of 5,000 in 300."""


@click.command("ls")
@store_argument
@click.option("--fast", is_flag=True, help="Read headers only: no roles, counts or broken bodies.")
@json_option
def command(store: str, fast: bool, as_json: bool) -> int:
    """Checkpoints in lineage order, and problems."""
    opened = open_store(store)
    runs, problems = survey(opened, fast)
    if as_json:
        from ckpt_tui.core.export import dumps_lines, ls_document

        kind = opened.kind
        if any(run.nodes[0].ref.chain for run in runs):
            from ckpt_tui.stores.agent_framework_legacy import store_kind

            kind = store_kind(node.ref for run in runs for node in run.nodes)
        write(dumps_lines(ls_document(kind, store, runs, problems)))
    else:
        write("\n".join(lines(runs, problems)) or f"no checkpoints in {clean(store)}")
    return 0


def survey(store: DirectoryStore, fast: bool = False) -> tuple[tuple[Run, ...], list[Problem]]:
    """Everything in a store: runs in order, and problems; `fast` reads headers only."""
    entries = collect(store.scan())
    if not fast:
        unread = [name for name, entry in entries.items() if isinstance(entry, CheckpointRef) and entry.facts is None]
        collect(store.fill(unread), entries)
    runs = arrange(entry for entry in entries.values() if isinstance(entry, CheckpointRef))
    return runs, [entry for entry in entries.values() if isinstance(entry, Problem)]


def lines(runs: tuple[Run, ...], problems: list[Problem]) -> list[str]:
    """The list for people: gutter, id, iteration, time since the parent, size and what happened."""
    rows = listing.rows(runs, problems)
    nodes = [row for row in rows if isinstance(row, listing.NodeRow)]
    gutters = {id(row): listing.node_gutter(row.node) for row in nodes if row.node.lanes != 1}
    ids = _short_ids([row.node.ref for row in nodes])
    wide = max(map(len, gutters.values()), default=1)
    id_wide = max(map(cells, ids), default=0)
    number_wide = len(str(max((row.node.ref.iteration for row in nodes), default=0)))
    before, after = ("\x1b[36m", "\x1b[0m") if colours() else ("", "")
    left = iter(ids)
    out: list[str] = []
    for row in rows:
        if isinstance(row, listing.NodeRow):
            ref = row.node.ref
            gutter = gutters.get(id(row)) or listing.SIGNS[ref.role]
            facts = f"{ref.iteration:>{number_wide}} {listing.when_text(row):>9} {size_text(ref.size):>6}"
            name = pad(next(left), id_wide)
            out.append(f"  {gutter:<{wide}} {before}{name}{after} {facts}  {listing.summary(row)}")
        elif isinstance(row, listing.RunRow):
            title, rest = listing.run_title(row.run)
            out.append(("\n" if out else "") + paint(title, bold=True) + f" · {rest}")
        elif isinstance(row, listing.JoinRow):
            out.append(f"  {listing.join_gutter(row)}")
        else:
            break
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
    random = [ref.id for ref in refs if not listing.given_name(ref)]
    while len({name[:length] for name in random}) < len(random):
        length += 4
    named = zip(ids, refs, strict=True)
    return [short if listing.given_name(ref) else ref.id[:length] for short, ref in named]
