"""A thread to continue: copied to a database, edited, opened for a graph."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
import types
from typing import Any

from ckpt_tui.core.langgraph_layout import INTERRUPT, NULL_TASK, START

from ..edits import Editor
from ..faults import Fault, said
from ..made import Maker
from ..protection import saving
from .databases import Copied, Place, Written, copy_thread, make_database
from .graph_gate import Gate, GatedSerializer
from .questions import Question, questions_in
from .release import Release
from .savers import open_saver

_INPUT = f"internal:{START}"


class Thread:
    """One thread in a database of its own, the checkpoint its newest; or one that begins there.

    Args:
        release: The LangGraph that is installed.
        gate: Judges what is loaded.
        graph: The graph; its own saver has the serializer.
        path: The database.
        place: The checkpoint; its id is "" where the thread begins.

    Attributes:
        saver: The saver of the graph.
        copied: The result of the copy.
        checkpoint: The body of the checkpoint, loaded.
        metadata: Its metadata.
    """

    def __init__(self, release: Release, gate: Gate, graph: Any, path: str, place: Place) -> None:
        self._release, self._gate, self._graph = release, gate, graph
        self.path, self.place = path, place
        own = getattr(graph, "checkpointer", None)
        self._serializer = getattr(own, "serde", None) if not isinstance(own, bool) else None
        self.saver: Any = None
        self.copied = Copied(0, False)
        self.checkpoint: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self._closing: list[str] = []

    @classmethod
    def scratch(cls, release: Release, gate: Gate, graph: Any, place: Place) -> Thread:
        """One in a private directory, which goes with `close`."""
        directory = tempfile.mkdtemp(prefix="ckpt-tui-")
        made = cls(release, gate, graph, os.path.join(directory, "thread.sqlite"), place)
        made._closing.append(directory)
        return made

    def copy(self, source: str, again: frozenset[str] = frozenset()) -> None:
        """Copy it from the original; see `copy_thread`.

        Raises:
            Fault: it cannot be read, or names what may not be loaded.
        """
        serializer = GatedSerializer(self._plain_serializer(), self._gate)
        with saving():
            self.copied = copy_thread(
                source, self.path, self.place, lambda *typed: serializer.loads_typed(typed), serializer.dumps_typed,
                again,
            )  # fmt: skip

    def begin(self) -> None:
        """Make it a thread without checkpoints."""
        with saving():
            make_database(self.path).close()

    def _plain_serializer(self) -> Any:
        if self._serializer is not None:
            return self._serializer
        return self._release.serializer_class()

    def open(self) -> None:
        """Open it for the graph, and load the checkpoint, if there is one.

        Raises:
            Fault: it names what may not be loaded, or cannot be loaded.
        """
        self.saver = open_saver(self._release, self.path, self._gate, self._serializer)
        self._graph.checkpointer = self.saver
        if not self.place.checkpoint:
            return
        try:
            found = self.saver.get_tuple(self.config)
        except Fault:
            raise
        except Exception as error:
            raise Fault("checkpoint", f"LangGraph cannot load the checkpoint: {said(error)}") from None
        self.checkpoint, self.metadata = found.checkpoint, dict(found.metadata or {})

    @property
    def config(self) -> dict[str, Any]:
        """The config that names the thread; its newest checkpoint is the one that is resumed."""
        return {"configurable": {"thread_id": self.place.thread, "checkpoint_ns": ""}}

    def stored(self) -> list[tuple[str, bytes]]:
        """Encoding and bytes of all values that are loaded at the checkpoint, to be judged first."""
        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            where = (self.place.thread, self.place.checkpoint)
            rows = connection.execute(
                "SELECT type, checkpoint FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = ''"
                " AND checkpoint_id = ?", where,
            ).fetchall()  # fmt: skip
            rows += connection.execute(
                "SELECT type, value FROM writes WHERE thread_id = ? AND checkpoint_id = ?", where
            ).fetchall()
            rows += connection.execute(
                "SELECT type, value FROM writes WHERE thread_id = ? AND channel = '__pregel_tasks' AND checkpoint_id ="
                " (SELECT parent_checkpoint_id FROM checkpoints WHERE thread_id = ? AND checkpoint_id = ?)",
                (self.place.thread, *where),
            ).fetchall()  # fmt: skip
        return [(str(encoding), data) for encoding, data in rows if isinstance(data, bytes)]

    def written(self) -> list[Written]:
        """The writes of the tasks of the checkpoint."""
        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            rows = connection.execute(
                "SELECT task_id, idx, channel, type, value, task_path FROM writes WHERE thread_id = ?"
                " AND checkpoint_ns = '' AND checkpoint_id = ? ORDER BY rowid",
                (self.place.thread, self.newest()),
            ).fetchall()
        return [Written(*row) for row in rows]

    def newest(self) -> str:
        """The id of the newest checkpoint of the graph itself; "" where there is none."""
        found = self.saver.get_tuple(self.config)
        return str(found.config["configurable"]["checkpoint_id"]) if found is not None else ""

    def snapshot(self) -> Any:
        """The graph's own snapshot of its newest checkpoint: values, next, tasks."""
        return self._graph.get_state(self.config)

    def questions(self, snapshot: Any, open_only: bool = True) -> list[Question]:
        """The interrupts of the newest checkpoint; the unanswered ones, or all."""
        written = self.written()
        done = self.done()
        nodes = {task.id: task.name for task in snapshot.tasks}
        # Tasks of another release have other ids: the one that is left over is matched last.
        strange = {each.task for each in written if each.channel == INTERRUPT} - nodes.keys()
        left = [task.name for task in snapshot.tasks if task.id not in {each.task for each in written}]
        if len(strange) == len(left) == 1:
            nodes[strange.pop()] = left[0]
        asked = [each for each in written if not open_only or each.task not in done]
        return questions_in(asked, self.saver.serde, nodes)

    def done(self) -> frozenset[str]:
        """Tasks of the newest checkpoint that are done."""
        return frozenset(each.task for each in self.written() if each.number >= 0 and each.task != NULL_TASK)

    def edit(self, edits: list[dict[str, Any]], maker: Maker) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
        """Change values of the checkpoint, which keeps its id.

        Returns:
            The changes, and for each edit that cannot be done its path and the reason.
        """
        values = self.checkpoint["channel_values"]
        state = {name: value for name, value in values.items() if not _is_work(name)}
        given = types.SimpleNamespace(data=values[START]) if START in values else None
        editor = Editor(
            types.SimpleNamespace(state=state, messages={_INPUT: [given]} if given is not None else {}), maker
        )
        done, faults = [], []
        for edit in edits:
            path, steps = edit["path"], edit["steps"]
            if edit.get("drop"):
                faults.append((path, "a graph has no messages in flight that could be dropped"))
                continue
            if steps[0] == "state" and len(steps) > 1 and steps[1] not in state and steps[1] in self._deltas():
                faults.append((path, f"{steps[1]} is stored as additions, not as a value: edit it with update_state"))
                continue
            if steps[0] == "state" and len(steps) == 2 and steps[1] not in self._graph.channels:
                faults.append((path, f"the graph has no channel {steps[1]}"))
                continue
            try:
                done.append({"path": path, **editor.apply(steps, edit["value"])})
            except ValueError as error:
                faults.append((path, str(error)))
            except Exception as error:
                faults.append((path, said(error)))
        if done and not faults:
            values.update(state)
            if given is not None:
                values[START] = given.data
            self._store(state)
        return done, faults

    def _deltas(self) -> dict[str, Any]:
        return self.metadata.get("counters_since_delta_snapshot") or {}

    def _store(self, state: dict[str, Any]) -> None:
        versions = self.checkpoint["channel_versions"]
        for name in state:  # a channel that had no value has no version
            if name not in versions:
                versions[name] = self.saver.get_next_version(max(versions.values(), default=None), None)
        encoding, data = self.saver.serde.dumps_typed(self.checkpoint)
        self.saver.conn.execute(
            "UPDATE checkpoints SET type = ?, checkpoint = ? WHERE thread_id = ? AND checkpoint_ns = ''"
            " AND checkpoint_id = ?", (encoding, data, self.place.thread, self.place.checkpoint),
        )  # fmt: skip
        self.saver.conn.commit()

    def close(self) -> None:
        """Close it; one in a private directory is deleted."""
        if self.saver is not None:
            with contextlib.suppress(Exception):
                self.saver.conn.close()
        for directory in self._closing:
            shutil.rmtree(directory, ignore_errors=True)


def _is_work(channel: str) -> bool:
    return channel.startswith(("__", "branch:", "join:", "start:"))
