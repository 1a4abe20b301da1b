"""Clears its store with another program, and runs its workflow in a process of its own (with `--worker`: here)."""

import asyncio
import os
import subprocess
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
    workflow = WorkflowBuilder(name="other", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
    print((await workflow.run(0, checkpoint_storage=FileCheckpointStorage("checkpoints"))).get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    if "--worker" in sys.argv:
        asyncio.run(main())
    elif "--shell" in sys.argv:
        os.system("rm -rf checkpoints")
        asyncio.run(main())
    elif "--remove" in sys.argv:
        subprocess.run(["rm", "-rf", "checkpoints"], check=False)
        asyncio.run(main())
    else:
        subprocess.run([sys.executable, __file__, "--worker"], check=True)
