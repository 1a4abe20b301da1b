"""A large database is asked for the part that decides; the answer is that of the whole list."""

import sqlite3
from pathlib import Path

import pytest

from ckpt_tui.actions.selected_checkpoints import read_selected
from ckpt_tui.actions.store_contents import read_named, read_store
from ckpt_tui.core.runs.groups import FOLDED
from ckpt_tui.core.runs.ids import IdFault, find
from ckpt_tui.core.runs.lineage import Run
from ckpt_tui.core.runs.selected_runs import Selection
from ckpt_tui.stores.langgraph import LangGraphStore
from tests.stores.langgraph_saving import checkpoint_id, connect

STEPS = 10
THREADS = FOLDED // STEPS + 1


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "large.db"
    connection = connect(path)
    body = b'{"v": 4, "id": "", "ts": "", "channel_values": {}, "channel_versions": {}, "versions_seen": {}}'
    rows: list[tuple[object, ...]] = []
    for step in range(STEPS):
        for thread in range(THREADS):
            number = step * THREADS + thread
            parent = checkpoint_id(number - THREADS, step - 1) if step else None
            space = "part:1" if step == 0 and thread % 3 == 0 else ""
            row = (f"t{thread}", space, checkpoint_id(number, step), None if space else parent, "json", body, b"{}")
            rows.append(row)
    connection.executemany("INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    return path


@pytest.fixture(scope="module")
def everything(database: Path) -> tuple[Run, ...]:
    return read_store(LangGraphStore(str(database)), fast=True)[0]


LATE = checkpoint_id(9 * THREADS + 7, 9)


@pytest.mark.parametrize(
    "name",
    ["latest", "latest~3", "t7/latest", f"t7/{LATE}", f"t7/{LATE[:20]}", LATE, f"{LATE}~1", LATE[9:18], "t7/no", "no"],
)
def test_a_name_means_what_it_means_in_the_whole_store(database: Path, everything: tuple[Run, ...], name: str) -> None:
    runs, _ = read_named(LangGraphStore(str(database)), name)
    assert sum(len(run.nodes) for run in runs) <= 3 * STEPS, "only what decides is read"
    assert found(name, runs) == found(name, everything)


def test_several_names_are_looked_for_at_once(database: Path) -> None:
    runs, _ = read_named(LangGraphStore(str(database)), "t7/latest", "t8/latest")
    assert {run.id for run in runs} == {"t7", "t8"}


def test_what_may_mean_many_is_looked_for_in_all(database: Path) -> None:
    runs, _ = read_named(LangGraphStore(str(database)), "t7")
    assert sum(len(run.nodes) for run in runs) == STEPS * THREADS


@pytest.mark.parametrize(
    "selection",
    [Selection(limit=1), Selection(limit=12), Selection(run="t7"), Selection(run="t9", limit=2), Selection(run=LATE)],
    ids=str,
)
def test_a_part_of_the_list_is_that_of_the_whole(
    database: Path, everything: tuple[Run, ...], selection: Selection
) -> None:
    runs, problems = read_selected(LangGraphStore(str(database)), selection, fast=True)
    assert shape(runs) == shape(selection.before_reading(everything))
    assert problems == []


def test_rows_that_cannot_be_shown_are_listed_with_the_newest(database: Path, tmp_path: Path) -> None:
    path = tmp_path / "odd.db"
    path.write_bytes(database.read_bytes())
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO checkpoints VALUES (x'00', '', 'a', NULL, 'json', x'', x'')")
    connection.commit()
    connection.close()
    _, problems = read_selected(LangGraphStore(str(path)), Selection(limit=1), fast=True)
    assert [problem.kind for problem in problems] == ["foreign"]


def found(name: str, runs: tuple[Run, ...]) -> str:
    try:
        return find(name, runs).ref.file
    except IdFault as fault:
        return fault.reason


def shape(runs: tuple[Run, ...]) -> dict[str, list[tuple[object, ...]]]:
    return {run.id: [(node.ref.file, node.parent, node.lanes, node.irregular) for node in run.nodes] for run in runs}
