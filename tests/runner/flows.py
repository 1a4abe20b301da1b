"""Workflows that go wrong in every way that a run can."""

import asyncio
import atexit
import logging
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent_framework import FileCheckpointStorage, Workflow, WorkflowBuilder, WorkflowContext, handler, response_handler

from tests.support.workflows import Draft, Exclaim, Finish, Improve, Upper, build_human, build_linear, build_loop
from tests.support.workflows import open_storage as storage

__all__ = ["Draft", "build_human", "build_linear", "build_loop", "storage"]


class Noisy(Exclaim):
    """Prints in every way there is."""

    async def on_checkpoint_restore(self, state: dict[str, Any]) -> None:
        await super().on_checkpoint_restore(state)
        print("printed")
        print('{"kind":"end","seq":1,"outcome":"done"}')
        sys.stdout.write("without an end of line")
        os.write(1, b"\x1b[31mwritten to 1\xff\n")
        os.write(2, b"written to 2\n")
        subprocess.run(["echo", "from a child"], check=True)
        thread = threading.Thread(target=lambda: [print(f"thread {number}") for number in range(200)])
        thread.start()
        thread.join()
        print("stdin:", repr(sys.stdin.read()))


class TellsAndPrints(Exclaim):
    """Logs, then prints, and ends at once."""

    @handler
    async def run(self, text: str, ctx: WorkflowContext[str]) -> None:
        logging.getLogger("app").warning("logged by %s", self.id)
        print(f"printed by {self.id}")
        await ctx.send_message(text)


class Floods(Exclaim):
    """Tells as much as it can, until there is a file."""

    enough = ""

    @handler
    async def run(self, text: str, ctx: WorkflowContext[str, str]) -> None:  # type: ignore[override]
        while not os.path.exists(self.enough):
            for number in range(50):
                await ctx.yield_output(f"number {number}")
            await asyncio.sleep(0.02)  # the framework takes its events meanwhile
        await ctx.send_message(text)


@dataclass
class Login:
    """What a person answers."""

    user: str
    password: str


class TellsSecrets(Exclaim):
    """Tells keys to doors: as a value, in JSON that it prints, and in what it asks."""

    @handler
    async def run(self, text: str, ctx: WorkflowContext[str, Any]) -> None:
        await ctx.yield_output({"user": "bo", "api_key": "sk-told", "retries": 3})
        print('sent {"Authorization": "Bearer sk-printed", "user": "bo"}')
        await ctx.request_info({"question": "who is it?", "session_token": "sk-asked"}, Login)

    @response_handler
    async def answered(self, question: dict, answer: Login, ctx: WorkflowContext[str]) -> None:  # type: ignore[type-arg]
        await ctx.send_message(f"{answer.user} came in")


def _in_the_middle(executor: Any, outputs: bool = False) -> Workflow:
    upper, finish = Upper(id="upper"), Finish(id="finish")
    ends = [executor, finish] if outputs else [finish]
    builder = WorkflowBuilder(name="test_linear", start_executor=upper, output_from=ends)
    return builder.add_edge(upper, executor).add_edge(executor, finish).build()


def _renamed(cls: type) -> None:
    """Let a class pass for `Exclaim`: of another name it would make another graph."""
    cls.__name__, cls.__module__ = "Exclaim", Exclaim.__module__


def noisy() -> Workflow:
    _renamed(Noisy)
    return _in_the_middle(Noisy("exclaim"))


def floods(enough: str) -> Workflow:
    _renamed(Floods)
    Floods.enough = enough
    return _in_the_middle(Floods("exclaim"), outputs=True)


def tells_and_prints() -> Workflow:
    _renamed(TellsAndPrints)
    return _in_the_middle(TellsAndPrints("exclaim"))


def tells_secrets() -> Workflow:
    _renamed(TellsSecrets)
    return _in_the_middle(TellsSecrets("exclaim"), outputs=True)


class Blocking(Improve):
    """Blocks the event loop for as long as it takes."""


def blocking(how: str = "sleep", mark: str = "") -> Workflow:
    """The loop, whose executor never comes back."""

    async def restore(self: Any, state: dict[str, Any]) -> None:
        if mark:
            child = subprocess.Popen(["sleep", "1000"])
            Path(mark).write_text(f"{os.getpid()} {child.pid}")
        if how == "sleep":
            time.sleep(1000)
        else:
            while True:
                pass

    Improve.on_checkpoint_restore = restore  # type: ignore[method-assign]
    return build_loop(rounds=3)


def patient(seconds: float = 0.2, rounds: int = 100_000) -> Workflow:
    """The loop, which lasts however long a test takes."""
    return build_loop(rounds, seconds)


def dies(how: str) -> Workflow:
    """The loop, whose process ends in the middle."""

    async def restore(self: Any, state: dict[str, Any]) -> None:
        if how == "kill":
            os.kill(os.getpid(), 9)
        elif how == "abort":
            os.abort()
        os._exit(3)

    Improve.on_checkpoint_restore = restore  # type: ignore[method-assign]
    return build_loop(rounds=3)


def leaves_a_thread(mark: str) -> Workflow:
    """The loop, with a thread that keeps a process alive, and something to do at its exit."""
    threading.Thread(target=time.sleep, args=(1000,)).start()
    atexit.register(lambda: Path(mark).write_text("left"))
    return build_loop(rounds=3)


def without_room(bytes: int = 500) -> Workflow:
    """The loop, in a process that may write no file of more than so many bytes."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes, bytes))
    return build_loop(rounds=3)


def human_without_room() -> Workflow:
    """The one that asks, in a process that may write no file of more than a few bytes."""
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
    return build_human()


def saves_some() -> Workflow:
    """The loop, whose every second checkpoint cannot be saved."""
    save, count = FileCheckpointStorage.save, iter(range(1_000))

    async def sometimes(self: Any, checkpoint: Any) -> str:
        if next(count) % 2:
            raise OSError(28, "No space left on device")
        return await save(self, checkpoint)

    FileCheckpointStorage.save = sometimes  # type: ignore[method-assign]
    return build_loop(rounds=3)


def cannot_be_written() -> Workflow:
    """The loop, whose executor cannot give its state."""

    async def save(self: Any) -> dict[str, Any]:
        raise ValueError("no state to give")

    Improve.on_checkpoint_save = save  # type: ignore[method-assign]
    return build_loop(rounds=3)


def other_graph() -> Workflow:
    """As the linear one, with an executor more."""
    upper, exclaim, more, finish = Upper(id="upper"), Exclaim("exclaim"), Exclaim("more"), Finish(id="finish")
    builder = WorkflowBuilder(name="test_linear", start_executor=upper, output_from=[finish])
    return builder.add_edge(upper, exclaim).add_edge(exclaim, more).add_edge(more, finish).build()


def short(limit: int) -> Workflow:
    """The loop, with a limit to its iterations."""
    from tests.support.workflows import Check

    improve, check = Improve(id="improve"), Check("check", 50, 0.0)
    builder = WorkflowBuilder(name="test_loop", start_executor=improve, output_from=[check], max_iterations=limit)
    return builder.add_edge(improve, check).add_edge(check, improve).build()


def demands(checkpoint_storage: FileCheckpointStorage, rounds: int) -> Workflow:
    """A factory that must be given a storage and a number."""
    return build_loop(rounds, 0.0, checkpoint_storage)


def exits() -> Workflow:
    """A factory that gives up, as one does that finds no key."""
    sys.exit("no API key")


number = 7
