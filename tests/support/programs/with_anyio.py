"""`anyio.run`, and the run in a task group of anyio."""

from pathlib import Path

import anyio
from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


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
    workflow = WorkflowBuilder(name="anyio", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()

    async def run() -> None:
        print((await workflow.run(0, checkpoint_storage=FileCheckpointStorage("checkpoints"))).get_outputs())

    async with anyio.create_task_group() as group:
        group.start_soon(run)
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    anyio.run(main)
