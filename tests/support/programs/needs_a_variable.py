"""Reads a variable of the environment when it is loaded."""

import asyncio
import os
from pathlib import Path

from agent_framework import Executor, FileCheckpointStorage, WorkflowBuilder, WorkflowContext, handler

ENDPOINT = os.environ["SHOP_ENDPOINT"]


class Ask(Executor):
    @handler
    async def ask(self, text: str, ctx: WorkflowContext[str]) -> None:
        print("executor", self.id)
        await ctx.send_message(f"{ENDPOINT}?{text}")


class Tell(Executor):
    @handler
    async def tell(self, text: str, ctx: WorkflowContext[None, str]) -> None:
        print("executor", self.id)
        await ctx.yield_output(f"{text} from {ENDPOINT}")


async def main() -> None:
    ask, tell = Ask(id="ask"), Tell(id="tell")
    workflow = WorkflowBuilder(name="asks", start_executor=ask, output_from=[tell]).add_edge(ask, tell).build()
    print((await workflow.run("q", checkpoint_storage=FileCheckpointStorage("checkpoints"))).get_outputs())
    Path("after.txt").write_text("after the run")


if __name__ == "__main__":
    asyncio.run(main())
