"""Two workflows in a task group."""

import asyncio
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, Workflow, WorkflowBuilder, WorkflowContext, handler


class Count(Executor):
    @handler
    async def count(self, number: int, ctx: WorkflowContext[int, str]) -> None:
        print("executor", self.id)
        if number < 2:
            await ctx.send_message(number + 1)
        else:
            await ctx.yield_output(f"{self.id} counted to {number}")


def build(name: str) -> Workflow:
    a, b = Count(id=f"{name}-a"), Count(id=f"{name}-b")
    return WorkflowBuilder(name=name, start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()


async def main() -> None:
    storage = FileCheckpointStorage("checkpoints")
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(build(name).run(number, checkpoint_storage=storage))
            for number, name in enumerate(("left", "right"))
        ]
    print([task.result().get_outputs() for task in tasks])
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
