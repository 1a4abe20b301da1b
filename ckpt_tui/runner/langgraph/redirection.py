"""Connections that the program opens to a database that is not to be changed: they go to a private copy of it."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from ..faults import Fault
from ..filesystem import file_of
from ..protection import is_saving
from .databases import reading

COPIED_BYTES = 1 << 30
"""Bytes of the largest database that is copied for the program."""


class Redirection:
    """Replaces `sqlite3.connect`, so that a program that opens its saver finds everything and changes nothing.

    Args:
        is_kept: Whether the database at a path must not be changed.
    """

    def __init__(self, is_kept: Callable[[str], bool]) -> None:
        self._is_kept = is_kept
        self._copies: dict[str, str] = {}

    def install(self) -> None:
        """Redirect from now on."""
        original = sqlite3.connect

        @functools.wraps(original)
        def connect(database: Any, *args: Any, **kwargs: Any) -> Any:
            place = None if is_saving() else _place_of(database, kwargs.get("uri", args[6] if len(args) > 6 else False))
            if place is not None and os.path.isfile(place) and self._is_kept(place):
                kwargs.pop("uri", None)
                return original(self._copy(place), *args[:6], **kwargs)
            return original(database, *args, **kwargs)

        sqlite3.connect = connect
        sqlite3.dbapi2.connect = connect

    def _copy(self, place: str) -> str:
        if place not in self._copies:
            if os.path.getsize(place) > COPIED_BYTES:
                raise PermissionError(1, f"more than {COPIED_BYTES >> 30} GB are not copied for the program", place)
            directory = tempfile.mkdtemp(prefix="ckpt-tui-")
            atexit.register(shutil.rmtree, directory, ignore_errors=True)
            copy = os.path.join(directory, os.path.basename(place))
            with reading(place) as old, contextlib.closing(sqlite3.connect(copy)) as new:
                old.rollback()
                old.backup(new)
            self._copies[place] = copy
        return self._copies[place]

    def remove(self) -> None:
        """Remove the copies."""
        for copy in self._copies.values():
            shutil.rmtree(os.path.dirname(copy), ignore_errors=True)


def holds_threads(place: str) -> bool:
    """Whether a file is a database that a saver has saved to."""
    with contextlib.suppress(Fault, sqlite3.Error), reading(place) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {"checkpoints", "writes"} <= {row[0] for row in found}
    return False


def _place_of(database: Any, is_uri: Any) -> str | None:
    """The file that a connection would open; None for one in memory and for one that is only read."""
    if isinstance(database, str) and is_uri and database.startswith("file:"):
        if "mode=ro" in database or "immutable=1" in database:
            return None
        database = unquote(urlsplit(database).path)
    if not isinstance(database, (str, bytes, os.PathLike)) or database in (":memory:", b":memory:", ""):
        return None
    return file_of(database)
