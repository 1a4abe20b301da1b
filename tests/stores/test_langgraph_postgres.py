"""LangGraph's checkpoints in PostgreSQL, read from a real server: equal to those of the same runs in SQLite."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.budgets import DEFAULT_MESSAGE
from ckpt_tui.core.model import Checkpoint, CheckpointRef, Problem
from ckpt_tui.core.reading.to_json import to_json
from ckpt_tui.core.value import Opaque
from ckpt_tui.errors import CkptError, NotFoundError
from ckpt_tui.stores import langgraph_postgres_changes, langgraph_postgres_rows
from ckpt_tui.stores.base import Batch, Entry, Store, collect
from ckpt_tui.stores.composite import CompositeStore
from ckpt_tui.stores.conformance import Conformance
from ckpt_tui.stores.langgraph_postgres import PostgresStore
from ckpt_tui.stores.registry import open_store
from tests.stores.langgraph_saving import checkpoint_id
from tests.stores.postgres_saving import SHALLOW, TABLES, save, save_two
from tests.stores.reading import read
from tests.support.patience import PATIENCE
from tests.support.postgres_server import PASSWORD, READER, PostgresServer, fill, why_missing

DATA = Path(__file__).parent.parent / "data" / "langgraph-postgres"

pytestmark = pytest.mark.skipif(bool(why_missing()), reason=why_missing() or "-")


def shown(entry: Entry) -> dict[str, Any]:
    """What the list says of a checkpoint. JSONB keeps no order of members, so that nodes of one step have none."""
    assert isinstance(entry, CheckpointRef), entry
    assert entry.facts is not None
    given = entry.store_metadata
    assert given is not None
    return {
        "parent": entry.parent, "step": entry.iteration, "when": entry.when, "role": entry.role,
        "run": given.run, "above": given.above, "title": given.title, "status": given.status,
        "ran": sorted(given.ran or ()), "label": sorted(given.label.replace(", ", " ").split()),
        "messages": entry.facts.messages, "pending": entry.facts.pending, "gist": entry.facts.gist,
        "sources": sorted(entry.facts.sources), "askers": sorted(entry.facts.askers), "joins": entry.facts.edges,
    }  # fmt: skip


def held(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        "state": to_json(checkpoint.state), "messages": to_json(checkpoint.messages),
        "pending": to_json(checkpoint.pending), "metadata": to_json(checkpoint.metadata),
        "warnings": checkpoint.warnings, "faults": checkpoint.faults,
    }  # fmt: skip


class TestTheSameRunsInBoth:
    @pytest.mark.parametrize(
        "dump",
        sorted(path for path in DATA.glob("*/*.json") if path.stem != "encrypted"),
        ids=lambda path: f"{path.parent.name}-{path.stem}",
    )
    def test_lists_and_values_are_equal(self, place: tuple[str, Any], dump: Path) -> None:
        fill(place[1], dump)
        saved, lite = open_store(place[0]), open_store(dump.with_suffix(".sqlite"))
        entries, expected = read(saved), read(lite)
        assert entries.keys() == expected.keys()
        assert {file: shown(entry) for file, entry in entries.items()} == {
            file: shown(entry) for file, entry in expected.items()
        }
        for file in expected:
            assert held(saved.load(file, everything=True)) == held(lite.load(file, everything=True))

    @pytest.mark.parametrize(
        "dump",
        sorted(path for path in DATA.glob("*/*.json") if path.stem not in ("encrypted", "delta")),
        ids=lambda path: f"{path.parent.name}-{path.stem}",
    )
    def test_what_is_copied_for_a_resume_is_equal(self, place: tuple[str, Any], dump: Path) -> None:
        fill(place[1], dump)
        saved, lite = open_store(place[0]), open_store(dump.with_suffix(".sqlite"))
        entries = read(saved)
        newest = max(
            (one for one in entries.values() if isinstance(one, CheckpointRef) and one.file.count("/") == 1),
            key=lambda one: one.when,
        )
        copy = open_store(saved.copy_for_resume(newest.file))
        copied = read(copy)
        assert newest.file in copied
        assert copied.keys() <= entries.keys()
        for file in copied:
            assert held(copy.load(file, everything=True)) == held(lite.load(file, everything=True))

    def test_a_copy_for_a_resume_leaves_out_what_came_after_but_shows_that_something_did(
        self, place: tuple[str, Any]
    ) -> None:
        save_two(place[1])
        store = open_store(place[0])
        first, second = sorted(collect(store.scan()))
        copied = read(open_store(store.copy_for_resume(first)))
        assert isinstance(copied[first], CheckpointRef)
        assert isinstance(copied[second], Problem)

    def test_what_is_encrypted_cannot_be_resumed_from_and_it_is_said(self, place: tuple[str, Any]) -> None:
        fill(place[1], DATA / "1.2.24" / "encrypted.json")
        store = open_store(place[0])
        with pytest.raises(CkptError, match="is encrypted, by itself") as caught:
            store.copy_for_resume(max(collect(store.scan())))
        assert caught.value.exit_code == 5

    def test_what_is_encrypted_is_said_channel_by_channel(self, place: tuple[str, Any]) -> None:
        fill(place[1], DATA / "1.2.24" / "encrypted.json")
        store = open_store(place[0])
        entries = read(store)
        newest = max(entries.values(), key=lambda entry: entry.when if isinstance(entry, CheckpointRef) else 0)
        checkpoint = store.load(newest.file, everything=True)
        assert isinstance(checkpoint.state, dict)
        assert isinstance(checkpoint.state["notes"], Opaque)
        assert checkpoint.state["notes"].reason == "encrypted (aes)"
        assert checkpoint.state["rounds"] == 3  # small values are inline, and never encrypted


class TestWhereTablesAre:
    def test_they_are_found_in_any_schema(self, server: PostgresServer, place: tuple[str, Any]) -> None:
        save_two(place[1])
        store = open_store(server.url())
        assert isinstance(store, PostgresStore)
        assert len(collect(store.scan())) == 2

    def test_several_schemas_are_one_list(self, server: PostgresServer, place: tuple[str, Any]) -> None:
        save_two(place[1])
        with server.schema("other") as connection:
            save_two(connection)
            store = open_store(server.url())
            assert isinstance(store, CompositeStore)
            assert "other" in store.member_names
            assert len(collect(store.scan())) == 4
            path = f"{server.url()}?options=-csearch_path%3Dother"
            assert isinstance(open_store(path), PostgresStore)

    def test_views_and_tables_with_other_columns_are_not_taken(self, place: tuple[str, Any]) -> None:
        place[1].execute("CREATE TABLE checkpoints (thread_id text, checkpoint bytea)")
        place[1].execute("CREATE VIEW checkpoint_blobs AS SELECT 1 AS thread_id")
        with pytest.raises(NotFoundError, match="no tables of LangGraph's PostgresSaver"):
            open_store(place[0])

    def test_a_schema_may_be_named_as_hostile_as_it_likes(self, server: PostgresServer) -> None:
        name = 'x"; %s DROP'
        with server.connect() as connection:
            connection.execute('CREATE SCHEMA "x""; %%s DROP"', ())
            try:
                connection.execute('SET search_path = "x""; %%s DROP"', ())
                save_two(connection)
                store = open_store(server.url(name))
                assert len(read(store)) == 2
            finally:
                connection.execute('DROP SCHEMA "x""; %%s DROP" CASCADE', ())

    def test_a_shallow_saver_keeps_one_checkpoint_of_a_thread(self, place: tuple[str, Any]) -> None:
        place[1].execute(SHALLOW)
        body = {"v": 4, "id": checkpoint_id(3, 2), "channel_values": {"n": 1}, "channel_versions": {"log": "2"}}
        for thread in ("a", "b"):
            place[1].execute(
                "INSERT INTO checkpoints VALUES (%s, '', NULL, %s, %s)",
                (thread, json.dumps(body), '{"source": "loop", "step": 2}'),
            )
            place[1].execute(
                "INSERT INTO checkpoint_blobs VALUES (%s, '', 'log', 'msgpack', %s)", (thread, b"\x91\x07")
            )
        store = open_store(place[0])
        entries = read(store)
        assert sorted(entries) == [f"a/{checkpoint_id(3, 2)}", f"b/{checkpoint_id(3, 2)}"]
        assert store.load(min(entries)).state == {"n": 1, "log": [7]}


class TestTrouble:
    def test_a_wrong_password_is_said_and_not_shown(self, server: PostgresServer) -> None:
        with pytest.raises(NotFoundError, match="password authentication failed") as caught:
            open_store(server.url(user=f"{READER}:hunter2"))
        assert "hunter2" not in str(caught.value)

    def test_the_right_one_opens_and_is_not_shown_either(self, server: PostgresServer, place: tuple[str, Any]) -> None:
        save_two(place[1])
        schema = place[0].partition("schema=")[2]
        place[1].execute(f"GRANT USAGE ON SCHEMA {schema} TO {READER}")
        place[1].execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {READER}")
        store = open_store(server.url(schema, f"{READER}:{PASSWORD}"))
        assert len(read(store)) == 2
        assert PASSWORD not in repr(vars(store)) + store.path

    def test_a_table_that_may_not_be_read_is_a_row_with_the_reason(
        self, server: PostgresServer, place: tuple[str, Any]
    ) -> None:
        save_two(place[1])
        schema = place[0].partition("schema=")[2]
        place[1].execute(f"GRANT USAGE ON SCHEMA {schema} TO {READER}")
        store = open_store(server.url(schema, f"{READER}:{PASSWORD}"))
        (problem,) = collect(store.scan()).values()
        assert isinstance(problem, Problem)
        assert problem.kind == "denied"
        assert problem.reason == "permission denied for table checkpoints"
        place[1].execute(f"GRANT SELECT ON checkpoints TO {READER}")
        entries = collect(store.scan(), {problem.file: problem})
        assert len(entries) == 2
        with pytest.raises(CkptError, match="permission denied for table checkpoint_blobs"):
            store.load(min(entries))

    def test_nothing_is_written_and_no_transaction_stays_open(
        self, server: PostgresServer, place: tuple[str, Any]
    ) -> None:
        save_two(place[1])
        store = open_store(place[0])
        assert isinstance(store, PostgresStore)
        entries = read(store)
        store.load(min(entries))
        rows = (
            place[1]
            .execute("SELECT state, backend_xid FROM pg_stat_activity WHERE application_name = 'ckpt-tui'")
            .fetchall()
        )
        assert rows
        assert {state for state, _ in rows} <= {"idle"}
        database = store._container.database  # type: ignore[attr-defined]
        with pytest.raises(Exception, match="read-only transaction"):
            database.read(lambda look: look.rows("DELETE FROM pg_class RETURNING 1"))

    def test_a_connection_that_the_server_closed_is_opened_again(
        self, server: PostgresServer, place: tuple[str, Any]
    ) -> None:
        save_two(place[1])
        store = open_store(place[0])
        entries = read(store)
        place[1].execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ckpt-tui'")
        assert store.load(min(entries)).state == {"n": 0}

    def test_a_server_that_ends_is_a_row_until_it_is_back(self, server: PostgresServer, place: tuple[str, Any]) -> None:
        save_two(place[1])
        store = open_store(place[0])
        entries = collect(store.scan())
        server.stop()
        try:
            (batch,) = store.scan()
            (problem,) = batch.entries
            assert isinstance(problem, Problem)
            assert problem.kind == "unreachable"
            assert collect([batch], dict(entries)).keys() == {*entries, "postgres"}
            with pytest.raises(CkptError, match="connection"):
                store.load(min(entries))
        finally:
            server.start()
        (batch,) = store.scan()
        assert batch.gone == ("postgres",)
        assert store.load(min(entries)).state == {"n": 0}

    def test_of_an_enormous_table_the_newest_are_listed_and_it_is_said(
        self, server: PostgresServer, place: tuple[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save_two(place[1])
        for number in range(2, 6):
            save(place[1], number, checkpoint_id(number - 1, number - 2))
        place[1].execute("ANALYZE checkpoints")
        monkeypatch.setattr(langgraph_postgres_rows, "LISTED", 3)
        entries = collect(open_store(place[0]).scan())
        assert {file for file in entries if file != "…"} == {f"t/{checkpoint_id(n, n - 1)}" for n in (3, 4, 5)}
        said = entries["…"]
        assert isinstance(said, Problem)
        assert said.reason == "only the newest 3 of about 6 checkpoints are listed"

    def test_a_value_of_any_size_is_read_only_as_far_as_the_budget_goes(
        self, place: tuple[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ckpt_tui.stores.langgraph.DEFAULT_MESSAGE", DEFAULT_MESSAGE._replace(bytes=10_000))
        place[1].execute(TABLES)
        name = save(place[1], 0, n=0)
        place[1].execute("UPDATE checkpoints SET checkpoint = jsonb_set(checkpoint, '{channel_versions,log}', '\"1\"')")
        place[1].execute(
            "INSERT INTO checkpoint_blobs SELECT 't', '', 'log', '1', 'bytes', convert_to(repeat('x', 20000), 'UTF8')"
        )
        checkpoint = open_store(place[0]).load(f"t/{name}")
        assert isinstance(checkpoint.state, dict)
        assert checkpoint.state["n"] == 0
        assert isinstance(checkpoint.state["log"], Opaque)
        assert "20,000 bytes" in checkpoint.state["log"].reason


class TestFollowing:
    def test_what_is_saved_replaced_written_and_deleted_is_reported_once(self, place: tuple[str, Any]) -> None:
        save_two(place[1])
        store = open_store(place[0])
        entries = read(store)
        first, second = sorted(entries)
        mark = store.mark()  # type: ignore[attr-defined]
        assert store.mark() == mark  # type: ignore[attr-defined]

        save(place[1], 2, checkpoint_id(1, 0), n=2)
        assert store.mark() != mark  # type: ignore[attr-defined]
        assert _changed(store) == {f"t/{checkpoint_id(2, 1)}", second}  # which has a child now
        assert _changed(store) == set()

        place[1].execute(
            "INSERT INTO checkpoint_writes VALUES ('t', '', %s, 'task', -1, '__error__', 'json', %s, '')",
            (checkpoint_id(0, -1), b'"boom"'),
        )
        assert first in _changed(store)

    @pytest.mark.parametrize("blocks", [1 << 15, 0], ids=["by row", "by index"])
    def test_rows_in_freed_space_and_deleted_ones_are_found_when_all_is_looked_through(
        self, place: tuple[str, Any], monkeypatch: pytest.MonkeyPatch, blocks: int
    ) -> None:
        monkeypatch.setattr(langgraph_postgres_changes, "WHOLE_BLOCKS", blocks)
        monkeypatch.setattr(langgraph_postgres_changes, "WHOLE_SECONDS", 0.0)
        monkeypatch.setattr(langgraph_postgres_changes, "WHOLE_SHARE", 1e9)
        save_two(place[1])
        for number in range(2, 400):
            save(place[1], number, checkpoint_id(number - 1, number - 2), filler="x" * 300)
        store = open_store(place[0])
        known = collect(store.scan())
        place[1].execute("DELETE FROM checkpoints WHERE checkpoint_id BETWEEN %s AND %s",
                         (checkpoint_id(2, 1), checkpoint_id(100, 99)))  # fmt: skip
        place[1].execute("VACUUM checkpoints")
        save(place[1], 500, checkpoint_id(399, 398))
        for _ in range(2):  # of a large table, the first look is a quick one
            collect(store.scan(), known)
        assert len(known) == 400 - 99 + 1
        assert f"t/{checkpoint_id(500, 499)}" in known

    def test_the_number_of_a_transaction_that_began_before_is_not_passed_over(
        self, server: PostgresServer, place: tuple[str, Any]
    ) -> None:
        save_two(place[1])
        with server.connect(place[0].partition("schema=")[2]) as other:
            with other.transaction():
                save(other, 7, checkpoint_id(1, 0))  # its number is given now
                store = open_store(place[0])
                assert len(collect(store.scan())) == 2
                save(place[1], 8, checkpoint_id(1, 0))
                assert f"t/{checkpoint_id(8, 7)}" in _changed(store)
            assert f"t/{checkpoint_id(7, 6)}" in _changed(store)


def _changed(store: Store) -> set[str]:
    return {entry.file for batch in store.scan() for entry in batch.entries}


class TestConformance(Conformance):
    """What every store must do."""

    server: PostgresServer
    connection: Any

    @pytest.fixture(autouse=True)
    def _of_the_session(self, server: PostgresServer, place: tuple[str, Any]) -> None:
        self.url, self.connection = place

    def open(self, place: Path) -> Store:
        save_two(self.connection)
        return open_store(self.url)

    def add(self, place: Path) -> None:
        save(self.connection, 2, checkpoint_id(1, 0))

    def remove(self, place: Path) -> None:
        self.connection.execute("DELETE FROM checkpoints WHERE parent_checkpoint_id IS NOT NULL")

    def spoil(self, place: Path) -> None:
        self.connection.execute("UPDATE checkpoints SET checkpoint = '7' WHERE parent_checkpoint_id IS NOT NULL")


def test_watching_reports_a_checkpoint_that_another_program_saves(place: tuple[str, Any]) -> None:
    save_two(place[1])
    stop, seen = threading.Event(), threading.Event()
    entries: dict[str, Entry] = {}
    new = f"t/{checkpoint_id(2, 1)}"

    def follow(batches: Iterator[Batch]) -> None:
        for batch in batches:
            collect([batch], entries)
            if new in entries:
                seen.set()

    thread = threading.Thread(target=follow, args=(open_store(place[0]).watch(stop),))
    thread.start()
    save(place[1], 2, checkpoint_id(1, 0))
    assert seen.wait(PATIENCE)
    stop.set()
    thread.join(PATIENCE)
