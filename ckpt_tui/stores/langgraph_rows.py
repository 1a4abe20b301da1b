"""The tables of LangGraph's SqliteSaver as rows, by SQL. Nothing is decoded here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ckpt_tui.core.langgraph_layout import NULL_TASK
from ckpt_tui.stores.document_values import text
from ckpt_tui.stores.langgraph_records import PAGE, SMALL, Body, Header, Key, Write
from ckpt_tui.stores.sqlite import Look, Mark, SqliteFault, SqliteFile, Table

TABLES = ("checkpoints", "writes")

CHECKPOINTS = frozenset(
    {"thread_id", "checkpoint_ns", "checkpoint_id", "parent_checkpoint_id", "type", "checkpoint", "metadata"}
)
WRITES = frozenset(
    {"thread_id", "checkpoint_ns", "checkpoint_id", "task_id", "idx", "channel", "type", "value"}
)  # fmt: skip
"""Columns that the two tables have in every release."""

_HEADERS = (
    "SELECT rowid, thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, length(checkpoint) "
    "FROM checkpoints WHERE rowid > ? ORDER BY rowid LIMIT ?"
)
_BODY = (
    "SELECT rowid, thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, length(checkpoint), "
    "CASE WHEN length(checkpoint) <= ? THEN checkpoint END, CASE WHEN length(metadata) <= ? THEN metadata END "
    "FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = ? AND checkpoint_id = ?"
)
_START = (
    "SELECT substr(checkpoint, 1, ?) FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = ? AND checkpoint_id = ?"
)
_CHILD = "SELECT 1 FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = ? AND parent_checkpoint_id = ? LIMIT 1"
_WRITTEN = "SELECT DISTINCT thread_id, checkpoint_ns, checkpoint_id FROM writes WHERE rowid > ?"
_WRITES_PLAIN = (
    "SELECT rowid, task_id, '', idx, channel, type, "
    "CASE WHEN length(value) <= ? AND (? = '' OR length(value) <= ? OR "
    "instr(?, char(10) || channel || char(10))) THEN value ELSE x'' END "
    "FROM writes WHERE thread_id = ? AND checkpoint_ns = ? AND checkpoint_id = ?"
)
_ANSWERS = (
    "SELECT rowid, task_id, '', idx, channel, type, CASE WHEN length(value) <= ? THEN value ELSE x'' END FROM writes "
    "WHERE thread_id = ? AND instr(checkpoint_ns, ?) AND channel = '__resume__' AND task_id <> ? ORDER BY rowid"
)
_WRITES = _WRITES_PLAIN.replace("''", "task_path", 1)
"""Releases before 3.1 of the SqliteSaver have no paths of tasks."""


class Newer(NamedTuple):
    """The rows beyond the known ones.

    Attributes:
        headers: Checkpoints of later rows, at most `PAGE`.
        written: Checkpoints whose tasks have written since.
        last_write: The last row of the writes.
        checkpoints: How many checkpoints there are, where they were counted; else -1.
        last: The last row of the checkpoints.
    """

    headers: list[Header]
    written: list[Key]
    last_write: int
    checkpoints: int
    last: int


class LangGraphRows:
    """The rows of one database.

    Args:
        path: Its file.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._file = SqliteFile(path)

    def mark(self) -> Mark:
        """Differs after every commit.

        Raises:
            OSError: the database is not there or cannot be read.
        """
        return self._file.mark()

    def recognise(self) -> dict[str, Table]:
        """The tables, whether or not they are LangGraph's.

        Raises:
            SqliteFault: the database cannot be read.
            OSError: it is not there.
        """
        return self._file.read(lambda look: look.tables(*TABLES))

    def newer(self, row: int, write: int, counts: bool = True) -> Newer:
        """The checkpoints after a row, and the checkpoints with writes after another.

        Args:
            row: The last known row of the checkpoints.
            write: The last known row of the writes; below zero for none.
            counts: Whether all checkpoints are counted, which takes 0.1 s for a million. They are counted, too, where
                nothing is newer: then some rows are gone.

        Raises:
            SqliteFault: the database cannot be read, or has no such tables.
            OSError: it is not there.
        """

        def ask(look: Look) -> Newer:
            writes = required(look)
            last = look.rows("SELECT max(rowid) FROM checkpoints")[0][0] or 0
            found = look.rows(_HEADERS, (row, PAGE))
            headers = [header_of(one) for one in found]
            count = -1
            last_write = (look.rows("SELECT max(rowid) FROM writes")[0][0] or 0) if writes else 0
            keys: list[Key] = []
            if writes and 0 <= write < last_write:
                rows = look.rows(_WRITTEN, (write,))
                keys = [Key(*map(str, one)) for one in rows]
            if len(headers) < PAGE and (counts or not (headers or keys)):
                count = look.rows("SELECT count(*) FROM checkpoints")[0][0]
            return Newer(headers, keys, last_write, count, last)

        return self._file.read(ask)

    def key_at(self, row: int) -> Key | None:
        """The checkpoint of a row; None where it is gone.

        Raises:
            SqliteFault: the database cannot be read.
            OSError: it is not there.
        """
        rows = self._file.read(lambda look: look.rows(_HEADERS, (row - 1, 1)))
        return header_of(rows[0]).key if rows and rows[0][0] == row else None

    def rows_left(self) -> set[int]:
        """All rows of checkpoints that are there.

        Raises:
            SqliteFault: the database cannot be read.
            OSError: it is not there.
        """
        return self._file.read(lambda look: {row for (row,) in look.rows("SELECT rowid FROM checkpoints")})

    def bodies(self, keys: Iterable[Key], most: int) -> dict[Key, Body]:
        """The bodies of those that are there, without those of more than `most` bytes.

        Raises:
            SqliteFault: the database cannot be read.
            OSError: it is not there.
        """

        def ask(look: Look) -> dict[Key, Body]:
            required(look)
            found = {}
            for key in keys:
                rows = look.rows(_BODY, (most, most, *map(stored, key)))
                for one in rows:
                    found[key] = Body(header_of(one[:7]), _bytes(one[7]), _bytes(one[8]) or b"")
            return found

        return self._file.read(ask)

    def writes(self, keys: Iterable[Key], most: int, only: Sequence[str] = ()) -> dict[Key, list[Write]]:
        """The writes of tasks that ran from these checkpoints, in the order in which they are applied.

        Args:
            keys: The checkpoints.
            most: Bytes of a value; a longer one is left empty.
            only: Channels whose values are wanted, besides those of at most `SMALL` bytes; all where none are named.

        Raises:
            SqliteFault: the database cannot be read.
            OSError: it is not there.
        """

        def ask(look: Look) -> dict[Key, list[Write]]:
            columns = required(look)
            if not columns:
                return {}
            statement = _WRITES if "task_path" in columns else _WRITES_PLAIN
            wanted = "".join(f"\n{channel}" for channel in only) + "\n" if only else ""
            values = (most, wanted, SMALL, wanted)
            found = {}
            for key in keys:
                rows = [_write(one) for one in look.rows(statement, (*values, *map(stored, key)))]
                found[key] = sorted(rows, key=lambda one: (one.path, one.task, one.number))
            return found

        return self._file.read(ask)

    def answers_below(self, key: Key, task: str, most: int) -> list[Write]:
        """The answers that graphs took which a task called, in the order in which they were given.

        Raises:
            SqliteFault: the database cannot be read.
            OSError: it is not there.
        """
        values = (most, stored(key.thread), stored(f":{task}"), NULL_TASK)
        return self._file.read(lambda look: [_write(one) for one in look.rows(_ANSWERS, values)])

    def has_child(self, key: Key) -> bool:
        """Whether a checkpoint is the parent of another one.

        Raises:
            SqliteFault: the database cannot be read.
            OSError: it is not there.
        """
        return bool(self._file.read(lambda look: look.rows(_CHILD, tuple(map(stored, key)))))

    def start(self, key: Key, most: int) -> bytes:
        """The first bytes of a checkpoint's body; none where it is not there.

        Raises:
            SqliteFault: the database cannot be read.
            OSError: it is not there.
        """
        rows = self._file.read(lambda look: look.rows(_START, (most, *map(stored, key))))
        return (_bytes(rows[0][0]) or b"") if rows else b""


