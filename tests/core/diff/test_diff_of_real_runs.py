"""Diffs of checkpoints that the framework wrote: what the real objects say, and empty where nothing happened."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.diff.changes import Difference
from ckpt_tui.core.diff.divergence import divergence, fork
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.diff.value_diff import diff_checkpoints
from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.core.paths import expression, parse
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.stores.base import Store, collect
from ckpt_tui.stores.registry import open_store
from tests.core.agreement import canonical
from tests.support.changes import applied, unordered
from tests.support.oracle import AGENT_FRAMEWORK, expected, load_environment, real_objects

NEW = AGENT_FRAMEWORK / "1.23.0"
STORES = [NEW / name for name in ("fork", "loop", "orch_groupchat", "hitl_answered", "fork_hitl", "sub_workflow")]
OLD = [AGENT_FRAMEWORK / "1.0.0" / name for name in ("fork", "loop", "hitl_answered")]
PARTS = {"messages": "messages", "state": "state", "pending": "pending_request_info_events", "metadata": "metadata"}


def refs(store: Store) -> list[CheckpointRef]:
    entries = collect(store.scan())
    collect(store.fill(list(entries)), entries)
    return [entry for entry in entries.values() if isinstance(entry, CheckpointRef)]


def pairs(directory: Path) -> Iterator[tuple[CheckpointRef, CheckpointRef]]:
    """Every checkpoint with its parent, and the last with the first and with each other tip."""
    runs = arrange(refs(open_store(directory)))
    nodes = {node.ref.id: node for run in runs for node in run.nodes}
    for node in nodes.values():
        if node.parent is not None:
            yield nodes[node.parent].ref, node.ref
    everything = list(nodes.values())
    for node in everything[:-1:3]:
        yield node.ref, everything[-1].ref


def real(path: Path) -> dict[str, Any]:
    with load_environment():
        objects = expected(real_objects(path))
    return {ours: canonical(objects[theirs]) for ours, theirs in PARTS.items()}


def naive(before: Any, after: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places where two documents differ, lists by position: the simplest diff there is."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            if key in before and key in after:
                yield from naive(before[key], after[key], (*at, key))
            else:
                yield (*at, key)
    elif isinstance(before, list) and isinstance(after, list):
        for index in range(max(len(before), len(after))):
            if index < min(len(before), len(after)):
                yield from naive(before[index], after[index], (*at, index))
            else:
                yield (*at, index)
    elif unordered(before) != unordered(after):
        yield at


@pytest.mark.parametrize("directory", [*STORES, *OLD], ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_changes_are_those_of_the_real_objects(directory: Path) -> None:
    store = open_store(directory)
    compared = 0
    for one, other in pairs(directory):
        difference = diff_checkpoints(store.load(one.file), store.load(other.file), IgnoreRules(()))
        before, after = real(directory / one.file), real(directory / other.file)
        assert difference.incomplete == ""
        assert unordered(canonical(applied(before, difference.changes))) == unordered(after)
        places = set(naive(before, after))
        assert bool(places) == bool(difference.changes)
        assert len(difference.changes) <= len(places)
        compared += 1
    assert compared


def described(difference: Difference) -> list[tuple[str, str]]:
    return [(change.op, expression(change.path)) for change in difference.shown]


def test_a_round_of_the_loop_is_reported_in_four_changes() -> None:
    store = open_store(NEW / "loop")
    before, last = sorted(refs(store), key=lambda ref: ref.when)[-2:]
    assert last.parent == before.id
    assert described(diff_checkpoints(store.load(before.file), store.load(last.file))) == [
        ("removed", "messages.inc"), ("added", "state._executor_state.counter.seen[9]"), ("added", "state.history[9]"),
        ("changed", "state.last"),
    ]  # fmt: skip


def test_a_turn_of_the_group_chat_is_reported_as_messages_that_came() -> None:
    store = open_store(NEW / "orch_groupchat")
    before, last = sorted(refs(store), key=lambda ref: ref.when)[-2:]
    assert last.parent == before.id
    conversation = "state._executor_state.group_chat_orchestrator.conversation"
    assert described(diff_checkpoints(store.load(before.file), store.load(last.file))) == [
        ("removed", "messages.bob"), ("added", f"{conversation}[4]"), ("added", f"{conversation}[5]"),
    ]  # fmt: skip


# ---------------------------------------------------------------- forks


def test_two_answers_to_one_request_part_where_the_answers_differ() -> None:
    store = open_store(NEW / "fork_hitl")
    runs = arrange(refs(store))
    (run,) = runs
    tips = [node for node in run.nodes if not any(other.parent == node.ref.id for other in run.nodes)]
    first, second = tips
    found = fork(runs, first.ref.id, second.ref.id)
    assert found.ancestor is not None
    assert found.ancestor.ref.status == "waiting"
    assert found.parts
    parted = divergence(found, lambda ref: store.load(ref.file))
    assert parted is not None
    assert parted.step == 1
    one, other = (real(NEW / "fork_hitl" / node.ref.file) for node in (parted.first, parted.second))
    assert {place[0] for place in naive(one, other)} == {change.path[0] for change in parted.difference.shown}
    assert described(parted.difference)[0] == ("changed", 'messages."internal:review"[0].data.approved')


def test_branches_that_did_the_same_part_nowhere() -> None:
    store = open_store(NEW / "fork")
    runs = arrange(refs(store))
    (run,) = runs
    tips = [node for node in run.nodes if not any(other.parent == node.ref.id for other in run.nodes)]
    assert len(tips) == 3
    found = fork(runs, tips[0].ref.id, tips[2].ref.id)
    assert found.ancestor is not None
    assert found.ancestor.ref.iteration == 6
    assert divergence(found, lambda ref: store.load(ref.file)) is None


# ---------------------------------------------------------------- a resume that does nothing

SCENARIOS = (
    "orch_groupchat", "agent_tool_approval", "hitl", "sub_workflow", "orch_handoff", "orch_sequential", "loop",
    "functional_hitl",
)  # fmt: skip
BYTES_CHANGE = ("orch_groupchat", "agent_tool_approval", "sub_workflow", "orch_handoff", "orch_sequential")


@pytest.fixture(scope="module")
def resumed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Checkpoint, Checkpoint]]:
    """The last checkpoint of each scenario, and the one written by a resume from it without an answer."""
    root = tmp_path_factory.mktemp("resumed")
    verbs([["write", name, str(root / name)] for name in SCENARIOS])
    last = {name: max(refs(open_store(root / name)), key=lambda ref: ref.when) for name in SCENARIOS}
    verbs([["resume", name, str(root / name), last[name].id, str(root / "again" / name), ""] for name in SCENARIOS])
    found = {}
    for name in SCENARIOS:
        store = open_store(root / "again" / name)
        (written,) = [ref for ref in refs(store) if ref.id != last[name].id]
        assert written.parent == last[name].id
        found[name] = store.load(last[name].file), store.load(written.file)
    return found


def verbs(words: list[list[str]]) -> None:
    script = Path(__file__).parents[2] / "support" / "scenarios.py"
    subprocess.run(
        [sys.executable, str(script), "-"], input=json.dumps(words), text=True, check=True, stderr=subprocess.DEVNULL
    )


def pickles(value: Any) -> list[str]:
    if isinstance(value, dict):
        if value.keys() == {"__pickled__", "__type__"}:
            return [value["__pickled__"]]
        return [found for member in value.values() for found in pickles(member)]
    return [found for member in value for found in pickles(member)] if isinstance(value, list) else []


@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_differs_after_a_resume_that_does_nothing(
    name: str, resumed: dict[str, tuple[Checkpoint, Checkpoint]]
) -> None:
    before, after = resumed[name]
    difference = diff_checkpoints(before, after)
    assert (difference.shown, difference.incomplete) == ((), "")
    # A sub-workflow's own checkpoint has a new id and time: two rules say so, by name.
    assert difference.by_rule == ({"checkpoint-ids": 1, "timestamps": 1} if name == "sub_workflow" else {})
    changed = pickles(json.loads(before.raw)) != pickles(json.loads(after.raw))
    assert changed == (name in BYTES_CHANGE)


def test_a_path_of_a_change_is_one_that_show_finds() -> None:
    store = open_store(NEW / "orch_groupchat")
    changes = [
        change
        for one, other in pairs(NEW / "orch_groupchat")
        for change in diff_checkpoints(store.load(one.file), store.load(other.file)).changes
    ]
    assert changes
    for change in changes:
        assert parse(expression(change.path)) == change.path
