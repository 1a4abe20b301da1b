"""No `__main__` guard: the module runs its workflow when it is loaded."""

import asyncio
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


class Count(Executor):
    @handler
    async def count(self, number: int, ctx: WorkflowContext[int, str]) -> None:
        print("executor", self.id)
        if number < 3:
            await ctx.send_message(number + 1)
        else:
            await ctx.yield_output(f"counted to {number}")


a, b = Count(id="a"), Count(id="b")
workflow = WorkflowBuilder(name="unguarded", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
print(asyncio.run(workflow.run(0, checkpoint_storage=FileCheckpointStorage("checkpoints"))).get_outputs())
Path("after.txt").write_text("after the run")
