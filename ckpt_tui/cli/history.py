"""`ckpt-tui history`: each value a path took along a branch."""

from __future__ import annotations

from collections.abc import Iterator

import click

from ckpt_tui.actions.branch_queries import BranchQueries, BranchQuery
from ckpt_tui.actions.expressions import Expression
from ckpt_tui.cli.completed_words import complete_files
from ckpt_tui.cli.output import (
    StorageCommand,
    json_option,
    open_named,
    pad,
    paint,
    reveal_option,
    storage_options,
    tip_option,
    write_json,
    write_lines,
)
from ckpt_tui.cli.progress import ProgressBar, Stopped
from ckpt_tui.cli.show import locate
from ckpt_tui.core.runs.path_history import History, branch, executors_text, history_document, value_text
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.runs.time_texts import utc_moment
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.text import clean, counted
from ckpt_tui.stores.fork_directories import with_own_forks

_VALUE = 200
"""Characters of a value on its line; `--json` has all of it."""


@click.command("history", cls=StorageCommand)
@click.argument("store", metavar="STORE", shell_complete=complete_files)
@storage_options
@click.argument("path", metavar="EXPR")
@tip_option
@reveal_option
@json_option
def command(
    store: str, storage: str | None, workflow_names: tuple[str, ...], path: str, tip: str, reveal: bool, as_json: bool
) -> int:
    """Each value a path took along a branch, root first: checkpoint, step, and the executors that ran in it.

    EXPR is a path such as state.draft.score, or any JMESPath expression over the JSON of `show`; a path is followed
    without decoding what is not on it. A value is listed where it differs from the one before it. ~ marks executors
    that are inferred. Exit code 1: the path never had a value.
    """
    expression = Expression(path)
    opened = with_own_forks(open_named([store], storage, workflow_names))
    run, node = locate(opened, tip)
    _, nodes = branch((run,), node.ref.id)
    history = History(path, (), 0, (), False)
    query = BranchQuery(run.id, nodes, expression, reveal)
    with ProgressBar() as watch:
        try:
            for so_far in BranchQueries(opened).follow(query, watch.progress, watch.check):
                history = so_far
        except Stopped:
            pass
    if as_json:
        write_json(history_document(history))
    else:
        write_lines(_lines(history))
    for gap in history.unread:
        click.echo(f"not asked: {clean(gap.file)}: {clean(gap.reason)}", err=True)
    if not history.complete:
        return 130
    return 0 if any(not taken.absent for taken in history.values) else 1


def _lines(history: History) -> Iterator[str]:
    stopped = "" if history.complete else " · stopped"
    asked, values = counted(history.asked, "checkpoint"), counted(len(history.values), "value")
    yield f"{paint(shown_name(history.path), bold=True)} · {asked} · {values}{stopped}"
    ran = [executors_text(taken) for taken in history.values]
    wide = min(max(map(len, ran), default=0), 40)
    for taken, names in zip(history.values, ran, strict=True):
        ref = taken.ref
        when = utc_moment(ref)
        value = paint("nothing there", dim=True) if taken.absent else clean(value_text(taken.value, _VALUE))
        who = pad(shown_name(names, 40), wide)
        yield f"{id_text(ref):9} {ref.iteration:>4}  {paint(when, dim=True)}  {who}  {value}"
