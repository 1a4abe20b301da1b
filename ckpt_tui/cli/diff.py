"""`ckpt-tui diff`: what changed between two checkpoints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import click

from ckpt_tui.actions.expressions import evaluate
from ckpt_tui.actions.store_contents import read_named, read_store
from ckpt_tui.cli.change_lines import change_lines
from ckpt_tui.cli.completed_words import complete_files, complete_ids
from ckpt_tui.cli.output import (
    StorageCommand,
    json_option,
    open_named,
    paint,
    reveal_option,
    storage_options,
    write_json,
    write_lines,
)
from ckpt_tui.cli.piped_path import shown_input
from ckpt_tui.cli.show import is_latest, locate_in, say_unread
from ckpt_tui.configured_rules import configured_rules
from ckpt_tui.core.diff.changes import Change, Difference
from ckpt_tui.core.diff.diff_document import diff_document, fork_document
from ckpt_tui.core.diff.divergence import divergence, fork
from ckpt_tui.core.diff.ignore_rules import IgnoreRules, PatternFault, Rule, pattern
from ckpt_tui.core.diff.value_diff import diff, scale_of
from ckpt_tui.core.model import Checkpoint, parts_of
from ckpt_tui.core.paths import Path, parse
from ckpt_tui.core.reading.members import locate as positions_of
from ckpt_tui.core.reading.members import members
from ckpt_tui.core.redact import EVERYTHING, PLAIN, SECRET, secrecy
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.list_document import ref_document
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.runs.workflow_names import workflow_label
from ckpt_tui.core.secret_names import leads_to_key_of_service
from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.core.show_document import show_document
from ckpt_tui.core.shown_names import shown_name
from ckpt_tui.core.terms import numbered
from ckpt_tui.core.text import clean, counted
from ckpt_tui.errors import NotFoundError, UsageError
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.fork_directories import with_own_forks
from ckpt_tui.stores.registry import open_store

_HINT = "A path such as state.draft.score, where * and [*] stand for any one step and ** for any number."


class _Side(NamedTuple):
    """One of the two checkpoints: its store, its run, its place in it, and itself."""

    store: Store
    run: Run
    node: Node
    checkpoint: Checkpoint


@click.command("diff", cls=StorageCommand)
@click.argument("store", metavar="STORE", shell_complete=complete_files)
@storage_options
@click.argument("first", metavar="A", shell_complete=complete_ids)
@click.argument("second", metavar="[B]", default="", shell_complete=complete_ids)
@click.option("--other", metavar="STORE2", shell_complete=complete_files, help="The store that B is in.")
@click.option("--query", metavar="EXPR", help="Compare only the results of a JMESPath expression on both.")
@click.option(
    "--ignore", "ignored", metavar="EXPR", multiple=True, help="Hide changes at a path; `*` and `**` are allowed."
)
@click.option("--strict", is_flag=True, help="Show every change: no rules for timestamps, random ids and the like.")
@click.option("--fork", "as_fork", is_flag=True, help="Also show where the branches of A and B diverge.")
@reveal_option
@json_option
def command(
    store: str, storage: str | None, workflow_names: tuple[str, ...], first: str, second: str, other: str | None,
    query: str | None, ignored: tuple[str, ...], strict: bool, as_fork: bool, reveal: bool, as_json: bool,
) -> int:  # fmt: skip
    """What changed between two checkpoints, on decoded values.

    A and B are ids as in `show`. Without B, A is compared with its parent; with --other and without B, with the
    latest of that store. Ends with 1 when something differs, 0 when nothing does.
    """
    ignore = _ignore(strict, ignored)
    a, b = _sides(open_named([store], storage, workflow_names), first, second, other)
    if query is None:
        difference = diff(parts_of(a.checkpoint), parts_of(b.checkpoint), ignore, scale_of(a.checkpoint, b.checkpoint))
        asked = ""
    else:
        difference, asked = _queried(query, a, b, ignore, reveal)
    document: dict[str, Any] = {}
    if as_fork:
        document["fork"] = _fork(a, b, ignore, reveal)
    if as_json:
        head_a, head_b = (ref_document(side.node.ref, side.run.id, side.node) for side in (a, b))
        write_json(diff_document(head_a, head_b, difference, ignore, reveal, asked) | document)
    else:
        write_lines(_lines(a, b, difference, reveal, asked, document.get("fork")))
    return 1 if difference.shown or difference.incomplete else 0


def _ignore(strict: bool, ignored: tuple[str, ...]) -> IgnoreRules:
    try:
        own = Rule("--ignore", ", ".join(ignored), tuple(pattern(text) for text in ignored))
    except PatternFault as fault:
        raise UsageError(f"--ignore: {fault}.", _HINT) from None
    rules = () if strict else configured_rules()
    return IgnoreRules((*rules, own) if ignored else rules)


def _sides(store: Store, first: str, second: str, other: str | None) -> tuple[_Side, _Side]:
    opened = with_own_forks(store)
    # In one scan: a second one reports only what is new.
    names = [first, *([] if other is not None or not second else [second])]
    listed = read_named(opened, *names)
    if any(map(is_latest, names)):
        say_unread(opened, listed[1])
    run, node = locate_in(opened, listed, first)
    here = _Side(opened, run, node, opened.load(node.ref.file))
    if other is None and not second:
        if node.parent is None:
            raise NotFoundError(f"{id_text(node.ref)} has no parent to compare it with.", "Name a second checkpoint.")
        before = next(above for above in run.nodes if above.ref.id == node.parent)
        return _Side(opened, run, before, opened.load(before.ref.file)), here
    if other is not None:
        opened = with_own_forks(open_store(other))
        listed = read_named(opened, second or "latest")
        if is_latest(second or "latest"):
            say_unread(opened, listed[1])
    run, node = locate_in(opened, listed, second or "latest")
    return here, _Side(opened, run, node, opened.load(node.ref.file))


def _queried(query: str, a: _Side, b: _Side, ignore: IgnoreRules, reveal: bool) -> tuple[Difference, str]:
    """The differences between two results; a path keeps the values, any other expression is evaluated on documents."""
    path = parse(query)
    scale = scale_of(a.checkpoint, b.checkpoint)
    if path:
        before, after = ({"@": found[0]} if found else {} for found in (_at(side, path) for side in (a, b)))
        secret = max((secrecy(str(step)) for step in path), default=PLAIN)
        secret = max(secret, SECRET if leads_to_key_of_service(path) else PLAIN)
        found = diff(before, after, ignore, scale, secret=secret)
        return Difference(tuple(_below(change, path) for change in found.changes), found.incomplete), ""
    if reveal:
        before, after = ({"@": _asked(query, side, True)} for side in (a, b))
        found = diff(before, after, ignore, scale)
        return Difference(tuple(_below(change, ()) for change in found.changes), found.incomplete), query
    # A result has lost the names above it: where it differs from the result on the masked document, it is a secret.
    masked_before, masked_after = ({"@": _asked(query, side, False)} for side in (a, b))
    try:
        before, after = ({"@": _asked(query, side, True)} for side in (a, b))
    except UsageError:
        raise UsageError("The query cannot be evaluated without showing secrets.", "--reveal shows why.") from None
    found = diff(before, after, ignore, scale)
    changes = (
        change._replace(secrecy=EVERYTHING)
        if (change.op != "added" and _differs(before, masked_before, change.source or change.path))
        or (change.op != "removed" and _differs(after, masked_after, change.path))
        else change
        for change in found.changes
    )
    return Difference(tuple(_below(change, ()) for change in changes), found.incomplete), query


def _asked(query: str, side: _Side, reveal: bool) -> Any:
    return evaluate(query, show_document(side.checkpoint, reveal=reveal))


def _differs(document: Any, other: Any, path: Path) -> bool:
    """Whether two documents differ at a path, as far as can be seen."""
    try:
        for step in path:
            document, other = document[step], other[step]
        return bool(document != other)
    except (LookupError, TypeError, RecursionError):
        return True


def _at(side: _Side, path: Path) -> list[Any]:
    """The value at a path in a list, or nothing where there is none."""
    value: Any = parts_of(side.checkpoint)
    for position in positions_of(value, path):
        member = members(value)[position]
        value, path = member.value, path[len(member.steps) :]
    return [] if path else [value]


def _below(change: Change, path: Path) -> Change:
    source = None if change.source is None else (*path, *change.source[1:])
    return change._replace(path=(*path, *change.path[1:]), source=source)


def _fork(a: _Side, b: _Side, ignore: IgnoreRules, reveal: bool) -> dict[str, Any]:
    if a.store.path != b.store.path:
        raise UsageError("--fork needs two checkpoints of one store.", "Leave out --other.")
    runs, _ = read_store(a.store.fresh(), fast=True)
    found = fork(runs, a.node.ref.id, b.node.ref.id)
    parted = divergence(found, lambda ref: a.store.load(ref.file), ignore)
    return fork_document(found, parted, a.run, reveal)


# -- for people --------------------------------------------------------------------------------------------------------


def _lines(
    a: _Side, b: _Side, difference: Difference, reveal: bool, query: str, parted: dict[str, Any] | None
) -> Iterator[str]:
    for sign, side in (("-", a), ("+", b)):
        ref = side.node.ref
        where = "" if a.store.path == b.store.path else f" in {clean(shown_input(masked_text(side.store.path)))}"
        name = shown_name(workflow_label(ref))
        yield f"{sign} {paint(shown_name(ref.id), bold=True)}  {name} · {numbered(ref)}{where}"
    if parted is not None:
        yield from _fork_lines(parted)
    yield ""
    for change in difference.shown:
        yield from change_lines(change, reveal, query)
    count = len(difference.shown)
    text = counted(count, "change") if count else "nothing differs"
    if difference.ignored:
        rules = ", ".join(f"{name} {number:,}" for name, number in difference.by_rule.items())
        text += f" · {difference.ignored:,} hidden ({rules}); --strict shows them"
    yield paint(text, dim=True)
    if difference.incomplete:
        yield paint("! ", fg="red") + difference.incomplete


def _fork_lines(parted: dict[str, Any]) -> Iterator[str]:
    ancestor = parted["ancestor"]
    if ancestor is None:
        yield "  they have no common ancestor"
        return
    yield f"  common ancestor {shown_name(ancestor['id'])} · iteration {ancestor['iteration']}"
    if parted["step"] is None:
        first, second = parted["steps"]
        yield f"  nothing differs in the steps that both branches have ({min(first, second)})"
    else:
        yield f"  they diverge in step {parted['step']} after it, first at {shown_name(parted['path'])}"
