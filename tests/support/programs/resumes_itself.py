"""Goes on from its newest checkpoint when there is one, and begins anew otherwise."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


@dataclass
class Job:
    number: int


class Work(Executor):
    @handler
    async def work(self, job: Job, ctx: WorkflowContext[Job, str]) -> None:
        print("executor", self.id)
        if job.number < 3:
            await ctx.send_message(Job(job.number + 1))
        else:
            await ctx.yield_output(f"did {job.number}")


async def main() -> None:
    storage = FileCheckpointStorage("checkpoints", allowed_checkpoint_types=[f"{__name__}:Job"])
    a, b = Work(id="a"), Work(id="b")
    workflow = WorkflowBuilder(name="jobs", start_executor=a, output_from=[a, b]).add_edge(a, b).add_edge(b, a).build()
    newest = await storage.get_latest(workflow_name="jobs")
    if newest is None:
        result = await workflow.run(Job(0), checkpoint_storage=storage)
    else:
        print("going on from", newest.checkpoint_id)
        result = await workflow.run(checkpoint_id=newest.checkpoint_id, checkpoint_storage=storage)
    print(result.get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
