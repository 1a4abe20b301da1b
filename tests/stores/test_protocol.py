"""Storages that live in a program: read through the framework's protocol, and copied to disk as they go."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from agent_framework import FileCheckpointStorage, InMemoryCheckpointStorage, WorkflowCheckpoint

from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.errors import CkptError, UndecodableError
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.encode import encode_checkpoint
from ckpt_tui.stores.protocol import ProtocolStore, own_loop
from ckpt_tui.stores.record import record
from ckpt_tui.stores.registry import open_store
from tests.support.workflows import Draft, build_fan_out, build_human, build_linear, build_loop, open_storage


def in_memory(workflow: Any, message: Any) -> InMemoryCheckpointStorage:
    storage = InMemoryCheckpointStorage()
    asyncio.run(workflow.run(message, checkpoint_storage=storage))
    return storage


def store_of(storage: Any, *names: str) -> ProtocolStore:
    return ProtocolStore(storage, names, own_loop())


@pytest.mark.parametrize(
    ("build", "message"),
    [(build_linear, "hello"), (build_human, Draft("kettles")), (build_fan_out, "kettles"), (build_loop, Draft("k"))],
)
def test_a_storage_in_memory_is_shown_as_the_files_of_the_same_run_are(
    build: Any, message: Any, tmp_path: Path
) -> None:
    storage = InMemoryCheckpointStorage()
    workflow = build()
    asyncio.run(workflow.run(message, checkpoint_storage=record(storage, tmp_path / "copy")))
    seen = store_of(storage, workflow.name)
    entries = collect(seen.scan())
    files = open_store(tmp_path / "copy")
    copied = collect(files.scan())
    collect(files.fill(list(copied)), copied)
    assert {file: entry._replace(size=0) for file, entry in entries.items() if isinstance(entry, CheckpointRef)} == {
        file: entry._replace(size=0) for file, entry in copied.items() if isinstance(entry, CheckpointRef)
    }
    for file in entries:
        one, other = seen.load(file, everything=True), files.load(file, everything=True)
        assert not one.faults
        for part in ("messages", "state", "pending", "metadata"):
            assert to_json(getattr(one, part)) == to_json(getattr(other, part))


def test_a_recorded_copy_is_what_the_framework_itself_loads(tmp_path: Path) -> None:
    storage = InMemoryCheckpointStorage()
    workflow = build_human()

    async def run() -> list[tuple[WorkflowCheckpoint, WorkflowCheckpoint]]:
        await workflow.run(Draft("kettles"), checkpoint_storage=record(storage, tmp_path))
        files = open_storage(tmp_path)
        listed = await storage.list_checkpoints(workflow_name=workflow.name)
        return [(one, await files.load(one.checkpoint_id)) for one in listed]

    pairs = asyncio.run(run())
    assert len(pairs) > 1
    for one, other in pairs:
        assert one.state["draft"].text == other.state["draft"].text if "draft" in one.state else True
        assert (one.iteration_count, one.previous_checkpoint_id) == (
            other.iteration_count,
            other.previous_checkpoint_id,
        )
        assert one.pending_request_info_events.keys() == other.pending_request_info_events.keys()
    assert isinstance(FileCheckpointStorage(tmp_path), FileCheckpointStorage)
    assert not list(tmp_path.glob("*.tmp"))


def test_recording_never_fails_a_run_whose_copy_cannot_be_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "taken").write_text("a file")
    storage = InMemoryCheckpointStorage()
    workflow = build_linear()

    async def run() -> None:
        await workflow.run("hello", checkpoint_storage=record(storage, tmp_path / "taken"))

    asyncio.run(run())
    assert asyncio.run(storage.list_checkpoint_ids(workflow_name=workflow.name))
    assert "was not copied" in caplog.text


def test_what_cannot_be_pickled_is_explained_and_hides_nothing_else() -> None:
    storage = InMemoryCheckpointStorage()
    held = {"lock": threading.Lock(), "pair": (1, lambda: None), "text": "seen"}
    checkpoint = WorkflowCheckpoint("flow", "hash", checkpoint_id="one", state=held)
    storage._checkpoints["one"] = checkpoint

    class Held:
        async def load(self, checkpoint_id: str) -> Any:
            return checkpoint

        async def list_checkpoint_ids(self, *, workflow_name: str) -> list[str]:
            return ["one"]

    store = store_of(Held(), "flow")
    [entry] = collect(store.scan()).values()
    assert isinstance(entry, CheckpointRef)
    assert "2 values that cannot be pickled" in entry.note
    shown = store.load("one.json", everything=True)
    state = to_json(shown.state)
    assert state["text"] == "seen"
    assert state["lock"]["$args"][0] == "_thread:lock"
    assert state["pair"]["$items"][0] == 1
    assert [fault.partition(":")[0] for fault in shown.faults] == ["state.lock", "state.pair"]


def test_values_deeper_than_pickle_goes_are_explained() -> None:
    deep: list[Any] = []
    for _ in range(200_000):
        deep = [deep]
    _, faults = encode_checkpoint(WorkflowCheckpoint("flow", "hash", checkpoint_id="one", state={"deep": deep, "a": 1}))
    assert "RecursionError" in "".join(faults)


def test_a_deleted_checkpoint_is_gone_and_one_that_fails_is_a_problem() -> None:
    class Flaky:
        ids: tuple[str, ...] = ("a", "b")

        async def load(self, checkpoint_id: str) -> Any:
            if checkpoint_id == "b":
                raise ConnectionError("no route")
            return WorkflowCheckpoint("flow", "hash", checkpoint_id=checkpoint_id)

        async def list_checkpoint_ids(self, *, workflow_name: str) -> list[str]:
            return list(self.ids)

    flaky = Flaky()
    store = store_of(flaky, "flow")
    entries = collect(store.scan())
    assert isinstance(entries["a.json"], CheckpointRef)
    assert entries["b.json"] == Problem(
        "b.json", "the storage does not return it: ConnectionError: no route", "unreadable"
    )
    with pytest.raises(UndecodableError, match="no route"):
        store.load("b.json")
    flaky.ids = ("a",)
    assert collect(store.scan(), entries).keys() == {"a.json"}


def test_several_workflows_of_a_storage_are_runs_of_their_own() -> None:
    storage = InMemoryCheckpointStorage()

    async def run() -> None:
        await build_linear().run("hello", checkpoint_storage=storage)
        await build_fan_out().run("hello", checkpoint_storage=storage)

    asyncio.run(run())
    entries = collect(store_of(storage, "test_linear", "test_fan_out").scan()).values()
    runs = arrange(entry for entry in entries if isinstance(entry, CheckpointRef))
    assert sorted(run.workflow for run in runs) == ["test_fan_out", "test_linear"]


def test_a_loop_that_has_ended_is_reported() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    from ckpt_tui.stores.protocol import caller

    with pytest.raises(CkptError, match="ended"):
        list(ProtocolStore(InMemoryCheckpointStorage(), ("flow",), caller(loop)).scan())
