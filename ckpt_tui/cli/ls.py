"""`ckpt-tui ls`: checkpoints in lineage order, and problems."""

from __future__ import annotations

import click

from ckpt_tui.cli.output import json_option, paint, store_argument, write, write_json
from ckpt_tui.core import listing
from ckpt_tui.core.export import ls_document
from ckpt_tui.core.lineage import Run, arrange
from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.text import clean, size_text
from ckpt_tui.stores.directory import DirectoryStore, collect
from ckpt_tui.stores.registry import open_store


@click.command("ls")
@store_argument
@click.option("--fast", is_flag=True, help="Read headers only: no roles, counts or broken bodies.")
@json_option
def command(store: str, fast: bool, as_json: bool) -> int:
    """Checkpoints in lineage order, and problems."""
    opened = open_store(store)
    runs, problems = survey(opened, fast)
    if as_json:
        write_json(ls_document(opened.kind, store, runs, problems))
    else:
        write("\n".join(lines(runs, problems)) or f"no checkpoints in {clean(store)}")
    return 0


def survey(store: DirectoryStore, fast: bool = False) -> tuple[tuple[Run, ...], list[Problem]]:
    """Everything in a store: runs in order, and problems; `fast` reads headers only."""
    entries = collect(store.scan())
    if not fast:
        unread = [name for name, entry in entries.items() if isinstance(entry, CheckpointRef) and entry.facts is None]
        entries.update(collect(store.fill(unread)))
    runs = arrange(entry for entry in entries.values() if isinstance(entry, CheckpointRef))
    return runs, [entry for entry in entries.values() if isinstance(entry, Problem)]


def lines(runs: tuple[Run, ...], problems: list[Problem]) -> list[str]:
    """The list for people."""
    out: list[str] = []
    rows = listing.rows(runs, problems)
    wide = max((len(listing.node_gutter(row.node)) for row in rows if isinstance(row, listing.NodeRow)), default=1)
    words = max((len(listing.summary(row)) for row in rows if isinstance(row, listing.NodeRow)), default=10)
    words = min(max(words, 12), 48)
    for row in rows:
        if isinstance(row, listing.RunRow):
            name, rest = listing.run_title(row.run)
            out.append(("\n" if out else "") + paint(name, bold=True) + f" · {rest}")
        elif isinstance(row, listing.NodeRow):
            ref = row.node.ref
            gutter = listing.node_gutter(row.node).ljust(wide)
            when, size = listing.when_text(row), size_text(ref.size)
            text = f"{ref.iteration:>3} {listing.summary(row):<{words}} {when:>9} {size:>6}"
            out.append(f"  {gutter} {paint(listing.id_text(ref), fg='cyan')} {text}")
        elif isinstance(row, listing.JoinRow):
            out.append(f"  {listing.join_gutter(row)}")
        else:
            problem = row.problem
            if not any(line.startswith("problems") for line in out):
                out += ["", "problems"]
            out.append(f"  {paint('!', fg='red')} {clean(problem.file)}  {clean(problem.reason)}")
    return out
