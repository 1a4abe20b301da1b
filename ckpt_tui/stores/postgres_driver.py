"""The parts of psycopg 3, an extra, that are needed; imported when the first database is opened."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import DataError
from psycopg import Error as Error
from psycopg.types.string import StrDumperUnknown, TextLoader


class AnyText(TextLoader):
    """Text that need not be UTF-8: databases without an encoding (SQL_ASCII) hold any bytes."""

    def load(self, data: Any) -> str:
        """The text; other bytes become surrogate escapes."""
        return bytes(data).decode("utf-8", "surrogateescape")


class AnyString(StrDumperUnknown):
    """The reverse of `AnyText`."""

    def dump(self, obj: str) -> bytes:
        """The bytes of a text with surrogate escapes.

        Raises:
            DataError: it holds NUL, which no text of PostgreSQL does: the server would take what comes before it.
        """
        if "\0" in obj:
            raise DataError("PostgreSQL has no texts with NUL")
        return obj.encode("utf-8", "surrogateescape")


def connect(options: dict[str, Any]) -> Any:
    """A connection that begins no transaction by itself, and prepares nothing: poolers accept that, too.

    Raises:
        Error: the server cannot be reached, or lets nobody in.
    """
    connection = psycopg.connect(**options, autocommit=True, prepare_threshold=None)
    for kind in ("text", "varchar", "name", "bpchar"):
        connection.adapters.register_loader(kind, AnyText)
    connection.adapters.register_dumper(str, AnyString)
    return connection
