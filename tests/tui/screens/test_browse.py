"""Opening a store and moving through it."""

from __future__ import annotations

import json
from itertools import cycle
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from ckpt_tui.configuration import Config
from ckpt_tui.stores.registry import open_store
from ckpt_tui.tui.app import CkptApp
from ckpt_tui.tui.widgets.tabs import Tab, TabLine
from tests.stores.saving import save
from tests.tui.support import DATA, NARROW, NORMAL, RECORDED, SAMPLES, WIDE, Driver, copy_of, open_app


class TestOpening:
    async def test_the_newest_checkpoint_is_selected_and_shown(self) -> None:
        async with open_app(SAMPLES / "hitl_pending") as app:
            await app.shows("hitl · run 1", "waits 2 review", "[Overview]", "asked", '"kettles"')
            assert app.screen.list.selected == app.screen.list.view.newest

    @pytest.mark.parametrize(
        ("sample", "size"),
        list(zip(sorted(path.name for path in SAMPLES.iterdir()), cycle([NARROW, NORMAL, WIDE]), strict=False)),
    )
    async def test_every_sample_store_opens(self, sample: str, size: tuple[int, int]) -> None:
        async with open_app(SAMPLES / sample, size) as app:
            files = {path.name for path in (SAMPLES / sample).glob("*.json")}
            assert set(app.screen.list.view.places) == files
            assert app.screen.list.view.problems == 0
            for _ in range(6):
                await app.press("t")

    async def test_forks_are_drawn_in_the_gutter(self) -> None:
        async with open_app(SAMPLES / "fork") as app:
            await app.press("g")
            await app.shows("├─┬─╮", "● │ │", "fork counter")

    async def test_it_opens_at_a_checkpoint_and_a_place(self) -> None:
        name = min((SAMPLES / "hitl_pending").glob("*.json")).stem
        async with open_app(SAMPLES / "hitl_pending", at=name[:6], steps=("state", "_executor_state", "review")) as app:
            assert app.screen.list.selected == f"{name}.json"
            assert app.screen.details[0].rows.labels == ("_executor_state", "review")
            assert not app.screen.selection.following

    async def test_an_unknown_id_is_said_and_the_newest_is_shown(self) -> None:
        async with open_app(SAMPLES / "linear", at="nosuch") as app:
            await app.shows("No checkpoint 'nosuch'")
            assert app.screen.list.selected == app.screen.list.view.newest

    async def test_a_step_of_four_digits_leaves_the_size_its_room(self, tmp_path: Path) -> None:
        state = {"text": "x" * 21_000}
        save(tmp_path, "a", iteration_count=4968, state=state)
        async with open_app(tmp_path) as app:
            await app.shows("4968")
            row = next(line for line in app.lines if "4968" in line and "●" in line)
            assert row.split("│")[1].endswith(" 22 k ")  # and the room of the scrollbar

    async def test_one_file_opens_alone(self) -> None:
        path = min((SAMPLES / "linear").glob("*.json"))
        async with open_app(path) as app:
            assert list(app.screen.list.view.places) == [path.name]


