"""`x` in the browser: what is selected goes to a file, masked."""

import json
from pathlib import Path

import pytest
from textual.widgets import Input

from ckpt_tui.core.runs.listing import NodeRow
from ckpt_tui.tui.screens.export import ExportScreen, ScopeLines
from ckpt_tui.tui.screens.history import HistoryScreen
from tests.tui.support import NARROW, NORMAL, RECORDED, SAMPLES, open_app


async def exported(place: Path, *keys: str, file: str) -> str:
    """What the line at the bottom says once the file is written."""
    async with open_app(place) as driver:
        await driver.press(*keys)
        await driver.until(lambda: isinstance(driver.app.screen, ExportScreen))
        await driver.press("enter", "ctrl+u")
        await driver.type(file)
        await driver.pilot.press("enter")
        await driver.until(lambda: not isinstance(driver.app.screen, ExportScreen))
        await driver.pilot.pause()
        return driver.text


async def test_a_checkpoint_is_written_for_an_issue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = await exported(SAMPLES / "run_kwargs", "x", file="one.md")
    written = (tmp_path / "one.md").read_text()
    assert "Written: one.md: 1 checkpoint as md; 4 secrets masked" in text  # as in JSON
    assert "#### What changed" in written and "```mermaid" in written


async def test_a_replayed_run_is_exported_as_its_branch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = await exported(SAMPLES / "linear", "space", "G", "x", "down", file="run.bundle")
    assert "Written: run.bundle" in text and "step" in text, "said by the replay, which is in front"
    assert len(json.loads((tmp_path / "run.bundle").read_text())["checkpoints"]) == len(
        list((SAMPLES / "linear").rglob("*.json"))
    )


async def test_several_marked_checkpoints_are_exported_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_app(SAMPLES / "two_workflows_one_dir") as driver:
        names = [row.node.ref.id for row in driver.screen.list.view.rows if isinstance(row, NodeRow)]
        await driver.press("g", "m", "G", "m", "k", "x")
        await driver.shows("the 2 marked checkpoints, and what changed in each")
        await driver.press("enter", "ctrl+u")
        await driver.type("two.bundle")
        await driver.press("enter")
        await driver.shows("Written: two.bundle: 2 checkpoints as bundle")
    written = json.loads((tmp_path / "two.bundle").read_text())["checkpoints"]
    assert {one["ref"]["id"] for one in written} == {names[0], names[-1]}


async def test_one_mark_comes_after_the_checkpoint_that_is_selected() -> None:
    async with open_app(SAMPLES / "linear") as driver:
        await driver.press("g", "m", "G", "x")
        await driver.shows("this checkpoint, and", "the marked checkpoint, and")
        screen = driver.app.screen
        assert isinstance(screen, ExportScreen)
        assert screen.query_one(ScopeLines).cursor == 0
        assert screen.query_one(ScopeLines).rows[0].title.startswith("this checkpoint")


async def test_a_replay_exports_what_it_shows_whatever_is_marked_behind_it() -> None:
    async with open_app(SAMPLES / "linear") as driver:
        await driver.press("g", "m", "j", "m", "space", "G", "x")
        await driver.shows("this checkpoint, and")
        assert "marked" not in driver.text.partition("this checkpoint")[0].rpartition("Export")[2]
        assert "marked checkpoints, and" not in driver.text


async def test_a_file_that_exists_is_replaced_when_enter_is_pressed_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    mine = tmp_path / "mine.md"
    mine.write_text("kept")
    async with open_app(SAMPLES / "linear") as driver:
        await driver.press("x", "enter", "ctrl+u")
        await driver.type("mine.md")
        await driver.press("enter")
        await driver.shows("mine.md exists: Enter once more replaces it.")
        assert mine.read_text() == "kept"
        await driver.press("enter")
        await driver.shows("Written: mine.md")
    assert mine.read_text().startswith("###")


