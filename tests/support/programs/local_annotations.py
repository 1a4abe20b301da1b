"""Classes whose annotations name what is local to the function that defines them."""

import asyncio
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, Workflow, WorkflowBuilder, WorkflowContext, handler
from pydantic import BaseModel


class Number(BaseModel):
    value: int


def build() -> Workflow:
    from typing import Never

    class Start(Executor):
        @handler
        async def start(self, value: int, ctx: WorkflowContext[Number]) -> None:
            print("executor", self.id)
            await ctx.send_message(Number(value=value))

    class End(Executor):
        @handler
        async def end(self, number: Number, ctx: WorkflowContext[Never, str]) -> None:
            print("executor", self.id)
            await ctx.yield_output(f"got {number.value}")

    start, end = Start(id="start"), End(id="end")
    return WorkflowBuilder(name="local", start_executor=start, output_from=[end]).add_edge(start, end).build()


async def main() -> None:
    storage = FileCheckpointStorage("checkpoints", allowed_checkpoint_types=[f"{__name__}:Number"])
    print((await build().run(3, checkpoint_storage=storage)).get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
