"""A clerk that asks twice, and hands on what was answered."""

import asyncio
from dataclasses import dataclass

from agent_framework import Executor, WorkflowBuilder, WorkflowContext, handler, response_handler


@dataclass
class Question:
    text: str


class Clerk(Executor):
    @handler
    async def begin(self, topic: str, ctx: WorkflowContext[str]) -> None:
        await ctx.request_info(Question(f"Publish {topic}?"), bool)

    @response_handler
    async def answered(self, question: Question, yes: bool, ctx: WorkflowContext[str]) -> None:
        await ctx.send_message("yes" if yes else "no")


class Press(Executor):
    @handler
    async def print_it(self, word: str, ctx: WorkflowContext[None, str]) -> None:
        await ctx.yield_output(f"the answer is {word}")


async def main() -> None:
    clerk, press = Clerk(id="clerk"), Press(id="press")
    await WorkflowBuilder(start_executor=clerk).add_edge(clerk, press).build().run("the paper")


asyncio.run(main())
