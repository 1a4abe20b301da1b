"""SQLite databases read without a trace."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from ckpt_tui.stores.sqlite import MAGIC, Look, SqliteFault, SqliteFile, is_sqlite


def snapshot(place: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        path.name: (path.stat().st_mtime_ns, path.stat().st_size, path.read_bytes()) for path in sorted(place.iterdir())
    }


def count(path: Path) -> int:
    rows = SqliteFile(str(path)).read(lambda look: look.rows("SELECT count(*) FROM notes"))
    return int(rows[0][0])


def made(path: Path, mode: str = "wal") -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode={mode}")
    connection.execute("CREATE TABLE notes (body TEXT)")
    connection.execute("INSERT INTO notes VALUES ('one')")
    connection.commit()
    return connection


@contextmanager
def writing(path: Path) -> Iterator[Callable[[str], None]]:
    """A program that has the database open, and executes and commits statements; one process shares SQLite's index."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdin
        assert program.stdout

        def execute(statement: str) -> None:
            assert program.stdin
            assert program.stdout
            print(statement, file=program.stdin, flush=True)
            assert program.stdout.readline() == "done\n"

        execute("SELECT 1")
        yield execute
        program.stdin.close()


WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
for statement in sys.stdin:
    connection.execute(statement).fetchall()
    connection.commit()
    print("done", flush=True)
