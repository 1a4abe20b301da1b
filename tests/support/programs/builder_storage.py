"""The storage is given to the builder, not to the run."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int


class Move(Executor):
    @handler
    async def move(self, point: Point, ctx: WorkflowContext[Point, str]) -> None:
        print("executor", self.id)
        if point.x < 4:
            await ctx.send_message(Point(point.x + 1, point.y + 2))
        else:
            await ctx.yield_output(str(point))


async def main() -> None:
    storage = FileCheckpointStorage("checkpoints", allowed_checkpoint_types=[f"{__name__}:Point"])
    a, b = Move(id="a"), Move(id="b")
    builder = WorkflowBuilder(name="points", start_executor=a, checkpoint_storage=storage, output_from=[a, b])
    result = await builder.add_edge(a, b).add_edge(b, a).build().run(Point(0, 0))
    print(result.get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
