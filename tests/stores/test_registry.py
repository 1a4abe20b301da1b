"""Stores at any depth, with their forks and what is beside them: nothing is left out in silence."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.actions.store_examination import examine
from ckpt_tui.core.model import CheckpointRef, Problem
from ckpt_tui.errors import NotFoundError
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.fork_directories import with_own_forks
from ckpt_tui.stores.neighbours import neighbours
from ckpt_tui.stores.registry import open_store
from tests.cli.commands import Output, called
from tests.stores.langgraph_saving import connect, save
from tests.support.small_stores import write, write_chain

ROOT = Path(__file__).parents[2]


@pytest.fixture
def output(capfdbinary: Output) -> Output:
    return capfdbinary


def listed(output: Output, *args: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(called(output, "ls", *map(str, args), "--json").out)
    return found


class TestDepth:
    def test_stores_of_users_and_tenants_open_as_one_list(self, tmp_path: Path, output: Output) -> None:
        for place in ("ada/one", "ada/two", "bob", "acme/eve/one"):
            write_chain(tmp_path / place, "aaaa", "bbbb")
        found = listed(output, tmp_path)
        assert {one["name"] for one in found["store"]["stores"]} == {"ada/one", "ada/two", "bob", "acme/eve/one"}
        assert len(found["checkpoints"]) == 8

    def test_one_of_them_is_named_with_the_id(self, tmp_path: Path, output: Output) -> None:
        write_chain(tmp_path / "ada" / "one", "aaaa", "bbbb")
        write_chain(tmp_path / "ada" / "two", "aaaa", "cccc", state={"who": "ada"})
        shown = json.loads(called(output, "show", str(tmp_path), "ada/two/aaaa", "--json").out)
        assert shown["checkpoint"]["store"] == "ada/two"
        assert shown["state"] == {"who": "ada"}

    def test_a_store_below_a_store_is_named(self, tmp_path: Path) -> None:
        write_chain(tmp_path, "aaaa")
        write_chain(tmp_path / "older", "bbbb")
        write_chain(tmp_path / "users" / "ada", "cccc")
        (tmp_path / "src").mkdir()
        assert [(one.name, one.what) for one in neighbours(open_store(tmp_path))] == [
            ("older", "another store of checkpoints"), ("users", "a directory of 1 other store"),
        ]  # fmt: skip

    def test_more_directories_than_are_looked_at_are_said(
        self, tmp_path: Path, output: Output, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in "abc":
            write_chain(tmp_path / name, "aaaa")
        monkeypatch.setattr("ckpt_tui.stores.registry._FOLDERS", 2)
        found = listed(output, tmp_path)
        assert len(found["store"]["stores"]) == 2
        assert [one["reason"] for one in found["problems"]] == [
            "only 2 directories were looked at; name a part of them to see its stores"
        ]
        assert examine(open_store(tmp_path)).is_grave  # not all of it was examined

    def test_a_directory_without_any_is_an_empty_store(self, tmp_path: Path) -> None:
        (tmp_path / "a" / "b").mkdir(parents=True)
        assert open_store(tmp_path).members == ()


class TestForks:
    @pytest.fixture
    def store(self, tmp_path: Path) -> Path:
        write_chain(tmp_path / "runs", "aaaa", "bbbb")
        write(
            tmp_path / "runs.forks" / "aaaa-1", "ffff", previous_checkpoint_id="aaaa", iteration_count=1,
            timestamp="2026-11-20T10:01:00.000001+00:00",
        )  # fmt: skip
        return tmp_path / "runs"

    def test_are_listed_with_their_store(self, store: Path, output: Output) -> None:
        found = listed(output, store)
        assert [(one["id"], one.get("notes")) for one in found["checkpoints"]] == [
            ("aaaa", None), ("bbbb", None), ("ffff", None)
        ]  # fmt: skip
        assert [one["name"] for one in found["store"]["forks"]] == ["aaaa-1"]
        assert found["store"]["kind"] == "agent-framework"

    def test_no_parent_is_missing_that_is_in_the_same_output(self, store: Path, output: Output) -> None:
        text = called(output, "ls", str(store), f"{store}.forks/aaaa-1").out
        assert "parent missing" not in text
        assert text.count("✓ ffff") == 1

    def test_a_parent_directory_shows_each_store_with_its_own(self, store: Path, output: Output) -> None:
        write_chain(store.parent / "other", "xxxx")
        found = listed(output, store.parent)
        assert {one["name"] for one in found["store"]["stores"]} == {"runs", "other"}
        assert [one["file"] for one in found["checkpoints"] if one["id"] == "ffff"] == ["runs/aaaa-1/ffff.json"]
        assert not any("notes" in one for one in found["checkpoints"])

    def test_a_fork_that_is_named_stays_by_itself(self, store: Path, output: Output) -> None:
        assert [one["id"] for one in listed(output, f"{store}.forks/aaaa-1")["checkpoints"]] == ["ffff"]

    @pytest.mark.parametrize("verb", [("show",), ("history",), ("diff",)])
    def test_an_id_of_a_fork_is_found_by_every_verb(self, store: Path, output: Output, verb: tuple[str]) -> None:
        args = {"show": ["ffff"], "history": ["state", "--tip", "ffff"], "diff": ["aaaa", "ffff"]}[verb[0]]
        assert called(output, *verb, str(store), *args).code in (0, 1)

    def test_find_looks_in_them(self, store: Path, output: Output) -> None:
        write(store.parent / "runs.forks" / "aaaa-1", "gggg", previous_checkpoint_id="ffff", state={"x": "needle"})
        done = called(output, "find", str(store), "needle")
        assert done.code == 0
        assert "gggg" in done.out

    def test_the_doctor_looks_at_them(self, store: Path, output: Output) -> None:
        (store.parent / "runs.forks" / "aaaa-1" / "broken.json").write_text('{"workflow_name": "fl', encoding="utf-8")
        done = called(output, "doctor", str(store), "--json")
        assert done.code == 4
        assert "aaaa-1/broken.json" in {finding["file"] for finding in json.loads(done.out)["findings"]}

    def test_the_doctor_says_that_the_framework_does_not_see_the_latest_in_one(self, store: Path) -> None:
        later = "2026-11-20T11:00:00+00:00"
        write(store.parent / "runs.forks" / "aaaa-1", "hhhh", previous_checkpoint_id="ffff", timestamp=later)
        found = [one for one in examine(with_own_forks(open_store(store))).findings if one.kind == "get-latest"]
        assert [one.file for one in found] == ["aaaa-1/hhhh.json"]
        assert "does not see the fork aaaa-1" in found[0].reason


class TestWhichStore:
    @pytest.fixture
    def store(self, tmp_path: Path) -> Path:
        for number in range(3):
            write_chain(tmp_path / f"conv_{number}", f"a{number}", f"b{number}", state={"user": f"u{number}"})
        return tmp_path

    def test_show_says_it(self, store: Path, output: Output) -> None:
        done = called(output, "show", str(store), "b1")
        assert done.out.startswith("conv_1/b1  ")

    def test_latest_says_which_others_are_as_late(self, store: Path, output: Output) -> None:
        done = called(output, "show", str(store), "latest")
        assert done.out.startswith("conv_2/b2  ")
        assert "latest is in conv_2; as late are those of conv_0, conv_1" in done.err

    def test_latest_of_one_store_needs_no_word(self, store: Path, output: Output) -> None:
        assert called(output, "show", str(store / "conv_1"), "latest").err == ""

    def test_find_says_it_in_both_forms(self, store: Path, output: Output) -> None:
        assert "conv_1/a1  " in called(output, "find", str(store), "u1").out
        found = json.loads(called(output, "find", str(store), "u1", "--json").out)
        assert {match["store"] for match in found["matches"]} == {"conv_1"}


class TestBesideThem:
    @pytest.fixture
    def store(self, tmp_path: Path) -> Path:
        write_chain(tmp_path, "aaaa", "bbbb")
        (tmp_path / "run.ndjson").write_text('{"type": "WORKFLOW_STARTED"}\n{"type": "X"}\n', encoding="utf-8")
        connection = sqlite3.connect(tmp_path / "app.db")
        connection.execute("create table t (x)")
        connection.commit()
        connection.close()
        (tmp_path / "notes.md").write_text("data: of mine\n", encoding="utf-8")
        (tmp_path / "app.py").write_text("print()\n", encoding="utf-8")
        return tmp_path

    def test_streams_and_databases_are_named_by_ls(self, store: Path, output: Output) -> None:
        text = called(output, "ls", str(store)).out
        assert "run.ndjson  a stream of events: ckpt-tui" in text
        assert "app.db  an SQLite database" in text
        assert {one["name"] for one in listed(output, store)["beside"]} == {"run.ndjson", "app.db"}

    def test_the_doctor_names_them_too(self, store: Path) -> None:
        found = [finding for finding in examine(open_store(store)).findings if finding.kind == "beside"]
        assert [(finding.file, finding.severity) for finding in found] == [("app.db", "info"), ("run.ndjson", "info")]

    def test_they_are_named_where_there_is_no_checkpoint_at_all(self, store: Path, output: Output) -> None:
        for name in ("aaaa.json", "bbbb.json"):
            (store / name).unlink()
        text = called(output, "ls", str(store)).out
        assert "run.ndjson  a stream of events" in text

    def test_files_of_dotnet_are_no_streams(self) -> None:
        assert neighbours(open_store(ROOT / "tests" / "data" / "dotnet" / "af_dotnet")) == []


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
class TestDatabases:
    def test_one_that_a_program_has_opened_and_not_written_yet_is_shown_once_it_is(self, tmp_path: Path) -> None:
        place = tmp_path / "memory.db"
        place.touch()
        store = open_store(place)
        (problem,) = collect(store.scan()).values()
        assert isinstance(problem, Problem)
        assert (problem.reason, problem.kind) == ("it is empty", "being-written")
        with closing(connect(place)) as connection:
            save(connection, 0)
            (entry,) = collect(store.scan()).values()
        assert isinstance(entry, CheckpointRef)

    def test_an_empty_file_with_another_name_is_not_taken_for_one(self, tmp_path: Path) -> None:
        (tmp_path / "memory.txt").touch()
        with pytest.raises(NotFoundError):
            open_store(tmp_path / "memory.txt")

    def test_of_the_formats_only_those_of_databases_are_imported_for_one(self) -> None:
        code = (
            "import sys\n"
            "from ckpt_tui.stores.registry import open_store\n"
            "assert open_store(sys.argv[1]).kind == 'langgraph'\n"
            "print([name for name in sys.modules if 'dotnet' in name or 'hpd' in name])"
        )
        place = ROOT / "tests" / "data" / "langgraph" / "1.2.24" / "forks.sqlite"
        done = subprocess.run([sys.executable, "-c", code, str(place)], cwd=ROOT, capture_output=True, check=True)
        assert done.stdout == b"[]\n"


class TestUnreadable:
    """What may not be read is a row with its reason. A child without privileges looks, as root may read everything."""

    @pytest.fixture
    def place(self) -> Iterator[Path]:
        found = Path(tempfile.mkdtemp())
        found.chmod(0o755)
        yield found
        subprocess.run(["chmod", "-R", "u+rwx", str(found)], check=True)
        shutil.rmtree(found)

    def look(self, *args: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run(*args).stdout)
        return found

    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        code = (
            "import os, sys\n"
            "from ckpt_tui.cli import command_line, doctor, ls\n"
            "from ckpt_tui.stores import registry\n"
            "formats = [*registry._OF_DATABASES, *registry._FORMATS]\n"
            "[registry._format(each) for each in formats]\n"  # they may not be readable either
            "os.geteuid() or (os.setgid(65534), os.setuid(65534))\n"
            "sys.exit(command_line.run(sys.argv[1:]))"
        )
        return subprocess.run(
            [sys.executable, "-c", code, *args, "--json"], capture_output=True, text=True, cwd=ROOT, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def test_a_directory_among_stores_is_a_row(self, place: Path) -> None:
        write_chain(place / "open", "aaaa")
        write_chain(place / "closed", "bbbb")
        (place / "closed").chmod(0)
        found = self.look("ls", str(place))
        assert [one["id"] for one in found["checkpoints"]] == ["aaaa"]
        assert [(one["file"], one["kind"]) for one in found["problems"]] == [("closed/", "directory")]
        assert "Permission denied" in found["problems"][0]["reason"]

    def test_a_store_whose_files_are_closed_is_rows(self, place: Path) -> None:
        write_chain(place / "open", "aaaa")
        write(place / "closed", "bbbb").chmod(0)
        found = self.look("ls", str(place))
        assert [(one["file"], one["kind"]) for one in found["problems"]] == [("closed/bbbb.json", "unreadable")]

    def test_the_doctor_says_it(self, place: Path) -> None:
        write_chain(place / "open", "aaaa")
        write_chain(place / "closed", "bbbb")
        (place / "closed").chmod(0)
        kinds = {finding["kind"] for finding in self.look("doctor", str(place))["findings"]}
        assert "directory" in kinds

    def test_one_that_is_closed_while_it_is_watched_is_a_row(self, place: Path) -> None:
        write_chain(place / "open", "aaaa")
        write_chain(place / "gone", "bbbb")
        store = open_store(place)
        shutil.rmtree(place / "gone")
        problems = [file for file in collect(store.scan()) if file == "gone/"]
        assert problems == ["gone/"]

    def test_a_directory_beside_checkpoints_is_named(self, place: Path) -> None:
        write_chain(place / "runs", "aaaa")
        (place / "runs" / "closed").mkdir(mode=0)
        [one] = self.look("ls", str(place / "runs"))["beside"]
        assert one == {"name": "closed", "what": "a directory that cannot be read: Permission denied"}

    @pytest.mark.parametrize("closed", ["runs.forks", "runs.forks/aaaa-1"])
    def test_forks_are_a_row(self, place: Path, closed: str) -> None:
        write_chain(place / "runs", "aaaa")
        write(place / "runs.forks" / "aaaa-1", "ffff", previous_checkpoint_id="aaaa")
        (place / closed).chmod(0)
        found = self.look("ls", str(place / "runs"))
        assert [one["id"] for one in found["checkpoints"]] == ["aaaa"]
        assert [(one["file"], one["kind"]) for one in found["problems"]] == [(f"{Path(closed).name}/", "directory")]

    def test_a_database_among_stores_is_a_row(self, place: Path) -> None:
        write_chain(place / "open", "aaaa")
        (place / "graphs").mkdir()
        (place / "graphs" / "checkpoints.sqlite").touch(mode=0)
        found = self.look("ls", str(place))
        assert [one["file"] for one in found["problems"]] == ["graphs/checkpoints.sqlite"]

    def test_what_lies_in_a_closed_directory_is_not_said_to_be_missing(self, place: Path) -> None:
        write_chain(place / "closed" / "runs", "aaaa")
        (place / "closed").chmod(0)
        done = self.run("ls", str(place / "closed" / "runs"))
        assert done.returncode == 3
        assert "cannot be read: Permission denied" in done.stdout + done.stderr
