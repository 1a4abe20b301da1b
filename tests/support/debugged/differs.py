"""A run that comes out in another way each second time: a file counts the runs."""

import asyncio
import sys
from pathlib import Path

from agent_framework import Executor, WorkflowBuilder, WorkflowContext, handler


class First(Executor):
    @handler
    async def first(self, text: str, ctx: WorkflowContext[str]) -> None:
        ctx.set_state("text", text)
        await ctx.send_message(text)


class Second(Executor):
    @handler
    async def second(self, text: str, ctx: WorkflowContext[str]) -> None:
        counter = Path(sys.argv[1])
        count = len(counter.read_text()) if counter.exists() else 0
        counter.write_text("." * (count + 1))
        ctx.set_state("mood", "good" if count % 2 else "bad")
        await ctx.send_message(text)


class Third(Executor):
    @handler
    async def third(self, text: str, ctx: WorkflowContext[None, str]) -> None:
        if ctx.get_state("mood") == "bad":
            raise ValueError("a bad day")
        await ctx.yield_output(f"{text} is fine")


async def main() -> None:
    first, second, third = First(id="first"), Second(id="second"), Third(id="third")
    await WorkflowBuilder(start_executor=first).add_edge(first, second).add_edge(second, third).build().run("tea")


asyncio.run(main())