class TestEmptyAndBroken:
    async def test_an_empty_directory_says_what_would_appear(self, tmp_path: Path) -> None:
        async with open_app(tmp_path, settled=False) as app:
            await app.shows("Waiting for a checkpoint", "holds no checkpoints yet", "FileCheckpointStorage(")

    async def test_a_missing_directory_is_waited_for(self, tmp_path: Path) -> None:
        missing = tmp_path / "later"
        async with open_app(missing, settled=False) as app:
            await app.shows("does not exist yet", "waiting for the directory")
            copy_of("linear", tmp_path)
            (tmp_path / "linear").rename(missing)
            await app.shows("linear · run 1", "done")

    async def test_a_path_that_is_nearly_one_that_is_there_names_that_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        copy_of("linear", tmp_path)
        monkeypatch.chdir(tmp_path)
        async with open_app("./liner", settled=False) as app:
            await app.shows("does not exist yet", "Did you mean ./linear?")

    async def test_every_hostile_file_is_a_row(self) -> None:
        async with open_app(DATA / "hostile", WIDE) as app:
            files = {path.name for path in (DATA / "hostile").iterdir() if path.name.endswith(".json")}
            assert set(app.screen.list.view.places) == files
            for file in sorted(files):
                app.screen.list.select(file)
                await app.until(lambda file=file: app.screen.opened.file == file, file)  # type: ignore[misc]
                await app.press("t")  # another tab for every file

    async def test_a_broken_file_shows_its_reason(self, tmp_path: Path) -> None:
        store = copy_of("linear", tmp_path)
        (store / "broken.json").write_text('{"workflow_name": ')
        async with open_app(store) as app:
            await app.shows("problems · 1", "✗ broken.json", "1 unreadable")
            await app.press("G")
            await app.shows("cannot be shown as a checkpoint", "cut off after")

    async def test_markup_and_escapes_in_names_and_values_are_only_text(self, tmp_path: Path) -> None:
        store = copy_of("linear", tmp_path)
        for path in store.glob("*.json"):
            document = json.loads(path.read_text())
            document["workflow_name"] = "[/x] \x1b[31mred[/] [@click=app.quit]q[/]"
            document["state"]["[/x]"] = "[b]\x1b]0;t\x07\u202e[/n]"
            path.write_text(json.dumps(document))
        (store / "[y] [bold].json").write_text("[/z]")
        async with open_app(store, WIDE, tab="state") as app:
            await app.shows("[/x] \\e[31mred[/]", "✗ [y] [bold].json")
            await app.press("tab")
            assert app.screen.details[0].rows.open_labels(("[/x]",))
            await app.shows("[/x]", '"[b]\\e]0;t\\x07\\u202e[/n]"')
            await app.press("enter")
            await app.shows("characters")
            await app.press("escape")
            for char in app.text:
                assert char == "\n" or ord(char) >= 32


