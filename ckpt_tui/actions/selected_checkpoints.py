"""Reads a part of a store's list: every header, but only the bodies that are wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from ckpt_tui.actions.store_contents import read_headers
from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.partial_runs import runs_for_selection
from ckpt_tui.core.runs.selected_runs import Selection, with_read
from ckpt_tui.stores.base import Entry, Store, collect

AT_ONCE = 64
"""Bodies read before what they show is handed on."""


def read_selected(store: Store, selection: Selection, fast: bool = False) -> tuple[tuple[Run, ...], list[Problem]]:
    """What is wanted of a store, in lineage order, and its problems; `fast` reads headers only.

    Raises:
        IdFault: there is no such run, or more than one.
    """
    entries = read_headers(store, selection)
    runs = selection.before_reading(_arranged(entries, selection))
    if not fast:
        collect(store.fill(_unread(node for run in runs for node in run.nodes)), entries)
        runs = selection.after_reading(with_read(runs, _refs(entries)))
    return runs, [entry for entry in entries.values() if isinstance(entry, Problem)]


def each_selected(store: Store, selection: Selection, fast: bool = False) -> Iterator[list[tuple[Run, Node] | Problem]]:
    """The same some at a time, as bodies are read: checkpoints in lineage order, then the problems.

    Where states are asked for, the first come when all that may be wanted has been read.

    Raises:
        IdFault: there is no such run, or more than one.
    """
    if selection.status:
        runs, problems = read_selected(store, selection, fast)
        yield [(run, node) for run in runs for node in run.nodes]
        yield _by_file(problems)
        return
    entries = read_headers(store, selection)
    runs = selection.before_reading(_arranged(entries, selection))
    broken = [entry for entry in entries.values() if isinstance(entry, Problem)]
    nodes = ((run, node) for run in runs for node in run.nodes)
    while some := list(islice(nodes, AT_ONCE)):
        unread = [] if fast else _unread(node for _, node in some)
        read = collect(store.fill(unread)) if unread else {}
        found: list[tuple[Run, Node] | Problem] = []
        for run, node in some:
            entry = read.get(node.ref.file, node.ref)
            if isinstance(entry, Problem):
                broken.append(entry)
            else:
                found.append((run, node._replace(ref=entry)))
        yield found
    yield _by_file(broken)


def _by_file(problems: Iterable[Problem]) -> list[tuple[Run, Node] | Problem]:
    return [*sorted(problems, key=lambda problem: problem.file)]


def _arranged(entries: dict[str, Entry], selection: Selection) -> tuple[Run, ...]:
    return runs_for_selection(list(_refs(entries).values()), selection)


def _refs(entries: dict[str, Entry]) -> dict[str, CheckpointRef]:
    return {file: entry for file, entry in entries.items() if isinstance(entry, CheckpointRef)}


def _unread(nodes: Iterable[Node]) -> list[str]:
    return [node.ref.file for node in nodes if node.ref.facts is None]
