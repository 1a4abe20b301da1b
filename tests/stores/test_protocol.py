"""Storages that live in a program: read through the framework's protocol, and copied to disk as they go."""

import asyncio
import dataclasses
import threading
from pathlib import Path
from typing import Any

import pytest
from agent_framework import FileCheckpointStorage, InMemoryCheckpointStorage, WorkflowCheckpoint

from ckpt_tui.actions.store_contents import read_named
from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.runs.ids import find
from ckpt_tui.core.runs.lineage import arrange
from ckpt_tui.errors import CkptError, UndecodableError
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.encode import encode_checkpoint
from ckpt_tui.stores.protocol import QUIET_SECONDS, ProtocolStore
from ckpt_tui.stores.record import record
from ckpt_tui.stores.registry import open_store
from ckpt_tui.stores.storage_calls import AT_ONCE, FIRST_PAGE, PAGE, caller, own_loop
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
        "b.json", "the storage does not return it: ConnectionError: no route; it is asked again", "unreadable"
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
    with pytest.raises(CkptError, match="ended"):
        list(ProtocolStore(InMemoryCheckpointStorage(), ("flow",), caller(loop)).scan())


class Remote:
    """A storage whose answers take their time.

    Args:
        storage: Holds the checkpoints.
    """

    def __init__(self, storage: InMemoryCheckpointStorage) -> None:
        self._storage = storage
        self.loading = self.most = 0
        self.failing: set[str] = set()
        self.asked: list[str] = []

    async def load(self, checkpoint_id: str) -> WorkflowCheckpoint:
        self.asked.append(checkpoint_id)
        self.loading += 1
        self.most = max(self.most, self.loading)
        await asyncio.sleep(0.01)
        self.loading -= 1
        if checkpoint_id in self.failing:
            raise ConnectionError("reset")
        return await self._storage.load(checkpoint_id)

    async def list_checkpoint_ids(self, *, workflow_name: str) -> list[str]:
        return list(await self._storage.list_checkpoint_ids(workflow_name=workflow_name))

    async def get_latest(self, *, workflow_name: str) -> WorkflowCheckpoint | None:
        return await self._storage.get_latest(workflow_name=workflow_name)


def remote(count: int) -> tuple[Remote, list[str]]:
    """A remote storage, and the ids of what is in it by their time."""
    storage = InMemoryCheckpointStorage()
    made = [
        WorkflowCheckpoint(
            workflow_name="flow", graph_signature_hash="cafe", timestamp=f"2026-03-01T08:{at // 60:02}:{at % 60:02}Z"
        )
        for at in range(count)
    ]

    async def save() -> None:
        for one in made:
            await storage.save(one)

    asyncio.run(save())
    return Remote(storage), [one.checkpoint_id for one in made]


def test_checkpoints_are_loaded_side_by_side_and_the_newest_come_first() -> None:
    storage, ids = remote(40)
    [first, *_, last] = list(store_of(storage, "flow").scan())
    assert storage.most == AT_ONCE
    assert first.entries and {entry.file for entry in first.entries} <= {f"{name}.json" for name in ids[-AT_ONCE:]}
    assert last.done == last.total == 40


def test_the_one_that_the_storage_calls_its_latest_comes_first_whatever_the_order_of_its_list() -> None:
    storage, ids = remote(3)
    storage._storage._checkpoints = dict(reversed(storage._storage._checkpoints.items()))
    list(store_of(storage, "flow").scan())
    assert storage.asked[0] == ids[-1]


def test_what_is_slower_than_its_limit_is_a_problem_and_no_other_checkpoint_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ckpt_tui.stores.storage_calls.CALL_SECONDS", 1.0)
    storage, ids = remote(64)
    slow = ids[5]
    load = storage.load

    async def slowly(checkpoint_id: str) -> WorkflowCheckpoint:
        await (asyncio.Event().wait() if checkpoint_id == slow else asyncio.sleep(0.15))
        return await load(checkpoint_id)

    storage.load = slowly  # type: ignore[method-assign]
    entries = collect(store_of(storage, "flow").scan())
    assert [file for file, entry in entries.items() if isinstance(entry, Problem)] == [f"{slow}.json"]


def test_a_checkpoint_that_could_not_be_loaded_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ckpt_tui.stores.protocol.AGAIN_SECONDS", 0.0)
    storage, ids = remote(3)
    storage.failing = {ids[1]}
    store = store_of(storage, "flow")
    found = collect(store.scan())
    assert isinstance(found[f"{ids[1]}.json"], Problem)
    storage.failing = set()
    storage.asked = []
    collect(store.scan(), found)
    assert storage.asked == [ids[1]]
    assert isinstance(found[f"{ids[1]}.json"], CheckpointRef)


