"""State and messages of many kinds: nested classes, enums, named tuples, pydantic models, times, sets, bytes."""

import asyncio
import collections
import dataclasses
import datetime
import decimal
import enum
import pathlib
import uuid
from pathlib import Path
from typing import Any, NamedTuple

from agent_framework import (
    Executor,
    FileCheckpointStorage,
    WorkflowBuilder,
    WorkflowContext,
    handler,
    response_handler,
)
from pydantic import BaseModel


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntFlag):
    LOW = 1
    HIGH = 2


class Point(NamedTuple):
    x: int
    y: int


class Line(BaseModel):
    name: str
    size: decimal.Decimal


class Plan:
    """A class with one inside, and slots."""

    @dataclasses.dataclass(slots=True)
    class Part:
        points: list[Point]
        colour: Colour

    def __init__(self, parts: list["Plan.Part"]) -> None:
        self.parts = parts


Made = dataclasses.make_dataclass("Made", [("when", datetime.datetime)])
Made.__module__ = __name__
Pair = collections.namedtuple("Pair", "left right")  # noqa: PYI024


class Fill(Executor):
    @handler
    async def fill(self, text: str, ctx: WorkflowContext[Plan]) -> None:
        print("executor", self.id)
        ctx.set_state("made", Made(datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)))
        ctx.set_state("pair", Pair(1, {"two", "three"}))
        ctx.set_state("ids", [uuid.UUID(int=7), decimal.Decimal("1.50"), b"\x00\xff", 2**70, float("inf"), (1, None)])
        ctx.set_state("line", Line(name=text, size=decimal.Decimal("2.5")))
        ctx.set_state("counter", collections.Counter("abca"))
        ctx.set_state("level", Level.LOW | Level.HIGH)
        ctx.set_state("path", pathlib.PurePosixPath("/a/b"))
        await ctx.send_message(Plan([Plan.Part([Point(1, 2)], Colour.BLUE)]))


class Ask(Executor):
    @handler
    async def ask(self, plan: Plan, ctx: WorkflowContext) -> None:
        print("executor", self.id)
        await ctx.request_info(plan.parts[0], Line)

    @response_handler
    async def answered(self, asked: Plan.Part, line: Line, ctx: WorkflowContext[None, Any]) -> None:
        print("executor", self.id)
        kept = [ctx.get_state(name) for name in ("made", "pair", "ids", "line", "counter", "level", "path")]
        await ctx.yield_output([asked, line, *kept])


async def main() -> None:
    names = ("Colour", "Level", "Point", "Line", "Plan", "Plan.Part", "Made", "Pair")
    types = [*(f"{__name__}:{name}" for name in names), "pathlib:PurePosixPath"]
    fill, ask = Fill(id="fill"), Ask(id="ask")
    workflow = WorkflowBuilder(name="values", start_executor=fill, output_from=[ask]).add_edge(fill, ask).build()
    storage = FileCheckpointStorage("checkpoints", allowed_checkpoint_types=types)
    print((await workflow.run("tea", checkpoint_storage=storage)).get_request_info_events())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
