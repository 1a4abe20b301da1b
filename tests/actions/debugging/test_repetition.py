"""The same input run several times, and compared."""

from __future__ import annotations

import json
import queue
import sys
from pathlib import Path
from typing import Any

from ckpt_tui.actions.debugging.repetition import Repetition, directories
from ckpt_tui.actions.debugging.run_comparison import RunResult, outcome_counts
from ckpt_tui.actions.resume.plan import Source, Target, make_plan
from ckpt_tui.core.running.session_lines import compared_texts
from tests.support.patience import PATIENCE
from tests.support.resumes import checkpoints

PROGRAM = Path(__file__).parents[2] / "support" / "debugged" / "differs.py"


def repeated(tmp_path: Path, count: int) -> list[dict[str, Any]]:
    lines: queue.Queue[bytes] = queue.Queue()
    target = Target(str(PROGRAM), sys.executable, arguments=(str(tmp_path / "counter"),))
    repetition = Repetition(make_plan(Source("", "", ""), target, str(tmp_path / "saved-1")), count, lines.put)
    repetition.start()
    assert repetition.wait(PATIENCE)
    return [json.loads(each) for each in lines.queue]


def test_runs_are_counted_by_their_outcomes_and_the_step_where_they_part_is_found(tmp_path: Path) -> None:
    lines = repeated(tmp_path, 3)
    (compared,) = [each for each in lines if each["kind"] == "compared"]
    assert [(each["outcome"], each["count"], each["runs"]) for each in compared["outcomes"]] == [
        ("failed", 2, [1, 3]), ("done", 1, [2]),
    ]  # fmt: skip
    assert (compared["part"]["path"], compared["part"]["step"]) == ("state.mood", 2)
    assert compared["part"]["values"] == [{"value": '"bad"', "runs": [1, 3]}, {"value": '"good"', "runs": [2]}]
    assert [each["kind"] for each in lines].count("end") == 1 and lines[-1]["code"] == 5
    assert [each["run"] for each in lines if each["kind"] == "run_end"] == [1, 2, 3]
    assert [each["seq"] for each in lines] == list(range(1, len(lines) + 1))
    for number, directory in compared["directories"].items():
        assert checkpoints(Path(directory))[2]["checkpoint_id"] == compared["part"]["checkpoints"][number]
    text = "\n".join(compared_texts(compared))
    assert "2× failed  ValueError: a bad day  (runs 1, 3)" in text and "1× done  tea is fine  (run 2)" in text


def test_no_other_run_begins_once_it_is_stopped(tmp_path: Path) -> None:
    lines: queue.Queue[bytes] = queue.Queue()
    target = Target(str(PROGRAM), sys.executable, arguments=(str(tmp_path / "counter"),))
    repetition = Repetition(make_plan(Source("", "", ""), target, str(tmp_path / "saved-1")), 50, lines.put)
    repetition.start()
    while json.loads(lines.get(timeout=PATIENCE))["kind"] != "run_end":
        pass
    repetition.stop()
    assert repetition.wait(PATIENCE)
    assert len(repetition.results) < 50


def test_outcomes_that_differ_in_ids_and_times_alone_are_the_same() -> None:
    def result(number: int, text: str) -> RunResult:
        return RunResult(number, "done", (text,), "", "", ())

    one = "saved 2026-11-30T02:47:28.300Z as 7d27b55f-18c2-4acd-8547-93b88361110c"
    other = "saved 2026-11-30T02:48:00Z as 00000000-18c2-4acd-8547-93b88361110c"
    found = outcome_counts([result(1, one), result(2, "lost"), result(3, other)])
    assert [each.runs for each in found] == [(1, 3), (2,)]


def test_each_run_has_a_directory_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "app-3").mkdir()
    names = directories(str(tmp_path / "app-2"))
    assert [Path(next(names)).name for _ in range(3)] == ["app-2", "app-4", "app-5"]
    assert [Path(each).name for each, _ in zip(directories(str(tmp_path / "mine")), range(2), strict=False)] == [
        "mine", "mine-2",
    ]  # fmt: skip
    forks = directories(str(tmp_path / "53de66ef-1.sqlite"))
    assert [Path(next(forks)).name for _ in range(2)] == ["53de66ef-1.sqlite", "53de66ef-2.sqlite"]
