"""`ckpt-tui show`: one checkpoint, decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import click

from ckpt_tui.actions.overviews import RunPath, overviews
from ckpt_tui.actions.store_contents import read_named
from ckpt_tui.actions.unreadable_files import dangers_in
from ckpt_tui.cli.completed_words import complete_words
from ckpt_tui.cli.output import (
    cut_notice,
    json_option,
    limit_option,
    open_named,
    paint,
    reveal_option,
    size_tables,
    storage_options,
    write,
    write_json,
    write_lines,
)
from ckpt_tui.cli.queried import queried
from ckpt_tui.cli.value_lines import value_lines
from ckpt_tui.core.doctor.alarms import alarms
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.model import Checkpoint, Problem
from ckpt_tui.core.overview.line import alarm_lines, overview_document
from ckpt_tui.core.paths import parse
from ckpt_tui.core.reading import shortened
from ckpt_tui.core.runs.ids import IdFault, as_late, as_late_here, find, name_and_parents
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.short_ids import id_text
from ckpt_tui.core.runs.unread_files import unread_among
from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.core.shell_words import shell_word
from ckpt_tui.core.show_document import show_document
from ckpt_tui.core.shown_names import masked_name, shown_name
from ckpt_tui.core.terms import numbered
from ckpt_tui.core.text import clean, size_text
from ckpt_tui.errors import NotFoundError, UndecodableError, UsageError
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.fork_directories import with_own_forks

_STORES = 5
"""Stores named whose latest checkpoint is as late as the one that is shown."""


@click.command("show")
@click.argument("words", nargs=-1, metavar="STORE... [ID]", shell_complete=complete_words)
@storage_options
@click.option("--query", metavar="EXPR", help="A JMESPath expression over the JSON document.")
@reveal_option
@limit_option
@click.option("--depth", type=click.IntRange(min=1), metavar="N", help="Levels below each part; the rest is counted.")
@click.option("--fields", metavar="PATHS", help="Nothing but these, comma separated: requests,state.draft.")
@click.option("--compact", is_flag=True, help="No nulls, nothing empty, short types; --json on one line.")
@click.option("--sizes", is_flag=True, help="Where its characters are instead: the largest paths, and types.")
@json_option
def command(
    words: tuple[str, ...], storage: str | None, workflow_names: tuple[str, ...], query: str | None, reveal: bool,
    limit: float, depth: int | None, fields: str | None, compact: bool, sizes: bool, as_json: bool,
) -> int:  # fmt: skip
    """One checkpoint: its overview, then all of it, decoded: messages, state, pending requests, metadata.

    ID is a full id, a unique prefix, `latest`, or either followed by ~N (N parents up);
    with several stores, or a directory of stores, STORE/ID says in which. Secrets are masked unless
    --reveal. Exit code 4: something could not be decoded, or could run code when it is loaded.

    What would take long to decode or to write is cut, with a sign in its place that says how much is missing;
    --limit 8 allows eight times as much. With --sizes, EXPR is evaluated on the document of sizes.
    """
    stores, checkpoint = store_and_id(words, storage)
    opened = with_own_forks(open_named(stores, storage, workflow_names))
    run, node = locate(opened, checkpoint)
    budget = DocumentBudget(limit)
    loaded = opened.load_within(node.ref.file, budget)
    alarmed = alarms(loaded, budget=budget)
    lines: Callable[[dict[str, Any]], Iterable[str]] = partial(_lines, number=numbered(node.ref))
    if sizes:
        lines = size_tables().shares_lines
        document = size_tables().sizes_document(loaded, run.id, node, budget)
    else:
        document = show_document(loaded, run.id, node, reveal, budget)
        document["warnings"] += alarmed
        if query is None or "overview" in query:
            document["overview"] = _overview(opened, run, node, loaded, alarmed, budget)
            document["complete"] = not budget.is_cut
    if not document["complete"]:
        cut_notice(limit)
    if not sizes:
        document = _shortened(document, depth, fields, compact)
    if query is not None:
        write(queried(query, document))
    elif as_json and compact:
        write(dumps(document, indent=None))
    elif as_json:
        write_json(document)
    else:
        write_lines(lines(document))
    return 4 if loaded.faults or alarmed else 0


def _shortened(document: dict[str, Any], depth: int | None, fields: str | None, compact: bool) -> dict[str, Any]:
    """The document with what was asked for and no more.

    Raises:
        UsageError: one of the fields is not a path.
    """
    if fields is None and depth is None and not compact:
        return document
    if fields is not None:
        paths = [(text, parse(text.strip())) for text in fields.split(",")]
        wrong = next((text for text, path in paths if not path), None)
        if wrong is not None:
            raise UsageError(f"--fields: {clean(wrong)} is not a path.", "Paths such as requests,state.draft.score.")
        document = shortened.only(document, [path for _, path in paths if path])
    if depth is not None:
        document = shortened.cut_deeper(document, depth)
    return shortened.compact(document) if compact else document


PATH_LENGTH = 200
"""Checkpoints of the way of the run that are read for the overview, in a tenth of a second to a whole one."""


def _overview(
    store: Store, run: Run, node: Node, loaded: Checkpoint, alarmed: Sequence[str], budget: DocumentBudget
) -> list[dict[str, Any]]:
    """What one asks first of a checkpoint, as the document has it."""
    run_path = RunPath(with_said=False)
    *_, report = overviews(store, run, node, run_path, loaded, most=PATH_LENGTH, at_once=False, budget=budget)
    return overview_document(report.overview._replace(lines=(*alarm_lines(alarmed), *report.overview.lines)))


def store_and_id(words: tuple[str, ...], storage: str | None = None) -> tuple[tuple[str, ...], str]:
    """Stores and the id behind them, which is the last word where there is more than one.

    Raises:
        UsageError: there is no word at all.
    """
    if storage is not None:
        return words[:-1], words[-1] if words else "latest"
    if not words:
        raise UsageError("Which store?", "ckpt-tui show STORE [ID]")
    return (words[:-1], words[-1]) if len(words) > 1 else (words, "latest")


def locate(store: Store, name: str) -> tuple[Run, Node]:
    """The run and the checkpoint that a name means.

    Raises:
        NotFoundError: there is none.
        UsageError: there is more than one.
        UndecodableError: it is a file that cannot be shown.
    """
    listed = read_named(store, name)
    found = locate_in(store, listed, name)
    if is_latest(name):
        say_unread(store, listed[1])
    return found


def is_latest(name: str) -> bool:
    """Whether a name means the latest checkpoint, or one above it."""
    return name_and_parents(name)[0].rpartition("/")[2] == "latest"


def say_unread(store: Store, problems: Iterable[Problem], what: str = "not read, and may be later") -> None:
    """Say on stderr what could not be read, and may hold a checkpoint that matters: directories first."""
    unread = sorted(unread_among(problems), key=lambda one: not one.file.endswith("/"))
    if unread:
        named = "; ".join(f"{clean(one.file)}: {clean(one.reason, _REASON).rstrip('.')}" for one in unread[:_UNREAD])
        rest = len(unread) - _UNREAD
        lists = f"`ckpt-tui ls {shell_word(masked_text(store.path))}` lists them"
        more = f"; and {rest:,} more, {lists}" if rest > 0 else ""
        click.echo(f"ckpt-tui: {what}: {named}{more}", err=True)


_UNREAD, _REASON = 3, 200
"""Entries that could not be read which are named, and characters of the reason that are shown."""


def locate_in(store: Store, listed: tuple[tuple[Run, ...], list[Problem]], name: str) -> tuple[Run, Node]:
    """The same in what was read of the store already: its runs, and its problems."""
    runs, problems = listed
    alone = not runs and len(problems) == 1  # a file that was named by itself
    for problem in problems:
        if alone or name in (problem.file, problem.file.removesuffix(".json")):
            _explain(store, problem.file)
    try:
        node = find(name, runs)
    except IdFault as fault:
        meant = [problem.file for problem in problems if len(name) >= _MEANT and name in problem.file]
        if len(meant) == 1 and not fault.ambiguous:  # the id of a file whose name says more than the id
            _explain(store, meant[0])
        hint = f"`ckpt-tui ls {shell_word(masked_text(store.path))}` lists the ids."
        error = UsageError if fault.ambiguous else NotFoundError
        raise error(f"{fault.reason}.", hint) from None
    run = next(run for run in runs if any(other is node for other in run.nodes))
    if name_and_parents(name)[0] == "latest":
        if run.store:
            _say_which(run.store, as_late(node, runs))
        _say_tie(find("latest", runs), [other for one in runs if one.store == run.store for other in one.nodes])
    return run, node


_MEANT = 8
"""Characters of an id from which it may be a part of a file's name."""


