"""PostgreSQL databases of other programs, read in short read-only transactions: the base of every reader of one.

```python
database = PostgresDatabase(address_of("postgres://reader@localhost/agents"))
rows = database.read(lambda look: look.rows("SELECT id, body FROM notes WHERE id > %s", (last,)))
```

A look is one transaction that cannot write and ends with the answer; statements, locks and idle time have limits.
Needs psycopg 3, an extra. A password is never part of what is shown, kept or raised.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.core.text import clean
from ckpt_tui.errors import CkptError
from ckpt_tui.stores.database_fault import DatabaseFault
from ckpt_tui.stores.postgres_address import PASSWORD, Address

CONNECT_SECONDS = 5
"""How long a server may take to let us in."""

STATEMENT_SECONDS = 20
"""How long one statement may take."""

LOCK_SECONDS = 2
"""How long a statement waits for a table that is being changed."""


_BEGIN = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
    f"SET LOCAL statement_timeout = {STATEMENT_SECONDS * 1000};"
    f"SET LOCAL lock_timeout = {LOCK_SECONDS * 1000};"
    f"SET LOCAL idle_in_transaction_session_timeout = {STATEMENT_SECONDS * 1000};"
    "SET LOCAL search_path = pg_catalog, pg_temp"
)
"""A URL's own search path decides only where tables are searched; no function or operator is found by it."""

_DEFAULTS: dict[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "application_name": "ckpt-tui",
    "client_encoding": "UTF8",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": STATEMENT_SECONDS * 1000,
}
"""Options of libpq unless the URL has others; a connection to a server that is gone ends by itself."""

Answer = TypeVar("Answer")


class Column(NamedTuple):
    """A column of a table; its type as `format_type` of PostgreSQL has it."""

    name: str
    type: str


class Table(NamedTuple):
    """An ordinary or partitioned table.

    Attributes:
        schema: Where it is.
        name: Its name.
        columns: Name → type.
        rows: How many rows the server takes it to have; below zero where it does not know.
        on_path: Whether its schema is on the search path of the connection.
    """

    schema: str
    name: str
    columns: dict[str, str]
    rows: int
    on_path: bool


class Look:
    """One transaction, as long as one query."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows that a statement gives; text that is not UTF-8 has surrogate escapes."""
        found: list[tuple[Any, ...]] = self._connection.execute(statement, tuple(values)).fetchall()
        return found


class _Opened:
    """The connection of a database, which ends with it."""

    def __init__(self) -> None:
        self.connection: Any = None

    def close(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            with suppress(Exception):
                connection.close()


class PostgresDatabase:
    """One database.

    Args:
        address: Where it is.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self._lock = threading.Lock()
        self._opened = _Opened()
        weakref.finalize(self, self._opened.close)
        self._path: list[str] | None = None

    def read(self, ask: Callable[[Look], Answer]) -> Answer:
        """Run queries in a read-only transaction.

        Args:
            ask: Gets the look. It may be called again where the server had closed an idle connection.

        Raises:
            DatabaseFault: the server cannot be reached, or does not answer; the reason is for people.
            CkptError: psycopg is not installed.
        """

        def within(connection: Any) -> Answer:
            connection.execute(_BEGIN)
            try:
                return ask(Look(connection))
            finally:
                with suppress(driver().Error):
                    connection.execute("ROLLBACK")

        return self._tried(within)

    def _tried(self, ask: Callable[[Any], Answer]) -> Answer:
        with self._lock:
            was_open = self._opened.connection is not None
            try:
                return self._ask(ask)
            except DatabaseFault as fault:
                if not (was_open and fault.kind == "unreachable"):
                    raise
                return self._ask(ask)  # idle connections are closed by servers, poolers and networks

    def value(self, statement: str) -> Any:
        """The one value that a statement gives which reads no table; no transaction is begun for it.

        Raises:
            DatabaseFault: the server cannot be reached, or does not answer.
            CkptError: psycopg is not installed.
        """
        return self._tried(lambda connection: Look(connection).rows(statement)[0][0])

    def _ask(self, ask: Callable[[Any], Answer]) -> Answer:
        failure = driver().Error
        try:
            if self._opened.connection is None:
                self._opened.connection = self._connected()
            return ask(self._opened.connection)
        except failure as error:
            fault = self._fault(error)
            if fault.kind == "unreachable" or getattr(self._opened.connection, "broken", False):
                self.close()
            raise fault from None
        except BaseException:  # interrupted in the midst of an answer
            self.close()
            raise

    def _connected(self) -> Any:
        connection = driver().connect({**_DEFAULTS, **self.address.options})
        with suppress(driver().Error):
            self._path = connection.execute("SELECT pg_catalog.current_schemas(false)").fetchone()[0]
        return connection

    def close(self) -> None:
        """Close the connection; the next look opens another one."""
        self._opened.close()

    def tables(self, names: Sequence[str]) -> list[Table]:
        """The tables of these names in all schemas: no views, no tables of other servers.

        Raises:
            DatabaseFault: the server cannot be reached, or does not answer.
        """
        found = self.read(lambda look: look.rows(_TABLES, (list(names),)))
        path = self._path or []
        tables: dict[tuple[str, str], Table] = {}
        for schema, name, rows, column, kind in found:
            table = tables.setdefault((schema, name), Table(schema, name, {}, int(rows), schema in path))
            table.columns[column] = kind
        order = {schema: number for number, schema in enumerate(path)}
        return sorted(tables.values(), key=lambda table: (order.get(table.schema, len(order)), table.schema))

    def _fault(self, error: Any) -> DatabaseFault:
        text = " ".join(str(error).split())
        for secret in self.address.secrets:
            text = text.replace(secret, PASSWORD)
        text = clean(masked_text(text), 400) or type(error).__name__
        kind, reason = _REASONS.get(error.sqlstate or "", ("", ""))
        if kind:
            return DatabaseFault(kind, f"{reason} ({text})" if reason else text)
        if _is_lost(error):
            return DatabaseFault("unreachable", text)
        return DatabaseFault("unreadable", text)


def driver() -> Any:
    """The module that has psycopg.

    Raises:
        CkptError: psycopg is not installed.
    """
    try:
        from ckpt_tui.stores import postgres_driver  # late: an extra
    except ImportError as error:
        hint = "Install the extra: pip install 'ckpt-tui[postgres]'"
        raise CkptError(f"PostgreSQL is read with psycopg 3, which cannot be imported ({error}).", hint) from None
    return postgres_driver


def _is_lost(error: Any) -> bool:
    state = error.sqlstate or ""
    return type(error).__name__ in ("OperationalError", "ConnectionTimeout", "InterfaceError") or state[:2] in (
        "08", "57", "53", "28", "3D"
    )  # fmt: skip


_REASONS: dict[str, tuple[str, str]] = {
    "42501": ("denied", ""),
    "57014": ("slow", f"the server gave no answer within {STATEMENT_SECONDS} seconds"),
    "55P03": ("locked", "a table is locked by another program"),
    "42P01": ("foreign", "it has no tables of LangGraph any more"),
    "42703": ("foreign", "its tables are not LangGraph's any more"),
}
"""SQLSTATE → a word for programs, and a text where PostgreSQL's own is meant for its administrator."""

_TABLES = """
SELECT n.nspname, c.relname, c.reltuples::bigint, a.attname, format_type(a.atttypid, NULL)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relname = ANY(%s) AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
ORDER BY n.nspname, c.relname, a.attnum
"""


def identifier(name: str) -> str:
    """A name of a schema or table as a statement has it."""
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'
