"""What a branch is asked equals what the real objects of its checkpoints say."""

from __future__ import annotations

import json
import random
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import jmespath
import pytest

from ckpt_tui.actions.branch_queries import BranchQueries, BranchQuery
from ckpt_tui.actions.expressions import Expression, is_true
from ckpt_tui.core.cache import Cache
from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.core.paths import expression
from ckpt_tui.core.runs.ids import find
from ckpt_tui.core.runs.lineage import Node, arrange
from ckpt_tui.core.runs.path_history import History, branch, value_text
from ckpt_tui.errors import UsageError
from ckpt_tui.stores.base import Store, collect
from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.stores.files import Stamp
from ckpt_tui.stores.registry import open_store
from tests.actions.branches import NEW, ancestry, branches, documents, real, text
from tests.core.reading.test_lookup import places

BRANCHES = list(branches())


def name(value: Any) -> str:
    return value.name if isinstance(value, Path) else str(value)[:8]


def nodes_to(store: Store, tip: str) -> tuple[str, list[Node]]:
    runs = arrange(entry for entry in collect(store.fresh().scan()).values() if isinstance(entry, CheckpointRef))
    run, nodes = branch(runs, find(tip, runs).ref.id)
    return run.id, nodes


def asked(store: Store, tip: str, path: str, **options: Any) -> History:
    run, nodes = nodes_to(store, tip)
    return BranchQueries(store).history(BranchQuery(run, nodes, Expression(path), reveal=True), **options)


def from_real_objects(store: Path, tip: str, path: str) -> list[tuple[str, str]]:
    """Each value a path takes along a branch and the checkpoint that has it first."""
    found: list[tuple[str, str]] = []
    for checkpoint in ancestry(store, tip):
        value = text(jmespath.search(path, documents(store)[checkpoint]))
        if not found or found[-1][1] != value:
            found.append((checkpoint, value))
    return found


