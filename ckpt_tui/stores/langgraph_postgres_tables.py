"""The tables of LangGraph's PostgresSaver: recognises them, and reads headers from their rows.

The tables of a ShallowPostgresSaver, which keeps the newest checkpoint of a thread alone, have fewer columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ckpt_tui.stores.langgraph_records import Header, Key
from ckpt_tui.stores.postgres import Look, Table, identifier

TABLES = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")

_REQUIRED: Mapping[str, Mapping[str, str]] = {
    "checkpoints": {"thread_id": "text", "checkpoint_ns": "text", "checkpoint": "jsonb", "metadata": "jsonb"},
    "checkpoint_blobs": {
        "thread_id": "text", "checkpoint_ns": "text", "channel": "text", "type": "text", "blob": "bytea"
    },
    "checkpoint_writes": {
        "thread_id": "text", "checkpoint_ns": "text", "checkpoint_id": "text", "task_id": "text", "idx": "integer",
        "channel": "text", "type": "text", "blob": "bytea",
    },
}  # fmt: skip
"""Columns and their types that the tables have in every release, also of a ShallowPostgresSaver."""


class Tables(NamedTuple):
    """Where a saver keeps its rows, as statements have it.

    Attributes:
        schema: The schema.
        checkpoints: The table of checkpoints.
        blobs: That of the values of channels.
        writes: That of the writes of tasks.
        is_shallow: Whether only the newest checkpoint of a thread is kept.
        has_paths: Whether the paths of tasks are kept.
        rows: How many checkpoints the server takes there to be.
    """

    schema: str
    checkpoints: str
    blobs: str
    writes: str
    is_shallow: bool
    has_paths: bool
    rows: int

    @property
    def id(self) -> str:
        """The SQL expression of a checkpoint's id."""
        return "checkpoint->>'id'" if self.is_shallow else "checkpoint_id"

    @property
    def header(self) -> str:
        """The columns of a header; the transaction that saved the row stands for the order in which rows were saved."""
        parent = "NULL::text" if self.is_shallow else "parent_checkpoint_id"
        return f"xmin::text::bigint, thread_id, checkpoint_ns, {self.id}, {parent}, pg_column_size(checkpoint)"


def tables_of(found: Iterable[Table]) -> list[Tables]:
    """The sets of tables that are LangGraph's, one for each schema that has one, in the order given."""
    schemas: dict[str, dict[str, Table]] = {}
    for table in found:
        schemas.setdefault(table.schema, {})[table.name] = table
    made = []
    for schema, own in schemas.items():
        if not all(name in own and _REQUIRED[name].items() <= own[name].columns.items() for name in TABLES):
            continue
        checkpoints, blobs, writes = (f"{identifier(schema)}.{identifier(name)}" for name in TABLES)
        columns = own["checkpoints"].columns
        is_shallow = "checkpoint_id" not in columns
        if not is_shallow and (columns.get("parent_checkpoint_id"), own["checkpoint_blobs"].columns.get("version")) != (
            "text", "text",
        ):  # fmt: skip
            continue
        has_paths = own["checkpoint_writes"].columns.get("task_path") == "text"
        made.append(Tables(schema, checkpoints, blobs, writes, is_shallow, has_paths, own["checkpoints"].rows))
    return made


def asking(statement: str, values: Sequence[Any] = ()) -> Callable[[Look], list[tuple[Any, ...]]]:
    """A function that queries all rows of a statement."""
    return lambda look: look.rows(statement, values)


def header_of(row: Sequence[Any]) -> Header:
    """The header of the columns that a header has."""
    number, thread, space, name, parent, size = row
    key = Key(thread, space, name) if type(thread) is type(space) is type(name) is str and name else None
    return Header(int(number), key, parent if type(parent) is str and parent else None, "json", int(size or 0))
