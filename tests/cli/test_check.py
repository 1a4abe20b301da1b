"""`ckpt-tui check`: assertions on runs."""

import base64
import json
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.cli.commands import DATA, HOSTILE, NEW, Output, called, command
from tests.support.small_stores import write

FORK = NEW / "fork_hitl"
STORY = Path(__file__).parents[2] / "ckpt_tui" / "demo" / "recorded" / "store"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of four checkpoints whose score rises and then falls."""
    store = tmp_path / "store"
    store.mkdir()
    parent = None
    for number, score in enumerate((0.1, 0.5, 0.9, 0.4)):
        state = {"score": score, "api_key": "s3cret-value", "notes": ["n"] * number}
        write(store, f"c{number}", previous_checkpoint_id=parent, iteration_count=number, state=state)
        parent = f"c{number}"
    return store


def checked(output: Output, store: Path, text: str, *args: str) -> Any:
    file = store.parent / "checks.toml"
    file.write_text(text)
    return called(output, "check", store, file, "--json", *args)


@pytest.mark.parametrize(
    ("text", "failed"),
    [
        ('path = "state.score"\nequals = 0.4', None),
        ('path = "state.score"\nat_least = 0.5', "c3"),
        ('path = "state.score"\nequals = 0.9\nat = "latest~1"', None),
        ('path = "state.score"\nequals = 0.1\nat = "first"', None),
        ('path = "state.score"\nequals = 0.5\nat = "step 1"', None),
        ('path = "state.score"\nequals = 0.5\nat = "c1"', None),
        ('expect = "length(state.notes) == `3`"', None),
        ('expect = "state.score > `0.8`"', "c3"),
        ('always = "state.score < `0.8`"', "c2"),
        ('never = "state.score > `0.8`"', "c2"),
        ('eventually = "state.score > `0.8`"', None),
        ('eventually = "state.score > `1`"', "c3"),
        ('before = ["state.score > `0.4`", "state.score > `0.8`"]', None),
        ('before = ["state.score > `0.8`", "state.score > `0.4`"]', "c1"),
        ('count = "state.score >= `0.5`"\nequals = 2', None),
        ('count = "state.score >= `0.5`"\nat_most = 1', ""),
        ("safe = true", None),
        ('graph = "unchanged"', None),
        ('graph = "0000"', "c0"),
        ('path = "state.api_key"\nequals = "s3cret-value"', None),
    ],
)
def test_each_kind_passes_or_names_the_checkpoint(
    run: Path, capfdbinary: Output, text: str, failed: str | None
) -> None:
    done = checked(capfdbinary, run, f"[[check]]\n{text}\n")
    document = done.document
    assert document["schema"] == "ckpt-tui/check@1"
    assert [one["id"] for one in document["failed"]] == ([] if failed is None else [failed])
    assert done.code == (0 if failed is None else 1)
    assert document["passed"] == (1 if failed is None else 0)


def test_a_failure_shows_what_was_expected_what_is_there_and_what_changed(run: Path, capfdbinary: Output) -> None:
    [failure] = checked(capfdbinary, run, '[[check]]\nalways = "state.score < `0.8`"\n').document["failed"]
    assert failure["expected"] == "always state.score < `0.8`" and failure["value"] is False
    [failure] = checked(capfdbinary, run, '[[check]]\npath = "state.score"\nat_least = 0.5\n').document["failed"]
    assert (failure["path"], failure["value"], failure["reason"]) == ("state.score", 0.4, "it does not reach 0.5")
    assert failure["changes"] == [{"op": "changed", "path": "state.score", "before": 0.9, "after": 0.4}]
    text = called(capfdbinary, "check", run, run.parent / "checks.toml").out
    assert "✗ state.score at least 0.5 at latest" in text and "~ state.score  0.9 → 0.4" in text


def test_a_secret_is_compared_as_it_is_and_shown_masked(run: Path, capfdbinary: Output) -> None:
    done = checked(capfdbinary, run, '[[check]]\npath = "state.api_key"\nequals = "another"\n')
    assert done.code == 1 and "s3cret" not in done.out
    assert done.document["failed"][0]["value"] == {"$masked": "str", "$size": 12}


def test_who_ran_and_who_asked_are_checked_on_a_real_run(capfdbinary: Output, tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text(
        """
        [[check]]
        order = ["briefing", "writer", "reviewer", "approval"]
        [[check]]
        runs = "writer"
        equals = 3
        [[check]]
        asked = "approval"
        equals = 1
        [[check]]
        path = "state.draft.score"
        at_least = 0.3
        ran = "reviewer"
        [[check]]
        order = ["reviewer", "writer"]
        [[check]]
        expect = "state"
        ran = "nobody"
        """
    )
    failed = called(capfdbinary, "check", STORY, file, "--json").document["failed"]
    assert [one["reason"] for one in failed] == ["writer came too early", "nobody never ran"]


def test_what_is_dangerous_fails(tmp_path: Path, capfdbinary: Output) -> None:
    shutil.copy(HOSTILE / "garbage_pickle.json", tmp_path / "x.json")
    file = tmp_path / "c.toml"
    file.write_text("[[check]]\nsafe = true\n")
    done = called(capfdbinary, "check", tmp_path / "x.json", file, "--json")
    assert done.code == 1 and done.document["failed"][0]["reason"]


class TestARecording:
    def test_a_good_run_writes_a_first_file_that_holds(self, tmp_path: Path, capfdbinary: Output) -> None:
        file = tmp_path / "good.toml"
        assert called(capfdbinary, "check", FORK, file, "--record").code == 0
        assert (tmp_path / "good.bundle").exists()
        done = called(capfdbinary, "check", FORK, file)
        assert done.code == 0, done.out
        assert called(capfdbinary, "check", FORK, file, "--record").code == 2

    @pytest.mark.parametrize(
        ("text", "written"),
        [
            ("😀 done", 2), ("\ud83d alone", 1), ("tab\t \x7f \x1b[31m", 2), ('quo"te \\ \u2028', 2), ("\u200ca", 2),
            ("\x85", 2),
        ],
    )  # fmt: skip
    def test_any_text_in_the_last_state_makes_a_file_that_holds(
        self, text: str, written: int, tmp_path: Path, capfdbinary: Output
    ) -> None:
        store = tmp_path / "store"
        store.mkdir()
        write(store, "a")
        path = store / "a.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "state": {"said": text, text: 1}}))
        file = tmp_path / "good.toml"
        assert called(capfdbinary, "check", store, file, "--record").code == 0
        done = called(capfdbinary, "check", store, file)
        assert (done.code, done.out.splitlines()[-1]) == (0, f"{4 + written} passed"), done.out + done.err

    def test_a_run_that_differs_shows_where(self, run: Path, capfdbinary: Output) -> None:
        file = run.parent / "good.toml"
        called(capfdbinary, "check", run, file, "--record")
        path = run / "c2.json"
        changed = json.loads(path.read_text())
        changed["state"]["score"] = 0.8
        path.write_text(json.dumps(changed))
        failed = called(capfdbinary, "check", run, file, "--json").document["failed"]
        assert [(one["id"], one["path"]) for one in failed] == [("c2", "state.score")]
        file.write_text('[[check]]\nsame_as = "good.bundle"\nignore = ["state.score"]\n')
        assert called(capfdbinary, "check", run, file).code == 0

    def test_a_shorter_run_differs(self, run: Path, capfdbinary: Output) -> None:
        file = run.parent / "good.toml"
        called(capfdbinary, "check", run, file, "--record")
        file.write_text('[[check]]\nsame_as = "good.bundle"\n')
        done = called(capfdbinary, "check", run, file, "--json", "--tip", "c2")
        assert done.document["failed"][0]["reason"] == "3 checkpoints instead of 4"


def test_junit_is_xml_that_ci_systems_read(run: Path, capfdbinary: Output) -> None:
    report = run.parent / "junit.xml"
    text = '[[check]]\nname = "<good> & \\"so\\""\nsafe = true\n[[check]]\npath = "state.score"\nequals = 1\n'
    assert checked(capfdbinary, run, text, "--junit", str(report)).code == 1
    suite = ElementTree.parse(report).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [case.get("name") for case in suite] == ['<good> & "so"', "state.score equals 1 at latest"]
    [failure] = suite.iter("failure")
    assert "found    0.4" in (failure.text or "")


def test_a_report_is_never_written_into_the_store(run: Path, capfdbinary: Output) -> None:
    before = sorted(run.iterdir())
    done = checked(capfdbinary, run, "[[check]]\nsafe = true\n", "--junit", str(run / "junit.xml"))
    assert done.code == 2 and "never written to" in done.err and sorted(run.iterdir()) == before


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("expect = 'a['", 2, "JMESPath"), ("equals = 1", 2, "it needs one of"),
        ("nonsense", 2, "not valid TOML"), ("expect = 'a'\nat = 'step 99'", 2, "no step 99"),
        ("path = 'state.score'\nmatches = '('", 2, "regular expression"), ("same_as = 'none.bundle'", 3, "No such"),
    ],
)  # fmt: skip
def test_a_wrong_file_ends_with_what_is_wrong(run: Path, text: str, code: int, said: str, capfdbinary: Output) -> None:
    done = checked(capfdbinary, run, f"[[check]]\n{text}\n")
    assert (done.code, said in done.err) == (code, True), done.err


def test_a_file_that_is_missing_says_how_to_write_one(run: Path) -> None:
    done = command("check", run, run.parent / "none.toml")
    assert done.code == 3 and "--record" in done.err


@pytest.mark.parametrize("name", ["0.2.76/functional", "1.2.24/forks"])
def test_what_is_recorded_of_a_thread_of_langgraph_holds_for_it(name: str, tmp_path: Path, capfdbinary: Output) -> None:
    store, file = DATA / "langgraph" / f"{name}.sqlite", tmp_path / "good.toml"
    assert called(capfdbinary, "check", store, file, "--record").code == 0
    done = called(capfdbinary, "check", store, file)
    assert done.code == 0, done.out
    assert "ran" in done.out


def test_what_is_recorded_of_a_run_that_is_not_safe_holds_for_it_too(tmp_path: Path, capfdbinary: Output) -> None:
    store = tmp_path / "store"
    store.mkdir()
    bad = {"__pickled__": base64.b64encode(b"cos\nsystem\n(S'true'\ntR.").decode(), "__type__": "a:B"}
    write(store, "a", state={"score": 1})
    write(store, "b", previous_checkpoint_id="a", iteration_count=1, state={"score": 2, "bad": bad})
    file = tmp_path / "checks.toml"
    assert called(capfdbinary, "check", store, file, "--record").code == 0
    assert "# Without `safe = true`: 1 checkpoint of this run holds something" in file.read_text()
    assert called(capfdbinary, "check", store, file).code == 0
    file.write_text(file.read_text() + "\n[[check]]\nsafe = true\n")
    assert called(capfdbinary, "check", store, file).code == 1


def test_what_is_recorded_of_checkpoints_with_a_secret_in_their_ids_holds(tmp_path: Path, capfdbinary: Output) -> None:
    store, file = tmp_path / "store", tmp_path / "good.toml"
    secrets = [f"ghp_abcdefghijklmnopqrstuvwxyz012345678{number}" for number in (1, 2)]
    write(store, secrets[0], state={"n": 1, secrets[0]: 1})
    write(store, secrets[1], previous_checkpoint_id=secrets[0], iteration_count=1, state={"n": 2, secrets[0]: 2})
    assert called(capfdbinary, "check", store, file, "--record").code == 0
    assert called(capfdbinary, "check", store, file).code == 0
    file.write_text(file.read_text() + '\n[[check]]\npath = "state.n"\nequals = 1\n')
    done = called(capfdbinary, "check", store, file)
    assert done.code == 1 and "ghp_" not in done.out + file.read_text()


def test_what_a_first_file_cannot_hold_is_named_there_and_on_stderr(tmp_path: Path, capfdbinary: Output) -> None:
    store, file = tmp_path / "store", tmp_path / "good.toml"
    written = write(store, "a", state={"score": 1, "said": "HALF", "whole": "😀"})
    written.write_text(written.read_text().replace("HALF", "\\ud83d"))
    done = called(capfdbinary, "check", store, file, "--record")
    assert done.code == 0
    assert "left out: state.said at the end: half a character" in done.err
    text = file.read_text()
    assert "# Without `state.said at the end`: half a character" in text and "state.whole" in text
    assert called(capfdbinary, "check", store, file).code == 0
