"""Bookmarks and notes are kept in the state directory, never beside the checkpoints."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ckpt_tui.actions.notebook import Note, Notebook, markdown, notes_document, notes_file, read_notes, write_notes
from ckpt_tui.errors import CkptError


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def filled(store: str) -> Notebook:
    book = read_notes(store)
    book.put(Note("b", True, "", "flow", 2, "2026-01-02T00:00:00Z"))
    book.put(Note("a", False, "where it went\nwrong \x1b[31m", "flow", 1, "2026-01-01T00:00:00Z"))
    book.pins = ["state.n"]
    book.breakpoints = ["state.n > `3`"]
    return book


def test_what_was_kept_is_read_again(tmp_path: Path, state: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    book = filled(str(store))
    write_notes(book)
    assert read_notes(str(store)) == book
    assert list(store.iterdir()) == []
    assert [path.parent for path in state.rglob("*.json")] == [state / "ckpt-tui" / "notes"]
    assert os.stat(notes_file(str(store))).st_mode & 0o777 == 0o600


def test_the_same_place_has_the_same_notes_however_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_notes(filled(str(tmp_path / "store")))
    monkeypatch.chdir(tmp_path)
    assert set(read_notes("./store").notes) == {"a", "b"}
    assert set(read_notes("store/").notes) == {"a", "b"}
    assert not read_notes("other").notes


def test_a_note_without_bookmark_and_text_is_forgotten() -> None:
    book = Notebook("/store")
    book.put(Note("a", True))
    book.put(Note("a"))
    assert not book.notes


def test_notes_are_reported_in_the_order_of_their_checkpoints() -> None:
    book = filled("/store")
    assert [entry["id"] for entry in notes_document(book)["notes"]] == ["a", "b"]
    text = markdown(book)
    assert text.index("`a`") < text.index("★ `b`")
    assert "  wrong" in text


@pytest.mark.parametrize("content", ["", "[]", "{", '{"schema": "other"}', "\x00"])
def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path, content: str) -> None:
    path = Path(notes_file(str(tmp_path)))
    path.parent.mkdir(parents=True)
    path.write_text(content)
    with pytest.raises(CkptError, match="does not contain notes"):
        read_notes(str(tmp_path))
    assert path.read_text() == content


def test_what_is_odd_in_a_file_is_passed_over(tmp_path: Path) -> None:
    path = Path(notes_file(str(tmp_path)))
    path.parent.mkdir(parents=True)
    notes = [1, {"id": "x", "bookmark": True, "iteration": "?"}, {"note": "no id"}]
    path.write_text(json.dumps({"schema": "ckpt-tui/notes@1", "notes": notes, "pins": "no list"}))
    assert read_notes(str(tmp_path)).notes == {"x": Note("x", True)}


def test_a_state_directory_that_cannot_be_written_is_reported(tmp_path: Path, state: Path) -> None:
    state.write_text("in the way")
    with pytest.raises(CkptError, match="cannot be saved"):
        write_notes(Notebook(str(tmp_path)))
    with pytest.raises(CkptError, match="cannot be read"):
        read_notes(str(tmp_path))
