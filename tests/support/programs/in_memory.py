"""Keeps its checkpoints in memory, so that those that are resumed from were recorded by somebody else."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from agent_framework import Executor, InMemoryCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


@dataclass
class Step:
    number: int


class Count(Executor):
    @handler
    async def count(self, step: Step, ctx: WorkflowContext[Step, str]) -> None:
        print("executor", self.id)
        if step.number < 2:
            await ctx.send_message(Step(step.number + 1))
        else:
            await ctx.yield_output(f"counted to {step.number}")


async def main() -> None:
    a, b = Count(id="a"), Count(id="b")
    workflow = (
        WorkflowBuilder(name="memory", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
    )
    print((await workflow.run(Step(0), checkpoint_storage=InMemoryCheckpointStorage())).get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