def test_a_storage_in_which_nothing_changes_is_looked_at_less_and_less() -> None:
    storage, _ = remote(1)
    store = store_of(storage, "flow")
    store.mark()
    store._calls.looked = 0.05
    pauses = [store.pause(0.05, quiet) for quiet in (0, 10, 20, 1000)]
    assert pauses == [2.5, 5.0, 10.0, QUIET_SECONDS]
    assert ProtocolStore(storage, ("flow",), own_loop(), poll=60.0).pause(0.05, 0) == 60.0


class Paged(Remote):
    """A storage of many checkpoints, which lists headers page by page and says what changed."""

    def __init__(self, storage: InMemoryCheckpointStorage, ids: list[str]) -> None:
        super().__init__(storage)
        self.ids = ids
        self.calls: list[tuple[str, object]] = []
        self.gone: list[str] = []

    async def list_headers(
        self, *, workflow_name: str, limit: int, cursor: str | None
    ) -> tuple[list[dict[str, object]], str | None]:
        self.calls.append(("list_headers", limit))
        begin = int(cursor or 0)
        names = self.ids[::-1][begin : begin + limit]
        end = begin + len(names)
        return [await self._header(name) for name in names], str(end) if end < len(self.ids) else None

    async def changes(
        self, *, workflow_name: str, since: str | None
    ) -> tuple[list[dict[str, object]], list[str], str | None]:
        self.calls.append(("changes", since))
        begin, before = map(int, (since or "0 0").split())
        new = [await self._header(name) for name in self.ids[begin:]]
        return new, self.gone[before:], f"{len(self.ids)} {len(self.gone)}"

    async def load_many(self, checkpoint_ids: list[str]) -> list[WorkflowCheckpoint | None]:
        self.calls.append(("load_many", len(checkpoint_ids)))
        return [None if name in self.failing else await self._storage.load(name) for name in checkpoint_ids]

    async def _header(self, name: str) -> dict[str, object]:
        one = await self._storage.load(name)
        return {
            "checkpoint_id": name, "workflow_name": one.workflow_name, "iteration_count": one.iteration_count,
            "previous_checkpoint_id": one.previous_checkpoint_id, "timestamp": one.timestamp, "size": 700,
        }  # fmt: skip

    async def list_checkpoint_ids(self, *, workflow_name: str) -> list[str]:
        raise AssertionError("asked for all ids")


def paged(count: int) -> Paged:
    storage, ids = remote(count)
    return Paged(storage._storage, ids)


def test_the_newest_hundred_headers_of_a_storage_that_pages_come_in_one_call_and_no_checkpoint_is_loaded() -> None:
    storage = paged(FIRST_PAGE + PAGE + 5)
    [first, *_, last] = list(store_of(storage, "flow").scan())
    pages = [("list_headers", limit) for limit in (FIRST_PAGE, PAGE, PAGE)]
    assert storage.calls == [("changes", None), *pages]
    assert {entry.file for entry in first.entries} <= {f"{name}.json" for name in storage.ids[-FIRST_PAGE:]}
    assert last.done == last.total == len(storage.ids)
    assert not storage.asked


def test_what_changed_in_a_storage_that_says_it_is_all_that_is_asked_for() -> None:
    storage = paged(3)
    store = store_of(storage, "flow")
    found = collect(store.scan())
    mark = store.mark()
    assert store.mark() == mark
    new = WorkflowCheckpoint(workflow_name="flow", graph_signature_hash="cafe", timestamp="2026-03-02T08:00:00Z")
    asyncio.run(storage._storage.save(new))
    storage.ids.append(new.checkpoint_id)
    storage.gone.append(storage.ids[0])
    storage.calls = []
    assert store.mark() != mark
    collect(store.scan(), found)
    assert found.keys() == {f"{name}.json" for name in storage.ids[1:]}
    assert storage.calls == [("changes", "3 0")]


def test_bodies_are_loaded_many_at_once_and_one_that_is_missing_hides_no_other() -> None:
    storage = paged(AT_ONCE + 3)
    store = store_of(storage, "flow")
    found = collect(store.scan())
    assert all(isinstance(entry, CheckpointRef) and entry.facts is None for entry in found.values())
    storage.failing = {storage.ids[0]}
    storage.calls = []
    collect(store.fill(list(found)), found)
    assert storage.calls == [("load_many", AT_ONCE), ("load_many", 3)]
    missing = found.pop(f"{storage.ids[0]}.json")
    assert isinstance(missing, Problem)
    assert "no checkpoint" in missing.reason
    assert all(isinstance(entry, CheckpointRef) and entry.facts is not None for entry in found.values())
    assert store.load(f"{storage.ids[1]}.json").ref.id == storage.ids[1]


