"""A part of the list of `ls`, or an answer from it: read, and written line by line."""

from __future__ import annotations

from ckpt_tui.actions.selected_checkpoints import each_selected, read_selected
from ckpt_tui.cli.output import write
from ckpt_tui.cli.queried import queried as queried
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.model import Problem
from ckpt_tui.core.runs.ids import IdFault
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.list_document import problem_document, ref_document
from ckpt_tui.core.runs.selected_runs import Selection as Selection
from ckpt_tui.errors import CkptError, NotFoundError, UsageError
from ckpt_tui.stores.base import Store


def read_or_fail(store: Store, selection: Selection, fast: bool) -> tuple[tuple[Run, ...], list[Problem]]:
    """What is wanted of a store, and its problems.

    Raises:
        NotFoundError: there is no such run.
        UsageError: more than one run is meant.
    """
    try:
        return read_selected(store, selection, fast)
    except IdFault as fault:
        raise _error(fault) from None


def write_selected(store: Store, selection: Selection, fast: bool) -> int:
    """Write a line of JSON for each checkpoint, and for each problem behind them, as they are read."""
    try:
        for some in each_selected(store, selection, fast):
            if some and not write("\n".join(map(_line, some))):
                break
    except IdFault as fault:
        raise _error(fault) from None
    return 0


def _line(found: tuple[Run, Node] | Problem) -> str:
    if isinstance(found, Problem):
        return dumps({"problem": problem_document(found)}, None)
    run, node = found
    return dumps(ref_document(node.ref, run.id, node), None)


def _error(fault: IdFault) -> CkptError:
    kind = UsageError if fault.ambiguous else NotFoundError
    return kind(f"{fault.reason}.", "`ckpt-tui ls` lists the runs.")
