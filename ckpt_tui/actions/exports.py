"""Copies of checkpoints to share: which ones, masked and without the names of this machine, as a bundle or a report."""

from __future__ import annotations

import getpass
import os
import socket
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from ckpt_tui.actions.overviews import PATH_LENGTH, RunPath, overviews
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.diff.value_diff import diff, scale_of
from ckpt_tui.core.doctor.alarms import alarms
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem, StoreMetadata, parts_of
from ckpt_tui.core.paths import Path, parse
from ckpt_tui.core.redact import masked
from ckpt_tui.core.runs.lineage import Node, Run, arrange
from ckpt_tui.core.sharing.bundle import SCHEMA, entry
from ckpt_tui.core.sharing.hidden import hidden_places, summary_document, summary_text
from ckpt_tui.core.sharing.machine_names import Cleaner, Names
from ckpt_tui.core.sharing.run_page import PagePoint, PageReport, RunReport, title_of
from ckpt_tui.core.show_document import show_document
from ckpt_tui.core.steps.snapshots import take_snapshot
from ckpt_tui.core.steps.steps import step_between
from ckpt_tui.errors import CkptError, UsageError
from ckpt_tui.stores.base import Store, collect
from ckpt_tui.stores.exported_bundle import BundleStore
from ckpt_tui.stores.postgres_address import absolute, is_postgres

WAY = 100
"""Checkpoints before the chosen ones that a report reads, for its overview and its graph; and how many of them an
overview shows that is not the last of its run: it would take longer for each of a long run."""

Check = Callable[[], None] | None
Progress = Callable[[int, int], None] | None


class Bundle(NamedTuple):
    """The document of a bundle, and what was masked in it.

    Attributes:
        document: The bundle.
        hidden: What was masked, for programs.
        text: The same in one line for people.
    """

    document: dict[str, Any]
    hidden: dict[str, Any]
    text: str


def names_here(store: Store) -> Names:
    """What this machine is called: its user and host, and the directories of the user, the store and the moment."""
    users = [os.environ.get(name, "") for name in ("USER", "LOGNAME", "USERNAME")]
    with suppress(Exception):  # no entry in the database of users, which differs between systems
        users.append(getpass.getuser())
    home = os.path.expanduser("~")
    if os.path.basename(os.path.dirname(home)) in ("home", "Users"):  # else it may be a common word
        users.append(os.path.basename(home))
    host = socket.gethostname()
    places = [(home, "~")]
    with suppress(OSError):  # the working directory is gone
        places.append((os.getcwd(), "."))
    for one in (store, *store.members):
        with suppress(OSError, ValueError):
            paths = dict.fromkeys(
                (absolute(one.path), one.path if is_postgres(one.path) else os.path.realpath(one.path))
            )
            places += [(path, os.path.basename(path.partition("?")[0]) or "store") for path in paths]
    return Names(tuple(filter(None, users)), tuple(filter(None, (host, host.partition(".")[0]))), tuple(places))


def make_bundle(
    store: Store, runs: Sequence[Run], chosen: Sequence[Node], problems: Sequence[Problem] = (),
    reveal: Sequence[str] = (), version: str = "", progress: Progress = None, check: Check = None,
    besides: Container[str] = (),
) -> Bundle:  # fmt: skip
    """Copy checkpoints into the document of a bundle.

    Args:
        store: Where they are.
        runs: Its runs.
        chosen: The checkpoints.
        problems: What in the store cannot be read, to be named in the copy.
        reveal: Paths (of the document of `show`) whose secrets are not masked.
        version: The version of the program, which the copy names.
        progress: Called with how many were copied, and of how many.
        check: Called now and then; whatever it raises ends the work.
        besides: Files of checkpoints that are read only to complete the others; what is masked in them is not counted.

    Raises:
        UsageError: one of `reveal` is not a path, or is in none of the checkpoints.
    """
    revealed = _Revealed(reveal)
    cleaner = Cleaner(names_here(store))
    places: Counter[str] = Counter()
    entries: list[dict[str, Any]] = []
    followed = {node.parent for run in runs for node in run.nodes}
    unread = [(problem.file, problem.reason, problem.kind) for problem in problems]
    for number, node in enumerate(chosen, 1):
        counted = cleaner.paths, cleaner.names
        try:
            made = _entry(store, node, revealed, cleaner)
        except CkptError as error:
            unread.append((node.ref.file, error.what, "unreadable"))
        else:
            if node.ref.file in besides:
                cleaner.paths, cleaner.names = counted
            else:
                places += hidden_places(made)
            entries.append(made | ({"goes_on": True} if node.ref.id in followed else {}))
        if progress is not None:
            progress(number, len(chosen))
        if check is not None:
            check()
    revealed.refuse_unmet()
    failed = cleaner.document(masked([{"file": file, "reason": why, "kind": kind} for file, why, kind in unread]))
    hidden = summary_document(places, cleaner, list(reveal))
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "made_by": f"ckpt-tui {version}".strip(),
        "store": cleaner.document({"kind": store.kind, "name": store_name(store)}),
        "hidden": hidden,
        "checkpoints": entries,
        "problems": failed,
    }
    return Bundle(document, hidden, summary_text(hidden))


