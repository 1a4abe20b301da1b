"""The groups of a database that is shown with its forks: what a query and the forks say is what the whole list says."""

import shutil
import threading
from pathlib import Path

from ckpt_tui.core.model import CheckpointRef
from ckpt_tui.stores.base import Store
from ckpt_tui.stores.fork_directories import overlay, with_forks
from ckpt_tui.stores.langgraph import LangGraphStore
from ckpt_tui.stores.store_groups import Groups, ListedGroups
from tests.stores.langgraph_saving import checkpoint_id, connect, save, save_many
from tests.support.patience import PATIENCE

ORDERS = Path(__file__).parent.parent / "data" / "langgraph" / "answered-twice" / "orders.sqlite"


def listed(groups: Groups) -> dict[str, tuple[object, ...]]:
    known = {group.id: group for batch in groups.scan() for group in batch.groups}
    return {
        name: (*group._replace(position=0, store=""), sorted(entry.file for entry in groups.entries(name)))
        for name, group in known.items()
    }


def opened(store: Store) -> Groups:
    found = store.groups()
    assert found is not None
    return found


def test_forks_belong_to_the_threads_they_were_made_of(tmp_path: Path) -> None:
    shutil.copytree(ORDERS.parent, tmp_path / "orders")
    store = with_forks(LangGraphStore(str(tmp_path / "orders" / "orders.sqlite")))
    assert store.members
    found = listed(opened(store))
    assert found == listed(ListedGroups(store.fresh()))
    assert any("/" in file.removeprefix("orders") for _, *_, files in found.values() for file in files)  # type: ignore[attr-defined]


def test_what_a_fork_writes_is_news_of_its_thread(tmp_path: Path) -> None:
    save_many(tmp_path / "a.db", 3, 2)
    shutil.copyfile(tmp_path / "a.db", tmp_path / "fork.db")
    groups = opened(overlay(str(tmp_path / "a.db"), [str(tmp_path / "fork.db")]))
    stop, done = threading.Event(), threading.Event()
    counts: dict[str, int] = {}
    entries: list[str] = []

    def follow() -> None:
        for batch in groups.watch(stop):
            counts.update((group.id, group.checkpoints) for group in batch.groups)
            entries.extend(entry.id for entry in batch.entries if isinstance(entry, CheckpointRef))
            if counts.get("thread 001") == 3:
                done.set()

    thread = threading.Thread(target=follow)
    thread.start()
    connection = connect(tmp_path / "fork.db", "")
    name = save(connection, 30, checkpoint_id(2, 1), thread="thread 001")
    connection.close()
    try:
        assert done.wait(PATIENCE)
    finally:
        stop.set()
        thread.join()
    assert entries == [f"thread 001/{name}"], "copies of the store's own checkpoints are left out"
    assert counts == {"thread 000": 2, "thread 001": 3, "thread 002": 2}
    [file] = [entry.file for entry in groups.entries("thread 001") if name in entry.file]
    assert groups.home(file) == "thread 001"


def test_a_name_is_looked_for_in_the_store_and_in_all_that_forks_add(tmp_path: Path) -> None:
    save_many(tmp_path / "a.db", 3, 2)
    shutil.copyfile(tmp_path / "a.db", tmp_path / "fork.db")
    connection = connect(tmp_path / "fork.db", "")
    save(connection, 30, checkpoint_id(2, 1), thread="thread 001")
    connection.close()
    groups = opened(overlay(str(tmp_path / "a.db"), [str(tmp_path / "fork.db")]))
    assert groups.holders(f"thread 002/{checkpoint_id(3, 2)}") == ["thread 002", "thread 001"]
    assert set(groups.newest(1) or ()) >= {"thread 001", "thread 002"}
    assert groups.holders("thread") is None
