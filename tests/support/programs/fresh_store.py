"""Makes its store anew, at module level, before anything else; writes into it by hand, too."""

import asyncio
import os
import shutil

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler

STORE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "checkpoints")

if os.path.exists(STORE):
    shutil.rmtree(STORE)
os.makedirs(STORE)
with open(os.path.join(STORE, "README"), "w") as file:
    file.write("checkpoints of fresh_store.py\n")


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
    workflow = WorkflowBuilder(name="fresh", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
    print((await workflow.run(0, checkpoint_storage=FileCheckpointStorage(STORE))).get_outputs())
    with open("after.txt", "w") as file:
        file.write("after the run")


if __name__ == "__main__":
    asyncio.run(main())
