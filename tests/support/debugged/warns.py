"""Two executors pass a number on; the second warns once by its log and once by `warnings`."""

import asyncio
import logging
import warnings

from agent_framework import Executor, WorkflowBuilder, WorkflowContext, handler


class Count(Executor):
    @handler
    async def count(self, number: int, ctx: WorkflowContext[int, str]) -> None:
        if number == 1:
            logging.getLogger("scores").warning("the score is %s", "low")
        if number == 3:
            warnings.warn("the score is lower", stacklevel=1)
        if number < 4:
            await ctx.send_message(number + 1)
        else:
            await ctx.yield_output("done")


async def main() -> None:
    a, b = Count(id="a"), Count(id="b")
    flow = WorkflowBuilder(name="counting", start_executor=a).add_edge(a, b).add_edge(b, a).build()
    await flow.run(0)


asyncio.run(main())