def _say_which(store: str, others: list[Node]) -> None:
    """Say on stderr in which of several stores the latest checkpoint is, and which are as late."""
    text = f"ckpt-tui: latest is in {clean(store)}"
    if others:
        names = [clean(other.ref.store_metadata.store) for other in others if other.ref.store_metadata is not None]
        more = f" and {len(names) - _STORES:,} more" if len(names) > _STORES else ""
        text += f"; as late are those of {', '.join(names[:_STORES])}{more}: STORE/latest says which"
    click.echo(text, err=True)


def _say_tie(latest: Node, nodes: list[Node]) -> None:
    """Say on stderr which branches end at the same time as the latest checkpoint."""
    others = as_late_here(latest, nodes)
    if others:
        names = [id_text(other.ref) for other in (latest, *others)]
        if len(set(names)) < len(names):
            names = [masked_name(other.ref.id) for other in (latest, *others)]
        own, *names = names
        more = f" and {len(names) - _STORES:,} more" if len(names) > _STORES else ""
        which = f"{', '.join(names[:_STORES])}{more} {'has' if len(names) == 1 else 'have'} the same time"
        click.echo(f"ckpt-tui: latest is {own}; {which}: name the one that is meant", err=True)


def _explain(store: Store, file: str) -> None:
    """Say why a file cannot be shown, and what is dangerous in it, since the framework decodes it all the same."""
    try:
        store.load(file)
    except UndecodableError as error:
        dangers = [clean(danger) for danger in dangers_in(store, file)]
        if not dangers:
            raise
        raise UndecodableError(" ".join((error.what, *(f"{danger}." for danger in dangers))), error.hint) from None


