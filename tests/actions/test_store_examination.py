"""The doctor over whole stores, and what it says held against the real framework."""

import asyncio
import json
import os
import shutil
import sys
from pathlib import Path

import jmespath
import pytest

from ckpt_tui.actions.store_examination import examine
from ckpt_tui.core.doctor.report import Report
from ckpt_tui.core.show_document import show_document
from ckpt_tui.errors import NotFoundError
from ckpt_tui.stores.registry import open_store
from tests.support.oracle import AGENT_FRAMEWORK, DATA, load_environment

HOSTILE = DATA / "hostile"
STORES = sorted(path for path in AGENT_FRAMEWORK.glob("*/*") if path.is_dir())
SOUND = [path for path in STORES if path.parent.name == "1.23.0"]

UNLOADABLE = frozenset((
    "truncated", "empty", "not-json", "foreign", "trailing", "too-deep", "encoding", "byte-order-mark", "huge-integer",
    "unknown-member", "undecodable", "unread", "type-mismatch", "dangerous", "function", "numpy", "legacy",
))  # fmt: skip
"""Kinds of findings with which the framework cannot load a file, whatever it is asked to allow."""

COSTLY = frozenset(("memo_index_huge.json", "billion_laughs.json", "deep_tuple.json", "deep_json.json"))
"""Files that would cost the framework gigabytes or the interpreter its life."""


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def report_on(path: Path) -> Report:
    return examine(open_store(path))


def of(report: Report, kind: str) -> list[str]:
    return [finding.file for finding in report.findings if finding.kind == kind]


def load_for_real(directory: Path, allowed: list[str]) -> dict[str, Exception | None]:
    """What the framework says to each file of a directory, when asked to allow these types."""
    from agent_framework import FileCheckpointStorage

    async def load_all() -> dict[str, Exception | None]:
        storage = FileCheckpointStorage(directory, allowed_checkpoint_types=allowed)
        said: dict[str, Exception | None] = {}
        for path in sorted(directory.glob("*.json")):
            try:
                await storage.load(path.stem)
                said[path.name] = None
            except Exception as error:
                said[path.name] = error
        return said

    with load_environment():
        return asyncio.run(load_all())


# -- against the real framework ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("store", STORES, ids=name)
def test_with_the_types_the_doctor_gives_the_framework_loads_all_but_what_it_cannot(store: Path) -> None:
    report = report_on(store)
    hopeless = {finding.file for finding in report.findings if finding.kind in UNLOADABLE}
    said = load_for_real(store, list(report.allowed_types))
    moved = {file for file, error in said.items() if error is not None and is_moved(error)}
    assert {file for file, error in said.items() if error is not None} - moved == hopeless - moved


def is_moved(error: Exception) -> bool:
    """Whether the framework refuses a path because Python 3.13 has its class in another module than the file says."""
    return sys.version_info >= (3, 13) and "pathlib._local:" in str(error)


@pytest.mark.parametrize(
    "store", [path for path in SOUND if path.name in ("types_zoo", "hitl_answered", "orch_handoff")], ids=name
)
def test_each_type_the_doctor_gives_is_needed(store: Path) -> None:
    allowed = list(report_on(store).allowed_types)
    assert allowed
    for left_out in allowed:
        said = load_for_real(store, [other for other in allowed if other != left_out])
        # Where one file is refused for a class that has moved, nothing is said of the rest of it.
        refused = [error for error in said.values() if error is not None]
        assert any(left_out in str(error) or is_moved(error) for error in refused), left_out


def test_what_the_doctor_says_about_damaged_files_is_what_the_framework_does(tmp_path: Path) -> None:
    for path in HOSTILE.glob("*.json"):
        if path.name not in COSTLY and not path.name.startswith("rce_"):
            shutil.copy(path, tmp_path)
    report = report_on(tmp_path)
    hopeless = {finding.file for finding in report.findings if finding.kind in UNLOADABLE}
    said = load_for_real(tmp_path, list(report.allowed_types))
    refused = {file for file, error in said.items() if error is not None}
    assert refused == hopeless


# -- stores -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("store", SOUND, ids=name)
def test_a_store_that_the_newest_framework_wrote_has_no_warning(store: Path) -> None:
    assert {finding.severity for finding in report_on(store).findings} <= {"info"}


def test_a_plain_store_has_nothing_to_say() -> None:
    assert report_on(AGENT_FRAMEWORK / "1.23.0" / "linear") == Report((), (), 4)


def test_every_file_that_would_run_code_is_danger_and_its_path_leads_to_a_value() -> None:
    store = open_store(HOSTILE)
    found = [finding for finding in examine(store).findings if finding.severity == "danger"]
    assert {finding.file for finding in found} == {
        *(path.name for path in HOSTILE.glob("rce_*.json")), "ext_opcode.json", "persid.json"
    }  # fmt: skip
    for finding in found:
        assert finding.reason and finding.fix
        shown = show_document(store.load(finding.file), reveal=True)
        assert jmespath.search(finding.path, shown) is not None, finding


