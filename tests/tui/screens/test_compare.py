"""What changed, on the screen: counts in the list, marks in the tree, the tab, and the Compare screen."""

import json
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from ckpt_tui.configuration import Config
from ckpt_tui.core.diff.changes import Change, Difference
from ckpt_tui.core.diff.ignore_rules import IgnoreRules
from ckpt_tui.core.diff.value_diff import diff_checkpoints
from ckpt_tui.core.paths import expression
from ckpt_tui.stores.registry import open_store
from ckpt_tui.tui.screens.compare import CompareScreen
from ckpt_tui.tui.screens.dialogs import TextScreen
from ckpt_tui.tui.screens.rules import RulesScreen
from ckpt_tui.tui.widgets.diff_rows import DiffRows
from ckpt_tui.tui.widgets.finding_list import FindingText
from tests.cli.commands import Output, called
from tests.stores.saving import save
from tests.tui import support
from tests.tui.support import NARROW, NORMAL, SAMPLES, WIDE, Driver

open_app = partial(support.open_app, tab="state")


def between(store: Path, *files: str, ignore: IgnoreRules | None = None) -> Difference:
    opened = open_store(store)
    before, after = files
    return diff_checkpoints(opened.load(before), opened.load(after), ignore)


def ordered(store: Path) -> list[str]:
    """File names by time."""
    return sorted(
        (path.name for path in store.glob("*.json")),
        key=lambda name: str(json.loads((store / name).read_text())["timestamp"]),
    )


async def compared(app: Driver) -> CompareScreen:
    """The Compare screen, once it shows changes."""
    await app.until(lambda: isinstance(app.app.screen, CompareScreen), "the screen")
    screen = app.app.screen
    assert isinstance(screen, CompareScreen)
    await app.until(lambda: screen.compared is not None, "compared")
    await app.pilot.pause()
    return screen


def shown(rows: DiffRows) -> list[tuple[str, str]]:
    changes: list[Change] = [row.change for row in rows._rows if row.change is not None]
    return sorted((change.op, expression(change.path)) for change in changes)


def expected(difference: Difference) -> list[tuple[str, str]]:
    return sorted((change.op, expression(change.path)) for change in difference.shown)


class TestList:
    async def test_each_checkpoint_on_the_screen_says_how_much_it_changed(self) -> None:
        store = SAMPLES / "loop"
        files = ordered(store)
        async with open_app(store) as app:
            counts = app.screen.list.counts
            await app.until(lambda: len(counts) == len(files) - 1, "all counted")
            for before, after in pairwise(files):
                assert counts[after] == len(between(store, before, after).shown)
            await app.shows("±4")

    async def test_only_what_is_on_the_screen_is_counted(self, tmp_path: Path) -> None:
        for index in range(80):
            parent = f"c{index - 1:03}" if index else None
            when = f"2026-01-01T10:00:{index // 60:02}.{index % 60:02}0000+00:00"
            save(tmp_path, f"c{index:03}", previous_checkpoint_id=parent, timestamp=when, state={"n": index})
        async with open_app(tmp_path, NORMAL) as app:
            counts = app.screen.list.counts
            await app.until(lambda: len(counts) >= 30, "the last ones counted")
            assert "c079.json" in counts
            assert "c001.json" not in counts
            await app.press("g")
            await app.until(lambda: "c001.json" in counts, "the first ones counted")


