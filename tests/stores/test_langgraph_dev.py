"""LangGraph's checkpoints in the files of `langgraph dev`: decoded, and never unpickled."""

import json
import os
import pickle
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.reading.pending import requests
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.runs.lineage import Run, arrange
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.base import Store, collect
from ckpt_tui.stores.composite import CompositeStore
from ckpt_tui.stores.conformance import Conformance
from ckpt_tui.stores.langgraph_dev import FILES, DevStore
from ckpt_tui.stores.registry import open_store
from tests.stores.langgraph_saving import checkpoint_id, save_two
from tests.stores.reading import read

DATA = Path(__file__).parent.parent / "data" / "langgraph-dev"
WAITING, ANSWERED = "01a22b1c-2218-76bf-9544-35f9e4fe39e0", "01a22b1c-2637-7066-8ef7-344117c9e37e"


def runs_of(store: Store) -> dict[str, Run]:
    return {run.id: run for run in arrange(one for one in read(store).values() if isinstance(one, CheckpointRef))}


def typed(value: Any) -> tuple[str, bytes]:
    return "json", json.dumps(value).encode()


def saved(number: int, parent: str | None = None, **values: str) -> tuple[Any, ...]:
    """A checkpoint as the server keeps it; each value is that of a version."""
    body = {"v": 4, "id": checkpoint_id(number, number - 1), "channel_versions": values, "versions_seen": {}}
    return typed({**body, "channel_values": {}}), typed({"source": "loop", "step": number - 1}), parent


def write_files(place: Path, checkpoints: Mapping[str, Any], writes: Any = None, values: Any = None) -> None:
    """The three files; checkpoints of one thread."""
    (place / ".langgraph_api").mkdir(exist_ok=True)
    contents = ({"t": {"": dict(checkpoints)}}, writes or {}, values or {})
    for name, content in zip(FILES, contents, strict=True):
        made = place / ".langgraph_api" / f"{name}.tmp"
        made.write_bytes(pickle.dumps(content, 2))
        os.replace(made, place / ".langgraph_api" / name)


def two() -> dict[str, Any]:
    first, second = checkpoint_id(0, -1), checkpoint_id(1, 0)
    return {first: saved(0, n="1"), second: saved(1, first, n="2")}


VALUES = {("t", "", "n", "1"): typed(1), ("t", "", "n", "2"): typed(2)}


class TestFilesOfTheServer:
    def test_threads_questions_and_answers_are_read(self) -> None:
        store = open_store(DATA)
        assert isinstance(store, DevStore)
        runs = runs_of(store)
        assert runs.keys() == {WAITING, ANSWERED}
        assert [node.ref.role for node in runs[WAITING].nodes] == ["entry", "superstep", "waiting"]
        assert [node.ref.role for node in runs[ANSWERED].nodes][-2:] == ["response", "final"]
        (request,) = requests(store.load(runs[WAITING].nodes[-1].ref.file).pending)
        assert to_json(request.data) == {"question": "Approve the order?", "order": {"id": 7, "lines": ["tea", "milk"]}}
        final = store.load(runs[ANSWERED].nodes[-1].ref.file, everything=True)
        assert not final.faults
        state = to_json(final.state)
        assert isinstance(state, dict)
        assert state["log"] == ["taken", "answered yes", "shipped"]
        assert state["approved"] is True
        assert [message["content"] for message in state["messages"]] == ["tea please", "Noted."]

    def test_a_thread_is_copied_for_a_resume(self) -> None:
        store = open_store(DATA)
        file = runs_of(store)[ANSWERED].nodes[-1].ref.file
        copy = open_store(store.copy_for_resume(file))
        assert len(read(copy)) == 5
        for each in read(copy):
            mine, theirs = copy.load(each, everything=True), store.load(each, everything=True)
            for part in ("state", "messages", "pending", "metadata"):
                assert to_json(getattr(mine, part)) == to_json(getattr(theirs, part))

    def test_the_directory_itself_opens_too(self) -> None:
        assert len(read(open_store(DATA / ".langgraph_api"))) == 8

    def test_beside_a_database_both_are_listed(self, tmp_path: Path) -> None:
        save_two(tmp_path / "memory.db").close()
        write_files(tmp_path, two(), None, VALUES)
        store = open_store(tmp_path)
        assert isinstance(store, CompositeStore)
        assert list(store.member_names) == [".langgraph_api", "memory.db"]

    def test_one_that_has_not_saved_yet_is_an_empty_list(self, tmp_path: Path) -> None:
        (tmp_path / ".langgraph_api").mkdir()
        assert collect(open_store(tmp_path).scan()) == {}


