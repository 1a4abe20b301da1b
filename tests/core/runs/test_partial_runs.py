"""A part of very many checkpoints gives each answer that all of them give."""

import random
from collections.abc import Callable

import pytest

from ckpt_tui.core.model import CheckpointRef, StoreMetadata
from ckpt_tui.core.runs import partial_runs
from ckpt_tui.core.runs.ids import IdFault, find
from ckpt_tui.core.runs.lineage import Run, arrange
from ckpt_tui.core.runs.partial_runs import HeaderGraph, runs_for_names, runs_for_selection
from ckpt_tui.core.runs.selected_runs import Selection


@pytest.fixture(autouse=True)
def any_number_is_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partial_runs, "MANY", 1)


def ref(name: str, parent: str | None, when: float, workflow: str = "flow", iteration: int = 0) -> CheckpointRef:
    return CheckpointRef(name, f"{name}.json", workflow, "g", parent, "", when, iteration, 1)


def some(rng: random.Random) -> list[CheckpointRef]:
    """Runs with forks, equal times, parents that are gone, and children that are older than their parent."""
    refs: list[CheckpointRef] = []
    for number in range(rng.randrange(1, 40)):
        name = f"{rng.randrange(16):x}{number:02}"
        parent = rng.choice([None, None, "gone", "lost", name, *(each.id for each in refs[-6:])])
        refs.append(ref(name, parent, float(rng.randrange(12)), rng.choice(["flow", "other"])))
    rng.shuffle(refs)
    return refs


def answer(name: str, runs: tuple[Run, ...]) -> object:
    """What a name means, or why it means nothing."""
    try:
        node = find(name, runs)
    except IdFault as fault:
        return fault.reason, fault.ambiguous
    run = next(run for run in runs if any(other is node for other in run.nodes))
    return node, run


@pytest.mark.parametrize("seed", range(30))
def test_names_mean_what_they_mean_among_all(seed: int) -> None:
    rng = random.Random(seed)
    refs = some(rng)
    whole = arrange(refs)
    ids = [rng.choice(refs).id for _ in range(4)]
    names = [
        "latest",
        "latest~1",
        "latest~40",
        "nothing",
        *ids,
        *(name[:2] for name in ids),
        *(name[:1] for name in ids),
    ]
    names += [f"{name}.json" for name in ids] + [f"{name}~2" for name in ids] + [""]
    for name in names:
        assert answer(name, runs_for_names(refs, [name])) == answer(name, whole)
    both = runs_for_names(refs, ids[:2])
    assert [answer(name, both) for name in ids[:2]] == [answer(name, whole) for name in ids[:2]]


@pytest.mark.parametrize("seed", range(30))
def test_a_selection_finds_what_it_finds_among_all(seed: int) -> None:
    rng = random.Random(seed)
    refs = some(rng)
    whole = arrange(refs)
    for selection in (
        Selection(limit=1), Selection(limit=3), Selection(limit=500), Selection(since=6.0), Selection(since=99.0),
        Selection(since=5.0, limit=2), Selection(),
    ):  # fmt: skip
        found = selection.before_reading(runs_for_selection(refs, selection))
        assert found == selection.before_reading(whole)


def test_a_part_is_much_less_than_all() -> None:
    refs = [
        ref(f"{run}-{step}", f"{run}-{step - 1}" if step else None, run + step / 10)
        for run in range(9)
        for step in range(9)
    ]
    assert [run.id for run in runs_for_names(refs, ["4-7"])] == ["4-0"]
    assert [run.id for run in runs_for_names(refs, ["latest"])] == ["8-0"]
    assert [(run.id, run.number) for run in runs_for_selection(refs, Selection(limit=12))] == [("7-0", 8), ("8-0", 9)]


@pytest.mark.parametrize(
    "change",
    [
        lambda refs: [*refs, ref("guess", None, 5, iteration=3)],
        lambda refs: [*refs, ref("x", "y", 5), ref("y", "x", 6)],
        lambda refs: [*refs, ref("copy", "a", 5)._replace(inner="b")],
        lambda refs: [*refs, ref("thread", None, 5)._replace(store_metadata=StoreMetadata(run="r"))],
        lambda refs: [*refs, ref("chain", None, 5)._replace(chain="c")],
        lambda refs: [*refs, refs[0]],
    ],
)
def test_where_more_than_parents_decides_everything_is_arranged(
    change: Callable[[list[CheckpointRef]], list[CheckpointRef]],
) -> None:
    refs = change([ref("a", None, 1), ref("b", "a", 2), ref("c", None, 3)])
    assert not HeaderGraph(refs).is_certain
    assert runs_for_names(refs, ["latest"]) == arrange(refs)
    assert runs_for_selection(refs, Selection(limit=1)) == arrange(refs)


def test_the_beginning_of_very_many_ids_is_looked_up_among_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partial_runs, "_FEW", 2)
    refs = [ref(f"a{number}", None, number) for number in range(4)]
    assert runs_for_names(refs, ["a"]) == arrange(refs)
    assert runs_for_names([], ["latest"]) == ()
