"""Whose a store is: what others may write, and links that lead elsewhere, are said before anything is resumed."""

import os
from pathlib import Path

import pytest

from ckpt_tui.actions.resume.plan import Plan, Source, Target
from ckpt_tui.actions.resume.preview import preview_lines
from ckpt_tui.actions.store_examination import examine
from ckpt_tui.core.doctor.findings import Finding
from ckpt_tui.stores import fork_directories
from ckpt_tui.stores.base import collect
from ckpt_tui.stores.fork_directories import with_own_forks
from ckpt_tui.stores.place_trust import trust_lines
from ckpt_tui.stores.registry import open_store
from tests.support.small_stores import write_chain

pytestmark = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
STRANGER = 54_321


@pytest.fixture
def store(tmp_path: Path) -> Path:
    write_chain(tmp_path / "runs", "aaaa", "bbbb")
    return tmp_path / "runs"


def found_in(store: Path) -> list[Finding]:
    return [one for one in examine(open_store(store)).findings if one.kind in ("world-writable", "owner", "forks-link")]


def test_a_store_of_one_s_own_needs_no_word(store: Path) -> None:
    assert found_in(store) == []
    assert trust_lines(str(store), "aaaa.json") == []


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o702])
def test_a_directory_that_anybody_may_write_to_is_reported(store: Path, mode: int) -> None:
    store.chmod(mode)
    [finding] = found_in(store)
    assert (finding.kind, finding.severity) == ("world-writable", "warning")
    [line] = trust_lines(str(store), "aaaa.json")
    assert "anybody on this computer may put files into the store" in line


def test_a_store_that_anybody_may_replace_is_reported(store: Path) -> None:
    store.parent.chmod(0o777)
    assert ["in the place of the store" in finding.reason for finding in found_in(store)] == [True]


def test_a_file_that_anybody_may_change_is_reported_with_its_name(store: Path) -> None:
    (store / "bbbb.json").chmod(0o666)
    [finding] = found_in(store)
    assert (finding.kind, finding.file) == ("world-writable", "bbbb.json")
    assert trust_lines(str(store), "aaaa.json") == []
    assert trust_lines(str(store), "bbbb.json") == ["anybody on this computer may change this file: bbbb.json"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only the administrator gives files away")
def test_a_store_of_somebody_else_is_reported(store: Path) -> None:
    os.chown(store, STRANGER, -1)
    [finding] = found_in(store)
    assert (finding.kind, finding.reason) == (
        "owner",
        f"the store belongs to user {STRANGER}, who may put any file into it",
    )
    assert trust_lines(str(store), "aaaa.json") == [finding.reason]


def test_it_is_said_before_a_resume(store: Path) -> None:
    plan = Plan(Source(str(store), "aaaa", "g"), Target("app.py"), f"{store}.forks/aaaa-1")
    sound = [said.text for said in preview_lines(plan, {"check": {"ok": True}})]
    assert not any("anybody" in text for text in sound)
    store.chmod(0o777)
    first = next(iter(preview_lines(plan, {"check": {"ok": True}})))
    assert (first.sign, first.text, first.tone) == (
        "!",
        "anybody on this computer may put files into the store",
        "warn",
    )


def test_forks_that_are_a_link_are_reported(store: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "runs.forks").symlink_to(tmp_path / "elsewhere")
    [finding] = found_in(store)
    assert (finding.kind, finding.file) == ("forks-link", "runs.forks")
    assert str(tmp_path / "elsewhere") in finding.reason
    assert trust_lines(str(store), "aaaa.json") == [finding.reason]


def test_one_fork_that_is_a_link_is_reported(store: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "runs.forks").mkdir()
    (tmp_path / "runs.forks" / "aaaa-1").symlink_to(tmp_path / "elsewhere")
    assert [finding.file for finding in found_in(store)] == ["aaaa-1"]


def test_a_link_to_the_store_itself_is_nobody_s_trap(store: Path, tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to(store)
    assert found_in(tmp_path / "latest") == []


@pytest.mark.parametrize("place", ["runs.forks", "runs.forks/aaaa-1"])
def test_forks_that_anybody_may_write_to_are_reported(store: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "runs.forks" / "aaaa-1").mkdir(parents=True)
    (tmp_path / place).chmod(0o777)
    [finding] = found_in(store)
    assert (finding.kind, finding.file) == ("world-writable", Path(place).name)
    assert trust_lines(str(store), "aaaa.json") == [finding.reason]


@pytest.mark.parametrize("link", ["runs.forks", "runs.forks/aaaa-1"], ids=["all of them", "one of them"])
def test_forks_behind_a_link_are_read_where_they_are_few_and_named_where_they_are_many(
    store: Path, tmp_path: Path, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fork = tmp_path / "elsewhere" / "aaaa-1"
    write_chain(fork, "cccc")
    write_chain(tmp_path / "elsewhere" / "programs", "dddd")  # not the name of a fork
    whole = link == "runs.forks"
    (tmp_path / "runs.forks").mkdir() if not whole else None
    (tmp_path / link).symlink_to(fork.parent if whole else fork)
    opened = with_own_forks(open_store(store))
    assert {entry.file for entry in collect(opened.scan()).values()} == {"aaaa.json", "bbbb.json", "aaaa-1/cccc.json"}
    monkeypatch.setattr(fork_directories, "_BEHIND_LINKS", 1 if whole else 0)
    opened = with_own_forks(open_store(store))
    entries = collect(opened.scan())
    assert set(entries) == {"aaaa.json", "bbbb.json", f"{link}/"}
    report = examine(opened)
    [finding] = [one for one in report.findings if one.kind == "large-link"]
    assert "was not read" in finding.reason and "forks-link" in {one.kind for one in report.findings}
    assert not report.is_grave
