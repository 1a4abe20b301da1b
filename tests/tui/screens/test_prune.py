"""Marks in the list, and deleting what is marked: shown first, asked once, brought back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ckpt_tui.actions.trash import trash_of
from ckpt_tui.core.runs.listing import NodeRow
from ckpt_tui.tui.screens.compare import CompareScreen
from ckpt_tui.tui.screens.prune import PruneScreen
from ckpt_tui.tui.screens.yes_no import YesNoScreen
from ckpt_tui.tui.widgets.prune_lists import WishList
from tests.tui.support import DATA, NARROW, Driver, copy_of, open_app


def files(store: Path) -> set[str]:
    return {path.name for path in store.glob("*.json")}


def listed(app: Driver) -> list[str]:
    return [row.node.ref.file for row in app.screen.list.view.rows if isinstance(row, NodeRow)]


async def opened(app: Driver) -> PruneScreen:
    await app.press("P")
    await app.until(lambda: isinstance(app.app.screen, PruneScreen), "the choice of what to delete")
    await app.shows("would go")
    screen = app.app.screen
    assert isinstance(screen, PruneScreen)
    return screen


async def compared(app: Driver) -> list[str]:
    """The files of the two checkpoints that are compared."""
    await app.until(lambda: isinstance(app.app.screen, CompareScreen), "the comparison")
    screen = app.app.screen
    assert isinstance(screen, CompareScreen)
    return [ref.file for ref in screen.pair]


async def agreed(app: Driver) -> None:
    await app.press("enter")
    await app.until(lambda: isinstance(app.app.screen, YesNoScreen), "the question")
    await app.press("y")


async def test_a_key_that_does_not_move_the_plan_says_why(tmp_path: Path) -> None:
    async with open_app(copy_of("loop", tmp_path), NARROW) as app:
        await opened(app)
        await app.press("tab", "k")
        await app.shows("There is no more of the plan above.")


class TestMarks:
    async def test_several_are_marked_counted_and_taken_back(self, tmp_path: Path) -> None:
        async with open_app(copy_of("loop", tmp_path), NARROW) as app:
            names = listed(app)
            await app.press("g", "m", "j", "j", "2", "m")
            assert app.screen.list.marked == {names[0], names[2], names[3]}
            await app.shows("◆ 3", "3 are marked: P deletes them")
            await app.press("m")
            assert app.screen.list.marked == {names[0], names[3]}
            await app.press("U")
            assert not app.screen.list.marked and "◆" not in app.text

    async def test_a_whole_run_is_marked_at_once(self, tmp_path: Path) -> None:
        async with open_app(copy_of("two_workflows_one_dir", tmp_path)) as app:
            first = {node.ref.file for node in app.screen.list.view.runs[0].nodes}
            await app.press("g", "m", "M")
            assert app.screen.list.marked == first < set(listed(app))
            await app.shows(f"◆ {len(first)} marked")
            await app.press("M")
            assert not app.screen.list.marked

    async def test_of_a_filtered_run_what_is_shown_is_marked(self, tmp_path: Path) -> None:
        async with open_app(copy_of("hitl_answered", tmp_path)) as app:
            await app.press("f", *"done", "enter")
            await app.until(lambda: len(listed(app)) == 1, "the filter")
            await app.press("M")
            assert app.screen.list.marked == set(listed(app))

    async def test_marks_stay_while_others_come_and_go(self, tmp_path: Path) -> None:
        store = copy_of("loop", tmp_path)
        async with open_app(store) as app:
            first, *_, last = listed(app)
            await app.press("g", "m")
            (store / last).unlink()
            await app.until(lambda: last not in listed(app), "one went")
            assert app.screen.list.marked == {first}
            assert sum(line.startswith("│◆") for line in app.lines) == 1

    async def test_d_compares_with_the_one_marked_and_with_the_parent_where_several_are(self, tmp_path: Path) -> None:
        async with open_app(copy_of("loop", tmp_path)) as app:
            names = listed(app)
            await app.press("g", "2", "m", "G", "d")
            assert await compared(app) == names[-2:]
            await app.press("escape", "g", "j", "d")
            assert await compared(app) == names[:2]


class TestDeleting:
    async def test_what_is_marked_goes_and_comes_back_and_the_cursor_stays_near(self, tmp_path: Path) -> None:
        store = copy_of("loop", tmp_path)
        before = files(store)
        async with open_app(store) as app:
            names = listed(app)
            await app.press("G", "k", "2", "m")
            await opened(app)
            await app.shows("2 checkpoints go", "loop.trash")
            await agreed(app)
            await app.shows("2 checkpoints went to the trash: P, then u brings them back")
            assert files(store) == before - set(names[-2:])
            await app.until(lambda: app.screen.list.selected == names[-3], "the row next to them")
            assert not app.screen.list.marked and "◆" not in app.text
            await opened(app)
            await app.shows("u bring back 2")
            await app.press("u")
            await app.shows("2 checkpoints are back")
            await app.until(lambda: listed(app) == names, "all of them")
            assert files(store) == before and app.screen.list.selected == names[-3]
            assert not os.path.exists(trash_of(str(store)))

    async def test_rows_that_go_above_leave_the_cursor_on_its_checkpoint(self, tmp_path: Path) -> None:
        async with open_app(copy_of("loop", tmp_path)) as app:
            names = listed(app)
            await app.press("g", "2", "m", "j", "j", "j")
            assert app.screen.list.selected == names[3]
            await opened(app)
            await app.press("f")
            await app.shows("2 checkpoints go", "loses its parent")
            await agreed(app)
            await app.until(lambda: listed(app) == names[2:], "they went")
            assert app.screen.list.selected == names[3]

    @pytest.mark.parametrize("part", ["#head", "#wishes", "#plan", "#foot"])
    async def test_the_list_may_change_while_the_screen_is_closed(self, part: str, tmp_path: Path) -> None:
        async with open_app(copy_of("loop", tmp_path)) as app:
            screen = await opened(app)
            await screen.query_one(part).remove()
            screen.keep_up()
            await app.press("escape")
            await app.until(lambda: app.app.screen is app.screen, "the browser")

    @pytest.mark.parametrize("key", ["enter", "n", "escape"])
    async def test_only_y_deletes(self, key: str, tmp_path: Path) -> None:
        store = copy_of("loop", tmp_path)
        before = files(store)
        async with open_app(store) as app:
            await opened(app)
            await app.press("enter")
            await app.shows("Delete 1 checkpoint?")
            await app.press(key)
            assert isinstance(app.app.screen, PruneScreen)
            assert files(store) == before

    async def test_what_kept_ones_descend_from_stays_until_it_is_forced(self, tmp_path: Path) -> None:
        async with open_app(copy_of("loop", tmp_path)) as app:
            await app.press("g")
            await opened(app)
            await app.shows("nothing would go", "1 checkpoint stays: kept ones descend from it · f deletes them, too")
            await app.press("enter")
            await app.shows("Nothing would go: the list says why")
            await app.press("f")
            await app.shows("1 checkpoint goes", "1 checkpoint stays and loses its parent")

    async def test_what_waits_stays_unless_it_is_named(self, tmp_path: Path) -> None:
        async with open_app(copy_of("hitl_pending", tmp_path)) as app:
            screen = await opened(app)
            await app.shows("1 checkpoint goes")
            await app.press("enter")
            await app.shows("! 1 checkpoint of them waits for an answer")
            await app.press("n", "down", "down")
            assert screen.query_one(WishList).kind == "keep"
            await app.press("e", "ctrl+u", "0", "enter")
            await app.shows("1 checkpoint stays: it waits for an answer", "nothing would go")

    async def test_numbers_are_stepped_and_typed(self, tmp_path: Path) -> None:
        async with open_app(copy_of("loop", tmp_path)) as app:
            count = len(listed(app))
            screen = await opened(app)
            await app.press("f", "down", "down", "left", "left", "l")
            await app.shows("◂ 4 ▸ newest of each run", f"{count - 4} would go")
            await app.press("down", "left", "left", "left")
            await app.shows("◂ 3 days ▸")
            await app.press("e", "ctrl+u", *"soon", "enter")
            await app.shows("soon is not an age such as 90m")
            await app.press("ctrl+u", *"2w", "enter")
            await app.shows("◂ 14 days ▸")
            assert screen.query_one(WishList).kind == "older"

    async def test_a_run_that_grows_meanwhile_is_looked_at_again(self, tmp_path: Path) -> None:
        store = copy_of("loop", tmp_path)
        async with open_app(store) as app:
            (store / listed(app)[-1]).rename(tmp_path / "later.json")
            last = listed(app)[-1]
            await app.until(lambda: last not in listed(app), "it went")
            await opened(app)
            await app.shows("1 checkpoint goes")
            (tmp_path / "later.json").rename(store / last)
            await app.shows("nothing would go", "kept ones descend from it")


class TestWhatCannotBeDone:
    async def test_a_file_that_changed_stays_with_the_reason(self, tmp_path: Path) -> None:
        store = copy_of("loop", tmp_path)
        async with open_app(store) as app:
            names = listed(app)
            await app.press("G", "k", "2", "m")
            await opened(app)
            app.screen.follower.stop()  # nobody sees the change before it matters
            (store / names[-1]).write_text("{}")
            await agreed(app)
            await app.shows("1 checkpoint went to the trash, 1 stays", "has changed since it was listed")
            assert files(store) == set(names) - {names[-2]}
            await app.shows("u bring back 1")

    async def test_an_error_is_shown_with_what_to_do(self, tmp_path: Path) -> None:
        store = copy_of("loop", tmp_path)
        Path(trash_of(str(store))).write_text("in the way")
        async with open_app(store) as app:
            await opened(app)
            await agreed(app)
            await app.shows("cannot be made", "--for-good")
            assert len(files(store)) == len(listed(app))

    async def test_a_reason_is_shown_in_full_in_a_narrow_terminal(self, tmp_path: Path) -> None:
        store = copy_of("loop", tmp_path / "a-directory-with-a-name" / "that-fills-a-line" / "of-a-narrow-terminal")
        Path(trash_of(str(store))).write_text("in the way")
        async with open_app(store, NARROW) as app:
            await opened(app)
            await agreed(app)
            await app.shows("loop.trash/1 cannot be made: Not a directory.", "--for-good")

    async def test_a_file_that_is_there_again_is_not_replaced(self, tmp_path: Path) -> None:
        store = copy_of("loop", tmp_path)
        async with open_app(store) as app:
            last = listed(app)[-1]
            await opened(app)
            await agreed(app)
            await app.until(lambda: last not in files(store), "it went")
            (store / last).write_text("new")
            await opened(app)
            await app.press("u")
            await app.shows("a file of this name exists again")
            assert (store / last).read_text() == "new"

    async def test_there_may_be_nothing_to_bring_back(self, tmp_path: Path) -> None:
        async with open_app(copy_of("loop", tmp_path)) as app:
            await opened(app)
            await app.press("u")
            await app.shows("There is nothing to bring back")

    @pytest.mark.parametrize(
        ("store", "reason"),
        [
            (DATA / "langgraph" / "1.2.24" / "forks.sqlite", "it is only ever read"),
            (DATA / "dotnet" / "af_dotnet", "the .NET program holds the index"),
        ],
        ids=["langgraph", "dotnet"],
    )
    async def test_a_store_that_must_not_be_pruned_says_why(self, store: Path, reason: str) -> None:
        async with open_app(store, NARROW) as app:
            await app.press("P")
            await app.shows("Nothing can be deleted here", reason)
            await app.press("escape")
            assert app.app.screen is app.screen
