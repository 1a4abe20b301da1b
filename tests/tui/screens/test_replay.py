"""The replay: stepping, playing, forks, pins, breakpoints, bookmarks, and the way back to the browser."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ckpt_tui.core.replay.cadence import SPEEDS
from ckpt_tui.tui.screens.compare import CompareScreen
from ckpt_tui.tui.screens.replay import ReplayScreen
from ckpt_tui.tui.screens.row_picker import RowPicker
from ckpt_tui.tui.widgets.graph_view import GraphView
from ckpt_tui.tui.widgets.step_lines import StepLines, WatchLines
from ckpt_tui.tui.widgets.text_lines import TextLines
from ckpt_tui.tui.widgets.timeline import Timeline
from tests.tui.support import NARROW, NORMAL, RECORDED, SAMPLES, WIDE, Driver, copy_of, open_app


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def screen_of(app: Driver) -> ReplayScreen:
    found = next(screen for screen in app.app.screen_stack if isinstance(screen, ReplayScreen))
    assert isinstance(found, ReplayScreen)
    return found


async def replay(app: Driver, *keys: str) -> ReplayScreen:
    """Open the replay at the checkpoint that these keys lead to, paused."""
    await app.press(*keys, "space")
    await app.until(lambda: any(isinstance(screen, ReplayScreen) for screen in app.app.screen_stack), "the replay")
    screen = screen_of(app)
    screen.playback.stop()
    await at(app, screen.position.at)
    return screen


async def at(app: Driver, place: int) -> None:
    """Wait until a step is shown."""
    screen = screen_of(app)

    def there() -> bool:
        frame = screen.playback.shown
        return screen.position.at == place and frame is not None and frame.file == screen.position.node.ref.file

    await app.until(there, f"step {place}")
    await app.pilot.pause()


async def pick(app: Driver, lines: StepLines, name: str) -> None:
    """Put the cursor on a member of the state that changed."""
    for _ in range(lines.line_count):
        if lines.path == ("state", name):
            return
        await app.press("down")
    raise AssertionError(f"{name} did not change\n{app.text}")


async def answer(app: Driver, key: str, text: str) -> None:
    """Press a key that asks for a text, and give it."""
    await app.press(key)
    screen_of(app).query_one("Input").value = text  # type: ignore[attr-defined]
    await app.press("enter")


class TestSteps:
    @pytest.mark.parametrize("size", [NARROW, NORMAL, WIDE])
    async def test_a_step_shows_who_ran_what_flies_and_what_changed(self, size: tuple[int, int]) -> None:
        async with open_app(SAMPLES / "loop", size) as app:
            await replay(app, "g")
            await app.shows("Step 0 of 19", "nothing yet: the input has come in", "◌ counter")
            await app.press("right_square_bracket")
            await at(app, 1)
            await app.shows("Step 1 of 19", "● counter", "counter → inc", "state changed", "▼", "took")
            await app.press("left")
            await at(app, 0)

    async def test_home_and_end_go_to_the_ends(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await replay(app, "g")
            await app.press("end")
            await at(app, 19)
            await app.press("right")
            await app.shows("This is the last step.")
            await app.press("home")
            await at(app, 0)

    async def test_what_is_inferred_is_marked(self) -> None:
        async with open_app(SAMPLES / "linear") as app:
            await replay(app, "G")
            await app.shows("● reverse  ~ inferred: gets what exclaim sent", "┄ edge inferred from messages")

    async def test_requests_are_reported_when_they_are_asked_and_answered(self) -> None:
        async with open_app(SAMPLES / "hitl_answered") as app:
            await replay(app, "3", "g")
            await app.shows("‖ review", "2 answers", "+ review", "asks for Decision")
            await app.press("right")
            await app.shows("− review", "answered", '"blue"', "answer → review", "nothing: answers have come in")

    async def test_a_checkpoint_that_cannot_be_read_is_passed_over(self, tmp_path: Path) -> None:
        store = copy_of("loop", tmp_path)
        async with open_app(store) as app:
            await app.press("2", "g")
            await app.settled()
            broken = app.screen.list.view.rows[3].node.ref.file  # type: ignore[union-attr]
            (store / broken).unlink()
            await app.until(lambda: broken not in app.screen.list.view.places, "the view without it")
            await replay(app, "g")

    async def test_the_same_checkpoint_is_selected_in_the_browser_afterwards(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            screen = await replay(app, "g")
            await app.press("right", "right", "right")
            await at(app, 3)
            file = screen.position.node.ref.file
            await app.press("escape")
            await app.until(lambda: app.screen.list.selected == file, "the same checkpoint")
            await app.settled()

    async def test_enter_on_a_change_shows_it_in_the_browser(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            screen = await replay(app, "4", "g")
            lines = screen.query_one(StepLines)
            await pick(app, lines, "last")
            await app.press("enter")
            await app.settled()
            pane = app.screen.details[0]
            await app.until(lambda: pane.place[1] == "state.last", "the place")


class TestPlaying:
    async def test_it_plays_to_the_end_and_says_so(self) -> None:
        async with open_app(SAMPLES / "linear") as app:
            screen = await replay(app, "g")
            screen.playback.speed = SPEEDS.index("recorded")
            await app.press("space")
            await at(app, 3)
            await app.shows("The end of the branch.", "‖ paused")

    async def test_it_stops_where_a_breakpoint_becomes_true_forwards_and_backwards(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            screen = await replay(app, "g")
            await answer(app, "b", "state.last > `3`")
            screen.playback.speed = SPEEDS.index("recorded")
            await app.press("space")
            await app.shows("◆ stopped at step 7: state.last > `3` became true", "◆ state.last > `3`  true here")
            assert not screen.playback.playing
            await answer(app, "b", "state.last == `2`")
            await app.press("backspace")
            await app.shows("◆ stopped backwards at step 4: state.last == `2` became true")

    async def test_as_fast_as_it_draws_each_step_is_shown_and_breakpoints_stop_it(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            screen = await replay(app, "g")
            await answer(app, "b", "state.last > `3`")
            screen.playback.speed = SPEEDS.index("as fast as it draws")
            await app.press("space")
            await app.shows("◆ stopped at step 7: state.last > `3` became true")

    async def test_several_breakpoints_are_typed_at_once_and_what_is_wrong_with_one_is_shown_below_it(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await replay(app, "g")
            await answer(app, "b", "state.last > `3`; changes:nowhere")
            await app.shows("nowhere is not a path to a value")
            await app.press("escape")
            await answer(app, "b", "executor:inc; changes:state.last")
            await app.shows("executor:inc; changes:state.last: space plays")
            await app.press("right_parenthesis")
            await app.shows("state.last changed")

    async def test_one_key_goes_to_the_next_breakpoint_and_one_to_that_before(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            screen = await replay(app, "g")
            await app.press("right_parenthesis")
            await app.shows("There is no breakpoint")
            await answer(app, "b", "state.last > `3`")
            await answer(app, "b", "state.last > `5`")
            await app.press("right_parenthesis")
            await at(app, 7)
            await app.press("right_parenthesis")
            await at(app, 11)
            await app.press("right_parenthesis")
            await app.shows("No breakpoint becomes true after this step.")
            await app.press("left_parenthesis")
            await at(app, 7)
            assert not screen.playback.playing

    async def test_a_breakpoint_that_is_no_expression_is_refused_with_a_reason(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            screen = await replay(app, "g")
            await answer(app, "b", "state..")
            await app.shows("Not a JMESPath expression")
            await app.press("escape")
            assert not screen.query_one(WatchLines).line_count

    async def test_speeds_are_reported(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await replay(app, "g")
            for key, word in (
                ("<", "0.5×"), (">", "1×"), (">", "2×"), (">", "4×"), (">", "16×"),
                (">", "as fast as it draws"), (">", "recorded"),
            ):  # fmt: skip
                await app.press("less_than_sign" if key == "<" else "greater_than_sign")
                await app.shows(f"paused · {word}")

    async def test_long_waits_of_the_recording_are_squeezed_and_said_so(self, tmp_path: Path) -> None:
        store = copy_of("linear", tmp_path)
        files = sorted(store.glob("*.json"), key=lambda path: str(json.loads(path.read_text())["timestamp"]))
        begin = datetime(2026, 1, 1, tzinfo=UTC)
        for number, path in enumerate(files):
            document = json.loads(path.read_text())
            document["timestamp"] = (begin + timedelta(hours=number)).isoformat()
            path.write_text(json.dumps(document, indent=2, ensure_ascii=False))
        async with open_app(store) as app:
            screen = await replay(app, "g")
            screen.playback.speed = SPEEDS.index("recorded")
            await app.press("space")
            await app.shows("a wait of 60 min takes 3 s")

    async def test_news_of_a_copy_beside_it_leave_a_replay_in_its_own_store(self, tmp_path: Path) -> None:
        for name in ("copy", "own"):
            shutil.copytree(SAMPLES / "loop", tmp_path / "pair" / name)
        first = next((tmp_path / "pair" / "copy").glob("*.json"))
        async with open_app(tmp_path / "pair") as app:
            screen = await replay(app, "G")
            mine = screen.position.node.ref.file
            assert mine.startswith("own/")
            news = json.loads(first.read_bytes()) | {"checkpoint_id": "new", "previous_checkpoint_id": first.stem}
            (first.parent / "new.json").write_text(json.dumps(news))
            await app.until(lambda: len(app.screen.list.view.places) == 41, "the new checkpoint")
            assert screen.position.track.run.store == "own"
            assert screen.position.node.ref.file == mine

    async def test_a_run_that_goes_on_extends_the_track_while_it_plays(self, tmp_path: Path) -> None:
        store = copy_of("loop", tmp_path)
        files = sorted(store.glob("*.json"), key=lambda path: str(json.loads(path.read_text())["timestamp"]))
        kept = {path: path.read_bytes() for path in files[5:]}
        for path in kept:
            path.unlink()
        async with open_app(store) as app:
            screen = await replay(app, "g")
            screen.playback.speed = SPEEDS.index("recorded")
            await app.press("space")
            await app.shows("at the live edge, waits for the next step")
            assert screen.position.at == 4
            for path, data in list(kept.items())[:3]:
                path.write_bytes(data)
            await at(app, 7)
            await app.shows("Step 7 of 7", "at the live edge")

    async def test_a_run_that_stopped_shows_whom_its_last_message_was_for(self) -> None:
        async with open_app(SAMPLES / "raises") as app:
            await replay(app, "G")
            await app.shows("✗ boom", "no trace after its message", "~ inferred: it left no trace")


class TestForks:
    async def test_a_fork_asks_which_way_and_remembers_it(self) -> None:
        async with open_app(SAMPLES / "fork") as app:
            screen = await replay(app, "g")
            fork = next(iter(screen.position.track.forks.values()))
            for _ in range(fork.at):
                await app.press("right")
            await at(app, fork.at)
            branches = f"{len(fork.branches)} branches"
            await app.shows(f"fork: {branches},", f"continues · {branches} · f chooses", "▸ 1 ")
            await app.press("right")
            await app.until(lambda: isinstance(app.app.screen, RowPicker), "the question")
            await app.shows("The run continues in")
            await app.press("2")
            await at(app, fork.at + 1)
            await app.press("left")
            await at(app, fork.at)
            await app.shows(f"fork: branch 2 of {len(fork.branches)}", "▸ 2 ")
            await app.press("right")
            await at(app, fork.at + 1)
            assert screen.position.node.ref.id == fork.branches[1].ref.id

    async def test_playing_stops_at_a_fork_that_nobody_decided(self) -> None:
        async with open_app(SAMPLES / "fork") as app:
            screen = await replay(app, "g")
            screen.playback.speed = SPEEDS.index("recorded")
            await app.press("space")
            await app.until(lambda: isinstance(app.app.screen, RowPicker), "the question")
            assert screen.position.at == next(iter(screen.position.track.forks))
            await app.press("escape")
            assert not screen.playback.playing

    async def test_another_way_can_be_taken_later(self) -> None:
        async with open_app(SAMPLES / "fork_hitl") as app:
            screen = await replay(app, "G")
            before = screen.position.node.ref.id
            await app.press("f")
            await app.until(lambda: isinstance(app.app.screen, RowPicker), "the question")
            await app.press("1")
            await app.until(lambda: screen.position.node.ref.id != before, "another branch")
            assert screen.position.track.place(before) < 0

    async def test_the_browser_selects_the_checkpoint_of_the_branch(self) -> None:
        async with open_app(SAMPLES / "fork") as app:
            screen = await replay(app, "G")
            file = screen.position.node.ref.file
            await app.press("escape")
            await app.until(lambda: app.screen.list.selected == file, "the same checkpoint")


class TestWatching:
    async def test_a_changed_path_is_pinned_and_jumped_to(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            screen = await replay(app, "4", "g")
            lines = screen.query_one(StepLines)
            await pick(app, lines, "last")
            await app.press("p")
            await app.shows("⊙ state.last  2 ●")
            await app.press("right_curly_bracket")
            await at(app, 5)
            await app.shows("⊙ state.last  3 ●", "▁")
            await app.press("left_curly_bracket", "left_curly_bracket")
            await app.until(lambda: screen.position.at == 1, "the first change")
            await app.press("left_curly_bracket")
            await app.shows("No pinned path changes before this step.")

    async def test_values_that_are_no_numbers_show_what_they_were(self) -> None:
        async with open_app(SAMPLES / "orch_groupchat") as app:
            await replay(app, "G")
            await answer(app, "P", "state._executor_state.group_chat_orchestrator.metadata")
            await app.shows("⊙ state._executor_state.group_chat_orchestrator.metadata")

    async def test_what_is_no_path_is_refused(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await replay(app, "g")
            await answer(app, "P", "state.last > `3`")
            await app.shows("A pin is a path such as state.draft.score")

    async def test_pins_and_breakpoints_are_kept_for_the_next_time_and_can_be_dropped(self, state: Path) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await replay(app, "g")
            await answer(app, "P", "state.last")
            await answer(app, "b", "state.last > `3`")
        assert list(state.rglob("*.json"))
        async with open_app(SAMPLES / "loop") as app:
            screen = await replay(app, "g")
            await app.shows("⊙ state.last", "◇ state.last > `3`")
            screen.query_one(WatchLines).focus()
            await app.press("x", "x")
            await app.until(lambda: not screen.query_one(WatchLines).line_count, "nothing watched")
            assert screen.query_one(StepLines).has_focus

    async def test_secrets_are_masked_in_pins_and_changes(self) -> None:
        async with open_app(SAMPLES / "run_kwargs") as app:
            await replay(app, "G")
            await answer(app, "P", 'state._workflow_run_kwargs.function_invocation_kwargs."__global__".token')
            await app.shows("⊙ state._workflow_run_kwargs")
            assert "s3cr3t" not in app.text


class TestBookmarks:
    async def test_a_bookmark_and_a_note_are_kept_listed_and_jumped_to(self, state: Path) -> None:
        async with open_app(SAMPLES / "loop") as app:
            screen = await replay(app, "4", "g")
            await app.press("B")
            await app.shows("★ Bookmarked")
            await answer(app, "a", "here it [b]grows[/b]")
            await app.shows("★ here it [b]grows[/b]")
            await app.press("home")
            await at(app, 0)
            await app.press("apostrophe")
            await app.shows("Bookmarks and notes", "here it [b]grows[/b]", "iteration 3")
            await app.press("enter")
            await at(app, 3)
            assert screen.position.at == 3
            await app.press("escape")
            await app.shows("★●")
        assert not any((SAMPLES / "loop").glob("*note*"))
        kept = json.loads(next(state.rglob("*.json")).read_text())
        assert [note["note"] for note in kept["notes"]] == ["here it [b]grows[/b]"]

    async def test_the_browser_marks_and_lists_them_too(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await app.press("4", "g", "B")
            await app.shows("★●")
            await app.press("g", "apostrophe")
            await app.shows("Bookmarks and notes")
            await app.press("enter")
            await app.settled()
            row = app.screen.list.row
            assert row is not None and app.screen.list.cursor == 4

    async def test_a_note_of_the_browser_is_kept(self, state: Path) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await app.press("4", "g")
            await app.press("a")
            await app.type("look here")
            await app.press("enter")
            await app.shows("Note saved", "✎●")
        kept = json.loads(next(state.rglob("*.json")).read_text())
        assert [note["note"] for note in kept["notes"]] == ["look here"]

    async def test_they_are_exported(self, tmp_path: Path) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await app.press("3", "g", "B", "apostrophe", "w")
            from textual.widgets import Input

            app.app.screen.query_one(Input).value = str(tmp_path / "notes.md")
            await app.press("enter")
            await app.until(lambda: (tmp_path / "notes.md").exists(), "the file")
            await app.press("w")
            app.app.screen.query_one(Input).value = str(tmp_path / "notes.md")
            await app.press("enter")
            await app.until(lambda: "file already, which was not changed" in app.text, "a refusal")
            await app.press("w")
            app.app.screen.query_one(Input).value = str(SAMPLES / "loop" / "notes.md")
            await app.press("enter")
            await app.shows("A store is never written to")
        assert "★" in (tmp_path / "notes.md").read_text()


class TestMouse:
    async def test_the_line_of_the_track_takes_the_mouse(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            screen = await replay(app, "g")
            line = screen.query_one(Timeline)
            await app.pilot.click(line, offset=(line.column(12), 0))
            await at(app, 12)
            await app.pilot.mouse_down(line, offset=(line.column(12), 0))
            await app.pilot.hover(line, offset=(line.column(5), 0))
            await app.pilot.mouse_up(line, offset=(line.column(5), 0))
            await at(app, 5)
            await app.pilot.click(line, offset=(1, 0))
            await at(app, 4)
            await app.pilot.click(line, offset=(line.size.width - 1, 0))
            await at(app, 5)

    async def test_every_step_has_a_column_of_its_own_where_there_is_room(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            screen = await replay(app, "g")
            line = screen.query_one(Timeline)
            assert [line.place(line.column(place)) for place in range(20)] == list(range(20))


class TestRoom:
    async def test_in_a_narrow_terminal_a_wide_graph_is_above(self) -> None:
        async with open_app(SAMPLES / "orch_concurrent", NARROW) as app:
            screen = await replay(app, "1", "g")
            assert screen.panes.has_class("-stacked")
            await app.shows("legal", "marketing", "finance", "aggregator")
            assert all(len(line) <= 80 for line in app.lines)

    async def test_the_graph_follows_a_resize(self) -> None:
        async with open_app(RECORDED, NORMAL) as app:
            screen = await replay(app, "2", "g")
            await app.pilot.resize_terminal(60, 20)
            await app.pilot.pause()
            assert screen.query_one(GraphView).line_count
            await app.pilot.resize_terminal(200, 50)
            await app.shows("┃ ● ")

    async def test_help_names_the_keys_of_the_replay(self) -> None:
        async with open_app(SAMPLES / "loop", WIDE) as app:
            await replay(app, "g")
            await app.press("question_mark")
            await app.shows("Keys and signs")
            assert "next change of a pinned path" in app.app.screen.query_one(TextLines).plain_text


class TestWhatTheBrowserKnows:
    async def test_the_diff_of_the_shown_step_opens_over_the_replay(self) -> None:
        async with open_app(SAMPLES / "linear") as app:
            screen = await replay(app)
            await app.press("end", "d")
            await app.until(lambda: isinstance(app.app.screen, CompareScreen), "the comparison")
            compared = app.app.screen
            assert isinstance(compared, CompareScreen)
            assert compared.pair[1].file == screen.position.node.ref.file
            await app.press("escape")
            await app.until(lambda: app.app.screen is screen, "the replay")

    async def test_going_to_a_place_of_the_diff_leaves_the_replay(self) -> None:
        async with open_app(SAMPLES / "linear") as app:
            await replay(app)
            await app.press("end", "d")
            await app.shows("left out")
            await app.press("J", "t")
            await app.until(lambda: app.app.screen is app.screen, "the browser")

    @pytest.mark.parametrize(("key", "shown"), [("D", "doctor"), ("S", "sizes"), ("ctrl+f", "find")])
    async def test_doctor_sizes_and_find_open_over_the_replay(self, key: str, shown: str) -> None:
        async with open_app(SAMPLES / "linear") as app:
            screen = await replay(app)
            await app.press("home", key)
            await app.shows(f" {shown} ")
            await app.press("escape")
            await app.until(lambda: app.app.screen is screen, "the replay")

    async def test_a_bisection_goes_on_in_the_browser(self) -> None:
        async with open_app(SAMPLES / "linear") as app:
            await replay(app)
            await app.press("home", "equals_sign")
            await app.type("state")
            await app.press("enter")
            await app.until(lambda: app.app.screen is app.screen, "the browser")
            await app.shows("first true in iteration")
