"""Views of a store: made whole, or extended by what a running workflow writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpt_tui.core.model import CheckpointRef, Facts, Problem
from ckpt_tui.stores.base import Batch
from ckpt_tui.stores.directory import collect
from ckpt_tui.stores.registry import open_store
from ckpt_tui.tui.library import Library
from ckpt_tui.tui.view import View, extended, make_view

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


@pytest.mark.parametrize(
    "store", [*(SAMPLES / name for name in ("loop", "fork", "fork_hitl", "two_runs_same_instance")), DEMO]
)
def test_growing_one_by_one_gives_the_view_made_whole(store: Path) -> None:
    refs = entries_of(store)
    view = make_view(refs[:1])
    quick = 0
    for count in range(2, len(refs) + 1):
        whole = make_view(refs[:count])
        longer = extended(view, [refs[count - 1]])
        if longer is not None:
            quick += 1
            same(longer, whole)
        view = whole
    assert quick > len(refs) // 2


def test_a_library_that_is_told_piece_by_piece_shows_the_same() -> None:
    refs = entries_of(DEMO)
    library = Library()
    for start in range(0, len(refs), 3):
        library.apply(Batch(tuple(refs[start : start + 3])))
        same(library.view(), make_view(refs[: start + 3]))


def test_a_replaced_a_deleted_and_a_broken_file_make_the_view_anew() -> None:
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


def test_a_parent_that_others_have_missed_is_no_extension() -> None:
    refs = entries_of(SAMPLES / "loop")
    view = make_view([*refs[:3], *refs[4:]])
    assert extended(view, [refs[3]]) is None


def test_forks_and_runs_that_begin_extend_the_view_as_a_whole_one_would() -> None:
    refs = entries_of(SAMPLES / "loop")
    newest = max(ref.when for ref in refs)
    fork = refs[5]._replace(id="fork", file="fork.json", parent=refs[2].id, when=newest + 1)
    root = refs[0]._replace(id="root", file="root.json", when=newest + 2)
    child = refs[1]._replace(id="child", file="child.json", parent="root", when=newest + 3)
    broken = Problem("broken.json", "cut off", "truncated")
    view = extended(make_view([*refs, broken]), [child, fork, root])
    assert view is not None
    same(view, make_view([*refs, broken, fork, root, child]))


def test_a_run_that_began_before_others_is_no_extension() -> None:
    refs = entries_of(SAMPLES / "loop")
    root = refs[0]._replace(id="root", file="root.json", when=refs[0].when - 1)
    assert extended(make_view(refs), [root]) is None


def test_where_parents_are_guessed_the_view_is_made_anew() -> None:
    refs = entries_of(Path(__file__).parent.parent / "data" / "agent-framework" / "1.0.0" / "fork")
    view = make_view(refs)
    assert any(node.guessed for run in view.runs for node in run.nodes)
    tip = max(refs, key=lambda ref: ref.when)
    after = tip._replace(id="after", file="after.json", parent=tip.id, when=tip.when + 1)
    assert extended(view, [after]) is None
