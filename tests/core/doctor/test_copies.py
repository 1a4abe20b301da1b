"""Copies of checkpoints are named as what they are, and no advice loses or overwrites a file."""

import json
from pathlib import Path

import pytest

from ckpt_tui.actions.store_examination import examine
from ckpt_tui.core.doctor.advice import FIXES, NOTES, OTHERWISE, is_plain_name
from ckpt_tui.core.doctor.copies import made_by
from ckpt_tui.core.doctor.findings import Finding
from ckpt_tui.core.doctor.report import Doctor
from ckpt_tui.core.model import Problem
from ckpt_tui.stores.registry import open_store
from tests.support.small_stores import write, write_chain


def findings_of(store: Path, kind: str) -> list[Finding]:
    return [finding for finding in examine(open_store(store)).findings if finding.kind == kind]


@pytest.mark.parametrize(
    ("stem", "words"),
    [
        ("x (Anna's conflicted copy 2026-11-20)", "Dropbox"),
        ("x (Annas Konflikt-Kopie 2026-11-20)", "Dropbox"),
        ("x (conflicted copy 2026-11-20 101112)", "Nextcloud"),
        ("x.sync-conflict-20261120-100001-ABCDEFG", "Syncthing"),
        ("x_conflict-20261120-101112", "ownCloud"),
        ("x (SFConflict ada@example.org 2026-11-20-10-11-12)", "Seafile"),
        ("x-DESKTOP-AB12CD3", "OneDrive"),
        ("x-LAPTOP-7G8H9J0K-2", "OneDrive"),
        ("x (1)", "Google Drive"),
        ("x(2)", "Google Drive"),
        ("Copy of x", "Google Drive"),
        ("x 2", "macOS"),
        ("x copy", "Finder"),
        ("x copy 3", "Finder"),
        ("x - Copy", "Windows Explorer"),
        ("x - Kopie (2)", "Windows Explorer"),
        ("x - 副本", "Windows Explorer"),
        ("x_LOCAL_4711", "git mergetool"),
        ("x.REMOTE.4711", "git mergetool"),
        ("x.bak", "a backup"),
        ("x-backup2", "a backup"),
    ],
)
def test_what_made_a_copy_is_reported_by_its_name(stem: str, words: str) -> None:
    assert words in made_by(stem, "x")


@pytest.mark.parametrize("stem", ["before-approval", "y (1)", "xx 2"])
def test_any_other_name_says_nothing(stem: str) -> None:
    assert made_by(stem, "x") == ""


COPIES = (
    "22222222-bbbb (1)", "22222222-bbbb (Anna's conflicted copy 2026-11-20)",
    "22222222-bbbb.sync-conflict-20261120-100001-ABCDEFG",
)  # fmt: skip


class TestCopies:
    @pytest.fixture
    def store(self, tmp_path: Path) -> Path:
        write_chain(tmp_path, "11111111-aaaa", "22222222-bbbb")
        for number, name in enumerate(COPIES):
            write(
                tmp_path, name, checkpoint_id="22222222-bbbb", previous_checkpoint_id="11111111-aaaa",
                iteration_count=1, state={"v": 999 + number},
            )  # fmt: skip
        return tmp_path

    def test_each_is_reported_as_a_copy_with_what_differs(self, store: Path) -> None:
        found = {finding.file: finding for finding in findings_of(store, "copy")}
        assert found.keys() == {f"{name}.json" for name in COPIES}
        for number, name in enumerate(COPIES):
            finding = found[f"{name}.json"]
            assert finding.reason.startswith("a copy of 22222222-bbbb.json, which is beside it with the same id: ")
            assert f"state.v nothing → {999 + number}" in finding.reason

    def test_none_is_to_be_renamed_or_deleted(self, store: Path) -> None:
        assert not findings_of(store, "renamed")
        assert not any("ename" in finding.fix or "delete" in finding.fix for finding in findings_of(store, "copy"))

    def test_one_with_the_same_contents_is_reported_as_such(self, store: Path) -> None:
        copy = store / f"{COPIES[0]}.json"
        copy.write_bytes((store / "22222222-bbbb.json").read_bytes())
        [finding] = [one for one in findings_of(store, "copy") if one.file == copy.name]
        assert finding.reason.endswith("their contents are the same")

    def test_no_secret_is_shown_as_a_difference(self, store: Path) -> None:
        write(
            store, COPIES[0], checkpoint_id="22222222-bbbb", previous_checkpoint_id="11111111-aaaa",
            iteration_count=1, state={"password": "hunter2"},
        )  # fmt: skip
        assert "hunter2" not in json.dumps([finding.reason for finding in findings_of(store, "copy")])

    def test_one_that_is_cut_off_is_a_copy_all_the_same(self, store: Path) -> None:
        (store / f"{COPIES[0]}.json").write_text('{"workflow_name": "f', encoding="utf-8")
        [finding] = findings_of(store, "truncated")
        assert "by its name a copy of 22222222-bbbb.json, which is beside it" in finding.reason
        assert finding.fix == FIXES["copy"]

    def test_one_whose_original_cannot_be_read_is_all_there_is(self, store: Path) -> None:
        (store / "22222222-bbbb.json").write_text('{"workflow_name": "f', encoding="utf-8")
        found = findings_of(store, "copy")
        assert len(found) == len(COPIES)
        for finding in found:
            assert "is beside it and cannot be read" in finding.reason
            assert "move 22222222-bbbb.json out of the store first" in finding.fix

    def test_one_whose_original_is_gone_says_so(self, store: Path) -> None:
        (store / "22222222-bbbb.json").unlink()
        found = findings_of(store, "renamed")
        assert found
        for finding in found:
            assert "whose original is gone" in finding.reason
            assert "only one can have the name" in finding.fix