async def test_a_comparison_replaces_no_file_at_once_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    mine = tmp_path / "mine.md"
    mine.write_text("kept")
    async with open_app(RECORDED) as driver:
        await driver.press("d")
        await driver.until(lambda: getattr(driver.app.screen, "compared", None), "the changes")
        await driver.press("X", "ctrl+u")
        await driver.type("mine.md")
        await driver.press("enter")
        await driver.shows("mine.md exists: Enter once more replaces it.")
        assert mine.read_text() == "kept"
        await driver.press("enter")
        await driver.shows("Written: mine.md")


@pytest.mark.parametrize("size", [NARROW, NORMAL])
async def test_why_nothing_is_written_is_shown_in_full_and_another_name_is_asked_for(
    size: tuple[int, int], tmp_path: Path
) -> None:
    path = str(tmp_path / "none" / "x.md")
    async with open_app(SAMPLES / "linear", size) as driver:
        await driver.press("x", "enter", "ctrl+u")
        await driver.type(path)
        await driver.press("enter")
        await driver.shows("cannot be", "No such file or directory")
        assert driver.app.screen.query_one("#ask", Input).value == path
        await driver.press("ctrl+u")
        await driver.type(str(tmp_path / "x.md"))
        await driver.press("enter")
        await driver.until((tmp_path / "x.md").exists)
        await driver.until(lambda: not isinstance(driver.app.screen, ExportScreen))


async def test_why_a_comparison_is_not_written_is_shown_and_another_name_is_asked_for(tmp_path: Path) -> None:
    async with open_app(RECORDED, NARROW) as driver:
        await driver.press("d")
        await driver.until(lambda: getattr(driver.app.screen, "compared", None), "the changes")
        for path, said in ((tmp_path / "none" / "x.md", "cannot be written: No such"), (RECORDED / "x.md", "A store")):
            await driver.press("X", "ctrl+u")
            await driver.type(str(path))
            await driver.press("enter")
            await driver.shows(said)
            await driver.press("escape")
    assert not (RECORDED / "x.md").exists()


async def test_a_store_is_never_written_to() -> None:
    place = SAMPLES / "linear"
    before = sorted(place.rglob("*"))
    async with open_app(place) as driver:
        await driver.press("x", "enter", "ctrl+u")
        await driver.type(str(place / "copy.md"))
        await driver.pilot.press("enter")
        await driver.until(lambda: "A store is never written to" in driver.text)
    assert sorted(place.rglob("*")) == before


async def test_a_history_is_written_as_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_app(RECORDED, steps=("state", "draft", "score"), tab="state") as driver:
        driver.screen.queries.open_history()
        await driver.until(lambda: isinstance(driver.app.screen, HistoryScreen))
        await driver.shows("values in")
        await driver.press("x", "ctrl+u")
        await driver.type("h.md")
        await driver.press("enter")
        await driver.shows("Written: h.md")
        for name in ("h.html", "h.json"):
            await driver.press("x", "ctrl+u")
            await driver.type(name)
            await driver.press("enter")
            await driver.shows(f"Written: {name}")
    assert "<h1>state." in (tmp_path / "h.html").read_text()
    assert json.loads((tmp_path / "h.json").read_text())["schema"].startswith("ckpt-tui/history")
    text = (tmp_path / "h.md").read_text()
    assert text.startswith("### `state.") and "| checkpoint | step | ran | value |" in text


async def test_a_comparison_is_written_as_a_diff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_app(RECORDED) as driver:
        await driver.press("d")
        await driver.shows("compare")
        await driver.until(lambda: getattr(driver.app.screen, "compared", None), "the changes")
        assert "X export" in driver.lines[-1]
        for name in ("d.md", "d.html", "d.json"):
            await driver.press("X", "ctrl+u")
            await driver.type(name)
            await driver.press("enter")
            await driver.shows(f"Written: {name}")
        await driver.press("X", "ctrl+u")
        await driver.type("d.txt")
        await driver.press("enter")
        await driver.shows(".txt is not a format here: the name ends in .md, .html or .json")
    assert not (tmp_path / "d.txt").exists()
    assert (tmp_path / "d.html").read_text().startswith("<!doctype html>")
    document = json.loads((tmp_path / "d.json").read_text())
    assert document["schema"] == "ckpt-tui/diff@1"
    assert document["changes"]
    assert "```diff\n" in (tmp_path / "d.md").read_text()
