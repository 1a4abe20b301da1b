"""`ckpt-tui notes`: what was noted in the browser, for people and for programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from ckpt_tui.actions.notebook import Note, notes_file, read_notes, write_notes
from tests.cli.commands import NEW, Output, called


@pytest.fixture
def output(capfdbinary: Output) -> Output:
    return capfdbinary


def noted(store: str) -> None:
    book = read_notes(store)
    book.put(Note("abc-1", True, "looks wrong\n\x1b[31mred", "flow", 3, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"))
    book.breakpoints.append("state.last > `3`")
    write_notes(book)


LOOP = str(NEW / "loop")


def test_notes_are_shown_to_people_without_escape_sequences(output: Output) -> None:
    noted(LOOP)
    result = called(output, "notes", LOOP)
    assert result.code == 0
    assert "★ abc-1  flow · iteration 3 · 2026-01-01T00:00:00Z" in result.out
    assert "    looks wrong" in result.out and "\x1b" not in result.out


def test_notes_are_shown_to_programs(output: Output) -> None:
    noted(LOOP)
    document = called(output, "notes", LOOP, "--json").document
    assert document["schema"] == "ckpt-tui/notes@1"
    assert document["store"] == LOOP
    assert document["breakpoints"] == ["state.last > `3`"]
    [note] = document["notes"]
    assert (note["id"], note["bookmark"], note["iteration"]) == ("abc-1", True, 3)


def test_notes_are_reported_as_a_list_to_paste(output: Output) -> None:
    noted(LOOP)
    assert "- ★ `abc-1` · flow" in called(output, "notes", LOOP, "--markdown").out


def test_a_store_without_notes_has_none(output: Output) -> None:
    result = called(output, "notes", LOOP)
    assert (result.code, result.out.strip()) == (0, f"no bookmarks or notes for {LOOP}")
    assert called(output, "notes", LOOP, "--json").document["notes"] == []


def test_a_broken_file_of_notes_is_reported(output: Output) -> None:
    path = Path(notes_file(LOOP))
    path.parent.mkdir(parents=True)
    path.write_text("{")
    result = called(output, "notes", LOOP)
    assert result.code == 2
    assert "does not contain notes" in result.err
