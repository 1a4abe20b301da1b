"""The doctor's screen: what it shows of a store, what can be copied, and the way back to a finding's place."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.doctor.findings import Finding
from ckpt_tui.core.doctor.report import Report
from ckpt_tui.errors import NotFoundError
from ckpt_tui.tui.clipboard import Copied
from ckpt_tui.tui.screens.doctor import DoctorScreen
from ckpt_tui.tui.widgets.finding_list import Findings, Heading, rows
from ckpt_tui.tui.widgets.text_lines import TextLines
from tests.tui.support import DATA, NARROW, NORMAL, SAMPLES, Driver, copy_of, open_app

HOSTILE = DATA / "hostile"


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """The few files of all hostile ones that these tests look at: each of them is examined twice."""
    store = tmp_path / "hostile"
    store.mkdir()
    for name in (
        "rce_in_message.json",
        "rce_getattr_chain.json",
        "raw_truncated.json",
        "leftover.json.tmp",
        "proto2.json",
    ):
        shutil.copy(HOSTILE / name, store)
    return store


async def examined(app: Driver) -> Findings:
    """Open the doctor and wait for its report; returns the list."""
    await app.press("D")
    await app.until(lambda: isinstance(app.app.screen, DoctorScreen), "the doctor's screen")
    screen = app.app.screen
    assert isinstance(screen, DoctorScreen)
    await app.until(lambda: screen._report is not None, "a report")
    await app.pilot.pause()
    return screen.query_one(Findings)


def below(app: Driver) -> str:
    """The finding that is shown in full."""
    return app.app.screen.query_one(TextLines).plain_text


def select(findings: Findings, kind: str, file: str) -> Finding:
    """Put the cursor on a finding."""
    for index in range(findings.line_count):
        findings.move_to(index)
        found = findings.finding
        if found is not None and (found.kind, found.file) == (kind, file):
            return found
    raise AssertionError(f"no {kind} of {file}")


class TestWhatIsFound:
    async def test_danger_comes_first_with_sign_word_file_and_path(self) -> None:
        async with open_app(HOSTILE, NORMAL) as app:
            findings = await examined(app)
            for size in (NORMAL, NARROW):
                await app.pilot.resize_terminal(*size)
                await app.shows("✗ danger: loading these could run code · ", "▸✗ dangerous", "persid", "state.x")
                await app.shows("✗ 17 danger", "warnings", "66 files")
            first = findings.finding
            assert first is not None and first.severity == "danger"
            assert first.reason in below(app) and first.file in below(app) and first.fix in below(app)
            severities = [row.severity for row in findings._rows if isinstance(row, Finding) and row.kind != "type"]
            assert severities == sorted(severities, key=["danger", "warning", "info"].index)

    async def test_the_finding_under_the_cursor_is_shown_in_full(self, hostile: Path) -> None:
        async with open_app(hostile, NARROW) as app:
            findings = await examined(app)
            found = select(findings, "truncated", "raw_truncated.json")
            await app.until(lambda: "! warning · truncated" in below(app), "the finding in full")
            assert found.reason in below(app)

    async def test_a_healthy_store_says_that_all_is_well(self) -> None:
        async with open_app(SAMPLES / "linear") as app:
            await examined(app)
            await app.shows("✓ 4 files, nothing wrong", "✓ nothing wrong")
            assert "framework can load" in below(app)
            await app.press("enter")  # there is nothing to go to
            assert isinstance(app.app.screen, DoctorScreen)

    async def test_types_to_allow_come_last(self) -> None:
        async with open_app(SAMPLES / "hitl_answered") as app:
            findings = await examined(app)
            await app.press("G")
            await app.shows("types to allow · 3", '▸· "gen_corpus:WorkItem"')
            assert findings.finding is not None and findings.finding.kind == "type"
            await app.until(lambda: "allowed_checkpoint_types=[" in below(app), "the list in full")

    async def test_an_empty_store_is_no_failure(self, tmp_path: Path) -> None:
        async with open_app(tmp_path, settled=False) as app:
            await examined(app)
            await app.shows("✓ 0 files, nothing wrong", "No checkpoints yet.")

    async def test_a_directory_that_is_not_there_is_said_to_be_missing(self, tmp_path: Path) -> None:
        async with open_app(tmp_path / "later", settled=False) as app:
            await app.press("D")
            await app.shows("not examined", "No such directory")
            await app.press("escape")
            assert app.app.screen is app.screen

    async def test_the_store_is_examined_again_as_it_is_then(self, tmp_path: Path) -> None:
        store = copy_of("linear", tmp_path)
        async with open_app(store) as app:
            await examined(app)
            (store / "broken.json").write_text("{")
            await app.press("D")
            await app.shows("! warnings · 1", "broken", "! 1 warning")

    async def test_nothing_a_terminal_obeys_is_shown(self, tmp_path: Path) -> None:
        (tmp_path / "[red] \x1b[31m\u202e.json").write_text("[/x]")
        async with open_app(tmp_path, settled=False) as app:
            await examined(app)
            await app.shows("[red] \\e[31m\\u202e.json", "not-json")
            assert all(char == "\n" or ord(char) >= 32 for char in app.text)

    def test_the_lines_of_a_report_are_grouped_and_counted(self) -> None:
        found = (
            Finding("dangerous", "danger", "a.json", "state.x", "r"),
            Finding("hole", "warning", "b.json", "", "r"),
            Finding("secret", "info", "b.json", "state.y", "r"),
            Finding("type", "info", "b.json", "state.z", "r", 'allowed_checkpoint_types=["m:A"]'),
        )
        kinds = [row.rest if isinstance(row, Heading) else row.kind for row in rows(Report(found, ("m:A",), 2))]
        assert kinds[:6] == [" · 1", "dangerous", " · 1", "hole", " · 1", "secret"]
        assert kinds[7:] == ["type"]


class TestCopying:
    async def test_the_types_are_copied_as_an_argument_to_paste(self, monkeypatch: pytest.MonkeyPatch) -> None:
        copied: list[str] = []

        def copy(text: str, write: Any) -> Copied:
            copied.append(text)
            return Copied("the clipboard", True)

        monkeypatch.setattr("ckpt_tui.tui.clipboard.copy", copy)
        async with open_app(SAMPLES / "hitl_answered") as app:
            await examined(app)
            await app.press("y")
            await app.shows("types copied to the clipboard")
        assert [text.split("\n") for text in copied] == [
            [
                "allowed_checkpoint_types=[",
                '    "gen_corpus:ApprovalRequest",',
                '    "gen_corpus:Decision",',
                '    "gen_corpus:WorkItem",',
                "]",
            ]
        ]

    async def test_without_types_nothing_is_copied(self) -> None:
        async with open_app(SAMPLES / "linear") as app:
            await examined(app)
            await app.press("y")
            await app.shows("No type to allow.")


class TestTheWayBack:
    @pytest.mark.parametrize("size", [NARROW, NORMAL])
    async def test_enter_goes_to_the_file_and_the_place_in_it(self, size: tuple[int, int], hostile: Path) -> None:
        async with open_app(hostile, size) as app:
            findings = await examined(app)
            found = select(findings, "dangerous", "rce_in_message.json")
            assert found.path == "messages.a[0]"
            await app.press("enter")
            await app.until(lambda: app.screen.opened.file == found.file, "the file shown")
            pane = app.screen.details[0]
            await app.until(lambda: pane.tab == "state" and pane.rows.labels == ("(in flight)", "a", "0"), "the place")
            assert app.screen.list.selected == found.file
            assert app.screen.panes.pane is pane

    async def test_a_place_within_an_object_is_found(self, hostile: Path) -> None:
        async with open_app(hostile) as app:
            findings = await examined(app)
            select(findings, "dangerous", "rce_getattr_chain.json")
            await app.press("j", "enter")
            rows = app.screen.details[0].rows
            await app.until(lambda: rows.labels == ("x", "$call", "0"), "the place")

    async def test_enter_goes_to_a_broken_file_and_its_reason(self, hostile: Path) -> None:
        async with open_app(hostile, NARROW) as app:
            select(await examined(app), "truncated", "raw_truncated.json")
            await app.press("enter")
            await app.shows("cannot be shown as a checkpoint")
            assert app.screen.list.selected == "raw_truncated.json"

    async def test_a_leftover_is_in_no_list_and_this_is_said(self, hostile: Path) -> None:
        async with open_app(hostile) as app:
            select(await examined(app), "leftover", "leftover.json.tmp")
            await app.press("enter")
            await app.shows("leftover.json.tmp is not in the list")

    async def test_escape_and_q_go_back_to_where_the_browser_was(self) -> None:
        async with open_app(SAMPLES / "loop") as app:
            await app.press("g", "j", "j")
            selected = app.screen.list.selected
            for key in ("escape", "q"):
                await examined(app)
                await app.press(key)
                assert app.app.screen is app.screen
                assert app.screen.list.selected == selected


class TestProgress:
    async def test_escape_cancels_an_examination_that_goes_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ended = threading.Event()

        def endless(store: Any, progress: Any, check: Any) -> Report:
            try:
                progress(1, 3)
                while True:
                    check()
                    time.sleep(0.002)
            finally:
                ended.set()

        monkeypatch.setattr("ckpt_tui.tui.store_jobs.examine", endless)
        async with open_app(SAMPLES / "linear") as app:
            await app.press("D")
            await app.shows("1 of 3 files", "esc cancels")
            await app.press("escape")
            await app.until(ended.is_set, "the worker ended")
            assert app.app.screen is app.screen
            await app.shows("linear · run 1")

    async def test_an_unexpected_failure_is_reported_and_the_app_goes_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fails(store: Any, progress: Any, check: Any) -> Report:
            raise RuntimeError("boom")

        monkeypatch.setattr("ckpt_tui.tui.store_jobs.examine", fails)
        async with open_app(SAMPLES / "linear") as app:
            await app.press("D")
            await app.shows("Something unexpected happened", "not examined")
            assert "boom" in below(app)
            await app.press("escape")
            assert app.app.screen is app.screen

    async def test_a_store_that_vanishes_meanwhile_is_reported(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = copy_of("linear", tmp_path)

        def gone(store: Any, progress: Any, check: Any) -> Report:
            raise NotFoundError("No such directory: x.", "Name another.")

        monkeypatch.setattr("ckpt_tui.tui.store_jobs.examine", gone)
        async with open_app(store) as app:
            shutil.rmtree(store)
            await app.press("D")
            await app.shows("not examined", "No such directory: x.", "Name another.")
