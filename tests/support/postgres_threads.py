"""LangGraph's tables in PostgreSQL with any number of threads, all of one length, made by the server itself."""

from __future__ import annotations

import json
from typing import Any

from tests.stores.postgres_saving import TABLES
from tests.support.thread_database import BETWEEN, FIRST, checkpoint_id

_NOTE = "x" * 600
"""Makes a checkpoint about as long as one of a short conversation."""

_ID = (
    "left(h, 8) || '-' || substr(h, 9, 4) || '-6' || substr(h, 13, 3) || '-' || to_hex(32768 + step) || '-0242ac120002'"
)

_CHECKPOINTS = f"""
INSERT INTO checkpoints
SELECT name, '', {_ID}, lag({_ID}) OVER (PARTITION BY name ORDER BY step), NULL,
  jsonb_build_object('v', 4, 'ts', '2026-11-29T17:26:24+00:00', 'id', {_ID},
    'channel_values', jsonb_build_object('step', step, 'note', %s::text),
    'channel_versions', jsonb_build_object('step', step::text, 'note', '1'),
    'versions_seen', jsonb_build_object('work', jsonb_build_object('branch:to:work', step::text))),
  jsonb_build_object('source', CASE step WHEN 0 THEN 'input' ELSE 'loop' END, 'step', step, 'parents', '{{}}'::jsonb)
FROM (
  SELECT md5((n %% %s)::text) AS name, n / %s AS step, lpad(to_hex(%s + n::bigint * %s), 15, '0') AS h
  FROM generate_series(0, %s - 1) n
) made ORDER BY h
"""
"""Threads are written to in turns."""


def fill_threads(connection: Any, threads: int, steps: int) -> str:
    """Make the tables, with so many threads of so many checkpoints; the name of the newest thread."""
    connection.execute(TABLES)
    connection.execute("CREATE INDEX ON checkpoints (thread_id)")  # as the saver does
    connection.execute(_CHECKPOINTS, (_NOTE, threads, threads, FIRST, BETWEEN, threads * steps))
    connection.execute("VACUUM ANALYZE checkpoints")
    newest = connection.execute("SELECT thread_id FROM checkpoints ORDER BY checkpoint_id DESC LIMIT 1").fetchone()
    return str(newest[0])


def add_to_thread(connection: Any, thread: str) -> str:
    """Save one more checkpoint of a thread, as a program does that goes on; its id."""
    (last, count), *_ = connection.execute(
        "SELECT max(checkpoint_id), count(*) FROM checkpoints WHERE thread_id = %s", (thread,)
    ).fetchall()
    own = checkpoint_id(10**9 + count, count)
    body = {
        "v": 4, "ts": "2026-11-29T17:26:24+00:00", "id": own, "channel_values": {"step": count, "note": _NOTE},
        "channel_versions": {"step": str(count), "note": "1"}, "versions_seen": {},
    }  # fmt: skip
    about = {"source": "loop", "step": count, "parents": {}}
    connection.execute(
        "INSERT INTO checkpoints VALUES (%s, '', %s, %s, NULL, %s, %s)",
        (thread, own, last, json.dumps(body), json.dumps(about)),
    )
    return own
