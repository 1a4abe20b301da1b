"""Goes to another directory before it runs, and names its store from there."""

import asyncio
import os
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler

HERE = Path(__file__).parent
(HERE / "elsewhere").mkdir(exist_ok=True)
os.chdir(HERE / "elsewhere")


class Count(Executor):
    @handler
    async def count(self, number: int, ctx: WorkflowContext[int, str]) -> None:
        print("executor", self.id)
        if number < 2:
            await ctx.send_message(number + 1)
        else:
            await ctx.yield_output(f"counted to {number}")


async def main() -> None:
    a, b = Count(id="a"), Count(id="b")
    workflow = WorkflowBuilder(name="place", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
    print((await workflow.run(0, checkpoint_storage=FileCheckpointStorage("../checkpoints"))).get_outputs())
    (HERE / "after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