def store_name(store: Store) -> str:
    """The last part of a store's path."""
    return os.path.basename(os.path.abspath(store.path.partition("?")[0])) if store.path else "store"


class _Revealed:
    """Paths whose secrets are not masked, and which of them were in a checkpoint.

    Args:
        texts: The paths (of the document of `show`).

    Raises:
        UsageError: one of them is not a path.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._paths = {text: _path(text) for text in texts}
        self._met: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._paths)

    def copy(self, bare: Any, made: Any, cleaner: Cleaner) -> None:
        """Put what is at the paths of the unmasked document into the masked one, without the names of this machine."""
        for text, path in self._paths.items():
            if _copy_at(path, bare, made, cleaner):
                self._met.add(text)

    def refuse_unmet(self) -> None:
        """A path that is in no checkpoint is a typing error.

        Raises:
            UsageError: there is one.
        """
        for text in self._paths:
            if text not in self._met:
                raise UsageError(f"--reveal: nothing is at {text}.", "`ckpt-tui show` has the paths.")


def _path(text: str) -> Path:
    path = parse(text)
    if not path:
        raise UsageError(f"--reveal: {text} is not a path.", "A path such as state.config.api_key.")
    return path


def _entry(store: Store, node: Node, revealed: _Revealed, cleaner: Cleaner) -> dict[str, Any]:
    budget = DocumentBudget()
    loaded = store.load_within(node.ref.file, budget)
    alarmed = alarms(loaded, budget=budget)
    loaded = loaded._replace(warnings=(*loaded.warnings, *alarmed))
    ref = node.ref
    if ref.facts is None:
        given = _with_body(ref.store_metadata, loaded.ref.store_metadata)
        ref = loaded.ref._replace(file=ref.file, store_metadata=given)
    if node.guessed and node.parent is not None:  # a part of the store would be guessed otherwise
        given = ref.store_metadata or StoreMetadata()
        ref = ref._replace(store_metadata=given._replace(before=node.parent))
    made: dict[str, Any] = cleaner.document(entry(loaded, show_document(loaded, budget=budget), ref))
    if revealed:
        revealed.copy(show_document(loaded, reveal=True), made, cleaner)
    return made


def _with_body(listed: StoreMetadata | None, loaded: StoreMetadata | None) -> StoreMetadata | None:
    """A run as the list shows it, with the name of its store among several, and what only the body holds."""
    if listed is None or loaded is None:
        return listed
    return listed._replace(
        label=loaded.label, role=loaded.role, status=loaded.status, step=loaded.step, ran=loaded.ran, did=loaded.did
    )


def _copy_at(path: Path, source: Any, target: Any, cleaner: Cleaner) -> bool:
    """Put what is at a path of one document into the other, where both have it; returns whether they have."""
    try:
        for step in path[:-1]:
            source, target = source[step], target[step]
        target[path[-1]] = cleaner.document(source[path[-1]])
    except (LookupError, TypeError):
        return False
    return True


def show_documents(
    store: Store, runs: Sequence[Run], chosen: Sequence[Node], reveal: Sequence[str] = ()
) -> dict[str, Any]:
    """The documents of `show` of these checkpoints, masked and without the names of this machine.

    Raises:
        UsageError: one of `reveal` is not a path, or is in none of the checkpoints.
        CkptError: a checkpoint cannot be read.
    """
    revealed = _Revealed(reveal)
    cleaner = Cleaner(names_here(store))
    places: Counter[str] = Counter()
    documents = []
    homes = {node.ref.file: run for run in runs for node in run.nodes}
    for node in chosen:
        run = homes[node.ref.file]
        budget = DocumentBudget()
        loaded = store.load_within(node.ref.file, budget)
        alarmed = alarms(loaded, budget=budget)
        made = cleaner.document(show_document(loaded, run.id, node, budget=budget))
        made["warnings"] += cleaner.document(alarmed)
        if revealed:
            revealed.copy(show_document(loaded, run.id, node, reveal=True), made, cleaner)
        places += hidden_places(made)
        documents.append(made)
    revealed.refuse_unmet()
    return {
        "schema": "ckpt-tui/export@1",
        "hidden": summary_document(places, cleaner, list(reveal)),
        "checkpoints": documents,
    }


# -- which ones --------------------------------------------------------------------------------------------------------


def branch_of(run: Run, node: Node) -> list[Node]:
    """The checkpoints from the root of a run to one of it."""
    nodes = {each.ref.id: each for each in run.nodes}
    found = [node]
    seen = {node.ref.id}
    while (above := nodes.get(found[-1].parent or "")) is not None and above.ref.id not in seen:
        seen.add(above.ref.id)
        found.append(above)
    return found[::-1]


def in_order(runs: Sequence[Run], nodes: Iterable[Node]) -> list[Node]:
    """These checkpoints in the order of the list, each once."""
    wanted = {node.ref.file for node in nodes}
    return [node for run in runs for node in run.nodes if node.ref.file in wanted]


# -- the report --------------------------------------------------------------------------------------------------------


def make_report(bundle: Bundle, shown: Iterable[str], ignore: IgnoreRules, check: Check = None) -> PageReport:
    """The report of a bundle. Everything in it comes from the masked copy.

    Args:
        bundle: The bundle; it may hold more than is shown, so that differences and graphs have what they need.
        shown: The files that are shown.
        ignore: What differences leave out.
        check: Called now and then; whatever it raises ends the work.
    """
    document = bundle.document
    store = BundleStore(document["store"]["name"], document)
    entries = collect(store.scan())
    runs = arrange(entry for entry in entries.values() if isinstance(entry, CheckpointRef))
    documents = {one["ref"]["file"]: one for one in document["checkpoints"]}
    wanted = set(shown)
    reports = []
    for run in runs:
        points = tuple(_points(store, run, wanted, documents, ignore, check))
        if points:
            reports.append(RunReport(run.workflow or title_of(points[0][0].ref), run.id, *_closed(points)))
    problems = [(one["file"], one["reason"]) for one in document["problems"]]
    kind = document["store"]["kind"]
    return PageReport(
        document["store"]["name"], kind, tuple(reports), problems, bundle.text, document["made_by"],
        [path for text in document["hidden"]["revealed"] if (path := parse(text))],
    )  # fmt: skip


def _closed(points: Sequence[tuple[PagePoint, Any]]) -> tuple[tuple[PagePoint, ...], Any]:
    """The points of a run, and its graph as it was known after the last."""
    return tuple(point for point, _ in points), points[-1][1]


def _points(
    store: Store, run: Run, wanted: set[str], documents: dict[str, Any], ignore: IgnoreRules, check: Check
) -> Iterator[tuple[PagePoint, Any]]:
    run_path = RunPath()
    nodes = {node.ref.id: node for node in run.nodes}
    kept: dict[str, Checkpoint] = {}
    chosen = [node for node in run.nodes if node.ref.file in wanted]
    for node in chosen:
        most = PATH_LENGTH if node is chosen[-1] else WAY
        above = nodes.get(node.parent or "")
        before = None
        if above is not None:
            before = kept.get(above.ref.file) or store.load(above.ref.file)
        after = store.load(node.ref.file)
        kept = {node.ref.file: after}
        goes_on = documents[node.ref.file].get("goes_on") is True
        *_, found = overviews(store, run, node, run_path, loaded=after, check=check, goes_on=goes_on, most=most)
        snapshots = (None if before is None else take_snapshot(before), take_snapshot(after))
        step = step_between(*snapshots, run_path.learned.graph)
        difference = None
        if before is not None:
            difference = diff(parts_of(before), parts_of(after), ignore, scale_of(before, after), check)
        yield (
            PagePoint(
                node.ref, None if above is None else above.ref, found.overview, found.conversation.turns, step,
                difference, documents[node.ref.file], node.fork,
            ),
            run_path.learned.graph,
        )  # fmt: skip
