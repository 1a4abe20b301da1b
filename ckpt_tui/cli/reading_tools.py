"""The reading verbs as tools for an agent: small answers as JSON on one line, masked; nothing is run or deleted."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import islice
from typing import Any

from ckpt_tui.actions.branch_queries import BranchQueries, BranchQuery
from ckpt_tui.actions.checks import Checks
from ckpt_tui.actions.expressions import Expression, evaluate
from ckpt_tui.actions.overviews import RunPath, overviews
from ckpt_tui.actions.store_contents import read_store
from ckpt_tui.actions.store_examination import examine
from ckpt_tui.actions.text_search import TextSearches
from ckpt_tui.cli.check import read_checks
from ckpt_tui.cli.output import open_named
from ckpt_tui.cli.show import PATH_LENGTH, locate
from ckpt_tui.configured_rules import configured_rules
from ckpt_tui.core.checks.outcome import check_document
from ckpt_tui.core.diff.diff_document import change_document
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.diff.value_diff import diff_checkpoints
from ckpt_tui.core.find.question import Question
from ckpt_tui.core.json_text import dumps
from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.overview.line import overview_document
from ckpt_tui.core.paths import parse
from ckpt_tui.core.reading.shortened import compact, cut_deeper, only
from ckpt_tui.core.runs import listing
from ckpt_tui.core.runs.lineage import Node, Run
from ckpt_tui.core.runs.path_history import branch
from ckpt_tui.core.runs.unread_files import unread_among
from ckpt_tui.core.show_document import show_document
from ckpt_tui.core.shown_names import masked_name, masked_path
from ckpt_tui.core.text import clean
from ckpt_tui.errors import UsageError
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.fork_directories import with_own_forks

ANSWER = 12_000
"""Characters of an answer: what is longer is cut to fewer levels, and says so."""

MOST = 1_000
"""Checkpoints that are looked at for one answer."""

LISTED = 40
"""Checkpoints, changes, matches or findings of one answer."""


class ReadingTools:
    """Answers queries of a store, which is opened again for each: it may grow meanwhile.

    Args:
        stores: Its path, or several that are one list.
        storage: An opened storage of the user's own code, in their place.
    """

    def __init__(self, stores: Sequence[str], storage: Store | None = None) -> None:
        self._stores = tuple(stores)
        self._storage = storage

    def list_checkpoints(self, run: str = "", newest: int = LISTED) -> str:
        """List the newest checkpoints of the store, oldest first: id, run, step, status and what each is.

        Args:
            run: The id of a checkpoint, to list its run only.
            newest: How many.
        """
        store = self._store()
        runs, problems = read_store(store)
        if run:
            runs = (locate(store.fresh(), run)[0],)
        nodes = [(one, node) for one in runs for node in one.nodes]
        newest = min(max(newest, 1), MOST)
        shown = [self._line(*pair) for pair in sorted(nodes, key=lambda pair: pair[1].ref.rank)[-newest:]]
        left = [
            {"file": masked_name(problem.file), "reason": clean(masked_name(problem.reason), 200)}
            for problem in problems[:LISTED]
        ]
        answer = {"runs": len(runs), "checkpoints": len(nodes), "shown": shown, "problems": left}
        while len(text := _answer(answer)) > ANSWER and len(shown) > 1:
            del shown[: max(len(shown) // 4, 1)]
            answer["cut"] = f"the {len(shown):,} newest: an answer has at most {ANSWER:,} characters; ask for a run"
        return _cut(text)

    def overview(self, checkpoint: str = "latest") -> str:
        """Answer what one asks first of a checkpoint: the input, who ran, what it waits for, how it ended.

        Args:
            checkpoint: An id, a beginning of one, `latest`, or either with ~N for N parents up.
        """
        store = self._store()
        run, node = locate(store, checkpoint)
        *_, found = overviews(store, run, node, RunPath(with_said=False), most=PATH_LENGTH)
        lines = [f"{line['label']}: {line['text']}" for line in overview_document(found.overview)]
        return _cut(_answer({"checkpoint": self._line(run, node), "overview": lines}))

    def show(self, checkpoint: str = "latest", fields: str = "", depth: int = 4, query: str = "") -> str:
        """Show a checkpoint, decoded: messages, state, pending requests, metadata.

        Args:
            checkpoint: As for overview.
            fields: Nothing but these paths, comma separated: "state.draft,requests".
            depth: Levels below each part; deeper values are counted.
            query: A JMESPath expression over the document instead.
        """
        store = self._store()
        run, node = locate(store, checkpoint)
        document = show_document(store.load(node.ref.file), run.id, node)
        if query:
            return _cut(_answer({"id": masked_name(node.ref.id), "result": evaluate(query, document)}))
        if fields:
            paths = [parse(text.strip()) for text in fields.split(",")]
            if not all(paths):
                raise UsageError(f"{fields} are not paths.", "Paths such as state.draft,requests.")
            document = only(document, [path for path in paths if path])
        for levels in (*range(max(depth, 1), 0, -1),):
            text = _answer(compact(cut_deeper(document, levels)))
            if len(text) < ANSWER:
                break
        return _cut(text)

    def diff(self, checkpoint: str = "latest", before: str = "") -> str:
        """Say what changed between two checkpoints, on decoded values; uninteresting changes are left out.

        Args:
            checkpoint: As for overview.
            before: The other one; its parent when left out.
        """
        store = self._store()
        node = locate(store, checkpoint)[1]
        earlier = locate(store.fresh(), before or f"{node.ref.id}~1")[1]
        rules = IgnoreRules(configured_rules())
        found = diff_checkpoints(store.load(earlier.ref.file), store.load(node.ref.file), rules)
        changes = [compact(change_document(change)) for change in found.shown[:LISTED]]
        names = {"from": masked_name(earlier.ref.id), "to": masked_name(node.ref.id)}
        return _cut(_answer({**names, "changes": changes, "all": len(found.shown)}))

    def history(self, path: str, tip: str = "latest") -> str:
        """List each value that a path took along a branch, and which executors ran then.

        Args:
            path: A path such as state.draft.score, or a JMESPath expression.
            tip: The last checkpoint of the branch.
        """
        store = self._store()
        run, node = locate(store, tip)
        nodes = branch((run,), node.ref.id)[1]
        history = BranchQueries(store).history(BranchQuery(run.id, nodes, Expression(path), reveal=False))
        values = [
            {
                "id": masked_name(one.ref.id),
                "step": one.ref.step,
                "ran": [masked_name(name) for name in one.executors],
                "value": None if one.absent else one.value,
            }
            for one in history.values[-LISTED:]
        ]
        return _cut(_answer({"path": path, "values": values, "all": len(history.values)}))

    def find(self, text: str, regex: bool = False) -> str:
        """Find a text in all checkpoints, in keys and values.

        Args:
            text: The text, or a regular expression.
            regex: It is a regular expression.
        """
        store = self._store()
        runs, problems = read_store(store, fast=True)
        nodes = [node for run in runs for node in run.nodes]
        results = TextSearches(store).find(nodes, Question(text, regex), LISTED + 1)
        found = list(islice((match for result in results for match in result.matches), LISTED + 1))
        matches = [
            {"id": masked_name(ref.id), "path": masked_path(hit.path), "text": hit.text} for ref, hit in found[:LISTED]
        ]
        unread = [one._asdict() for one in unread_among(problems)[:LISTED]]
        answer = {"matches": matches, "more": len(found) > LISTED} | ({"unread": unread} if unread else {})
        return _cut(_answer(answer))

    def bisect(self, expression: str, tip: str = "latest") -> str:
        """Find the first checkpoint of a branch where an expression is true, and what changed in that step.

        Args:
            expression: JMESPath over the JSON of show, such as "state.draft.score > `0.8`".
            tip: The last checkpoint of the branch.
        """
        store = self._store()
        run, node = locate(store, tip)
        nodes = branch((run,), node.ref.id)[1]
        found = BranchQueries(store).bisect(BranchQuery(run.id, nodes, Expression(expression), reveal=False))
        changes: list[Any] = []
        if found.first is not None and found.previous is not None:
            before, after = store.load(found.previous.file), store.load(found.first.file)
            shown = diff_checkpoints(before, after, IgnoreRules(configured_rules())).shown
            changes = [compact(change_document(change)) for change in shown[:LISTED]]
        return _cut(
            _answer(
                {
                    "first": _place(found.first), "previous": _place(found.previous), "flips": found.flips,
                    "asked": found.asked, "hint": found.hint, "changes": changes,
                }
            )
        )  # fmt: skip

    def check(self, file: str, tip: str = "latest") -> str:
        """Check assertions on a branch, which a person wrote to a file; answer those that failed, and why.

        Args:
            file: The path of the TOML file, with [[check]] tables.
            tip: The last checkpoint of the branch.
        """
        checks = read_checks(file)
        store = self._store()
        run, node = locate(store, tip)
        base = os.path.dirname(os.path.abspath(file))
        document = check_document(Checks(store, run, node, configured_rules(), base).evaluate(checks))
        failed = [compact(one) for one in document["failed"][:LISTED]]
        return _cut(_answer({"passed": document["passed"], "failed": failed, "all": len(document["failed"])}))

    def doctor(self) -> str:
        """Say what is wrong or risky in the store: broken files, gaps, what could run code, types to allow."""
        report = examine(self._store())
        findings = [
            {
                "severity": one.severity,
                "kind": one.kind,
                "file": masked_name(one.file),
                "path": masked_name(one.path),
                "reason": masked_name(one.reason),
            }
            for one in report.findings[:LISTED]
        ]
        types = list(report.allowed_types)
        return _cut(_answer({"files": report.files, "findings": findings, "all": len(report.findings), "types": types}))

    def _store(self) -> Store:
        return with_own_forks(open_named(self._stores) if self._storage is None else self._storage.fresh())

    def _line(self, run: Run, node: Node) -> dict[str, Any]:
        ref = node.ref
        what = listing.summary(listing.NodeRow(node, 0.0, False))
        line = {
            "id": masked_name(ref.id), "run": masked_name(run.id), "parent": node.parent and masked_name(node.parent),
            "step": ref.step, "status": ref.status, "time": ref.utc, "what": clean(what, 160),
        }  # fmt: skip
        return {name: value for name, value in line.items() if value is not None}


def _place(ref: CheckpointRef | None) -> dict[str, Any] | None:
    """A checkpoint of a branch, in short."""
    return None if ref is None else {"id": masked_name(ref.id), "step": ref.step, "time": ref.utc}


def _answer(document: dict[str, Any]) -> str:
    return dumps(document, indent=None)


def _cut(text: str) -> str:
    if len(text) <= ANSWER:
        return text
    said = f"… cut at {ANSWER:,} of {len(text):,} characters: ask for fewer fields or a narrower path"
    return text[: ANSWER - len(said)] + said
