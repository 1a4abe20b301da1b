"""Threads in PostgreSQL by query: what is answered is what the list of all checkpoints says."""

import json
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.core.runs.groups import FOLDED
from ckpt_tui.stores import langgraph_groups, langgraph_postgres_changes, langgraph_postgres_threads
from ckpt_tui.stores.base import Entry, collect
from ckpt_tui.stores.registry import open_store
from ckpt_tui.stores.store_groups import Groups, ListedGroups, groups_in
from tests.stores.langgraph_saving import checkpoint_id
from tests.stores.postgres_saving import SHALLOW, TABLES, save
from tests.stores.watched_groups import Watching, listed
from tests.support.postgres_server import PostgresServer, fill, why_missing

DUMPS = sorted((Path(__file__).parent.parent / "data" / "langgraph-postgres").glob("*/*.json"))

pytestmark = pytest.mark.skipif(bool(why_missing()), reason=why_missing() or "-")


def save_many(connection: Any, threads: int, checkpoints: int) -> None:
    """Save threads, each with so many checkpoints in turns with the others."""
    connection.execute(TABLES)
    last: dict[str, str] = {}
    for number in range(threads * checkpoints):
        thread = f"thread {number % threads:03}"
        last[thread] = save(connection, number + 1, last.get(thread), thread)


@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_query_says_what_the_list_says(place: tuple[str, Any], dump: Path) -> None:
    fill(place[1], dump)
    store = open_store(place[0])
    assert listed(groups_in(store)) == listed(ListedGroups(store.fresh()))