class TestRenamed:
    def test_a_free_and_plain_name_is_proposed(self, tmp_path: Path) -> None:
        write(tmp_path, "before", checkpoint_id="1234")
        [finding] = findings_of(tmp_path, "renamed")
        assert "Rename it to 1234.json" in finding.fix

    @pytest.mark.parametrize(
        "inner",
        [
            "../../etc/passwd",
            "a/b",
            "a\\b",
            "..",
            ".hidden",
            "con",
            "LPT1.x",
            "a\nb",
            "a:b",
            "a" * 300,
            "-rf",
            "$(touch x)",
            "a;b",
            "`x`",
            "%PATH%",
            "it's",
            "x\u202ey",
            " x",
        ],
    )
    def test_no_name_that_is_no_plain_file_name_is_proposed(self, tmp_path: Path, inner: str) -> None:
        write(tmp_path, "before", checkpoint_id=inner)
        [finding] = findings_of(tmp_path, "renamed")
        assert "ename" not in finding.fix
        assert inner not in finding.fix

    def test_no_name_that_another_file_has_is_proposed(self, tmp_path: Path) -> None:
        write(tmp_path, "before", checkpoint_id="1234")
        (tmp_path / "1234.JSON").write_text("notes of a person", encoding="utf-8")  # the same on macOS and Windows
        [finding] = findings_of(tmp_path, "renamed")
        assert "is there already" in finding.fix

    def test_a_name_that_is_taken_by_a_broken_file_is_not_proposed(self, tmp_path: Path) -> None:
        write(tmp_path, "before", checkpoint_id="1234")
        (tmp_path / "1234.json").write_text('{"workflow_name": "flow', encoding="utf-8")
        fixes = [finding.fix for finding in examine(open_store(tmp_path)).findings if finding.file == "before.json"]
        assert not any("Rename" in fix for fix in fixes)

    def test_a_name_that_two_files_claim_is_proposed_for_neither(self, tmp_path: Path) -> None:
        write(tmp_path, "one", checkpoint_id="1234")
        write(tmp_path, "two", checkpoint_id="1234")
        assert all("2 files hold that id" in finding.fix for finding in findings_of(tmp_path, "renamed"))


class TestAdvice:
    def test_none_says_to_delete_a_file_that_may_be_genuine(self) -> None:
        fixes = [*FIXES.values(), OTHERWISE, *(fix for _, _, fix in NOTES)]
        assert not [
            fix
            for fix in fixes
            if "delete it" in fix.lower() or "delete the" in fix.lower().replace("delete the torn line", "")
        ]

    def test_a_guessed_text_is_never_to_be_saved_anew(self) -> None:
        fixes = [fix for start, _, fix in NOTES if start == "not UTF-8"]
        assert fixes
        assert not any("Save" in fix for fix in fixes)

    @pytest.mark.parametrize("name", ["a.json", "7f3e-1.json", "übung.json", "订单.json", "a (1).json"])
    def test_plain_names_are_plain(self, name: str) -> None:
        assert is_plain_name(name)


def test_files_whose_names_are_exchanged_are_not_copies_of_each_other(tmp_path: Path) -> None:
    write(tmp_path, "p", checkpoint_id="q")
    write(tmp_path, "q", checkpoint_id="p")
    assert findings_of(tmp_path, "copy") == []
    assert [finding.fix for finding in findings_of(tmp_path, "renamed")] == [
        "q.json is there already, and is another file. Load this one as p.",
        "p.json is there already, and is another file. Load this one as q.",
    ]


@pytest.mark.parametrize(("name", "inner"), [("é1", "e\u03011"), ("STRASSE", "straße"), ("İ", "i\u0307")])
def test_no_name_is_proposed_that_macos_takes_for_one_that_is_there(tmp_path: Path, name: str, inner: str) -> None:
    write(tmp_path, name)
    write(tmp_path, "other", checkpoint_id=inner)
    [finding] = findings_of(tmp_path, "renamed")
    assert "is there already" in finding.fix


@pytest.mark.parametrize(
    "kind", ["locked", "interrupted", "unreachable", "denied", "slow", "damaged", "large", "foreign"]
)
def test_nobody_is_told_to_move_a_database_away(kind: str) -> None:
    doctor = Doctor()
    doctor.problem(Problem("orders.sqlite", "why", kind))
    [finding] = doctor.report().findings
    assert "move" not in finding.fix.lower() and ".json" not in finding.fix and "delete" not in finding.fix.lower()
