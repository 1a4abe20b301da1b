"""The tables of LangGraph's PostgresSaver as rows, by SQL. Nothing is decoded here.

State is in a table of its own, a row for each version of a channel, and small values are inline in the checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ckpt_tui.core.langgraph_layout import NULL_TASK, RESUME
from ckpt_tui.stores.document_values import text
from ckpt_tui.stores.langgraph_container import News
from ckpt_tui.stores.langgraph_postgres_changes import PostgresChanges
from ckpt_tui.stores.langgraph_postgres_tables import Tables, asking, header_of
from ckpt_tui.stores.langgraph_records import PAGE, SMALL, Body, Header, Key, StoredValue, Write
from ckpt_tui.stores.postgres import Look, PostgresDatabase

LISTED = 1_000_000
"""Checkpoints that are listed one by one, the newest: about 750 MB."""

_Place = tuple[str, str, str, str]
"""Where the value of a channel is: thread, namespace, channel, version."""

_Sent = tuple[str, bytes]
"""Encoding and bytes of a call of a node with an argument of its own."""


class PostgresRows:
    """The rows of one saver, and their changes.

    Args:
        database: The database.
        tables: Its tables.
    """

    def __init__(self, database: PostgresDatabase, tables: Tables) -> None:
        self.database, self.tables = database, tables
        self._changes = PostgresChanges(database, tables, keeps_all=True)
        self._is_whole = True  # whether every checkpoint is listed

    def mark(self) -> tuple[str, float]:
        """The visible transactions: differs after every commit to any table of the server.

        Raises:
            DatabaseFault: the server cannot be reached, or does not answer.
        """
        return self._changes.mark()

    def news(self) -> Iterator[News]:
        """The changes since the last call, a page at a time; everything at first.

        Raises:
            DatabaseFault: the server cannot be reached, or does not answer.
        """
        if not self._changes.has_begun():
            yield from self._all()
            return
        changed = self._changes.changed()
        seen = self._changes.seen
        gone = self._vanished() if self._is_whole and changed.checkpoints not in (-1, len(seen)) else []
        yield News(changed.headers, changed.written, gone, len(seen))

    def _all(self) -> Iterator[News]:
        # Rows saved while pages are read are reported afterwards, unless they were read.
        begun = PostgresChanges(self.database, self.tables, keeps_all=True)
        self.database.read(begun.begin)
        oldest, remark, total = "", "", max(self.tables.rows, 0)
        if total > LISTED and not self.tables.is_shallow:
            oldest = self.database.read(self._oldest_listed)
            remark = f"only the newest {LISTED:,} of about {total:,} checkpoints are listed"
        names = "thread_id, checkpoint_ns" + ("" if self.tables.is_shallow else ", checkpoint_id")
        marks = "%s, %s" if self.tables.is_shallow else "%s, %s, %s"
        start = f"SELECT {self.tables.header} FROM {self.tables.checkpoints} WHERE {self.tables.id} >= %s"
        end = f" ORDER BY {names} LIMIT {PAGE}"
        statement, values = start + end, [oldest]
        while True:
            rows = self.database.read(asking(statement, values))
            headers = list(map(header_of, rows))
            begun.take(headers)
            yield News(headers, total=min(total, LISTED), remark=remark)
            if len(rows) < PAGE:
                break
            statement = f"{start} AND ({names}) > ({marks}){end}"
            values = [oldest, *rows[-1][1 : 3 if self.tables.is_shallow else 4]]
        self._is_whole = not oldest
        self._changes = begun

    def _oldest_listed(self, look: Look) -> str:
        rows = look.rows(
            f"SELECT checkpoint_id FROM {self.tables.checkpoints} ORDER BY checkpoint_id DESC OFFSET %s LIMIT 1",
            (LISTED - 1,),
        )
        return str(rows[0][0]) if rows else ""

    def _vanished(self) -> list[Key]:
        """The checkpoints that are not there any more."""
        statement = f"SELECT thread_id, checkpoint_ns, {self.tables.id} FROM {self.tables.checkpoints}"
        left = {Key(*map(text, row)) for row in self.database.read(asking(statement))}
        gone = [key for key in self._changes.seen if key not in left]
        for key in gone:
            del self._changes.seen[key]
        return gone

    def thread(self, name: str) -> list[Header]:
        """The checkpoints of one thread, in no order.

        Raises:
            DatabaseFault: the server cannot be reached, or does not answer.
        """
        statement = f"SELECT {self.tables.header} FROM {self.tables.checkpoints} WHERE thread_id = %s"
        return list(map(header_of, self.database.read(asking(statement, (name,)))))

    def bodies(self, keys: Iterable[Key], most: int) -> dict[Key, Body]:
        """The bodies of those that are there, with the values of their channels as far as so many bytes go.

        Raises:
            DatabaseFault: the server cannot be reached, or does not answer.
        """
        asked = list(keys)
        if not asked:
            return {}
        own = "c.checkpoint->>'id'" if self.tables.is_shallow else "c.checkpoint_id"
        parent = "NULL::text" if self.tables.is_shallow else "c.parent_checkpoint_id"
        texts = ", ".join(f"CASE WHEN octet_length(c.{one}::text) <= %s THEN c.{one}::text END"
                          for one in ("checkpoint", "metadata"))  # fmt: skip
        joined = (
            f"FROM unnest(%s::text[], %s::text[], %s::text[]) WITH ORDINALITY AS k(t, n, i, at) "
            f"JOIN {self.tables.checkpoints} c ON c.thread_id = k.t AND c.checkpoint_ns = k.n AND {own} = k.i"
        )
        version = "true" if self.tables.is_shallow else "b.version = v.value"
        versions = (
            "jsonb_each_text(CASE jsonb_typeof(c.checkpoint->'channel_versions') WHEN 'object' "
            "THEN c.checkpoint->'channel_versions' ELSE '{}'::jsonb END)"
        )
        names = "b.channel, v.value" if self.tables.is_shallow else "b.channel, b.version"

        def ask(look: Look) -> dict[Key, Body]:
            lists = _columns(asked)
            rows = look.rows(
                f"SELECT k.at, c.xmin::text::bigint, c.thread_id, c.checkpoint_ns, {own}, {parent}, "
                f"pg_column_size(c.checkpoint), {texts} "
                f"{joined} ORDER BY k.at", (most, most, *lists),
            )  # fmt: skip
            of_channels = look.rows(
                f"SELECT k.at, {names}, b.type, octet_length(b.blob) {joined} CROSS JOIN {versions} v "
                f"JOIN {self.tables.blobs} b ON b.thread_id = c.thread_id AND b.checkpoint_ns = c.checkpoint_ns "
                f"AND b.channel = v.key AND {version} ORDER BY k.at, b.channel", lists,
            )  # fmt: skip
            wanted: dict[_Place, bytes] = {}
            left = most
            for at, channel, saved, _, size in of_channels:
                place = self._place(asked[int(at) - 1], channel, saved)
                if place not in wanted and (size or 0) <= left:
                    left -= size or 0
                    wanted[place] = b""
            self._read_blobs(look, wanted)
            values: dict[int, dict[str, StoredValue]] = {}
            for at, channel, saved, kind, size in of_channels:
                place = self._place(asked[int(at) - 1], channel, saved)
                values.setdefault(int(at), {})[channel] = StoredValue(text(kind), wanted.get(place), int(size or 0))
            sends = self._sends(look, joined, lists, most)
            return {
                asked[int(at) - 1]: Body(
                    header_of(row[:6]),
                    None if row[6] is None else row[6].encode("utf-8", "surrogateescape"),
                    (row[7] or "").encode("utf-8", "surrogateescape"),
                    _found(values.get(int(at), {})),
                    sends.get(int(at), ()),
                )
                for at, *row in rows
            }

        return self.database.read(ask)

    def _sends(self, look: Look, joined: str, lists: Sequence[list[str]], most: int) -> dict[int, list[_Sent]]:
        """The calls of nodes that wait at checkpoints of older formats: the writes from which they ran have them."""
        if self.tables.is_shallow:
            return {}
        order = "w.task_path, " if self.tables.has_paths else ""
        rows = look.rows(
            f"SELECT k.at, w.type, w.blob {joined} JOIN {self.tables.writes} w ON w.thread_id = c.thread_id AND "
            "w.checkpoint_ns = c.checkpoint_ns AND w.checkpoint_id = c.parent_checkpoint_id "
            "AND w.channel = '__pregel_tasks' AND octet_length(w.blob) <= %s "
            f"WHERE c.checkpoint->>'v' IN ('1', '2', '3') ORDER BY k.at, {order}w.task_id, w.idx", (*lists, most),
        )  # fmt: skip
        found: dict[int, list[_Sent]] = {}
        for at, kind, blob in rows:
            found.setdefault(int(at), []).append((text(kind), bytes(blob or b"")))
        return found

    def _place(self, key: Key, channel: str, version: str) -> _Place:
        return key.thread, key.space, channel, "" if self.tables.is_shallow else version

    def _read_blobs(self, look: Look, wanted: dict[_Place, bytes]) -> None:
        if not wanted:
            return
        places = list(wanted)
        columns = [[place[number] for place in places] for number in range(4)]
        version = "" if self.tables.is_shallow else " AND b.version = k.v"
        rows = look.rows(
            "SELECT k.at, b.blob FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) WITH ORDINALITY "
            f"AS k(t, n, c, v, at) JOIN {self.tables.blobs} b ON b.thread_id = k.t AND b.checkpoint_ns = k.n "
            f"AND b.channel = k.c{version}", columns,
        )  # fmt: skip
        for at, blob in rows:
            wanted[places[int(at) - 1]] = blob or b""

    def writes(self, keys: Iterable[Key], most: int, only: Sequence[str] = ()) -> dict[Key, list[Write]]:
        """The writes of tasks that ran from these checkpoints, in the order in which they are applied.

        Args:
            keys: The checkpoints.
            most: Bytes of a value; a longer one is left empty.
            only: Channels whose values are wanted, besides those of at most `SMALL` bytes; all where none are named.

        Raises:
            DatabaseFault: the server cannot be reached, or does not answer.
        """
        asked = list(keys)
        if not asked:
            return {}
        path = "w.task_path" if self.tables.has_paths else "''"
        # No column has the order of saving: transactions do, and within one the place in the table.
        statement = (
            f"SELECT k.at, w.task_id, {path}, w.idx, w.channel, w.type, CASE WHEN octet_length(w.blob) <= %s AND "
            "(%s OR octet_length(w.blob) <= %s OR w.channel = ANY(%s)) THEN w.blob END "
            "FROM unnest(%s::text[], %s::text[], %s::text[]) WITH ORDINALITY AS k(t, n, i, at) "
            f"JOIN {self.tables.writes} w ON w.thread_id = k.t AND w.checkpoint_ns = k.n AND w.checkpoint_id = k.i "
            "ORDER BY k.at, age(w.xmin) DESC, w.ctid"
        )
        values = (most, not only, SMALL, list(only), *_columns(asked))
        rows = self.database.read(asking(statement, values))
        found: dict[Key, list[Write]] = {}
        for number, (at, *row) in enumerate(rows, 1):
            found.setdefault(asked[int(at) - 1], []).append(_write(number, row))
        return {key: sorted(own, key=lambda one: (one.path, one.task, one.number)) for key, own in found.items()}

    def answers_below(self, key: Key, task: str, most: int) -> list[Write]:
        """The answers that graphs took which a task called, in the order in which they were given.

        Raises:
            DatabaseFault: the server cannot be reached, or does not answer.
        """
        statement = (
            "SELECT task_id, '', idx, channel, type, CASE WHEN octet_length(blob) <= %s THEN blob END "
            f"FROM {self.tables.writes} WHERE thread_id = %s AND position(%s IN checkpoint_ns) > 0 AND channel = %s "
            "AND task_id <> %s ORDER BY age(xmin) DESC, ctid"
        )
        rows = self.database.read(asking(statement, (most, key.thread, f":{task}", RESUME, NULL_TASK)))
        return [_write(number, one) for number, one in enumerate(rows, 1)]

    def has_child(self, key: Key) -> bool:
        """Whether a checkpoint is the parent of another one.

        Raises:
            DatabaseFault: the server cannot be reached, or does not answer.
        """
        if self.tables.is_shallow:
            return False
        statement = (
            f"SELECT 1 FROM {self.tables.checkpoints} WHERE thread_id = %s AND checkpoint_ns = %s AND "
            "parent_checkpoint_id = %s LIMIT 1"
        )
        return bool(self.database.read(asking(statement, key)))

    def start(self, key: Key, most: int) -> bytes:
        """The first bytes of a checkpoint's body; none where it is not there.

        Raises:
            DatabaseFault: the server cannot be reached, or does not answer.
        """
        statement = (
            f"SELECT left(checkpoint::text, %s) FROM {self.tables.checkpoints} WHERE thread_id = %s AND "
            f"checkpoint_ns = %s AND {self.tables.id} = %s"
        )
        rows = self.database.read(asking(statement, (most, *key)))
        return str(rows[0][0]).encode("utf-8", "surrogateescape") if rows else b""


def _write(number: int, row: Sequence[Any]) -> Write:
    task, path, index, channel, kind, blob = row
    return Write(number, text(task), text(path), int(index), text(channel), text(kind), bytes(blob or b""))


def _found(values: Mapping[str, StoredValue]) -> Callable[[Mapping[str, str]], Mapping[str, StoredValue]]:
    return lambda versions: values  # the server has looked them up


def _columns(keys: Sequence[Key]) -> tuple[list[str], list[str], list[str]]:
    return [key.thread for key in keys], [key.space for key in keys], [key.id for key in keys]