def test_threads_of_many_pages_are_in_order(place: tuple[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(langgraph_postgres_threads, "THREADS_AT_ONCE", 3)
    monkeypatch.setattr(langgraph_postgres_threads, "_PACKED", 2)
    save_many(place[1], 10, 2)
    store = open_store(place[0])
    found = listed(groups_in(store))
    assert list(found)[-10:] == [f"thread {number:03}" for number in range(9, -1, -1)]
    assert found == listed(ListedGroups(store.fresh()))


def test_a_shallow_saver_has_threads_too(place: tuple[str, Any]) -> None:
    place[1].execute(SHALLOW)
    for thread in ("a", "b"):
        body = json.dumps({"v": 4, "id": checkpoint_id(ord(thread), 0), "channel_values": {}, "channel_versions": {}})
        place[1].execute("INSERT INTO checkpoints VALUES (%s, '', NULL, %s, '{}')", (thread, body))
    store = open_store(place[0])
    assert listed(groups_in(store)) == listed(ListedGroups(store.fresh()))


def test_only_a_table_with_many_checkpoints_is_large(place: tuple[str, Any]) -> None:
    place[1].execute(TABLES)
    place[1].execute(
        "INSERT INTO checkpoints SELECT 't' || n, '', 'x' || n, NULL, NULL, '{}', '{}' "
        f"FROM generate_series(0, {FOLDED}) AS n"
    )
    groups = groups_in(open_store(place[0]))
    assert groups.is_large()
    place[1].execute("DELETE FROM checkpoints WHERE thread_id = 't7'")
    assert not groups.is_large()


def test_what_was_asked_ahead_is_listed_first_and_nothing_is_missed(
    place: tuple[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(langgraph_postgres_threads, "FOLDED", 3)
    save_many(place[1], 2, 2)
    store = open_store(place[0])
    store.look_ahead()
    newest = save(place[1], 9, thread="new")
    groups = store.groups()
    assert groups is not None
    assert groups.is_large()
    first, last = list(groups.scan())
    assert [group.id for group in first.groups] == ["thread 001", "thread 000"]
    assert [group.id for group in last.groups] == ["new", "thread 001", "thread 000"]
    assert last.groups[0].newest.endswith(newest)
    assert store.groups() is not groups


def test_rows_without_an_id_are_said(place: tuple[str, Any]) -> None:
    save_many(place[1], 2, 2)
    place[1].execute("UPDATE checkpoints SET checkpoint_id = '' WHERE checkpoint_id = %s", (checkpoint_id(4, 3),))
    groups = groups_in(open_store(place[0]))
    assert [problem.reason for problem in groups.problems()] == ["its thread, namespace or id is not a text"]
    *_, batch = groups.scan()
    assert [(group.id, group.checkpoints) for group in batch.groups] == [("thread 000", 2), ("thread 001", 1)]


class TestNames:
    """Which threads a name is looked for in."""

    @pytest.fixture
    def groups(self, place: tuple[str, Any]) -> Groups:
        save_many(place[1], 5, 4)
        return groups_in(open_store(place[0]))

    def test_those_that_have_it(self, groups: Groups) -> None:
        name = checkpoint_id(2, 1)
        assert groups.holders("latest") == ["thread 004", "thread 003"]
        assert groups.holders(f"thread 001/{name}") == ["thread 001"]
        assert groups.holders("thread 001/latest~2") == ["thread 001"]
        assert groups.holders(f"{name}~1") == ["thread 001"]
        assert groups.holders(name.replace("-", "")[8:16]) == ["thread 001"]
        assert groups.holders("no-such") == []

    def test_all_where_more_may_be_meant(self, groups: Groups) -> None:
        assert groups.holders("thread") is None
        assert groups.holders("no such thread/latest") is None

    def test_an_id_is_found_by_a_part_of_it(self, groups: Groups) -> None:
        assert groups.matching(checkpoint_id(3, 2)[9:].upper()) == []
        assert groups.matching(checkpoint_id(3, 2)[9:]) == ["thread 002"]

    def test_what_no_database_can_hold_is_in_no_thread(self, groups: Groups) -> None:
        assert groups.matching("\0") == ()
        assert groups.holders("\0") is None


class TestWatch:
    """Threads while they are written to."""

    def test_news_name_the_thread_and_the_checkpoint(self, place: tuple[str, Any]) -> None:
        save_many(place[1], 2, 2)
        watching = Watching(groups_in(open_store(place[0])))
        watching.until(lambda: len(watching.ids) == 2 and watching.is_complete)
        name = save(place[1], 20, checkpoint_id(3, 2), thread="thread 000")
        watching.until(lambda: any(batch.entries for batch in watching.batches))
        [batch] = [batch for batch in watching.batches if batch.entries]
        assert [entry.file for entry in batch.entries] == [f"thread 000/{name}"]
        [group] = batch.groups
        assert (group.id, group.checkpoints, group.newest) == ("thread 000", 3, f"thread 000/{name}")
        watching.end()

    def test_a_thread_that_is_deleted_makes_all_be_listed_again(
        self, place: tuple[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(langgraph_postgres_changes, "WHOLE_SECONDS", 0.0)
        monkeypatch.setattr(langgraph_postgres_changes, "WHOLE_SHARE", 1e9)
        monkeypatch.setattr(langgraph_groups, "LISTED_SHARE", 1e9)
        save_many(place[1], 3, 2)
        watching = Watching(groups_in(open_store(place[0])))
        watching.until(lambda: len(watching.ids) == 3 and watching.is_complete)
        place[1].execute("DELETE FROM checkpoints WHERE thread_id = 'thread 001'")
        watching.until(lambda: watching.ids == {"thread 000", "thread 002"})
        watching.end()

    def test_what_a_transaction_saved_that_goes_on_is_new_when_it_ends_and_counted_once(
        self, server: PostgresServer, place: tuple[str, Any]
    ) -> None:
        save_many(place[1], 2, 2)
        with server.connect(place[0].partition("schema=")[2]) as other:
            with other.transaction():
                save(other, 30, thread="another")  # its number is given now
                save(place[1], 31, thread="thread 000")
                watching = Watching(groups_in(open_store(place[0])))
                watching.until(lambda: len(watching.ids) == 2 and watching.is_complete)
                save(place[1], 32, thread="thread 001")
                watching.until(lambda: any(_counts(batch).get("thread 001") == 3 for batch in watching.batches))
            watching.until(lambda: any("another" in _counts(batch) for batch in watching.batches))
        assert {_counts(batch).get("another", 1) for batch in watching.batches} == {1}
        watching.end()

    def test_a_thread_of_a_large_table_is_followed_wherever_its_rows_are(
        self, place: tuple[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(langgraph_postgres_changes, "WHOLE_BLOCKS", 0)
        monkeypatch.setattr(langgraph_postgres_changes, "WHOLE_SECONDS", 1e9)
        save_many(place[1], 2, 200)
        place[1].execute("DELETE FROM checkpoints WHERE thread_id = 'thread 001'")
        place[1].execute("VACUUM checkpoints")
        store = open_store(place[0])
        groups = groups_in(store)
        watching = Watching(groups)
        watching.until(lambda: watching.ids == {"thread 000"} and watching.is_complete)
        assert len(groups.entries("thread 000")) == 200
        name = save(place[1], 1_000, thread="thread 000")
        [(row,)] = place[1].execute("SELECT ctid::text FROM checkpoints WHERE checkpoint_id = %s", (name,)).fetchall()
        assert row.startswith("(0,"), "it is at the beginning of the table"
        watching.until(lambda: any(_counts(batch) == {"thread 000": 201} for batch in watching.batches))

        file = f"thread 000/{name}"
        [entry] = collect(store.fill([file])).values()
        assert isinstance(entry, CheckpointRef)
        assert entry.status == "done"
        task = ("thread 000", "", name, "task", -1, "__error__", "json", b'"boom"')
        place[1].execute("INSERT INTO checkpoint_writes VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '')", task)
        watching.until(lambda: "failed" in [_status(one) for one in watching.batches[-1].entries])
        watching.end()

    def test_threads_stay_listed_while_the_server_is_away(self, server: PostgresServer, place: tuple[str, Any]) -> None:
        save_many(place[1], 2, 2)
        watching = Watching(groups_in(open_store(place[0])))
        watching.until(lambda: len(watching.ids) == 2 and watching.is_complete)
        server.stop()
        try:
            watching.until(lambda: any(entry.file == "postgres" for entry in watching.batches[-1].entries))
            assert len(watching.ids) == 2
            looks = len(watching.batches)
        finally:
            server.start()
        watching.until(lambda: any(batch.starts for batch in watching.batches[looks:]) and watching.is_complete)
        assert len(watching.ids) == 2
        watching.end()


def _counts(batch: Any) -> dict[str, int]:
    return {group.id: group.checkpoints for group in batch.groups}


def _status(entry: Entry) -> str | None:
    return entry.status if isinstance(entry, CheckpointRef) else None
