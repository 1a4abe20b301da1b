"""Which checkpoint the framework would resume, held against what it does: `get_latest` by a workflow's name."""

import asyncio
import base64
import logging
import pickle
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.actions.store_contents import read_store
from ckpt_tui.actions.store_examination import examine
from ckpt_tui.core.doctor.findings import Finding
from ckpt_tui.core.runs.ids import latest
from ckpt_tui.stores.registry import open_store
from tests.support.gen_corpus import WorkItem
from tests.support.oracle import load_environment
from tests.support.small_stores import write, write_chain


def finding_of(store: Path, kind: str = "get-latest") -> Finding | None:
    found = [finding for finding in examine(open_store(store)).findings if finding.kind == kind]
    assert len(found) < 2
    return found[0] if found else None


def test_branches_of_a_run_that_end_at_the_same_time_are_good_to_know(tmp_path: Path) -> None:
    write_chain(tmp_path, "first", "second", "third")
    for name, parent in (("third", "second"), ("other", "first")):
        write(tmp_path, name, previous_checkpoint_id=parent, timestamp="2026-11-20T10:00:05+00:00")
    finding = finding_of(tmp_path, "tie")
    assert finding is not None and (finding.severity, finding.file) == ("info", "third.json")
    assert finding.reason == "2 branches of flow end at the same time; latest here is the longest one"
    (tmp_path / "other.json").unlink()
    write(tmp_path, "alone", timestamp="2026-11-20T10:00:05+00:00")  # another run
    assert finding_of(tmp_path, "tie") is None


def latest_here(store: Path) -> str:
    runs, _ = read_store(open_store(store))
    return latest([node for run in runs for node in run.nodes]).ref.id


def taken(store: Path, *allowed: str) -> Any:
    """The id of what the framework takes, or the exception that it raises."""
    from agent_framework import FileCheckpointStorage

    logging.disable(logging.CRITICAL)
    try:
        with load_environment():
            storage = FileCheckpointStorage(store, allowed_checkpoint_types=list(allowed))
            found = asyncio.run(storage.get_latest(workflow_name="flow"))
            return found.checkpoint_id if found is not None else None
    except Exception as error:
        return error
    finally:
        logging.disable(logging.NOTSET)


def envelope(value: Any) -> dict[str, str]:
    kind = type(value)
    data = base64.b64encode(pickle.dumps(value)).decode()
    return {"__pickled__": data, "__type__": f"{kind.__module__}:{kind.__qualname__}"}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    write_chain(tmp_path, "aaaa", "bbbb", "cccc")
    return tmp_path


def test_a_sound_store_needs_no_word(store: Path) -> None:
    assert finding_of(store) is None
    assert taken(store) == latest_here(store) == "cccc"


def test_a_newest_file_that_cannot_be_loaded_is_skipped(store: Path) -> None:
    write(store, "cccc", surprise=1, iteration_count=2, timestamp="2026-11-20T10:00:02.000001+00:00")
    finding = finding_of(store)
    assert taken(store) == "bbbb"
    assert finding is not None
    assert (finding.severity, finding.file) == ("warning", "cccc.json")
    assert "gives bbbb.json, iteration 1" in finding.reason
    assert "cccc.json (members no known version writes: surprise" in finding.reason


def test_a_newest_file_that_needs_types_is_skipped_unless_they_are_allowed(store: Path) -> None:
    state = {"x": envelope(WorkItem(1))}
    write(store, "cccc", state=state, iteration_count=2, timestamp="2026-11-20T10:00:02.000001+00:00")
    (store / "dddd.json").write_bytes((store / "cccc.json").read_bytes()[:400])
    report = examine(open_store(store))
    finding = finding_of(store)
    assert taken(store) == "bbbb"
    assert taken(store, *report.allowed_types) == "cccc" == latest_here(store)
    assert finding is not None
    assert finding.severity == "info"
    assert "gives bbbb.json, iteration 1" in finding.reason
    assert f"cccc.json (needs {report.allowed_types[0]})" in finding.reason
    assert "dddd.json (cut off" in finding.reason


def test_times_with_and_without_a_zone_cannot_be_compared(store: Path) -> None:
    write(store, "bbbb", previous_checkpoint_id="aaaa", iteration_count=1, timestamp="2026-11-20T10:00:01.000001")
    finding = finding_of(store)
    assert isinstance(taken(store), TypeError)
    assert finding is not None
    assert "fails: TypeError, as bbbb.json has a time without a zone" in finding.reason
    assert "cccc" in finding.fix


