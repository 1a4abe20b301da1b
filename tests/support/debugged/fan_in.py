"""Two readers side by side, joined by a writer."""

import asyncio

from agent_framework import Executor, WorkflowBuilder, WorkflowContext, handler


class Splitter(Executor):
    @handler
    async def split(self, topic: str, ctx: WorkflowContext[str]) -> None:
        await ctx.send_message(topic)


class Reader(Executor):
    @handler
    async def read(self, topic: str, ctx: WorkflowContext[str]) -> None:
        await ctx.send_message(f"{self.id}: {topic}")


class Joiner(Executor):
    @handler
    async def join(self, found: list[str], ctx: WorkflowContext[None, str]) -> None:
        await ctx.yield_output(", ".join(sorted(found)))


async def main() -> None:
    splitter, one, two, joiner = Splitter(id="splitter"), Reader(id="one"), Reader(id="two"), Joiner(id="joiner")
    builder = WorkflowBuilder(start_executor=splitter).add_fan_out_edges(splitter, [one, two])
    await builder.add_fan_in_edges([one, two], joiner).build().run("tea")


asyncio.run(main())
