"""The lines of a run: in order, gathered in bursts, never held for long, and of one form however they are made."""

from __future__ import annotations

import json
import logging
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from agent_framework import WorkflowEvent, WorkflowRunState
from agent_framework._workflows._events import WorkflowErrorDetails

from ckpt_tui.actions.resume.plan import RUNNER
from ckpt_tui.runner.events import Logs, event_line, event_text
from ckpt_tui.runner.limits import GATHERED
from ckpt_tui.runner.lines import Lines, encode, stamp
from tests.cli.commands import ROOT
from tests.runner.stores import plan
from tests.support.patience import PATIENCE
from tests.support.workflows import Answer, Draft


class Read:
    """What comes out of a pipe."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""

    def lines(self, count: int) -> list[dict[str, Any]]:
        """The next lines."""
        while self._rest.count(b"\n") < count:
            ready, _, _ = select.select([self._descriptor], [], [], PATIENCE)
            assert ready, f"never: {count} lines, but {self._rest!r}"
            self._rest += os.read(self._descriptor, 1 << 16)
        *whole, self._rest = self._rest.split(b"\n", count)
        return [json.loads(line) for line in whole]

    def is_empty(self) -> bool:
        """Whether nothing has come."""
        return not self._rest and not select.select([self._descriptor], [], [], 0)[0]


@pytest.fixture
def pipe() -> Iterator[tuple[Lines, Read]]:
    reading, writing = os.pipe()
    lines = Lines(writing)
    yield lines, Read(reading)
    lines.hurry()  # else a late write would find nobody who reads, which ends the process
    os.close(reading)


class TestLines:
    def test_a_burst_is_written_in_order_and_whole(self, pipe: tuple[Lines, Read]) -> None:
        lines, read = pipe
        for number in range(150):
            lines.say("event", number=number)
        lines.say("end", outcome="done")
        found = read.lines(151)
        assert [line["seq"] for line in found] == list(range(1, 152))
        assert [line["number"] for line in found[:-1]] == list(range(150))
        assert [line["t"] for line in found] == sorted(line["t"] for line in found)

    def test_the_first_line_of_a_burst_does_not_wait(
        self, pipe: tuple[Lines, Read], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ckpt_tui.runner.lines.GATHER_SECONDS", 1000.0)
        lines, read = pipe
        lines.say("event", number=0)
        assert read.lines(1)[0]["number"] == 0
        lines.say("event", number=1)
        assert read.is_empty()
        lines.hurry()
        assert read.lines(1)[0]["number"] == 1

    def test_a_line_that_nothing_follows_is_written_while_this_thread_does_something_else(
        self, pipe: tuple[Lines, Read]
    ) -> None:
        lines, read = pipe
        for number in range(3):
            lines.say("event", number=number)
        assert [line["number"] for line in read.lines(3)] == [0, 1, 2]

    def test_no_more_is_held_than_is_written_at_once(
        self, pipe: tuple[Lines, Read], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ckpt_tui.runner.lines.GATHER_SECONDS", 1000.0)
        lines, read = pipe
        lines.say("event", number=0)
        lines.say("event", text="x" * GATHERED)
        assert len(read.lines(2)[1]["text"]) == GATHERED

    def test_what_a_finalizer_says_in_the_middle_of_a_line_is_a_line_of_its_own(self, pipe: tuple[Lines, Read]) -> None:
        lines, read = pipe

        class Says(str):
            def __format__(self, spec: str) -> str:
                lines.say("log", text="within")
                lines.hurry()
                return str(self)

        lines.put(Says("event"), '"number":1}')
        assert sorted(line["kind"] for line in read.lines(2)) == ["event", "log"]

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without fork")
    def test_a_copy_of_the_process_does_not_write_what_the_original_holds(
        self, pipe: tuple[Lines, Read], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ckpt_tui.runner.lines.GATHER_SECONDS", 1000.0)
        lines, read = pipe
        lines.say("event", number=0)
        lines.say("event", number=1)
        child = os.fork()
        if not child:
            lines.hurry()
            lines.say("log", text="from the copy")
            os._exit(0)
        os.waitpid(child, 0)
        lines.say("end", outcome="done")
        found = read.lines(4)
        assert [line.get("number", line["kind"]) for line in found] == [0, "log", 1, "end"]

    def test_what_is_printed_comes_after_what_was_reported_before(self, tmp_path: Any) -> None:
        document = json.dumps(plan("linear", 1, "tells_and_prints", tmp_path / "new").document("run"))
        process = subprocess.Popen(
            [sys.executable, RUNNER], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(document.encode() + b"\n")
        process.stdin.flush()  # and left open: its end would mean that nobody is there
        out = process.stdout.read().decode()
        process.communicate()
        texts = ('"text":"logged by exclaim"', "printed by exclaim", '"executor_completed","executor_id":"exclaim"')
        places = [out.find(text) for text in texts]
        assert -1 < places[0] < places[1] < places[2], out


class Odd:
    def __init__(self, **members: Any) -> None:
        self.__dict__.update(members)


DETAILS = WorkflowErrorDetails("ValueError", "no", None, "a")

DATA: list[Any] = [
    None, "", "text\x1b\ud800", 3, 2.5, True, [], ["one"], ["one", "two"], ("pair", 1), {}, {"a": None}, {1: 2},
    Draft("tea"), [Draft("tea")], [Draft("tea"), "more"], Answer(True, "yes"), Odd(), Odd(a=1, b="ü", c=None, d=False),
    Odd(a=float("nan")), [Odd(a=float("inf"))], Odd(big=10**4000), Odd(bigger=10**5000), Odd(text="x" * 50_000),
    "x" * 50_000, ["x" * 50_000], Odd(inner=Odd(a=1)), Odd(**{"$type": "own"}), Odd(a="$type"), Odd(a={"$x": 1}),
    ValueError("no"), [[["deep"]]], b"bytes",
]  # fmt: skip


@pytest.mark.parametrize("data", DATA, ids=lambda data: type(data).__name__)
def test_the_quick_way_of_an_event_says_what_the_thorough_one_does(data: Any) -> None:
    for event in (
        WorkflowEvent("executor_invoked", executor_id="a", data=data),
        WorkflowEvent("executor_completed", executor_id='b"\n', data=[data]),
        WorkflowEvent("output", executor_id=None, data=data),
        WorkflowEvent("superstep_started", iteration=7, data=data),
        WorkflowEvent.executor_failed("a", DETAILS),
        WorkflowEvent("status", state=WorkflowRunState.IDLE),
    ):
        for step in (None, 4):
            assert json.loads("{" + event_text(event, step)) == json.loads(encode(event_line(event, step)))


def test_a_time_is_the_one_that_datetime_writes() -> None:
    for nanoseconds in (0, 999_999_999, 1_000_000_000, 1_764_313_553_123_456_789, 1_764_313_554_000_000_999):
        when = datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC)
        expected = when.replace(microsecond=nanoseconds // 1000 % 1_000_000).isoformat(timespec="microseconds")
        assert stamp(nanoseconds) == expected.removesuffix("+00:00") + "Z"


def test_logging_is_left_as_it_was_by_an_import_of_the_runner() -> None:
    assert not any(isinstance(each, Logs) for each in logging.getLogger().handlers)
