"""LangGraph's checkpoints in a PostgreSQL database, as its PostgresSaver and AsyncPostgresSaver write them.

A database is recognised by its tables, in any schema.
"""

from __future__ import annotations

from typing import Self

from ckpt_tui.core.text import clean
from ckpt_tui.errors import NotFoundError
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.composite import CompositeStore
from ckpt_tui.stores.database_fault import DatabaseFault
from ckpt_tui.stores.langgraph_container_store import ContainerStore
from ckpt_tui.stores.langgraph_groups import LangGraphGroups
from ckpt_tui.stores.langgraph_postgres_rows import PostgresRows
from ckpt_tui.stores.langgraph_postgres_tables import TABLES, Tables, tables_of
from ckpt_tui.stores.langgraph_postgres_threads import PostgresThreads
from ckpt_tui.stores.postgres import PostgresDatabase
from ckpt_tui.stores.postgres_address import Address, address_of
from ckpt_tui.stores.store_groups import Groups

BUSY_SECONDS = 0.2
"""Seconds between two polls of a database that was written to lately."""

QUIET_SECONDS = 60.0
"""Seconds after which a write does not count as recent."""

REST_SECONDS = 1.0
"""Seconds between two polls of any other one, and of a server that cannot be reached; the longest pause."""

LOOK_SHARE = 0.2
"""Share of time that polls may take, as far as the pause is no longer than that."""


class PostgresStore(ContainerStore):
    """The checkpoints of one saver in a PostgreSQL database.

    Args:
        address: The database.
        tables: The saver's tables.
        database: The same database, where it is open already.
    """

    PRUNE = "the database belongs to the program that writes it; it is only ever read"

    def __init__(self, address: Address, tables: Tables, database: PostgresDatabase | None = None) -> None:
        self.address, self.tables = address, tables
        self._database = database or PostgresDatabase(address)
        self._ahead: LangGraphGroups | None = None
        super().__init__(address.shown, PostgresRows(self._database, tables), address.name)

    def fresh(self) -> Self:
        """A new store of the same tables that knows nothing yet."""
        return type(self)(self.address, self.tables)

    def groups(self) -> Groups | None:
        """Its threads, by query."""
        found, self._ahead = self._ahead, None
        return found or LangGraphGroups(self, PostgresThreads(self._database, self.tables))

    def look_ahead(self) -> None:
        """Read what a browser shows first; `groups` waits for it."""
        groups = LangGraphGroups(self, PostgresThreads(self._database, self.tables))
        groups.look_ahead(self._publish)

    def _publish(self, groups: LangGraphGroups) -> None:
        self._ahead = groups

    def pause(self, took: float, quiet: float) -> float:
        """A fifth of a second while a program writes; up to a second where the server is slow, or out of reach."""
        if self._trouble is not None or quiet >= QUIET_SECONDS:
            return REST_SECONDS
        return min(max(BUSY_SECONDS, took / LOOK_SHARE), REST_SECONDS)  # however long the first poll took


def open_postgres(url: str) -> Store:
    """The checkpoints in a database: of one schema, or of several as one list.

    Args:
        url: `postgres://…`. `?schema=NAME` names the schema, as does a search path in `?options=`.

    Raises:
        UsageError: it is not such a URL.
        NotFoundError: the server cannot be reached, lets nobody in, or has no such tables.
        CkptError: psycopg is not installed.
    """
    address = address_of(url)
    database = PostgresDatabase(address)
    try:
        every = database.tables(TABLES)
    except DatabaseFault as fault:
        database.close()
        raise NotFoundError(f"{clean(address.shown)} cannot be read: {fault.reason.rstrip('.')}.", _HINT) from None
    found = tables_of(every)
    if address.schema:
        found = [tables for tables in found if tables.schema == address.schema]
    elif address.names_schemas:
        on_path = {table.schema for table in every if table.on_path}
        found = [tables for tables in found if tables.schema in on_path][:1]
    if not found:
        where = f" in the schema {clean(address.schema)}" if address.schema else ""
        what = f"{clean(address.shown)} has no tables of LangGraph's PostgresSaver{where}."
        hint = "Name the database that your graph saves to; PostgresSaver.setup() makes its tables."
        raise NotFoundError(what, hint)
    if len(found) == 1:
        return PostgresStore(address, found[0], database)
    members = [PostgresStore(address.of_schema(tables.schema), tables) for tables in found]
    return CompositeStore(members, [clean(tables.schema) for tables in found], address.shown)


_HINT = "Check host, port, user and database; a password may also be in PGPASSWORD or ~/.pgpass."
