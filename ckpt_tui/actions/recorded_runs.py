"""Recorded good runs: a bundle beside a file of checks, compared with a later run step by step."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ckpt_tui.actions.export_files import bundle_lines, refuse_inside, write_file
from ckpt_tui.actions.exports import branch_of, make_bundle
from ckpt_tui.core.checks.check_file import Check
from ckpt_tui.core.checks.equal_ids import equal_ids, renamed
from ckpt_tui.core.checks.outcome import Failure
from ckpt_tui.core.diff.diff_document import change_document
from ckpt_tui.core.diff.ignore_rules import IgnoreRules, PatternFault, Rule, pattern
from ckpt_tui.core.diff.value_diff import diff, scale_of
from ckpt_tui.core.doctor.alarms import unsafe_values
from ckpt_tui.core.document_budget import DocumentBudget
from ckpt_tui.core.model import CheckpointRef, parts_of
from ckpt_tui.core.paths import expression
from ckpt_tui.core.redact import MASK
from ckpt_tui.core.runs.ids import latest
from ckpt_tui.core.runs.lineage import Node, Run, arrange
from ckpt_tui.core.show_document import show_document
from ckpt_tui.core.shown_names import masked_name
from ckpt_tui.core.steps.learned_graph import GraphLearner
from ckpt_tui.core.steps.snapshots import Snapshot, take_snapshot
from ckpt_tui.core.steps.steps import step_between
from ckpt_tui.core.text import clean, counted
from ckpt_tui.errors import NotFoundError, UsageError
from ckpt_tui.stores.base import Store, collect
from ckpt_tui.stores.exported_bundle import BundleStore
from ckpt_tui.stores.registry import open_store

CHANGES = 10
"""Changes that a failure shows."""

_VALUES = 20
"""Values of the last state that a first file of checks names."""

_TEXT = 120
"""Characters of the longest text that it names."""


def compare_with_recorded(
    check: Check, path: str, store: Store, run: Run, branch: Sequence[Node], rules: Sequence[Rule]
) -> Failure | None:
    """Compare masked copies of a branch and a recorded one, step by step; returns None where they are equal.

    Args:
        check: What to leave out, and what the failure says.
        path: The recording.
        store: The store of the branch.
        run: Its run.
        branch: Its checkpoints, root first.
        rules: What comparisons leave out besides, unless the check is strict.

    Raises:
        UsageError: a path to be left out is not a path.
        NotFoundError: there is no recording.
    """
    recorded = open_store(path)
    runs = arrange(entry for entry in collect(recorded.scan()).values() if isinstance(entry, CheckpointRef))
    if not runs:
        raise NotFoundError(f"{path} holds no checkpoint.", "`ckpt-tui check --record` writes a recording.")
    newest = latest(node for one in runs for node in one.nodes)
    baseline = branch_of(next(one for one in runs if any(node is newest for node in one.nodes)), newest)
    mine = _copy(make_bundle(store, (run,), branch).document)
    theirs = make_bundle(recorded, runs, baseline).document
    if not check.is_strict:
        copy = _copy(theirs)
        ids = equal_ids(_snapshots(copy, _files(copy, baseline)), _snapshots(mine, _files(mine, branch)))
        theirs = renamed(theirs, ids) if ids else theirs
    good = _copy(theirs)
    left_out = IgnoreRules(_left_out(check, rules))
    files = zip(_files(good, baseline), _files(mine, branch), strict=False)
    for one, other, (recorded_file, file) in zip(baseline, branch, files, strict=False):
        before, after = good.load(recorded_file), mine.load(file)
        shown = diff(parts_of(before), parts_of(after), left_out, scale_of(before, after)).shown
        if shown:
            changes = [change_document(change) for change in shown[:CHANGES]]
            count = f"{counted(len(shown), 'difference')} to {masked_name(one.ref.id)}"
            return Failure(other.ref.id, expression(shown[0].path), check.expected, reason=count, changes=changes)
    if len(baseline) != len(branch):
        reason = f"{len(branch):,} checkpoints instead of {len(baseline):,}"
        return Failure(branch[-1].ref.id, "", check.expected, reason=reason)
    return None


def _copy(document: dict[str, Any]) -> BundleStore:
    copy = BundleStore("", document)
    collect(copy.scan())
    return copy


def _files(copy: Store, branch: Sequence[Node]) -> list[str]:
    """The names of the checkpoints of a branch in its masked copy: a secret or a user in a name is masked there."""
    names = [entry.file for entry in collect(copy.fresh().scan()).values() if isinstance(entry, CheckpointRef)]
    return names if len(names) == len(branch) else [node.ref.file for node in branch]


def _snapshots(store: Store, files: Sequence[str]) -> Iterator[Snapshot]:
    return (take_snapshot(store.load(file)) for file in files)


def _left_out(check: Check, rules: Sequence[Rule]) -> Iterator[Rule]:
    if not check.is_strict:
        yield from rules
    if check.ignore:
        try:
            yield Rule("ignore", ", ".join(check.ignore), tuple(pattern(text) for text in check.ignore))
        except PatternFault as fault:
            raise UsageError(f"{check.name}: ignore: {fault}.") from None


# -- a first file ------------------------------------------------------------------------------------------------------


class Recorded(NamedTuple):
    """What was written.

    Attributes:
        recording: The path of the recording.
        left_out: Names of checks that the file does not hold, because TOML cannot: it has no lone surrogates.
    """

    recording: str
    left_out: tuple[str, ...]


def record(store: Store, run: Run, tip: Node, path: str, version: str = "") -> Recorded:
    """Write a first file of checks from a good run, and its recording beside it.

    Raises:
        UsageError: there is such a file, or it cannot be written.
    """
    recording = f"{os.path.splitext(path)[0]}.bundle"
    for one in (path, recording):
        refuse_inside(one, store)
        if os.path.lexists(one):
            raise UsageError(f"{one} exists.", "Name a new file, or delete it first.")
    branch = branch_of(run, tip)
    bundle = make_bundle(store, (run,), branch, version=version)
    copy = _copy(bundle.document)
    unsafe = sum(bool(unsafe_values(store.load_within(node.ref.file, DocumentBudget()))) for node in branch)
    tables = list(_first_checks(copy, _files(copy, branch), os.path.basename(recording), not unsafe))
    left_out = tuple(table.name for table in tables if not table.can_be_written)
    write_file(recording, bundle_lines(bundle.document))
    write_file(path, ["\n".join([*_head(unsafe, left_out), *(table.text for table in tables if table.can_be_written)])])
    return Recorded(recording, left_out)


def _head(unsafe: int, left_out: Sequence[str]) -> Iterator[str]:
    """What a first file says before its checks."""
    yield "# Assertions on a run: ckpt-tui check STORE FILE. Every kind of check is explained in docs/check.md."
    if unsafe:
        many = "1 checkpoint of this run holds" if unsafe == 1 else f"{unsafe:,} checkpoints of this run hold"
        yield f"# Without `safe = true`: {many} something undecodable or dangerous."
    for name in left_out:
        yield f"# Without `{clean(name, _TEXT)}`: {NOT_IN_TOML}."


class _Table(NamedTuple):
    """One check as it is written."""

    name: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(("\n[[check]]", f"name = {_toml(self.name)}", *self.lines))

    @property
    def can_be_written(self) -> bool:
        return not any(map(_SURROGATE.search, (self.name, *self.lines)))


def _first_checks(store: Store, files: Sequence[str], recording: str, is_safe: bool) -> Iterator[_Table]:
    """The checks of a first file: what ran, what was asked, how it ended, and that the rest is as recorded.

    Args:
        store: The recording.
        files: Its checkpoints, root first.
        recording: The name of its file.
        is_safe: Nothing undecodable or dangerous is in it: the file does not assert what does not hold.
    """
    learner = GraphLearner()
    before: Snapshot | None = None
    for file in files:
        after = take_snapshot(store.load(file))
        learner.learn(before, after)
        before = after
    ran: dict[str, int] = {}
    asked: dict[str, int] = {}
    before = None
    for file in files:
        after = take_snapshot(store.load(file))
        step = step_between(before, after, learner.graph)
        for name in step.names:
            ran[name] = ran.get(name, 0) + 1
        for request in step.raised:
            asked[request.executor] = asked.get(request.executor, 0) + 1
        before = after
    if is_safe:
        yield _Table("nothing undecodable or dangerous", ("safe = true",))
    yield _Table("the workflow did not change", ('graph = "unchanged"',))
    for kind, counts in (("runs", ran), ("asked", asked)):
        for name, count in counts.items():
            title = f"{name} ran" if kind == "runs" else f"{name} asked"
            yield _Table(f"{title} {counted(count, 'time')}", (f"{kind} = {_toml(name)}", f"equals = {count}"))
    assert before is not None
    status = before.checkpoint.ref.status
    if status is not None:
        yield _Table(f"it ends {status}", ('path = "checkpoint.status"', f"equals = {_toml(status)}"))
    for path, value in _last_values(show_document(before.checkpoint)["state"]):
        yield _Table(f"{path} at the end", (f"path = {_toml(path)}", f"equals = {_toml(value)}"))
    yield _Table("all else is as recorded", (f"same_as = {_toml(recording)}", "ignore = []"))


def _last_values(state: Any) -> Iterator[tuple[str, Any]]:
    """Scalars of the state that say how the run ended: two levels of it, nothing of the framework, no secret."""
    count = 0
    for name, value in state.items() if isinstance(state, dict) else ():
        if name.startswith(("_", "$")) or MASK in name:
            continue
        inner = value.items() if isinstance(value, dict) else [(None, value)]
        for key, item in inner:
            if (key or "").startswith("$") or MASK in (key or ""):
                continue
            if type(item) not in (str, int, bool, float) or count >= _VALUES:
                continue
            if type(item) is str and (len(item) > _TEXT or MASK in item or "\n" in item):
                continue
            count += 1
            yield expression(("state", name) if key is None else ("state", name, key)), item


_SURROGATE = re.compile(r"[\ud800-\udfff]")

NOT_IN_TOML = "half a character (a lone surrogate) is in it, which TOML cannot hold"
"""Why a check is not in a first file."""


def _toml(value: Any) -> str:
    """A value as TOML: its basic strings and numbers are those of JSON, save for what JSON leaves bare."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")  # no pairs of surrogates in TOML
    return json.dumps(value)