class TestTree:
    async def test_a_value_shows_what_it_was(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await app.shows("was 9")

    async def test_the_tab_lists_the_changes(self) -> None:
        store = SAMPLES / "loop"
        files = ordered(store)
        async with open_app(store) as app:
            await app.until(lambda: "±4" in app.text, "the count")
            app.screen.details[0].pick("diff")
            await app.shows("- inc", "seen[9]", "9 → 10")
            rows = app.screen.details[0].query_one(DiffRows)
            assert shown(rows) == expected(between(store, *files[-2:]))

    async def test_the_first_checkpoint_has_nothing_to_be_compared_with(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await app.press("g")
            await app.settled()
            app.screen.details[0].pick("diff")
            await app.shows("it has no parent")


class TestCompare:
    @pytest.mark.parametrize("size", [NARROW, NORMAL, WIDE])
    async def test_d_compares_with_the_parent(self, size: tuple[int, int]) -> None:
        store = SAMPLES / "orch_groupchat"
        files = ordered(store)
        async with open_app(store, size) as app:
            await app.press("d")
            screen = await compared(app)
            assert shown(screen.rows) == expected(between(store, *files[-2:]))
            assert "1/3" in app.text
            await app.press("J")
            assert "2/3" in app.text
            await app.press("n", "N", "K")
            assert "1/3" in app.text
            await app.press("escape")
            assert app.app.screen is app.screen

    async def test_a_text_is_searched_in_the_changes_and_n_travels_from_match_to_match(self) -> None:
        store = SAMPLES / "fork"
        files = ordered(store)
        async with open_app(store) as app:
            app.screen.list.show_marks([files[0]])
            app.screen.list.select(files[-1])
            await app.press("d")
            screen = await compared(app)
            await app.press("slash")
            await app.type("sq: 2")
            await app.press("enter")
            await app.shows("No match for 'sq: 2'")
            await app.press("slash")
            await app.press(*["backspace"] * 5)
            await app.type("counter")
            await app.press("enter")
            await app.shows("match 2 of 2 for 'counter'")
            assert screen.rows.row is not None
            assert screen.rows.row.kind == "group"
            await app.press("n")
            await app.shows("match 1 of 2")
            assert screen.rows.place == 'messages."internal:counter"'
            await app.press("N")
            await app.shows("match 2 of 2")
            await app.press("v", "n")
            await app.until(lambda: screen.rows.unsearched() is None, "searched again in rows that are laid out anew")
            await app.press("escape", "n")
            await app.shows("2/9")
            await app.press("escape")
            assert app.app.screen is app.screen

    async def test_esc_closes_the_line_for_a_text_first(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await app.press("d")
            screen = await compared(app)
            await app.press("slash", "n", "escape")
            assert app.app.screen is screen
            assert not screen.rows.match
            assert screen.rows.has_focus

    async def test_the_tab_of_the_changes_is_searched_as_the_other_tabs_are(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await app.until(lambda: "±4" in app.text, "the count")
            app.screen.details[0].pick("diff")
            await app.shows("9 → 10")
            app.screen.details[0].query_one(DiffRows).focus()
            await app.press("slash")
            await app.type("seen")
            await app.press("enter")
            await app.shows("match 1 of 1 for 'seen'")
            assert "seen" in app.screen.details[0].query_one(DiffRows).place

    async def test_it_says_what_the_command_line_says(self, capsysbinary: Output) -> None:
        store = SAMPLES / "fork"
        files = ordered(store)
        names = [files[at].removesuffix(".json") for at in (2, -1)]
        done = called(capsysbinary, "diff", store, *names, "--json")
        async with open_app(store) as app:
            app.screen.list.show_marks([files[2]])
            app.screen.list.select(files[-1])
            await app.press("d")
            screen = await compared(app)
            assert shown(screen.rows) == sorted((change["op"], change["path"]) for change in done.document["changes"])

    async def test_m_marks_the_one_to_compare_with(self) -> None:
        store = SAMPLES / "loop"
        async with open_app(store) as app:
            await app.press("g", "m")
            marked = app.screen.list.selected
            await app.shows("◆", "Marked")
            await app.press("G", "d")
            screen = await compared(app)
            assert screen.pair[0].file == marked
            assert screen.pair[1].file == app.screen.list.selected
            assert shown(screen.rows) == expected(between(store, *(ref.file for ref in screen.pair)))
            await app.press("x")
            await app.until(lambda: screen.compared is not None, "compared")
            assert screen.pair[1].file == marked

    async def test_sides_and_what_did_not_change(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await app.press("d")
            screen = await compared(app)
            assert " │ " not in app.text
            await app.press("v")
            assert " │ " in app.text
            before = screen.rows.line_count
            await app.press("a")
            assert screen.rows.line_count > before
            await app.press("a", "v")
            assert " │ " not in app.text

    async def test_rules_are_seen_and_switched(self) -> None:
        store = SAMPLES / "sub_workflow"
        files = ordered(store)
        async with open_app(store) as app:
            app.screen.list.show_marks([files[-2]])
            app.screen.list.select(files[-1])
            await app.press("d")
            screen = await compared(app)
            ignored = between(store, *files[-2:]).by_rule
            assert ignored
            for rule, count in ignored.items():
                assert f"✓ {rule} {count}" in app.text
            await app.press("i")
            await app.until(lambda: isinstance(app.app.screen, RulesScreen))
            await app.press("a", "escape")
            await app.until(lambda: screen.compared is not None and not screen.ignore.rules, "shown anew")
            await app.pilot.pause()
            assert shown(screen.rows) == expected(between(store, *files[-2:], ignore=IgnoreRules(())))
            assert "✗ timestamps" in app.text
            await app.press("escape")
            assert app.screen.parent_diff.ignore.rules == ()

    async def test_f_says_where_two_branches_part(self) -> None:
        store = SAMPLES / "fork_hitl"
        documents = {name: json.loads((store / name).read_text()) for name in ordered(store)}
        parents = {found["previous_checkpoint_id"] for found in documents.values()}
        first, second = [name for name in documents if name.removesuffix(".json") not in parents]
        async with open_app(store) as app:
            app.screen.list.show_marks([first])
            app.screen.list.select(second)
            await app.press("d")
            screen = await compared(app)
            await app.press("f")
            await app.shows("common ancestor", "they diverge in step 1", "data.approved")
            assert [documents[ref.file]["previous_checkpoint_id"] for ref in screen.pair] == [
                documents[screen.pair[0].file]["previous_checkpoint_id"]
            ] * 2
            await app.press("f")
            await app.until(lambda: [ref.file for ref in screen.pair] == [first, second], "back")

    async def test_branches_that_are_the_same_say_so(self) -> None:
        store = SAMPLES / "fork"
        documents = {name: json.loads((store / name).read_text()) for name in ordered(store)}
        parents = {found["previous_checkpoint_id"] for found in documents.values()}
        tips = [name for name in documents if name.removesuffix(".json") not in parents]
        async with open_app(store) as app:
            app.screen.list.show_marks([tips[0]])
            app.screen.list.select(tips[-1])
            await app.press("d")
            await compared(app)
            await app.press("f")
            await app.shows("common ancestor", "are equal")

    async def test_the_change_under_the_cursor_is_in_full_below_the_others(self, tmp_path: Path) -> None:
        save(tmp_path, "a", state={"n": 1, "poem": "roses"})
        save(tmp_path, "b", previous_checkpoint_id="a", iteration_count=1, state={"n": 2, "poem": "roses\nand violets"})
        async with open_app(tmp_path) as app:
            await app.press("d")
            screen = await compared(app)
            full = screen.query_one(FindingText)
            for _ in range(2):
                await app.until(lambda: full.border_title == screen.rows.place, "the change")
                if screen.rows.place == "state.poem":
                    break
                await app.press("J")
            assert any(line.strip("│ ").startswith("and violets") for line in app.lines), app.text

    async def test_a_change_opens_in_full_from_the_tab_of_the_browser_too(self) -> None:
        async with open_app(SAMPLES / "linear") as app:
            await app.press("tab", "f5")
            await app.until(lambda: app.screen.panes.detail.place[1], "a change")
            place = app.screen.panes.detail.place[1]
            await app.press("enter")
            await app.until(lambda: isinstance(app.app.screen, TextScreen), "the change")
            await app.shows(place, "esc closes")

    async def test_a_change_opens_in_full_and_leads_to_its_place(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await app.press("d")
            screen = await compared(app)
            for _ in range(3):
                await app.press("J")
            assert screen.rows.place == "state.last"
            await app.press("enter")
            await app.shows("before", "after")
            await app.press("escape", "t")
            await app.until(lambda: app.screen.panes.detail.place[1] == "state.last", "its place")

    async def test_secrets_are_masked_until_they_are_revealed(self, tmp_path: Path) -> None:
        save(tmp_path, "a", state={"api_key": "one-two", "n": 1, "token": "kept"})
        save(tmp_path, "b", previous_checkpoint_id="a", state={"api_key": "three", "n": 2, "token": "kept"})
        async with open_app(tmp_path, at="b") as app:
            await app.shows("was 1")
            assert "one-two" not in app.text
            await app.press("d", "a")
            await compared(app)
            await app.press("a", "a")
            assert "one-two" not in app.text
            assert "kept" not in app.text
            await app.press("exclamation_mark")
            assert "one-two" in app.text

    async def test_the_configuration_has_rules_of_its_own(self, tmp_path: Path) -> None:
        save(tmp_path, "a", state={"cache": 1, "n": 1})
        save(tmp_path, "b", previous_checkpoint_id="a", state={"cache": 2, "n": 2})
        async with open_app(tmp_path, config=Config(ignore={"mine": ["state.cache"]}), at="b") as app:
            await app.press("d")
            screen = await compared(app)
            assert shown(screen.rows) == [("changed", "state.n")]
            assert "✓ mine 1" in app.text

    async def test_a_checkpoint_without_a_parent_says_what_to_do(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await app.press("g", "d")
            await app.shows("m marks a checkpoint")
