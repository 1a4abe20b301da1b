"""URLs of PostgreSQL databases, as libpq has them: parses them, and shows them without a password.

A password that a URL held is kept in this process beside the URL that is shown, so that the database can be opened
again by that one; it is nowhere else.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress

from ckpt_tui.core.late_patterns import LatePattern
from ckpt_tui.core.secret_texts import masked_text
from ckpt_tui.errors import UsageError

PASSWORD = "***"  # noqa: S105 - shown instead
"""Stands for a password in a URL; where none is kept for it, libpq finds it (PGPASSWORD, ~/.pgpass)."""

VARIABLE = "CKPT_TUI_DATABASE_PASSWORDS"
"""The environment variable with the secrets for processes that we start."""

_URL = LatePattern(r"postgres(?:ql)?(?:\+\w+)?://", re.IGNORECASE)
_PAIRS = LatePattern(r"(?:\w+=[^&]*&?)+\Z")
_BYTES = LatePattern(rb"%([0-9A-Fa-f]{2})")
_FORM = "For example: postgres://USER@HOST/DATABASE?sslmode=require"
_MASKS = (PASSWORD, "•" * 6)
_SECRET_OPTIONS = ("password", "sslpassword", "oauth_client_secret")

_kept: dict[str, dict[str, str]] = {}
"""URL as it is shown → its secret options."""


class Address:
    """Where a database is.

    Attributes:
        shown: Its URL without a password.
        options: The options for libpq; may hold a password.
        schema: The schema that the URL names (`?schema=`); "" for none.
        name: The name of the database, if the URL has it.
    """

    def __init__(self, shown: str, options: dict[str, str], schema: str) -> None:
        self.shown, self.options, self.schema = shown, options, schema
        self.name = options.get("dbname") or options.get("user") or "postgres"

    def __repr__(self) -> str:
        return f"Address({self.shown!r})"

    @property
    def secrets(self) -> tuple[str, ...]:
        """Texts that must not be shown."""
        return tuple(text for name in _SECRET_OPTIONS if (text := self.options.get(name)))

    @property
    def names_schemas(self) -> bool:
        """Whether the URL names schemas."""
        return bool(self.schema) or "search_path" in self.options.get("options", "")

    def of_schema(self, schema: str) -> Address:
        """The same with a schema named."""
        joint = "&" if "?" in self.shown else "?"
        shown = f"{self.shown}{joint}schema={_quoted(schema)}"
        if self.shown in _kept:
            _kept[shown] = _kept[self.shown]
        return Address(shown, self.options, schema)


def is_postgres(text: str) -> bool:
    """Whether a text is the URL of a PostgreSQL database."""
    return "://" in text and _URL.compiled.match(text) is not None


def address_of(url: str) -> Address:
    """Parse a URL: `postgres://USER:PASSWORD@HOST:PORT/DATABASE?OPTION=VALUE`.

    Passwords are understood also where `@` or `/` in one is not written as `%40` or `%2F`. The name of a
    driver, as SQLAlchemy has it (`postgresql+psycopg://`), is passed over.

    Raises:
        UsageError: it is not such a URL.
    """
    scheme = _URL.compiled.match(url)
    if scheme is None:
        raise UsageError("That is not the URL of a PostgreSQL database.", _FORM)
    rest = url[scheme.end() :]
    start, _, query = rest.partition("?")
    if query and "@" in query and not _PAIRS.compiled.match(query):  # it is a password that holds the first "?"
        at = rest.rindex("@")
        tail, _, query = rest[at:].partition("?")
        start = rest[:at] + tail
    if query and not _PAIRS.compiled.match(query):  # which is not quoted: it may hold a password
        raise UsageError("The options of the URL are not written as ?name=value&name=value.", _FORM)
    user_part, at_sign, place = start.rpartition("@")
    user, has_password, password = user_part.partition(":")
    hosts, _, database = place.partition("/")
    options: dict[str, str] = {}
    pairs: list[str] = []
    schema = ""
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        if name == "schema":
            schema = _unquoted(value)
        else:
            options[name] = _unquoted(value)
        pairs.append(f"{name}={PASSWORD}" if name in _SECRET_OPTIONS else pair)
    names, ports = _hosts(hosts)
    for name, value in (("user", _unquoted(user)), ("dbname", _unquoted(database)), ("host", names), ("port", ports)):
        if value:
            options.setdefault(name, value)
    if has_password and _unquoted(password):
        options.setdefault("password", _unquoted(password))
    for name in _SECRET_OPTIONS:
        if options.get(name) in _MASKS:
            del options[name]
    shown_user = user + (f":{PASSWORD}" if has_password and password else "") + at_sign
    scheme_text = scheme[0].lower().partition("+")[0].removesuffix("://") + "://"
    shown = f"{scheme_text}{shown_user}{place}" + (f"?{'&'.join(pairs)}" if pairs else "")
    secrets = {name: options[name] for name in _SECRET_OPTIONS if name in options}
    if secrets:
        _kept[shown] = secrets
    else:
        options.update(_kept_for(shown))
    return Address(shown, options, schema)


def _kept_for(shown: str) -> dict[str, str]:
    if PASSWORD not in shown:
        return {}
    with suppress(KeyError, ValueError, TypeError, AttributeError):
        _kept.update(json.loads(os.environ.pop(VARIABLE)))
    return _kept.get(shown, {})


def keep_for_children() -> None:
    """Let processes that are started from now on open the databases that this one was given passwords for."""
    if _kept:
        os.environ[VARIABLE] = json.dumps(_kept)


def shown_place(text: str) -> str:
    """A place as it may be shown and kept: the URL of a database without its password, anything else as it is."""
    try:
        return address_of(text).shown if is_postgres(text) else text
    except UsageError:
        return masked_text(text)


def _hosts(text: str) -> tuple[str, str]:
    """The hosts and the ports of `HOST:PORT,HOST:PORT`, each with commas as libpq takes them."""
    names, ports = [], []
    for part in filter(None, text.split(",")):
        found = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(\d*))?", part)
        names.append(_unquoted(found[1]).strip("[]") if found else _unquoted(part))
        ports.append((found[2] if found else "") or "")
    return ",".join(names), ",".join(ports) if any(ports) else ""


def _quoted(text: str) -> str:
    return "".join(each if each.isalnum() or each in "_-.~" else "".join(f"%{b:02X}" for b in each.encode())
                   for each in text)  # fmt: skip


def _unquoted(text: str) -> str:
    raw = text.encode("utf-8", "surrogateescape")
    return _BYTES.compiled.sub(lambda found: bytes([int(found[1], 16)]), raw).decode("utf-8", "surrogateescape")


def absolute(path: str) -> str:
    """The absolute path of a place; a URL is one already."""
    return path if is_postgres(path) else os.path.abspath(path)
