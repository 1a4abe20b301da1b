"""Its storage allows no types of its own, as in most first programs: newer releases save fewer checkpoints then."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler


@dataclass
class Parcel:
    weight: int


class Weigh(Executor):
    @handler
    async def weigh(self, name: str, ctx: WorkflowContext[Parcel]) -> None:
        print("executor", self.id)
        await ctx.send_message(Parcel(len(name)))


class Send(Executor):
    @handler
    async def send(self, parcel: Parcel, ctx: WorkflowContext[None, str]) -> None:
        print("executor", self.id)
        await ctx.yield_output(f"sent {parcel.weight}")


async def main() -> None:
    weigh, send = Weigh(id="weigh"), Send(id="send")
    workflow = WorkflowBuilder(name="parcels", start_executor=weigh, output_from=[send]).add_edge(weigh, send).build()
    print((await workflow.run("vase", checkpoint_storage=FileCheckpointStorage("checkpoints"))).get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