class TestHostileFiles:
    def test_nothing_is_called(self, tmp_path: Path) -> None:
        class Acts:
            def __reduce__(self) -> tuple[Any, ...]:
                return os.system, (f"touch {tmp_path / 'acted'}",)

        name = checkpoint_id(0, -1)
        write_files(tmp_path, {name: saved(0), "b": Acts()}, Acts(), {("t", "", "n", "1"): Acts()})
        store = open_store(tmp_path)
        assert list(read(store)) == [f"t/{name}"]
        store.load(f"t/{name}", everything=True)
        assert not (tmp_path / "acted").exists()

    @pytest.mark.parametrize(
        "content",
        [7, {}, {"t": 7}, {"t": {"": {"a": 7}}}, {"t": {"": {"a": (7, 7, 7)}}}, {7: {7: {7: (("json", b""), 7, 7)}}}],
    )
    def test_what_is_not_a_checkpoint_is_passed_over(self, tmp_path: Path, content: Any) -> None:
        (tmp_path / ".langgraph_api").mkdir()
        for name in FILES:
            (tmp_path / ".langgraph_api" / name).write_bytes(pickle.dumps(content, 2))
        assert not [one for one in read(open_store(tmp_path)).values() if not isinstance(one, CheckpointRef)]

    def test_a_file_that_ends_early_is_said_beside_what_could_be_read(self, tmp_path: Path) -> None:
        shutil.copytree(DATA, tmp_path / "p")
        place = tmp_path / "p" / ".langgraph_api" / FILES[0]
        place.write_bytes(place.read_bytes()[:8_000])
        entries = read(open_store(tmp_path / "p"))
        said = entries["…"]
        assert isinstance(said, Problem)
        assert f"{FILES[0]} is not read to its end" in said.reason

    def test_a_file_that_may_not_be_read_is_a_row(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write_files(tmp_path, two(), None, VALUES)
        monkeypatch.setattr("ckpt_tui.stores.langgraph_dev.MOST_BYTES", 10)
        (problem,) = read(open_store(tmp_path)).values()
        assert isinstance(problem, Problem)
        assert "at most 10 are read" in problem.reason


class TestConformance(Conformance):
    """What every store must do."""

    def open(self, place: Path) -> Store:
        write_files(place, two(), None, VALUES)
        return open_store(place)

    def add(self, place: Path) -> None:
        third = checkpoint_id(2, 1)
        write_files(place, {**two(), third: saved(2, checkpoint_id(1, 0), n="2")}, None, VALUES)

    def remove(self, place: Path) -> None:
        write_files(place, dict(list(two().items())[:1]), None, VALUES)

    def spoil(self, place: Path) -> None:
        first, second = two().items()
        write_files(place, {first[0]: first[1], second[0]: (("json", b"{"), *second[1][1:])}, None, VALUES)

    def missing(self, place: Path) -> Store:
        return DevStore(str(place / ".langgraph_api"))


def test_values_belong_to_the_versions_of_a_checkpoint(tmp_path: Path) -> None:
    write_files(tmp_path, two(), None, VALUES)
    store = open_store(tmp_path)
    assert [store.load(file).state for file in sorted(read(store))] == [{"n": 1}, {"n": 2}]


def test_an_interrupt_that_is_asked_again_waits_although_an_answer_is_before_it(tmp_path: Path) -> None:
    first = checkpoint_id(0, -1)
    null = "00000000-0000-0000-0000-000000000000"
    tasks = {
        ("a", -3): ("a", "__interrupt__", typed([{"value": "second?", "id": "i"}]), ""),
        (null, -4): (null, "__resume__", typed("yes"), ""),
    }
    write_files(tmp_path, {first: saved(0)}, {("t", "", first): tasks})
    (entry,) = read(open_store(tmp_path)).values()
    assert isinstance(entry, CheckpointRef)
    assert entry.role == "waiting"


def test_a_checkpoint_that_is_not_there_is_said(tmp_path: Path) -> None:
    write_files(tmp_path, two())
    with pytest.raises(CkptError, match="no such checkpoint"):
        open_store(tmp_path).load("t/none")
