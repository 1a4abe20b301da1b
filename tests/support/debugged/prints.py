"""Executors that print by turns, some of it without an end of line."""

import asyncio

from agent_framework import Executor, WorkflowBuilder, WorkflowContext, handler

turn = asyncio.Event()


class Splitter(Executor):
    @handler
    async def split(self, topic: str, ctx: WorkflowContext[str]) -> None:
        await ctx.send_message(topic)


class Reader(Executor):
    @handler
    async def read(self, topic: str, ctx: WorkflowContext[str]) -> None:
        for number in range(3):
            print(self.id, end=" ")
            await asyncio.sleep(0)
            print(number)
        await asyncio.to_thread(print, self.id, "ends", end="")
        await ctx.send_message(self.id)


class Late(Executor):
    @handler
    async def read(self, topic: str, ctx: WorkflowContext[str]) -> None:
        await ctx.send_message(self.id)


class Joiner(Executor):
    @handler
    async def join(self, found: list[str], ctx: WorkflowContext[None, str]) -> None:
        await ctx.yield_output(", ".join(found))


async def main() -> None:
    print("before any call")
    splitter, joiner = Splitter(id="splitter"), Joiner(id="joiner")
    readers = [Reader(id="one"), Reader(id="two"), Late(id="late")]
    builder = WorkflowBuilder(start_executor=splitter).add_fan_out_edges(splitter, readers)
    await builder.add_fan_in_edges(readers, joiner).build().run("tea")


asyncio.run(main())