def test_many_that_cannot_be_loaded_together_are_loaded_one_by_one() -> None:
    storage = paged(3)

    async def load_many(checkpoint_ids: list[str]) -> list[WorkflowCheckpoint | None]:
        raise ConnectionError("too many")

    storage.load_many = load_many  # type: ignore[method-assign]
    store = store_of(storage, "flow")
    found = collect(store.scan())
    collect(store.fill(list(found)), found)
    assert sorted(storage.asked) == sorted(storage.ids)


def test_a_header_without_an_id_is_a_problem() -> None:
    storage = paged(1)

    async def list_headers(**_: object) -> tuple[list[dict[str, object]], None]:
        return [{"workflow_name": "flow"}], None

    storage.list_headers = list_headers  # type: ignore[method-assign]
    [problem] = collect(store_of(storage, "flow").scan()).values()
    assert isinstance(problem, Problem)
    assert "without a checkpoint_id" in problem.reason


def test_the_newest_hundred_are_there_after_five_rounds_of_calls() -> None:
    storage, _ = remote(150)
    rounds = 1  # the ids, and which is the newest
    shown = 0
    for batch in store_of(storage, "flow").scan():
        rounds += bool(batch.entries)
        shown += len(batch.entries)
        if shown >= 100:
            break
    assert rounds <= 5


class TestLatest:
    """What `latest` means where the storage says which is its latest."""

    COUNT, LENGTH = 5 * AT_ONCE, 4

    def chains(self, **changes: object) -> tuple[Remote, list[WorkflowCheckpoint]]:
        """A remote storage of runs of four, of which the newest checkpoint is another."""
        storage = InMemoryCheckpointStorage()
        made: list[WorkflowCheckpoint] = []
        for at in range(self.COUNT):
            step = at % self.LENGTH
            made.append(WorkflowCheckpoint(
                workflow_name="flow", graph_signature_hash="cafe", iteration_count=step, checkpoint_id=f"c{at:03}",
                previous_checkpoint_id=f"c{at - 1:03}" if step else None,
                timestamp=f"2026-03-01T08:{at // 60:02}:{at % 60:02}Z",
            ))  # fmt: skip
        made[-1] = dataclasses.replace(made[-1], **changes)  # type: ignore[arg-type]

        async def save() -> None:
            for one in made:
                await storage.save(one)

        asyncio.run(save())
        return Remote(storage), made

    @pytest.mark.parametrize("name", ["latest", "latest~2"])
    def test_only_what_it_came_from_is_loaded(self, name: str) -> None:
        storage, made = self.chains()
        runs, problems = read_named(store_of(storage, "flow"), name)
        assert storage.asked == [one.checkpoint_id for one in reversed(made[-self.LENGTH :])]
        assert problems == []
        everything = arrange(
            one for one in collect(store_of(storage, "flow").scan()).values() if isinstance(one, CheckpointRef)
        )
        assert find(name, runs) == find(name, everything)
        assert [run.id for run in runs] == [everything[-1].id]

    @pytest.mark.parametrize(
        "changes",
        [
            {"previous_checkpoint_id": None},  # its parent is guessed from all
            {"checkpoint_id": "latest"},
            {"timestamp": "yesterday"},
        ],
    )  # fmt: skip
    def test_all_are_listed_where_it_is_not_certain(self, changes: dict[str, object]) -> None:
        storage, _ = self.chains(**changes)
        runs, _ = read_named(store_of(storage, "flow"), "latest")
        everything = arrange(
            one for one in collect(store_of(storage, "flow").scan()).values() if isinstance(one, CheckpointRef)
        )
        assert find("latest", runs) == find("latest", everything)

    def test_the_word_of_the_storage_counts(self) -> None:
        storage, made = self.chains(timestamp="2026-03-01T07:00:00Z")  # a child that is older than its parent
        runs, _ = read_named(store_of(storage, "flow"), "latest")
        assert find("latest", runs).ref.id == made[-2].checkpoint_id

    def test_all_are_listed_where_that_is_as_quick_or_one_is_asked_for_by_its_id(self) -> None:
        storage, _ = remote(AT_ONCE)
        assert store_of(storage, "flow").latest_chain() is None
        storage, _ = self.chains()
        read_named(store_of(storage, "flow"), "c004")
        assert len(set(storage.asked)) == self.COUNT