def test_a_time_that_is_no_date_ends_the_search(store: Path) -> None:
    write(store, "bbbb", previous_checkpoint_id="aaaa", iteration_count=1, timestamp="yesterday")
    finding = finding_of(store)
    assert isinstance(taken(store), ValueError)
    assert finding is not None
    assert "fails: ValueError, as bbbb.json" in finding.reason


def test_a_checkpoint_whose_time_is_later_than_that_of_its_descendants_is_taken(store: Path) -> None:
    write(store, "bbbb", previous_checkpoint_id="aaaa", iteration_count=1, timestamp="9999-12-31T23:59:59-12:00")
    write(store, "cccc", previous_checkpoint_id="bbbb", iteration_count=2, timestamp="2026-11-20T10:00:05+00:00")
    finding = finding_of(store)
    assert taken(store) == "bbbb"
    assert finding is not None
    assert "gives bbbb.json, iteration 1, not the latest here: its time, 9999-12-31T23:59:59-12:00," in finding.reason
    assert finding.fix == "Name the id to resume: cccc."


def test_a_time_that_is_not_even_a_text_ends_the_search_otherwise(store: Path) -> None:
    write(store, "bbbb", previous_checkpoint_id="aaaa", iteration_count=1, timestamp=True)
    finding = finding_of(store)
    assert isinstance(taken(store), TypeError)
    assert finding is not None
    assert "fails: TypeError, as bbbb.json has a time that is not a date" in finding.reason


def test_of_equal_times_the_directory_s_first_is_taken(tmp_path: Path) -> None:
    names = [f"{number:04x}" for number in range(12)]
    for number, name in enumerate(names):
        write(tmp_path, name, previous_checkpoint_id=names[number - 1] if number else None, iteration_count=number)
    finding = finding_of(tmp_path)
    real = taken(tmp_path)
    assert latest_here(tmp_path) == names[-1]
    if real == names[-1]:
        assert finding is None
    else:
        assert finding is not None
        assert f"gives {real}.json" in finding.reason
        assert finding.severity == "info"


def test_two_runs_that_overlap_are_reported(tmp_path: Path) -> None:
    write_chain(tmp_path, "aaaa", "bbbb", "cccc")
    for number, name in enumerate(("xxxx", "yyyy")):
        write(
            tmp_path, name, previous_checkpoint_id="xxxx" if number else None, iteration_count=number,
            timestamp=f"2026-11-20T10:00:0{number + 1}.500000+00:00",
        )  # fmt: skip
    finding = finding_of(tmp_path, "overlap")
    assert finding is not None
    assert finding.reason.startswith("2 runs of flow overlap in time")
    assert (taken(tmp_path), finding.file) == ("yyyy", "yyyy.json")


def test_two_runs_one_after_the_other_need_no_word(tmp_path: Path) -> None:
    write_chain(tmp_path, "aaaa", "bbbb")
    write(tmp_path, "xxxx", timestamp="2026-11-20T10:01:00.000001+00:00")
    assert finding_of(tmp_path, "overlap") is None


def test_each_of_several_stores_is_looked_at_by_itself(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_chain(tmp_path / name, "aaaa", "bbbb", "cccc")
    write(tmp_path / "two", "cccc", surprise=1, iteration_count=2, timestamp="2026-11-20T10:00:02.000001+00:00")
    finding = finding_of(tmp_path)
    assert taken(tmp_path / "two") == "bbbb"
    assert finding is not None
    assert finding.file == "two/cccc.json"
    assert "gives two/bbbb.json" in finding.reason


def test_nothing_is_said_of_what_could_run_code(store: Path) -> None:
    danger = {"x": {"__pickled__": base64.b64encode(b"cos\nsystem\n.").decode(), "__type__": "x:y"}}
    write(store, "cccc", state=danger, iteration_count=2, timestamp="2026-11-20T10:00:02.000001+00:00")
    assert finding_of(store) is None


def test_a_time_that_is_no_date_ends_the_search_beside_a_file_that_is_skipped(tmp_path: Path) -> None:
    write(tmp_path, "aaaa", timestamp="")
    write(tmp_path, "bbbb", previous_checkpoint_id="aaaa", iteration_count=1)
    (tmp_path / "bbbb.json").write_text((tmp_path / "bbbb.json").read_text()[:400])
    assert isinstance(taken(tmp_path), ValueError)
    examine(open_store(tmp_path))


def test_a_time_that_is_no_date_ends_the_search_among_files_that_cannot_be_loaded(store: Path) -> None:
    for name in ("bbbb", "cccc"):
        write(store, name, version=2, previous_checkpoint_id="aaaa", iteration_count=1, surprise=1)
    write(store, "aaaa", timestamp="")
    finding = finding_of(store)
    assert isinstance(taken(store), ValueError)
    assert finding is not None
    assert "ValueError" in finding.reason
