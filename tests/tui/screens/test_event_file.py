"""A saved stream of events in the log of runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ckpt_tui.stores.registry import open_store
from ckpt_tui.tui.app import CkptApp
from ckpt_tui.tui.screens.event_file import EventsScreen
from ckpt_tui.tui.screens.event_files import EventFilesScreen
from tests.cli.commands import here
from tests.tui.support import NARROW, NORMAL, SAMPLES, Driver, copy_of, open_app

EVENTS = Path(__file__).parents[2] / "data" / "dotnet" / "hpd_events"


@asynccontextmanager
async def opened(path: Path, size: tuple[int, int] = NORMAL) -> AsyncIterator[tuple[Driver, EventsScreen]]:
    app = CkptApp(open_store(path.parent, must_exist=False), events=str(path))
    async with app.run_test(size=size) as pilot:
        screen = app.screen
        assert isinstance(screen, EventsScreen)
        yield Driver(app, pilot), screen


@pytest.mark.parametrize("name", ["workflow.events.ndjson", "workflow.events.sse"])
@pytest.mark.parametrize("size", [NARROW, NORMAL])
async def test_every_event_is_a_line(name: str, size: tuple[int, int]) -> None:
    async with opened(EVENTS / name, size) as (driver, screen):
        await driver.shows(
            "10 events", "plan", "in 2.13 s", "TEXT DELTA", "review → write", "bypassed", "done in 41.50 s"
        )
        assert screen.log_lines.line_count == 10


async def test_an_event_opens_whole_as_it_is_in_the_file() -> None:
    async with opened(EVENTS / "workflow.events.ndjson") as (driver, _):
        await driver.shows("10 events")
        await driver.press("j", "enter")
        await driver.shows("WORKFLOW_LAYER_STARTED", "exchangeTimestampNs", "agentChain")
        await driver.press("escape")
        await driver.shows("10 events")


async def test_events_are_filtered_and_searched() -> None:
    async with opened(EVENTS / "workflow.events.ndjson") as (driver, screen):
        await driver.shows("10 events")
        await driver.press("f")
        await driver.type("plan")
        await driver.press("enter")
        await driver.until(lambda: screen.log_lines.line_count == 2, "both events about plan")
        await driver.press("escape")
        await driver.until(lambda: screen.log_lines.line_count == 10, "all events")
        await driver.press("slash")
        await driver.type("verdict")
        await driver.press("enter")
        await driver.until(lambda: screen.log_lines.cursor == 6, "the edge with a condition")


async def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    async with opened(tmp_path / "gone.ndjson") as (driver, _):
        await driver.shows("is gone")


def test_without_a_terminal_the_lines_are_printed() -> None:
    done = here(EVENTS / "workflow.events.sse")
    assert done.code == 0
    assert len(done.out.splitlines()) == 10
    assert "→ plan invoked" in done.out


@pytest.mark.parametrize("size", [NARROW, NORMAL])
async def test_the_streams_of_a_directory_are_listed_to_choose_from(size: tuple[int, int]) -> None:
    names = ["workflow.events.ndjson", "workflow.events.sse"]
    app = CkptApp(open_store(EVENTS, must_exist=False), events=str(EVENTS), streams=names)
    async with app.run_test(size=size) as pilot:
        driver = Driver(app, pilot)
        await driver.shows("2 streams", *names, "file written")
        await driver.press("j", "enter")
        await driver.shows("10 events", "workflow.events.sse")
        await driver.press("escape")
        await driver.until(lambda: isinstance(app.screen, EventFilesScreen), "the list")
        await driver.press("k", "enter")
        await driver.shows("10 events", "workflow.events.ndjson")
        await driver.press("q")
        await driver.until(lambda: isinstance(app.screen, EventFilesScreen), "the list")
        await driver.press("q")
        assert app._exit


def test_without_a_terminal_the_paths_of_the_streams_are_printed() -> None:
    done = here(str(EVENTS))
    assert done.code == 0
    names = ("workflow.events.ndjson", "workflow.events.sse")
    assert done.out.split() == [str(EVENTS / name) for name in names]


def test_a_store_with_an_event_log_beside_its_checkpoints_is_a_store(tmp_path: Path) -> None:
    store = copy_of("linear", tmp_path)
    (store / "run.ndjson").write_bytes((EVENTS / "workflow.events.ndjson").read_bytes())
    assert "linear · run 1" in here(str(store)).out


async def test_streams_beside_stores_are_named_and_opened(tmp_path: Path) -> None:
    file = tmp_path / "run.ndjson"
    file.write_text('{"kind":"event","seq":1,"type":"executor_invoked","executor_id":"a"}\n')
    app = CkptApp(open_store(str(SAMPLES / "linear")), streams=[str(file)])
    async with app.run_test(size=(120, 30)) as pilot:
        driver = Driver(app, pilot)
        await driver.shows("V 1 event stream")
        await driver.press("V")
        await driver.shows("run.ndjson", "beside the store", "esc back")
        await driver.press("escape")
        await driver.until(lambda: app.screen is driver.screen, "the browser")


async def test_without_streams_their_key_says_so() -> None:
    async with open_app(SAMPLES / "linear") as app:
        await app.press("V")
        await app.shows("No stream of events is beside this store.")
