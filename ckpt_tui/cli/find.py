"""`ckpt-tui find`: where a text is, over all checkpoints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from ckpt_tui.actions.store_contents import read_store
from ckpt_tui.actions.text_search import LIMIT, TextSearches
from ckpt_tui.cli.completed_words import complete_files, complete_ids
from ckpt_tui.cli.output import (
    StorageCommand,
    data_stream,
    json_option,
    open_named,
    paint,
    storage_options,
    write,
    write_json,
    write_lines,
)
from ckpt_tui.cli.progress import ProgressBar, Stopped
from ckpt_tui.cli.show import locate
from ckpt_tui.core.find.question import Match, Question, find_document
from ckpt_tui.core.model import Problem
from ckpt_tui.core.runs.lineage import Node
from ckpt_tui.core.runs.unread_files import Unread, unread_among
from ckpt_tui.core.shown_names import shown_name, shown_path
from ckpt_tui.core.terms import numbered
from ckpt_tui.core.text import clean, counted
from ckpt_tui.errors import UsageError
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.fork_directories import with_own_forks


@click.command("find", cls=StorageCommand)
@click.argument("store", metavar="STORE", shell_complete=complete_files)
@storage_options
@click.argument("text", metavar="TEXT")
@click.option("--regex", is_flag=True, help="TEXT is a regular expression.")
@click.option("--keys", is_flag=True, help="Look in keys and attribute names only.")
@click.option("--values", is_flag=True, help="Look in values only.")
@click.option("--in", "one", metavar="ID", shell_complete=complete_ids, help="Look in this checkpoint only.")
@click.option(
    "--run", "run_of", metavar="ID", shell_complete=complete_ids, help="Look in the run of this checkpoint only."
)
@click.option("--limit", type=click.IntRange(min=1), default=LIMIT, show_default=True, help="Most matches to list.")
@click.option("--reveal", is_flag=True, help="Look in secrets, too, and show them.")
@json_option
def command(
    store: str, storage: str | None, workflow_names: tuple[str, ...], text: str, regex: bool, keys: bool, values: bool,
    one: str | None, run_of: str | None, limit: int, reveal: bool, as_json: bool,
) -> int:  # fmt: skip
    """Find a text in all checkpoints: in keys, attribute names, values and class names.

    Case matters when TEXT has an upper case letter. Secrets are not searched unless --reveal. A value that is shared
    within a checkpoint is listed once, at its first place. Exit code 1: nothing was found.
    """
    if not text:
        raise UsageError("There is no text to find.", "Give a text that is not empty.")
    if one is not None and run_of is not None:
        raise UsageError("--in looks in one checkpoint, --run in a whole run.", "Leave one of them out.")
    opened = with_own_forks(open_named([store], storage, workflow_names))
    nodes, problems = _nodes(opened, one, run_of)
    question = Question(text, regex, keys or not values, values or not keys, reveal)
    search = _Search(opened, nodes, question, limit)
    gaps = unread_among(problems)
    with ProgressBar() as watch:
        search.watch = watch
        if as_json:
            matches = list(search)
            watch.clear()
            write_json(find_document(matches, search.truncated, search.done, (*gaps, *search.unread)))
        elif data_stream().isatty():
            for line in _lines(search):
                write(line)  # each as it is found
        else:
            write_lines(_lines(search))
    for gap in (*gaps, *search.unread):
        click.echo(f"not searched: {clean(gap.file)}: {clean(gap.reason)}", err=True)
    if search.note:
        click.echo(clean(search.note), err=True)
    if search.stopped:
        return 130
    return 0 if search.number else 1


def _nodes(store: Store, one: str | None, run_of: str | None) -> tuple[list[Node], list[Problem]]:
    """What is to be searched, and what of the store cannot be."""
    if one is not None:
        return [locate(store, one)[1]], []
    if run_of is not None:
        return list(locate(store, run_of)[0].nodes), []
    runs, problems = read_store(store, fast=True)
    return [node for run in runs for node in run.nodes], problems


class _Search:
    """The matches as they are found, and how the search ended."""

    def __init__(self, store: Store, nodes: Sequence[Node], question: Question, limit: int) -> None:
        self._found = TextSearches(store).find(nodes, question, limit, self._check)
        self.watch = ProgressBar()
        self.number = self.done = 0
        self.truncated = self.stopped = False
        self.unread: list[Unread] = []
        self.note = ""

    def _check(self) -> None:
        self.watch.check()

    def __iter__(self) -> Iterator[Match]:
        try:
            for found in self._found:
                self.watch.progress(found.done, found.total)
                self.done, self.note = found.done, found.note
                self.truncated = self.truncated or found.truncated
                if found.unread is not None:
                    self.unread.append(found.unread)
                self.number += len(found.matches)
                yield from found.matches
        except Stopped:
            self.stopped = self.truncated = True


def _lines(search: _Search) -> Iterator[str]:
    shown = ""
    for ref, hit in search:
        search.watch.clear()
        if ref.file != shown:
            metadata = ref.store_metadata
            store = f"{clean(metadata.store)}/" if metadata is not None and metadata.store else ""
            yield f"{store}{paint(shown_name(ref.id), bold=True)}  {numbered(ref)} · {clean(ref.utc)}"
            shown = ref.file
        begin, end = hit.spot
        before, found, after = clean(hit.text[:begin]), clean(hit.text[begin:end]), clean(hit.text[end:])
        where = "key  " if hit.where == "key" else "value"
        yield f"  {where}  {shown_path(hit.path, 100)}  {before}{paint(found, fg='yellow', bold=True)}{after}"
    count = f"{search.number:,} match{'' if search.number == 1 else 'es'}"
    more = " · there may be more" if search.truncated else ""
    yield f"{count} in {counted(search.done, 'checkpoint')}{more}"
