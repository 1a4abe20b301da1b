"""What an overview answers of real runs of every kind of store: what was asked, what ran, what waits, what came out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from ckpt_tui.actions.overviews import OverviewReport, RunPath, has_same_path, overviews
from ckpt_tui.core.model import Checkpoint, CheckpointRef
from ckpt_tui.core.overview.line import Label, alarm_lines
from ckpt_tui.core.overview.trail import fold, numbers_of, path_text
from ckpt_tui.core.runs.lineage import Node, Run, arrange
from ckpt_tui.core.text import unsafe
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.stores.files import Stamp
from ckpt_tui.stores.registry import open_store

DATA = Path(__file__).parent.parent / "data"
RECORDED = Path(__file__).parents[2] / "ckpt_tui" / "demo" / "recorded" / "store"


def opened(path: Path) -> tuple[Store, tuple[Run, ...]]:
    """A store and its runs."""
    store = open_store(path)
    return store, arrange(e for batch in store.scan() for e in batch.entries if isinstance(e, CheckpointRef))


def described(path: Path, step: int | None = None, run: int = -1) -> OverviewReport:
    """The overview of the newest checkpoint of a run, or of the first one of a step."""
    store, runs = opened(path)
    nodes = runs[run].nodes
    node = max(nodes, key=lambda one: one.ref.rank) if step is None else next(n for n in nodes if n.ref.step == step)
    *_, last = overviews(store, runs[run], node)
    return last


def said(found: OverviewReport, *labels: Label) -> list[str]:
    """What the lines of some labels say."""
    return [line.text.strip() for line in found.overview.about(*labels)]


AF = DATA / "agent-framework"

RUNS = [
    (AF / "1.23.0" / "linear", None, '"hello wörld"', "upper → exclaim → reverse",
     'reverse ran last with "HELLO WÖRLD!"; its output is in no checkpoint'),
    (AF / "1.23.0" / "loop", None, "1", "(counter ⇄ inc)×9 → counter", "history[9]  {2} n: 10, sq: 100"),
    (AF / "1.23.0" / "orch_concurrent", None, '"Launch a kettle?"',
     "dispatcher → legal ∥ marketing ∥ finance → aggregator", 'legal: "Legal: ok"'),
    (AF / "1.23.0" / "orch_magentic", None, '"What is the number?"',
     "magentic_orchestrator → researcher → magentic_orchestrator", 'researcher: "The number is 42."'),
    (AF / "1.23.0" / "agent_tool_approval", None, '"please delete /tmp/x"', "operator → you → operator → summariser",
     'summariser: "Summary: all good ✅"'),
    (AF / "1.23.0" / "functional_hitl", None, '"topic"', "fetch → review_pipeline → ", 'transform  "[200] my answer"'),
    (AF / "1.0.0" / "loop", None, "first sent: counter: 1", "(counter ⇄ inc)×9 → counter", "last  10"),
    (DATA / "langgraph" / "1.2.24" / "messages.sqlite", None, '"Oslo"', "(model → tools → model)×2", '"It is sunny."'),
    (DATA / "dotnet" / "af_dotnet", None, 'topic: "checkpoints", audience: "developers"',
     "Intake → Researcher ∥ FactChecker → Writer → Approval → you → Approval → Publisher",
     "Publisher  {1} published: true"),
]  # fmt: skip


def test_a_value_that_is_not_a_number_did_not_change_because_it_differs_from_itself() -> None:
    assert not [text for text in said(described(AF / "1.23.0" / "types_zoo"), "state") if "NaN → NaN" in text]


@pytest.mark.parametrize(
    ("path", "step", "asked", "run_path", "outcome"), RUNS, ids=lambda value: getattr(value, "name", "")
)
def test_a_run_that_ended_says_what_was_asked_what_ran_and_what_came_out(
    path: Path, step: int | None, asked: str, run_path: str, outcome: str
) -> None:
    found = described(path, step)
    assert asked in " ".join(said(found, "asked"))
    assert said(found, "path")[0].startswith(run_path)
    assert any(line.endswith(outcome) for line in said(found, "outcome"))
    kept = [line.path for line in found.overview.about("state") if line.path[:1] == ("state",)]
    assert len(kept) == len(set(kept))  # one line for each value
    assert found.overview.complete


def test_what_waits_is_reported_with_whom_it_waits_for_and_its_data() -> None:
    found = described(AF / "1.23.0" / "hitl_pending")
    assert said(found, "now") == [
        "review asks you for Decision",
        (
            'ApprovalRequest prompt: "approve?", draft: "draft about kettles", iteration: 1,'
            ' options: (2) ["approve", "reject"]'
        ),
        "review asks you for str",
        '"plain text question: which colour?"',
    ]
    assert [line.path[0] for line in found.overview.about("now")] == ["pending"] * 4


def test_a_call_of_a_tool_that_waits_for_approval_is_reported() -> None:
    found = described(AF / "1.23.0" / "agent_tool_approval", 1)
    assert said(found, "now") == ['operator asks you whether it may call delete_file({"path": "/tmp/x"})']


@pytest.mark.parametrize("name", ["hpd_hosted", "af_dotnet"])
def test_other_frameworks_say_what_waits(name: str) -> None:
    found = described(DATA / "dotnet" / name, {"hpd_hosted": 2, "af_dotnet": 3}[name])
    assert {
        "hpd_hosted": '"Approve publishing this draft?"',
        "af_dotnet": 'ContentSample.Draft text: "A checkpoint is a file.", revision: 1',
    }[name] in said(found, "now")
    assert found.overview.about("path") and found.overview.about("asked")


def test_the_recorded_run_says_its_loop_and_the_course_of_its_score() -> None:
    store, runs = opened(RECORDED)
    run = max(runs, key=lambda one: len(one.nodes))
    node = next(one for one in run.nodes if store.load(one.ref.file).ref.role == "waiting")
    *_, found = overviews(store, run, node)
    assert re.search(r"\(writer ⇄ reviewer\)×\d|writer → reviewer", said(found, "path")[0])
    assert any("→" in line for line in said(found, "state"))


def test_a_run_that_broke_off_says_so_and_what_was_due() -> None:
    found = described(AF / "1.23.0" / "raises")
    assert said(found, "now")[0] == "counter → boom: 3"
    assert said(found, "now")[-1].startswith("nothing was written after this")


def test_a_step_that_failed_says_who_and_why() -> None:
    found = described(DATA / "langgraph" / "0.2.76" / "fanout-failure.sqlite", 1)
    assert found.overview.title.endswith("has failed")
    assert said(found, "error") == ["failed work: ValueError('cannot work on bad')"]


def test_what_cannot_be_read_is_an_error_and_no_danger() -> None:
    lines = alarm_lines(("state: encrypted (aes)", "danger at state.a: calls os:system"))
    assert [(line.label, line.text) for line in lines] == [
        ("danger", "at state.a: calls os:system"), ("error", "state: encrypted (aes)"),
    ]  # fmt: skip


def test_the_first_overview_comes_from_the_checkpoint_and_its_parent_alone() -> None:
    store, runs = opened(AF / "1.23.0" / "loop")
    first, *_, last = overviews(store, runs[-1], runs[-1].nodes[-1])
    assert not first.overview.complete
    assert first.overview.about("step") == last.overview.about("step")
    assert (first.read, last.read, last.total) == (1, 20, 20)


def test_what_was_read_of_a_run_is_not_read_again() -> None:
    class Counted(DirectoryStore):
        """A store that notes what is read of it, whole or only as far as is needed."""

        noted: ClassVar[list[str]] = []

        def load(self, file: str, check: Callable[[], None] | None = None, everything: bool = False) -> Checkpoint:
            self.noted.append(file)
            return super().load(file, check, everything)

        def read_stamped(self, file: str) -> tuple[Stamp, bytes]:
            self.noted.append(file)
            return super().read_stamped(file)

    _, runs = opened(AF / "1.23.0" / "loop")
    counted, run_path, nodes = Counted(str(AF / "1.23.0" / "loop")), RunPath(), runs[-1].nodes
    list(overviews(counted, runs[-1], nodes[-2], run_path))
    assert len(counted.noted) >= len(nodes) - 1
    counted.noted.clear()
    list(overviews(counted, runs[-1], nodes[-1], run_path))
    assert len(counted.noted) <= 3


def test_a_long_way_is_cut_after_its_first_checkpoint() -> None:
    store, runs = opened(AF / "1.23.0" / "loop")
    *_, found = overviews(store, runs[-1], runs[-1].nodes[-1], most=6)
    assert said(found, "asked") == ["1"]
    assert said(found, "path")[0].startswith("… 14 steps … → ")


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ("", []),
        ("abc", [("a", 1), ("b", 1), ("c", 1)]),
        ("aaab", [("a", 3), ("b", 1)]),
        ("abcbcbcd", [("a", 1), ("bc", 3), ("d", 1)]),
        ("abcabc", [("abc", 2)]),
    ],
)
def test_loops_are_folded(tokens: str, expected: list[tuple[str, int]]) -> None:
    assert [("".join(pattern), number) for pattern, number in fold(list(tokens))] == expected


def test_a_way_without_anything_is_empty() -> None:
    assert path_text([]) == ""


def test_secrets_are_masked(tmp_path: Path) -> None:
    document = {
        "workflow_name": "w", "graph_signature_hash": "a" * 64, "checkpoint_id": "one", "previous_checkpoint_id": None,
        "timestamp": "2026-01-01T00:00:00+00:00",
        "messages": {"internal:a": [{"data": "use password=hunter22x for me", "source_id": "internal:a"}]},
        "state": {"api_key": "k-123456", "_workflow_run_kwargs": {"token": "t-1"}}, "pending_request_info_events": {},
        "iteration_count": 0, "metadata": {}, "version": "1.0",
    }  # fmt: skip
    (tmp_path / "one.json").write_text(json.dumps(document))
    text = " ".join(line.text for line in described(tmp_path).overview.lines)
    assert "hunter22x" not in text and "k-123456" not in text and "t-1" not in text


def test_every_checkpoint_of_the_samples_has_an_overview_that_no_terminal_obeys() -> None:
    for path in [*AF.glob("*/*"), *(DATA / "agent-framework-legacy").glob("*/*"), DATA / "hostile"]:
        store, runs = opened(path)
        for run in runs:
            run_path = RunPath()
            for node in run.nodes:
                assert one_of(store, run, node, run_path).overview.title


def one_of(store: Store, run: Run, node: Node, run_path: RunPath) -> OverviewReport:
    """The last overview of a checkpoint, looked at for what a terminal would obey."""
    *_, found = overviews(store, run, node, run_path)
    assert not any(unsafe().search(line.text) for line in found.overview.lines)
    assert not unsafe().search(found.overview.title)
    return found


def test_times_that_a_copy_changes_are_said_to_be_those_of_the_files() -> None:
    assert described(DATA / "dotnet" / "af_dotnet").overview.title.endswith(" · times of files")
    assert "times" not in described(AF / "1.23.0" / "linear").overview.title


def test_an_integer_beyond_every_float_is_not_drawn() -> None:
    assert numbers_of([1, 10**400]) == []
    assert numbers_of([1, 2.5]) == [1.0, 2.5]


def test_the_path_to_a_checkpoint_is_the_same_until_something_on_it_or_behind_it_changes() -> None:
    _, runs = opened(AF / "1.23.0" / "loop")
    run = runs[0]
    shorter = run._replace(nodes=run.nodes[:-1])
    middle, end = run.nodes[3], run.nodes[-2]
    assert has_same_path(shorter, run, middle)
    assert not has_same_path(shorter, run, end)  # it goes on now
    read_again = middle._replace(ref=middle.ref._replace(facts=None))
    assert has_same_path(run, run._replace(nodes=(*run.nodes[:3], read_again, *run.nodes[4:])), end)
    assert not has_same_path(run, run._replace(nodes=(*run.nodes[:2], *run.nodes[3:])), end)
    moved = run.nodes[4]._replace(parent=run.nodes[2].ref.id)
    assert not has_same_path(run, run._replace(nodes=(*run.nodes[:4], moved, *run.nodes[5:])), end)


def test_a_path_that_became_longer_is_what_it_would_be_if_it_were_followed_anew() -> None:
    for store in ("loop", "fork_hitl"):
        for run in opened(AF / "1.23.0" / store)[1]:
            run_path = RunPath()
            for count in range(1, len(run.nodes) + 1):
                grown = run._replace(nodes=run.nodes[:count])
                for node in (grown.nodes[-1], grown.nodes[count // 2]):
                    assert run_path.branch(grown, node) == RunPath().branch(grown, node)


def test_of_a_run_in_which_more_is_said_than_is_kept_a_conversation_says_that_it_lacks_some() -> None:
    store, runs = opened(AF / "1.23.0" / "fork_hitl")
    run, node = runs[0], runs[0].nodes[-1]
    *_, whole = overviews(store, run, node)
    *_, cut = overviews(store, run, node, RunPath(characters=10))
    assert not whole.conversation.lacks_steps
    assert cut.conversation.lacks_steps
    assert 0 < len(cut.conversation.turns) < len(whole.conversation.turns)


def test_of_a_long_path_what_was_taken_in_first_is_forgotten_and_read_again() -> None:
    store, runs = opened(AF / "1.23.0" / "loop")
    run_path = RunPath(most=4)
    for node in runs[0].nodes[:8]:
        *_, last = overviews(store, runs[0], node, run_path, whole=False)
        assert last.file == node.ref.file
    assert [run_path.known(node) is not None for node in runs[0].nodes[:8]] == [False] * 4 + [True] * 4


def test_an_input_that_cannot_be_read_is_said_to_be_one() -> None:
    place = DATA / "langgraph" / "1.2.24" / "encrypted.sqlite"
    assert said(described(place), "asked") == ["the input of this thread cannot be read"]
    first = described(place, step=-1)
    assert said(first, "step") == ["the input came in; nothing ran yet"]


@pytest.mark.parametrize("name", ["fork_hitl", "loop", "orch_groupchat"])
def test_an_overview_is_the_same_where_nobody_looks_for_what_was_said_in_the_steps(name: str) -> None:
    store, runs = opened(AF / "1.23.0" / name)
    for run in runs:
        for node in run.nodes:
            *_, whole = overviews(store, run, node)
            *_, found = overviews(store, run, node, RunPath(with_said=False))
            assert found.overview == whole.overview
