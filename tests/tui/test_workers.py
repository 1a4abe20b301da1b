"""Jobs of a screen: they post what they make, fail in words, and give way to the latest."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from textual import on
from textual.app import App
from textual.message import Message
from textual.pilot import Pilot

from ckpt_tui.errors import CkptError
from ckpt_tui.tui.messages import Newest, WorkFailed
from ckpt_tui.tui.workers import Interval, Workers, check_cancelled, job, stop_all
from tests.support.patience import PATIENCE


@dataclass(eq=False)
class Done(Message):
    text: str


@dataclass(eq=False)
class Progress(Newest):
    done: int


class Counting:
    def __init__(self, owner: App[None]) -> None:
        self.workers = Workers(owner)
        self.begun, self.cancelled = threading.Event(), threading.Event()

    @job("read", failed=lambda error, name: Done(f"{name}: {error.what}"))
    def read(self, name: str) -> None:
        if name == "missing":
            raise CkptError("There is no such file.")
        if name == "broken":
            raise ValueError("a fault of ours")
        self.workers.post(Done(name))

    @job("keep")
    def keep(self, value: object) -> None:
        self.workers.post(Done("kept"))

    @job("wait")
    def wait(self) -> None:
        self.begun.set()
        try:
            while True:
                check_cancelled()
        finally:
            self.cancelled.set()

    @job("wait")
    def take_over(self) -> None:
        assert self.cancelled.wait(PATIENCE)
        self.workers.post(Done("the latest"))


class Screenful(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.reports: list[str] = []

    @on(Done)
    def _done(self, event: Done) -> None:
        self.texts.append(event.text)

    @on(WorkFailed)
    def _failed(self, event: WorkFailed) -> None:
        self.reports.append(event.report)


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[Screenful, Counting, Pilot[None]]]:
    app = Screenful()
    async with app.run_test() as pilot:
        yield app, Counting(app), pilot


async def test_a_job_returns_its_worker_at_once_and_posts_its_result() -> None:
    async with opened() as (app, jobs, pilot):
        await jobs.read("a file").wait()
        await pilot.pause()
        assert app.texts == ["a file"]


async def test_a_failure_in_words_becomes_the_message_of_the_job_and_any_other_is_reported() -> None:
    async with opened() as (app, jobs, pilot):
        await jobs.read("missing").wait()
        await jobs.read("broken").wait()
        await pilot.pause()
        assert app.texts == ["missing: There is no such file."]
        assert len(app.reports) == 1 and "a fault of ours" in app.reports[0]


async def test_the_latest_job_of_a_group_cancels_the_one_before() -> None:
    async with opened() as (app, jobs, pilot):
        jobs.wait()
        assert await asyncio.to_thread(jobs.begun.wait, PATIENCE)  # a job begins once the loop goes on
        await jobs.take_over().wait()
        await pilot.pause()
        assert app.texts == ["the latest"] and not app.reports


def test_only_the_newest_message_of_a_kind_replaces_those_that_wait() -> None:
    assert Progress(2).can_replace(Progress(1))
    assert not Progress(2).can_replace(Done("1"))


def test_an_interval_is_due_at_once_when_that_is_asked_and_not_again_before_its_time() -> None:
    assert [Interval(3600, at_once=True).is_due(), Interval(3600).is_due()] == [True, False]
    interval = Interval(3600, at_once=True)
    assert [interval.is_due(), interval.is_due()] == [True, False]
    assert all(Interval(0.0).is_due() for _ in range(3))


async def test_what_a_job_worked_on_is_freed_when_it_ends_and_not_when_garbage_is_collected() -> None:
    async with opened() as (app, jobs, pilot):
        value = Done("a checkpoint of some megabytes")
        freed = weakref.ref(value)
        gc.disable()
        try:
            worker = jobs.keep(value)
            del value
            await worker.wait()
            await pilot.pause()
            assert freed() is None
            assert app.texts == ["kept"]
        finally:
            gc.enable()


def test_what_ends_an_app_leaves_the_jobs_of_another_app_in_the_process() -> None:
    one, other = App[None](), App[None]()
    ended, going_on = Workers(one), Workers(other)
    stop_all(one)
    assert ended.stopped.is_set()
    assert not going_on.stopped.is_set()
