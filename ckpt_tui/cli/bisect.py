"""`ckpt-tui bisect`: the first checkpoint of a branch where an expression is true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from ckpt_tui.actions.branch_queries import BranchQueries, BranchQuery
from ckpt_tui.actions.expressions import Expression
from ckpt_tui.cli.change_lines import change_lines
from ckpt_tui.cli.completed_words import complete_files
from ckpt_tui.cli.output import (
    StorageCommand,
    json_option,
    open_named,
    paint,
    storage_options,
    tip_option,
    write_json,
    write_lines,
)
from ckpt_tui.cli.progress import ProgressBar, Stopped
from ckpt_tui.cli.show import locate
from ckpt_tui.configured_rules import configured_rules
from ckpt_tui.core.diff.changes import Change
from ckpt_tui.core.diff.diff_document import change_document
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.diff.value_diff import diff_checkpoints
from ckpt_tui.core.runs.path_history import Bisection, bisect_document, branch
from ckpt_tui.core.text import clean, counted
from ckpt_tui.stores.fork_directories import with_own_forks

_CHANGES = 20
"""Changes of the step that are printed; `--json` has all."""


@click.command("bisect", cls=StorageCommand)
@click.argument("store", metavar="STORE", shell_complete=complete_files)
@storage_options
@click.argument("expr", metavar="EXPR")
@tip_option
@click.option("--fast", is_flag=True, help="Evaluate few checkpoints by halving; EXPR must become true only once.")
@click.option("--reveal", is_flag=True, help="Evaluate EXPR on unmasked values.")
@json_option
def command(
    store: str,
    storage: str | None,
    workflow_names: tuple[str, ...],
    expr: str,
    tip: str,
    fast: bool,
    reveal: bool,
    as_json: bool,
) -> int:
    """The first checkpoint of a branch where EXPR is true, and what changed in that step.

    EXPR is JMESPath over the JSON of `show`, true unless it is null, false or empty. EXPR is evaluated on every
    checkpoint of the branch, so you see whether it turns more than once. Exit code 1: it is true nowhere.
    """
    expression = Expression(expr)
    opened = with_own_forks(open_named([store], storage, workflow_names))
    run, node = locate(opened, tip)
    _, nodes = branch((run,), node.ref.id)
    query = BranchQuery(run.id, nodes, expression, reveal)
    with ProgressBar() as watch:
        try:
            found = BranchQueries(opened).bisect(query, fast, watch.progress, watch.check)
        except Stopped:
            found = Bisection(expr, None, None, None, 0, (), False)
    changes: tuple[Change, ...] = ()
    if found.first is not None and found.previous is not None:
        before, after = opened.load(found.previous.file), opened.load(found.first.file)
        changes = diff_checkpoints(before, after, IgnoreRules(configured_rules())).shown
    documents = [change_document(change, reveal) for change in changes] if found.previous is not None else None
    document = bisect_document(found, run.id, documents)
    if as_json:
        write_json(document)
    else:
        write_lines(_lines(found, document, changes, reveal))
    for gap in found.unread:
        click.echo(f"not asked: {clean(gap.file)}: {clean(gap.reason)}", err=True)
    if not found.complete:
        return 130
    return 0 if found.first is not None else 1


def _lines(found: Bisection, document: dict[str, Any], changes: Sequence[Change], reveal: bool) -> Iterator[str]:
    asked = f"{counted(found.asked, 'checkpoint')} asked"
    name = paint(clean(found.expression), bold=True)
    if found.first is None:
        yield f"{name} · {'stopped' if not found.complete else 'never true on this branch'} · {asked}"
        return
    yield f"{name} · {asked}"
    yield f"first true  {_ref_text(document['first'])}"
    if found.previous is not None:
        yield f"before it   {_ref_text(document['previous'])}"
    if found.hint:
        yield paint("! ", fg="yellow") + found.hint
    if changes:
        yield ""
        yield paint(f"what changed in that step · {len(changes):,}", bold=True)
    for change in changes[:_CHANGES]:
        for line in change_lines(change, reveal):
            yield f"  {line}"
    if len(changes) > _CHANGES:
        yield f"  and {len(changes) - _CHANGES:,} more, all with --json"


def _ref_text(ref: dict[str, Any]) -> str:
    role = f" · {ref['role']}" if ref["role"] else ""
    return f"{clean(ref['id'])}  iteration {ref['iteration']} · {clean(ref['timestamp'])}{role}"
