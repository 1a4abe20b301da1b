"""A program that calls breakpoint()."""

import asyncio

from agent_framework import Executor, WorkflowBuilder, WorkflowContext, handler


class Doubler(Executor):
    @handler
    async def double(self, number: int, ctx: WorkflowContext[None, int]) -> None:
        doubled = number * 2
        breakpoint()
        await ctx.yield_output(doubled)


async def main() -> None:
    await WorkflowBuilder(start_executor=Doubler(id="doubler")).build().run(21)


asyncio.run(main())