def _lines(document: dict[str, Any], number: str) -> Iterator[str]:
    head = document["checkpoint"]
    role = " · ".join(dict.fromkeys(word for word in (head["role"], head["status"]) if word))
    facts = f"{number} · {role} · {clean(head['timestamp'])} · {size_text(head['size'])}"
    where = f"{clean(head['store'])}/" if head.get("store") else ""
    yield f"{where}{paint(clean(head['id']), bold=True)}  {clean(head['workflow'] or head.get('title', ''))} · {facts}"
    directory = head["file"].rpartition("/")[0]
    if directory and not where and head["file"] == f"{directory}/{head['id']}.json":
        yield f"in the fork {clean(directory)}"
    for warning in document.get("warnings", ()):
        yield paint("! ", fg="red") + clean(warning)
    said = ""
    for line in document.get("overview", ()):
        # Warnings are above already.
        if line["label"] not in ("danger", "error"):
            name = "" if line["label"] == said else line["label"]
            yield f"{paint(f'{name:<9}', bold=True)}{clean(line['text'], 1_000)}"
            said = line["label"]
    for request in document.get("requests", ()):
        asked, expected = clean(request["request_type"]), clean(request["response_type"])
        who = f"{shown_name(request['request_id'])}  {shown_name(request['executor'])}"
        yield f"⏸ {who} asks {asked}, expects {expected}"
    for part in ("messages", "state", "pending", "metadata"):
        if document.get(part) not in ({}, None):
            yield ""
            yield paint(part, bold=True)
            yield from value_lines(document[part])