connection.close()
"""


class TestNoTrace:
    @pytest.mark.parametrize("mode", ["wal", "delete"])
    def test_a_closed_database_is_read_and_nothing_is_left_beside_it(self, tmp_path: Path, mode: str) -> None:
        made(tmp_path / "a.db", mode).close()
        before = snapshot(tmp_path)
        assert count(tmp_path / "a.db") == 1
        assert snapshot(tmp_path) == before
        assert list(before) == ["a.db"]

    def test_a_live_database_is_read_with_its_log_and_neither_is_touched(self, tmp_path: Path) -> None:
        made(tmp_path / "a.db").close()
        with writing(tmp_path / "a.db") as execute:
            execute("INSERT INTO notes VALUES ('two')")
            before = snapshot(tmp_path)
            assert list(before) == ["a.db", "a.db-shm", "a.db-wal"]
            assert count(tmp_path / "a.db") == 2
            assert snapshot(tmp_path) == before
            execute("INSERT INTO notes VALUES ('three')")
            assert count(tmp_path / "a.db") == 3
        assert list(snapshot(tmp_path)) == ["a.db"]
        assert count(tmp_path / "a.db") == 3

    def test_the_log_of_a_program_that_was_killed_is_read_with_and_without_its_index(self, tmp_path: Path) -> None:
        writer = made(tmp_path / "live.db")
        for name in ("with", "without"):
            (tmp_path / name).mkdir()
            for end in ("", "-wal", "-shm"):
                if (name, end) != ("without", "-shm"):
                    shutil.copy(tmp_path / f"live.db{end}", tmp_path / name / f"a.db{end}")
            before = snapshot(tmp_path / name)
            assert count(tmp_path / name / "a.db") == 1
            assert snapshot(tmp_path / name) == before
        writer.close()

    def test_a_database_too_large_to_be_copied_says_what_it_does_not_show(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        writer = made(tmp_path / "live.db")
        writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        writer.execute("INSERT INTO notes VALUES ('two')")
        writer.commit()
        (tmp_path / "killed").mkdir()
        for end in ("", "-wal"):
            shutil.copy(tmp_path / f"live.db{end}", tmp_path / "killed" / f"a.db{end}")
        writer.close()
        monkeypatch.setattr("ckpt_tui.stores.sqlite.COPIED_BYTES", 1_000)
        database = SqliteFile(str(tmp_path / "killed" / "a.db"))
        rows, note = database.read(lambda look: (look.rows("SELECT count(*) FROM notes"), look.note))
        assert rows == [(1,)]
        assert "a.db-wal is not shown" in note

    def test_no_transaction_stays_open(self, tmp_path: Path) -> None:
        writer = made(tmp_path / "a.db")
        assert count(tmp_path / "a.db") == 1
        writer.execute("INSERT INTO notes VALUES ('two')")
        writer.commit()
        busy, _, _ = writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert busy == 0
        writer.close()

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a directory that cannot be written")
    def test_a_directory_that_cannot_be_written_is_read(self, tmp_path: Path) -> None:
        made(tmp_path / "a.db").close()
        tmp_path.chmod(0o555)
        try:
            assert count(tmp_path / "a.db") == 1
        finally:
            tmp_path.chmod(0o755)

    def test_names_with_signs_of_a_uri_are_names(self, tmp_path: Path) -> None:
        path = tmp_path / "a?mode=rwc#%41.db"
        made(path).close()
        assert count(path) == 1
        assert [one.name for one in tmp_path.iterdir()] == [path.name]


class TestFaults:
    def fault(self, path: Path) -> SqliteFault:
        with pytest.raises(SqliteFault) as caught:
            count(path)
        return caught.value

    def test_a_file_that_is_not_a_database_may_be_encrypted(self, tmp_path: Path) -> None:
        path = tmp_path / "a.db"
        path.write_bytes(os.urandom(4096))
        assert self.fault(path).kind == "encrypted"
        path.write_bytes(b"")
        assert self.fault(path).kind == "being-written"

    def test_a_database_that_was_cut_off_is_damaged(self, tmp_path: Path) -> None:
        path = tmp_path / "a.db"
        made(path).close()
        path.write_bytes(path.read_bytes()[:4096])
        assert self.fault(path).kind == "damaged"
        path.write_bytes(MAGIC)
        assert self.fault(path).kind == "damaged"

    def test_a_locked_database_says_so_after_a_moment(self, tmp_path: Path) -> None:
        writer = made(tmp_path / "a.db", "delete")
        writer.execute("BEGIN EXCLUSIVE")
        assert self.fault(tmp_path / "a.db").kind == "locked"
        writer.rollback()
        assert count(tmp_path / "a.db") == 1
        writer.close()

    def test_half_a_write_is_not_shown(self, tmp_path: Path) -> None:
        writer = made(tmp_path / "live.db", "delete")
        writer.execute("PRAGMA cache_size = 1")
        writer.execute("BEGIN IMMEDIATE")
        writer.executemany("INSERT INTO notes VALUES (?)", [("x" * 3_000,)] * 400)  # more than stays in memory
        (tmp_path / "killed").mkdir()
        for end in ("", "-journal"):
            shutil.copy(tmp_path / f"live.db{end}", tmp_path / "killed" / f"a.db{end}")
        writer.rollback()
        writer.close()
        before = snapshot(tmp_path / "killed")
        assert self.fault(tmp_path / "killed" / "a.db").kind == "interrupted"
        assert snapshot(tmp_path / "killed") == before

    def test_a_database_that_is_not_there_is_an_os_error(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            count(tmp_path / "a.db")
        assert not list(tmp_path.iterdir())


class TestSchema:
    def test_only_ordinary_tables_are_tables(self, tmp_path: Path) -> None:
        connection = made(tmp_path / "a.db")
        connection.executescript(
            '''
            CREATE VIEW v AS SELECT * FROM notes;
            CREATE VIRTUAL TABLE search USING fts5(body);
            CREATE TABLE made_up (a, b AS (a || a) STORED, c AS (a) VIRTUAL);
            CREATE TABLE "odd ""name""" (rowid TEXT);
            CREATE TABLE keyed (k TEXT PRIMARY KEY) WITHOUT ROWID;
            '''
        )
        connection.close()
        tables = SqliteFile(str(tmp_path / "a.db")).read(lambda look: look.tables())
        assert {"notes", "made_up", 'odd "name"', "keyed"} <= set(tables)
        assert not {"v", "search"} & set(tables)
        assert tables["made_up"].columns == ("a",)
        assert [tables[name].has_rowid for name in ("notes", 'odd "name"', "keyed")] == [True, False, False]

    def test_a_look_can_neither_write_nor_attach(self, tmp_path: Path) -> None:
        made(tmp_path / "a.db").close()
        for statement in (
            "INSERT INTO notes VALUES ('x')", f"ATTACH '{tmp_path / 'b.db'}' AS b", "SELECT load_extension('x')",
        ):  # fmt: skip
            with pytest.raises(SqliteFault):
                SqliteFile(str(tmp_path / "a.db")).read(partial(Look.rows, statement=statement))
        assert [one.name for one in tmp_path.iterdir()] == ["a.db"]

    def test_text_that_is_not_utf_8_is_kept(self, tmp_path: Path) -> None:
        connection = made(tmp_path / "a.db")
        connection.execute("INSERT INTO notes VALUES (CAST(x'ff41' AS TEXT))")
        connection.commit()
        connection.close()
        rows = SqliteFile(str(tmp_path / "a.db")).read(lambda look: look.rows("SELECT body FROM notes"))
        assert rows[1] == ("\udcffA",)


class TestChanges:
    def test_the_mark_differs_after_each_commit(self, tmp_path: Path) -> None:
        database = SqliteFile(str(tmp_path / "a.db"))
        writer = made(tmp_path / "a.db")
        marks = [database.mark()]
        for number in range(3):
            writer.execute("INSERT INTO notes VALUES (?)", (str(number),))
            writer.commit()
            marks.append(database.mark())
        assert len(set(marks)) == 4
        writer.close()

    def test_what_was_just_written_is_looked_at_again_and_what_is_settled_is_not(self, tmp_path: Path) -> None:
        made(tmp_path / "a.db").close()
        database = SqliteFile(str(tmp_path / "a.db"))
        assert database.mark() != database.mark()
        os.utime(tmp_path / "a.db", (1_700_000_000, 1_700_000_000))
        assert database.mark() == database.mark()

    def test_a_database_that_changes_meanwhile_is_asked_again(self, tmp_path: Path) -> None:
        made(tmp_path / "a.db").close()
        database = SqliteFile(str(tmp_path / "a.db"))
        seen: list[int] = []

        def add() -> None:
            writer = sqlite3.connect(tmp_path / "a.db")
            writer.execute("INSERT INTO notes VALUES ('two')")
            writer.commit()
            writer.close()

        def ask(look: object, rows: Callable[[str], list[tuple[int]]]) -> int:
            if not seen:
                add()
            seen.append(rows("SELECT count(*) FROM notes")[0][0])
            return seen[-1]

        assert database.read(lambda look: ask(look, look.rows)) == 2
        assert len(seen) >= 2

    def test_it_is_read_while_a_program_writes(self, tmp_path: Path) -> None:
        path = tmp_path / "a.db"
        made(path).close()
        done = threading.Event()

        def fill() -> None:
            writer = sqlite3.connect(path)
            for number in range(300):
                writer.execute("INSERT INTO notes VALUES (?)", (str(number),))
                writer.commit()
            writer.close()
            done.set()

        thread = threading.Thread(target=fill)
        thread.start()
        counts = [count(path)]
        while not done.is_set():
            counts.append(count(path))
        thread.join()
        assert counts == sorted(counts)
        assert count(path) == 301


def test_a_database_is_known_by_its_first_bytes() -> None:
    assert is_sqlite(MAGIC + b"\x10\x00")
    assert not is_sqlite(b"SQLite format 2\0")
    assert not is_sqlite(None)
