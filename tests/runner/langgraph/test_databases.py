"""A thread copied as it was at a checkpoint: what is kept of it, what is taken back, and that the original stays."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.langgraph_layout import NULL_TASK
from ckpt_tui.runner.faults import Fault
from ckpt_tui.runner.langgraph.databases import Copied, Place, copy_thread
from tests.stores.langgraph_saving import checkpoint_id, connect, save, write

ASKS, DONE = "task-asks", "task-done"


def encode(value: Any) -> tuple[str, bytes]:
    return "json", json.dumps(value).encode()


def copied(source: Path, target: Path, name: str, again: frozenset[str] = frozenset()) -> Copied:
    return copy_thread(str(source), str(target), Place("t", name), lambda _, data: json.loads(data), encode, again)


def writes_in(path: Path, space: str = "") -> list[tuple[str, str, Any]]:
    """Task, channel and value of each write."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT task_id, channel, value FROM writes WHERE checkpoint_ns = ?", (space,))
        return [(task, channel, json.loads(value)) for task, channel, value in rows]


def ids_in(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT checkpoint_ns, checkpoint_id FROM checkpoints ORDER BY 1, 2").fetchall()


def asked(path: Path, answers: list[str], first: int, child: bool = True) -> tuple[sqlite3.Connection, str]:
    """A thread whose second checkpoint asked; `first` is the index of what the node wrote once it was answered."""
    connection = connect(path)
    start = save(connection, 0, source="input")
    name = save(connection, 1, start)
    write(connection, name, DONE, 0, "log", "beside")
    write(connection, name, ASKS, -3, "__interrupt__", [{"value": "sure?", "id": "q"}])
    if answers:
        write(connection, name, ASKS, -4, "__resume__", answers)
    write(connection, name, NULL_TASK, -4, "__resume__", "last")
    write(connection, name, ASKS, first, "log", "answered")
    if child:
        save(connection, 2, name)
    return connection, name


@pytest.mark.parametrize(
    ("answers", "first", "kept"),
    [
        (["yes"], 1, []),  # one question
        (["a"], 2, [(ASKS, "__resume__", ["a"])]),  # two: LangGraph keeps the list of the first answers alone
        (["a", "b", "c"], 3, [(ASKS, "__resume__", ["a", "b"])]),
        (["a", "b"], 1, [(ASKS, "__resume__", ["a", "b"])]),  # three, before 0.4: the list is without the last
        (["yes"], 0, []),  # one that LangGraph 0.2 gave its first answer again
        ([], 0, []),  # a graph within the graph was asked
    ],
)
def test_the_last_answer_and_what_came_of_it_are_taken_back(
    tmp_path: Path, answers: list[str], first: int, kept: list[Any]
) -> None:
    connection, name = asked(tmp_path / "old.db", answers, first)
    connection.close()
    found = copied(tmp_path / "old.db", tmp_path / "new.db", name)
    assert found == Copied(checkpoints=2, was_taken=True)
    question = (ASKS, "__interrupt__", [{"value": "sure?", "id": "q"}])
    assert sorted(writes_in(tmp_path / "new.db"), key=str) == sorted(
        [(DONE, "log", "beside"), question, *kept], key=str
    )


def test_what_is_done_stays_where_nothing_followed_unless_it_is_to_be_asked_again(tmp_path: Path) -> None:
    connection, name = asked(tmp_path / "old.db", ["yes"], 1, child=False)
    connection.close()
    assert copied(tmp_path / "old.db", tmp_path / "same.db", name) == Copied(2, was_taken=False)
    assert (ASKS, "log", "answered") in writes_in(tmp_path / "same.db")
    copied(tmp_path / "old.db", tmp_path / "again.db", name, frozenset((ASKS,)))
    assert (ASKS, "log", "answered") not in writes_in(tmp_path / "again.db")
    assert (DONE, "log", "beside") in writes_in(tmp_path / "again.db")


def test_only_ancestors_and_the_graphs_called_from_them_are_copied(tmp_path: Path) -> None:
    connection = connect(tmp_path / "old.db")
    first = save(connection, 0, source="input")
    second = save(connection, 1, first)
    save(connection, 2, first)  # a fork
    save(connection, 3, second)
    save(connection, 4, space="sub:one", parents={"": first})
    save(connection, 5, space="sub:two", parents={"": checkpoint_id(2, 1)})
    save(connection, 6, thread="other")
    connection.close()
    copied(tmp_path / "old.db", tmp_path / "new.db", second)
    assert ids_in(tmp_path / "new.db") == [("", first), ("", second), ("sub:one", checkpoint_id(4, 3))]


def test_a_graph_within_the_graph_is_kept_as_far_as_its_question(tmp_path: Path) -> None:
    connection, name = asked(tmp_path / "old.db", [], 0)
    space = f"sub:{ASKS}"
    inner = save(connection, 3, space=space, parents={"": name})
    write(connection, inner, "inner", -3, "__interrupt__", [{"value": "sure?", "id": "q"}], space=space)
    write(connection, inner, "inner", -4, "__resume__", ["a", "b"], space=space)
    write(connection, inner, "inner", 2, "log", "answered", space=space)
    save(connection, 4, inner, space=space, parents={"": name})
    connection.close()
    copied(tmp_path / "old.db", tmp_path / "new.db", name)
    assert (space, checkpoint_id(4, 3)) not in ids_in(tmp_path / "new.db")
    assert writes_in(tmp_path / "new.db", space) == [
        ("inner", "__interrupt__", [{"value": "sure?", "id": "q"}]), ("inner", "__resume__", ["a"])
    ]  # fmt: skip


def test_a_failed_task_and_a_run_that_is_replayed_begin_anew(tmp_path: Path) -> None:
    connection = connect(tmp_path / "old.db")
    first = save(connection, 0, source="input")
    write(connection, first, DONE, 0, "log", "done")
    write(connection, first, "fails", -1, "__error__", "ValueError()")
    copied(tmp_path / "old.db", tmp_path / "failed.db", first)
    assert writes_in(tmp_path / "failed.db") == [(DONE, "log", "done")]
    connection.execute("DELETE FROM writes WHERE channel = '__error__'")
    save(connection, 1, first)
    connection.close()
    copied(tmp_path / "old.db", tmp_path / "replayed.db", first)
    assert writes_in(tmp_path / "replayed.db") == []


def test_nothing_is_left_beside_the_original_whether_it_is_open_or_not(tmp_path: Path) -> None:
    connection, name = asked(tmp_path / "old.db", ["yes"], 1)
    for number in range(2):
        before = digests(tmp_path)
        copied(tmp_path / "old.db", tmp_path / f"new{number}.db", name)
        assert digests(tmp_path) == before
        connection.close()
    assert list(before) == ["old.db"]


def digests(directory: Path) -> dict[str, bytes]:
    """What the database and the files beside it hold; the index of the log is where readers are noted, too."""
    found = sorted(directory.glob("old.db*"))
    return {
        each.name: b"" if each.name.endswith("-shm") else hashlib.sha256(each.read_bytes()).digest() for each in found
    }


def test_a_checkpoint_that_is_not_there_is_named(tmp_path: Path) -> None:
    connection, _ = asked(tmp_path / "old.db", [], 0)
    connection.close()
    with pytest.raises(Fault, match="nothing is not in thread t"):
        copied(tmp_path / "old.db", tmp_path / "new.db", "nothing")
