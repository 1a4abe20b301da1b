"""A large file on the screen: its first rows at once, the rest when it is unfolded, and a screen that answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from ckpt_tui.core.documents import lazy
from ckpt_tui.core.documents.indented import member_spans
from ckpt_tui.core.value import Deferred, Value
from ckpt_tui.stores import agent_framework_body
from ckpt_tui.stores.directory import DirectoryStore
from ckpt_tui.stores.files import Stamp, read_whole
from ckpt_tui.tui.app import CkptApp
from tests.benchmarks.data import write_huge
from tests.support.patience import PATIENCE
from tests.tui import support
from tests.tui.support import NORMAL, Driver

open_app = partial(support.open_app, tab="state")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_huge(tmp_path_factory.mktemp("large"), 12_000_000).parent


async def test_a_large_file_shows_its_state_and_reads_a_part_when_it_is_unfolded(large: Path) -> None:
    async with open_app(large) as app:
        tree = app.screen.details[0].rows
        await app.shows("coffee or tea", "list · a pickle of", "unfold to read")
        folded = tree.line_count
        await app.press("tab", "right")
        await app.until(lambda: tree.line_count > 5_000, "the list unfolded")
        await app.shows('author: "alice", number: 0')
        await app.press("left", "2", "j", "right")
        await app.until(lambda: tree.line_count == folded + 3, "the executors")
        await app.shows("group_chat_orchestrator", "alice", "bob")
        await app.press("f4", "f3")
        await app.shows("coffee or tea")


async def test_a_large_file_is_read_for_its_overview_only_when_that_is_asked_for(large: Path) -> None:
    async with support.open_app(large) as app:
        await app.shows("[Overview]", "this checkpoint is large, 12 M")
        assert "talk" not in app.text
        await app.press("tab", "j", "enter")
        await app.shows("path", "talk")


async def test_what_is_being_read_is_reported_and_left_by_escape(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    begun = threading.Event()
    spans = member_spans

    def slowly(deferred: Deferred, check: Callable[[], None] | None) -> Value:
        if deferred.level:
            begun.set()
            go_on.wait(PATIENCE)
        return spans(deferred, check)

    async with open_app(large) as app:
        tree = app.screen.details[0].rows
        await app.shows("unfold to read")
        folded = tree.line_count
        monkeypatch.setattr(lazy, "member_spans", slowly)
        await app.press("tab", "2", "j", "right")
        await app.until(begun.is_set)
        await app.shows("reading …")
        await app.press("escape")
        await app.until(lambda: "reading …" not in app.text)
        go_on.set()
        await app.pilot.pause(0.1)
        assert tree.line_count == folded
        await app.press("right")
        await app.until(lambda: tree.line_count == folded + 3)
        value = tree.row.member.value  # type: ignore[union-attr]
        assert value.ready


async def test_the_newest_large_checkpoint_is_read_once(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []

    def counted(path: str, limit: int) -> tuple[Stamp, bytes]:
        read.append(path)
        return read_whole(path, limit)

    monkeypatch.setattr(agent_framework_body, "read_whole", counted)
    app = CkptApp(DirectoryStore(str(large)))
    async with app.run_test(size=NORMAL) as pilot:
        driver = Driver(app, pilot)
        await driver.shows("this checkpoint is large")
        await driver.settled()
        assert len(read) == 1
