"""The threads of LangGraph's SqliteSaver as rows: how many checkpoints each has, and which hold what is looked for.

All of it is answered by the index of the table of checkpoints alone: no body is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from ckpt_tui.core.runs.groups import FOLDED
from ckpt_tui.stores.langgraph_records import Header, Key
from ckpt_tui.stores.langgraph_rows import header_of, required, stored
from ckpt_tui.stores.sqlite import Look, SqliteFile

RECENT_ROWS = 400
"""Rows in which the threads are looked for that were written to last."""

MANY = 50
"""Threads that a name may mean before all of them have to be looked at."""

PROBLEMS = 1_000
"""Rows without a name that are listed."""

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
    "SELECT DISTINCT thread_id FROM checkpoints WHERE substr(checkpoint_id, 1, length(?1)) = ?1 "
    "OR (?2 <> '' AND substr(replace(checkpoint_id, '-', ''), 9, length(?2)) = ?2) LIMIT ?3"
)


_STRICTLY_CONTAINING = "SELECT DISTINCT thread_id FROM checkpoints WHERE instr(checkpoint_id, ?) LIMIT ?"
_CONTAINING = _STRICTLY_CONTAINING.replace("checkpoint_id,", "lower(checkpoint_id),")

Made = TypeVar("Made")


class ThreadRows(NamedTuple):
    """What the index shows of one thread.

    Attributes:
        thread: Its name.
        checkpoints: How many it has.
        first: The smallest of their ids, which begin with the time.
        last: The largest, a line break, and the namespace of that checkpoint.
        row: The last row.
    """

    thread: str
    checkpoints: int
    first: str
    last: str
    row: int


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


class LangGraphThreads:
    """The threads of one database.

    Args:
        path: Its file.

    Every method raises `DatabaseFault` where the database cannot be read, and `OSError` where it is not there.
    """

    def __init__(self, path: str) -> None:
        self._file = SqliteFile(path)

    def is_large(self) -> bool:
        """Whether there are more checkpoints than are listed one by one."""
        few = "SELECT count(*) FROM (SELECT 1 FROM checkpoints LIMIT ?)"
        found = self._file.read(lambda look: (required(look), look.rows(few, (FOLDED + 1,)))[1])
        return bool(found[0][0] > FOLDED)

    def recent(self) -> list[ThreadRows]:
        """The threads of the last rows."""

        def ask(look: Look) -> list[ThreadRows]:
            required(look)
            last = look.rows("SELECT thread_id FROM checkpoints ORDER BY rowid DESC LIMIT ?", (RECENT_ROWS,))
            names = dict.fromkeys(name for (name,) in last if type(name) is str)
            return [one for name in names if (one := _one(look, name)) is not None]

        return self._file.read(ask)

    def all(self, make: Callable[[Iterator[ThreadRows]], Made]) -> tuple[Made, Ends]:
        """What `make` makes of all threads, the newest first; and the last rows at that moment."""

        def ask(look: Look) -> tuple[Made, Ends]:
            has_writes = bool(required(look))
            rows = look.iterate(_ALL)
            made = make(ThreadRows(*row) for row in rows if type(row[0]) is type(row[3]) is str)
            last = look.rows(_LAST)
            header = header_of(last[0]) if last else None
            write = (look.rows("SELECT max(rowid) FROM writes")[0][0] or 0) if has_writes else 0
            return made, Ends(header.row if header else 0, header.key if header else None, write)

        return self._file.read(ask)

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
