"""The server that tests of PostgreSQL share."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests.support.postgres_server import PostgresServer

_numbers = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[PostgresServer]:
    made = PostgresServer()
    yield made
    made.close()


@pytest.fixture
def place(server: PostgresServer) -> Iterator[tuple[str, Any]]:
    """The URL of a schema, and a connection to it."""
    name = f"s{next(_numbers)}"
    with server.schema(name) as connection:
        yield server.url(name), connection
