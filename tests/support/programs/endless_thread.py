"""A thread that never ends, and that is no daemon (with `--patient` it is one)."""

import asyncio
import sys
import threading
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler

threading.Thread(target=threading.Event().wait, daemon="--patient" in sys.argv).start()


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
    workflow = WorkflowBuilder(name="wait", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
    print((await workflow.run(0, checkpoint_storage=FileCheckpointStorage("checkpoints"))).get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
