"""A store that changes while it is watched."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ckpt_tui.core.model import Checkpoint
from ckpt_tui.stores.base import Batch
from ckpt_tui.stores.directory import DirectoryStore
from tests.support import workflows
from tests.support.patience import PATIENCE
from tests.tui.support import NARROW, NORMAL, SAMPLES, copy_of, open_app


def put(source: Path, directory: Path) -> None:
    """Write a checkpoint as the framework does: another name first, then a rename."""
    hidden = directory / ".maf-ckpt-0123.tmp"
    hidden.write_bytes(source.read_bytes())
    os.replace(hidden, directory / source.name)


async def test_new_files_appear_and_the_newest_is_followed(tmp_path: Path) -> None:
    files = sorted((SAMPLES / "loop").glob("*.json"), key=lambda path: json.loads(path.read_text())["timestamp"])
    for path in files[:3]:
        put(path, tmp_path)
    async with open_app(tmp_path) as app:
        for path in files[3:8]:
            put(path, tmp_path)
            await app.until(lambda path=path: app.screen.list.selected == path.name, path.name)  # type: ignore[misc]
        assert len(app.screen.list.view.places) == 8


async def test_a_store_of_which_nothing_is_known_yet_is_said_to_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan, goes_on = DirectoryStore.scan, threading.Event()

    def held(store: DirectoryStore) -> Iterator[Batch]:
        assert goes_on.wait(PATIENCE)
        return scan(store)

    monkeypatch.setattr(DirectoryStore, "scan", held)
    async with open_app(copy_of("loop", tmp_path), settled=False) as app:
        await app.shows("◌ reading …")
        assert "live" not in app.lines[0]
        assert "checkpoints" not in app.lines[0]
        goes_on.set()
        await app.shows("● live", "checkpoints")
        assert "reading" not in app.lines[0]


async def test_moving_by_hand_ends_following_and_f_takes_it_up(tmp_path: Path) -> None:
    store = copy_of("loop", tmp_path)
    spare = store / app_newest(store)
    held = tmp_path / "held.json"
    spare.rename(held)
    async with open_app(store) as app:
        await app.press("g")
        first = app.screen.list.selected
        await app.shows("F follows")
        shutil.copy(held, spare)
        await app.until(lambda: spare.name in app.screen.list.view.places)
        assert app.screen.list.selected == first
        await app.press("F")
        assert app.screen.list.selected == spare.name
        await app.shows("following")


def app_newest(store: Path) -> str:
    """The name of the newest checkpoint of a store."""
    return max(store.glob("*.json"), key=lambda path: json.loads(path.read_text())["timestamp"]).name


async def test_a_deleted_file_disappears_and_its_neighbour_is_selected(tmp_path: Path) -> None:
    store = copy_of("loop", tmp_path)
    async with open_app(store) as app:
        await app.press("5", "g")
        gone = app.screen.list.selected
        (store / gone).unlink()
        await app.until(lambda: gone not in app.screen.list.view.places)
        assert app.screen.list.selected in app.screen.list.view.places


async def test_a_replaced_file_is_shown_anew(tmp_path: Path) -> None:
    store = copy_of("linear", tmp_path)
    async with open_app(store) as app:
        selected = store / app.screen.list.selected
        document = json.loads(selected.read_text())
        document["state"]["fresh"] = "just written"
        replacement = tmp_path / "new.json"
        replacement.write_text(json.dumps(document, indent=2))
        os.replace(replacement, selected)
        await app.shows("just written")


async def test_the_directory_is_deleted_and_made_again(tmp_path: Path) -> None:
    store = copy_of("linear", tmp_path)
    async with open_app(store) as app:
        shutil.rmtree(store)
        await app.shows("waiting for the directory")
        copy_of("loop", tmp_path).rename(tmp_path / "elsewhere")
        (tmp_path / "elsewhere").rename(store)
        await app.shows("loop · run 1")


async def test_selection_and_folds_stay_while_others_arrive(tmp_path: Path) -> None:
    store = copy_of("loop", tmp_path)
    async with open_app(store) as app:
        await app.press("4", "g", "enter")
        await app.settled()
        selected = app.screen.list.selected
        tree = app.screen.details[0].rows
        await app.press("E", "j", "j")
        labels, rows = tree.labels, tree.line_count
        for path in (SAMPLES / "linear").glob("*.json"):
            put(path, store)
        await app.until(lambda: len(app.screen.list.view.runs) == 2)
        assert app.screen.list.selected == selected
        assert (tree.labels, tree.line_count) == (labels, rows)


async def test_a_real_workflow_running_beside_the_app_shows_up(tmp_path: Path) -> None:
    async with open_app(tmp_path, settled=False) as app:
        await app.shows("Waiting for a checkpoint")
        running = asyncio.create_task(workflows.loop(tmp_path, rounds=4, delay=0.05))
        await app.until(lambda: len(app.screen.list.view.places) > 2, "live checkpoints")
        written = await running
        await app.until(lambda: len(app.screen.list.view.places) == len(written), "all checkpoints")
        await app.settled()
        assert app.screen.list.selected == f"{written[-1]}.json"


async def test_a_request_of_a_real_workflow_is_shown_as_waiting(tmp_path: Path) -> None:
    async with open_app(tmp_path, settled=False) as app:
        await workflows.human(tmp_path)
        await app.shows("waits")


@pytest.mark.parametrize("size", [NARROW, NORMAL])
async def test_a_tab_that_is_picked_while_the_first_checkpoint_is_loaded_is_the_one_it_opens_in(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, load = threading.Event(), DirectoryStore.load

    def slowly(store: DirectoryStore, file: str, *rest: Any) -> Checkpoint:
        go_on.wait(PATIENCE)
        return load(store, file, *rest)

    monkeypatch.setattr(DirectoryStore, "load", slowly)
    async with open_app(SAMPLES / "loop", size, settled=False) as app:
        await app.until(app.screen.opened.is_loading, "the load begun")
        await app.press("f3", "t", "T", "f2")
        assert app.screen.panes.detail.checkpoint is None
        await app.press("f3")
        go_on.set()
        await app.shows("[State]", "history", "sq")


@pytest.mark.parametrize(("key", "tab"), [("f3", "State"), ("t", "State"), ("f5", "Diff")])
async def test_a_tab_that_is_picked_before_there_is_a_checkpoint_is_said_and_kept(
    key: str, tab: str, tmp_path: Path
) -> None:
    source = max((SAMPLES / "loop").glob("*.json"))
    async with open_app(tmp_path, settled=False) as app:
        await app.shows("Waiting for a checkpoint")
        await app.press(key)
        await app.shows("Waiting for a checkpoint", f"the next one opens in {tab}")
        put(source, tmp_path)
        await app.shows(f"[{tab}")


async def test_the_overview_of_a_tip_says_what_follows_once_it_is_written_and_moves_nothing(tmp_path: Path) -> None:
    store = copy_of("loop", tmp_path)
    newest = store / app_newest(store)
    held = tmp_path / "held.json"
    newest.rename(held)
    alone = "nothing was written after this"
    async with open_app(store) as app:
        await app.press("g", "G")
        await app.shows("F follows", alone)
        await app.press("tab", "j", "j")
        overview = app.screen.details[0].bodies.overview
        place, selected = (overview.cursor, overview.scroll_offset), app.screen.list.selected
        shutil.copy(held, newest)
        await app.until(lambda: alone not in app.text, "the overview of a checkpoint that has a child")
        assert app.screen.list.selected == selected
        assert (overview.cursor, overview.scroll_offset) == place
        newest.unlink()
        await app.shows(alone)
        assert app.screen.list.selected == selected
