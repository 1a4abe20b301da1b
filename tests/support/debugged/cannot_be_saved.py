"""Keeps what no pickle can hold in its state."""

import asyncio

from agent_framework import Executor, WorkflowBuilder, WorkflowContext, handler


class Keeper(Executor):
    @handler
    async def keep(self, number: int, ctx: WorkflowContext[int, int]) -> None:
        ctx.set_state("keeps", lambda: number)
        await ctx.send_message(number + 1)


class Last(Executor):
    @handler
    async def end(self, number: int, ctx: WorkflowContext[None, int]) -> None:
        await ctx.yield_output(number)


async def main() -> None:
    first, second = Keeper(id="first"), Last(id="second")
    await WorkflowBuilder(start_executor=first).add_edge(first, second).build().run(1)


asyncio.run(main())
