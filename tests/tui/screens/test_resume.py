"""Running on from the browser: the preview, the answers, the log, the fork in the tree; and every way out of it."""

from __future__ import annotations

import json
import stat
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.actions.resume.log import EventLog
from ckpt_tui.tui.helpers.target_fields import arguments
from ckpt_tui.tui.screens.resume import ResumeScreen
from ckpt_tui.tui.widgets.event_log import LogLines
from ckpt_tui.tui.widgets.request_form import FieldLine
from tests.runner.releases import VERSION, released
from tests.runner.stores import FLOWS
from tests.runner.test_faults import is_alive
from tests.support.patience import wait_for
from tests.support.resumes import checkpoints
from tests.tui.resumes import ROOT, copied, in_the_repository, opened, screen_of
from tests.tui.support import NARROW, NORMAL, Driver, open_app

__all__ = ["in_the_repository"]


async def in_the_value(app: Driver) -> None:
    """Wait until the cursor is in the value that the app opened at."""
    await app.until(
        lambda: app.screen.panes.pane is app.screen.details[0] and app.screen.panes.lines.has_focus, "the value"
    )


@contextmanager
def editor(monkeypatch: pytest.MonkeyPatch, directory: Path, change: str) -> Iterator[None]:
    """An $EDITOR that changes JSON as the Python statement says; the terminal is not handed over in tests."""
    script = directory / "editor.py"
    end = "json.dump(d, open(path, 'w'))"
    script.write_text(f"import json, sys\npath = sys.argv[1]\nd = json.load(open(path))\n{change}\n{end}\n")
    runs = directory / "editor"
    runs.write_text(f'#!/bin/sh\nexec {sys.executable} {script} "$1"\n')
    runs.chmod(runs.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("VISUAL", str(runs))

    @contextmanager
    def suspend(self: Any) -> Iterator[None]:
        yield

    monkeypatch.setattr("textual.app.App.suspend", suspend)
    yield


class TestThePreview:
    @pytest.mark.parametrize("size", [NARROW, NORMAL])
    async def test_it_says_whose_code_what_runs_again_where_it_writes_and_the_command(
        self, size: tuple[int, int], tmp_path: Path
    ) -> None:
        directory, ids = copied("loop", tmp_path)
        async with open_app(directory, size, at=ids[3]) as app:
            screen = await opened(app, "build_loop")
            await app.shows("the graph is the checkpoint's: 2 executors", "RUN IT")
            text = screen.query_one("#preview").plain_text  # type: ignore[attr-defined]
            assert f"{FLOWS}:build_loop loads" in text
            assert "check runs with Draft from improve" in text
            assert f"new checkpoints go to {tmp_path}/store.forks/{ids[3][:8]}-1" in text
            assert f"ckpt-tui resume {directory} {ids[3]} --workflow {FLOWS}:build_loop" in text
            # The workflow that was loaded shows the graph that files only hint at.
            graph = app.screen.port.graphs.learned(app.screen.list.view.runs[0]).graph
            assert graph.complete
            assert {(edge.source, edge.target, edge.trust) for edge in graph.edges.values()} == {
                ("check", "improve", "exact"), ("improve", "check", "exact"),
            }  # fmt: skip
            assert not (tmp_path / "store.forks").exists()
            await app.press("escape")
            assert app.app.screen is app.screen

    async def test_types_are_named_and_allowed_with_one_key(self, tmp_path: Path) -> None:
        program, directory, found = released()
        async with open_app(directory, at=found[1]["checkpoint_id"]) as app:
            screen = await opened(app, f"{program}", storage="", arguments=str(tmp_path / "own"))
            await app.shows("is not allowed to be", "allow 1 type")
            await app.press("ctrl+a")
            await app.shows("RUN IT")
            assert screen.form.get("allow") == VERSION

    @pytest.mark.parametrize(
        ("target", "what"),
        [("other_graph", "graph"), ("nothing_there", "has no nothing_there"), ("exits", "no API key")],
    )
    async def test_what_keeps_it_from_running_is_reported_and_nothing_runs(
        self, target: str, what: str, tmp_path: Path
    ) -> None:
        directory, ids = copied("linear", tmp_path)
        async with open_app(directory, at=ids[1]) as app:
            screen = await opened(app, target)
            await app.until(lambda: what in screen.query_one("#preview").plain_text, what)  # type: ignore[attr-defined]
            await app.press("ctrl+r")
            assert not screen.has_class("-running")

    async def test_a_changed_field_is_checked_again_before_it_runs(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        async with open_app(directory, at=ids[3]) as app:
            screen = await opened(app, "build_loop")
            await app.shows("RUN IT")
            screen.form.set("into", str(tmp_path / "elsewhere"))
            await app.press("enter")
            await app.until(lambda: f"new checkpoints go to {tmp_path}/elsewhere" in _shown(screen), "the directory")
            assert not screen.has_class("-running")
            await app.press("enter")
            await app.shows("done after")
            assert checkpoints(tmp_path / "elsewhere")

    async def test_the_last_target_is_there_the_next_time(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        async with open_app(directory, at=ids[3]) as app:
            await opened(app, "build_loop", args="rounds=4 delay=0")
            await app.shows("RUN IT")
            await app.press("escape", "r")
            await app.shows("as the last time")
            screen = screen_of(app)
            assert screen.form.get("workflow") == f"{FLOWS}:build_loop"
            assert arguments(screen.form.get("args")) == {"rounds": 4, "delay": 0}

    async def test_a_suggestion_of_the_project_is_shown_and_not_run(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        mark = tmp_path / "ran"
        (tmp_path / "evil.py").write_text(f"open({str(mark)!r}, 'w').close()\n")
        (tmp_path / "ckpt-tui.toml").write_text(f'[resume]\nworkflow = "{tmp_path}/evil.py:x"\n')
        async with open_app(directory, at=ids[3]) as app:
            await app.press("r")
            await app.shows("suggested by ckpt-tui.toml; nothing of it has run")
            assert screen_of(app).form.get("workflow") == f"{tmp_path}/evil.py:x"
            assert not mark.exists()

    async def test_a_checkpoint_that_could_run_code_has_no_preview(self) -> None:
        hostile = ROOT / "tests" / "data" / "hostile"
        async with open_app(hostile, at="rce_os_system_p5") as app:
            await app.press("r")
            await app.shows("is not loaded: it names")
            assert app.app.screen is app.screen


class TestAnswers:
    async def test_a_stored_request_is_a_form_and_the_run_asks_again_and_goes_on(self, tmp_path: Path) -> None:
        directory, ids = copied("human", tmp_path)
        async with open_app(directory, at=ids[-1]) as app:
            screen = await opened(app, "build_human")
            await app.shows("ask asks for Answer", "approved", "publish?")
            await app.press("enter", "enter")  # nothing chosen yet
            await app.shows("choose one")
            assert not screen.has_class("-running")
            screen.forms[0].query(FieldLine).first().query_one("Choice").focus()
            await app.press("right", "right", "enter")
            await app.type("no")
            await app.press("enter")
            await app.shows("ask runs with Answer", "RUN IT")
            await app.press("enter")
            await app.shows("waits for an answer", "ask asks for Answer")
            await app.press("right", "enter", "enter")
            await app.shows("done after")
            found = checkpoints(directory.parent / "store.forks" / f"{ids[-1][:8]}-1")
            assert found[-1]["pending_request_info_events"] == {}
            assert [each["state"].get("comment") for each in found][1] == "no"

    async def test_an_answer_of_the_wrong_type_is_reported_by_the_real_type(self, tmp_path: Path) -> None:
        directory, ids = copied("human", tmp_path)
        async with open_app(directory, at=ids[-1]) as app:
            screen = await opened(app, "build_human")
            await app.shows("ask asks for Answer")
            screen.forms[0].write({"approved": "maybe"})
            await app.press("ctrl+r")
            await app.until(
                lambda: 'expected true or false, got "maybe"' in screen.query_one("#preview").plain_text,  # type: ignore[attr-defined]
                "the fault",
            )
            await app.press("ctrl+r", "ctrl+r")
            assert not screen.has_class("-running")

    async def test_an_answer_is_written_as_json_in_the_editor(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        directory, ids = copied("human", tmp_path)
        async with open_app(directory, at=ids[-1]) as app:
            screen = await opened(app, "build_human")
            await app.shows("ask asks for Answer")
            with editor(monkeypatch, tmp_path, "d = {'approved': True, 'comment': 'by hand'}"):
                await app.press("ctrl+e")
            assert screen.forms[0].document == {"approved": True, "comment": "by hand"}
            await app.press("ctrl+r")
            await app.shows("RUN IT")
            await app.press("enter")
            await app.shows("done after")

    async def test_a_request_can_be_left_waiting(self, tmp_path: Path) -> None:
        directory, ids = copied("human", tmp_path)
        async with open_app(directory, at=ids[-1]) as app:
            screen = await opened(app, "build_human")
            await app.shows("ask asks for Answer")
            screen.forms[0].query_one("#send").focus()
            await app.press("right", "ctrl+r")
            await app.shows("nothing is in flight", "RUN IT")

    async def test_a_second_answer_makes_a_second_fork_and_both_are_in_the_tree(self, tmp_path: Path) -> None:
        directory, ids = copied("human", tmp_path)
        async with open_app(directory, at=ids[-1]) as app:
            for number, ways in enumerate((1, 2), 1):
                app.screen.list.select(f"{ids[-1]}.json")
                await app.settled()
                await opened(app, "build_human")
                await app.shows("ask asks for Answer")
                await app.press(*(["right"] * ways), "enter", "enter")
                await app.shows("RUN IT")
                await app.press("enter")
                await app.shows("done after" if number == 1 else "waits for an answer")
                if number == 2:
                    screen_of(app).log_lines.focus()
                    await app.press("x")
                    await app.shows("stopped after")
                await app.press("escape")
            files = app.screen.list.view.places
            await app.until(lambda: len([each for each in app.screen.list.view.places if "/" in each]) == 6, f"{files}")
            view = app.screen.list.view
            assert len(view.runs) == 1
            children = [node.ref.id for node in view.runs[0].nodes if node.parent == ids[-1]]
            assert len(children) == 2
            assert {path.name for path in directory.iterdir()} == {f"{each}.json" for each in ids}
        async with open_app(directory) as app:  # and they are there the next time
            from ckpt_tui.actions.resume.fork_overlays import with_forks

            assert len([*with_forks(app.screen.store).scan()]) >= 2


class TestTheLog:
    @asynccontextmanager
    async def running(self, directory: Path, at: str, **fields: str) -> AsyncIterator[tuple[Driver, ResumeScreen]]:
        async with open_app(directory, at=at) as app:
            screen = await opened(app, "patient", **fields)
            await app.shows("RUN IT")
            await app.press("enter")
            await app.until(lambda: screen.run is not None and screen.run.log.checkpoints > 2, "checkpoints")
            yield app, screen

    async def test_it_is_filtered_searched_paused_and_saved(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        async with self.running(directory, ids[2], args="seconds=0.3 rounds=100000") as (app, screen):
            log = screen.log_lines
            await app.press("f")
            await app.type("checkpoint")
            await app.press("enter")
            await app.until(lambda: log.filter and log.line_count > 2, "filtered lines")
            shown = [b'"kind":"checkpoint"' in (log.raw(index) or b"") for index in range(log.line_count)]
            assert all(shown[:-1]), [log.raw(index) for index in range(4)]
            await app.press("escape", "space")
            await app.shows("paused")
            count = log.line_count
            await app.until(lambda: log.waiting > 10, "lines that wait")
            assert log.line_count == count
            await app.press("slash")
            await app.type("improve")
            await app.press("enter")
            await app.until(lambda: b"improve" in (log.raw(log.cursor) or b""), "the match")
            await app.press("space", "x")
            await app.shows("stopped after")
            await app.press("S")
            path = tmp_path / "log.jsonl"
            ask = screen.query_one("#ask")
            ask.value = str(path)  # type: ignore[attr-defined]
            await app.press("enter")
            await app.shows("saved to")
            saved = [json.loads(line) for line in path.read_text().splitlines()]
            assert saved[-1]["outcome"] == "stopped"
            first = saved[0]["seq"]  # the oldest lines go when there are too many
            assert [line["seq"] for line in saved] == list(range(first, first + len(saved)))

    async def test_a_line_opens_in_full(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        async with self.running(directory, ids[2]) as (app, _):
            await app.press("g", "enter")
            await app.shows("One line of the log", '"kind": "hello"')

    async def test_the_run_goes_on_when_its_screen_is_left(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        async with self.running(directory, ids[2]) as (app, screen):
            await app.press("escape")
            assert app.app.screen is app.screen
            run = screen.run
            assert run is not None and run.is_live
            before = run.log.checkpoints
            await app.until(lambda: run.log.checkpoints > before + 2, "more checkpoints")
            await app.until(lambda: any("/" in file for file in app.screen.list.view.places), "the fork in the tree")
            await app.press("R")
            assert screen_of(app) is screen

    async def test_closing_the_app_leaves_no_process(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        async with self.running(directory, ids[2]) as (_, screen):
            assert screen.run is not None
            pid = int(screen.run.latest["hello"]["pid"])
            assert is_alive(pid)
        wait_for(lambda: not is_alive(pid), "no orphan")

    async def test_code_that_blocks_is_killed_by_the_second_stop(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        async with open_app(directory, at=ids[2]) as app:
            screen = await opened(app, "blocking")
            await app.shows("RUN IT")
            await app.press("enter")
            assert screen.run is not None
            await app.until(lambda: len(screen.run.log) > 4, "begun")  # type: ignore[union-attr]
            await app.press("x")
            await app.shows("stopping")
            await app.press("x")
            await app.shows("stopped after")

    async def test_a_failed_save_is_loud(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        async with open_app(directory, at=ids[3]) as app:
            await opened(app, "without_room")
            await app.shows("RUN IT")
            await app.press("enter")
            await app.shows("NOT SAVED", "CHECKPOINT NOT SAVED: OSError")

    async def test_keys_work_while_a_run_says_more_than_is_kept(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        most, size = 1_500, 250_000
        monkeypatch.setattr("ckpt_tui.tui.live_run.EventLog", lambda: EventLog(most, size))
        directory, ids = copied("linear", tmp_path)
        enough = tmp_path / "enough"
        async with open_app(directory, at=ids[1]) as app:
            screen = await opened(app, "floods", args=f"enough={enough}")
            await app.shows("RUN IT")
            await app.press("enter")
            run, log = screen.run, screen.log_lines
            assert run is not None
            for _ in range(2):
                await app.until(lambda: b"number" in (log.raw(log.cursor) or b""), "the newest line")
                await app.press("space")
                await app.shows("paused")
                count = log.line_count
                await app.until(lambda: log.waiting > 100, "lines that wait")
                assert log.line_count <= count
                await app.press("k", "k")
                await app.press("space", "G")
                await app.shows("following")
            await app.press("f")
            await app.type("superstep")
            await app.press("enter")
            await app.until(lambda: log.filter and log.line_count <= 4, "few lines")
            await app.press("escape")
            await app.until(lambda: run.log.first > 0, "more than is kept")
            assert run.is_live
            assert run.log.size <= size and len(list(run.log.lines())) <= most
            enough.touch()
            await app.shows("done after")
            await app.until(lambda: b'"kind":"end"' in (log.raw(log.cursor) or b"").replace(b" ", b""), "the last line")
            assert log.line_count <= most
            numbers = [json.loads(line)["seq"] for line in run.log.lines()]
            assert numbers == list(range(numbers[0], len(run.log) + 1))

    async def test_a_flood_of_lines_is_bounded_and_does_not_stall_the_screen(self) -> None:
        from tests.tui.log_app import LogApp

        log = EventLog(lines=5_000, size=2_000_000)
        line = b'{"kind":"event","seq":%d,"t":"2026-01-01T00:00:00Z","type":"executor_invoked","executor_id":"a"}'
        done = threading.Event()

        def flood() -> None:
            for number in range(60_000):
                log.add(line % number)
            done.set()

        app = LogApp(log)
        async with app.run_test(size=NORMAL) as pilot:
            lines = app.query_one(LogLines)
            threading.Thread(target=flood).start()
            while not done.is_set():  # the screen has its turns meanwhile
                lines.take()
                await pilot.pause(0.01)
            lines.take()
            assert lines.line_count <= 5_000 and log.size <= 2_000_000
            assert len(log) == 60_000
            assert lines.cursor == lines.line_count - 1
            assert b'"seq":59999' in (lines.raw(lines.cursor) or b"")


class TestEdits:
    async def test_a_changed_value_is_shown_and_the_run_goes_on_from_it(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        async with open_app(directory, at=ids[3], steps=("state", "draft", "round")) as app:
            await in_the_value(app)
            await app.press("ctrl+e")
            await app.shows("Change state.draft.round")
            await app.press("backspace")
            await app.type("4")
            await app.press("enter")
            await app.shows("2 → 4", "with 1 change")
            screen = await opened(app, "build_loop")
            await app.until(
                lambda: "± state.draft.round: 2 → 4" in _shown(screen) and "RUN IT" in app.text, "the change"
            )
            await app.press("enter")
            await app.shows("done after")
        record = json.loads((tmp_path / "store.forks" / f"{ids[3][:8]}-1" / "ckpt-tui-fork.jsonl").read_text())
        assert record["edits"] == [{"path": "state.draft.round", "before": 2, "after": 4, "absent": False}]

    async def test_a_message_in_flight_is_changed_in_the_editor(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        directory, ids = copied("loop", tmp_path)
        async with open_app(directory, at=ids[3], steps=("messages", "improve", "0", "data")) as app:
            await in_the_value(app)
            with editor(monkeypatch, tmp_path, "d['text'] = 'edited'; d['notes'].append('more')"):
                await app.press("ctrl+e")
            await app.shows("2 changes")
            screen = await opened(app, "build_loop")
            await app.until(lambda: "messages.improve[0].data.text" in _shown(screen), "the change")
            assert '"round 2"] → ["round 1", "round 2", "more"]' in _shown(screen)

    async def test_a_message_in_flight_is_dropped_and_the_run_goes_on_without_it(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        async with open_app(directory, at=ids[3], steps=("messages", "improve", "0", "data")) as app:
            await in_the_value(app)
            await app.press("delete")
            await app.shows("messages.improve[0] is dropped", "with 1 change")
            screen = await opened(app, "build_loop")
            await app.until(lambda: "± messages.improve[0] is dropped: " in _shown(screen), "the change")
            await app.press("enter")
            await app.shows("done after")
        record = json.loads((tmp_path / "store.forks" / f"{ids[3][:8]}-1" / "ckpt-tui-fork.jsonl").read_text())
        assert [(each["path"], each["dropped"]) for each in record["edits"]] == [("messages.improve[0]", True)]

    async def test_a_value_that_does_not_fit_its_type_is_refused(self, tmp_path: Path) -> None:
        directory, ids = copied("loop", tmp_path)
        async with open_app(directory, at=ids[3], steps=("state", "draft", "round")) as app:
            await in_the_value(app)
            await app.press("ctrl+e")
            await app.shows("Change")
            await app.press("backspace")
            await app.type('"two"')
            await app.press("enter")
            screen = await opened(app, "build_loop")
            await app.until(lambda: 'expected a whole number, got "two"' in _shown(screen), "the fault")
            await app.press("escape", "escape", "escape")
            assert not app.screen.port.edits


def _shown(screen: ResumeScreen) -> str:
    """What the preview says, signs included."""
    lines = screen.query_one("#preview")
    return "\n".join(f"{each.lead} {each.text}" for each in lines._paragraphs)  # type: ignore[attr-defined]


def test_arguments_are_json_or_text() -> None:
    assert arguments('rounds=3 topic=tea name="a b"') == {"rounds": 3, "topic": "tea", "name": "a b"}
    assert arguments('{"a": [1]}') == {"a": [1]}
    with pytest.raises(ValueError, match="is not name=value"):
        arguments("three")
