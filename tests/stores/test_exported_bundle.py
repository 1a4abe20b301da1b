"""A bundle opens as a store."""

import json
import os
import shutil
from pathlib import Path

import pytest

from ckpt_tui.actions.export_files import bundle_lines
from ckpt_tui.actions.exports import make_bundle
from ckpt_tui.actions.store_contents import read_store
from ckpt_tui.core.model import Problem
from ckpt_tui.errors import CkptError, UndecodableError
from ckpt_tui.stores.base import Store, collect
from ckpt_tui.stores.conformance import Conformance
from ckpt_tui.stores.exported_bundle import BundleStore
from ckpt_tui.stores.registry import open_store
from tests.support.small_stores import write, write_chain


def written(directory: Path, bundle: Path) -> None:
    store = open_store(directory)
    runs, problems = read_store(store)
    nodes = [node for run in runs for node in run.nodes]
    text = "".join(bundle_lines(make_bundle(store, runs, nodes, problems).document))
    temporary = bundle.with_suffix(".new")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, bundle)


class TestConformance(Conformance):
    def open(self, place: Path) -> Store:
        (place / "from").mkdir()
        write_chain(place / "from", "first", "second", "third")
        written(place / "from", place / "run.bundle")
        return open_store(place / "run.bundle")

    def add(self, place: Path) -> None:
        write(place / "from", "fourth", previous_checkpoint_id="third", iteration_count=3)
        written(place / "from", place / "run.bundle")

    def remove(self, place: Path) -> None:
        (place / "from" / "third.json").unlink()
        written(place / "from", place / "run.bundle")

    def missing(self, place: Path) -> Store:
        return BundleStore(str(place / "nothing.bundle"))


def a_bundle(tmp_path: Path) -> Path:
    (tmp_path / "store").mkdir()
    write_chain(tmp_path / "store", "a", "b")
    (tmp_path / "store" / "broken.json").write_text('{"checkpoint_id": "brok')
    written(tmp_path / "store", tmp_path / "x.bundle")
    shutil.rmtree(tmp_path / "store")
    return tmp_path / "x.bundle"


def test_it_keeps_lineage_and_names_what_could_not_be_read(tmp_path: Path) -> None:
    runs, problems = read_store(open_store(a_bundle(tmp_path)))
    assert [[node.ref.id for node in run.nodes] for run in runs] == [["a", "b"]]
    assert [problem.file for problem in problems] == ["broken.json"]


def test_it_says_why_nothing_is_resumed_from_it(tmp_path: Path) -> None:
    assert "masked copy" in open_store(a_bundle(tmp_path)).capabilities().resume


@pytest.mark.parametrize("cut", [120, 400, -5])
def test_a_bundle_that_is_cut_off_is_one_problem(tmp_path: Path, cut: int) -> None:
    path = a_bundle(tmp_path)
    path.write_bytes(path.read_bytes()[:cut])
    [entry] = collect(open_store(path).scan()).values()
    assert isinstance(entry, Problem) and "cut off" in entry.reason


def test_two_checkpoints_with_one_id_are_both_listed(tmp_path: Path) -> None:
    path = a_bundle(tmp_path)
    bundle = json.loads(path.read_bytes())
    other = {**bundle["checkpoints"][0], "state": {"is": "another"}}
    bundle["checkpoints"].append(other)
    path.write_text(json.dumps(bundle))
    runs, _ = read_store(open_store(path))
    nodes = [node for run in runs for node in run.nodes]
    assert {node.ref.id for node in nodes} == {"a", "b", "a (3)"}
    assert [node.ref.note for node in nodes if node.ref.id == "a (3)"] == ["another one has its id"]


def test_hostile_entries_are_problems_and_the_others_are_listed(tmp_path: Path) -> None:
    path = a_bundle(tmp_path)
    bundle = json.loads(path.read_bytes())
    good = bundle["checkpoints"]
    wrong = [
        1,
        None,
        {},
        {"ref": {"id": 3}},
        {"ref": {"id": "w", "facts": {"messages": "x"}, "store_metadata": {"role": []}}},
    ]
    bundle["checkpoints"] = [*wrong, *good, good[0], {"ref": {"id": "g"}, "graph": {"nodes": [[1]], "edges": 7}}]
    path.write_text(json.dumps(bundle))
    store = open_store(path)
    runs, problems = read_store(store)
    assert {node.ref.id for run in runs for node in run.nodes} == {"a", "b", "w", "g"}
    assert len(problems) == 5
    for run in runs:
        for node in run.nodes:
            store.load(node.ref.file)
    with pytest.raises(UndecodableError):
        store.load("entry 1")


def test_one_that_is_gone_says_so(tmp_path: Path) -> None:
    path = a_bundle(tmp_path)
    store = open_store(path)
    collect(store.scan())
    path.unlink()
    with pytest.raises(CkptError):
        store.load("a.json")