class TestMoving:
    async def test_keys_and_counts_move_the_cursor(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await app.press("g")
            places = app.screen.list
            assert places.cursor == 1
            await app.press("j", "j", "down")
            assert places.cursor == 4
            await app.press("1", "0", "j")
            assert places.cursor == 14
            await app.press("3", "k")
            assert places.cursor == 11
            await app.press("5", "g")
            assert places.cursor == 5  # a heading comes first

    async def test_the_cursor_skips_headings(self) -> None:
        async with open_app(SAMPLES / "two_workflows_one_dir") as app:
            await app.press("g")
            first = app.screen.list.selected
            await app.press("up", "up")
            assert app.screen.list.selected == first
            await app.press("J")
            second = app.screen.list.selected
            assert second != first
            await app.press("K", "K")
            assert app.screen.list.selected == first

    async def test_p_goes_to_the_parent_across_a_fork(self) -> None:
        async with open_app(SAMPLES / "fork_hitl") as app:
            await app.press("G")
            seen = []
            for _ in range(10):
                row = app.screen.list.row
                seen.append(row.node.ref.id)  # type: ignore[union-attr]
                await app.press("p")
            assert app.screen.list.row.node.parent is None  # type: ignore[union-attr]
            assert len(set(seen)) < 9  # straight up the fork, not through the other branch

    async def test_brackets_step_from_the_value_and_keep_the_place(self) -> None:
        async with open_app(RECORDED, tab="state") as app:
            await app.press("enter")
            detail = app.screen.details[0]
            detail.rows.open_labels(("draft", "score"))
            await app.pilot.pause()
            before = app.screen.list.selected
            await app.press("left_square_bracket")
            await app.settled()
            assert app.screen.list.selected != before
            assert detail.rows.labels == ("draft", "score")
            assert detail.body.has_focus

    async def test_a_click_selects_and_a_double_click_opens(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await app.press("g")
            await app.pilot.click("#checkpoints", offset=(10, 5))
            await app.pilot.pause()
            clicked = app.screen.list.region.y + 5
            assert [line[1] == "▸" for line in app.lines].index(True) == clicked
            await app.pilot.click("#checkpoints", offset=(10, 6), times=2)
            await app.pilot.pause()
            assert app.screen.details[0].body.has_focus


class TestPanes:
    async def test_a_narrow_terminal_shows_one_pane_at_a_time(self) -> None:
        async with open_app(RECORDED, NARROW) as app:
            assert "+time" in app.text
            assert "[Overview]" not in app.text
            await app.press("enter")
            await app.shows("[Overview]")
            assert "+time" not in app.text
            await app.press("tab")
            await app.shows("+time")

    async def test_a_wide_terminal_shows_the_conversation_beside_the_state(self) -> None:
        async with open_app(RECORDED, WIDE) as app:
            await app.shows("[Over", "[Talk", "system", "writer")

    async def test_z_gives_a_pane_the_whole_screen_and_back(self) -> None:
        async with open_app(RECORDED) as app:
            await app.press("tab", "z")
            await app.until(lambda: "+time" not in app.text)
            await app.press("z")
            await app.shows("+time", "[Overview]")

    async def test_resizing_keeps_the_place(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await app.press("7", "g")
            selected = app.screen.list.selected
            await app.pilot.resize_terminal(*NARROW)
            await app.pilot.resize_terminal(*WIDE)
            await app.pilot.pause()
            assert app.screen.list.selected == selected

    async def test_escape_backs_out_one_layer_and_never_quits(self) -> None:
        async with open_app(RECORDED) as app:
            await app.press("tab", "z")
            await app.press("escape")
            assert not app.screen.panes.is_zoomed
            await app.press("escape")
            assert app.screen.list.has_focus
            await app.press("escape", "escape")
            assert app.app.is_running

    async def test_q_goes_back_to_the_list_and_then_quits(self) -> None:
        async with open_app(RECORDED) as app:
            await app.press("tab", "q")
            assert app.screen.list.has_focus
            await app.press("q")
            assert app.app._exit


class TestFiltering:
    async def test_a_filter_keeps_matching_rows_and_escape_ends_it(self) -> None:
        async with open_app(RECORDED) as app:
            everything = len(app.screen.list.view.places)
            await app.press("f")
            await app.type("waiting")
            await app.press("enter")
            await app.shows("filter: waiting")
            assert 0 < len(app.screen.list.view.places) < everything
            await app.press("escape")
            await app.until(lambda: len(app.screen.list.view.places) == everything)

    async def test_a_filter_that_nothing_matches_says_so(self) -> None:
        async with open_app(SAMPLES / "linear") as app:
            await app.press("f")
            await app.type("nowhere")
            await app.press("enter")
            await app.shows("No row shows 'nowhere'", "It does not look into the values", "ctrl+f")

    async def test_what_a_filter_did_not_find_is_searched_for_in_the_values(self) -> None:
        async with open_app(SAMPLES / "linear") as app:
            await app.press("f")
            await app.type("original")
            await app.press("enter")
            await app.press("g")
            everything = len(app.screen.list.view.runs[0].nodes)
            await app.press("escape", "f")
            await app.type("_executor_state")
            await app.press("enter")
            await app.shows("No row shows '_executor_state'")
            await app.press("ctrl+f")
            await app.until(lambda: bool(app.app.screen.query("#text")), "the search")
            assert app.app.screen.query_one("#text", Input).value == "_executor_state"
            await app.press("escape")
            await app.until(lambda: len(app.screen.list.view.places) == everything, "all rows again")


class TestCounts:
    async def test_a_number_before_a_motion_counts_checkpoints_and_not_the_lines_between_them(self) -> None:
        async with open_app(RECORDED) as app:
            await app.press("g")
            rows = app.screen.list
            files = [rows.file_at(index) for index in range(rows.line_count) if rows.selectable(index)]
            await app.press("2", "0", "j")
            assert rows.selected == files[20]
            await app.press("1", "2", "k")
            assert rows.selected == files[8]
            await app.press("9", "9", "9", "k")
            assert rows.selected == files[0]
            await app.press("9", "9", "9", "9", "j")
            assert rows.selected == files[-1]


class TestKeys:
    async def test_keys_of_the_configuration_replace_the_defaults(self) -> None:
        async with open_app(SAMPLES / "loop", config=Config(keys={"view.zoom": "alt+z"})) as app:
            await app.press("z")
            assert not app.screen.panes.is_zoomed
            await app.press("alt+z")
            assert app.screen.panes.is_zoomed

    async def test_clashing_keys_are_refused_with_a_message(self) -> None:
        async with open_app(SAMPLES / "loop", config=Config(keys={"view.zoom": "F"})) as app:
            await app.shows("clashes with live.follow")

    async def test_an_unknown_command_in_the_configuration_is_named(self) -> None:
        async with open_app(SAMPLES / "loop", config=Config(keys={"no.such[/x]": "F"})) as app:
            await app.shows("no.such[/x]")

    async def test_help_lists_every_command_and_sign(self) -> None:
        async with open_app(SAMPLES / "loop", (120, 200)) as app:
            await app.press("question_mark")
            await app.shows(
                "Keys and signs", "search in the pane", "waiting for an answer", "suspend" if 0 else "to the shell"
            )
            await app.press("escape")
            await app.until(lambda: "Keys and signs" not in app.text)


class TestFirstRows:
    async def test_keys_that_come_in_one_burst_act_one_after_the_other(self) -> None:
        app = CkptApp(open_store(SAMPLES / "loop"))
        async with app.run_test(size=NORMAL) as pilot:
            driver = Driver(app, pilot)
            app.post_message(events.Key("slash", "/"))
            for char in "counter":
                app.post_message(events.Key(char, char))
            await driver.until(lambda: driver.has_prompt and driver.screen.query_one(Input).value == "counter")


class TestHints:
    @pytest.mark.parametrize("size", [NARROW, NORMAL, WIDE])
    async def test_help_is_hinted_at_whatever_the_width(self, size: tuple[int, int]) -> None:
        async with open_app(SAMPLES / "hitl_pending", size, tab="state") as app:
            assert "? help  q quit" in app.lines[-1]
            await app.press("enter")
            await app.until(lambda: "state.topic" in app.lines[-1], "the path")
            assert "? help" in app.lines[-1]

    async def test_an_empty_store_hints_at_nothing_that_needs_a_checkpoint(self, tmp_path: Path) -> None:
        async with open_app(tmp_path, settled=False) as app:
            await app.shows("Waiting for a checkpoint")
            assert app.lines[-1].split() == ["↑↓", "move", "?", "help", "q", "quit", "following"]

    async def test_the_directories_of_a_directory_without_a_store_are_named(self, tmp_path: Path) -> None:
        for name in ("one", "two"):
            (tmp_path / name / "deeper").mkdir(parents=True)
        async with open_app(tmp_path, settled=False) as app:
            await app.shows("No store here, nor one level below", "Directories in it:", "two")

    async def test_reasons_of_problems_are_behind_the_names(self, tmp_path: Path) -> None:
        for name in ("a.json", "long.json"):
            (tmp_path / name).write_text("{")
        async with open_app(tmp_path, settled=False) as app:
            await app.shows("✗ a.json     cut off", "✗ long.json  cut off")

    async def test_room_for_counts_goes_before_titles_are_cut(self) -> None:
        tabs = tuple(Tab(name, name) for name in ("State", "Overview", "Talk", "Diff", "Graph"))
        line = TabLine(tabs, ("Diff", "Talk"))
        assert "".join(line.labels(44)) == "[State] Overview  Talk      Diff      Graph "
        assert "".join(line.labels(33)) == "[State] Overview  Talk  Diff  Graph "
        assert "".join(line.labels(26)) == "[Stat] Over  Talk  Diff  Grap "

    async def test_the_active_tab_is_seen_where_not_all_of_them_fit(self) -> None:
        async with open_app(RECORDED, (20, 6)) as app:
            await app.press("tab", "f6")
            await app.shows("[Grap]")
            await app.press("f2")
            await app.shows("[Over]Stat Talk")

    async def test_no_count_moves_a_tab(self) -> None:
        names = ("State", "Messages", "Talk")
        line = TabLine(tuple(Tab(name, name) for name in names), ("Messages", "Talk"))
        before = line.labels(40)
        line.show(tuple(Tab(name, name, number) for name, number in zip(names, (None, 7, 12_000), strict=True)), "Talk")
        assert [len(label) for label in line.labels(40)] == [len(label) for label in before]
        assert "".join(line.labels(40)) == " State  Messages 7   [Talk 999]"
