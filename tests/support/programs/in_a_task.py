"""A run that is a task of its own, beside another task that never ends by itself."""

import asyncio
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


class Count(Executor):
    @handler
    async def count(self, number: int, ctx: WorkflowContext[int, str]) -> None:
        print("executor", self.id)
        if number < 2:
            await ctx.send_message(number + 1)
        else:
            await ctx.yield_output(f"counted to {number}")


async def beat() -> None:
    while True:
        await asyncio.sleep(0.05)


async def main() -> None:
    a, b = Count(id="a"), Count(id="b")
    workflow = WorkflowBuilder(name="task", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
    beats = asyncio.create_task(beat())
    run = asyncio.create_task(workflow.run(0, checkpoint_storage=FileCheckpointStorage("checkpoints")))
    await asyncio.wait({run, beats}, return_when=asyncio.FIRST_COMPLETED)
    print(run.result().get_outputs())
    beats.cancel()
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
