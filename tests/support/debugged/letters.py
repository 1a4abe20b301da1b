"""A sender with three letters for one reader, all in flight at the same time."""

import asyncio

from agent_framework import Executor, WorkflowBuilder, WorkflowContext, handler


class Sender(Executor):
    @handler
    async def send(self, letters: str, ctx: WorkflowContext[str]) -> None:
        for letter in letters:
            await ctx.send_message(letter)
        ctx.set_state("sent", True)


class Reader(Executor):
    @handler
    async def read(self, letter: str, ctx: WorkflowContext[None, str]) -> None:
        await ctx.yield_output(letter)


async def main() -> None:
    sender, reader = Sender(id="sender"), Reader(id="reader")
    await WorkflowBuilder(start_executor=sender).add_edge(sender, reader).build().run("abc")


asyncio.run(main())
