"""Two workflows at the same time, with one store."""

import asyncio
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, Workflow, WorkflowBuilder, WorkflowContext, handler


class Count(Executor):
    @handler
    async def count(self, number: int, ctx: WorkflowContext[int, str]) -> None:
        print("executor", self.id)
        if number < 2:
            await ctx.send_message(number + 1)
        else:
            await ctx.yield_output(f"{self.id} counted to {number}")


def build(name: str) -> Workflow:
    a, b = Count(id=f"{name}-a"), Count(id=f"{name}-b")
    return WorkflowBuilder(name=name, start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()


async def main() -> None:
    storage = FileCheckpointStorage("checkpoints")
    left, right = build("left"), build("right")
    results = await asyncio.gather(left.run(0, checkpoint_storage=storage), right.run(1, checkpoint_storage=storage))
    print([each.get_outputs() for each in results])
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