def files_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read from here on, as they are."""
    read: list[str] = []
    original = DirectoryStore.read_stamped

    def counted(self: DirectoryStore, file: str) -> tuple[Stamp, bytes]:
        read.append(file)
        return original(self, file)

    monkeypatch.setattr(DirectoryStore, "read_stamped", counted)
    return read


@pytest.mark.parametrize(("store", "tip"), BRANCHES, ids=name)
def test_the_values_of_any_path_are_those_of_the_real_objects(store: Path, tip: str) -> None:
    chance = random.Random(7)
    every = {
        steps for checkpoint in ancestry(store, tip) for part, value in documents(store)[checkpoint].items()
        for steps in places(value, (part,))
    }  # fmt: skip
    opened = open_store(store)
    run, nodes = nodes_to(opened, tip)
    histories = BranchQueries(opened)
    for steps in chance.sample(sorted(every, key=str), min(len(every), 60)):
        path = expression(steps)
        found = histories.history(BranchQuery(run, nodes, Expression(path), reveal=True))
        values = [(taken.ref.id, text(taken.value)) for taken in found.values]
        # A path that turns from null to nothing takes a value more than JMESPath can show.
        values = [pair for at, pair in enumerate(values) if not at or pair[1] != values[at - 1][1]]
        assert values == from_real_objects(store, tip, path), path
        assert found.asked == len(ancestry(store, tip))


@pytest.mark.parametrize(("store", "tip"), BRANCHES, ids=name)
@pytest.mark.parametrize(
    "question",
    ["length(messages)", "keys(pending)", "state._executor_state.* | length(@)", "messages.*[].data | [0]",
     "not_null(state.history[-1].sq, `0`)", "[length(state.log || `[]`), length(pending)]"],
)  # fmt: skip
def test_the_values_of_any_expression_are_those_of_the_real_objects(store: Path, tip: str, question: str) -> None:
    found = asked(open_store(store), tip, question)
    assert [(taken.ref.id, text(taken.value)) for taken in found.values] == from_real_objects(store, tip, question)


@pytest.mark.parametrize(("store", "tip"), BRANCHES, ids=name)
def test_the_executors_of_a_step_are_those_that_the_real_objects_show(store: Path, tip: str) -> None:
    chain = ancestry(store, tip)
    found = asked(open_store(store), tip, "messages")
    for taken in found.values:
        at = chain.index(taken.ref.id)
        certain, came_in = ran(store, chain[at - 1] if at else None, taken.ref.id)
        if came_in:
            assert taken.executors == ()
            assert taken.step in ("input", "answer")
        else:
            assert certain <= set(taken.executors)
            assert taken.inferred or certain == set(taken.executors)


def ran(store: Path, before: str | None, after: str) -> tuple[set[str], bool]:
    """Who ran for certain between two checkpoints, and whether only input or answers came in."""
    old, new = real(store)[before] if before else None, real(store)[after]
    if new["messages"] and all(source.startswith("internal:") for source in new["messages"]):
        return set(), True
    found = set(new["messages"])
    if old is not None:
        found |= {message.target_id for sent in old["messages"].values() for message in sent if message.target_id}
        states, were = new["state"]["_executor_state"], old["state"]["_executor_state"]
        found |= {name for name, state in states.items() if text_of(state) != text_of(were.get(name))}
        asked_now = new["pending_request_info_events"]
        found |= {
            event.source_executor_id for key, event in asked_now.items()
            if key not in old["pending_request_info_events"]
        }  # fmt: skip
    return found, False


def text_of(value: Any) -> str:
    from tests.support.oracle import expected

    return text(expected(value))


@pytest.mark.parametrize(("store", "tip"), BRANCHES, ids=name)
@pytest.mark.parametrize(
    "question",
    ["pending", "messages.inc", "length(state._executor_state.counter.seen || `[]`) > `3`", "state.nothing",
     "state._executor_state.group_chat_orchestrator.round_index >= `2`", "!messages"],
)  # fmt: skip
def test_bisect_finds_where_the_real_objects_first_make_it_true(store: Path, tip: str, question: str) -> None:
    chain = ancestry(store, tip)
    holds = [is_true(jmespath.search(question, documents(store)[checkpoint])) for checkpoint in chain]
    opened = open_store(store)
    run, nodes = nodes_to(opened, tip)
    found = BranchQueries(opened).bisect(BranchQuery(run, nodes, Expression(question)))
    first = holds.index(True) if True in holds else None
    assert (found.first.id if found.first else None) == (None if first is None else chain[first])
    assert (found.previous.id if found.previous else None) == (chain[first - 1] if first else None)
    assert found.flips == sum(1 for one, other in pairwise(holds) if one != other)
    assert bool("flips" in found.hint) == (first is not None and found.flips > 1)
    if found.first is not None:
        assert found.first.role is not None
    fast = BranchQueries(opened).bisect(BranchQuery(run, nodes, Expression(question)), halving=True)
    assert fast.flips is None
    if found.flips <= 1 and (first is None or holds[-1]):
        assert fast.first == found.first
        assert fast.asked <= max(len(chain) // 2 + 2, 4)


def test_a_plain_path_is_followed_without_loading_a_checkpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(self: DirectoryStore, *args: Any, **options: Any) -> Checkpoint:
        raise AssertionError("loaded")

    monkeypatch.setattr(DirectoryStore, "load", load)
    path = "state._executor_state.group_chat_orchestrator.round_index"
    found = asked(open_store(NEW / "orch_groupchat"), "latest", path)
    assert [taken.value for taken in found.values] == [0, 1, 2, 3, 4]
    assert [taken.executors for taken in found.values[1:]] == [("group_chat_orchestrator",)] * 4


def test_an_absent_value_is_distinguished_from_null(tmp_path: Path) -> None:
    store = chain(tmp_path, [{}, {"x": None}, {"x": 1}, {}])
    found = asked(open_store(store), "latest", "state.x")
    assert [(taken.value, taken.absent) for taken in found.values] == [
        (None, True), (None, False), (1, False), (None, True),
    ]  # fmt: skip


def chain(directory: Path, states: list[dict[str, Any]]) -> Path:
    """A branch of checkpoints with these states."""
    for number, state in enumerate(states):
        document = {
            "workflow_name": "w", "graph_signature_hash": "g", "checkpoint_id": f"c{number:04}",
            "previous_checkpoint_id": f"c{number - 1:04}" if number else None,
            "timestamp": f"2026-01-01T00:{number // 60:02}:{number % 60:02}+00:00", "messages": {}, "state": state,
            "pending_request_info_events": {}, "iteration_count": number, "metadata": {}, "version": "1.0",
        }  # fmt: skip
        (directory / f"c{number:04}.json").write_text(json.dumps(document, indent=2), encoding="utf-8")
    return directory


def test_a_checkpoint_that_cannot_be_read_is_reported_and_left_out(tmp_path: Path) -> None:
    store = open_store(chain(tmp_path, [{"x": 1}, {"x": 2}, {"x": 3}]))
    run, nodes = nodes_to(store, "latest")
    (tmp_path / "c0001.json").unlink()
    found = BranchQueries(store).history(BranchQuery(run, nodes, Expression("state.x")))
    assert [taken.value for taken in found.values] == [1, 3]
    assert [gap.file for gap in found.unread] == ["c0001.json"]
    bisected = BranchQueries(store).bisect(BranchQuery(run, nodes, Expression("state.x > `2`")))
    assert bisected.first is not None
    assert bisected.first.id == "c0002"
    assert [gap.file for gap in bisected.unread] == ["c0001.json"]


def test_a_question_asked_again_reads_nothing_and_a_branch_that_grew_is_read_from_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = [{"x": number // 10} for number in range(200)]
    store = open_store(chain(tmp_path, states[:190]))
    read = files_read(monkeypatch)
    histories = BranchQueries(store, Cache())
    run, nodes = nodes_to(store, "latest")
    first = histories.history(BranchQuery(run, nodes, Expression("state.x")))
    assert len(read) >= 190
    read.clear()
    assert histories.history(BranchQuery(run, nodes, Expression("state.x"))) == first
    assert read == []
    chain(tmp_path, states)
    run, nodes = nodes_to(store.fresh(), "latest")
    longer = histories.history(BranchQuery(run, nodes, Expression("state.x")))
    assert [taken.value for taken in longer.values] == list(range(20))


def test_content_that_changed_is_asked_again(tmp_path: Path) -> None:
    store = open_store(chain(tmp_path, [{"x": 1}, {"x": 2}]))
    histories = BranchQueries(store, Cache())
    run, nodes = nodes_to(store, "latest")
    assert [taken.value for taken in histories.history(BranchQuery(run, nodes, Expression("state.x"))).values] == [1, 2]
    chain(tmp_path, [{"x": 1}, {"x": 1}, {"x": 777}])
    found = histories.history(BranchQuery(run, nodes, Expression("state.x")))
    assert [taken.value for taken in found.values] == [1]


def test_secrets_are_masked_and_their_change_is_reported(tmp_path: Path) -> None:
    store = open_store(chain(tmp_path, [{"api_key": "sk-1"}, {"api_key": "sk-2"}]))
    run, nodes = nodes_to(store, "latest")
    found = BranchQueries(store).history(BranchQuery(run, nodes, Expression("state.api_key")))
    assert [taken.value for taken in found.values] == [{"$masked": "str", "$size": 4}] * 2
    headers = open_store(chain(tmp_path, [{"headers": [["x-api-key", "sk-2"], 1]}]))
    run, nodes = nodes_to(headers, "c0000")
    for path in ("state.headers[0][1]", "state.headers[0][-1]"):
        (taken,) = BranchQueries(headers).history(BranchQuery(run, nodes, Expression(path))).values
        assert taken.value == {"$masked": "str", "$size": 4}
    store = open_store(chain(tmp_path, [{"api_key": "sk-1"}, {"api_key": "sk-2"}]))
    run, nodes = nodes_to(store, "latest")
    for question in ("state.api_key == 'sk-1'", "contains(to_string(state), 'sk-')"):
        assert BranchQueries(store).bisect(BranchQuery(run, nodes, Expression(question))).first is None
        assert BranchQueries(store).bisect(BranchQuery(run, nodes, Expression(question), reveal=True)).first is not None


def test_equal_values_that_a_resume_pickled_to_other_bytes_are_one_value(tmp_path: Path) -> None:
    shutil.copytree(NEW / "fork", tmp_path / "fork")
    opened = open_store(tmp_path / "fork")
    for node in nodes_to(opened, "latest")[1]:
        found = asked(opened, node.ref.id, "state._executor_state")
        signs = [text(taken.value) for taken in found.values]
        assert signs
        assert all(one != other for one, other in pairwise(signs))


@pytest.mark.parametrize("question", ["state.", "length(", "length(state.x, `1`)", "state.x[::0]"])
def test_a_wrong_expression_is_reported(tmp_path: Path, question: str) -> None:
    store = open_store(chain(tmp_path, [{"x": [1]}]))
    run, nodes = nodes_to(store, "latest")
    with pytest.raises(UsageError):
        BranchQueries(store).history(BranchQuery(run, nodes, Expression(question)))
    with pytest.raises(UsageError):
        BranchQueries(store).bisect(BranchQuery(run, nodes, Expression(question)))


@pytest.mark.parametrize(
    ("question", "needs"),
    [
        ("state.a.b", {("state", "a", "b")}), ("state.a[0].b", {("state", "a", 0, "b")}),
        ("state.a > `1` && pending", {("state", "a"), ("pending",)}), ("state.a.b || state.a", {("state", "a")}),
        ("length(messages.*[])", {("messages",)}), ("checkpoint.iteration", None), ("keys(@)", None),
        ("state.a | length(@)", {("state", "a")}), ("`1`", None), ("state.a[?b == c].d", {("state", "a")}),
    ],
)  # fmt: skip
def test_what_an_expression_needs_is_reported_by_its_names(question: str, needs: set[Any] | None) -> None:
    found = Expression(question).needs
    assert (None if found is None else set(found)) == needs


def test_a_header_can_be_asked_too() -> None:
    found = asked(open_store(NEW / "loop"), "latest", "checkpoint.iteration")
    assert [taken.value for taken in found.values] == list(range(20))


def test_long_values_are_cut_on_their_line() -> None:
    assert value_text({"a": ["x" * 50]}, 20) == '{"a": ["xxxxxxxxxxxx…'
    assert value_text({"a": 1}, 20) == '{"a": 1}'


def test_a_member_of_an_enumeration_is_written_as_its_value_or_name() -> None:
    assert value_text({"$type": "shop:Color", "$value": "red"}, 20) == "red"
    assert value_text({"$type": "builtins:float", "$value": "NaN"}, 20) == "NaN"
    assert value_text({"$type": "shop:Text", "$value": "x" * 30}, 20) == "x" * 20 + "…"


def test_a_secret_is_written_as_its_mask() -> None:
    assert value_text({"$masked": "str", "$size": 8}, 80) == "••••••"
    assert value_text({"$masked": "str", "$size": 8, "more": 1}, 80).startswith("{")


def test_a_bisection_asked_again_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(chain(tmp_path, [{"x": index} for index in range(20)]))
    read = files_read(monkeypatch)
    histories = BranchQueries(store)
    run, nodes = nodes_to(store, "latest")
    expression_of_x = Expression("state.x > `11`")
    first = histories.bisect(BranchQuery(run, nodes, expression_of_x))
    assert (first.first and first.first.id, first.flips, len(read)) == ("c0012", 1, 20)
    read.clear()
    assert histories.bisect(BranchQuery(run, nodes, expression_of_x)) == first
    assert read == []
    chain(tmp_path, [{"x": 99 if index == 3 else index} for index in range(20)])
    again = histories.bisect(BranchQuery(run, nodes, expression_of_x))
    assert (again.first and again.first.id, again.flips) == ("c0003", 3)
