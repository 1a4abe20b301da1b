"""Deletes its own checkpoints before it begins and after it ended (kept with `--keep`)."""

import asyncio
import shutil
import sys
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler

STORE = Path(__file__).with_name("checkpoints")


class Count(Executor):
    @handler
    async def count(self, number: int, ctx: WorkflowContext[int, str]) -> None:
        print("executor", self.id)
        if number < 2:
            await ctx.send_message(number + 1)
        else:
            await ctx.yield_output(f"counted to {number}")


async def main() -> None:
    STORE.mkdir(exist_ok=True)
    for old in STORE.glob("*.json"):
        old.unlink()
    a, b = Count(id="a"), Count(id="b")
    workflow = WorkflowBuilder(name="tidy", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
    try:
        result = await workflow.run(0, checkpoint_storage=FileCheckpointStorage(STORE))
        print(result.get_outputs())
    finally:
        if "--keep" not in sys.argv:
            shutil.rmtree(STORE)
            Path("cleaned.txt").write_text("cleaned up")


if __name__ == "__main__":
    asyncio.run(main())
