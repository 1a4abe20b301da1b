"""History, bisect, find and sizes on the screen: they show what the command line prints, and Enter goes there."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from ckpt_tui.actions.text_search import FindResult, TextSearches
from ckpt_tui.cli.command_line import run as command
from ckpt_tui.core.paths import expression
from ckpt_tui.core.runs.path_history import history_document
from ckpt_tui.core.sizes.shares import PathShare, TypeShare
from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.stores.files import Stamp
from ckpt_tui.tui.screens.find import FindScreen
from ckpt_tui.tui.screens.history import HistoryScreen
from ckpt_tui.tui.screens.query_screen import QueryScreen
from ckpt_tui.tui.screens.sizes import SizesScreen
from ckpt_tui.tui.widgets.finding_list import FindingText
from ckpt_tui.tui.widgets.share_list import ShareList
from ckpt_tui.tui.workers import check_cancelled
from tests.actions.test_branch_queries import chain
from tests.support.patience import PATIENCE
from tests.tui import support
from tests.tui.support import NARROW, NORMAL, RECORDED, SAMPLES, Driver

open_app = partial(support.open_app, tab="state")

CHAT = SAMPLES / "orch_groupchat"
ROUND = ("_executor_state", "group_chat_orchestrator", "round_index")
Output = pytest.CaptureFixture[str]


async def answered(app: Driver, kind: type[QueryScreen[Any]]) -> Any:
    """Wait until a screen is open and its question answered."""
    await app.until(lambda: isinstance(app.app.screen, kind), f"{kind.__name__}")
    screen = app.app.screen
    assert isinstance(screen, kind)
    await app.until(lambda: not screen.running and screen.rows.line_count, "an answer")
    await app.pilot.pause()
    return screen


async def at(app: Driver, *labels: str) -> None:
    """Put the cursor on a value of the state."""
    detail = app.screen.details[0]
    app.screen.panes.focus_pane(detail)
    assert detail.rows.open_labels(labels)
    await app.pilot.pause()


async def found(app: Driver, text: str) -> FindScreen:
    """Find a text over the store."""
    await app.press("ctrl+f")
    await app.until(lambda: isinstance(app.app.screen, FindScreen), "the screen of find")
    await app.type(text)
    await app.press("enter")
    screen = app.app.screen
    assert isinstance(screen, FindScreen)
    await app.until(lambda: not screen.running, "a result")
    await app.pilot.pause()
    return screen


class TestHistory:
    @pytest.mark.parametrize("size", [NARROW, NORMAL])
    async def test_b_shows_what_the_command_line_reports(self, capsys: Output, size: tuple[int, int]) -> None:
        command(["history", str(CHAT), "state." + ".".join(ROUND), "--json"])
        document = json.loads(capsys.readouterr().out)
        async with open_app(CHAT, size) as app:
            await at(app, *ROUND)
            await app.press("b")
            screen: HistoryScreen = await answered(app, HistoryScreen)
            assert screen._history is not None
            assert history_document(screen._history) == document
            await app.shows("5 values in 10 checkpoints", "state._executor_state.group_chat_orchestrator.round_index")
            await app.shows("group_chat_orchestrator  4", "(input)", "group_chat_orchestrator ran")

    async def test_enter_goes_to_the_value_in_its_checkpoint(self) -> None:
        async with open_app(CHAT) as app:
            await at(app, *ROUND)
            await app.press("b")
            screen: HistoryScreen = await answered(app, HistoryScreen)
            assert screen.rows.cursor == 4  # the value of the selected checkpoint
            await app.press("k", "k")
            taken = screen.rows.taken
            assert taken is not None
            assert taken.value == 2
            await app.press("enter")
            await app.until(lambda: app.screen.list.selected == taken.ref.file, "the checkpoint")
            await app.settled()
            assert app.screen.details[0].rows.labels == ROUND
            assert not app.screen.selection.following

    async def test_the_branch_is_the_latest_through_the_selected_checkpoint(self) -> None:
        async with open_app(SAMPLES / "fork") as app:
            await app.press("g", "j")
            await app.settled()
            await at(app, "_executor_state", "counter", "seen")
            await app.press("b")
            screen: HistoryScreen = await answered(app, HistoryScreen)
            assert screen._history is not None
            assert screen._history.asked == 12
            assert screen.rows.taken is not None
            assert screen.rows.taken.ref.iteration <= 1
            await app.press("escape")
            assert app.app.screen is app.screen

    async def test_each_row_shows_what_came_new_and_not_the_same_beginning_again(self, tmp_path: Path) -> None:
        talk = [f"turn {number} of a long talk about lamps" for number in range(4)]
        store = chain(tmp_path, [{"talk": talk[:number], "n": 1} for number in range(1, 5)])
        async with open_app(store, NARROW) as app:
            await at(app, "talk")
            await app.press("b")
            await answered(app, HistoryScreen)
            await app.shows(*(f'+ "{text}"' for text in talk[1:]))

    async def test_secrets_stay_masked_until_they_are_revealed(self) -> None:
        async with open_app(SAMPLES / "run_kwargs") as app:
            await at(app, "_workflow_run_kwargs")
            await app.press("b")
            await answered(app, HistoryScreen)
            assert "s3cr3t" not in app.text
            await app.press("escape", "exclamation_mark", "b")
            await answered(app, HistoryScreen)
            await app.shows("s3cr3t")

    async def test_what_describes_the_checkpoint_itself_has_no_history(self) -> None:
        async with open_app(CHAT) as app:
            app.screen.details[0].pick("meta")
            app.screen.panes.focus_pane(app.screen.details[0])
            await app.press("b")
            await app.shows("have a history")


class TestBisect:
    async def test_an_expression_leads_to_the_first_checkpoint_where_it_holds(self) -> None:
        async with open_app(SAMPLES / "fork_hitl") as app:
            await app.press("equals_sign")
            await app.press("ctrl+u")
            app.screen.query_one("#ask", Input).value = "pending"
            await app.press("enter")
            await app.shows("first true in iteration 2", "it flips 3 times on this branch")
            await app.settled()
            assert app.screen.list.selected.startswith("52f75515")

    async def test_the_path_under_the_cursor_is_there_to_be_completed(self) -> None:
        async with open_app(CHAT) as app:
            await at(app, *ROUND)
            await app.press("equals_sign")
            await app.type(" > `2`")
            ask = app.screen.query_one("#ask", Input)
            assert ask.value == "state." + ".".join(ROUND) + " > `2`"
            await app.press("enter")
            await app.shows("first true in iteration 5")
            await app.settled()
            assert app.screen.details[0].tab == "diff"
            await app.shows("round_index", "2", "3")

    async def test_it_says_how_far_it_is_and_can_be_stopped(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chain(tmp_path, [{"x": [index]} for index in range(130)])
        gate = threading.Event()
        read: list[str] = []
        original = DirectoryStore.read_stamped

        def held(self: DirectoryStore, file: str) -> tuple[Stamp, bytes]:
            read.append(file)
            while len(read) > 100 and not gate.wait(0.01):
                check_cancelled()
            return original(self, file)

        async with open_app(tmp_path) as app:
            await app.settled()
            shown = app.screen.list.selected
            monkeypatch.setattr(DirectoryStore, "read_stamped", held)
            await app.press("equals_sign")
            app.screen.query_one("#ask", Input).value = "state.x[0] > `50`"
            await app.press("enter")
            await app.shows("of 130 checkpoints checked · esc stops")
            await app.press("escape")
            await app.shows("stopped")
            gate.set()
            await app.pilot.pause()
            assert app.screen.list.selected == shown
            await app.press("equals_sign")
            app.screen.query_one("#ask", Input).value = "state.x[0] > `50`"
            await app.press("enter")
            await app.shows("first true in iteration 51")

    async def test_nowhere_and_nonsense_are_reported(self) -> None:
        async with open_app(CHAT) as app:
            for text, said in (("state.nothing", "never true on this branch"), ("length(", "Not a JMESPath")):
                await app.press("equals_sign")
                app.screen.query_one("#ask", Input).value = text
                await app.press("enter")
                await app.shows(said)


class TestFind:
    async def test_matches_are_those_of_the_command_line(self, capsys: Output) -> None:
        command(["find", str(CHAT), "I think", "--json"])
        document = json.loads(capsys.readouterr().out)["matches"]
        async with open_app(CHAT) as app:
            screen = await found(app, "I think")
            shown = [
                {"id": ref.id, "path": expression(hit.path), "in": hit.where, "text": hit.text}
                for ref, hit in screen.rows.matches
            ]
            assert shown == document
            await app.shows(f"{len(document):,} matches of 2 values in 10 checkpoints", "I think A.")

    async def test_a_value_is_one_row_that_says_since_when_and_how_often_it_is_there(self, tmp_path: Path) -> None:
        store = chain(tmp_path, [{}, *({"said": "tea is better"} for _ in range(5)), {"said": "tea and milk"}])
        async with open_app(store) as app:
            screen = await found(app, "tea")
            assert len(screen.rows.matches) == 6
            lines = [line.strip("│ ") for line in app.lines if "since step" in line or "state.said" in line]
            assert lines[0].startswith("since step 1, in 5 checkpoints · first ")
            assert lines[1].endswith("state.said  tea is better")
            assert lines[2].endswith("state.said  tea and milk")
            assert screen.rows.at == 0
            await app.press("j")
            assert screen.rows.at == 5
            await app.press("enter")
            await app.shows("match 6 of 6")

    async def test_enter_goes_there_and_n_travels_on_across_checkpoints(self) -> None:
        async with open_app(CHAT) as app:
            screen = await found(app, "I think B")
            matches = list(screen.rows.matches)
            await app.press("enter")
            for number, match in enumerate(matches):
                await app.until(lambda file=match.ref.file: app.screen.list.selected == file, "the checkpoint")  # type: ignore[misc]
                await app.settled()
                await app.shows(f"match {number + 1} of {len(matches)}")
                assert app.screen.details[0].rows.path == match.hit.path
                await app.press("n")
            await app.shows(f"match 1 of {len(matches)}")
            await app.press("N")
            await app.shows(f"match {len(matches)} of {len(matches)}")
            await app.press("escape", "n")
            await app.shows("No search yet")

    async def test_what_was_found_is_there_when_it_is_opened_again(self) -> None:
        async with open_app(CHAT) as app:
            await found(app, "I think")
            await app.press("j")
            assert isinstance(app.app.screen, FindScreen)
            at = app.app.screen.rows.at
            await app.press("enter")
            await app.settled()
            await app.press("ctrl+f")
            await app.until(lambda: isinstance(app.app.screen, FindScreen), "the screen of find")
            again = app.app.screen
            assert isinstance(again, FindScreen)
            assert again.rows.at == at > 0
            assert len(again.rows.matches) > 1
            await app.shows("matches of 2 values in 10 checkpoints")

    async def test_scope_keys_and_expressions_are_switched(self) -> None:
        async with open_app(CHAT) as app:
            screen = await found(app, "round")
            everywhere = len(screen.rows.matches)
            await app.press("ctrl+k")
            await app.until(lambda: not screen.running, "keys")
            assert {match.hit.where for match in screen.rows.matches} == {"key"}
            await app.press("ctrl+o", "ctrl+o")
            await app.until(lambda: not screen.running, "one checkpoint")
            assert {match.ref.file for match in screen.rows.matches} == {app.screen.list.selected}
            assert len(screen.rows.matches) < everywhere
            await app.press("slash", "ctrl+r")
            screen.query_one(Input).value = "ro.nd_"
            await app.press("enter")
            await app.until(lambda: not screen.running, "an expression")
            assert screen.rows.matches

    async def test_results_come_in_while_it_searches_and_escape_stops_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = chain(tmp_path, [{"x": "needle"} for _ in range(20)])
        first, go_on = threading.Event(), threading.Event()
        original = TextSearches.find

        def slow(self: TextSearches, *args: Any, **options: Any) -> Iterator[FindResult]:
            for number, part in enumerate(original(self, *args, **options)):
                if number == 10:
                    first.set()
                    go_on.wait(PATIENCE)
                yield part

        monkeypatch.setattr(TextSearches, "find", slow)
        monkeypatch.setattr("ckpt_tui.tui.query_jobs.PROGRESS_SECONDS", 0.0)
        async with open_app(store) as app:
            await app.press("ctrl+f")
            await app.type("needle")
            await app.press("enter")
            screen = app.app.screen
            assert isinstance(screen, FindScreen)
            await app.until(first.is_set, "ten checkpoints")
            await app.shows("10 of 20 checkpoints", "10 matches", "stops")
            await app.press("escape")
            await app.shows("stopped · 10+ matches")
            go_on.set()
            await app.press("escape")
            await app.until(lambda: app.app.screen is app.screen, "the browser")

    async def test_markup_and_escapes_in_a_match_are_only_text(self, tmp_path: Path) -> None:
        store = chain(tmp_path, [{"a": "needle [b]bold[/b] \x1b[31mred \u202eback"}])
        async with open_app(store) as app:
            await found(app, "needle")
            await app.shows("[b]bold[/b]", "\\e[31m")
            assert "\x1b" not in app.text

    async def test_nothing_found_is_reported(self) -> None:
        async with open_app(CHAT) as app:
            await found(app, "nowhere")
            await app.shows("0 matches in 10 checkpoints", "nowhere does not occur")


class TestSizes:
    async def test_the_sizes_of_a_run_are_those_of_the_command_line(self, capsys: Output) -> None:
        command(["ls", str(CHAT), "--sizes", "--json"])
        document = json.loads(capsys.readouterr().out)
        async with open_app(CHAT) as app:
            await app.press("S")
            screen: SizesScreen = await answered(app, SizesScreen)
            steps = [row for row in screen.rows._rows if hasattr(row, "grew")]
            for step, entry in zip(steps, document["checkpoints"], strict=True):
                assert list(step.parts) == [entry["sizes"][part] for part in ("messages", "state", "pending")]  # type: ignore[union-attr, arg-type]
                grew = step.grew  # type: ignore[union-attr]
                assert (grew and expression(grew.path)) == (entry["grew"] and entry["grew"]["path"])
            repeats = [row for row in screen.rows._rows if hasattr(row, "copies")]
            assert [row.extra for row in repeats] == [entry["extra"] for entry in document["repeated"]]  # type: ignore[union-attr]
            await app.shows("grew most since the parent", "written again and again", "in the whole run grew most")

    async def test_enter_goes_to_what_grew(self) -> None:
        async with open_app(CHAT) as app:
            await app.press("S")
            screen: SizesScreen = await answered(app, SizesScreen)
            await app.press("3", "g")
            place = screen.place()
            assert place is not None
            await app.press("enter")
            await app.until(lambda: app.screen.list.selected == place.file, "the checkpoint")
            assert not app.screen.selection.following

    async def test_a_step_is_shown_in_full(self) -> None:
        async with open_app(CHAT) as app:
            await app.press("S")
            await answered(app, SizesScreen)
            assert "bytes" in app.app.screen.query_one(FindingText).plain_text


async def test_the_tab_of_sizes_says_what_the_command_line_reports_and_enter_goes_there(capsys: Output) -> None:
    command(["show", str(CHAT), "latest", "--sizes", "--json"])
    document = json.loads(capsys.readouterr().out)
    async with open_app(CHAT) as app:
        detail = app.screen.details[0]
        app.screen.panes.focus_pane(detail)
        detail.pick("size")
        await app.shows("by path", "characters of decoded JSON")
        rows = detail.body
        assert isinstance(rows, ShareList)
        paths = [row for row in rows._rows if isinstance(row, PathShare)]
        shown = {expression(row.path): row.size for row in paths}
        assert shown.items() <= {one["path"]: one["size"] for one in document["paths"]}.items()
        for one in document["paths"]:  # what is left out is nearly all one member of it, which is shown
            inner = [size for path, size in shown.items() if path.startswith(one["path"]) and path != one["path"]]
            assert one["path"] in shown or max(inner) >= 0.8 * one["size"]
        types = [row for row in rows._rows if isinstance(row, TypeShare)]
        assert [(row.type, row.size) for row in types] == [(one["type"], one["size"]) for one in document["types"]]
        await app.press("3", "g")
        path = paths[2].path
        await app.press("enter")
        await app.until(lambda: detail.is_tree and detail.rows.path == path, "the place")


async def test_a_question_asked_again_is_answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from ckpt_tui.stores.directory import DirectoryStore

    async with open_app(CHAT) as app:
        await at(app, *ROUND)
        await app.press("b")
        await answered(app, HistoryScreen)
        await app.press("escape", "S")
        await answered(app, SizesScreen)
        await app.press("escape")

        def read(self: DirectoryStore, file: str, *args: Any, **options: Any) -> bytes:
            raise AssertionError("read again")

        monkeypatch.setattr(DirectoryStore, "read_stamped", read)
        monkeypatch.setattr(DirectoryStore, "load", read)
        await app.press("b")
        await answered(app, HistoryScreen)
        await app.press("escape", "S")
        await answered(app, SizesScreen)


async def test_sizes_in_a_narrow_pane_show_the_ends_that_distinguish_them() -> None:
    async with open_app(RECORDED, (100, 30)) as app:
        detail = app.screen.details[0]
        app.screen.panes.focus_pane(detail)
        detail.pick("size")
        await app.shows("by path", "characters of decoded JSON")
        rows = [line.split(" % ")[1].split()[0] for line in app.lines if " %  " in line][:12]
        assert len(set(rows)) == len(rows), rows


async def test_a_low_terminal_keeps_its_rows_for_the_list() -> None:
    async with open_app(RECORDED, (24, 7)) as app:
        await app.press("S")
        await app.shows("bytes of the file")
        assert not app.app.screen.query_one(FindingText).display
