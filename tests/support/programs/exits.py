"""Ends with `sys.exit`, in a `finally` and in the module, and leaves functions for the end of the process."""

import asyncio
import atexit
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


@atexit.register
def last() -> None:
    Path("cleaned.txt").write_text("at the end of the process")


async def main() -> int:
    a, b = Count(id="a"), Count(id="b")
    workflow = WorkflowBuilder(name="exits", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
    try:
        print((await workflow.run(0, checkpoint_storage=FileCheckpointStorage("checkpoints"))).get_outputs())
    except BaseException:
        Path("after.txt").write_text("the run was ended by an exception")
        raise
    finally:
        Path("cleaned.txt").write_text("finally")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
