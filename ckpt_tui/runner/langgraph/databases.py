"""The database of a SqliteSaver: opened without a trace, and one thread of it copied as it was at a checkpoint."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from ckpt_tui.core.langgraph_layout import ERROR, INTERRUPT, NULL_TASK, RESUME, TABLES

from ..faults import Fault

_WAL_VERSION = 2

SIDES = ("-wal", "-shm", "-journal")
"""Suffixes of the files that SQLite keeps beside a database."""


class Place(NamedTuple):
    """A checkpoint of a graph: not of a graph within it.

    Attributes:
        thread: Its thread.
        checkpoint: Its id.
    """

    thread: str
    checkpoint: str


class Written(NamedTuple):
    """One write of a task."""

    task: str
    number: int
    channel: str
    encoding: str
    value: bytes
    path: str = ""


class Copied(NamedTuple):
    """The result of copying a thread.

    Attributes:
        checkpoints: How many checkpoints.
        was_taken: Whether the checkpoint has a child in the original: the writes of its tasks are left out then.
    """

    checkpoints: int
    was_taken: bool


@contextlib.contextmanager
def reading(path: str) -> Iterator[sqlite3.Connection]:
    """A connection that leaves no trace beside a database.

    Raises:
        Fault: it cannot be read.
    """
    copied = ""
    try:
        place, how = path, "mode=ro"
        if _keeps_log(path):
            log = _size(path + "-wal")
            if not log:
                how = "mode=ro&immutable=1"  # opened in the usual way it would get a log beside it
            elif os.path.exists(path + "-shm"):
                how = "mode=ro&readonly_shm=1"
            else:
                copied = tempfile.mkdtemp(prefix="ckpt-tui-")
                place = os.path.join(copied, "copy")
                shutil.copyfile(path, place)
                shutil.copyfile(path + "-wal", place + "-wal")
        name = f"file:{quote(os.path.abspath(place))}?{how}"
        with contextlib.closing(sqlite3.connect(name, uri=True, timeout=2.0, isolation_level=None)) as connection:
            for pragma in ("query_only = 1", "trusted_schema = 0", "cell_size_check = 1"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("BEGIN")
            yield connection
    except (OSError, sqlite3.Error) as error:
        what = f"{path} cannot be read: {error}"
        raise Fault("checkpoint", what, "check whether it still exists and is not locked") from None
    finally:
        if copied:
            shutil.rmtree(copied, ignore_errors=True)


def _keeps_log(path: str) -> bool:
    with open(path, "rb") as file:
        return _WAL_VERSION in file.read(20)[18:20]


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


def make_database(path: str) -> sqlite3.Connection:
    """A new database with the tables of a saver, those of the newest release."""
    connection = sqlite3.connect(path)
    connection.executescript("PRAGMA journal_mode = WAL;" + TABLES)
    return connection


def copy_thread(source: str, target: str, place: Place, decode: Callable[[str, bytes], Any],
                encode: Callable[[Any], tuple[str, bytes]], again: frozenset[str] = frozenset()) -> Copied:  # fmt: skip
    """Copy a thread as it was at a checkpoint: that one, its ancestors, and the graphs called from them.

    The copy can be continued as if the checkpoint were the newest. Where it was continued before, the writes of its
    tasks are left out, and with them the last answer: a task that asked asks again, one that failed or was not
    interrupted runs again. Tasks that were done when others asked or failed stay done.

    Args:
        source: The original database.
        target: The new one, which must not exist yet.
        place: The checkpoint.
        decode: Gives the value of a type and bytes.
        encode: Gives type and bytes of a value.
        again: Tasks that are to be asked again although the checkpoint has no child: they were answered, others not.

    Raises:
        Fault: the checkpoint is not there.
    """
    with reading(source) as old, contextlib.closing(make_database(target)) as new:
        ids = _lineage(old, place)
        was_taken = bool(old.execute(
            "SELECT 1 FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = '' AND parent_checkpoint_id = ? LIMIT 1",
            place,
        ).fetchone())  # fmt: skip
        for identifier in reversed(ids[1:]):
            _copy_checkpoint(old, new, place.thread, "", identifier)
            _copy_writes(new, place.thread, "", identifier, _writes(old, place.thread, "", identifier))
        _copy_checkpoint(old, new, place.thread, "", place.checkpoint)
        written = _writes(old, place.thread, "", place.checkpoint)
        kept = _taken_back(written, was_taken, again, decode, encode)
        _copy_writes(new, place.thread, "", place.checkpoint, kept)
        stays = {each.task for each in kept}
        asks = {each.task for each in kept if each.channel == INTERRUPT}
        reset = {each.task for each in written if each.task not in stays} | (asks if was_taken else asks & again)
        _copy_inner(old, new, place, set(ids), stays, reset, was_taken, _Codec(decode, encode))
        new.commit()
        return Copied(len(ids), was_taken)


class _Codec(NamedTuple):
    decode: Callable[[str, bytes], Any]
    encode: Callable[[Any], tuple[str, bytes]]


def _lineage(old: sqlite3.Connection, place: Place) -> list[str]:
    """A checkpoint and its ancestors, the nearest first."""
    ids: list[str] = []
    at: Any = place.checkpoint
    while type(at) is str and at and at not in ids:
        row = old.execute(
            "SELECT parent_checkpoint_id FROM checkpoints"
            " WHERE thread_id = ? AND checkpoint_ns = '' AND checkpoint_id = ?",
            (place.thread, at),
        ).fetchone()
        if row is None:
            break
        ids.append(at)
        at = row[0]
    if not ids:
        what = f"{place.checkpoint} is not in thread {place.thread}"
        raise Fault("checkpoint", what, "check whether it still exists")
    return ids


def _copy_inner(
    old: sqlite3.Connection, new: sqlite3.Connection, place: Place, ids: set[str], stays: set[str], reset: set[str],
    was_taken: bool, codec: _Codec,
) -> None:  # fmt: skip
    """Copy the checkpoints of graphs that were called from a checkpoint or its ancestors."""
    inner: dict[str, list[str]] = {}
    for space, identifier, metadata in old.execute(
        "SELECT checkpoint_ns, checkpoint_id, metadata FROM checkpoints WHERE thread_id = ? AND checkpoint_ns <> ''"
        " ORDER BY checkpoint_id",
        (place.thread,),
    ):
        caller = _caller(metadata)
        known = caller in ids if caller else identifier <= place.checkpoint
        task = str(space).partition("|")[0].partition(":")[2]
        is_own = caller == place.checkpoint
        if not known or (is_own and was_taken and task and task not in stays):
            continue
        inner.setdefault(str(space), []).append(identifier)
        if is_own and (was_taken if not task else task in reset):
            inner[str(space)][-1] = "?" + identifier  # after the caller: only as far as the question
    for space, names in inner.items():
        later = [name[1:] for name in names if name.startswith("?")]
        for name in names:
            if not name.startswith("?"):
                _copy_checkpoint(old, new, place.thread, space, name)
                _copy_writes(new, place.thread, space, name, _writes(old, place.thread, space, name))
        found = {name: _writes(old, place.thread, space, name) for name in later}
        asked = [name for name in later if any(each.channel == INTERRUPT for each in found[name])]
        for name in later[: later.index(asked[-1]) + 1] if asked else ():
            last = name == asked[-1]
            kept = _taken_back(found[name], last, frozenset(), *codec) if last else found[name]
            _copy_checkpoint(old, new, place.thread, space, name)
            _copy_writes(new, place.thread, space, name, kept)


def _caller(metadata: Any) -> str:
    """The checkpoint of the graph that a graph within it was called from; "" where that is not kept."""
    with contextlib.suppress(ValueError, TypeError, RecursionError):
        found = json.loads(metadata).get("parents", {}).get("")
        return found if type(found) is str else ""
    return ""


def _taken_back(
    written: list[Written], was_taken: bool, again: frozenset[str], decode: Callable[[str, bytes], Any],
    encode: Callable[[Any], tuple[str, bytes]],
) -> list[Written]:  # fmt: skip
    """The writes of a checkpoint that are kept, so that its open tasks are as they were before they continued."""
    asked = {each.task for each in written if each.channel == INTERRUPT}
    failed = {each.task for each in written if each.channel == ERROR}
    if not was_taken and not again:
        return [each for each in written if each.channel != ERROR]
    if not asked and not failed:
        return []
    kept: list[Written] = []
    for task in dict.fromkeys(each.task for each in written):
        own = [each for each in written if each.task == task]
        if task == NULL_TASK:
            continue
        if task not in asked:
            kept += own if task not in failed else []
        elif not was_taken and task not in again:
            kept += own
        else:
            kept += [each for each in own if each.channel == INTERRUPT]
            kept += [one for each in own if each.channel == RESUME and (one := _shorter(each, own, decode, encode))]
    return kept


def _shorter(
    answered: Written, own: list[Written], decode: Callable[[str, bytes], Any],
    encode: Callable[[Any], tuple[str, bytes]],
) -> Written | None:  # fmt: skip
    """The answers of a task before the one to its last question.

    From 0.4 on, each answer that a task took is a write of its own before all others, and only the first list of them
    is stored: their number is the index of its first other write. Before, they are one write, and the list that is
    stored has those before the last, or the only one.
    """
    others = [each.number for each in own if each.number >= 0]
    if not others:
        return answered  # it did not come to its end: these are answers to earlier questions
    taken = min(others)
    answers = decode(answered.encoding, answered.value)
    if not isinstance(answers, list) or (taken < 2 and len(answers) < 2):
        return None
    if len(answers) < taken or taken < 2:
        return answered
    encoding, value = encode(answers[: taken - 1])
    return answered._replace(encoding=encoding, value=value)


def _copy_checkpoint(old: sqlite3.Connection, new: sqlite3.Connection, thread: str, space: str, name: str) -> None:
    row = old.execute(
        "SELECT thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata"
        " FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = ? AND checkpoint_id = ?",
        (thread, space, name),
    ).fetchone()
    new.execute(
        "INSERT OR REPLACE INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type,"
        " checkpoint, metadata) VALUES (?, ?, ?, ?, ?, ?, ?)",
        row,
    )


_WRITES = (
    "SELECT task_id, idx, channel, type, value FROM writes"
    " WHERE thread_id = ? AND checkpoint_ns = ? AND checkpoint_id = ? ORDER BY rowid"
)


def _writes(old: sqlite3.Connection, thread: str, space: str, name: str) -> list[Written]:
    has_path = any(row[1] == "task_path" for row in old.execute("PRAGMA table_info(writes)"))
    statement = _WRITES.replace("value FROM", "value, task_path FROM") if has_path else _WRITES
    return [Written(*row) for row in old.execute(statement, (thread, space, name))]


def _copy_writes(new: sqlite3.Connection, thread: str, space: str, name: str, written: list[Written]) -> None:
    new.executemany(
        "INSERT OR REPLACE INTO writes (thread_id, checkpoint_ns, checkpoint_id, task_id, idx, channel, type, value,"
        " task_path) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(thread, space, name, *each) for each in written],
    )
