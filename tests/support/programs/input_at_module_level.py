"""Asks for its topic when it is loaded, and for more in `main()`."""

import asyncio
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler

name = input("Your name: ")


class Greet(Executor):
    @handler
    async def greet(self, text: str, ctx: WorkflowContext[str]) -> None:
        print("executor", self.id)
        await ctx.send_message(f"{text}, {name}")


class Repeat(Executor):
    def __init__(self, times: int) -> None:
        super().__init__(id="repeat")
        self.times = times

    @handler
    async def repeat(self, text: str, ctx: WorkflowContext[None, str]) -> None:
        print("executor", self.id)
        await ctx.yield_output(f"{name}: " + " ".join([text] * self.times))


async def main() -> None:
    greet, repeat = Greet(id="greet"), Repeat(int(input("How often: ")))
    workflow = WorkflowBuilder(name="greet", start_executor=greet, output_from=[repeat]).add_edge(greet, repeat).build()
    print((await workflow.run("hello", checkpoint_storage=FileCheckpointStorage("checkpoints"))).get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