def test_nothing_is_suggested_that_only_hostile_files_name() -> None:
    assert report_on(HOSTILE).allowed_types == (
        "__builtin__:set",  # in a pickle of protocol 2, harmless but for its age
        "gen_corpus:ApprovalRequest",
        "gen_corpus:Decision",
    )


def test_every_file_of_a_hostile_store_is_counted() -> None:
    assert report_on(HOSTILE).files == len(list(HOSTILE.glob("*.json")))


@pytest.mark.parametrize("version", ["1.0.0b251001", "1.0.0b251028", "1.0.0b251120", "1.0.0b260210"])
def test_each_legacy_file_is_reported_and_nothing_else_is_wrong(version: str) -> None:
    store = DATA / "agent-framework-legacy" / version / "linear"
    report = report_on(store)
    assert {finding.kind for finding in report.findings} == {"legacy"}
    assert sorted(of(report, "legacy")) == sorted(path.name for path in store.glob("*.json"))
    assert all("era" in finding.reason and finding.severity == "warning" for finding in report.findings)


def test_secrets_in_run_arguments_are_reported_without_their_values() -> None:
    report = report_on(AGENT_FRAMEWORK / "1.23.0" / "run_kwargs")
    assert "state._workflow_run_kwargs.function_invocation_kwargs.__global__.token" in {
        finding.path for finding in report.findings if finding.kind == "secret"
    }
    assert "s3cr3t" not in str(report)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A healthy store to plant faults in."""
    shutil.copytree(AGENT_FRAMEWORK / "1.23.0" / "loop", tmp_path / "store")
    return tmp_path / "store"


def by_iteration(store: Path, iteration: int) -> Path:
    (found,) = [path for path in store.glob("*.json") if json.loads(path.read_text())["iteration_count"] == iteration]
    return found


def test_faults_planted_in_one_store_are_all_found_in_their_files(store: Path) -> None:
    lost = by_iteration(store, 5)
    after = by_iteration(store, 6)
    cut = by_iteration(store, 9)
    renamed = by_iteration(store, 11)
    lost.unlink()
    cut.write_bytes(cut.read_bytes()[:400])
    renamed.rename(store / "copy.json")
    (store / "gone.json.tmp").touch()
    (store / ".maf-ckpt-00.tmp").touch()
    (store / "other.json").write_text('{"name": "something else"}')
    (store / "directory.json").mkdir()
    (store / "link.json").symlink_to("nowhere")
    os.mkfifo(store / "pipe.json")
    report = report_on(store)
    planted = {
        "missing-parent": {after.name, by_iteration_after(store, cut)}, "truncated": {cut.name},
        "renamed": {"copy.json"},
        "leftover": {"gone.json.tmp", ".maf-ckpt-00.tmp"}, "foreign": {"other.json"},
        "not-a-file": {"directory.json", "pipe.json"}, "broken-link": {"link.json"},
    }  # fmt: skip
    assert {kind: set(of(report, kind)) for kind in {finding.kind for finding in report.findings}} == planted


def by_iteration_after(store: Path, cut: Path) -> str:
    """The file whose parent is the one that was cut off."""
    for path in store.glob("*.json"):
        if path.is_file() and f'"previous_checkpoint_id": "{cut.stem}"' in path.read_text():
            return path.name
    raise AssertionError


def test_a_checkpoint_that_was_not_saved_is_a_hole(store: Path) -> None:
    lost, after = by_iteration(store, 5), by_iteration(store, 6)
    parent = json.loads(lost.read_text())["previous_checkpoint_id"]
    after.write_text(after.read_text().replace(lost.stem, parent))
    lost.unlink()
    report = report_on(store)
    assert [(finding.kind, finding.file) for finding in report.findings] == [("hole", after.name)]


def test_one_file_is_examined_alone(store: Path) -> None:
    (store / "gone.json.tmp").touch()
    report = report_on(by_iteration(store, 0))
    assert (report.files, report.findings) == (1, ())


def test_a_directory_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        report_on(tmp_path / "nowhere")


def test_progress_is_reported_for_each_file(store: Path) -> None:
    progress: list[tuple[int, int]] = []
    examine(open_store(store), lambda done, total: progress.append((done, total)))
    count = len(list(store.glob("*.json")))
    assert progress == [(done, count) for done in range(count + 1)]


def test_an_examination_can_be_cancelled(store: Path) -> None:
    class Cancelled(Exception):
        pass

    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        examine(open_store(store), None, check)
    assert calls == 5


def test_a_file_that_vanishes_meanwhile_is_no_finding(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    last = max(store.glob("*.json"), key=lambda path: path.name)

    def progress(done: int, total: int) -> None:
        last.unlink(missing_ok=True)

    report = examine(open_store(store), progress)
    assert last.name not in {finding.file for finding in report.findings if finding.kind != "missing-parent"}