def is_langgraph(tables: dict[str, Table]) -> bool:
    """Whether these are the tables of a SqliteSaver; others may be beside them."""
    checkpoints, writes = tables.get("checkpoints"), tables.get("writes")
    return (
        checkpoints is not None
        and writes is not None
        and checkpoints.has_rowid
        and writes.has_rowid
        and set(checkpoints.columns) >= CHECKPOINTS
        and set(writes.columns) >= WRITES
    )


def required(look: Look) -> tuple[str, ...]:
    """The columns of the writes.

    Raises:
        SqliteFault: the tables are not there any more.
    """
    tables = look.tables(*TABLES)
    if not is_langgraph(tables):
        raise SqliteFault("foreign", "it has no tables of LangGraph")
    return tables["writes"].columns


def stored(text: str) -> str | bytes:
    """A text as a statement takes it; one that is not UTF-8 is compared by its bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")
    return text


def header_of(row: tuple[Any, ...]) -> Header:
    """A checkpoint of seven columns: row, thread, namespace, id, parent, type, and bytes."""
    number, thread, space, name, parent, encoding, size = row
    key = Key(thread, space, name) if type(thread) is type(space) is type(name) is str and name else None
    return Header(
        number, key, parent if type(parent) is str and parent else None, encoding if type(encoding) is str else "",
        size if type(size) is int else 0,
    )  # fmt: skip


def _write(row: tuple[Any, ...]) -> Write:
    number, task, path, index, channel, encoding, data = row
    return Write(
        number, text(task), text(path), index if type(index) is int else 0, text(channel), text(encoding),
        _bytes(data) or b"",
    )  # fmt: skip


def _bytes(value: Any) -> bytes | None:
    """The bytes of a column, whether they were stored as bytes or as text."""
    if type(value) is str:
        return value.encode("utf-8", "surrogateescape")
    return value if type(value) is bytes else None
