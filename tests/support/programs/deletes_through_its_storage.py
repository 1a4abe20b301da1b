"""Deletes the checkpoints of earlier runs through its storage, then those of this run (not with `--patient`)."""

import asyncio
import sys
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


async def main() -> None:
    a, b = Count(id="a"), Count(id="b")
    workflow = WorkflowBuilder(name="clear", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
    storage = FileCheckpointStorage("checkpoints")

    async def clear() -> None:
        for name in await storage.list_checkpoint_ids(workflow_name="clear"):
            await storage.delete(name)

    await clear()
    try:
        print((await workflow.run(0, checkpoint_storage=storage)).get_outputs())
    finally:
        if "--patient" not in sys.argv:
            await clear()
            Path("cleaned.txt").write_text("cleared")
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
