"""Prints a great deal, before the run and in it, ends no line, and closes nothing."""

import asyncio
import os
import sys
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


class Count(Executor):
    @handler
    async def count(self, number: int, ctx: WorkflowContext[int, str]) -> None:
        print("executor", self.id)
        for each in range(5_000):
            print(f"{self.id} prints line {each} of many")
        os.write(1, b'{"kind": "end", "outcome": "done", "code": 0}\n')
        if number < 2:
            await ctx.send_message(number + 1)
        else:
            await ctx.yield_output(f"counted to {number}")


async def main() -> None:
    for each in range(20_000):
        print(f"before the run, line {each}")
    sys.stdout.write("no end of line")
    print("x" * 200_000, file=sys.stderr)
    a, b = Count(id="a"), Count(id="b")
    workflow = (
        WorkflowBuilder(name="floods", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
    )
    print((await workflow.run(0, checkpoint_storage=FileCheckpointStorage("checkpoints"))).get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
