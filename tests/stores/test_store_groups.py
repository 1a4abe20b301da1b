"""The groups of stores: what a database answers by query is what the list of all says."""

from pathlib import Path

import pytest

from ckpt_tui.core.runs.groups import FOLDED
from ckpt_tui.stores.langgraph import LangGraphStore
from ckpt_tui.stores.registry import open_store
from ckpt_tui.stores.store_groups import Groups, ListedGroups, groups_in
from tests.stores.langgraph_saving import checkpoint_id, connect, save, save_many
from tests.stores.saving import save as save_file
from tests.stores.watched_groups import Watching, listed

DATABASES = sorted((Path(__file__).parent.parent / "data" / "langgraph").glob("*/*.sqlite"))


@pytest.mark.parametrize("path", DATABASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_query_says_what_the_list_says(path: Path) -> None:
    store = LangGraphStore(str(path))
    assert listed(groups_in(store)) == listed(ListedGroups(store.fresh()))


@pytest.fixture(scope="module")
def groups(tmp_path_factory: pytest.TempPathFactory) -> Groups:
    path = tmp_path_factory.mktemp("many") / "many.db"
    save_many(path, 5, 4)
    return groups_in(LangGraphStore(str(path)))


class TestNames:
    """Which threads a name is looked for in."""

    @pytest.mark.parametrize(
        ("name", "threads"),
        [
            ("latest", ["thread 004", "thread 003"]),
            (f"thread 001/{checkpoint_id(2, 1)}", ["thread 001"]),
            (f"thread 001/{checkpoint_id(2, 1)[:10]}", ["thread 001"]),
            ("thread 001/latest", ["thread 001"]),
            ("thread 001/latest~2", ["thread 001"]),
            (checkpoint_id(3, 2), ["thread 002"]),
            (f"{checkpoint_id(3, 2)}~1", ["thread 002"]),
            ("no-such", []),
        ],
    )  # fmt: skip
    def test_those_that_have_it(self, groups: Groups, name: str, threads: list[str]) -> None:
        assert groups.holders(name) == threads

    @pytest.mark.parametrize("name", ["thread", "thread 001", "no such thread/latest", ""])
    def test_all_where_more_may_be_meant(self, groups: Groups, name: str) -> None:
        assert groups.holders(name) is None

    def test_the_newest_are_in_few_threads(self, groups: Groups) -> None:
        assert groups.newest(1) == ["thread 004", "thread 003"]

    def test_ids_without_a_time_make_nothing_certain(self, tmp_path: Path) -> None:
        connection = connect(tmp_path / "odd.db")
        save(connection, 1, name="zzz")
        connection.close()
        groups = groups_in(LangGraphStore(str(tmp_path / "odd.db")))
        assert groups.newest(1) is None
        assert groups.holders("latest") is None

    def test_an_id_is_found_by_a_part_of_it(self, groups: Groups) -> None:
        assert groups.matching(checkpoint_id(3, 2)[9:].upper()) == []
        assert groups.matching(checkpoint_id(3, 2)[9:]) == ["thread 002"]


def test_only_a_database_with_many_checkpoints_is_large(tmp_path: Path) -> None:
    connection = connect(tmp_path / "many.db")
    rows = ((f"t{number}", "", checkpoint_id(number, 0)) for number in range(FOLDED + 1))
    connection.executemany("INSERT INTO checkpoints VALUES (?, ?, ?, NULL, 'json', x'', x'')", rows)
    connection.commit()
    store = open_store(tmp_path / "many.db")
    assert groups_in(store).is_large()
    connection.execute("DELETE FROM checkpoints WHERE thread_id = 't7'")
    connection.commit()
    connection.close()
    assert not groups_in(store).is_large()


class TestWatch:
    """Threads while they are written to."""

    def test_a_thread_that_is_deleted_makes_all_be_listed_again(self, tmp_path: Path) -> None:
        save_many(tmp_path / "a.db", 3, 2)
        watching = Watching(groups_in(LangGraphStore(str(tmp_path / "a.db"))))
        watching.until(lambda: len(watching.ids) == 3 and watching.is_complete)
        connection = connect(tmp_path / "a.db", "")
        connection.execute("DELETE FROM checkpoints WHERE thread_id = 'thread 001'")
        connection.commit()
        connection.close()
        watching.until(lambda: watching.ids == {"thread 000", "thread 002"})
        watching.end()

    def test_a_row_that_is_used_again_is_seen(self, tmp_path: Path) -> None:
        save_many(tmp_path / "a.db", 2, 1)
        watching = Watching(groups_in(LangGraphStore(str(tmp_path / "a.db"))))
        watching.until(lambda: len(watching.ids) == 2 and watching.is_complete)
        connection = connect(tmp_path / "a.db", "")
        connection.execute("DELETE FROM checkpoints WHERE thread_id = 'thread 001'")
        save(connection, 9, thread="another")
        connection.close()
        watching.until(lambda: watching.ids == {"thread 000", "another"})
        watching.end()

    def test_news_name_the_thread_and_the_checkpoint(self, tmp_path: Path) -> None:
        save_many(tmp_path / "a.db", 2, 2)
        groups = groups_in(LangGraphStore(str(tmp_path / "a.db")))
        watching = Watching(groups)
        watching.until(lambda: len(watching.ids) == 2 and watching.is_complete)
        connection = connect(tmp_path / "a.db", "")
        name = save(connection, 20, checkpoint_id(3, 2), thread="thread 000")
        connection.close()
        watching.until(lambda: any(batch.entries for batch in watching.batches))
        [batch] = [batch for batch in watching.batches if batch.entries]
        assert [entry.file for entry in batch.entries] == [f"thread 000/{name}"]
        [group] = batch.groups
        assert (group.id, group.checkpoints, group.newest) == ("thread 000", 3, f"thread 000/{name}")
        assert groups.home(batch.entries[0].file) == "thread 000"
        watching.end()

    def test_a_store_without_queries_says_which_groups_changed(self, tmp_path: Path) -> None:
        for name in ("one", "two"):
            save_file(tmp_path, name)
        watching = Watching(groups_in(open_store(tmp_path)))
        watching.until(lambda: len(watching.ids) == 2 and watching.is_complete)
        save_file(tmp_path, "three", previous_checkpoint_id="two", iteration_count=1)
        watching.until(lambda: any(group.checkpoints == 2 for group in watching.batches[-1].groups))
        assert len(watching.batches[-1].groups) == 1
        (tmp_path / "one.json").unlink()
        watching.until(lambda: len(watching.ids) == 1)
        watching.end()
