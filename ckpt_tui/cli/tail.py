"""`ckpt-tui tail`: follow a store without a screen."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import click

from ckpt_tui.cli.output import open_named, paint, storage_options, stores_argument, write
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs import listing
from ckpt_tui.core.runs.lineage import Node
from ckpt_tui.core.runs.list_document import problem_document, ref_document
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.runs.time_texts import utc_moment
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.text import clean, size_text
from ckpt_tui.stores.base import Batch, Entry, Store, collect
from ckpt_tui.stores.fork_directories import with_own_forks
from ckpt_tui.stores.near_paths import near_path

_SIGNS = {"there": "·", "came": "+", "changed": "~", "gone": "-", "problem": "!"}
_COLOURS = {"came": "green", "changed": "yellow", "gone": "red", "problem": "red"}


class Event(NamedTuple):
    """Something that happened in a store.

    Attributes:
        kind: `there` (it was there at the start), `came`, `changed`, `gone` or `problem`.
        entry: What it is about.
        run: The id of the first checkpoint of its run, or "".
    """

    kind: str
    entry: Entry
    run: str


@click.command("tail")
@stores_argument
@click.option("--all", "from_start", is_flag=True, help="Begin with the checkpoints that are there.")
@click.option(
    "--until",
    type=click.Choice(("waiting", "done", "failed", "open")),
    help="End with the first new one in this state.",
)
@storage_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line, as it happens.")
def command(
    stores: tuple[str, ...], from_start: bool, until: str | None, storage: str | None, workflow_names: tuple[str, ...],
    as_json: bool,
) -> int:  # fmt: skip
    """Follow a store: a line, or with --json an object, for each checkpoint that comes, changes or goes.

    It runs until Ctrl+C, until its reader goes away, or with --until until a run gets there. A store that is not there
    yet is waited for.
    """
    opened = with_own_forks(open_named(stores, storage, workflow_names, must_exist=False))
    _say_what_is_missing(stores)
    stop = threading.Event()
    for event in follow(opened, stop, from_start):
        text = dumps(_document(event), indent=None) if as_json else _line(event)
        if not write(text):
            return 0
        entry = event.entry
        is_new = event.kind in ("came", "changed") and isinstance(entry, CheckpointRef)
        if until is not None and is_new and isinstance(entry, CheckpointRef) and entry.status == until:
            stop.set()
            return 0
    return 0


def _say_what_is_missing(stores: tuple[str, ...]) -> None:
    """Say on stderr that a store is waited for where another one has nearly its name."""
    for place in stores:
        near = "" if os.path.lexists(place) else near_path(place)
        if near:
            click.echo(f"ckpt-tui: {clean(place)} does not exist yet. Did you mean {clean(near)}?", err=True)


def follow(store: Store, stop: threading.Event, from_start: bool = False) -> Iterator[Event]:
    """What happens in a store until `stop` is set, bodies read; with `from_start`, first what is there."""
    known: dict[str, Entry] = {}
    roots: dict[str, str] = {}
    is_start = True
    for batch in store.watch(stop):
        entries = [*_filled(store, batch)]
        for name in batch.gone:
            gone = known.pop(name, None)
            if gone is not None:
                yield Event("gone", gone, _root(gone, roots))
        for entry in entries:
            before = known.get(entry.file)
            if before == entry:
                continue
            known[entry.file] = entry
            kind = "there" if is_start else "came" if before is None else "changed"
            if isinstance(entry, Problem):
                kind = "problem"
            if not is_start or from_start:
                yield Event(kind, entry, _root(entry, roots))
            else:
                _root(entry, roots)
        if is_start and batch.done >= batch.total:
            is_start = False


def _filled(store: Store, batch: Batch) -> list[Entry]:
    """The entries of a batch with their bodies read, in the order of their time."""
    entries = {entry.file: entry for entry in batch.entries}
    unread = [entry.file for entry in batch.entries if isinstance(entry, CheckpointRef) and entry.facts is None]
    if unread:
        collect(store.fill(unread), entries)
    return sorted(entries.values(), key=lambda entry: entry.rank if isinstance(entry, CheckpointRef) else (0.0, 0, ""))


def _root(entry: Entry, roots: dict[str, str]) -> str:
    """The first checkpoint of a run, as far as it is known."""
    if isinstance(entry, Problem):
        return ""
    own = entry.store_metadata.run if entry.store_metadata is not None and entry.store_metadata.run else ""
    found = roots[entry.id] = own or roots.get(entry.parent or "", entry.parent or entry.id)
    return found


def _document(event: Event) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    document: dict[str, Any] = {"schema": "ckpt-tui/tail@1", "event": event.kind, "t": now}
    if isinstance(event.entry, Problem):
        return {**document, "problem": {**problem_document(event.entry), "size": event.entry.size}}
    return {**document, "checkpoint": ref_document(event.entry, event.run)}


def _line(event: Event) -> str:
    entry = event.entry
    sign = _SIGNS[event.kind]
    if event.kind in _COLOURS:
        sign = paint(sign, fg=_COLOURS[event.kind])
    if isinstance(entry, Problem):
        return f"{sign} {shown_name(entry.file)}  {shown_name(entry.reason)}"
    row = listing.NodeRow(Node(entry, None, False, False, 0, 1, 0, ""), 0.0, False)
    when = utc_moment(entry)
    what = listing.summary(row) if event.kind != "gone" else ""
    head = f"{sign} {when}  {id_text(entry):9} {entry.step:>4}  {size_text(entry.size):>6}"
    return f"{head}  {shown_name(entry.workflow, 30)}  {clean(entry.status or '')}  {what}".rstrip()
