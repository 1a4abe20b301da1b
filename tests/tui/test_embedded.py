"""The browser inside of a program: a workflow runs in the same event loop, and its checkpoints appear as it goes."""

import asyncio

from agent_framework import InMemoryCheckpointStorage

from ckpt_tui.tui.app import CkptApp
from ckpt_tui.tui.embedded import app_for
from tests.stores.test_protocol import paged, store_of
from tests.support.workflows import Draft, build_loop
from tests.tui.support import NORMAL, Driver


async def test_a_running_workflow_is_browsed_live_in_its_own_loop() -> None:
    storage = InMemoryCheckpointStorage()
    workflow = build_loop(rounds=6)
    go_on = asyncio.Semaphore(1)

    async def run() -> None:
        async for event in workflow.run(Draft("kettles"), checkpoint_storage=storage, stream=True):
            if event.type == "superstep_completed":
                await go_on.acquire()

    app = app_for(storage, workflow.name)
    async with app.run_test(size=NORMAL, notifications=True) as pilot:
        driver = Driver(app, pilot)
        await driver.shows("InMemoryCheckpointStorage holds no checkpoints")
        running = asyncio.create_task(run())
        await driver.until(lambda: driver.screen.list.view.checkpoints >= 2, "the first checkpoints")
        seen = driver.screen.list.view.checkpoints
        await driver.settled()
        assert not running.done()
        go_on.release()
        await driver.until(lambda: driver.screen.list.view.checkpoints == seen + 1, "one more")
        assert not running.done()
        for _ in range(100):
            go_on.release()
        await running
        ids = await storage.list_checkpoint_ids(workflow_name=workflow.name)
        await driver.until(lambda: driver.screen.list.view.checkpoints == len(ids), "all of them")
        await driver.settled()
        # The newest is followed and shown, its objects decoded.
        await driver.shows("memory", "test_loop", "Draft", "done")
        await driver.press("[")
        await driver.settled()
        checkpoint = driver.screen.details[0].checkpoint
        assert checkpoint is not None
        assert checkpoint.ref.id in ids


async def test_the_program_goes_on_after_the_browser_is_closed() -> None:
    storage = InMemoryCheckpointStorage()
    workflow = build_loop(rounds=3)
    await workflow.run(Draft("kettles"), checkpoint_storage=storage)
    app = app_for(storage, workflow.name)
    async with app.run_test(size=NORMAL) as pilot:
        driver = Driver(app, pilot)
        await driver.settled()
        await driver.press("q")
    again = build_loop(rounds=3)
    await again.run(Draft("kettles"), checkpoint_storage=storage)
    assert len(await storage.list_checkpoint_ids(workflow_name=again.name)) > 0


async def test_of_a_storage_that_pages_its_headers_only_checkpoints_on_the_screen_are_loaded() -> None:
    storage = await asyncio.to_thread(paged, 300)
    app = CkptApp(store_of(storage, "flow"))
    async with app.run_test(size=NORMAL, notifications=True) as pilot:
        driver = Driver(app, pilot)
        rows = driver.screen.list
        await driver.until(lambda: rows.view.checkpoints == 300, "all headers")
        await driver.until(lambda: all(node.ref.facts for _, node in rows.visible_nodes), "what is in sight")
        seen = set(storage.asked)
        assert 0 < len(seen) < 80
        await driver.press("g")
        await driver.until(lambda: rows.cursor < 5, "the first row")
        await driver.until(lambda: all(node.ref.facts for _, node in rows.visible_nodes), "what is in sight now")
        assert len(seen) < len(set(storage.asked)) < 160
