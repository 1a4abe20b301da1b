"""The threads of LangGraph's SqliteSaver as rows: their numbers of checkpoints, and searches in them.

All of it is answered by the index of the table of checkpoints alone: no body is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from ckpt_tui.core.runs.groups import FOLDED
from ckpt_tui.stores.langgraph_records import PAGE, Header, Key
from ckpt_tui.stores.langgraph_rows import LangGraphRows, header_of, required, stored
from ckpt_tui.stores.langgraph_threads import MANY, PROBLEMS, RECENT_ROWS, RECENT_THREADS, Made, ThreadNews, ThreadRows
from ckpt_tui.stores.sqlite import Look, Mark, SqliteFile

_COLUMNS = (
    "SELECT thread_id, count(*), min(checkpoint_id), max(checkpoint_id || char(10) || checkpoint_ns), max(rowid) "
    "FROM checkpoints"
)
_ALL = f"{_COLUMNS} GROUP BY thread_id ORDER BY 4 DESC, 5 DESC"
_ONE = f"{_COLUMNS} WHERE thread_id = ?"
_HEADERS = (
    "SELECT rowid, thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, length(checkpoint) "
    "FROM checkpoints WHERE thread_id = ? ORDER BY rowid"
)
_LAST = (
    "SELECT rowid, thread_id, checkpoint_ns, checkpoint_id, NULL, '', 0 FROM checkpoints ORDER BY rowid DESC LIMIT 1"
)
_PROBLEMS = (
    "SELECT rowid, thread_id, checkpoint_ns, checkpoint_id, NULL, '', 0 FROM checkpoints "
    "WHERE typeof(thread_id) <> 'text' OR typeof(checkpoint_ns) <> 'text' OR typeof(checkpoint_id) <> 'text' "
    "OR checkpoint_id = '' LIMIT ?"
)
_NAMED = (
    "WITH named(text, digits) AS (SELECT ?, ?) "
    "SELECT DISTINCT thread_id FROM checkpoints, named WHERE substr(checkpoint_id, 1, length(text)) = text "
    "OR (digits <> '' AND substr(replace(checkpoint_id, '-', ''), 9, length(digits)) = digits) LIMIT ?"
)


_STRICTLY_CONTAINING = "SELECT DISTINCT thread_id FROM checkpoints WHERE instr(checkpoint_id, ?) LIMIT ?"
_CONTAINING = _STRICTLY_CONTAINING.replace("checkpoint_id,", "lower(checkpoint_id),")


class Ends(NamedTuple):
    """Where the tables end.

    Attributes:
        row: The last row of the checkpoints.
        key: The checkpoint of that.
        write: The last row of the writes.
    """

    row: int
    key: Key | None
    write: int


class SqliteThreads:
    """The threads of one database.

    Args:
        path: Its file.

    Every method raises `DatabaseFault` where the database cannot be read, and `OSError` where it is not there.
    """

    def __init__(self, path: str) -> None:
        self._file = SqliteFile(path)
        self._rows = LangGraphRows(path)
        self._ends = Ends(0, None, 0)

    def mark(self) -> Mark:
        """The stamps of the database and of its log."""
        return self._file.mark()

    def is_large(self) -> bool:
        """Whether there are more checkpoints than are listed one by one."""
        few = "SELECT count(*) FROM (SELECT 1 FROM checkpoints LIMIT ?)"
        found = self._file.read(lambda look: (required(look), look.rows(few, (FOLDED + 1,)))[1])
        return bool(found[0][0] > FOLDED)

    def recent(self) -> tuple[list[ThreadRows], int]:
        """The threads of the last rows, and about how many checkpoints there are: as many as were saved."""

        def ask(look: Look) -> list[ThreadRows]:
            required(look)
            last = look.rows("SELECT thread_id FROM checkpoints ORDER BY rowid DESC LIMIT ?", (RECENT_ROWS,))
            names = dict.fromkeys(name for (name,) in last if type(name) is str)
            return [one for name in islice(names, RECENT_THREADS) if (one := _one(look, name)) is not None]

        found = self._file.read(ask)
        return found, max((one.row for one in found), default=0)

    def all(self, make: Callable[[Iterator[ThreadRows]], Made]) -> Made:
        """The result of `make` for all threads, the newest first; `news` gives later changes."""

        def ask(look: Look) -> tuple[Made, Ends]:
            has_writes = bool(required(look))
            rows = look.iterate(_ALL)
            made = make(ThreadRows(*row) for row in rows if type(row[0]) is type(row[3]) is str)
            last = look.rows(_LAST)
            header = header_of(last[0]) if last else None
            write = (look.rows("SELECT max(rowid) FROM writes")[0][0] or 0) if has_writes else 0
            return made, Ends(header.row if header else 0, header.key if header else None, write)

        made, self._ends = self._file.read(ask)
        return made

    def news(self, counts: bool) -> ThreadNews:
        """The changes; with `counts`, all checkpoints are counted."""
        # Row numbers are reused: where the last row is another checkpoint's, nothing is certain.
        is_certain = self._ends.key is None or self._rows.key_at(self._ends.row) == self._ends.key
        headers: list[Header] = []
        written: dict[Key, None] = {}
        while True:
            newer = self._rows.newer(self._ends.row, self._ends.write, counts)
            headers += newer.headers
            written.update(dict.fromkeys(newer.written))
            if newer.headers:
                self._ends = self._ends._replace(row=newer.headers[-1].row, key=newer.headers[-1].key)
            if len(newer.headers) < PAGE:
                break
        self._ends = self._ends._replace(write=newer.last_write)
        return ThreadNews(headers, list(written), newer.checkpoints, is_certain)

    def last(self, rows: ThreadRows) -> Key | None:
        """The checkpoint of the last row of a thread."""
        return self._rows.key_at(rows.row)

    def some(self, threads: Sequence[str]) -> list[ThreadRows]:
        """These threads, as far as they are there."""
        return self._file.read(lambda look: [one for name in threads if (one := _one(look, name)) is not None])

    def headers(self, thread: str) -> list[Header]:
        """The checkpoints of a thread, in the order of their rows."""
        return self._file.read(
            lambda look: (required(look), [header_of(row) for row in look.rows(_HEADERS, (stored(thread),))])[1]
        )

    def has(self, key: Key) -> bool:
        """Whether there is a checkpoint of this name."""
        statement = "SELECT 1 FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = ? AND checkpoint_id = ?"
        return bool(self._file.read(lambda look: look.rows(statement, tuple(map(stored, key)))))

    def has_thread(self, thread: str) -> bool:
        """Whether there is a thread of this name."""
        statement = "SELECT 1 FROM checkpoints WHERE thread_id = ? LIMIT 1"
        return bool(self._file.read(lambda look: look.rows(statement, (stored(thread),))))

    def begins(self, text: str) -> bool:
        """Whether the name of a thread begins with a text."""
        # The first that does not come before it begins with it, or none does.
        statement = "SELECT min(thread_id) FROM checkpoints WHERE thread_id >= ?"
        [(name,)] = self._file.read(lambda look: look.rows(statement, (stored(text),)))
        return type(name) is str and name.startswith(text)

    def named(self, text: str, digits: str) -> list[str] | None:
        """The threads with an id that begins so, or whose middle has these digits; None where they are many."""
        found = self._file.read(lambda look: look.rows(_NAMED, (stored(text), digits, MANY + 1)))
        names = [name for (name,) in found if type(name) is str]
        return names if len(names) <= MANY else None

    def containing(self, text: str, is_strict: bool, limit: int) -> list[str]:
        """The threads with an id of a checkpoint that contains a text, at most so many; `is_strict` about case."""
        statement = _STRICTLY_CONTAINING if is_strict else _CONTAINING
        found = self._file.read(lambda look: look.rows(statement, (stored(text), limit)))
        return [name for (name,) in found if type(name) is str]

    def newest(self, count: int) -> list[tuple[str, str]]:
        """Thread and id of the checkpoints with the largest ids, of one more than so many."""
        statement = "SELECT thread_id, checkpoint_id FROM checkpoints ORDER BY checkpoint_id DESC LIMIT ?"
        rows = self._file.read(lambda look: look.rows(statement, (count + 1,)))
        return [(thread, name) for thread, name in rows if type(thread) is type(name) is str]

    def problems(self) -> list[Header]:
        """Rows that hold no name as LangGraph writes them."""
        return self._file.read(lambda look: [header_of(row) for row in look.rows(_PROBLEMS, (PROBLEMS,))])


def _one(look: Look, thread: str) -> ThreadRows | None:
    row: tuple[Any, ...] = look.rows(_ONE, (stored(thread),))[0]
    return ThreadRows(*row) if row[1] and type(row[3]) is str else None
