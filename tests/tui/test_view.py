"""Views of a store, made whole of what is known of it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ckpt_tui.core.model import CheckpointRef, Facts, Problem
from ckpt_tui.core.runs.groups import FOLDED
from ckpt_tui.core.runs.listing import FoldedRow, RunRow
from ckpt_tui.stores.base import Batch, collect
from ckpt_tui.stores.registry import open_store
from ckpt_tui.tui.library import VIEW_SECONDS, WRITTEN_SECONDS, Library, Pace
from ckpt_tui.tui.view import View
from tests.support.views import make_view

SAMPLES = Path(__file__).parent.parent / "data" / "agent-framework" / "1.23.0"
DEMO = Path(__file__).parents[2] / "ckpt_tui" / "demo" / "recorded" / "store"


def entries_of(path: Path) -> list[CheckpointRef]:
    store = open_store(path)
    entries = collect(store.scan())
    entries.update(collect(store.fill(list(entries))))
    return sorted((e for e in entries.values() if isinstance(e, CheckpointRef)), key=lambda ref: ref.when)


def same(one: View, other: View) -> None:
    assert one.rows == other.rows
    assert one.places == other.places
    assert one.runs == other.runs
    assert (one.checkpoints, one.newest, one.lanes) == (other.checkpoints, other.newest, other.lanes)


def test_a_library_that_is_reported_piece_by_piece_shows_the_same() -> None:
    refs = entries_of(DEMO)
    library = Library()
    for start in range(0, len(refs), 3):
        library.apply(Batch(tuple(refs[start : start + 3])))
        same(library.view(), make_view(refs[: start + 3]))


def test_a_replaced_a_deleted_and_a_broken_file_show_in_the_next_view() -> None:
    refs = entries_of(SAMPLES / "loop")
    library = Library()
    library.apply(Batch(tuple(refs)))
    library.view()
    changed = refs[3]._replace(facts=Facts(0, 1, (), ("gate",), False))
    library.apply(Batch((changed,)))
    same(library.view(), make_view([*refs[:3], changed, *refs[4:]]))
    library.apply(Batch((), (refs[0].file,)))
    same(library.view(), make_view([changed, *refs[1:3], *refs[4:]]))
    library.apply(Batch((Problem("broken.json", "cut off", "truncated"),)))
    assert library.view().problems == 1


def test_a_parent_that_others_have_missed_joins_them_to_its_run() -> None:
    refs = entries_of(SAMPLES / "loop")
    library = Library()
    library.apply(Batch((*refs[:3], *refs[4:])))
    assert len(library.view().runs) == 2
    library.apply(Batch((refs[3],)))
    assert [len(run.nodes) for run in library.view().runs] == [len(refs)]


def test_a_run_that_began_before_others_comes_before_them() -> None:
    refs = entries_of(SAMPLES / "loop")
    library = Library()
    library.apply(Batch(tuple(refs)))
    root = refs[0]._replace(id="root", file="root.json", when=refs[0].when - 1)
    library.apply(Batch((root,)))
    assert [run.id for run in library.view().runs] == ["root", refs[0].id]


def test_the_pause_after_a_view_grows_with_the_time_that_making_it_took() -> None:
    now = [100.0]
    pace = Pace(lambda: now[0])
    pace.note(took=0.04)
    assert pace.rest == pytest.approx(WRITTEN_SECONDS)
    assert due_after(pace, now, [VIEW_SECONDS - 0.01, 0.02]) == [False, True]
    pace.note(took=10.0)
    assert pace.rest == pytest.approx(90.0 - VIEW_SECONDS)
    assert due_after(pace, now, [89.0, 1.0]) == [False, True]
    assert pace.rest == 0.0


def due_after(pace: Pace, now: list[float], steps: list[float]) -> list[bool]:
    """Whether a view is due after each of some steps of the clock."""
    found = []
    for seconds in steps:
        now[0] += seconds
        found.append(pace.is_due)
    return found


@pytest.mark.parametrize("names", ["abc", "cba", "bca"])
def test_of_checkpoints_of_one_moment_the_one_that_is_followed_is_the_last_child(names: str) -> None:
    first, second, third = list(names)
    refs = [
        CheckpointRef(name, f"{name}.json", "flow", "graph", parent, "", 1.0, 0, 1)
        for name, parent in ((first, None), (second, first), (third, second))
    ]
    assert make_view(refs).newest == f"{third}.json"


@pytest.mark.parametrize("text", ["", "gate", "N1"])
@pytest.mark.parametrize("seed", range(6))
def test_a_view_after_any_news_is_the_one_made_of_everything(seed: int, text: str) -> None:
    chance = random.Random(seed)
    known: dict[str, CheckpointRef | Problem] = {}
    library = Library()
    library.filter = text
    for number in range(40):
        name = f"n{chance.randrange(20)}"
        facts = chance.choice([None, Facts(1, 0, (chance.choice(["gate", "y"]),), (), False)])
        parent = chance.choice([f"n{chance.randrange(20)}", f"n{number % 20 - 1}", None])
        entry: CheckpointRef | Problem = CheckpointRef(
            name, f"{name}.json", "flow", "cafe", parent, "", float(number), 0, 1, facts
        )
        if chance.random() < 0.1:
            entry = Problem(f"{name}.json", "cut off", "truncated")
        if chance.random() < 0.1:
            known.pop(f"{name}.json", None)
            library.apply(Batch((), (f"{name}.json",)))
        else:
            known[f"{name}.json"] = entry
            library.apply(Batch((entry,)))
        if chance.random() < 0.7:
            same(library.view(), make_view(list(known.values()), text=text))


def test_a_folded_row_stands_for_all_checkpoints_of_its_run_and_any_other_row_for_those_of_its_own() -> None:
    refs = entries_of(DEMO)
    library = Library(lambda: False)
    library.expect(FOLDED + 1)
    library.apply(Batch(tuple(refs)))
    view = library.view()
    rows = [index for index, row in enumerate(view.rows) if isinstance(row, FoldedRow)]
    assert len(rows) == len(view.runs) > 1
    assert sorted(file for index in rows for file in view.files_around(index)) == sorted(ref.file for ref in refs)
    plain = make_view(refs)
    file = refs[0].file
    own = next(run for run in plain.runs if any(node.ref.file == file for node in run.nodes))
    assert plain.files_around(plain.places[file]) == [node.ref.file for node in own.nodes]


def test_the_nearest_row_that_is_left_is_below_before_above() -> None:
    refs = entries_of(SAMPLES / "loop")
    view = make_view(refs)
    order = [view.file_at(index) for index in sorted(view.places.values())]

    def nearest(selected: int, *gone: int) -> str:
        names = {order[at] for at in gone}
        return make_view([ref for ref in refs if ref.file not in names]).nearest(view, view.places[order[selected]])

    assert nearest(4, 4) == order[5]
    assert nearest(4, 4, 5) == order[3]
    assert nearest(4, 3, 4, 5) == order[6]
    assert nearest(len(order) - 1, len(order) - 1) == order[-2]
    assert make_view([]).nearest(view, 0) == ""


@pytest.mark.parametrize(
    ("text", "runs"), [("run 2", [2]), ("LOOP", []), ("loop · run 3", [3]), ("run", []), ("run 9", []), ("3", [])]
)
def test_a_filter_shows_the_whole_of_a_run_whose_heading_it_finds(text: str, runs: list[int]) -> None:
    one = entries_of(SAMPLES / "loop")[0]._replace(facts=None)
    refs = [
        one._replace(
            id=f"{name}-{run}", file=f"{name}-{run}.json", parent=f"a-{run}" if at else None, when=run * 9.0 + at
        )
        for run in (1.0, 2.0, 4.0) for at, name in enumerate("ab")
    ]  # fmt: skip
    view = make_view(refs, text=text)
    assert [run.number for run in view.runs] == [1, 2, 3]
    shown = [row.run.number for row in view.rows if isinstance(row, RunRow)]
    assert shown == runs
    assert len(view.rows) == 3 * len(runs)
