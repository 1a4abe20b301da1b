"""`x` in the browser: what is selected goes to a file, masked."""

import json
from pathlib import Path

import pytest

from ckpt_tui.tui.screens.export import ExportScreen
from ckpt_tui.tui.screens.history import HistoryScreen
from tests.tui.support import RECORDED, SAMPLES, open_app


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
