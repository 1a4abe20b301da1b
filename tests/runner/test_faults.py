"""Whatever goes wrong, the run ends in a clear state and a message that says what to do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.cli.commands import ROOT, Done, here
from tests.runner.stores import FLOWS, STORAGE, Watched, lines, of_kind, plan, resume, store
from tests.support.patience import PATIENCE, wait_for
from tests.support.resumes import SCENARIOS, checkpoints


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def store_words(name: str, at: int, target: str) -> tuple[str | Path, ...]:
    """The arguments that name a checkpoint of a store and a workflow of the tests."""
    directory, ids = store(name)
    return directory, ids[at], "--workflow", f"{FLOWS}:{target}", "--storage", STORAGE


class TestBeforeItRuns:
    @pytest.mark.parametrize(
        ("store_name", "target", "words", "what", "fix"),
        [
            (
                "linear",
                "other_graph",
                (),
                "; more is only in the workflow",
                "build the workflow as it",
            ),
            (
                "linear",
                "build_loop",
                (),
                "exclaim, finish and upper are only in the checkpoint; check and improve are only",
                "build the",
            ),
            ("loop", "no_such_module:x", (), "there is no module no_such_module", "path/file.py:name"),
            ("loop", "nowhere.py:x", (), "there is no file", "check the path of --workflow"),
            ("loop", "nothing", (), f"{FLOWS} has no nothing", f"it could be {FLOWS}:"),
            (
                "loop",
                FLOWS + ":number",
                (),
                "gives builtins:int, which is not a workflow",
                "name a Workflow, a builder",
            ),
            ("loop", FLOWS + ":Draft", (), "is the class tests.support.workflows:Draft", "name a Workflow, a builder"),
            ("loop", FLOWS + ":Noisy", (), f"is the class {FLOWS}:Noisy", "a function that returns one"),
            ("loop", "patiend", (), f"{FLOWS} has no patiend", f"it could be {FLOWS}:patient,"),
            ("loop", "exits", (), "ends the program: no API key", "environment variables"),
            ("loop", "demands", (), "needs the argument rounds", "--arg rounds=JSON"),
            ("loop", "build_loop", ("--arg", "speed=1"), "has no argument speed", "its arguments: rounds, delay"),
            (
                "loop",
                "short",
                ("--arg", "limit=2"),
                "is at iteration 5, the workflow ends at 2",
                "larger max_iterations",
            ),
            ("loop", "build_loop", ("--storage", FLOWS + ":number"), "not a checkpoint storage", ""),
            ("loop", "build_loop", ("--set", "state.nothing.there=1"), "has no nothing; it has ", "give a value"),
            ("loop", "build_loop", ("--set", 'state.draft.round="two"'), "expected a whole number", "give a value"),
            ("human", "build_human", ("--response", "nobody=1"), "no request nobody waits for an answer", "waiting: "),
        ],
    )
    def test_it_says_what_is_wrong_and_what_to_do(
        self, store_name: str, target: str, words: tuple[str, ...], what: str, fix: str, tmp_path: Path
    ) -> None:
        at = 5 if store_name == "loop" else -1 if store_name == "human" else 1
        done = resume(store_name, at, target, tmp_path / "new", *words)
        assert done.code == 5, done.err
        assert what in done.err and fix in done.err
        assert not (tmp_path / "new").exists()
        assert "Traceback" not in done.err

    def test_an_answer_of_the_wrong_type_is_refused_with_what_it_must_be(self, tmp_path: Path) -> None:
        watched = Watched(plan("human", -1, "build_human", tmp_path / "new"), "check")
        request = watched.until("check")["requests"][0]["request_id"]
        watched.end()
        done = resume("human", -1, "build_human", tmp_path / "new", "--response", f'{request}={{"approved": "yes"}}')
        assert done.code == 5
        assert 'approved: expected true or false, got "yes"' in done.err
        assert 'it must be tests.support.workflows:Answer: {"approved": true or false, "comment": "…"}' in done.err

    def test_what_is_wrong_is_reported_once(self, tmp_path: Path) -> None:
        done = resume("human", -1, "build_human", tmp_path / "new", "--response", "nobody=1")
        assert (done.out + done.err).count("no request nobody waits") == 1

    def test_an_interpreter_without_the_framework_is_reported(self, tmp_path: Path) -> None:
        bare = tmp_path / "bare"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
        done = resume("loop", 3, "build_loop", tmp_path / "new", "--python", str(bare))
        assert done.code == 5
        assert "cannot import agent_framework" in done.err and "--python" in done.err

    def test_an_interpreter_that_is_not_there_is_reported(self, tmp_path: Path) -> None:
        done = resume("loop", 3, "build_loop", tmp_path / "new", "--python", "/no/such/python")
        assert done.code == 5
        assert "There is no Python at /no/such/python" in done.err

    def test_nothing_runs_without_a_yes(self, tmp_path: Path) -> None:
        directory, ids = store("loop")
        done = subprocess.run(
            [sys.executable, "-m", "ckpt_tui", "resume", directory, ids[3], "--workflow", f"{FLOWS}:build_loop"],
            cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == 2
        assert "Add --yes" in done.stderr

    def test_a_checkpoint_that_could_run_code_is_not_even_loaded(self, tmp_path: Path) -> None:
        hostile = ROOT / "tests" / "data" / "hostile"
        done = subprocess.run(
            [sys.executable, "-m", "ckpt_tui", "resume", hostile, "rce_os_system_p5", "--workflow", "x:y", "--yes",
             "--allow", "posix:system"],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 5
        assert "is not loaded: it names" in done.stderr


class TestWhileItRuns:
    def test_what_the_workflow_prints_is_never_a_line_of_ours(self, tmp_path: Path) -> None:
        found = lines(resume("linear", 1, "noisy", tmp_path / "new", "--json"))
        assert [line["seq"] for line in found] == list(range(1, len(found) + 1))
        assert found[-1]["kind"] == "end" and found[-1]["outcome"] == "done"
        assert len(of_kind(found, "end")) == 1
        printed = [line["text"] for line in of_kind(found, "log")]
        assert "printed" in printed and "written to 2" in printed and "from a child" in printed
        assert '{"kind":"end","seq":1,"outcome":"done"}' in printed
        assert (
            "without an end of line\x1b[31mwritten to 1\\xff" in "".join(printed)
            or "\x1b[31mwritten to 1\\xff" in printed
        )
        assert [text for text in printed if text.startswith("thread")] == [f"thread {n}" for n in range(200)]
        assert "stdin: ''" in printed

    def test_a_full_disk_is_reported_loudly_and_the_run_goes_on(self, tmp_path: Path) -> None:
        found = lines(resume("loop", 3, "without_room", tmp_path / "new", "--json"))
        failed = of_kind(found, "checkpoint_failed")
        assert failed and all("File too large" in line["reason"] for line in failed)
        assert all("free some room" in line["fix"] for line in failed)
        assert found[-1]["outcome"] == "done"

    def test_a_run_that_could_save_nothing_ends_with_five_and_says_why(self, tmp_path: Path) -> None:
        words = ("resume", *store_words("loop", 3, "without_room"), "--yes", "--into")
        done = here(*words, tmp_path / "new", "--json")
        failed = of_kind(lines(done), "checkpoint_failed")
        end = lines(done)[-1]
        assert done.code == 5
        assert (end["outcome"], end["code"], end["checkpoints"]) == ("done", 5, 0)
        assert end["unsaved"] == len(failed) > 1
        done = here(*words, tmp_path / "newer")
        assert done.code == 5
        assert f"done, 0 checkpoints written, {len(failed)} NOT SAVED" in done.out
        assert f"✗ {len(failed)} checkpoints were not saved: " in done.err and "File too large" in done.err

    def test_a_run_that_could_save_some_ends_as_it_would_and_counts_the_others(self, tmp_path: Path) -> None:
        words = ("resume", *store_words("loop", 3, "saves_some"), "--into", tmp_path / "new", "--yes", "--json")
        end = lines(here(*words))[-1]
        assert (end["outcome"], end["code"]) == ("done", 0)
        assert end["unsaved"] > 0 and end["checkpoints"] > 0

    def test_a_checkpoint_that_fails_before_the_storage_is_asked_is_counted_too(self, tmp_path: Path) -> None:
        words = ("resume", *store_words("loop", 3, "cannot_be_written"), "--into", tmp_path / "new", "--yes")
        done = here(*words, "--json")
        end = lines(done)[-1]
        failed = of_kind(lines(done), "checkpoint_failed")
        assert (done.code, end["unsaved"], end["checkpoints"]) == (5, len(failed), 0)
        assert failed and all("no state to give" in each["reason"] for each in failed)

    def test_a_question_that_could_not_be_saved_ends_with_five(self, tmp_path: Path) -> None:
        directory, ids = store("human")
        done = here(
            "resume", directory, ids[0], "--workflow", f"{FLOWS}:human_without_room", "--storage", STORAGE, "--into",
            tmp_path / "new", "--yes",
        )  # fmt: skip
        assert done.code == 5
        assert "NOT SAVED" in done.out and "no saved checkpoint contains the question" in done.err

    def test_a_directory_that_cannot_be_written_is_reported_before_it_runs(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        done = resume("loop", 3, "build_loop", tmp_path / "file" / "new")
        assert done.code == 5
        assert "cannot be written" in done.err and "--into" in done.err

    @pytest.mark.parametrize(
        ("how", "what"), [("kill", "SIGKILL"), ("abort", "SIGABRT"), ("exit", "ended by itself with exit code 3")]
    )
    def test_a_process_that_dies_is_reported_and_what_is_safe(self, how: str, what: str, tmp_path: Path) -> None:
        done = resume("loop", 3, "dies", tmp_path / "new", "--arg", f'how="{how}"', "--json")
        found = lines(done)
        assert done.code == 5 and found[-1]["outcome"] == "died"
        error = of_kind(found, "error")[0]
        assert what in error["what"] and "the last checkpoint written is complete" in error["fix"]

    @pytest.mark.skipif(sys.platform != "linux", reason="the runner is found by /proc")
    def test_where_a_run_that_broke_off_can_go_on_is_reported(self, tmp_path: Path) -> None:
        process = started(tmp_path, "patient")
        assert process.stdout is not None
        while b" checkpoint " not in process.stdout.readline():
            pass
        threads = Path(f"/proc/{process.pid}/task")
        (runner,) = [pid for path in threads.glob("*/children") for pid in path.read_text().split()]
        os.kill(int(runner), signal.SIGKILL)
        _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 5
        assert f"go on from the last checkpoint: ckpt-tui resume {tmp_path / 'new'} latest" in err.decode()

    def test_a_run_that_raises_says_the_whole_error(self, tmp_path: Path) -> None:
        written = scenario("raises", tmp_path / "store")
        done = resume_scenario("raises", tmp_path / "store", written[-1], tmp_path / "new", "--json")
        found = lines(done)
        assert done.code == 5 and found[-1]["outcome"] == "failed"
        failed = [line for line in found if line.get("type") == "executor_failed"]
        assert failed[0]["details"]["message"] == "cannot count beyond 4"
        error = of_kind(found, "error")[0]
        assert "cannot count beyond 4" in error["what"] and "scenarios.py" in error["traceback"]
        assert "resume from the last checkpoint written" in error["fix"]
        done = resume_scenario("raises", tmp_path / "store", written[-1], tmp_path / "more")
        assert "cannot count beyond 4" in done.err and "the original is untouched; no new checkpoint" in done.err

    def test_threads_that_are_left_behind_keep_no_process(self, tmp_path: Path) -> None:
        mark = tmp_path / "mark"
        done = resume("loop", 3, "leaves_a_thread", tmp_path / "new", "--arg", f"mark={json.dumps(str(mark))}")
        assert done.code == 0, done.err
        assert mark.read_text() == "left"


class TestStopping:
    def test_a_stop_cancels_the_run_and_keeps_what_was_written(self, tmp_path: Path) -> None:
        watched = Watched(plan("loop", 2, "patient", tmp_path / "new"))
        watched.until("checkpoint")
        watched.session.stop()
        end = watched.end()
        assert (end["outcome"], watched.session.code) == ("stopped", 130)
        ids = [line["id"] for line in watched.taken if line["kind"] == "checkpoint"]
        assert sorted(ids) == sorted(path.stem for path in (tmp_path / "new").glob("*.json"))
        assert not list((tmp_path / "new").glob("*.tmp"))

    @pytest.mark.parametrize("how", ["sleep", "spin"])
    def test_code_that_blocks_is_killed_after_a_while_with_all_it_started(self, how: str, tmp_path: Path) -> None:
        mark = tmp_path / "pids"
        watched = Watched(plan("loop", 2, "blocking", tmp_path / "new", args={"how": how, "mark": str(mark)}))
        wait_for(lambda: mark.exists() and len(mark.read_text().split()) == 2, "started")
        watched.session.stop(grace=0.3)
        end = watched.end()
        assert (end["outcome"], watched.session.code) == ("stopped", 130)
        for pid in mark.read_text().split():
            wait_for(partial(lambda pid: not is_alive(pid), int(pid)), "no orphan")

    def test_ctrl_c_on_the_command_line_stops_the_run_and_says_so(self, tmp_path: Path) -> None:
        process = started(tmp_path, "patient", "--json")
        assert process.stdout is not None and process.stderr is not None
        while b'"kind":"checkpoint"' not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 130
        assert b'"outcome":"stopped"' in out.splitlines()[-1]
        assert b"stopping; once more to kill it" in err
        assert f"go on from the last checkpoint: ckpt-tui resume {tmp_path / 'new'} latest" in err.decode()

    @pytest.mark.skipif(sys.platform == "win32", reason="a system without pseudo-terminals")
    @pytest.mark.parametrize(("word", "code"), [("n", 130), ("y", 0)])
    def test_a_person_is_asked_and_nothing_runs_without_a_yes(self, word: str, code: int, tmp_path: Path) -> None:
        import pty

        directory, ids = store("loop")
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "ckpt_tui", "resume", directory, ids[3], "--workflow", f"{FLOWS}:build_loop",
             "--storage", STORAGE, "--into", tmp_path / "new"],
            cwd=ROOT, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        os.close(theirs)
        os.write(ours, f"{word}\n".encode())
        out, err = process.communicate(timeout=PATIENCE)
        os.close(ours)
        assert process.returncode == code
        assert b"Run it? [y/N]" in err
        assert (b"the workflow did not run" in err) == (word == "n") == (not (tmp_path / "new").exists())
        assert (out == b"") == (word == "n")

    def test_a_reader_that_goes_away_stops_the_run(self, tmp_path: Path) -> None:
        process = started(tmp_path, "patient", "--json")
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(PATIENCE) == 130
        assert b"nobody reads the events any more: the run is stopped" in err
        process.stderr.close()

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems show the end of a parent by its pipe alone")
    @pytest.mark.parametrize("how", ["sleep", "spin"])
    def test_no_run_outlives_a_program_that_is_killed(self, how: str, tmp_path: Path) -> None:
        mark = tmp_path / "pids"
        words = ("--arg", f'how="{how}"', "--arg", f"mark={json.dumps(str(mark))}")
        process = started(tmp_path, "blocking", *words)
        wait_for(lambda: mark.exists() and len(mark.read_text().split()) == 2, "started")
        process.kill()
        process.communicate()
        runner, child = map(int, mark.read_text().split())
        wait_for(lambda: not is_alive(runner), "no orphan")
        os.kill(child, signal.SIGKILL)  # a program that the workflow itself started is not ours to find


def started(tmp_path: Path, target: str, *words: str) -> subprocess.Popen[bytes]:
    directory, ids = store("loop")
    return subprocess.Popen(
        [sys.executable, "-m", "ckpt_tui", "resume", directory, ids[2], "--workflow", f"{FLOWS}:{target}", "--storage",
         STORAGE, "--into", tmp_path / "new", "--yes", *words],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heeds_ctrl_c,
    )  # fmt: skip


def heeds_ctrl_c() -> None:
    """As a program in a terminal does; one that a script starts in the background inherits that it is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def scenario(name: str, directory: Path) -> list[str]:
    subprocess.run(
        [sys.executable, "-W", "ignore", SCENARIOS, "write", name, directory], check=True, capture_output=True
    )
    return [document["checkpoint_id"] for document in checkpoints(directory)]


def resume_scenario(name: str, directory: Path, identifier: str, into: Path, *words: str) -> Done:
    target, storage = f"{SCENARIOS}:{name}", f"{SCENARIOS}:storage"
    return here(
        "resume", directory, identifier, "--workflow", target, "--storage", storage, "--into", into, "--yes", *words
    )
