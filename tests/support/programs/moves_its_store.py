"""Moves its earlier checkpoints away and begins with an empty directory, where it keeps a file of its own, too."""

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler

STORE = "checkpoints"


class Count(Executor):
    @handler
    async def count(self, number: int, ctx: WorkflowContext[int, str]) -> None:
        print("executor", self.id)
        if number < 2:
            await ctx.send_message(number + 1)
        else:
            await ctx.yield_output(f"counted to {number}")


async def main() -> None:
    if os.path.exists(STORE) and "--patient" not in sys.argv:
        shutil.move(STORE, "checkpoints-of-earlier")
    os.makedirs(STORE)
    with tempfile.NamedTemporaryFile(dir=STORE) as scratch:
        scratch.write(b"to see that it can be written")
    a, b = Count(id="a"), Count(id="b")
    workflow = WorkflowBuilder(name="moves", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
    print((await workflow.run(0, checkpoint_storage=FileCheckpointStorage(STORE))).get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
