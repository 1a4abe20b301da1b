"""The layout of LangGraph's checkpoints: its special names, and the tables of its SqliteSaver.

Source: langgraph/_internal/_constants.py, langgraph/checkpoint/sqlite/__init__.py.
"""

from __future__ import annotations

START = "__start__"
END = "__end__"

SENDS = "__pregel_tasks"
"""The channel of messages to single nodes."""

INTERRUPT, RESUME, ERROR = "__interrupt__", "__resume__", "__error__"
"""Channels of the writes that a task leaves when it asks, is answered, and fails."""

ANSWERED = "interrupts_answered"
"""The member of metadata that readers add, and LangGraph does not: interrupts whose answers led to the checkpoint."""

NULL_TASK = "00000000-0000-0000-0000-000000000000"
"""The task of an answer that was given to the whole graph."""

TABLES = """
CREATE TABLE checkpoints (
    thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL DEFAULT '', checkpoint_id TEXT NOT NULL,
    parent_checkpoint_id TEXT, type TEXT, checkpoint BLOB, metadata BLOB,
    PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id)
);
CREATE TABLE writes (
    thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL DEFAULT '', checkpoint_id TEXT NOT NULL,
    task_id TEXT NOT NULL, idx INTEGER NOT NULL, channel TEXT NOT NULL, type TEXT, value BLOB,
    task_path TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (thread_id, checkpoint_ns, checkpoint_id, task_id, idx)
);
"""
"""The SQL that makes the tables of a database of a SqliteSaver."""
