"""Checkpoints of LangGraph saved to PostgreSQL as its savers do, without them."""

import json
from typing import Any

from tests.stores.langgraph_saving import checkpoint_id

SHALLOW = """
CREATE TABLE checkpoints (thread_id text, checkpoint_ns text, type text, checkpoint jsonb, metadata jsonb,
  PRIMARY KEY (thread_id, checkpoint_ns));
CREATE TABLE checkpoint_blobs (thread_id text, checkpoint_ns text, channel text, type text, blob bytea,
  PRIMARY KEY (thread_id, checkpoint_ns, channel));
CREATE TABLE checkpoint_writes (thread_id text, checkpoint_ns text, checkpoint_id text, task_id text, idx integer,
  channel text, type text, blob bytea, task_path text);
"""

TABLES = """
CREATE TABLE checkpoints (thread_id text, checkpoint_ns text, checkpoint_id text, parent_checkpoint_id text,
  type text, checkpoint jsonb, metadata jsonb, PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id));
CREATE TABLE checkpoint_blobs (thread_id text, checkpoint_ns text, channel text, version text, type text, blob bytea,
  PRIMARY KEY (thread_id, checkpoint_ns, channel, version));
CREATE TABLE checkpoint_writes (thread_id text, checkpoint_ns text, checkpoint_id text, task_id text, idx integer,
  channel text, type text, blob bytea, task_path text,
  PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx));
"""


def save(connection: Any, number: int, parent: str | None = None, thread: str = "t", **values: Any) -> str:
    """Save a checkpoint as the saver does, with values inline; its id."""
    own = checkpoint_id(number, number - 1)
    body = {
        "v": 4, "ts": "2026-11-29T17:26:24.000000+00:00", "id": own, "channel_values": values,
        "channel_versions": dict.fromkeys(values, str(number)), "versions_seen": {},
    }  # fmt: skip
    about = {"source": "loop", "step": number - 1, "parents": {}}
    connection.execute(
        "INSERT INTO checkpoints VALUES (%s, '', %s, %s, NULL, %s, %s) ON CONFLICT (thread_id, checkpoint_ns, "
        "checkpoint_id) DO UPDATE SET checkpoint = EXCLUDED.checkpoint",
        (thread, own, parent, json.dumps(body), json.dumps(about)),
    )
    return own


def save_two(connection: Any) -> None:
    connection.execute(TABLES)
    save(connection, 1, save(connection, 0, n=0), n=1)
