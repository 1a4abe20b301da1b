"""URLs of PostgreSQL databases: what they mean, and that their passwords are not shown."""

import socket
import subprocess
import sys

import pytest

from ckpt_tui.errors import CkptError, NotFoundError, UsageError
from ckpt_tui.stores.postgres import PostgresDatabase
from ckpt_tui.stores.postgres_address import address_of, is_postgres, shown_place
from ckpt_tui.stores.registry import open_store


class TestAddresses:
    @pytest.mark.parametrize(
        ("url", "options"),
        [
            ("postgres://u:p@h/db", {"user": "u", "password": "p", "host": "h", "dbname": "db"}),
            ("postgresql://h:5433/db", {"host": "h", "port": "5433", "dbname": "db"}),
            ("postgresql+psycopg://u@h/db", {"user": "u", "host": "h", "dbname": "db"}),
            ("postgres://:p%40x@a:1,b:2/db", {"password": "p@x", "host": "a,b", "port": "1,2", "dbname": "db"}),
            ("postgres://u:p@ss/w?rd@h/db", {"user": "u", "password": "p@ss/w?rd", "host": "h", "dbname": "db"}),
            ("postgres://%2Frun%2Fpg/db", {"host": "/run/pg", "dbname": "db"}),
            ("postgres://[::1]:5432/db", {"host": "::1", "port": "5432", "dbname": "db"}),
            ("postgres:///db?host=/run/pg&sslmode=require", {"host": "/run/pg", "dbname": "db", "sslmode": "require"}),
            ("postgres://", {}),
        ],
    )  # fmt: skip
    def test_a_url_says_what_libpq_is_given(self, url: str, options: dict[str, str]) -> None:
        assert address_of(url).options == options

    @pytest.mark.parametrize(
        "url",
        [
            "postgres://u:hunter2@h/db",
            "postgres://u:hunter2@x/y@h/db",
            "postgres://u:?hunter2@h/db",
            "postgres://h/db?user=u&password=hunter2",
            "postgres://h/db?sslpassword=hunter2&schema=a",
            "postgresql+asyncpg://u:hunter2@h",
        ],
    )
    def test_no_password_is_shown(self, url: str) -> None:
        address = address_of(url)
        assert "hunter2" in " ".join(address.secrets)
        assert "hunter2" not in f"{address.shown} {address!r} {shown_place(url)} {address.of_schema('b').shown}"
        assert "***" in address.shown

    def test_a_url_with_a_masked_password_leaves_finding_it_to_libpq(self) -> None:
        for url in ("postgres://u:***@elsewhere/db", "postgres://u:••••••@elsewhere/db"):
            address = address_of(url)
            assert "password" not in address.options
            assert address.shown == "postgres://u:***@elsewhere/db"

    def test_a_database_opens_again_by_the_url_that_is_shown(self) -> None:
        shown = address_of("postgres://u:hunter2@h/db").shown
        assert address_of(shown).options["password"] == "hunter2"
        assert address_of(address_of(shown).of_schema("a").shown).options["password"] == "hunter2"

    def test_a_schema_is_named_by_an_option_of_ours(self) -> None:
        address = address_of("postgres://h/db?schema=tenant%201&sslmode=disable")
        assert address.schema == "tenant 1"
        assert "schema" not in address.options
        assert address_of(address_of("postgres://h/db").of_schema("tenant 1").shown).schema == "tenant 1"

    def test_an_option_without_a_value_is_said(self) -> None:
        with pytest.raises(UsageError, match="not written as"):
            address_of("postgres://h/db?sslmode")
        with pytest.raises(UsageError) as caught:
            address_of("postgres://u:hun?ter2@h/db?x")
        assert "ter2" not in str(caught.value)

    def test_paths_are_not_urls(self) -> None:
        assert not is_postgres("postgres.sqlite")
        assert shown_place("a/b") == "a/b"


class TestWithoutAServer:
    def test_a_server_that_cannot_be_reached_is_said_without_the_password(self) -> None:
        with pytest.raises(NotFoundError) as caught:
            open_store("postgres://u:hunter2@127.0.0.1:1/db")
        assert "127.0.0.1" in caught.value.what
        assert "cannot be read" in caught.value.what
        assert "hunter2" not in str(caught.value)

    def test_an_option_that_libpq_does_not_know_is_said(self) -> None:
        with pytest.raises(NotFoundError, match="colour"):
            open_store("postgres://u:hunter2@127.0.0.1:1/db?colour=red")

    def test_psycopg_missing_is_said_with_what_to_install(self) -> None:
        program = (
            "import sys; sys.modules['psycopg'] = None\n"
            "from ckpt_tui.cli.command_line import run\n"
            "sys.exit(run(['ls', 'postgres://u:hunter2@h/db']))"
        )
        ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        assert ended.returncode == CkptError.exit_code
        assert "pip install 'ckpt-tui[postgres]'" in ended.stderr
        assert "hunter2" not in ended.stderr + ended.stdout

    def test_nothing_is_connected_before_something_is_asked(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.setblocking(False)
            PostgresDatabase(address_of(f"postgres://127.0.0.1:{server.getsockname()[1]}/db")).close()
            with pytest.raises(BlockingIOError):
                server.accept()
